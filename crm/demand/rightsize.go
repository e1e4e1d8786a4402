package demand

import (
	"slices"

	"cemigmas/crm/calendar"
)

// Prices are the tariffs in force in a month, of both modalities. 0 is "not
// known". Energy is what a kWh costs this client: TUSD and TE for a captive
// one, TUSD for a free one.
type Prices struct {
	Single        Rate // verde
	Peak, OffPeak Rate // azul

	VerdePeak, VerdeOffPeak EnergyRate
	AzulPeak, AzulOffPeak   EnergyRate
}

// Usage is a month of an installation as the simulation needs it: what was
// measured, what was contracted, what it costs. Nil is "not known".
type Usage struct {
	Month     calendar.Month
	Modality  Modality // of the contract in force
	Contract  *Step    // in force in the month; nil also where one of its postos is not known
	SingleW   *int64   // largest demand; if nil, the larger of the next two
	PeakW     *int64
	OffPeakW  *int64
	PeakWh    *int64
	OffPeakWh *int64
	Prices    Prices
}

// SizeRequest asks which contract would have cost least over some months.
type SizeRequest struct {
	Months   []Usage // oldest first; 12 or 24 give every season its weight
	Volts    int64   // from 69 kV on only azul is allowed: art. 220; 0: below
	MinimumW int64   // least demand in one posto; 0: as the rules say (art. 148 III)
}

// Costs are those of all months compared, before taxes. Energy is absent where
// a reading or a tariff lacks; Total then is, too.
type Costs struct{ Demand, Energy, Total Amount }

// Size is the best demand of a posto.
type Size struct {
	Posto  Posto
	W      int64  // the cheapest whole number of kW, as contracts are written
	Cost   Amount // of the demand at W
	ExactW int64  // the cheapest to the W, of which the drop of the curve is a part
	Exact  Amount // of the demand at ExactW; never above Cost
	Curve  Curve
}

// Option is the best contract of a modality.
type Option struct {
	Modality Modality
	Sizes    []Size // in the order of Modality.Postos
	Costs    Costs  // at whole kW

	energy nanos
}

// Step returns the demands of an option.
func (o Option) Step() Step {
	var s Step
	for _, size := range o.Sizes {
		switch size.Posto {
		case Single:
			s.SingleW = size.W
		case Peak:
			s.PeakW = size.W
		case OffPeak:
			s.OffPeakW = size.W
		}
	}
	return s
}

// Gap is why something could not be simulated; a key of the catalogue.
type Gap string

// GapMonths: no month has what it takes. GapPostos: azul needs both demands of
// every month. GapTariff: a demand tariff lacks. GapEnergy: energy or its
// tariffs lack, so that verde and azul cannot be compared: verde's cheap demand
// goes with dear energy at the peak. GapContract: no contract is known, so
// there is nothing to save.
const (
	GapMonths   Gap = "months"
	GapPostos   Gap = "postos"
	GapTariff   Gap = "tariff"
	GapEnergy   Gap = "energy"
	GapContract Gap = "contract"
)

// RightSize is what a simulation found.
type RightSize struct {
	First, Last calendar.Month // of the months compared
	Compared    int            // months that have all it takes
	Left        int            // months that do not, and count nowhere
	Modality    Modality       // of the newest month compared
	Present     Costs          // of the contract as it was
	Options     []Option       // verde, azul: those that are allowed and can be computed
	Best        *Option        // the cheapest; of the present modality where energy cannot be compared; nil if nothing can be said
	SavingYear  Amount         // present less best in R$ a year; 0 where the present contract is not beaten
	Gaps        []Gap
}

// Simulate finds the contracted demands that would have cost least over the
// months given, for verde and for azul, what the present contract cost, and the
// saving a year. It is exact: see Curve. All months of the result are the same
// for all that is compared. Test periods and the billing of rural and seasonal
// clients (arts. 294 I, 300, 313) are not part of it: leave out those months,
// and those clients.
func Simulate(q SizeRequest) RightSize {
	months, modality := comparable(q)
	res := RightSize{Compared: len(months), Left: len(q.Months) - len(months), Modality: modality}
	if len(months) == 0 {
		res.Gaps = []Gap{GapMonths}
		return res
	}
	res.First, res.Last = months[0].Month, months[len(months)-1].Month
	least := q.MinimumW
	if least <= 0 {
		least = rulesAt(res.Last).MinimumW
	}
	for _, m := range Modalities(q.Volts) {
		option, gap := optionOf(m, months, least)
		if gap != "" {
			res.Gaps = append(res.Gaps, gap)
			continue
		}
		res.Options = append(res.Options, option)
	}
	res.Present = presentCosts(months)
	res.choose(months, len(Modalities(q.Volts)))
	return res
}

// choose names the best option and what it saves. Modalities are compared only
// where all that are allowed are there with their energy.
func (res *RightSize) choose(months []*Usage, allowed int) {
	energy := true
	for _, o := range res.Options {
		energy = energy && o.Costs.Energy.Known
	}
	if !energy && allowed > 1 {
		res.Gaps = append(res.Gaps, GapEnergy)
	}
	compare := energy && len(res.Options) == allowed
	for i := range res.Options {
		o := &res.Options[i]
		switch {
		case !compare && allowed > 1 && o.Modality != res.Modality:
		case res.Best == nil, o.Costs.Total.Centavos < res.Best.Costs.Total.Centavos:
			res.Best = o
		}
	}
	if !res.Present.Demand.Known {
		res.Gaps = append(res.Gaps, GapContract)
	}
	if res.Best == nil {
		return
	}
	present, best := res.Present.Total, res.Best.Costs.Total
	if !energy || !present.Known {
		// The energy of one modality is the same before and after.
		present, best = res.Present.Demand, res.Best.Costs.Demand
		for _, u := range months {
			present.Known = present.Known && u.Modality == res.Best.Modality
		}
	}
	if !present.Known || !best.Known {
		return
	}
	res.SavingYear = SavingYear(present, best, res.Compared)
	res.SavingYear.Centavos = max(0, res.SavingYear.Centavos)
}

// SavingYear is what one contract would cost less than another in a year, of
// their costs over some months; below zero where it costs more.
func SavingYear(was, is Amount, months int) Amount {
	if !was.Known || !is.Known || months <= 0 {
		return Amount{}
	}
	less := was.Centavos - is.Centavos
	if less < 0 {
		more, ok := mulDiv(-less, 12, int64(months))
		return Amount{-more, ok}
	}
	saved, ok := mulDiv(less, 12, int64(months))
	return Amount{saved, ok}
}

// comparable returns the months that have what the present contract and its
// modality need, and that modality. Without any contract it is the months that
// verde can be computed for.
func comparable(q SizeRequest) ([]*Usage, Modality) {
	modality := Unknown
	for i := range q.Months {
		if u := &q.Months[i]; u.contracted() {
			modality = u.Modality
		}
	}
	needs := modality
	if needs == Unknown {
		needs = Modalities(q.Volts)[0]
	}
	out := make([]*Usage, 0, len(q.Months))
	for i := range q.Months {
		u := &q.Months[i]
		present := modality == Unknown || u.contracted() && u.has(u.Modality)
		if present && u.has(needs) {
			out = append(out, u)
		}
	}
	return out, modality
}

// contracted tells whether a month has a contract of a known modality that asks
// for something in one of its postos.
func (u *Usage) contracted() bool {
	if u.Contract == nil || u.Modality != Verde && u.Modality != Azul {
		return false
	}
	return slices.ContainsFunc(u.Modality.Postos(), func(p Posto) bool { return u.Contract.W(p) > 0 })
}

// has tells whether a month has demands and demand tariffs of a modality.
func (u *Usage) has(m Modality) bool { return u.gap(m) == "" }

func (u *Usage) gap(m Modality) Gap {
	if m != Verde && m != Azul {
		return GapContract
	}
	for _, p := range m.Postos() {
		if w, ok := u.measured(p); !ok || w < 0 {
			return GapPostos
		}
		if u.Prices.rate(p) <= NoRate {
			return GapTariff
		}
	}
	return ""
}

// measured is what a posto was measured with. The one demand of verde is the
// largest of the month, whenever it occurred.
func (u *Usage) measured(p Posto) (int64, bool) {
	w := u.SingleW
	switch p {
	case Peak:
		w = u.PeakW
	case OffPeak:
		w = u.OffPeakW
	case Single:
		if w == nil && u.PeakW != nil && u.OffPeakW != nil {
			return max(*u.PeakW, *u.OffPeakW), true
		}
	}
	if w == nil {
		return 0, false
	}
	return *w, true
}

func (p *Prices) rate(posto Posto) Rate {
	switch posto {
	case Peak:
		return p.Peak
	case OffPeak:
		return p.OffPeak
	}
	return p.Single
}

func (p *Prices) energy(m Modality) (peak, offPeak EnergyRate) {
	if m == Azul {
		return p.AzulPeak, p.AzulOffPeak
	}
	return p.VerdePeak, p.VerdeOffPeak
}
