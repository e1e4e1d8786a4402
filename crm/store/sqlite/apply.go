package sqlite

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"cemigmas/crm/store"
)

// step is a change that was checked and is ready to write.
type step interface {
	do(w *session, s *Store) error
}

// Apply makes all changes or none, in order. What can be checked without the
// store is checked before the writer is asked.
func (s *Store) Apply(ctx context.Context, changes ...store.Change) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	steps := make([]step, 0, len(changes))
	for _, c := range changes {
		st, err := s.prepare(c)
		if err != nil {
			return err
		}
		steps = append(steps, st)
	}
	if len(steps) == 0 {
		return nil
	}
	return s.writer.do(ctx, func(w *session) error {
		for _, st := range steps {
			if err := st.do(w, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) prepare(c store.Change) (step, error) {
	switch c := c.(type) {
	case store.Put:
		return s.prepareRow(c.In, c.Doc, false)
	case store.InsertIfAbsent:
		return s.prepareRow(c.In, c.Doc, true)
	case store.Delete:
		t, err := s.table(c.In)
		if err == nil && (c.Version < -1 || c.Version == 0) {
			err = invalid(c.In, "a Delete needs a version from 1 or -1")
		}
		return &deletion{t, c.ID, c.Version}, err
	case store.Check:
		t, err := s.table(c.In)
		return &check{t, c.ID, c.Version}, err
	case store.CheckLease:
		return &leaseCheck{c}, nil
	case store.Patch:
		return s.preparePatch(c)
	}
	return nil, invalid(nil, "a change of type %T is not known", c)
}

// row is a document as the tables hold it.
type row struct {
	t        *table
	id       string
	version  int64
	cols     []value
	lists    [][]string // the distinct values of each side table
	words    []string
	body     []byte
	ifAbsent bool
}

func (s *Store) prepareRow(c *store.Collection, d store.Doc, ifAbsent bool) (*row, error) {
	t, err := s.table(c)
	if err != nil {
		return nil, err
	}
	r := &row{t: t, id: d.ID, version: d.Version, words: d.Words, body: d.Body, ifAbsent: ifAbsent}
	if err := checkDoc(t, d); err != nil {
		return nil, err
	}
	r.cols = make([]value, len(c.Fields))
	r.lists = make([][]string, len(t.sides))
	for name, v := range d.Keys {
		if err := r.setKey(name, v); err != nil {
			return nil, err
		}
	}
	return r, r.checkCluster()
}

func checkDoc(t *table, d store.Doc) *store.Error {
	var msg string
	switch {
	case d.ID == "" || !utf8.ValidString(d.ID):
		msg = "a document needs an id"
	case d.Version < 0:
		msg = "a version is never negative"
	case len(d.Body) > store.MaxDocument:
		msg = "the document is too large"
	case len(d.Body) == 0 || d.Body[0] != '{' || !json.Valid(d.Body):
		msg = "the body is not a JSON object"
	case len(d.Words) > 0 && t.words == "":
		msg = "the collection has no text search"
	default:
		for _, w := range d.Words {
			if w == "" || strings.ContainsRune(w, ' ') || !utf8.ValidString(w) {
				msg = "a word is empty or has a space"
			}
		}
	}
	if msg == "" {
		return nil
	}
	err := invalid(t.c, "%s", msg)
	err.ID = d.ID
	return err
}

func (r *row) setKey(name string, v any) error {
	i, ok := r.t.byName[name]
	if !ok {
		return fieldError(r.t, r.id, name, "is not declared")
	}
	col, list, ok := encodeField(r.t.field(i).Kind, v)
	if !ok {
		return fieldError(r.t, r.id, name, "has a value of the wrong type")
	}
	r.cols[i] = col
	for n, s := range r.t.sides {
		if s.field == i {
			r.lists[n] = list
		}
	}
	return nil
}

// encodeField checks a field's value; a Strings field also has its list.
func encodeField(kind store.Kind, v any) (value, []string, bool) {
	if kind == store.Strings {
		list, ok := v.([]string)
		if !ok {
			return value{}, nil, false
		}
		return encodeList(list)
	}
	val, ok := encode(kind, v)
	return val, nil, ok
}

func fieldError(t *table, id, field, msg string) error {
	return &store.Error{Code: store.CodeInvalid, Collection: t.c.Name, ID: id, Field: field,
		Msg: "the field " + msg}
}

// checkCluster refuses a document that lacks a field of its place on disk.
func (r *row) checkCluster() error {
	if r.t.c.Cluster == 0 {
		return nil
	}
	for _, f := range r.t.indexes[r.t.c.Cluster-1].fields {
		if r.cols[f.field].kind == null {
			return fieldError(r.t, r.id, r.t.field(f.field).Name, "is missing and rows are clustered by it")
		}
	}
	return nil
}
