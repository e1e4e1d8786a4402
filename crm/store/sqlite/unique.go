package sqlite

import (
	"fmt"
	"strings"

	"cemigmas/crm/store"
)

// explain finds out which constraint a row broke, by asking the store rather
// than by reading SQLite's message: the id, or one of the unique indexes.
func (r *row) explain(w *session, cause error) error {
	if !isConstraint(cause) {
		return cause
	}
	if r.version == 0 && !r.ifAbsent {
		if v, err := r.t.version(w, r.id); err != nil || v > 0 {
			return orConflict(err, r.t, r.id)
		}
	}
	return r.t.duplicate(w, r.id, r.cols, cause)
}

func orConflict(err error, t *table, id string) error {
	if err != nil {
		return err
	}
	return failure(store.CodeConflict, t, id)
}

func (t *table) duplicate(w *session, id string, cols []value, cause error) error {
	for _, ix := range t.indexes {
		if !ix.unique || ix.side != nil {
			continue
		}
		args, where := []value{textValue(id)}, []string{`"_id" <> ?`}
		for n, f := range ix.fields {
			args = append(args, cols[f.field])
			where = append(where, t.indexColumn(ix, n)+" = ?")
		}
		if found, err := w.any(t.sql, ix, where, args); err != nil || found {
			return duplicateError(t, ix, id, err)
		}
	}
	return cause
}

func (t *table) sideDuplicate(w *session, s *side, id, v string, cols []value, cause error) error {
	for _, ix := range t.indexes {
		if !ix.unique || ix.side != s {
			continue
		}
		args, where := []value{textValue(id), textValue(v)}, []string{"doc <> ?", "value = ?"}
		for n, f := range ix.fields[1:] {
			args = append(args, cols[f.field])
			where = append(where, t.indexColumn(ix, n+1)+" = ?")
		}
		if found, err := w.any(s.sql, ix, where, args); err != nil || found {
			return duplicateError(t, ix, id, err)
		}
	}
	return cause
}

func duplicateError(t *table, ix *index, id string, err error) error {
	if err != nil {
		return err
	}
	e := failure(store.CodeDuplicate, t, id)
	e.Field = t.field(ix.fields[len(ix.fields)-1].field).Name
	e.Msg = "index " + ix.name
	return e
}

func (w *session) any(table string, ix *index, where []string, args []value) (bool, error) {
	stmt, err := w.stmt(fmt.Sprintf("SELECT 1 FROM %s INDEXED BY %s WHERE %s LIMIT 1",
		table, ix.sql, strings.Join(where, " AND ")))
	if err != nil {
		return false, err
	}
	for n, v := range args {
		v.bind(stmt, n+1)
	}
	found, err := stmt.Step()
	stmt.Reset()
	return found, err
}
