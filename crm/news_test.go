package crm_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

func TestListenersHearTheirKinds(t *testing.T) {
	bus := crm.NewBus()
	some, stop := bus.Subscribe(crm.WakeMailbox)
	defer stop()
	for range 1000 {
		bus.Publish(crm.Event{Kind: "client"})
	}
	bus.Publish(crm.Event{Kind: crm.WakeMailbox, ID: "m"})
	if e := <-some; e.ID != "m" || len(some) != 0 {
		t.Errorf("%+v and %d more", e, len(some))
	}
}

func TestWakesAreForNobodysEyes(t *testing.T) {
	for _, kind := range []string{crm.WakeMailbox, crm.WakeJobs, crm.WakeRefile} {
		if crm.SystemActor().Sees(crm.Event{Kind: kind, Owner: "u"}) {
			t.Errorf("an admin is told of %s", kind)
		}
	}
}

// process is one of several on a store.
type process struct {
	*crm.Service
	feed   *crm.Feed
	end    func() // stops it; what was told is written
	events <-chan crm.Event
}

// processes start on one store, each with a clock that is late by its place in
// skew; every one listens.
func processes(t *testing.T, st store.Store, skew ...time.Duration) []*process {
	t.Helper()
	var out []*process
	for n, late := range skew {
		p := &process{Service: crm.New(crm.Deps{Store: st, Now: func() time.Time { return time.Now().Add(-late) }})}
		p.feed = crm.NewFeed(p.Service, fmt.Sprint("node", n), slog.New(slog.DiscardHandler))
		p.feed.Collect()
		events, stop := p.Bus().Subscribe()
		p.events = events
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { p.feed.Write(ctx) })
		wg.Go(func() { p.feed.Read(ctx) })
		p.end = sync.OnceFunc(func() { cancel(); wg.Wait(); stop() })
		t.Cleanup(p.end)
		out = append(out, p)
	}
	return out
}

// hears waits for some events, whatever their order.
func (p *process) hears(t *testing.T, want ...crm.Event) {
	t.Helper()
	want = slices.Clone(want)
	late := time.After(20 * time.Second)
	for len(want) > 0 {
		select {
		case e := <-p.events:
			n := slices.Index(want, e)
			if n < 0 {
				t.Fatalf("told of %+v, which was not expected or told before", e)
			}
			want = slices.Delete(want, n, n+1)
		case <-late:
			t.Fatalf("never told of %+v", want)
		}
	}
}

// TestNewsReachesOtherProcesses: each event arrives once in each process,
// whatever the writer's clock shows, and with its scope.
func TestNewsReachesOtherProcesses(t *testing.T) {
	st := opentest.Store(t, crm.Schema())
	ps := processes(t, st, 0, 4*time.Second, -4*time.Second)
	var all []crm.Event
	for n, p := range ps {
		for _, kind := range []string{"client", "mail"} {
			e := crm.Event{Kind: kind, ID: fmt.Sprint("from", n), Agent: "u-ana", Team: "norte"}
			p.Bus().Publish(e)
			all = append(all, e)
		}
	}
	for _, p := range ps {
		p.hears(t, all...)
	}
	last := crm.Event{Kind: "job", ID: "last", Owner: "u-rui"}
	ps[0].Bus().Publish(last)
	for _, p := range ps {
		p.hears(t, last) // and nothing of before a second time
	}
}

// TestNewsOfAMomentShareARow: progress that is told a hundred times a moment
// costs a write or two, and what a process told before it ended is told.
func TestNewsOfAMomentShareARow(t *testing.T) {
	st := opentest.Store(t, crm.Schema())
	p := processes(t, st, 0)[0]
	for range 100 {
		p.Bus().Publish(crm.Event{Kind: "job", ID: "j", Owner: "u"})
		p.Bus().Publish(crm.Event{Kind: "client", ID: "c", Agent: "u"})
	}
	p.end()
	rows, _, err := crm.NewsRows.Find(t.Context(), st, store.Query{Limit: 100})
	if err != nil || len(rows) == 0 || len(rows) > 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	told := map[string]bool{}
	for _, r := range rows {
		for _, e := range r.Events {
			told[e.Kind] = true
		}
	}
	if !told["job"] || !told["client"] {
		t.Errorf("told %v", told)
	}
}

// waker is a driver that wakes its reader.
type waker struct{ changed chan func() }

func (w waker) Watch(ctx context.Context, _ *store.Collection, ready, changed func()) error {
	ready()
	w.changed <- changed
	<-ctx.Done()
	return ctx.Err()
}

// TestAWakingStoreIsReadAtOnce: with a driver that tells of inserts a reader
// does not wait for its next look.
func TestAWakingStoreIsReadAtOnce(t *testing.T) {
	st := opentest.Store(t, crm.Schema())
	writer := processes(t, st, 0)[0]
	reader := crm.New(crm.Deps{Store: st})
	feed := crm.NewFeed(reader, "reader", slog.New(slog.DiscardHandler))
	w := waker{make(chan func(), 1)}
	feed.Waker = w
	events, stop := reader.Bus().Subscribe()
	defer stop()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { feed.Read(ctx) })
	defer wg.Wait()
	defer cancel()
	changed := <-w.changed
	start := time.Now()
	writer.Bus().Publish(crm.Event{Kind: "client", ID: "c", Agent: "u"})
	writer.end() // it is written
	for {
		changed()
		select {
		case e := <-events:
			if took := time.Since(start); e.ID != "c" || took > 4*time.Second {
				t.Errorf("%+v after %s", e, took)
			}
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestNodesCountEachOther(t *testing.T) {
	st := opentest.Store(t, crm.Schema())
	svc := crm.New(crm.Deps{Store: st})
	const last = 300 * time.Millisecond
	begin := func(name string, roles ...string) (p *crm.Presence, end func()) {
		p = crm.NewPresence(svc, name, roles, last, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { p.Run(ctx) })
		end = sync.OnceFunc(func() { cancel(); wg.Wait() })
		t.Cleanup(end)
		return p, end
	}
	counts := func(p *crm.Presence, role string, want int) {
		t.Helper()
		for late := time.Now().Add(10 * time.Second); p.Count(role) != want; time.Sleep(last / 30) {
			if time.Now().After(late) {
				t.Fatalf("counts %d with the role %s, not %d", p.Count(role), role, want)
			}
		}
	}
	a, _ := begin("a", "web", "sync")
	counts(a, "sync", 1)
	b, endB := begin("b", "sync")
	counts(a, "sync", 2)
	counts(b, "sync", 2)
	counts(a, "web", 1)
	counts(b, "web", 1)
	// A killed process leaves its row behind, which falls silent.
	dead := crm.Node{ID: "dead", Roles: []string{"sync"}, Beat: 9, SeenAt: time.Now().Add(time.Hour)}
	if err := svc.Apply(t.Context(), crm.Nodes.Put(&dead)); err != nil {
		t.Fatal(err)
	}
	counts(a, "sync", 3)
	counts(a, "sync", 2)
	// One that ends says so.
	endB()
	counts(a, "sync", 1)
}
