package sqlite

import (
	"math"
	"strings"

	"cemigmas/crm/store"
)

// cond is a checked condition: its values are encoded.
type cond struct {
	field  int
	kind   store.Kind
	op     store.Op
	values []value
}

// plan says how a query is answered.
type plan struct {
	t    *table
	ix   *index // nil for a text query
	eq   []value
	sort []indexField
	span span // of the first sort field
	rest []cond
	none bool // a condition that nothing meets, such as In without values
	seek bool // a condition of rest that the index answers too

	words []string
}

// span is the part of the first sort field that is walked.
type span struct {
	lo, hi         *value
	loOpen, hiOpen bool
}

// bounded also says that missing values are left out.
func (s span) bounded() bool { return s.lo != nil || s.hi != nil }

// checkConds encodes conditions and reports whether nothing can meet them.
func (t *table) checkConds(where []store.Cond) (conds []cond, none bool, err error) {
	for _, w := range where {
		i, ok := t.byName[w.Field]
		if !ok {
			return nil, false, fieldError(t, "", w.Field, "is not declared")
		}
		c := cond{field: i, kind: t.field(i).Kind, op: w.Op}
		for _, v := range w.Values {
			val, ok := encode(c.kind, v)
			if !ok {
				return nil, false, fieldError(t, "", w.Field, "is compared with a value of the wrong type")
			}
			c.values = append(c.values, val)
		}
		if !c.sound() {
			return nil, false, fieldError(t, "", w.Field, "is compared in a way that it cannot be")
		}
		if c.op == store.In && len(c.values) == 1 {
			c.op = store.Eq
		}
		none = none || c.op == store.In && len(c.values) == 0
		conds = append(conds, c)
	}
	return conds, none, nil
}

func (c cond) sound() bool {
	switch c.op {
	case store.Eq:
		return len(c.values) == 1
	case store.In:
		return len(c.values) <= 500
	case store.Lt, store.Le, store.Gt, store.Ge:
		return len(c.values) == 1 && c.kind != store.Strings
	case store.Missing, store.Present:
		return len(c.values) == 0
	}
	return false
}

// planFind chooses the index of a Find by the rules of store.Query.
func (t *table) planFind(q store.Query) (*plan, error) {
	conds, none, err := t.checkConds(q.Where)
	if err != nil {
		return nil, err
	}
	sort, err := t.sortFields(q.Sort)
	if err != nil {
		return nil, err
	}
	if len(q.Words) > 0 {
		return t.planWords(q.Words, conds, sort, none)
	}
	if len(sort) == 0 && len(conds) == 0 {
		return &plan{t: t, ix: t.byID}, nil
	}
	var best *plan
	for _, ix := range t.indexes {
		p := t.tryIndex(ix, conds, sort)
		if p != nil && (best == nil || p.covers() > best.covers()) {
			best = p
		}
	}
	if best == nil {
		return nil, invalid(t.c, "no index serves %s sorted by [%s]", describe(q.Where), strings.Join(q.Sort, ","))
	}
	best.none = none
	return best, nil
}

func describe(where []store.Cond) string {
	var names []string
	for _, c := range where {
		names = append(names, c.Field)
	}
	return "conditions on [" + strings.Join(names, ",") + "]"
}

func (t *table) sortFields(names []string) ([]indexField, error) {
	if len(names) > 2 {
		return nil, invalid(t.c, "at most two fields sort")
	}
	var sort []indexField
	for _, name := range names {
		bare, down := strings.CutPrefix(name, "-")
		i, ok := t.byName[bare]
		if !ok || t.field(i).Kind == store.Strings {
			return nil, fieldError(t, "", bare, "is not declared or cannot sort")
		}
		sort = append(sort, indexField{i, down})
	}
	return sort, nil
}

func (p *plan) covers() int {
	n := 2 * len(p.eq)
	if p.span.bounded() || p.seek {
		n++
	}
	return n
}

// tryIndex returns the plan that walks this index, nil when it does not serve.
func (t *table) tryIndex(ix *index, conds []cond, sort []indexField) *plan {
	k := len(ix.fields) - len(sort)
	if k < 0 {
		return nil
	}
	for n, f := range sort {
		if ix.fields[k+n] != f || ix.side != nil && k+n == 0 {
			return nil
		}
	}
	p := &plan{t: t, ix: ix, sort: sort}
	used := make([]bool, len(conds))
	for _, f := range ix.fields[:k] {
		n := findEq(conds, used, f.field)
		if n < 0 {
			return nil
		}
		used[n] = true
		p.eq = append(p.eq, conds[n].values[0])
	}
	p.takeRest(conds, used)
	if ix.unique && !p.impliesPresent() {
		return nil
	}
	return p
}

func findEq(conds []cond, used []bool, field int) int {
	for n, c := range conds {
		if !used[n] && c.field == field && c.op == store.Eq {
			return n
		}
	}
	return -1
}

// takeRest turns conditions on the first sort field into its span; the others
// are tested on the way.
func (p *plan) takeRest(conds []cond, used []bool) {
	for n, c := range conds {
		if used[n] {
			continue
		}
		if len(p.sort) == 0 || c.field != p.sort[0].field || !p.span.narrow(c) {
			p.rest = append(p.rest, c)
		}
	}
}

// narrow cuts the span by a condition, or says that it cannot express it.
func (s *span) narrow(c cond) bool {
	switch c.op {
	case store.Eq:
		s.above(c.values[0], false)
		s.below(c.values[0], false)
	case store.Gt, store.Ge:
		s.above(c.values[0], c.op == store.Gt)
	case store.Lt, store.Le:
		s.below(c.values[0], c.op == store.Lt)
	case store.Present:
		// SQLite does not seek for IS NOT NULL, but for the lowest value.
		s.above(lowest(c.kind), false)
	default:
		return false
	}
	return true
}

func lowest(kind store.Kind) value {
	if kind == store.String {
		return textValue("")
	}
	return value{kind: integer, i: math.MinInt64}
}

func (s *span) above(v value, open bool) {
	if s.lo == nil || s.lo.less(v) || *s.lo == v && open {
		s.lo, s.loOpen = &v, open
	}
}

func (s *span) below(v value, open bool) {
	if s.hi == nil || v.less(*s.hi) || *s.hi == v && open {
		s.hi, s.hiOpen = &v, open
	}
}

// impliesPresent: documents that lack a field are not in a unique index, so it
// serves only a query that leaves them out.
func (p *plan) impliesPresent() bool {
	for n, f := range p.sort {
		if n == 0 && p.span.bounded() {
			continue
		}
		found := false
		for _, c := range p.rest {
			found = found || c.field == f.field && c.op != store.Missing
		}
		if !found {
			return false
		}
	}
	return true
}
