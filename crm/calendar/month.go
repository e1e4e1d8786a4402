package calendar

import "time"

// Month is a month of a year, "2026-10". Methods of a month that is not Valid
// return the zero value of their result.
type Month string

// NewMonth makes a month. A month beyond 1 to 12 rolls over; a year outside 1
// to 9999 gives the empty month.
func NewMonth(year int, month time.Month) Month {
	d := NewDate(year, month, 1)
	if d == "" {
		return ""
	}
	return Month(d[:7])
}

// ParseMonth reads 2026-10. Error: ErrMonth.
func ParseMonth(s string) (Month, error) {
	if m := Month(s); m.Valid() {
		return m, nil
	}
	return "", ErrMonth
}

// Valid tells whether m is a month in the one accepted form.
func (m Month) Valid() bool {
	_, _, ok := m.split()
	return ok
}

func (m Month) split() (int, time.Month, bool) {
	if len(m) != 7 || m[4] != '-' {
		return 0, 0, false
	}
	year, month := number(string(m[:4])), number(string(m[5:]))
	return year, time.Month(month), year >= 1 && month >= 1 && month <= 12
}

// Add returns the month n months later, or earlier if n is negative.
func (m Month) Add(n int) Month {
	y, month, ok := m.split()
	if !ok {
		return ""
	}
	return NewMonth(y, month+time.Month(n))
}

// First returns the first day.
func (m Month) First() Date {
	if !m.Valid() {
		return ""
	}
	return Date(m + "-01")
}

// Last returns the last day.
func (m Month) Last() Date {
	y, month, ok := m.split()
	if !ok {
		return ""
	}
	return NewDate(y, month, daysIn(y, month))
}

// Days returns the number of days, 28 to 31.
func (m Month) Days() int {
	y, month, ok := m.split()
	if !ok {
		return 0
	}
	return daysIn(y, month)
}

// Year returns the year.
func (m Month) Year() int { y, _, _ := m.split(); return y }

// Number returns the month of the year, 1 to 12.
func (m Month) Number() int {
	_, n, ok := m.split()
	if !ok {
		return 0
	}
	return int(n)
}

// MonthsBetween returns the months from a to b: positive if b is later, 0 if
// either is not valid.
func MonthsBetween(a, b Month) int {
	if !a.Valid() || !b.Valid() {
		return 0
	}
	return (b.Year()-a.Year())*12 + b.Number() - a.Number()
}

// Months returns the months from first to last, both included, oldest first.
// It is empty if last is before first or either is not valid.
func Months(first, last Month) []Month {
	n := MonthsBetween(first, last) + 1
	if n < 1 || !first.Valid() || !last.Valid() {
		return nil
	}
	months := make([]Month, n)
	for i := range months {
		months[i] = first.Add(i)
	}
	return months
}
