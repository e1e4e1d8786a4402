package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

func (s *Server) contractPage(c *fiber.Ctx) error {
	return s.showContract(c, fiber.StatusOK, page.AmendForm{Asked: page.Field{Value: string(s.view(c).today)}}, nil)
}

// showContract renders the record; amend is the form of a change as it was typed.
func (s *Server) showContract(c *fiber.Ctx, status int, amend page.AmendForm, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	k, i, cl, err := s.contractOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Contract{Base: s.base(c, page.PlaceClients, v.contractName(&k), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name), page.Link{Label: i.Name, URL: "/installations/" + i.ID}),
		Name: v.contractName(&k), Badges: []page.Badge{v.contractBadge(&k), {Label: v.T("modality." + k.Modality)}}, EditURL: "/contracts/" + k.ID + "/edit",
		Facts: v.contractFacts(k, i, cl), Schedule: v.scheduleRows(k), AmendURL: "/contracts/" + k.ID + "/amendments", Amend: amend}
	p.Shape, p.Notice = page.ShapeRecord, notice
	if err := nearIn(contractList, s, c, k.ID, &p.Base); err != nil {
		return s.fail(c, err)
	}
	p.Amend.Kinds = v.options("contract.amend.", crm.AmendKinds...)
	p.Amend.WorksKinds = append([]page.Option{{Label: nothing}}, v.options("contract.works.", crm.WorksKinds...)...)
	if p.Amend.To == nil {
		p.Amend.To = v.amendTo(k, nil, nil)
	}
	for _, d := range k.Doubts(&i, string(v.today)) {
		p.Doubts = append(p.Doubts, page.Notice{State: page.Warn, Label: v.text(d), Action: page.Link{Label: v.T("page.edit"), URL: p.EditURL}})
	}
	p.Stats = v.contractStats(k, i)
	if end, limits := k.TestLimits(); end != "" {
		p.TestEnd = v.T("contract.test.until", "date", v.date(end))
		p.Tests = v.testRows(limits)
	}
	for _, m := range slices.Backward(k.Amendments) {
		p.Amendments = append(p.Amendments, v.amendment(k, i, m))
	}
	if err := s.amendmentDocuments(ctx, a, k, p.Amendments); err != nil {
		return s.fail(c, err)
	}
	beside, err := s.Service.InstallationContracts(ctx, a, i.ID)
	if err != nil {
		return s.fail(c, err)
	}
	for _, d := range crm.DeadlinesOf(&cl, &i, beside, string(v.today), calendar.WorkDays{}) {
		if d.Contract == k.ID {
			p.Dates = append(p.Dates, v.deadlineDate(d, ""))
		}
	}
	if err := s.contractExit(c, v, k, &p); err != nil {
		return s.fail(c, err)
	}
	history, next, err := s.Service.DocumentRevisions(ctx, a, k.Client, k.ID, 20, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	told, err := s.telling(ctx, a, v, history)
	if err != nil {
		return s.fail(c, err)
	}
	for _, e := range history {
		p.History = append(p.History, told.row(e))
	}
	if next != "" {
		p.HistMore = &page.More{Label: v.T("contract.history.more"), URL: at("/contracts/"+k.ID, "after", next)}
	}
	return s.render(c, status, "contract", p)
}

// contractStats are the earliest lawful days of what might be asked for today,
// and the next day of notice.
func (v view) contractStats(k crm.Contract, i crm.Installation) (out []page.Stat) {
	for _, l := range k.LawfulDates(&i, string(v.today), calendar.WorkDays{}) {
		if l.Kind != crm.AmendIncrease { // that waits for the distributor, not for a day
			out = append(out, page.Stat{Label: v.T("contract.stat." + l.Kind), Value: v.date(l.On), Unit: v.T("contract.article", "article", l.Article)})
		}
	}
	if on := crm.NoticeOf(&k, string(v.today)); on != "" {
		out = append(out, page.Stat{Label: v.T("page.notice"), Value: v.date(on), Unit: v.T("contract.article", "article", "133")})
	}
	return out
}

func (v view) contractFacts(k crm.Contract, i crm.Installation, cl crm.Client) []page.Fact {
	day := func(d string) string {
		if d == "" {
			return ""
		}
		return v.date(d)
	}
	term := ""
	if k.TermMonths > 0 {
		term = v.n("web.months", int64(k.TermMonths))
	}
	migration := ""
	if k.Migration != nil {
		migration = v.date(k.Migration.Requested)
	}
	renews := v.T("form." + yes(k.Renews))
	facts := []page.Fact{
		{Label: v.T("page.client"), Value: cl.Name, URL: "/clients/" + cl.ID},
		{Label: v.T("contract.installation"), Value: i.Name, URL: "/installations/" + i.ID},
		{Label: v.T("contract.kind"), Value: v.T("web.contract." + k.Kind)},
		{Label: v.T("contract.number"), Value: k.Number},
		{Label: v.T("contract.start"), Value: day(k.Start)},
		{Label: v.T("contract.term.short"), Value: term},
		{Label: v.T("contract.renews"), Value: renews},
		{Label: v.T("contract.denounced"), Value: day(k.Denounced)},
		{Label: v.T("contract.last"), Value: day(k.LastDay())},
		{Label: v.T("contract.migration.on"), Value: migration},
	}
	return slices.DeleteFunc(facts, func(f page.Fact) bool { return f.Value == "" })
}

// scheduleRows are the steps, newest first, with the one in force marked.
func (v view) scheduleRows(k crm.Contract) (out []page.ScheduleRow) {
	month, marked := string(v.today)[:7], false
	for _, step := range slices.Backward(k.Schedule) {
		row := page.ScheduleRow{From: slashMonth(step.From), What: v.stepText(step)}
		if !marked && step.From <= month && k.Runs(string(v.today)) {
			row.Now, marked = true, true
		}
		out = append(out, row)
	}
	return out
}

func (v view) testRows(limits []crm.GiveBack) (out []page.TestRow) {
	for _, l := range limits {
		key := "contract.test.lowest"
		if l.Above {
			key = "contract.test.above"
		}
		out = append(out, page.TestRow{Posto: v.T("posto." + l.Posto), Limit: v.T("contract.test.limit", "kw", v.kw(l.LimitW)), Lowest: v.T(key, "kw", v.kw(l.LowestW))})
	}
	return out
}

func (v view) amendment(k crm.Contract, i crm.Installation, m crm.Amendment) page.AmendmentRow {
	state := map[string]page.State{crm.AmendOpen: page.Warn, crm.AmendSigned: page.OK, crm.AmendWithdrawn: page.Plain}[m.State]
	row := page.AmendmentRow{What: v.T("contract.amend." + m.Kind), Note: m.Note, State: page.Badge{Label: v.T("contract.amend.state." + m.State), State: state},
		Sub:    join(", ", v.date(m.Asked), m.AskedBy, m.Protocol, v.amendedTo(m.To)),
		SetURL: "/contracts/" + k.ID + "/amendments/" + m.ID, Open: m.State == crm.AmendOpen, Reopened: m.State != crm.AmendOpen}
	l := crm.LawfulOf(&i, &k, &m, calendar.WorkDays{})
	if l.On != "" {
		key := "contract.lawful.from"
		if m.Kind == crm.AmendIncrease {
			key = "contract.lawful.until"
		}
		row.Lawful = v.T(key, "date", v.date(l.On))
	}
	if l.Reason != "" {
		row.Why = v.T(l.Reason) + " (" + v.T("contract.article", "article", l.Article) + ")"
		if l.Article == "" {
			row.Why = v.T(l.Reason)
		}
	}
	return row
}

// amendedTo is "para Demanda única 800 kW, desde 01/2027".
func (v view) amendedTo(to *crm.DemandStep) string {
	if to == nil {
		return ""
	}
	since := ""
	if to.From != "" {
		since = v.T("history.since", "date", slashMonth(to.From))
	}
	return join(", ", v.T("contract.amend.to", "kw", v.stepText(*to)), since)
}

// amendTo are the fields of the demand that is asked for, by the postos that the
// contract has.
func (v view) amendTo(k crm.Contract, t *typed, wrong map[string]string) (out []page.FieldView) {
	field := func(name, key string, keys ...string) page.FieldView {
		var f page.Field
		if t != nil {
			f = t.field(name, wrong, keys...)
		}
		return v.Field(name, key, f)
	}
	for n, f := range v.amendPostos(k) {
		keys := []string{}
		if n == 0 {
			keys = append(keys, "to")
		}
		w := field("to_"+f.name, f.label, keys...).Digits()
		w.Label += ", kW"
		out = append(out, w)
	}
	return append(out, field("to_from", "contract.amend.from", "from").As("month"))
}

// amendPostos are the postos in which the modality has a demand: azul two, verde
// one, one that is not known any.
func (v view) amendPostos(k crm.Contract) []postoField {
	switch k.Modality {
	case string(demand.Azul):
		return stepFields[1:]
	case string(demand.Verde):
		return stepFields[:1]
	}
	return stepFields
}

// amendToInput reads what amendTo asks for; nil when nothing was said.
func (v view) amendToInput(k crm.Contract, t typed) (*crm.DemandStep, error) {
	to, any := crm.DemandStep{From: t.get("to_from")}, false
	for _, f := range v.amendPostos(k) {
		raw := t.get("to_" + f.name)
		if raw == "" {
			continue
		}
		w, err := v.quantity("to_"+f.name, raw)
		if err != nil {
			return nil, err
		}
		*f.of(&to), any = &w, true
	}
	if !any && to.From == "" {
		return nil, nil
	}
	return &to, nil
}

// contractExit prices leaving early, on the day that the address asks for.
func (s *Server) contractExit(c *fiber.Ctx, v view, k crm.Contract, p *page.Contract) error {
	if k.Kind != crm.ContractCUSD || !k.Runs(string(v.today)) || k.Start == "" {
		return nil
	}
	p.ExitURL = "/contracts/" + k.ID
	p.Exit.Value = c.Query("exit")
	if p.Exit.Value == "" {
		return nil
	}
	x, err := s.Service.ContractExit(c.UserContext(), actor(c), k.ID, p.Exit.Value)
	if crm.CodeOf(err) == crm.CodeInvalid {
		wrong, _, _ := v.formError(err)
		p.Exit.Error = wrong["exit"]
		return nil
	}
	if err != nil {
		return err
	}
	money := func(a demand.Amount) string {
		if !a.Known {
			return v.T("web.notariff")
		}
		return v.money(a.Centavos)
	}
	p.ExitRows = []page.ExitRow{
		{Label: v.T("contract.exit.full"), How: v.n("web.months", int64(x.Cost.FullMonths)), Amount: money(x.Cost.Full)},
		{Label: v.T("contract.exit.minimum"), How: v.n("web.months", int64(x.Cost.MinimumMonths)), Amount: money(x.Cost.Minimum)},
	}
	p.ExitTotal = money(x.Cost.Total)
	p.ExitNote = v.n("contract.exit.left", int64(x.MonthsLeft), "end", v.date(x.End))
	return nil
}

func (s *Server) amendmentAdd(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	k, err := s.Service.Contract(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	in := crm.AmendmentInput{Kind: t.get("kind"), Asked: t.get("asked"), AskedBy: t.get("asked_by"), Protocol: t.get("protocol"), Note: t.get("note"),
		Works: t.get("works"), Efficiency: t.on("efficiency")}
	if in.To, err = v.amendToInput(k, t); err == nil {
		_, _, err = s.Service.AddAmendment(c.UserContext(), actor(c), k.ID, in)
	}
	if err == nil {
		return s.goTo(c, "/contracts/"+c.Params("id")+"#amendments", note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	return s.showContract(c, again(err), page.AmendForm{Kind: t.field("kind", wrong), Asked: t.field("asked", wrong), AskedBy: t.field("asked_by", wrong),
		Protocol: t.field("protocol", wrong), Note: t.field("note", wrong), Works: t.field("works", wrong), Efficiency: in.Efficiency, To: v.amendTo(k, &t, wrong)}, bad(above))
}

func (s *Server) amendmentSet(c *fiber.Ctx) error {
	v, back, batch := s.view(c), "/contracts/"+c.Params("id")+"#amendments", s.editBatch()
	was, err := s.Service.Contract(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	is, err := s.Service.SetAmendment(crm.WithBatch(c.UserContext(), batch), actor(c), was.ID, 0, c.Params("amendment"), typed{c}.get("state"))
	if wrong, _, ok := v.formError(err); err != nil && ok && wrong["schedule"] != "" {
		return s.goTo(c, back, note{Label: wrong["schedule"]}) // its form is the contract's
	}
	if err != nil {
		return s.fail(c, err)
	}
	n := v.savedNote(batch, is.Version != was.Version)
	if len(is.Schedule) != len(was.Schedule) || v.stepList(is.Schedule) != v.stepList(was.Schedule) {
		n.Label = v.T("contract.amend.inschedule")
	}
	return s.goTo(c, back, n)
}
