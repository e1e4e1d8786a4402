package demand

import (
	"testing"

	"cemigmas/crm/calendar"
)

func TestExitCost(t *testing.T) {
	r := Current()
	verde := Exit{Subgroup: "A4", Modality: Verde, Contracted: Step{SingleW: 500 * kW}, Single: cemigA4, MonthsLeft: 8}
	azul := Exit{Subgroup: "A4", Modality: Azul, Contracted: Step{PeakW: 200 * kW, OffPeakW: 500 * kW}, Peak: cemigPk, OffPeak: cemigA4, MonthsLeft: 8}
	with := func(e Exit, do func(*Exit)) Exit { do(&e); return e }
	tests := []struct {
		name                 string
		e                    Exit
		full, least          int
		fullR, leastR, total Amount
	}{
		// 3 × 500 × 22.81 + 5 × 30 × 22.81.
		{"A4 verde, 8 months left", verde, 3, 5, known(34_215_00), known(3_421_50), known(37_636_50)},
		{"A3a: six months", with(verde, func(e *Exit) { e.Subgroup = "A3a" }), 6, 2, known(68_430_00), known(1_368_60), known(69_798_60)},
		{"two months left", with(verde, func(e *Exit) { e.MonthsLeft = 2 }), 2, 0, known(22_810_00), known(0), known(22_810_00)},
		{"exactly three", with(verde, func(e *Exit) { e.MonthsLeft = 3 }), 3, 0, known(34_215_00), known(0), known(34_215_00)},
		{"over", with(verde, func(e *Exit) { e.MonthsLeft = 0 }), 0, 0, known(0), known(0), known(0)},
		// 3 × (200 × 68.21 + 500 × 22.81) + 5 × 30 × 22.81.
		{"azul: the minimum is off-peak only", azul, 3, 5, known(75_141_00), known(3_421_50), known(78_562_50)},
		{"rising demand", with(verde, func(e *Exit) { e.Demands = []Step{{SingleW: 500 * kW}, {SingleW: 600 * kW}} }), 3, 5, known(36_496_00), known(3_421_50), known(39_917_50)},
		{"no tariff", with(verde, func(e *Exit) { e.Single = NoRate }), 3, 5, Amount{}, Amount{}, Amount{}},
		{"unknown modality", with(verde, func(e *Exit) { e.Modality = Unknown }), 3, 5, Amount{}, Amount{}, Amount{}},
	}
	for _, tt := range tests {
		c := r.ExitCost(tt.e)
		if c.FullMonths != tt.full || c.MinimumMonths != tt.least || c.Full != tt.fullR || c.Minimum != tt.leastR || c.Total != tt.total {
			t.Errorf("%s: %+v", tt.name, c)
		}
	}
}

func TestMonthsLeft(t *testing.T) {
	tests := []struct {
		last, end calendar.Date
		want      int
	}{
		{"2025-09-30", "2026-05-31", 8}, {"2026-05-31", "2026-05-31", 0}, {"2026-05-30", "2026-05-31", 1},
		{"2026-06-15", "2026-05-31", 0}, {"2026-01-31", "2026-02-28", 1}, {"2026-03-14", "2026-05-31", 3},
		{"", "2026-05-31", 0}, {"2026-01-01", "", 0},
	}
	for _, tt := range tests {
		if got := MonthsLeft(tt.last, tt.end); got != tt.want {
			t.Errorf("%s to %s: %d months, want %d", tt.last, tt.end, got, tt.want)
		}
	}
}

// Verde A4 of Cemig-D: TE 475.91 and 296.77 R$/MWh.
func TestEnergyExitCost(t *testing.T) {
	r := Current()
	year := make([]Energy, 14)
	for i := range year {
		year[i] = Energy{10_000_000, 90_000_000} // 10 and 90 MWh
	}
	year[0], year[1] = Energy{1e12, 1e12}, Energy{1e12, 1e12} // older than 12 cycles
	tests := []struct {
		name   string
		e      EnergyExit
		months int
		want   Amount
	}{
		// 10 × 475.91 + 90 × 296.77 = 31,468.40 a month.
		{"indefinite: six months", EnergyExit{Open: true, Cycles: year, Peak: 475_910, OffPeak: 296_770}, 6, known(188_810_40)},
		{"fixed, four months left", EnergyExit{MonthsLeft: 4, Cycles: year, Peak: 475_910, OffPeak: 296_770}, 4, known(125_873_60)},
		{"fixed, at most twelve", EnergyExit{MonthsLeft: 40, Cycles: year, Peak: 475_910, OffPeak: 296_770}, 12, known(377_620_80)},
		{"over", EnergyExit{Cycles: year}, 0, known(0)},
		{"no cycle", EnergyExit{Open: true, Peak: 1, OffPeak: 1}, 6, Amount{}},
		{"no rate", EnergyExit{Open: true, Cycles: year, Peak: 475_910}, 6, Amount{}},
		// Averages are not rounded: 10 Wh in three cycles, × 6, × 0.5 R$/kWh is 1 centavo.
		{"a third of a Wh", EnergyExit{Open: true, Cycles: []Energy{{OffPeakWh: 10}, {}, {}}, OffPeak: 500_000}, 6, known(1)},
	}
	for _, tt := range tests {
		if months, got := r.EnergyExitCost(tt.e); months != tt.months || got != tt.want {
			t.Errorf("%s: %d months, %+v", tt.name, months, got)
		}
	}
	if months, _ := RulesAt("2023-12").EnergyExitCost(EnergyExit{Open: true, Cycles: year}); months != 0 {
		t.Error("before REN 1.081/2023 no CCER was of indefinite term")
	}
}

func TestOpenTermEnd(t *testing.T) {
	r := Current()
	tests := []struct{ requested, want calendar.Date }{
		{"2026-01-10", "2026-09-01"}, // 234 days away
		{"2026-03-05", "2026-09-01"}, // exactly 180
		{"2026-03-06", "2027-09-01"}, // 179: the one after
		{"2026-09-01", "2027-09-01"},
		{"2022-09-02", "2023-09-01"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := r.OpenTermEnd("2022-09-01", tt.requested); got != tt.want {
			t.Errorf("asked on %s: %s, want %s", tt.requested, got, tt.want)
		}
	}
}

func TestSeasonality(t *testing.T) {
	r := Current()
	tests := []struct {
		name string
		wh   []int64
		want Seasonality
	}{
		{"exactly a fifth", []int64{50, 50, 50, 50, 200, 200, 200, 200, 250, 250, 250, 250}, Seasonality{200, true, true}},
		{"a little more", []int64{51, 50, 50, 50, 200, 200, 200, 200, 250, 250, 250, 250}, Seasonality{201, false, true}},
		{"in any order", []int64{250, 0, 250, 0, 100, 0, 250, 100, 0, 250, 100, 100}, Seasonality{0, true, true}},
		{"the newest twelve", []int64{9e9, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100}, Seasonality{1000, false, true}},
		{"eleven cycles", make([]int64, 11), Seasonality{}},
		{"nothing used", make([]int64, 12), Seasonality{}},
		{"a wrong value", []int64{-1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, Seasonality{}},
	}
	for _, tt := range tests {
		if got := r.Seasonality(tt.wh); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if got := r.SeasonalReview("2026-03"); got != "2027-03" {
		t.Errorf("looked at again in %s", got)
	}
}
