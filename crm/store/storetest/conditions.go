package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "conditions", run: testConditions},
	contractTest{name: "examined rows", run: testExamined, big: true},
	contractTest{name: "refused queries", run: testRefusedQueries},
	contractTest{name: "cursors", run: testCursors},
	contractTest{name: "limits", run: testLimits},
	contractTest{name: "unique index in queries", run: testUniqueQuery},
	contractTest{name: "words", run: testWords},
)

// testConditions tries every comparison as a test on the way.
func testConditions(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "area": "n", "size": int64(1), "seen": day(1), "open": true, "tags": []string{"x", "y"}})
	put(t, s, shop, "b", store.Keys{"owner": "o", "area": "s", "size": int64(2), "seen": day(2), "open": false, "tags": []string{"y"}})
	put(t, s, shop, "c", store.Keys{"owner": "o"})
	put(t, s, shop, "d", store.Keys{"owner": "o", "area": "n", "size": int64(3), "seen": day(3), "open": true})
	put(t, s, shop, "e", store.Keys{"owner": "p", "area": "n", "size": int64(3)})
	for _, c := range []struct {
		cond store.Cond
		want string
	}{
		{store.Is("area", "n"), "a d"},
		{store.Is("area", "N"), ""},
		{store.Is("open", false), "b"},
		{store.Is("seen", day(2)), "b"},
		{store.Is("tags", "y"), "a b"},
		{store.Is("tags", "q"), ""},
		{store.Any("area", "n", "s", "q"), "a b d"},
		{store.Any("area", "s"), "b"},
		{store.Any("area"), ""},
		{store.Any("size", int64(1), int64(3)), "a d"},
		{store.Any("tags", "x", "y"), "a b"},
		{store.Any("open", true, false), "a b d"},
		{store.Below("size", int64(2)), "a"},
		{store.UpTo("size", int64(2)), "a b"},
		{store.Above("size", int64(2)), "d"},
		{store.From("size", int64(2)), "b d"},
		{store.Below("seen", day(2)), "a"},
		{store.UpTo("seen", day(2)), "a b"},
		{store.Above("seen", day(2)), "d"},
		{store.From("seen", day(2)), "b d"},
		{store.Above("area", "n"), "b"},
		{store.Lacks("area"), "c"},
		{store.Has("area"), "a b d"},
		{store.Lacks("tags"), "c d"},
		{store.Has("tags"), "a b"},
		{store.Lacks("open"), "c"},
		{store.Has("open"), "a b d"},
	} {
		want := strings.Fields(c.want)
		// By id with the owner's index; the same for a count, and in a tally.
		where := []store.Cond{store.Is("owner", "o"), c.cond}
		for limit := 1; limit < 4; limit++ {
			if got := ids(t, s, store.Query{In: shop, Where: where, Limit: limit}); !slices.Equal(got, want) {
				t.Errorf("%v: %v, want %v", c.cond, got, want)
			}
		}
		if n, err := s.Count(context.Background(), store.Query{In: shop, Where: where}, 100); err != nil || n != len(want) {
			t.Errorf("count %v: %d, %v, want %d", c.cond, n, err, len(want))
		}
		rows, err := s.Tally(context.Background(), store.Tally{In: shop, Where: where})
		if err != nil || len(rows) != 1 || rows[0].Count != int64(len(want)) {
			t.Errorf("tally %v: %v, %v, want %d", c.cond, rows, err, len(want))
		}
	}
}

// testExamined stores rows of which few match: pages end where MaxExamined
// rows were tested, even empty, and go on.
func testExamined(t *testing.T, s store.Store) {
	const total = 2*store.MaxExamined + 100
	var changes []store.Change
	for n := range total {
		keys := store.Keys{"name": fmt.Sprintf("n%06d", n), "open": n == 7 || n == store.MaxExamined+5 || n == total-1}
		changes = append(changes, store.Put{In: shop, Doc: doc(fmt.Sprintf("s%06d", n), keys)})
		if len(changes) == 2000 || n == total-1 {
			apply(t, s, changes...)
			changes = nil
		}
	}
	q := store.Query{In: shop, Where: []store.Cond{store.Is("open", true)}, Sort: []string{"name"}, Limit: 10}
	for page, want := range []string{"s000007", fmt.Sprintf("s%06d", store.MaxExamined+5), fmt.Sprintf("s%06d", total-1)} {
		p, err := s.Find(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Docs) != 1 || p.Docs[0].ID != want || (p.Next == "") != (page == 2) {
			t.Fatalf("page %d: %d documents, next %q", page, len(p.Docs), p.Next)
		}
		q.After = p.Next
	}
	q = store.Query{In: shop, Where: []store.Cond{store.Is("open", true), store.Is("area", "none")}, Sort: []string{"name"}}
	p, err := s.Find(context.Background(), q)
	if err != nil || len(p.Docs) != 0 || p.Next == "" {
		t.Fatalf("an empty page that goes on: %d documents, next %q, %v", len(p.Docs), p.Next, err)
	}
	if got := ids(t, s, q); len(got) != 0 {
		t.Errorf("nothing matches, got %v", got)
	}
	// Without tests on the way every page is full.
	n := 0
	for _, err := range store.All(context.Background(), s, store.Query{In: shop, Sort: []string{"name"}}) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != total {
		t.Errorf("All: %d of %d", n, total)
	}
}

func testRefusedQueries(t *testing.T, s store.Store) {
	foreign := &store.Collection{Name: "shop", Fields: shop.Fields}
	owner := store.Is("owner", "o")
	for name, q := range map[string]store.Query{
		"undeclared field":       {In: shop, Where: []store.Cond{owner, store.Is("nope", "x")}},
		"undeclared sort":        {In: shop, Sort: []string{"nope"}},
		"unserved sort":          {In: shop, Where: []store.Cond{owner}, Sort: []string{"size"}},
		"unserved direction":     {In: shop, Where: []store.Cond{owner}, Sort: []string{"-name"}},
		"unserved condition":     {In: shop, Where: []store.Cond{store.Is("area", "n")}},
		"sort by strings":        {In: shop, Sort: []string{"tags"}},
		"three sorts":            {In: shop, Sort: []string{"size", "-seen", "name"}},
		"wrong type":             {In: shop, Where: []store.Cond{store.Is("owner", int64(1))}},
		"int for int64":          {In: shop, Where: []store.Cond{owner, store.Is("size", 1)}},
		"nil value":              {In: shop, Where: []store.Cond{{Field: "owner", Op: store.Eq, Values: []any{nil}}}},
		"no value":               {In: shop, Where: []store.Cond{{Field: "owner", Op: store.Eq}}},
		"two values":             {In: shop, Where: []store.Cond{{Field: "owner", Op: store.Lt, Values: []any{"a", "b"}}}},
		"below a strings field":  {In: shop, Where: []store.Cond{owner, store.Below("tags", "x")}},
		"words without Search":   {In: logs, Words: []string{"x"}},
		"empty word":             {In: shop, Words: []string{""}},
		"too many values":        {In: shop, Where: []store.Cond{owner, store.Any("area", make([]any, 501)...)}},
		"another's collection":   {In: foreign},
		"unique, missing hidden": {In: shop, Sort: []string{"code"}},
	} {
		_, err := s.Find(context.Background(), q)
		if store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantCode(t, second(s.Count(context.Background(), store.Query{In: shop, Where: []store.Cond{store.Is("open", true)}}, 5)),
		store.CodeInvalid, "an unserved count")
	for name, q := range map[string]store.Tally{
		"undeclared":       {In: shop, By: []string{"nope"}},
		"by strings":       {In: shop, By: []string{"tags"}},
		"sum of a string":  {In: shop, Sum: []string{"name"}},
		"four fields":      {In: shop, By: []string{"owner", "area", "name", "open"}},
		"unserved":         {In: shop, Where: []store.Cond{store.Is("open", true)}},
		"undeclared where": {In: shop, Where: []store.Cond{store.Is("nope", "x")}},
	} {
		if _, err := s.Tally(context.Background(), q); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("tally %s: %v", name, err)
		}
	}
}

func testCursors(t *testing.T, s store.Store) {
	putRows(t, s)
	q := store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o")}, Sort: []string{"name"}, Limit: 2}
	page, err := s.Find(context.Background(), q)
	if err != nil || page.Next == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	for name, change := range map[string]func(*store.Query){
		"garbage":    func(q *store.Query) { q.After = "%%%" },
		"cut":        func(q *store.Query) { q.After = q.After[:len(q.After)-3] },
		"a word":     func(q *store.Query) { q.After = "abcd" },
		"condition":  func(q *store.Query) { q.Where = []store.Cond{store.Is("owner", "p")} },
		"conditions": func(q *store.Query) { q.Where = append(q.Where, store.Has("size")) },
		"order":      func(q *store.Query) { q.Sort = []string{"-seen"} },
		"collection": func(q *store.Query) { *q = store.Query{In: bare, After: q.After} },
	} {
		other := q
		other.After = page.Next
		change(&other)
		if _, err := s.Find(context.Background(), other); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("a cursor with another %s: %v", name, err)
		}
	}
	// The page's size and what it returns may change on the way.
	q.After, q.Limit, q.WithKeys = page.Next, 3, true
	if page, err = s.Find(context.Background(), q); err != nil || len(page.Docs) != 3 {
		t.Errorf("another limit: %v, %v", page.Docs, err)
	}
	// A cursor holds when its row is gone.
	apply(t, s, store.Delete{In: shop, ID: page.Docs[2].ID, Version: -1})
	q.After = page.Next
	after, err := s.Find(context.Background(), q)
	want := sorted([]string{"name"}, nil)[5:8]
	if err != nil || len(after.Docs) != 3 || after.Docs[0].ID != want[0] || after.Docs[2].ID != want[2] {
		t.Errorf("after the row is gone: %v, %v, want %v", after.Docs, err, want)
	}
}

func testLimits(t *testing.T, s store.Store) {
	var changes []store.Change
	for n := range 120 {
		changes = append(changes, store.Put{In: bare, Doc: doc(fmt.Sprintf("%03d", n), nil)})
	}
	apply(t, s, changes...)
	for _, limit := range []int{-1, store.MaxPage + 1} {
		wantCode(t, second(s.Find(context.Background(), store.Query{In: bare, Limit: limit})), store.CodeInvalid, fmt.Sprint("limit ", limit))
	}
	for limit, want := range map[int]int{0: 50, 1: 1, 119: 119, 120: 120, store.MaxPage: 120} {
		page, err := s.Find(context.Background(), store.Query{In: bare, Limit: limit})
		if err != nil || len(page.Docs) != want || (page.Next == "") != (want == 120) {
			t.Errorf("limit %d: %d documents, next %q, %v", limit, len(page.Docs), page.Next, err)
		}
	}
}

func testUniqueQuery(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "area": "n", "code": "3"})
	put(t, s, shop, "b", store.Keys{"owner": "o", "area": "n", "code": "1"})
	put(t, s, shop, "c", store.Keys{"owner": "o", "area": "n"})
	put(t, s, shop, "d", store.Keys{"owner": "o", "code": "2"})
	for _, c := range []struct {
		q    store.Query
		want string
	}{
		{store.Query{In: shop, Where: []store.Cond{store.Is("code", "1")}}, "b"},
		{store.Query{In: shop, Where: []store.Cond{store.Has("code")}, Sort: []string{"code"}, Limit: 2}, "b d a"},
		{store.Query{In: shop, Where: []store.Cond{store.Above("code", "1")}, Sort: []string{"code"}, Limit: 1}, "d a"},
		{store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o"), store.Is("area", "n"), store.Has("code")}, Sort: []string{"code"}, Limit: 1}, "b a"},
	} {
		if got := ids(t, s, c.q); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%v: %v, want %s", c.q.Where, got, c.want)
		}
	}
}

func testWords(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "name": "1", "size": int64(1)}, "acos", "minas", "gerais", "27418305000174")
	put(t, s, shop, "b", store.Keys{"owner": "p", "name": "3", "size": int64(2)}, "minas", "leite", "gerdau")
	put(t, s, shop, "c", store.Keys{"owner": "o", "name": "2"}, "gerais", "textil", "minasa")
	put(t, s, shop, "d", store.Keys{"owner": "o"})
	find := func(want string, q store.Query) {
		t.Helper()
		q.In = shop
		for q.Limit = 1; q.Limit < 4; q.Limit++ {
			q.After = ""
			if got := ids(t, s, q); !slices.Equal(got, strings.Fields(want)) {
				t.Errorf("words %v, %v by %v: %v, want %s", q.Words, q.Where, q.Sort, got, want)
			}
		}
		q.After = ""
		if n, err := s.Count(context.Background(), q, 10); err != nil || n != len(strings.Fields(want)) {
			t.Errorf("count of words %v: %d, %v, want %s", q.Words, n, err, want)
		}
	}
	find("a b c", store.Query{Words: []string{"minas"}})
	find("a b", store.Query{Words: []string{"minas", "ger"}})
	find("a", store.Query{Words: []string{"minas", "gerais"}})
	find("a", store.Query{Words: []string{"gerais", "minas", "acos"}})
	find("a b c", store.Query{Words: []string{"g"}})
	find("", store.Query{Words: []string{"mina", "gerais"}})
	find("", store.Query{Words: []string{"erais"}})
	find("", store.Query{Words: []string{"nada", "g"}})
	find("a", store.Query{Words: []string{"274183"}})
	find("a c b", store.Query{Words: []string{"minas"}, Sort: []string{"name"}})
	find("b a c", store.Query{Words: []string{"minas"}, Sort: []string{"-size", "name"}})
	find("c a b", store.Query{Words: []string{"minas"}, Sort: []string{"size", "-name"}})
	find("a c", store.Query{Words: []string{"minas"}, Where: []store.Cond{store.Is("owner", "o")}})
	find("c", store.Query{Words: []string{"minas"}, Where: []store.Cond{store.Lacks("size")}})
	// The text index follows every change.
	d := get(t, s, shop, "a")
	d.Words = []string{"novo", "minas"}
	apply(t, s, store.Put{In: shop, Doc: d}, store.Delete{In: shop, ID: "b", Version: -1})
	apply(t, s, store.Patch{In: shop, ID: "c", Keys: store.Keys{"size": int64(4)}})
	find("c", store.Query{Words: []string{"ger"}})
	find("a", store.Query{Words: []string{"minas", "nov"}})
	find("a c", store.Query{Words: []string{"minas"}})
}
