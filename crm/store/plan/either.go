package plan

import (
	"cmp"
	"context"
	"slices"

	"cemigmas/crm/store"
)

// A condition that one of two fields may meet is two walks, each of an index of
// its own, joined in the order of the query. A page ends where the first of the
// two ended: what lies behind that may have rows of the other before it.

// Forked reports whether one of the conditions is of either of two fields.
func Forked(where []store.Cond) bool {
	return slices.ContainsFunc(where, func(c store.Cond) bool { return c.Or != "" })
}

// fork makes the two lists of conditions. A second condition of its kind stays,
// and is refused as any part of a query that is wrong.
func fork(where []store.Cond) (ways [2][]store.Cond) {
	at := slices.IndexFunc(where, func(c store.Cond) bool { return c.Or != "" && c.Op == store.Eq })
	for n := range ways {
		if ways[n] = slices.Clone(where); at >= 0 {
			c := &ways[n][at]
			if n == 1 {
				c.Field = c.Or
			}
			c.Or = ""
		}
	}
	return ways
}

// FindEither is Find of a forked query by a driver's Find of a plain one.
func FindEither(ctx context.Context, q store.Query, find func(context.Context, store.Query) (store.Page, error)) (store.Page, error) {
	ways := fork(q.Where)
	var plans [2]*Query
	for n, where := range ways {
		one := q
		one.Where, one.After = where, ""
		if n == 0 {
			one.After = q.After // cursors are those of the first way
		}
		p, err := Find(one)
		if err != nil {
			return store.Page{}, err
		}
		plans[n] = p
	}
	j := joined{order: plans[0].Order, limit: plans[0].Limit}
	for n, where := range ways {
		one := q
		one.Where, one.Bare, one.SortKeys = where, false, true
		if from := plans[0].After; from != nil {
			one.After = plans[n].Cursor(*from)
		}
		page, err := find(ctx, one)
		if err != nil {
			return store.Page{}, err
		}
		if err := j.add(page, plans[n]); err != nil {
			return store.Page{}, err
		}
	}
	return j.page(q, plans[0]), nil
}

// joined is what two walks found, on its way to one page.
type joined struct {
	order []Key
	limit int
	rows  []joinedRow
	end   *Place // where the first of the walks ended early
}

type joinedRow struct {
	at  Place
	doc store.Doc
}

func (j *joined) add(page store.Page, p *Query) error {
	for _, d := range page.Docs {
		at := Place{ID: d.ID}
		for _, k := range j.order {
			at.Values = append(at.Values, d.Keys[k.Field])
		}
		j.rows = append(j.rows, joinedRow{at, d})
	}
	if page.Next == "" {
		return nil
	}
	end, err := p.decode(page.Next)
	if err == nil && (j.end == nil || j.compare(*end, *j.end) < 0) {
		j.end = end
	}
	return err
}

// compare orders two places as the walk does.
func (j *joined) compare(a, b Place) int {
	for n, k := range j.order {
		c := Compare(a.Values[n], b.Values[n])
		if k.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return cmp.Compare(a.ID, b.ID)
}

func (j *joined) page(q store.Query, p *Query) (page store.Page) {
	slices.SortFunc(j.rows, func(a, b joinedRow) int { return j.compare(a.at, b.at) })
	j.rows = slices.CompactFunc(j.rows, func(a, b joinedRow) bool { return a.doc.ID == b.doc.ID })
	if j.end != nil {
		behind := slices.IndexFunc(j.rows, func(r joinedRow) bool { return j.compare(r.at, *j.end) > 0 })
		if behind >= 0 {
			j.rows = j.rows[:behind]
		}
	}
	if len(j.rows) > j.limit {
		j.rows = j.rows[:j.limit]
		j.end = &j.rows[j.limit-1].at
	}
	for _, r := range j.rows {
		if q.Bare {
			page.Rows.Add(r.doc.Body)
			continue
		}
		if !q.WithKeys && !q.SortKeys {
			r.doc.Keys = nil
		}
		page.Docs = append(page.Docs, r.doc)
	}
	if j.end != nil {
		page.Next = p.Cursor(*j.end)
	}
	return page
}

// CountEither is Count of a forked query.
func CountEither(ctx context.Context, q store.Query, limit int, count func(context.Context, store.Query, int) (int, error)) (int, error) {
	sum := 0
	for _, where := range fork(q.Where) {
		q.Where = where
		n, err := count(ctx, q, limit)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return min(sum, limit), nil
}

// TallyEither is Tally of a forked query.
func TallyEither(ctx context.Context, t store.Tally, tally func(context.Context, store.Tally) ([]store.TallyRow, error)) ([]store.TallyRow, error) {
	var rows []store.TallyRow
	_, kinds, err := Tally(store.Tally{In: t.In, By: t.By, Sum: t.Sum, Limit: t.Limit})
	if err != nil {
		return nil, err
	}
	for _, where := range fork(t.Where) {
		t.Where = where
		more, err := tally(ctx, t)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	group := func(a, b store.TallyRow) int {
		for n := range kinds {
			if c := Compare(a.Group[n], b.Group[n]); c != 0 {
				return c
			}
		}
		return 0
	}
	slices.SortStableFunc(rows, group)
	out := rows[:0]
	for _, r := range rows {
		if last := len(out) - 1; last >= 0 && group(out[last], r) == 0 {
			out[last].Count += r.Count
			for n, v := range r.Sums {
				out[last].Sums[n] += v
			}
			continue
		}
		out = append(out, r)
	}
	if limit := cmp.Or(t.Limit, DefaultGroups); len(out) > limit {
		return nil, invalid(t.In, "", "more than %d groups", limit)
	}
	return out, nil
}
