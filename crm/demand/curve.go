package demand

import (
	"cmp"
	"math"
	"slices"

	"cemigmas/crm/calendar"
)

// CurveMonth is what was measured in one posto in a month, with its tariff.
type CurveMonth struct {
	Month calendar.Month
	W     int64
	Rate  Rate
}

// Curve is what the demand of some months in one posto would have cost, as a
// function of the contracted demand c (REN 1.000 arts. 294 II and 301):
//
//	Σ rate × max(measured, c)  +  Σ over measured > 1.05 c of 2 × rate × (measured − c)
//
// It is made of straight pieces: the slope changes where c is a measured
// demand, and the cost drops where c becomes large enough that a month has no
// overrun. So its least value lies at one of those points, and none is searched
// for on a grid. The zero value has no months.
type Curve struct {
	regular []piece // by measured demand: from w on, the month is billed by the contract
	overrun []piece // by the least demand without an overrun: from w on, there is none
	maxW    int64   // up to here no sum leaves int64
}

// piece holds from w on: cost + c × slope, in billionths of R$.
type piece struct{ w, slope, cost int64 }

// mostW is far above any installation and keeps percentages of it in int64.
const mostW = 1_000_000_000_000_000

// NewCurve makes the curve of the months given. ok is false without months, for
// a month without a tariff or with a negative demand, and for sums beyond int64.
func NewCurve(months []CurveMonth) (c Curve, ok bool) {
	n := len(months)
	// One array for both lists: a portfolio makes 300,000 curves.
	pieces := make([]piece, 2*n+2)
	c.regular, c.overrun = pieces[:n+1:n+1], pieces[n+1:]
	var total, over nanos
	var slopes int64
	for i, m := range months {
		r := rulesAt(m.Month)
		if m.Rate <= NoRate || m.W < 0 || m.W > mostW || int64(m.Rate) > mostW {
			return Curve{}, false
		}
		rate, charge := int64(m.Rate), int64(m.Rate)*r.OverrunFactor
		total.add(m.W, rate)
		over.add(m.W, charge)
		slopes += rate + charge
		c.regular[i+1] = piece{m.W, rate, m.W * rate}
		// Art. 301: the trigger is strict, so the least demand without an overrun
		// is measured ÷ 1.05, rounded up.
		end := (m.W*100 + r.OverrunPercent - 1) / r.OverrunPercent
		c.overrun[i+1] = piece{end, charge, m.W * charge}
	}
	if n == 0 || total.over || over.over || total.v > math.MaxInt64/4 || over.v > math.MaxInt64/4 {
		return Curve{}, false
	}
	c.maxW = math.MaxInt64 / 4 / slopes
	if slices.ContainsFunc(months, func(m CurveMonth) bool { return m.W > c.maxW }) {
		return Curve{}, false
	}
	c.regular[0], c.overrun[0] = piece{w: -1, cost: total.v}, piece{w: -1, cost: over.v}
	accumulate(c.regular)
	c.overrun[0].slope = -sumSlopes(c.overrun)
	accumulate(c.overrun)
	return c, true
}

// accumulate turns what each month changes into what holds from it on.
func accumulate(p []piece) {
	slices.SortFunc(p[1:], func(a, b piece) int { return cmp.Compare(a.w, b.w) })
	for i := 1; i < len(p); i++ {
		p[i].slope = p[i-1].slope + p[i].slope
		p[i].cost = p[i-1].cost - p[i].cost
	}
}

func sumSlopes(p []piece) int64 {
	var s int64
	for _, x := range p[1:] {
		s += x.slope
	}
	return s
}

// nanos is the cost at a demand from 0 to maxW.
func (c Curve) nanos(w int64) int64 {
	r, o := at(c.regular, w), at(c.overrun, w)
	return r.cost + w*r.slope + o.cost + w*o.slope
}

// at finds the last piece that holds at w.
func at(p []piece, w int64) *piece {
	low, high := 0, len(p)
	for high-low > 1 {
		if mid := (low + high) / 2; p[mid].w <= w {
			low = mid
		} else {
			high = mid
		}
	}
	return &p[low]
}

// Cost returns what a contracted demand in W would have cost, rounded once;
// absent for a negative one, a curve without months, or sums beyond int64.
func (c Curve) Cost(w int64) Amount {
	if len(c.regular) == 0 || w < 0 || w > c.maxW {
		return Amount{}
	}
	return nanosAmount(c.nanos(w))
}

// Best returns the cheapest contracted demand in W among the multiples of grid
// (1 for any, 1000 for whole kW) that are not below lowest, and its cost. Of
// equally cheap ones it is the largest: that leaves most room below an overrun.
// An absent cost: there is no such demand.
func (c Curve) Best(lowest, grid int64) (w int64, cost Amount) {
	if len(c.regular) == 0 || lowest > c.maxW-grid {
		return 0, Amount{}
	}
	w, n := c.best(max(0, lowest), grid)
	return w, nanosAmount(n)
}

// best walks the straight pieces in order. On each, the least value among the
// multiples of grid lies at the first or at the last of them.
func (c Curve) best(lowest, grid int64) (w, cost int64) {
	w = -1
	i, j := 0, 0
	for from := int64(0); from <= c.maxW; {
		i, j = forward(c.regular, i, from), forward(c.overrun, j, from)
		next := min(end(c.regular, i), end(c.overrun, j), c.maxW+1)
		first, last := up(max(from, lowest), grid), (next-1)/grid*grid
		if first <= last {
			slope, fixed := c.regular[i].slope+c.overrun[j].slope, c.regular[i].cost+c.overrun[j].cost
			x := last
			if slope > 0 {
				x = first
			}
			if n := fixed + x*slope; w < 0 || n <= cost {
				w, cost = x, n
			}
		}
		from = next
	}
	return w, cost
}

// forward moves from piece i to the one that holds at w.
func forward(p []piece, i int, w int64) int {
	for i+1 < len(p) && p[i+1].w <= w {
		i++
	}
	return i
}

// end is where the piece after i begins.
func end(p []piece, i int) int64 {
	if i+1 < len(p) {
		return p[i+1].w
	}
	return math.MaxInt64
}

func up(w, grid int64) int64 { return (w + grid - 1) / grid * grid }

// CurvePoint is a corner of a curve. Nanos is its cost unrounded, in billionths
// of R$: between corners of rounded cost lie values that are a centavo off.
type CurvePoint struct {
	W     int64
	Nanos int64
	Cost  Amount
}

// Points returns the corners from one demand to another, both included, in
// order: joined by straight lines they are the curve, and a value between two
// of them lies on their line. A drop has a corner 1 W before it and one at it.
func (c Curve) Points(from, to int64) []CurvePoint {
	if len(c.regular) == 0 || from < 0 || to < from || to > c.maxW {
		return nil
	}
	corners := []int64{from, to}
	for _, p := range c.regular[1:] {
		corners = append(corners, p.w)
	}
	for _, p := range c.overrun[1:] {
		corners = append(corners, p.w-1, p.w)
	}
	slices.Sort(corners)
	var out []CurvePoint
	for _, w := range slices.Compact(corners) {
		if from <= w && w <= to {
			n := c.nanos(w)
			out = append(out, CurvePoint{w, n, nanosAmount(n)})
		}
	}
	return out
}
