package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm/secret"
	"cemigmas/web/page"
)

// toastCookie carries what was done over one redirect.
const toastCookie = "cemigmas_toast"

// note is what a toast says; words are in the viewer's language already.
type note struct {
	Label string `json:"l"`
	Next  string `json:"n,omitempty"`
	URL   string `json:"u,omitempty"`
	Undo  string `json:"z,omitempty"` // POST
}

func (s *Server) toast(c *fiber.Ctx, t page.Text, n note, back string) page.Toast {
	return page.Toast{Text: t, Label: n.Label, Next: page.Link{Label: n.Next, URL: n.URL}, UndoURL: n.Undo,
		CSRF: s.Auth.CSRF(session(c).ID), Back: back}
}

// goTo redirects after a form was taken, and leaves a toast for the page that
// follows. A fragment, and an upload by script, gets the same as a header.
func (s *Server) goTo(c *fiber.Ctx, to string, n note) error {
	if n.Label != "" {
		raw, err := json.Marshal(n)
		if err != nil {
			return s.fail(c, err)
		}
		s.shortCookie(c, base64.RawURLEncoding.EncodeToString(raw)+"."+s.sign(c, raw), time.Now().Add(time.Minute))
	}
	if isPart(c) || c.Get("X-Upload") != "" {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// takeToast reads the note once. It is signed for the session: nobody else can
// put words, or a button that posts, on somebody's page.
func (s *Server) takeToast(c *fiber.Ctx, t page.Text) *page.Toast {
	value := c.Cookies(toastCookie)
	if value == "" || isPart(c) {
		return nil
	}
	s.shortCookie(c, "", time.Unix(1, 0))
	var n note
	head, mac, ok := cutLast(value)
	raw, err := base64.RawURLEncoding.DecodeString(head)
	if !ok || err != nil || !hmac.Equal([]byte(mac), []byte(s.sign(c, raw))) || json.Unmarshal(raw, &n) != nil {
		return nil
	}
	toast := s.toast(c, t, n, ownPath(c.OriginalURL(), "/"))
	return &toast
}

func (s *Server) shortCookie(c *fiber.Ctx, value string, until time.Time) {
	c.Cookie(&fiber.Cookie{Name: toastCookie, Value: value, Path: "/", Expires: until,
		HTTPOnly: true, Secure: s.secure(c), SameSite: fiber.CookieSameSiteLaxMode})
}

func (s *Server) sign(c *fiber.Ctx, raw []byte) string {
	mac := hmac.New(sha256.New, s.Ring.Derive(secret.ForCookie).Bytes)
	mac.Write([]byte(session(c).ID + "\x00"))
	mac.Write(raw)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func cutLast(s string) (head, tail string, ok bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return "", "", false
}
