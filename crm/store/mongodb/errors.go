package mongodb

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cemigmas/crm/store"
)

func failure(code store.Code, c *store.Collection, id, msg string) *store.Error {
	e := &store.Error{Code: code, ID: id, Msg: msg}
	if c != nil {
		e.Collection = c.Name
	}
	return e
}

// MongoDB's codes of requests that no repetition mends: BadValue,
// FailedToParse, TypeMismatch, a document over 16 MB (three codes), too deep
// nesting, unsupported options.
var invalidCodes = []int{2, 9, 14, 10334, 17419, 17420, 15, 72, 238, 40415}

// wrap gives a driver's error its code. What is not known to be the caller's
// mistake is worth another try: a lost primary, a full pool, a timeout.
func wrap(c *store.Collection, id string, err error) error {
	if err == nil {
		return nil
	}
	var known *store.Error
	if errors.As(err, &known) {
		return known
	}
	e := failure(store.CodeUnavailable, c, id, "")
	e.Err = err
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		mongo.IsTimeout(err) || mongo.IsNetworkError(err) {
		return e
	}
	var server mongo.ServerError
	if errors.As(err, &server) {
		for _, code := range invalidCodes {
			if server.HasErrorCode(code) {
				e.Code = store.CodeInvalid
			}
		}
	}
	return e
}

// MongoDB's codes of a read that another try mends, by the specification of
// retryable reads: hosts that cannot be reached or found, shutdowns, elections,
// reads that were interrupted by them.
var passingCodes = []int{6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436}

// mayRead reports whether a read that failed is worth another try at once. One
// that ran out of time is not.
func mayRead(err error) bool {
	if mongo.IsTimeout(err) || errors.Is(err, context.Canceled) {
		return false
	}
	var server mongo.ServerError
	if errors.As(err, &server) && slices.ContainsFunc(passingCodes, server.HasErrorCode) {
		return true
	}
	return mongo.IsNetworkError(err)
}

// keyError is one duplicate key error: the place of its write in the request,
// and what the server told.
type keyError struct {
	place   int
	message string
	raw     bson.Raw
}

func keyErrors(err error) []keyError {
	var writes []mongo.WriteError
	var bulk mongo.BulkWriteException
	var one mongo.WriteException
	var command mongo.CommandError
	switch {
	case errors.As(err, &bulk):
		for _, w := range bulk.WriteErrors {
			writes = append(writes, w.WriteError)
		}
	case errors.As(err, &one):
		writes = one.WriteErrors
	case errors.As(err, &command):
		return []keyError{{0, command.Message, command.Raw}}
	default:
		return []keyError{{0, err.Error(), nil}}
	}
	list := make([]keyError, len(writes))
	for i, w := range writes {
		list[i] = keyError{w.Index, w.Message, w.Raw}
	}
	return list
}

// duplicateIndex is how servers name the violated index in an error's text.
var duplicateIndex = regexp.MustCompile(`index: (\S+) (?:collation: .*)?dup key`)

// index names the index that was violated: by the error's keyPattern, which
// MongoDB sends since 4.2, else by its text. ok is false when neither tells (the
// protocol double), and ix is nil when it is the id's.
func (k keyError) index(c *store.Collection) (ix *store.Index, ok bool) {
	if pattern, has := k.raw.Lookup("keyPattern").DocumentOK(); has {
		return patternIndex(c, pattern)
	}
	m := duplicateIndex.FindStringSubmatch(k.message)
	if m == nil {
		return nil, false
	}
	for i := range c.Indexes {
		if indexName(c.Indexes[i]) == m[1] {
			return &c.Indexes[i], true
		}
	}
	return nil, m[1] == "_id_"
}

func patternIndex(c *store.Collection, pattern bson.Raw) (ix *store.Index, ok bool) {
	elements, err := pattern.Elements()
	if err != nil {
		return nil, false
	}
	fields := make([]string, len(elements))
	for i, e := range elements {
		fields[i] = e.Key()
	}
	same := func(ix store.Index) bool {
		return ix.Unique && slices.EqualFunc(ix.Fields, fields, func(a, b string) bool { return strings.TrimPrefix(a, "-") == b })
	}
	if i := slices.IndexFunc(c.Indexes, same); i >= 0 {
		return &c.Indexes[i], true
	}
	return nil, len(fields) == 1 && fields[0] == fieldID
}

func duplicateError(c *store.Collection, id string, ix *store.Index) *store.Error {
	e := failure(store.CodeDuplicate, c, id, "the unique index "+indexName(*ix))
	e.Field = strings.TrimPrefix(ix.Fields[len(ix.Fields)-1], "-")
	return e
}
