package crm

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// openContract is a contract that the rows at hand are about: several of them
// may each bring a step of its demand.
type openContract struct {
	was, is Contract
	exists  bool
	changed bool
	taken   bool  // a row about it was taken
	line    int64 // of the first row about it
}

func (u *Upserter) loadContracts(ctx context.Context, rows []Row) error {
	refs := make([]InstallationRef, 0, len(rows))
	for _, r := range rows {
		refs = append(refs, r.Contract.Installation)
	}
	if err := u.refInstallations(ctx, refs); err != nil {
		return err
	}
	var ids want
	for _, r := range refs {
		for _, k := range installationKeys(normalUC(r)) {
			if i, ok := u.insts[k]; ok {
				ids.add(i.id)
			}
		}
	}
	for _, id := range ids.list {
		list, err := u.s.contractsOf(ctx, id)
		if err != nil {
			return err
		}
		for _, c := range list {
			u.work.contracts[id] = append(u.work.contracts[id], &openContract{was: c, is: c, exists: true})
		}
	}
	return nil
}

func (u *Upserter) takeContract(_ context.Context, row *Row, o *Outcome) error {
	r := row.Contract
	inst, _ := u.installationRef(r.Installation, o)
	checkContract(r, o)
	if o.bad() {
		(&Contract{}).fill(r, o)
		return nil
	}
	oc := u.openContract(inst, r)
	c := oc.is
	c.Schedule = slices.Clone(c.Schedule)
	c.fill(r, o)
	c.Client, c.Agent, c.Team, c.Acting = inst.client, inst.agent, inst.team, inst.acting
	from := c.step(r, o)
	c.check(o)
	if o.bad() {
		return nil
	}
	if oc.taken && !sameTerms(&oc.is, &c) {
		o.reject("start", "import.contract.differs", "row", strconv.FormatInt(oc.line, 10))
		return nil
	}
	if !u.first(row.Line, o, "start", RowContract, ContractKey(inst.id, c.Kind, c.Start, c.Former)+"|"+from) {
		return nil
	}
	u.sameScope(&oc.is.Agent, &oc.is.Team, &oc.is.Acting, inst)
	o.ID, o.Client = c.ID, c.Client
	fresh := !oc.exists && !oc.taken
	changed := fresh || !sameDoc(Contracts, &oc.is, &c)
	if changed {
		c.Flags = addFlags(c.Flags, r.Flags)
	}
	o.settle(fresh, changed)
	if u.dry && changed && !fresh {
		told(o, Contracts, &oc.is, &c)
	}
	oc.is, oc.changed = c, oc.changed || changed
	if !oc.taken {
		oc.taken, oc.line = true, row.Line
	}
	return nil
}

func checkContract(r *ContractRow, o *Outcome) {
	if r.Kind == "" {
		r.Kind = ContractCUSD
	}
	if r.Kind != ContractCUSD && r.Kind != ContractCCER {
		o.reject("kind", "error.field.choice")
	}
	if r.Start != "" && !calendar.Date(r.Start).Valid() {
		o.reject("start", "date.invalid")
	}
	if r.From != "" && !calendar.Month(r.From).Valid() {
		o.reject("from", "import.month")
	}
	negative(o, map[string]Opt[int64]{"singleW": r.SingleW, "peakW": r.PeakW, "offPeakW": r.OffPeakW,
		"formerSingleW": r.FormerSingleW, "formerPeakW": r.FormerPeakW, "formerOffPeakW": r.FormerOffPeakW,
		"termMonths": r.TermMonths, "testCycles": r.TestCycles})
}

// openContract finds the contract that a row is about, or begins one.
func (u *Upserter) openContract(inst ref, r *ContractRow) *openContract {
	for _, oc := range u.work.contracts[inst.id] {
		if oc.is.Kind == r.Kind && oc.is.Start == r.Start && oc.is.Former == r.Former {
			return oc
		}
	}
	oc := &openContract{is: Contract{ID: u.s.NewID(), Installation: inst.id, Kind: r.Kind, Start: r.Start, Former: r.Former,
		Modality: string(demand.Unknown), Renews: true, CreatedAt: u.s.Now()}}
	u.work.contracts[inst.id] = append(u.work.contracts[inst.id], oc)
	return oc
}

func (c *Contract) fill(r *ContractRow, o *Outcome) {
	r.Number.into(&c.Number)
	choose(r.Modality, &c.Modality, []string{"verde", "azul", "unknown"}, "modality", o)
	if c.Modality == "" {
		c.Modality = string(demand.Unknown)
	}
	choose(r.Market, &c.Market, []string{MarketCaptive, MarketFree}, "market", o)
	fillDate(r.End, &c.End, "end", o)
	fillDate(r.Denounced, &c.Denounced, "denounced", o)
	if n, set := r.TermMonths.Value(); set {
		c.TermMonths = int(n)
	} else if r.TermMonths.Given() {
		c.TermMonths = 0
	}
	r.Renews.into(&c.Renews)
	c.fillMigration(r, o)
	c.fillTest(r, o)
}

// fillMigration sets the day on which the migration to the free market was
// requested; what else is known of it stays.
func (c *Contract) fillMigration(r *ContractRow, o *Outcome) {
	day, set := r.Migration.Value()
	switch {
	case !r.Migration.Given():
	case !set:
		c.Migration = nil
	case !calendar.Date(day).Valid():
		o.reject("migration", "date.invalid")
	default:
		m := Migration{Requested: day}
		if c.Migration != nil {
			m.Simplified = c.Migration.Simplified
		}
		c.Migration = &m
	}
}

func (c *Contract) fillTest(r *ContractRow, o *Outcome) {
	if r.TestFrom.Given() {
		if _, set := r.TestFrom.Value(); !set {
			c.Test = nil
			return
		}
	} else if c.Test == nil {
		return
	}
	t := TestPeriod{}
	if c.Test != nil {
		t = *c.Test // never written through: the stored one is compared with
	}
	fillMonth(r.TestFrom, &t.From, "testFrom", o)
	if n, set := r.TestCycles.Value(); set {
		t.Cycles = int(n)
	}
	if t.Cycles == 0 {
		t.Cycles = demand.RulesAt(calendar.Month(t.From)).TestCycles
	}
	r.FormerSingleW.intoPtr(&t.Former.SingleW)
	r.FormerPeakW.intoPtr(&t.Former.PeakW)
	r.FormerOffPeakW.intoPtr(&t.Former.OffPeakW)
	c.Test = &t
}

// step merges the row's demand into the schedule and returns its month.
func (c *Contract) step(r *ContractRow, o *Outcome) string {
	from := r.From
	if from == "" && c.Start != "" {
		from = c.Start[:7]
	}
	if !r.SingleW.Given() && !r.PeakW.Given() && !r.OffPeakW.Given() {
		return from
	}
	if from == "" && len(c.Schedule) == 1 {
		from = c.Schedule[0].From
	}
	if from == "" {
		o.reject("from", "import.contract.from")
		return ""
	}
	n, found := slices.BinarySearchFunc(c.Schedule, from, func(s DemandStep, f string) int { return cmp.Compare(s.From, f) })
	if !found {
		c.Schedule = slices.Insert(c.Schedule, n, DemandStep{From: from})
	}
	s := c.Schedule[n]
	r.SingleW.intoPtr(&s.SingleW)
	r.PeakW.intoPtr(&s.PeakW)
	r.OffPeakW.intoPtr(&s.OffPeakW)
	c.Schedule[n] = s
	if s.SingleW == nil && s.PeakW == nil && s.OffPeakW == nil {
		c.Schedule = slices.Delete(c.Schedule, n, n+1)
	}
	return from
}

// check holds a contract to what its modality has (REN 1.000 arts. 213, 214):
// azul two demands, verde one.
func (c *Contract) check(o *Outcome) {
	if c.End != "" && c.Start != "" && c.End < c.Start {
		o.reject("end", "import.contract.end")
	}
	if c.Test != nil && c.Test.From == "" {
		o.reject("testFrom", "error.field.required")
	}
	for _, s := range c.Schedule {
		switch demand.Modality(c.Modality) {
		case demand.Azul:
			if s.PeakW == nil {
				o.reject("peakW", "import.azul.peak", "month", s.From)
			}
			if s.OffPeakW == nil {
				o.reject("offPeakW", "import.azul.offpeak", "month", s.From)
			}
		case demand.Verde:
			if s.SingleW == nil {
				o.reject("singleW", "import.verde.single", "month", s.From)
			}
			if s.PeakW != nil || s.OffPeakW != nil {
				o.reject("peakW", "import.verde.postos", "month", s.From)
			}
		}
		if o.bad() {
			return
		}
	}
}

// sameTerms compares everything but the schedule.
func sameTerms(a, b *Contract) bool {
	x, y := *a, *b
	x.Schedule, y.Schedule = nil, nil
	return sameDoc(Contracts, &x, &y)
}

// putContracts makes the changes of the contracts of a batch: one each, however
// many rows were about it.
func (u *Upserter) putContracts() {
	var open []*openContract
	for _, list := range u.work.contracts {
		for _, oc := range list {
			if oc.changed && !(oc.exists && sameDoc(Contracts, &oc.was, &oc.is)) {
				open = append(open, oc)
			}
		}
	}
	slices.SortFunc(open, func(a, b *openContract) int { return cmp.Compare(a.is.ID, b.is.ID) })
	for _, oc := range open {
		c := oc.is
		c.UpdatedAt = u.s.Now()
		save(u, Contracts, c.Client, oc.exists, &oc.was, &c)
	}
}
