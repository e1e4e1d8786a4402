package demand

import (
	"cmp"
	"slices"
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
