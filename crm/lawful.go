package crm

import (
	"cmp"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Kinds of a change of a demand contract.
const (
	ChangeReduction = "reduction"
	ChangeIncrease  = "increase"
	ChangeModality  = "modality"
)

// LawfulChange is a part of the way from one contract to another, with its
// first lawful day.
type LawfulChange struct {
	Kind    string `json:"kind"`
	Posto   string `json:"posto,omitempty"`
	From    int64  `json:"fromW,omitempty"`
	To      int64  `json:"toW,omitempty"`
	On      string `json:"on"`      // civil date
	Article string `json:"article"` // of REN 1.000
	Reason  string `json:"reason"`  // the rule that decides; a key of the catalogue
}

// ContractHistory is what the dates of changes depend on.
type ContractHistory struct {
	LastCut string `json:"lastCut,omitempty"` // first month of the last reduction
	Since   string `json:"since,omitempty"`   // first month of the present modality, where there was another
}

// historyOf reads the history of demand contracts up to a month.
func historyOf(contracts []Contract, newest calendar.Month) ContractHistory {
	var steps []Terms
	for n := range contracts {
		c := &contracts[n]
		if c.Kind != ContractCUSD || c.Former && c.End == "" {
			continue
		}
		for k := range c.Schedule {
			s := &c.Schedule[k]
			from := max(s.From, string(calendar.Date(c.Start).Month()))
			if from > string(newest) || c.End != "" && from > c.End[:7] {
				continue
			}
			t := Terms{modalityOf(c), stepOf(s)}
			t.From = calendar.Date(from)
			steps = append(steps, t)
		}
	}
	slices.SortStableFunc(steps, func(a, b Terms) int { return cmp.Compare(a.From, b.From) })
	var h ContractHistory
	for n := 1; n < len(steps); n++ {
		was, is := steps[n-1], steps[n]
		if is.Modality != was.Modality && was.Modality != demand.Unknown && is.Modality != demand.Unknown {
			h.Since = string(is.From)
		}
		if is.mainW() < was.mainW() || is.Modality == was.Modality && is.PeakW < was.PeakW {
			h.LastCut = string(is.From)
		}
	}
	return h
}

// mainW is the demand that both modalities have: the one of verde, the off-peak
// one of azul.
func (t Terms) mainW() int64 {
	if t.Modality == demand.Azul {
		return t.OffPeakW
	}
	return t.SingleW
}

// changes are the parts of the way between two contracts, if asked for today.
// A reduction follows art. 155, an increase without works arts. 154 and 64, a
// change of modality art. 221.
func (h ContractHistory) changes(i *Installation, was, is Terms, today calendar.Date) []LawfulChange {
	if was.Modality == "" || was.Modality == demand.Unknown {
		return nil
	}
	rules, volts := demand.RulesAt(today.Month()), voltsOf(i)
	var out []LawfulChange
	add := func(posto demand.Posto, from, to int64) {
		switch {
		case from <= 0 || to == from:
		case to < from:
			e := rules.EarliestReduction(demand.ReductionRequest{Requested: today, Subgroup: i.Subgroup, Last: calendar.Month(h.LastCut).First()})
			out = append(out, LawfulChange{ChangeReduction, string(posto), from, to, string(e.On), "155", string(e.Reason)})
		default:
			e := rules.LatestIncrease(demand.IncreaseRequest{Requested: today, Volts: volts, Works: demand.WorksNone}, calendar.WorkDays{})
			if len(e.Stages) > 0 {
				out = append(out, LawfulChange{ChangeIncrease, string(posto), from, to, string(e.Stages[0].By), "64", e.Stages[0].Code})
			}
		}
	}
	if is.Modality != was.Modality {
		e := rules.EarliestModalityChange(demand.ModalityRequest{Requested: today, Since: calendar.Month(h.Since), Volts: volts}, calendar.WorkDays{})
		out = append(out, LawfulChange{Kind: ChangeModality, On: string(e.Request), Article: "221", Reason: string(e.Reason)})
		add(is.Modality.Postos()[len(is.Modality.Postos())-1], was.mainW(), is.mainW())
		return slices.DeleteFunc(out, func(c LawfulChange) bool { return c.On == "" })
	}
	for _, p := range is.Modality.Postos() {
		add(p, was.W(p), is.W(p))
	}
	return slices.DeleteFunc(out, func(c LawfulChange) bool { return c.On == "" })
}
