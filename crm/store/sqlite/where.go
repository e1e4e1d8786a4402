package sqlite

import (
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// query is SQL text with the values of its parameters in order.
type query struct {
	strings.Builder
	args []value
}

func (q *query) add(sql string, args ...value) {
	q.WriteString(sql)
	q.args = append(q.args, args...)
}

func (q *query) prepare(conn *sqlite.Conn) (*sqlite.Stmt, error) {
	stmt, err := conn.Prepare(q.String())
	if err != nil {
		return nil, err
	}
	for n, v := range q.args {
		v.bind(stmt, n+1)
	}
	return stmt, nil
}

// separator writes one word first and another between: WHERE, then AND.
type separator struct {
	first, next string
	begun       bool
}

func (s *separator) String() string {
	if s.begun {
		return s.next
	}
	s.begun = true
	return s.first
}

// source writes FROM with the index forced: SQLite has no say in it, and says
// so in an error when the index cannot be used.
func (p *plan) source(q *query) {
	t := p.t
	if p.ix.side == nil {
		q.add(" FROM " + t.sql + " AS t INDEXED BY " + p.ix.sql)
		return
	}
	// CROSS JOIN keeps the order of the tables.
	q.add(" FROM " + p.ix.side.sql + " AS x INDEXED BY " + p.ix.sql +
		" CROSS JOIN " + t.sql + " AS t INDEXED BY " + t.byID.sql + ` ON t."_id" = x.doc`)
}

// walked is the n-th field of the index as a column of what is walked.
func (p *plan) walked(n int) string {
	if p.ix.side == nil {
		return p.t.col(p.ix.fields[n].field)
	}
	return "x." + p.t.indexColumn(p.ix, n)
}

func (p *plan) idColumn() string {
	if p.ix != nil && p.ix.side != nil {
		return "x.doc"
	}
	return `t."_id"`
}

// sortColumn is the n-th sort field's column.
func (p *plan) sortColumn(n int) string {
	if p.ix == nil {
		return p.t.col(p.sort[n].field)
	}
	return p.walked(len(p.ix.fields) - len(p.sort) + n)
}

func (p *plan) equalities(q *query, and *separator) {
	for n, v := range p.eq {
		q.add(and.String()+p.walked(n)+" = ?", v)
	}
}

// partial repeats what a unique index leaves out, so that SQLite can prove that
// the index has every row of the query.
func (p *plan) partial(q *query, and *separator) {
	if p.ix.unique {
		for n := range p.ix.fields {
			q.add(and.String() + p.walked(n) + " IS NOT NULL")
		}
	}
}

func (s span) write(q *query, and *separator, col string) {
	if s.lo != nil {
		q.add(and.String()+col+pick(s.loOpen, " > ?", " >= ?"), *s.lo)
	}
	if s.hi != nil {
		q.add(and.String()+col+pick(s.hiOpen, " < ?", " <= ?"), *s.hi)
	}
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// condition writes a condition as a test of the row.
func (t *table) condition(q *query, c cond) {
	col := t.col(c.field)
	switch c.op {
	case store.Missing:
		q.add(col + " IS NULL")
		return
	case store.Present:
		q.add(col + " IS NOT NULL")
		return
	}
	if c.kind == store.Strings {
		q.add("EXISTS (SELECT 1 FROM " + t.sideOf(c.field).sql + ` AS y WHERE y.doc = t."_id" AND y.value`)
		c.compare(q)
		q.add(")")
		return
	}
	q.add(col)
	c.compare(q)
}

func (c cond) compare(q *query) {
	switch c.op {
	case store.Eq:
		q.add(" = ?", c.values[0])
	case store.Lt:
		q.add(" < ?", c.values[0])
	case store.Le:
		q.add(" <= ?", c.values[0])
	case store.Gt:
		q.add(" > ?", c.values[0])
	case store.Ge:
		q.add(" >= ?", c.values[0])
	case store.In:
		// A power of two of parameters, the last value repeated, keeps the
		// number of different statements small.
		size := 1
		for size < len(c.values) {
			size *= 2
		}
		q.add(" IN (?" + strings.Repeat(", ?", size-1) + ")")
		for i := range size {
			q.args = append(q.args, c.values[min(i, len(c.values)-1)])
		}
	}
}

func (t *table) conditions(q *query, and *separator, conds []cond) {
	for _, c := range conds {
		q.add(and.String())
		t.condition(q, c)
	}
}
