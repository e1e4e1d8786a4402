package calendar

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
)

// Holiday names a national holiday, or a day that is kept like one, by a code:
// its words are the catalogue's. The empty one is "no holiday".
type Holiday string

// The days without peak hours of REN 1.000 art. 2 XXXVIII. Carnival Tuesday,
// Good Friday and Corpus Christi move with Easter.
const (
	NewYear       Holiday = "new-year"
	Carnival      Holiday = "carnival"
	GoodFriday    Holiday = "good-friday"
	Tiradentes    Holiday = "tiradentes"
	Labour        Holiday = "labour"
	CorpusChristi Holiday = "corpus-christi"
	Independence  Holiday = "independence"
	Aparecida     Holiday = "aparecida"
	AllSouls      Holiday = "all-souls"
	Republic      Holiday = "republic"
	BlackAware    Holiday = "black-awareness"
	Christmas     Holiday = "christmas"
)

// fixed are the holidays of a month and day, from a year on: the 20th of
// November since Lei 14.759/2023, without peak hours since REN 1.101/2024.
var fixed = []struct {
	month   time.Month
	day     int
	from    int
	holiday Holiday
}{
	{time.January, 1, 0, NewYear},
	{time.April, 21, 0, Tiradentes},
	{time.May, 1, 0, Labour},
	{time.September, 7, 0, Independence},
	{time.October, 12, 1980, Aparecida},
	{time.November, 2, 0, AllSouls},
	{time.November, 15, 0, Republic},
	{time.November, 20, 2024, BlackAware},
	{time.December, 25, 0, Christmas},
}

// movable are the holidays at a distance in days from Easter Sunday.
var movable = []struct {
	offset  int
	holiday Holiday
}{{-47, Carnival}, {-2, GoodFriday}, {60, CorpusChristi}}

// HolidayOn returns the national holiday of a day, "" if it is none or not
// valid. Days that only a state or a town keeps are the business of WorkDays.
func HolidayOn(d Date) Holiday {
	year, month, day, ok := d.split()
	if !ok {
		return ""
	}
	for _, f := range fixed {
		if f.month == month && f.day == day && f.from <= year {
			return f.holiday
		}
	}
	if month > time.June || month < time.February {
		return "" // none of the movable ones comes so early or so late
	}
	for _, m := range movable {
		if easter(year).AddDays(m.offset) == d {
			return m.holiday
		}
	}
	return ""
}

// easter returns Easter Sunday. The library answers in the machine's zone, in
// which midnight may not exist: noon of that day always does.
func easter(year int) Date {
	return dateOf(cal.CalcEasterOffset(&cal.Holiday{}, year).Add(12 * time.Hour))
}

// HasPeak tells whether a day has peak hours (posto ponta): not Saturdays,
// Sundays and the days of HolidayOn (REN 1.000 art. 2 XXXVIII a). A local
// holiday has them.
func HasPeak(d Date) bool {
	return d.Valid() && !weekend(d) && HolidayOn(d) == ""
}

// peakDays remembers what PeakDays counted: the figures of a portfolio ask for
// the same few months a million times.
var peakDays sync.Map // Month to int

// PeakDays returns the number of days of m that have peak hours.
func PeakDays(m Month) int {
	if n, ok := peakDays.Load(m); ok {
		return n.(int)
	}
	n := 0
	for day := range m.Days() {
		if HasPeak(m.First().AddDays(day)) {
			n++
		}
	}
	if m.Valid() {
		peakDays.Store(m, n)
	}
	return n
}

func weekend(d Date) bool {
	day := d.Weekday()
	return day == time.Saturday || day == time.Sunday
}
