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
	sq, err := q.store(a)
	if err != nil {
		return nil, "", err
	}
	return Deadlines.Find(ctx, s.store, sq)
}

// DeadlineRows lists them as they are stored, for the API.
func (s *Service) DeadlineRows(ctx context.Context, a Actor, q DeadlineQuery) (RawPage, error) {
	sq, err := q.store(a)
	if err != nil {
		return RawPage{}, err
	}
	sq.In = Deadlines.In
	return s.rawRows(ctx, sq)
}

// CountDeadlines counts them, at most limit.
func (s *Service) CountDeadlines(ctx context.Context, a Actor, q DeadlineQuery, limit int) (int, error) {
	q.After = ""
	sq, err := q.store(a)
	if err != nil {
		return 0, err
	}
	sq.In = Deadlines.In
	n, err := s.store.Count(ctx, sq, limit)
	return n, wrapStore(err)
}

func (q DeadlineQuery) store(a Actor) (store.Query, error) {
	bad := problems{}
	where := a.scope()
	if q.Kind != "" && !slices.Contains(DeadlineKinds, q.Kind) {
		bad.add("kind", "error.field.choice")
	}
	if q.Sector != "" && !IsSector(q.Sector) {
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

// SettleDeadline says that a date needs nobody's attention any more: "done", or
// "dismissed" with a reason; "" opens it again.
func (s *Service) SettleDeadline(ctx context.Context, a Actor, id, how, reason string) (Deadline, error) {
	was, err := s.Deadline(ctx, a, id)
	if err != nil {
		return Deadline{}, err
	}
	d := was
	reason = firstLine(reason)
	switch how {
	case "":
		d.Settled = nil
	case "done", "dismissed":
		if how == "dismissed" && reason == "" {
			return was, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"reason": {Key: "error.field.required"}}}
		}
		d.Settled = &Settled{How: how, Reason: reason, By: a.UserID, At: s.Now()}
	default:
		return was, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"how": {Key: "error.field.choice"}}}
	}
	if p := patchOf(Deadlines, &was, &d); p != nil {
		err = s.Apply(ctx, *p)
	}
	return d, err
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
		is.Settled = was.Settled
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
