package sqlite

import (
	"context"

	"cemigmas/crm/store"
)

const defaultGroups = 10_000

// Tally counts and sums by declared fields. Without By there is one row, even
// of nothing.
func (s *Store) Tally(ctx context.Context, q store.Tally) ([]store.TallyRow, error) {
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
		return nil, wrap(y.p.t, "", err)
	}
	return y.rows, nil
}

type tally struct {
	p       *plan
	by, sum []int
	limit   int
	rows    []store.TallyRow
}

func (s *Store) newTally(q store.Tally) (*tally, error) {
	t, err := s.table(q.In)
	if err != nil {
		return nil, err
	}
	y := &tally{limit: q.Limit}
	if y.limit == 0 {
		y.limit = defaultGroups
	}
	if len(q.By) > 3 || y.limit < 0 {
		return nil, invalid(t.c, "a tally groups by at most three fields and has a limit")
	}
	for _, name := range q.By {
		i, ok := t.byName[name]
		if !ok || t.field(i).Kind == store.Strings {
			return nil, fieldError(t, "", name, "is not declared or cannot group")
		}
		y.by = append(y.by, i)
	}
	for _, name := range q.Sum {
		i, ok := t.byName[name]
		if !ok || t.field(i).Kind != store.Int {
			return nil, fieldError(t, "", name, "is not declared or cannot be summed")
		}
		y.sum = append(y.sum, i)
	}
	needed := append(append([]int{}, y.by...), y.sum...)
	y.p, err = t.planSet(q.Where, needed)
	if err == nil && y.p == nil {
		err = invalid(t.c, "no index serves a tally with %s", describe(q.Where))
	}
	return y, err
}

func (y *tally) write(q *query) {
	p := y.p
	q.add("SELECT count(*)")
	for _, i := range y.by {
		q.add(", " + p.column(i))
	}
	for _, i := range y.sum {
		q.add(", COALESCE(SUM(" + p.column(i) + "), 0)")
	}
	p.source(q)
	and := p.filter(q)
	p.t.conditions(q, and, p.rest)
	if p.none {
		q.add(and.String() + "0")
	}
	group, order := &separator{" GROUP BY ", ", ", false}, &separator{" ORDER BY ", ", ", false}
	for _, i := range y.by {
		q.add(group.String() + p.column(i))
	}
	for _, i := range y.by {
		q.add(order.String() + p.column(i))
	}
	q.add(" LIMIT ?", value{kind: integer, i: int64(y.limit) + 1})
}

// column reads a field from the side table where that has it: the main table
// then need not be looked at.
func (p *plan) column(i int) string {
	if p.ix.side != nil {
		for _, c := range p.ix.side.copies {
			if c == i {
				return "x." + quote(p.t.field(i).Name)
			}
		}
	}
	return p.t.col(i)
}

func (y *tally) run(r *reader) error {
	var q query
	y.write(&q)
	stmt, err := q.prepare(r.conn)
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
			return invalid(y.p.t.c, "more than %d groups", y.limit)
		}
		row := store.TallyRow{Count: stmt.ColumnInt64(0)}
		n := 1
		for _, i := range y.by {
			row.Group = append(row.Group, column(stmt, n, y.p.t.field(i).Kind))
			n++
		}
		for range y.sum {
			row.Sums = append(row.Sums, stmt.ColumnInt64(n))
			n++
		}
		y.rows = append(y.rows, row)
	}
}
