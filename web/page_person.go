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

func (s *Server) personNewPage(c *fiber.Ctx) error {
	cl, err := s.Service.Client(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.showPersonNew(c, fiber.StatusOK, cl, page.PersonForm{}, nil)
}

func (s *Server) showPersonNew(c *fiber.Ctx, status int, cl crm.Client, form page.PersonForm, notice *page.Notice) error {
	v := s.view(c)
	return s.showPerson(c, status, cl, page.PersonEdit{URL: "/clients/" + cl.ID + "/people", Heading: v.T("web.person.new"), Form: form}, notice)
}

// showPerson puts the frame of the client around a form.
func (s *Server) showPerson(c *fiber.Ctx, status int, cl crm.Client, p page.PersonEdit, notice *page.Notice) error {
	v := s.view(c)
	near := p.Near
	p.Base = s.base(c, page.PlaceClients, p.Heading, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name))
	p.BackURL, p.Roles = "/clients/"+cl.ID, append([]page.Option{{Label: nothing}}, v.options("web.person.", crm.PersonRoles...)...)
	p.Channels = append([]page.Option{{Label: nothing}}, v.options("web.channel.", crm.PersonChannels...)...)
	p.Langs = append([]page.Option{{Label: nothing}}, langNames()...)
	p.Shape, p.Notice, p.Near = page.ShapeForm, notice, near
	return s.render(c, status, "person/edit", p)
}

func personInput(f typed) crm.PersonInput {
	return crm.PersonInput{Name: f.get("name"), Role: f.get("role"), Title: f.get("title"), Emails: f.lines("emails"), Phones: f.lines("phones"),
		Channel: f.get("channel"), Hours: f.get("hours"), Lang: f.get("lang"), ConsentOn: f.get("consent_on"), Notes: f.get("notes")}
}

func personForm(f typed, wrong map[string]string) page.PersonForm {
	return page.PersonForm{Name: f.field("name", wrong), Role: f.field("role", wrong), Title: f.field("title", wrong),
		Emails: f.field("emails", wrong), Phones: f.field("phones", wrong), Channel: f.field("channel", wrong), Hours: f.field("hours", wrong),
		PersonLang: f.field("lang", wrong), ConsentOn: f.field("consent_on", wrong, "consentOn"), Notes: f.field("notes", wrong)}
}

func (s *Server) personAdd(c *fiber.Ctx) error {
	v, f, id := s.view(c), typed{c}, c.Params("id")
	cl, err := s.Service.Client(c.UserContext(), actor(c), id)
	if err != nil {
		return s.fail(c, err)
	}
	p, err := s.Service.AddPerson(c.UserContext(), actor(c), id, personInput(f))
	if err == nil {
		return s.afterPerson(c, v, p)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showPersonNew(c, again(err), cl, personForm(f, wrong), notice)
}

// savedPerson also says what follows from an address.
func (v view) savedPerson(p crm.Person) string {
	if len(p.Emails) > 0 {
		return v.T("web.person.filed", "name", p.Name)
	}
	return v.T("web.person.saved", "name", p.Name)
}

func (s *Server) personPage(c *fiber.Ctx) error {
	p, cl, err := s.personOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showPersonEdit(c, fiber.StatusOK, cl, p, storedPerson(p), p.Version, nil)
}

func (s *Server) personOf(c *fiber.Ctx) (p crm.Person, cl crm.Client, err error) {
	if p, err = s.Service.Person(c.UserContext(), actor(c), c.Params("id")); err == nil {
		cl, err = s.Service.Client(c.UserContext(), actor(c), p.Client)
	}
	return p, cl, err
}

func storedPerson(p crm.Person) page.PersonForm {
	f := func(v string) page.Field { return page.Field{Value: v} }
	phones := make([]string, len(p.Phones))
	for i, n := range p.Phones {
		phones[i] = ident.FormatPhone(n)
	}
	return page.PersonForm{Name: f(p.Name), Role: f(p.Role), Title: f(p.Title), Emails: f(strings.Join(p.Emails, "\n")), Phones: f(strings.Join(phones, "\n")),
		Channel: f(p.Channel), Hours: f(p.Hours), PersonLang: f(p.Lang), ConsentOn: f(p.ConsentOn), Notes: f(p.Notes)}
}

// personFields are the fields of the form, in the order of personForm.
var personFields = []string{"name", "role", "title", "emails", "phones", "channel", "hours", "lang", "consent_on", "notes"}

// storedPersonField answers what a field of the form would say unedited.
func storedPersonField(p crm.Person) func(name string) string {
	form := storedPerson(p)
	fields := []page.Field{form.Name, form.Role, form.Title, form.Emails, form.Phones, form.Channel, form.Hours, form.PersonLang, form.ConsentOn, form.Notes}
	return func(name string) string { return fields[slices.Index(personFields, name)].Value }
}

func (s *Server) showPersonEdit(c *fiber.Ctx, status int, cl crm.Client, p crm.Person, form page.PersonForm, version int64, notice *page.Notice) error {
	e := page.PersonEdit{URL: "/people/" + p.ID, Heading: p.Name, Version: strconv.FormatInt(version, 10), Form: form, LeftURL: "/people/" + p.ID + "/former", MergeURL: "/people/" + p.ID + "/merge", HistoryURL: historyOf(p.Client, p.ID)}
	if p.Former {
		e.LeftURL, e.ReturnURL = "", "/people/"+p.ID+"/active"
	}
	if err := s.personElsewhere(c, &e, p); err != nil {
		return s.fail(c, err)
	}
	if err := nearIn(personList, s, c, p.ID, &e.Base); err != nil {
		return s.fail(c, err)
	}
	return s.showPerson(c, status, cl, e, notice)
}

func (s *Server) personLeft(c *fiber.Ctx) error { return s.markFormer(c, true) }

func (s *Server) personBack(c *fiber.Ctx) error { return s.markFormer(c, false) }

func (s *Server) markFormer(c *fiber.Ctx, former bool) error {
	v := s.view(c)
	p, err := s.Service.SetFormer(c.UserContext(), actor(c), c.Params("id"), former)
	switch {
	case crm.CodeOf(err) == crm.CodeInvalid && p.ID != "":
		// The address is another's now: the form says whose.
		cl, cerr := s.Service.Client(c.UserContext(), actor(c), p.Client)
		if cerr != nil {
			return s.fail(c, cerr)
		}
		wrong, _, _ := v.formError(err)
		form := storedPerson(p)
		form.Emails.Error = wrong["emails"]
		p.Former = true
		return s.showPersonEdit(c, again(err), cl, p, form, p.Version, nil)
	case err != nil:
		return s.fail(c, err)
	case former:
		return s.goTo(c, "/clients/"+p.Client, note{Label: v.T("web.person.left", "name", p.Name), Undo: "/people/" + p.ID + "/active"})
	}
	return s.goTo(c, "/clients/"+p.Client, note{Label: v.T("web.person.back", "name", p.Name), Undo: "/people/" + p.ID + "/former"})
}

func (s *Server) personEdit(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	now, cl, err := s.personOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	others, err := rebase(c, s, crm.People, &now, oneByOne(personFields...), storedPersonField)
	if err != nil {
		return s.fail(c, err)
	}
	p, err := s.Service.EditPerson(c.UserContext(), actor(c), now.ID, f.version(), personInput(f))
	if err == nil && slices.Equal(p.Emails, now.Emails) {
		return s.goTo(c, "/clients/"+cl.ID, note{Label: v.savedPerson(p)})
	}
	if err == nil {
		return s.afterPerson(c, v, p)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form, version := personForm(f, wrong), f.version()
	var notice *page.Notice
	switch {
	case crm.CodeOf(err) == crm.CodeConflict:
		is := storedPerson(now)
		for typed, stored := range map[*page.Field]page.Field{&form.Name: is.Name, &form.Role: is.Role, &form.Title: is.Title, &form.Emails: is.Emails, &form.Phones: is.Phones,
			&form.Channel: is.Channel, &form.Hours: is.Hours, &form.PersonLang: is.PersonLang, &form.ConsentOn: is.ConsentOn, &form.Notes: is.Notes} {
			v.differs(typed, stored.Value)
		}
		version, notice = now.Version, s.savedFirst(c, others, now.UpdatedAt, "/clients/"+cl.ID)
	case above != "":
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showPersonEdit(c, again(err), cl, now, form, version, notice)
}
