package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/auth"
)

// cookieName of the session. The __Host- prefix would ask for https, which a
// laptop does not have.
const cookieName = "cemigmas"

// needSession lets a page through only for who is signed in. A form that can
// show what was typed gets to do so where its token is not good.
func (s *Server) needSession(form bool) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if err := s.readSession(c); err != nil {
			if crm.CodeOf(err) != crm.CodeUnauthorized {
				return s.fail(c, err)
			}
			if form && writes(c) && !foreign(c) {
				return s.signInHolding(c)
			}
			return s.toSignIn(c)
		}
		if writes(c) && (foreign(c) || !isUpload(c) && !s.csrfFits(c, c.FormValue("csrf"))) {
			if !form || foreign(c) {
				return s.fail(c, crm.Errf(crm.CodeForbidden, "error.csrf"))
			}
			c.SetUserContext(crm.Refusing(c.UserContext(), crm.Errf(crm.CodeForbidden, "error.csrf.again")))
		}
		if user(c).MustChange && !mayBeforeChange(c) {
			return c.Redirect("/password", fiber.StatusSeeOther)
		}
		return c.Next()
	}
}

// mayBeforeChange names what a user with a one-time password may do.
func mayBeforeChange(c *fiber.Ctx) bool {
	return c.Path() == "/password" || c.Path() == "/signout"
}

func (s *Server) readSession(c *fiber.Ctx) error {
	token := c.Cookies(cookieName)
	if token == "" {
		return crm.Errf(crm.CodeUnauthorized, "error.signin.expired")
	}
	u, sess, err := s.Auth.Session(c.UserContext(), token, device(c))
	if err != nil {
		return err
	}
	c.Locals(keyUser, u)
	c.Locals(keyStandsIn, s.Service.ActorOf(&u).StandsIn)
	c.Locals(keySession, sess)
	return nil
}

// csrfFits checks the token that the form or htmx sent.
func (s *Server) csrfFits(c *fiber.Ctx, token string) bool {
	if h := c.Get("X-CSRF"); h != "" {
		token = h
	}
	return s.Auth.CheckCSRF(session(c).ID, token)
}

func writes(c *fiber.Ctx) bool {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return false
	}
	return true
}

// startSession signs a browser in.
func (s *Server) startSession(c *fiber.Ctx, u crm.User) error {
	token, err := s.Auth.OpenSession(c.UserContext(), u, device(c))
	if err != nil {
		return err
	}
	s.setCookie(c, token, time.Now().Add(auth.SessionLife))
	return nil
}

func (s *Server) setCookie(c *fiber.Ctx, token string, until time.Time) {
	c.Cookie(&fiber.Cookie{Name: cookieName, Value: token, Path: "/", Expires: until,
		HTTPOnly: true, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode})
}

// ownPath keeps a "go back to" within this site.
func ownPath(p, fallback string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n") {
		return fallback
	}
	return p
}

// needBearer lets an API call through only with a valid access token.
func (s *Server) needBearer(c *fiber.Ctx) error {
	token, ok := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	if !ok {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		return s.fail(c, crm.Errf(crm.CodeUnauthorized, "error.signin.expired"))
	}
	u, session, err := s.Auth.Bearer(c.UserContext(), token, from(c))
	if err != nil {
		if crm.CodeOf(err) == crm.CodeUnauthorized {
			c.Set(fiber.HeaderWWWAuthenticate, `Bearer error="invalid_token"`)
		}
		return s.fail(c, err)
	}
	c.Locals(keyUser, u)
	c.Locals(keyStandsIn, s.Service.ActorOf(&u).StandsIn)
	c.Locals(keySession, crm.Session{ID: session, User: u.ID, Kind: crm.SessionAPI})
	return c.Next()
}
