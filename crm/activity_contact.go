package crm

import (
	"context"
	"time"

	"cemigmas/crm/store"
)

// contactsWith makes the changes that set a client's last contact and next visit
// to what they are once act is stored as it is given.
func (s *Service) contactsWith(ctx context.Context, client string, act *Activity) ([]store.Change, error) {
	at, kind, err := s.lastContact(ctx, client, act)
	if err != nil {
		return nil, err
	}
	next, err := s.nextVisit(ctx, client, act)
	return []store.Change{contactPatch(client, at, kind), nextPatch(client, next)}, err
}

// contactPatch sets a client's last contact; a zero time is none.
func contactPatch(client string, at time.Time, kind string) store.Patch {
	p := store.Patch{In: Clients.In, ID: client, Keys: store.Keys{"lastContactAt": nil},
		Body: map[string][]byte{"lastContactAt": nil, "lastContact": nil}}
	if !at.IsZero() {
		p.Keys["lastContactAt"] = at
		p.Body["lastContactAt"], p.Body["lastContact"] = jsonTime(at), jsonString(kind)
	}
	return p
}

// nextPatch sets a client's next planned visit; nil is none.
func nextPatch(client string, act *Activity) store.Patch {
	p := store.Patch{In: Clients.In, ID: client, Keys: store.Keys{"nextAt": nil},
		Body: map[string][]byte{"nextAt": nil, "next": nil}}
	if act != nil {
		p.Keys["nextAt"] = act.At
		p.Body["nextAt"], p.Body["next"] = jsonTime(act.At), jsonString(act.Kind)
	}
	return p
}

// recomputeContact finds a client's last contact anew, after one was changed
// or taken back.
func (s *Service) recomputeContact(ctx context.Context, client string) error {
	at, kind, err := s.LastContact(ctx, client)
	if err != nil {
		return err
	}
	return s.Apply(ctx, contactPatch(client, at, kind))
}

// LastContact finds the newest contact of a client in the sense of the
// report: call, meeting, done visit, or mail from or to a person.
func (s *Service) LastContact(ctx context.Context, client string) (at time.Time, kind string, err error) {
	return s.lastContact(ctx, client, nil)
}

// lastContact is LastContact as it is with changed, if not nil, in the place of
// what is stored under its id.
func (s *Service) lastContact(ctx context.Context, client string, changed *Activity) (at time.Time, kind string, err error) {
	where := []store.Cond{store.Is("client", client)}
	act, err := s.firstWith(ctx, store.Query{Where: where, Sort: []string{"-month", "-at"}}, changed)
	if err != nil {
		return at, "", err
	}
	if act != nil && act.Counts() {
		at, kind = act.At, act.Kind
	}
	if changed != nil && changed.Counts() && changed.At.After(at) {
		at, kind = changed.At, changed.Kind
	}
	// Clocks of senders may be wrong: a mail of tomorrow is no contact yet.
	link, err := MailLinks.First(ctx, s.store, store.Query{Where: append(where, store.UpTo("at", s.Now())), Sort: []string{"-contact", "-at"}})
	if err != nil {
		return at, "", err
	}
	if link != nil && link.Counts() && link.At.After(at) {
		at, kind = link.At, KindMail
	}
	return at, kind, nil
}

// nextVisit is the next planned visit of a client, or nil, with changed, if not
// nil, in the place of what is stored under its id.
func (s *Service) nextVisit(ctx context.Context, client string, changed *Activity) (*Activity, error) {
	next, err := s.firstWith(ctx, store.Query{
		Where: []store.Cond{store.Is("client", client), store.Is("planned", true)}, Sort: []string{"at"}}, changed)
	if err == nil && changed != nil && changed.Planned() && !changed.Deleted && (next == nil || changed.At.Before(next.At)) {
		next = changed
	}
	return next, err
}

// firstWith is the first match that is not changed. An index answers the query
// whole, so two rows are enough.
func (s *Service) firstWith(ctx context.Context, q store.Query, changed *Activity) (*Activity, error) {
	q.Limit = 2
	list, _, err := Activities.Find(ctx, s.store, q)
	for i := range list {
		if changed == nil || list[i].ID != changed.ID {
			return &list[i], err
		}
	}
	return nil, err
}

// recomputeNext finds a client's next planned visit anew.
func (s *Service) recomputeNext(ctx context.Context, client string) error {
	act, err := s.nextVisit(ctx, client, nil)
	if err != nil {
		return err
	}
	return s.Apply(ctx, nextPatch(client, act))
}
