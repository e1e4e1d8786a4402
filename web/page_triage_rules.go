package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// rulePage is how many rules a page shows.
const rulePage = 50

func (s *Server) rulesPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.ListRules(ctx, a, rulePage, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	names, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.TriageRules{Base: s.base(c, page.PlaceTriage, v.T("triage.rules"), page.Link{Label: v.T("page.nav.triage"), URL: "/triage"}),
		Empty: page.Empty{Heading: v.T("triage.rules.none"), Label: v.T("triage.rules.none.lead")}}
	for _, r := range list {
		row := page.TriageRule{What: r.Value, Kind: v.T("triage.rule." + r.Kind), By: v.T("triage.rule.by", "name", orNothing(names[r.By]), "when", v.stamp(r.CreatedAt)),
			DropURL: "/triage/rules/" + pathID(r.ID) + "/delete"}
		if r.Kind == crm.RuleDomain {
			row.What = "@" + r.Value
		}
		if r.Owner != a.UserID {
			row.Owner = v.T("triage.rule.owner", "name", orNothing(names[r.Owner]))
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/triage/rules", "after", next)}
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "triage/rules", p)
}

// ignoredNote offers to take a decision to ignore back.
func (v view) ignoredNote(done crm.Ignored) note {
	return note{Label: v.n("web.triage.ignored", int64(done.Mails)), Undo: "/triage/rules/" + pathID(done.Rule) + "/delete"}
}

func (s *Server) ruleDelete(c *fiber.Ctx) error {
	v, id := s.view(c), c.Params("id")
	n, err := s.Service.RemoveRule(c.UserContext(), actor(c), wholeID(id))
	if err != nil {
		return s.fail(c, err)
	}
	told := note{Label: v.T("triage.rule.dropped"), Undo: "/triage/rules/" + id + "/restore"}
	if n > 0 {
		told.Label = v.n("web.triage.unignored", int64(n))
	}
	return s.goTo(c, typed{c}.back("/triage/rules"), told)
}

// assignUndo takes back that mail was filed under a client by hand.
func (s *Server) assignUndo(c *fiber.Ctx) error {
	v := s.view(c)
	err := s.Service.UndoAssign(c.UserContext(), actor(c), wholeID(c.Params("id")))
	if crm.CodeOf(err) == crm.CodeInvalid {
		_, above, _ := v.formError(err)
		return s.goTo(c, typed{c}.back("/triage"), note{Label: above})
	}
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, typed{c}.back("/triage"), note{Label: v.T("triage.unassigned")})
}

func (s *Server) ruleRestore(c *fiber.Ctx) error {
	done, err := s.Service.RestoreRule(c.UserContext(), actor(c), wholeID(c.Params("id")))
	if err != nil {
		return s.fail(c, err)
	}
	v := s.view(c)
	told := v.ignoredNote(done)
	told.Label = v.T("triage.rule.again")
	return s.goTo(c, typed{c}.back("/triage/rules"), told)
}
