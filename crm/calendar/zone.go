package calendar

import (
	"fmt"
	"time"
	_ "time/tzdata" // Windows and small containers have no zone database
)

// DefaultZone is the zone of the concession area, in which readings, contracts
// and reports have their borders.
const DefaultZone = "America/Sao_Paulo"

// Zone says which civil day an instant belongs to. The zero value is UTC.
type Zone struct{ loc *time.Location }

// LoadZone returns the zone of that IANA name, or an error that names it. The
// empty name is DefaultZone: the meaning of a setting that is not set.
func LoadZone(name string) (Zone, error) {
	if name == "" {
		name = DefaultZone
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return Zone{}, fmt.Errorf("unknown time zone %q", name)
	}
	return Zone{loc}, nil
}

// Default returns the zone DefaultZone.
func Default() Zone { return defaultZone }

var defaultZone = func() Zone {
	z, err := LoadZone(DefaultZone)
	if err != nil {
		panic(err) // the database is embedded: only a broken build comes here
	}
	return z
}()

// Location returns the zone for package time.
func (z Zone) Location() *time.Location {
	if z.loc == nil {
		return time.UTC
	}
	return z.loc
}

// Date returns the civil date of an instant.
func (z Zone) Date(t time.Time) Date { return dateOf(t.In(z.Location())) }

// Month returns the month of an instant.
func (z Zone) Month(t time.Time) Month { return z.Date(t).Month() }

// Start returns the first instant of d; the zero time if d is not valid. It is
// not always midnight: until 2019 summer time began at 0h, which then did not
// exist.
func (z Zone) Start(d Date) time.Time {
	y, m, day, ok := d.split()
	if !ok {
		return time.Time{}
	}
	t := time.Date(y, m, day, 0, 0, 0, 0, z.Location())
	if dateOf(t) < d { // fell into the hour before the gap
		_, t = t.ZoneBounds()
	}
	return t
}

// Day returns the first instant of d and that of the next day: the borders of a
// half-open interval.
func (z Zone) Day(d Date) (from, to time.Time) { return z.Start(d), z.Start(d.AddDays(1)) }

// MonthSpan returns the first instant of m and that of the next month: the
// borders of a half-open interval.
func (z Zone) MonthSpan(m Month) (from, to time.Time) {
	return z.Start(m.First()), z.Start(m.Add(1).First())
}
