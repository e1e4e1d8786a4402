package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/web/page"
)

// A form whose session ended while somebody typed loses nothing. It is answered
// with the sign-in, which carries what was typed; after that the browser sends it
// again without a token, and so it comes back filled (needSession). The server
// keeps nothing meanwhile.

// heldPrefix stands before the names of fields that the sign-in carries.
const heldPrefix = "held."

// toSignIn sends a page to the sign-in and remembers where it wanted to go: what
// changes something, or is part of a page, leads back to the page that asked.
func (s *Server) toSignIn(c *fiber.Ctx) error {
	to, next := "/signin", ownPath(c.OriginalURL(), "/")
	if writes(c) || isPart(c) {
		next = cameFrom(c)
	}
	if next != "/" {
		to += "?next=" + url.QueryEscape(next)
	}
	if isPart(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// cameFrom is the page of this site that asked, as the browser names it.
func cameFrom(c *fiber.Ctx) string {
	named := c.Get("HX-Current-URL")
	if named == "" {
		named = c.Get(fiber.HeaderReferer)
	}
	u, err := url.Parse(named)
	if err != nil || !sameHost(u, host(c)) {
		return "/"
	}
	return ownPath(u.RequestURI(), "/")
}

// signInHolding asks to sign in and holds what was typed. Where htmx asked, the
// script sends the form again as a page's (held.js).
func (s *Server) signInHolding(c *fiber.Ctx) error {
	if isPart(c) {
		return c.SendStatus(fiber.StatusUnauthorized)
	}
	held := page.HeldForm{URL: ownPath(c.OriginalURL(), "/")}
	for name, value := range c.Request().PostArgs().All() {
		held.Add(string(name), string(value))
	}
	return s.showSignIn(c, fiber.StatusUnauthorized, page.SignIn{Next: cameFrom(c), Held: held})
}

// heldForm reads what the sign-in carried.
func heldForm(f typed) page.HeldForm {
	held := page.HeldForm{URL: ownPath(f.get("held"), "")}
	for name, value := range f.c.Request().PostArgs().All() {
		if own, ok := strings.CutPrefix(string(name), heldPrefix); ok {
			held.Add(own, string(value))
		}
	}
	return held
}

// resume leads from the sign-in back to the form: a script sends it at once,
// others press a button.
func (s *Server) resume(c *fiber.Ctx, held page.HeldForm) error {
	v := s.view(c)
	p := page.Resume{Base: s.base(c, "", v.T("account.resume.title")), Held: held}
	p.User = nil // outside the program, like the sign-in
	return s.render(c, fiber.StatusOK, "resume", p)
}
