package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) userPage(c *fiber.Ctx) error {
	u, err := s.Service.User(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.showUser(c, fiber.StatusOK, u, userShown{form: storedUser(u), sectors: u.Sectors, segments: u.Segments})
}

func storedUser(u crm.User) page.UserForm {
	f := func(v string) page.Field { return page.Field{Value: v} }
	return page.UserForm{Name: f(u.Name), Email: f(u.Email), Role: f(string(u.Role)), Team: f(u.Team), Lang: f(u.Lang), Kind: f(string(u.Kind))}
}

// userShown is what differs between the ways to the page of a user.
type userShown struct {
	form    page.UserForm
	sectors []string

	segments []string
	edits    int64 // 0: of the user that is shown
	fresh    *page.FreshLink
	notice   *page.Notice
}

func (s *Server) showUser(c *fiber.Ctx, status int, u crm.User, w userShown) error {
	v, path := s.view(c), "/users/"+u.ID
	sessions, err := s.sessionList(c, u.ID, path+"/sessions")
	if err != nil {
		return s.fail(c, err)
	}
	if w.edits == 0 {
		w.edits = u.EditCount()
	}
	p := page.UserRecord{Base: s.base(c, page.PlaceUsers, u.Name, page.Link{Label: v.T("page.nav.users"), URL: "/users"}), Name: u.Name,
		URL: path, Edits: strconv.FormatInt(w.edits, 10), Form: w.form, Fresh: w.fresh, Roles: v.roles(), Langs: v.userLangs(),
		Sectors: v.sectorChecks(w.sectors), Segments: v.segmentChecks(w.segments),
		Kinds: append([]page.Option{{Label: nothing}}, v.agentKinds()...), Sessions: sessions,
		Facts: []page.Fact{{Label: v.T("account.user.created"), Value: v.date(crm.DayOf(u.CreatedAt))}, {Label: v.T("account.user.last"), Value: v.lastSeen(u)}}}
	if b := v.userState(u); b != nil {
		p.Badges = append(p.Badges, *b)
	}
	switch {
	case u.Disabled:
		p.EnableURL = path + "/enable"
	default:
		p.LinkURL, p.LinkHint = path+"/link", v.T("account.link.hint")
		if u.LinkUntil != nil && u.LinkUntil.After(v.now) {
			p.LinkHint = v.T("account.link.open", "until", v.stamp(*u.LinkUntil))
		}
		if u.ID != user(c).ID {
			p.DisableURL = path + "/disable"
		}
	}
	p.Shape, p.Notice = page.ShapeForm, w.notice
	return s.render(c, status, "user", p)
}

func (s *Server) userEdit(c *fiber.Ctx) error {
	ctx, a, v, f, id := c.UserContext(), actor(c), s.view(c), typed{c}, c.Params("id")
	edits, _ := strconv.ParseInt(f.get("edits"), 10, 64)
	in := userInput(f)
	u, err := s.Service.EditUser(ctx, a, id, max(edits, 0), in)
	if err == nil {
		return s.goTo(c, "/users/"+id, note{Label: v.T("web.person.saved", "name", u.Name)})
	}
	wrong, above, ok := v.formError(err)
	if !ok || crm.CodeOf(err) == crm.CodeForbidden {
		return s.fail(c, err)
	}
	now, rerr := s.Service.User(ctx, a, id)
	if rerr != nil {
		return s.fail(c, rerr)
	}
	w := userShown{form: userForm(f, wrong), sectors: in.Sectors, segments: in.Segments, edits: edits}
	switch {
	case crm.CodeOf(err) == crm.CodeConflict:
		w.edits = 0
		v.userDiffers(&w.form, now, in)
		w.notice = v.conflict(now.UpdatedAt, "/users/"+id)
	case above != "":
		w.notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showUser(c, again(err), now, w)
}

// userDiffers puts what is stored under each field that says something else.
func (v view) userDiffers(form *page.UserForm, now crm.User, in crm.UserInput) {
	v.differs(&form.Name, now.Name)
	v.differs(&form.Email, now.Email)
	v.differs(&form.Team, now.Team)
	v.differs(&form.Role, string(now.Role))
	v.differs(&form.Lang, now.Lang)
	v.differs(&form.Kind, string(now.Kind))
	form.TheirSectors = v.theirSeveral("sectors", in.Sectors, now.Sectors, v.sector)
	form.TheirSegments = v.theirSeveral("segments", in.Segments, now.Segments, func(id string) string { return v.T("web.segment." + id) })
}

// userLangs are the languages that a user can be given; none is the one that
// the user's browser prefers.
func (v view) userLangs() []page.Option {
	return append([]page.Option{{Label: v.T("account.user.lang.browser")}}, langNames()...)
}

func (s *Server) userLink(c *fiber.Ctx) error { return s.freshLink(c, c.Params("id")) }

// freshLink makes a one-time link and shows it on the page of its user. It is
// never stored, so it cannot travel over a redirect.
func (s *Server) freshLink(c *fiber.Ctx, id string) error {
	v := s.view(c)
	token, u, err := s.Service.MakeLink(c.UserContext(), actor(c), id)
	if err != nil {
		return s.fail(c, err)
	}
	fresh := page.FreshLink{Label: v.T("account.link.fresh", "name", u.Name, "until", v.stamp(*u.LinkUntil)), URL: s.linkURL(c, token)}
	return s.showUser(c, fiber.StatusOK, u, userShown{form: storedUser(u), sectors: u.Sectors, segments: u.Segments, fresh: &fresh})
}
