package demand

import (
	"slices"

	"cemigmas/crm/calendar"
)

// DoubtCode is why a reading may be wrong; a key of the catalogue.
type DoubtCode string

// DoubtNegative: below 0. DoubtLarge: about a thousand times too large, such as
// W read as kW; Instead is what it would be. DoubtSmall: about a thousand times
// too small, such as MW where kW belong. DoubtTransformer: above the
// transformer's rating, Limit. DoubtEnergy: more energy than the demand can
// make in the hours of the month, Limit. DoubtParts: the demand of the month is
// not the larger of its postos, Limit. DoubtGap: no reading of Month.
const (
	DoubtNegative    DoubtCode = "negative"
	DoubtLarge       DoubtCode = "thousand-large"
	DoubtSmall       DoubtCode = "thousand-small"
	DoubtTransformer DoubtCode = "transformer"
	DoubtEnergy      DoubtCode = "energy"
	DoubtParts       DoubtCode = "parts"
	DoubtGap         DoubtCode = "gap"
)

// Doubt is a figure that someone should look at. Figures are in W, energies in
// Wh.
type Doubt struct {
	Code    DoubtCode
	Month   calendar.Month
	Posto   Posto // Single for the month as a whole
	Energy  bool  // the figure is an energy
	Figure  int64
	Limit   int64 // what it was held against
	Instead int64 // what it probably is; 0 if nothing can be said
}

// Measured is a reading, as it came. Nil is "not measured".
type Measured struct {
	Month                       calendar.Month
	SingleW, PeakW, OffPeakW    *int64
	EnergyWh, PeakWh, OffPeakWh *int64
}

// Plausibility is what readings are held against. What is 0 is not known.
type Plausibility struct {
	ContractedW   int64 // largest contracted demand
	TypicalW      int64 // of the readings before, see TypicalW
	TransformerVA int64
}

// typicalMonths are needed to take the past for typical.
const typicalMonths = 3

// TypicalW returns the median of the demands before, 0 where there are fewer
// than three: then the contract is what a reading is held against.
func TypicalW(before []int64) int64 {
	sorted := slices.DeleteFunc(slices.Clone(before), func(w int64) bool { return w <= 0 })
	if len(sorted) < typicalMonths {
		return 0
	}
	slices.Sort(sorted)
	return median(sorted)
}

// Doubts returns what is implausible about a reading: nothing is refused, an
// agent may accept each with a reason.
func (x Plausibility) Doubts(m Measured) []Doubt {
	var out []Doubt
	for _, d := range []struct {
		p Posto
		w *int64
	}{{Single, m.SingleW}, {Peak, m.PeakW}, {OffPeak, m.OffPeakW}} {
		if d.w != nil {
			out = append(out, x.demand(m.Month, d.p, *d.w)...)
		}
	}
	for _, e := range []struct {
		p     Posto
		wh, w *int64
	}{{Single, m.EnergyWh, largest(m)}, {Peak, m.PeakWh, m.PeakW}, {OffPeak, m.OffPeakWh, m.OffPeakW}} {
		if e.wh != nil {
			out = append(out, x.energy(m.Month, e.p, *e.wh, e.w)...)
		}
	}
	if m.SingleW != nil && m.PeakW != nil && m.OffPeakW != nil {
		if parts := max(*m.PeakW, *m.OffPeakW); parts != *m.SingleW {
			out = append(out, Doubt{Code: DoubtParts, Month: m.Month, Posto: Single, Figure: *m.SingleW, Limit: parts})
		}
	}
	return out
}

// demand holds a demand against the past, else the contract, and the
// transformer. The peak of the day may well be a thousandth of the rest of it,
// so smallness is asked of the month's largest demands only.
func (x Plausibility) demand(m calendar.Month, p Posto, w int64) []Doubt {
	d := Doubt{Month: m, Posto: p, Figure: w}
	if w < 0 {
		d.Code = DoubtNegative
		return []Doubt{d}
	}
	d.Limit = x.TypicalW
	if d.Limit <= 0 {
		d.Limit = x.ContractedW
	}
	switch {
	case d.Limit > 0 && thousandTimes(w, d.Limit):
		d.Code, d.Instead = DoubtLarge, w/1000
		return []Doubt{d}
	case d.Limit > 0 && p != Peak && w > 0 && thousandTimes(d.Limit, w):
		d.Code, d.Instead = DoubtSmall, w*1000
		return []Doubt{d}
	case x.TransformerVA > 0 && w > x.TransformerVA: // W cannot exceed VA
		d.Code, d.Limit = DoubtTransformer, x.TransformerVA
		return []Doubt{d}
	}
	return nil
}

// thousandTimes tells whether a is b times a thousand, give or take a factor of
// three: real demands of one installation seldom differ by that much.
func thousandTimes(a, b int64) bool { return a/333 >= b && a/3000 <= b }

// energy holds an energy against what the demand makes if it never falls.
func (x Plausibility) energy(m calendar.Month, p Posto, wh int64, w *int64) []Doubt {
	d := Doubt{Month: m, Posto: p, Energy: true, Figure: wh}
	if wh < 0 {
		d.Code = DoubtNegative
		return []Doubt{d}
	}
	if w == nil || *w < 0 || *w > mostW || !m.Valid() {
		return nil
	}
	r := rulesAt(m)
	d.Limit = *w * r.Hours(m, p) // a cycle of grupo A is the civil month: art. 261
	if wh <= d.Limit {
		return nil
	}
	d.Code = DoubtEnergy
	return []Doubt{d}
}

func largest(m Measured) *int64 {
	if m.SingleW != nil || m.PeakW == nil || m.OffPeakW == nil {
		return m.SingleW
	}
	w := max(*m.PeakW, *m.OffPeakW)
	return &w
}

// Gaps returns a doubt for each month from first to last that has no reading.
func Gaps(months []calendar.Month, first, last calendar.Month) []Doubt {
	var out []Doubt
	for _, m := range calendar.Months(first, last) {
		if !slices.Contains(months, m) {
			out = append(out, Doubt{Code: DoubtGap, Month: m, Posto: Single})
		}
	}
	return out
}
