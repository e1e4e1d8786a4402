package calendar

import (
	"slices"
	"testing"
	"time"

	"github.com/rickar/cal/v2"
)

// Easter Sundays from the published tables; the others follow from them.
func TestMovableHolidays(t *testing.T) {
	tests := []struct{ carnival, friday, corpus Date }{
		{"2024-02-13", "2024-03-29", "2024-05-30"},
		{"2025-03-04", "2025-04-18", "2025-06-19"},
		{"2026-02-17", "2026-04-03", "2026-06-04"},
		{"2027-02-09", "2027-03-26", "2027-05-27"},
		{"2038-03-09", "2038-04-23", "2038-06-24"}, // the latest Easter, 25 April
		{"2285-02-03", "2285-03-20", "2285-05-21"}, // the earliest, 22 March
	}
	for _, tt := range tests {
		for d, want := range map[Date]Holiday{tt.carnival: Carnival, tt.friday: GoodFriday, tt.corpus: CorpusChristi} {
			if got := HolidayOn(d); got != want {
				t.Errorf("%s is %q, want %q", d, got, want)
			}
		}
		if HolidayOn(tt.carnival.AddDays(-1)) != "" || HolidayOn(tt.friday.AddDays(2)) != "" {
			t.Errorf("%s: Carnival Monday or Easter Sunday in the list of art. 2", tt.carnival)
		}
	}
}

func TestHolidaysOfAYear(t *testing.T) {
	want := []Date{
		"2026-01-01", "2026-02-17", "2026-04-03", "2026-04-21", "2026-05-01", "2026-06-04",
		"2026-09-07", "2026-10-12", "2026-11-02", "2026-11-15", "2026-11-20", "2026-12-25",
	}
	var got []Date
	for d := Date("2026-01-01"); d <= "2026-12-31"; d = d.AddDays(1) {
		if HolidayOn(d) != "" {
			got = append(got, d)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// Lei 14.759/2023 and REN 1.101/2024.
	if HolidayOn("2023-11-20") != "" || HolidayOn("2024-11-20") != BlackAware || !HasPeak("2023-11-20") || HasPeak("2024-11-20") {
		t.Error("the 20th of November is a holiday since 2024")
	}
	if HolidayOn("") != "" || HolidayOn("2026-02-30") != "" || HasPeak("") {
		t.Error("a day that does not exist")
	}
}

// The library computes in the machine's zone; no zone may move a holiday.
func TestHolidaysInEveryZone(t *testing.T) {
	machine := cal.DefaultLoc
	defer func() { cal.DefaultLoc = machine }()
	for _, name := range []string{"UTC", "America/Sao_Paulo", "Asia/Tokyo", "Pacific/Apia", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		cal.DefaultLoc = zone
		if HolidayOn("2026-04-03") != GoodFriday || HolidayOn("2004-11-02") != AllSouls {
			t.Errorf("in %s holidays move", name)
		}
	}
}

func TestPeakDays(t *testing.T) {
	tests := []struct {
		month Month
		want  int
	}{
		{"2026-11", 19}, // 21 weekdays less the 2nd and the 20th; the 15th is a Sunday
		{"2026-02", 19}, // 20 less Carnival Tuesday
		{"2026-07", 23},
		{"2026-06", 21}, // 22 less Corpus Christi
		{"", 0},
	}
	for _, tt := range tests {
		if got := PeakDays(tt.month); got != tt.want {
			t.Errorf("%s has %d days with peak hours, want %d", tt.month, got, tt.want)
		}
	}
	if HasPeak("2026-11-21") || HasPeak("2026-11-22") || !HasPeak("2026-11-23") {
		t.Error("weekends have no peak hours")
	}
}
