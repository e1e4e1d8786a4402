package calendar

import (
	"errors"
	"fmt"
)

// ErrLocalHoliday says that a local holiday is neither a date nor a day of each
// year.
var ErrLocalHoliday = errors.New("not a local holiday of the form 2026-12-08 or 12-08")

// WorkDays knows the working days (dias úteis) of a place: Monday to Friday
// without the national holidays and without those that the place keeps. The
// zero value has no local ones.
type WorkDays struct{ local map[string]bool }

// NewWorkDays adds local holidays: "2026-12-08" is that day, "12-08" is the day
// of every year. Error: ErrLocalHoliday, which names the first bad one.
func NewWorkDays(local ...string) (WorkDays, error) {
	w := WorkDays{make(map[string]bool, len(local))}
	for _, day := range local {
		// A leap year makes the 29th of February a day.
		if !Date(day).Valid() && !Date("2024-"+day).Valid() {
			return WorkDays{}, fmt.Errorf("%w: %q", ErrLocalHoliday, day)
		}
		w.local[day] = true
	}
	return w, nil
}

// Is tells whether d is a working day.
func (w WorkDays) Is(d Date) bool {
	return HasPeak(d) && !w.local[string(d)] && !w.local[string(d[len("2026-"):])]
}

// From returns d, or the first working day after it.
func (w WorkDays) From(d Date) Date {
	for d.Valid() && !w.Is(d) {
		d = d.AddDays(1)
	}
	return d
}

// Add returns the n-th working day after d, n ≥ 1; From(d) for n = 0.
func (w WorkDays) Add(d Date, n int) Date {
	if n <= 0 {
		return w.From(d)
	}
	for ; n > 0; n-- {
		d = w.From(d.AddDays(1))
	}
	return d
}

// Between returns the number of working days after a up to b, b included; 0 if
// b is not later or either is not valid.
func (w WorkDays) Between(a, b Date) int {
	n := 0
	for d := a.AddDays(1); d.Valid() && d <= b; d = d.AddDays(1) {
		if w.Is(d) {
			n++
		}
	}
	return n
}
