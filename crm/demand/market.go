package demand

import (
	"strings"

	"cemigmas/crm/calendar"
)

// Barrier is why an installation may not buy in the free market; a key of the
// catalogue.
type Barrier string

// BarrierGroup: not of grupo A (art. 159 I). BarrierOption: billed as grupo B
// by choice (art. 160 §4). BarrierDemand: contracts too little for its time
// (art. 160 until 2023). BarrierUnknown: the demand is not known.
const (
	BarrierNone    Barrier = ""
	BarrierGroup   Barrier = "group"
	BarrierOption  Barrier = "option"
	BarrierDemand  Barrier = "demand"
	BarrierUnknown Barrier = "unknown"
)

// FreeMarket is what REN 1.000 art. 160 says of an installation.
type FreeMarket struct {
	Eligible bool
	Retail   bool // must be represented by a retail agent (varejista): art. 160 §3
	Barrier  Barrier
}

// FreeMarket judges an installation by its subgroup, its contracted demand and
// whether it is billed as grupo B by choice (REN 1.000 art. 160).
func (r Rules) FreeMarket(subgroup string, contracted Step, optsB bool) FreeMarket {
	largest := contracted.LargestW()
	switch {
	case optsB:
		return FreeMarket{Barrier: BarrierOption}
	case !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(subgroup)), "A"):
		return FreeMarket{Barrier: BarrierGroup}
	case largest <= 0:
		return FreeMarket{Barrier: BarrierUnknown}
	case largest < r.FreeMinimumW:
		return FreeMarket{Barrier: BarrierDemand}
	}
	return FreeMarket{Eligible: true, Retail: largest < r.RetailBelowW}
}

// MigrationRequest is a client's formal word that it goes to the free market.
type MigrationRequest struct {
	Requested  calendar.Date
	Contract   CCER
	Simplified bool  // the CCEE's simplified model for retail: art. 166 §5
	Volts      int64 // 0, not known, is taken for medium voltage
}

// Migration is the way to the free market.
type Migration struct {
	Stages []Stage
	// On is the first day in the free market that notice alone allows; earlier
	// costs what art. 142 says (art. 166 II).
	On   calendar.Date
	Exit CCERExit
	// Ready is the day by which the distributor must be done; the stages of a
	// simplified migration follow requests of the CCEE, of which each has its own.
	Ready calendar.Date
}

// Migrate returns the steps of a migration (REN 1.000 arts. 166 and 167) with
// the last day of each. Without the simplified model: documents and schedule in
// 10 working days (art. 166 §3 I), then the metering of art. 96, where the
// client and the CCEE answer at once or in their own time limits.
func (r Rules) Migrate(q MigrationRequest, w calendar.WorkDays) Migration {
	if !q.Requested.Valid() {
		return Migration{}
	}
	exit := q.Contract.Exit(r, q.Requested)
	m := Migration{On: exit.On, Exit: exit}
	c := chain{w: w, day: q.Requested}
	if q.Simplified {
		c.add("retail-answer", "96-A", r.Retail)
	} else {
		c.add("migration-documents", "166 §3 I", r.Migration)
		c.add("ccee-request", "96 I", r.Measuring[0])
		c.add("ccee-location", "96 II", r.Measuring[1])
		c.add("metering-project", "96 III", r.Measuring[2])
		c.add("metering", "96 IV", r.metering(q.Volts))
		c.add("commissioning", "96 V", r.Measuring[3])
		c.add("ccee-register", "96 VI", r.Measuring[4])
	}
	m.Stages, m.Ready = c.stages, c.day
	return m
}

// EarliestReturn returns the first day on which a free client can buy from the
// distributor again: five years after it said so (REN 1.000 art. 170). The
// distributor may shorten it (§1).
func (r Rules) EarliestReturn(requested calendar.Date) calendar.Date {
	return requested.AddMonths(r.ReturnMonths)
}
