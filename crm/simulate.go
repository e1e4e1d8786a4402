package crm

import (
	"cmp"
	"context"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/text"
)

// GapRural: rural units are billed by other rules (REN 1.000 art. 294 I), which
// no simulation follows. The other gaps are those of demand.Simulate.
const GapRural = "rural"

// Simulation says which contract would have cost an installation least.
type Simulation struct {
	demand.RightSize
	Rural   bool
	Present Terms // of the contract in force today: what is compared with
	Best    *Terms
	Asked   *Asked
	Changes []LawfulChange // from the present contract to Asked, or else to the best of the modality asked for, or else to Best
	Months  []string       // that were looked at
}

// Terms are a modality with its demands.
type Terms struct {
	Modality demand.Modality
	demand.Step
}

// Asked is a contract that somebody wants the cost of.
type Asked struct {
	Terms
	Costs  demand.Costs
	Saving demand.Amount // present less asked, a year; below zero where it costs more
}

// SimulationQuery asks for the last 12 or 24 months, and if need be for the
// cost of a contract of one's own, in W.
type SimulationQuery struct {
	Months          int
	Modality        string
	SingleW         int64 // verde
	PeakW, OffPeakW int64 // azul
}

// Simulate finds the right size of an installation's contract.
func (s *Service) Simulate(ctx context.Context, a Actor, installation string, q SimulationQuery) (Simulation, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return Simulation{}, err
	}
	if q.Months == 0 {
		q.Months = 12
	}
	modality := demand.Modality(q.Modality)
	switch {
	case q.Months != 12 && q.Months != 24:
		return Simulation{}, invalidField("months", "error.field.choice")
	case q.Modality != "" && (!modality.Valid() || modality == demand.Unknown):
		return Simulation{}, invalidField("modality", "error.field.choice")
	case min(q.SingleW, q.PeakW, q.OffPeakW) < 0 || max(q.SingleW, q.PeakW, q.OffPeakW) > maxAskedW:
		return Simulation{}, invalidField("kw", "simulation.kw.range")
	}
	contracts, err := s.contractsOf(ctx, installation)
	if err != nil {
		return Simulation{}, err
	}
	readings, err := s.readingsOf(ctx, installation, q.Months)
	if err != nil {
		return Simulation{}, err
	}
	tariffs, err := s.tariffsHeard(ctx)
	if err != nil {
		return Simulation{}, err
	}
	newest := calendar.Month(s.Today()[:7])
	if len(readings) > 0 {
		newest = calendar.Month(readings[0].Month)
	}
	now := calendar.Month(s.Today()[:7])
	sim := simulate(&i, contracts, readings, tariffs, newest, now, q.Months)
	if modality != "" && max(q.SingleW, q.PeakW, q.OffPeakW) > 0 {
		sim.ask(Terms{modality, demand.Step{SingleW: q.SingleW, PeakW: q.PeakW, OffPeakW: q.OffPeakW}})
	}
	goal := sim.Best
	if best := sim.bestOf(modality); best != nil {
		goal = best
	}
	if sim.Asked != nil {
		goal = &sim.Asked.Terms
	}
	if goal != nil {
		sim.Changes = historyOf(contracts, now).changes(&i, sim.Present, *goal, calendar.Date(s.Today()))
	}
	return sim, nil
}

// bestOf are the best terms of a modality; nil where it was not computed.
func (sim *Simulation) bestOf(m demand.Modality) *Terms {
	n := slices.IndexFunc(sim.Options, func(o demand.Option) bool { return o.Modality == m })
	if n < 0 {
		return nil
	}
	return &Terms{m, sim.Options[n].Step()}
}

// maxAskedW is above any contract there is.
const maxAskedW = 10_000_000_000

// simulate computes the n months that end with newest, and compares with the
// contract in force in the month now as if it had held in all of them: what was
// paid under an earlier one can be saved no more.
func simulate(i *Installation, contracts []Contract, readings []Reading, tariffs TariffBook, newest, now calendar.Month, n int) Simulation {
	sim := Simulation{Rural: isRural(i)}
	months := calendar.Months(newest.Add(1-n), newest)
	for _, m := range months {
		sim.Months = append(sim.Months, string(m))
	}
	if c, step := presentContract(contracts, newest, now); c != nil {
		sim.Present = Terms{modalityOf(c), stepOf(step)}
	}
	if sim.Rural {
		return sim
	}
	sim.RightSize = demand.Simulate(demand.SizeRequest{Months: usages(i, contracts, sim.Present, readings, tariffs, months), Volts: voltsOf(i)})
	if b := sim.RightSize.Best; b != nil {
		sim.Best = &Terms{b.Modality, b.Step()}
	}
	return sim
}

// isRural tells whether the tariff class is one of the rural ones, in the
// regulator's codes or in words.
func isRural(i *Installation) bool {
	c := text.Fold(i.TariffClass)
	return len(c) >= 2 && c[:2] == "ru"
}

// voltsOf is the connection voltage, or where it is not known one at which the
// subgroup's rules hold: from 69 kV on only azul is allowed.
func voltsOf(i *Installation) int64 {
	if i.VoltageV > 0 {
		return i.VoltageV
	}
	switch i.Subgroup {
	case "A1", "A2", "A3":
		return 69_000
	}
	return 0
}

// presentContract is the one in force in the month now; where none is, the one of
// the newest month.
func presentContract(contracts []Contract, newest, now calendar.Month) (*Contract, *DemandStep) {
	if c, step := contractAt(contracts, now); c != nil && step != nil {
		return c, step
	}
	return contractAt(contracts, newest)
}

// usages are the months that a simulation may speak of, with the present
// contract in each: without test periods, which are billed by other rules (REN
// 1.000 art. 313).
func usages(i *Installation, contracts []Contract, present Terms, readings []Reading, tariffs TariffBook, months []calendar.Month) []demand.Usage {
	out := make([]demand.Usage, 0, len(months))
	for _, m := range months {
		u := demand.Usage{Month: m, Prices: tariffs.prices(i, m)}
		if c, _ := contractAt(contracts, m); c != nil && inTest(c, m) {
			continue
		}
		u.Modality = cmp.Or(present.Modality, demand.Unknown)
		if postos := u.Modality.Postos(); u.Modality != demand.Unknown && len(postos) > 0 && present.W(postos[0]) > 0 {
			u.Contract = &present.Step
		}
		if n := slices.IndexFunc(readings, func(r Reading) bool { return r.Month == string(m) }); n >= 0 {
			r := i.atConnection(&readings[n])
			u.SingleW, u.PeakW, u.OffPeakW, u.PeakWh, u.OffPeakWh = measuredW(r, demand.Single), r.PeakW, r.OffPeakW, r.PeakWh, r.OffPeakWh
		}
		out = append(out, u)
	}
	return out
}

func inTest(c *Contract, m calendar.Month) bool {
	test, ok := testOf(c)
	return ok && slices.ContainsFunc(modalityOf(c).Postos(), func(p demand.Posto) bool { return test.Covers(m, p) })
}

func stepOf(s *DemandStep) demand.Step {
	return demand.Step{SingleW: stepW(s, demand.Single), PeakW: stepW(s, demand.Peak), OffPeakW: stepW(s, demand.OffPeak)}
}

// ask computes what a contract would have cost over the months compared. Where
// its modality could not be computed, nothing is said.
func (sim *Simulation) ask(t Terms) {
	n := slices.IndexFunc(sim.Options, func(o demand.Option) bool { return o.Modality == t.Modality })
	asked := &Asked{Terms: t}
	sim.Asked = asked
	if n < 0 {
		return
	}
	asked.Costs = sim.Options[n].CostsAt(t.Step)
	was, is := sim.RightSize.Present.Total, asked.Costs.Total
	if !was.Known || !is.Known {
		if t.Modality != sim.Modality {
			return // the energy of another modality costs something else
		}
		was, is = sim.RightSize.Present.Demand, asked.Costs.Demand
	}
	asked.Saving = demand.SavingYear(was, is, sim.Compared)
}

// Why names what keeps a simulation from saying more; keys of the catalogue.
func (sim *Simulation) Why() []string {
	if sim.Rural {
		return []string{GapRural}
	}
	var out []string
	for _, g := range sim.Gaps {
		if !slices.Contains(out, string(g)) {
			out = append(out, string(g))
		}
	}
	return out
}
