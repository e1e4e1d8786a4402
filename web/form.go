package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// typed is what was typed into a form.
type typed struct{ c *fiber.Ctx }

// get reads a field of the body; the address of the form says nothing here.
// Browsers end lines with CR LF, the store with LF. Of a field in conflict it is
// what was stored, where who typed chose that.
func (t typed) get(name string) string {
	if t.keeps(name) {
		name = page.TheirsPrefix + name
	}
	return strings.TrimSpace(strings.ReplaceAll(string(t.c.Request().PostArgs().Peek(name)), "\r\n", "\n"))
}

// keeps reports whether a field is to stay as somebody else stored it.
func (t typed) keeps(name string) bool { return t.has(page.TheirsPrefix + name) }

func (t typed) all(name string) []string {
	var out []string
	if t.keeps(name) {
		return strings.FieldsFunc(t.get(name), func(r rune) bool { return r == ',' })
	}
	for _, b := range t.c.Request().PostArgs().PeekMulti(name) {
		if v := strings.TrimSpace(string(b)); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// several are the fields that hold more than one value.
var several = []string{"conditions"}

// joined is a field as a record says it: several values behind one another.
func (t typed) joined(name string) string {
	if slices.Contains(several, name) {
		return strings.Join(t.all(name), ", ")
	}
	return t.get(name)
}

// set gives a field another value.
func (t typed) set(name, value string) {
	args := t.c.Request().PostArgs()
	args.Set(name, value)
	if slices.Contains(several, name) {
		args.Set(name, "")
		for v := range strings.SplitSeq(value, ", ") {
			args.Add(name, v)
		}
	}
}

// own tells that of a record that was saved in between only the sender changed
// a field.
func (t typed) own(name string) bool {
	names, _ := t.c.Locals(ownFields{}).(map[string]bool)
	return names[name]
}

// has tells that the form had the field at all, empty or not.
func (t typed) has(name string) bool { return t.c.Request().PostArgs().Has(name) }

func (t typed) on(name string) bool { return t.get(name) == "on" || t.get(name) == "true" }

// lines reads one value a line.
func (t typed) lines(name string) []string {
	out := []string{}
	for l := range strings.FieldsFuncSeq(t.get(name), func(r rune) bool { return r == '\n' || r == '\r' || r == ',' || r == ';' }) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// version is the version that a form was made of; 0 when it does not say.
func (t typed) version() int64 {
	n, _ := strconv.ParseInt(t.get("version"), 10, 64)
	return max(n, 0)
}

// back is where the form wants to return to.
func (t typed) back(fallback string) string { return ownPath(t.get("back"), fallback) }

// field is the typed value with the domain's word on it.
func (t typed) field(name string, wrong map[string]string, keys ...string) page.Field {
	f := page.Field{Value: t.get(name), Own: t.own(name)}
	for _, k := range append(keys, name) {
		if f.Error == "" {
			f.Error = wrong[k]
		}
	}
	return f
}

// fieldOr is field, or what is stored where the form has no such field.
func (t typed) fieldOr(name string, stored page.Field, wrong map[string]string, keys ...string) page.Field {
	f := t.field(name, wrong, keys...)
	if !t.has(name) {
		f.Value = stored.Value
	}
	return f
}

// at reads day and time in the house's zone: nil when neither is given. A day
// alone is noon, unless it is today: then it is now.
func (t typed) at(v view) (*time.Time, error) {
	day, clock := t.get("day"), t.get("time")
	if day == "" && clock == "" {
		return nil, nil
	}
	if day == "" {
		day = string(v.today)
	}
	if clock == "" {
		if day == string(v.today) {
			return nil, nil
		}
		clock = "12:00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, crm.Zone)
	if err != nil {
		return nil, wrongField("at", "error.field.time")
	}
	return &at, nil
}

// minutes reads a duration; empty is 0.
func (t typed) minutes() (int64, error) {
	raw := t.get("minutes")
	if raw == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(raw, 10, 64)
	if err != nil {
		return 0, wrongField("minutes", "error.field.minutes")
	}
	return n, nil
}

func wrongField(name, key string) *crm.Error {
	return &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"}, Fields: map[string]crm.Text{name: {Key: key}}}
}

// formError splits an error that belongs to a form: words beside the fields,
// and words above it. ok is false for an error that no form can show.
func (v view) formError(err error) (fields map[string]string, above string, ok bool) {
	if err == nil {
		return nil, "", true
	}
	var e *crm.Error
	if !errors.As(err, &e) {
		return nil, "", false
	}
	switch e.Code {
	case crm.CodeInvalid, crm.CodeDuplicate, crm.CodeConflict, crm.CodeForbidden, crm.CodeTooLarge, crm.CodeUnavailable, crm.CodeTooMany:
	default:
		return nil, "", false
	}
	fields = fieldTexts(string(v.Lang), e)
	if len(fields) == 0 {
		above = v.text(e.Text)
	}
	return fields, above, true
}

// joinErrors merges the field errors of two errors, so that a form shows all
// that is wrong at once.
func joinErrors(errs ...error) error {
	merged := &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"}, Fields: map[string]crm.Text{}}
	for _, err := range errs {
		if err == nil {
			continue
		}
		var e *crm.Error
		if !errors.As(err, &e) || len(e.Fields) == 0 {
			return err
		}
		for f, t := range e.Fields {
			merged.Fields[f] = t
		}
	}
	if len(merged.Fields) == 0 {
		return nil
	}
	return merged
}

// again is the status of a form that comes back with what was typed.
func again(err error) int { return statusOf(domainError(err).Code) }
