package sqlite

import (
	"context"
	"errors"
	"fmt"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

func invalid(c *store.Collection, format string, args ...any) *store.Error {
	e := &store.Error{Code: store.CodeInvalid, Msg: fmt.Sprintf(format, args...)}
	if c != nil {
		e.Collection = c.Name
	}
	return e
}

func failure(code store.Code, t *table, id string) *store.Error {
	return &store.Error{Code: code, Collection: t.c.Name, ID: id}
}

// ctxError turns a cancelled context into a store error that still is
// context.Canceled or DeadlineExceeded for errors.Is.
func ctxError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &store.Error{Code: store.CodeUnavailable, Err: context.Cause(ctx)}
	}
	return nil
}

// wrap gives an SQLite error its code. A store error is returned as it is.
func wrap(t *table, id string, err error) error {
	if err == nil {
		return nil
	}
	var se *store.Error
	if errors.As(err, &se) {
		return err
	}
	e := &store.Error{Code: codeOf(err), ID: id, Err: err}
	if t != nil {
		e.Collection = t.c.Name
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		e.Msg = "the file is damaged or is not a store; nothing was changed"
	case sqlite.ResultFull:
		e.Msg = "the disk is full"
	case sqlite.ResultBusy, sqlite.ResultLocked:
		e.Msg = "another process holds the write lock"
	case sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultPerm:
		e.Msg = "the file cannot be written"
	case sqlite.ResultOK:
	default:
		e.Msg = sqlite.ErrCode(err).String()
	}
	return e
}

func codeOf(err error) store.Code {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultTooBig, sqlite.ResultMismatch, sqlite.ResultConstraint,
		sqlite.ResultError, sqlite.ResultRange, sqlite.ResultMisuse:
		return store.CodeInvalid
	}
	return store.CodeUnavailable
}

func isConstraint(err error) bool {
	return sqlite.ErrCode(err).ToPrimary() == sqlite.ResultConstraint
}
