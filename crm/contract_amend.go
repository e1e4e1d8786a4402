package crm

import (
	"cmp"
	"context"
	"slices"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// Kinds of an amendment.
const (
	AmendReduction = "reduction" // less demand: art. 155
	AmendIncrease  = "increase"  // more demand: art. 154
	AmendModality  = "modality"  // verde or azul: art. 221
	AmendOther     = "other"
)

// AmendKinds in the order in which they are offered.
var AmendKinds = []string{AmendReduction, AmendIncrease, AmendModality, AmendOther}

// States of an amendment.
const (
	AmendOpen      = "open"      // asked for
	AmendSigned    = "signed"    // it is in the contract
	AmendWithdrawn = "withdrawn" // nothing came of it
)

// AmendStates in the order in which they follow.
var AmendStates = []string{AmendOpen, AmendSigned, AmendWithdrawn}

// Amendment is a change of a contract that somebody asked for (aditivo, REN
// 1.000 art. 158).
type Amendment struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`
	Asked    string `json:"asked"`              // civil date of the request
	AskedBy  string `json:"askedBy,omitempty"`  // who at the client
	Protocol string `json:"protocol,omitempty"` // of the distributor
	Note     string `json:"note,omitempty"`
	State    string `json:"state"`
	// Efficiency: measures of efficiency or own generation, which need no notice
	// (arts. 134–137).
	Efficiency bool   `json:"efficiency,omitempty"`
	Works      string `json:"works,omitempty"` // of an increase: none, low, near, rest, plan
	// To is the demand that was asked for, W, and the first month in which it is to
	// hold; nil when that was left open. A posto without one stays as it is.
	To *DemandStep `json:"to,omitempty"`
}

// AmendmentInput is what is said of an amendment.
type AmendmentInput struct {
	Kind       string      `json:"kind"`
	Asked      string      `json:"asked"`
	AskedBy    string      `json:"askedBy,omitempty"`
	Protocol   string      `json:"protocol,omitempty"`
	Note       string      `json:"note,omitempty"`
	Efficiency bool        `json:"efficiency,omitempty"`
	Works      string      `json:"works,omitempty"`
	To         *DemandStep `json:"to,omitempty"` // as in Amendment
}

// WorksKinds are what may have to be built for an increase.
var WorksKinds = []string{string(demand.WorksNone), string(demand.WorksLow), string(demand.WorksNear), string(demand.WorksRest), string(demand.WorksPlan)}

// Amendment is one of a contract's amendments; nil when it has none so called.
func (c *Contract) Amendment(id string) *Amendment {
	n := slices.IndexFunc(c.Amendments, func(m Amendment) bool { return m.ID == id })
	if n < 0 {
		return nil
	}
	return &c.Amendments[n]
}

// AddAmendment notes a change that was asked for.
func (s *Service) AddAmendment(ctx context.Context, a Actor, contract string, in AmendmentInput) (Contract, Amendment, error) {
	was, err := s.Contract(ctx, a, contract)
	if err != nil {
		return Contract{}, Amendment{}, err
	}
	m := Amendment{ID: s.newID(), AskedBy: firstLine(in.AskedBy), Protocol: firstLine(in.Protocol), Note: in.Note, State: AmendOpen}
	bad := problems{}
	pick(&m.Kind, &in.Kind, AmendKinds, "kind", bad)
	bad.need("kind", m.Kind)
	civil(&m.Asked, &in.Asked, "asked", bad)
	bad.need("asked", m.Asked)
	if m.Kind == AmendReduction {
		m.Efficiency = in.Efficiency
	}
	if m.Kind == AmendIncrease {
		pick(&m.Works, &in.Works, WorksKinds, "works", bad)
	}
	m.takeTo(in.To, bad)
	if err := bad.err(); err != nil {
		return was, Amendment{}, err
	}
	c := was
	c.Amendments = append(slices.Clone(was.Amendments), m)
	slices.SortStableFunc(c.Amendments, func(a, b Amendment) int { return cmp.Compare(a.Asked, b.Asked) })
	c, err = s.saveContract(ctx, a, &was, &c)
	return c, m, err
}

func (m *Amendment) takeTo(to *DemandStep, bad problems) {
	if to == nil || *to == (DemandStep{}) {
		return
	}
	switch {
	case negativeW(to.SingleW) || negativeW(to.PeakW) || negativeW(to.OffPeakW):
		bad.add("to", "import.negative")
	case to.From != "" && !calendar.Month(to.From).Valid():
		bad.add("from", "import.month")
	case to.From != "" && to.SingleW == nil && to.PeakW == nil && to.OffPeakW == nil:
		bad.add("to", "error.field.required")
	}
	step := *to
	m.To = &step
}

// sign puts the demand of an amendment that is signed into the schedule, from its
// month on. What it does not name stays as it was in that month. An amendment
// without a month, or signed before, changes nothing.
func (c *Contract) sign(m *Amendment) error {
	if m.To == nil || m.To.From == "" {
		return nil
	}
	step := DemandStep{From: m.To.From}
	if is := c.StepOn(m.To.From + "-01"); is != nil {
		step.SingleW, step.PeakW, step.OffPeakW = is.SingleW, is.PeakW, is.OffPeakW
	}
	for _, posto := range []struct{ to, from **int64 }{{&step.SingleW, &m.To.SingleW}, {&step.PeakW, &m.To.PeakW}, {&step.OffPeakW, &m.To.OffPeakW}} {
		if *posto.from != nil {
			*posto.to = *posto.from
		}
	}
	steps := slices.DeleteFunc(slices.Clone(c.Schedule), func(s DemandStep) bool { return s.From == step.From })
	bad := problems{}
	c.takeSchedule(append(steps, step), bad)
	return bad.err()
}

// SetAmendment says what became of an amendment of a contract that was read with
// this version (0: whatever it is now). One that is signed and says its demand and
// month changes the schedule with it; CodeInvalid where the schedule cannot take
// it. CodeConflict as in EditContract.
func (s *Service) SetAmendment(ctx context.Context, a Actor, contract string, version int64, amendment, state string) (Contract, error) {
	was, err := s.Contract(ctx, a, contract)
	if err != nil {
		return Contract{}, err
	}
	if version != 0 && version != was.Version {
		return was, Errf(CodeConflict, "error.conflict")
	}
	c := was
	c.Amendments = slices.Clone(was.Amendments)
	n := slices.IndexFunc(c.Amendments, func(m Amendment) bool { return m.ID == amendment })
	if n < 0 {
		return was, notFound()
	}
	if !slices.Contains(AmendStates, state) {
		return was, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"state": {Key: "error.field.choice"}}}
	}
	if c.Amendments[n].State == state {
		return was, nil
	}
	if state == AmendSigned {
		if err := c.sign(&c.Amendments[n]); err != nil {
			return was, err
		}
	}
	c.Amendments[n].State = state
	return s.saveContract(ctx, a, &was, &c)
}

// Lawful is the date that the rules give to a request, and what decides it.
type Lawful struct {
	On      string // civil date; "" where a schedule of the distributor decides, or nothing is known
	Month   string // first whole cycle from that day
	Article string // of REN 1.000
	Reason  string // key: contract.reason.…
	Refund  bool
}

// LawfulOf is when an amendment can hold at the earliest (a reduction, art. 155;
// a change of modality, art. 221) or must hold at the latest (an increase, art.
// 154).
func LawfulOf(i *Installation, c *Contract, m *Amendment, w calendar.WorkDays) Lawful {
	rules := demand.Current()
	asked := calendar.Date(m.Asked)
	switch m.Kind {
	case AmendReduction:
		q := demand.ReductionRequest{Requested: asked, Subgroup: i.Subgroup, Efficiency: m.Efficiency, Last: c.lastReduction(i, m)}
		if t, testing := testOf(c); testing && t.End() >= asked && calendar.Date(t.Start.First()) <= asked {
			q.TestEnd = t.End()
		}
		e := rules.EarliestReduction(q)
		return Lawful{string(e.On), string(e.Month), reductionArticle[e.Reason], "contract.reason." + string(e.Reason), e.Refund}
	case AmendIncrease:
		n := rules.LatestIncrease(demand.IncreaseRequest{Requested: asked, Volts: i.VoltageV, Works: demand.Works(m.Works)}, w)
		return Lawful{On: string(n.On), Month: string(n.Month), Article: "154, 64, 84, 88, 91", Reason: "contract.reason.increase"}
	case AmendModality:
		e := rules.EarliestModalityChange(demand.ModalityRequest{Requested: asked, Since: c.modalitySince(), Volts: i.VoltageV}, w)
		return Lawful{On: string(e.Request), Article: "221 I", Reason: "contract.reason." + string(e.Reason)}
	}
	return Lawful{}
}

var reductionArticle = map[demand.Reason]string{
	demand.ReasonNotice: "155", demand.ReasonYear: "155 §1", demand.ReasonEfficiency: "136", demand.ReasonTest: "314 II",
}

// modalitySince is the month from which a contract has had its modality, as far
// as the contract tells.
func (c *Contract) modalitySince() calendar.Month { return calendar.Date(c.Start).Month() }

// lastReduction is the day of the last reduction that was in force before an
// amendment was asked for: the newest step below the one before it. A schedule
// month by month (art. 152) rises and falls without being reduced.
func (c *Contract) lastReduction(i *Installation, m *Amendment) calendar.Date {
	if i.Has(CondSeasonal) || i.Has(CondIrrigation) {
		return ""
	}
	var last calendar.Date
	for n := 1; n < len(c.Schedule); n++ {
		was, is := &c.Schedule[n-1], &c.Schedule[n]
		from := calendar.Month(is.From).First()
		if from > calendar.Date(m.Asked) {
			break
		}
		for _, p := range modalityOf(c).Postos() {
			if w := stepW(is, p); w > 0 && w < stepW(was, p) {
				last = from
			}
		}
	}
	return last
}
