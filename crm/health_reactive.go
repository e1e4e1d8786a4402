package crm

import (
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// ReactiveHealth is the reactive excess of a month and what it costs, in
// centavos before taxes (REN 1.000 arts. 302 to 304). What is not known is nil.
type ReactiveHealth struct {
	EnergyWh    *int64 `json:"energyWh,omitempty"`
	DemandW     *int64 `json:"demandW,omitempty"`
	EnergyCents *int64 `json:"energyCents,omitempty"` // nil without a TE of B1
	DemandCents *int64 `json:"demandCents,omitempty"` // nil without a tariff of azul off-peak
	Cents       *int64 `json:"cents,omitempty"`       // of both; nil when one of them has no price
	// Adjusting: supply has just begun, the excess is told but not charged
	// (art. 316); the amounts are 0.
	Adjusting bool `json:"adjusting,omitempty"`
}

// Excess reports whether there is any.
func (r *ReactiveHealth) Excess() bool {
	return r != nil && (r.EnergyWh != nil && *r.EnergyWh > 0 || r.DemandW != nil && *r.DemandW > 0)
}

// ReactiveOf prices the reactive excess of a reading, which is kept as it was
// billed: its demand is what lay above the demand of the bill, and no losses are
// added to it. Nil where the reading has none.
func ReactiveOf(i *Installation, r *Reading, tariffs TariffBook) *ReactiveHealth {
	if r.ReactiveWh == nil && r.ReactiveW == nil {
		return nil
	}
	m := calendar.Month(r.Month)
	te, azul := tariffs.reactive(i, m)
	h := &ReactiveHealth{EnergyWh: r.ReactiveWh, DemandW: r.ReactiveW, Adjusting: demand.RulesAt(m).AdjustingIn(m, calendar.Date(i.ConnectedOn))}
	nothing := demand.Amount{Known: true}
	energy, peak := nothing, nothing
	if !h.Adjusting {
		if wh := r.ReactiveWh; wh != nil && *wh != 0 {
			energy = demand.ReactiveEnergyCharge(float64(*wh), te)
		}
		if w := r.ReactiveW; w != nil && *w != 0 {
			peak = demand.ReactiveDemandCharge(float64(*w), 0, azul)
		}
	}
	if r.ReactiveWh != nil {
		h.EnergyCents = cents(energy)
	}
	if r.ReactiveW != nil {
		h.DemandCents = cents(peak)
	}
	h.Cents = cents(energy.Plus(peak))
	return h
}

// priceReactive sets the reactive excess of the months that have one.
func (h *Health) priceReactive(i *Installation, readings []Reading, tariffs TariffBook) {
	by := make(map[string]*Reading, len(readings))
	for n := range readings {
		by[readings[n].Month] = &readings[n]
	}
	for n := range h.Months {
		if r := by[h.Months[n].Month]; r != nil {
			h.Months[n].Reactive = ReactiveOf(i, r, tariffs)
		}
	}
}
