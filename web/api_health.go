package web

import (
	"strconv"

	"cemigmas/crm"
	"cemigmas/crm/demand"
)

type simulationQuery struct {
	ID       string `path:"id"`
	Months   int    `query:"months"`   // 12, 24
	Modality string `query:"modality"` // verde, azul
	KW       int64  `query:"kw"`       // of verde, or off-peak of azul
	PeakKW   int64  `query:"peakKw"`   // of azul
}

// costAnswer are costs in centavos before taxes; absent where not known.
type costAnswer struct {
	Demand *int64 `json:"demandCents,omitempty"`
	Energy *int64 `json:"energyCents,omitempty"`
	Total  *int64 `json:"totalCents,omitempty"`
}

func costsOut(c demand.Costs) costAnswer {
	return costAnswer{amountOut(c.Demand), amountOut(c.Energy), amountOut(c.Total)}
}

func amountOut(a demand.Amount) *int64 {
	if !a.Known {
		return nil
	}
	return &a.Centavos
}

// termsAnswer is a contract with its cost over the months compared.
type termsAnswer struct {
	Modality string `json:"modality"`
	SingleW  int64  `json:"singleW,omitempty"`
	PeakW    int64  `json:"peakW,omitempty"`
	OffPeakW int64  `json:"offPeakW,omitempty"`
	costAnswer
}

func termsOut(m demand.Modality, s demand.Step, c demand.Costs) termsAnswer {
	return termsAnswer{string(m), s.SingleW, s.PeakW, s.OffPeakW, costsOut(c)}
}

type simulationAnswer struct {
	First    string             `json:"first,omitempty"`
	Last     string             `json:"last,omitempty"`
	Compared int                `json:"compared"` // months
	Left     int                `json:"left"`     // months that lack something
	Present  termsAnswer        `json:"present"`
	Options  []termsAnswer      `json:"options"`
	Best     string             `json:"best,omitempty"` // modality of the cheapest option
	Saving   *int64             `json:"savingCentsYear,omitempty"`
	Asked    *termsAnswer       `json:"asked,omitempty"`
	AskedOff *int64             `json:"askedSavingCentsYear,omitempty"` // below 0: it costs more
	Changes  []crm.LawfulChange `json:"changes"`
	Gaps     []string           `json:"gaps"`
}

func apiSimulation(s *Server, c call, in simulationQuery) (simulationAnswer, error) {
	const most = 10_000_000 // kW; beyond it W would not fit
	if in.KW > most || in.PeakKW > most || in.KW < 0 || in.PeakKW < 0 {
		return simulationAnswer{}, crm.Errf(crm.CodeInvalid, "simulation.kw.range")
	}
	q := crm.SimulationQuery{Months: in.Months, Modality: in.Modality, SingleW: in.KW * 1000}
	if in.Modality == string(demand.Azul) {
		q.SingleW, q.OffPeakW, q.PeakW = 0, in.KW*1000, in.PeakKW*1000
	}
	sim, err := s.Service.Simulate(c, c.Actor, in.ID, q)
	if err != nil {
		return simulationAnswer{}, err
	}
	out := simulationAnswer{First: string(sim.First), Last: string(sim.Last), Compared: sim.Compared, Left: sim.Left,
		Present: termsOut(sim.Present.Modality, sim.Present.Step, sim.RightSize.Present), Options: []termsAnswer{},
		Changes: append([]crm.LawfulChange{}, sim.Changes...), Gaps: append([]string{}, sim.Why()...)}
	for _, o := range sim.Options {
		out.Options = append(out.Options, termsOut(o.Modality, o.Step(), o.Costs))
	}
	if sim.Best != nil {
		out.Best, out.Saving = string(sim.Best.Modality), amountOut(sim.SavingYear)
	}
	if a := sim.Asked; a != nil {
		t := termsOut(a.Modality, a.Step, a.Costs)
		out.Asked, out.AskedOff = &t, amountOut(a.Saving)
	}
	return out, nil
}

type healthQuery struct {
	ID     string `path:"id"`
	Months int    `query:"months"` // 13 when not said
}

// verdictAnswer is a sentence about a posto, in the reader's language too.
type verdictAnswer struct {
	Posto  string `json:"posto"`
	Code   string `json:"code"`
	Tenths int64  `json:"tenths,omitempty"`
	Months int    `json:"months,omitempty"`
	Of     int    `json:"of"`
	Month  string `json:"month,omitempty"`
	W      int64  `json:"w,omitempty"`
	Cents  *int64 `json:"cents,omitempty"`
	Text   string `json:"text"`
}

// riskAnswer is what a posto may measure in a month to come.
type riskAnswer struct {
	Posto  string `json:"posto"`
	Month  string `json:"month"`
	State  string `json:"state"`
	Likely int64  `json:"likelyW,omitempty"`
	High   int64  `json:"highW,omitempty"`
	Cents  *int64 `json:"overCents,omitempty"` // of the likely overrun
}

type healthAnswer struct {
	Months   []crm.MonthHealth `json:"months"`
	Verdicts []verdictAnswer   `json:"verdicts"`
	Risks    []riskAnswer      `json:"risks"`
}

func apiHealth(s *Server, c call, in healthQuery) (healthAnswer, error) {
	if in.Months == 0 {
		in.Months = 13
	}
	if in.Months < 1 || in.Months > 120 {
		return healthAnswer{}, crm.Errf(crm.CodeInvalid, "simulation.months.range", "most", strconv.Itoa(120))
	}
	h, err := s.Service.Health(c, c.Actor, in.ID, in.Months)
	if err != nil {
		return healthAnswer{}, err
	}
	v := s.view(c.ctx)
	out := healthAnswer{Months: append([]crm.MonthHealth{}, h.Months...), Verdicts: []verdictAnswer{}, Risks: []riskAnswer{}}
	for _, x := range h.Verdicts {
		a := verdictAnswer{Posto: string(x.Posto), Code: string(x.Code), Tenths: x.Tenths, Months: x.Months, Of: x.Of, Month: string(x.Month), W: x.W, Text: v.verdictText(x)}
		if x.Code == demand.VerdictOverrun || x.Code == demand.VerdictIdle {
			a.Cents = amountOut(x.Amount)
		}
		out.Verdicts = append(out.Verdicts, a)
	}
	for n, r := range h.Risks {
		a := riskAnswer{Posto: h.Postos[n], Month: string(r.Month), State: string(r.State), Likely: r.Forecast.Likely, High: r.Forecast.High}
		if r.State == demand.RiskLikely {
			a.Cents = amountOut(r.Likely.Amount)
		}
		out.Risks = append(out.Risks, a)
	}
	return out, nil
}

func apiMoney(s *Server, c call, in listQuery) (crm.RawPage, error) {
	return s.Service.MoneyRows(c, c.Actor, in.Limit, in.After)
}

type listQuery struct {
	Limit int    `query:"limit"`
	After string `query:"after"`
}
