package carry

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"cemigmas/crm/store"
)

// A document is a line of JSON:
//
//	{"id":"…","v":3,"keys":{"agent":"…","seen":1790000000000},"words":["…"],"body":{…}}
//
// where instants are milliseconds since 1970 and body is byte for byte what the
// store had.

const hexDigits = "0123456789abcdef"

// appendLine writes a document, without a line's end.
func appendLine(dst []byte, in *store.Collection, d store.Doc) []byte {
	return append(append(append(appendHead(dst, in, d), `,"body":`...), d.Body...), '}')
}

func appendHead(dst []byte, in *store.Collection, d store.Doc) []byte {
	dst = appendString(append(dst, `{"id":`...), d.ID)
	dst = strconv.AppendInt(append(dst, `,"v":`...), d.Version, 10)
	if len(d.Keys) > 0 {
		sep := `,"keys":{`
		for _, f := range in.Fields {
			if v, ok := d.Keys[f.Name]; ok {
				dst = append(appendString(append(dst, sep...), f.Name), ':')
				dst, sep = appendKey(dst, v), ","
			}
		}
		dst = append(dst, '}')
	}
	if len(d.Words) > 0 {
		dst = appendList(append(dst, `,"words":`...), d.Words)
	}
	return dst
}

func appendKey(dst []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case bool:
		return strconv.AppendBool(dst, v)
	case time.Time:
		return strconv.AppendInt(dst, v.UnixMilli(), 10)
	case []string:
		return appendList(dst, v)
	}
	panic(fmt.Sprintf("carry: a declared field of type %T", v)) // the port has no other
}

func appendList(dst []byte, list []string) []byte {
	dst = append(dst, '[')
	for n, s := range list {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

// appendString quotes a string in the one way in which digests compare it.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// parseLine reads a document. Declared fields that the program no longer has are
// left out.
func parseLine(in *store.Collection, line []byte) (store.Doc, error) {
	var raw struct {
		ID    string                     `json:"id"`
		V     int64                      `json:"v"`
		Keys  map[string]json.RawMessage `json:"keys"`
		Words []string                   `json:"words"`
		Body  json.RawMessage            `json:"body"`
	}
	if err := json.Unmarshal(line, &raw); err != nil {
		return store.Doc{}, err
	}
	d := store.Doc{ID: raw.ID, Version: raw.V, Words: raw.Words, Body: raw.Body, Keys: store.Keys{}}
	for name, text := range raw.Keys {
		f, ok := in.Field(name)
		if !ok {
			continue
		}
		v, err := parseKey(f.Kind, text)
		if err != nil {
			return d, fmt.Errorf("%s/%s field %s: %w", in.Name, d.ID, name, err)
		}
		d.Keys[name] = v
	}
	return d, nil
}

func parseKey(kind store.Kind, text []byte) (v any, err error) {
	switch kind {
	case store.String:
		return parse[string](text)
	case store.Bool:
		return parse[bool](text)
	case store.Strings:
		return parse[[]string](text)
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	if kind == store.Time {
		return time.UnixMilli(n).UTC(), err
	}
	return n, err
}

func parse[T any](text []byte) (v T, err error) {
	err = json.Unmarshal(text, &v)
	return v, err
}

// canonical writes a body so that two drivers' forms of it are equal: they keep
// its members, their order and its numbers, but one may write a letter of a
// string as it is and the other as an escape.
func canonical(body []byte) []byte {
	if !bytes.ContainsRune(body, '\\') {
		return body
	}
	out := make([]byte, 0, len(body))
	for len(body) > 0 {
		begin := bytes.IndexByte(body, '"')
		if begin < 0 {
			break
		}
		end := begin + 1
		for body[end] != '"' {
			if body[end] == '\\' {
				end++
			}
			end++
		}
		out = append(out, body[:begin]...)
		var s string
		if json.Unmarshal(body[begin:end+1], &s) != nil {
			return slices.Clone(body) // not JSON: no driver has such a body
		}
		out, body = appendString(out, s), body[end+1:]
	}
	return append(out, body...)
}
