package crm

import (
	"context"
	"sync"
	"time"
)

// heardOf holds a small table for pages, which need it everywhere, as this process
// heard of it last: news of a change make it read anew.
type heardOf[T any] struct {
	mu    sync.Mutex
	value T
	at    time.Time
	round int // grows with each change, so that a read that began before is not kept
}

// heardKept bounds for how long a table is used whose news was lost.
const heardKept = time.Minute

func (h *heardOf[T]) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at, h.round = time.Time{}, h.round+1
}

func (h *heardOf[T]) get(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	h.mu.Lock()
	value, at, round := h.value, h.at, h.round
	h.mu.Unlock()
	if !at.IsZero() && time.Since(at) < heardKept {
		return value, nil
	}
	began := time.Now()
	value, err := read(ctx)
	if err != nil {
		var zero T
		return zero, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.round == round {
		h.value, h.at = value, began
	}
	return value, nil
}
