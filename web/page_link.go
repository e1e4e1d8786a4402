package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/web/page"
)

// linkCookie holds the secret of a one-time link after it left the address bar:
// no script, no history, no referrer and no log has it then.
const linkCookie = "cemigmas_link"

// linkTime is how long the form behind a link may stay open.
const linkTime = 30 * time.Minute

// linkEnter takes the secret out of the address. It opens nothing and uses
// nothing up: programs that look at links before people do no harm.
func (s *Server) linkEnter(c *fiber.Ctx) error {
	s.keepLink(c, c.Params("token"), time.Now().Add(linkTime))
	hideLink(c)
	return c.Redirect("/link", fiber.StatusSeeOther)
}

func (s *Server) keepLink(c *fiber.Ctx, token string, until time.Time) {
	c.Cookie(&fiber.Cookie{Name: linkCookie, Value: token, Path: "/link", Expires: until, HTTPOnly: true, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode})
}

func hideLink(c *fiber.Ctx) {
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderCacheControl, "no-store")
}

func (s *Server) linkPage(c *fiber.Ctx) error {
	hideLink(c)
	u, err := s.linkUser(c)
	if err != nil {
		return s.failLink(c, err)
	}
	return s.showLink(c, fiber.StatusOK, u, page.PasswordForm{})
}

// linkUser finds whose link this is, and speaks that user's language from here.
func (s *Server) linkUser(c *fiber.Ctx) (crm.User, error) {
	u, err := s.Auth.LinkUser(c.UserContext(), c.Cookies(linkCookie), device(c))
	if err == nil {
		c.Locals(keyLang, u.Lang)
	}
	return u, err
}

// failLink is one page for every link that does not work, whatever the reason.
func (s *Server) failLink(c *fiber.Ctx, err error) error {
	if crm.CodeOf(err) != crm.CodeNotFound {
		return s.fail(c, err)
	}
	v := s.view(c)
	p := page.ErrorPage{Base: s.base(c, "", v.T("account.link.over")), Heading: v.T("account.link.over"), Label: v.text(domainError(err).Text),
		Action: page.Link{Label: v.T("page.signin.title"), URL: "/signin"}}
	return s.render(c, fiber.StatusNotFound, "error", p)
}

func (s *Server) showLink(c *fiber.Ctx, status int, u crm.User, form page.PasswordForm) error {
	v := s.view(c)
	p := page.PasswordLink{Base: s.base(c, "", v.T("account.link.title")), Hello: v.T("account.link.hello", "name", u.Name, "email", u.Email), Email: u.Email,
		Least: v.n("web.password.least", crm.MinPassword), Form: form}
	p.CSRF = s.linkCSRF(c)
	return s.render(c, status, "link", p)
}

// linkCSRF binds the form to the link as others are bound to a session.
func (s *Server) linkCSRF(c *fiber.Ctx) string {
	return s.Auth.CSRF(secret.TokenDigest(c.Cookies(linkCookie)))
}

func (s *Server) linkUse(c *fiber.Ctx) error {
	hideLink(c)
	token, args := c.Cookies(linkCookie), c.Request().PostArgs()
	if foreign(c) || !s.Auth.CheckCSRF(secret.TokenDigest(token), string(args.Peek("csrf"))) {
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.csrf"))
	}
	u, err := s.linkUser(c)
	if err != nil {
		return s.failLink(c, err)
	}
	fresh := string(args.Peek("password"))
	if fresh != string(args.Peek("again")) {
		err = wrongField("again", "error.user.again")
	} else {
		u, err = s.useLink(c, u, token, fresh)
	}
	if err == nil {
		err = s.startSession(c, u)
	}
	if err == nil {
		s.keepLink(c, "", time.Unix(1, 0))
		return c.Redirect("/", fiber.StatusSeeOther)
	}
	wrong, above, ok := s.view(c).formError(err)
	if !ok {
		return s.failLink(c, err)
	}
	return s.showLink(c, again(err), u, page.PasswordForm{Password: page.Field{Error: wrong["password"]}, Again: page.Field{Error: wrong["again"]}, Error: above})
}

// useLink keeps the user for a form that comes back.
func (s *Server) useLink(c *fiber.Ctx, u crm.User, token, fresh string) (crm.User, error) {
	in, err := s.Auth.UseLink(c.UserContext(), token, fresh, device(c))
	if err != nil {
		return u, err
	}
	return in, nil
}

// linkURL is the address of a one-time link, as others reach this server.
func (s *Server) linkURL(c *fiber.Ctx, token string) string {
	return s.publicURL(c) + "/link/" + token
}

// publicURL is the setting, else what the browser called this server by.
func (s *Server) publicURL(c *fiber.Ctx) string {
	if s.PublicURL != "" {
		return s.PublicURL
	}
	scheme := "http"
	if s.secure(c) {
		scheme = "https"
	}
	return scheme + "://" + host(c)
}
