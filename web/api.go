package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"cemigmas/crm"
)

// call is what a core of the API gets beside its input.
type call struct {
	context.Context
	Actor crm.Actor
	From  string // network address
	ctx   *fiber.Ctx
}

// operation is one line of the table as the API sees it: the types for the
// description, and the handler made from the core.
type operation struct {
	id, summary string
	in, out     reflect.Type
	status      int
	upload      object       // the body is multipart with a part named file, beside these fields
	binary      string       // media type of an answer that is not JSON
	later       bool         // the answer may be a job that is not done yet
	rows        reflect.Type // of the items, when out is a page of stored rows
	handler     func(s *Server) fiber.Handler
}

// op makes an operation of a core: input from path, query and JSON body, by
// the tags path, query and json; output as JSON.
func op[In, Out any](id, summary string, core func(s *Server, c call, in In) (Out, error)) *operation {
	o := &operation{id: id, summary: summary, status: fiber.StatusOK,
		in: reflect.TypeFor[In](), out: reflect.TypeFor[Out]()}
	input := inputOf(o.in)
	o.handler = func(s *Server) fiber.Handler {
		return func(c *fiber.Ctx) error {
			var in In
			if err := input.bind(c, &in); err != nil {
				return s.fail(c, err)
			}
			out, err := core(s, s.call(c), in)
			if err != nil {
				return s.failAPICall(c, err, out)
			}
			return s.answer(c, o.status, out)
		}
	}
	return o
}

func (s *Server) call(c *fiber.Ctx) call {
	return call{Context: keyed(c.UserContext(), c), Actor: actor(c), From: from(c), ctx: c}
}

// keyed notes the key by which a repeated request is known.
func keyed(ctx context.Context, c *fiber.Ctx) context.Context {
	if key := c.Get("Idempotency-Key"); key != "" && writes(c) {
		ctx = crm.WithIdempotencyKey(ctx, key)
	}
	return ctx
}

// ifMatch is the version that a change was made against; 0 when not said.
func (c call) ifMatch() (int64, error) {
	h := c.ctx.Get(fiber.HeaderIfMatch)
	if h == "" || h == "*" {
		return 0, nil
	}
	v, err := strconv.ParseInt(strings.Trim(h, `W/"`), 10, 64)
	if err != nil || v <= 0 {
		return 0, crm.Errf(crm.CodeInvalid, "error.api.ifmatch")
	}
	return v, nil
}

// versioned is an answer that has a version, sent as ETag.
type versioned interface{ version() int64 }

func (s *Server) answer(c *fiber.Ctx, status int, out any) error {
	if v, ok := out.(versioned); ok {
		c.Set(fiber.HeaderETag, fmt.Sprintf(`"%d"`, v.version()))
	}
	switch o := out.(type) {
	case crm.RawPage:
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		writeRaw(c.Status(status).Response(), o)
		return nil
	case statusAnswer:
		c.Set(fiber.HeaderLocation, o.location())
		return c.Status(o.status()).JSON(o.body())
	case none:
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Status(status).JSON(out)
}

// statusAnswer is an answer that chooses its own status: a job that is not
// done yet.
type statusAnswer interface {
	status() int
	location() string
	body() any
}

// none is an answer without content.
type none struct{}

// failAPICall answers an error; a conflict carries the record as it is now.
func (s *Server) failAPICall(c *fiber.Ctx, err error, current any) error {
	e := domainError(err)
	s.note(c, e, err)
	if e.Code != crm.CodeConflict {
		return s.failAPI(c, e, nil)
	}
	if v, ok := current.(versioned); ok {
		c.Set(fiber.HeaderETag, fmt.Sprintf(`"%d"`, v.version()))
	}
	return s.failAPI(c, e, current)
}

// writeRaw writes a page of stored rows without decoding them, which is half of
// the time of a list, into the answer's own buffer, which is used again.
func writeRaw(to *fasthttp.Response, p crm.RawPage) {
	to.AppendBodyString(`{"items":`)
	to.AppendBody(p.Items)
	if p.Next != "" {
		to.AppendBodyString(`,"next":`)
		to.AppendBodyString(strconv.Quote(p.Next)) // cursors are base64url: no escapes differ
	}
	to.AppendBodyString("}")
}

// input says where the members of an input come from: read from its type once,
// for reading tags costs as much as reading a client.
type input struct {
	body        bool
	path, query []member
}

type member struct {
	field []int // its index, also of an embedded query
	name  string
}

func inputOf(t reflect.Type) (in input) {
	if t.Kind() != reflect.Struct {
		return in
	}
	in.body = hasBody(t)
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("path"); name != "" {
			in.path = append(in.path, member{f.Index, name})
		}
		if name := f.Tag.Get("query"); name != "" {
			in.query = append(in.query, member{f.Index, name})
		}
	}
	return in
}

// bind fills an input from path, query and JSON body.
func (in input) bind(c *fiber.Ctx, into any) error {
	if in.body && !isUpload(c) {
		if err := bindJSON(c, into); err != nil {
			return err
		}
	}
	v := reflect.ValueOf(into).Elem()
	for _, m := range in.path {
		v.FieldByIndex(m.field).SetString(c.Params(m.name))
	}
	var bad map[string]crm.Text
	for _, m := range in.query {
		if raw := c.Query(m.name); raw != "" && !setScalar(v.FieldByIndex(m.field), raw) {
			if bad == nil {
				bad = map[string]crm.Text{}
			}
			bad[m.name] = crm.Text{Key: "error.field.invalid"}
		}
	}
	// A filter of another list that is passed over looks like an answer.
	for name := range c.Context().QueryArgs().All() {
		if !slices.ContainsFunc(in.query, func(m member) bool { return m.name == string(name) }) {
			if bad == nil {
				bad = map[string]crm.Text{}
			}
			bad[string(name)] = crm.Text{Key: "error.api.parameter"}
		}
	}
	if bad != nil {
		return &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"}, Fields: bad}
	}
	return nil
}

func hasBody(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if tag, ok := f.Tag.Lookup("json"); ok && tag != "-" || f.Anonymous {
			return true
		}
	}
	return false
}

func bindJSON(c *fiber.Ctx, into any) error {
	body := c.Body()
	if len(body) > maxBody {
		return crm.Errf(crm.CodeTooLarge, "error.too-large")
	}
	c.Locals(sentBody{}, body) // a streamed body is read once
	dec := json.NewDecoder(strings.NewReader(string(body)))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if errors.Is(err, io.EOF) {
		return crm.Errf(crm.CodeInvalid, "error.api.empty")
	}
	if err == nil && dec.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		e := crm.Errf(crm.CodeInvalid, "error.api.json", "problem", jsonProblem(err))
		e.Err, e.Fields = err, jsonField(err)
		return e
	}
	return nil
}

// jsonProblem says where a body is wrong, in the words of the decoder without
// Go's type names.
func jsonProblem(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) {
		return fmt.Sprintf("%s (%s)", memberPath(t.Field), t.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}

// memberPath is the decoder's path to a member without the names of embedded Go
// types, which begin with a capital as no member does.
func memberPath(path string) string {
	parts := slices.DeleteFunc(strings.Split(path, "."), func(p string) bool { return p != "" && p[0] >= 'A' && p[0] <= 'Z' })
	return strings.Join(parts, ".")
}

// jsonField names the member that is unknown or of another type.
func jsonField(err error) map[string]crm.Text {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		return map[string]crm.Text{memberPath(t.Field): {Key: "error.field.invalid"}}
	}
	// encoding/json has no type for this one.
	if quoted, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		if name, err := strconv.Unquote(quoted); err == nil {
			return map[string]crm.Text{name: {Key: "error.api.member"}}
		}
	}
	return nil
}

func setScalar(f reflect.Value, raw string) bool {
	switch f.Kind() {
	case reflect.String:
		f.SetString(raw)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || n < 0 {
			return false
		}
		f.SetInt(n)
	case reflect.Bool:
		b, err := strconv.ParseBool(raw)
		if err != nil {
			return false
		}
		f.SetBool(b)
	default:
		return false
	}
	return true
}
