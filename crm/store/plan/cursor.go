package plan

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

	"cemigmas/crm/store"
)

// Place is where a page ended: the sort values (nil: missing) and the id of
// the last row that was tested.
type Place struct {
	Values []any
	ID     string
}

// Cursor writes a place for Page.Next. It is bound to the query: another one
// refuses it.
func (p *Query) Cursor(at Place) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 96), p.fingerprint())
	b = appendText(append(b, '['), at.ID)
	for _, v := range at.Values {
		b = append(b, ',')
		switch x := v.(type) {
		case nil:
			b = append(b, "null"...)
		case string:
			b = appendText(b, x)
		case int64:
			b = strconv.AppendInt(b, x, 10)
		case bool:
			b = strconv.AppendBool(b, x)
		case time.Time:
			b = strconv.AppendInt(b, x.UnixMilli(), 10)
		default:
			panic(fmt.Sprintf("plan: a cursor with a %T", v))
		}
	}
	return base64.RawURLEncoding.EncodeToString(append(b, ']'))
}

// appendText writes a JSON string; most are ids and names without anything to
// escape.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // strings always marshal
			}
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// decode reads a cursor of this query.
func (p *Query) decode(s string) (*Place, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 {
		return nil, invalid(p.In, "", "a damaged cursor")
	}
	if binary.BigEndian.Uint64(b) != p.fingerprint() {
		return nil, invalid(p.In, "", "the cursor is of another query")
	}
	var row []json.RawMessage
	if err := json.Unmarshal(b[8:], &row); err != nil || len(row) != 1+len(p.Order) {
		return nil, invalid(p.In, "", "a damaged cursor")
	}
	at := &Place{Values: make([]any, len(p.Order))}
	if err := json.Unmarshal(row[0], &at.ID); err != nil {
		return nil, invalid(p.In, "", "a damaged cursor")
	}
	for i, k := range p.Order {
		if at.Values[i], err = cursorValue(k.Kind, row[i+1]); err != nil {
			return nil, invalid(p.In, k.Field, "a damaged cursor")
		}
	}
	return at, nil
}

func cursorValue(kind store.Kind, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	switch kind {
	case store.String:
		return unmarshal[string](raw)
	case store.Bool:
		return unmarshal[bool](raw)
	case store.Time:
		ms, err := unmarshal[int64](raw)
		if err != nil {
			return nil, err
		}
		return time.UnixMilli(ms.(int64)).UTC(), nil
	default:
		return unmarshal[int64](raw)
	}
}

func unmarshal[T any](raw json.RawMessage) (any, error) {
	var v T
	err := json.Unmarshal(raw, &v)
	return v, err
}

// fingerprint tells queries apart; limit and renditions may change between
// pages. Each part is followed by a byte that stands in no valid text.
func (p *Query) fingerprint() uint64 {
	b := make([]byte, 0, 128)
	part := func(s string) { b = append(append(b, s...), 0xFF) }
	part(p.In.Name)
	for _, w := range p.Words {
		part(w)
	}
	part("")
	for _, f := range p.sort {
		part(f)
	}
	for _, c := range p.conds {
		part("")
		part(c.Field)
		b = append(b, byte(c.Op))
		for _, v := range c.Values {
			switch x := v.(type) {
			case string:
				part(x)
			case int64:
				b = append(strconv.AppendInt(append(b, 'i'), x, 10), 0xFF)
			case bool:
				b = append(strconv.AppendBool(b, x), 0xFF)
			case time.Time:
				b = append(strconv.AppendInt(append(b, 't'), x.UnixMilli(), 10), 0xFF)
			}
		}
	}
	h := fnv.New64a()
	h.Write(b)
	return h.Sum64()
}
