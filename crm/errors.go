package crm

import (
	"errors"
	"fmt"
	"strings"

	"cemigmas/crm/store"
)

// Code says what kind of failure an Error is; web maps it to a status once.
type Code string

// The codes of this package's errors.
const (
	CodeInvalid      Code = "invalid"      // what was sent is wrong; Fields say where
	CodeUnauthorized Code = "unauthorized" // not signed in, or wrong password
	CodeForbidden    Code = "forbidden"    // signed in, but not allowed
	CodeNotFound     Code = "not-found"    // not there, or not visible to this actor
	CodeConflict     Code = "conflict"     // changed since it was read
	CodeDuplicate    Code = "duplicate"    // already in the house
	CodeTooMany      Code = "too-many"     // wait and try again
	CodeTooLarge     Code = "too-large"    // over a limit
	CodeUnavailable  Code = "unavailable"  // try again later
	CodeInternal     Code = "internal"     // a fault of the program
)

// Text is a message in no language yet: a catalogue key and its arguments as
// name, value pairs. It becomes words at the edge.
type Text struct {
	Key  string   `json:"key"`
	Args []string `json:"args,omitempty"`
}

// Error is the one error type of the domain.
type Error struct {
	Code   Code
	Text   Text
	Fields map[string]Text // form field (its name in the API) to what is wrong
	Err    error           // for the log only
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Text.Key)
	for f, t := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f, t.Key)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Errf makes an error with a message key and arguments as name, value pairs.
func Errf(code Code, key string, args ...string) *Error {
	return &Error{Code: code, Text: Text{key, args}}
}

// CodeOf returns the code of an error; CodeInternal for a foreign one, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	switch store.CodeOf(err) {
	case store.CodeNotFound:
		return CodeNotFound
	case store.CodeConflict:
		return CodeConflict
	case store.CodeDuplicate:
		return CodeDuplicate
	case store.CodeInvalid:
		return CodeInvalid
	case store.CodeUnavailable:
		return CodeUnavailable
	}
	return CodeInternal
}

// wrapStore gives a store error the words a user can read.
func wrapStore(err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return err
	}
	code := CodeOf(err)
	if code == CodeInternal {
		return err
	}
	return &Error{Code: code, Text: Text{Key: "error." + string(code)}, Err: err}
}

// notFound is what an actor is told of a thing that is not there and of one
// that it may not see: the two must not differ.
func notFound() *Error { return Errf(CodeNotFound, "error.not-found") }

// problems gathers what is wrong with an input, field by field.
type problems map[string]Text

func (p problems) add(field, key string, args ...string) { p[field] = Text{key, args} }

func (p problems) need(field, value string) {
	if strings.TrimSpace(value) == "" {
		p.add(field, "error.field.required")
	}
}

func (p problems) err() error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: p}
}

// invalidField is the error of one field.
func invalidField(field, key string, args ...string) *Error {
	return &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{field: {key, args}}}
}
