package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) usersPage(c *fiber.Ctx) error {
	return s.showUsers(c, fiber.StatusOK, page.UserForm{Role: page.Field{Value: string(crm.RoleAgent)}}, nil, nil)
}

func (s *Server) showUsers(c *fiber.Ctx, status int, form page.UserForm, fresh *page.FreshPassword, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.ListUsers(ctx, a, listSize, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Users{Base: s.base(c, page.PlaceUsers, v.T("page.nav.users")), Form: form, Fresh: fresh,
		Roles: v.options("role.", string(crm.RoleAgent), string(crm.RoleManager), string(crm.RoleAdmin))}
	for _, u := range list {
		row := v.userRow(u, a)
		if u.Role == crm.RoleAgent && !u.Disabled {
			n, err := s.Service.CountClients(ctx, a, crm.ClientQuery{Agent: u.ID}, totalCap)
			if err != nil {
				return s.fail(c, err)
			}
			row.Clients = v.n("web.clients.total", int64(n))
			if n >= totalCap {
				row.Clients = v.n("web.clients.more", totalCap)
			}
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/users", "after", next)}
	}
	p.Shape, p.Notice = page.ShapeList, notice
	return s.render(c, status, "users", p)
}

func (v view) userRow(u crm.User, a crm.Actor) page.UserRow {
	row := page.UserRow{Name: u.Name, Initials: initials(u.Name), Email: u.Email, Role: v.T("role." + string(u.Role)), Team: u.Team, Clients: nothing,
		Disabled: u.Disabled, Me: u.ID == a.UserID}
	if a.Role != crm.RoleAdmin {
		return row
	}
	switch {
	case u.Disabled:
		row.EnableURL = "/users/" + u.ID + "/enable"
	case row.Me:
	default:
		row.DisableURL, row.PasswordURL = "/users/"+u.ID+"/disable", "/users/"+u.ID+"/password"
	}
	return row
}

func (s *Server) userAdd(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	u, once, err := s.Service.AddUser(c.UserContext(), actor(c), crm.UserInput{Email: f.get("email"), Name: f.get("name"), Role: crm.Role(f.get("role")),
		Team: f.get("team"), Lang: actor(c).Lang})
	if err == nil {
		// Shown once and never stored, so it cannot travel over a redirect.
		return s.showUsers(c, fiber.StatusOK, page.UserForm{Role: page.Field{Value: string(crm.RoleAgent)}}, &page.FreshPassword{Email: u.Email, Password: once}, nil)
	}
	wrong, above, ok := v.formError(err)
	if !ok || crm.CodeOf(err) == crm.CodeForbidden {
		return s.fail(c, err)
	}
	form := page.UserForm{Email: f.field("email", wrong), Name: f.field("name", wrong), Role: f.field("role", wrong), Team: f.field("team", wrong)}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showUsers(c, again(err), form, nil, notice)
}

func (s *Server) userDisable(c *fiber.Ctx) error { return s.switchUser(c, true) }

func (s *Server) userEnable(c *fiber.Ctx) error { return s.switchUser(c, false) }

func (s *Server) switchUser(c *fiber.Ctx, off bool) error {
	v, id := s.view(c), c.Params("id")
	u, err := s.Service.DisableUser(c.UserContext(), actor(c), id, off)
	if err != nil {
		return s.fail(c, err)
	}
	n := note{Label: v.T("web.user.enabled", "name", u.Name)}
	if off {
		n = note{Label: v.T("web.user.disabled", "name", u.Name), Undo: "/users/" + id + "/enable"}
	}
	return s.goTo(c, "/users", n)
}

func (s *Server) userPassword(c *fiber.Ctx) error {
	id := c.Params("id")
	once, err := s.Service.ResetPassword(c.UserContext(), actor(c), id, "")
	if err != nil {
		return s.fail(c, err)
	}
	u, err := crm.Users.Get(c.UserContext(), s.Service.Store(), id)
	if err != nil {
		return s.fail(c, err)
	}
	return s.showUsers(c, fiber.StatusOK, page.UserForm{Role: page.Field{Value: string(crm.RoleAgent)}}, &page.FreshPassword{Email: u.Email, Password: once}, nil)
}
