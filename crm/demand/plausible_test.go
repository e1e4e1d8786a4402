package demand

import (
	"slices"
	"testing"

	"cemigmas/crm/calendar"
)

func TestDoubts(t *testing.T) {
	x := Plausibility{ContractedW: 500 * kW, TypicalW: 400 * kW, TransformerVA: 750 * kW}
	fresh := Plausibility{ContractedW: 8200 * kW}
	single := func(w int64) Measured { return Measured{Month: "2026-11", SingleW: ptr(w)} }
	tests := []struct {
		name string
		x    Plausibility
		m    Measured
		want []Doubt
	}{
		{"as ever", x, single(420 * kW), nil},
		{"an overrun is no error", x, single(700 * kW), nil},
		{"at rest", x, single(0), nil},
		{"a hundredth", x, single(4 * kW), nil},
		{"negative", x, single(-1), []Doubt{{Code: DoubtNegative, Month: "2026-11", Posto: Single, Figure: -1}}},
		{"kW taken for MW", x, single(420_000 * kW), []Doubt{{Code: DoubtLarge, Month: "2026-11", Posto: Single, Figure: 420_000 * kW, Limit: 400 * kW, Instead: 420 * kW}}},
		{"MW taken for kW", x, single(420), []Doubt{{Code: DoubtSmall, Month: "2026-11", Posto: Single, Figure: 420, Limit: 400 * kW, Instead: 420 * kW}}},
		// UCMT of EFLUL 2022: 8.2 where 8,200 kW are contracted.
		{"no past: the contract", fresh, single(8_200), []Doubt{{Code: DoubtSmall, Month: "2026-11", Posto: Single, Figure: 8_200, Limit: 8200 * kW, Instead: 8200 * kW}}},
		{"above the transformer", x, single(750*kW + 1), []Doubt{{Code: DoubtTransformer, Month: "2026-11", Posto: Single, Figure: 750*kW + 1, Limit: 750 * kW}}},
		{"at its rating", x, single(750 * kW), nil},
		{"nothing known", Plausibility{}, single(123_456 * kW), nil},
		{"a small peak is ordinary", x, Measured{Month: "2026-11", PeakW: ptr(400)}, nil},
		{"the month is the larger posto", x, Measured{Month: "2026-11", SingleW: ptr(400 * kW), PeakW: ptr(300 * kW), OffPeakW: ptr(410 * kW)},
			[]Doubt{{Code: DoubtParts, Month: "2026-11", Posto: Single, Figure: 400 * kW, Limit: 410 * kW}}},
		{"nothing measured", x, Measured{Month: "2026-11"}, nil},
	}
	for _, tt := range tests {
		if got := tt.x.Doubts(tt.m); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// November 2026 has 720 hours: 100 kW make 72 MWh. 57 of them are peak hours.
func TestDoubtsOfEnergy(t *testing.T) {
	var x Plausibility
	at := func(wh int64) Measured { return Measured{Month: "2026-11", SingleW: ptr(100 * kW), EnergyWh: ptr(wh)} }
	if got := x.Doubts(at(72_000_000)); got != nil {
		t.Errorf("%+v", got)
	}
	want := []Doubt{{Code: DoubtEnergy, Month: "2026-11", Posto: Single, Energy: true, Figure: 72_000_001, Limit: 72_000_000}}
	if got := x.Doubts(at(72_000_001)); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := x.Doubts(at(-1)); len(got) != 1 || got[0].Code != DoubtNegative || !got[0].Energy {
		t.Errorf("%+v", got)
	}
	peak := Measured{Month: "2026-11", PeakW: ptr(100 * kW), PeakWh: ptr(5_700_001)}
	if got := x.Doubts(peak); len(got) != 1 || got[0].Limit != 5_700_000 {
		t.Errorf("%+v", got)
	}
	// The demand of the month follows from its postos.
	parts := Measured{Month: "2026-11", PeakW: ptr(50 * kW), OffPeakW: ptr(100 * kW), EnergyWh: ptr(72_000_001)}
	if got := x.Doubts(parts); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := x.Doubts(Measured{Month: "2026-11", EnergyWh: ptr(5)}); got != nil {
		t.Errorf("energy without a demand: %+v", got)
	}
}

func TestTypicalW(t *testing.T) {
	for _, tt := range []struct {
		before []int64
		want   int64
	}{{nil, 0}, {[]int64{5, 6}, 0}, {[]int64{9, 1, 5}, 5}, {[]int64{0, 0, 5, 6}, 0}, {[]int64{4, 1, 3, 2}, 2}} {
		if got := TypicalW(tt.before); got != tt.want {
			t.Errorf("%v: %d", tt.before, got)
		}
	}
}

func TestGaps(t *testing.T) {
	got := Gaps([]calendar.Month{"2026-01", "2026-04"}, "2025-12", "2026-04")
	var months []calendar.Month
	for _, d := range got {
		if d.Code != DoubtGap {
			t.Errorf("%+v", d)
		}
		months = append(months, d.Month)
	}
	if !slices.Equal(months, []calendar.Month{"2025-12", "2026-02", "2026-03"}) {
		t.Errorf("%v", months)
	}
	if Gaps(nil, "2026-02", "2026-01") != nil {
		t.Error("gaps of no time")
	}
}
