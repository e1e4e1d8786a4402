package plan

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
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
	row := []any{at.ID}
	for _, v := range at.Values {
		if t, ok := v.(time.Time); ok {
			v = t.UnixMilli()
		}
		row = append(row, v)
	}
	text, err := json.Marshal(row)
	if err != nil { // strings, int64, bool and nil always marshal
		panic(fmt.Sprintf("plan: cursor of %T: %v", at, err))
	}
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(text)), p.hash)
	return base64.RawURLEncoding.EncodeToString(append(b, text...))
}

// decode reads a cursor of this query.
func (p *Query) decode(s string) (*Place, error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 8 {
		return nil, invalid(p.In, "", "a damaged cursor")
	}
	if binary.BigEndian.Uint64(b) != p.hash {
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

// hashOf tells queries apart; limit and renditions may change between pages.
func hashOf(c *store.Collection, conds []store.Cond, words, sort []string) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%q\x00%q", c.Name, words, sort)
	for _, w := range conds {
		fmt.Fprintf(h, "\x00%s %d", w.Field, w.Op)
		for _, v := range w.Values {
			if t, ok := v.(time.Time); ok {
				v = t.UnixMilli()
			}
			fmt.Fprintf(h, " %T %q", v, fmt.Sprint(v))
		}
	}
	return h.Sum64()
}
