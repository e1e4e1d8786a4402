package demand

import (
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
)

// VerdictCode is a sentence about a contract; a key of the catalogue.
type VerdictCode string

// Sentences, in the order of their weight. VerdictOverrun: Months of Of months
// were charged an overrun, Tenths is the worst utilisation, in Month.
// VerdictIdle: in Months of Of months Tenths of the contract was idle.
// VerdictOver: Months of Of lay above the contract without a charge.
// VerdictFits: none of these in Of months, Tenths is the utilisation.
// VerdictReadings: nothing was measured in Of months. VerdictContract: no
// contract is known in Of months. VerdictGaps: Months of Of have no reading.
const (
	VerdictOverrun  VerdictCode = "overrun"
	VerdictIdle     VerdictCode = "idle"
	VerdictOver     VerdictCode = "over"
	VerdictFits     VerdictCode = "fits"
	VerdictReadings VerdictCode = "no-readings"
	VerdictContract VerdictCode = "no-contract"
	VerdictGaps     VerdictCode = "gaps"
)

// Verdict is a sentence with its figures: "idle 38 % in 9 of 12 months" is
// {VerdictIdle, 380, 9, 12, …}. Figures that a code does not name are 0.
type Verdict struct {
	Code   VerdictCode
	Tenths int64 // of a percent
	Months int
	Of     int
	Month  calendar.Month // the newest of the months spoken of; of an overrun the worst
	W      int64          // summed: kW above the contract, or idle kW
	Amount Amount         // summed R$; absent where a month cannot be priced
	Posto  Posto
}

// JudgedMonth is one month of a posto. Nil is "not measured".
type JudgedMonth struct {
	Month       calendar.Month
	MeasuredW   *int64
	ContractedW int64 // 0: none is known
	State       State // of the month: see Rules.State and TestPeriod
	Overrun     Amount
	Rate        Rate
}

// Verdicts says what there is to say of a posto over some months, weightiest
// first: the first is the headline. idle is said from the share of months on
// that the house chose.
func (i Idle) Verdicts(p Posto, months []JudgedMonth) []Verdict {
	var measured, contracted []JudgedMonth
	for _, m := range months {
		if m.ContractedW > 0 {
			contracted = append(contracted, m)
			if m.MeasuredW != nil {
				measured = append(measured, m)
			}
		}
	}
	all := Verdict{Of: len(months), Posto: p}
	switch {
	case len(contracted) == 0:
		all.Code = VerdictContract
		return []Verdict{all}
	case len(measured) == 0:
		all.Code = VerdictReadings
		return []Verdict{all}
	}
	var out []Verdict
	for _, v := range []Verdict{overrunVerdict(measured), i.idleVerdict(measured), overVerdict(measured)} {
		if v.Months > 0 {
			out = append(out, v)
		}
	}
	if len(out) == 0 {
		out = append(out, Verdict{Code: VerdictFits, Tenths: use(measured), Month: newest(measured)})
	}
	if gaps := len(contracted) - len(measured); gaps > 0 {
		out = append(out, Verdict{Code: VerdictGaps, Months: gaps})
	}
	for n := range out {
		out[n].Of, out[n].Posto = len(measured), p
		if out[n].Code == VerdictGaps {
			out[n].Of = len(contracted)
		}
	}
	return out
}

func overrunVerdict(months []JudgedMonth) Verdict {
	v := Verdict{Code: VerdictOverrun, Amount: Amount{0, true}}
	for _, m := range months {
		if m.State != StateBad {
			continue
		}
		v.Months++
		v.W += max(0, *m.MeasuredW-m.ContractedW)
		v.Amount = v.Amount.Plus(m.Overrun)
		if u, ok := Utilisation(*m.MeasuredW, m.ContractedW); ok && u > v.Tenths {
			v.Tenths, v.Month = u, m.Month
		}
	}
	return v
}

// idleVerdict sums the months whose use lies below the line of the house.
func (i Idle) idleVerdict(months []JudgedMonth) Verdict {
	v := Verdict{Code: VerdictIdle, Amount: Amount{0, true}}
	var idle []JudgedMonth
	for _, m := range months {
		if m.State == StateIdle {
			idle = append(idle, m)
			v.W += IdleW(*m.MeasuredW, m.ContractedW)
			v.Amount = v.Amount.Plus(IdleCharge(*m.MeasuredW, m.ContractedW, m.Rate))
		}
	}
	if int64(len(idle))*100 < int64(len(months))*i.MonthsPercent {
		return Verdict{}
	}
	v.Months, v.Month, v.Tenths = len(idle), newest(idle), 1000-use(idle)
	return v
}

func overVerdict(months []JudgedMonth) Verdict {
	v := Verdict{Code: VerdictOver}
	for _, m := range months {
		if m.State == StateWarn {
			v.Months++
			v.W += max(0, *m.MeasuredW-m.ContractedW)
			v.Month = max(v.Month, m.Month)
		}
	}
	return v
}

// use is the utilisation of months together, in tenths of a percent.
func use(months []JudgedMonth) int64 {
	var measured, contracted int64
	for _, m := range months {
		measured, contracted = measured+*m.MeasuredW, contracted+m.ContractedW
	}
	u, _ := Utilisation(measured, contracted)
	return u
}

func newest(months []JudgedMonth) calendar.Month {
	if len(months) == 0 {
		return ""
	}
	return slices.MaxFunc(months, func(a, b JudgedMonth) int { return cmp.Compare(a.Month, b.Month) }).Month
}
