package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "versions", run: testVersions},
	contractTest{name: "delete", run: testDelete},
	contractTest{name: "insert if absent", run: testInsertIfAbsent},
	contractTest{name: "check", run: testCheck},
	contractTest{name: "unique", run: testUnique},
	contractTest{name: "unique strings", run: testUniqueStrings},
	contractTest{name: "patch", run: testPatch},
	contractTest{name: "patch only above", run: testOnlyAbove},
	contractTest{name: "patch body", run: testPatchBody},
	contractTest{name: "patch words", run: testPatchWords},
	contractTest{name: "words follow", run: testWordsFollow},
	contractTest{name: "refused patches", run: testRefusedPatches},
	contractTest{name: "changes in order", run: testChangeOrder},
	contractTest{name: "all or none", run: testAtomic, atomic: true},
	contractTest{name: "two writers of one version", run: testWriters, concurrent: true},
	contractTest{name: "many writers", run: testManyWriters, concurrent: true},
)

func testVersions(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "a", store.Keys{"owner": "x", "size": int64(1)})
	e := wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: doc("a", nil)}), store.CodeConflict, "insert twice")
	if e.Collection != "shop" || e.ID != "a" {
		t.Errorf("the conflict names %q/%q", e.Collection, e.ID)
	}
	d := store.Doc{ID: "a", Version: 1, Keys: store.Keys{"owner": "y"}, Body: []byte(`{"n":2}`)}
	apply(t, s, store.Put{In: shop, Doc: d})
	got := get(t, s, shop, "a")
	if got.Version != 2 || string(got.Body) != `{"n":2}` || !reflect.DeepEqual(got.Keys, store.Keys{"owner": "y"}) {
		t.Errorf("a Put replaces whole: %+v", got)
	}
	e = wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: d}), store.CodeConflict, "an old version")
	if e.Collection != "shop" || e.ID != "a" {
		t.Errorf("the conflict names %q/%q", e.Collection, e.ID)
	}
	d.Version = 9
	wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: d}), store.CodeConflict, "a version yet to come")
	d.ID = "gone"
	e = wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: d}), store.CodeNotFound, "a version of nothing")
	if e.ID != "gone" {
		t.Errorf("the error names %q", e.ID)
	}
}

func testDelete(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "a", store.Keys{"owner": "x", "tags": []string{"t"}}, "word")
	wantCode(t, s.Apply(ctx, store.Delete{In: shop, ID: "a", Version: 2}), store.CodeConflict, "another version")
	wantCode(t, s.Apply(ctx, store.Delete{In: shop, ID: "b", Version: 1}), store.CodeNotFound, "a version of nothing")
	apply(t, s, store.Delete{In: shop, ID: "a", Version: 1})
	wantCode(t, second(s.Get(ctx, shop, "a")), store.CodeNotFound, "Get of the deleted")
	apply(t, s, store.Delete{In: shop, ID: "a", Version: -1})
	put(t, s, shop, "a", nil)
	put(t, s, shop, "b", nil)
	apply(t, s, store.Delete{In: shop, ID: "a", Version: -1})
	if got := get(t, s, shop, "b"); got.Version != 1 {
		t.Errorf("another document: %+v", got)
	}
	for _, q := range []store.Query{{In: shop, Words: []string{"word"}}, {In: shop, Where: []store.Cond{store.Is("tags", "t")}}} {
		if got := ids(t, s, q); len(got) != 0 {
			t.Errorf("the deleted is found by %v %v", q.Words, q.Where)
		}
	}
	put(t, s, shop, "a", store.Keys{"tags": []string{"t"}}, "word")
	if got := get(t, s, shop, "a"); got.Version != 1 {
		t.Errorf("put again: version %d", got.Version)
	}
}

func testInsertIfAbsent(t *testing.T, s store.Store) {
	first := store.InsertIfAbsent{In: shop, Doc: doc("a", store.Keys{"owner": "x", "tags": []string{"t"}}, "first")}
	apply(t, s, first)
	again := store.InsertIfAbsent{In: shop, Doc: store.Doc{ID: "a", Keys: store.Keys{"owner": "y", "tags": []string{"u"}}, Words: []string{"second"}, Body: []byte(`{"n":2}`)}}
	apply(t, s, again, again)
	got := get(t, s, shop, "a")
	if got.Version != 1 || string(got.Body) != `{"id":"a"}` || got.Keys["owner"] != "x" {
		t.Errorf("the second insert did something: %+v", got)
	}
	if got := ids(t, s, store.Query{In: shop, Words: []string{"second"}}); len(got) != 0 {
		t.Error("the second insert left words")
	}
	if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("tags", "u")}}); len(got) != 0 {
		t.Error("the second insert left tags")
	}
	put(t, s, shop, "c", store.Keys{"code": "7"})
	wantCode(t, s.Apply(context.Background(), store.InsertIfAbsent{In: shop, Doc: doc("d", store.Keys{"code": "7"})}),
		store.CodeDuplicate, "another id with the same code")
}

func testCheck(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "a", nil)
	apply(t, s, store.Check{In: shop, ID: "a", Version: 1}, store.Check{In: shop, ID: "b", Version: 0})
	for name, c := range map[string]store.Check{
		"another version": {In: shop, ID: "a", Version: 2},
		"not absent":      {In: shop, ID: "a", Version: 0},
		"not there":       {In: shop, ID: "b", Version: 1},
	} {
		err := s.Apply(ctx, c, store.Put{In: shop, Doc: doc("new", nil)})
		if e := wantCode(t, err, store.CodeConflict, name); e.Collection != "shop" || e.ID != c.ID {
			t.Errorf("%s names %q/%q", name, e.Collection, e.ID)
		}
	}
	wantCode(t, second(s.Get(ctx, shop, "new")), store.CodeNotFound, "what stood behind a failed check")
}

func testUnique(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "a", store.Keys{"code": "1", "owner": "o", "area": "n"})
	put(t, s, shop, "b", store.Keys{"owner": "o", "area": "n"})
	put(t, s, shop, "c", store.Keys{"owner": "o", "area": "n"})
	put(t, s, shop, "d", store.Keys{"code": ""})
	e := wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: doc("e", store.Keys{"code": "1"})}), store.CodeDuplicate, "the same code")
	if e.Collection != "shop" || e.ID != "e" || e.Field != "code" {
		t.Errorf("the error names %q/%q field %q", e.Collection, e.ID, e.Field)
	}
	wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: doc("e", store.Keys{"code": ""})}), store.CodeDuplicate, "an empty text is a value")
	b := get(t, s, shop, "b")
	b.Keys["code"] = "1"
	wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: b}), store.CodeDuplicate, "an update to the same code")
	wantCode(t, s.Apply(ctx, store.Patch{In: shop, ID: "b", Keys: store.Keys{"code": "1"}}), store.CodeDuplicate, "a patch to the same code")
	if got := get(t, s, shop, "b"); got.Version != 1 || got.Keys["code"] != nil {
		t.Errorf("a refused change left something: %+v", got)
	}
	// One's own code is no duplicate, and a freed one can be taken.
	a := get(t, s, shop, "a")
	apply(t, s, store.Put{In: shop, Doc: a})
	apply(t, s, store.Delete{In: shop, ID: "a", Version: -1}, store.Put{In: shop, Doc: doc("e", store.Keys{"code": "1"})})
}

func testUniqueStrings(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, addr, "a", store.Keys{"mails": []string{"x@a.com.br", "y@a.com.br", "x@a.com.br"}})
	put(t, s, addr, "b", store.Keys{"mails": []string{"z@a.com.br"}})
	put(t, s, addr, "c", nil)
	put(t, s, addr, "d", nil)
	e := wantCode(t, s.Apply(ctx, store.Put{In: addr, Doc: doc("e", store.Keys{"mails": []string{"w@a.com.br", "y@a.com.br"}})}), store.CodeDuplicate, "one of two")
	if e.Field != "mails" || e.ID != "e" {
		t.Errorf("the error names %q field %q", e.ID, e.Field)
	}
	wantCode(t, second(s.Get(ctx, addr, "e")), store.CodeNotFound, "Get of the refused")
	wantCode(t, s.Apply(ctx, store.Patch{In: addr, ID: "b", Keys: store.Keys{"mails": []string{"x@a.com.br"}}}), store.CodeDuplicate, "a patch")
	if got := ids(t, s, store.Query{In: addr, Where: []store.Cond{store.Is("mails", "y@a.com.br")}}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("by mail: %v", got)
	}
}

func testPatch(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "size": int64(1), "name": "n"})
	apply(t, s,
		store.Patch{In: shop, ID: "a", Keys: store.Keys{"seen": day(3), "size": int64(2), "name": nil, "area": nil, "tags": []string{"x"}}},
		store.Patch{In: shop, ID: "gone", Keys: store.Keys{"size": int64(2)}, Body: map[string][]byte{"x": []byte("1")}})
	got := get(t, s, shop, "a")
	want := store.Keys{"owner": "o", "size": int64(2), "seen": day(3), "tags": []string{"x"}}
	if got.Version != 1 || !reflect.DeepEqual(got.Keys, want) || string(got.Body) != `{"id":"a"}` {
		t.Errorf("patched: %+v", got)
	}
	if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o")}, Sort: []string{"-seen"}}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("by the new value: %v", got)
	}
	apply(t, s, store.Patch{In: shop, ID: "a"})
	// A form that was open meanwhile still saves.
	d := doc("a", want)
	d.Version = 1
	apply(t, s, store.Put{In: shop, Doc: d})
	if _, err := s.Get(context.Background(), shop, "gone"); !store.IsNotFound(err) {
		t.Error("a patch made a document")
	}
}

// testPatchWords: the words of a patch take the place of the stored ones.
func testPatchWords(t *testing.T, s store.Store) {
	d := doc("a", store.Keys{"name": "n"})
	d.Words = []string{"old", "same"}
	apply(t, s, store.Put{In: shop, Doc: d})
	finds := func(when string, want map[string]bool) {
		t.Helper()
		for word, there := range want {
			got := ids(t, s, store.Query{In: shop, Words: []string{word}})
			if (len(got) == 1) != there {
				t.Errorf("%s: %q finds %v", when, word, got)
			}
		}
	}
	apply(t, s, store.Patch{In: shop, ID: "a", Keys: store.Keys{"size": int64(1)}})
	finds("left alone", map[string]bool{"old": true, "same": true})
	apply(t, s, store.Patch{In: shop, ID: "a", Words: []string{"same", "new"}})
	finds("replaced", map[string]bool{"old": false, "same": true, "new": true, "ne": true})
	if got := get(t, s, shop, "a"); !slices.Equal(got.Words, []string{"same", "new"}) || got.Version != 1 {
		t.Errorf("%+v", got)
	}
	apply(t, s,
		store.Patch{In: shop, ID: "a", Words: []string{}},
		store.Patch{In: shop, ID: "gone", Words: []string{"new"}})
	finds("taken away", map[string]bool{"same": false, "new": false})
	for name, p := range map[string]store.Patch{"a space": {In: shop, ID: "a", Words: []string{"a b"}}, "no Search": {In: bare, ID: "a", Words: []string{"a"}}} {
		if err := s.Apply(context.Background(), p); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// testWordsFollow: a text query that is narrowed and put in order finds documents
// by what they are now, however they came to it.
func testWordsFollow(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "name": "n1", "size": int64(3)}, "padaria", "paes")
	put(t, s, shop, "b", store.Keys{"owner": "o", "name": "n2", "size": int64(2)}, "padaria")
	put(t, s, shop, "c", store.Keys{"owner": "p", "name": "n3", "size": int64(1)}, "padaria")
	put(t, s, shop, "d", store.Keys{"name": "n4"}, "padaria")
	find := func(where ...store.Cond) store.Query {
		return store.Query{In: shop, Where: where, Words: []string{"pa"}, Sort: []string{"name"}}
	}
	owned := func(o string) store.Query { return find(store.Is("owner", o)) }
	want := func(when string, q store.Query, want ...string) {
		t.Helper()
		if got := ids(t, s, q); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", when, got, want)
		}
		if n, err := s.Count(context.Background(), q, 10); err != nil || n != len(want) {
			t.Errorf("%s: counted %d, %v; want %d", when, n, err, len(want))
		}
	}
	want("first", owned("o"), "a", "b")
	want("without one", find(store.Lacks("owner")), "d")
	want("some", find(store.Cond{Field: "owner", Op: store.In, Values: []any{"o", "p"}}), "a", "b", "c")
	want("larger", find(store.Is("owner", "o"), store.From("size", int64(3))), "a")
	want("with two words", store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o")}, Words: []string{"padaria", "pae"}, Sort: []string{"name"}}, "a")
	want("in another order", store.Query{In: shop, Where: []store.Cond{store.Is("owner", "o")}, Words: []string{"pad"}, Sort: []string{"-size", "name"}}, "a", "b")

	apply(t, s, store.Patch{In: shop, ID: "c", Keys: store.Keys{"owner": "o", "name": "n0"}})
	want("patched", owned("o"), "c", "a", "b")
	want("patched, no more", owned("p"))
	apply(t, s, store.Patch{In: shop, ID: "b", Keys: store.Keys{"owner": nil}})
	want("patched away", owned("o"), "c", "a")
	apply(t, s, store.Patch{In: shop, ID: "a", Keys: store.Keys{"name": "m"}, Words: []string{"padre"}})
	want("patched with words", owned("o"), "a", "c")
	d := get(t, s, shop, "c")
	d.Keys["owner"], d.Keys["name"], d.Words = "p", "z", []string{"padaria", "parque"}
	apply(t, s, store.Put{In: shop, Doc: d})
	want("put", owned("o"), "a")
	want("put elsewhere", owned("p"), "c")
	apply(t, s, store.Delete{In: shop, ID: "c", Version: -1})
	want("deleted", owned("p"))
}

func testOnlyAbove(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o"})
	patch := func(n int, name string) {
		t.Helper()
		apply(t, s, store.Patch{In: shop, ID: "a", OnlyAbove: "seen", Keys: store.Keys{"seen": day(n), "name": name, "tags": []string{name}},
			Body: map[string][]byte{"last": fmt.Appendf(nil, "%q", name)}})
	}
	for _, c := range []struct {
		day  int
		want string
	}{{3, "n3"}, {2, "n3"}, {5, "n5"}, {5, "n5"}, {4, "n5"}, {6, "n6"}} {
		name := fmt.Sprintf("n%d", c.day)
		if c.day == 5 && get(t, s, shop, "a").Keys["name"] == "n5" {
			name = "again"
		}
		patch(c.day, name)
		got := get(t, s, shop, "a")
		if got.Keys["name"] != c.want || string(got.Body) != fmt.Sprintf(`{"id":"a","last":%q}`, c.want) {
			t.Errorf("day %d: %v %s, want %s", c.day, got.Keys["name"], got.Body, c.want)
		}
		if list := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("tags", c.want)}}); len(list) != 1 {
			t.Errorf("day %d: the tags are %v", c.day, got.Keys["tags"])
		}
	}
}

func testPatchBody(t *testing.T, s store.Store) {
	apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: "a", Body: []byte(`{"z":1,"a":{"b":[1,2]},"m":"x","q\"é":5}`)}})
	patch := func(body map[string][]byte, want string) {
		t.Helper()
		apply(t, s, store.Patch{In: bare, ID: "a", Body: body})
		d := get(t, s, bare, "a")
		sameJSON(t, d.Body, want)
		if d.Version != 1 {
			t.Errorf("version %d", d.Version)
		}
	}
	patch(map[string][]byte{"a": []byte(`{"c": null}`)}, `{"z":1,"a":{"c":null},"m":"x","q\"é":5}`)
	patch(map[string][]byte{"z": nil, "none": nil}, `{"a":{"c":null},"m":"x","q\"é":5}`)
	patch(map[string][]byte{"y": []byte(`"ü"`), "b": []byte(`[]`)}, `{"a":{"c":null},"m":"x","q\"é":5,"b":[],"y":"ü"}`)
	patch(map[string][]byte{"q\"é": []byte(`6`), "m": []byte(`null`)}, `{"a":{"c":null},"m":null,"q\"é":6,"b":[],"y":"ü"}`)
	patch(map[string][]byte{"a": nil, "m": nil, "q\"é": nil, "b": nil, "y": nil}, `{}`)
	patch(map[string][]byte{"n": []byte(`1`)}, `{"n":1}`)
}

func testRefusedPatches(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"size": int64(1)})
	large := append(append([]byte{'"'}, make([]byte, store.MaxDocument)...), '"')
	for i := range large[1 : len(large)-1] {
		large[i+1] = 'x'
	}
	for name, p := range map[string]store.Patch{
		"undeclared":           {Keys: store.Keys{"nope": int64(1)}},
		"undeclared removed":   {Keys: store.Keys{"nope": nil}},
		"wrong type":           {Keys: store.Keys{"size": "x"}},
		"not JSON":             {Body: map[string][]byte{"x": []byte(`{`)}},
		"too large":            {Body: map[string][]byte{"x": large}},
		"only above unset":     {Keys: store.Keys{"size": int64(1)}, OnlyAbove: "seen"},
		"only above removed":   {Keys: store.Keys{"size": nil}, OnlyAbove: "size"},
		"only above a strings": {Keys: store.Keys{"tags": []string{"x"}}, OnlyAbove: "tags"},
	} {
		p.In, p.ID = shop, "a"
		if err := s.Apply(context.Background(), p); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := get(t, s, shop, "a"); string(got.Body) != `{"id":"a"}` {
		t.Errorf("a refused patch left %d bytes", len(got.Body))
	}
}

// testChangeOrder: each change sees what those before it in the Apply did.
func testChangeOrder(t *testing.T, s store.Store) {
	v1, v2 := doc("a", store.Keys{"code": "1"}), doc("a", store.Keys{"code": "2"})
	v2.Version = 1
	apply(t, s,
		store.Check{In: shop, ID: "a", Version: 0},
		store.Put{In: shop, Doc: v1},
		store.Check{In: shop, ID: "a", Version: 1},
		store.Put{In: shop, Doc: v2},
		store.Put{In: shop, Doc: doc("b", store.Keys{"code": "1"})},
		store.Patch{In: shop, ID: "b", Keys: store.Keys{"size": int64(4)}},
		store.Put{In: shop, Doc: doc("c", nil)},
		store.Delete{In: shop, ID: "c", Version: 1})
	if a, b := get(t, s, shop, "a"), get(t, s, shop, "b"); a.Version != 2 || a.Keys["code"] != "2" || b.Keys["size"] != int64(4) {
		t.Errorf("a %+v, b %+v", a, b)
	}
	wantCode(t, second(s.Get(context.Background(), shop, "c")), store.CodeNotFound, "Get of c")
	apply(t, s)
}

func testAtomic(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "old", store.Keys{"owner": "o", "size": int64(1), "tags": []string{"t"}}, "old")
	put(t, s, shop, "other", store.Keys{"code": "1"})
	next := doc("old", store.Keys{"owner": "o", "tags": []string{"u"}}, "next")
	next.Version = 1
	before := []store.Change{
		store.Put{In: shop, Doc: doc("new", store.Keys{"tags": []string{"v"}}, "new")},
		store.Put{In: shop, Doc: next},
		store.Patch{In: shop, ID: "other", Keys: store.Keys{"size": int64(9)}, Body: map[string][]byte{"x": []byte("1")}},
		store.Delete{In: shop, ID: "other", Version: -1},
		store.Put{In: logs, Doc: doc("l", store.Keys{"client": "c", "at": day(1)})},
	}
	for name, last := range map[string]struct {
		change store.Change
		code   store.Code
	}{
		"conflict":  {store.Put{In: shop, Doc: doc("new", nil)}, store.CodeConflict},
		"version":   {store.Delete{In: shop, ID: "old", Version: 1}, store.CodeConflict},
		"check":     {store.Check{In: shop, ID: "nothing", Version: 3}, store.CodeConflict},
		"not found": {store.Delete{In: shop, ID: "nothing", Version: 3}, store.CodeNotFound},
		"lease":     {store.CheckLease{Name: "nobody's", Fence: 1}, store.CodeConflict},
	} {
		err := s.Apply(ctx, append(slices.Clone(before), last.change)...)
		wantCode(t, err, last.code, name)
		wantCode(t, second(s.Get(ctx, shop, "new")), store.CodeNotFound, name+": the new document")
		wantCode(t, second(s.Get(ctx, logs, "l")), store.CodeNotFound, name+": the other collection")
		old, other := get(t, s, shop, "old"), get(t, s, shop, "other")
		if old.Version != 1 || old.Keys["size"] != int64(1) || !slices.Equal(old.Words, []string{"old"}) ||
			other.Keys["size"] != nil || string(other.Body) != `{"id":"other"}` {
			t.Errorf("%s: left %+v and %+v", name, old, other)
		}
		for _, word := range []string{"new", "next"} {
			if got := ids(t, s, store.Query{In: shop, Words: []string{word}}); len(got) != 0 {
				t.Errorf("%s: the word %q was left", name, word)
			}
		}
		for tag, want := range map[string]int{"t": 1, "u": 0, "v": 0} {
			if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("tags", tag)}}); len(got) != want {
				t.Errorf("%s: tag %q is found %d times", name, tag, len(got))
			}
		}
	}
}

// testWriters lets writers race for the same version: each round has one
// winner, all others a conflict.
func testWriters(t *testing.T, s store.Store) {
	const writers, rounds = 8, 20
	put(t, s, shop, "a", nil)
	for round := range rounds {
		var wg sync.WaitGroup
		errs := make([]error, writers)
		for n := range writers {
			wg.Go(func() {
				d := doc("a", store.Keys{"size": int64(n)})
				d.Version = int64(round + 1)
				errs[n] = s.Apply(context.Background(), store.Put{In: shop, Doc: d},
					store.Put{In: bare, Doc: doc(fmt.Sprintf("%02d-%d", round, n), nil)})
			})
		}
		wg.Wait()
		winner := -1
		for n, err := range errs {
			if err == nil && winner >= 0 {
				t.Fatalf("round %d: two writers won", round)
			}
			if err == nil {
				winner = n
			} else if store.CodeOf(err) != store.CodeConflict {
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if got := get(t, s, shop, "a"); winner < 0 || got.Keys["size"] != int64(winner) || got.Version != int64(round+2) {
			t.Fatalf("round %d: winner %d, stored %+v", round, winner, got)
		}
	}
	if n, err := s.Count(context.Background(), store.Query{In: bare}, 1000); err != nil || n != rounds {
		t.Errorf("the losers left %d documents: %v", n-rounds, err)
	}
}

// testManyWriters mixes good and failing Applies that a driver may commit
// together.
func testManyWriters(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"code": "taken"})
	var wg sync.WaitGroup
	for n := range 60 {
		wg.Go(func() {
			id := fmt.Sprintf("w%02d", n)
			changes := []store.Change{store.Put{In: shop, Doc: doc(id, store.Keys{"owner": "w", "tags": []string{id}}, id)}}
			want := store.Code("")
			switch n % 3 {
			case 1:
				changes = append(changes, store.Put{In: shop, Doc: doc(id+"x", store.Keys{"code": "taken"})})
				want = store.CodeDuplicate
			case 2:
				changes = append(changes, store.Check{In: shop, ID: "a", Version: 7})
				want = store.CodeConflict
			}
			if err := s.Apply(context.Background(), changes...); store.CodeOf(err) != want || want == "" && err != nil {
				t.Errorf("writer %d: %v, want %q", n, err, want)
			}
		})
	}
	wg.Wait()
	got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Is("owner", "w")}})
	if len(got) != 20 {
		t.Errorf("%d documents, want 20: %v", len(got), got)
	}
	for _, id := range got {
		if found := ids(t, s, store.Query{In: shop, Words: []string{id}}); !slices.Equal(found, []string{id}) {
			t.Errorf("by the word %s: %v", id, found)
		}
	}
}
