package crm

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"cemigmas/crm/store"
)

const (
	newsPause = 200 * time.Millisecond // between two documents of a writer
	newsPoll  = time.Second            // between two looks of a reader
	newsRest  = 5 * time.Second        // the same, while the store wakes it
	newsWrite = 5 * time.Second        // longest a write may take
	// newsOverlap is how far back a reader looks each time. A document is
	// missed only if it was written by a clock that was late by more than
	// newsOverlap - newsWrite.
	newsOverlap = 15 * time.Second
	newsKept    = 10 * time.Minute
	newsSweep   = time.Minute
	// newsAtOnce bounds a document, newsWaiting what waits while the store is
	// away: pages that miss an event catch up when they next load.
	newsAtOnce  = 1000
	newsWaiting = 10_000
)

// Feed carries the events of a Bus to the other processes on the same store and
// theirs to this one, through rows of NewsRows.
//
// A row is written right after what it tells of: a reader who is told finds it.
// Events of a moment share a row, and equal ones are one. A reader asks for the
// rows of the last moments by time and knows by their ids which it has seen, so
// neither a late commit nor clocks that differ by some seconds lose any.
type Feed struct {
	// Waker is the driver where it can say that there is something to read; nil
	// where it cannot. It is set before Read.
	Waker store.Watcher

	svc  *Service
	node string
	log  *slog.Logger

	mu      sync.Mutex
	waiting map[Event]bool
	order   []Event
	full    chan struct{} // there is something to write

	// Of the reader.
	since  time.Time
	seen   map[string]time.Time
	silent bool // the last look failed, which was said
}

// NewFeed makes the feed of a process; node is its name.
func NewFeed(s *Service, node string, log *slog.Logger) *Feed {
	return &Feed{svc: s, node: node, log: log, waiting: map[Event]bool{}, full: make(chan struct{}, 1), seen: map[string]time.Time{}}
}

// Collect begins to gather what is published in this process, for Write.
func (f *Feed) Collect() {
	f.svc.bus.mu.Lock()
	defer f.svc.bus.mu.Unlock()
	f.svc.bus.forward = f.add
}

// Write tells other processes of what was collected until ctx ends, then writes
// the rest.
func (f *Feed) Write(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			f.flush(context.WithoutCancel(ctx))
			return
		case <-f.full:
			f.flush(ctx)
		}
		select {
		case <-ctx.Done():
		case <-time.After(newsPause):
		}
	}
}

func (f *Feed) add(e Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiting[e] || len(f.order) >= newsWaiting {
		return
	}
	f.waiting[e] = true
	f.order = append(f.order, e)
	f.poke()
}

func (f *Feed) poke() {
	select {
	case f.full <- struct{}{}:
	default:
	}
}

// flush writes what waits, a row after another. What cannot be written waits on.
func (f *Feed) flush(ctx context.Context) {
	for {
		f.mu.Lock()
		part := f.order[:min(len(f.order), newsAtOnce)]
		f.order = f.order[len(part):]
		for _, e := range part {
			delete(f.waiting, e)
		}
		f.mu.Unlock()
		if len(part) == 0 {
			return
		}
		if err := f.put(ctx, part); err != nil {
			f.log.Warn("news: cannot tell other processes", "events", len(part), "err", err)
			for _, e := range part {
				f.add(e)
			}
			return
		}
	}
}

func (f *Feed) put(ctx context.Context, events []Event) error {
	ctx, cancel := context.WithTimeout(ctx, newsWrite)
	defer cancel()
	now := f.svc.Now()
	return f.svc.Apply(ctx, NewsRows.InsertIfAbsent(&News{ID: NewID(now), At: now, Node: f.node, Events: events}))
}

// Read tells this process of what is published in others until ctx ends, and
// sweeps old rows. It asks only while somebody listens, about once a second, or
// when the store says that there is something.
func (f *Feed) Read(ctx context.Context) {
	woken, pause := f.watch(ctx)
	sweep := time.NewTicker(newsSweep)
	defer sweep.Stop()
	for {
		wait := time.NewTimer(pause())
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-sweep.C:
			f.sweep(ctx)
		case <-woken:
			f.look(ctx)
		case <-wait.C:
			f.look(ctx)
		}
		wait.Stop()
	}
}

// look reads what is new, and says so when it cannot, once.
func (f *Feed) look(ctx context.Context) {
	err := f.poll(ctx)
	if err != nil && ctx.Err() == nil && !f.silent {
		f.log.Warn("news: cannot read what other processes tell", "err", err)
	}
	f.silent = err != nil
}

func (f *Feed) poll(ctx context.Context) error {
	now := f.svc.Now()
	if !f.svc.bus.listened() {
		f.since = now // who begins to listen later reads pages of later
		return nil
	}
	if f.since.IsZero() {
		f.since = now
	}
	from := f.since.Add(-newsOverlap)
	q := store.Query{Where: []store.Cond{store.From("at", from)}, Sort: []string{"at"}}
	for n, err := range NewsRows.All(ctx, f.svc.store, q) {
		if err != nil {
			return err
		}
		if _, known := f.seen[n.ID]; known || n.Node == f.node {
			continue
		}
		f.seen[n.ID] = n.At
		for _, e := range n.Events {
			f.svc.bus.deliver(e)
		}
	}
	f.since = now
	for id, at := range f.seen {
		if at.Before(from) {
			delete(f.seen, id)
		}
	}
	return nil
}

// sweep deletes rows that nobody looks back to. Several processes may do it at
// once.
func (f *Feed) sweep(ctx context.Context) {
	old, _, err := NewsRows.Find(ctx, f.svc.store, store.Query{
		Where: []store.Cond{store.Below("at", f.svc.Now().Add(-newsKept))}, Sort: []string{"at"}, Limit: store.MaxPage})
	var gone []store.Change
	for _, n := range old {
		gone = append(gone, store.Delete{In: NewsRows.In, ID: n.ID, Version: -1})
	}
	if err == nil {
		err = f.svc.Apply(ctx, gone...)
	}
	if err != nil && ctx.Err() == nil {
		f.log.Warn("news: cannot sweep", "err", err)
	}
}
