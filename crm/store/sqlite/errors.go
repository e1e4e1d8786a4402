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
	e.Msg = sentence(err, "the file")
	return e
}

// wrapAt is wrap with the file's path in the sentence.
func wrapAt(path string, err error) error {
	if err == nil {
		return nil
	}
	err = wrap(nil, "", err)
	var e *store.Error
	if errors.As(err, &e) && e.Err != nil {
		if msg := sentence(e.Err, path); msg != "" {
			e.Msg = msg
		}
	}
	return err
}

// sentence says what a fault of the file is and what to do next; "" for others.
func sentence(err error, path string) string {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultCorrupt, sqlite.ResultNotADB:
		return path + " is damaged or is no store, and was left as it is: stop serve, keep a copy of it, and restore the last backup"
	case sqlite.ResultFull:
		return "the disk is full: free space where " + path + " lies; nothing of this write was taken, and the program goes on by itself"
	case sqlite.ResultIOErr:
		return path + " cannot be read or written: look for a full or failing disk; nothing of this write was taken"
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return "another process keeps the write lock of " + path + ": find it (another cemigmas, a backup, a database browser) and try again"
	case sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultPerm:
		return notWritable(path)
	}
	return ""
}

func notWritable(path string) string {
	return path + " cannot be written: give the user that runs cemigmas the right to write it and its folder"
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
