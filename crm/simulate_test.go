package crm

import (
	"fmt"
	"testing"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// cemigA4 are the tariffs of domain knowledge for A4, with energy.
func cemigA4() TariffBook {
	row := func(m, p string, kw, tusd, te int64) Tariff {
		return Tariff{Distributor: "TEST", Subgroup: "A4", Modality: m, Posto: p, From: "2025-01-01", MicrosPerKW: kw, TUSDMicrosPerKWh: tusd, TEMicrosPerKWh: te}
	}
	return NewTariffBook([]Tariff{
		row("verde", "single", 22_810_000, 0, 0), row("verde", "peak", 0, 1_809_050, 475_910), row("verde", "offpeak", 0, 153_230, 296_770),
		row("azul", "peak", 68_210_000, 153_230, 475_910), row("azul", "offpeak", 22_810_000, 153_230, 296_770),
	})
}

// yearOf makes readings of the months up to 2026-10, newest first.
func yearOf(n int, month func(i int, r *Reading)) []Reading {
	out := make([]Reading, n)
	for i := range out {
		out[i].Month = string(calendar.Month("2026-10").Add(-i))
		month(i, &out[i])
	}
	return out
}

func azul(start string, peak, offPeak int64) Contract {
	return Contract{ID: "a" + start, Kind: ContractCUSD, Modality: "azul", Start: start, Renews: true,
		Schedule: []DemandStep{{From: start[:7], PeakW: ptr(peak), OffPeakW: ptr(offPeak)}}}
}

func TestSimulateVerde(t *testing.T) {
	i := Installation{Distributor: "TEST", Subgroup: "A4"}
	flat := yearOf(12, func(_ int, r *Reading) { r.SingleW = ptr(300_000) })
	sim := simulate(&i, []Contract{verde("2024-03-01", 500_000)}, flat, cemigA4(), "2026-10", "2026-10", 12)
	// 12 × (500 − 300) kW × R$ 22,81: 300 kW are the least that has no idle kW.
	if sim.SavingYear != (demand.Amount{Centavos: 12 * 200 * 2281, Known: true}) || sim.Best == nil || sim.Best.SingleW != 300_000 {
		t.Errorf("saving %+v, best %+v, gaps %v", sim.SavingYear, sim.Best, sim.Gaps)
	}
	sim.ask(Terms{demand.Verde, demand.Step{SingleW: 400_000}})
	if sim.Asked.Saving != (demand.Amount{Centavos: 12 * 100 * 2281, Known: true}) || sim.Asked.Costs.Demand.Centavos != 12*400*2281 {
		t.Errorf("asked: %+v", sim.Asked)
	}
	// The worked month of 560 kW at 500 contracted: R$ 15.510,80 with its overrun.
	one := simulate(&i, []Contract{verde("2024-03-01", 500_000)}, yearOf(1, func(_ int, r *Reading) { r.SingleW = ptr(560_000) }), cemigA4(), "2026-10", "2026-10", 12)
	if one.RightSize.Present.Demand.Centavos != 1_551_080 || one.Left != 11 {
		t.Errorf("present: %+v, %d months left out", one.RightSize.Present, one.Left)
	}
}

func TestSimulateComparesModalities(t *testing.T) {
	i := Installation{Distributor: "TEST", Subgroup: "A4", Market: MarketCaptive}
	year := yearOf(12, func(_ int, r *Reading) {
		r.PeakW, r.OffPeakW, r.PeakWh, r.OffPeakWh = ptr(100_000), ptr(500_000), ptr(1_000_000), ptr(100_000_000)
	})
	contracts := []Contract{azul("2024-03-01", 100_000, 500_000)}
	sim := simulate(&i, contracts, year, cemigA4(), "2026-10", "2026-10", 12)
	// Azul pays 100 kW × 68,21 for the peak; verde 1.000 kWh × 1,65582 more of TUSD.
	want := int64(12 * (682_100 - 165_582))
	if sim.Best == nil || sim.Best.Modality != demand.Verde || sim.SavingYear.Centavos != want {
		t.Errorf("best %+v, saving %+v, want %d", sim.Best, sim.SavingYear, want)
	}
	i.Market = ""
	if sim = simulate(&i, contracts, year, cemigA4(), "2026-10", "2026-10", 12); sim.Best == nil || sim.Best.Modality != demand.Azul || sim.Why()[0] != "energy" {
		t.Errorf("without a market nothing is said of energy: %+v %v", sim.Best, sim.Why())
	}
}

func TestSimulateSaysWhatLacks(t *testing.T) {
	for name, c := range map[string]struct {
		i         Installation
		contracts []Contract
		readings  []Reading
		why       string
	}{
		"a tariff": {Installation{Distributor: "OTHER", Subgroup: "A4"}, []Contract{verde("2024-03-01", 500_000)}, yearOf(12, func(_ int, r *Reading) { r.SingleW = ptr(1) }), "months"},
		"readings": {Installation{Distributor: "TEST", Subgroup: "A4"}, []Contract{verde("2024-03-01", 500_000)}, nil, "months"},
		"rural":    {Installation{Distributor: "TEST", Subgroup: "A4", TariffClass: "RU1"}, nil, nil, "rural"},
		"contract": {Installation{Distributor: "TEST", Subgroup: "A4"}, nil, yearOf(12, func(_ int, r *Reading) { r.SingleW = ptr(300_000) }), "contract"},
	} {
		sim := simulate(&c.i, c.contracts, c.readings, cemigA4(), "2026-10", "2026-10", 12)
		found := false
		for _, w := range sim.Why() {
			found = found || w == c.why
		}
		if !found || sim.SavingYear.Centavos != 0 {
			t.Errorf("%s: %v, saving %+v", name, sim.Why(), sim.SavingYear)
		}
		if s := savingOf(&c.i, c.contracts, c.readings, cemigA4(), "2026-10", "2026-10"); s != nil {
			t.Errorf("%s: a saving of %+v", name, s)
		}
	}
}

func TestLawfulChanges(t *testing.T) {
	stepped := verde("2024-03-01", 500_000)
	stepped.Schedule = append(stepped.Schedule, DemandStep{From: "2026-06", SingleW: ptr(450_000)})
	newAzul := []Contract{verde("2024-03-01", 500_000), azul("2026-05-01", 100_000, 500_000)}
	a4, a3 := &Installation{Subgroup: "A4"}, &Installation{Subgroup: "A3a"}
	v := func(w int64) Terms { return Terms{demand.Verde, demand.Step{SingleW: w}} }
	z := func(p, o int64) Terms { return Terms{demand.Azul, demand.Step{PeakW: p, OffPeakW: o}} }
	for name, c := range map[string]struct {
		i         *Installation
		contracts []Contract
		was, is   Terms
		want      string
	}{
		"90 days":                         {a4, []Contract{verde("2024-03-01", 500_000)}, v(500_000), v(400_000), "[reduction single 2027-02-20 155]"},
		"180 days":                        {a3, []Contract{verde("2024-03-01", 500_000)}, v(500_000), v(400_000), "[reduction single 2027-05-21 155]"},
		"one in 12 months":                {a4, []Contract{stepped}, v(450_000), v(400_000), "[reduction single 2027-06-01 155]"},
		"more, 15 days":                   {a4, nil, v(500_000), v(600_000), "[increase single 2026-12-07 64]"},
		"one posto of two":                {a4, nil, z(900_000, 1_600_000), z(581_000, 1_600_000), "[reduction peak 2027-02-20 155]"},
		"to verde, 12 cycles":             {a4, newAzul, z(100_000, 500_000), v(500_000), "[modality  2027-05-01 221]"},
		"to azul at once, and less of it": {a4, nil, v(500_000), z(100_000, 400_000), "[modality  2026-11-22 221 reduction offpeak 2027-02-20 155]"},
		"nothing known":                   {a4, nil, Terms{Modality: demand.Unknown}, v(500_000), "[]"},
	} {
		var got []string
		for _, x := range historyOf(c.contracts, "2026-10").changes(c.i, c.was, c.is, "2026-11-22") {
			got = append(got, fmt.Sprintf("%s %s %s %s", x.Kind, x.Posto, x.On, x.Article))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// BenchmarkSavings is the whole portfolio of 100,000 installations, computed
// without a store.
func BenchmarkSavings(b *testing.B) {
	book := cemigA4()
	i := Installation{Distributor: "TEST", Subgroup: "A4", Market: MarketCaptive}
	contracts := []Contract{azul("2024-03-01", 100_000, 500_000)}
	year := yearOf(13, func(n int, r *Reading) {
		w := int64(n*7919%300) * 1000
		r.PeakW, r.OffPeakW, r.PeakWh, r.OffPeakWh = ptr(90_000+w/5), ptr(300_000+w), ptr(1_000_000), ptr(100_000_000)
	})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if savingOf(&i, contracts, year, book, "2026-10", "2026-10") == nil {
				b.Fatal("nothing saved")
			}
		}
	})
}

// What is saved is saved from the contract of today: one that was stepped up since
// is compared with itself at its own demand, whatever was billed before.
func TestSimulateComparesWithTheContractOfToday(t *testing.T) {
	i := Installation{Distributor: "TEST", Subgroup: "A4"}
	stepped := verde("2024-03-01", 1_200_000)
	stepped.Schedule = append(stepped.Schedule, DemandStep{From: "2026-09", SingleW: ptr(1_560_000)}, DemandStep{From: "2026-11", SingleW: ptr(1_600_000)}, DemandStep{From: "2027-01", SingleW: ptr(900_000)})
	year := yearOf(12, func(_ int, r *Reading) { r.SingleW = ptr(1_000_000) })
	for now, kw := range map[calendar.Month]int64{"2026-10": 1560, "2026-11": 1600} {
		sim := simulate(&i, []Contract{stepped}, year, cemigA4(), "2026-10", now, 12)
		if sim.Present.SingleW != kw*1000 || sim.RightSize.Present.Demand.Centavos != 12*kw*2281 || sim.Compared != 12 {
			t.Errorf("%s: present %+v costs %+v over %d months", now, sim.Present, sim.RightSize.Present.Demand, sim.Compared)
		}
		if sim.SavingYear.Centavos != 12*(kw-1000)*2281 {
			t.Errorf("%s: saving %+v", now, sim.SavingYear)
		}
		sim.ask(sim.Present)
		if sim.Asked.Saving != (demand.Amount{Known: true}) {
			t.Errorf("%s: to change nothing saves %+v", now, sim.Asked.Saving)
		}
		if s := savingOf(&i, []Contract{stepped}, year, cemigA4(), "2026-10", now); s == nil || s.Cents != 12*(kw-1000)*2281 || s.From.SingleW != kw*1000 {
			t.Errorf("%s: %+v", now, s)
		}
	}
}

// What is to be done to come to a modality is said of its best demands, also
// where another one is best.
func TestSimulateSaysTheWayToAModality(t *testing.T) {
	i := Installation{Distributor: "TEST", Subgroup: "A4", Market: MarketCaptive}
	year := yearOf(12, func(_ int, r *Reading) {
		r.PeakW, r.OffPeakW, r.PeakWh, r.OffPeakWh = ptr(100_000), ptr(500_000), ptr(1_000_000), ptr(100_000_000)
	})
	contracts := []Contract{azul("2024-03-01", 300_000, 900_000)}
	sim := simulate(&i, contracts, year, cemigA4(), "2026-10", "2026-10", 12)
	way := func(m demand.Modality) string {
		best := sim.bestOf(m)
		if best == nil {
			return "none"
		}
		out := ""
		for _, c := range historyOf(contracts, "2026-10").changes(&i, sim.Present, *best, "2026-10-14") {
			out += c.Kind + " " + c.Posto + " "
		}
		return out
	}
	if got := way(demand.Verde); got != "modality  reduction single " {
		t.Errorf("to verde: %q", got)
	}
	if got := way(demand.Azul); got != "reduction peak reduction offpeak " {
		t.Errorf("to azul: %q", got)
	}
	if got := way("none"); got != "none" {
		t.Errorf("to nothing: %q", got)
	}
}
