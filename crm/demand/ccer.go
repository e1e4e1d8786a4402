package demand

import "cemigmas/crm/calendar"

// WindowState is where a day stands in the time in which a renewal can be
// refused. The words are keys of the catalogue.
type WindowState string

// WindowOpen: one can still say no. WindowClosing: the last day is near.
// WindowMissed: the running term renews; only its renewal can be refused.
// WindowNone: nothing renews, or nothing is known.
const (
	WindowNone    WindowState = "none"
	WindowOpen    WindowState = "open"
	WindowClosing WindowState = "closing"
	WindowMissed  WindowState = "missed"
)

// Window is the notice window of the term that runs on a day.
type Window struct {
	State WindowState
	End   calendar.Date // of the running term
	Last  calendar.Date // last day to refuse its renewal
	Next  Notice        // what can still be refused: the same, or the renewal's when it is missed
}

// Window judges a day (REN 1.000 art. 133): closing begins soon days before the
// last one, which is the house's choice.
func (t Term) Window(r Rules, day calendar.Date, soon int) Window {
	next, ok := t.NextNotice(r, day)
	if !ok {
		return Window{State: WindowNone, End: t.NextEnd(r, day)}
	}
	end := t.NextEnd(r, day)
	w := Window{State: WindowOpen, End: end, Last: end.AddDays(-r.NoticeDays), Next: next}
	switch {
	case w.Last < day:
		w.State = WindowMissed
	case w.Last <= day.AddDays(soon):
		w.State = WindowClosing
	}
	return w
}

// CCER is the duration of a contract for regulated energy.
type CCER struct {
	Term
	// Agreed terms stay fixed, as the parties may decide (art. 133 §1).
	Agreed bool
}

// CCERExit is how a CCER can be left from a day on.
type CCERExit struct {
	Open bool          // of indefinite term on that day
	On   calendar.Date // first day without the contract, when notice is given on that day
	End  calendar.Date // of the fixed term that runs, "" of an indefinite one
	Last calendar.Date // last day to give notice for that end
}

// OpenSince returns the day from which a CCER is of indefinite term: its start,
// or the first renewal after REN 1.081/2023 (REN 1.000 art. 133 III). Empty
// where it stays fixed.
func (c CCER) OpenSince(r Rules) calendar.Date {
	from := r.CCEROpenFrom.First()
	switch {
	case from == "" || c.Agreed || c.Final:
		return ""
	case c.Start >= from:
		return c.Start
	}
	end := c.NextEnd(r, from.AddDays(-1))
	return end.AddDays(1)
}

// Exit returns the first day without a CCER if notice is given on a day (REN
// 1.000 art. 133 §4): 180 days later if it is of indefinite term; else the day
// after the end, of which notice must be given 180 days before. Where a fixed
// term turns into an indefinite one before notice could end it, 180 days after
// the notice are enough, but not before that term is over. The distributor may
// shorten all this (§5).
func (c CCER) Exit(r Rules, day calendar.Date) CCERExit {
	if !day.Valid() {
		return CCERExit{}
	}
	open := c.OpenSince(r)
	inTime := day.AddDays(r.NoticeDays)
	if open != "" {
		e := CCERExit{Open: open <= day, On: later(inTime, open)}
		if !e.Open {
			e.End = open.AddDays(-1)
			e.Last = e.End.AddDays(-r.NoticeDays)
		}
		return e
	}
	if c.Final {
		end := c.NextEnd(r, day)
		return CCERExit{On: end.AddDays(1), End: end}
	}
	n, ok := c.NextNotice(r, day)
	if !ok {
		return CCERExit{}
	}
	return CCERExit{On: n.End.AddDays(1), End: n.End, Last: n.Last}
}
