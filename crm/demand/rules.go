package demand

import "cemigmas/crm/calendar"

// Rules are the numbers of the regulation in force from a month on. Where a
// pair of numbers differs by voltage, the first is that below 69 kV.
type Rules struct {
	From calendar.Month

	// Billing.
	OverrunPercent   int64 // trigger, in % of the contracted demand: art. 301 II
	OverrunFactor    int64 // times the demand tariff: art. 301 §1
	MinimumW         int64 // least demand contracted in one posto: art. 148 III
	MinimumSpecialW  int64 // the same for a special consumer: art. 148 II
	SeasonalPercent  int64 // of the largest of 11 cycles, rural or seasonal: art. 294
	SeasonalReached  int   // demands that must reach the contract in 12 cycles: art. 300
	SeasonalRatio    int64 // 4 lowest to 4 highest, at most, in %: art. 295 II
	SeasonalCycles   int   // cycles that are looked at, and until the next look: arts. 295, 297
	LossTenths       int64 // measured at the secondary below 69 kV, tenths of %: art. 305 II
	LossHighTenths   int64 // the same from 69 kV on: art. 305 I
	PowerFactorCents int64 // reference power factor, in hundredths: art. 302
	PeakHours        int64 // hours of the peak on a day that has one: art. 2 XXXVIII

	// Test periods.
	TestCycles       int   // length: art. 312
	TestStartPercent int64 // trigger at the start of supply, in %: art. 313 §2 I
	TestFormerPct    int64 // share of the former demand: art. 313 §2 II b
	TestAddedPct     int64 // share of the additional demand: art. 313 §2 II c
	TestFromPct      int64 // an increase beyond it is tested, in %: art. 311 IV
	AdjustCycles     int   // power factor told but not charged at the start: art. 316

	// Terms and the ways out.
	TermMonths      int            // term and renewal of a CUSD: art. 133 II
	NoticeDays      int            // notice before the end: art. 133 II and §4
	CCEROpenFrom    calendar.Month // contracts and renewals from then on are of indefinite term: art. 133 III; "": none
	ExitMonths      int            // full demand owed by AS and A4: art. 142 I a
	ExitMonthsHigh  int            // the same for the others
	ExitEnergy      int            // most months of energy owed, fixed term: art. 142 II
	ExitEnergyOpen  int            // months of energy owed, indefinite term: art. 142 III
	ReturnMonths    int            // notice of a return to the regulated market: art. 170
	FreeMinimumW    int64          // least demand of a free consumer: art. 160
	RetailBelowW    int64          // below it a retail agent must represent: art. 160 §3; 0: none need to
	AllocateOverW   int64          // demand from which 69 kV is the rule: art. 23 I
	AllocateLoadW   int64          // load from which medium voltage is: art. 23 I
	ModalityCycles  int            // cycles without a change before a change: art. 221 I a
	RevisionCycles  int            // cycles after a tariff revision that allow one: art. 221 I b
	ReductionMonths int            // between two reductions: art. 155 §1
	RefundMonths    int            // investments that a reduction makes due: art. 147 II

	// Periods that a request takes.
	Reduction, ReductionHigh       calendar.Period    // notice, AS and A4, others: art. 155
	Efficiency                     calendar.Period    // answer on efficiency measures: art. 136
	Budget, BudgetWorks            calendar.Period    // below 69 kV without, with works: art. 64
	BudgetOther                    calendar.Period    // all else: art. 64 III
	Contracts                      calendar.Period    // handing over contracts: art. 84
	WorksLow, WorksNear, WorksRest calendar.Period    // art. 88 I, II, III
	Metering                       [3]calendar.Period // below 2.3 kV, below 69 kV, others: art. 91
	Answer                         calendar.Period    // what has no period of its own: art. 409
	Decision, DecisionVisit        calendar.Period    // decision on a request: art. 296
	Migration                      calendar.Period    // documents and schedule: art. 166 §3 I
	Retail                         calendar.Period    // each answer to the CCEE: art. 96-A
	Measuring                      [5]calendar.Period // ask CCEE, CCEE answers, project, commissioning, register: art. 96 I, II, III, V, VI
}

func days(n int) calendar.Period    { return calendar.Period{N: n, Unit: calendar.Days} }
func working(n int) calendar.Period { return calendar.Period{N: n, Unit: calendar.Working} }

// rules, oldest first. The first entry also serves the months before it: REN
// 414/2010, which it replaced, had the same trigger and factor (art. 93).
var rules = history(Rules{
	From:           "2022-01",
	OverrunPercent: 105, OverrunFactor: 2, MinimumW: 30_000, MinimumSpecialW: 500_000,
	SeasonalPercent: 10, SeasonalReached: 3, SeasonalRatio: 20, SeasonalCycles: 12,
	LossTenths: 25, LossHighTenths: 10, PowerFactorCents: 92, PeakHours: 3,
	TestCycles: 3, TestStartPercent: 135, TestFormerPct: 5, TestAddedPct: 30, TestFromPct: 5, AdjustCycles: 3,
	TermMonths: 12, NoticeDays: 180, ExitMonths: 3, ExitMonthsHigh: 6, ExitEnergy: 12,
	ReturnMonths: 60, FreeMinimumW: 1_000_000,
	AllocateOverW: 2_500_000, AllocateLoadW: 75_000,
	ModalityCycles: 12, RevisionCycles: 3, ReductionMonths: 12, RefundMonths: 60,
	Reduction: days(90), ReductionHigh: days(180), Efficiency: days(30),
	Budget: days(15), BudgetWorks: days(30), BudgetOther: days(45), Contracts: working(5),
	WorksLow: days(60), WorksNear: days(120), WorksRest: days(365),
	Metering: [3]calendar.Period{working(5), working(10), working(15)},
	Answer:   days(30), Decision: working(5), DecisionVisit: working(10),
	Migration: working(10), Retail: working(5),
	Measuring: [5]calendar.Period{working(10), working(5), working(10), working(10), working(5)},
},
	// Art. 160 V, before REN 1.059/2023 took the steps away.
	change{"2023-01", func(r *Rules) { r.FreeMinimumW = 500_000 }},
	// Art. 160 §§3 and 5 (REN 1.059/2023); art. 133 III and art. 142 III (REN
	// 1.081 of 12.12.2023; its first day is taken to be that of 2024).
	change{"2024-01", func(r *Rules) {
		r.FreeMinimumW, r.RetailBelowW = 0, 500_000
		r.CCEROpenFrom, r.ExitEnergyOpen = "2024-01", 6
	}},
)

// change is what a later norm makes different from a month on.
type change struct {
	from calendar.Month
	do   func(*Rules)
}

func history(first Rules, changes ...change) []Rules {
	all := []Rules{first}
	for _, c := range changes {
		next := all[len(all)-1]
		next.From = c.from
		c.do(&next)
		all = append(all, next)
	}
	return all
}

// RulesAt returns the rules in force in a month.
func RulesAt(m calendar.Month) Rules { return *rulesAt(m) }

// rulesAt spares the copy where a rule is asked for month by month.
func rulesAt(m calendar.Month) *Rules {
	r := &rules[0]
	for i := range rules[1:] {
		if rules[i+1].From <= m {
			r = &rules[i+1]
		}
	}
	return r
}

// Current returns the newest rules.
func Current() Rules { return rules[len(rules)-1] }

// Idle says when a demand counts as idle. It is a choice of this product, not a
// rule of any regulation, and a setting of the house.
type Idle struct {
	From          calendar.Month
	TenthsPercent int64 // utilisation below which a month is idle
	MonthsPercent int64 // share of the measured months from which a verdict says so
}

// DefaultIdle holds where a house has set nothing: below 80 % of the contract,
// in a quarter of the months.
var DefaultIdle = Idle{From: "2022-01", TenthsPercent: 800, MonthsPercent: 25}
