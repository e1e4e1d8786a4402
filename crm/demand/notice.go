package demand

import "cemigmas/crm/calendar"

// Term is the duration of a contract. The end is the last day of the term; an
// empty End follows from Start and Months.
type Term struct {
	Start  calendar.Date `json:"start"`
	Months int           `json:"months,omitempty"` // 0: as the rules say
	End    calendar.Date `json:"end,omitempty"`
	Final  bool          `json:"final,omitempty"` // somebody said no: it ends and is not renewed
}

// Notice is the next moment at which a contract can be left.
type Notice struct {
	End  calendar.Date // last day of the running term, or of a renewal
	Last calendar.Date // last day on which one can say no to the next renewal
}

func (t Term) months(r Rules) int {
	if t.Months > 0 {
		return t.Months
	}
	return r.TermMonths
}

// renewal returns the first day after n renewals: counting from one day keeps
// the 28th of February from becoming the end of every later term.
func (t Term) renewal(r Rules, n int) calendar.Date {
	if t.End != "" {
		return t.End.AddDays(1).AddMonths(n * t.months(r))
	}
	return t.Start.AddMonths((n + 1) * t.months(r))
}

// NextEnd returns the end of the term that runs on a day, or of the first term
// if it has not begun. A CUSD renews itself for the same period (REN 1.000 art.
// 133). Empty if nothing is known, or if the contract was final and is over.
func (t Term) NextEnd(r Rules, day calendar.Date) calendar.Date {
	return t.first(r, day, func(end calendar.Date) calendar.Date { return end })
}

// NextNotice returns the first notice day that is not before day, with the end
// that it belongs to: 180 days before it (art. 133). ok is false where nothing
// renews or nothing is known.
func (t Term) NextNotice(r Rules, day calendar.Date) (n Notice, ok bool) {
	if t.Final {
		return Notice{}, false
	}
	last := func(end calendar.Date) calendar.Date { return end.AddDays(-r.NoticeDays) }
	end := t.first(r, day, last)
	if end == "" {
		return Notice{}, false
	}
	return Notice{End: end, Last: last(end)}, true
}

// first returns the first end for which of(end) is not before day.
func (t Term) first(r Rules, day calendar.Date, of func(calendar.Date) calendar.Date) calendar.Date {
	if !day.Valid() {
		return ""
	}
	n := t.skip(r, day)
	for {
		end := t.renewal(r, n).AddDays(-1)
		if end == "" || of(end) >= day {
			return end
		}
		if t.Final {
			return ""
		}
		n++
	}
}

// skip returns a number of renewals that is surely too small by a few, so that
// the search is short for contracts of the last century too.
func (t Term) skip(r Rules, day calendar.Date) int {
	if t.Final {
		return 0
	}
	months := calendar.MonthsBetween(t.renewal(r, 0).Month(), day.Month())
	return max(0, months/t.months(r)-1)
}

// WindowClosesWithin tells whether the last day to say no falls on day or on
// one of the next days: the contracts that a report lists.
func (t Term) WindowClosesWithin(r Rules, day calendar.Date, days int) bool {
	n, ok := t.NextNotice(r, day)
	return ok && n.Last <= day.AddDays(days)
}
