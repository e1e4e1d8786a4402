package demand

import "testing"

func TestSubgroup(t *testing.T) {
	tests := []struct {
		volts       int64
		underground bool
		want        string
	}{
		{230_000, false, A1}, {500_000, false, A1}, {138_000, false, A2}, {88_000, false, A2}, {69_000, false, A3},
		{44_000, false, A3a}, {34_500, false, A3a}, {30_000, false, A3a}, {25_000, false, A4}, {13_800, false, A4},
		{2_300, false, A4}, {2_299, true, AS}, {220, true, AS}, {220, false, ""}, {13_800, true, A4},
		{27_000, false, ""}, {60_000, false, ""}, {69_001, false, ""}, {200_000, false, ""}, {0, true, ""}, {-1, true, ""},
	}
	for _, tt := range tests {
		if got := Subgroup(tt.volts, tt.underground); got != tt.want {
			t.Errorf("%d V: %q, want %q", tt.volts, got, tt.want)
		}
	}
}

func TestCheckVoltage(t *testing.T) {
	tests := []struct {
		volts    int64
		subgroup string
		fit      VoltageFit
		expected string
	}{
		{13_800, "A4", FitOK, A4}, {13_800, " a4 ", FitOK, A4}, {34_500, "A3A", FitOK, A3a},
		{34_500, "A4", FitContradict, A3a}, {13_800, "A3a", FitContradict, A4},
		{220, "AS", FitOK, AS}, {220, "A4", FitContradict, ""}, {13_800, "AS", FitContradict, A4},
		{27_000, "A4", FitNowhere, ""}, {13_800, "B3", FitOK, A4}, {138_000, "B3", FitContradict, A2},
		{0, "A4", FitUnknown, ""}, {13_800, "", FitUnknown, ""}, {13_800, "X", FitUnknown, A4},
	}
	for _, tt := range tests {
		if fit, expected := CheckVoltage(tt.volts, tt.subgroup); fit != tt.fit || expected != tt.expected {
			t.Errorf("%d V, %q: %s %q", tt.volts, tt.subgroup, fit, expected)
		}
	}
}

func TestModalities(t *testing.T) {
	if got := Modalities(69_000); len(got) != 1 || got[0] != Azul {
		t.Errorf("at 69 kV: %v", got)
	}
	if got := Modalities(68_999); len(got) != 2 {
		t.Errorf("below: %v", got)
	}
}

func TestAllocate(t *testing.T) {
	r := Current()
	tests := []struct {
		load, largest int64
		want          Allocation
	}{
		{75 * kW, 60 * kW, Allocation{0, 2_300}},
		{75*kW + 1, 60 * kW, Allocation{2_300, 69_000}},
		{4000 * kW, 2500 * kW, Allocation{2_300, 69_000}},
		{4000 * kW, 2500*kW + 1, Allocation{69_000, 0}},
	}
	for _, tt := range tests {
		if got := r.Allocate(tt.load, tt.largest); got != tt.want {
			t.Errorf("%d W of %d W: %+v", tt.largest, tt.load, got)
		}
	}
	mv := Allocation{2_300, 69_000}
	if !mv.Holds(13_800) || mv.Holds(69_000) || mv.Holds(220) || !(Allocation{FromV: 69_000}).Holds(138_000) {
		t.Error("Holds")
	}
}

func TestMinimum(t *testing.T) {
	r := Current()
	tests := []struct {
		step    Step
		special bool
		want    bool
	}{
		{Step{SingleW: 30 * kW}, false, true}, {Step{SingleW: 30*kW - 1}, false, false},
		{Step{PeakW: 0, OffPeakW: 30 * kW}, false, true}, {Step{PeakW: 29 * kW, OffPeakW: 29 * kW}, false, false},
		{Step{SingleW: 499 * kW}, true, false}, {Step{SingleW: 500 * kW}, true, true},
	}
	for _, tt := range tests {
		if got := r.MeetsMinimum(tt.step, tt.special); got != tt.want {
			t.Errorf("%+v, special %v: %v", tt.step, tt.special, got)
		}
	}
}
