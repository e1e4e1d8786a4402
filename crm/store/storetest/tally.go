package storetest

import (
	"context"
	"reflect"
	"testing"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "count", run: testCount},
	contractTest{name: "tally", run: testTally},
)

func testCount(t *testing.T, s store.Store) {
	putRows(t, s)
	for _, c := range []struct {
		name  string
		q     store.Query
		limit int
		want  int
	}{
		{"all", store.Query{In: shop}, 100, 12},
		{"capped", store.Query{In: shop}, 5, 5},
		{"exactly the limit", store.Query{In: shop}, 12, 12},
		{"nothing", store.Query{In: bare}, 5, 0},
		{"equal", store.Query{In: shop, Where: []store.Cond{store.Is("size", int64(5))}}, 100, 5},
		{"equal, capped", store.Query{In: shop, Where: []store.Cond{store.Is("size", int64(5))}}, 3, 3},
		{"range", store.Query{In: shop, Where: []store.Cond{store.Above("size", int64(0))}}, 100, 7},
		{"has", store.Query{In: shop, Where: []store.Cond{store.Has("name")}}, 100, 9},
		{"several", store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o"), store.Has("size"), store.Lacks("seen")}}, 100, 2},
		{"none of no values", store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o"), store.Any("name")}}, 100, 0},
		{"as a list, with its order", store.Query{In: shop, Where: []store.Cond{store.Lacks("size")}, Sort: []string{"name"}, Limit: 1}, 100, 3},
	} {
		if got, err := s.Count(context.Background(), c.q, c.limit); err != nil || got != c.want {
			t.Errorf("%s: %d, %v, want %d", c.name, got, err, c.want)
		}
	}
}

func testTally(t *testing.T, s store.Store) {
	for _, d := range []store.Doc{
		doc("a", store.Keys{"owner": "o", "area": "n", "size": int64(1), "open": true, "seen": day(1), "tags": []string{"x", "y"}}),
		doc("b", store.Keys{"owner": "o", "area": "n", "size": int64(2), "open": false, "seen": day(1), "tags": []string{"x"}}),
		doc("c", store.Keys{"owner": "o", "area": "s", "size": int64(-7), "open": true}),
		doc("d", store.Keys{"owner": "o", "area": "s"}),
		doc("e", store.Keys{"owner": "o", "size": int64(100)}),
		doc("f", store.Keys{"owner": "p", "area": "n", "size": int64(1 << 60)}),
	} {
		apply(t, s, store.Put{In: shop, Doc: d})
	}
	owner := []store.Cond{store.Is("owner", "o")}
	row := func(count int64, sums []int64, group ...any) store.TallyRow {
		return store.TallyRow{Group: group, Count: count, Sums: sums}
	}
	for _, c := range []struct {
		name string
		q    store.Tally
		want []store.TallyRow
	}{
		{"by area", store.Tally{Where: owner, By: []string{"area"}, Sum: []string{"size"}},
			[]store.TallyRow{row(1, []int64{100}, nil), row(2, []int64{3}, "n"), row(2, []int64{-7}, "s")}},
		{"by two", store.Tally{Where: owner, By: []string{"open", "area"}},
			[]store.TallyRow{row(1, nil, nil, nil), row(1, nil, nil, "s"), row(1, nil, false, "n"), row(1, nil, true, "n"), row(1, nil, true, "s")}},
		{"by time", store.Tally{Where: owner, By: []string{"seen"}, Sum: []string{"size", "size"}},
			[]store.TallyRow{row(3, []int64{93, 93}, nil), row(2, []int64{3, 3}, day(1))}},
		{"of all", store.Tally{By: []string{"owner"}, Sum: []string{"size"}},
			[]store.TallyRow{row(5, []int64{96}, "o"), row(1, []int64{1 << 60}, "p")}},
		{"by an unindexed field of all", store.Tally{By: []string{"open"}},
			[]store.TallyRow{row(3, nil, nil), row(1, nil, false), row(2, nil, true)}},
		{"ungrouped", store.Tally{Where: owner, Sum: []string{"size"}}, []store.TallyRow{row(5, []int64{96})}},
		{"ungrouped of nothing", store.Tally{Where: []store.Cond{store.Is("owner", "q")}, Sum: []string{"size"}}, []store.TallyRow{row(0, []int64{0})}},
		{"grouped of nothing", store.Tally{Where: []store.Cond{store.Is("owner", "q")}, By: []string{"area"}}, nil},
		{"of a tag", store.Tally{Where: []store.Cond{store.Is("tags", "x")}, By: []string{"area"}, Sum: []string{"size"}},
			[]store.TallyRow{row(2, []int64{3}, "n")}},
		{"residual", store.Tally{Where: []store.Cond{store.Is("owner", "o"), store.Any("area", "n", "s"), store.Above("size", int64(0))}, By: []string{"area"}},
			[]store.TallyRow{row(2, nil, "n")}},
		{"none of no values", store.Tally{Where: []store.Cond{store.Is("owner", "o"), store.Any("area")}, By: []string{"area"}}, nil},
	} {
		c.q.In = shop
		got, err := s.Tally(context.Background(), c.q)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %v, %v, want %v", c.name, got, err, c.want)
			continue
		}
		for n := range got {
			g, w := got[n], c.want[n]
			if g.Count != w.Count || !sameValues(g.Group, w.Group) || len(g.Sums) != len(w.Sums) || len(w.Sums) > 0 && !reflect.DeepEqual(g.Sums, w.Sums) {
				t.Errorf("%s, row %d: %v, want %v", c.name, n, g, w)
			}
		}
	}
	q := store.Tally{In: shop, Where: owner, By: []string{"area"}, Limit: 3}
	if got, err := s.Tally(context.Background(), q); err != nil || len(got) != 3 {
		t.Errorf("exactly the limit: %v, %v", got, err)
	}
	q.Limit = 2
	wantCode(t, second(s.Tally(context.Background(), q)), store.CodeInvalid, "more groups than the limit")
}

func sameValues(a, b []any) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}
