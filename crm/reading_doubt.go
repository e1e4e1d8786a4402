package crm

import (
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// DoubtImported is a doubt that the import of a reading had, in words of its own.
const DoubtImported demand.DoubtCode = "imported"

// ReadingDoubt is a doubt about a month of an installation, with who accepted it.
type ReadingDoubt struct {
	demand.Doubt
	Note     Text           // of DoubtImported
	Accepted *AcceptedDoubt // nil: open
}

// typicalSpan is how many readings before one are taken for the past.
const typicalSpan = 12

// DoubtsOf finds what is implausible about readings (newest first) and which
// months between them lack one, by month; accepted ones are marked. Figures are
// those of the meter, without losses.
func DoubtsOf(i *Installation, contracts []Contract, readings []Reading) map[string][]ReadingDoubt {
	out := map[string][]ReadingDoubt{}
	var months []calendar.Month
	for n := range readings {
		r := &readings[n]
		if r.measured() {
			months = append(months, calendar.Month(r.Month))
			out[r.Month] = r.doubts(i, contracts, readings[n+1:])
		}
	}
	if len(months) > 0 {
		for _, d := range demand.Gaps(months, months[len(months)-1], months[0]) {
			out[string(d.Month)] = []ReadingDoubt{{Doubt: d, Accepted: acceptedIn(readings, d)}}
		}
	}
	for m, list := range out {
		if len(list) == 0 {
			delete(out, m)
		}
	}
	return out
}

func acceptedIn(readings []Reading, d demand.Doubt) *AcceptedDoubt {
	for n := range readings {
		if readings[n].Month == string(d.Month) {
			return readings[n].accepted(d)
		}
	}
	return nil
}

// doubts holds one reading against those before it.
func (r *Reading) doubts(i *Installation, contracts []Contract, before []Reading) (out []ReadingDoubt) {
	m := calendar.Month(r.Month)
	x := demand.Plausibility{TransformerVA: i.TransformerVA}
	if c, step := contractAt(contracts, m); c != nil {
		for _, p := range modalityOf(c).Postos() {
			x.ContractedW = max(x.ContractedW, stepW(step, p))
		}
	}
	var past []int64
	for n := range before[:min(len(before), typicalSpan)] {
		if w := measuredW(&before[n], demand.Single); w != nil {
			past = append(past, *w)
		}
	}
	x.TypicalW = demand.TypicalW(past)
	for _, d := range x.Doubts(demand.Measured{Month: m, SingleW: r.SingleW, PeakW: r.PeakW, OffPeakW: r.OffPeakW,
		EnergyWh: r.EnergyWh, PeakWh: r.PeakWh, OffPeakWh: r.OffPeakWh}) {
		out = append(out, ReadingDoubt{Doubt: d, Accepted: r.accepted(d)})
	}
	for _, f := range r.Flags {
		d := demand.Doubt{Code: DoubtImported, Month: m, Posto: demand.Single}
		out = append(out, ReadingDoubt{Doubt: d, Note: f, Accepted: r.accepted(d)})
	}
	return out
}

// accepted finds the acceptance of a doubt about the same figure.
func (r *Reading) accepted(d demand.Doubt) *AcceptedDoubt {
	n := slices.IndexFunc(r.Accepted, func(a AcceptedDoubt) bool { return a.of(d) })
	if n < 0 {
		return nil
	}
	return &r.Accepted[n]
}

func (a AcceptedDoubt) of(d demand.Doubt) bool {
	return a.Code == string(d.Code) && a.Posto == string(d.Posto) && a.Energy == d.Energy && a.Figure == d.Figure
}

// openDoubts are those that nobody accepted.
func openDoubts(list []ReadingDoubt) []ReadingDoubt {
	return slices.DeleteFunc(slices.Clone(list), func(d ReadingDoubt) bool { return d.Accepted != nil })
}
