package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) groupPage(c *fiber.Ctx) error { return s.showGroup(c, fiber.StatusOK, "") }

func (s *Server) showGroup(c *fiber.Ctx, status int, wrong string) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	cl, err := s.Service.Client(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	g, err := s.Service.Group(ctx, a, cl.ID)
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Group{Base: s.base(c, page.PlaceClients, v.T("web.group"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name)),
		Heading: v.T("web.group.of", "name", g.Top.Name), Stats: v.groupStats(g), URL: "/clients/" + cl.ID + "/group", Of: cl.Name, Wrong: wrong,
		Query: typed{c}.get("client_name"), Hint: v.T("web.group.hint", "name", cl.Name)}
	if cl.Parent != "" {
		p.LeaveURL = p.URL
	}
	for _, m := range g.Members {
		row := page.GroupRow{URL: "/clients/" + m.Client.ID, Name: m.Client.Name, Indent: m.Level, Current: m.Client.ID == cl.ID, Agent: orNothing(users[m.Client.Agent]),
			Places: v.int(m.Client.Installations), Contracted: nothing, Worst: v.util(m.Client.WorstTenths, m.Client.WorstState), Last: v.lastContact(m.Client)}
		if m.Client.ContractedW > 0 {
			row.Contracted = v.kilo(m.Client.ContractedW)
		}
		p.Rows = append(p.Rows, row)
	}
	p.Shape = page.ShapeList
	return s.render(c, status, "group", p)
}

func (v view) groupStats(g crm.Group) []page.Stat {
	stats := []page.Stat{{Label: v.T("page.nav.clients"), Value: v.int(int64(len(g.Members)))},
		{Label: v.T("page.inst.contracted"), Value: v.kilo(g.ContractedW), Unit: "kW"}, {Label: v.T("page.client.places"), Value: v.int(g.Installations)}}
	if g.OverW > 0 {
		over := page.Stat{Label: v.T("demand.overrun"), Value: v.kw(g.OverW), Unit: slashMonth(g.Month), State: page.Bad}
		if g.OverCents != nil {
			over.Value, over.Unit = v.money(*g.OverCents), v.kw(g.OverW)+", "+slashMonth(g.Month)
		}
		stats = append(stats, over)
	}
	last := page.Stat{Label: v.T("page.clients.c.last"), Value: v.T("web.never"), State: page.Warn}
	if g.Last != nil {
		if l := v.lastContact(*g.Last); l != nil {
			last.Value, last.Unit, last.State = l.Ago, g.Last.Name, ""
		}
	}
	return append(stats, last)
}

// groupSet puts a client below another one, or out of its group.
func (s *Server) groupSet(c *fiber.Ctx) error {
	ctx, a, v, f, id := c.UserContext(), actor(c), s.view(c), typed{c}, c.Params("id")
	cl, err := s.Service.Client(ctx, a, id)
	if err != nil {
		return s.fail(c, err)
	}
	parent := ""
	if !f.on("leave") {
		if parent, err = s.chosenClient(c, f); err != nil {
			return s.fail(c, err)
		}
		if parent == "" {
			return s.showGroup(c, fiber.StatusUnprocessableEntity, v.T("error.client.choose"))
		}
	}
	if _, err = s.Service.EditClient(ctx, a, cl.ID, 0, crm.ClientPatch{Parent: &parent}); err == nil {
		return s.goTo(c, "/clients/"+cl.ID+"/group", note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	return s.showGroup(c, again(err), orElse(wrong["parent"], above))
}
