package demand

import "testing"

func TestPercentilesOf(t *testing.T) {
	of := func(clients string, values ...int64) []ClientValue {
		var out []ClientValue
		for i, v := range values {
			out = append(out, ClientValue{clients[i : i+1], v})
		}
		return out
	}
	tests := []struct {
		name   string
		values []ClientValue
		want   Percentiles
		ok     bool
	}{
		{"five clients", of("abcde", 50, 10, 40, 20, 30), Percentiles{20, 30, 40, 5, 5}, true},
		{"four clients with many values", of("abcdabcd", 1, 2, 3, 4, 5, 6, 7, 8), Percentiles{}, false},
		{"five clients, one of them large", of("aaaabcde", 1, 2, 3, 4, 5, 6, 7, 8), Percentiles{2, 4, 6, 5, 8}, true},
		{"all alike", of("abcdef", 7, 7, 7, 7, 7, 7), Percentiles{7, 7, 7, 6, 6}, true},
		{"nobody", nil, Percentiles{}, false},
	}
	for _, tt := range tests {
		if got, ok := PercentilesOf(tt.values); got != tt.want || ok != tt.ok {
			t.Errorf("%s: %+v, %v", tt.name, got, ok)
		}
	}
	values := of("abcde", 5, 4, 3, 2, 1)
	PercentilesOf(values)
	if values[0].Value != 5 {
		t.Error("PercentilesOf changed its argument")
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
