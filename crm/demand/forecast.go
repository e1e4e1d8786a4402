package demand

import (
	"slices"

	"cemigmas/crm/calendar"
)

// MonthW is a demand measured in a posto, in W.
type MonthW struct {
	Month calendar.Month
	W     int64
}

// Method says how a month was forecast; a key of the catalogue.
type Method string

// MethodSeason multiplies the same month of the year before by the median of
// what recent months did against theirs. MethodTrend draws the line of median
// slope (Theil and Sen) through the recent months. MethodNone: not enough data.
const (
	MethodNone   Method = ""
	MethodSeason Method = "season"
	MethodTrend  Method = "trend"
)

// Forecasting says how much a forecast needs. These are choices of this
// product, not of a norm.
type Forecasting struct {
	Pairs  int // months with the same month a year before, for MethodSeason
	Months int // measured months, for MethodTrend
	Window int // newest months that are looked at
}

// DefaultForecasting asks for six pairs or six months, within two years.
var DefaultForecasting = Forecasting{Pairs: 6, Months: 6, Window: 24}

// Forecast is what a posto may measure in a month that has not been, in W. The
// band is not a probability: it spans what the last months did around their
// median, without the most extreme tenth on either side.
type Forecast struct {
	Month             calendar.Month
	Method            Method
	Low, Likely, High int64
	From              int // how many months or pairs stand behind it
}

// ForecastMonths forecasts the n months after last. The history may have holes
// and any order; months after last are not looked at. A month that nothing can
// be said of has MethodNone.
func (f Forecasting) ForecastMonths(history []MonthW, last calendar.Month, n int) []Forecast {
	known := f.recent(history, last)
	ratios := yearRatios(known)
	line, fits := f.trend(known, last)
	out := make([]Forecast, 0, n)
	for i := range n {
		m := last.Add(i + 1)
		x := Forecast{Month: m}
		before, ok := known[m.Add(-12)]
		switch {
		case ok && before > 0 && len(ratios) >= f.Pairs:
			x = Forecast{m, MethodSeason, scale(before, low(ratios)), scale(before, median(ratios)), scale(before, high(ratios)), len(ratios)}
		case fits:
			x = line.at(m, i+1)
		}
		out = append(out, x)
	}
	return out
}

// recent keeps the months that are looked at; of the year before them those
// that are needed to compare.
func (f Forecasting) recent(history []MonthW, last calendar.Month) map[calendar.Month]int64 {
	known := make(map[calendar.Month]int64, len(history))
	oldest := last.Add(1 - f.Window)
	for _, h := range history {
		if h.Month.Valid() && oldest <= h.Month && h.Month <= last && 0 <= h.W && h.W <= mostW {
			known[h.Month] = h.W
		}
	}
	return known
}

// million is the unit of ratios: integers make the same forecast everywhere.
const million = 1_000_000

// yearRatios are the months against those a year before, in millionths, sorted.
func yearRatios(known map[calendar.Month]int64) []int64 {
	var out []int64
	for m, w := range known {
		if before := known[m.Add(-12)]; before > 0 {
			if ratio, ok := mulDiv(w, million, before); ok {
				out = append(out, ratio)
			}
		}
	}
	slices.Sort(out)
	return out
}

func scale(w, ratio int64) int64 {
	x, ok := mulDiv(w, ratio, million)
	if !ok {
		return mostW
	}
	return x
}

// trendLine is w = level + slope × months after last, in W and millionths of W
// a month, with the sorted distances of the months from it.
type trendLine struct {
	level, slope int64
	off          []int64
}

// trend finds the line of median slope through the newest 12 months: with fewer
// than a year's pairs there is no season to tell from it.
func (f Forecasting) trend(known map[calendar.Month]int64, last calendar.Month) (trendLine, bool) {
	var xs, ws []int64
	for back := int64(11); back >= 0; back-- {
		if w, ok := known[last.Add(-int(back))]; ok {
			xs, ws = append(xs, -back), append(ws, w)
		}
	}
	if len(ws) < f.Months {
		return trendLine{}, false
	}
	var slopes, levels []int64
	for i := range ws {
		for j := range i {
			slopes = append(slopes, (ws[i]-ws[j])*1000/(xs[i]-xs[j]))
		}
	}
	slices.Sort(slopes)
	t := trendLine{slope: median(slopes)}
	for i := range ws {
		levels = append(levels, ws[i]-t.slope*xs[i]/1000)
	}
	slices.Sort(levels)
	t.level = median(levels)
	for _, l := range levels {
		t.off = append(t.off, l-t.level)
	}
	return t, true
}

func (t trendLine) at(m calendar.Month, ahead int) Forecast {
	w := t.level + t.slope*int64(ahead)/1000
	return Forecast{m, MethodTrend, max(0, w+low(t.off)), max(0, w), max(0, w+high(t.off)), len(t.off)}
}

func median(sorted []int64) int64 { return nearestRank(sorted, 50) }
func low(sorted []int64) int64    { return nearestRank(sorted, 10) }
func high(sorted []int64) int64   { return nearestRank(sorted, 90) }

// RiskState says what a forecast means for a contracted demand. The words are
// keys of the catalogue.
type RiskState string

// RiskUnknown: not enough data, or no contract. RiskNone: even the high end
// stays within 105 %. RiskPossible: the high end does not. RiskLikely: what is
// likely does not.
const (
	RiskUnknown  RiskState = "unknown"
	RiskNone     RiskState = "none"
	RiskPossible RiskState = "possible"
	RiskLikely   RiskState = "likely"
)

// Risk is an overrun foreseen in a posto.
type Risk struct {
	Forecast
	State  RiskState
	Likely Overrun // at the likely demand
	High   Overrun // at the high end
}

// RiskOf holds a forecast against a contracted demand in W and a tariff (REN
// 1.000 art. 301). Within a test period the trigger is wider: see TestPeriod.
func (r Rules) RiskOf(f Forecast, contracted int64, rate Rate) Risk {
	x := Risk{Forecast: f, State: RiskUnknown}
	if f.Method == MethodNone || contracted <= 0 {
		return x
	}
	x.Likely, x.High = r.Overrun(f.Likely, contracted, rate), r.Overrun(f.High, contracted, rate)
	switch {
	case x.Likely.Trigger:
		x.State = RiskLikely
	case x.High.Trigger:
		x.State = RiskPossible
	default:
		x.State = RiskNone
	}
	return x
}

// nearestRank returns the smallest value that at least percent % of the sorted
// values do not exceed.
func nearestRank(sorted []int64, percent int) int64 {
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(0, rank-1)]
}
