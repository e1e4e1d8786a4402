package store

import (
	"context"
	"sync"
)

// Distant is what a driver offers beside the port whose every call waits for a
// network: how many questions one asker should have open at once.
type Distant interface{ AtOnce() int }

// atOnce is 1 for a driver that is not distant: a file is read no sooner by
// several, and its readers are for the pages.
func atOnce(st Store) int {
	for {
		if d, ok := st.(Distant); ok {
			return max(1, d.AtOnce())
		}
		w, ok := st.(interface{ Unwrap() Store })
		if !ok {
			return 1
		}
		st = w.Unwrap()
	}
}

// Gather asks st for each of list, several at once where that helps, and returns
// the answers in the order of list. It ends with the first error, and then
// cancels what is still being asked. A panic in ask is the caller's.
func Gather[T, R any](ctx context.Context, st Store, list []T, ask func(context.Context, T) (R, error)) ([]R, error) {
	answers := make([]R, len(list))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int, len(list))
	for i := range list {
		next <- i
	}
	close(next)
	var workers sync.WaitGroup
	var once sync.Once
	var panicked any
	fail := func(err error, panics any) {
		once.Do(func() { panicked = panics })
		cancel(err)
	}
	work := func() {
		defer workers.Done()
		defer func() {
			if p := recover(); p != nil {
				fail(context.Canceled, p)
			}
		}()
		for i := range next {
			if ctx.Err() != nil {
				return
			}
			var err error
			if answers[i], err = ask(ctx, list[i]); err != nil {
				fail(err, nil)
				return
			}
		}
	}
	for range min(atOnce(st), len(list)) {
		workers.Add(1)
		go work()
	}
	workers.Wait()
	if panicked != nil {
		panic(panicked)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return answers, nil
}
