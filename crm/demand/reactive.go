package demand

import (
	"math"

	"cemigmas/crm/calendar"
)

// Interval is one hour T of a billing period, as the meter's mass memory has it.
type Interval struct {
	Posto        Posto
	ActiveWh     int64 // over an hour it is the mean demand in W, too
	ReactiveVarh int64
	Capacitive   bool
	Window       bool // lies in the 6 hours between 23h30 and 6h30 that the distributor set
}

// counts tells whether an hour's reactive energy matters: in the window the
// capacitive one, outside of it the inductive one (REN 1.000 art. 304 §1).
func (i Interval) counts() bool {
	return i.Window == i.Capacitive && i.ActiveWh >= 0 && i.ReactiveVarh > 0
}

// required is f_R ÷ f_T × active: as f_T is active ÷ apparent, it is f_R ×
// apparent, in Wh. An hour at or above f_R requires no more than it used.
func (r Rules) required(i Interval) float64 {
	p, q := float64(i.ActiveWh), float64(i.ReactiveVarh)
	return float64(r.PowerFactorCents) / 100 * math.Sqrt(float64(p*p)+float64(q*q))
}

// Reactive is the reactive excess of a billing period.
type Reactive struct {
	EnergyWh float64           // Σ of the hours below f_R: what E_RE multiplies
	LargestW map[Posto]float64 // largest of the hours below f_R by posto: before the demand of the bill is taken off
}

// ReactiveOf sums the hours whose power factor is below the reference of 0.92
// (REN 1.000 arts. 302 and 304). Roots make it a fraction: it is rounded with
// the amount only (art. 657).
func (r Rules) ReactiveOf(hours []Interval) Reactive {
	x := Reactive{LargestW: make(map[Posto]float64)}
	for _, i := range hours {
		need := r.required(i)
		if !i.counts() || need <= float64(i.ActiveWh) {
			continue
		}
		x.EnergyWh += need - float64(i.ActiveWh)
		x.LargestW[i.Posto] = max(x.LargestW[i.Posto], need)
	}
	return x
}

// ReactiveEnergyCharge is E_RE (REN 1.000 art. 304): the excess in Wh, computed
// by ReactiveOf or read from the meter as UFER, times the TE of B1 under the
// green flag.
func ReactiveEnergyCharge(excessWh float64, te EnergyRate) Amount {
	return chargeFloat(excessWh, int64(te))
}

// ReactiveDemandCharge is D_RE of a posto (REN 1.000 art. 304): the largest
// demand in W of an hour multiplied by f_R ÷ f_T, computed by ReactiveOf or read
// from the meter as DMCR, less the demand of the bill, times the off-peak demand
// tariff of azul in the subgroup.
func ReactiveDemandCharge(largestW float64, billedW int64, azulOffPeak Rate) Amount {
	return chargeFloat(max(0, largestW-float64(billedW)), int64(azulOffPeak))
}

// AdjustingIn is Adjusting of a month: the complete cycles are counted from the
// first month in which there was supply from its first day on; what comes before
// belongs to the period too. Nothing is adjusted where the day of the connection is not known.
func (r Rules) AdjustingIn(m calendar.Month, connected calendar.Date) bool {
	if !connected.Valid() || !m.Valid() || m < connected.Month() {
		return false
	}
	first := connected.Month()
	if connected != first.First() {
		first = first.Add(1)
	}
	return m < first.Add(r.AdjustCycles)
}

func chargeFloat(quantity float64, rate int64) Amount {
	centavos := quantity * float64(rate) / wattRatePerCentavo
	if rate <= 0 || quantity < 0 || !(centavos < math.MaxInt64/2) {
		return Amount{}
	}
	return Amount{int64(math.RoundToEven(centavos)), true}
}

// Adjusting tells whether a cycle lies in the adjustment period at the start of
// supply, counted from 0: reactive excess is told then, but not charged (REN
// 1.000 art. 316).
func (r Rules) Adjusting(cycle int) bool { return 0 <= cycle && cycle < r.AdjustCycles }
