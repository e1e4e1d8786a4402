package sqlite

import (
	"slices"
	"unicode/utf8"

	"cemigmas/crm/store"
)

// A text query takes one word's rows of the words table for candidates; all
// else is tested on them: the other words in the row's own list.

// driver picks a word with few rows: words are counted up to a limit that
// grows, so that a rare one is found without counting the common ones. It
// returns -1 when a word is in no document, and how many rows the word has, at
// most commonWord, which says that all are common.
func (w *walk) driver(r *reader) (driver, rows int, err error) {
	longest := 0
	for limit := 64; limit <= commonWord; limit *= 8 {
		for n, word := range w.words {
			count, err := w.countWord(r, n, limit)
			if err != nil {
				return 0, 0, err
			}
			if count == 0 {
				return -1, 0, nil
			}
			if count < limit {
				return n, count, nil
			}
			if len(word) > len(w.words[longest]) {
				longest = n
			}
		}
	}
	return longest, commonWord, nil // long words rather less
}

const (
	commonWord = 4096 // rows
	rareWord   = 512  // rows that are sorted sooner than anything else is tried
	trial      = 256  // rows of a walk that say whether it will fill the page
)

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

// ofWords is the walk with fields read in the words table where they stand there.
func (w *walk) ofWords() *walk {
	k := *w
	k.atWords = true
	return &k
}

// parted parts the conditions that the words table can test from the others.
func (w *walk) parted() (there, rest []cond) {
	for _, c := range w.rest {
		if slices.Contains(w.t.copies, c.field) {
			there = append(there, c)
		} else {
			rest = append(rest, c)
		}
	}
	return there, rest
}

// narrowed reports whether the words table alone tells what matches: one word,
// and conditions on what stands there.
func (w *walk) narrowed() bool {
	_, rest := w.parted()
	return len(w.t.copies) > 0 && len(w.words) == 1 && len(rest) == 0
}

// settled also says that the order is told there.
func (w *walk) settled() bool {
	return w.narrowed() && !slices.ContainsFunc(w.sort, func(by indexField) bool { return !slices.Contains(w.t.copies, by.field) })
}

// hits writes FROM and WHERE of the rows of a word in the words table, with the
// conditions that it can test.
func (w *walk) hits(q *query, driver int) *separator {
	there, _ := w.parted()
	and := &separator{first: " WHERE ", next: " AND "}
	q.add(" FROM " + w.t.words + " AS k" + and.String())
	w.wordRange(q, driver)
	w.ofWords().conditions(q, and, there)
	return and
}

// candidates writes FROM and WHERE of a text query.
func (w *walk) candidates(q *query, driver int) *separator {
	t := w.t
	and := &separator{first: " WHERE ", next: " AND "}
	q.add(" FROM " + t.sql + " AS t INDEXED BY " + t.byID.sql + and.String() + `t."_id" IN (SELECT k.doc`)
	w.hits(q, driver)
	q.add(")")
	w.wordTests(q, and, driver)
	_, rest := w.parted()
	w.conditions(q, and, rest)
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
	driver, rows, err := f.w.driver(r)
	if err != nil || driver < 0 {
		return err
	}
	if rows > rareWord && f.ordered != nil {
		if full, err := f.runOrdered(r, rows); full || err != nil {
			return err
		}
	}
	once := false
	if f.w.settled() {
		if once, err = f.w.oneWord(r, driver); err != nil {
			return err
		}
	}
	var q query
	f.writeWords(&q, driver, once)
	_, err = f.rows(r, &q)
	return err
}

// oneWord reports whether only one word of the table has a beginning: then each
// document stands there once.
func (w *walk) oneWord(r *reader, n int) (bool, error) {
	if !w.isPrefix(n) {
		return true, nil
	}
	var q query
	for _, end := range []string{"SELECT (SELECT word FROM ", " DESC LIMIT 1) = (SELECT word FROM "} {
		q.add(end + w.t.words + " WHERE ")
		w.wordRange(&q, n)
		q.add(" ORDER BY word")
	}
	q.add(" LIMIT 1)")
	stmt, err := q.prepare(r)
	if err != nil {
		return false, err
	}
	defer stmt.Reset()
	_, err = stmt.Step()
	return stmt.ColumnInt(0) == 1, err
}

// runOrdered answers a text query by walking the index of its order and testing
// the words on the way. That fills a page sooner than sorting many candidates
// when the words are common, such as a first letter, and when fewer rows are in
// reach than there are candidates, such as an agent's clients. Else it looks at
// no more rows than that, each of which costs less, and gives up when the first
// of them promise no page. Then the page is begun anew from the candidates.
func (f *find) runOrdered(r *reader, candidates int) (full bool, err error) {
	attempt := *f
	attempt.w, attempt.most, attempt.trying = f.ordered, candidates, true
	if candidates == commonWord {
		attempt.most = store.MaxExamined
	}
	// A row of the walk costs half of a candidate, which is looked up by its id.
	worth := min(2*candidates, store.MaxExamined)
	if f.w.settled() { // to sort the word's own rows costs half: no document is looked at
		worth = candidates / 2
		if candidates < commonWord {
			attempt.most = worth
		}
	}
	if reach, err := f.ordered.inReach(r, worth); err != nil {
		return false, err
	} else if reach < worth {
		attempt.most, attempt.trying = store.MaxExamined, false
	}
	if err := attempt.runSegments(r); err != nil {
		return false, err
	}
	if attempt.gaveUp {
		return false, nil
	}
	f.page = attempt.page
	return true, nil
}

// inReach counts the rows of a walk without its tests, up to a limit. It is the
// limit where that is not worth counting: nothing narrows the walk.
func (w *walk) inReach(r *reader, limit int) (int, error) {
	if len(w.eq) == 0 || w.ix == nil || w.ix.side != nil {
		return limit, nil
	}
	var q query
	q.add("SELECT count(*) FROM (SELECT 1")
	w.source(&q)
	w.filter(&q)
	q.add(limitParam+")", value{kind: integer, i: int64(limit)})
	stmt, err := q.prepare(r)
	if err != nil {
		return 0, err
	}
	defer stmt.Reset()
	_, err = stmt.Step()
	return stmt.ColumnInt(0), err
}

// hopeless says of a walk on trial that it ended before the page was full, or
// would.
func (f *find) hopeless() bool {
	if !f.trying || f.n == f.p.Limit {
		return false
	}
	return f.examined == f.most || f.examined == trial && f.n*f.most/trial < f.p.Limit
}

// writeWords sorts candidates without their bodies, of which only those of the page
// are fetched then: a sort carries along all that its rows hold.
// once: each stands in the words table once.
func (f *find) writeWords(q *query, driver int, once bool) {
	w, t := f.w, f.w.t
	f.selectList(q, false)
	in := w
	var and *separator
	if w.settled() {
		in = w.ofWords()
		q.add(" FROM (SELECT " + pick(once, "", "DISTINCT ") + `k.doc AS "_at"`)
		for n := range in.sort {
			q.add(", " + in.sortColumn(n))
		}
		and = w.hits(q, driver)
	} else {
		q.add(` FROM (SELECT t."_id" AS "_at"`)
		and = w.candidates(q, driver)
	}
	if f.from != nil {
		q.add(and.String() + "(")
		in.behind(q, f.from)
		q.add(")")
	}
	in.orderBy(q, 0)
	q.add(limitParam+") CROSS JOIN "+t.sql+" AS t INDEXED BY "+t.byID.sql+` ON t."_id" = "_at"`, value{kind: integer, i: int64(f.p.Limit + 1)})
	w.orderBy(q, 0)
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
