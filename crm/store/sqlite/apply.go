package sqlite

import (
	"context"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
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
	if d, err = plan.Doc(c, d); err != nil {
		return nil, err
	}
	r := &row{t: t, id: d.ID, version: d.Version, words: d.Words, body: d.Body, ifAbsent: ifAbsent}
	r.cols = make([]value, len(c.Fields))
	for name, v := range d.Keys {
		r.cols[t.byName[name]] = encode(v)
	}
	for _, s := range t.sides {
		r.lists = append(r.lists, distinct(d.Keys[t.field(s.field).Name]))
	}
	return r, nil
}
