package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

// simulation reads what the address of an installation asks of the simulator.
// What cannot be read is named in the panel, and the best is shown instead.
func (s *Server) simulation(c *fiber.Ctx, v view, id string) (crm.Simulation, string, error) {
	q := crm.SimulationQuery{Months: 12, Modality: c.Query("modality")}
	if c.Query("span") == "24" {
		q.Months = 24
	}
	kw, bad := askedW(c.Query("kw"))
	peak, bad2 := askedW(c.Query("peak"))
	if q.Modality == string(demand.Azul) {
		q.OffPeakW, q.PeakW = kw, peak
	} else {
		q.SingleW = kw
	}
	sim, err := s.Service.Simulate(c.UserContext(), actor(c), id, q)
	if bad || bad2 || crm.CodeOf(err) == crm.CodeInvalid {
		sim, err = s.Service.Simulate(c.UserContext(), actor(c), id, crm.SimulationQuery{Months: q.Months})
		return sim, v.T("simulation.kw.range"), err
	}
	return sim, "", err
}

// askedW reads a whole number of kW; nothing is 0.
func askedW(s string) (w int64, bad bool) {
	if s == "" {
		return 0, false
	}
	kw, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil || kw < 0 || kw > 10_000_000 {
		return 0, true
	}
	return kw * 1000, false
}

// simulator draws the panel. months is the span of the chart beside it.
func (v view) simulator(c *fiber.Ctx, id string, sim crm.Simulation, wrong string) *page.Simulator {
	url := "/installations/" + id
	span := strconv.Itoa(len(sim.Months))
	p := &page.Simulator{Text: v.Text, URL: url, Months: c.Query("months"), Span: span, Count: int64(sim.Compared)}
	if wrong != "" {
		p.Gaps = append(p.Gaps, wrong)
	}
	for _, gap := range sim.Why() {
		p.Gaps = append(p.Gaps, v.T("simulation.gap."+gap))
	}
	for _, n := range []string{"12", "24"} {
		months, _ := strconv.ParseInt(n, 10, 64)
		p.Spans = append(p.Spans, page.Tab{Label: v.n("web.months.short", months), URL: at(url, "months", p.Months, "span", n) + "#simulator", Current: n == span})
	}
	if sim.Compared > 0 {
		p.Compared = v.n("simulation.compared", int64(sim.Compared), "first", slashMonth(string(sim.First)), "last", slashMonth(string(sim.Last)))
	}
	option := v.shownOption(c, &sim)
	if option == nil {
		return p
	}
	p.Modality = string(option.Modality)
	for _, o := range sim.Options {
		p.Modalities = append(p.Modalities, page.Tab{Label: v.T("modality." + string(o.Modality)), Current: o.Modality == option.Modality,
			URL: at(url, "months", p.Months, "span", span, "modality", string(o.Modality)) + "#simulator"})
	}
	if len(p.Modalities) < 2 {
		p.Modalities = nil
	}
	now := option.Step()
	if sim.Asked != nil && sim.Asked.Modality == option.Modality {
		now = sim.Asked.Step
		p.BestURL = at(url, "months", p.Months, "span", span, "modality", string(option.Modality)) + "#simulator"
	}
	for _, size := range option.Sizes {
		p.Slides = append(p.Slides, v.slide(&sim, option, size, now.W(size.Posto)))
	}
	slices.Reverse(p.Slides) // off-peak stands first, as in the chart
	v.simulated(p, &sim, option, now)
	p.Laws = v.laws(sim.Changes)
	return p
}

// shownOption is the modality that was asked for, else the best one.
func (v view) shownOption(c *fiber.Ctx, sim *crm.Simulation) *demand.Option {
	want := demand.Modality(c.Query("modality"))
	for _, m := range []demand.Modality{want, bestModality(sim), sim.RightSize.Modality} {
		if n := slices.IndexFunc(sim.Options, func(o demand.Option) bool { return o.Modality == m }); n >= 0 {
			return &sim.Options[n]
		}
	}
	return nil
}

func bestModality(sim *crm.Simulation) demand.Modality {
	if sim.Best == nil {
		return ""
	}
	return sim.Best.Modality
}

// simulated writes the three figures. Energy is part of them where it is known
// on both sides; without it only one modality can be compared with itself.
func (v view) simulated(p *page.Simulator, sim *crm.Simulation, o *demand.Option, now demand.Step) {
	costs := o.CostsAt(now)
	present, cost := sim.RightSize.Present.Demand, costs.Demand
	p.PresentKey, p.SimulatedKey = "simulation.present", "simulation.simulated"
	switch {
	case sim.RightSize.Present.Total.Known && o.Costs.Energy.Known:
		present, cost, p.EnergyN = sim.RightSize.Present.Total, costs.Total, o.EnergyNanos()
		p.PresentKey, p.SimulatedKey = "simulation.present.all", "simulation.simulated.all"
	case o.Modality != sim.RightSize.Modality:
		present = demand.Amount{}
	}
	p.Present, p.Simulated, p.Saving = nothing, nothing, nothing
	if cost.Known {
		p.Simulated = v.money(cost.Centavos)
	}
	if present.Known {
		p.Present, p.PresentC = v.money(present.Centavos), present.Centavos
	}
	if saving := demand.SavingYear(present, cost, sim.Compared); saving.Known {
		p.Saving, p.Dearer = v.money(saving.Centavos), saving.Centavos < 0
	}
}

// slide is the range from well below to well above what is, was measured and
// would be best.
func (v view) slide(sim *crm.Simulation, o *demand.Option, size demand.Size, now int64) page.Slide {
	present := int64(0)
	if sim.Present.Modality == o.Modality {
		present = sim.Present.W(size.Posto)
	}
	low, high := min(size.W, now), max(size.W, now, present)
	if present > 0 {
		low = min(low, present)
	}
	from, to := low*7/10/1000*1000, (high*5/4/1000+10)*1000
	sl := page.Slide{ID: "sim-" + string(size.Posto), Name: "kw", Label: v.T("posto." + string(size.Posto)), Posto: string(size.Posto),
		Min: from / 1000, Max: to / 1000, Value: (now + 500) / 1000, PresentKW: present / 1000,
		Best: v.T("simulation.best", "demand", v.kw(size.W))}
	if size.Posto == demand.Peak {
		sl.Name = "peak"
	}
	if present > 0 {
		sl.Present, sl.Diff = v.T("simulation.today", "demand", v.kw(present)), v.signed(now-present)
	}
	var points []page.CostPoint
	for _, p := range size.Curve.Points(from, to) {
		points = append(points, page.CostPoint{W: p.W, Nanos: p.Nanos})
	}
	today := -1.0
	if present > 0 {
		today = float64(present) / 1000
	}
	sl.Cost = page.DrawCost(v.T("simulation.curve", "posto", sl.Label), points, float64(now)/1000, float64(size.W)/1000, today)
	return sl
}

// signed writes a difference of demands with its sign.
func (v view) signed(w int64) string {
	if w > 0 {
		return "+" + v.kw(w)
	}
	return v.kw(w)
}

func (v view) laws(changes []crm.LawfulChange) []page.Law {
	var out []page.Law
	for _, c := range changes {
		what := v.T("simulation.change." + c.Kind)
		if c.Posto != "" {
			what = v.T("posto."+c.Posto) + ", " + what
		}
		sub := v.T("simulation.reason."+c.Reason) + ", " + v.T("simulation.article", "article", c.Article)
		out = append(out, page.Law{What: what, Sub: sub, Day: v.date(c.On)})
	}
	return out
}
