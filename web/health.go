package web

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/static"
)

// healthz answers while the process lives.
func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

// readyz answers while the store can be read and written, and this node is not
// about to go.
func (s *Server) readyz(c *fiber.Ctx) error {
	if s.leaving.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("stopping\n")
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := s.Service.Store().Ping(ctx); err != nil {
		s.Log.Warn("web: store is not ready", "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("store unavailable\n")
	}
	return c.SendString("ready\n")
}

// static serves the embedded files; their addresses carry a hash of their
// content, so a browser may keep them for ever.
func (s *Server) static(c *fiber.Ctx) error {
	content, kind, ok := static.Lookup(c.Path())
	if !ok {
		return s.unknown(c)
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Send(content)
}

// unknown is a path that nothing stands behind.
func (s *Server) unknown(c *fiber.Ctx) error {
	lost(c)
	if !isAPI(c) {
		// Who is signed in sees the error inside the program.
		_ = s.readSession(c)
	}
	return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
}

func hasParam(path string) bool { return strings.Contains(path, ":") }

func typeOf(v any) reflect.Type { return reflect.TypeOf(v) }

func newBytesReader(b []byte) io.Reader { return bytes.NewReader(b) }
