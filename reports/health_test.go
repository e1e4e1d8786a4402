package reports_test

import (
	"testing"

	"cemigmas/crm"
	"cemigmas/reports"
	"cemigmas/reports/internal/sample"
)

// The window of REN 1.000 art. 133 closes within 180 days of 31/10/2026: from
// that day to 29/04/2027, both included. A term from day D ends a year later
// less a day, and the notice 180 days before.
func TestNoticeWindow(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*crm.Contract)
		notice  string
		closing int64
	}{
		{"a window that closed the day before: the next one, in a leap year", func(k *crm.Contract) { k.Start = "2026-04-29" }, "2027-10-31", 0},
		{"on the last day of the month", func(k *crm.Contract) { k.Start = "2026-04-30" }, "2026-10-31", 1},
		{"on the last day of the window", func(k *crm.Contract) { k.Start = "2025-10-27" }, "2027-04-29", 1},
		{"a day after the window", func(k *crm.Contract) { k.Start = "2025-10-28" }, "2027-04-30", 0},
		{"not in force yet", func(k *crm.Contract) { k.Start = "2026-11-01" }, "", 0},
		{"denounced", func(k *crm.Contract) { k.Denounced = "2026-09-01" }, "", 0},
		{"does not renew", func(k *crm.Contract) { k.Renews = false }, "", 0},
		{"past", func(k *crm.Contract) { k.Former = true }, "", 0},
		{"ended", func(k *crm.Contract) { k.End = "2026-10-15" }, "", 0},
		{"start unknown", func(k *crm.Contract) { k.Start = "" }, "", 0},
		{"24 months", func(k *crm.Contract) { k.Start, k.TermMonths = "2025-04-30", 24 }, "2026-10-31", 1},
	} {
		k := crm.Contract{Kind: crm.ContractCUSD, Modality: "verde", Start: "2026-04-30", TermMonths: 12, Renews: true}
		c.change(&k)
		got := reports.MonthOf(&crm.Installation{}, []crm.Contract{k}, nil, sample.Tariffs(), "2026-10")
		if string(got.Notice) != c.notice || got.Closing != c.closing {
			t.Errorf("%s: notice %q closing %d, want %q %d", c.name, got.Notice, got.Closing, c.notice, c.closing)
		}
	}
}

func TestMonthOf(t *testing.T) {
	verde := crm.Contract{Kind: crm.ContractCUSD, Modality: "verde", Start: "2026-01-01", Renews: true, Schedule: steps("2026-01", kW(500), nil, nil)}
	unknown := verde
	unknown.Modality = "unknown"
	azul := crm.Contract{Kind: crm.ContractCUSD, Modality: "azul", Start: "2026-01-01", Renews: true, Schedule: steps("2026-01", nil, kW(300), kW(400))}
	read := func(single, peak, off *int64) []crm.Reading {
		return []crm.Reading{{Month: "2026-10", SingleW: single, PeakW: peak, OffPeakW: off}}
	}
	for _, c := range []struct {
		name     string
		inst     crm.Installation
		contract []crm.Contract
		reading  []crm.Reading
		use      int64
		hasUse   bool
		over     reports.Overruns
	}{
		{"525 of 500 kW is no overrun", crm.Installation{}, []crm.Contract{verde}, read(kW(525), nil, nil), 1050, true, reports.Overruns{}},
		{"all that exceeds the contract is charged", crm.Installation{}, []crm.Contract{verde}, read(kW(526), nil, nil), 1052, true,
			reports.Overruns{OverW: 26_000, Cents: 118_612, Priced: 1}}, // 26 × 2 × 22.81
		{"both postos", crm.Installation{}, []crm.Contract{azul}, read(nil, kW(330), kW(430)), 1100, true,
			reports.Overruns{OverW: 60_000, Cents: 295_980 + 136_860, Priced: 1}}, // 30 × 2 × 49.33 and 30 × 2 × 22.81
		{"not measured is not 0", crm.Installation{}, []crm.Contract{verde}, nil, 0, false, reports.Overruns{}},
		{"measured 0", crm.Installation{}, []crm.Contract{verde}, read(kW(0), nil, nil), 0, true, reports.Overruns{}},
		{"no contract", crm.Installation{}, nil, read(kW(700), nil, nil), 0, false, reports.Overruns{}},
		{"modality unknown", crm.Installation{}, []crm.Contract{unknown}, read(kW(600), nil, nil), 1200, true, reports.Overruns{OverW: 100_000, Unpriced: 1}},
		{"switched off before", crm.Installation{Status: "off"}, []crm.Contract{verde}, nil, 0, false, reports.Overruns{}},
	} {
		c.inst.Distributor, c.inst.Subgroup = "D", "A4"
		got := reports.MonthOf(&c.inst, c.contract, c.reading, sample.Tariffs(), "2026-10")
		if got.Use != c.use || got.HasUse != c.hasUse || got.Over != c.over {
			t.Errorf("%s: use %d %v over %+v, want %d %v %+v", c.name, got.Use, got.HasUse, got.Over, c.use, c.hasUse, c.over)
		}
	}
	off := reports.MonthOf(&crm.Installation{Status: "off"}, []crm.Contract{verde}, nil, sample.Tariffs(), "2026-10")
	if off.Contracted.Single.Known || off.Notice != "" {
		t.Errorf("nothing of an installation that is off is in force: %+v", off)
	}
}
