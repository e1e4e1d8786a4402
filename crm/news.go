package crm

import (
	"slices"
	"sync"
	"time"

	"cemigmas/crm/store"
)

// Kinds of events that work waits for; no page is told of them.
const (
	// WakeMailbox asks whoever follows a mailbox to look at it now.
	WakeMailbox = "wake"
	// WakeJobs asks whoever does jobs to look for work.
	WakeJobs = "wake-jobs"
	// WakeRefile asks mail engines to work off what is noted in Refiles.
	WakeRefile = "wake-refile"
)

// Event says that something changed that an open page may show, or that work
// waits. The scope is of the moment; whoever is told reads what changed under
// rights of its own.
type Event struct {
	Kind   string `json:"kind"` // client, mail, mailbox, job, triage, or a Wake
	ID     string `json:"id,omitempty"`
	Agent  string `json:"agent,omitempty"` // scope of a client event
	Team   string `json:"team,omitempty"`
	Acting string `json:"acting,omitempty"`
	Owner  string `json:"owner,omitempty"` // of a mailbox, job or triage event
}

// Internal reports whether an event is for workers only.
func (e Event) Internal() bool {
	return e.Kind == WakeMailbox || e.Kind == WakeJobs || e.Kind == WakeRefile || e.Kind == newsSectors || e.Kind == newsTariffs
}

// Sees reports whether an actor may be told of an event.
func (a Actor) Sees(e Event) bool {
	switch {
	case e.Internal():
		return false
	case e.Owner != "":
		return a.Role == RoleAdmin || e.Owner == a.UserID
	}
	return a.sees(e.kept())
}

// Bus is where changes are told to open pages.
func (s *Service) Bus() *Bus { return s.bus }

// Bus hands events to the pages that are open in this process, and to a Feed
// for those of other processes. It never blocks: a slow page misses events and
// catches up when it next loads.
type Bus struct {
	mu      sync.Mutex
	subs    map[chan Event][]string // with the kinds listened for; all when empty
	forward func(Event)             // to other processes; nil where there are none
	heard   func(Event)             // of the Service itself; must not block; set before anything is told
	recent  [remembered]heard       // a ring, for pages that begin to listen
	count   int                     // events ever put into it
}

// remembered is how many events a Bus keeps.
const remembered = 256

type heard struct {
	at    time.Time
	event Event
}

// NewBus makes a Bus.
func NewBus() *Bus { return &Bus{subs: map[chan Event][]string{}} }

// Publish tells everyone who listens, here and in other processes.
func (b *Bus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(e)
	if b.forward != nil {
		b.forward(e)
	}
}

// deliver tells who listens in this process of what happened in another.
func (b *Bus) deliver(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tell(e)
}

// Since are the events that pages were told of at or after a time: a page is
// made before it listens, and what happened between would be lost to it. Not
// whole means that more happened than is remembered.
func (b *Bus) Since(at time.Time) (list []Event, whole bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n := b.count - 1; n >= max(0, b.count-remembered); n-- {
		t := b.recent[n%remembered]
		if t.at.Before(at) {
			return list, true
		}
		list = append(list, t.event)
	}
	return list, b.count <= remembered
}

func (b *Bus) tell(e Event) {
	if b.heard != nil {
		b.heard(e)
	}
	if !e.Internal() {
		b.recent[b.count%remembered] = heard{time.Now(), e}
		b.count++
	}
	for ch, kinds := range b.subs {
		if len(kinds) > 0 && !slices.Contains(kinds, e.Kind) {
			continue
		}
		select {
		case ch <- e:
		default:
		}
	}
}

// Subscribe listens until stop is called: to all events, or to those of some
// kinds, which a flood of others then cannot push out.
func (b *Bus) Subscribe(kinds ...string) (events <-chan Event, stop func()) {
	ch := make(chan Event, 64)
	b.mu.Lock()
	b.subs[ch] = kinds
	b.mu.Unlock()
	return ch, func() {
		b.mu.Lock()
		delete(b.subs, ch)
		b.mu.Unlock()
	}
}

// listened reports whether anybody listens.
func (b *Bus) listened() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.subs) > 0
}

// News is what a process told others within a moment: one document for many
// events, so that a reader who looks back finds few.
type News struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Node   string    `json:"node"`
	Events []Event   `json:"events"`
}

// NewsRows is the table of news, which Feed writes, reads and sweeps.
var NewsRows = Table[News]{
	In: &store.Collection{
		Name:    "news",
		Fields:  []store.Field{{Name: "at", Kind: store.Time}},
		Indexes: []store.Index{{Fields: []string{"at"}}},
	},
	ID:   func(n *News) string { return n.ID },
	Keys: func(n *News) store.Keys { return store.Keys{"at": n.At} },
}
