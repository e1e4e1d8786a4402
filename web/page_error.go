package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// failPage says in plain words what happened and what to do next.
func (s *Server) failPage(c *fiber.Ctx, e *crm.Error) error {
	v := s.view(c)
	status := statusOf(e.Code)
	retryAfter(c, e)
	if to := listStart(c, e); to != "" {
		return s.goTo(c, to, note{Label: v.T("web.list.start")})
	}
	if isPart(c) {
		// htmx leaves the page as it is; the script shows these words.
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		words := v.text(e.Text)
		if id := named(c, e.Code); id != "" {
			words += " " + v.T("page.error.request", "id", id)
		}
		return c.Status(status).SendString(words)
	}
	p := page.ErrorPage{Base: s.base(c, "", strconv.Itoa(status)), Status: strconv.Itoa(status),
		Heading: v.T("web.error." + string(e.Code)), Label: v.text(e.Text), Action: s.wayOut(c, v, e.Code),
		Request: named(c, e.Code)}
	return s.render(c, status, "error", p)
}

// listStart is where the list begins when the address names a place in it that
// there is not (an old bookmark, a sort that changed); else empty.
func listStart(c *fiber.Ctx, e *crm.Error) string {
	if e.Code != crm.CodeInvalid || len(e.Fields) > 0 || c.Method() == fiber.MethodPost || c.Query("after") == "" || user(c).ID == "" {
		return ""
	}
	var kept []string
	for name, value := range c.Queries() {
		if name != "after" && name != "n" && name != "m" {
			kept = append(kept, name, value)
		}
	}
	return ownPath(at(c.Path(), kept...), "/")
}

func (s *Server) wayOut(c *fiber.Ctx, v view, code crm.Code) page.Link {
	switch {
	case user(c).ID == "" && code != crm.CodeUnavailable && code != crm.CodeInternal:
		return page.Link{Label: v.T("page.signin.go"), URL: "/signin"}
	case (code == crm.CodeUnavailable || code == crm.CodeInternal) && c.Method() == fiber.MethodGet:
		return page.Link{Label: v.T("web.again"), URL: ownPath(c.OriginalURL(), "/")}
	}
	return page.Link{Label: v.T("web.home"), URL: "/"}
}
