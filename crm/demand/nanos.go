package demand

import (
	"math"
	"math/bits"
)

// nanos sums products of W and Rate, or Wh and EnergyRate, exactly: both are
// billionths of R$. A sum beyond int64 (R$ 9,223,372,036) is no sum any more.
type nanos struct {
	v    int64
	over bool
}

// nanosPerCentavo are 10^7; wattRatePerCentavo is the same number.
const nanosPerCentavo = wattRatePerCentavo

// add adds a × b, both ≥ 0.
func (n *nanos) add(a, b int64) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt64 || int64(lo) > math.MaxInt64-n.v {
		n.over = true
		return
	}
	n.v += int64(lo)
}

// amount rounds the sum once.
func (n nanos) amount() Amount {
	if n.over {
		return Amount{}
	}
	return nanosAmount(n.v)
}

func nanosAmount(v int64) Amount {
	c, ok := mulDiv(v, 1, nanosPerCentavo)
	return Amount{c, ok}
}

// month adds the demand charges of a month in one posto: the regular one and
// that for an overrun (REN 1.000 arts. 294 II and 301).
func (n *nanos) month(r *Rules, measured, contracted int64, rate Rate) {
	n.add(max(measured, contracted), int64(rate))
	if measured*100 > contracted*r.OverrunPercent {
		n.add((measured-contracted)*r.OverrunFactor, int64(rate))
	}
}
