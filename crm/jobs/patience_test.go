package jobs

import (
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// fullStore takes no change of a job that has ended, as often as it is told to.
type fullStore struct {
	store.Store
	refuse atomic.Int32
}

func (f *fullStore) Apply(ctx context.Context, changes ...store.Change) error {
	for _, ch := range changes {
		p, ok := ch.(store.Put)
		if !ok || p.In != crm.Jobs.In {
			continue
		}
		j, err := crm.Jobs.Decode(p.Doc)
		if err == nil && j.Ended() && f.refuse.Add(-1) >= 0 {
			return &store.Error{Code: store.CodeUnavailable, Msg: "the disk is full"}
		}
	}
	return f.Store.Apply(ctx, changes...)
}

// TestJobWaitsForTheStore: neither the work nor its end is lost while the store
// takes nothing, and none of it counts as a crash.
func TestJobWaitsForTheStore(t *testing.T) {
	full := &fullStore{Store: service(t).Store()}
	full.refuse.Store(3)
	svc := crm.New(crm.Deps{Store: full})
	var tries atomic.Int32
	r := NewRunner(svc, "a", slog.New(slog.DiscardHandler), map[string]Handler{"work": func(context.Context, *Task) (any, *File, error) {
		if tries.Add(1) < 4 {
			return nil, nil, crm.Errf(crm.CodeUnavailable, "error.unavailable")
		}
		return "made", nil, nil
	}})
	r.pause = time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	defer func() { stop(); <-done }()
	j := ended(t, svc, enqueue(t, r, nil).ID)
	if j.State != crm.JobDone || j.Tries != 1 || tries.Load() != 4 || string(j.Result) != `"made"` {
		t.Errorf("%+v after %d tries", j, tries.Load())
	}
}

// TestCancelEndsThePatience: a job that waits can be cancelled.
func TestCancelEndsThePatience(t *testing.T) {
	r := NewRunner(service(t), "a", slog.New(slog.DiscardHandler), nil)
	ctx, stop := context.WithCancel(t.Context())
	err := r.patiently(ctx, "x", func() error { stop(); return crm.Errf(crm.CodeUnavailable, "error.unavailable") })
	if crm.CodeOf(err) != crm.CodeUnavailable {
		t.Error(err)
	}
}
