package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// afterPerson leads on from a person that was saved: to the client, or to the
// person when somebody at another client, with the same address, may be the same.
func (s *Server) afterPerson(c *fiber.Ctx, v view, p crm.Person) error {
	known, err := s.Service.PersonElsewhere(c.UserContext(), actor(c), p.ID)
	if err != nil {
		return s.fail(c, err)
	}
	if len(known.Alike) > 0 {
		return s.goTo(c, "/people/"+p.ID+"#alike", note{Label: v.savedPerson(p)})
	}
	return s.goTo(c, "/clients/"+p.Client, note{Label: v.savedPerson(p)})
}

// personElsewhere fills in where else a person is known to the reader.
func (s *Server) personElsewhere(c *fiber.Ctx, e *page.PersonEdit, p crm.Person) error {
	known, err := s.Service.PersonElsewhere(c.UserContext(), actor(c), p.ID)
	at := func(list []crm.PersonAt, verb string) (out []page.TiedPerson) {
		for _, o := range list {
			out = append(out, page.TiedPerson{Person: page.Link{Label: o.Person.Name, URL: "/people/" + o.Person.ID},
				Client: clientLink(o.Person.Client, o.ClientName), URL: "/people/" + p.ID + verb + o.Person.ID})
		}
		return out
	}
	e.Tied, e.Alike = at(known.Tied, "/untie/"), at(known.Alike, "/tie/")
	return err
}

func (s *Server) personTie(c *fiber.Ctx) error {
	v, other := s.view(c), c.Params("other")
	p, err := s.Service.TiePeople(c.UserContext(), actor(c), c.Params("id"), other)
	if crm.CodeOf(err) == crm.CodeInvalid && p.ID != "" {
		return s.tieRefused(c, v, p, err)
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/people/"+p.ID, note{Label: v.T("web.tie.done", "name", p.Name), Undo: "/people/" + p.ID + "/untie/" + other})
}

// tieRefused shows the person again with the reason: an address that somebody
// else at the other client has.
func (s *Server) tieRefused(c *fiber.Ctx, v view, p crm.Person, err error) error {
	cl, cerr := s.Service.Client(c.UserContext(), actor(c), p.Client)
	if cerr != nil {
		return s.fail(c, cerr)
	}
	wrong, above, _ := v.formError(err)
	form := storedPerson(p)
	form.Emails.Error = wrong["emails"]
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showPersonEdit(c, again(err), cl, p, form, p.Version, notice)
}

// personUntie takes the other record out; the one whose page it is stays with
// the rest.
func (s *Server) personUntie(c *fiber.Ctx) error {
	v, id, other := s.view(c), c.Params("id"), c.Params("other")
	p, err := s.Service.Person(c.UserContext(), actor(c), id)
	if err == nil {
		_, err = s.Service.UntiePerson(c.UserContext(), actor(c), other)
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/people/"+p.ID, note{Label: v.T("web.tie.parted", "name", p.Name), Undo: "/people/" + p.ID + "/tie/" + other})
}
