package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) settingsPage(c *fiber.Ctx) error {
	theme, density := s.looks(c)
	return s.showSettings(c, fiber.StatusOK, page.SettingsForm{Lang: page.Field{Value: lang(c)}, Theme: page.Field{Value: theme}, Density: page.Field{Value: density}})
}

func (s *Server) showSettings(c *fiber.Ctx, status int, form page.SettingsForm) error {
	v := s.view(c)
	p := page.Settings{Base: s.base(c, "", v.T("page.settings.title")), Form: form, Langs: langNames(), Email: user(c).Email, Version: s.Version,
		Themes: []page.Option{{Label: v.T("page.settings.theme.auto")}, {Value: "light", Label: v.T("page.settings.theme.light")},
			{Value: "dark", Label: v.T("page.settings.theme.dark")}},
		Densities: []page.Option{{Label: v.T("page.settings.density.compact")}, {Value: "comfortable", Label: v.T("page.settings.density.comfortable")}}}
	if user(c).Role == crm.RoleAdmin {
		p.TiersURL = "/tiers"
	}
	p.Shape = page.ShapeForm
	return s.render(c, status, "settings", p)
}

func (s *Server) settingsSave(c *fiber.Ctx) error {
	f := typed{c}
	p := crm.Preferences{Lang: f.get("lang"), Theme: f.get("theme"), Density: f.get("density")}
	err := s.Service.SetPreferences(c.UserContext(), actor(c), p)
	v := s.view(c)
	if err != nil {
		wrong, _, ok := v.formError(err)
		if !ok {
			return s.fail(c, err)
		}
		return s.showSettings(c, again(err), page.SettingsForm{Lang: f.field("lang", wrong), Theme: f.field("theme", wrong), Density: f.field("density", wrong)})
	}
	// This browser may have chosen otherwise before; the form is newer.
	s.lookCookie(c, "theme", p.Theme)
	s.lookCookie(c, "density", p.Density)
	u := user(c)
	u.Lang = p.Lang
	c.Locals(keyUser, u)
	return s.goTo(c, f.back("/settings"), note{Label: s.view(c).T("web.saved")})
}

// lookCookie is also written by the page's script, so it must be readable.
func (s *Server) lookCookie(c *fiber.Ctx, name, value string) {
	until := time.Now().AddDate(1, 0, 0)
	if value == "" {
		until = time.Unix(1, 0)
	}
	c.Cookie(&fiber.Cookie{Name: name, Value: value, Path: "/", Expires: until, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode})
}

// demoMail has the demonstration's server receive a reply.
func (s *Server) demoMail(c *fiber.Ctx) error {
	if s.Demo == nil {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	v := s.view(c)
	ctx, a, back := c.UserContext(), actor(c), typed{c}.back("/")
	prefer := clientOf(back)
	if _, err := s.Service.Client(ctx, a, prefer); err != nil {
		prefer = "" // the page of no client of this user's
	}
	client, name, err := s.Demo.ReceiveMail(ctx, a.UserID, prefer)
	if err != nil {
		return s.fail(c, err)
	}
	n := note{Label: v.T("web.demo.mail", "client", name)}
	if _, err := s.Service.Client(ctx, a, client); err == nil && client != prefer {
		n.Next, n.URL = v.T("page.open"), "/clients/"+client
	}
	if isPart(c) {
		return s.render(c, fiber.StatusOK, "toast", s.toast(c, v.Text, n, back))
	}
	return s.goTo(c, back, n)
}

// clientOf is the id of the client whose page this is, "" of any other page.
func clientOf(path string) string {
	id, ok := strings.CutPrefix(path, "/clients/")
	if end := strings.IndexAny(id, "/?#"); end >= 0 {
		id = id[:end]
	}
	if !ok {
		return ""
	}
	return id
}
