package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "either of two fields", run: testEither},
	contractTest{name: "either of two fields in long walks", run: testEitherExamined, big: true},
	contractTest{name: "sparse indexes", run: testSparse},
)

// putDesks stores desks of two agents, of whom b acts for a at every third.
func putDesks(t *testing.T, s store.Store, n int) (want []store.Doc) {
	for i := range n {
		d := store.Doc{ID: fmt.Sprintf("d%02d", i), Words: []string{"desk"}, Keys: store.Keys{
			"agent": []string{"a", "b", "c"}[i%3], "name": fmt.Sprint("n", i*7%5), "size": int64(i)}}
		if i%4 != 0 {
			d.Keys["at"] = day(i * 5 % 9)
		}
		if i%9 == 0 {
			d.Keys["acting"] = "b"
		}
		d.Body = fmt.Appendf(nil, `{"id":"%s"}`, d.ID)
		if err := s.Apply(context.Background(), store.Put{In: desks, Doc: d}); err != nil {
			t.Fatal(err)
		}
		if d.Keys["agent"] == "b" || d.Keys["acting"] == "b" {
			want = append(want, d)
		}
	}
	return want
}

// testEither pages through what b serves, as agent or for another, and counts
// it: each document once, in the order of the query.
func testEither(t *testing.T, s store.Store) {
	ctx := context.Background()
	docs := putDesks(t, s, 40)
	served := store.Either("agent", "acting", "b")
	orders := map[string]func(a, b store.Doc) int{
		"name": func(a, b store.Doc) int { return strings.Compare(a.Keys["name"].(string), b.Keys["name"].(string)) },
		"-at": func(a, b store.Doc) int {
			x, _ := a.Keys["at"].(time.Time)
			y, _ := b.Keys["at"].(time.Time)
			return y.Compare(x)
		},
	}
	for sort, order := range orders {
		var want []string
		for _, d := range slices.SortedFunc(slices.Values(docs), func(a, b store.Doc) int { return cmp.Or(order(a, b), strings.Compare(a.ID, b.ID)) }) {
			want = append(want, d.ID)
		}
		for _, words := range [][]string{nil, {"desk"}} {
			for _, limit := range []int{1, 2, 5, 100} {
				if got := ids(t, s, store.Query{In: desks, Where: []store.Cond{served}, Words: words, Sort: []string{sort}, Limit: limit}); !slices.Equal(got, want) {
					t.Errorf("by %s, %v, pages of %d: %v, want %v", sort, words, limit, got, want)
				}
			}
		}
		page, err := s.Find(ctx, store.Query{In: desks, Where: []store.Cond{served}, Sort: []string{sort}, Limit: 3, Bare: true})
		if want := fmt.Sprintf(`[{"id":"%s"},{"id":"%s"},{"id":"%s"}]`, want[0], want[1], want[2]); err != nil || string(page.Rows.JSON) != want || page.Next == "" {
			t.Errorf("bare by %s: %s, next %q, %v, want %s", sort, page.Rows.JSON, page.Next, err, want)
		}
	}
	for _, where := range [][]store.Cond{{served}, {store.Is("agent", "b")}} {
		page, err := s.Find(ctx, store.Query{In: desks, Where: where, Sort: []string{"-at"}, SortKeys: true})
		if err != nil || len(page.Docs) == 0 {
			t.Fatalf("sort keys: %v, %v", page.Docs, err)
		}
		for _, d := range page.Docs {
			n := slices.IndexFunc(docs, func(x store.Doc) bool { return x.ID == d.ID })
			at, there := docs[n].Keys["at"]
			if got, has := d.Keys["at"]; has != there || there && !got.(time.Time).Equal(at.(time.Time)) || len(d.Keys) > 1 || d.Words != nil {
				t.Errorf("sort keys of %s: %v %v, want %v", d.ID, d.Keys, d.Words, at)
			}
		}
	}
	for _, limit := range []int{3, len(docs), 1000} {
		if n, err := s.Count(ctx, store.Query{In: desks, Where: []store.Cond{served}, Sort: []string{"name"}}, limit); err != nil || n != min(limit, len(docs)) {
			t.Errorf("count up to %d: %d, %v, want %d", limit, n, err, min(limit, len(docs)))
		}
	}
	rows, err := s.Tally(ctx, store.Tally{In: desks, Where: []store.Cond{served}, By: []string{"name"}, Sum: []string{"size"}})
	count, sum := map[any]int64{}, map[any]int64{}
	for _, d := range docs {
		count[d.Keys["name"]]++
		sum[d.Keys["name"]] += d.Keys["size"].(int64)
	}
	if err != nil || len(rows) != len(count) {
		t.Fatalf("tally: %v, %v, want %d groups", rows, err, len(count))
	}
	for n, r := range rows {
		if r.Count != count[r.Group[0]] || r.Sums[0] != sum[r.Group[0]] || n > 0 && rows[n-1].Group[0].(string) >= r.Group[0].(string) {
			t.Errorf("tally row %d: %v", n, r)
		}
	}
	for name, where := range map[string][]store.Cond{
		"two forks":     {served, store.Either("agent", "acting", "c")},
		"a range":       {{Field: "agent", Or: "acting", Op: store.Gt, Values: []any{"a"}}},
		"no such field": {store.Either("agent", "nothing", "b")},
	} {
		if _, err := s.Find(ctx, store.Query{In: desks, Where: where, Sort: []string{"name"}}); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v, want %s", name, err, store.CodeInvalid)
		}
	}
}

// testEitherExamined walks rows of which few match, so that each of the two
// walks ends a page before it is full.
func testEitherExamined(t *testing.T, s store.Store) {
	var changes []store.Change
	var want []string
	for i := range 3*store.MaxExamined + 10 {
		d := store.Doc{ID: fmt.Sprintf("d%06d", i), Body: []byte(`{}`), Keys: store.Keys{"name": fmt.Sprintf("%06d", i), "agent": "b"}}
		if i > store.MaxExamined && i%2 == 0 {
			d.Keys["agent"], d.Keys["acting"] = "a", "b"
		}
		if i%4999 == 0 {
			d.Keys["size"] = int64(1)
			want = append(want, d.ID)
		}
		if changes = append(changes, store.Put{In: desks, Doc: d}); len(changes) == 1000 {
			if err := s.Apply(context.Background(), changes...); err != nil {
				t.Fatal(err)
			}
			changes = changes[:0]
		}
	}
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatal(err)
	}
	got := ids(t, s, store.Query{In: desks, Where: []store.Cond{store.Either("agent", "acting", "b"), store.Is("size", int64(1))}, Sort: []string{"name"}})
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// testSparse: a sparse index answers what asks for its first field, in both
// directions, and refuses to stand for all documents.
func testSparse(t *testing.T, s store.Store) {
	putDesks(t, s, 20)
	if got := ids(t, s, store.Query{In: desks, Where: []store.Cond{store.Has("acting")}, Sort: []string{"acting", "name"}}); !slices.Equal(got, []string{"d00", "d18", "d09"}) {
		t.Errorf("those with a value: %v", got)
	}
	for name, where := range map[string][]store.Cond{"everything": nil, "those without": {store.Lacks("acting")}} {
		if _, err := s.Find(context.Background(), store.Query{In: desks, Where: where, Sort: []string{"acting", "name"}}); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s by a sparse index: %v, want %s", name, err, store.CodeInvalid)
		}
	}
	rows, err := s.Tally(context.Background(), store.Tally{In: desks, By: []string{"acting"}})
	if err != nil || len(rows) != 2 || rows[0].Count != 17 || rows[1].Count != 3 {
		t.Errorf("a tally by it: %v, %v", rows, err)
	}
}
