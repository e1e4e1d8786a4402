package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) sessionsPage(c *fiber.Ctx) error {
	v := s.view(c)
	list, err := s.sessionList(c, user(c).ID, "/settings/sessions")
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Sessions{Base: s.base(c, "", v.T("account.sessions.title"), page.Link{Label: v.T("page.settings.title"), URL: "/settings"}), List: list}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "sessions", p)
}

// sessionList reads the open sessions of a user for the page at path.
func (s *Server) sessionList(c *fiber.Ctx, owner, path string) (page.SessionList, error) {
	v := s.view(c)
	out := page.SessionList{Text: v.Text, CSRF: s.Auth.CSRF(session(c).ID), EndURL: path + "/end", AllLabel: v.T("account.sessions.all")}
	list, next, err := s.Service.ListSessions(c.UserContext(), actor(c), owner, listSize, c.Query("after"))
	if err != nil {
		return out, err
	}
	here := session(c).ID
	for _, x := range list {
		out.Rows = append(out.Rows, page.SessionRow{ID: x.ID, Device: v.device(x), Kind: v.T("account.session." + x.Kind), Address: x.Address,
			Opened: v.T("account.session.opened", "when", v.stamp(x.CreatedAt)), Seen: v.since(x.SeenAt), Current: x.ID == here})
	}
	if owner == user(c).ID {
		out.AllLabel = v.T("account.sessions.others")
	}
	if next != "" {
		out.More = &page.More{Label: v.T("page.clients.more"), URL: at(c.Path(), "after", next)}
	}
	if len(list) > 1 || len(list) == 1 && list[0].ID != here || next != "" {
		out.AllURL = path + "/end-all"
	}
	return out, nil
}

// device names what a session was opened with, as far as it said so.
func (v view) device(x crm.Session) string {
	switch {
	case x.Browser == "":
		return v.T("account.device.unknown")
	case x.System == "":
		return x.Browser
	}
	return x.Browser + ", " + x.System
}

func (s *Server) sessionEnd(c *fiber.Ctx) error {
	return s.endSession(c, user(c).ID, "/settings/sessions")
}

func (s *Server) sessionEndOthers(c *fiber.Ctx) error {
	return s.endSessions(c, user(c).ID, "/settings/sessions")
}

func (s *Server) userSessionEnd(c *fiber.Ctx) error {
	return s.endSession(c, c.Params("id"), "/users/"+c.Params("id"))
}

func (s *Server) userSessionsEnd(c *fiber.Ctx) error {
	return s.endSessions(c, c.Params("id"), "/users/"+c.Params("id"))
}

// endSession ends one.
func (s *Server) endSession(c *fiber.Ctx, owner, back string) error {
	if err := s.Service.EndSession(c.UserContext(), actor(c), owner, typed{c}.get("id")); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, back, note{Label: s.view(c).T("account.session.ended")})
}

// endSessions ends all but the one that asks.
func (s *Server) endSessions(c *fiber.Ctx, owner, back string) error {
	n, err := s.Service.EndSessions(c.UserContext(), actor(c), owner, session(c).ID)
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, back, note{Label: s.view(c).n("account.sessions.ended", int64(n))})
}
