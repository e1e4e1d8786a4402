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
	tusdVerde, tusd       int64 // of energy, millionths of R$ per kWh: verde at the peak, all else
}

var fares = []fare{
	{[]string{"A4", "A3a"}, 21_370_000, 64_180_000, 21_370_000, 1_701_300, 143_850},
	{[]string{"AS"}, 29_460_000, 78_950_000, 29_460_000, 2_078_400, 162_700},
	{[]string{"A3"}, 0, 24_730_000, 11_960_000, 0, 88_420}, // 69 kV: azul only
}

// Invented prices of a kWh at the peak and off it, in millionths of R$.
const tePeak, teOffPeak = 448_600, 279_150

// teB1 prices reactive excess.
const teB1 = 291_830

// makeTariffs sets a tariff for each year that the data touches, from the
// invented distributor's own day of adjustment; each is 4 % above the last.
func (w *World) makeTariffs() {
	first := w.Today.Month().Add(-w.History - 14)
	percent := int64(100)
	for year := first.Year() - 1; year <= w.Today.Month().Year(); year++ {
		from := calendar.NewDate(year, 6, 3)
		for _, f := range fares {
			for _, sub := range f.subgroups {
				add := func(m demand.Modality, p demand.Posto, kw, tusd, te int64) {
					w.addTariff(sub, m, p, from, kw*percent/100, tusd*percent/100, te*percent/100)
				}
				if f.single > 0 {
					add(demand.Verde, demand.Single, f.single, 0, 0)
					add(demand.Verde, demand.Peak, 0, f.tusdVerde, tePeak)
					add(demand.Verde, demand.OffPeak, 0, f.tusd, teOffPeak)
				}
				add(demand.Azul, demand.Peak, f.peak, f.tusd, tePeak)
				add(demand.Azul, demand.OffPeak, f.offPeak, f.tusd, teOffPeak)
			}
		}
		w.addTariff("B1", demand.Convencional, demand.Single, from, 0, 0, teB1*percent/100)
		percent += 4
	}
	w.rates = crm.NewTariffBook(w.tariffs)
}

func (w *World) addTariff(sub string, m demand.Modality, p demand.Posto, from calendar.Date, kw, tusd, te int64) {
	w.tariffs = append(w.tariffs, crm.Tariff{
		ID:          crm.TariffID(Distributor, sub, string(m), string(p), string(from)),
		Distributor: Distributor, Subgroup: sub, Modality: string(m), Posto: string(p), From: string(from),
		MicrosPerKW: kw, TUSDMicrosPerKWh: tusd, TEMicrosPerKWh: te, Act: "Ato fictício de demonstração", UpdatedAt: calendar.Default().Start(from).UTC(),
	})
}
