package mailsync

import (
	"context"
	"errors"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

const (
	leaseTime = 30 * time.Second
	scanTime  = 15 * time.Second // how often new mailboxes are looked for, at most
	lookTime  = time.Minute      // how often a waiting mailbox is looked at for changes made elsewhere
)

var (
	errHeld    = errors.New("mailsync: another worker follows this mailbox")
	errChanged = errors.New("mailsync: the mailbox was changed")
	errYielded = errors.New("mailsync: the mailbox is left to another worker")
)

// again is how soon a mailbox that another worker holds is tried again: soon
// enough that the work of a killed one goes on within twice the lease.
func (e *Engine) again() time.Duration { return e.Lease / 3 }

// follow keeps one mailbox in sync while this process can get its lease.
func (e *Engine) follow(ctx context.Context, id string) {
	pause := newPauses()
	for ctx.Err() == nil {
		box, err := crm.Mailboxes.Get(ctx, e.Service.Store(), id)
		if crm.CodeOf(err) == crm.CodeNotFound {
			return // the mailbox was removed
		}
		wait := e.again()
		if err == nil {
			wait = e.sit(ctx, box, pause)
		}
		e.sleep(ctx, box, wait)
	}
}

// sleep waits until the time is up, somebody wakes the mailbox, or it was
// changed or asked for, perhaps by another process.
func (e *Engine) sleep(ctx context.Context, box crm.Mailbox, wait time.Duration) {
	for wait > 0 {
		step := min(wait, lookTime)
		select {
		case <-ctx.Done():
			return
		case <-e.wake(box.ID):
			return
		case <-time.After(step):
		}
		wait -= step
		if now, err := crm.Mailboxes.Get(ctx, e.Service.Store(), box.ID); err != nil || now.Version != box.Version || now.Asked != nil {
			return
		}
	}
}

// sit holds the lease, connects and makes passes until something fails; it
// answers how long to wait before the next try.
func (e *Engine) sit(ctx context.Context, box crm.Mailbox, pause *pauses) time.Duration {
	if !followable(box) {
		return askUser
	}
	seat := e.seats.take(box.ID)
	if seat == nil {
		return e.again()
	}
	defer e.seats.leave(box.ID)
	wait := e.again()
	err := e.hold(ctx, box.ID, e.Owner, func(ctx context.Context, lease store.Lease) error {
		s := e.session(box, lease)
		defer s.close()
		err := s.run(ctx, e.wake(box.ID), seat, pause)
		switch {
		case ctx.Err() != nil: // ending, or the lease is lost
		case errors.Is(err, errYielded):
		case errors.Is(err, errChanged), errors.Is(s.current(ctx), errChanged):
			wait = 0
		case crm.CodeOf(err) == crm.CodeConflict:
			wait = jitter(2 * time.Second) // somebody files into the same conversations
		default:
			wait = pause.after(err, s.box.Tries+1)
			s.failed(ctx, err, wait)
		}
		return err
	})
	if err != nil && !errors.Is(err, errHeld) && ctx.Err() == nil {
		e.Log.Debug("mailsync: session ended", "mailbox", box.ID, "err", fault(err))
	}
	return wait
}

// followable says whether a mailbox is to be followed now: not one that its
// user paused, nor one whose password was refused so often that the server may
// lock the account, unless the user asks or changes it.
func followable(box crm.Mailbox) bool {
	return !box.Paused && (box.Tries < maxAuthTries || box.Asked != nil)
}

// hold does something under the mailbox's lease. errHeld when another has it;
// ctx ends when it is lost.
func (e *Engine) hold(ctx context.Context, id, owner string, do func(context.Context, store.Lease) error) error {
	st := e.Service.Store()
	lease, err := st.Lease(ctx, "mailbox:"+id, owner, e.Lease)
	if store.CodeOf(err) == store.CodeConflict {
		return errHeld
	}
	if err != nil {
		return err
	}
	held, done := store.Keep(ctx, st, lease, e.Lease)
	defer done()
	return do(held, lease)
}
