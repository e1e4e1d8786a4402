package demand

import (
	"math"
	"math/bits"
)

// Rate is a demand tariff in millionths of R$ per kW, without taxes: R$ 22.81
// per kW is 22,810,000. NoRate stands for "no tariff known".
type Rate int64

// EnergyRate is a price of energy in millionths of R$ per kWh: R$ 1,809.05 per
// MWh is 1,809,050. It is what a client pays a distributor for a kWh: TUSD and
// TE for a captive client, TUSD alone for a free one.
type EnergyRate int64

// NoRate makes every amount absent. Tables write 0 where a tariff does not
// exist, so nothing real is lost by giving 0 this meaning.
const NoRate Rate = 0

// Amount is money in centavos that may be absent. An absent amount is shown as
// absent, never as 0.
type Amount struct {
	Centavos int64
	Known    bool
}

// Plus adds two amounts; the sum is known only if both are.
func (a Amount) Plus(b Amount) Amount {
	if !a.Known || !b.Known {
		return Amount{}
	}
	return Amount{a.Centavos + b.Centavos, true}
}

// wattRatePerCentavo is 1000 W a kW times 10,000 millionths of R$ a centavo.
const wattRatePerCentavo = 10_000_000

// Charge returns w times rate. The amount is absent without a tariff and for a
// product beyond int64 (no installation comes near it).
func Charge(w int64, rate Rate) Amount { return charge(w, rate, 1) }

// EnergyCharge returns an energy in Wh times its rate; absent as Charge is.
func EnergyCharge(wh int64, rate EnergyRate) Amount { return charge(wh, Rate(rate), 1) }

// charge computes w × rate ÷ 10^7 ÷ divisor for demands that are known in
// fractions of a W, such as a tenth of a former maximum.
func charge(w int64, rate Rate, divisor int64) Amount {
	if rate <= NoRate || w < 0 {
		return Amount{}
	}
	c, ok := mulDiv(w, int64(rate), wattRatePerCentavo*divisor)
	if !ok {
		return Amount{}
	}
	return Amount{c, true}
}

// mulDiv returns a × b ÷ d for a, b ≥ 0 and d > 0, exact and rounded once: a
// half goes to the even neighbour (ABNT NBR 5891, by REN 1.000 art. 657).
func mulDiv(a, b, d int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(d) {
		return 0, false
	}
	q, rest := bits.Div64(hi, lo, uint64(d))
	if q >= math.MaxInt64 {
		return 0, false
	}
	if half := uint64(d) - rest; rest > half || rest == half && q%2 == 1 {
		q++
	}
	return int64(q), true
}
