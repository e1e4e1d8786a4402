package web

import (
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// reactiveSum adds up the reactive excess of the last twelve months, and names
// those without a price as overSum does; nil where there was none.
func (v view) reactiveSum(months []crm.MonthHealth) *page.Stat {
	cents, count, unpriced := reactiveOf(months[max(0, len(months)-12):])
	if count == 0 {
		return nil
	}
	st := page.Stat{Label: v.T("reactive.12"), Value: v.money(cents), Unit: v.n("web.months", count)}
	if unpriced == count {
		st.Value = v.T("web.notariff")
	} else if unpriced > 0 {
		st.Unit = v.n("web.months.unpriced", unpriced)
	}
	return &st
}

// reactiveOf sums what has a price, and counts the months with an excess and
// those of them without a price.
func reactiveOf(months []crm.MonthHealth) (cents, count, unpriced int64) {
	for _, m := range months {
		switch r := m.Reactive; {
		case !r.Excess():
			continue
		case r.Cents == nil:
			unpriced++
		default:
			cents += *r.Cents
		}
		count++
	}
	return cents, count, unpriced
}

// bindReactive writes the column of reactive excess, which stands only where a
// month has some.
func (v view) bindReactive(p *page.Installation, months []crm.MonthHealth) {
	if !slices.ContainsFunc(months, func(m crm.MonthHealth) bool { return m.Reactive.Excess() }) {
		return
	}
	p.Reactive = true
	for n := range p.Rows {
		p.Rows[n].Reactive, p.Rows[n].Reactance = v.reactiveCell(months[len(months)-1-n].Reactive)
	}
	cents, count, unpriced := reactiveOf(months)
	p.Total.Reactive = nothing
	if unpriced == 0 {
		p.Total.Reactive = locale.Amount(v.Lang, cents)
	} else {
		p.Total.Reactance = v.n("web.months.unpriced", unpriced)
		p.Unpriced = page.Notice{Label: v.T("reactive.unpriced"), Action: page.Link{Label: v.T("tariff.title"), URL: "/tariffs"}}
	}
	if count == unpriced {
		p.Total.Reactance = ""
	}
}

// reactiveCell is what the excess of a month costs, and what it was.
func (v view) reactiveCell(r *crm.ReactiveHealth) (cost, what string) {
	if !r.Excess() {
		return nothing, ""
	}
	var words []string
	if r.EnergyWh != nil && *r.EnergyWh > 0 {
		words = append(words, v.T("reactive.energy", "kwh", v.kilo(*r.EnergyWh)))
	}
	if r.DemandW != nil && *r.DemandW > 0 {
		words = append(words, v.T("reactive.demand", "kw", v.kilo(*r.DemandW)))
	}
	switch {
	case r.Adjusting:
		return v.T("reactive.adjusting"), join(", ", words...)
	case r.Cents == nil:
		return v.T("web.notariff"), join(", ", words...)
	}
	return locale.Amount(v.Lang, *r.Cents), join(", ", words...)
}
