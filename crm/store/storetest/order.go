package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "order and paging", run: testOrder},
	contractTest{name: "order by id", run: testByID},
	contractTest{name: "ranges", run: testRanges},
	contractTest{name: "cluster", run: testCluster},
	contractTest{name: "strings index", run: testStringsIndex},
)

// row is a shop of the ordering tests; nil means missing.
type row struct {
	id   string
	name any
	size any
	seen any
}

var rows = []row{
	{"a", "mar", int64(5), 3}, {"b", "mar", int64(5), 3}, {"c", "mar", int64(-2), 1},
	{"d", "sol", int64(5), nil}, {"e", nil, nil, 2}, {"f", nil, int64(7), nil},
	{"g", "sol", nil, nil}, {"h", "ar", int64(0), 9}, {"i", "", int64(5), 4},
	{"j", "Sol", int64(5), 3}, {"k", "ão", int64(7), 0}, {"l", nil, nil, nil},
}

func (r row) keys() store.Keys {
	k := store.Keys{"owner": "o"}
	if r.name != nil {
		k["name"] = r.name
	}
	if r.size != nil {
		k["size"] = r.size
	}
	if n, ok := r.seen.(int); ok {
		k["seen"] = day(n)
	}
	return k
}

func putRows(t *testing.T, s store.Store) {
	var changes []store.Change
	for _, r := range slices.Backward(rows) {
		changes = append(changes, store.Put{In: shop, Doc: doc(r.id, r.keys())})
	}
	apply(t, s, changes...)
}

// compareMissing orders missing first.
func compareMissing(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	switch x := a.(type) {
	case string:
		return compare(x, b.(string))
	case int64:
		return compare(x, b.(int64))
	}
	return compare(a.(int), b.(int))
}

func compare[T string | int | int64](a, b T) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func (r row) field(name string) any {
	return map[string]any{"name": r.name, "size": r.size, "seen": r.seen}[name]
}

// sorted is what the contract says, by a plain sort in memory.
func sorted(by []string, keep func(row) bool) []string {
	list := slices.Clone(rows)
	slices.SortFunc(list, func(a, b row) int {
		for _, f := range by {
			sign := 1
			if f[0] == '-' {
				f, sign = f[1:], -1
			}
			if c := compareMissing(a.field(f), b.field(f)); c != 0 {
				return c * sign
			}
		}
		return compare(a.id, b.id)
	})
	got := []string{}
	for _, r := range list {
		if keep == nil || keep(r) {
			got = append(got, r.id)
		}
	}
	return got
}

func testOrder(t *testing.T, s store.Store) {
	putRows(t, s)
	owner := []store.Cond{store.Is("owner", "o")}
	for _, c := range []struct {
		where []store.Cond
		sort  []string
	}{
		{nil, []string{"name"}},
		{owner, []string{"name"}},
		{nil, []string{"-seen"}},
		{owner, []string{"-seen"}},
		{nil, []string{"size", "-seen"}},
		{nil, []string{"-size", "name"}},
	} {
		want := sorted(c.sort, nil)
		for limit := 1; limit <= len(rows)+1; limit++ {
			got := ids(t, s, store.Query{In: shop, Where: c.where, Sort: c.sort, Limit: limit})
			if !slices.Equal(got, want) {
				t.Errorf("sort %v, limit %d: %v, want %v", c.sort, limit, got, want)
			}
		}
	}
}

func testRanges(t *testing.T, s store.Store) {
	putRows(t, s)
	in := func(lo, hi int64) func(row) bool {
		return func(r row) bool { n, ok := r.size.(int64); return ok && n >= lo && n <= hi }
	}
	for _, c := range []struct {
		name  string
		where []store.Cond
		keep  func(row) bool
	}{
		{"above", []store.Cond{store.Above("size", int64(5))}, in(6, 99)},
		{"from", []store.Cond{store.From("size", int64(5))}, in(5, 99)},
		{"below", []store.Cond{store.Below("size", int64(5))}, in(-99, 4)},
		{"up to", []store.Cond{store.UpTo("size", int64(5))}, in(-99, 5)},
		{"between", []store.Cond{store.Above("size", int64(-2)), store.UpTo("size", int64(5))}, in(-1, 5)},
		{"two bounds on one side", []store.Cond{store.Above("size", int64(0)), store.From("size", int64(0)), store.Below("size", int64(7)), store.Below("size", int64(90))}, in(1, 6)},
		{"equal", []store.Cond{store.Is("size", int64(5))}, in(5, 5)},
		{"has", []store.Cond{store.Has("size")}, in(-99, 99)},
		{"lacks", []store.Cond{store.Lacks("size")}, func(r row) bool { return r.size == nil }},
		{"nothing", []store.Cond{store.Above("size", int64(50))}, in(50, 99)},
	} {
		for _, sort := range [][]string{{"size", "-seen"}, {"-size", "name"}} {
			want := sorted(sort, c.keep)
			for limit := 1; limit <= 5; limit++ {
				got := ids(t, s, store.Query{In: shop, Where: c.where, Sort: sort, Limit: limit})
				if !slices.Equal(got, want) {
					t.Errorf("%s, sort %v, limit %d: %v, want %v", c.name, sort, limit, got, want)
				}
			}
		}
	}
}

func testByID(t *testing.T, s store.Store) {
	for _, id := range []string{"b", "a", "c", "B", "é", "aa"} {
		put(t, s, bare, id, nil)
	}
	want := []string{"B", "a", "aa", "b", "c", "é"}
	for limit := 1; limit < 8; limit++ {
		if got := ids(t, s, store.Query{In: bare, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("by id, limit %d: %v, want %v", limit, got, want)
		}
	}
	putRows(t, s)
	got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o"), store.Is("size", int64(5))}, Limit: 2})
	if want := []string{"a", "b", "d", "i", "j"}; !slices.Equal(got, want) {
		t.Errorf("by id with conditions: %v, want %v", got, want)
	}
	var all []string
	for d, err := range store.All(context.Background(), s, store.Query{In: bare}) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d.ID)
	}
	if !slices.Equal(all, want) {
		t.Errorf("All: %v, want %v", all, want)
	}
}

func testCluster(t *testing.T, s store.Store) {
	for n := range 20 {
		put(t, s, logs, fmt.Sprintf("l%02d", n), store.Keys{
			"client": fmt.Sprintf("c%d", n%2), "at": day(n / 4), "kind": fmt.Sprintf("k%d", n%3)})
	}
	want := []string{"l16", "l18", "l12", "l14", "l08", "l10", "l04", "l06", "l00", "l02"}
	for limit := 1; limit < 12; limit++ {
		got := ids(t, s, store.Query{In: logs, Where: []store.Cond{store.Is("client", "c0")}, Sort: []string{"-at"}, Limit: limit})
		if !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
	got := ids(t, s, store.Query{In: logs, Where: []store.Cond{store.Is("kind", "k1")}, Sort: []string{"-at"}, Limit: 2})
	if want := []string{"l16", "l19", "l13", "l10", "l04", "l07", "l01"}; !slices.Equal(got, want) {
		t.Errorf("by kind: %v, want %v", got, want)
	}
	// A row moves up when its place in the cluster changes.
	d := get(t, s, logs, "l00")
	d.Keys["at"] = day(99)
	apply(t, s, store.Put{In: logs, Doc: d}, store.Patch{In: logs, ID: "l02", Keys: store.Keys{"at": day(98)}})
	page, err := s.Find(context.Background(), store.Query{In: logs, Where: []store.Cond{store.Is("client", "c0")}, Sort: []string{"-at"}, Limit: 2})
	if err != nil || len(page.Docs) != 2 || page.Docs[0].ID != "l00" || page.Docs[1].ID != "l02" {
		t.Errorf("after the move: %v, %v", page.Docs, err)
	}
	err = s.Apply(context.Background(), store.Put{In: logs, Doc: doc("x", store.Keys{"client": "c0"})})
	wantCode(t, err, store.CodeInvalid, "a row without its place")
}

func testStringsIndex(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"tags": []string{"x", "y"}, "seen": day(1)})
	put(t, s, shop, "b", store.Keys{"tags": []string{"y", "y"}, "seen": day(3)})
	put(t, s, shop, "c", store.Keys{"tags": []string{"x"}})
	put(t, s, shop, "d", store.Keys{"tags": []string{}, "seen": day(5)})
	put(t, s, shop, "e", store.Keys{"tags": []string{"x", "z"}, "seen": day(1)})
	expect := func(tag string, want ...string) {
		t.Helper()
		for limit := 1; limit < 5; limit++ {
			got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("tags", tag)}, Sort: []string{"-seen"}, Limit: limit})
			if !slices.Equal(got, append([]string{}, want...)) {
				t.Errorf("tag %s, limit %d: %v, want %v", tag, limit, got, want)
			}
		}
	}
	expect("x", "a", "e", "c")
	expect("y", "b", "a")
	if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("tags", "x")}}); !slices.Equal(got, []string{"a", "c", "e"}) {
		t.Errorf("by id: %v", got)
	}
	// The copies that the index sorts by follow every change.
	apply(t, s, store.Patch{In: shop, ID: "c", Keys: store.Keys{"seen": day(2)}})
	expect("x", "c", "a", "e")
	apply(t, s, store.Patch{In: shop, ID: "a", Keys: store.Keys{"tags": []string{"z"}}})
	expect("x", "c", "e")
	expect("z", "a", "e")
	d := get(t, s, shop, "e")
	d.Keys["tags"] = []string{"w"}
	apply(t, s, store.Put{In: shop, Doc: d}, store.Delete{In: shop, ID: "c", Version: -1})
	expect("x")
	expect("w", "e")
	apply(t, s, store.Patch{In: shop, ID: "e", Keys: store.Keys{"tags": nil}})
	expect("w")
}
