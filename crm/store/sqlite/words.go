package sqlite

import (
	"strings"
	"unicode/utf8"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// planWords is the plan of a text query: one word's rows in the words table are
// the candidates, everything else is tested on them.
func (t *table) planWords(words []string, conds []cond, sort []indexField, none bool) (*plan, error) {
	if t.words == "" {
		return nil, invalid(t.c, "the collection has no text search")
	}
	for _, w := range words {
		if w == "" || strings.ContainsRune(w, ' ') || !utf8.ValidString(w) {
			return nil, invalid(t.c, "a word is empty or has a space")
		}
	}
	return &plan{t: t, words: words, sort: sort, rest: conds, none: none}, nil
}

// enough rows of a word to stop counting them: any word below is rare.
const commonWord = 2000

// driver picks the word with the fewest rows, the first of the rare ones. It
// returns -1 when a word is in no document.
func (p *plan) driver(conn *sqlite.Conn) (int, error) {
	if len(p.words) == 1 {
		return 0, nil
	}
	best, fewest := 0, commonWord+1
	for n := range p.words {
		var q query
		q.add("SELECT count(*) FROM (SELECT 1 FROM " + p.t.words + " WHERE ")
		p.wordRange(&q, n)
		q.add(" LIMIT ?)", value{kind: integer, i: commonWord})
		stmt, err := q.prepare(conn)
		if err != nil {
			return 0, err
		}
		if _, err := stmt.Step(); err != nil {
			return 0, err
		}
		count := stmt.ColumnInt(0)
		stmt.Reset()
		if count == 0 {
			return -1, nil
		}
		if count < fewest {
			best, fewest = n, count
		}
	}
	return best, nil
}

func (p *plan) isPrefix(n int) bool { return n == len(p.words)-1 }

func (p *plan) wordRange(q *query, n int) {
	w := p.words[n]
	if p.isPrefix(n) {
		q.add("word >= ? AND word < ?", textValue(w), textValue(w+string(utf8.MaxRune)))
		return
	}
	q.add("word = ?", textValue(w))
}

// candidates writes FROM and WHERE of a text query.
func (p *plan) candidates(q *query, driver int) *separator {
	t := p.t
	and := &separator{first: " WHERE ", next: " AND "}
	q.add(" FROM " + t.sql + " AS t INDEXED BY " + t.byID.sql + and.String() +
		`t."_id" IN (SELECT doc FROM ` + t.words + " WHERE ")
	p.wordRange(q, driver)
	q.add(")")
	for n, w := range p.words {
		if n == driver {
			continue
		}
		if !p.isPrefix(n) {
			w += " "
		}
		q.add(and.String()+`instr(t."_words", ?) > 0`, textValue(" "+w))
	}
	t.conditions(q, and, p.rest)
	return and
}

func (f *find) runWords(r *reader) error {
	driver, err := f.p.driver(r.conn)
	if err != nil || driver < 0 {
		return err
	}
	var q query
	f.writeWords(&q, driver)
	_, err = f.walk(r, &q)
	return err
}

func (f *find) writeWords(q *query, driver int) {
	p := f.p
	f.selectList(q, nil)
	and := p.candidates(q, driver)
	if f.from != nil {
		q.add(and.String() + "(")
		p.behind(q, f.from)
		q.add(")")
	}
	p.orderBy(q, 0)
	q.add(" LIMIT ?", value{kind: integer, i: int64(f.limit + 1)})
}

// behind tests that a row comes after a position; candidates are sorted anyway,
// so ORs do no harm.
func (p *plan) behind(q *query, from *position) {
	or := &separator{next: " OR "}
	for _, seg := range p.segments(from) {
		q.add(or.String() + "(")
		and := &separator{next: " AND "}
		seg.write(q, and, p)
		q.add(")")
	}
}

func (s *Store) wordsPlan(q store.Query, t *table) (*plan, error) {
	conds, none, err := t.checkConds(q.Where)
	if err != nil {
		return nil, err
	}
	return t.planWords(q.Words, conds, nil, none)
}
