package demo

import (
	"context"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// Write stores the tariffs and every client with all that belongs to it, in
// the order of clients, about batch changes an Apply. Clients are made, and the
// next Apply is prepared, on other goroutines meanwhile. progress, when not nil,
// is told how many clients are stored. What is stored already is left alone, so
// Write may be repeated.
func (w *World) Write(ctx context.Context, s store.Store, batch int, progress func(clients int)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2) // one Apply is written while the next is prepared
	var told sync.Mutex
	stored := 0
	send := func(clients int, changes []store.Change) {
		group.Go(func() error {
			if err := s.Apply(ctx, changes...); err != nil {
				return err
			}
			told.Lock()
			defer told.Unlock()
			if stored += clients; progress != nil {
				progress(stored)
			}
			return nil
		})
	}
	var tariffs []store.Change
	for i := range w.tariffs {
		tariffs = append(tariffs, crm.Tariffs.InsertIfAbsent(&w.tariffs[i]))
	}
	send(0, tariffs)
	var next rows
	for made := range w.make(ctx) {
		if next.add(<-made); next.changes >= batch {
			send(next.clients, next.inOrder())
			next = rows{}
		}
	}
	if next.clients > 0 {
		send(next.clients, next.inOrder())
	}
	return group.Wait()
}

// rows are the changes of some clients. They are written a collection at a
// time: a driver then stays in the same few indexes for long.
type rows struct {
	lists            [][]store.Change
	clients, changes int
}

func (r *rows) add(lists [][]store.Change) {
	if r.lists == nil {
		r.lists = make([][]store.Change, len(lists))
	}
	for i, l := range lists {
		r.lists[i] = append(r.lists[i], l...)
		r.changes += len(l)
	}
	r.clients++
}

func (r *rows) inOrder() []store.Change { return slices.Concat(r.lists...) }

// make makes clients on as many goroutines as there are processors, and hands
// them on in order: each channel gives one client's changes.
func (w *World) make(ctx context.Context) <-chan chan [][]store.Change {
	ahead := make(chan chan [][]store.Change, 2*runtime.GOMAXPROCS(0))
	go func() {
		defer close(ahead)
		for n := range w.Clients {
			one := make(chan [][]store.Change, 1)
			select {
			case ahead <- one:
			case <-ctx.Done():
				return
			}
			go func() { one <- w.Client(n).Changes() }()
		}
	}()
	return ahead
}
