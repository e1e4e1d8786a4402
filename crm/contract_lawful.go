package crm

import (
	"context"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Kinds of a LawfulDate, beside those of an amendment.
const (
	LawfulDenounce  = "denounce"
	LawfulMigration = "migration"
)

// LawfulDate is when something that a contract allows can hold if it were asked
// for on a day.
type LawfulDate struct {
	Kind string // an AmendKind, LawfulDenounce or LawfulMigration
	// On is the first day on which it can hold; of an increase the day by which
	// the distributor must have it done; of denouncing and migrating the first
	// day without the contract.
	On      string
	Article string // of REN 1.000
	Reason  string // the rule that decides; a key of the catalogue
}

// LawfulDates are those of a contract that runs, asked for on a day: of a CUSD
// its reduction (art. 155), its increase without works (art. 154), its modality
// (art. 221) and denouncing it (art. 133); of a CCER denouncing it (art. 133 §4),
// and going to the free market, which waits for the same notice (art. 166).
func (c *Contract) LawfulDates(i *Installation, day string, w calendar.WorkDays) (out []LawfulDate) {
	if !c.Runs(day) {
		return nil
	}
	add := func(kind, on, article, reason string) {
		if calendar.Date(on).Valid() {
			out = append(out, LawfulDate{kind, on, article, reason})
		}
	}
	if c.Kind == ContractCUSD {
		for _, kind := range []string{AmendReduction, AmendIncrease, AmendModality} {
			m := Amendment{Kind: kind, Asked: day}
			if kind == AmendIncrease {
				m.Works = string(demand.WorksNone)
			}
			l := LawfulOf(i, c, &m, w)
			add(kind, l.On, l.Article, l.Reason)
		}
	}
	if c.LastDay() != "" || !calendar.Date(c.Start).Valid() {
		return out // its end stands already, or nothing is known of its term
	}
	if c.Kind == ContractCUSD {
		said := *c
		said.Denounced = day
		if end := said.denouncedEnd(); end.Valid() {
			add(LawfulDenounce, string(end.AddDays(1)), "133 II", "contract.reason.renewal")
		}
		return out
	}
	exit := demand.CCER{Term: c.term(), Agreed: c.Agreed}
	e := exit.Exit(demand.Current(), calendar.Date(day))
	reason := "contract.reason.renewal"
	if e.Open {
		reason = "contract.reason.open"
	}
	add(LawfulDenounce, string(e.On), "133 §4", reason)
	if i.Market != MarketFree {
		m := demand.Current().Migrate(demand.MigrationRequest{Requested: calendar.Date(day), Contract: exit, Volts: i.VoltageV}, w)
		add(LawfulMigration, string(m.On), "166 II", reason)
	}
	return out
}

// ContractDates are the LawfulDates of a contract if asked for today.
func (s *Service) ContractDates(ctx context.Context, a Actor, id string) ([]LawfulDate, error) {
	c, err := s.Contract(ctx, a, id)
	if err != nil {
		return nil, err
	}
	i, err := s.Installation(ctx, SystemActor(), c.Installation)
	if err != nil {
		return nil, err
	}
	return c.LawfulDates(&i, s.Today(), calendar.WorkDays{}), nil
}
