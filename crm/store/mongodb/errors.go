package mongodb

import (
	"context"
	"errors"
	"regexp"
	"strings"

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

// duplicateIndex is how servers name the violated index in a duplicate key
// error.
var duplicateIndex = regexp.MustCompile(`index: (\S+) dup key`)

// writeErrors returns the places (in the request) and texts of duplicate key
// errors.
func writeErrors(err error) (places []int, messages []string) {
	var bulk mongo.BulkWriteException
	if errors.As(err, &bulk) {
		for _, w := range bulk.WriteErrors {
			places, messages = append(places, w.Index), append(messages, w.Message)
		}
		return places, messages
	}
	var one mongo.WriteException
	if errors.As(err, &one) {
		for _, w := range one.WriteErrors {
			places, messages = append(places, w.Index), append(messages, w.Message)
		}
		return places, messages
	}
	return []int{0}, []string{err.Error()}
}

// duplicate names the index that a duplicate key error's text tells of: ok is
// false when the text does not tell (the protocol double), and ix is nil when
// it is the id's.
func duplicate(c *store.Collection, message string) (ix *store.Index, ok bool) {
	m := duplicateIndex.FindStringSubmatch(message)
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

func duplicateError(c *store.Collection, id string, ix *store.Index) *store.Error {
	e := failure(store.CodeDuplicate, c, id, "the unique index "+indexName(*ix))
	e.Field = strings.TrimPrefix(ix.Fields[len(ix.Fields)-1], "-")
	return e
}
