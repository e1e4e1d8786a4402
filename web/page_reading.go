package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

type readingField = formField[crm.Reading, crm.ReadingInput]

func readingAmount(name, api, label string, stored func(crm.Reading) *int64, to func(*crm.ReadingInput) **int64) readingField {
	return readingField{name, api, label, func(v view, r crm.Reading) string { return v.demandText(stored(r)) },
		func(v view, raw string, in *crm.ReadingInput) error {
			if raw == "" {
				return nil // not measured, which is not 0
			}
			n, err := v.quantity(name, raw)
			*to(in) = &n
			return err
		}, func(_ view, f page.FieldView) page.FieldView { return f.Digits() }}
}

// readingOrigins are those that have a word.
var readingOrigins = append([]string{"import", "ucmt", "demo"}, crm.ReadingOrigins...)

// readingGroups are the figures of a month, in kW, kWh and kvarh.
var readingGroups = []struct {
	heading, hint string
	row           []readingField
}{
	{"reading.demand", "reading.demand.hint", []readingField{
		readingAmount("single", "singleW", "posto.single", func(r crm.Reading) *int64 { return r.SingleW }, func(in *crm.ReadingInput) **int64 { return &in.SingleW }),
		readingAmount("offpeak", "offPeakW", "posto.offpeak", func(r crm.Reading) *int64 { return r.OffPeakW }, func(in *crm.ReadingInput) **int64 { return &in.OffPeakW }),
		readingAmount("peak", "peakW", "posto.peak", func(r crm.Reading) *int64 { return r.PeakW }, func(in *crm.ReadingInput) **int64 { return &in.PeakW }),
	}},
	{"reading.energy", "", []readingField{
		readingAmount("energy", "energyWh", "reading.total", func(r crm.Reading) *int64 { return r.EnergyWh }, func(in *crm.ReadingInput) **int64 { return &in.EnergyWh }),
		readingAmount("offpeak_energy", "offPeakWh", "posto.offpeak", func(r crm.Reading) *int64 { return r.OffPeakWh }, func(in *crm.ReadingInput) **int64 { return &in.OffPeakWh }),
		readingAmount("peak_energy", "peakWh", "posto.peak", func(r crm.Reading) *int64 { return r.PeakWh }, func(in *crm.ReadingInput) **int64 { return &in.PeakWh }),
	}},
	{"reading.reactive", "reading.reactive.hint", []readingField{
		readingAmount("reactive", "reactiveWh", "reading.reactive.energy", func(r crm.Reading) *int64 { return r.ReactiveWh }, func(in *crm.ReadingInput) **int64 { return &in.ReactiveWh }),
		readingAmount("reactive_demand", "reactiveW", "reading.reactive.demand", func(r crm.Reading) *int64 { return r.ReactiveW }, func(in *crm.ReadingInput) **int64 { return &in.ReactiveW }),
	}},
}

func (v view) readingInput(t typed) (in crm.ReadingInput, err error) {
	in.Origin = t.get("origin")
	var bad []error
	for _, g := range readingGroups {
		for _, f := range g.row {
			bad = append(bad, f.set(v, t.get(f.name), &in))
		}
	}
	return in, joinErrors(bad...)
}

// readingForm fills the form; t is nil before anything was typed. The month can
// be chosen of a reading that is not there yet.
func (v view) readingForm(r crm.MonthReading, fresh bool, t *typed, wrong map[string]string, conflict bool) []page.FieldGroup {
	field := func(name, stored, key string) page.Field {
		f := page.Field{Value: stored}
		if t != nil {
			f = t.field(name, wrong, key)
		}
		if conflict {
			v.differs(&f, stored)
		}
		return f
	}
	origin := field("origin", r.Origin, "origin")
	if origin.Value == "" {
		origin.Value = crm.ReadingOrigins[0]
	}
	origins := crm.ReadingOrigins
	if r.Origin != "" && v.wordless(r.Origin, origins) {
		origins = append([]string{r.Origin}, origins...)
	}
	var head []page.FieldView
	if fresh {
		head = append(head, v.Field("month", "page.month", field("month", r.Month, "month")).As("month").Req())
	}
	out := []page.FieldGroup{{Rows: [][]page.FieldView{append(head, v.Field("origin", "history.f.origin", origin).Choose(v.options("reading.origin.", origins...)))}}}
	for _, g := range readingGroups {
		group := page.FieldGroup{Heading: v.T(g.heading)}
		if g.hint != "" {
			group.Hint = v.T(g.hint)
		}
		var row []page.FieldView
		for _, f := range g.row {
			is := field(f.name, f.value(v, r.Reading), f.key())
			view := drawn(v, f, is)
			if former, ok := r.Former[f.key()]; ok {
				view.Hint = v.T("reading.former", "value", v.kiloOr(former.W), "when", v.stamp(former.At))
			}
			row = append(row, view)
		}
		group.Rows = [][]page.FieldView{row}
		out = append(out, group)
	}
	return out
}

// readingUnits is as clientUnits.
func readingUnits() []unit {
	units := oneByOne("origin")
	for _, g := range readingGroups {
		for _, f := range g.row {
			units = append(units, unit{f.name})
		}
	}
	return units
}

// storedReading answers what a field of the form would say unedited.
func (v view) storedReading(r crm.Reading) func(name string) string {
	is := map[string]string{"origin": r.Origin}
	if r.Origin == "" {
		is["origin"] = crm.ReadingOrigins[0] // as the form shows it
	}
	for _, g := range readingGroups {
		for _, f := range g.row {
			is[f.name] = f.value(v, r)
		}
	}
	return func(name string) string { return is[name] }
}

func (v view) wordless(origin string, of []string) bool {
	for _, o := range of {
		if o == origin {
			return false
		}
	}
	return true
}

func (s *Server) readingNewPage(c *fiber.Ctx) error {
	i, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showReading(c, fiber.StatusOK, i, cl, crm.MonthReading{}, true, s.view(c).readingForm(crm.MonthReading{}, true, nil, nil, false), nil, page.Field{})
}

func (s *Server) readingAdd(c *fiber.Ctx) error {
	return s.saveReading(c, typed{c}.get("month"), true)
}

func (s *Server) readingPage(c *fiber.Ctx) error {
	i, cl, r, err := s.readingOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showReading(c, fiber.StatusOK, i, cl, r, false, s.view(c).readingForm(r, false, nil, nil, false), nil, page.Field{})
}

func (s *Server) readingOf(c *fiber.Ctx) (i crm.Installation, cl crm.Client, r crm.MonthReading, err error) {
	if i, cl, err = s.placeOf(c); err == nil {
		r, err = s.Service.MonthReading(c.UserContext(), actor(c), i.ID, c.Params("month"))
	}
	return i, cl, r, err
}

func (s *Server) readingEdit(c *fiber.Ctx) error { return s.saveReading(c, c.Params("month"), false) }

func (s *Server) saveReading(c *fiber.Ctx, month string, fresh bool) error {
	v, t := s.view(c), typed{c}
	i, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	by := ""
	if !fresh && t.version() > 0 {
		r, err := s.Service.MonthReading(c.UserContext(), actor(c), i.ID, month)
		if err == nil {
			by, err = rebase(c, s, crm.Readings, &r.Reading, readingUnits(), v.storedReading)
		}
		if err != nil {
			return s.fail(c, err)
		}
	}
	version := t.version()
	if version == 0 {
		version = crm.NewReading
	}
	in, err := v.readingInput(t)
	var now crm.MonthReading
	if err == nil {
		now, err = s.Service.PutReading(c.UserContext(), actor(c), i.ID, month, version, in)
	}
	if err == nil {
		return s.goTo(c, "/installations/"+i.ID, note{Label: v.T("reading.saved", "month", slashMonth(month)), Next: v.T("reading.look"), URL: readingURL(i.ID, month)})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	if fresh {
		now = crm.MonthReading{}
	} else if now.Month == "" {
		if now, err = s.Service.MonthReading(c.UserContext(), actor(c), i.ID, month); err != nil {
			return s.fail(c, err)
		}
	}
	notice := bad(above)
	if conflicted(err) {
		notice = s.savedFirst(c, by, now.UpdatedAt, readingURL(i.ID, month))
	}
	groups := v.readingForm(now, fresh, &t, wrong, conflicted(err))
	if !conflicted(err) {
		now.Version = t.version()
	}
	return s.showReading(c, again(err), i, cl, now, fresh, groups, notice, page.Field{})
}

func (s *Server) readingAccept(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	i, cl, r, err := s.readingOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	_, err = s.Service.AcceptReading(c.UserContext(), actor(c), i.ID, r.Month, t.version(), t.get("reason"))
	if err == nil {
		return s.goTo(c, "/installations/"+i.ID, note{Label: v.T("reading.accepted", "month", slashMonth(r.Month))})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	notice := bad(above)
	if conflicted(err) {
		notice = v.conflict(r.UpdatedAt, readingURL(i.ID, r.Month))
	}
	return s.showReading(c, again(err), i, cl, r, false, v.readingForm(r, false, nil, nil, false), notice, t.field("reason", wrong))
}

func readingURL(installation, month string) string {
	return "/installations/" + installation + "/readings/" + month
}

func (s *Server) showReading(c *fiber.Ctx, status int, i crm.Installation, cl crm.Client, r crm.MonthReading, fresh bool, groups []page.FieldGroup, notice *page.Notice, reason page.Field) error {
	v := s.view(c)
	p := page.Reading{RecordForm: page.RecordForm{Heading: v.T("reading.new"), URL: "/installations/" + i.ID + "/readings", BackURL: "/installations/" + i.ID, Groups: groups}}
	if !fresh {
		p.Heading, p.URL = v.T("reading.of", "month", v.month(r.Month)), readingURL(i.ID, r.Month)
		users, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return s.fail(c, err)
		}
		for _, d := range r.Doubts {
			p.Doubts = append(p.Doubts, v.doubt(d, users))
			if d.Accepted == nil {
				p.AcceptURL = p.URL + "/accept"
			}
		}
		health, err := s.Service.Health(c.UserContext(), actor(c), i.ID, 0)
		if err != nil {
			return s.fail(c, err)
		}
		if n := slices.IndexFunc(health.Months, func(m crm.MonthHealth) bool { return m.Month == r.Month }); n >= 0 {
			p.Figures = v.monthFigures(health.Months[n])
		}
		p.Reason = v.Field("reason", "reading.reason", reason).Req().Help("reading.reason.hint")
		list, _, err := s.Service.DocumentRevisions(c.UserContext(), actor(c), i.Client, crm.ReadingID(i.ID, r.Month), historySize, "")
		if err != nil {
			return s.fail(c, err)
		}
		told, err := s.telling(c.UserContext(), actor(c), v, list)
		if err != nil {
			return s.fail(c, err)
		}
		for _, e := range list {
			p.History = append(p.History, told.row(e))
		}
	}
	if r.Version > 0 {
		p.Version = strconv.FormatInt(r.Version, 10)
	}
	p.Base = s.base(c, page.PlaceClients, p.Heading, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name), page.Link{Label: i.Name, URL: "/installations/" + i.ID})
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "installation/reading", p)
}

func (v view) doubt(d crm.ReadingDoubt, users map[string]string) page.Doubt {
	out := page.Doubt{State: page.Warn, Label: v.doubtText(d)}
	if d.Accepted != nil {
		out.State = page.OK
		out.Sub = v.T("reading.accepted.by", "who", orNothing(users[d.Accepted.By]), "when", v.stamp(d.Accepted.At), "reason", d.Accepted.Reason)
	}
	return out
}

// doubtText is one sentence: what is doubted, and what it may be instead.
func (v view) doubtText(d crm.ReadingDoubt) string {
	if d.Code == crm.DoubtImported {
		return v.text(d.Note)
	}
	unit, what := "kW", v.T("reading.demand.of."+string(d.Posto))
	if d.Energy {
		unit, what = "kWh", v.T("reading.energy.of."+string(d.Posto))
	}
	amount := func(n int64) string { return v.kilo(n) + "\u00a0" + unit }
	limit := amount(d.Limit)
	if d.Code == demand.DoubtTransformer {
		limit = v.kva(d.Limit)
	}
	return v.T("reading.doubt."+string(d.Code), "what", what, "figure", amount(d.Figure), "limit", limit, "instead", amount(d.Instead))
}

// bindBook writes what is doubted, and what was corrected, into the table.
func (v view) bindBook(p *page.Installation, i crm.Installation, months []crm.MonthHealth, book crm.Book) {
	for n := range p.Rows {
		m := months[len(months)-1-n]
		row := &p.Rows[n]
		row.URL = readingURL(i.ID, m.Month)
		for _, d := range book.Doubts[m.Month] {
			if d.Accepted == nil {
				row.Notes = append(row.Notes, page.Notice{State: page.Warn, Label: v.doubtText(d), Action: page.Link{Label: v.T("reading.settle"), URL: row.URL}})
			}
		}
		row.Notes = append(row.Notes, v.formerNotes(book.Former[m.Month])...)
		if m.LossTenths > 0 {
			p.Losses = v.T("reading.losses", "percent", v.percent(m.LossTenths))
		}
	}
}

// formerNotes say in a line which demands of a month were others before.
func (v view) formerNotes(former map[string]crm.FormerFigure) []page.Notice {
	var words []string
	for _, f := range []struct{ member, posto string }{{"singleW", "single"}, {"offPeakW", "offpeak"}, {"peakW", "peak"}} {
		if was, ok := former[f.member]; ok {
			text := nothing
			if was.W != nil {
				text = v.kw(*was.W)
			}
			words = append(words, v.T("reading.former.of", "posto", v.T("posto."+f.posto), "value", text, "when", v.stamp(was.At)))
		}
	}
	if len(words) == 0 {
		return nil
	}
	return []page.Notice{{Label: join("; ", words...)}}
}
