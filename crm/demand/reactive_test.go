package demand

import (
	"math"
	"testing"

	"cemigmas/crm/calendar"
)

// Triangles of 3, 4, 5 and 5, 12, 13 need no root.
func TestReactiveOf(t *testing.T) {
	hours := []Interval{
		{Posto: OffPeak, ActiveWh: 300_000, ReactiveVarh: 400_000},                               // f = 0.60: 0.92 × 500 − 300 = 160 kWh
		{Posto: OffPeak, ActiveWh: 120_000, ReactiveVarh: 50_000},                                // f = 0.923: nothing
		{Posto: Peak, ActiveWh: 400_000, ReactiveVarh: 300_000},                                  // f = 0.80: 460 − 400 = 60 kWh
		{Posto: OffPeak, ActiveWh: 300_000, ReactiveVarh: 400_000, Capacitive: true},             // outside its window
		{Posto: OffPeak, ActiveWh: 30_000, ReactiveVarh: 40_000, Capacitive: true, Window: true}, // 16 kWh
		{Posto: OffPeak, ActiveWh: 900_000, ReactiveVarh: 1_200_000, Window: true},               // inductive in the window
		{Posto: Peak, ActiveWh: 1_000_000},                                                       // f = 1
		{Posto: Peak, ActiveWh: -1, ReactiveVarh: 1_000_000},                                     // a wrong value
		{Posto: OffPeak, ActiveWh: 0, ReactiveVarh: 10_000},                                      // 9.2 kWh
	}
	x := Current().ReactiveOf(hours)
	if math.Abs(x.EnergyWh-245_200) > 1e-6 {
		t.Errorf("excess of %v Wh", x.EnergyWh)
	}
	if math.Abs(x.LargestW[OffPeak]-460_000) > 1e-6 || math.Abs(x.LargestW[Peak]-460_000) > 1e-6 {
		t.Errorf("largest: %v", x.LargestW)
	}
	// TE of B1 300.00 R$/MWh: 245.2 kWh are R$ 73.56.
	if got := ReactiveEnergyCharge(x.EnergyWh, 300_000); got != known(73_56) {
		t.Errorf("E_RE = %+v", got)
	}
	// (460 − 400) × 22.81.
	if got := ReactiveDemandCharge(x.LargestW[Peak], 400*kW, cemigA4); got != known(1_368_60) {
		t.Errorf("D_RE = %+v", got)
	}
	if got := ReactiveDemandCharge(x.LargestW[Peak], 500*kW, cemigA4); got != known(0) {
		t.Errorf("below the demand of the bill: %+v", got)
	}
	if ReactiveEnergyCharge(1, 0).Known || ReactiveEnergyCharge(-1, 1).Known || ReactiveEnergyCharge(math.NaN(), 1).Known || ReactiveDemandCharge(math.Inf(1), 0, 1).Known {
		t.Error("an amount of nothing")
	}
	if r := Current(); !r.Adjusting(0) || !r.Adjusting(2) || r.Adjusting(3) || r.Adjusting(-1) {
		t.Error("three cycles of adjustment")
	}
}

func TestLoadFactor(t *testing.T) {
	r := Current()
	// November 2026: 19 days with a peak, 57 hours of 720.
	for p, want := range map[Posto]int64{Peak: 57, OffPeak: 663, Single: 720} {
		if got := r.Hours("2026-11", p); got != want {
			t.Errorf("%s: %d hours, want %d", p, got, want)
		}
	}
	tests := []struct {
		m     calendar.Month
		p     Posto
		wh, w int64
		want  int64
		ok    bool
	}{
		{"2026-11", Single, 180_000_000, 500_000, 500, true}, // 180 MWh of 360
		{"2026-11", Peak, 5_700_000, 200_000, 500, true},     // 5.7 MWh of 11.4
		{"2026-11", Single, 360_000_000, 500_000, 1000, true},
		{"2026-11", Single, 720_000_000, 500_000, 2000, true}, // impossible: the caller says so
		{"2026-11", Single, 0, 500_000, 0, true},
		{"2026-11", Single, 1, 0, 0, false}, {"2026-11", Single, -1, 5, 0, false}, {"", Single, 1, 1, 0, false},
	}
	for _, tt := range tests {
		if got, ok := r.LoadFactor(tt.m, tt.p, tt.wh, tt.w); got != tt.want || ok != tt.ok {
			t.Errorf("%d Wh of %d W: %d, %v", tt.wh, tt.w, got, ok)
		}
	}
}
