package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) duplicatesPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	var pairs []crm.PairView
	after := c.Query("after")
	for range 20 { // a page that was emptied goes on to the next
		got, next, err := s.Service.ListPairs(ctx, a, 0, after)
		if err != nil {
			return s.fail(c, err)
		}
		if pairs, after = append(pairs, got...), next; len(pairs) > 0 || next == "" {
			break
		}
	}
	merges, err := s.Service.ListMerges(ctx, a)
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Duplicates{Base: s.base(c, page.PlaceClients, v.T("web.duplicates"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"})}
	for _, x := range pairs {
		p.Pairs = append(p.Pairs, page.PairRow{First: pairSide(x.First, users), Second: pairSide(x.Second, users), Why: v.T("web.duplicates." + x.Why),
			MergeURL: at("/clients/"+x.First.ID+"/merge", "with", x.Second.ID), ApartURL: "/duplicates/" + pathID(x.ID) + "/apart"})
	}
	if after != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/duplicates", "after", after)}
	}
	if len(p.Pairs) == 0 {
		p.Empty = &page.Empty{Label: v.T("web.duplicates.none")}
	}
	for _, m := range merges {
		row := page.MergeRow{Into: clientLink(m.Into, m.IntoName), From: m.FromName, Who: orNothing(users[m.By]), When: v.stamp(m.At)}
		if m.Kind == crm.RowPerson {
			row.Into.URL = "/people/" + m.Into
		}
		if row.State = v.T("web.merge." + m.State); m.State == crm.MergeDone {
			row.State, row.UndoURL = "", "/merges/"+m.ID+"/undo"
		}
		p.Merges = append(p.Merges, row)
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "duplicates", p)
}

func pairSide(c crm.Client, users map[string]string) page.PairSide {
	return page.PairSide{Link: clientLink(c.ID, c.Name), Sub: join(", ", taxText(c), c.City, users[c.Agent])}
}

func (s *Server) pairApart(c *fiber.Ctx) error { return s.setApart(c, true) }

func (s *Server) pairOpen(c *fiber.Ctx) error { return s.setApart(c, false) }

func (s *Server) setApart(c *fiber.Ctx, apart bool) error {
	v, id := s.view(c), wholeID(c.Params("id"))
	if err := s.Service.SetApart(c.UserContext(), actor(c), id, apart); err != nil {
		return s.fail(c, err)
	}
	if !apart {
		return s.goTo(c, "/duplicates", note{Label: v.T("web.saved")})
	}
	return s.goTo(c, "/duplicates", note{Label: v.T("web.duplicates.apart.done"), Undo: "/duplicates/" + pathID(id) + "/open"})
}

func (s *Server) mergeUndo(c *fiber.Ctx) error {
	v := s.view(c)
	m, err := s.Service.UndoMerge(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		if _, above, ok := v.formError(err); ok && m.ID != "" {
			return s.goTo(c, "/duplicates", note{Label: orElse(above, v.T("error.client.duplicate"))})
		}
		return s.fail(c, err)
	}
	to := "/clients/" + m.From
	if m.Kind == crm.RowPerson {
		to = "/clients/" + m.Client
	}
	said := "web.merge.undone.done"
	if m.State == crm.MergeUndoing {
		said = "web.merge.undone.going"
	}
	return s.goTo(c, to, note{Label: v.T(said, "name", m.FromName)})
}
