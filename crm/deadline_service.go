package crm

import (
	"cmp"
	"context"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// DeadlineQuery narrows the calendar. Empty members do not.
type DeadlineQuery struct {
	From   string // civil date, included
	Until  string // civil date, included
	Kind   string
	Sector string
	Agent  string // managers and admins; an agent sees its own anyway
	Client string
	Open   bool // only what nobody settled
	Limit  int
	After  string
}

func compareDeadlines(a, b *Deadline) int {
	return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.ID, b.ID))
}

// ListDeadlines lists the dates that the actor may see, the next one first.
// CodeInvalid names a filter that is none.
func (s *Service) ListDeadlines(ctx context.Context, a Actor, q DeadlineQuery) ([]Deadline, string, error) {
	sq, err := q.store(ctx, s, a)
	if err != nil {
		return nil, "", err
	}
	return Deadlines.Find(ctx, s.store, sq)
}

// DeadlineRows lists them as they are stored, for the API.
func (s *Service) DeadlineRows(ctx context.Context, a Actor, q DeadlineQuery) (RawPage, error) {
	sq, err := q.store(ctx, s, a)
	if err != nil {
		return RawPage{}, err
	}
	sq.In = Deadlines.In
	return s.rawRows(ctx, sq)
}

// CountDeadlines counts them, at most limit.
func (s *Service) CountDeadlines(ctx context.Context, a Actor, q DeadlineQuery, limit int) (int, error) {
	q.After = ""
	sq, err := q.store(ctx, s, a)
	if err != nil {
		return 0, err
	}
	sq.In = Deadlines.In
	n, err := s.store.Count(ctx, sq, limit)
	return n, wrapStore(err)
}

func (q DeadlineQuery) store(ctx context.Context, s *Service, a Actor) (store.Query, error) {
	bad := problems{}
	sectors, err := s.SectorTable(ctx)
	if err != nil {
		return store.Query{}, err
	}
	where := a.scope()
	if q.Kind != "" && !slices.Contains(DeadlineKinds, q.Kind) {
		bad.add("kind", "error.field.choice")
	}
	if q.Sector != "" && !sectors.Has(q.Sector) {
		bad.add("sector", "error.field.choice")
	}
	for _, f := range []struct{ name, value string }{{"from", q.From}, {"until", q.Until}} {
		if f.value != "" && !calendar.Date(f.value).Valid() {
			bad.add(f.name, "date.invalid")
		}
	}
	if err := bad.err(); err != nil {
		return store.Query{}, err
	}
	for _, f := range []struct{ name, value string }{{"kind", q.Kind}, {"sector", q.Sector}, {"client", q.Client}} {
		if f.value != "" {
			where = append(where, store.Is(f.name, f.value))
		}
	}
	if q.Agent != "" && a.Role != RoleAgent {
		where = append(where, store.Is("agent", q.Agent))
	}
	if q.Open {
		where = append(where, store.Is("settled", false))
	}
	if q.From != "" {
		where = append(where, store.From("on", q.From))
	}
	if q.Until != "" {
		where = append(where, store.Below("on", string(calendar.Date(q.Until).AddDays(1))))
	}
	return store.Query{Where: where, Sort: []string{"on"}, Limit: limitOf(q.Limit, 50), After: q.After}, nil
}

// Deadline reads one date.
func (s *Service) Deadline(ctx context.Context, a Actor, id string) (Deadline, error) {
	d, err := Deadlines.Get(ctx, s.store, id)
	if err != nil {
		return Deadline{}, err
	}
	if !a.sees(d.kept()) {
		return Deadline{}, notFound()
	}
	return d, nil
}

// changeDeadline writes what somebody says of a date.
func (s *Service) changeDeadline(ctx context.Context, a Actor, id string, change func(*Deadline) error) (Deadline, error) {
	was, err := s.Deadline(ctx, a, id)
	if err != nil {
		return Deadline{}, err
	}
	d := was
	if err := change(&d); err != nil {
		return was, err
	}
	if p := patchOf(Deadlines, &was, &d); p != nil {
		err = s.Apply(ctx, *p)
	}
	return d, err
}

// SettleDeadline says that a date needs nobody's attention any more: "done", or
// "dismissed" with a reason.
func (s *Service) SettleDeadline(ctx context.Context, a Actor, id, how, reason string) (Deadline, error) {
	return s.changeDeadline(ctx, a, id, func(d *Deadline) error {
		reason = firstLine(reason)
		switch {
		case how != "done" && how != "dismissed":
			return invalidField("how", "error.field.choice")
		case how == "dismissed" && reason == "":
			return invalidField("reason", "error.field.required")
		}
		d.Settled = &Settled{How: how, Reason: reason, By: a.UserID, At: s.Now()}
		return nil
	})
}

// maxPutOff is how far a date can be put off, in days.
const maxPutOff = 366

// PutOffDeadline lets a date come back on a later day, also one after it.
func (s *Service) PutOffDeadline(ctx context.Context, a Actor, id, day string) (Deadline, error) {
	return s.changeDeadline(ctx, a, id, func(d *Deadline) error {
		today, on := calendar.Date(s.Today()), calendar.Date(day)
		switch {
		case !on.Valid():
			return invalidField("on", "date.invalid")
		case on <= today || on > today.AddDays(maxPutOff):
			return invalidField("on", "calendar.putoff.range")
		case d.Settled != nil:
			return invalidField("on", "calendar.putoff.settled")
		}
		d.PutOff = &PutOff{On: day, By: a.UserID, At: s.Now()}
		return nil
	})
}

// OpenDeadline takes back the last word on a date: that it was settled, or else
// that it was put off.
func (s *Service) OpenDeadline(ctx context.Context, a Actor, id string) (Deadline, error) {
	return s.changeDeadline(ctx, a, id, func(d *Deadline) error {
		if d.Settled != nil {
			d.Settled = nil
		} else {
			d.PutOff = nil
		}
		return nil
	})
}

// Of the dates on Today: how many, how many of them are past, and how long a
// past one stays unless it is settled, in days.
const (
	waitingRows = 8
	waitingPast = 3
	waitingBack = 30
)

// Waiting are the dates that are something to do today, the past ones first.
func (s *Service) Waiting(ctx context.Context, a Actor) ([]Deadline, error) {
	today := s.Today()
	day := calendar.Date(today)
	query := func(sort string, from, until calendar.Date) store.Query {
		return store.Query{Where: append(a.scope(), store.Is("settled", false), store.From("due", string(from)), store.Below("due", string(until))), Sort: []string{sort}}
	}
	q := query("-due", day.AddDays(-waitingBack), day)
	q.Limit = waitingPast
	past, _, err := Deadlines.Find(ctx, s.store, q)
	if err != nil {
		return nil, err
	}
	slices.Reverse(past)
	out := past
	q = query("due", day, day.AddDays(aheadNotice+1))
	q.Limit = 2 * waitingRows // most of them wait
	for d, err := range Deadlines.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		if d.Waits(today) {
			out = append(out, d)
		}
		if len(out) == waitingRows {
			break
		}
	}
	return out, nil
}

// deadlines brings a client's dates up to date: new ones are made, ones that no
// contract has any more go, and the others keep what was said of them.
func (r *recompute) deadlines(ctx context.Context, c *Client, want []Deadline) error {
	fresh := make(map[string]*Deadline, len(want))
	for n := range want {
		fresh[want[n].ID] = &want[n]
	}
	q := store.Query{Where: []store.Cond{store.Is("client", c.ID)}, Sort: []string{"on"}}
	for was, err := range Deadlines.All(ctx, r.s.store, q) {
		if err != nil {
			return err
		}
		is := fresh[was.ID]
		if is == nil {
			r.changes = append(r.changes, Deadlines.Delete(&was))
			continue
		}
		is.Settled, is.PutOff = was.Settled, was.PutOff
		r.add(patchOf(Deadlines, &was, is))
		delete(fresh, was.ID)
	}
	for n := range want {
		if fresh[want[n].ID] != nil {
			r.changes = append(r.changes, Deadlines.InsertIfAbsent(&want[n]))
		}
	}
	return nil
}
