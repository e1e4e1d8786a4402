package reports

import (
	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// MonthOf is an installation in a month. The arithmetic is crm.HealthOf and
// crm.ReactiveOf, which the pages show too. Readings are those of the month.
func MonthOf(i *crm.Installation, contracts []crm.Contract, reading []crm.Reading, tariffs crm.TariffBook, month calendar.Month) InstallationMonth {
	out := InstallationMonth{
		Name: i.Name, UC: i.UC, City: i.City, Subgroup: i.Subgroup, State: demand.StateNone,
	}
	if out.UC == "" {
		out.UC = i.FormerUC
	}
	if i.Status == "off" && len(reading) == 0 {
		return out // switched off before: nothing of it is in force
	}
	h := crm.HealthOf(i, contracts, reading, tariffs.Table, []calendar.Month{month})[0]
	out.Modality, out.State = h.Modality, demand.State(h.State)
	for _, p := range h.Postos {
		watts(p.ContractedW, &out.Contracted, p.Posto)
		watts(p.MeasuredW, &out.Measured, p.Posto)
		if p.ContractedW != nil && p.MeasuredW != nil {
			out.HasUse = true
		}
	}
	out.Use = h.Tenths
	out.Over = overrunsOf(h)
	for n := range reading {
		out.Reactive = out.Reactive.Plus(reactiveOf(crm.ReactiveOf(i, &reading[n], tariffs)))
	}
	out.notices(contracts, month)
	return out
}

func watts(w *int64, into *ByPosto, posto string) {
	if w == nil {
		return
	}
	switch demand.Posto(posto) {
	case demand.Single:
		into.Single = W(*w)
	case demand.Peak:
		into.Peak = W(*w)
	case demand.OffPeak:
		into.OffPeak = W(*w)
	}
}

func overrunsOf(h crm.MonthHealth) Overruns {
	switch {
	case h.OverW == 0:
		return Overruns{}
	case h.OverCents == nil:
		return Overruns{OverW: h.OverW, Unpriced: 1}
	}
	return Overruns{OverW: h.OverW, Cents: *h.OverCents, Priced: 1}
}

func reactiveOf(h *crm.ReactiveHealth) (r Reactive) {
	if !h.Excess() {
		return r
	}
	if h.EnergyWh != nil {
		r.Wh = *h.EnergyWh
	}
	if h.DemandW != nil {
		r.W = *h.DemandW
	}
	if h.Cents == nil {
		r.Unpriced = 1
		return r
	}
	r.Cents, r.Priced = *h.Cents, 1
	return r
}

// notices finds the next notice day from the end of the month on, and counts
// the contracts whose notice window closes within NoticeDays of it (REN 1.000
// art. 133).
func (in *InstallationMonth) notices(contracts []crm.Contract, month calendar.Month) {
	last := month.Last()
	until := last.AddDays(NoticeDays)
	for n := range contracts {
		if calendar.Date(contracts[n].Start) > last {
			continue // not in force yet
		}
		on := calendar.Date(crm.NoticeOf(&contracts[n], string(last)))
		if on == "" {
			continue
		}
		if in.Notice == "" || on < in.Notice {
			in.Notice = on
		}
		if on <= until {
			in.Closing++
		}
	}
}
