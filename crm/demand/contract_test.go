package demand

import (
	"slices"
	"testing"

	"cemigmas/crm/calendar"
)

func TestRulesAt(t *testing.T) {
	if RulesAt("2026-10").OverrunPercent != 105 || RulesAt("2015-01").OverrunFactor != 2 || RulesAt("") != rules[0] {
		t.Error("a month without rules")
	}
	if !slices.IsSortedFunc(rules, func(a, b Rules) int {
		return calendar.MonthsBetween(b.From, a.From)
	}) || Current() != rules[len(rules)-1] {
		t.Error("rules are not sorted by month")
	}
}

// REN 1.000 art. 313: 500 → 800 kW may reach 800 + 25 + 90 = 915 kW.
func TestTestPeriodIncrease(t *testing.T) {
	r := Current()
	p := TestPeriod{Kind: TestIncrease, Start: "2026-09", FormerSingleW: 500 * kW}
	if got := p.LimitW(r, Single, 800*kW); got != 915*kW {
		t.Errorf("limit = %d W", got)
	}
	tests := []struct {
		measured, billed int64
		trigger          bool
		over             Amount
	}{
		{915 * kW, 915 * kW, false, known(0)},
		{915*kW + 1, 915*kW + 1, true, known(5_246_35)}, // 115.001 kW × 2 × 22.81
		{300 * kW, 500 * kW, false, known(0)},           // not less than the former demand
		{700 * kW, 700 * kW, false, known(0)},           // measured, not the new contract
	}
	for _, tt := range tests {
		b := p.Bill(r, Single, tt.measured, 800*kW, cemigA4, true)
		if b.BilledW != tt.billed || b.Overrun.Trigger != tt.trigger || b.Overrun.Amount != tt.over {
			t.Errorf("%d W: %+v", tt.measured, b)
		}
	}
	if w, bound := p.LowestW(r, Single, 800*kW); w != 650*kW || bound {
		t.Errorf("lowest = %d W, %v", w, bound)
	}
	if w, bound := p.LowestW(r, Single, 540*kW); w != 525*kW || !bound {
		t.Errorf("lowest of 540 = %d W, %v", w, bound)
	}
}

func TestTestPeriodStart(t *testing.T) {
	r := Current()
	p := TestPeriod{Kind: TestStart, Start: "2026-09"}
	if got := p.LimitW(r, Single, 200*kW); got != 270*kW {
		t.Errorf("limit = %d W", got)
	}
	if b := p.Bill(r, Single, 270*kW, 200*kW, cemigA4, true); b.Overrun.Trigger || b.BilledW != 270*kW {
		t.Errorf("135 %% itself: %+v", b)
	}
	b := p.Bill(r, Single, 280*kW, 200*kW, cemigA4, true)
	if !b.Overrun.Trigger || b.Overrun.Amount != known(3_649_60) { // 80 × 2 × 22.81
		t.Errorf("above: %+v", b)
	}
	if b := p.Bill(r, Single, 12*kW, 200*kW, cemigA4, true); b.BilledW != 30*kW || b.Regular != known(684_30) {
		t.Errorf("the minimum: %+v", b)
	}
	if b := p.Bill(r, Peak, 12*kW, 200*kW, cemigA4, false); b.BilledW != 12*kW {
		t.Errorf("the minimum in the other posto: %+v", b)
	}
	if b := p.Bill(r, Single, 280*kW, 200*kW, NoRate, true); !b.Overrun.NoTariff || b.Overrun.Amount.Known {
		t.Errorf("no tariff: %+v", b)
	}
	if w, bound := p.LowestW(r, Single, 200*kW); w != 100*kW || bound {
		t.Errorf("lowest = %d W", w)
	}
}

func TestTestPeriodMonths(t *testing.T) {
	p := TestPeriod{Kind: TestStart, Start: "2026-11"}
	if p.Last() != "2027-01" || p.Covers("2026-10", Single) || !p.Covers("2026-11", Single) || !p.Covers("2027-01", Peak) || p.Covers("2027-02", Single) {
		t.Error("three cycles from November")
	}
	if p.Cycles = 6; p.Last() != "2027-04" {
		t.Errorf("extended: %s", p.Last())
	}
	azul := TestPeriod{Kind: TestAzul, Start: "2026-11"}
	if !azul.Covers("2026-11", Peak) || azul.Covers("2026-11", OffPeak) {
		t.Error("joining azul tests the peak demand only")
	}
	if (TestPeriod{}).Covers("2026-11", Single) {
		t.Error("no test period covers a month")
	}
	former := TestPeriod{FormerSingleW: 1, FormerPeakW: 2, FormerOffPeakW: 3}
	if former.FormerW(Single) != 1 || former.FormerW(Peak) != 2 || former.FormerW(OffPeak) != 3 {
		t.Error("FormerW")
	}
	// Azul: one posto raised; the other keeps its 105 %.
	both := TestPeriod{Kind: TestIncrease, Start: "2026-11", FormerPeakW: 100, FormerOffPeakW: 200}
	if got := both.LimitW(Current(), OffPeak, 200); got != 210 {
		t.Errorf("a demand that was not raised: %d", got)
	}
}

func TestNeedsTest(t *testing.T) {
	r := Current()
	for _, tt := range []struct {
		former, contracted int64
		want               bool
	}{{500 * kW, 525 * kW, false}, {500 * kW, 525*kW + 1, true}, {500 * kW, 400 * kW, false}, {0, 100 * kW, false}} {
		if got := r.NeedsTest(tt.former, tt.contracted); got != tt.want {
			t.Errorf("%d to %d: %v", tt.former, tt.contracted, got)
		}
	}
	if got := (TestPeriod{Kind: TestStart, Start: "2026-12"}).End(); got != "2027-02-28" {
		t.Errorf("three cycles from December end on %s", got)
	}
}

func TestScheduleAt(t *testing.T) {
	s := Schedule{
		{From: "2026-06-15", SingleW: 700},
		{From: "2025-03-10", SingleW: 500},
		{From: "2026-09-01", PeakW: 200, OffPeakW: 900},
	}
	tests := []struct {
		month calendar.Month
		want  int64
		ok    bool
	}{
		{"2025-02", 0, false}, {"2025-03", 500, true}, {"2025-04", 500, true}, {"2026-06", 500, true},
		{"2026-07", 700, true}, {"2026-08", 700, true}, {"2026-09", 0, true}, {"", 0, false},
	}
	for _, tt := range tests {
		if got, ok := s.At(tt.month); got.SingleW != tt.want || ok != tt.ok {
			t.Errorf("%s: %+v, %v", tt.month, got, ok)
		}
	}
	last, _ := s.At("2030-01")
	if last.W(Peak) != 200 || last.W(OffPeak) != 900 || last.W(Single) != 0 || last.W("") != 0 || last.LargestW() != 900 {
		t.Errorf("%+v", last)
	}
	if _, ok := (Schedule{}).At("2026-01"); ok {
		t.Error("an empty schedule has a demand")
	}
	twice := Schedule{{From: "2026-01-01", SingleW: 1}, {From: "2025-01-01", SingleW: 0}, {From: "2026-01-01", SingleW: 2}}
	if got, _ := twice.At("2026-05"); got.SingleW != 2 {
		t.Errorf("of two steps of a day: %+v", got)
	}
	if got := twice.Sorted(); len(got) != 2 || got[0].From != "2025-01-01" || got[1].SingleW != 2 {
		t.Errorf("Sorted = %+v", got)
	}
	if twice[0].SingleW != 1 {
		t.Error("Sorted changed its receiver")
	}
}

func TestTariffLookup(t *testing.T) {
	table := NewTable([]Tariff{
		{"CEMIG-D", "A4", Verde, Single, "2026-05-28", 23_000_000},
		{"CEMIG-D", "A4", Verde, Single, "2025-05-28", 22_000_000},
		{"CEMIG-D", "A3a", Azul, Peak, "2026-01-01", cemigPk},
		{"CEMIG-D", "A4", Verde, Single, "2026-05-28", cemigA4}, // corrected: the later row holds
	})
	tests := []struct {
		distributor, subgroup string
		m                     Modality
		p                     Posto
		month                 calendar.Month
		want                  Rate
	}{
		{"CEMIG-D", "A4", Verde, Single, "2025-05", NoRate},
		{"CEMIG-D", "A4", Verde, Single, "2025-06", 22_000_000},
		{"CEMIG-D", "A4", Verde, Single, "2026-05", 22_000_000}, // in force on the 1st
		{"CEMIG-D", "A4", Verde, Single, "2026-06", cemigA4},
		{"CEMIG-D", "A4", Verde, Single, "2031-01", cemigA4},
		{" cemig-d ", "a4", Verde, Single, "2026-06", cemigA4},
		{"CEMIG-D", "A3A", Azul, Peak, "2026-01", cemigPk},
		{"CEMIG-D", "A3a", Azul, OffPeak, "2026-01", NoRate},
		{"CEMIG-D", "A4", Unknown, Single, "2026-06", NoRate},
		{"OTHER", "A4", Verde, Single, "2026-06", NoRate},
		{"CEMIG-D", "A4", Verde, Single, "", NoRate},
	}
	for _, tt := range tests {
		if got := table.Lookup(tt.distributor, tt.subgroup, tt.m, tt.p, tt.month); got != tt.want {
			t.Errorf("%s %s %s %s %s = %d, want %d", tt.distributor, tt.subgroup, tt.m, tt.p, tt.month, got, tt.want)
		}
	}
	if (Table{}).Lookup("CEMIG-D", "A4", Verde, Single, "2026-06") != NoRate {
		t.Error("an empty table has a tariff")
	}
}

func TestNotices(t *testing.T) {
	r := Current()
	year := Term{Start: "2025-06-01"} // to 2026-05-31; notice until 2025-12-02
	tests := []struct {
		name     string
		term     Term
		day      calendar.Date
		end      calendar.Date
		noticeOf calendar.Date
		notice   calendar.Date
	}{
		{"first day", year, "2025-06-01", "2026-05-31", "2026-05-31", "2025-12-02"},
		{"on the notice day", year, "2025-12-02", "2026-05-31", "2026-05-31", "2025-12-02"},
		{"notice missed: the renewal's", year, "2025-12-03", "2026-05-31", "2027-05-31", "2026-12-02"},
		{"on the last day", year, "2026-05-31", "2026-05-31", "2027-05-31", "2026-12-02"},
		{"renewed", year, "2026-06-01", "2027-05-31", "2027-05-31", "2026-12-02"},
		{"renewed ten times", year, "2035-11-22", "2036-05-31", "2036-05-31", "2035-12-03"},
		{"not begun", year, "2020-01-01", "2026-05-31", "2026-05-31", "2025-12-02"},
		{"an end is given", Term{Start: "2024-01-10", End: "2026-12-31"}, "2026-11-22", "2026-12-31", "2027-12-31", "2027-07-04"},
		{"two years", Term{Start: "2025-01-01", Months: 24}, "2026-11-22", "2026-12-31", "2028-12-31", "2028-07-04"},
		{"ends on leap days", Term{End: "2023-02-28"}, "2024-01-01", "2024-02-29", "2025-02-28", "2024-09-01"},
		{"final", Term{Start: "2025-06-01", Final: true}, "2026-01-01", "2026-05-31", "", ""},
		{"final and over", Term{Start: "2025-06-01", Final: true}, "2026-06-01", "", "", ""},
		{"nothing known", Term{}, "2026-01-01", "", "", ""},
		{"no day", year, "", "", "", ""},
	}
	for _, tt := range tests {
		if got := tt.term.NextEnd(r, tt.day); got != tt.end {
			t.Errorf("%s: end %q, want %q", tt.name, got, tt.end)
		}
		n, ok := tt.term.NextNotice(r, tt.day)
		if n.End != tt.noticeOf || n.Last != tt.notice || ok != (tt.notice != "") {
			t.Errorf("%s: notice %+v, %v", tt.name, n, ok)
		}
		if ok && calendar.DaysBetween(n.Last, n.End) != 180 {
			t.Errorf("%s: notice of %d days", tt.name, calendar.DaysBetween(n.Last, n.End))
		}
	}
}

func TestWindowClosesWithin(t *testing.T) {
	r := Current()
	term := Term{Start: "2025-06-01"} // notice until 2025-12-02, then 2026-12-02
	for day, want := range map[calendar.Date]bool{
		"2026-06-05": true, "2026-06-04": false, "2026-12-02": true, "2026-12-03": false, "2025-12-01": true,
	} {
		if got := term.WindowClosesWithin(r, day, 180); got != want {
			t.Errorf("%s: %v", day, got)
		}
	}
	if (Term{Start: "2025-06-01", Final: true}).WindowClosesWithin(r, "2025-11-01", 180) {
		t.Error("a contract that ends has a window")
	}
}
