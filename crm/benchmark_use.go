package crm

import (
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// YearUse is how a demand contract was used in the twelve months that end with
// the newest reading. It is derived, and what benchmarks compare.
type YearUse struct {
	Months     int    `json:"months"`               // that were measured under a contract
	Tenths     int64  `json:"u"`                    // mean utilisation, tenths of a percent, each month the higher posto
	OverTenths int64  `json:"over"`                 // share of months with an overrun, tenths of a percent
	LoadTenths *int64 `json:"loadFactor,omitempty"` // mean load factor, tenths of a percent; nil when no energy is known
}

const (
	// leastMonths must have been measured: of fewer months seasons would be
	// compared, not contracts.
	leastMonths = 6
	// oldestMonths is how old the newest reading may be. The regulator's files are
	// of the year before; what is older says nothing of today.
	oldestMonths = 24
)

// yearUse sums the last twelve of the months that a strip shows; nil where they
// say too little, or nothing is contracted any more.
func (i *Installation) yearUse(months []MonthHealth, readings []Reading, today string) *YearUse {
	if i.Status == "off" || i.ContractedW <= 0 || len(months) == 0 ||
		calendar.Month(months[len(months)-1].Month).Add(oldestMonths) < calendar.Month(today[:7]) {
		return nil
	}
	months = months[max(0, len(months)-verdictMonths):]
	var use, over, load mean
	for _, m := range months {
		if m.State == string(demand.StateNone) {
			continue
		}
		use.add(m.Tenths)
		if m.OverW > 0 {
			over.add(1000)
		} else {
			over.add(0)
		}
	}
	if use.n < leastMonths {
		return nil
	}
	for n := range readings {
		if r := i.atConnection(&readings[n]); r.Month >= months[0].Month {
			// All energy over the largest demand, whatever the postos are.
			if f := loadFactor(r, demand.Single); f != nil {
				load.add(*f)
			}
		}
	}
	y := &YearUse{Months: int(use.n), Tenths: use.value(), OverTenths: over.value()}
	if load.n >= leastMonths {
		f := load.value()
		y.LoadTenths = &f
	}
	return y
}

// mean is a mean of whole numbers, rounded half up.
type mean struct{ sum, n int64 }

func (m *mean) add(v int64)  { m.sum, m.n = m.sum+v, m.n+1 }
func (m *mean) value() int64 { return (2*m.sum + m.n) / (2 * m.n) }

// BandUse is how a client uses its contracts of the size band in which it has
// most contracted demand.
type BandUse struct {
	W int64 `json:"w"` // contracted by the largest of them, which says the band
	YearUse
}

// bandSums gathers a client's use by size band.
type bandSums struct {
	w, largest      int64
	use, over, load mean
	months          int
}

// add takes one installation.
func (b *bandSums) add(i *Installation) {
	b.w, b.largest, b.months = b.w+i.ContractedW, max(b.largest, i.ContractedW), max(b.months, i.Year.Months)
	b.use.add(i.Year.Tenths)
	b.over.add(i.Year.OverTenths)
	if i.Year.LoadTenths != nil {
		b.load.add(*i.Year.LoadTenths)
	}
}

// bandUse is the use in the band with most contracted demand; nil where nothing
// is known.
func (s *clientSums) bandUse() *BandUse {
	var best *bandSums
	for _, b := range s.bands {
		if b != nil && (best == nil || b.w >= best.w) { // of equals the larger band
			best = b
		}
	}
	if best == nil {
		return nil
	}
	out := &BandUse{W: best.largest, YearUse: YearUse{Months: best.months, Tenths: best.use.value(), OverTenths: best.over.value()}}
	if best.load.n > 0 {
		f := best.load.value()
		out.LoadTenths = &f
	}
	return out
}
