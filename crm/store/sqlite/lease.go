package sqlite

import (
	"context"
	"time"

	"cemigmas/crm/store"
)

const (
	getLeaseSQL = `SELECT owner, fence, expires FROM "_lease" WHERE name = ?`
	setLeaseSQL = `INSERT INTO "_lease" (name, owner, fence, expires) VALUES (?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, fence = excluded.fence, expires = excluded.expires`
	endLeaseSQL = `UPDATE "_lease" SET expires = 0 WHERE name = ? AND owner = ? AND fence = ?`
)

// Lease takes or renews the named lease. An owner whose lease ran out takes it
// anew: somebody may have held it in between.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (store.Lease, error) {
	if name == "" || owner == "" || ttl <= 0 {
		return store.Lease{}, invalid(nil, "a lease needs a name, an owner and a time to live")
	}
	if err := s.enter(ctx); err != nil {
		return store.Lease{}, err
	}
	defer s.leave()
	l := store.Lease{Name: name, Owner: owner}
	err := s.writer.do(ctx, func(w *session) error {
		now := s.now()
		old, err := w.lease(name)
		if err != nil {
			return err
		}
		held := old.Expires.After(now)
		if held && old.Owner != owner {
			return &store.Error{Code: store.CodeConflict, ID: name, Msg: "the lease is held by " + old.Owner}
		}
		l.Fence = old.Fence
		if !held {
			l.Fence++
		}
		l.Expires = time.UnixMilli(now.Add(ttl).UnixMilli()).UTC()
		return w.run(setLeaseSQL, textValue(name), textValue(owner),
			value{kind: integer, i: l.Fence}, value{kind: integer, i: l.Expires.UnixMilli()})
	})
	if err != nil {
		return store.Lease{}, err
	}
	return l, nil
}

// lease reads a lease; one that never was has fence 0.
func (w *session) lease(name string) (store.Lease, error) {
	l := store.Lease{Name: name}
	stmt, err := w.stmt(getLeaseSQL)
	if err != nil {
		return l, err
	}
	stmt.BindText(1, name)
	found, err := stmt.Step()
	if found {
		l.Owner = stmt.ColumnText(0)
		l.Fence = stmt.ColumnInt64(1)
		l.Expires = time.UnixMilli(stmt.ColumnInt64(2)).UTC()
	}
	stmt.Reset()
	return l, err
}

// Release ends a lease. Its row stays, for the next taking's higher number.
func (s *Store) Release(ctx context.Context, l store.Lease) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.writer.do(ctx, func(w *session) error {
		return w.run(endLeaseSQL, textValue(l.Name), textValue(l.Owner), value{kind: integer, i: l.Fence})
	})
}

// Abandon ends the leases whose owner is dead, as the caller judges, so that work
// goes on at once after a crash instead of when they run out. It answers how many
// there were.
func (s *Store) Abandon(ctx context.Context, dead func(owner string) bool) (n int, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	err = s.writer.do(ctx, func(w *session) error {
		n = 0
		held, err := w.heldLeases(s.now())
		for _, l := range held {
			if err == nil && dead(l.Owner) {
				n++
				err = w.run(endLeaseSQL, textValue(l.Name), textValue(l.Owner), value{kind: integer, i: l.Fence})
			}
		}
		return err
	})
	return n, err
}

// heldLeases lists the leases that have not run out.
func (w *session) heldLeases(now time.Time) (out []store.Lease, err error) {
	stmt, err := w.stmt(`SELECT name, owner, fence FROM "_lease" WHERE expires > ?`)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, now.UnixMilli())
	for {
		more, err := stmt.Step()
		if err != nil || !more {
			return out, err
		}
		out = append(out, store.Lease{Name: stmt.ColumnText(0), Owner: stmt.ColumnText(1), Fence: stmt.ColumnInt64(2)})
	}
}

type leaseCheck struct{ c store.CheckLease }

func (c *leaseCheck) do(w *session, s *Store) error {
	l, err := w.lease(c.c.Name)
	if err != nil {
		return err
	}
	if l.Fence != c.c.Fence || !l.Expires.After(s.now()) {
		return &store.Error{Code: store.CodeConflict, ID: c.c.Name, Msg: "the lease is lost"}
	}
	return nil
}
