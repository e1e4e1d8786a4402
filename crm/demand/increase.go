package demand

import "cemigmas/crm/calendar"

// Works says what must be built before more demand can be supplied.
type Works string

// WorksNone needs none. WorksLow is in the network below 2.3 kV (art. 88 I),
// WorksNear in that below 69 kV and within 1 km (II), WorksRest elsewhere below
// 69 kV (III). WorksPlan follows a schedule of the distributor (art. 88 §1).
const (
	WorksNone Works = "none"
	WorksLow  Works = "low"
	WorksNear Works = "near"
	WorksRest Works = "rest"
	WorksPlan Works = "plan"
)

// IncreaseRequest is a wish to contract more.
type IncreaseRequest struct {
	Requested calendar.Date
	Volts     int64 // connection voltage in V; 0, not known, is taken for medium voltage
	Works     Works
	Metering  bool // the metering must be inspected or changed; with works it always is
}

// Stage is a part of the way with the last day on which it must be done.
type Stage struct {
	Code    string // key of the catalogue: budget, contracts, works, metering …
	Article string // of REN 1.000
	By      calendar.Date
	Period  calendar.Period
}

// Increase is when more demand must be there at the latest.
type Increase struct {
	Stages []Stage
	On     calendar.Date // the last stage; "" where a schedule of the distributor decides
	Month  calendar.Month
}

// LatestIncrease returns the day by which the distributor must supply more
// demand (REN 1.000 arts. 154, 64, 84, 88 and 91): its answer, the contracts,
// the works and the metering, one after the other. The client's own steps
// (approving, signing, paying, building) are taken to be done on the day on
// which they become possible; each day that they take is added.
func (r Rules) LatestIncrease(q IncreaseRequest, w calendar.WorkDays) Increase {
	if !q.Requested.Valid() {
		return Increase{}
	}
	c := chain{w: w, day: q.Requested}
	c.add("budget", "64", r.budget(q))
	c.add("contracts", "84", r.Contracts)
	switch q.Works {
	case WorksLow:
		c.add("works", "88 I", r.WorksLow)
	case WorksNear:
		c.add("works", "88 II", r.WorksNear)
	case WorksRest:
		c.add("works", "88 III", r.WorksRest)
	case WorksPlan:
		c.stages = append(c.stages, Stage{Code: "works", Article: "88 §1"})
		return Increase{Stages: c.stages}
	}
	if q.Metering || q.Works != WorksNone && q.Works != "" {
		c.add("metering", "91", r.metering(q.Volts))
	}
	return Increase{Stages: c.stages, On: c.day, Month: wholeMonth(c.day)}
}

// budget is the period of art. 64: 15 days below 69 kV without works, 30 with
// works, 45 in all other cases.
func (r Rules) budget(q IncreaseRequest) calendar.Period {
	switch {
	case q.Volts >= HighV:
		return r.BudgetOther
	case q.Works == WorksNone || q.Works == "":
		return r.Budget
	}
	return r.BudgetWorks
}

func (r Rules) metering(volts int64) calendar.Period {
	switch {
	case volts >= HighV:
		return r.Metering[2]
	case 0 < volts && volts < MediumV:
		return r.Metering[0]
	}
	return r.Metering[1]
}

// chain is a run of periods, each of which begins when the one before ends.
type chain struct {
	w      calendar.WorkDays
	day    calendar.Date
	stages []Stage
}

func (c *chain) add(code, article string, p calendar.Period) {
	c.day = c.w.Due(c.day, p)
	c.stages = append(c.stages, Stage{Code: code, Article: article, By: c.day, Period: p})
}
