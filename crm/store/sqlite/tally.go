package sqlite

import (
	"context"
	"slices"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Tally counts and sums by declared fields. Without By there is one row, even
// of nothing.
func (s *Store) Tally(ctx context.Context, q store.Tally) ([]store.TallyRow, error) {
	if plan.Forked(q.Where) {
		return plan.TallyEither(ctx, q, s.Tally)
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	y, err := s.newTally(q)
	if err != nil {
		return nil, err
	}
	err = s.read(ctx, true, y.run)
	if err != nil {
		return nil, wrap(y.w.t, "", err)
	}
	return y.rows, nil
}

type tally struct {
	w       *walk
	by, sum []int
	kinds   []store.Kind
	limit   int
	rows    []store.TallyRow
}

func (s *Store) newTally(q store.Tally) (*tally, error) {
	t, err := s.table(q.In)
	if err != nil {
		return nil, err
	}
	p, kinds, err := plan.Tally(q)
	if err != nil {
		return nil, err
	}
	y := &tally{w: t.walk(p), kinds: kinds, limit: p.Limit}
	for _, name := range q.By {
		y.by = append(y.by, t.byName[name])
	}
	for _, name := range q.Sum {
		y.sum = append(y.sum, t.byName[name])
	}
	y.w.enterSide()
	if y.w.whole {
		y.w.ix = t.holding(append(append([]int{}, y.by...), y.sum...))
	}
	return y, nil
}

// holding returns the index that has all of these fields of every document,
// best one that brings rows in groups of the first; nil when there is none.
func (t *table) holding(fields []int) *index {
	var found *index
	for _, ix := range t.orders {
		if ix.unique || ix.sparse || ix.side != nil || !ix.has(fields) {
			continue
		}
		if len(ix.fields) > 0 && len(fields) > 0 && ix.fields[0].field == fields[0] {
			return ix
		}
		if found == nil {
			found = ix
		}
	}
	return found
}

func (ix *index) has(fields []int) bool {
	for _, i := range fields {
		if !slices.ContainsFunc(ix.fields, func(f indexField) bool { return f.field == i }) {
			return false
		}
	}
	return true
}

func (y *tally) write(q *query) {
	w := y.w
	q.add("SELECT count(*)")
	for _, i := range y.by {
		q.add(", " + w.column(i))
	}
	for _, i := range y.sum {
		q.add(", COALESCE(SUM(" + w.column(i) + "), 0)")
	}
	w.source(q)
	and := w.filter(q)
	w.conditions(q, and, w.rest)
	if w.none {
		q.add(and.String() + "0")
	}
	group, order := &separator{" GROUP BY ", ", ", false}, &separator{" ORDER BY ", ", ", false}
	for _, i := range y.by {
		q.add(group.String() + w.column(i))
	}
	for _, i := range y.by {
		q.add(order.String() + w.column(i))
	}
	q.add(limitParam, value{kind: integer, i: int64(y.limit) + 1})
}

func (y *tally) run(r *reader) error {
	var q query
	y.write(&q)
	stmt, err := q.prepare(r)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return err
		}
		if len(y.rows) == y.limit {
			return invalid(y.w.t.c, "more than %d groups", y.limit)
		}
		row := store.TallyRow{Count: stmt.ColumnInt64(0)}
		n := 1
		for _, kind := range y.kinds {
			row.Group = append(row.Group, column(stmt, n, kind))
			n++
		}
		for range y.sum {
			row.Sums = append(row.Sums, stmt.ColumnInt64(n))
			n++
		}
		y.rows = append(y.rows, row)
	}
}
