package demand

import (
	"cemigmas/crm/calendar"
)

// Reason is the rule that decides a date. The codes are keys of the catalogue.
type Reason string

// ReasonNotice: the notice of art. 155. ReasonYear: one reduction in 12 months
// (art. 155 §1). ReasonEfficiency: measures of efficiency or own generation,
// which need no notice (arts. 134 to 137, 155 §2). ReasonTest: the end of a
// test period (art. 314). ReasonFree: nothing stands in the way.
// ReasonCycles: 12 cycles without a change (art. 221 I a). ReasonRevision:
// three cycles after a tariff revision (art. 221 I b).
const (
	ReasonNotice     Reason = "notice"
	ReasonYear       Reason = "year"
	ReasonEfficiency Reason = "efficiency"
	ReasonTest       Reason = "test"
	ReasonFree       Reason = "free"
	ReasonCycles     Reason = "cycles"
	ReasonRevision   Reason = "revision"
)

// ReductionRequest is a wish to contract less.
type ReductionRequest struct {
	Requested  calendar.Date
	Subgroup   string
	Last       calendar.Date // effect of the last reduction; "" if none is known
	Efficiency bool          // efficiency measures or own generation: arts. 134 to 137
	TestEnd    calendar.Date // last day of a test period at whose end the client gives back; "" if none
	Invested   calendar.Date // the distributor's investment for this client, or the last change of the contract with one; "" if none
}

// Effect is the first day on which a change can hold.
type Effect struct {
	On     calendar.Date
	Month  calendar.Month // first whole month from that day: the cycle that is billed by it
	Reason Reason
	Refund bool // investments not yet paid back become due: art. 147 II
}

// EarliestReduction returns the first lawful day of a reduction (REN 1.000 art.
// 155): 90 days after the request for AS and A4, 180 for the others, and not
// before 12 months after the last one. The distributor may agree to an earlier
// one. The notice is a length of time before the change, not a deadline: it is
// counted in plain days, as that of art. 133 is.
func (r Rules) EarliestReduction(q ReductionRequest) Effect {
	switch {
	case q.TestEnd.Valid():
		// Art. 314 II: the right belongs to the end of the test and is used there.
		return r.effect(q, later(q.Requested, q.TestEnd.AddDays(1)), ReasonTest)
	case q.Efficiency:
		return r.effect(q, q.Requested.AddDays(r.Efficiency.N), ReasonEfficiency)
	}
	notice := r.ReductionHigh
	if shortNotice(q.Subgroup) {
		notice = r.Reduction
	}
	on, reason := q.Requested.AddDays(notice.N), ReasonNotice
	if year := q.Last.AddMonths(r.ReductionMonths); year > on {
		on, reason = year, ReasonYear
	}
	return r.effect(q, on, reason)
}

// LastReductionRequest returns the last day on which a reduction can be asked
// for so that it holds on a day.
func (r Rules) LastReductionRequest(on calendar.Date, subgroup string) calendar.Date {
	if shortNotice(subgroup) {
		return on.AddDays(-r.Reduction.N)
	}
	return on.AddDays(-r.ReductionHigh.N)
}

func (r Rules) effect(q ReductionRequest, on calendar.Date, reason Reason) Effect {
	if !q.Requested.Valid() {
		return Effect{}
	}
	until := q.Invested.AddMonths(r.RefundMonths)
	return Effect{On: on, Month: wholeMonth(on), Reason: reason, Refund: on < until}
}

// wholeMonth is the first month that begins on a day or after it.
func wholeMonth(d calendar.Date) calendar.Month {
	if m := d.Month(); m.First() == d {
		return m
	}
	return d.Month().Add(1)
}

func later(a, b calendar.Date) calendar.Date { return max(a, b) }

// ModalityRequest is a wish to change between verde and azul.
type ModalityRequest struct {
	Requested calendar.Date
	Since     calendar.Month  // first cycle of the present modality; "" if it is not known to have changed
	Revisions []calendar.Date // tariff revisions of the distributor, known ones and announced ones
	Volts     int64           // from 69 kV on nothing can be chosen: art. 220
}

// ModalityChange is when a change of modality can be asked for.
type ModalityChange struct {
	Request  calendar.Date // first day, not before the one asked about; "" where azul is compulsory
	AnswerBy calendar.Date // the distributor's deadline: art. 409, there is none of its own
	Reason   Reason
}

// EarliestModalityChange returns the first lawful day of a request to change
// the modality (REN 1.000 art. 221 I): after 12 cycles without a change, or in
// the three complete cycles after a tariff revision, whichever comes first. A
// cycle is the civil month (art. 261).
func (r Rules) EarliestModalityChange(q ModalityRequest, w calendar.WorkDays) ModalityChange {
	if !q.Requested.Valid() || len(Modalities(q.Volts)) < 2 {
		return ModalityChange{}
	}
	first, reason := q.Requested, ReasonFree
	if free := q.Since.Add(r.ModalityCycles).First(); free > first {
		first, reason = free, ReasonCycles
		for _, revision := range q.Revisions {
			from := later(q.Requested, revision)
			if revision.Valid() && from <= r.revisionEnd(revision) && from < first {
				first, reason = from, ReasonRevision
			}
		}
	}
	return ModalityChange{Request: first, AnswerBy: w.Due(first, r.Answer), Reason: reason}
}

// revisionEnd is the last day of the third complete cycle after a revision.
func (r Rules) revisionEnd(revision calendar.Date) calendar.Date {
	return wholeMonth(revision).Add(r.RevisionCycles - 1).Last()
}
