package calendar

import (
	"errors"
	"testing"
)

func belo(t *testing.T) WorkDays {
	t.Helper()
	w, err := NewWorkDays("08-15", "12-08", "2026-06-05")
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorkDays(t *testing.T) {
	var national WorkDays
	local := belo(t)
	tests := []struct {
		day             Date
		national, local bool
	}{
		{"2026-11-23", true, true},   // Monday
		{"2026-11-20", false, false}, // Friday, a holiday since 2024
		{"2026-11-21", false, false}, // Saturday
		{"2026-12-08", true, false},  // Belo Horizonte, every year
		{"2025-12-08", true, false},
		{"2026-06-05", true, false}, // once
		{"2025-06-05", true, true},
		{"2026-02-17", false, false}, // Carnival Tuesday
		{"", false, false},
	}
	for _, tt := range tests {
		if national.Is(tt.day) != tt.national || local.Is(tt.day) != tt.local {
			t.Errorf("%s: %v, %v", tt.day, national.Is(tt.day), local.Is(tt.day))
		}
	}
	if got := local.From("2026-12-08"); got != "2026-12-09" {
		t.Errorf("From = %s", got)
	}
	if got := national.Between("2026-11-19", "2026-11-27"); got != 5 {
		t.Errorf("Between = %d", got)
	}
	if national.Between("2026-11-27", "2026-11-19") != 0 || national.Between("", "2026-11-19") != 0 {
		t.Error("Between counts backwards")
	}
	if national.From("") != "" || national.Add("", 3) != "" {
		t.Error("a day that does not exist")
	}
}

func TestNewWorkDaysRefuses(t *testing.T) {
	for _, bad := range []string{"", "13-01", "8-15", "2026-02-30", "02-30", "Natal"} {
		if _, err := NewWorkDays("12-08", bad); !errors.Is(err, ErrLocalHoliday) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := NewWorkDays("02-29"); err != nil {
		t.Error("the 29th of February exists in leap years")
	}
}

// REN 1.000 art. 656, counted by hand on the calendar of November 2026: the
// 20th is a holiday on a Friday, the 2nd one on a Monday.
func TestDue(t *testing.T) {
	var w WorkDays
	tests := []struct {
		name   string
		notice Date
		period Period
		want   Date
	}{
		{"days, nothing in the way", "2026-11-09", Period{3, Days}, "2026-11-12"},
		{"the last day is a Saturday", "2026-11-09", Period{5, Days}, "2026-11-16"},
		{"it runs through the weekend", "2026-11-10", Period{7, Days}, "2026-11-17"},
		{"the last day is the holiday of the 20th", "2026-11-10", Period{10, Days}, "2026-11-23"},
		{"asked on a Friday: Monday is the first day", "2026-11-13", Period{3, Days}, "2026-11-18"},
		{"asked on a Saturday: Monday is the first day", "2026-11-14", Period{3, Days}, "2026-11-18"},
		{"asked the day before the holiday", "2026-11-19", Period{1, Days}, "2026-11-23"},
		{"30 days over New Year", "2026-12-02", Period{30, Days}, "2027-01-04"},
		{"5 working days", "2026-11-16", Period{5, Working}, "2026-11-24"},
		{"5 working days from a Friday", "2026-11-13", Period{5, Working}, "2026-11-23"},
		{"10 working days over All Souls", "2026-10-30", Period{10, Working}, "2026-11-16"},
		{"none", "2026-11-20", Period{0, Days}, "2026-11-23"},
		{"none, working", "2026-11-19", Period{0, Working}, "2026-11-19"},
		{"no notice", "", Period{5, Days}, ""},
	}
	for _, tt := range tests {
		if got := w.Due(tt.notice, tt.period); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if got := belo(t).Due("2026-12-01", Period{5, Working}); got != "2026-12-09" {
		t.Errorf("a local holiday moves the last day: %s", got)
	}
}

func TestDaysLate(t *testing.T) {
	for _, tt := range []struct {
		due, done Date
		want      int
	}{{"2026-11-13", "2026-11-14", 1}, {"2026-11-13", "2026-11-13", 0}, {"2026-11-13", "2026-11-01", 0}, {"2026-11-13", "", 0}} {
		if got := DaysLate(tt.due, tt.done); got != tt.want {
			t.Errorf("due %s, done %s: %d", tt.due, tt.done, got)
		}
	}
}
