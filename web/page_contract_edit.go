package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

type contractField = formField[crm.Contract, crm.ContractInput]

func contractText(name, api, label string, value func(crm.Contract) string, to func(*crm.ContractInput) *string, draw func(view, page.FieldView) page.FieldView) contractField {
	return contractField{name, api, label, func(_ view, c crm.Contract) string { return value(c) },
		func(_ view, raw string, in *crm.ContractInput) error { *to(in) = raw; return nil }, draw}
}

func contractCount(name, api, label string, value func(crm.Contract) int, to func(*crm.ContractInput, int), draw func(view, page.FieldView) page.FieldView) contractField {
	return contractField{name, api, label, func(_ view, c crm.Contract) string {
		if n := value(c); n > 0 {
			return strconv.Itoa(n)
		}
		return ""
	}, func(_ view, raw string, in *crm.ContractInput) error {
		if raw == "" {
			return nil
		}
		n, err := strconv.Atoi(raw)
		if err != nil {
			return wrongField(name, "number.invalid")
		}
		to(in, n)
		return nil
	}, draw}
}

func contractAnswer(name, label string, value func(crm.Contract) bool, to func(*crm.ContractInput, bool)) contractField {
	return contractField{name, "", label, func(_ view, c crm.Contract) string { return yes(value(c)) },
		func(_ view, raw string, in *crm.ContractInput) error { to(in, raw == "yes"); return nil },
		func(v view, f page.FieldView) page.FieldView { return f.Choose(v.yesNo()) }}
}

// test is the test period of an input, made when a field of it says something.
func test(in *crm.ContractInput) *crm.TestPeriod {
	if in.Test == nil {
		in.Test = &crm.TestPeriod{}
	}
	return in.Test
}

func testDemand(name, label string, of func(*crm.DemandStep) **int64) contractField {
	return contractField{name, "testFormer", label, func(v view, c crm.Contract) string {
		if c.Test == nil {
			return ""
		}
		return v.demandText(*of(&c.Test.Former))
	}, func(v view, raw string, in *crm.ContractInput) error {
		if raw == "" {
			return nil
		}
		n, err := v.quantity(name, raw)
		*of(&test(in).Former) = &n
		return err
	}, nil}
}

// demandText writes a demand into a field, also one of 0 kW.
func (v view) demandText(w *int64) string {
	if w == nil {
		return ""
	}
	return v.kilo(*w)
}

func contractTest(c crm.Contract) crm.TestPeriod {
	if c.Test == nil {
		return crm.TestPeriod{}
	}
	return *c.Test
}

func contractMigration(c crm.Contract) crm.Migration {
	if c.Migration == nil {
		return crm.Migration{}
	}
	return *c.Migration
}

func asMonth(_ view, f page.FieldView) page.FieldView { return f.As("month") }

// contractGroups are the fields but the schedule, group by group.
var contractGroups = []struct {
	heading, hint string
	rows          [][]contractField
}{
	{"", "", [][]contractField{{
		contractText("kind", "", "contract.kind", func(c crm.Contract) string { return c.Kind }, func(in *crm.ContractInput) *string { return &in.Kind }, choose("web.contract.", false, crm.ContractCUSD, crm.ContractCCER)),
		contractText("number", "", "contract.number", func(c crm.Contract) string { return c.Number }, func(in *crm.ContractInput) *string { return &in.Number }, nil),
		contractText("modality", "", "contract.modality", func(c crm.Contract) string { return c.Modality }, func(in *crm.ContractInput) *string { return &in.Modality }, choose("modality.", false, string(demand.Verde), string(demand.Azul), string(demand.Unknown))),
	}, {
		contractText("start", "", "contract.start", func(c crm.Contract) string { return c.Start }, func(in *crm.ContractInput) *string { return &in.Start }, asDate),
		contractCount("term", "termMonths", "contract.term", func(c crm.Contract) int { return c.TermMonths }, func(in *crm.ContractInput, n int) { in.TermMonths = n }, hint("contract.term.hint")),
		contractAnswer("renews", "contract.renews", func(c crm.Contract) bool { return c.Renews }, func(in *crm.ContractInput, on bool) { in.Renews = on }),
		contractAnswer("agreed", "contract.agreed", func(c crm.Contract) bool { return c.Agreed }, func(in *crm.ContractInput, on bool) { in.Agreed = on }),
	}, {
		contractText("denounced", "", "contract.denounced", func(c crm.Contract) string { return c.Denounced }, func(in *crm.ContractInput) *string { return &in.Denounced }, asDate),
		contractText("end", "", "contract.end", func(c crm.Contract) string { return c.End }, func(in *crm.ContractInput) *string { return &in.End }, asDate),
	}}},
	{"demand.test_period", "contract.test.hint", [][]contractField{{
		{"test_from", "test", "contract.test.from", func(_ view, c crm.Contract) string { return contractTest(c).From }, func(_ view, raw string, in *crm.ContractInput) error {
			if raw != "" {
				test(in).From = raw
			}
			return nil
		}, asMonth},
		contractCount("test_cycles", "testCycles", "contract.test.cycles", func(c crm.Contract) int { return contractTest(c).Cycles }, func(in *crm.ContractInput, n int) { test(in).Cycles = n }, nil),
		testDemand("test_single", "contract.test.single", func(s *crm.DemandStep) **int64 { return &s.SingleW }),
		testDemand("test_offpeak", "contract.test.offpeak", func(s *crm.DemandStep) **int64 { return &s.OffPeakW }),
		testDemand("test_peak", "contract.test.peak", func(s *crm.DemandStep) **int64 { return &s.PeakW }),
	}}},
	{"contract.migration", "contract.migration.hint", [][]contractField{{
		{"migration", "", "contract.migration.on", func(_ view, c crm.Contract) string { return contractMigration(c).Requested }, func(_ view, raw string, in *crm.ContractInput) error {
			if raw != "" {
				in.Migration = &crm.Migration{Requested: raw}
			}
			return nil
		}, asDate},
		{"simplified", "", "contract.migration.simplified", func(_ view, c crm.Contract) string { return yes(contractMigration(c).Simplified) }, func(_ view, raw string, in *crm.ContractInput) error {
			if in.Migration != nil {
				in.Migration.Simplified = raw == "yes"
			}
			return nil
		}, func(v view, f page.FieldView) page.FieldView { return f.Choose(v.yesNo()) }},
	}}},
}

// postoField is the demand of a posto.
type postoField struct {
	name, label string
	of          func(*crm.DemandStep) **int64
}

// stepFields are the columns of the schedule.
var stepFields = []postoField{
	{"single", "posto.single", func(s *crm.DemandStep) **int64 { return &s.SingleW }},
	{"offpeak", "posto.offpeak", func(s *crm.DemandStep) **int64 { return &s.OffPeakW }},
	{"peak", "posto.peak", func(s *crm.DemandStep) **int64 { return &s.PeakW }},
}

// Rows of the schedule: a few empty ones, twelve for a year month by month.
const (
	spareSteps = 2
	yearSteps  = 12
	maxSteps   = 120
)

// contractInput reads the form.
func (v view) contractInput(t typed) (in crm.ContractInput, err error) {
	var bad []error
	for _, g := range contractGroups {
		for _, r := range g.rows {
			for _, f := range r {
				bad = append(bad, f.set(v, t.get(f.name), &in))
			}
		}
	}
	for n := range maxSteps {
		row := strconv.Itoa(n)
		s := crm.DemandStep{From: t.get("from_" + row)}
		any := s.From != ""
		for _, f := range stepFields {
			raw := t.get(f.name + "_" + row)
			if raw == "" {
				continue
			}
			w, err := v.quantity(f.name+"_"+row, raw)
			bad, any = append(bad, err), true
			*f.of(&s) = &w
		}
		if any {
			in.Schedule = append(in.Schedule, s)
		}
	}
	return in, joinErrors(bad...)
}

// contractForm fills the form; typed is nil before anything was.
func (v view) contractForm(c crm.Contract, t *typed, wrong map[string]string, conflict bool, spare int) []page.FieldGroup {
	field := func(name, stored string, keys ...string) page.Field {
		f := page.Field{Value: stored}
		if t != nil {
			f = t.field(name, wrong, keys...)
		}
		if conflict {
			v.differs(&f, stored)
		}
		return f
	}
	var out []page.FieldGroup
	for n, g := range contractGroups {
		group := page.FieldGroup{}
		if g.heading != "" {
			group.Heading, group.Hint = v.T(g.heading), v.T(g.hint)
		}
		for _, r := range g.rows {
			var row []page.FieldView
			for _, f := range r {
				is := field(f.name, f.value(v, c), f.key())
				row = append(row, drawn(v, f, is))
			}
			group.Rows = append(group.Rows, row)
		}
		out = append(out, group)
		if n == 0 {
			out = append(out, page.FieldGroup{Heading: v.T("contract.schedule"), Hint: v.T("contract.schedule.hint"), Wrong: wrong["schedule"],
				Rows: v.stepRows(c, t, field, len(c.Schedule)+spare)})
		}
	}
	return out
}

// contractUnits is as clientUnits. The schedule is one value: its rows move when
// one is added.
func contractUnits() (units []unit) {
	for _, g := range contractGroups {
		for _, r := range g.rows {
			for _, f := range r {
				units = append(units, unit{f.name})
			}
		}
	}
	var schedule unit
	for n := range maxSteps {
		row := strconv.Itoa(n)
		schedule = append(schedule, "from_"+row)
		for _, f := range stepFields {
			schedule = append(schedule, f.name+"_"+row)
		}
	}
	return append(units, schedule)
}

// storedContract answers what a field of the form would say unedited.
func (v view) storedContract(c crm.Contract) func(name string) string {
	is := map[string]string{}
	for _, g := range contractGroups {
		for _, r := range g.rows {
			for _, f := range r {
				is[f.name] = f.value(v, c)
			}
		}
	}
	for n, s := range c.Schedule {
		row := strconv.Itoa(n)
		is["from_"+row] = s.From
		for _, f := range stepFields {
			is[f.name+"_"+row] = v.demandText(*f.of(&s))
		}
	}
	return func(name string) string { return is[name] }
}

func (v view) stepRows(c crm.Contract, t *typed, field func(string, string, ...string) page.Field, rows int) (out [][]page.FieldView) {
	if t != nil { // as many as were sent
		for t.has("from_" + strconv.Itoa(rows)) {
			rows++
		}
	}
	for n := range min(rows, maxSteps) {
		var s crm.DemandStep
		if n < len(c.Schedule) {
			s = c.Schedule[n]
		}
		row := strconv.Itoa(n)
		cells := []page.FieldView{v.Field("from_"+row, "contract.step.from", field("from_"+row, s.From)).As("month")}
		for _, f := range stepFields {
			cells = append(cells, v.Field(f.name+"_"+row, f.label, field(f.name+"_"+row, v.demandText(*f.of(&s)))))
		}
		out = append(out, cells)
	}
	return out
}

// spareRows are the empty rows that a form was asked for.
func spareRows(c *fiber.Ctx) int {
	if c.Query("rows") == strconv.Itoa(yearSteps) {
		return yearSteps
	}
	return spareSteps
}

func (s *Server) contractNewPage(c *fiber.Ctx) error {
	i, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	k := crm.Contract{Kind: crm.ContractCUSD, Modality: string(demand.Verde), Renews: true}
	return s.showContractForm(c, fiber.StatusOK, cl, i, k, s.view(c).contractForm(k, nil, nil, false, spareRows(c)), nil)
}

func (s *Server) showContractForm(c *fiber.Ctx, status int, cl crm.Client, i crm.Installation, k crm.Contract, groups []page.FieldGroup, notice *page.Notice) error {
	v := s.view(c)
	p := page.RecordForm{Heading: v.T("contract.new"), URL: "/installations/" + i.ID + "/contracts", BackURL: "/installations/" + i.ID, Groups: groups,
		More: page.Link{Label: v.T("contract.rows"), URL: "/installations/" + i.ID + "/contracts/new?rows=12"}}
	if k.ID != "" {
		p.Heading, p.URL, p.BackURL, p.Version = v.contractName(&k), "/contracts/"+k.ID+"/edit", "/contracts/"+k.ID, strconv.FormatInt(k.Version, 10)
		p.More.URL = p.URL + "?rows=12"
	}
	p.Base = s.base(c, page.PlaceClients, p.Heading, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name), page.Link{Label: i.Name, URL: "/installations/" + i.ID})
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "record/form", p)
}

func (s *Server) contractAdd(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	i, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	in, err := v.contractInput(t)
	var k crm.Contract
	if err == nil {
		k, err = s.Service.AddContract(c.UserContext(), actor(c), i.ID, in)
	}
	if err == nil {
		return s.goTo(c, "/contracts/"+k.ID, note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	return s.showContractForm(c, again(err), cl, i, crm.Contract{}, v.contractForm(crm.Contract{}, &t, wrong, false, spareSteps), bad(above))
}

func (s *Server) contractOf(c *fiber.Ctx) (k crm.Contract, i crm.Installation, cl crm.Client, err error) {
	if k, err = s.Service.Contract(c.UserContext(), actor(c), c.Params("id")); err != nil {
		return
	}
	if i, err = s.Service.Installation(c.UserContext(), actor(c), k.Installation); err == nil {
		cl, err = s.Service.Client(c.UserContext(), actor(c), k.Client)
	}
	return
}

func (s *Server) contractEditPage(c *fiber.Ctx) error {
	k, i, cl, err := s.contractOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showContractForm(c, fiber.StatusOK, cl, i, k, s.view(c).contractForm(k, nil, nil, false, spareRows(c)), nil)
}

func (s *Server) contractEdit(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	now, i, cl, err := s.contractOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	others, err := rebase(c, s, crm.Contracts, &now, contractUnits(), v.storedContract)
	if err != nil {
		return s.fail(c, err)
	}
	in, err := v.contractInput(t)
	if err == nil {
		_, err = s.Service.EditContract(c.UserContext(), actor(c), now.ID, t.version(), in)
	}
	if err == nil {
		return s.goTo(c, "/contracts/"+now.ID, note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	notice := bad(above)
	if conflicted(err) {
		notice = s.savedFirst(c, others, now.UpdatedAt, "/contracts/"+now.ID)
	}
	groups := v.contractForm(now, &t, wrong, conflicted(err), spareSteps)
	if !conflicted(err) {
		now.Version = t.version()
	}
	return s.showContractForm(c, again(err), cl, i, now, groups, notice)
}
