package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/web/page"
)

type placeField = formField[crm.Installation, crm.InstallationPatch]

func placeText(name, api, label string, value func(crm.Installation) string, to func(*crm.InstallationPatch) **string, draw func(view, page.FieldView) page.FieldView) placeField {
	return placeField{name, api, label, func(_ view, i crm.Installation) string { return value(i) },
		func(_ view, raw string, p *crm.InstallationPatch) error { *to(p) = &raw; return nil }, draw}
}

func placeAmount(name, api, label string, value func(crm.Installation) int64, to func(*crm.InstallationPatch) **int64) placeField {
	return placeField{name, api, label, func(v view, i crm.Installation) string { return v.thousands(value(i)) },
		func(v view, raw string, p *crm.InstallationPatch) error {
			n, err := v.quantity(name, raw)
			*to(p) = &n
			return err
		}, nil}
}

func hint(key string) func(view, page.FieldView) page.FieldView {
	return func(_ view, f page.FieldView) page.FieldView { return f.Help(key) }
}

type place = crm.Installation
type placePatch = crm.InstallationPatch

// placeGroups are the fields of the form, group by group and row by row.
var placeGroups = []struct {
	heading string
	rows    [][]placeField
}{
	{"", [][]placeField{{
		placeText("name", "", "page.client.name", func(i place) string { return i.Name }, func(p *placePatch) **string { return &p.Name }, nil),
		placeText("status", "", "page.client.status", func(i place) string { return i.Status }, func(p *placePatch) **string { return &p.Status }, choose("inst.status.", false, crm.InstallationStatuses...)),
	}, {
		placeText("uc", "", "web.uc", func(i place) string { return ident.UC(i.UC).Format() }, func(p *placePatch) **string { return &p.UC }, hint("inst.uc.hint")),
		placeText("former_uc", "formerUc", "web.formeruc", func(i place) string { return i.FormerUC }, func(p *placePatch) **string { return &p.FormerUC }, hint("inst.formeruc.hint")),
		placeText("cnpj", "", "inst.cnpj", func(i place) string { return cnpjText(i.CNPJ) }, func(p *placePatch) **string { return &p.CNPJ }, hint("inst.cnpj.hint")),
	}}},
	{"inst.where", [][]placeField{{
		placeText("address", "", "page.client.address", func(i place) string { return i.Address }, func(p *placePatch) **string { return &p.Address }, nil),
		placeText("city", "", "page.client.city", func(i place) string { return i.City }, func(p *placePatch) **string { return &p.City }, nil),
	}, {
		placeText("municipality", "", "inst.municipality", func(i place) string { return i.MunIBGE }, func(p *placePatch) **string { return &p.Municipality }, hint("inst.municipality.hint")),
		placeText("coordinates", "", "inst.coordinates", func(i place) string { return i.Coordinates }, func(p *placePatch) **string { return &p.Coordinates }, hint("inst.coordinates.hint")),
	}}},
	{"inst.supply", [][]placeField{{
		placeText("distributor", "", "web.distributor", func(i place) string { return i.Distributor }, func(p *placePatch) **string { return &p.Distributor }, hint("inst.distributor.hint")),
		placeText("market", "", "inst.market", func(i place) string { return i.Market }, func(p *placePatch) **string { return &p.Market }, choose("web.market.", true, crm.MarketCaptive, crm.MarketFree)),
		placeAmount("voltage", "", "inst.voltage", func(i place) int64 { return i.VoltageV }, func(p *placePatch) **int64 { return &p.VoltageV }),
		placeText("subgroup", "", "inst.subgroup", func(i place) string { return i.Subgroup }, func(p *placePatch) **string { return &p.Subgroup }, subgroups),
	}, {
		placeAmount("load", "loadW", "inst.load", func(i place) int64 { return i.LoadW }, func(p *placePatch) **int64 { return &p.LoadW }),
		placeAmount("transformer", "transformerVA", "inst.transformer.kva", func(i place) int64 { return i.TransformerVA }, func(p *placePatch) **int64 { return &p.TransformerVA }),
		{"secondary", "secondaryMeter", "inst.metering", func(_ view, i place) string { return yes(i.SecondaryMeter) },
			func(_ view, raw string, p *placePatch) error { on := raw == "yes"; p.SecondaryMeter = &on; return nil }, metering},
	}, {
		placeText("tariff_class", "tariffClass", "web.class", func(i place) string { return i.TariffClass }, func(p *placePatch) **string { return &p.TariffClass }, nil),
		placeText("cnae", "", "page.client.cnae", func(i place) string { return ident.CNAE(i.CNAE).Format() }, func(p *placePatch) **string { return &p.CNAE }, nil),
		placeText("connected_on", "connectedOn", "web.connected", func(i place) string { return i.ConnectedOn }, func(p *placePatch) **string { return &p.ConnectedOn }, asDate),
	}, {
		placeText("substation", "", "web.substation", func(i place) string { return i.Substation }, func(p *placePatch) **string { return &p.Substation }, nil),
		placeText("feeder", "", "inst.feeder", func(i place) string { return i.Feeder }, func(p *placePatch) **string { return &p.Feeder }, nil),
	}}},
}

func subgroups(_ view, f page.FieldView) page.FieldView {
	options := []page.Option{{Label: nothing}}
	for _, s := range crm.Subgroups {
		options = append(options, page.Option{Value: s, Label: s})
	}
	return f.Choose(options)
}

func metering(v view, f page.FieldView) page.FieldView {
	return f.Choose([]page.Option{{Value: "no", Label: v.T("inst.metering.primary")}, {Value: "yes", Label: v.T("inst.metering.secondary")}}).Help("inst.metering.hint")
}

func placeFields(do func(placeField)) {
	for _, g := range placeGroups {
		for _, r := range g.rows {
			for _, f := range r {
				do(f)
			}
		}
	}
}

func cnpjText(n string) string {
	if n == "" {
		return ""
	}
	return ident.CNPJ(n).Format()
}

// placeForm fills the form of an installation; typed is nil before anything was.
func (v view) placeForm(i crm.Installation, t *typed, wrong map[string]string, conflict bool) []page.FieldGroup {
	var out []page.FieldGroup
	for _, g := range placeGroups {
		group := page.FieldGroup{}
		if g.heading != "" {
			group.Heading = v.T(g.heading)
		}
		for _, r := range g.rows {
			var row []page.FieldView
			for _, f := range r {
				stored := f.value(v, i)
				field := page.Field{Value: stored}
				if t != nil {
					field = t.fieldOr(f.name, field, wrong, f.key())
				}
				if conflict {
					v.differs(&field, stored)
				}
				row = append(row, drawn(v, f, field))
			}
			group.Rows = append(group.Rows, row)
		}
		out = append(out, group)
	}
	on := i.Conditions
	if t != nil && t.has("conditions") {
		on = t.all("conditions")
	}
	conditions := page.FieldGroup{Heading: v.T("inst.conditions"), Name: "conditions", Wrong: wrong["conditions"]}
	for _, c := range crm.Conditions {
		conditions.Checks = append(conditions.Checks, page.Check{Value: c, Label: v.condition(c), On: slices.Contains(on, c)})
	}
	if conflict && !(t != nil && t.own("conditions")) {
		conditions.Theirs = v.theirSeveral("conditions", on, i.Conditions, v.condition)
	}
	return append(out, conditions)
}

// placeUnits is as clientUnits.
func placeUnits() []unit {
	units := oneByOne("conditions")
	placeFields(func(f placeField) { units = append(units, unit{f.name}) })
	return units
}

// placePatchOf names only what differs from what is stored: a doubtful voltage
// that nobody touched keeps nobody from correcting the address.
func (v view) placePatchOf(t typed, i crm.Installation) (p crm.InstallationPatch, err error) {
	var bad []error
	placeFields(func(f placeField) {
		if raw := t.get(f.name); t.has(f.name) && raw != f.value(v, i) {
			bad = append(bad, f.set(v, raw, &p))
		}
	})
	if list := t.all("conditions"); t.has("conditions") && !slices.Equal(list, i.Conditions) {
		p.Conditions = &list
	}
	return p, joinErrors(bad...)
}

func (s *Server) placeNewPage(c *fiber.Ctx) error {
	cl, err := s.Service.Client(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.showPlaceForm(c, fiber.StatusOK, cl, s.freshPlace(cl), s.view(c).placeForm(s.freshPlace(cl), nil, nil, false), nil)
}

// freshPlace is what a new installation begins with.
func (s *Server) freshPlace(cl crm.Client) crm.Installation {
	return crm.Installation{Client: cl.ID, Status: "active", Market: crm.MarketCaptive, City: cl.City}
}

func (s *Server) showPlaceForm(c *fiber.Ctx, status int, cl crm.Client, i crm.Installation, groups []page.FieldGroup, notice *page.Notice) error {
	v := s.view(c)
	p := page.RecordForm{Heading: v.T("inst.new"), URL: "/clients/" + cl.ID + "/installations", BackURL: "/clients/" + cl.ID, Groups: groups}
	if i.ID != "" {
		p.Heading, p.URL, p.BackURL, p.Version = i.Name, "/installations/"+i.ID+"/edit", "/installations/"+i.ID, strconv.FormatInt(i.Version, 10)
	}
	p.Base = s.base(c, page.PlaceClients, p.Heading, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name))
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "record/form", p)
}

func (s *Server) placeAdd(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	cl, err := s.Service.Client(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	p, err := v.placePatchOf(t, crm.Installation{})
	var made crm.Installation
	if err == nil {
		made, err = s.Service.AddInstallation(c.UserContext(), actor(c), cl.ID, p)
	}
	if err == nil {
		return s.goTo(c, "/installations/"+made.ID, note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	return s.showPlaceForm(c, again(err), cl, crm.Installation{}, v.placeForm(s.freshPlace(cl), &t, wrong, false), bad(above))
}

// bad is the notice of what no field can say; nil of nothing.
func bad(above string) *page.Notice {
	if above == "" {
		return nil
	}
	return &page.Notice{State: page.Bad, Label: above}
}

func (s *Server) placeOf(c *fiber.Ctx) (i crm.Installation, cl crm.Client, err error) {
	if i, err = s.Service.Installation(c.UserContext(), actor(c), c.Params("id")); err == nil {
		cl, err = s.Service.Client(c.UserContext(), actor(c), i.Client)
	}
	return i, cl, err
}

func (s *Server) placeEditPage(c *fiber.Ctx) error {
	i, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	v := s.view(c)
	if isPart(c) && c.Query("shown") != "" {
		return s.showFact(c, v.placeFacts(i, cl))
	}
	groups := v.placeForm(i, nil, nil, false)
	if isPart(c) && c.Query("fact") != "" {
		return s.placeFact(c, fiber.StatusOK, i, cl, c.Query("fact"), groups, nil)
	}
	for _, g := range groups { // without a script: the form with the cursor there
		for _, row := range g.Rows {
			for n := range row {
				row[n].Focus = row[n].Name == c.Query("fact")
			}
		}
	}
	return s.showPlaceForm(c, fiber.StatusOK, cl, i, groups, nil)
}

// placeFactFields are the facts of an installation that are several fields.
var placeFactFields = map[string][]string{"voltage": {"voltage", "subgroup"}, "substation": {"substation", "feeder"}}

// placeFact answers the form of one fact of an installation, with the fields of
// the whole one; refused is why it comes again.
func (s *Server) placeFact(c *fiber.Ctx, status int, i crm.Installation, cl crm.Client, name string, groups []page.FieldGroup, refused error) error {
	v := s.view(c)
	if _, err := factNamed(v.placeFacts(i, cl), name); err != nil {
		return s.fail(c, err)
	}
	wanted := factFields(placeFactFields, name)
	var fields []page.FieldView
	var checks page.FieldGroup
	for _, g := range groups {
		for _, row := range g.Rows {
			for _, f := range row {
				if slices.Contains(wanted, f.Name) {
					fields = append(fields, f)
				}
			}
		}
		if g.Name == name {
			checks = g
		}
	}
	e := s.factForm(c, "/installations/"+i.ID, name, i.Version, fields, v.storedPlace(i), refused)
	if checks.Name != "" {
		e.Group, e.Checks, e.Was = checks.Name, checks.Checks, []page.Option{{Label: checks.Name, Value: v.storedPlace(i)(checks.Name)}}
		e.Theirs = checks.Theirs
		if e.Wrong == "" {
			e.Wrong = checks.Wrong
		}
	}
	return s.render(c, status, "fact/edit", e)
}

// storedPlace answers what a field of the form would say unedited.
func (v view) storedPlace(i crm.Installation) func(name string) string {
	return func(name string) (is string) {
		placeFields(func(f placeField) {
			if f.name == name {
				is = f.value(v, i)
			}
		})
		if name == "conditions" {
			is = strings.Join(i.Conditions, ", ")
		}
		return is
	}
}

// placeSaved leads back to the installation, or answers the one fact that was
// edited.
func (s *Server) placeSaved(c *fiber.Ctx, fact string, was, is crm.Installation, cl crm.Client, batch string) error {
	v, record := s.view(c), "/installations/"+is.ID
	n := v.savedNote(batch, is.Version != was.Version)
	if !isPart(c) || fact == "" {
		return s.goTo(c, record, n)
	}
	return s.factSaved(c, fact, v.placeFacts(was, cl), v.placeFacts(is, cl), v.placeTop(is).Top(), n, record)
}

// placeTop is an installation's page with its first line only.
func (v view) placeTop(i crm.Installation) page.Installation {
	return page.Installation{Base: page.Base{Text: v.Text}, Name: i.Name, Number: ucText(i), Badges: v.placeBadges(i), EditURL: "/installations/" + i.ID + "/edit"}
}

func (s *Server) placeEdit(c *fiber.Ctx) error {
	v, t := s.view(c), typed{c}
	now, cl, err := s.placeOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	others, err := rebase(c, s, crm.Installations, &now, placeUnits(), v.storedPlace)
	if err != nil {
		return s.fail(c, err)
	}
	p, err := v.placePatchOf(t, now)
	batch, fact, version, is := s.editBatch(), t.get("fact"), t.version(), now
	if fact != "" && untouched(t, factFields(placeFactFields, fact), v.storedPlace(now)) {
		version = now.Version
	}
	if err == nil {
		is, err = s.Service.EditInstallation(crm.WithBatch(c.UserContext(), batch), actor(c), now.ID, version, p)
	}
	if err == nil {
		return s.placeSaved(c, fact, now, is, cl, batch)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	notice := bad(above)
	if conflicted(err) {
		notice = s.savedFirst(c, others, now.UpdatedAt, "/installations/"+now.ID)
	}
	groups := v.placeForm(now, &t, wrong, conflicted(err))
	if !conflicted(err) {
		now.Version = t.version()
	}
	if isPart(c) && fact != "" {
		return s.placeFact(c, fiber.StatusUnprocessableEntity, now, cl, fact, groups, err)
	}
	return s.showPlaceForm(c, again(err), cl, now, groups, notice)
}

func (v view) kva(va int64) string {
	if va == 0 {
		return ""
	}
	return v.kilo(va) + "\u00a0kVA"
}

func (v view) secondary(i crm.Installation) string {
	if !i.SecondaryMeter {
		return ""
	}
	return v.T("inst.metering.secondary")
}

func (v view) condition(id string) string { return v.T("inst.condition." + id) }

func (v view) conditions(i crm.Installation) string {
	var words []string
	for _, c := range i.Conditions {
		words = append(words, v.condition(c))
	}
	return strings.Join(words, ", ")
}

// mapURL shows a place on OpenStreetMap.
func mapURL(coordinates string) string {
	lat, lon, ok := strings.Cut(coordinates, ",")
	if !ok {
		return ""
	}
	return "https://www.openstreetmap.org/?mlat=" + lat + "&mlon=" + lon + "#map=15/" + lat + "/" + lon
}
