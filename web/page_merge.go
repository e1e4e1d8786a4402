package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/web/page"
)

// The survivor stands first. It is the record that the page is of, unless that
// is a placeholder and the other has a name, or one asked for it (swap).

func (s *Server) mergePage(c *fiber.Ctx) error {
	return s.showMerge(c, fiber.StatusOK, c.Query("with"), c.Query("swap") != "", nil)
}

func (s *Server) showMerge(c *fiber.Ctx, status int, with string, swap bool, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	first, err := s.Service.Client(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Merge{Base: s.base(c, page.PlaceClients, v.T("web.merge"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(first.ID, first.Name)),
		Heading: v.T("web.merge"), URL: "/clients/" + first.ID + "/merge", BackURL: "/clients/" + first.ID}
	p.Shape, p.Notice = page.ShapeForm, notice
	var second crm.Client
	if with != "" {
		if second, err = s.Service.Client(ctx, a, with); err != nil && crm.CodeOf(err) != crm.CodeNotFound {
			return s.fail(c, err)
		}
	}
	if second.ID == "" || second.ID == first.ID {
		return s.askMerge(c, status, p, first)
	}
	if (first.Placeholder && !second.Placeholder) != swap {
		first, second = second, first
	}
	p.From, p.Into, p.First, p.Second, p.Kept = second.ID, first.ID, first.Name, second.Name, v.T("web.merge.kept")
	p.Label = v.T("web.merge.choose", "name", first.Name)
	p.OtherwayURL = at(p.URL, "with", with, "swap", "1")
	if swap {
		p.OtherwayURL = at(p.URL, "with", with)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	for _, name := range crm.MergeFields {
		if name == "agent" && a.Role == crm.RoleAgent || name == "parent" {
			continue
		}
		x, y := v.mergeValue(first, name, users), v.mergeValue(second, name, users)
		p.Rows = append(p.Rows, mergeRow(name, v.T("history.f."+name), x, y))
	}
	return s.render(c, status, "merge", p)
}

// mergeRow prefers the survivor's value, unless it has none.
func mergeRow(name, label, first, second string) page.MergeField {
	row := page.MergeField{Name: name, Label: label, First: first, Second: second, Take: "first", Same: first == second}
	if first == "" && second != "" {
		row.Take = "second"
	}
	return row
}

func (v view) mergeValue(c crm.Client, name string, users map[string]string) string {
	switch name {
	case "name":
		return c.Name
	case "legalName":
		return c.LegalName
	case "taxId":
		return taxText(c)
	case "code":
		return c.Code
	case "cnae":
		return ident.CNAE(c.CNAE).Format()
	case "sector":
		return sectorWord(v, c)
	case "segment":
		return v.segment(c.Segment)
	case "tier":
		return c.Tier
	case "status":
		if c.Status == "" {
			return ""
		}
		return v.T("web.status." + c.Status)
	case "agent":
		return users[c.Agent]
	case "city":
		return c.City
	case "address":
		return c.Address
	case "phone":
		return ident.FormatPhone(c.Phone)
	}
	return c.Notes
}

// segment is the word for a segment; an import's own words stay as they are.
func (v view) segment(s string) string {
	if slices.Contains(crm.ClientSegments, s) {
		return v.T("web.segment." + s)
	}
	return s
}

// askMerge asks for the second client: by search, or one of those that look
// alike.
func (s *Server) askMerge(c *fiber.Ctx, status int, p page.Merge, of crm.Client) error {
	v := s.view(c)
	p.Ask, p.Query, p.Label = true, c.Query("q"), v.T("web.merge.which", "name", of.Name)
	if of.Placeholder {
		p.Heading, p.Label = v.T("web.merge.unit"), v.T("web.merge.unit.hint", "name", of.Name)
	}
	if p.Query != "" {
		list, _, err := s.Service.ClientList(c.UserContext(), actor(c), crm.ClientQuery{Q: p.Query, Limit: 12})
		if err != nil {
			return s.fail(c, err)
		}
		users, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return s.fail(c, err)
		}
		for _, cl := range list {
			if cl.ID != of.ID {
				side := pairSide(cl, users)
				side.Link.URL = at(p.URL, "with", cl.ID)
				p.Options = append(p.Options, side)
			}
		}
		p.None = len(p.Options) == 0
	}
	return s.render(c, status, "merge", p)
}

// taken are the members that the form takes from the one that goes.
func taken(f typed, names []string) []string {
	var out []string
	for _, n := range names {
		if f.get("take_"+n) == "second" {
			out = append(out, n)
		}
	}
	return out
}

func (s *Server) merge(c *fiber.Ctx) error {
	v, f, a, id := s.view(c), typed{c}, actor(c), c.Params("id")
	in := crm.MergeChoice{From: f.get("from"), Into: f.get("into"), Take: taken(f, crm.MergeFields)}
	if in.Into == "" {
		in.Into = id
	}
	if in.From != id && in.Into != id {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	m, err := s.Service.MergeClients(c.UserContext(), a, in)
	if err == nil {
		done := note{Label: v.T("web.merge.done.done", "name", m.FromName), Undo: "/merges/" + m.ID + "/undo"}
		if m.State == crm.MergeMoving {
			done = note{Label: v.T("web.merge.going")}
		}
		return s.goTo(c, "/clients/"+m.Into, done)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	for _, w := range wrong {
		above = w
	}
	other := in.From
	if other == id {
		other = in.Into
	}
	return s.showMerge(c, again(err), other, false, &page.Notice{State: page.Bad, Label: above})
}

func (s *Server) personMergePage(c *fiber.Ctx) error {
	return s.showPersonMerge(c, fiber.StatusOK, c.Query("with"), nil)
}

func (s *Server) showPersonMerge(c *fiber.Ctx, status int, with string, notice *page.Notice) error {
	v := s.view(c)
	first, cl, err := s.personOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	people, err := s.Service.ClientPeople(c.UserContext(), actor(c), cl.ID)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Merge{Base: s.base(c, page.PlaceClients, v.T("web.merge.person"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name)),
		Heading: v.T("web.merge.person"), URL: "/people/" + first.ID + "/merge", BackURL: "/people/" + first.ID, Label: v.T("web.merge.person.which", "name", first.Name)}
	p.Shape, p.Notice = page.ShapeForm, notice
	for _, o := range people {
		if o.ID == first.ID {
			continue
		}
		if o.ID != with {
			p.Options = append(p.Options, page.PairSide{Link: page.Link{Label: o.Name, URL: at(p.URL, "with", o.ID)}, Sub: strings.Join(o.Emails, ", ")})
			continue
		}
		p.From, p.Into, p.First, p.Second = o.ID, first.ID, first.Name, o.Name
		for _, name := range crm.MergePersonFields {
			p.Rows = append(p.Rows, mergeRow(name, v.T("history.f."+name), v.personValue(first, name), v.personValue(o, name)))
		}
	}
	if p.Into != "" {
		p.Options, p.Kept, p.Label = nil, v.T("web.merge.person.kept"), v.T("web.merge.choose", "name", first.Name)
		p.OtherwayURL = at("/people/"+p.From+"/merge", "with", p.Into)
	}
	p.None = p.Into == "" && len(p.Options) == 0
	return s.render(c, status, "merge", p)
}

func (v view) personValue(p crm.Person, name string) string {
	switch name {
	case "name":
		return p.Name
	case "role":
		return v.orEmpty("web.person.", p.Role)
	case "title":
		return p.Title
	case "channel":
		return v.orEmpty("web.channel.", p.Channel)
	case "hours":
		return p.Hours
	case "lang":
		return p.Lang
	case "consentOn":
		return v.date(p.ConsentOn)
	}
	return p.Notes
}

func (v view) orEmpty(prefix, id string) string {
	if id == "" {
		return ""
	}
	return v.T(prefix + id)
}

func (s *Server) personMerge(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	in := crm.MergeChoice{From: f.get("from"), Into: c.Params("id"), Take: taken(f, crm.MergePersonFields)}
	m, err := s.Service.MergePeople(c.UserContext(), actor(c), in)
	if err == nil {
		return s.goTo(c, "/clients/"+m.Client, note{Label: v.T("web.merge.done.done", "name", m.FromName), Undo: "/merges/" + m.ID + "/undo"})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	for _, w := range wrong {
		above = w
	}
	return s.showPersonMerge(c, again(err), in.From, &page.Notice{State: page.Bad, Label: above})
}
