package demand

import "cemigmas/crm/calendar"

// TestKind is why a test period runs.
type TestKind string

// TestStart is the start of supply, TestIncrease a demand raised by more than
// 5 %, TestAzul joining modality azul (its peak demand only), TestFromB leaving
// the billing of grupo B (REN 1.000 art. 311).
const (
	TestStart    TestKind = "start"
	TestIncrease TestKind = "increase"
	TestAzul     TestKind = "azul"
	TestFromB    TestKind = "from-b"
)

// TestPeriod is a run of complete billing cycles in which a client finds the
// right demand (REN 1.000 arts. 311 to 314). It does not apply to rural and
// seasonal clients (art. 313 §3).
type TestPeriod struct {
	Kind           TestKind       `json:"kind"`
	Start          calendar.Month `json:"start"`
	Cycles         int            `json:"cycles,omitempty"` // 0: as the rules say; more when extended
	FormerSingleW  int64          `json:"formerSingleW,omitempty"`
	FormerPeakW    int64          `json:"formerPeakW,omitempty"`
	FormerOffPeakW int64          `json:"formerOffPeakW,omitempty"`
}

// Last returns the last month of the period.
func (t TestPeriod) Last() calendar.Month {
	n := t.Cycles
	if n <= 0 {
		n = RulesAt(t.Start).TestCycles
	}
	return t.Start.Add(n - 1)
}

// End returns the last day of the period: until then the client may ask for more
// (art. 314 I), at its end for less (II, see LowestW).
func (t TestPeriod) End() calendar.Date { return t.Last().Last() }

// NeedsTest tells whether a raised demand is tested: beyond 5 % of the former
// one (REN 1.000 art. 311 IV).
func (r Rules) NeedsTest(former, contracted int64) bool {
	return former > 0 && (contracted-former)*100 > former*r.TestFromPct
}

// Covers tells whether the demand of a posto is under test in a month.
func (t TestPeriod) Covers(m calendar.Month, p Posto) bool {
	if t.Kind == TestAzul && p != Peak {
		return false // art. 311, sole paragraph
	}
	return t.Start.Valid() && t.Start <= m && m <= t.Last()
}

// FormerW returns the contracted demand of before, in W.
func (t TestPeriod) FormerW(p Posto) int64 {
	switch p {
	case Peak:
		return t.FormerPeakW
	case OffPeak:
		return t.FormerOffPeakW
	}
	return t.FormerSingleW
}

// limit returns the trigger in hundredths of a W, exact.
func (t TestPeriod) limit(r Rules, p Posto, contracted int64) int64 {
	if t.Kind == TestStart {
		return contracted * r.TestStartPercent
	}
	former := t.FormerW(p)
	return contracted*100 + former*r.TestFormerPct + max(0, contracted-former)*r.TestAddedPct
}

// LimitW returns the demand in W above which an overrun is charged during the
// test: 135 % of the initial demand at the start of supply; else the new demand
// plus 5 % of the former and 30 % of the additional one (art. 313 §2).
func (t TestPeriod) LimitW(r Rules, p Posto, contracted int64) int64 {
	return t.limit(r, p, contracted) / 100
}

// Bill computes a month under test. Billed is what was measured, for an
// increase not less than the former demand (art. 313). An overrun has a wider
// trigger; its amount is that of art. 301 §1. The minimum of 30 kW is owed in
// one posto only, so the caller says whether this one bears it (§1).
func (t TestPeriod) Bill(r Rules, p Posto, measured, contracted int64, rate Rate, bearsMinimum bool) Bill {
	w := measured
	if t.Kind == TestIncrease {
		w = max(w, t.FormerW(p))
	}
	if bearsMinimum {
		w = max(w, r.MinimumW)
	}
	trigger := contracted > 0 && measured*100 > t.limit(r, p, contracted)
	return Bill{BilledW: w, Regular: Charge(w, rate), Overrun: r.overrun(measured, contracted, rate, trigger)}
}

// LowestW returns the least demand in W to which the client may go at the end
// of the test (art. 314 II): half of the initial or additional demand may be
// given up; after an increase the result must exceed 105 % of the former
// demand, so with bound true the result itself is not allowed, only more.
func (t TestPeriod) LowestW(r Rules, p Posto, contracted int64) (w int64, bound bool) {
	if t.Kind == TestStart {
		return (contracted + 1) / 2, false
	}
	former := t.FormerW(p)
	half := contracted - max(0, contracted-former)/2
	if floor := former * r.OverrunPercent / 100; t.Kind == TestIncrease && floor >= half {
		return floor, true
	}
	return half, false
}
