package mongodb

import (
	"errors"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
)

// The fields of a stored document beside the declared ones, which stand at the
// top level under their own names with real types.
const (
	fieldID      = "_id"
	fieldVersion = "v"
	fieldWords   = "words" // of collections with Search
	fieldBody    = "body"
	fieldExact   = "exact" // see encode.go; absent from nearly all documents
	fieldLock    = "lock"  // written by checks inside transactions only
)

var errShape = errors.New("a document without a version or a body")

// encodeDoc builds the stored form of a clean document.
func encodeDoc(c *store.Collection, d store.Doc) (bson.D, error) {
	body, exact, err := encodeBody(d.Body)
	if err != nil {
		return nil, &store.Error{Code: store.CodeInvalid, Collection: c.Name, ID: d.ID, Err: err}
	}
	out := make(bson.D, 0, len(d.Keys)+5)
	out = append(out, bson.E{Key: fieldID, Value: d.ID}, bson.E{Key: fieldVersion, Value: d.Version})
	for _, f := range c.Fields {
		if v, ok := d.Keys[f.Name]; ok {
			out = append(out, bson.E{Key: f.Name, Value: encodeKey(v)})
		}
	}
	if len(d.Words) > 0 {
		out = append(out, bson.E{Key: fieldWords, Value: d.Words})
	}
	out = append(out, bson.E{Key: fieldBody, Value: body})
	if len(exact) > 0 {
		out = append(out, bson.E{Key: fieldExact, Value: exact})
	}
	return out, nil
}

// encodeKey gives a clean declared value its BSON type.
func encodeKey(v any) any {
	if t, ok := v.(time.Time); ok {
		return bson.NewDateTimeFromTime(t)
	}
	return v
}

// decodeDoc reads a stored document. Keys and words are read when asked
// for.
func decodeDoc(c *store.Collection, raw bson.Raw, withKeys bool) (store.Doc, error) {
	fail := func(err error) (store.Doc, error) {
		return store.Doc{}, &store.Error{Code: store.CodeInvalid, Collection: c.Name,
			ID: idOf(raw), Msg: "a stored document that this program did not write", Err: err}
	}
	version, ok := raw.Lookup(fieldVersion).AsInt64OK()
	body, has := raw.Lookup(fieldBody).DocumentOK()
	if !ok || !has {
		return fail(errShape)
	}
	exact, _ := raw.Lookup(fieldExact).DocumentOK()
	text, err := decodeBody(body, exact)
	if err != nil {
		return fail(err)
	}
	d := store.Doc{ID: idOf(raw), Version: version, Body: text}
	if withKeys {
		d.Keys = decodeKeys(c, raw)
		d.Words, _ = decodeList(raw.Lookup(fieldWords))
	}
	return d, nil
}

func idOf(raw bson.Raw) string {
	id, _ := raw.Lookup(fieldID).StringValueOK()
	return strings.Clone(id)
}

func decodeKeys(c *store.Collection, raw bson.Raw) store.Keys {
	keys := make(store.Keys, len(c.Fields))
	for _, f := range c.Fields {
		if v := decodeKey(f.Kind, raw.Lookup(f.Name)); v != nil {
			keys[f.Name] = v
		}
	}
	return keys
}

// decodeKey reads a declared field; nil when it is missing or of another type.
func decodeKey(kind store.Kind, v bson.RawValue) any {
	switch kind {
	case store.String:
		if s, ok := v.StringValueOK(); ok {
			return s
		}
	case store.Int:
		if n, ok := v.AsInt64OK(); ok {
			return n
		}
	case store.Bool:
		if b, ok := v.BooleanOK(); ok {
			return b
		}
	case store.Time:
		if ms, ok := v.DateTimeOK(); ok {
			return time.UnixMilli(ms).UTC()
		}
	case store.Strings:
		if list, ok := decodeList(v); ok && len(list) > 0 {
			return list
		}
	}
	return nil
}

func decodeList(v bson.RawValue) ([]string, bool) {
	array, ok := v.ArrayOK()
	if !ok {
		return nil, false
	}
	values, err := array.Values()
	if err != nil {
		return nil, false
	}
	list := make([]string, 0, len(values))
	for _, x := range values {
		if s, ok := x.StringValueOK(); ok {
			list = append(list, s)
		}
	}
	return slices.Clip(list), true
}
