package store

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is.
type Code string

// The codes that drivers return.
const (
	CodeNotFound    Code = "not-found"
	CodeConflict    Code = "conflict"    // another version, or a lost lease
	CodeDuplicate   Code = "duplicate"   // a unique index
	CodeInvalid     Code = "invalid"     // the caller's mistake
	CodeUnavailable Code = "unavailable" // try again later
)

// Error is the one error type of a driver.
type Error struct {
	Code       Code
	Collection string
	ID         string
	Field      string // the unique index's last field, for CodeDuplicate
	Msg        string // for the log, never for a user
	Err        error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("store: %s", e.Code)
	if e.Collection != "" {
		s += " " + e.Collection
	}
	if e.ID != "" {
		s += "/" + e.ID
	}
	if e.Field != "" {
		s += " field " + e.Field
	}
	if e.Msg != "" {
		s += ": " + e.Msg
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of a store error, or "".
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// IsNotFound reports whether err says that a document is not there.
func IsNotFound(err error) bool { return CodeOf(err) == CodeNotFound }
