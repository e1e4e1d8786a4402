package crm

import (
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// PostoHealth is one contracted demand in a month, in W and centavos before
// taxes. What is not known is nil, never 0.
type PostoHealth struct {
	Posto       string `json:"posto"` // single, peak, offpeak
	ContractedW *int64 `json:"contractedW,omitempty"`
	MeasuredW   *int64 `json:"measuredW,omitempty"`
	BilledW     *int64 `json:"billedW,omitempty"`
	LimitW      int64  `json:"limitW,omitempty"` // above it an overrun is charged: 105 %, more in a test period
	Tenths      int64  `json:"u,omitempty"`      // utilisation, tenths of a percent
	State       string `json:"state"`
	OverW       int64  `json:"overW,omitempty"` // above the contract, only when an overrun is charged
	// RegularCents is the ordinary charge, OverCents the charge for the
	// overrun on top of it (REN 1.000 art. 301); nil without a tariff.
	RegularCents *int64 `json:"regularCents,omitempty"`
	OverCents    *int64 `json:"overCents,omitempty"`
	// IdleW is what was contracted and not used, IdleCents what it cost.
	IdleW      int64  `json:"idleW,omitempty"`
	IdleCents  *int64 `json:"idleCents,omitempty"`
	LoadTenths *int64 `json:"loadFactor,omitempty"` // mean to largest demand, tenths of a percent
	rate       demand.Rate
}

// MonthHealth is how an installation used its demand contract in a month. The
// installation page, the API and the workbook all show it.
type MonthHealth struct {
	Month     string        `json:"month"`
	Contract  string        `json:"contract,omitempty"` // id; "" when none is in force
	Modality  string        `json:"modality,omitempty"`
	Measured  bool          `json:"measured"` // false: a gap, there is no reading
	Postos    []PostoHealth `json:"postos,omitempty"`
	Tenths    int64         `json:"u,omitempty"` // of the posto with the higher utilisation
	State     string        `json:"state"`       // of that posto, or bad where any posto is over
	OverW     int64         `json:"overW,omitempty"`
	OverCents *int64        `json:"overCents,omitempty"` // nil without an overrun, or when it cannot be priced
	NoTariff  bool          `json:"noTariff,omitempty"`  // the modality is known, but no tariff of this month
	Test      bool          `json:"test,omitempty"`      // a test period runs (art. 311)
	EnergyWh  *int64        `json:"energyWh,omitempty"`
	PeakWh    *int64        `json:"peakWh,omitempty"`
	OffPeakWh *int64        `json:"offPeakWh,omitempty"`
	Flags     []Text        `json:"flags,omitempty"` // of the reading
	// LossTenths were added to all that was measured behind the client's
	// transformer, in tenths of a percent (REN 1.000 art. 305).
	LossTenths int64 `json:"lossTenths,omitempty"`
	// Reactive is set by Service.Health only; nil where none was measured.
	Reactive *ReactiveHealth `json:"reactive,omitempty"`
}

// HealthOf judges months of one installation from what is given and nothing
// else. Months without a reading are gaps.
func HealthOf(i *Installation, contracts []Contract, readings []Reading, tariffs demand.Table, months []calendar.Month) []MonthHealth {
	by := make(map[string]*Reading, len(readings))
	for n := range readings {
		by[readings[n].Month] = i.atConnection(&readings[n])
	}
	out := make([]MonthHealth, 0, len(months))
	for _, m := range months {
		out = append(out, monthHealth(i, contracts, by[string(m)], tariffs, m))
	}
	return out
}

func monthHealth(i *Installation, contracts []Contract, r *Reading, tariffs demand.Table, m calendar.Month) MonthHealth {
	h := MonthHealth{Month: string(m), State: string(demand.StateNone)}
	if r.measured() {
		h.Measured, h.Flags, h.LossTenths = true, r.Flags, i.losses(m)
		h.EnergyWh, h.PeakWh, h.OffPeakWh = r.EnergyWh, r.PeakWh, r.OffPeakWh
	}
	c, step := contractAt(contracts, m)
	modality := demand.Unknown
	if c != nil {
		h.Contract, modality = c.ID, modalityOf(c)
		h.Modality = string(modality)
	}
	if c == nil && !h.Measured {
		return h
	}
	test, testing := testOf(c)
	for _, posto := range modality.Postos() {
		rate := tariffs.Lookup(i.Distributor, i.Subgroup, modality, posto, m)
		p := PostoHealth{Posto: string(posto), State: string(demand.StateNone), MeasuredW: measuredW(r, posto), LoadTenths: loadFactor(r, posto), rate: rate}
		if w := stepW(step, posto); w > 0 {
			p.ContractedW = &w
			under := testing && test.Covers(m, posto)
			p.judge(demand.RulesAt(m), test, under, rate)
			h.Test = h.Test || under
			h.NoTariff = h.NoTariff || rate == demand.NoRate && modality != demand.Unknown
		}
		h.Postos = append(h.Postos, p)
	}
	h.sum()
	return h
}

// judge computes the month of a posto whose contracted demand is known.
func (p *PostoHealth) judge(rules demand.Rules, test demand.TestPeriod, under bool, rate demand.Rate) {
	posto, contracted := demand.Posto(p.Posto), *p.ContractedW
	p.LimitW = contracted * rules.OverrunPercent / 100
	if under {
		p.LimitW = test.LimitW(rules, posto, contracted)
	}
	if p.MeasuredW == nil {
		return
	}
	measured := *p.MeasuredW
	p.Tenths, _ = demand.Utilisation(measured, contracted)
	bill := rules.Bill(measured, contracted, rate)
	p.State = string(rules.State(measured, contracted, demand.DefaultIdle.TenthsPercent))
	if under {
		// Of the two demands of azul the off-peak one bears the minimum of 30 kW.
		bill = test.Bill(rules, posto, measured, contracted, rate, posto != demand.Peak)
		if !bill.Overrun.Trigger && p.State == string(demand.StateBad) {
			p.State = string(demand.StateWarn)
		}
	}
	p.BilledW = &bill.BilledW
	p.RegularCents = cents(bill.Regular)
	// In a test period what is measured is billed: nothing lies idle.
	if !under {
		p.IdleW = demand.IdleW(measured, contracted)
		p.IdleCents = cents(demand.IdleCharge(measured, contracted, rate))
	}
	if bill.Overrun.Trigger {
		p.OverW = bill.Overrun.OverW
		p.OverCents = cents(bill.Overrun.Amount)
	}
}

func cents(a demand.Amount) *int64 {
	if !a.Known {
		return nil
	}
	return &a.Centavos
}

// sum draws the month from its postos. An overrun of which one posto cannot be
// priced has no amount: half a sum would be taken for the whole.
func (h *MonthHealth) sum() {
	var total int64
	over, priced := false, true
	hottest := -1
	for n, p := range h.Postos {
		// The state goes with the figure that is shown: a month at 94,8 % off-peak
		// is not idle because its peak demand is.
		if p.MeasuredW != nil && p.ContractedW != nil && (hottest < 0 || p.Tenths > h.Tenths) {
			hottest, h.Tenths = n, p.Tenths
		}
		if p.OverW > 0 {
			over = true
			h.OverW += p.OverW
			if p.OverCents == nil {
				priced = false
			} else {
				total += *p.OverCents
			}
		}
	}
	if hottest >= 0 {
		h.State = h.Postos[hottest].State
	}
	if over { // in a test period a posto may be over at a lower utilisation
		h.State = string(demand.StateBad)
	}
	if over && priced {
		h.OverCents = &total
	}
}

// measuredW is what was measured in a posto; nil when it was not. The one
// demand of verde is the largest of the month, whenever it occurred.
func measuredW(r *Reading, p demand.Posto) *int64 {
	if r == nil {
		return nil
	}
	switch p {
	case demand.Peak:
		return r.PeakW
	case demand.OffPeak:
		return r.OffPeakW
	}
	if r.SingleW != nil {
		return r.SingleW
	}
	switch {
	case r.PeakW == nil:
		return r.OffPeakW
	case r.OffPeakW == nil:
		return r.PeakW
	}
	w := max(*r.PeakW, *r.OffPeakW)
	return &w
}

func stepW(s *DemandStep, p demand.Posto) int64 {
	if s == nil {
		return 0
	}
	v := s.SingleW
	switch p {
	case demand.Peak:
		v = s.PeakW
	case demand.OffPeak:
		v = s.OffPeakW
	}
	if v == nil {
		return 0
	}
	return *v
}

func modalityOf(c *Contract) demand.Modality {
	if m := demand.Modality(c.Modality); m.Valid() {
		return m
	}
	return demand.Unknown
}

// testOf turns the stored test period into the one that computes: without a
// former demand supply begins, a former single demand under azul means that
// the client joined it (REN 1.000 art. 311).
func testOf(c *Contract) (demand.TestPeriod, bool) {
	if c == nil || c.Test == nil {
		return demand.TestPeriod{}, false
	}
	f := c.Test.Former
	t := demand.TestPeriod{
		Kind: demand.TestIncrease, Start: calendar.Month(c.Test.From), Cycles: c.Test.Cycles,
		FormerSingleW: stepW(&f, demand.Single), FormerPeakW: stepW(&f, demand.Peak), FormerOffPeakW: stepW(&f, demand.OffPeak),
	}
	switch {
	case f.SingleW == nil && f.PeakW == nil && f.OffPeakW == nil:
		t.Kind = demand.TestStart
	case modalityOf(c) == demand.Azul && f.SingleW != nil && f.PeakW == nil:
		t.Kind = demand.TestAzul
	}
	return t, true
}

// contractAt finds the demand contract in force in a month and its step; the
// step is nil when the demand is not known. Present contracts come before past
// ones, later ones before earlier ones.
func contractAt(contracts []Contract, m calendar.Month) (*Contract, *DemandStep) {
	var fits []*Contract
	for n := range contracts {
		c := &contracts[n]
		if c.Kind == ContractCUSD && holdsIn(c, m) {
			fits = append(fits, c)
		}
	}
	slices.SortStableFunc(fits, func(a, b *Contract) int {
		if a.Former != b.Former {
			if a.Former {
				return 1
			}
			return -1
		}
		return cmp.Compare(b.Start, a.Start)
	})
	for _, c := range fits {
		if s := stepAt(c.Schedule, m); s != nil {
			return c, s
		}
	}
	if len(fits) > 0 {
		return fits[0], nil
	}
	return nil, nil
}

// holdsIn reports whether a contract may be in force in a month. Of a past
// contract whose end nobody knows nothing can be said.
func holdsIn(c *Contract, m calendar.Month) bool {
	if c.Former && c.End == "" {
		return false
	}
	return (c.Start == "" || calendar.Date(c.Start).Month() <= m) &&
		(c.End == "" || m <= calendar.Date(c.End).Month())
}

func stepAt(steps []DemandStep, m calendar.Month) *DemandStep {
	var held *DemandStep
	for n := range steps {
		s := &steps[n]
		if s.From <= string(m) && (held == nil || held.From <= s.From) {
			held = s
		}
	}
	return held
}

// NoticeOf is the last day on which the next renewal of a contract can be
// refused, from a day on; "" when nothing renews or nothing is known (REN 1.000
// art. 133). Only the CUSD has a term that renews.
func NoticeOf(c *Contract, day string) string {
	if c.Kind != ContractCUSD || c.Former || c.End != "" || !calendar.Date(c.Start).Valid() {
		return ""
	}
	t := demand.Term{Start: calendar.Date(c.Start), Months: c.TermMonths, Final: c.Denounced != "" || !c.Renews}
	n, ok := t.NextNotice(demand.Current(), calendar.Date(day))
	if !ok {
		return ""
	}
	return string(n.Last)
}
