package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
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

// peek is a Peek of certain fields made ready.
type peek struct {
	fields []store.Field
	sql    string
}

// peek makes a Peek ready, once for each list of fields that is asked for.
func (t *table) peek(names []string) (*peek, error) {
	key := strings.Join(names, ",")
	if p, ok := t.peeks.Load(key); ok {
		return p.(*peek), nil
	}
	fields, err := plan.Peek(t.c, names)
	if err != nil {
		return nil, err
	}
	p := &peek{fields: fields, sql: `SELECT "_v"`}
	for _, f := range fields {
		p.sql += ", " + quote(f.Name)
	}
	p.sql += " FROM " + t.sql + ` WHERE "_id" = ?`
	t.peeks.Store(key, p)
	return p, nil
}

// Peek returns a document's version and some fields.
func (s *Store) Peek(ctx context.Context, in *store.Collection, id string, fields ...string) (version int64, values []any, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, nil, err
	}
	defer s.leave()
	t, err := s.table(in)
	if err != nil {
		return 0, nil, err
	}
	p, err := t.peek(fields)
	if err != nil {
		return 0, nil, err
	}
	values = make([]any, len(p.fields))
	err = s.read(ctx, false, func(r *reader) error {
		stmt, err := r.prepare(p.sql)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		stmt.BindText(1, id)
		found, err := stmt.Step()
		if err != nil {
			return err
		}
		if !found {
			return &store.Error{Code: store.CodeNotFound, Collection: in.Name, ID: id}
		}
		version = stmt.ColumnInt64(0)
		for i, f := range p.fields {
			values[i] = column(stmt, i+1, f.Kind)
		}
		return nil
	})
	return version, values, err
}

// GetMany returns the documents that exist, in the order of ids.
func (s *Store) GetMany(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	return s.getMany(ctx, in, ids, func(t *table) string { return t.getSQL }, (*table).doc)
}

// Bodies is GetMany without fields and words.
func (s *Store) Bodies(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	return s.getMany(ctx, in, ids, func(t *table) string { return t.bareSQL }, (*table).bareDoc)
}

func (s *Store) getMany(ctx context.Context, in *store.Collection, ids []string, sql func(*table) string, doc func(*table, *sqlite.Stmt) store.Doc) ([]store.Doc, error) {
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
		stmt, err := r.prepare(sql(t))
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
				docs = append(docs, doc(t, stmt))
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

// bareDoc reads a row of bareSQL.
func (t *table) bareDoc(stmt *sqlite.Stmt) store.Doc {
	return store.Doc{ID: stmt.ColumnText(0), Version: stmt.ColumnInt64(1), Body: columnBytes(stmt, 2)}
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
