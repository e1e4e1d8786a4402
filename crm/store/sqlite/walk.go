package sqlite

import (
	"math"
	"slices"
	"strings"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// walk is a checked query in terms of tables: which index is read, from where,
// and what is tested on the way. What a query means is settled in crm/store/plan.
type walk struct {
	t       *table
	ix      *index // nil: by words, or the whole table
	words   []string
	eq      []value
	sort    []indexField
	span    span // of the first sort field
	rest    []cond
	atWords bool // fields are read in the words table where they stand there
	none    bool // nothing can match
	whole   bool
}

// cond is a condition with encoded values.
type cond struct {
	field  int
	kind   store.Kind
	op     store.Op
	values []value
}

// span is the part of the first sort field that is walked.
type span struct {
	lo, hi         *value
	loOpen, hiOpen bool
	missing        bool // only rows that lack the field
}

// bounded also says that missing values are left out.
func (s span) bounded() bool { return s.lo != nil || s.hi != nil }

// bounded walks examine at most store.MaxExamined rows a page; a text query
// sorts its candidates whole.
func (w *walk) bounded() bool { return w.ix != nil }

func (t *table) walk(p *plan.Query) *walk {
	w := &walk{t: t, words: p.Words, none: p.Never, whole: p.Index == plan.Whole}
	switch {
	case p.Index >= 0:
		w.ix = t.indexes[p.Index]
	case p.Index == plan.ByID:
		w.ix = t.byID
	}
	for _, c := range p.Equal {
		w.eq = append(w.eq, encode(c.Values[0]))
	}
	for _, k := range p.Order {
		w.sort = append(w.sort, indexField{t.byName[k.Field], k.Desc})
	}
	for _, c := range p.Range {
		w.span.narrow(t.cond(c))
	}
	w.none = w.none || w.span.missing && w.span.bounded()
	for _, c := range p.Rest {
		w.rest = append(w.rest, t.cond(c))
	}
	return w
}

func (t *table) cond(c store.Cond) cond {
	i := t.byName[c.Field]
	out := cond{field: i, kind: t.field(i).Kind, op: c.Op}
	for _, v := range c.Values {
		out.values = append(out.values, encode(v))
	}
	return out
}

// enterSide makes the equality that enters a side table's index out of the
// condition on its Strings field. Counts and tallies leave it among the rest.
func (w *walk) enterSide() {
	if w.ix == nil || w.ix.side == nil || len(w.eq) > 0 {
		return
	}
	for n, c := range w.rest {
		if c.field == w.ix.side.field && c.op == store.Eq {
			w.eq = []value{c.values[0]}
			w.rest = append(append([]cond{}, w.rest[:n]...), w.rest[n+1:]...)
			return
		}
	}
}

// narrow cuts the span by a condition.
func (s *span) narrow(c cond) {
	switch c.op {
	case store.Eq:
		s.above(c.values[0], false)
		s.below(c.values[0], false)
	case store.Gt, store.Ge:
		s.above(c.values[0], c.op == store.Gt)
	case store.Lt, store.Le:
		s.below(c.values[0], c.op == store.Lt)
	case store.Present:
		s.above(lowest(c.kind), false)
	case store.Missing:
		s.missing = true
	}
}

// lowest is the least value of a kind: SQLite seeks for it, but does not for IS
// NOT NULL.
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

// source writes FROM with the index forced: SQLite has no say in it, and says
// so in an error when the index cannot be used.
func (w *walk) source(q *query) {
	t := w.t
	switch {
	case w.ix == nil:
		q.add(" FROM " + t.sql + " AS t NOT INDEXED")
	case w.ix.side == nil:
		q.add(" FROM " + t.sql + " AS t INDEXED BY " + w.ix.sql)
	default:
		// CROSS JOIN keeps the order of the tables.
		q.add(" FROM " + w.ix.side.sql + " AS x INDEXED BY " + w.ix.sql +
			" CROSS JOIN " + t.sql + " AS t INDEXED BY " + t.byID.sql + ` ON t."_id" = x.doc`)
	}
}

// column is where a field is read: in the side table if that is walked and has
// it, so that the main table need not be looked at.
func (w *walk) column(i int) string {
	if w.atWords && slices.Contains(w.t.copies, i) {
		return "k." + quote(w.t.field(i).Name)
	}
	if w.ix != nil && w.ix.side != nil {
		for _, c := range w.ix.side.copies {
			if c == i {
				return "x." + quote(w.t.field(i).Name)
			}
		}
	}
	return w.t.col(i)
}

// walked is the n-th field of the index as a column of what is walked.
func (w *walk) walked(n int) string {
	if w.ix.side != nil && n == 0 {
		return "x.value"
	}
	return w.column(w.ix.fields[n].field)
}

func (w *walk) idColumn() string {
	if w.atWords {
		return "k.doc"
	}
	if w.ix != nil && w.ix.side != nil {
		return "x.doc"
	}
	return `t."_id"`
}

func (w *walk) sortColumn(n int) string { return w.column(w.sort[n].field) }

// filter writes the conditions that the index answers.
func (w *walk) filter(q *query) *separator {
	and := &separator{first: " WHERE ", next: " AND "}
	for n, v := range w.eq {
		q.add(and.String()+w.walked(n)+" = ?", v)
	}
	if w.ix != nil && w.ix.unique {
		// What a unique index leaves out, so that SQLite can prove that it has
		// every row of the query.
		for n := range w.ix.fields {
			q.add(and.String() + w.walked(n) + " IS NOT NULL")
		}
	}
	return and
}

// conditions writes conditions as tests of the row.
func (w *walk) conditions(q *query, and *separator, conds []cond) {
	for _, c := range conds {
		q.add(and.String())
		w.condition(q, c)
	}
}

func (w *walk) condition(q *query, c cond) {
	col := w.column(c.field)
	switch {
	case c.op == store.Missing:
		q.add(col + " IS NULL")
	case c.op == store.Present && c.kind == store.Strings:
		q.add(col + " IS NOT NULL")
	case c.op == store.Present:
		q.add(col+" >= ?", lowest(c.kind))
	case c.kind == store.Strings:
		q.add("EXISTS (SELECT 1 FROM " + w.t.sideOf(c.field).sql + ` AS y WHERE y.doc = ` + w.idColumn() + ` AND y.value`)
		c.compare(q)
		q.add(")")
	default:
		q.add(col)
		c.compare(q)
	}
}

func (c cond) compare(q *query) {
	if c.op != store.In {
		q.add(comparisons[c.op], c.values[0])
		return
	}
	if len(c.values) == 0 {
		q.add(" IN ()")
		return
	}
	// A power of two of parameters, the last value repeated, keeps the number
	// of different statements small.
	size := 1
	for size < len(c.values) {
		size *= 2
	}
	q.add(" IN (?" + strings.Repeat(", ?", size-1) + ")")
	for i := range size {
		q.args = append(q.args, c.values[min(i, len(c.values)-1)])
	}
}

var comparisons = map[store.Op]string{
	store.Eq: " = ?", store.Lt: " < ?", store.Le: " <= ?", store.Gt: " > ?", store.Ge: " >= ?",
}
