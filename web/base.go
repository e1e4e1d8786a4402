package web

import (
	"context"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
	"cemigmas/web/page"
	"cemigmas/web/templates"
)

// base makes the frame of a page. It never fails: what it cannot find out is
// left away, so that an error page has a frame too.
func (s *Server) base(c *fiber.Ctx, place page.Place, title string, crumbs ...page.Link) page.Base {
	v := s.view(c)
	b := page.Base{Text: v.Text, Title: title, Shape: page.ShapePanels, Crumbs: crumbs, Path: ownPath(c.OriginalURL(), "/"), At: c.Context().Time().UnixMilli()}
	b.Theme, b.Density = s.looks(c)
	if s.Demo != nil {
		b.Demo = &page.DemoBar{}
	}
	u := user(c)
	if u.ID == "" {
		return b
	}
	b.User = &page.User{Name: u.Name, Initials: initials(u.Name), Role: string(u.Role)}
	b.CSRF = s.Auth.CSRF(session(c).ID)
	if b.Demo != nil {
		b.Demo.URL = "/demo/mail"
	}
	a := actor(c)
	b.Nav = page.MainNav(v.Text, page.NavFacts{
		Current: place, Triage: s.triageCount(c.UserContext(), v, a),
		Imports: true, Mailbox: true, Accounts: a.Role != crm.RoleAgent,
	})
	b.Sync = s.syncLine(c.UserContext(), v, a)
	b.Toast = s.takeToast(c, v.Text)
	b.Quick = s.quickLog(c, v)
	return b
}

// looks are theme and density: what this browser chose last, else the user's.
func (s *Server) looks(c *fiber.Ctx) (theme, density string) {
	u := user(c)
	theme, density = u.Theme, u.Density
	switch v := c.Cookies("theme"); v {
	case "light", "dark":
		theme = v
	}
	if c.Cookies("density") == "comfortable" {
		density = "comfortable"
	}
	return theme, density
}

// triageCap bounds the count in the navigation.
const triageCap = 100

func (s *Server) triageCount(ctx context.Context, v view, a crm.Actor) string {
	n, err := s.Service.CountTriage(ctx, a, triageCap)
	if err != nil || n == 0 {
		return ""
	}
	if n >= triageCap {
		return locale.Int(v.Lang, triageCap-1) + "+"
	}
	return locale.Int(v.Lang, int64(n))
}

// syncLine says how the viewer's own mailboxes are, the worst first.
func (s *Server) syncLine(ctx context.Context, v view, a crm.Actor) *page.SyncLine {
	boxes, _, err := crm.Mailboxes.Find(ctx, s.Service.Store(), store.Query{
		Where: []store.Cond{store.Is("owner", a.UserID)}, Sort: []string{"address"}, Limit: 10})
	if err != nil || len(boxes) == 0 {
		return nil
	}
	worst := boxes[0]
	for _, m := range boxes[1:] {
		if boxRank(m.State) > boxRank(worst.State) {
			worst = m
		}
	}
	line := &page.SyncLine{URL: "/mailboxes", Label: v.T("web.sync.new"), State: page.Idle}
	switch {
	case worst.State == "auth" || worst.State == "failed":
		line.Label, line.State = v.T("web.sync.failed"), page.Bad
	case worst.State == "waiting":
		line.Label, line.State = v.T("web.sync.waiting"), page.Warn
	case worst.LastPass != nil:
		line.Label, line.State = v.T("web.sync.ok", "when", v.since(*worst.LastPass)), page.OK
	}
	return line
}

func boxRank(state string) int {
	return strings.Index("ok,new,syncing,waiting,failed,auth", state)
}

// quickLog is the empty dialog that every page carries.
func (s *Server) quickLog(c *fiber.Ctx, v view) page.LogForm {
	return page.LogForm{Text: v.Text, CSRF: s.Auth.CSRF(session(c).ID), URL: "/activities", FullURL: "/activities/new",
		Kind: page.KindCall, Kinds: page.LogKinds, Back: ownPath(c.OriginalURL(), "/")}
}

// render writes a page or fragment.
func (s *Server) render(c *fiber.Ctx, status int, name string, data any) error {
	c.Response().ResetBody()
	if err := templates.Render(c.Response().BodyWriter(), name, data); err != nil {
		return s.fail(c, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Vary("HX-Request", "HX-Target")
	c.Status(status)
	return nil
}

// initials are the first letters of the first and the last name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return "?"
	}
	out := string([]rune(words[0])[:1])
	if len(words) > 1 {
		out += string([]rune(words[len(words)-1])[:1])
	}
	return strings.ToUpper(out)
}
