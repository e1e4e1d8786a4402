package demand

import "cemigmas/crm/calendar"

// Rules are the numbers of the regulation in force from a month on.
type Rules struct {
	From calendar.Month

	OverrunPercent   int64 // trigger, in % of the contracted demand: art. 301 II
	OverrunFactor    int64 // times the demand tariff: art. 301 §1
	MinimumW         int64 // least demand billed in one posto: art. 148 III
	TestCycles       int   // length of a test period: art. 312
	TestStartPercent int64 // trigger at the start of supply, in %: art. 313 §2 I
	TestFormerPct    int64 // share of the former demand: art. 313 §2 II b
	TestAddedPct     int64 // share of the additional demand: art. 313 §2 II c
	SeasonalPercent  int64 // of the largest of 11 cycles, rural or seasonal: art. 294
	SeasonalReached  int   // demands that must reach the contract in 12 cycles: art. 300
	LossTenths       int64 // measured at the secondary below 69 kV, tenths of %: art. 305 II
	TermMonths       int   // term and renewal of a CUSD: art. 133
	NoticeDays       int   // notice before the end: art. 133
}

// rules, oldest first. The first entry also serves the months before it: REN
// 414/2010, which it replaced, had the same trigger and factor (art. 93).
var rules = []Rules{{
	From:           "2022-01",
	OverrunPercent: 105, OverrunFactor: 2, MinimumW: 30_000,
	TestCycles: 3, TestStartPercent: 135, TestFormerPct: 5, TestAddedPct: 30,
	SeasonalPercent: 10, SeasonalReached: 3, LossTenths: 25,
	TermMonths: 12, NoticeDays: 180,
}}

// RulesAt returns the rules in force in a month.
func RulesAt(m calendar.Month) Rules {
	r := rules[0]
	for _, next := range rules[1:] {
		if next.From <= m {
			r = next
		}
	}
	return r
}

// Current returns the newest rules.
func Current() Rules { return rules[len(rules)-1] }

// Idle is the utilisation below which a demand counts as idle. It is a choice
// of this product, not a rule of any regulation, and a setting of the house.
type Idle struct {
	From          calendar.Month
	TenthsPercent int64
}

// DefaultIdle holds where a house has set nothing: below 80 % of the contract.
var DefaultIdle = Idle{From: "2022-01", TenthsPercent: 800}
