package sqlite

import (
	"bytes"
	"encoding/json"
	"errors"
)

// member is a top-level member of a body to set; nil raw removes it.
type member struct {
	name string
	raw  []byte
}

var errBody = errors.New("a stored body is not a JSON object")

// setMembers changes top-level members of a compact JSON object. What it does
// not name stays byte for byte and in its place; new members come last, in the
// order given.
func setMembers(body []byte, set []member) ([]byte, error) {
	out := make([]byte, 0, len(body)+64)
	out = append(out, '{')
	done := make([]bool, len(set))
	dec := json.NewDecoder(bytes.NewReader(body))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, errBody
	}
	for dec.More() {
		from := dec.InputOffset()
		tok, err := dec.Token()
		if err != nil {
			return nil, errBody
		}
		name, nameEnd := tok.(string), dec.InputOffset()
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, errBody
		}
		quoted := bytes.TrimLeft(body[from:nameEnd], ", \t\r\n")
		if n := indexMember(set, name); n >= 0 {
			done[n] = true
			raw = set[n].raw
		}
		if raw != nil {
			out = appendMember(out, quoted, raw)
		}
	}
	for n, m := range set {
		if !done[n] && m.raw != nil {
			quoted, err := json.Marshal(m.name)
			if err != nil {
				return nil, err
			}
			out = appendMember(out, quoted, m.raw)
		}
	}
	return append(out, '}'), nil
}

func indexMember(set []member, name string) int {
	for i, m := range set {
		if m.name == name {
			return i
		}
	}
	return -1
}

func appendMember(out, quoted, raw []byte) []byte {
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = append(out, quoted...)
	out = append(out, ':')
	return append(out, raw...)
}
