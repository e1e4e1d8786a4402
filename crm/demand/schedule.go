package demand

import (
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
)

// Step is the contracted demand from a day on, in W. Verde and unknown have
// SingleW, azul PeakW and OffPeakW (REN 1.000 arts. 152 and 153 allow monthly
// and rising schedules).
type Step struct {
	From     calendar.Date `json:"from"`
	SingleW  int64         `json:"singleW,omitempty"`
	PeakW    int64         `json:"peakW,omitempty"`
	OffPeakW int64         `json:"offPeakW,omitempty"`
}

// W returns the contracted demand of a posto in W; 0 for one that it lacks.
func (s Step) W(p Posto) int64 {
	switch p {
	case Single:
		return s.SingleW
	case Peak:
		return s.PeakW
	case OffPeak:
		return s.OffPeakW
	}
	return 0
}

// LargestW returns the largest of the demands, the one that ranks a contract
// and that thresholds in kW refer to.
func (s Step) LargestW() int64 { return max(s.SingleW, s.PeakW, s.OffPeakW) }

// Schedule is the contracted demand over time.
type Schedule []Step

// Sorted returns the steps in order of their days; of two with the same day the
// later in the list holds.
func (s Schedule) Sorted() Schedule {
	out := slices.Clone(s)
	slices.SortStableFunc(out, func(a, b Step) int { return cmp.Compare(a.From, b.From) })
	n := 0
	for i, step := range out {
		if i+1 < len(out) && out[i+1].From == step.From {
			continue
		}
		out[n] = step
		n++
	}
	return out[:n]
}

// At returns the step for a month: the one in force on its first day, or, in
// the month in which a contract begins, the first step. A step that begins
// later in a month counts from the next month: readings are monthly, and a
// cycle is billed by the demand it began with. The steps need not be sorted.
func (s Schedule) At(m calendar.Month) (Step, bool) {
	var held, first Step
	for _, step := range s {
		if step.From <= m.First() && step.From >= held.From {
			held = step
		}
		if first.From == "" || step.From < first.From {
			first = step
		}
	}
	switch {
	case !m.Valid():
		return Step{}, false
	case held.From != "":
		return held, true
	case first.From != "" && first.From.Month() == m:
		return first, true
	}
	return Step{}, false
}
