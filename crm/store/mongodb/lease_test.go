package mongodb_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb/mongotest"
)

// TestLeaseOfManyTakers: the insert of a term is atomic on every server, the
// double included.
func TestLeaseOfManyTakers(t *testing.T) {
	s := open(t, nil)
	defer func() { _ = s.Close() }()
	ctx := context.Background()
	var mu sync.Mutex
	var won []store.Lease
	var group sync.WaitGroup
	for n := range 12 {
		group.Go(func() {
			l, err := s.Lease(ctx, "sync/a", fmt.Sprintf("node-%d", n), time.Minute)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, l)
			} else if store.CodeOf(err) != store.CodeConflict {
				t.Errorf("node %d: %v", n, err)
			}
		})
	}
	group.Wait()
	if len(won) != 1 || won[0].Fence != 1 {
		t.Fatalf("taken by %v", won)
	}
}

// TestLeaseTermsAreKeptShort: a lease that is taken for years leaves few
// documents, and its number still rises.
func TestLeaseTermsAreKeptShort(t *testing.T) {
	s, _, _ := pretended(t, nil, "")
	ctx := context.Background()
	for n := range int64(20) {
		l, err := s.Lease(ctx, "jobs", "node", time.Minute)
		if err != nil || l.Fence != n+1 {
			t.Fatalf("taking %d: %+v, %v", n, l, err)
		}
		if err := s.Release(ctx, l); err != nil {
			t.Fatal(err)
		}
	}
	left, err := s.Database().Collection("_leases").CountDocuments(ctx, bson.D{})
	if err != nil || left > 10 {
		t.Errorf("%d documents of one lease, %v", left, err)
	}
}

// TestLateTakerStepsBack: a node that slept between its read and its insert,
// until later terms came and the one it inserts was dropped, must not believe
// that it holds the lease.
func TestLateTakerStepsBack(t *testing.T) {
	s, proxy, direct := pretended(t, nil, "")
	ctx := context.Background()
	var once sync.Once
	proxy.Hook(onInsert(func() {
		once.Do(func() {
			insertTerm(t, direct, s.Database().Name(), "jobs", 40)
		})
	}))
	_, err := s.Lease(ctx, "jobs", "late", time.Minute)
	if store.CodeOf(err) != store.CodeConflict {
		t.Fatalf("the late taker got %v", err)
	}
	proxy.Hook(nil)
	if err := s.Apply(ctx, store.CheckLease{Name: "jobs", Fence: 1}); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("its term still holds: %v", err)
	}
	if err := s.Apply(ctx, store.CheckLease{Name: "jobs", Fence: 40}); err != nil {
		t.Errorf("the true holder lost: %v", err)
	}
}

// TestTakingThatIsCutShortIsGivenBack: the answer to the insert is lost, the
// taker gets an error, and the next one need not wait until the lease runs out.
func TestTakingThatIsCutShortIsGivenBack(t *testing.T) {
	s, proxy, _ := pretended(t, nil, "&retryWrites=false")
	ctx := context.Background()
	var once sync.Once
	proxy.Hook(func(name string, _ bson.Raw) (act mongotest.Action) {
		if name == "insert" {
			once.Do(func() { act.CutReply = true })
		}
		return act
	})
	if _, err := s.Lease(ctx, "job", "unlucky", time.Hour); store.CodeOf(err) != store.CodeUnavailable {
		t.Fatalf("the taker got %v", err)
	}
	l, err := s.Lease(ctx, "job", "next", time.Minute)
	if err != nil || l.Fence != 2 {
		t.Errorf("the next one: %+v, %v", l, err)
	}
}
