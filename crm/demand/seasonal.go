package demand

import (
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
)

// SeasonalCharge returns the regular charge of a rural or seasonal client: the
// larger of the measured demand and a tenth of the largest of the previous 11
// cycles (REN 1.000 art. 294), which may be a fraction of a W.
func (r Rules) SeasonalCharge(measured, largest int64, rate Rate) Amount {
	return charge(max(measured*100, largest*r.SeasonalPercent), rate, 100)
}

// Cycle is a billing cycle of a rural or seasonal client in one posto, in W.
type Cycle struct{ ContractedW, BilledW int64 }

// Complementary returns the complementary demands in W that are due after 12
// cycles, largest first: one for each cycle that is missing to three that
// reached the contract, taken from the largest gaps of those that did not (REN
// 1.000 art. 300).
func (r Rules) Complementary(cycles []Cycle) []int64 {
	var gaps []int64
	missing := r.SeasonalReached
	for _, c := range cycles {
		if c.BilledW >= c.ContractedW {
			missing--
			continue
		}
		gaps = append(gaps, c.ContractedW-c.BilledW)
	}
	if missing <= 0 {
		return nil
	}
	slices.SortFunc(gaps, func(a, b int64) int { return cmp.Compare(b, a) })
	return gaps[:min(missing, len(gaps))]
}

// Seasonality is the outcome of the test of REN 1.000 art. 295 II.
type Seasonality struct {
	Tenths int64 // 4 lowest to 4 highest, in tenths of a percent, rounded
	Met    bool  // not more than 20 %
	Known  bool  // there were enough cycles, and some energy
}

// seasonalCycles is how many of the lowest and highest cycles are summed.
const seasonalCycles = 4

// Seasonality tests the active energies in Wh of the newest 12 complete cycles,
// oldest first: the four lowest may sum up to 20 % of the four highest. The
// energy must also serve farming, fishing, or salt and limestone (art. 295 I),
// which figures do not tell.
func (r Rules) Seasonality(wh []int64) Seasonality {
	n := r.SeasonalCycles
	if len(wh) < n {
		return Seasonality{}
	}
	year := slices.Clone(wh[len(wh)-n:])
	slices.Sort(year)
	var low, high int64
	for i := range seasonalCycles {
		low, high = low+year[i], high+year[n-1-i]
	}
	if year[0] < 0 || high <= 0 {
		return Seasonality{}
	}
	tenths, ok := mulDiv(low, 1000, high)
	return Seasonality{Tenths: tenths, Met: low*100 <= high*r.SeasonalRatio, Known: ok}
}

// SeasonalReview returns the first month in which the recognition of a
// seasonality, or a new request after it was lost, is due: 12 cycles after its
// first month, or after the first month without it (REN 1.000 arts. 297, 298).
func (r Rules) SeasonalReview(first calendar.Month) calendar.Month {
	return first.Add(r.SeasonalCycles)
}
