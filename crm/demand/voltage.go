package demand

import "strings"

// The subgroups of grupo A (REN 1.000 art. 2 XXIII). Tables write them in any
// case: compare with Subgroup.
const (
	A1  = "A1"
	A2  = "A2"
	A3  = "A3"
	A3a = "A3a"
	A4  = "A4"
	AS  = "AS"
)

// Borders in V: from MediumV on a connection is in medium voltage, from HighV
// on the rules of high voltage hold (arts. 2, 64, 88, 91, 220, 305).
const (
	MediumV = 2_300
	HighV   = 69_000
)

// voltages are the ranges of art. 2 XXIII, both ends included. Between them no
// subgroup exists.
var voltages = []struct {
	from, to int64
	subgroup string
}{
	{230_000, 1_000_000, A1}, {88_000, 138_000, A2}, {69_000, 69_000, A3},
	{30_000, 44_000, A3a}, {2_300, 25_000, A4},
}

// Subgroup returns the subgroup of a connection voltage in V, "" for a voltage
// that has none. Below 2.3 kV only an underground system belongs to grupo A: AS
// (REN 1.000 art. 2 XXIII f).
func Subgroup(volts int64, underground bool) string {
	if 0 < volts && volts < MediumV && underground {
		return AS
	}
	for _, v := range voltages {
		if v.from <= volts && volts <= v.to {
			return v.subgroup
		}
	}
	return ""
}

// VoltageFit says whether a voltage and a subgroup can be true together.
type VoltageFit string

// FitUnknown: one of the two is not known. FitNowhere: no subgroup has this
// voltage, so that the voltage is in doubt.
const (
	FitUnknown    VoltageFit = "unknown"
	FitOK         VoltageFit = "ok"
	FitContradict VoltageFit = "contradict"
	FitNowhere    VoltageFit = "nowhere"
)

// CheckVoltage compares a voltage in V with a subgroup (REN 1.000 art. 2 XXIII)
// and returns the subgroup that the voltage has, if one. Subgroups of grupo B
// fit a medium voltage too: a client may choose that billing (art. 292).
func CheckVoltage(volts int64, subgroup string) (fit VoltageFit, expected string) {
	given := strings.ToUpper(strings.TrimSpace(subgroup))
	if volts <= 0 || given == "" {
		return FitUnknown, ""
	}
	low := volts < MediumV
	expected = Subgroup(volts, given == AS)
	switch {
	case strings.HasPrefix(given, "B"):
		if volts < HighV {
			return FitOK, expected
		}
		return FitContradict, expected
	case !strings.HasPrefix(given, "A"):
		return FitUnknown, expected
	case expected == "" && !low:
		return FitNowhere, ""
	case !strings.EqualFold(given, expected):
		return FitContradict, expected
	}
	return FitOK, expected
}

// shortNotice tells whether a subgroup has the shorter periods of AS and A4
// (arts. 142 and 155).
func shortNotice(subgroup string) bool {
	s := strings.ToUpper(strings.TrimSpace(subgroup))
	return s == A4 || s == AS
}

// Modalities returns what a client may choose at a voltage in V: from 69 kV on
// azul is compulsory (REN 1.000 art. 220).
func Modalities(volts int64) []Modality {
	if volts >= HighV {
		return []Modality{Azul}
	}
	return []Modality{Verde, Azul}
}

// Allocation is the range of voltages in V that a load belongs to: from
// included, below excluded, 0 for no border.
type Allocation struct{ FromV, BelowV int64 }

// Allocate returns where a consumer unit belongs (REN 1.000 art. 23 I) by its
// load or own generation, whichever is larger, and the largest demand that it is
// to contract, both in W. What has no more than 75 kW belongs to low voltage.
// Client and distributor may agree to another voltage (§§4, 5).
func (r Rules) Allocate(loadW, largestW int64) Allocation {
	switch {
	case largestW > r.AllocateOverW:
		return Allocation{FromV: HighV}
	case loadW <= r.AllocateLoadW:
		return Allocation{BelowV: MediumV}
	}
	return Allocation{FromV: MediumV, BelowV: HighV}
}

// Holds tells whether a voltage in V lies in the range.
func (a Allocation) Holds(volts int64) bool {
	return a.FromV <= volts && (a.BelowV == 0 || volts < a.BelowV)
}

// Minimum returns the demand in W that a consumer must contract in at least one
// posto (REN 1.000 art. 148): 30 kW, or 500 kW for a special consumer.
func (r Rules) Minimum(special bool) int64 {
	if special {
		return r.MinimumSpecialW
	}
	return r.MinimumW
}

// MeetsMinimum tells whether a step reaches the minimum in one posto.
func (r Rules) MeetsMinimum(s Step, special bool) bool { return s.LargestW() >= r.Minimum(special) }
