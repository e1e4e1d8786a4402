package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "a fenced store writes under its lease", run: testFenced},
	contractTest{name: "a kept lease is renewed and given back", run: testKeep},
)

func testFenced(t *testing.T, s store.Store) {
	ctx := context.Background()
	a, err := s.Lease(ctx, "work", "a", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	under := store.Fenced(s, a)
	apply(t, under, store.Put{In: bare, Doc: doc("one", nil)})
	apply(t, under)
	// A conflict about a document stays one.
	wantCode(t, under.Apply(ctx, store.Put{In: bare, Doc: doc("one", nil)}), store.CodeConflict, "an id that exists")
	if err := s.Release(ctx, a); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lease(ctx, "work", "b", time.Minute); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]store.Change{
		"a put":    store.Put{In: bare, Doc: doc("late", nil)},
		"a patch":  store.Patch{In: bare, ID: "one", Body: map[string][]byte{"x": []byte("1")}},
		"a delete": store.Delete{In: bare, ID: "one", Version: -1},
	} {
		if err := under.Apply(ctx, change); !errors.Is(err, store.ErrLeaseLost) || store.CodeOf(err) != store.CodeUnavailable {
			t.Errorf("%s after the lease was lost: %v", name, err)
		}
	}
	if d, err := under.Get(ctx, bare, "one"); err != nil || d.Version != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	wantCode(t, second(s.Get(ctx, bare, "late")), store.CodeNotFound, "what came late")
}

func testKeep(t *testing.T, s store.Store) {
	ctx := context.Background()
	const ttl = 600 * time.Millisecond
	l, err := s.Lease(ctx, "work", "a", ttl)
	if err != nil {
		t.Fatal(err)
	}
	held, done := store.Keep(ctx, s, l, ttl)
	// Renewed: it lasts longer than it was taken for.
	for end := time.Now().Add(2 * ttl); time.Now().Before(end); {
		wantCode(t, second(s.Lease(ctx, "work", "b", ttl)), store.CodeConflict, "a kept lease")
	}
	if held.Err() != nil {
		t.Errorf("it ended: %v", context.Cause(held))
	}
	done()
	if held.Err() == nil || errors.Is(context.Cause(held), store.ErrLeaseLost) {
		t.Errorf("done ends it with %v", context.Cause(held))
	}
	// Given back at once, long before it runs out. It is another one, that was not
	// being renewed: a slow server may still take what was on its way.
	l, err = s.Lease(ctx, "rest", "a", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	_, done = store.Keep(ctx, s, l, time.Minute)
	done()
	b, err := s.Lease(ctx, "rest", "b", time.Minute)
	if err != nil {
		t.Fatalf("it was not given back: %v", err)
	}
	// Taken by another meanwhile, it ends with the reason.
	held, done = store.Keep(ctx, s, store.Lease{Name: "rest", Owner: "a", Fence: l.Fence}, ttl)
	<-held.Done()
	if !errors.Is(context.Cause(held), store.ErrLeaseLost) {
		t.Errorf("it ended with %v", context.Cause(held))
	}
	done()
	apply(t, s, store.CheckLease{Name: "rest", Fence: b.Fence})
}
