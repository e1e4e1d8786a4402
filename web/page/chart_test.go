package page

import (
	"strconv"
	"strings"
	"testing"
)

// demandOf makes months of one posto, contracted and measured in kW; below zero is a
// gap.
func demandOf(label string, pairs ...[2]int64) DemandPosto {
	p := DemandPosto{Label: label}
	for i, v := range pairs {
		m := DemandMonth{Month: strconv.Itoa(i + 1), Contracted: v[0] * 1000, Measured: v[1] * 1000}
		switch {
		case v[0] > 0 && v[1]*100 > v[0]*105:
			m.State = Bad
		case v[0] > 0 && v[1] > v[0]:
			m.State = Warn
		}
		p.Months = append(p.Months, m)
	}
	return p
}

func plain(kw int64) string { return strconv.FormatInt(kw, 10) }

func float(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDrawDemandNothing(t *testing.T) {
	if DrawDemand(ChartWide, "", nil, plain) != nil || DrawDemand(ChartWide, "", []DemandPosto{{Label: "x"}}, plain) != nil {
		t.Error("a chart without a month")
	}
}

// A bar ends on the axis, the overrun on the contract, and nothing leaves the
// plot.
func TestDrawDemandGeometry(t *testing.T) {
	for _, kind := range []ChartKind{ChartWide, ChartPhone} {
		c := DrawDemand(kind, "", []DemandPosto{demandOf("a", [2]int64{100, 50}, [2]int64{100, 120}, [2]int64{100, -1}, [2]int64{0, 80}, [2]int64{100, 103})}, plain)
		p := c.Plots[0]
		if len(p.Bars) != 4 {
			t.Fatalf("%s: %d bars, want 4: a gap has none", kind, len(p.Bars))
		}
		axis := float(t, p.Ticks[0].Y)
		if !p.Ticks[0].Axis || p.Ticks[0].Label != "0" {
			t.Errorf("%s: the first tick is %+v", kind, p.Ticks[0])
		}
		top := float(t, p.Ticks[len(p.Ticks)-1].Y)
		for i, b := range p.Bars {
			x, y, w, h := float(t, b.X), float(t, b.Y), float(t, b.W), float(t, b.H)
			if d := y + h - axis; d > .11 || d < -.11 {
				t.Errorf("%s: bar %d ends at %.1f, the axis is %.1f", kind, i, y+h, axis)
			}
			if x < float64(c.Left) || x+w > float64(c.Right) || y < top-.11 || c.Right > c.Width {
				t.Errorf("%s: bar %d leaves the plot: x %.1f w %.1f y %.1f", kind, i, x, w, y)
			}
		}
		over := p.Bars[1]
		if over.State != Bad || over.OverH == "" {
			t.Fatalf("%s: the overrun is %+v", kind, over)
		}
		contract := float(t, over.Y) + float(t, over.OverH)
		if !strings.HasPrefix(p.Contract, "M"+strconv.Itoa(c.Left)+".0 "+num(contract)) {
			t.Errorf("%s: the overrun ends at %.1f, the contract is %s", kind, contract, p.Contract)
		}
		if p.Bars[0].OverH != "" || p.Bars[2].OverH != "" || p.Bars[3].OverH == "" {
			t.Errorf("%s: only months above their contract have a part above it", kind)
		}
		if n := strings.Count(p.Contract, "M"); n != 2 {
			t.Errorf("%s: the contract is drawn in %d pieces, want 2: %s", kind, n, p.Contract)
		}
		if strings.Count(p.Limit, "M") != 2 {
			t.Errorf("%s: the limit is %s", kind, p.Limit)
		}
	}
}

// The 105 % line of a contract far above what was measured still fits.
func TestDrawDemandScale(t *testing.T) {
	for _, v := range [][2]int64{{1, 0}, {9, 9}, {100, 20}, {999, 1200}, {12345, 3}, {0, 7}} {
		c := DrawDemand(ChartWide, "", []DemandPosto{demandOf("a", v)}, plain)
		p := c.Plots[0]
		last := p.Ticks[len(p.Ticks)-1]
		ceil, err := strconv.ParseInt(last.Label, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if need := max(v[1], v[0]*21/20); ceil < need {
			t.Errorf("%v: the axis ends at %d", v, ceil)
		}
		if len(p.Ticks) > 6 {
			t.Errorf("%v: %d lines", v, len(p.Ticks))
		}
		if float(t, last.Y) < plotHead-.1 {
			t.Errorf("%v: the axis reaches into its label: %s", v, last.Y)
		}
	}
}

func TestDrawDemandPostos(t *testing.T) {
	one := DrawDemand(ChartWide, "", []DemandPosto{demandOf("a", [2]int64{10, 10})}, plain)
	two := DrawDemand(ChartWide, "", []DemandPosto{demandOf("a", [2]int64{10, 10}), demandOf("b", [2]int64{10, 10})}, plain)
	if len(two.Plots) != 2 || two.Height <= one.Height {
		t.Errorf("heights %d and %d", one.Height, two.Height)
	}
	if low := float(t, two.Plots[1].Ticks[0].Y); low >= float64(two.Height) || low <= float(t, two.Plots[0].Ticks[0].Y) {
		t.Errorf("the second axis is at %.1f of %d", low, two.Height)
	}
}

// The newest month is always named whole, and names do not run into each other.
func TestDrawDemandMonths(t *testing.T) {
	for _, kind := range []ChartKind{ChartWide, ChartPhone} {
		for _, n := range []int{1, 13, 24, 60} {
			var pairs [][2]int64
			for range n {
				pairs = append(pairs, [2]int64{10, 9})
			}
			c := DrawDemand(kind, "", []DemandPosto{demandOf("a", pairs...)}, plain)
			if c.Months[len(c.Months)-1].Label != strconv.Itoa(n) {
				t.Errorf("%s, %d months: the last name is %s", kind, n, c.Months[len(c.Months)-1].Label)
			}
			if last := float(t, c.Months[len(c.Months)-1].X); last > float64(c.Width-monthHalf) {
				t.Errorf("%s, %d months: the last name is cut off at %.1f of %d", kind, n, last, c.Width)
			}
			for i := 1; i < len(c.Months); i++ {
				if d := float(t, c.Months[i].X) - float(t, c.Months[i-1].X); d < monthRoom-.2 {
					t.Errorf("%s, %d months: names %.1f apart", kind, n, d)
				}
			}
		}
	}
}

func TestNiceStep(t *testing.T) {
	for _, c := range []struct{ kw, want int64 }{{1, 1}, {4, 1}, {5, 2}, {9, 5}, {21, 10}, {95, 25}, {100, 25}, {101, 50}, {1790, 500}, {9999, 2500}, {10001, 5000}} {
		got := niceStep(c.kw)
		if got != c.want {
			t.Errorf("niceStep(%d) = %d, want %d", c.kw, got, c.want)
		}
		if lines := (c.kw + got - 1) / got; lines > 4 {
			t.Errorf("niceStep(%d) makes %d lines", c.kw, lines)
		}
	}
}
