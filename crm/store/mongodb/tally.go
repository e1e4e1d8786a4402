package mongodb

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Tally implements store.Store. One $group counts and sums everything, except
// on the protocol double, which computes only the first accumulator of a
// $group: there each one is a pass of its own.
func (s *Store) Tally(ctx context.Context, t store.Tally) ([]store.TallyRow, error) {
	if plan.Forked(t.Where) {
		return plan.TallyEither(ctx, t, s.Tally)
	}
	done, err := s.begin(t.In)
	if err != nil {
		return nil, err
	}
	defer done()
	q, kinds, err := plan.Tally(t)
	if err != nil {
		return nil, err
	}
	t.Limit = q.Limit
	rows := newTallyRows(t, kinds)
	if q.Never {
		return rows.sorted(), nil
	}
	sums := accumulators(t)
	passes := [][]bson.E{sums}
	if s.double {
		passes = nil
		for i := range sums {
			passes = append(passes, sums[i:i+1])
		}
	}
	for _, pass := range passes {
		if err := s.tallyPass(ctx, t, q, pass, rows); err != nil {
			return nil, wrap(t.In, "", err)
		}
	}
	return rows.sorted(), nil
}

// accumulators are the count (n) and the sums (s0, s1, …).
func accumulators(t store.Tally) []bson.E {
	list := []bson.E{{Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}}}
	for i, name := range t.Sum {
		list = append(list, bson.E{Key: fmt.Sprintf("s%d", i), Value: bson.D{{Key: "$sum", Value: "$" + name}}})
	}
	return list
}

func (s *Store) tallyPass(ctx context.Context, t store.Tally, q *plan.Query, sums []bson.E, rows *tallyRows) error {
	var id any // without By there is one group: everything
	if len(t.By) > 0 {
		by := bson.D{}
		for i, name := range t.By {
			by = append(by, bson.E{Key: fmt.Sprintf("g%d", i), Value: "$" + name})
		}
		id = by
	}
	pipeline := bson.A{
		bson.D{{Key: "$match", Value: all(where(t.In, q.Rest))}},
		bson.D{{Key: "$group", Value: append(bson.D{{Key: fieldID, Value: id}}, sums...)}},
		bson.D{{Key: "$limit", Value: int64(t.Limit) + 1}},
	}
	n := 0
	return s.aggregate(ctx, t.In, pipeline, hint(q), func(raw bson.Raw) error {
		if n++; n > t.Limit {
			return failure(store.CodeInvalid, t.In, "", fmt.Sprintf("a tally of more than %d groups", t.Limit))
		}
		return rows.add(raw)
	})
}

// tallyRows merges the rows of the passes by their group.
type tallyRows struct {
	t     store.Tally
	kinds []store.Kind
	at    map[string]int
	rows  []store.TallyRow
}

func newTallyRows(t store.Tally, kinds []store.Kind) *tallyRows {
	return &tallyRows{t: t, kinds: kinds, at: map[string]int{}}
}

// add merges a row. A sum of int64s that the server gives as a double went
// beyond int64.
func (r *tallyRows) add(raw bson.Raw) error {
	group := make([]any, len(r.t.By))
	if id, ok := raw.Lookup(fieldID).DocumentOK(); ok {
		for i, kind := range r.kinds {
			group[i] = decodeKey(kind, id.Lookup(fmt.Sprintf("g%d", i)))
		}
	}
	key := keyText(group)
	i, ok := r.at[key]
	if !ok {
		i = len(r.rows)
		r.at[key] = i
		r.rows = append(r.rows, store.TallyRow{Group: group, Sums: make([]int64, len(r.t.Sum))})
	}
	if n, ok := raw.Lookup("n").AsInt64OK(); ok {
		r.rows[i].Count = n
	}
	for j := range r.t.Sum {
		v := raw.Lookup(fmt.Sprintf("s%d", j))
		if v.Type == bson.TypeDouble {
			e := failure(store.CodeInvalid, r.t.In, "", "a sum that int64 does not hold")
			e.Field = r.t.Sum[j]
			return e
		}
		if n, ok := v.AsInt64OK(); ok {
			r.rows[i].Sums[j] = n
		}
	}
	return nil
}

// sorted returns the rows by their groups. Without By there is one row, even of
// nothing.
func (r *tallyRows) sorted() []store.TallyRow {
	if len(r.t.By) == 0 && len(r.rows) == 0 {
		return []store.TallyRow{{Sums: make([]int64, len(r.t.Sum))}}
	}
	slices.SortFunc(r.rows, func(a, b store.TallyRow) int {
		for i := range a.Group {
			if c := plan.Compare(a.Group[i], b.Group[i]); c != 0 {
				return c
			}
		}
		return 0
	})
	return r.rows
}
