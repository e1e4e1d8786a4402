package storetest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// Several changes of one document, or of one unique value, in one Apply: a
// driver that merges them must end where one after another would have.
var _ = register(
	contractTest{name: "several changes of one document", run: testOneDocument},
	contractTest{name: "a unique value moves", run: testUniqueMoves},
	contractTest{name: "unique integers", run: testUniqueIntegers},
	contractTest{name: "only above, of every kind", run: testOnlyAboveKinds},
	contractTest{name: "wrong leases", run: testWrongLeases},
	contractTest{name: "a lease is taken again", run: testLeaseAgain},
)

func testOneDocument(t *testing.T, s store.Store) {
	ctx := context.Background()
	put(t, s, shop, "a", store.Keys{"owner": "o", "size": int64(1)}, "old")
	v1 := doc("a", store.Keys{"owner": "p"}, "new")
	v1.Version = 1
	patch := func(keys store.Keys, above string) store.Patch {
		return store.Patch{In: shop, ID: "a", Keys: keys, OnlyAbove: above}
	}
	// What a Put replaces is gone, what follows it stays.
	apply(t, s,
		patch(store.Keys{"size": int64(7), "area": "n"}, ""),
		store.Put{In: shop, Doc: v1},
		patch(store.Keys{"seen": day(3), "name": "x"}, "seen"),
		patch(store.Keys{"seen": day(2), "name": "y"}, "seen"),
		store.Patch{In: shop, ID: "a", Body: map[string][]byte{"n": []byte(`1`)}},
		store.Patch{In: shop, ID: "a", Body: map[string][]byte{"n": []byte(`2`), "id": nil}},
		store.InsertIfAbsent{In: shop, Doc: doc("a", store.Keys{"owner": "never"})},
		store.Check{In: shop, ID: "a", Version: 2})
	got := get(t, s, shop, "a")
	want := store.Keys{"owner": "p", "seen": day(3), "name": "x"}
	if got.Version != 2 || !reflect.DeepEqual(got.Keys, want) || string(got.Body) != `{"n":2}` || !reflect.DeepEqual(got.Words, []string{"new"}) {
		t.Errorf("%+v %s", got, got.Body)
	}
	// Gone and made anew, its version begins anew.
	apply(t, s,
		store.Delete{In: shop, ID: "a", Version: 2},
		patch(store.Keys{"size": int64(1)}, ""),
		store.InsertIfAbsent{In: shop, Doc: doc("a", store.Keys{"owner": "q"})},
		patch(store.Keys{"size": int64(2)}, "size"))
	got = get(t, s, shop, "a")
	if got.Version != 1 || !reflect.DeepEqual(got.Keys, store.Keys{"owner": "q", "size": int64(2)}) || string(got.Body) != `{"id":"a"}` || len(got.Words) != 0 {
		t.Errorf("made anew: %+v", got)
	}
	again := doc("a", nil)
	again.Version = 1
	err := s.Apply(ctx, store.Put{In: shop, Doc: again}, store.Put{In: shop, Doc: again})
	wantCode(t, err, store.CodeConflict, "one version twice")
	apply(t, s, store.Put{In: shop, Doc: doc("b", nil)}, store.Delete{In: shop, ID: "b", Version: -1}, store.Delete{In: shop, ID: "a", Version: 1})
	if n, err := s.Count(ctx, store.Query{In: shop}, 9); err != nil || n != 0 {
		t.Errorf("%d documents, %v", n, err)
	}
}

func testUniqueMoves(t *testing.T, s store.Store) {
	ctx := context.Background()
	code := func(id, v string, version int64) store.Put {
		d := doc(id, store.Keys{"owner": "o", "area": "n", "code": v})
		d.Version = version
		return store.Put{In: shop, Doc: d}
	}
	apply(t, s, code("a", "1", 0), code("b", "2", 0))
	apply(t, s, code("a", "3", 1), code("b", "1", 1), code("c", "2", 0))
	apply(t, s, store.Patch{In: shop, ID: "b", Keys: store.Keys{"code": nil}}, store.Patch{In: shop, ID: "c", Keys: store.Keys{"code": "1"}})
	apply(t, s, store.Delete{In: shop, ID: "a", Version: -1}, code("d", "3", 0))
	for id, want := range map[string]any{"b": nil, "c": "1", "d": "3"} {
		if got := get(t, s, shop, id).Keys["code"]; got != want {
			t.Errorf("%s has %v, want %v", id, got, want)
		}
	}
	// Whoever takes before the other lets go is refused.
	e := wantCode(t, s.Apply(ctx, code("b", "3", 2), store.Delete{In: shop, ID: "d", Version: 1}), store.CodeDuplicate, "taken too early")
	if e.ID != "b" {
		t.Errorf("the error names %q", e.ID)
	}
	wantCode(t, s.Apply(ctx, code("e", "9", 0), code("f", "9", 0)), store.CodeDuplicate, "two in one Apply")
}

// testUniqueIntegers: values that are no text are told apart too.
func testUniqueIntegers(t *testing.T, s store.Store) {
	for i, n := range sizes {
		id := string(rune('a' + i))
		apply(t, s, store.Put{In: numbered, Doc: doc(id, store.Keys{"number": n, "at": day(0).Add(time.Duration(i) * time.Millisecond)})},
			store.Put{In: numbered, Doc: doc(id+id, store.Keys{"number": n, "at": day(1).Add(time.Duration(i) * time.Millisecond)})})
	}
	e := wantCode(t, s.Apply(context.Background(), store.Put{In: numbered, Doc: doc("z", store.Keys{"number": sizes[3], "at": day(0).Add(3 * time.Millisecond)})}),
		store.CodeDuplicate, "the same number and instant")
	if e.Field != "at" {
		t.Errorf("the error names the field %q", e.Field)
	}
}

func testOnlyAboveKinds(t *testing.T, s store.Store) {
	for _, c := range []struct {
		field      string
		low, equal any
		high       any
	}{
		{"name", "a", "b", "é"},
		{"size", int64(-5), int64(0), int64(1) << 60},
		{"seen", time.UnixMilli(-1).UTC(), time.UnixMilli(0).UTC(), time.UnixMilli(1).UTC()},
		{"open", false, false, true},
	} {
		id := "p-" + c.field
		put(t, s, shop, id, nil)
		patch := func(v any, mark string, want string) {
			t.Helper()
			apply(t, s, store.Patch{In: shop, ID: id, OnlyAbove: c.field, Keys: store.Keys{c.field: v, "area": mark}})
			if got := get(t, s, shop, id).Keys["area"]; got != want {
				t.Errorf("%s to %v: the patch that holds is %v, want %s", c.field, v, got, want)
			}
		}
		patch(c.equal, "first", "first") // missing is below everything
		patch(c.equal, "equal", "first")
		patch(c.low, "lower", "first")
		patch(c.high, "higher", "higher")
		patch(c.equal, "back", "higher")
	}
}

func testWrongLeases(t *testing.T, s store.Store) {
	ctx := context.Background()
	for name, l := range map[string]struct {
		name, owner string
		ttl         time.Duration
	}{"no name": {"", "o", time.Minute}, "no owner": {"n", "", time.Minute}, "no time": {"n", "o", 0}, "less": {"n", "o", -time.Second}} {
		_, err := s.Lease(ctx, l.name, l.owner, l.ttl)
		wantCode(t, err, store.CodeInvalid, name)
	}
	// Names are no paths and no patterns.
	for _, name := range []string{"sync/ana@casa.example#1", "sync/ana@casa.example", "a#1", "a", "$é."} {
		l, err := s.Lease(ctx, name, "o", time.Minute)
		if err != nil || l.Fence != 1 {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
		apply(t, s, store.CheckLease{Name: name, Fence: 1})
	}
}

// testLeaseAgain: who lost a lease and takes it anew has another number, so
// that what it began before stays refused.
func testLeaseAgain(t *testing.T, s store.Store) {
	ctx := context.Background()
	first, err := s.Lease(ctx, "job", "a", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	second := eventually(t, func() (store.Lease, error) {
		l, err := s.Lease(ctx, "job", "a", time.Minute)
		if err == nil && l.Fence == first.Fence { // renewed within its millisecond
			_ = s.Release(ctx, l)
			l, err = s.Lease(ctx, "job", "a", time.Minute)
		}
		return l, err
	})
	if second.Fence <= first.Fence {
		t.Errorf("number %d after %d", second.Fence, first.Fence)
	}
	wantCode(t, s.Apply(ctx, store.CheckLease{Name: "job", Fence: first.Fence}), store.CodeConflict, "the number before")
	apply(t, s, store.CheckLease{Name: "job", Fence: second.Fence})
}
