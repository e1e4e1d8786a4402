package page

import (
	"math"
	"strconv"
	"strings"
)

// Simulator is the panel that asks what another contract would have cost. It is
// a form that the server answers; a script moves the figures along meanwhile.
type Simulator struct {
	Text
	URL        string
	Months     string // of the chart beside it
	Span       string
	Modality   string
	Modalities []Tab
	Spans      []Tab
	Slides     []Slide
	// What stands before the figures: with energy or without.
	PresentKey, SimulatedKey string
	Present                  string // R$ of the months compared
	Simulated                string
	Saving                   string // R$ a year
	Dearer                   bool   // it would cost more
	Compared                 string // "12 meses, 11/2025 a 10/2026"
	PresentC                 int64  // centavos, for the script; 0 where not known
	EnergyN                  int64  // the energy of the simulated modality in it, billionths of R$
	Count                    int64  // months compared
	Laws                     []Law
	BestURL                  string
	Gaps                     []string
}

// Slide is the demand of one posto.
type Slide struct {
	ID, Name, Label string
	Posto           string
	Min, Max, Value int64 // kW
	Present         string
	PresentKW       int64
	Best            string
	Diff            string
	Cost            *CostChart
}

// Law is the first lawful day of a part of the change.
type Law struct{ What, Sub, Day string }

// CostPoint is a corner of a cost curve: a demand in W and what it costs in
// billionths of R$, unrounded.
type CostPoint struct{ W, Nanos int64 }

func (p CostPoint) kw() float64    { return float64(p.W) / 1000 }
func (p CostPoint) cents() float64 { return float64(p.Nanos) / 1e7 }

// CostChart is a cost curve, drawn. Data repeats its corners for the script,
// which reckons with whole numbers too and so comes to the same centavo.
type CostChart struct {
	Label        string
	Path         string
	Data         string
	DotX, DotY   string
	BestX, BestY string
	TodayX       string
}

// The drawing of a cost curve, in its own units.
const (
	costLeft, costRight = 4.0, 310.0
	costTop, costBase   = 10.0, 74.0
)

// DrawCost lays a cost curve out from its corners, in order. present below zero
// lies outside.
func DrawCost(label string, points []CostPoint, value, best, present float64) *CostChart {
	if len(points) < 2 {
		return nil
	}
	from, to := points[0].kw(), points[len(points)-1].kw()
	low, high := points[0].cents(), points[0].cents()
	for _, p := range points {
		low, high = min(low, p.cents()), max(high, p.cents())
	}
	x := func(kw float64) float64 { return costLeft + (kw-from)/(to-from)*(costRight-costLeft) }
	y := func(cents float64) float64 {
		if high == low {
			return costBase
		}
		return costBase - (cents-low)/(high-low)*(costBase-costTop)
	}
	c := &CostChart{Label: label}
	var path, data strings.Builder
	for i, p := range points {
		op := byte('L')
		if i == 0 {
			op = 'M'
		}
		path.WriteByte(op)
		path.WriteString(num(x(p.kw())) + " " + num(y(p.cents())))
		if i > 0 {
			data.WriteByte(' ')
		}
		data.WriteString(strconv.FormatInt(p.W, 10) + "," + strconv.FormatInt(p.Nanos, 10))
	}
	c.Path, c.Data = path.String(), data.String()
	c.DotX, c.DotY = num(x(value)), num(y(CostAt(points, value)))
	c.BestX, c.BestY = num(x(best)), num(y(CostAt(points, best)))
	if present >= from && present <= to {
		c.TodayX = num(x(present))
	}
	return c
}

// CostAt is the cost in centavos, unrounded, of a demand between two corners: it
// lies on their line.
func CostAt(points []CostPoint, kw float64) float64 {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if kw > b.kw() {
			continue
		}
		if b.W == a.W || kw >= b.kw() {
			return b.cents()
		}
		return a.cents() + (b.cents()-a.cents())*math.Max(0, kw-a.kw())/(b.kw()-a.kw())
	}
	return points[len(points)-1].cents()
}
