package crm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// ContractInput is what is said of a contract; it replaces all of it but its
// amendments.
type ContractInput struct {
	Kind       string       `json:"kind"`
	Number     string       `json:"number,omitempty"`
	Modality   string       `json:"modality"`
	Start      string       `json:"start"`
	TermMonths int          `json:"termMonths,omitempty"` // 0: as the rules say
	Renews     bool         `json:"renews"`
	Agreed     bool         `json:"agreed,omitempty"`
	End        string       `json:"end,omitempty"`
	Denounced  string       `json:"denounced,omitempty"`
	Schedule   []DemandStep `json:"schedule,omitempty"`
	Test       *TestPeriod  `json:"test,omitempty"`
	Migration  *Migration   `json:"migration,omitempty"`
}

// maxTerm is the longest term of a contract in months: what is beyond it was
// typed wrong.
const maxTerm = 600

// Contract reads one contract of a client that the actor sees.
func (s *Service) Contract(ctx context.Context, a Actor, id string) (Contract, error) {
	c, err := Contracts.Get(ctx, s.store, id)
	if err != nil {
		return Contract{}, err
	}
	if !a.sees(c.kept()) {
		return Contract{}, notFound()
	}
	return c, nil
}

// AddContract makes a contract of an installation. CodeInvalid says field by
// field what is wrong; CodeDuplicate when the installation has a contract of
// this kind with this start.
func (s *Service) AddContract(ctx context.Context, a Actor, installation string, in ContractInput) (Contract, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return Contract{}, err
	}
	c := Contract{ID: s.newID(), Client: i.Client, Installation: i.ID, Agent: i.Agent, Team: i.Team, Acting: i.Acting, CreatedAt: s.Now()}
	if err := c.take(in); err != nil {
		return Contract{}, err
	}
	return s.saveContract(ctx, a, nil, &c)
}

// EditContract replaces what is said of a contract that was read with this
// version (0: whatever it is now). CodeConflict when somebody changed it since,
// with the contract as it is now; the others as AddContract.
func (s *Service) EditContract(ctx context.Context, a Actor, id string, version int64, in ContractInput) (Contract, error) {
	was, err := s.Contract(ctx, a, id)
	if err != nil {
		return Contract{}, err
	}
	if version != 0 && version != was.Version {
		return was, Errf(CodeConflict, "error.conflict")
	}
	c := was
	if err := c.take(in); err != nil {
		return was, err
	}
	return s.saveContract(ctx, a, &was, &c)
}

func (s *Service) saveContract(ctx context.Context, a Actor, was, c *Contract) (Contract, error) {
	c.UpdatedAt = s.Now()
	if err := s.Apply(ctx, saved(s.editor(ctx, a), Contracts, c.Client, was, c)...); err != nil {
		if CodeOf(err) == CodeDuplicate {
			err = &Error{Code: CodeDuplicate, Text: Text{Key: "contract.duplicate"}, Err: err, Fields: map[string]Text{"start": {Key: "contract.duplicate"}}}
		}
		if now, e := s.Contract(ctx, SystemActor(), c.ID); CodeOf(err) == CodeConflict && e == nil {
			return now, err // somebody was quicker
		}
		return *c, err
	}
	if err := s.Recompute(ctx, c.Client); err != nil {
		return *c, err
	}
	s.bus.Publish(Event{Kind: "client", ID: c.Client, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
	return s.Contract(ctx, SystemActor(), c.ID)
}

// take sets what the input says, or answers what is wrong with it. The stored
// contract's slices are never written through: it is compared with.
func (c *Contract) take(in ContractInput) error {
	bad := problems{}
	pick(&c.Kind, &in.Kind, ContractKinds, "kind", bad)
	bad.need("kind", c.Kind)
	pick(&c.Modality, &in.Modality, []string{string(demand.Verde), string(demand.Azul), string(demand.Unknown)}, "modality", bad)
	if c.Modality == "" {
		c.Modality = string(demand.Unknown)
	}
	c.Number = firstLine(in.Number)
	civil(&c.Start, &in.Start, "start", bad)
	if !c.Former {
		bad.need("start", c.Start)
	}
	civil(&c.End, &in.End, "end", bad)
	civil(&c.Denounced, &in.Denounced, "denounced", bad)
	if c.TermMonths = in.TermMonths; c.TermMonths < 0 || c.TermMonths > maxTerm {
		bad.add("termMonths", "contract.term.range")
	}
	c.Renews, c.Agreed = in.Renews, in.Agreed
	if c.End != "" && c.Start != "" && c.End < c.Start {
		bad.add("end", "import.contract.end")
	}
	if c.Denounced != "" && c.Start != "" && c.Denounced < c.Start {
		bad.add("denounced", "contract.denounced.early")
	}
	c.takeSchedule(in.Schedule, bad)
	c.takeTest(in.Test, bad)
	c.Migration = in.Migration
	if m := in.Migration; m != nil && !calendar.Date(m.Requested).Valid() {
		bad.add("migration", "date.invalid")
	}
	return bad.err()
}

// takeSchedule holds the steps to what the modality has (REN 1.000 arts. 213,
// 214): azul two demands, verde one; and to one step a month.
func (c *Contract) takeSchedule(steps []DemandStep, bad problems) {
	c.Schedule = slices.Clone(steps)
	slices.SortStableFunc(c.Schedule, func(a, b DemandStep) int { return cmp.Compare(a.From, b.From) })
	for n, s := range c.Schedule {
		switch {
		case !calendar.Month(s.From).Valid():
			bad.add("schedule", "import.month")
		case n > 0 && c.Schedule[n-1].From == s.From:
			bad.add("schedule", "contract.step.twice", "month", s.From)
		case negativeW(s.SingleW) || negativeW(s.PeakW) || negativeW(s.OffPeakW):
			bad.add("schedule", "import.negative")
		case c.Modality == string(demand.Azul) && (s.PeakW == nil || s.OffPeakW == nil):
			bad.add("schedule", "contract.step.azul", "month", s.From)
		case c.Modality == string(demand.Azul) && s.SingleW != nil, c.Modality == string(demand.Verde) && (s.SingleW == nil || s.PeakW != nil || s.OffPeakW != nil):
			bad.add("schedule", "contract.step.verde", "month", s.From)
		default:
			continue
		}
		return
	}
}

func negativeW(w *int64) bool { return w != nil && *w < 0 }

func (c *Contract) takeTest(t *TestPeriod, bad problems) {
	c.Test = nil
	if t == nil {
		return
	}
	is := *t
	switch {
	case !calendar.Month(is.From).Valid():
		bad.add("test", "import.month")
	case is.Cycles < 0 || is.Cycles > 36:
		bad.add("testCycles", "contract.test.range")
	case negativeW(is.Former.SingleW) || negativeW(is.Former.PeakW) || negativeW(is.Former.OffPeakW):
		bad.add("testFormer", "import.negative")
	}
	if is.Cycles == 0 {
		is.Cycles = demand.RulesAt(calendar.Month(is.From)).TestCycles
	}
	c.Test = &is
}

// term is the duration of a contract as crm/demand counts it.
func (c *Contract) term() demand.Term {
	return demand.Term{Start: calendar.Date(c.Start), Months: c.TermMonths, Final: c.Denounced != "" || !c.Renews}
}

// Runs reports whether a contract is in force, or will be, on a day.
func (c *Contract) Runs(day string) bool {
	return !c.Former && (c.End == "" || c.End >= day)
}

// LastDay is the day on which a contract ends if nothing else is said: the end
// that was written down; for one that was denounced, the end that this notice
// was in time for (REN 1.000 art. 133: 180 days before); for one that does not
// renew, that of its term. "" when it goes on.
func (c *Contract) LastDay() string {
	start := calendar.Date(c.Start)
	switch {
	case c.End != "":
		return c.End
	case !start.Valid():
		return ""
	case c.Denounced != "":
		return string(c.denouncedEnd())
	case !c.Renews && (c.Kind == ContractCUSD || c.Agreed):
		return string(c.term().NextEnd(demand.Current(), start))
	}
	return ""
}

func (c *Contract) denouncedEnd() calendar.Date {
	rules, said := demand.Current(), calendar.Date(c.Denounced)
	t := demand.Term{Start: calendar.Date(c.Start), Months: c.TermMonths, Final: !c.Renews}
	if c.Kind == ContractCCER {
		return demand.CCER{Term: t, Agreed: c.Agreed}.Exit(rules, said).On.AddDays(-1)
	}
	if t.Final {
		return t.NextEnd(rules, t.Start)
	}
	n, _ := t.NextNotice(rules, said)
	return n.End
}

// GiveBack is the least demand in W to which a posto may go at the end of a test
// period (REN 1.000 art. 314 II); Above: only more than that is allowed.
type GiveBack struct {
	Posto   string
	LimitW  int64 // above it an overrun is charged during the test (art. 313 §2)
	LowestW int64
	Above   bool
}

// TestLimits are the limits and the give-back of a contract's test period, a
// posto each; none without one.
func (c *Contract) TestLimits() (end string, list []GiveBack) {
	t, testing := testOf(c)
	if !testing || !t.Start.Valid() {
		return "", nil
	}
	step := stepAt(c.Schedule, t.Start)
	rules := demand.RulesAt(t.Start)
	for _, p := range modalityOf(c).Postos() {
		if w := stepW(step, p); w > 0 && t.Covers(t.Start, p) {
			lowest, above := t.LowestW(rules, p, w)
			list = append(list, GiveBack{string(p), t.LimitW(rules, p, w), lowest, above})
		}
	}
	return string(t.End()), list
}

// ContractExit is what it costs to end a contract early, with what the sum was
// made of.
type ContractExit struct {
	Last       string // planned last day
	End        string // of the term that would have run
	MonthsLeft int
	Single     int64 // tariffs in millionths of R$ per kW; 0: none
	Peak       int64
	OffPeak    int64
	Cost       demand.ExitCost
}

// ContractExit prices the end of a CUSD on a day (REN 1.000 art. 142 I), with the
// tariffs of that month and the demand of each month that follows. CodeInvalid
// for a contract that is none, is over by then, or of which the start is unknown.
func (s *Service) ContractExit(ctx context.Context, a Actor, id, day string) (ContractExit, error) {
	c, err := s.Contract(ctx, a, id)
	if err != nil {
		return ContractExit{}, err
	}
	i, err := s.Installation(ctx, SystemActor(), c.Installation)
	if err != nil {
		return ContractExit{}, err
	}
	last := calendar.Date(strings.TrimSpace(day))
	if !last.Valid() {
		return ContractExit{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"exit": {Key: "date.invalid"}}}
	}
	end := calendar.Date(c.LastDay())
	if end == "" {
		end = c.term().NextEnd(demand.Current(), last)
	}
	if c.Kind != ContractCUSD || c.Former || !end.Valid() || last < calendar.Date(c.Start) || end < last {
		return ContractExit{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"exit": {Key: "contract.exit.none"}}}
	}
	tariffs, err := s.tariffsHeard(ctx)
	if err != nil {
		return ContractExit{}, err
	}
	return exitOf(&i, &c, tariffs.Table, last, end), nil
}

func exitOf(i *Installation, c *Contract, tariffs demand.Table, last, end calendar.Date) ContractExit {
	m, modality := last.Month(), modalityOf(c)
	rate := func(p demand.Posto) demand.Rate { return tariffs.Lookup(i.Distributor, i.Subgroup, modality, p, m) }
	e := demand.Exit{Subgroup: i.Subgroup, Modality: modality, MonthsLeft: demand.MonthsLeft(last, end)}
	switch modality {
	case demand.Azul:
		e.Peak, e.OffPeak = rate(demand.Peak), rate(demand.OffPeak)
	case demand.Verde:
		e.Single = rate(demand.Single)
	}
	for n := range e.MonthsLeft {
		step := stepAt(c.Schedule, last.AddDays(1).Month().Add(n))
		e.Demands = append(e.Demands, demand.Step{SingleW: stepW(step, demand.Single), PeakW: stepW(step, demand.Peak), OffPeakW: stepW(step, demand.OffPeak)})
	}
	return ContractExit{Last: string(last), End: string(end), MonthsLeft: e.MonthsLeft,
		Single: int64(e.Single), Peak: int64(e.Peak), OffPeak: int64(e.OffPeak), Cost: demand.RulesAt(m).ExitCost(e)}
}
