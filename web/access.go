package web

import (
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// Meter counts requests. A route is its pattern, never a path with ids; ""
// where nothing stands behind the path. Its methods are called by every request
// and must not wait.
type Meter interface {
	Began()
	Ended(method, route string, status int, took time.Duration)
}

// account counts a request and writes its line in the log: who asked for what,
// how it ended and how long it took. Nothing of it says about whom: no query, no
// address, no name.
func (s *Server) account(c *fiber.Ctx) error {
	logs := s.Log.Enabled(s.until, slog.LevelInfo)
	if s.Meter == nil && !logs {
		return c.Next()
	}
	began := time.Now()
	if s.Meter != nil {
		s.Meter.Began()
	}
	err := c.Next()
	if err != nil {
		err = s.fail(c, err) // here, because the status is read below
	}
	took, route, status := time.Since(began), routePath(c), c.Response().StatusCode()
	if s.Meter != nil {
		s.Meter.Ended(c.Method(), route, status, took)
	}
	if logs {
		s.accessLine(c, route, status, took)
	}
	return err
}

func (s *Server) accessLine(c *fiber.Ctx, route string, status int, took time.Duration) {
	level := slog.LevelInfo
	if route == "/healthz" || route == "/readyz" {
		level = slog.LevelDebug // proxies ask every few seconds
	}
	s.Log.LogAttrs(s.until, level, "web: request",
		slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.String("request", requestID(c)), slog.String("user", user(c).ID))
}

// lost marks a request that no route of the table answers.
func lost(c *fiber.Ctx) { c.Locals(keyLost, true) }

// routePath names a route for the log without the ids and words in it.
func routePath(c *fiber.Ctx) string {
	if r := c.Route(); r != nil && c.Locals(keyLost) == nil {
		return r.Path
	}
	return ""
}

// note writes into the log what the program or the store is to blame for; what
// a user did wrong is no news.
func (s *Server) note(c *fiber.Ctx, e *crm.Error, err error) {
	level := slog.LevelError
	switch e.Code {
	case crm.CodeInternal:
	case crm.CodeUnavailable:
		level = slog.LevelWarn
	default:
		return
	}
	s.Log.Log(s.until, level, "web: request failed", "method", c.Method(), "route", routePath(c), "request", requestID(c), "err", err)
}

// named is the id of a request that failed by our fault, for people to tell an
// administrator, who finds it in the log.
func named(c *fiber.Ctx, code crm.Code) string {
	if code == crm.CodeInternal || code == crm.CodeUnavailable {
		return requestID(c)
	}
	return ""
}
