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

func (s *Server) clientEditPage(c *fiber.Ctx) error {
	cl, err := s.Service.Client(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if isPart(c) && c.Query("shown") != "" {
		users, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return s.fail(c, err)
		}
		return s.showFact(c, s.view(c).clientFacts(cl, users, actor(c)))
	}
	if isPart(c) && c.Query("fact") != "" {
		return s.clientFact(c, fiber.StatusOK, cl, c.Query("fact"), storedClient(cl), nil)
	}
	return s.showClientEdit(c, fiber.StatusOK, cl, storedClient(cl), nil)
}

// clientFactFields are the facts of a client that are several fields.
var clientFactFields = map[string][]string{
	"sector":   {"sector", "sector_since"},
	"address":  {"address", "city"},
	"stand_in": {"stand_in", "stand_in_from", "stand_in_until"},
}

// clientFact answers the form of one fact of a client; refused is why it comes
// again.
func (s *Server) clientFact(c *fiber.Ctx, status int, cl crm.Client, name string, form page.ClientForm, refused error) error {
	v := s.view(c)
	if _, err := factNamed(v.clientFacts(cl, nil, actor(c)), name); err != nil {
		return s.fail(c, err)
	}
	p := page.ClientEdit{Base: page.Base{Text: v.Text}}
	if err := s.fillClientForm(c, cl, &p, form); err != nil {
		return s.fail(c, err)
	}
	var fields []page.FieldView
	for _, f := range factFields(clientFactFields, name) {
		fields = append(fields, p.At(f))
	}
	return s.render(c, status, "fact/edit", s.factForm(c, "/clients/"+cl.ID, name, cl.Version, fields, storedField(cl), refused))
}

// storedField answers what a field of the form would say unedited.
func storedField(cl crm.Client) func(name string) string {
	p := page.ClientEdit{Form: storedClient(cl)}
	return func(name string) string { return p.At(name).Value }
}

// clientFields names the fields of the form, with the name that the domain
// gives to each in its errors.
var clientFields = []struct {
	name, api string
	field     func(*page.ClientForm) *page.Field
	patch     func(*crm.ClientPatch) **string
}{
	{"name", "name", func(f *page.ClientForm) *page.Field { return &f.Name }, func(p *crm.ClientPatch) **string { return &p.Name }},
	{"legal_name", "legalName", func(f *page.ClientForm) *page.Field { return &f.LegalName }, func(p *crm.ClientPatch) **string { return &p.LegalName }},
	{"tax_id", "taxId", func(f *page.ClientForm) *page.Field { return &f.TaxID }, func(p *crm.ClientPatch) **string { return &p.TaxID }},
	{"cnae", "cnae", func(f *page.ClientForm) *page.Field { return &f.CNAE }, func(p *crm.ClientPatch) **string { return &p.CNAE }},
	{"sector", "sector", func(f *page.ClientForm) *page.Field { return &f.Sector }, func(p *crm.ClientPatch) **string { return &p.Sector }},
	{"sector_since", "sectorSince", func(f *page.ClientForm) *page.Field { return &f.SectorSince }, func(p *crm.ClientPatch) **string { return &p.SectorSince }},
	{"agent", "agent", func(f *page.ClientForm) *page.Field { return &f.Agent }, func(p *crm.ClientPatch) **string { return &p.Agent }},
	{"tier", "tier", func(f *page.ClientForm) *page.Field { return &f.Tier }, func(p *crm.ClientPatch) **string { return &p.Tier }},
	{"status", "status", func(f *page.ClientForm) *page.Field { return &f.Status }, func(p *crm.ClientPatch) **string { return &p.Status }},
	{"city", "city", func(f *page.ClientForm) *page.Field { return &f.City }, func(p *crm.ClientPatch) **string { return &p.City }},
	{"address", "address", func(f *page.ClientForm) *page.Field { return &f.Address }, func(p *crm.ClientPatch) **string { return &p.Address }},
	{"phone", "phone", func(f *page.ClientForm) *page.Field { return &f.Phone }, func(p *crm.ClientPatch) **string { return &p.Phone }},
	{"segment", "segment", func(f *page.ClientForm) *page.Field { return &f.Segment }, func(p *crm.ClientPatch) **string { return &p.Segment }},
	{"stand_in", "standIn", func(f *page.ClientForm) *page.Field { return &f.StandIn }, func(p *crm.ClientPatch) **string { return &p.StandIn }},
	{"stand_in_from", "standInFrom", func(f *page.ClientForm) *page.Field { return &f.StandInFrom }, func(p *crm.ClientPatch) **string { return &p.StandInFrom }},
	{"stand_in_until", "standInUntil", func(f *page.ClientForm) *page.Field { return &f.StandInUntil }, func(p *crm.ClientPatch) **string { return &p.StandInUntil }},
	{"notes", "notes", func(f *page.ClientForm) *page.Field { return &f.Notes }, func(p *crm.ClientPatch) **string { return &p.Notes }},
}

// clientUnits are the fields of the form as they are compared with what somebody
// saved in between.
func clientUnits() []unit {
	units := oneByOne("emails", "domains", "tags")
	for _, cf := range clientFields {
		units = append(units, unit{cf.name})
	}
	return units
}

// storedClient is the form of what is stored.
func storedClient(c crm.Client) page.ClientForm {
	f := func(v string) page.Field { return page.Field{Value: v} }
	form := page.ClientForm{Name: f(c.Name), LegalName: f(c.LegalName), TaxID: f(taxText(c)), CNAE: f(c.CNAE), Agent: f(c.Agent), Tier: f(c.Tier),
		Status: f(c.Status), City: f(c.City), Address: f(c.Address), Phone: f(ident.FormatPhone(c.Phone)), Notes: f(c.Notes),
		Segment: f(c.Segment), StandIn: f(c.StandIn), StandInFrom: f(c.StandInFrom), StandInUntil: f(c.StandInUntil), Tags: f(strings.Join(c.Tags, ", ")),
		Emails: f(strings.Join(c.Emails, "\n")), Domains: f(strings.Join(c.Domains, "\n"))}
	if c.TierBy == crm.TierByRule {
		form.Tier.Value = ""
	}
	if c.SectorBy == crm.SectorByHand {
		form.Sector.Value = c.Sector
	}
	return form
}

func (s *Server) showClientEdit(c *fiber.Ctx, status int, cl crm.Client, form page.ClientForm, notice *page.Notice) error {
	v := s.view(c)
	p := page.ClientEdit{Base: s.base(c, page.PlaceClients, v.T("page.edit"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name)),
		URL: "/clients/" + cl.ID + "/edit", BackURL: "/clients/" + cl.ID, Name: cl.Name, Version: strconv.FormatInt(cl.Version, 10)}
	return s.showClientForm(c, status, cl, p, form, notice)
}

// showClientForm renders the form of a client that is there or being made.
func (s *Server) showClientForm(c *fiber.Ctx, status int, cl crm.Client, p page.ClientEdit, form page.ClientForm, notice *page.Notice) error {
	if err := s.fillClientForm(c, cl, &p, form); err != nil {
		return s.fail(c, err)
	}
	p.Asked, p.Shape, p.Notice = factFields(clientFactFields, c.Query("fact"))[0], page.ShapeForm, notice
	return s.render(c, status, "client/edit", p)
}

// fillClientForm gives the form its values and choices.
func (s *Server) fillClientForm(c *fiber.Ctx, cl crm.Client, p *page.ClientEdit, form page.ClientForm) error {
	v := s.view(c)
	p.Form, p.Sectors = form, append([]page.Option{{Label: v.T("web.sector.auto")}}, v.sectors(cl.Sector, form.Sector.Value)...)
	p.Tiers, p.States = []page.Option{{Label: v.tierAuto(cl)}}, v.options("web.status.", crm.ClientStatuses...)
	for _, t := range crm.ClientTiers {
		p.Tiers = append(p.Tiers, page.Option{Value: t, Label: t})
	}
	if cl.Status == "" && cl.ID != "" {
		p.States = append([]page.Option{{Label: nothing}}, p.States...)
	}
	p.Segments = append([]page.Option{{Label: nothing}}, v.options("web.segment.", crm.ClientSegments...)...)
	for _, own := range []string{cl.Segment, form.Segment.Value} { // of an import, in its own words
		p.Segments = withOption(p.Segments, own, own)
	}
	if actor(c).Role != crm.RoleAgent {
		agents, err := s.agentOptions(c)
		if err != nil {
			return err
		}
		names, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return err
		}
		p.Agents = append([]page.Option{{Label: nothing}}, agents...)
		// Former ones stay chosen until somebody chooses another.
		p.StandIns = withOption(slices.Clone(p.Agents), cl.StandIn, orNothing(names[cl.StandIn]))
		p.Agents = withOption(p.Agents, cl.Agent, orNothing(names[cl.Agent]))
		if cl.ID == "" {
			p.Agents = append([]page.Option{{Value: proposedAgent, Label: v.T("web.serving.auto")}}, p.Agents...)
			if p.Hint, err = s.hintFor(c, v, form); err != nil {
				return err
			}
		}
	}
	return nil
}

// withOption adds a choice that is none of those offered.
func withOption(list []page.Option, value, label string) []page.Option {
	if value == "" || slices.ContainsFunc(list, func(o page.Option) bool { return o.Value == value }) {
		return list
	}
	return append(list, page.Option{Value: value, Label: label})
}

// forBosses are the fields that agents neither see nor set.
var forBosses = []string{"agent", "stand_in", "stand_in_from", "stand_in_until"}

func (s *Server) clientEdit(c *fiber.Ctx) error {
	ctx, a, v, f, id := c.UserContext(), actor(c), s.view(c), typed{c}, c.Params("id")
	now, err := s.Service.Client(ctx, a, id)
	if err != nil {
		return s.fail(c, err)
	}
	others, err := rebase(c, s, crm.Clients, &now, clientUnits(), storedField)
	if err != nil {
		return s.fail(c, err)
	}
	batch, fact := s.editBatch(), f.get("fact")
	version := f.version()
	if fact != "" && untouched(f, factFields(clientFactFields, fact), storedField(now)) {
		version = now.Version
	}
	is, err := s.Service.EditClient(crm.WithBatch(ctx, batch), a, id, version, clientPatch(f, now, a))
	if err == nil {
		return s.clientSaved(c, fact, now, is, batch)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	stored := storedClient(now)
	form := page.ClientForm{Emails: f.fieldOr("emails", stored.Emails, wrong), Domains: f.fieldOr("domains", stored.Domains, wrong), Tags: f.fieldOr("tags", stored.Tags, wrong)}
	conflict := crm.CodeOf(err) == crm.CodeConflict
	for _, cf := range clientFields {
		*cf.field(&form) = f.fieldOr(cf.name, *cf.field(&stored), wrong, cf.api)
		if conflict && !hiddenFrom(a, cf.name) {
			v.differs(cf.field(&form), cf.field(&stored).Value)
		}
	}
	var notice *page.Notice
	switch {
	case conflict:
		v.differs(&form.Emails, stored.Emails.Value)
		v.differs(&form.Domains, stored.Domains.Value)
		v.differs(&form.Tags, stored.Tags.Value)
		notice = s.savedFirst(c, others, now.UpdatedAt, "/clients/"+id)
	case above != "":
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	if !conflict {
		now.Version = f.version()
	}
	if isPart(c) && fact != "" {
		return s.clientFact(c, fiber.StatusUnprocessableEntity, now, fact, form, err)
	}
	return s.showClientEdit(c, again(err), now, form, notice)
}

// clientSaved leads back to the client, or answers the one fact that was edited.
func (s *Server) clientSaved(c *fiber.Ctx, fact string, was, is crm.Client, batch string) error {
	v, record := s.view(c), "/clients/"+is.ID
	n := v.savedNote(batch, is.Version != was.Version)
	if !isPart(c) || fact == "" {
		return s.goTo(c, record, n)
	}
	users, err := s.Service.UserNames(c.UserContext())
	if err != nil {
		return s.fail(c, err)
	}
	return s.factSaved(c, fact, v.clientFacts(was, users, actor(c)), v.clientFacts(is, users, actor(c)), v.clientTop(is).Top(), n, record)
}

// clientPatch names only what differs from what is stored now: a field that
// nobody touched must not count as named by hand.
func clientPatch(f typed, now crm.Client, a crm.Actor) crm.ClientPatch {
	var p crm.ClientPatch
	stored := storedClient(now)
	for _, cf := range clientFields {
		if hiddenFrom(a, cf.name) || !f.has(cf.name) {
			continue
		}
		if value := f.get(cf.name); value != cf.field(&stored).Value {
			*cf.patch(&p) = &value
		}
	}
	if list := f.lines("emails"); f.has("emails") && !slices.Equal(list, now.Emails) {
		p.Emails = &list
	}
	if list := f.lines("domains"); f.has("domains") && !slices.Equal(list, now.Domains) {
		p.Domains = &list
	}
	if list := f.lines("tags"); f.has("tags") && !slices.Equal(list, now.Tags) {
		p.Tags = &list
	}
	return p
}

func hiddenFrom(a crm.Actor, field string) bool {
	return a.Role == crm.RoleAgent && slices.Contains(forBosses, field)
}
