package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// Find returns one page of a query.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.enter(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.leave()
	f, err := s.newFind(ctx, q)
	if err != nil || f.p.none {
		return store.Page{}, err
	}
	err = s.read(ctx, f.p.ix == nil, f.run)
	if err != nil {
		return store.Page{}, wrap(f.p.t, "", err)
	}
	return f.page, nil
}

// find is one Find on its way.
type find struct {
	ctx      context.Context
	q        store.Query
	p        *plan
	from     *position
	limit    int
	examined int
	page     store.Page
	last     *position // set when the page is full
	buf      []byte    // bodies are cut from it
}

func (s *Store) newFind(ctx context.Context, q store.Query) (*find, error) {
	t, err := s.table(q.In)
	if err != nil {
		return nil, err
	}
	f := &find{ctx: ctx, q: q, limit: q.Limit}
	if f.limit == 0 {
		f.limit = 50
	}
	if f.limit < 0 || f.limit > store.MaxPage {
		return nil, invalid(t.c, "a page has 1 to %d documents, not %d", store.MaxPage, q.Limit)
	}
	if f.p, err = t.planFind(q); err != nil {
		return nil, err
	}
	f.from, err = f.p.start(q)
	return f, err
}

func (f *find) run(r *reader) error {
	if f.p.ix == nil {
		return f.runWords(r)
	}
	for _, seg := range f.p.segments(f.from) {
		var q query
		f.writeSegment(&q, seg)
		if done, err := f.walk(r, &q); done || err != nil {
			return err
		}
	}
	return nil
}

// walk takes the rows of one statement and reports whether the page ended.
func (f *find) walk(r *reader, q *query) (bool, error) {
	stmt, err := q.prepare(r.conn)
	if err != nil {
		return false, err
	}
	defer stmt.Reset()
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return false, err
		}
		if f.last != nil {
			// There is more behind the last row of the page.
			f.page.Next = f.p.next(f.q, *f.last)
			return true, nil
		}
		f.take(stmt)
		if f.examined%256 == 0 && f.ctx.Err() != nil {
			return false, f.ctx.Err()
		}
	}
}

// Columns of a walk's statement.
const (
	colID = iota
	colVersion
	colBody
	colSort // then the fields and words, with WithKeys
)

// take adds the row to the page unless it failed a test on the way, in which
// case it has no body.
func (f *find) take(stmt *sqlite.Stmt) {
	f.examined++
	matched := !stmt.ColumnIsNull(colBody)
	if matched {
		d := store.Doc{ID: stmt.ColumnText(colID), Version: stmt.ColumnInt64(colVersion), Body: f.body(stmt)}
		if f.q.WithKeys {
			f.p.t.fillKeys(&d, stmt, colSort+len(f.p.sort))
		}
		if f.page.Docs == nil {
			f.page.Docs = make([]store.Doc, 0, min(f.limit, 64))
		}
		f.page.Docs = append(f.page.Docs, d)
	}
	if len(f.page.Docs) == f.limit || f.examined == store.MaxExamined && f.p.ix != nil {
		f.last = &position{id: stmt.ColumnText(colID)}
		for n := range f.p.sort {
			f.last.sort = append(f.last.sort, columnValue(stmt, colSort+n))
		}
	}
}

const bodyChunk = 32 << 10

func (f *find) body(stmt *sqlite.Stmt) []byte {
	n := stmt.ColumnLen(colBody)
	if n > cap(f.buf)-len(f.buf) {
		f.buf = make([]byte, 0, max(n, min(bodyChunk, n*(f.limit-len(f.page.Docs)))))
	}
	from := len(f.buf)
	f.buf = f.buf[:from+n]
	b := f.buf[from : from+n : from+n]
	stmt.ColumnBytes(colBody, b)
	return b
}

// selectList writes what a walk reads. A row that fails a test on the way goes
// without its body, which then need not be fetched.
func (f *find) selectList(q *query, tested []cond) {
	p := f.p
	q.add("SELECT " + p.idColumn() + `, t."_v", `)
	if len(tested) == 0 {
		q.add(`t."_body"`)
	} else {
		q.add("CASE WHEN ")
		p.t.conditions(q, &separator{next: " AND "}, tested)
		q.add(` THEN t."_body" END`)
	}
	for n := range p.sort {
		q.add(", " + p.sortColumn(n))
	}
	if f.q.WithKeys {
		for i := range p.t.c.Fields {
			q.add(", " + p.t.col(i))
		}
		if p.t.words != "" {
			q.add(`, t."_words"`)
		}
	}
}

func (f *find) writeSegment(q *query, seg segment) {
	p := f.p
	q.Grow(512)
	f.selectList(q, p.rest)
	p.source(q)
	and := &separator{first: " WHERE ", next: " AND "}
	p.equalities(q, and)
	p.partial(q, and)
	seg.write(q, and, p)
	p.orderBy(q, seg.fixed)
	rows := f.limit + 1
	if len(p.rest) > 0 {
		rows = store.MaxExamined + 1
	}
	q.add(" LIMIT ?", value{kind: integer, i: int64(rows)})
}

// orderBy leaves out the sort fields that the segment holds fixed.
func (p *plan) orderBy(q *query, fixed int) {
	q.add(" ORDER BY ")
	for n := fixed; n < len(p.sort); n++ {
		q.add(p.sortColumn(n) + pick(p.sort[n].down, " DESC, ", ", "))
	}
	q.add(p.idColumn())
}

// explain is EXPLAIN QUERY PLAN of each statement that a Find may run.
func (f *find) explain(r *reader) (string, error) {
	var b strings.Builder
	for _, seg := range f.p.segments(f.from) {
		var q query
		f.writeSegment(&q, seg)
		if err := explain(r.conn, &q, &b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}
