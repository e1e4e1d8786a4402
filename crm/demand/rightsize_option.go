package demand

// optionOf finds the best contract of a modality over months that are all
// measured. A month that lacks something makes the option impossible: a sum over
// fewer months could not be compared.
func optionOf(m Modality, months []*Usage, least int64) (Option, Gap) {
	o := Option{Modality: m}
	for _, u := range months {
		if gap := u.gap(m); gap != "" {
			return o, gap
		}
	}
	list := make([]CurveMonth, len(months))
	for _, p := range m.Postos() {
		for i, u := range months {
			w, _ := u.measured(p)
			list[i] = CurveMonth{u.Month, w, u.Prices.rate(p)}
		}
		c, ok := NewCurve(list)
		if !ok || least > c.maxW-1000 {
			return o, GapMonths
		}
		o.Sizes = append(o.Sizes, Size{Posto: p, Curve: c})
	}
	exact := o.size(least, 1)
	for i := range o.Sizes {
		s := &o.Sizes[i]
		s.ExactW, s.Exact = exact[i].w, nanosAmount(exact[i].cost)
	}
	var demand nanos
	for i, b := range o.size(least, 1000) {
		s := &o.Sizes[i]
		s.W, s.Cost = b.w, nanosAmount(b.cost)
		demand.add(b.cost, 1)
	}
	o.energy = energyOf(months, func(*Usage) Modality { return m })
	o.Costs = costs(demand, o.energy)
	return o, ""
}

// CostsAt are the costs of the option's modality with other demands; absent for
// a demand that Curve.Cost has none for.
func (o *Option) CostsAt(s Step) Costs {
	var demand nanos
	for _, size := range o.Sizes {
		w := s.W(size.Posto)
		if !size.Curve.Cost(w).Known {
			return Costs{}
		}
		demand.add(size.Curve.nanos(w), 1)
	}
	return costs(demand, o.energy)
}

// EnergyNanos is the cost of the energy, unrounded, in billionths of R$; 0 where
// it is not known.
func (o *Option) EnergyNanos() int64 {
	if o.energy.over {
		return 0
	}
	return o.energy.v
}

// best is a demand with its cost in billionths of R$.
type best struct{ w, cost int64 }

// size returns the best demand of each posto. The minimum is owed in one posto
// only (REN 1.000 art. 148): where the best demands of azul both lie below it,
// the posto in which it costs less bears it.
func (o *Option) size(least, grid int64) []best {
	if len(o.Sizes) == 1 {
		w, cost := o.Sizes[0].Curve.best(least, grid)
		return []best{{w, cost}}
	}
	free := make([]best, len(o.Sizes))
	for i := range o.Sizes {
		free[i].w, free[i].cost = o.Sizes[i].Curve.best(0, grid)
		if free[i].w >= least {
			least = 0
		}
	}
	if least == 0 {
		return free
	}
	bears, extra := 0, int64(-1)
	for i := range o.Sizes {
		_, cost := o.Sizes[i].Curve.best(least, grid)
		if more := cost - free[i].cost; extra < 0 || more < extra {
			bears, extra = i, more
		}
	}
	free[bears].w, free[bears].cost = o.Sizes[bears].Curve.best(least, grid)
	return free
}

// presentCosts are those of the contracts as they were; absent where a month
// has none.
func presentCosts(months []*Usage) Costs {
	var demand nanos
	for _, u := range months {
		if !u.contracted() {
			return Costs{}
		}
		r := rulesAt(u.Month)
		for _, p := range u.Modality.Postos() {
			w, _ := u.measured(p)
			demand.month(r, w, max(0, u.Contract.W(p)), u.Prices.rate(p))
		}
	}
	return costs(demand, energyOf(months, func(u *Usage) Modality { return u.Modality }))
}

// energyOf is the cost of the energy; the sum is over where something lacks.
func energyOf(months []*Usage, modality func(*Usage) Modality) nanos {
	var n nanos
	for _, u := range months {
		peak, offPeak := u.Prices.energy(modality(u))
		if u.PeakWh == nil || u.OffPeakWh == nil || *u.PeakWh < 0 || *u.OffPeakWh < 0 || peak <= 0 || offPeak <= 0 {
			return nanos{over: true}
		}
		n.add(*u.PeakWh, int64(peak))
		n.add(*u.OffPeakWh, int64(offPeak))
	}
	return n
}

// costs rounds each sum once.
func costs(demand, energy nanos) Costs {
	c := Costs{Demand: demand.amount(), Energy: energy.amount()}
	total := demand
	total.over = total.over || energy.over
	total.add(energy.v, 1)
	c.Total = total.amount()
	return c
}
