package sqlite

import (
	"context"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Count counts the matches up to limit. The order does not matter, so more
// indexes can serve than for a Find.
func (s *Store) Count(ctx context.Context, q store.Query, limit int) (int, error) {
	if plan.Forked(q.Where) {
		return plan.CountEither(ctx, q, limit, s.Count)
	}
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
	p, err := plan.Count(q)
	if err != nil {
		return 0, err
	}
	w := t.walk(p)
	if w.enterSide(); w.none {
		return 0, nil
	}
	var count int
	err = s.read(ctx, true, func(r *reader) error {
		var sql query
		if some, err := w.writeCount(r, &sql, limit); err != nil || !some {
			return err
		}
		stmt, err := sql.prepare(r)
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

// writeCount reports false when the answer is 0 without asking.
func (w *walk) writeCount(r *reader, q *query, limit int) (bool, error) {
	if len(w.words) > 0 {
		driver, _, err := w.driver(r)
		if err != nil || driver < 0 {
			return false, err
		}
		if w.narrowed() {
			q.add("SELECT count(*) FROM (SELECT DISTINCT k.doc")
			w.hits(q, driver)
		} else {
			q.add("SELECT count(*) FROM (SELECT 1")
			w.candidates(q, driver)
		}
	} else {
		q.add("SELECT count(*) FROM (SELECT 1")
		if w.whole {
			w.ix = w.t.byID // narrower than the table
		}
		w.source(q)
		and := w.filter(q)
		if len(w.sort) > 0 {
			w.span.write(q, and, w.sortColumn(0))
		}
		w.conditions(q, and, w.rest)
	}
	q.add(limitParam+")", value{kind: integer, i: int64(limit)})
	return true, nil
}
