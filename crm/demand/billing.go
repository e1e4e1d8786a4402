package demand

// Overrun is what exceeds a contracted demand in one posto and month.
type Overrun struct {
	OverW    int64  // measured less contracted, 0 if below; also without Trigger
	Trigger  bool   // the overrun is charged
	Amount   Amount // the charge before taxes; 0 without Trigger, absent if no tariff is known
	NoTariff bool   // no tariff is known for the month: say so
}

// Overrun computes the charge for an overrun by the rules r; measured and
// contracted in W. The trigger is an exact comparison. Without a contracted
// demand there is nothing to exceed.
func (r Rules) Overrun(measured, contracted int64, rate Rate) Overrun {
	// REN 1.000 art. 301: 5 % is a trigger, not an allowance. Beyond it, all that
	// exceeds the contract is charged, on top of the regular bill.
	return r.overrun(measured, contracted, rate, r.exceeds(measured, contracted))
}

func (r Rules) exceeds(measured, contracted int64) bool {
	return contracted > 0 && measured*100 > contracted*r.OverrunPercent
}

func (r Rules) overrun(measured, contracted int64, rate Rate, trigger bool) Overrun {
	o := Overrun{Trigger: trigger, NoTariff: rate <= NoRate, Amount: Amount{0, true}}
	if contracted > 0 {
		o.OverW = max(0, measured-contracted)
	}
	if trigger {
		o.Amount = Charge(o.OverW*r.OverrunFactor, rate)
	}
	return o
}

// OverrunOf is Current().Overrun.
func OverrunOf(measured, contracted int64, rate Rate) Overrun {
	return Current().Overrun(measured, contracted, rate)
}

// Billed returns the demand of the regular bill in W: the larger of the two
// (REN 1.000 art. 294).
func Billed(measured, contracted int64) int64 { return max(measured, contracted) }

// IdleW returns the contracted demand that was not used, in W. It is paid for.
func IdleW(measured, contracted int64) int64 { return max(0, contracted-measured) }

// IdleCharge returns what the unused part of a contracted demand costs: it is a
// part of the regular charge, not an addition to it (REN 1.000 art. 294 II).
func IdleCharge(measured, contracted int64, rate Rate) Amount {
	return Charge(IdleW(measured, contracted), rate)
}

// Bill is the demand part of a bill in one posto, before taxes.
type Bill struct {
	BilledW int64
	Regular Amount
	Overrun Overrun
}

// Bill computes an ordinary month. For a test period see TestPeriod.Bill, for
// rural and seasonal clients SeasonalCharge.
func (r Rules) Bill(measured, contracted int64, rate Rate) Bill {
	w := Billed(measured, contracted)
	return Bill{BilledW: w, Regular: Charge(w, rate), Overrun: r.Overrun(measured, contracted, rate)}
}

// Total adds both lines, each of which the bill shows rounded.
func (b Bill) Total() Amount { return b.Regular.Plus(b.Overrun.Amount) }

// Utilisation returns measured ÷ contracted in tenths of a percent, rounded:
// 560 of 500 kW is 1120. ok is false without a contracted demand.
func Utilisation(measured, contracted int64) (tenths int64, ok bool) {
	if contracted <= 0 || measured < 0 {
		return 0, false
	}
	return mulDiv(measured, 1000, contracted)
}

// State says in a word how a demand is used. The words are those of the look's
// colours and of the catalogue (state.*).
type State string

// StateNone is said without a contract; StateWarn from above the contract up to
// the trigger; StateBad beyond the trigger.
const (
	StateNone State = "none"
	StateIdle State = "idle"
	StateOK   State = "ok"
	StateWarn State = "warn"
	StateBad  State = "bad"
)

// State judges a measured demand. Idle is what lies below idleTenths (tenths of
// a percent of the contract), a setting whose default is DefaultIdle.
func (r Rules) State(measured, contracted, idleTenths int64) State {
	switch {
	case contracted <= 0:
		return StateNone
	case r.exceeds(measured, contracted):
		return StateBad
	case measured > contracted:
		return StateWarn
	case measured*1000 < contracted*idleTenths:
		return StateIdle
	}
	return StateOK
}

// StateOf is Current().State.
func StateOf(measured, contracted, idleTenths int64) State {
	return Current().State(measured, contracted, idleTenths)
}

// Worst returns the state that deserves attention first: bad, warn, idle, ok,
// none.
func Worst(states ...State) State {
	worst := StateNone
	for _, s := range states {
		if rank[s] > rank[worst] {
			worst = s
		}
	}
	return worst
}

var rank = map[State]int{StateNone: 0, StateOK: 1, StateIdle: 2, StateWarn: 3, StateBad: 4}

// AtConnection adds the losses of the client's transformer to a demand in W, or
// an energy in Wh, that was measured at its secondary (REN 1.000 art. 305): by
// the connection voltage in V, rounded to the unit.
func (r Rules) AtConnection(measured, volts int64) int64 {
	at, ok := mulDiv(max(0, measured), 1000+r.Losses(volts), 1000)
	if !ok || measured < 0 {
		return measured
	}
	return at
}

// Losses are what AtConnection adds, in tenths of a percent.
func (r Rules) Losses(volts int64) int64 {
	if volts >= HighV {
		return r.LossHighTenths
	}
	return r.LossTenths
}
