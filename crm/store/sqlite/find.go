package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Find returns one page of a query.
func (s *Store) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if plan.Forked(q.Where) {
		return plan.FindEither(ctx, q, s.Find)
	}
	if err := s.enter(ctx); err != nil {
		return store.Page{}, err
	}
	defer s.leave()
	f, err := s.newFind(ctx, q)
	if err != nil || f.w.none {
		return store.Page{}, err
	}
	err = s.read(ctx, f.byWords(), f.run)
	if err != nil {
		return store.Page{}, wrap(f.w.t, "", err)
	}
	if q.Bare {
		f.w.t.bare.Store(int64(len(f.page.Rows.JSON)))
	}
	if f.n == 0 {
		f.page.Rows = store.Rows{} // the room that was made for it is no answer
	}
	return f.page, nil
}

// find is one Find on its way.
type find struct {
	ctx      context.Context
	p        *plan.Query
	w        *walk
	ordered  *walk // of a text query: the index that brings its order, or nil
	from     *position
	examined int
	page     store.Page
	n        int       // rows of the page
	last     *position // set when the page is full
	most     int       // rows that may be examined
	trying   bool      // a walk that may give up
	gaveUp   bool
	buf      []byte // bodies are cut from it
}

func (s *Store) newFind(ctx context.Context, q store.Query) (*find, error) {
	t, err := s.table(q.In)
	if err != nil {
		return nil, err
	}
	p, err := plan.Find(q)
	if err != nil {
		return nil, err
	}
	f := &find{ctx: ctx, p: p, w: t.walk(p), most: store.MaxExamined}
	if n := t.bare.Load(); q.Bare && n > 0 {
		f.page.Rows = store.Rows{JSON: make([]byte, 0, n+n/8), Ends: make([]int, 0, p.Limit)}
	}
	if f.byWords() {
		q.Words, q.After = nil, ""
		if p, err := plan.Find(q); err == nil {
			f.ordered = t.walk(p)
			f.ordered.words = f.p.Words
		}
	}
	if p.After != nil {
		f.from = &position{id: p.After.ID}
		for _, v := range p.After.Values {
			f.from.sort = append(f.from.sort, encode(v))
		}
	}
	return f, nil
}

func (f *find) byWords() bool { return f.p.Index == plan.ByWords }

func (f *find) run(r *reader) error {
	if f.byWords() {
		return f.runWords(r)
	}
	return f.runSegments(r)
}

func (f *find) runSegments(r *reader) error {
	for _, seg := range f.w.segments(f.from) {
		var q query
		f.writeSegment(&q, seg)
		if done, err := f.rows(r, &q); done || err != nil {
			return err
		}
	}
	return nil
}

// rows takes the rows of one statement and reports whether the page ended.
func (f *find) rows(r *reader, q *query) (bool, error) {
	stmt, err := q.prepare(r)
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
			f.page.Next = f.next()
			return true, nil
		}
		f.take(stmt)
		if f.hopeless() {
			f.gaveUp = true
			return true, nil
		}
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
	if !stmt.ColumnIsNull(colBody) {
		f.n++
		if f.p.Bare {
			stmt.ColumnBytes(colBody, f.page.Rows.Grow(stmt.ColumnLen(colBody)))
		} else {
			f.page.Docs = append(f.page.Docs, f.doc(stmt))
		}
	}
	if f.n == f.p.Limit || f.examined == f.most && f.w.bounded() {
		f.last = &position{id: stmt.ColumnText(colID)}
		for n := range f.w.sort {
			f.last.sort = append(f.last.sort, columnValue(stmt, colSort+n))
		}
	}
}

func (f *find) doc(stmt *sqlite.Stmt) store.Doc {
	if f.page.Docs == nil {
		f.page.Docs = make([]store.Doc, 0, min(f.p.Limit, 64))
	}
	d := store.Doc{ID: stmt.ColumnText(colID), Version: stmt.ColumnInt64(colVersion), Body: f.body(stmt)}
	if f.p.WithKeys {
		f.w.t.fillKeys(&d, stmt, colSort+len(f.w.sort))
	}
	if f.p.SortKeys {
		d.Keys = make(store.Keys, len(f.p.Order))
		for n, k := range f.p.Order {
			if v := decode(columnValue(stmt, colSort+n), k.Kind); v != nil {
				d.Keys[k.Field] = v
			}
		}
	}
	return d
}

func (f *find) next() string {
	at := plan.Place{ID: f.last.id}
	for n, v := range f.last.sort {
		at.Values = append(at.Values, decode(v, f.p.Order[n].Kind))
	}
	return f.p.Cursor(at)
}

const bodyChunk = 32 << 10

func (f *find) body(stmt *sqlite.Stmt) []byte {
	n := stmt.ColumnLen(colBody)
	if n > cap(f.buf)-len(f.buf) {
		f.buf = make([]byte, 0, max(n, min(bodyChunk, n*(f.p.Limit-f.n+1))))
	}
	from := len(f.buf)
	f.buf = f.buf[:from+n]
	b := f.buf[from : from+n : from+n]
	stmt.ColumnBytes(colBody, b)
	return b
}

// selectList writes what a walk reads. A row that fails a test on the way goes
// without its body, which then need not be fetched.
func (f *find) selectList(q *query, tested bool) {
	w := f.w
	version := `t."_v"`
	if f.p.Bare {
		version = "0" // nobody reads it
	}
	q.add("SELECT " + w.idColumn() + ", " + version + ", ")
	if !tested {
		q.add(`t."_body"`)
	} else {
		q.add("CASE WHEN ")
		and := &separator{next: " AND "}
		w.conditions(q, and, w.rest)
		w.wordTests(q, and, -1)
		q.add(` THEN t."_body" END`)
	}
	for n := range w.sort {
		q.add(", " + w.sortColumn(n))
	}
	if f.p.WithKeys {
		for i := range w.t.c.Fields {
			q.add(", " + w.t.col(i))
		}
		if w.t.words != "" {
			q.add(`, t."_words"`)
		}
	}
}

// plainKey names the statement of a first page without tests, which most pages
// are: it is written once.
type plainKey struct {
	ix             *index
	equal          int
	bare, withKeys bool
}

func (f *find) writeSegment(q *query, seg segment) {
	w := f.w
	tested := len(w.rest) > 0 || len(w.words) > 0
	plain := f.from == nil && w.span == span{} && !tested
	key := plainKey{w.ix, len(w.eq), f.p.Bare, f.p.WithKeys}
	rows := f.p.Limit + 1
	if tested {
		rows = f.most + 1
	}
	if plain {
		if sql, ok := w.t.plain.Load(key); ok {
			q.text, q.args = sql.(string), append(append(make([]value, 0, 4), w.eq...), value{kind: integer, i: int64(rows)})
			return
		}
	}
	q.Grow(512)
	f.selectList(q, tested)
	w.source(q)
	seg.write(q, w.filter(q), w)
	w.orderBy(q, seg.constant())
	q.add(limitParam, value{kind: integer, i: int64(rows)})
	if plain {
		w.t.plain.Store(key, q.String())
	}
}

// orderBy leaves out the sort fields that the segment holds constant, and the id
// in a unique index, where no two rows tie.
func (w *walk) orderBy(q *query, constant int) {
	by := &separator{first: " ORDER BY ", next: ", "}
	for n := constant; n < len(w.sort); n++ {
		q.add(by.String() + w.sortColumn(n) + pick(w.sort[n].down, " DESC", ""))
	}
	if w.ix == nil || !w.ix.unique {
		q.add(by.String() + w.idColumn())
	}
}

// explain is EXPLAIN QUERY PLAN of each statement that a Find may run.
func (f *find) explain(r *reader) (string, error) {
	var b strings.Builder
	for _, seg := range f.w.segments(f.from) {
		var q query
		f.writeSegment(&q, seg)
		if err := explain(r.conn, &q, &b); err != nil {
			return "", err
		}
	}
	return b.String(), nil
}
