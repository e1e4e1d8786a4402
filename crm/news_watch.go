package crm

import (
	"context"
	"sync/atomic"
	"time"

	"cemigmas/crm/store"
)

// newsAgain is how long a store that could not wake a reader is left alone.
const newsAgain = time.Minute

// watch lets the store wake the reader, where it can; pause answers how long to
// wait between two looks all the same.
func (f *Feed) watch(ctx context.Context) (woken <-chan struct{}, pause func() time.Duration) {
	if f.Waker == nil {
		return nil, func() time.Duration { return newsPoll }
	}
	wake := make(chan struct{}, 1)
	var listening atomic.Bool
	changed := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	go func() {
		for ctx.Err() == nil {
			err := f.Waker.Watch(ctx, NewsRows.In, func() { listening.Store(true); changed() }, changed)
			listening.Store(false)
			if ctx.Err() != nil {
				return
			}
			if store.CodeOf(err) == store.CodeInvalid {
				f.log.Debug("news: the server wakes nobody; asking every second", "err", err)
				return
			}
			f.log.Warn("news: the server stopped telling of changes; asking every second", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(newsAgain):
			}
		}
	}()
	return wake, func() time.Duration {
		if listening.Load() {
			return newsRest
		}
		return newsPoll
	}
}
