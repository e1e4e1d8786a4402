package page

import (
	"math"
	"strconv"
)

// DemandMonth is one month of one posto, in W. Measured below zero is a gap.
type DemandMonth struct {
	Month      string // "10/25", under the axis
	Contracted int64  // W; 0 when no contract holds
	Measured   int64  // W
	State      State
	Title      string // what the bar says under the pointer
}

// DemandPosto is the input of one small multiple.
type DemandPosto struct {
	Label  string // "Fora de ponta, kW"
	Posto  string
	Months []DemandMonth
	SimW   int64 // W; a simulated contract, 0 for none
}

// Chart is one small multiple a posto over a common axis of months. All
// numbers are in the drawing's units.
type Chart struct {
	Label  string
	Kind   ChartKind
	Width  int
	Height int
	Left   int // of the first month
	Right  int // of the last month
	Plots  []Plot
	Months []Mark2
}

// Plot is one posto: bars, the contract as a step and its 105 % line.
type Plot struct {
	Label    string
	LabelY   string
	Ticks    []Tick
	Bars     []Bar
	Contract string // path
	Limit    string // path
	Sim      string // height of the simulated contract
	Posto    string
	Base     string // where 0 lies
	Scale    string // units a kW
}

// Tick is a line of the grid and its figure.
type Tick struct {
	Y     string
	TextY string
	Label string
	Axis  bool
}

// Bar is one month; Over is its part above the contract.
type Bar struct {
	X, Y, W, H string
	State      State
	Title      string
	OverH      string // empty: nothing above the contract
}

// Mark2 is the name of a month under the axis.
type Mark2 struct{ X, Y, Label string }

// ChartKind says for which screen a chart is drawn: its letters keep their size.
type ChartKind string

// The screens, and the style class of their drawing.
const (
	ChartWide  ChartKind = "wide"
	ChartPhone ChartKind = "phone"
)

const (
	plotHead  = 30 // the label above the plot
	plotGap   = 30
	monthRoom = 44 // what the name of a month takes
	monthHalf = 17 // half of its letters
)

// TextX answers where the figures of the axis end.
func (c Chart) TextX() int { return c.Left - 8 }

// DrawDemand lays the chart out: the first posto tall, the second low. number
// formats a kW figure of the axis.
func DrawDemand(kind ChartKind, label string, postos []DemandPosto, number func(kw int64) string) *Chart {
	if len(postos) == 0 || len(postos[0].Months) == 0 {
		return nil
	}
	c := &Chart{Label: label, Kind: kind, Width: 824, Left: 44, Right: 808}
	if kind == ChartPhone {
		c.Width, c.Right = 358, 350
	}
	y := 0
	for i, p := range postos {
		height := 170
		if i > 0 {
			height = 96
		}
		c.Plots = append(c.Plots, c.drawPlot(p, y, height, number))
		y += plotHead + height + plotGap
	}
	c.Height = y - plotGap + 24
	step := c.step(len(postos[0].Months))
	x := func(i int) float64 { return float64(c.Left) + (float64(i)+0.5)*step }
	farthest := float64(c.Width - monthHalf) // the last name stays whole
	shift := max(0, x(len(postos[0].Months)-1)-farthest)
	every := int(math.Ceil((monthRoom + shift) / step)) // more would run into each other
	for i, m := range postos[0].Months {
		if (len(postos[0].Months)-1-i)%every == 0 {
			c.Months = append(c.Months, Mark2{X: num(min(x(i), farthest)), Y: strconv.Itoa(c.Height - 6), Label: m.Month})
		}
	}
	return c
}

// step answers the width of one of n months.
func (c *Chart) step(n int) float64 { return float64(c.Right-c.Left) / float64(n) }

func (c *Chart) drawPlot(p DemandPosto, top, height int, number func(int64) string) Plot {
	base := float64(top + plotHead + height)
	peak := int64(1000)
	for _, m := range p.Months {
		peak = max(peak, m.Measured, m.Contracted+m.Contracted/20)
	}
	peak = max(peak, p.SimW)
	tick := niceStep(peak / 1000)
	ceil := (peak/1000 + tick - 1) / tick * tick
	scale := float64(height) / float64(ceil*1000)
	at := func(w int64) float64 { return base - float64(w)*scale }

	plot := Plot{Label: p.Label, LabelY: strconv.Itoa(top + 16)}
	for kw := int64(0); kw <= ceil; kw += tick {
		y := at(kw * 1000)
		plot.Ticks = append(plot.Ticks, Tick{Y: num(y), TextY: num(y + 4), Label: number(kw), Axis: kw == 0})
	}
	step := c.step(len(p.Months))
	width := min(step*0.45, 26)
	var contract, limit pathStep
	for i, m := range p.Months {
		left, right := float64(c.Left)+float64(i)*step, float64(c.Left)+float64(i+1)*step
		if m.Contracted > 0 {
			contract.to(left, right, at(m.Contracted))
			limit.to(left, right, at(m.Contracted+m.Contracted/20))
		} else {
			contract.lift()
			limit.lift()
		}
		if m.Measured >= 0 {
			plot.Bars = append(plot.Bars, drawBar(m, left+(step-width)/2, width, at, base))
		}
	}
	plot.Contract, plot.Limit = contract.d, limit.d
	if p.SimW > 0 {
		plot.Sim, plot.Posto = num(at(p.SimW)), p.Posto
		plot.Base, plot.Scale = num(base), strconv.FormatFloat(scale*1000, 'f', 6, 64)
	}
	return plot
}

func drawBar(m DemandMonth, x, width float64, at func(int64) float64, base float64) Bar {
	y := at(m.Measured)
	b := Bar{X: num(x), Y: num(y), W: num(width), H: num(base - y), State: m.State, Title: m.Title}
	if m.Contracted > 0 && m.Measured > m.Contracted && (m.State == Bad || m.State == Warn) {
		b.OverH = num(at(m.Contracted) - y)
	}
	return b
}

// pathStep draws a line of steps that may be interrupted.
type pathStep struct {
	d  string
	on bool
}

func (p *pathStep) to(left, right, y float64) {
	move := "L"
	if !p.on {
		move, p.on = "M", true
	}
	p.d += move + num(left) + " " + num(y) + "L" + num(right) + " " + num(y)
}

func (p *pathStep) lift() { p.on = false }

// niceStep answers the distance of the grid's lines in kW: 1, 2, 2.5 or 5 times
// a power of ten, with three to five lines.
func niceStep(kw int64) int64 {
	for unit := int64(1); ; unit *= 10 {
		for _, n := range []int64{10, 20, 25, 50} {
			if n*unit%10 != 0 {
				continue
			}
			if step := n * unit / 10; (kw+step-1)/step <= 4 {
				return step
			}
		}
	}
}

func num(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
