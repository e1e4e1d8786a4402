package reports

import (
	"cmp"
	"context"
	"slices"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// Collect reads what the monthly workbook of an actor's scope is made from.
// Every query begins with the scope or is cut to the clients in it: nothing of
// another's portfolio is read into a figure. Errors: CodeInvalid for a month
// that is none.
func Collect(ctx context.Context, s *crm.Service, a crm.Actor, month calendar.Month) (*MonthData, error) {
	if !month.Valid() {
		return nil, &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"},
			Fields: map[string]crm.Text{"month": {Key: "error.field.choice"}}}
	}
	c := &collector{store: s.Store(), actor: a, month: month, at: map[string]int{}, data: &MonthData{
		Month: month, Scope: scopeOf(a), By: a.Name, At: s.Now(),
	}}
	if a.System {
		c.data.By = "cemigmas"
	}
	var err error
	if c.data.Sectors, err = s.SectorTable(ctx); err != nil {
		return nil, err
	}
	tariffs, err := s.TariffBook(ctx)
	if err != nil {
		return nil, err
	}
	c.tariffs = tariffs
	for _, step := range []func(context.Context) error{
		c.clients, c.activities, c.mails, c.contracts, c.readings, c.installations,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return c.data, nil
}

func scopeOf(a crm.Actor) Scope {
	switch a.Role {
	case crm.RoleAdmin:
		return Scope{Kind: "all"}
	case crm.RoleManager:
		return Scope{Kind: "team", Name: a.Team}
	}
	return Scope{Kind: "agent", Name: a.Name}
}

// collector gathers a month. Contracts and readings wait by installation until
// the installations pass by and take theirs.
type collector struct {
	store   store.Store
	actor   crm.Actor
	month   calendar.Month
	tariffs crm.TariffBook
	data    *MonthData
	at      map[string]int // client id to its place in data.Clients

	contractsOf map[string][]crm.Contract
	readingOf   map[string]crm.Reading
}

// scoped is a query within the actor's scope.
func (c *collector) scoped(where ...store.Cond) []store.Cond {
	return append(append([]store.Cond{}, c.actor.Scope()...), where...)
}

func (c *collector) clients(ctx context.Context) error {
	q := store.Query{Where: c.scoped(), Sort: []string{"name"}}
	for cl, err := range crm.Clients.All(ctx, c.store, q) {
		if err != nil {
			return err
		}
		if cl.MergedInto != "" {
			continue // it lives on as another client
		}
		c.at[cl.ID] = len(c.data.Clients)
		c.data.Clients = append(c.data.Clients, ClientMonth{
			Name: cl.Name, City: cl.City, Sector: cl.SectorIn(c.month), LastContact: dayOf(cl.LastContactAt),
		})
	}
	return nil
}

func dayOf(t *time.Time) calendar.Date {
	if t == nil || t.IsZero() {
		return ""
	}
	return calendar.Date(crm.DayOf(*t))
}

// tally counts a month's documents by client; the scope is that of the clients
// read before.
func (c *collector) tally(ctx context.Context, in *store.Collection, field string, by []string, count func(*ClientMonth, string, int64)) error {
	rows, err := c.store.Tally(ctx, store.Tally{
		In: in, Where: []store.Cond{store.Is(field, string(c.month))}, By: by, Limit: maxGroups,
	})
	if err != nil {
		return err
	}
	for _, r := range rows {
		client, _ := r.Group[0].(string)
		i, ok := c.at[client]
		if !ok {
			continue
		}
		kind := ""
		if len(r.Group) > 1 {
			kind, _ = r.Group[1].(string)
		}
		count(&c.data.Clients[i], kind, r.Count)
	}
	return nil
}

// maxGroups is far above the clients of any distributor times the kinds of an
// activity.
const maxGroups = 4_000_000

// activities counts calls, meetings and visits that took place: only what
// counts has a month.
func (c *collector) activities(ctx context.Context) error {
	return c.tally(ctx, crm.Activities.In, "month", []string{"client", "kind"}, func(cl *ClientMonth, kind string, n int64) {
		cl.Contacted = true
		switch kind {
		case crm.KindVisit:
			cl.Contacts.Visits += n
		case crm.KindCall:
			cl.Contacts.Calls += n
		case crm.KindMeeting:
			cl.Contacts.Meetings += n
		}
	})
}

// mails counts every mail filed under a client; only mail from or to a person,
// not sent by a machine, is a contact.
func (c *collector) mails(ctx context.Context) error {
	all := func(cl *ClientMonth, _ string, n int64) { cl.Contacts.Mails += n }
	if err := c.tally(ctx, crm.MailLinks.In, "month", []string{"client"}, all); err != nil {
		return err
	}
	contact := func(cl *ClientMonth, _ string, _ int64) { cl.Contacted = true }
	return c.tally(ctx, crm.MailLinks.In, "contact", []string{"client"}, contact)
}

func (c *collector) contracts(ctx context.Context) error {
	c.contractsOf = map[string][]crm.Contract{}
	q := store.Query{Where: c.scoped()}
	if len(q.Where) > 0 {
		q.Sort = []string{"client"} // an index begins with the scope; without one the table is walked
	}
	for k, err := range crm.Contracts.All(ctx, c.store, q) {
		if err != nil {
			return err
		}
		if k.Kind == crm.ContractCUSD { // the CCER has energy, no demand
			c.contractsOf[k.Installation] = append(c.contractsOf[k.Installation], k)
		}
	}
	return nil
}

func (c *collector) readings(ctx context.Context) error {
	c.readingOf = map[string]crm.Reading{}
	q := store.Query{Where: c.scoped(store.Is("month", string(c.month)))}
	for r, err := range crm.Readings.All(ctx, c.store, q) {
		if err != nil {
			return err
		}
		c.readingOf[r.Installation] = r
	}
	return nil
}

func (c *collector) installations(ctx context.Context) error {
	q := store.Query{Where: c.scoped(), Sort: []string{"name"}}
	for i, err := range crm.Installations.All(ctx, c.store, q) {
		if err != nil {
			return err
		}
		at, ok := c.at[i.Client]
		if !ok {
			continue
		}
		var reading []crm.Reading
		if r, ok := c.readingOf[i.ID]; ok {
			reading = []crm.Reading{r}
		}
		contracts := c.contractsOf[i.ID]
		slices.SortStableFunc(contracts, func(a, b crm.Contract) int { // as the pages read them
			return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.ID, b.ID))
		})
		cl := &c.data.Clients[at]
		cl.Installations = append(cl.Installations,
			MonthOf(&i, contracts, reading, c.tariffs, c.month))
		delete(c.contractsOf, i.ID)
		delete(c.readingOf, i.ID)
	}
	return nil
}
