package web

import (
	"context"
	"errors"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// statusOf maps a code to an HTTP status; the only place that does.
func statusOf(code crm.Code) int {
	switch code {
	case crm.CodeInvalid, crm.CodeDuplicate:
		return fiber.StatusUnprocessableEntity
	case crm.CodeUnauthorized:
		return fiber.StatusUnauthorized
	case crm.CodeForbidden:
		return fiber.StatusForbidden
	case crm.CodeNotFound:
		return fiber.StatusNotFound
	case crm.CodeConflict:
		return fiber.StatusPreconditionFailed
	case crm.CodeTooMany:
		return fiber.StatusTooManyRequests
	case crm.CodeTooLarge:
		return fiber.StatusRequestEntityTooLarge
	case crm.CodeUnavailable:
		return fiber.StatusServiceUnavailable
	}
	return fiber.StatusInternalServerError
}

// apiError is the shape of every error of the API.
type apiError struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields,omitempty"`
	// Current is the record as it is now, when a change was refused because it
	// was read before another change.
	Current any `json:"current,omitempty"`
	// Differs are the members of such a change that are not what is stored now:
	// both versions, field by field.
	Differs map[string]versions `json:"differs,omitempty"`
	// Request names the request in the log, when the fault is ours.
	Request string `json:"request,omitempty"`
}

// domainError finds the error with words in err, or makes one.
func domainError(err error) *crm.Error {
	var e *crm.Error
	if errors.As(err, &e) {
		return e
	}
	var f *fiber.Error
	if errors.As(err, &f) {
		switch f.Code {
		case fiber.StatusNotFound, fiber.StatusMethodNotAllowed:
			return crm.Errf(crm.CodeNotFound, "error.not-found")
		case fiber.StatusRequestEntityTooLarge:
			return crm.Errf(crm.CodeTooLarge, "error.too-large")
		case fiber.StatusBadRequest, fiber.StatusUnprocessableEntity:
			return crm.Errf(crm.CodeInvalid, "error.invalid")
		}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return crm.Errf(crm.CodeUnavailable, "error.unavailable")
	}
	if code := crm.CodeOf(err); code != crm.CodeInternal {
		return crm.Errf(code, "error."+string(code))
	}
	return crm.Errf(crm.CodeInternal, "error.internal")
}

// say puts a message into the reader's language.
func say(lang string, t crm.Text) string {
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		args[i] = a
	}
	return locale.T(locale.Lang(lang), t.Key, args...)
}

func fieldTexts(lang string, e *crm.Error) map[string]string {
	if len(e.Fields) == 0 {
		return nil
	}
	out := make(map[string]string, len(e.Fields))
	for f, t := range e.Fields {
		out[f] = say(lang, t)
	}
	return out
}

// fail answers an error in the face that was asked.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	e := domainError(err)
	s.note(c, e, err)
	if isAPI(c) {
		return s.failAPI(c, e, nil)
	}
	return s.failPage(c, e)
}

func (s *Server) failAPI(c *fiber.Ctx, e *crm.Error, current any) error {
	l := lang(c)
	retryAfter(c, e)
	return c.Status(statusOf(e.Code)).JSON(apiError{
		Code: string(e.Code), Message: say(l, e.Text), Fields: fieldTexts(l, e), Current: current, Differs: differences(c, current), Request: named(c, e.Code)})
}

// retryAfter says when to try again what was not possible now, in seconds.
func retryAfter(c *fiber.Ctx, e *crm.Error) {
	if e.Code == crm.CodeUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
}

// lastError is Fiber's: unknown routes and what no handler caught.
func (s *Server) lastError(c *fiber.Ctx, err error) error { return s.fail(c, err) }

// lang is the viewer's language: the user's, else what the browser prefers.
func lang(c *fiber.Ctx) string {
	if isAPI(c) {
		if h := c.Get(fiber.HeaderAcceptLanguage); h != "" {
			return string(locale.Match(h))
		}
	}
	if u := user(c); u.Lang != "" {
		return u.Lang
	}
	if l, _ := c.Locals(keyLang).(string); l != "" {
		return l
	}
	if l := locale.Lang(c.Cookies(langCookie)); l.Valid() {
		return string(l)
	}
	return string(locale.Match(c.Get(fiber.HeaderAcceptLanguage)))
}
