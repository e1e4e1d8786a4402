package demand

import (
	"reflect"
	"testing"
)

func TestSpread(t *testing.T) {
	p90 := func(v int64) *int64 { return &v }
	tests := []struct {
		name    string
		clients [][]int64 // the values of each one's installations
		want    Percentiles
		ok      bool
	}{
		// Ranks of five: the 2nd, 3rd and 4th (25 % of 5 is 1,25).
		{"five clients", [][]int64{{50}, {10}, {40}, {20}, {30}}, Percentiles{20, 30, 40, nil}, true},
		{"four clients with many values", [][]int64{{1, 5}, {2, 6}, {3, 7}, {4, 8}}, Percentiles{}, false},
		{"one that has no value is no client", [][]int64{{1}, {2}, {3}, {4}, {}}, Percentiles{}, false},
		// The chain's 90s weigh as one client of five: without that all three would be 90.
		{"a chain among five", [][]int64{{90, 90, 90, 90, 90, 90}, {10}, {20}, {30}, {40}}, Percentiles{20, 30, 40, nil}, true},
		// A quarter of five is 1,25: half a client at 10, then a whole one at 15.
		{"a pair shares its weight", [][]int64{{10, 20}, {15}, {30}, {40}, {50}}, Percentiles{15, 30, 40, nil}, true},
		{"nine have no 90th", [][]int64{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}}, Percentiles{3, 5, 7, nil}, true},
		{"ten have, and it is not the largest", [][]int64{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}, {10}}, Percentiles{3, 5, 8, p90(9)}, true},
		{"all alike", [][]int64{{7}, {7}, {7}, {7}, {7}, {7}}, Percentiles{7, 7, 7, nil}, true},
		{"nobody", nil, Percentiles{}, false},
	}
	for _, tt := range tests {
		var s Spread
		for _, values := range tt.clients {
			s.Add(values...)
		}
		if got, ok := s.Percentiles(); !reflect.DeepEqual(got, tt.want) || ok != tt.ok {
			t.Errorf("%s: %+v, %v", tt.name, got, ok)
		}
	}
}

// A client with more installations than its weight can be divided by counts.
func TestSpreadOfAHugeChain(t *testing.T) {
	var s Spread
	s.Add(make([]int64, 1_000_000)...)
	for v := range int64(4) {
		s.Add(v + 1)
	}
	if p, ok := s.Percentiles(); !ok || p.P75 < 1 || s.Clients() != 5 {
		t.Errorf("%+v, %v, %d clients", p, ok, s.Clients())
	}
}

func TestStanding(t *testing.T) {
	ninety := int64(100)
	p := Percentiles{P25: 60, P50: 70, P75: 80, P90: &ninety}
	for _, tt := range []struct {
		v     int64
		share int
		above bool
	}{{101, 90, true}, {100, 75, true}, {81, 75, true}, {80, 0, false}, {70, 0, false}, {60, 0, false}, {59, 75, false}} {
		if share, above := p.Standing(tt.v); share != tt.share || above != tt.above {
			t.Errorf("%d: %d, %v", tt.v, share, above)
		}
	}
	p.P90 = nil
	if share, above := p.Standing(500); share != 75 || !above {
		t.Errorf("without a 90th: %d, %v", share, above)
	}
}

func TestSizeBand(t *testing.T) {
	tests := []struct {
		w           int64
		band        int
		from, below int64
	}{
		{30 * kW, 0, 0, 100 * kW}, {100 * kW, 1, 100 * kW, 500 * kW}, {499_999, 1, 100 * kW, 500 * kW},
		{500 * kW, 2, 500 * kW, 2500 * kW}, {2500 * kW, 3, 2500 * kW, 0},
	}
	for _, tt := range tests {
		if band, from, below := SizeBand(tt.w); band != tt.band || from != tt.from || below != tt.below {
			t.Errorf("%d W: band %d, %d to %d", tt.w, band, from, below)
		}
	}
	if SizeBands() != 4 {
		t.Error("SizeBands")
	}
}
