package sqlite

import (
	"context"

	"cemigmas/crm/store"
)

// Count counts the matches up to limit. The order does not matter, so more
// indexes can serve than for a Find.
func (s *Store) Count(ctx context.Context, q store.Query, limit int) (int, error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	defer s.leave()
	t, err := s.table(q.In)
	if err != nil {
		return 0, err
	}
	if limit <= 0 {
		return 0, invalid(t.c, "a count needs a limit")
	}
	p, err := s.planCount(t, q)
	if err != nil || p.none {
		return 0, err
	}
	var count int
	err = s.read(ctx, true, func(r *reader) error {
		var sql query
		if some, err := p.writeCount(r, &sql, limit); err != nil || !some {
			return err
		}
		stmt, err := sql.prepare(r.conn)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		if _, err := stmt.Step(); err != nil {
			return err
		}
		count = stmt.ColumnInt(0)
		return nil
	})
	return count, wrap(t, "", err)
}

func (s *Store) planCount(t *table, q store.Query) (*plan, error) {
	if len(q.Words) > 0 {
		return s.wordsPlan(q, t)
	}
	p, err := t.planSet(q.Where, nil)
	if err != nil || p != nil {
		return p, err
	}
	return t.planFind(q)
}

// writeCount reports false when the answer is 0 without asking.
func (p *plan) writeCount(r *reader, q *query, limit int) (bool, error) {
	q.add("SELECT count(*) FROM (SELECT 1")
	if p.ix == nil {
		driver, err := p.driver(r.conn)
		if err != nil || driver < 0 {
			return false, err
		}
		p.candidates(q, driver)
	} else {
		p.source(q)
		and := p.filter(q)
		p.t.conditions(q, and, p.rest)
	}
	q.add(" LIMIT ?)", value{kind: integer, i: int64(limit)})
	return true, nil
}

// filter writes the conditions that the index answers.
func (p *plan) filter(q *query) *separator {
	and := &separator{first: " WHERE ", next: " AND "}
	p.equalities(q, and)
	p.partial(q, and)
	if len(p.sort) > 0 {
		p.span.write(q, and, p.sortColumn(0))
	}
	return and
}
