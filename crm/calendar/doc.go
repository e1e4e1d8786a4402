// Package calendar has the two units of time that the domain speaks of, civil
// dates and months, and the zone that says where one day ends and the next
// begins.
//
// Date and Month are strings in the form in which they are stored and sent
// ("2026-10-31", "2026-10"): they compare with <, work as map keys, and need no
// encoding. The empty value means "none".
package calendar
