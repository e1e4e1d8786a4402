package demo

import (
	"context"
	"runtime"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// Write stores the tariffs and every client with all that belongs to it, in
// the order of clients, batch changes an Apply. Clients are made on other
// goroutines meanwhile. progress, when not nil, is told how many clients are
// stored. What is stored already is left alone, so Write may be repeated.
func (w *World) Write(ctx context.Context, s store.Store, batch int, progress func(clients int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var changes []store.Change
	for i := range w.tariffs {
		changes = append(changes, crm.Tariffs.InsertIfAbsent(&w.tariffs[i]))
	}
	done := 0
	for made := range w.make(ctx) {
		changes = append(changes, <-made...)
		done++
		if len(changes) < batch && done < w.Clients {
			continue
		}
		if err := s.Apply(ctx, changes...); err != nil {
			return err
		}
		changes = changes[:0]
		if progress != nil {
			progress(done)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.Apply(ctx, changes...)
}

// make makes clients on as many goroutines as there are processors, and hands
// them on in order: each channel gives one client's changes.
func (w *World) make(ctx context.Context) <-chan chan []store.Change {
	ahead := make(chan chan []store.Change, 2*runtime.GOMAXPROCS(0))
	go func() {
		defer close(ahead)
		for n := range w.Clients {
			one := make(chan []store.Change, 1)
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
