package sqlite

import (
	"slices"
	"strings"
	"unsafe"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

func (r *row) do(w *session, _ *Store) error {
	if r.version > 0 && !r.ifAbsent {
		return r.update(w)
	}
	query := r.t.insertSQL
	if r.ifAbsent {
		query = r.t.insertIfAbsentSQL
	}
	stmt, err := w.stmt(query)
	if err != nil {
		return err
	}
	stmt.BindText(1, r.id)
	stmt.BindInt64(2, 1)
	r.bindFrom(stmt, 3)
	_, err = stmt.Step()
	stmt.Reset()
	if err != nil {
		return r.explain(w, err)
	}
	if r.ifAbsent && w.conn.Changes() == 0 {
		return nil
	}
	if err := r.addSides(w); err != nil {
		return err
	}
	return r.t.changeWords(w, r.id, wordRows{}, r.wordRows())
}

func (r *row) wordRows() wordRows {
	rows := wordRows{words: r.words}
	for _, i := range r.t.copies {
		rows.copies = append(rows.copies, r.cols[i])
	}
	return rows
}

// bindFrom binds fields, words and body and returns the next parameter.
func (r *row) bindFrom(stmt *sqlite.Stmt, n int) int {
	for _, v := range r.cols {
		v.bind(stmt, n)
		n++
	}
	if r.t.words != "" {
		stmt.BindText(n, joinWords(r.words))
		n++
	}
	// As text, for people who look into the file; SQLite copies it.
	stmt.BindText(n, unsafe.String(unsafe.SliceData(r.body), len(r.body)))
	return n + 1
}

func (r *row) update(w *session) error {
	old, err := r.t.storedWords(w, r.id)
	if err != nil {
		return err
	}
	stmt, err := w.stmt(r.t.updateSQL)
	if err != nil {
		return err
	}
	stmt.BindInt64(1, r.version+1)
	n := r.bindFrom(stmt, 2)
	stmt.BindText(n, r.id)
	stmt.BindInt64(n+1, r.version)
	_, err = stmt.Step()
	stmt.Reset()
	if err != nil {
		return r.explain(w, err)
	}
	if w.conn.Changes() == 0 {
		return r.t.versionError(w, r.id)
	}
	if err := r.replaceSides(w); err != nil {
		return err
	}
	return r.t.changeWords(w, r.id, old, r.wordRows())
}

func (r *row) addSides(w *session) error {
	for n, s := range r.t.sides {
		if err := s.add(w, r.t, r.id, r.lists[n], r.cols); err != nil {
			return err
		}
	}
	return nil
}

func (r *row) replaceSides(w *session) error {
	for _, s := range r.t.sides {
		if err := w.run(s.deleteSQL, textValue(r.id)); err != nil {
			return err
		}
	}
	return r.addSides(w)
}

// add writes a side table's rows of one document; cols are all its fields.
func (s *side) add(w *session, t *table, id string, list []string, cols []value) error {
	if len(list) == 0 {
		return nil
	}
	stmt, err := w.stmt(s.insertSQL)
	if err != nil {
		return err
	}
	for _, v := range list {
		stmt.BindText(1, id)
		stmt.BindText(2, v)
		for n, i := range s.copies {
			cols[i].bind(stmt, n+3)
		}
		_, err := stmt.Step()
		stmt.Reset()
		if isConstraint(err) {
			return t.sideDuplicate(w, s, id, v, cols, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joinWords keeps words so that " word " and " wor" can be looked for in them.
func joinWords(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}

// wordRows are the rows of one document in the words table.
type wordRows struct {
	words  []string
	copies []value // of the fields that stand there too, the same in each row
}

// storedWords reads what the words table should hold of a document, from its row.
func (t *table) storedWords(w *session, id string) (rows wordRows, err error) {
	if t.words == "" {
		return rows, nil
	}
	stmt, err := w.stmt(t.wordsSQL)
	if err != nil {
		return rows, err
	}
	stmt.BindText(1, id)
	found, err := stmt.Step()
	if err == nil && found {
		rows.words = strings.Fields(stmt.ColumnText(0))
		for n := range t.copies {
			rows.copies = append(rows.copies, columnValue(stmt, n+1))
		}
	}
	stmt.Reset()
	return rows, err
}

func (t *table) changeWords(w *session, id string, old, now wordRows) error {
	moved := len(t.copies) > 0 && !slices.Equal(old.copies, now.copies)
	if t.words == "" || !moved && slices.Equal(old.words, now.words) {
		return nil
	}
	for _, word := range old.words {
		if !slices.Contains(now.words, word) {
			if err := w.run(t.dropWordSQL, textValue(word), textValue(id)); err != nil {
				return err
			}
		}
	}
	for _, word := range now.words {
		var err error
		switch {
		case !slices.Contains(old.words, word):
			err = w.run(t.addWordSQL, append([]value{textValue(word), textValue(id)}, now.copies...)...)
		case moved:
			err = w.run(t.copyWordSQL, append(slices.Clone(now.copies), textValue(word), textValue(id))...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// version returns a document's version, 0 when it is not there.
func (t *table) version(w *session, id string) (v int64, err error) {
	stmt, err := w.stmt(t.versionSQL)
	if err != nil {
		return 0, err
	}
	stmt.BindText(1, id)
	found, err := stmt.Step()
	if found {
		v = stmt.ColumnInt64(0)
	}
	stmt.Reset()
	return v, err
}

// versionError says why no document had the version that was asked for.
func (t *table) versionError(w *session, id string) error {
	v, err := t.version(w, id)
	if err != nil {
		return err
	}
	if v == 0 {
		return failure(store.CodeNotFound, t, id)
	}
	return failure(store.CodeConflict, t, id)
}

type deletion struct {
	t       *table
	id      string
	version int64
}

func (d *deletion) do(w *session, _ *Store) error {
	if d.version != -1 {
		v, err := d.t.version(w, d.id)
		if err != nil {
			return err
		}
		if v != d.version {
			return d.t.versionError(w, d.id)
		}
	}
	old, err := d.t.storedWords(w, d.id)
	if err != nil {
		return err
	}
	if err := d.t.changeWords(w, d.id, old, wordRows{}); err != nil {
		return err
	}
	for _, s := range d.t.sides {
		if err := w.run(s.deleteSQL, textValue(d.id)); err != nil {
			return err
		}
	}
	return w.run(d.t.deleteSQL, textValue(d.id))
}

type check struct {
	t       *table
	id      string
	version int64
}

func (c *check) do(w *session, _ *Store) error {
	v, err := c.t.version(w, c.id)
	if err == nil && v != c.version {
		err = failure(store.CodeConflict, c.t, c.id)
	}
	return err
}
