package crm

import (
	"strings"
	"testing"
)

// What a contract allows if it is asked for on Monday 2026-11-23; the days were
// counted by hand.
func TestLawfulDates(t *testing.T) {
	base := Contract{ID: "k", Kind: ContractCUSD, Modality: "verde", Start: "2025-06-12", TermMonths: 12, Renews: true, Schedule: []DemandStep{{From: "2025-06", SingleW: w(800_000)}}}
	for name, tc := range map[string]struct {
		change func(*Contract, *Installation)
		want   string
	}{
		// 90 days; asked now, 12 cycles since June 2025 went by; the term to
		// 2027-06-11 can still be refused until 2026-12-13.
		"cusd": {func(*Contract, *Installation) {}, "reduction 2027-02-21 (155 notice), modality 2026-11-23 (221 I free), denounce 2027-06-12 (133 II renewal)"},
		// Reduced in June 2026: a year has to pass.
		"reduced lately": {func(c *Contract, _ *Installation) {
			c.Schedule = append(c.Schedule, DemandStep{From: "2026-06", SingleW: w(700_000)})
		}, "reduction 2027-06-01 (155 §1 year), modality 2026-11-23 (221 I free), denounce 2027-06-12 (133 II renewal)"},
		// Notice until 2026-10-11 for the end on 2027-04-09 was missed: 2028-04-09.
		"notice missed": {func(c *Contract, _ *Installation) { c.Start = "2025-04-10" }, "reduction 2027-02-21 (155 notice), modality 2026-11-23 (221 I free), denounce 2028-04-10 (133 II renewal)"},
		"ends anyway":   {func(c *Contract, _ *Installation) { c.End = "2027-03-31" }, "reduction 2027-02-21 (155 notice), modality 2026-11-23 (221 I free)"},
		// Of indefinite term: 180 days after 2026-11-23.
		"ccer":         {func(c *Contract, _ *Installation) { c.Kind = ContractCCER }, "denounce 2027-05-22 (133 §4 open), migration 2027-05-22 (166 II open)"},
		"ccer agreed":  {func(c *Contract, _ *Installation) { c.Kind, c.Agreed = ContractCCER, true }, "denounce 2027-06-12 (133 §4 renewal), migration 2027-06-12 (166 II renewal)"},
		"free already": {func(c *Contract, i *Installation) { c.Kind, i.Market = ContractCCER, MarketFree }, "denounce 2027-05-22 (133 §4 open)"},
		"over":         {func(c *Contract, _ *Installation) { c.End = "2026-11-22" }, ""},
		"former":       {func(c *Contract, _ *Installation) { c.Former = true }, ""},
	} {
		c, i := base, Installation{ID: "i", Subgroup: "A4", VoltageV: 13_800}
		tc.change(&c, &i)
		var got []string
		for _, l := range c.LawfulDates(&i, "2026-11-23", testDays) {
			if l.Kind != AmendIncrease {
				got = append(got, l.Kind+" "+l.On+" ("+l.Article+" "+strings.TrimPrefix(l.Reason, "contract.reason.")+")")
			} else if c.Kind != ContractCUSD || l.On <= "2026-12-08" || l.Article != "154, 64, 84, 88, 91" { // 15 days to answer come first
				t.Errorf("%s: increase %+v", name, l)
			}
		}
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%s:\n%s, want\n%s", name, s, tc.want)
		}
	}
}
