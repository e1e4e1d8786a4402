package sqlite

import (
	"context"
	"strings"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// Explain returns SQLite's EXPLAIN QUERY PLAN of all statements that a Find of
// the query may run, for tests: neither SCAN nor TEMP B-TREE belongs there.
func (s *Store) Explain(q store.Query) (string, error) {
	return s.explained(func(r *reader) (string, error) {
		f, err := s.newFind(context.Background(), q)
		if err != nil {
			return "", err
		}
		if !f.byWords() {
			return f.explain(r)
		}
		var sql query
		var b strings.Builder
		f.writeWords(&sql, 0, false)
		err = explain(r.conn, &sql, &b)
		return b.String(), err
	})
}

// ExplainTally is Explain of a Tally.
func (s *Store) ExplainTally(q store.Tally) (string, error) {
	return s.explained(func(r *reader) (string, error) {
		y, err := s.newTally(q)
		if err != nil {
			return "", err
		}
		var sql query
		var b strings.Builder
		y.write(&sql)
		err = explain(r.conn, &sql, &b)
		return b.String(), err
	})
}

func (s *Store) explained(f func(*reader) (string, error)) (plan string, err error) {
	ctx := context.Background()
	if err := s.enter(ctx); err != nil {
		return "", err
	}
	defer s.leave()
	err = s.read(ctx, false, func(r *reader) error {
		plan, err = f(r)
		return err
	})
	return plan, err
}

func explain(conn *sqlite.Conn, q *query, b *strings.Builder) error {
	stmt, _, err := conn.PrepareTransient("EXPLAIN QUERY PLAN " + q.String())
	if err != nil {
		return err
	}
	defer stmt.Finalize()
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return err
		}
		b.WriteString(stmt.GetText("detail"))
		b.WriteByte('\n')
	}
}
