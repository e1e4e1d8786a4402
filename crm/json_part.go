package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"cemigmas/crm/store"
)

// A list shows few members of many documents, and to decode one costs by its
// length. So members that nobody looks at are cut out first, without reading them.

// without is a document less some of its members; the document itself when it is
// not written as this program writes.
func without(body []byte, names ...string) []byte {
	out := append(make([]byte, 0, len(body)), '{')
	ok := eachMember(body, func(name, member []byte) bool {
		if !slices.ContainsFunc(names, func(n string) bool { return n == string(name) }) {
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(out, member...)
		}
		return true
	})
	if !ok {
		return body
	}
	return append(out, '}')
}

// eachMember calls for each member of a compact object, with its name as it is
// written and the whole of it, name and all, until yield says false. It is false
// when the object is not compact or not whole; what stands in a member is not
// checked.
func eachMember(body []byte, yield func(name, member []byte) bool) bool {
	if len(body) < 2 || body[0] != '{' {
		return false
	}
	for at := 1; body[at] == '"'; at++ {
		key := pastString(body, at)
		if key < 0 || key >= len(body) || body[key] != ':' || bytes.IndexByte(body[at:key], '\\') >= 0 {
			return false
		}
		end := pastValue(body, key+1)
		if end < 0 || end >= len(body) {
			return false
		}
		if !yield(body[at+1:key-1], body[at:end]) {
			return true
		}
		if body[end] == '}' {
			return end == len(body)-1
		}
		if body[end] != ',' || end+1 == len(body) {
			return false
		}
		at = end
	}
	return len(body) == 2 && body[1] == '}'
}

// pastString is behind the string that begins at a quote; -1 when it does not end.
func pastString(b []byte, at int) int {
	for at++; ; at++ {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return -1
		}
		at += n
		slashes := 0
		for b[at-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return at + 1
		}
	}
}

// pastValue is behind the value that begins at a byte; -1 when it does not end.
func pastValue(b []byte, at int) int {
	depth, begin := 0, at
	for at < len(b) {
		switch b[at] {
		case '"':
			if at = pastString(b, at); at < 0 {
				return -1
			}
			if depth == 0 {
				return at
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 { // of a number or a word, which the object ends
				return some(at, begin)
			}
			if depth--; depth == 0 {
				return at + 1
			}
		case ',':
			if depth == 0 {
				return some(at, begin)
			}
		case ' ', '\n', '\t', '\r':
			return -1
		}
		at++
	}
	return -1
}

func some(end, begin int) int {
	if end == begin {
		return -1
	}
	return end
}

// memberName reads the member "name" of a document and nothing behind it.
func memberName(body []byte) (name string, err error) {
	var found []byte
	if !eachMember(body, func(key, member []byte) bool {
		if string(key) == "name" {
			found = member[len(`"name":`):]
		}
		return found == nil
	}) {
		var whole struct {
			Name string `json:"name"`
		}
		err = json.Unmarshal(body, &whole)
		return whole.Name, err
	}
	if found == nil {
		return "", nil
	}
	if n := len(found); n > 1 && found[0] == '"' && bytes.IndexByte(found, '\\') < 0 {
		return string(found[1 : n-1]), nil
	}
	err = json.Unmarshal(found, &name)
	return name, err
}

// FindWithout is Find of values that lack some members of their JSON.
func (t Table[T]) FindWithout(ctx context.Context, s store.Store, q store.Query, members ...string) ([]T, string, error) {
	q.In = t.In
	p, err := s.Find(ctx, q)
	if err != nil {
		return nil, "", wrapStore(err)
	}
	return t.decodeAll(p, func(d store.Doc) store.Doc {
		d.Body = without(d.Body, members...)
		return d
	})
}
