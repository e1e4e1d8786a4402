package jobs

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// short is a lease of tests.
const short = 300 * time.Millisecond

// stuck is the store as a worker sees it whose machine hangs: nothing is
// renewed any more.
type stuck struct {
	store.Store
	hangs atomic.Bool
}

func (s *stuck) Lease(ctx context.Context, name, owner string, ttl time.Duration) (store.Lease, error) {
	if s.hangs.Load() {
		return store.Lease{}, &store.Error{Code: store.CodeUnavailable, ID: name}
	}
	return s.Store.Lease(ctx, name, owner, ttl)
}

// worker is a runner that a test ends itself.
func worker(t *testing.T, svc *crm.Service, owner string, h Handler) (ended <-chan struct{}) {
	t.Helper()
	r := NewRunner(svc, owner, slog.New(slog.DiscardHandler), map[string]Handler{"work": h})
	r.Lease = short
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return done
}

// TestSlowWorkerWritesNothing: a worker that hung longer than its lease finds
// that another took the job over, and nothing that it does then is kept: not
// its progress, not what the job was about, not the end.
func TestSlowWorkerWritesNothing(t *testing.T) {
	svc := service(t)
	hung := &stuck{Store: svc.Store()}
	slow := crm.New(crm.Deps{Store: hung})
	began, resume, wrote := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	worker(t, slow, "a", func(ctx context.Context, task *Task) (any, *File, error) {
		hung.hangs.Store(true)
		close(began)
		<-resume
		if !errors.Is(context.Cause(ctx), store.ErrLeaseLost) {
			t.Errorf("its context ends with %v", context.Cause(ctx))
		}
		// It has not noticed: it goes on as if nothing had happened.
		ctx = context.WithoutCancel(ctx)
		task.Progress(ctx, 7, 9, "step")
		wrote <- task.Service().Apply(ctx, crm.Marks.Put(&crm.Mark{ID: "late"}))
		return "slow", nil, nil
	})
	job := crm.Job{ID: "j", Kind: "work", By: ana.UserID, State: crm.JobQueued, CreatedAt: svc.Now()}
	if err := svc.Apply(t.Context(), crm.Jobs.Put(&job)); err != nil {
		t.Fatal(err)
	}
	<-began
	start := time.Now()
	worker(t, svc, "b", func(ctx context.Context, task *Task) (any, *File, error) {
		return "quick", nil, task.Service().Apply(ctx, crm.Marks.Put(&crm.Mark{ID: "mine"}))
	})
	was := ended(t, svc, "j")
	if was.State != crm.JobDone || string(was.Result) != `"quick"` || was.Tries != 2 {
		t.Fatalf("job is %+v", was)
	}
	t.Logf("taken over after %s with a lease of %s", time.Since(start).Round(time.Millisecond), short)
	close(resume)
	if err := <-wrote; !errors.Is(err, store.ErrLeaseLost) || crm.CodeOf(err) == crm.CodeConflict {
		t.Errorf("the slow worker's write: %v", err)
	}
	is, err := svc.Job(t.Context(), crm.SystemActor(), "j")
	if err != nil || is.Version != was.Version || is.Done != was.Done || string(is.Result) != `"quick"` {
		t.Errorf("job is %+v, %v", is, err)
	}
	for id, there := range map[string]bool{"mine": true, "late": false} {
		if _, err := crm.Marks.Get(t.Context(), svc.Store(), id); (err == nil) != there {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// TestQueuedElsewhereIsDoneHere: a job is queued by a process that does none.
func TestQueuedElsewhereIsDoneHere(t *testing.T) {
	svc := service(t)
	h := func(context.Context, *Task) (any, *File, error) { return "done", nil, nil }
	worker(t, svc, "b", h)
	asks := NewRunner(crm.New(crm.Deps{Store: svc.Store()}), "a", slog.New(slog.DiscardHandler), map[string]Handler{"work": h})
	if j := ended(t, svc, enqueue(t, asks, nil).ID); j.State != crm.JobDone || string(j.Result) != `"done"` {
		t.Errorf("job is %+v", j)
	}
}
