package calendar

import (
	"errors"
	"time"
)

// ErrDate and ErrMonth say that a text is not a date of the form 2026-10-31 or
// a month of the form 2026-10.
var (
	ErrDate  = errors.New("not a date of the form 2026-10-31")
	ErrMonth = errors.New("not a month of the form 2026-10")
)

// Date is a civil date, "2026-10-31". Methods of a date that is not Valid
// return the zero value of their result.
type Date string

// NewDate makes a date. A day or month beyond its range rolls over, as in
// time.Date: the 31st of November is the 1st of December. A year outside 1 to
// 9999 gives the empty date.
func NewDate(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the date that t shows in its own location. For the date of an
// instant use Zone.Date.
func DateOf(t time.Time) Date { return dateOf(t) }

func dateOf(t time.Time) Date {
	y, m, d := t.Date()
	if y < 1 || y > 9999 {
		return ""
	}
	return Date([]byte{
		digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-',
		digit(int(m) / 10), digit(int(m)), '-', digit(d / 10), digit(d),
	})
}

func digit(n int) byte { return byte('0' + n%10) }

// ParseDate reads 2026-10-31. Error: ErrDate.
func ParseDate(s string) (Date, error) {
	if d := Date(s); d.Valid() {
		return d, nil
	}
	return "", ErrDate
}

// Valid tells whether d is a day of the calendar, in the one accepted form.
func (d Date) Valid() bool {
	_, _, _, ok := d.split()
	return ok
}

func (d Date) split() (year int, month time.Month, day int, ok bool) {
	if len(d) != 10 || d[7] != '-' {
		return 0, 0, 0, false
	}
	year, month, ok = Month(d[:7]).split()
	day = number(string(d[8:]))
	if !ok || day < 1 || day > daysIn(year, month) {
		return 0, 0, 0, false
	}
	return year, month, day, true
}

// number reads digits only; anything else is -1.
func number(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Time returns midnight UTC of d, for arithmetic and formatting only: it is not
// the instant at which the day begins (Zone.Day is).
func (d Date) Time() time.Time {
	y, m, day, ok := d.split()
	if !ok {
		return time.Time{}
	}
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
}

// AddDays returns the date n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date {
	y, m, day, ok := d.split()
	if !ok {
		return ""
	}
	return NewDate(y, m, day+n)
}

// AddMonths returns the same day n months later, or the last day of that month
// if it is shorter: a term of one month from 31 January ends on 28 February.
func (d Date) AddMonths(n int) Date {
	_, _, day, ok := d.split()
	if !ok {
		return ""
	}
	to := d.Month().Add(n)
	y, m, ok := to.split()
	if !ok {
		return ""
	}
	return NewDate(y, m, min(day, daysIn(y, m)))
}

// DaysBetween returns the days from a to b: positive if b is later, 0 if either
// is not valid.
func DaysBetween(a, b Date) int {
	if !a.Valid() || !b.Valid() {
		return 0
	}
	return int(b.Time().Sub(a.Time()) / (24 * time.Hour))
}

// Month returns the month of d.
func (d Date) Month() Month {
	if !d.Valid() {
		return ""
	}
	return Month(d[:7])
}

// Day returns the day of the month, 1 to 31.
func (d Date) Day() int {
	_, _, day, _ := d.split()
	return day
}

// Weekday returns the day of the week; Sunday for a date that is not valid.
func (d Date) Weekday() time.Weekday {
	if !d.Valid() {
		return time.Sunday
	}
	return d.Time().Weekday()
}
