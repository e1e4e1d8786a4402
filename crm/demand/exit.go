package demand

import "cemigmas/crm/calendar"

// Exit is a contract for use of the system (CUSD) that ends before its term.
type Exit struct {
	Subgroup   string
	Modality   Modality
	Contracted Step   // the demand of the months that follow
	Demands    []Step // of each of them, first to last, where a schedule changes it (art. 153)
	Single     Rate   // demand tariffs in force
	Peak       Rate
	OffPeak    Rate
	MonthsLeft int // after the planned last day, see MonthsLeft
}

// ExitCost is what an early end costs, before taxes.
type ExitCost struct {
	FullMonths    int    // billed at the full contracted demand
	Full          Amount // art. 142 I a
	MinimumMonths int    // billed at 30 kW, azul off-peak only
	Minimum       Amount // art. 142 I b
	Total         Amount
}

// MonthsLeft returns the billing cycles from the day after the planned last day
// to the end of a term; a cycle begun counts whole.
func MonthsLeft(last, end calendar.Date) int {
	n := 0
	for first := last.AddDays(1); first.AddMonths(n).Valid() && first.AddMonths(n) <= end; n++ {
	}
	return n
}

// ExitCost returns the price of ending a CUSD early (REN 1.000 art. 142 I): the
// contracted demand of the months that are left, at most 3 for AS and A4 and 6
// for the others, and 30 kW for each month beyond.
func (r Rules) ExitCost(e Exit) ExitCost {
	most := r.ExitMonthsHigh
	if shortNotice(e.Subgroup) {
		most = r.ExitMonths
	}
	c := ExitCost{FullMonths: min(max(0, e.MonthsLeft), most), Full: Amount{0, true}}
	for n := range c.FullMonths {
		step := e.Contracted
		if n < len(e.Demands) {
			step = e.Demands[n]
		}
		for _, p := range e.Modality.Postos() {
			c.Full = c.Full.Plus(Charge(step.W(p), e.rate(p)))
		}
	}
	c.MinimumMonths = max(0, e.MonthsLeft-c.FullMonths)
	c.Minimum = Charge(int64(c.MinimumMonths)*r.MinimumW, e.rate(e.minimumPosto()))
	if c.MinimumMonths == 0 {
		c.Minimum = Amount{0, true}
	}
	c.Total = c.Full.Plus(c.Minimum)
	return c
}

func (e Exit) minimumPosto() Posto {
	if e.Modality == Azul {
		return OffPeak
	}
	return Single
}

// rate is that of a posto; an unknown modality has no tariff.
func (e Exit) rate(p Posto) Rate {
	switch {
	case e.Modality == Unknown || e.Modality == "":
		return NoRate
	case p == Peak:
		return e.Peak
	case p == OffPeak:
		return e.OffPeak
	}
	return e.Single
}

// Energy is what was used in a cycle, in Wh. Of a modality without postos for
// energy everything is OffPeak.
type Energy struct{ PeakWh, OffPeakWh int64 }

// EnergyExit is a contract for regulated energy (CCER) that ends early.
type EnergyExit struct {
	Open       bool       // of indefinite term
	MonthsLeft int        // of a fixed term
	Cycles     []Energy   // before the end, oldest first; the newest 12 count
	Peak       EnergyRate // TE with the flag (bandeira) of the day of the request
	OffPeak    EnergyRate
}

// EnergyExitCost returns the price of ending a CCER early (REN 1.000 art. 142 II
// and III): the average of the last 12 cycles times the months that are left of
// a fixed term, at most 12, or times 6 for an indefinite one. It is not charged
// where a client moves within the distributor's area unchanged (§3). The months
// are 0 where the rules of the day know no indefinite term.
func (r Rules) EnergyExitCost(e EnergyExit) (months int, cost Amount) {
	months = min(max(0, e.MonthsLeft), r.ExitEnergy)
	if e.Open {
		months = r.ExitEnergyOpen
	}
	cycles := e.Cycles[max(0, len(e.Cycles)-r.ExitEnergy):]
	if months == 0 {
		return 0, Amount{0, true}
	}
	if len(cycles) == 0 {
		return months, Amount{}
	}
	var sum Energy
	for _, c := range cycles {
		sum.PeakWh, sum.OffPeakWh = sum.PeakWh+c.PeakWh, sum.OffPeakWh+c.OffPeakWh
	}
	n := int64(len(cycles))
	return months, averageCharge(sum.PeakWh, e.Peak, months, n).Plus(averageCharge(sum.OffPeakWh, e.OffPeak, months, n))
}

// averageCharge is sum ÷ n × months × rate, rounded once. Energy that was not
// used needs no rate.
func averageCharge(sum int64, rate EnergyRate, months int, n int64) Amount {
	if sum == 0 {
		return Amount{0, true}
	}
	return charge(sum*int64(months), Rate(rate), n)
}

// OpenTermEnd returns the day taken as the end of a CUSD of indefinite term
// (public bodies, Lei 14.133/2021) that is ended on request: the next
// anniversary of its start, or the one after it if that is less than 180 days
// away (REN 1.000 art. 142 §2).
func (r Rules) OpenTermEnd(start, requested calendar.Date) calendar.Date {
	if !start.Valid() || !requested.Valid() {
		return ""
	}
	years := max(1, requested.Month().Year()-start.Month().Year())
	next := start.AddMonths(12 * years)
	if next <= requested {
		years++
		next = start.AddMonths(12 * years)
	}
	if calendar.DaysBetween(requested, next) < r.NoticeDays {
		next = start.AddMonths(12 * (years + 1))
	}
	return next
}
