package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// Get returns one document with its fields and words.
func (s *Store) Get(ctx context.Context, in *store.Collection, id string) (store.Doc, error) {
	docs, err := s.GetMany(ctx, in, []string{id})
	if err != nil {
		return store.Doc{}, err
	}
	if len(docs) == 0 {
		return store.Doc{}, &store.Error{Code: store.CodeNotFound, Collection: in.Name, ID: id}
	}
	return docs[0], nil
}

// GetMany returns the documents that exist, in the order of ids.
func (s *Store) GetMany(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	t, err := s.table(in)
	if err != nil {
		return nil, err
	}
	docs := make([]store.Doc, 0, len(ids))
	err = s.read(ctx, false, func(r *reader) error {
		stmt, err := r.conn.Prepare(t.getSQL)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		for n, id := range ids {
			if n%64 == 63 && ctx.Err() != nil {
				return ctx.Err()
			}
			stmt.BindText(1, id)
			found, err := stmt.Step()
			if err != nil {
				return err
			}
			if found {
				docs = append(docs, t.doc(stmt))
			}
			if err := stmt.Reset(); err != nil {
				return err
			}
		}
		return nil
	})
	return docs, err
}

// doc reads a row of getSQL.
func (t *table) doc(stmt *sqlite.Stmt) store.Doc {
	d := store.Doc{ID: stmt.ColumnText(0), Version: stmt.ColumnInt64(1)}
	n := t.fillKeys(&d, stmt, 2)
	d.Body = columnBytes(stmt, n)
	return d
}

// fillKeys reads fields and words from column n on and returns the next one.
func (t *table) fillKeys(d *store.Doc, stmt *sqlite.Stmt, n int) int {
	d.Keys = make(store.Keys, len(t.c.Fields))
	for _, f := range t.c.Fields {
		if v := column(stmt, n, f.Kind); v != nil {
			d.Keys[f.Name] = v
		}
		n++
	}
	if t.words != "" {
		if w := stmt.ColumnText(n); w != "" {
			d.Words = strings.Fields(w)
		}
		n++
	}
	return n
}
