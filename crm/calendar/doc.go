// Package calendar has the units of time that the domain speaks of, civil dates
// and months, the zone that says where one day ends and the next begins, and
// the working days by which the regulation counts.
//
// Date and Month are strings in the form in which they are stored and sent
// ("2026-10-31", "2026-10"): they compare with <, work as map keys, and need no
// encoding. The empty value means "none".
//
// HolidayOn, HasPeak and PeakDays follow REN 1.000 art. 2 XXXVIII, WorkDays.Due
// follows art. 656. Periods in hours (art. 362) are not here.
package calendar
