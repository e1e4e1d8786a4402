package crm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// HandoverQuery asks what is open with the clients of an agent, or with those
// that a bulk edit gave to others. One of Agent and Batch is said.
type HandoverQuery struct {
	Agent string // user id
	Batch string // id of a JobBulk
	Limit int    // clients; 0 is 100
	After string
}

// OpenMatters is what whoever takes over a client must know of it.
type OpenMatters struct {
	Client   Client     `json:"client"`
	Promises []Activity `json:"promises,omitempty"` // visits on which something was promised or agreed, newest first
	Visits   []Activity `json:"visits,omitempty"`   // planned, the next one first
	Dates    []Deadline `json:"dates,omitempty"`    // of contracts, from today on, that nobody settled
	Mail     []Entry    `json:"mail,omitempty"`     // conversations in which the client wrote last, newest first
}

// Quiet reports that nothing is open.
func (m *OpenMatters) Quiet() bool {
	return len(m.Promises)+len(m.Visits)+len(m.Dates)+len(m.Mail) == 0
}

// How far a hand-over looks back and ahead, in days, and how much of each kind
// it names.
const (
	promiseDays  = 180
	unansweredIn = 60
	datesWithin  = 180
	mattersEach  = 10
	mattersRead  = 50
)

// Handover gathers what is open, by client in the order of names. Only clients
// that the actor sees are in it, and of a bulk edit those that still have the
// agent it gave them. CodeInvalid when neither an agent nor a batch is named.
func (s *Service) Handover(ctx context.Context, a Actor, q HandoverQuery) ([]OpenMatters, string, error) {
	clients, next, err := s.handoverClients(ctx, a, q)
	if err != nil {
		return nil, "", err
	}
	out, err := store.Gather(ctx, s.store, clients, s.openMatters)
	return out, next, err
}

func (s *Service) handoverClients(ctx context.Context, a Actor, q HandoverQuery) ([]Client, string, error) {
	limit := limitOf(q.Limit, 100)
	switch {
	case q.Batch != "":
		return s.clientsOfBatch(ctx, a, q.Batch, limit, q.After)
	case q.Agent != "":
		return s.ClientList(ctx, a, ClientQuery{Agent: q.Agent, Limit: limit, After: q.After})
	}
	return nil, "", invalidField("agent", "error.field.required")
}

func (s *Service) clientsOfBatch(ctx context.Context, a Actor, batch string, limit int, after string) ([]Client, string, error) {
	edits, next, err := Revisions.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("batch", batch), store.Is("of", Clients.In.Name)}, Sort: []string{"-number"}, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	given, ids := map[string]string{}, []string{}
	for _, e := range edits {
		if h, ok := agentIn(&e); ok {
			given[h.client], ids = h.to, append(ids, h.client)
		}
	}
	found, err := Clients.GetMany(ctx, s.store, ids)
	if err != nil {
		return nil, "", err
	}
	var out []Client
	for id, c := range found {
		if c.MergedInto == "" && c.Agent == given[id] && a.sees(c.kept()) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(x, y Client) int { return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.ID, y.ID)) })
	return out, next, nil
}

// openMatters reads a client's. Each list is a few rows of one index.
func (s *Service) openMatters(ctx context.Context, c Client) (OpenMatters, error) {
	m := OpenMatters{Client: c}
	for _, read := range []func(context.Context, *OpenMatters) error{s.openPromises, s.openVisits, s.openDates, s.openMail} {
		if err := read(ctx, &m); err != nil {
			return m, err
		}
	}
	return m, nil
}

// openPromises are those of the visits of the last half year: nobody ticks a
// promise off, so whoever takes over asks.
func (s *Service) openPromises(ctx context.Context, m *OpenMatters) error {
	since := s.Now().AddDate(0, 0, -promiseDays)
	list, _, err := Activities.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("client", m.Client.ID), store.From("month", MonthOf(since))},
		Sort: []string{"-month", "-at"}, Limit: mattersRead})
	for _, v := range list {
		if v.Visit != nil && (v.Visit.Promises != "" || v.Visit.NextStep != "") && v.At.After(since) && len(m.Promises) < mattersEach {
			m.Promises = append(m.Promises, v)
		}
	}
	return err
}

func (s *Service) openVisits(ctx context.Context, m *OpenMatters) (err error) {
	m.Visits, _, err = Activities.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("client", m.Client.ID), store.Is("planned", true)},
		Sort: []string{"at"}, Limit: mattersEach})
	return err
}

func (s *Service) openDates(ctx context.Context, m *OpenMatters) error {
	until := DayOf(s.Now().AddDate(0, 0, datesWithin))
	list, _, err := Deadlines.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("client", m.Client.ID), store.From("on", s.Today()), store.Below("on", until)}, Sort: []string{"on"}, Limit: mattersRead})
	for _, d := range list {
		if d.Settled == nil && len(m.Dates) < mattersEach {
			m.Dates = append(m.Dates, d)
		}
	}
	return err
}

func (s *Service) openMail(ctx context.Context, m *OpenMatters) error {
	since := s.Now().AddDate(0, 0, -unansweredIn)
	list, _, err := Timeline.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("client", m.Client.ID), store.Is("kind", KindMail)},
		Sort: []string{"-planned", "-at"}, Limit: mattersRead})
	for _, e := range list {
		if e.Inbound && e.At.After(since) && len(m.Mail) < mattersEach {
			m.Mail = append(m.Mail, e)
		}
	}
	return err
}
