package sqlite

import (
	"unicode/utf8"

	"zombiezen.com/go/sqlite"
)

// A text query takes one word's rows of the words table for candidates; all
// else is tested on them: the other words in the row's own list.

// enough rows of a word to stop counting them: any word below is rare.
const commonWord = 2000

// driver picks the word with the fewest rows, the first of the rare ones. It
// returns -1 when a word is in no document.
func (w *walk) driver(conn *sqlite.Conn) (int, error) {
	if len(w.words) == 1 {
		return 0, nil
	}
	best, fewest := 0, commonWord+1
	for n := range w.words {
		var q query
		q.add("SELECT count(*) FROM (SELECT 1 FROM " + w.t.words + " WHERE ")
		w.wordRange(&q, n)
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

func (w *walk) isPrefix(n int) bool { return n == len(w.words)-1 }

func (w *walk) wordRange(q *query, n int) {
	word := w.words[n]
	if w.isPrefix(n) {
		q.add("word >= ? AND word < ?", textValue(word), textValue(word+string(utf8.MaxRune)))
		return
	}
	q.add("word = ?", textValue(word))
}

// candidates writes FROM and WHERE of a text query.
func (w *walk) candidates(q *query, driver int) *separator {
	t := w.t
	and := &separator{first: " WHERE ", next: " AND "}
	q.add(" FROM " + t.sql + " AS t INDEXED BY " + t.byID.sql + and.String() +
		`t."_id" IN (SELECT doc FROM ` + t.words + " WHERE ")
	w.wordRange(q, driver)
	q.add(")")
	for n, word := range w.words {
		if n == driver {
			continue
		}
		if !w.isPrefix(n) {
			word += " "
		}
		q.add(and.String()+`instr(t."_words", ?) > 0`, textValue(" "+word))
	}
	w.conditions(q, and, w.rest)
	return and
}

func (f *find) runWords(r *reader) error {
	driver, err := f.w.driver(r.conn)
	if err != nil || driver < 0 {
		return err
	}
	var q query
	f.writeWords(&q, driver)
	_, err = f.rows(r, &q)
	return err
}

func (f *find) writeWords(q *query, driver int) {
	w := f.w
	f.selectList(q, nil)
	and := w.candidates(q, driver)
	if f.from != nil {
		q.add(and.String() + "(")
		w.behind(q, f.from)
		q.add(")")
	}
	w.orderBy(q, 0)
	q.add(" LIMIT ?", value{kind: integer, i: int64(f.p.Limit + 1)})
}

// behind tests that a row comes after a position; candidates are sorted anyway,
// so ORs do no harm.
func (w *walk) behind(q *query, from *position) {
	or := &separator{next: " OR "}
	for _, seg := range w.segments(from) {
		q.add(or.String() + "(")
		and := &separator{next: " AND "}
		seg.write(q, and, w)
		q.add(")")
	}
}
