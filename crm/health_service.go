package crm

import (
	"context"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Health is an installation's use of its contract, in figures and sentences.
type Health struct {
	Months   []MonthHealth // oldest first
	Verdicts []demand.Verdict
	Risks    []demand.Risk // of the months to come: overruns foreseen, and what speaks against one
	Postos   []string      // of Risks, beside each other
}

const (
	verdictMonths  = 12
	forecastMonths = 3
	historyMonths  = 36 // a forecast compares months with those a year before
)

// Months judges the last n months of an installation, oldest first, ending with
// its newest reading (n 0: all since its oldest one).
func (s *Service) Months(ctx context.Context, a Actor, installation string, n int) ([]MonthHealth, error) {
	h, err := s.Health(ctx, a, installation, n)
	return h.Months, err
}

// Health is Months with what they say.
func (s *Service) Health(ctx context.Context, a Actor, installation string, n int) (Health, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return Health{}, err
	}
	contracts, err := s.contractsOf(ctx, installation)
	if err != nil {
		return Health{}, err
	}
	read := 0
	if n > 0 {
		read = max(n, historyMonths)
	}
	readings, err := s.readingsOf(ctx, installation, read)
	if err != nil || len(readings) == 0 {
		return Health{}, err
	}
	book, err := s.tariffsHeard(ctx)
	if err != nil {
		return Health{}, err
	}
	tariffs := book.Table
	last := calendar.Month(readings[0].Month)
	first := calendar.Month(readings[len(readings)-1].Month)
	if n > 0 {
		first = last.Add(1 - n)
	}
	h := Health{Months: HealthOf(&i, contracts, readings, tariffs, calendar.Months(first, last))}
	h.priceReactive(&i, readings, book)
	h.Verdicts = VerdictsOf(h.Months)
	h.forecast(&i, contracts, readings, tariffs, last)
	return h, nil
}

// VerdictsOf says the last twelve months in sentences, posto by posto.
func VerdictsOf(months []MonthHealth) []demand.Verdict {
	months = months[max(0, len(months)-verdictMonths):]
	var out []demand.Verdict
	for _, posto := range []demand.Posto{demand.Single, demand.OffPeak, demand.Peak} {
		var judged []demand.JudgedMonth
		for _, m := range months {
			for n := range m.Postos {
				if p := &m.Postos[n]; p.Posto == string(posto) {
					judged = append(judged, p.judged(m.Month))
				}
			}
		}
		if len(judged) > 0 {
			out = append(out, demand.DefaultIdle.Verdicts(posto, judged)...)
		}
	}
	return out
}

func (p *PostoHealth) judged(month string) demand.JudgedMonth {
	j := demand.JudgedMonth{Month: calendar.Month(month), MeasuredW: p.MeasuredW, State: demand.State(p.State), Rate: p.rate}
	if p.ContractedW != nil {
		j.ContractedW = *p.ContractedW
	}
	if p.OverCents != nil {
		j.Overrun = demand.Amount{Centavos: *p.OverCents, Known: true}
	}
	return j
}

// forecast holds what the months after last may measure against the contract.
// Test periods bill by another line, so nothing is said of them.
func (h *Health) forecast(i *Installation, contracts []Contract, readings []Reading, tariffs demand.Table, last calendar.Month) {
	c, _ := contractAt(contracts, last)
	if c == nil {
		return
	}
	for _, posto := range modalityOf(c).Postos() {
		var history []demand.MonthW
		for n := range readings {
			if w := measuredW(i.atConnection(&readings[n]), posto); w != nil && *w >= 0 {
				history = append(history, demand.MonthW{Month: calendar.Month(readings[n].Month), W: *w})
			}
		}
		for _, f := range demand.DefaultForecasting.ForecastMonths(history, last, forecastMonths) {
			then, step := contractAt(contracts, f.Month)
			if then == nil || modalityOf(then) != modalityOf(c) || inTest(then, f.Month) {
				continue
			}
			rate := tariffs.Lookup(i.Distributor, i.Subgroup, modalityOf(c), posto, f.Month)
			h.Risks = append(h.Risks, demand.RulesAt(f.Month).RiskOf(f, stepW(step, posto), rate))
			h.Postos = append(h.Postos, string(posto))
		}
	}
}

// loadFactor is the mean demand of a posto over its largest one.
func loadFactor(r *Reading, p demand.Posto) *int64 {
	w := measuredW(r, p)
	if w == nil {
		return nil
	}
	wh := r.EnergyWh
	switch {
	case p == demand.Peak:
		wh = r.PeakWh
	case p == demand.OffPeak:
		wh = r.OffPeakWh
	case wh == nil && r.PeakWh != nil && r.OffPeakWh != nil:
		sum := *r.PeakWh + *r.OffPeakWh
		wh = &sum
	}
	if wh == nil {
		return nil
	}
	m := calendar.Month(r.Month)
	tenths, ok := demand.RulesAt(m).LoadFactor(m, p, *wh, *w)
	if !ok {
		return nil
	}
	return &tenths
}
