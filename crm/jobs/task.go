package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// Task is a running job.
type Task struct {
	Job    crm.Job
	runner *Runner
	svc    *crm.Service // under the job's lease
	stop   context.CancelCauseFunc
	mu     sync.Mutex
	told   time.Time
}

// Args reads what the job was asked to do.
func (t *Task) Args(into any) error { return json.Unmarshal(t.Job.Args, into) }

// Service is what a handler works with: it writes under the job's lease, so a
// worker that was only slow writes nothing after another took over.
func (t *Task) Service() *crm.Service { return t.svc }

func (t *Task) begin(ctx context.Context) error {
	j := &t.Job
	now := t.svc.Now()
	j.State, j.StartedAt, j.Done = crm.JobRunning, &now, 0
	j.Tries++
	if j.Tries > maxTries {
		j.State, j.EndedAt = crm.JobFailed, &now
		j.Error = &crm.Text{Key: "error.job.crashed"}
		return errors.Join(errors.New("jobs: too many tries"), t.put(ctx))
	}
	if err := t.put(ctx); err != nil {
		return err
	}
	t.publish()
	return nil
}

func (t *Task) put(ctx context.Context) error {
	if err := t.svc.Apply(ctx, crm.Jobs.Put(&t.Job)); err != nil {
		return err
	}
	t.Job.Version++
	return nil
}

// Progress says how far the job is; total 0 means not known. step is a
// catalogue key.
func (t *Task) Progress(ctx context.Context, done, total int64, step string) {
	t.mu.Lock()
	now := time.Now()
	t.Job.Done, t.Job.Total, t.Job.Step = done, total, step
	due := now.Sub(t.told) >= tickTime
	if due {
		t.told = now
	}
	t.mu.Unlock()
	if !due {
		return
	}
	// Progress that is not written is written next time.
	_ = t.svc.Apply(ctx, store.Patch{In: crm.Jobs.In, ID: t.Job.ID, Body: map[string][]byte{
		"done": []byte(strconv.FormatInt(done, 10)), "total": []byte(strconv.FormatInt(total, 10)), "step": []byte(strconv.Quote(step)),
	}})
	t.publish()
	t.cancelled(ctx)
}

// cancelled ends the job's context when somebody asked for it, or when whoever
// it works for was disabled: also by a job that was enqueued in that moment.
func (t *Task) cancelled(ctx context.Context) {
	j, err := crm.Jobs.Get(ctx, t.svc.Store(), t.Job.ID)
	if err == nil && (j.Cancel || t.runner.disabled(ctx, j.By)) {
		t.stop(errCancelled)
	}
}

func (r *Runner) disabled(ctx context.Context, user string) bool {
	u, err := crm.Users.Get(ctx, r.svc.Store(), user)
	return err == nil && u.Disabled // the program itself is no user
}

// attend looks for a wish to cancel while the handler works.
func (t *Task) attend(ctx context.Context) {
	tick := time.NewTicker(lookTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			t.cancelled(ctx)
		}
	}
}

func (t *Task) end(ctx context.Context, result any, file *File, err, cause error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	j := &t.Job
	now := t.svc.Now()
	j.EndedAt = &now
	if result != nil {
		raw, merr := json.Marshal(result)
		if merr != nil {
			return merr
		}
		j.Result = raw
	}
	switch {
	case errors.Is(cause, errCancelled):
		j.State, j.Cancel = crm.JobCancelled, true
	case err != nil:
		j.State, j.Error = crm.JobFailed, reason(err)
		t.runner.log.Error("jobs: failed", "job", j.ID, "kind", j.Kind, "err", err)
	default:
		j.State = crm.JobDone
		if j.Total > 0 {
			j.Done = j.Total
		}
		if file != nil {
			j.File, j.FileName = file.Blob, file.Name
		}
	}
	werr := t.runner.patiently(ctx, j.ID, func() error { return t.put(context.WithoutCancel(ctx)) })
	t.publish()
	return werr
}

// handOver puts the job back into the queue because this node stops: another
// node, or the next start, takes it up. That is no try: a job must not fail
// because the program was renewed three times while it ran.
func (t *Task) handOver(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Job.State, t.Job.StartedAt = crm.JobQueued, nil
	t.Job.Tries--
	return t.put(ctx)
}

// reason is what a user is told of a failure.
func reason(err error) *crm.Text {
	var e *crm.Error
	if errors.As(err, &e) && e.Text.Key != "" {
		return &e.Text
	}
	return &crm.Text{Key: "error.internal"}
}

func (t *Task) publish() {
	t.svc.Bus().Publish(crm.Event{Kind: "job", ID: t.Job.ID, Owner: t.Job.By})
}
