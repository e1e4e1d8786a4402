package crm

import (
	"slices"
	"time"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

// Kinds of a deadline.
const (
	DeadlineNotice    = "notice"    // last day to refuse a CUSD's renewal: art. 133
	DeadlineCCER      = "ccer"      // last day to leave a CCER of fixed term: art. 133 §4
	DeadlineEnd       = "end"       // last day of a contract
	DeadlineTest      = "test"      // last day of a test period: art. 314
	DeadlineReduction = "reduction" // a reduction that was asked for may hold: art. 155
	DeadlineIncrease  = "increase"  // an increase that was asked for must be there: art. 154
	DeadlineMigration = "migration" // a step to the free market: arts. 96, 166
)

// DeadlineKinds in the order in which they are offered.
var DeadlineKinds = []string{DeadlineNotice, DeadlineTest, DeadlineEnd, DeadlineCCER, DeadlineReduction, DeadlineIncrease, DeadlineMigration}

// Settled says that a deadline needs nobody's attention any more.
type Settled struct {
	How    string    `json:"how"` // done, dismissed
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// PutOff says that a deadline is looked at again on a later day.
type PutOff struct {
	On string    `json:"on"` // civil date
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Deadline is a date of a contract that matters. It is derived from contracts by
// Recompute; only Settled and PutOff are somebody's word, and last as long as the
// date is derived anew: another date of the contract is another deadline.
type Deadline struct {
	ID           string   `json:"id"` // contract:kind:detail:date
	Client       string   `json:"client"`
	ClientName   string   `json:"clientName"`
	Agent        string   `json:"agent,omitempty"`
	Team         string   `json:"team,omitempty"`
	Acting       string   `json:"acting,omitempty"`
	Sector       string   `json:"sector,omitempty"`
	Installation string   `json:"installation"`
	Place        string   `json:"place"` // name of the installation
	Contract     string   `json:"contract"`
	Number       string   `json:"number,omitempty"` // of the contract
	Kind         string   `json:"kind"`
	Detail       string   `json:"detail,omitempty"`  // step of a migration
	Article      string   `json:"article,omitempty"` // of REN 1.000
	On           string   `json:"on"`                // civil date
	For          string   `json:"for,omitempty"`     // what it is the deadline of: the end that a notice belongs to
	Missed       bool     `json:"missed,omitempty"`  // it went by and cannot be made good in this term
	Settled      *Settled `json:"settled,omitempty"`
	PutOff       *PutOff  `json:"putOff,omitempty"`
}

// Due is the day under which a deadline stands among what is to be done.
func (d *Deadline) Due() string {
	if d.PutOff != nil {
		return d.PutOff.On
	}
	return d.On
}

// How many days ahead a date becomes a task. A notice takes a decision of the
// client, and 180 days of its contract hang on it (art. 133). The house's choice.
const (
	aheadNotice = 60
	aheadOther  = 30
)

// missedDays is how long a date that went by without a word stands as missed: the
// house's choice.
const missedDays = 30

// Waits reports whether a deadline is something to do on a day: nobody settled
// it, it was not put off beyond, and it is near.
func (d *Deadline) Waits(day string) bool {
	switch {
	case d.Settled != nil:
		return false
	case d.PutOff != nil:
		return d.PutOff.On <= day
	case d.Kind == DeadlineNotice || d.Kind == DeadlineCCER:
		return d.On <= string(calendar.Date(day).AddDays(aheadNotice))
	}
	return d.On <= string(calendar.Date(day).AddDays(aheadOther))
}

// Deadlines is the table of deadlines.
var Deadlines = Table[Deadline]{
	In: &store.Collection{
		Name: "deadlines",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "sector", Kind: store.String},
			{Name: "kind", Kind: store.String},
			{Name: "on", Kind: store.String},
			{Name: "contract", Kind: store.String},
			{Name: "due", Kind: store.String},
			{Name: "settled", Kind: store.Bool},
		},
		Indexes: append([]store.Index{
			{Fields: []string{"client", "on"}},
			{Fields: []string{"contract", "on"}},
		}, scoped([][]string{{"on"}, {"kind", "on"}, {"sector", "on"}, {"due"}, {"-due"}})...),
	},
	Derived: copied,
	ID:      func(d *Deadline) string { return d.ID },
	Keys: func(d *Deadline) store.Keys {
		return store.Keys{"client": d.Client, "agent": d.Agent, "team": d.Team, "acting": d.Acting, "sector": d.Sector, "kind": d.Kind, "on": d.On, "due": d.Due(),
			"contract": d.Contract, "settled": d.Settled != nil}
	},
}

// DeadlinesOf derives the dates of an installation's contracts as of a day, in
// order. What is switched off has none.
func DeadlinesOf(c *Client, i *Installation, contracts []Contract, day string, w calendar.WorkDays) []Deadline {
	if i.Status == "off" {
		return nil
	}
	var out []Deadline
	for n := range contracts {
		k := &contracts[n]
		dates := k.missedEnd(contracts, day)
		if k.Runs(day) {
			dates = append(dates, k.deadlines(i, day, w)...)
		}
		for _, d := range dates {
			d.Client, d.ClientName, d.Agent, d.Team, d.Acting, d.Sector = c.ID, c.Name, c.Agent, c.Team, c.Acting, c.Sector
			d.Installation, d.Place, d.Contract, d.Number = i.ID, i.Name, k.ID, k.Number
			d.ID = k.ID + ":" + d.Kind + ":" + d.Detail + ":" + d.On
			if calendar.Date(d.On).Valid() && !slices.ContainsFunc(out, func(o Deadline) bool { return o.ID == d.ID }) {
				out = append(out, d)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Deadline) int { return compareDeadlines(&a, &b) })
	return out
}

// deadlines are a contract's own, without what they repeat of the installation.
func (c *Contract) deadlines(i *Installation, day string, w calendar.WorkDays) (out []Deadline) {
	switch c.Kind {
	case ContractCUSD:
		out = c.noticeDates(day)
	case ContractCCER:
		out = c.ccerDates(day)
	}
	if end := c.LastDay(); end >= day {
		out = append(out, Deadline{Kind: DeadlineEnd, On: end, Article: "133"})
	}
	if end, _ := c.TestLimits(); end >= day || goneBy(end, day) && !c.gaveBack(end) {
		out = append(out, Deadline{Kind: DeadlineTest, On: end, Article: "314", Missed: end < day})
	}
	for n := range c.Amendments {
		m := &c.Amendments[n]
		if m.State != AmendOpen || m.Kind != AmendReduction && m.Kind != AmendIncrease {
			continue
		}
		l := LawfulOf(i, c, m, w)
		out = append(out, Deadline{Kind: m.Kind, On: l.On, Article: l.Article})
	}
	if m := c.Migration; m != nil {
		out = append(out, c.migrationDates(i, day, w)...)
	}
	return out
}

// goneBy reports whether a date went by so lately that it stands as missed.
func goneBy(on, day string) bool {
	return on != "" && on < day && on >= string(calendar.Date(day).AddDays(-missedDays))
}

// missedEnd is the end of a contract that went by with nothing after it. Who
// denounced it, or goes to the free market, wanted it to end.
func (c *Contract) missedEnd(all []Contract, day string) []Deadline {
	end := c.LastDay()
	followed := func(o Contract) bool { return o.Kind == c.Kind && o.ID != c.ID && o.Start > c.Start }
	if c.Former || !goneBy(end, day) || c.Denounced != "" || c.Migration != nil || slices.ContainsFunc(all, followed) {
		return nil
	}
	return []Deadline{{Kind: DeadlineEnd, On: end, Article: "133", Missed: true}}
}

// gaveBack reports whether a reduction was asked for in the test period that
// ends on a day.
func (c *Contract) gaveBack(end string) bool {
	return slices.ContainsFunc(c.Amendments, func(m Amendment) bool {
		return m.Kind == AmendReduction && m.State != AmendWithdrawn && m.Asked >= string(calendar.Month(c.Test.From).First()) && m.Asked <= end
	})
}

// noticeDates are the last day to refuse the renewal of the running term while
// that term runs, and, once it went by, that of the next one.
func (c *Contract) noticeDates(day string) []Deadline {
	t := c.term()
	if t.Final || !t.Start.Valid() || c.End != "" {
		return nil
	}
	win := t.Window(demand.Current(), calendar.Date(day), 0)
	var out []Deadline
	if win.State == demand.WindowMissed {
		out = append(out, Deadline{Kind: DeadlineNotice, On: string(win.Last), For: string(win.End), Article: "133", Missed: true})
	}
	if win.Next.Last.Valid() {
		out = append(out, Deadline{Kind: DeadlineNotice, On: string(win.Next.Last), For: string(win.Next.End), Article: "133"})
	}
	return out
}

// ccerDates are those of a CCER that still has a fixed term: an indefinite one
// can be left on any day, 180 days later.
func (c *Contract) ccerDates(day string) []Deadline {
	if !calendar.Date(c.Start).Valid() || c.LastDay() != "" {
		return nil
	}
	e := demand.CCER{Term: c.term(), Agreed: c.Agreed}.Exit(demand.Current(), calendar.Date(day))
	if e.Open || !e.Last.Valid() {
		return nil
	}
	return []Deadline{{Kind: DeadlineCCER, On: string(e.Last), For: string(e.End), Article: "133 §4", Missed: string(e.Last) < day}}
}

func (c *Contract) migrationDates(i *Installation, day string, w calendar.WorkDays) (out []Deadline) {
	exit := demand.CCER{Term: c.term(), Agreed: c.Agreed}
	m := demand.Current().Migrate(demand.MigrationRequest{Requested: calendar.Date(c.Migration.Requested), Contract: exit,
		Simplified: c.Migration.Simplified, Volts: i.VoltageV}, w)
	for _, s := range m.Stages {
		if by := string(s.By); by >= day || goneBy(by, day) {
			out = append(out, Deadline{Kind: DeadlineMigration, Detail: s.Code, On: by, Article: s.Article, Missed: by < day})
		}
	}
	if string(m.On) >= day && c.Kind == ContractCCER && c.LastDay() == "" {
		out = append(out, Deadline{Kind: DeadlineMigration, Detail: "free", On: string(m.On), Article: "166"})
	}
	return out
}
