// Package jobs runs work in the background: imports and reports. A job is a
// document, so that every page of every node shows its progress; the node that
// holds its lease does the work. A job whose node died is taken up again, so
// what a job does must be safe to do twice.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/aside"
	"cemigmas/crm/store"
)

// File is what a job made.
type File struct {
	Blob string // reference in the blob store
	Name string
}

// Handler does one kind of job. It should call Progress often: that is where
// it learns that somebody cancelled it (its context ends).
type Handler func(ctx context.Context, t *Task) (result any, file *File, err error)

const (
	leaseTime = 30 * time.Second
	pollTime  = 3 * time.Second
	lookTime  = 5 * time.Second        // between two looks whether somebody cancelled
	tickTime  = 250 * time.Millisecond // between two written progresses
	maxTries  = 3
)

// Runner takes jobs and runs them, a few at once.
type Runner struct {
	// Lease is for how long a job stays with a worker that does not answer; 30
	// seconds when 0. It is set before Run.
	Lease time.Duration

	svc      *crm.Service
	owner    string
	log      *slog.Logger
	handlers map[string]Handler
	slots    chan struct{}
	again    chan struct{}
	mu       sync.Mutex
	mine     map[string]bool
	wg       sync.WaitGroup
	pause    time.Duration // the first one while the store takes nothing
}

// NewRunner makes a runner that works as owner, a name unique to the process.
func NewRunner(svc *crm.Service, owner string, log *slog.Logger, handlers map[string]Handler) *Runner {
	return &Runner{svc: svc, owner: owner, log: log, handlers: handlers,
		slots: make(chan struct{}, 2), again: make(chan struct{}, 1), mine: map[string]bool{}, pause: time.Second}
}

// Enqueue stores a job for an actor. It runs soon, on this node or another.
func (r *Runner) Enqueue(ctx context.Context, a crm.Actor, kind string, args any) (crm.Job, error) {
	return r.store(ctx, a, kind, args, crm.JobQueued)
}

// Draft stores a job that waits for its user: Again puts it into the queue.
func (r *Runner) Draft(ctx context.Context, a crm.Actor, kind string, args any) (crm.Job, error) {
	return r.store(ctx, a, kind, args, crm.JobDraft)
}

func (r *Runner) store(ctx context.Context, a crm.Actor, kind string, args any, state string) (crm.Job, error) {
	if _, ok := r.handlers[kind]; !ok {
		return crm.Job{}, fmt.Errorf("jobs: no handler for %q", kind)
	}
	raw, err := json.Marshal(args)
	if err != nil {
		return crm.Job{}, err
	}
	id, keyed := r.svc.IDFor(ctx, a, kind)
	if undo, ok := args.(crm.UndoArgs); ok {
		id, keyed = crm.UndoID(undo.Batch), true
	}
	if keyed {
		if was, err := crm.Jobs.Get(ctx, r.svc.Store(), id); err == nil {
			return was, nil
		}
	}
	j := crm.Job{ID: id, Kind: kind, By: a.UserID, Lang: a.Lang, State: state, Args: raw, CreatedAt: r.svc.Now()}
	if err := r.svc.Apply(ctx, crm.Jobs.Put(&j)); err != nil {
		return crm.Job{}, err
	}
	j.Version = 1
	r.svc.Bus().Publish(crm.Event{Kind: crm.WakeJobs})
	return j, nil
}

// Again runs a job once more that has ended; args nil keeps what it was asked
// for. CodeConflict while it waits or runs.
func (r *Runner) Again(ctx context.Context, a crm.Actor, id string, args any) (crm.Job, error) {
	var raw json.RawMessage
	if args != nil {
		var err error
		if raw, err = json.Marshal(args); err != nil {
			return crm.Job{}, err
		}
	}
	j, err := r.svc.RequeueJob(ctx, a, id, raw)
	if err == nil {
		r.svc.Bus().Publish(crm.Event{Kind: crm.WakeJobs})
	}
	return j, err
}

// Run takes jobs until ctx ends, then waits for the running ones to stop.
func (r *Runner) Run(ctx context.Context) {
	if r.Lease == 0 {
		r.Lease = leaseTime
	}
	queued, stop := r.svc.Bus().Subscribe(crm.WakeJobs)
	defer stop()
	tick := time.NewTicker(min(pollTime, r.Lease/3))
	defer tick.Stop()
	defer r.wg.Wait()
	for {
		if err := r.take(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("jobs: cannot look for work", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-queued:
		case <-r.again:
		case <-tick.C:
		}
	}
}

// take starts what is queued, and what ran on a node that is gone.
func (r *Runner) take(ctx context.Context) error {
	for _, state := range []string{crm.JobRunning, crm.JobQueued} {
		list, _, err := crm.Jobs.Find(ctx, r.svc.Store(), store.Query{
			Where: []store.Cond{store.Is("state", state)}, Sort: []string{"created"}, Limit: 20})
		if err != nil {
			return err
		}
		for _, j := range list {
			r.start(ctx, j)
		}
	}
	return nil
}

func (r *Runner) start(ctx context.Context, j crm.Job) {
	r.mu.Lock()
	busy := r.mine[j.ID]
	r.mu.Unlock()
	if busy || r.handlers[j.Kind] == nil {
		return
	}
	select {
	case r.slots <- struct{}{}:
	default:
		return // all hands full; the next round sees it again
	}
	lease, err := r.svc.Store().Lease(ctx, "job:"+j.ID, r.owner, r.Lease)
	if err != nil {
		<-r.slots
		return
	}
	r.mu.Lock()
	r.mine[j.ID] = true
	r.mu.Unlock()
	r.wg.Add(1)
	go func() {
		defer r.wg.Done()
		r.work(ctx, j.ID, lease)
		r.mu.Lock()
		delete(r.mine, j.ID)
		r.mu.Unlock()
		<-r.slots
		select {
		case r.again <- struct{}{}: // somebody may wait for the free hand
		default:
		}
	}()
}

// work runs one job under its lease.
func (r *Runner) work(ctx context.Context, id string, lease store.Lease) {
	held, release := store.Keep(ctx, r.svc.Store(), lease, r.Lease)
	defer release()
	svc := r.svc.Under(lease)
	j, err := crm.Jobs.Get(held, svc.Store(), id)
	if err != nil || j.Ended() {
		return
	}
	t := &Task{Job: j, runner: r, svc: svc}
	if err := t.begin(held); err != nil {
		r.log.Warn("jobs: cannot begin", "job", id, "err", err)
		return
	}
	runCtx, stop := context.WithCancelCause(held)
	defer stop(nil)
	t.stop = stop
	t.cancelled(held) // asked to stop before it began, or its user was disabled
	var result any
	var file *File
	if context.Cause(runCtx) == nil {
		go t.attend(runCtx)
		err = r.patiently(runCtx, id, func() (err error) {
			aside.Run(func() { result, file, err = r.safely(runCtx, t) })
			return err
		})
	}
	cause := context.Cause(runCtx)
	switch {
	case errors.Is(cause, store.ErrLeaseLost), errors.Is(err, store.ErrLeaseLost):
		// Another worker has it and says how it ends.
		r.log.Warn("jobs: another worker took over", "job", id, "kind", j.Kind)
		return
	case ctx.Err() != nil && err != nil:
		if err := t.handOver(context.WithoutCancel(ctx)); err != nil {
			r.log.Warn("jobs: cannot hand over", "job", id, "err", err)
		}
		return
	}
	if err := t.end(ctx, result, file, err, cause); err != nil {
		r.log.Error("jobs: cannot record the end", "job", id, "err", err)
	}
}

// safely turns a panic into a failed job: one broken file must not end the
// program for everybody.
func (r *Runner) safely(ctx context.Context, t *Task) (result any, file *File, err error) {
	defer func() {
		if p := recover(); p != nil {
			broken := crm.Panicked(p)
			r.log.Error("jobs: panic", "job", t.Job.ID, "kind", t.Job.Kind, "err", broken, "stack", broken.Stack)
			err = broken
		}
	}()
	return r.handlers[t.Job.Kind](ctx, t)
}

// errCancelled is why a cancelled job's context ended.
var errCancelled = errors.New("jobs: cancelled")
