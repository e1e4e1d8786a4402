package demo

import (
	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// fare is an invented demand tariff in millionths of R$ per kW and month, of
// the order of size of real ones and equal to none.
type fare struct {
	subgroups             []string
	single, peak, offPeak int64
}

var fares = []fare{
	{[]string{"A4", "A3A"}, 21_370_000, 64_180_000, 21_370_000},
	{[]string{"AS"}, 29_460_000, 78_950_000, 29_460_000},
	{[]string{"A3"}, 0, 24_730_000, 11_960_000}, // 69 kV: azul only
}

// makeTariffs sets a tariff for each year that the data touches, from the
// invented distributor's own day of adjustment; each is 4 % above the last.
func (w *World) makeTariffs() {
	first := w.Today.Month().Add(-w.History - 14)
	percent := int64(100)
	for year := first.Year() - 1; year <= w.Today.Month().Year(); year++ {
		from := calendar.NewDate(year, 6, 3)
		for _, f := range fares {
			for _, sub := range f.subgroups {
				w.addTariff(sub, demand.Verde, demand.Single, from, f.single*percent/100)
				w.addTariff(sub, demand.Azul, demand.Peak, from, f.peak*percent/100)
				w.addTariff(sub, demand.Azul, demand.OffPeak, from, f.offPeak*percent/100)
			}
		}
		percent += 4
	}
	var list []demand.Tariff
	for _, t := range w.tariffs {
		list = append(list, demand.Tariff{
			Distributor: t.Distributor, Subgroup: t.Subgroup, Modality: demand.Modality(t.Modality),
			Posto: demand.Posto(t.Posto), ValidFrom: calendar.Date(t.From), Rate: demand.Rate(t.MicrosPerKW),
		})
	}
	w.rates = demand.NewTable(list)
}

func (w *World) addTariff(sub string, m demand.Modality, p demand.Posto, from calendar.Date, micros int64) {
	if micros == 0 {
		return
	}
	w.tariffs = append(w.tariffs, crm.Tariff{
		ID:          crm.TariffID(Distributor, sub, string(m), string(p), string(from)),
		Distributor: Distributor, Subgroup: sub, Modality: string(m), Posto: string(p), From: string(from),
		MicrosPerKW: micros, Act: "Ato fictício de demonstração", UpdatedAt: calendar.Default().Start(from).UTC(),
	})
}
