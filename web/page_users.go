package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// fewUsers need no search.
const fewUsers = 8

func (s *Server) usersPage(c *fiber.Ctx) error {
	return s.showUsers(c, fiber.StatusOK, freshUser(), nil, nil)
}

// freshUser is the empty form.
func freshUser() page.UserForm {
	return page.UserForm{Role: page.Field{Value: string(crm.RoleAgent)}}
}

func readUserQuery(c *fiber.Ctx) crm.UserQuery {
	q := crm.UserQuery{Q: c.Query("q"), Role: crm.Role(c.Query("role")), State: c.Query("state"), Limit: listSize, After: c.Query("after")}
	if !q.Role.Valid() {
		q.Role = ""
	}
	if !slices.Contains(crm.UserStates, q.State) {
		q.State = ""
	}
	return q
}

func (s *Server) showUsers(c *fiber.Ctx, status int, form page.UserForm, sectors []string, notice *page.Notice) error {
	ctx, a, v, ask := c.UserContext(), actor(c), s.view(c), readUserQuery(c)
	list, next, err := s.Service.ListUsers(ctx, a, ask)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Users{Base: s.base(c, page.PlaceUsers, v.T("page.nav.users")), May: a.Role == crm.RoleAdmin, Form: form,
		Empty: page.Empty{Label: v.T("page.users.none")}, Roles: v.roles(), Langs: v.userLangs(), Sector: v.sectorChecks(sectors)}
	narrow := ask.Q != "" || ask.Role != "" || ask.State != ""
	if narrow {
		p.Empty = page.Empty{Label: v.T("account.users.nobody"), Action: page.Link{Label: v.T("page.clients.none.action"), URL: "/users"}}
	}
	if narrow || len(list) > fewUsers || ask.After != "" {
		p.Find = v.userFind(ask, narrow)
	}
	for _, u := range list {
		row, err := s.userRow(c, v, u)
		if err != nil {
			return s.fail(c, err)
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/users", "q", ask.Q, "role", string(ask.Role), "state", ask.State, "after", next)}
	}
	p.Shape, p.Notice = page.ShapeList, notice
	return s.render(c, status, "users", p)
}

func (v view) userFind(ask crm.UserQuery, narrow bool) *page.UserFind {
	all := []page.Option{{Label: v.T("page.all")}}
	return &page.UserFind{Text: v.Text, Query: ask.Q, Narrow: narrow,
		Role:  v.Field("role", "page.users.role", page.Field{Value: string(ask.Role)}).In("find").Choose(append(all, v.roles()...)),
		State: v.Field("state", "account.users.state", page.Field{Value: ask.State}).In("find").Choose(append(all, v.options("account.user.", crm.UserStates...)...))}
}

func (v view) roles() []page.Option {
	return v.options("role.", string(crm.RoleAgent), string(crm.RoleManager), string(crm.RoleAdmin))
}

func (v view) sectorChecks(on []string) []page.Check {
	var out []page.Check
	for _, o := range v.sectors(on...) {
		out = append(out, page.Check{Value: o.Value, Label: o.Label, On: slices.Contains(on, o.Value)})
	}
	return out
}

func (v view) segmentChecks(on []string) []page.Check {
	var out []page.Check
	for _, o := range v.options("web.segment.", crm.ClientSegments...) {
		out = append(out, page.Check{Value: o.Value, Label: o.Label, On: slices.Contains(on, o.Value)})
	}
	return out
}

func (s *Server) userRow(c *fiber.Ctx, v view, u crm.User) (page.UserRow, error) {
	a := actor(c)
	row := page.UserRow{Name: u.Name, Initials: initials(u.Name), Email: u.Email, Role: v.T("role." + string(u.Role)), Team: u.Team, Clients: nothing,
		Last: v.lastSeen(u), State: v.userState(u), Dim: u.Disabled, Me: u.ID == a.UserID}
	if u.Role == crm.RoleAgent && !u.Disabled {
		n, err := s.Service.CountClients(c.UserContext(), a, crm.ClientQuery{Agent: u.ID}, totalCap)
		if err != nil {
			return row, err
		}
		row.Clients = v.n("web.clients.total", int64(n))
		if n > 0 {
			row.OpenURL = at("/handover", "agent", u.ID)
		}
		if n >= totalCap {
			row.Clients = v.n("web.clients.more", totalCap)
		}
	}
	if a.Role != crm.RoleAdmin {
		return row, nil
	}
	row.URL = "/users/" + u.ID
	switch {
	case u.Disabled:
		row.EnableURL = row.URL + "/enable"
	default:
		row.LinkURL = row.URL + "/link"
		if !row.Me {
			row.DisableURL = row.URL + "/disable"
		}
	}
	return row, nil
}

func (v view) lastSeen(u crm.User) string {
	if u.Invited() {
		return v.T("account.user.never")
	}
	return v.T("account.user.seen", "when", v.since(*u.SeenAt))
}

// userState is nil for who is active: what is normal carries no badge.
func (v view) userState(u crm.User) *page.Badge {
	switch st := u.State(); st {
	case crm.UserDisabled:
		return &page.Badge{Label: v.T("account.user." + st), State: page.Plain}
	case crm.UserInvited:
		return &page.Badge{Label: v.T("account.user." + st), State: page.Idle}
	}
	return nil
}

func userInput(f typed) crm.UserInput {
	return crm.UserInput{Email: f.get("email"), Name: f.get("name"), Role: crm.Role(f.get("role")), Team: f.get("team"), Lang: f.get("lang"), Sectors: f.all("sectors"),
		Kind: crm.UserKind(f.get("kind")), Segments: f.all("segments")}
}

func userForm(f typed, wrong map[string]string) page.UserForm {
	return page.UserForm{Email: f.field("email", wrong), Name: f.field("name", wrong), Role: f.field("role", wrong), Team: f.field("team", wrong),
		Lang: f.field("lang", wrong), Kind: f.field("kind", wrong), Sectors: page.Field{Error: wrong["sectors"]}, Segments: page.Field{Error: wrong["segments"]}}
}

// userAdd makes a user without a password and shows the link with which it is
// chosen: nobody but the user ever knows one.
func (s *Server) userAdd(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	in := userInput(f)
	in.Invite = true
	u, _, err := s.Service.AddUser(c.UserContext(), actor(c), in)
	if err == nil {
		return s.freshLink(c, u.ID)
	}
	wrong, above, ok := v.formError(err)
	if !ok || crm.CodeOf(err) == crm.CodeForbidden {
		return s.fail(c, err)
	}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showUsers(c, again(err), userForm(f, wrong), in.Sectors, notice)
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
	return s.goTo(c, typed{c}.back("/users"), n)
}
