package demand

import (
	"maps"
	"slices"
)

// BenchmarkClients is how many clients must stand behind a percentile: fewer
// would let one be recognised. It is a choice of this product, not of a norm.
const BenchmarkClients = 5

// edgeClients is how many must stand behind the 90th percentile: of fewer it is
// the figure of the client at the edge.
const edgeClients = 10

// Percentiles are those of a group, by nearest rank: each is a value that was
// there, so that no figure is invented.
type Percentiles struct {
	P25 int64  `json:"p25"`
	P50 int64  `json:"p50"`
	P75 int64  `json:"p75"`
	P90 *int64 `json:"p90,omitempty"` // nil where fewer than ten clients stand behind it
}

// Standing says where a value stands in the group: above the given share of it
// (90 or 75 %), or below 75 % of it (share 75, above false); share 0 where it is
// as most are.
func (p Percentiles) Standing(v int64) (share int, above bool) {
	switch {
	case p.P90 != nil && v > *p.P90:
		return 90, true
	case v > p.P75:
		return 75, true
	case v < p.P25:
		return 75, false
	}
	return 0, false
}

// Spread gathers the values of a group. It needs as much memory as there are
// different values, however many installations come by.
type Spread struct {
	weights map[int64]int64
	total   int64
	clients int
}

// share is the weight of one client. All numbers up to 16 divide it, so that the
// weights of a client's installations add up to it, or nearly so for more.
const share = 720_720

// Add takes the values of one client's installations, one each. Each client
// weighs the same and its installations share its weight, so that the figures of
// a chain with hundreds of them are not taken for those of the branch.
func (s *Spread) Add(values ...int64) {
	if len(values) == 0 {
		return
	}
	if s.weights == nil {
		s.weights = map[int64]int64{}
	}
	w := max(1, share/int64(len(values)))
	for _, v := range values {
		s.weights[v] += w
		s.total += w
	}
	s.clients++
}

// Clients is how many clients were added.
func (s *Spread) Clients() int { return s.clients }

// Percentiles returns those of the group, and false where fewer than
// BenchmarkClients clients stand behind them: then nothing may be shown, not
// even how many there are.
func (s *Spread) Percentiles() (Percentiles, bool) {
	if s.clients < BenchmarkClients {
		return Percentiles{}, false
	}
	sorted := slices.Sorted(maps.Keys(s.weights))
	p := Percentiles{P25: s.rank(sorted, 25), P50: s.rank(sorted, 50), P75: s.rank(sorted, 75)}
	if s.clients >= edgeClients {
		p90 := s.rank(sorted, 90)
		p.P90 = &p90
	}
	return p, true
}

// rank returns the smallest value that at least percent % of the weight do not
// exceed.
func (s *Spread) rank(sorted []int64, percent int64) int64 {
	need, have := (s.total*percent+99)/100, int64(0)
	for _, v := range sorted {
		if have += s.weights[v]; have >= need {
			return v
		}
	}
	return sorted[len(sorted)-1]
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
