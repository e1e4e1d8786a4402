package sqlite

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"

	"cemigmas/crm/store"
)

// position is a place in the order of a query: the sort fields and the id of
// the row that was examined last.
type position struct {
	sort []value
	id   string
}

// cursor is what Page.Next says: which query, and where.
type cursor struct {
	Query uint64 `json:"q"`
	Sort  []any  `json:"s,omitempty"` // strings, integers, null
	ID    string `json:"i"`
}

// fingerprint tells queries apart whose cursors must not be mixed up. Limit and
// WithKeys may change from page to page.
func (p *plan) fingerprint(q store.Query) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s|%q|%q", p.t.c.Name, q.Sort, q.Words)
	for _, c := range q.Where {
		fmt.Fprintf(h, "|%s %d", c.Field, c.Op)
		for _, v := range c.Values {
			i := p.t.byName[c.Field]
			val, _ := encode(p.t.field(i).Kind, v)
			fmt.Fprintf(h, " %d %d %q", val.kind, val.i, val.s)
		}
	}
	return h.Sum64() >> 12 // exact as a JSON number
}

func (p *plan) next(q store.Query, pos position) string {
	c := cursor{Query: p.fingerprint(q), ID: pos.id}
	for _, v := range pos.sort {
		switch v.kind {
		case null:
			c.Sort = append(c.Sort, nil)
		case integer:
			c.Sort = append(c.Sort, v.i)
		default:
			c.Sort = append(c.Sort, v.s)
		}
	}
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// start reads Query.After; nil for the first page.
func (p *plan) start(q store.Query) (*position, error) {
	if q.After == "" {
		return nil, nil
	}
	bad := invalid(p.t.c, "the cursor is not of this query")
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil {
		return nil, bad
	}
	var c struct {
		cursor
		Sort []json.RawMessage `json:"s"`
	}
	if json.Unmarshal(b, &c) != nil || c.Query != p.fingerprint(q) || len(c.Sort) != len(p.sort) {
		return nil, bad
	}
	pos := &position{id: c.ID}
	for n, raw := range c.Sort {
		v, ok := p.sortValue(n, raw)
		if !ok {
			return nil, bad
		}
		pos.sort = append(pos.sort, v)
	}
	return pos, nil
}

func (p *plan) sortValue(n int, raw json.RawMessage) (value, bool) {
	if string(raw) == "null" {
		return value{}, true
	}
	v := value{kind: integer}
	if p.t.field(p.sort[n].field).Kind == store.String {
		v.kind = text
		return v, json.Unmarshal(raw, &v.s) == nil
	}
	return v, json.Unmarshal(raw, &v.i) == nil
}
