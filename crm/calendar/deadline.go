package calendar

// Unit is what a period is counted in.
type Unit string

// Days are calendar days, which is the rule; Working are working days, where an
// article says so (REN 1.000 art. 656).
const (
	Days    Unit = "days"
	Working Unit = "working"
)

// Period is a length of time as a rule gives it: 90 days, 5 working days.
type Period struct {
	N    int  `json:"n"`
	Unit Unit `json:"unit"`
}

// Due returns the last day of a period that begins with a notice, such as the
// protocol of a request (REN 1.000 art. 656): days run through weekends and
// holidays, the day of the notice does not count, the last day does, and a
// first or last day that is no working day goes to the next one. Of a period of
// 0 the notice's own day is the last.
//
// First day is the day after the notice: what is asked on a Friday begins to
// count on Monday.
func (w WorkDays) Due(notice Date, p Period) Date {
	if p.Unit == Working {
		return w.Add(notice, p.N)
	}
	if p.N <= 0 {
		return w.From(notice)
	}
	first := w.From(notice.AddDays(1))
	return w.From(first.AddDays(p.N - 1))
}

// DaysLate returns the calendar days from the due day to the day on which
// something was done, 0 if it was in time. Work finished on the Saturday after
// a due Friday is one day late, also where the period was of working days.
func DaysLate(due, done Date) int { return max(0, DaysBetween(due, done)) }
