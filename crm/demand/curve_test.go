package demand

import (
	"math/big"
	"math/rand/v2"
	"testing"
)

// slow is the definition, month by month, in big numbers.
func slow(months []CurveMonth, c int64) *big.Int {
	sum := new(big.Int)
	for _, m := range months {
		part := new(big.Int).Mul(big.NewInt(max(m.W, c)), big.NewInt(int64(m.Rate)))
		sum.Add(sum, part)
		if m.W*100 > c*105 {
			part.Mul(big.NewInt(2*(m.W-c)), big.NewInt(int64(m.Rate)))
			sum.Add(sum, part)
		}
	}
	return sum
}

func randomMonths(rng *rand.Rand, n int, most, rates int64) []CurveMonth {
	months := make([]CurveMonth, n)
	for i := range months {
		months[i] = CurveMonth{"2026-01", rng.Int64N(most), Rate(1 + rng.Int64N(rates))}
	}
	return months
}

// Any demand from 0 to beyond the largest: no value is below the one that the
// candidates find, on every grid.
func TestCurveEqualsBruteForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 2026))
	for round := range 3000 {
		most := []int64{2, 12, 60, 300}[round%4]
		months := randomMonths(rng, 1+rng.IntN(14), most, 5)
		curve, ok := NewCurve(months)
		if !ok {
			t.Fatalf("%+v has no curve", months)
		}
		lowest := rng.Int64N(most)
		for _, grid := range []int64{1, 7, 10} {
			bestW, best := int64(-1), new(big.Int)
			for c := up(lowest, grid); c <= most+2*grid || bestW < 0; c += grid {
				want := slow(months, c)
				if got := curve.nanos(c); want.Cmp(big.NewInt(got)) != 0 {
					t.Fatalf("%+v at %d: %d, want %s", months, c, got, want)
				}
				if bestW < 0 || want.Cmp(best) <= 0 {
					bestW, best = c, want
				}
			}
			if w, cost := curve.best(lowest, grid); w != bestW || best.Cmp(big.NewInt(cost)) != 0 {
				t.Fatalf("%+v from %d in steps of %d: %d costs %d, but %d costs %s", months, lowest, grid, w, cost, bestW, best)
			}
		}
	}
}

// The same on the scale of life: the neighbours of the best are not cheaper.
func TestCurveAtTheScaleOfLife(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 11))
	for range 300 {
		months := randomMonths(rng, 24, 40_000_000, 100_000_000)
		curve, ok := NewCurve(months)
		if !ok {
			t.Fatal("no curve")
		}
		w, cost := curve.best(30_000, 1)
		for range 400 {
			c := 30_000 + rng.Int64N(45_000_000)
			if got := curve.nanos(c); got < cost {
				t.Fatalf("%d W costs %d, less than the best %d W: %d", c, got, w, cost)
			} else if slow(months, c).Cmp(big.NewInt(got)) != 0 {
				t.Fatalf("%d W: %d", c, got)
			}
		}
	}
}

// The worked example of arts. 294 and 301 is a curve of one month.
func TestCurveWorked(t *testing.T) {
	curve, _ := NewCurve([]CurveMonth{{"2026-10", 560 * kW, cemigA4}})
	tests := []struct {
		w    int64
		want Amount
	}{
		{500 * kW, known(15_510_80)}, // with overrun: 560 ÷ 500 is 112 %
		{533_333, known(13_990_15)},  // 105.00007 %: (560 + 2 × 26.667) × 22.81
		{533_334, known(12_773_60)},  // the first W without: 560 kW are billed
		{560 * kW, known(12_773_60)},
		{600 * kW, known(13_686_00)},
		{0, known(38_320_80)},
		{-1, Amount{}},
	}
	for _, tt := range tests {
		if got := curve.Cost(tt.w); got != tt.want {
			t.Errorf("%d W costs %+v, want %+v", tt.w, got, tt.want)
		}
	}
	if w, cost := curve.Best(30*kW, 1); w != 560*kW || cost != known(12_773_60) {
		t.Errorf("best: %d W, %+v", w, cost)
	}
	exact, _ := NewCurve([]CurveMonth{{"2026-10", 525 * kW, cemigA4}})
	if exact.Cost(500*kW) != known(11_975_25) {
		t.Error("exactly 105 % is an overrun")
	}
}

func TestCurvePoints(t *testing.T) {
	curve, _ := NewCurve([]CurveMonth{{"2026-10", 210, 1e9}, {"2026-11", 420, 1e9}})
	got := curve.Points(100, 500)
	want := []int64{100, 199, 200, 210, 399, 400, 420, 500}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, p := range got {
		if p.W != want[i] || p.Cost != curve.Cost(p.W) {
			t.Errorf("corner %d: %+v, want %d W", i, p, want[i])
		}
	}
	// Between corners the curve is straight.
	for i := 1; i < len(got); i++ {
		a, b := got[i-1].W, got[i].W
		for c := a; c <= b; c++ {
			if line := curve.nanos(a)*(b-c) + curve.nanos(b)*(c-a); line != curve.nanos(c)*(b-a) {
				t.Fatalf("%d W is not on the line from %d to %d", c, a, b)
			}
		}
	}
	if got := curve.Points(205, 208); len(got) != 2 {
		t.Errorf("a part without corners: %+v", got)
	}
	if curve.Points(5, 4) != nil || curve.Points(-1, 4) != nil || (Curve{}).Points(0, 1) != nil {
		t.Error("points of nothing")
	}
}

func TestCurveRefuses(t *testing.T) {
	for name, months := range map[string][]CurveMonth{
		"no month":     nil,
		"no tariff":    {{"2026-10", 500 * kW, NoRate}},
		"negative":     {{"2026-10", -1, cemigA4}},
		"beyond int64": {{"2026-10", 1e15, 1e12}},
		"absurd":       {{"2026-10", 1e18, 1}},
		"one beyond":   {{"2026-10", 1e14, 1}, {"2026-10", 1, 1e14}},
	} {
		if _, ok := NewCurve(months); ok {
			t.Errorf("%s has a curve", name)
		}
	}
	if (Curve{}).Cost(1).Known {
		t.Error("a curve without months costs something")
	}
	if _, cost := (Curve{}).Best(0, 1); cost.Known {
		t.Error("a curve without months has a best demand")
	}
	curve, _ := NewCurve([]CurveMonth{{"2026-10", 500 * kW, cemigA4}})
	if curve.Cost(1 << 62).Known {
		t.Error("a sum beyond int64 is known")
	}
	zero, ok := NewCurve([]CurveMonth{{"2026-10", 0, cemigA4}})
	if w, cost := zero.Best(0, 1); !ok || w != 0 || cost != known(0) {
		t.Errorf("nothing measured: %d W, %+v", w, cost)
	}
}
