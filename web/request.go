package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/auth"
)

// Keys of what middleware leaves for handlers.
const (
	keyUser     = "user"
	keyStandsIn = "stands in" // bool: it serves clients of others today
	keySession  = "session"
	keyRequest  = "request"
	keyOrigin   = "origin"
	keyLost     = "lost"
	keyLang     = "lang" // of whom a page before sign-in is for
)

func isAPI(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), "/api/") }

// said reads the query of a request.
func said(c *fiber.Ctx) func(string) string {
	return func(name string) string { return c.Query(name) }
}

// isPart reports whether htmx asks for a fragment.
func isPart(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-History-Restore-Request") != "true" && c.Get("HX-Boosted") != "true"
}

// user is who asks; the zero user before sign-in.
func user(c *fiber.Ctx) crm.User {
	u, _ := c.Locals(keyUser).(crm.User)
	return u
}

func session(c *fiber.Ctx) crm.Session {
	s, _ := c.Locals(keySession).(crm.Session)
	return s
}

// actor is who asks, as the service wants it.
func actor(c *fiber.Ctx) crm.Actor {
	u := user(c)
	a := u.Actor()
	a.StandsIn, _ = c.Locals(keyStandsIn).(bool)
	a.Lang = lang(c)
	return a
}

// device is what a request came from.
func device(c *fiber.Ctx) auth.Device {
	return auth.Device{Agent: c.Get(fiber.HeaderUserAgent), Address: from(c)}
}

// requestID names a request in the log and on the page that says it failed.
func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(keyRequest).(string)
	return id
}
