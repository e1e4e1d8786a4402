package mailsync

import (
	"context"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

// counting is a distant driver that counts what it is asked, by kind.
type counting struct {
	store.Store
	*asking
}

type asking struct {
	mu       sync.Mutex
	asked    map[string]int
	open     int           // look-ups of headers that are not answered
	together chan struct{} // closed when two are
}

func (c *counting) AtOnce() int { return 8 }

func (c *counting) ask(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[kind]++
}

func (c *counting) Get(ctx context.Context, in *store.Collection, id string) (store.Doc, error) {
	c.ask("get " + in.Name)
	return c.Store.Get(ctx, in, id)
}

func (c *counting) GetMany(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	c.ask("many " + in.Name)
	return c.Store.GetMany(ctx, in, ids)
}

func (c *counting) Bodies(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	c.ask("many " + in.Name)
	return c.Store.Bodies(ctx, in, ids)
}

func (c *counting) Find(ctx context.Context, q store.Query) (store.Page, error) {
	c.ask("find " + q.In.Name)
	if q.In == crm.Messages.In {
		defer c.meet()()
	}
	return c.Store.Find(ctx, q)
}

// meet waits for a second look-up, however busy the machine is, and not for ever
// if there is none.
func (c *counting) meet() (leave func()) {
	c.mu.Lock()
	c.open++
	if c.open == 2 && !c.met() {
		close(c.together)
	}
	c.mu.Unlock()
	select {
	case <-c.together:
	case <-time.After(10 * time.Second):
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open--
	}
}

func (c *asking) met() bool {
	select {
	case <-c.together:
		return true
	default:
		return false
	}
}

// TestABatchIsReadAhead: nothing is read for one mail alone, so that a batch
// waits for a server far away a few times and not a few times a mail.
func TestABatchIsReadAhead(t *testing.T) {
	s := imaptest.New(t)
	village(s)
	c := &asking{asked: map[string]int{}, together: make(chan struct{})}
	h := newHouse(t, func(st store.Store) store.Store { return &counting{st, c} })
	asked := c.asked
	villagers(h)
	box := h.box(h.ana, s)
	clear(asked)
	h.sync(box)
	// The row of a conversation that a mail reaches only by another of its batch,
	// for another client, is not foreseen.
	for kind, most := range map[string]int{"get threads": 0, "get messages": 0, "get timeline": 3} {
		if asked[kind] > most {
			t.Errorf("%s: %d times", kind, asked[kind])
		}
	}
	if n := asked["many threads"] + asked["many timeline"]; n > 4 { // once a folder
		t.Errorf("threads and rows were asked for %d times", n)
	}
	if !c.met() {
		t.Errorf("%d look-ups of headers, one after the other", asked["find messages"])
	}
	// The same, asked one by one: what is read ahead is what would be read.
	same(t, even(h.dump(), box), undisturbed(t, s))
	if n, err := h.Store().Count(t.Context(), store.Query{In: crm.MailLinks.In}, 100); err != nil || n == 0 {
		t.Errorf("%d links, %v", n, err)
	}
}
