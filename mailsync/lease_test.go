package mailsync

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

// hung is the store as a process sees it whose machine hangs: at the first
// write of a filed mail it stops, and nothing is renewed any more.
type hung struct {
	store.Store
	hangs  atomic.Bool
	stuck  chan struct{} // closed when it hangs
	resume chan struct{}
}

func (s *hung) Lease(ctx context.Context, name, owner string, ttl time.Duration) (store.Lease, error) {
	if s.hangs.Load() {
		return store.Lease{}, &store.Error{Code: store.CodeUnavailable, ID: name}
	}
	return s.Store.Lease(ctx, name, owner, ttl)
}

func (s *hung) Apply(ctx context.Context, changes ...store.Change) error {
	if files(changes) && s.hangs.CompareAndSwap(false, true) {
		close(s.stuck)
		<-s.resume
		ctx = context.WithoutCancel(ctx) // it has not noticed how late it is
	}
	return s.Store.Apply(ctx, changes...)
}

func files(changes []store.Change) bool {
	for _, ch := range changes {
		if p, ok := ch.(store.Put); ok && p.In == crm.Messages.In {
			return true
		}
	}
	return false
}

// TestSlowWorkerFilesNothing: a worker that hangs between fetching and filing
// loses its mailbox to another, which does the work; when it goes on, nothing
// of what it had in hand is written, and its words on the mailbox's state
// neither.
func TestSlowWorkerFilesNothing(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	for _, id := range []string{"1@x", "2@x", "3@x"} {
		s.Add("INBOX", post{id: id, subject: id}.raw())
	}
	box := h.box(h.ana, s)
	slow := &hung{Store: h.store, stuck: make(chan struct{}), resume: make(chan struct{})}
	run := func(svc *crm.Service, owner string) {
		e := New(Config{Service: svc, Blobs: h.blobs, Ring: h.ring, Owner: owner, Poll: time.Hour, Lease: 600 * time.Millisecond})
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { e.Run(ctx) })
		t.Cleanup(func() { cancel(); wg.Wait() })
	}
	resume := sync.OnceFunc(func() { close(slow.resume) })
	clock := func() time.Time { return h.now }
	other := crm.New(crm.Deps{Store: h.store, Now: clock})
	run(crm.New(crm.Deps{Store: slow, Now: clock}), "slow")
	t.Cleanup(resume) // before its engine is waited for
	<-slow.stuck
	events, stop := other.Bus().Subscribe()
	defer stop()
	start := time.Now()
	run(other, "quick")
	h.until(events, "the other takes over", func() bool {
		st, err := h.Mailbox(t.Context(), h.ana, box.ID)
		h.must(err)
		return st.State == "ok" && len(h.messages()) == 3
	})
	t.Logf("taken over after %s", time.Since(start).Round(time.Millisecond))
	before := h.dump()
	marks, err := crm.Marks.Get(t.Context(), h.store, markFiling)
	h.must(err)
	resume()
	// The slow one goes back to asking for the mailbox: its write is behind it.
	slow.hangs.Store(false)
	h.until(events, "the other still follows", func() bool {
		h.must(other.AskSync(t.Context(), h.ana, box.ID))
		st, err := h.Mailbox(t.Context(), h.ana, box.ID)
		h.must(err)
		return st.Asked == nil && st.State == "ok"
	})
	if after := h.dump(); after != before {
		t.Errorf("it wrote:\n%s\nwas:\n%s", after, before)
	}
	if now, err := crm.Marks.Get(t.Context(), h.store, markFiling); err != nil || now.Version != marks.Version {
		t.Errorf("it filed: %+v, %v", now, err)
	}
	h.balanced(box)
}

// TestMailboxesAreSharedAmongEngines: a second engine takes half of what the
// first followed, and all when the first ends.
func TestMailboxesAreSharedAmongEngines(t *testing.T) {
	h := newHouse(t)
	var boxes []crm.Mailbox
	for range 4 {
		s := imaptest.New(t)
		m, err := h.AddMailbox(t.Context(), h.ana, h.ring, crm.MailboxInput{Address: "c" + crm.NewID(time.Now()) + "@luz.example",
			Host: "127.0.0.1", Port: s.Port, TLS: "plain", Login: "ana", Password: "segredo"})
		h.must(err)
		boxes = append(boxes, m)
	}
	var engines atomic.Int64
	run := func(owner string) (*Engine, func()) {
		e := New(Config{Service: h.Service, Blobs: h.blobs, Ring: h.ring, Owner: owner, Poll: time.Hour, Lease: 600 * time.Millisecond,
			Engines: func() int { return int(engines.Load()) }})
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() { e.Run(ctx) })
		end := sync.OnceFunc(func() { cancel(); wg.Wait() })
		t.Cleanup(end)
		return e, end
	}
	holds := func(e *Engine, want int) {
		t.Helper()
		n := 0
		for late := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			n = 0
			for _, b := range boxes {
				l, err := h.store.Lease(t.Context(), "mailbox:"+b.ID, e.Owner+"?", time.Millisecond)
				if err == nil {
					h.must(h.store.Release(t.Context(), l))
				} else if held := e.seats.has(b.ID); held {
					n++
				}
			}
			if n == want {
				return
			}
			if time.Now().After(late) {
				t.Fatalf("%s follows %d, not %d", e.Owner, n, want)
			}
		}
	}
	engines.Store(1)
	a, endA := run("a")
	holds(a, 4)
	engines.Store(2)
	b, _ := run("b")
	holds(b, 2)
	holds(a, 2)
	endA()
	engines.Store(1)
	holds(b, 4)
}

func (s *seats) has(mailbox string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken[mailbox] != nil
}
