// Package plan decides what a store query means before any driver sees it:
// which index it walks, which conditions cut the walk and which are tested on
// the way, and where the page before ended. Both drivers use it, so that they
// accept, refuse and page the same queries.
//
// Rules that the port leaves to it:
//
//   - An index serves a query when its leading fields are all compared by Eq
//     (or In with one value) and its remaining fields are Sort, with the same
//     directions and none left over: a walk in another order would not end in
//     ids that rise.
//   - A unique index holds only documents that have all its fields. It serves
//     a query only when the conditions say so (Eq, In, a comparison or Present
//     on each of its fields).
//   - A sparse index is likewise, of its first field alone.
//   - A condition that one of two fields may meet makes two queries, each with
//     an index of its own (either.go).
//   - The walk by id serves an empty Sort without conditions. A condition that
//     no index covers would be a scan of the collection.
//   - A count or a tally needs no order: any index will do that its conditions
//     enter, or that holds every field that it reads.
package plan

import (
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// Positions that stand for no declared index.
const (
	ByID    = -1 // the documents' own order
	ByWords = -2 // the text index
	Whole   = -3 // a count or tally of everything
)

// Limits of a query.
const (
	DefaultLimit = 50
	MaxIn        = 500
	MaxSort      = 2
	// MaxBy and DefaultGroups are of a tally.
	MaxBy         = 3
	DefaultGroups = 10000
)

// Key is one step of the order of a walk.
type Key struct {
	Field string
	Kind  store.Kind
	Desc  bool
}

// Query is a checked query.
type Query struct {
	In    *store.Collection
	Index int          // position in In.Indexes, or ByID, ByWords, Whole
	Equal []store.Cond // Eq on the index's leading fields, in its order
	Range []store.Cond // conditions on Order[0] that cut the walk; never In
	Rest  []store.Cond // conditions to test on the way
	Words []string     // the last one is a prefix
	Order []Key        // then the id, ascending
	After *Place       // nil: from the start
	Limit int
	// Never says that no document can match (an In without values).
	Never    bool
	WithKeys bool
	SortKeys bool
	Bare     bool

	// What the fingerprint of cursors is made of, when one is needed.
	conds []store.Cond
	sort  []string
}

// Find checks a query for one page. Errors are CodeInvalid.
func Find(q store.Query) (*Query, error) {
	p, conds, err := check(q)
	if err != nil {
		return nil, err
	}
	if q.Limit < 0 || q.Limit > store.MaxPage {
		return nil, invalid(q.In, "", "limit %d is not in 1..%d", q.Limit, store.MaxPage)
	}
	p.Limit = q.Limit
	if p.Limit == 0 {
		p.Limit = DefaultLimit
	}
	if err := p.walk(conds); err != nil {
		return nil, err
	}
	p.conds, p.sort = conds, q.Sort
	if q.After != "" {
		if p.After, err = p.decode(q.After); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Peek checks the fields that are to be read of one document.
func Peek(c *store.Collection, names []string) ([]store.Field, error) {
	fields := make([]store.Field, len(names))
	for i, name := range names {
		f, ok := c.Field(name)
		if !ok {
			return nil, undeclared(c, name)
		}
		if f.Kind == store.Strings {
			return nil, invalid(c, name, "a multi-valued field is read with its document")
		}
		fields[i] = f
	}
	return fields, nil
}

// Count checks a query for counting; After and Limit are ignored.
func Count(q store.Query) (*Query, error) {
	p, conds, err := check(q)
	if err != nil {
		return nil, err
	}
	if len(q.Words) > 0 {
		p.Index, p.Rest = ByWords, conds
		return p, nil
	}
	if p.enter(conds, nil) {
		return p, nil
	}
	return p, p.walk(conds)
}

// Tally checks a tally and returns its conditions as those of a Query, with the
// kinds of the fields in By. Errors are CodeInvalid.
func Tally(t store.Tally) (*Query, []store.Kind, error) {
	p, conds, err := check(store.Query{In: t.In, Where: t.Where})
	if err != nil {
		return nil, nil, err
	}
	if len(t.By) > MaxBy || t.Limit < 0 {
		return nil, nil, invalid(t.In, "", "a tally goes by at most %d fields and has a limit", MaxBy)
	}
	var kinds []store.Kind
	for _, name := range t.By {
		f, ok := t.In.Field(name)
		if !ok || f.Kind == store.Strings {
			return nil, nil, invalid(t.In, name, "a tally goes by declared single-valued fields")
		}
		kinds = append(kinds, f.Kind)
	}
	for _, name := range t.Sum {
		if f, ok := t.In.Field(name); !ok || f.Kind != store.Int {
			return nil, nil, invalid(t.In, name, "a tally sums declared Int fields")
		}
	}
	p.Limit = t.Limit
	if p.Limit == 0 {
		p.Limit = DefaultGroups
	}
	if !p.enter(conds, slices.Concat(t.By, t.Sum)) {
		return nil, nil, invalid(t.In, "", "no index serves a tally %s", p.describe(conds))
	}
	return p, kinds, nil
}

// check validates the query's parts and returns its conditions with checked
// values.
func check(q store.Query) (*Query, []store.Cond, error) {
	p := &Query{In: q.In, Words: q.Words, WithKeys: q.WithKeys, SortKeys: q.SortKeys && !q.WithKeys, Bare: q.Bare}
	if q.In == nil {
		return nil, nil, invalid(nil, "", "the query names no collection")
	}
	conds, never, err := Conds(q.In, q.Where)
	if err != nil {
		return nil, nil, err
	}
	p.Never = never
	if len(q.Words) > 0 && !q.In.Search {
		return nil, nil, invalid(q.In, "", "the collection does not declare Search")
	}
	if !soundWords(q.Words) {
		return nil, nil, invalid(q.In, "", "a word is empty or has a space")
	}
	if p.Order, err = order(q.In, q.Sort); err != nil {
		return nil, nil, err
	}
	return p, conds, nil
}

func order(c *store.Collection, sort []string) ([]Key, error) {
	if len(sort) > MaxSort {
		return nil, invalid(c, "", "%d sort fields, at most %d", len(sort), MaxSort)
	}
	keys := make([]Key, 0, len(sort))
	for _, s := range sort {
		name, desc := strings.CutPrefix(s, "-")
		f, ok := c.Field(name)
		if !ok {
			return nil, undeclared(c, name)
		}
		if f.Kind == store.Strings {
			return nil, invalid(c, name, "a multi-valued field cannot sort")
		}
		if len(keys) > 0 && keys[0].Field == name {
			return nil, invalid(c, name, "sorts twice")
		}
		keys = append(keys, Key{name, f.Kind, desc})
	}
	return keys, nil
}

// walk chooses the index whose order the query wants.
func (p *Query) walk(conds []store.Cond) error {
	if len(p.Words) > 0 {
		p.Index, p.Rest = ByWords, conds
		return nil
	}
	best, covered := p.Index, -1
	for i, ix := range p.In.Indexes {
		if n, ok := p.serves(ix, conds); ok && n > covered {
			best, covered = i, n
		}
	}
	if covered >= 0 {
		lead := len(p.In.Indexes[best].Fields) - len(p.Order)
		p.take(best, lead, conds)
		return nil
	}
	if len(conds) == 0 && len(p.Order) == 0 {
		p.Index = ByID
		return nil
	}
	return invalid(p.In, "", "no index serves %s", p.describe(conds))
}

// serves reports how many conditions cut the walk of an index in the query's
// order.
func (p *Query) serves(ix store.Index, conds []store.Cond) (int, bool) {
	lead := len(ix.Fields) - len(p.Order)
	if lead < 0 || lead == 0 && len(p.Order) == 0 {
		return 0, false
	}
	for i, k := range p.Order {
		name, desc := strings.CutPrefix(ix.Fields[lead+i], "-")
		if name != k.Field || desc != k.Desc {
			return 0, false
		}
	}
	for _, name := range ix.Fields[:lead] {
		if find(conds, strings.TrimPrefix(name, "-"), isEq) < 0 {
			return 0, false
		}
	}
	if !holdsAll(ix, conds) {
		return 0, false
	}
	n := lead
	if len(p.Order) > 0 {
		for _, c := range conds {
			if c.Field == p.Order[0].Field && cuts(c) {
				n++
			}
		}
	}
	return n, true
}

// enter chooses, for a count or a tally, where the order does not matter, the
// index that the conditions enter deepest, else one that holds all fields that
// are read (needed and the conditions' own). Without conditions everything is
// read.
func (p *Query) enter(conds []store.Cond, needed []string) bool {
	if len(conds) == 0 {
		p.Index, p.Order = Whole, nil
		return true
	}
	for _, c := range conds {
		needed = append(needed, c.Field)
	}
	best, bestScore := -1, 0
	for i, ix := range p.In.Indexes {
		score, ok := p.depth(ix, conds)
		if ok && holdsFields(ix, needed) {
			score++
		}
		if ok && score > bestScore {
			best, bestScore = i, score
		}
	}
	if best < 0 {
		return false
	}
	p.Order = nil
	p.take(best, 0, conds)
	return true
}

// depth is how far conditions enter an index: 4 a field compared by Eq, 2 for a
// range on the next.
func (p *Query) depth(ix store.Index, conds []store.Cond) (n int, ok bool) {
	if !holdsAll(ix, conds) {
		return 0, false
	}
	for i, f := range ix.Fields {
		name := strings.TrimPrefix(f, "-")
		if find(conds, name, isEq) >= 0 {
			n += 4
			continue
		}
		if d, _ := p.In.Field(name); i == 0 && d.Kind == store.Strings {
			return 0, false // a document stands there once for each value
		}
		if find(conds, name, func(c store.Cond) bool { return cuts(c) && c.Op != store.Missing }) >= 0 {
			n += 2
		}
		break
	}
	return n, true
}

func holdsFields(ix store.Index, names []string) bool {
	for _, name := range names {
		if !slices.Contains(ix.Fields, name) && !slices.Contains(ix.Fields, "-"+name) {
			return false
		}
	}
	return true
}

// take splits the conditions by what they are for the chosen index.
func (p *Query) take(index, lead int, conds []store.Cond) {
	p.Index = index
	used := make([]bool, len(conds))
	for _, f := range p.In.Indexes[index].Fields[:lead] {
		i := find(conds, strings.TrimPrefix(f, "-"), isEq)
		used[i] = true
		p.Equal = append(p.Equal, conds[i])
	}
	for i, c := range conds {
		switch {
		case used[i]:
		case len(p.Order) > 0 && c.Field == p.Order[0].Field && cuts(c):
			p.Range = append(p.Range, c)
		default:
			p.Rest = append(p.Rest, c)
		}
	}
}

// Unique reports whether the walk goes over a unique index, in which two rows
// never tie.
func (p *Query) Unique() bool { return p.Index >= 0 && p.In.Indexes[p.Index].Unique }

// holdsAll reports whether every match of the conditions is in the index.
func holdsAll(ix store.Index, conds []store.Cond) bool {
	fields := ix.Fields
	switch {
	case ix.Unique:
	case ix.Sparse:
		fields = fields[:1]
	default:
		return true
	}
	for _, f := range fields {
		there := func(c store.Cond) bool { return c.Op != store.Missing }
		if find(conds, strings.TrimPrefix(f, "-"), there) < 0 {
			return false
		}
	}
	return true
}

func isEq(c store.Cond) bool { return c.Op == store.Eq }

// cuts reports whether a condition on the first sort field is one stretch of
// the index.
func cuts(c store.Cond) bool { return c.Op != store.In }

func find(conds []store.Cond, field string, ok func(store.Cond) bool) int {
	return slices.IndexFunc(conds, func(c store.Cond) bool { return c.Field == field && ok(c) })
}
