package web

import (
	"strings"
	"testing"

	"cemigmas/web/page"
)

// The script of the simulator and the server read the same corners.
func TestCostAt(t *testing.T) {
	points := []page.CostPoint{{W: 100_000, Nanos: 1000e7}, {W: 200_000, Nanos: 2000e7}, {W: 200_001, Nanos: 500e7}, {W: 300_000, Nanos: 1500e7}}
	for kw, want := range map[float64]float64{100: 1000, 150: 1500, 200: 2000, 200.001: 500, 300: 1500, 400: 1500, 50: 1000} {
		if got := page.CostAt(points, kw); got != want {
			t.Errorf("at %v: %v, want %v", kw, got, want)
		}
	}
	c := page.DrawCost("x", points, 150, 200.001, 50)
	if c.TodayX != "" || !strings.HasPrefix(c.Data, "100000,10000000000 200000,20000000000") || !strings.HasPrefix(c.Path, "M4.0") {
		t.Errorf("drawn: %+v", c)
	}
	if page.DrawCost("x", points[:1], 1, 1, 1) != nil {
		t.Error("one corner is no curve")
	}
}

func TestAskedW(t *testing.T) {
	for in, want := range map[string]int64{"": 0, "400": 400_000, " 7 ": 7_000} {
		if w, bad := askedW(in); bad || w != want {
			t.Errorf("%q: %d %v", in, w, bad)
		}
	}
	for _, in := range []string{"-1", "x", "1,5", "10000001", "99999999999999999999"} {
		if _, bad := askedW(in); !bad {
			t.Errorf("%q was taken", in)
		}
	}
}
