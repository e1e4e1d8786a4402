package sqlite

import (
	"unicode/utf8"

	"cemigmas/crm/store"
)

// A text query takes one word's rows of the words table for candidates; all
// else is tested on them: the other words in the row's own list.

// driver picks a word with few rows: words are counted up to a limit that
// grows, so that a rare one is found without counting the common ones. It
// returns -1 when a word is in no document, and says when all are common.
func (w *walk) driver(r *reader) (driver int, common bool, err error) {
	longest := 0
	for limit := 64; limit <= 4096; limit *= 8 {
		for n, word := range w.words {
			count, err := w.countWord(r, n, limit)
			if err != nil {
				return 0, false, err
			}
			if count == 0 {
				return -1, false, nil
			}
			if count < limit {
				return n, false, nil
			}
			if len(word) > len(w.words[longest]) {
				longest = n
			}
		}
	}
	return longest, true, nil // long words rather less
}

func (w *walk) countWord(r *reader, n, limit int) (int, error) {
	var q query
	q.add("SELECT count(*) FROM (SELECT 1 FROM " + w.t.words + " WHERE ")
	w.wordRange(&q, n)
	q.add(limitParam+")", value{kind: integer, i: int64(limit)})
	stmt, err := q.prepare(r)
	if err != nil {
		return 0, err
	}
	defer stmt.Reset()
	_, err = stmt.Step()
	return stmt.ColumnInt(0), err
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
	w.wordTests(q, and, driver)
	w.conditions(q, and, w.rest)
	return and
}

// wordTests looks for the words, but for one, in the row's own list.
func (w *walk) wordTests(q *query, and *separator, but int) {
	for n, word := range w.words {
		if n == but {
			continue
		}
		if !w.isPrefix(n) {
			word += " "
		}
		q.add(and.String()+`instr(t."_words", ?) > 0`, textValue(" "+word))
	}
}

func (f *find) runWords(r *reader) error {
	driver, common, err := f.w.driver(r)
	if err != nil || driver < 0 {
		return err
	}
	if common && f.ordered != nil {
		if full, err := f.runOrdered(r); full || err != nil {
			return err
		}
	}
	var q query
	f.writeWords(&q, driver)
	_, err = f.rows(r, &q)
	return err
}

// runOrdered answers a text query whose words are all common, such as a first
// letter, by walking the index of its order and testing the words on the way:
// that fills a page sooner than sorting thousands of candidates. When it does
// not, the page is begun anew from the candidates.
func (f *find) runOrdered(r *reader) (full bool, err error) {
	attempt := *f
	attempt.w = f.ordered
	if err := attempt.runSegments(r); err != nil {
		return false, err
	}
	if attempt.examined >= store.MaxExamined && attempt.n < f.p.Limit {
		return false, nil
	}
	f.page = attempt.page
	return true, nil
}

func (f *find) writeWords(q *query, driver int) {
	w := f.w
	f.selectList(q, false)
	and := w.candidates(q, driver)
	if f.from != nil {
		q.add(and.String() + "(")
		w.behind(q, f.from)
		q.add(")")
	}
	w.orderBy(q, 0)
	q.add(limitParam, value{kind: integer, i: int64(f.p.Limit + 1)})
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
