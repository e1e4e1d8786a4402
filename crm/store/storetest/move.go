package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "snapshot walks all in order", run: testSnapshot},
	contractTest{name: "snapshot is of one moment", run: testSnapshotMoment, atomic: true},
	contractTest{name: "load keeps documents as they are", run: testLoad},
	contractTest{name: "load refuses what Apply refuses", run: testLoadRefuses},
)

func movable(t *testing.T, s store.Store) store.Movable {
	t.Helper()
	m, ok := s.(store.Movable)
	if !ok {
		t.Fatalf("%T cannot be moved", s)
	}
	return m
}

// everything is what a snapshot shows of a collection.
func everything(t *testing.T, n store.Snapshot, in *store.Collection, after string) []store.Doc {
	t.Helper()
	var all []store.Doc
	for d, err := range n.Docs(context.Background(), in, after) {
		if err != nil {
			t.Fatalf("Docs: %v", err)
		}
		all = append(all, d)
	}
	return all
}

func snapshotOf(t *testing.T, s store.Store) store.Snapshot {
	t.Helper()
	n, err := movable(t, s).Snapshot(context.Background())
	if err != nil {
		t.Fatalf("Snapshot: %v", err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("closing the snapshot: %v", err)
		}
	})
	return n
}

// whole has a value of each kind, words, and letters in and beyond ASCII.
func whole(id string) store.Doc {
	d := doc(id, store.Keys{"owner": "ana", "name": "É " + id, "size": int64(-1 << 62), "seen": day(1),
		"open": false, "tags": []string{"b", "a", "b"}}, "word", "çedilha")
	d.Body = fmt.Appendf(nil, `{"id":%q,"n":1.50,"text":"a<b>\n\"é\"","list":[1,{"k":null}],"a.b$":true}`, id)
	return d
}

func testSnapshot(t *testing.T, s store.Store) {
	ctx := context.Background()
	var want []string
	for _, id := range []string{"b", "a", "Z", "é", "a1", "~"} {
		put(t, s, logs, id, store.Keys{"client": "c", "at": day(len(want))})
		want = append(want, id)
	}
	apply(t, s, store.Put{In: shop, Doc: whole("w")})
	slices.Sort(want)
	n := snapshotOf(t, s)
	var got []string
	for _, d := range everything(t, n, logs, "") {
		got = append(got, d.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("walk: %q, want %q", got, want)
	}
	seen := map[string]bool{}
	for d, err := range n.All(ctx, logs) {
		if err != nil || !reflect.DeepEqual(d, get(t, s, logs, d.ID)) {
			t.Errorf("All shows %+v, %v", d, err)
		}
		seen[d.ID] = true
	}
	if len(seen) != len(want) {
		t.Errorf("All shows %v, want %q", seen, want)
	}
	if rest := everything(t, n, logs, "a1"); len(rest) != 3 || rest[0].ID != "b" {
		t.Errorf("behind a1: %v", rest)
	}
	if none := everything(t, n, bare, ""); len(none) != 0 {
		t.Errorf("an empty collection shows %v", none)
	}
	if all := everything(t, n, shop, ""); len(all) != 1 || !reflect.DeepEqual(all[0], get(t, s, shop, "w")) {
		t.Errorf("a document: %+v, want %+v", all, get(t, s, shop, "w"))
	}
	for range n.Docs(ctx, logs, "") { // one that is not walked to its end
		break
	}
	late, cancel := context.WithCancel(ctx)
	cancel()
	for _, err := range n.Docs(late, logs, "") {
		wantCode(t, err, store.CodeUnavailable, "a cancelled walk")
	}
	for _, err := range n.Docs(ctx, &store.Collection{Name: "stranger"}, "") {
		wantCode(t, err, store.CodeInvalid, "an unknown collection")
	}
}

func testSnapshotMoment(t *testing.T, s store.Store) {
	put(t, s, bare, "a", nil)
	put(t, s, bare, "b", nil)
	n := snapshotOf(t, s)
	if !n.Consistent() {
		return // such a deployment shows each collection as it is when it is read
	}
	before := everything(t, n, bare, "")
	put(t, s, bare, "c", nil)
	apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: "a", Version: 1, Body: []byte(`{"new":1}`)}}, store.Delete{In: bare, ID: "b", Version: 1})
	if after := everything(t, n, bare, ""); !reflect.DeepEqual(before, after) || len(after) != 2 {
		t.Errorf("writers show through: %v, then %v", before, after)
	}
}

func testLoad(t *testing.T, s store.Store) {
	m := movable(t, s)
	ctx := context.Background()
	load := func(docs ...store.Doc) {
		t.Helper()
		if err := m.Load(ctx, shop, docs...); err != nil {
			t.Fatalf("Load: %v", err)
		}
	}
	load()
	a, b := whole("a"), whole("b")
	a.Version, b.Version = 7, 1
	b.Keys["code"] = "1"
	load(a, b)
	load(a) // twice is once
	if got := get(t, s, shop, "a"); !reflect.DeepEqual(got, a) {
		t.Errorf("loaded: %+v, want %+v", got, a)
	}
	// Another in its place: fields, words and indexes follow.
	a.Version, a.Words = 3, []string{"other"}
	a.Keys = store.Keys{"owner": "bia", "name": "x", "tags": []string{"c"}}
	load(a)
	if got := get(t, s, shop, "a"); !reflect.DeepEqual(got, a) {
		t.Errorf("loaded over: %+v, want %+v", got, a)
	}
	for of, q := range map[string]store.Query{
		"old tag":   {In: shop, Where: []store.Cond{store.Is("tags", "a")}, Sort: []string{"-seen"}},
		"old word":  {In: shop, Words: []string{"word"}},
		"old owner": {In: shop, Where: []store.Cond{store.Is("owner", "ana")}, Sort: []string{"name"}},
	} {
		if got := ids(t, s, q); !slices.Equal(got, []string{"b"}) {
			t.Errorf("%s: %q, want b alone", of, got)
		}
	}
	if got := ids(t, s, store.Query{In: shop, Words: []string{"oth"}}); !slices.Equal(got, []string{"a"}) {
		t.Errorf("new word: %q", got)
	}
	// The version counts on from there.
	apply(t, s, store.Put{In: shop, Doc: a})
	if got := get(t, s, shop, "a"); got.Version != 4 {
		t.Errorf("version %d after a Put on 3", got.Version)
	}
	wantCode(t, s.Apply(ctx, store.Put{In: shop, Doc: doc("c", store.Keys{"code": "1"})}), store.CodeDuplicate, "a code that was loaded")
}

func testLoadRefuses(t *testing.T, s store.Store) {
	m := movable(t, s)
	for of, d := range map[string]store.Doc{
		"no version":       doc("x", nil),
		"undeclared field": {ID: "x", Version: 1, Keys: store.Keys{"color": "red"}, Body: []byte(`{}`)},
		"no body":          {ID: "x", Version: 1},
	} {
		wantCode(t, m.Load(context.Background(), shop, d), store.CodeInvalid, of)
	}
}
