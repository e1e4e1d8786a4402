package calendar

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-10-31", "2024-02-29", "0001-01-01", "9999-12-31", "2000-02-29"} {
		if d, err := ParseDate(s); err != nil || string(d) != s {
			t.Errorf("ParseDate(%q) = %q, %v", s, d, err)
		}
	}
	for _, s := range []string{
		"", "2026-1-31", "2026-10-32", "2026-00-10", "2026-13-01", "2026-02-29", "1900-02-29", "2026-10-00",
		"0000-01-01", "2026/10/31", "2026-10-31 ", "2026-10-3a", "+026-10-31", "2026-10-31T00:00", "31/10/2026",
	} {
		if d, err := ParseDate(s); !errors.Is(err, ErrDate) || d != "" {
			t.Errorf("ParseDate(%q) = %q, %v", s, d, err)
		}
	}
}

func TestParseMonth(t *testing.T) {
	if m, err := ParseMonth("2026-10"); err != nil || m != "2026-10" {
		t.Errorf("%q, %v", m, err)
	}
	for _, s := range []string{"", "2026-13", "2026-00", "2026-1", "0000-01", "2026-10-01", "2026_10", "-026-10"} {
		if m, err := ParseMonth(s); !errors.Is(err, ErrMonth) || m != "" {
			t.Errorf("ParseMonth(%q) = %q, %v", s, m, err)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	days := []struct {
		from Date
		n    int
		want Date
	}{
		{"2026-10-31", 1, "2026-11-01"}, {"2024-02-28", 1, "2024-02-29"}, {"2026-01-01", -1, "2025-12-31"},
		{"2026-05-27", -180, "2025-11-28"}, {"9999-12-31", 1, ""}, {"", 5, ""},
	}
	for _, tt := range days {
		if got := tt.from.AddDays(tt.n); got != tt.want {
			t.Errorf("%s + %d d = %q, want %q", tt.from, tt.n, got, tt.want)
		}
	}
	months := []struct {
		from Date
		n    int
		want Date
	}{
		{"2026-01-31", 1, "2026-02-28"}, {"2024-01-31", 1, "2024-02-29"}, {"2026-10-31", 12, "2027-10-31"},
		{"2024-02-29", 12, "2025-02-28"}, {"2026-03-31", -1, "2026-02-28"}, {"2026-12-15", 1, "2027-01-15"}, {"x", 1, ""},
	}
	for _, tt := range months {
		if got := tt.from.AddMonths(tt.n); got != tt.want {
			t.Errorf("%s + %d months = %q, want %q", tt.from, tt.n, got, tt.want)
		}
	}
	if got := DaysBetween("2026-10-31", "2027-10-31"); got != 365 {
		t.Errorf("a year is %d days", got)
	}
	if got := DaysBetween("2018-11-05", "2018-11-03"); got != -2 { // over the start of summer time
		t.Errorf("DaysBetween = %d", got)
	}
	if DaysBetween("", "2026-01-01") != 0 {
		t.Error("days from nowhere")
	}
}

func TestDateParts(t *testing.T) {
	d := Date("2026-11-22")
	if d.Month() != "2026-11" || d.Day() != 22 || d.Weekday() != time.Sunday || Date("2026-11-23").Weekday() != time.Monday {
		t.Errorf("%s %d %s", d.Month(), d.Day(), d.Weekday())
	}
	none := Date("")
	if none.Month() != "" || none.Day() != 0 || none.Weekday() != time.Sunday || !none.Time().IsZero() {
		t.Error("no date has parts")
	}
	if got := DateOf(time.Date(2026, 3, 4, 23, 0, 0, 0, time.FixedZone("", 3600))); got != "2026-03-04" {
		t.Errorf("DateOf = %s", got)
	}
}

func TestMonth(t *testing.T) {
	m := Month("2026-11")
	if m.First() != "2026-11-01" || m.Last() != "2026-11-30" || m.Days() != 30 || m.Year() != 2026 || m.Number() != 11 {
		t.Errorf("%s %s %d", m.First(), m.Last(), m.Days())
	}
	if m.Add(2) != "2027-01" || m.Add(-11) != "2025-12" || m.Add(-24) != "2024-11" {
		t.Errorf("%s %s %s", m.Add(2), m.Add(-11), m.Add(-24))
	}
	if Month("2024-02").Last() != "2024-02-29" || Month("9999-12").Add(1) != "" {
		t.Error("borders of February or of time")
	}
	none := Month("2026-13")
	if none.First() != "" || none.Last() != "" || none.Add(1) != "" || none.Days() != 0 || none.Number() != 0 {
		t.Error("a 13th month has parts")
	}
	if MonthsBetween("2025-11", "2026-10") != 11 || MonthsBetween("2026-10", "2025-11") != -11 || MonthsBetween("", "2026-01") != 0 {
		t.Error("MonthsBetween")
	}
	if got := Months("2025-11", "2026-01"); !slices.Equal(got, []Month{"2025-11", "2025-12", "2026-01"}) {
		t.Errorf("Months = %v", got)
	}
	if Months("2026-02", "2026-01") != nil || Months("", "") != nil {
		t.Error("Months of nothing")
	}
}

func TestDatesTravelAsText(t *testing.T) {
	b, err := json.Marshal(map[Month]Date{"2026-10": "2026-10-31"})
	if err != nil || string(b) != `{"2026-10":"2026-10-31"}` {
		t.Errorf("%s, %v", b, err)
	}
}

func TestZoneBorders(t *testing.T) {
	z := Default()
	utc := func(s string) time.Time {
		t.Helper()
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	starts := map[Date]string{
		"2026-11-01": "2026-11-01T03:00:00Z",
		"2018-11-04": "2018-11-04T03:00:00Z", // 0h did not exist: the day began at 1h
		"2018-11-05": "2018-11-05T02:00:00Z",
		"2018-02-18": "2018-02-18T03:00:00Z", // the hour before midnight came twice
		"2018-02-17": "2018-02-17T02:00:00Z",
	}
	for d, want := range starts {
		if got := z.Start(d); !got.Equal(utc(want)) {
			t.Errorf("%s starts at %s, want %s", d, got.UTC(), want)
		}
		if z.Date(z.Start(d)) != d || z.Date(z.Start(d).Add(-1)) != d.AddDays(-1) {
			t.Errorf("%s: its first instant belongs to another day", d)
		}
	}
	if z.Date(utc("2026-11-01T02:59:59Z")) != "2026-10-31" || z.Month(utc("2026-11-01T02:59:59Z")) != "2026-10" {
		t.Error("an evening of October became November")
	}
	from, to := z.MonthSpan("2026-10")
	if !from.Equal(utc("2026-10-01T03:00:00Z")) || !to.Equal(utc("2026-11-01T03:00:00Z")) {
		t.Errorf("October is %s to %s", from, to)
	}
	from, to = z.Day("2018-11-04")
	if to.Sub(from) != 23*time.Hour {
		t.Errorf("the day that lost an hour has %s", to.Sub(from))
	}
	if !z.Start("").IsZero() {
		t.Error("no day starts")
	}
}

func TestLoadZone(t *testing.T) {
	z, err := LoadZone("")
	if err != nil || z.Location().String() != DefaultZone {
		t.Errorf("%v, %v", z.Location(), err)
	}
	if _, err := LoadZone("Brazil/Nowhere"); err == nil || err.Error() != `unknown time zone "Brazil/Nowhere"` {
		t.Errorf("%v", err)
	}
	if got := (Zone{}).Date(time.Date(2026, 11, 1, 2, 0, 0, 0, time.UTC)); got != "2026-11-01" {
		t.Errorf("zero zone: %s", got)
	}
}
