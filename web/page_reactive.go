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

// reactiveYear is the sum of a client; nil where none of its installations had
// an excess.
func (v view) reactiveYear(r *crm.ReactiveYear) *page.Stat {
	if r == nil {
		return nil
	}
	st := page.Stat{Label: v.T("reactive.12"), Value: v.money(r.Cents), Unit: v.n("reactive.places", r.Installations)}
	if r.Unpriced == r.Months {
		st.Value = v.T("web.notariff")
	} else if r.Unpriced > 0 {
		st.Unit = v.n("web.months.unpriced", r.Unpriced)
	}
	return &st
}

// reactiveNote is the sum of an installation in a few words; empty without one.
func (v view) reactiveNote(r *crm.ReactiveYear) string {
	switch {
	case r == nil:
		return ""
	case r.Unpriced == r.Months:
		return v.T("reactive.note.unpriced")
	}
	return v.T("reactive.note", "amount", v.money(r.Cents))
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

// reactive lists the months that have reactive excess; nil where none has. A sum
// of which one month has no price is left out: it would be too low.
func (v view) reactive(months []crm.MonthHealth) *page.Reactive {
	cents, count, unpriced := reactiveOf(months)
	if count == 0 {
		return nil
	}
	out := &page.Reactive{Total: page.ReactiveRow{Month: v.n("web.months", count), Cost: locale.Amount(v.Lang, cents)}}
	for _, m := range slices.Backward(months) {
		r := m.Reactive
		if !r.Excess() {
			continue
		}
		row := page.ReactiveRow{Month: slashMonth(m.Month), Energy: v.kiloOr(r.EnergyWh), Demand: v.kiloOr(r.DemandW),
			EnergyCost: v.reactiveCost(r.EnergyWh, r.EnergyCents), DemandCost: v.reactiveCost(r.DemandW, r.DemandCents), Cost: v.T("web.notariff")}
		switch {
		case r.Adjusting:
			row.EnergyCost, row.DemandCost, row.Cost = nothing, nothing, v.T("reactive.adjusting")
		case r.Cents != nil:
			row.Cost = locale.Amount(v.Lang, *r.Cents)
		}
		out.Rows = append(out.Rows, row)
	}
	if unpriced > 0 {
		out.Total.Cost = nothing
		out.Unpriced = page.Notice{Label: v.T("reactive.unpriced"), Action: page.Link{Label: v.T("tariff.title"), URL: "/tariffs"}}
	}
	return out
}

func (v view) reactiveCost(amount, cents *int64) string {
	switch {
	case amount == nil:
		return nothing
	case cents == nil:
		return v.T("web.notariff")
	}
	return locale.Amount(v.Lang, *cents)
}
