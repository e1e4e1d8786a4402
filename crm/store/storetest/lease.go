package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "lease", run: testLease},
	contractTest{name: "lease expires", run: testLeaseExpires},
	contractTest{name: "lease is taken once", run: testLeaseRace, concurrent: true},
)

func testLease(t *testing.T, s store.Store) {
	ctx := context.Background()
	before := time.Now()
	a, err := s.Lease(ctx, "sync", "a", time.Minute)
	if err != nil || a.Name != "sync" || a.Owner != "a" || a.Fence < 1 {
		t.Fatalf("Lease: %+v, %v", a, err)
	}
	if left := a.Expires.Sub(before); left < 50*time.Second || left > 70*time.Second {
		t.Errorf("expires in %v", left)
	}
	e := wantCode(t, second(s.Lease(ctx, "sync", "b", time.Minute)), store.CodeConflict, "another owner")
	if e.ID != "sync" {
		t.Errorf("the conflict names %q", e.ID)
	}
	renewed, err := s.Lease(ctx, "sync", "a", time.Hour)
	if err != nil || renewed.Fence != a.Fence || !renewed.Expires.After(a.Expires) {
		t.Errorf("renewed: %+v, %v", renewed, err)
	}
	other, err := s.Lease(ctx, "other", "b", time.Minute)
	if err != nil {
		t.Errorf("another name: %v", err)
	}
	apply(t, s, store.CheckLease{Name: "sync", Fence: a.Fence}, store.CheckLease{Name: "other", Fence: other.Fence})
	wantCode(t, s.Apply(ctx, store.CheckLease{Name: "sync", Fence: a.Fence + 1}), store.CodeConflict, "another number")
	wantCode(t, s.Apply(ctx, store.CheckLease{Name: "none", Fence: 1}), store.CodeConflict, "no lease")

	if err := s.Release(ctx, renewed); err != nil {
		t.Fatal(err)
	}
	wantCode(t, s.Apply(ctx, store.CheckLease{Name: "sync", Fence: a.Fence}), store.CodeConflict, "a released lease")
	b, err := s.Lease(ctx, "sync", "b", time.Minute)
	if err != nil || b.Fence <= a.Fence {
		t.Fatalf("after release: %+v, %v", b, err)
	}
	// Releasing what was lost changes nothing.
	if err := s.Release(ctx, a); err != nil {
		t.Errorf("release of a lost lease: %v", err)
	}
	if err := s.Release(ctx, store.Lease{Name: "none", Owner: "x", Fence: 3}); err != nil {
		t.Errorf("release of no lease: %v", err)
	}
	apply(t, s, store.CheckLease{Name: "sync", Fence: b.Fence})
	wantCode(t, s.Apply(ctx, store.CheckLease{Name: "sync", Fence: a.Fence}), store.CodeConflict, "the number before")
	again, err := s.Lease(ctx, "sync", "b", time.Minute)
	if err != nil || again.Fence != b.Fence {
		t.Errorf("b renews: %+v, %v", again, err)
	}
}

func testLeaseExpires(t *testing.T, s store.Store) {
	ctx := context.Background()
	a, err := s.Lease(ctx, "job", "a", time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	b := eventually(t, func() (store.Lease, error) { return s.Lease(ctx, "job", "b", time.Minute) })
	if b.Fence <= a.Fence {
		t.Errorf("fence %d after %d", b.Fence, a.Fence)
	}
	err = s.Apply(ctx, store.CheckLease{Name: "job", Fence: a.Fence}, store.Put{In: bare, Doc: doc("late", nil)})
	wantCode(t, err, store.CodeConflict, "a slow worker's write")
	wantCode(t, second(s.Get(ctx, bare, "late")), store.CodeNotFound, "what it wrote")
}

// eventually asks until a lease that must run out has.
func eventually[T any](t *testing.T, f func() (T, error)) T {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		v, err := f()
		if err == nil {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("still: %v", err)
		}
	}
}

func testLeaseRace(t *testing.T, s store.Store) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	won := 0
	for n := range 10 {
		wg.Go(func() {
			_, err := s.Lease(context.Background(), "one", string(rune('a'+n)), time.Minute)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if store.CodeOf(err) != store.CodeConflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d owners", won)
	}
}
