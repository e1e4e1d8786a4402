package demand

import "slices"

// ClientValue is a figure of one installation, with the client that it is of.
type ClientValue struct {
	Client string
	Value  int64
}

// BenchmarkClients is how many clients must stand behind a percentile: fewer
// would let one be recognised. It is a choice of this product, not of a norm.
const BenchmarkClients = 5

// Percentiles are those of a group, by nearest rank: each is a value that was
// there, so that no figure is invented.
type Percentiles struct {
	P25, P50, P75 int64
	Clients       int
	Values        int
}

// PercentilesOf returns the percentiles of values, and false where fewer than
// BenchmarkClients clients stand behind them: then nothing may be shown, not
// even how many there are. A client with many installations counts once.
func PercentilesOf(values []ClientValue) (Percentiles, bool) {
	clients := make(map[string]struct{})
	sorted := make([]int64, len(values))
	for i, v := range values {
		clients[v.Client] = struct{}{}
		sorted[i] = v.Value
	}
	if len(clients) < BenchmarkClients {
		return Percentiles{}, false
	}
	slices.Sort(sorted)
	return Percentiles{
		P25: nearestRank(sorted, 25), P50: nearestRank(sorted, 50), P75: nearestRank(sorted, 75),
		Clients: len(clients), Values: len(values),
	}, true
}

// nearestRank returns the smallest value that at least percent % of the sorted
// values do not exceed.
func nearestRank(sorted []int64, percent int) int64 {
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(0, rank-1)]
}

// bandsW are the upper borders in W of the size bands: 500 kW separates those
// who need a retail agent and get longer notice of outages (arts. 160 §3, 436),
// 2,500 kW those whose place is at 69 kV (art. 23 I).
var bandsW = []int64{100_000, 500_000, 2_500_000}

// SizeBand returns the band of a contracted demand in W, 0 to SizeBands()-1, and
// its borders: from included, below excluded, 0 for none.
func SizeBand(w int64) (band int, from, below int64) {
	for i, border := range bandsW {
		if w < border {
			return i, from, border
		}
		from = border
	}
	return len(bandsW), from, 0
}

// SizeBands returns the number of bands.
func SizeBands() int { return len(bandsW) + 1 }
