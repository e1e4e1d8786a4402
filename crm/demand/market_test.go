package demand

import (
	"testing"

	"cemigmas/crm/calendar"
)

func TestWindow(t *testing.T) {
	r := Current()
	term := Term{Start: "2025-06-01"} // ends 2026-05-31, notice by 2025-12-02
	tests := []struct {
		day   calendar.Date
		state WindowState
		last  calendar.Date
		next  calendar.Date
	}{
		{"2025-06-01", WindowOpen, "2025-12-02", "2025-12-02"},
		{"2025-11-01", WindowOpen, "2025-12-02", "2025-12-02"},
		{"2025-11-02", WindowClosing, "2025-12-02", "2025-12-02"},
		{"2025-12-02", WindowClosing, "2025-12-02", "2025-12-02"},
		{"2025-12-03", WindowMissed, "2025-12-02", "2026-12-02"},
		{"2026-05-31", WindowMissed, "2025-12-02", "2026-12-02"},
		{"2026-06-01", WindowOpen, "2026-12-02", "2026-12-02"},
	}
	for _, tt := range tests {
		w := term.Window(r, tt.day, 30)
		if w.State != tt.state || w.Last != tt.last || w.Next.Last != tt.next {
			t.Errorf("%s: %+v", tt.day, w)
		}
	}
	if w := (Term{Start: "2025-06-01", Final: true}).Window(r, "2026-01-01", 30); w.State != WindowNone || w.End != "2026-05-31" {
		t.Errorf("a contract that ends: %+v", w)
	}
}

// REN 1.000 art. 133 III and §4.
func TestCCERExit(t *testing.T) {
	r := Current()
	tests := []struct {
		name string
		c    CCER
		day  calendar.Date
		want CCERExit
	}{
		{"a new one is indefinite", CCER{Term: Term{Start: "2025-03-01"}}, "2026-11-22", CCERExit{Open: true, On: "2027-05-21"}},
		{"an old one has been since its renewal", CCER{Term: Term{Start: "2020-07-01"}}, "2026-11-22", CCERExit{Open: true, On: "2027-05-21"}},
		{"before that renewal", CCER{Term: Term{Start: "2020-07-01"}}, "2023-12-10", CCERExit{On: "2024-07-01", End: "2024-06-30", Last: "2024-01-02"}},
		{"notice too late for its end", CCER{Term: Term{Start: "2020-07-01"}}, "2024-03-01", CCERExit{On: "2024-08-28", End: "2024-06-30", Last: "2024-01-02"}},
		{"fixed by agreement", CCER{Term: Term{Start: "2025-03-01"}, Agreed: true}, "2026-11-22", CCERExit{On: "2028-03-01", End: "2028-02-29", Last: "2027-09-02"}},
		{"already refused", CCER{Term: Term{Start: "2025-03-01", Final: true}}, "2026-01-01", CCERExit{On: "2026-03-01", End: "2026-02-28"}},
		{"nothing known", CCER{Agreed: true}, "2026-01-01", CCERExit{}},
		{"no day", CCER{Term: Term{Start: "2025-03-01"}}, "", CCERExit{}},
	}
	for _, tt := range tests {
		if got := tt.c.Exit(r, tt.day); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	if got := (CCER{Term: Term{Start: "2020-07-01"}}).OpenSince(r); got != "2024-07-01" {
		t.Errorf("indefinite since %s", got)
	}
	if got := (CCER{Term: Term{Start: "2020-01-01"}}).OpenSince(r); got != "2024-01-01" {
		t.Errorf("renewed on the first day: %s", got)
	}
	if got := (CCER{Term: Term{Start: "2022-07-01"}}).OpenSince(RulesAt("2023-06")); got != "" {
		t.Errorf("before the norm: %s", got)
	}
}

func TestFreeMarket(t *testing.T) {
	small, large := Step{SingleW: 499_999}, Step{PeakW: 100 * kW, OffPeakW: 500 * kW}
	tests := []struct {
		name     string
		month    calendar.Month
		subgroup string
		step     Step
		optsB    bool
		want     FreeMarket
	}{
		{"500 kW in one posto", "2026-11", "A4", large, false, FreeMarket{Eligible: true}},
		{"below: a retail agent", "2026-11", "a4", small, false, FreeMarket{Eligible: true, Retail: true}},
		{"grupo B", "2026-11", "B3", large, false, FreeMarket{Barrier: BarrierGroup}},
		{"billed as grupo B", "2026-11", "A4", Step{}, true, FreeMarket{Barrier: BarrierOption}},
		{"no contract known", "2026-11", "A4", Step{}, false, FreeMarket{Barrier: BarrierUnknown}},
		{"2023: 500 kW", "2023-12", "A4", small, false, FreeMarket{Barrier: BarrierDemand}},
		{"2023: 500 kW reached", "2023-12", "A4", large, false, FreeMarket{Eligible: true}},
		{"2022: 1,000 kW", "2022-12", "A4", large, false, FreeMarket{Barrier: BarrierDemand}},
	}
	for _, tt := range tests {
		if got := RulesAt(tt.month).FreeMarket(tt.subgroup, tt.step, tt.optsB); got != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

func TestMigrate(t *testing.T) {
	r := Current()
	q := MigrationRequest{Requested: "2026-11-09", Contract: CCER{Term: Term{Start: "2025-03-01"}}, Volts: 13_800}
	m := r.Migrate(q, calendar.WorkDays{})
	// Working days from the 9th; holidays: 20 November, 25 December, 1 January.
	want := []calendar.Date{"2026-11-24", "2026-12-08", "2026-12-15", "2026-12-30", "2027-01-14", "2027-01-28", "2027-02-04"}
	if m.On != "2027-05-08" || m.Ready != "2027-02-04" || len(m.Stages) != len(want) {
		t.Fatalf("%+v", m)
	}
	for i, s := range m.Stages {
		if s.By != want[i] {
			t.Errorf("%s by %s, want %s", s.Code, s.By, want[i])
		}
	}
	q.Simplified = true
	if m := r.Migrate(q, calendar.WorkDays{}); len(m.Stages) != 1 || m.Ready != "2026-11-16" || m.On != "2027-05-08" {
		t.Errorf("simplified: %+v", m)
	}
	if got := r.Migrate(MigrationRequest{}, calendar.WorkDays{}); got.On != "" || got.Stages != nil {
		t.Errorf("no day: %+v", got)
	}
	if got := r.EarliestReturn("2026-11-22"); got != "2031-11-22" {
		t.Errorf("back in %s", got)
	}
}
