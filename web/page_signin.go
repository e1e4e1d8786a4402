package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// langCookie is the language that somebody chose before signing in.
const langCookie = "lang"

func (s *Server) signInPage(c *fiber.Ctx) error {
	if l := locale.Lang(c.Query("lang")); l.Valid() {
		c.Cookie(&fiber.Cookie{Name: langCookie, Value: string(l), Path: "/", Expires: time.Now().AddDate(1, 0, 0),
			HTTPOnly: true, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode})
		c.Request().Header.SetCookie(langCookie, string(l))
	}
	if s.readSession(c) == nil {
		return c.Redirect(ownPath(c.Query("next"), "/"), fiber.StatusSeeOther)
	}
	return s.showSignIn(c, fiber.StatusOK, page.SignIn{Next: c.Query("next")})
}

func (s *Server) showSignIn(c *fiber.Ctx, status int, p page.SignIn) error {
	p.Base = s.base(c, "", s.view(c).T("page.signin.title"))
	p.Shape = page.ShapeForm
	return s.render(c, status, "signin", p)
}

func (s *Server) signIn(c *fiber.Ctx) error {
	// A form of another site must not sign a browser in as somebody else.
	if foreign(c) {
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.csrf"))
	}
	f := typed{c}
	password := string(c.Request().PostArgs().Peek("password"))
	u, err := s.Auth.SignIn(c.UserContext(), f.get("email"), password, from(c))
	if err != nil {
		return s.signInAgain(c, f, err)
	}
	if err := s.startSession(c, u); err != nil {
		return s.fail(c, err)
	}
	if u.MustChange {
		return c.Redirect("/password", fiber.StatusSeeOther)
	}
	if held := heldForm(f); held.URL != "" {
		return s.resume(c, held)
	}
	return c.Redirect(ownPath(f.get("next"), "/"), fiber.StatusSeeOther)
}

func (s *Server) signInAgain(c *fiber.Ctx, f typed, err error) error {
	e := domainError(err)
	if e.Code == crm.CodeInternal {
		return s.fail(c, err)
	}
	return s.showSignIn(c, statusOf(e.Code), page.SignIn{Next: f.get("next"), Held: heldForm(f),
		Form: page.SignInForm{Email: page.Field{Value: f.get("email")}, Error: s.view(c).text(e.Text)}})
}

func (s *Server) signOut(c *fiber.Ctx) error {
	if err := s.Auth.CloseSession(c.UserContext(), c.Cookies(cookieName)); err != nil && crm.CodeOf(err) != crm.CodeNotFound {
		return s.fail(c, err)
	}
	s.setCookie(c, "", time.Unix(1, 0))
	return c.Redirect("/signin", fiber.StatusSeeOther)
}

func (s *Server) passwordPage(c *fiber.Ctx) error {
	return s.showPassword(c, fiber.StatusOK, page.PasswordForm{})
}

// showPassword stands outside the program while the password must be changed:
// nothing of the program works before.
func (s *Server) showPassword(c *fiber.Ctx, status int, f page.PasswordForm) error {
	v := s.view(c)
	p := page.Password{Base: s.base(c, "", v.T("web.password.title")), Form: f, Once: user(c).MustChange, Least: v.n("web.password.least", crm.MinPassword)}
	if p.Once {
		p.User = nil
	}
	return s.render(c, status, "password", p)
}

func (s *Server) changePassword(c *fiber.Ctx) error {
	args := c.Request().PostArgs()
	old, fresh, repeated := string(args.Peek("old")), string(args.Peek("password")), string(args.Peek("again"))
	err := error(nil)
	if fresh != repeated {
		err = wrongField("again", "error.user.again")
	} else if fresh == old {
		err = wrongField("password", "error.user.same")
	} else {
		err = s.Service.ChangePassword(c.UserContext(), actor(c), session(c).ID, old, fresh)
	}
	v := s.view(c)
	if err != nil {
		wrong, above, ok := v.formError(err)
		if !ok {
			return s.fail(c, err)
		}
		return s.showPassword(c, again(err), page.PasswordForm{Old: page.Field{Error: wrong["old"]},
			Password: page.Field{Error: wrong["password"]}, Again: page.Field{Error: wrong["again"]}, Error: above})
	}
	return s.goTo(c, "/", note{Label: v.T("web.password.changed")})
}
