package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// patch is a checked Patch. Its statement depends on which fields it sets.
type patch struct {
	t      *table
	id     string
	change *plan.Change
	fields []int // in the order of sql's parameters
	values []value
	args   []value
	lists  map[int][]string // the new values of a Strings field
	sql    string
}

func (s *Store) preparePatch(c store.Patch) (*patch, error) {
	t, err := s.table(c.In)
	if err != nil {
		return nil, err
	}
	p := &patch{t: t, id: c.ID}
	if p.change, err = plan.Patch(c); err != nil {
		return nil, err
	}
	for i, f := range t.c.Fields { // one statement whatever the map's order
		v, set := p.change.Set[f.Name]
		if !set && !slices.Contains(p.change.Unset, f.Name) {
			continue
		}
		p.fields = append(p.fields, i)
		p.values = append(p.values, encode(v))
		if f.Kind == store.Strings {
			if p.lists == nil {
				p.lists = map[int][]string{}
			}
			p.lists[i] = distinct(v)
		}
	}
	p.writeSQL(c.OnlyAbove)
	return p, nil
}

func (p *patch) writeSQL(onlyAbove string) {
	var sets []string
	for _, i := range p.fields {
		sets = append(sets, quote(p.t.field(i).Name)+" = ?")
	}
	if len(sets) == 0 {
		sets = append(sets, `"_v" = "_v"`)
	}
	p.sql = fmt.Sprintf(`UPDATE %s SET %s WHERE "_id" = ?`, p.t.sql, strings.Join(sets, ", "))
	p.args = append(slices.Clone(p.values), textValue(p.id))
	if onlyAbove != "" {
		p.args = append(p.args, encode(p.change.Set[onlyAbove]))
		p.sql += fmt.Sprintf(" AND (%[1]s IS NULL OR %[1]s < ?)", quote(onlyAbove))
	}
}

func (p *patch) do(w *session, _ *Store) error {
	if err := w.run(p.sql, p.args...); err != nil {
		return p.explain(w, err)
	}
	if w.conn.Changes() == 0 {
		return nil // not there, or there is newer
	}
	if err := p.patchBody(w); err != nil {
		return err
	}
	if err := p.patchWords(w); err != nil {
		return err
	}
	return p.patchSides(w)
}

// patchWords follows when the words change, or a field that stands with them. The
// row has the field's new value already.
func (p *patch) patchWords(w *session) error {
	moved := slices.ContainsFunc(p.fields, func(i int) bool { return slices.Contains(p.t.copies, i) })
	if p.change.Words == nil && !moved {
		return nil
	}
	old, err := p.t.storedWords(w, p.id)
	if err != nil {
		return err
	}
	now := old
	if moved {
		old.copies = nil
	}
	if p.change.Words != nil {
		now.words = p.change.Words
		if err := w.run(p.t.setWordsSQL, textValue(joinWords(now.words)), textValue(p.id)); err != nil {
			return err
		}
	}
	return p.t.changeWords(w, p.id, old, now)
}

// explain looks which unique index the patched document would break.
func (p *patch) explain(w *session, cause error) error {
	if !isConstraint(cause) {
		return cause
	}
	cols, err := p.t.storedFields(w, p.id)
	if err != nil {
		return err
	}
	for n, i := range p.fields {
		cols[i] = p.values[n]
	}
	return p.t.duplicate(w, p.id, cols, cause)
}

func (p *patch) patchBody(w *session) error {
	if len(p.change.Body) == 0 {
		return nil
	}
	stmt, err := w.stmt(p.t.bodySQL)
	if err != nil {
		return err
	}
	stmt.BindText(1, p.id)
	if _, err := stmt.Step(); err != nil {
		return err
	}
	body := columnBytes(stmt, 0)
	stmt.Reset()
	if body, err = p.change.Patched(body); err != nil {
		return err
	}
	if len(body) > store.MaxDocument {
		err := invalid(p.t.c, "the patched document is too large")
		err.ID = p.id
		return err
	}
	return w.run(p.t.setBodySQL, textValue(unsafe.String(unsafe.SliceData(body), len(body))), textValue(p.id))
}

// patchSides brings side tables up to date: new values, or new copies of the
// fields that their indexes sort by.
func (p *patch) patchSides(w *session) error {
	for _, s := range p.t.sides {
		if list, ok := p.lists[s.field]; ok {
			if err := p.replaceSide(w, s, list); err != nil {
				return err
			}
			continue
		}
		for n, i := range p.fields {
			if query, ok := s.copySQL[i]; ok {
				if err := w.run(query, p.values[n], textValue(p.id)); err != nil {
					return p.explainCopy(w, s, err)
				}
			}
		}
	}
	return nil
}

func (p *patch) replaceSide(w *session, s *side, list []string) error {
	cols, err := p.t.storedFields(w, p.id)
	if err != nil {
		return err
	}
	if err := w.run(s.deleteSQL, textValue(p.id)); err != nil {
		return err
	}
	return s.add(w, p.t, p.id, list, cols)
}

// explainCopy names the unique index with a Strings field that a new copy broke.
func (p *patch) explainCopy(w *session, s *side, cause error) error {
	if !isConstraint(cause) {
		return cause
	}
	for _, ix := range p.t.indexes {
		if ix.unique && ix.side == s {
			return duplicateError(p.t, ix, p.id, nil)
		}
	}
	return cause
}

// storedFields reads a document's fields as they stand in the table.
func (t *table) storedFields(w *session, id string) ([]value, error) {
	stmt, err := w.stmt(t.getSQL)
	if err != nil {
		return nil, err
	}
	stmt.BindText(1, id)
	defer stmt.Reset()
	cols := make([]value, len(t.c.Fields))
	if found, err := stmt.Step(); err != nil || !found {
		return cols, err
	}
	for i := range cols {
		cols[i] = columnValue(stmt, i+2)
	}
	return cols, nil
}
