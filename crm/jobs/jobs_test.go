package jobs

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store/opentest"
)

var ana = crm.Actor{UserID: "u-ana", Role: crm.RoleAgent, Lang: "es"}

func service(t *testing.T) *crm.Service {
	t.Helper()
	return crm.New(crm.Deps{Store: opentest.Store(t, crm.Schema())})
}

// running starts a runner that ends with the test.
func running(t *testing.T, svc *crm.Service, owner string, h Handler) *Runner {
	t.Helper()
	r := NewRunner(svc, owner, slog.New(slog.DiscardHandler), map[string]Handler{"work": h})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { r.Run(ctx); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	return r
}

// ended waits until a job has ended.
func ended(t *testing.T, svc *crm.Service, id string) crm.Job {
	t.Helper()
	events, stop := svc.Bus().Subscribe()
	defer stop()
	timeout := time.After(time.Minute) // the protocol double is slow beside other work
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		j, err := svc.Job(context.Background(), crm.SystemActor(), id)
		if err != nil {
			t.Fatal(err)
		}
		if j.Ended() {
			return j
		}
		select {
		case <-events:
		case <-poll.C:
		case <-timeout:
			t.Fatalf("job is still %s", j.State)
		}
	}
}

func enqueue(t *testing.T, r *Runner, args any) crm.Job {
	t.Helper()
	j, err := r.Enqueue(context.Background(), ana, "work", args)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestJobRunsAndKeepsItsResult(t *testing.T) {
	svc := service(t)
	r := running(t, svc, "a", func(ctx context.Context, task *Task) (any, *File, error) {
		var args struct{ N int }
		if err := task.Args(&args); err != nil {
			return nil, nil, err
		}
		task.Progress(ctx, 1, 2, "step")
		return map[string]int{"twice": 2 * args.N}, &File{Blob: "ref", Name: "out.xlsx"}, nil
	})
	j := ended(t, svc, enqueue(t, r, map[string]int{"N": 21}).ID)
	if j.State != crm.JobDone || string(j.Result) != `{"twice":42}` || j.File != "ref" || j.Done != 2 || j.Total != 2 || j.EndedAt == nil {
		t.Errorf("job is %+v, result %s", j, j.Result)
	}
}

func TestFailureHasWords(t *testing.T) {
	svc := service(t)
	r := running(t, svc, "a", func(context.Context, *Task) (any, *File, error) {
		return nil, nil, crm.Errf(crm.CodeInvalid, "error.upload.form")
	})
	j := ended(t, svc, enqueue(t, r, nil).ID)
	if j.State != crm.JobFailed || j.Error == nil || j.Error.Key != "error.upload.form" {
		t.Errorf("job is %+v", j)
	}
}

func TestPanicIsAFailedJob(t *testing.T) {
	svc := service(t)
	r := running(t, svc, "a", func(context.Context, *Task) (any, *File, error) { panic("broken file") })
	if j := ended(t, svc, enqueue(t, r, nil).ID); j.State != crm.JobFailed || j.Error.Key != "error.internal" {
		t.Errorf("job is %+v", j)
	}
}

func TestCancelStopsARunningJob(t *testing.T) {
	svc := service(t)
	began := make(chan struct{})
	r := running(t, svc, "a", func(ctx context.Context, task *Task) (any, *File, error) {
		close(began)
		for n := int64(0); ; n++ {
			task.Progress(ctx, n, 0, "step")
			select {
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	id := enqueue(t, r, nil).ID
	<-began
	if _, err := svc.CancelJob(context.Background(), ana, id); err != nil {
		t.Fatal(err)
	}
	if j := ended(t, svc, id); j.State != crm.JobCancelled {
		t.Errorf("job is %s", j.State)
	}
}

// Whoever is disabled has nothing done for them: what runs is stopped, and what
// was enqueued in that very moment never begins.
func TestJobsOfADisabledUserEnd(t *testing.T) {
	svc := service(t)
	ctx := context.Background()
	u := crm.User{ID: ana.UserID, Email: "ana@cemig.example", Name: "Ana", Role: crm.RoleAgent, Epoch: 1}
	if err := svc.Apply(ctx, crm.Users.Put(&u)); err != nil {
		t.Fatal(err)
	}
	began := make(chan struct{}, 8)
	r := running(t, svc, "a", func(ctx context.Context, task *Task) (any, *File, error) {
		began <- struct{}{}
		for n := int64(0); ; n++ {
			task.Progress(ctx, n, 0, "step")
			select {
			case <-ctx.Done():
				return nil, nil, ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	runs := enqueue(t, r, nil).ID
	<-began
	if _, err := svc.DisableUser(ctx, crm.SystemActor(), u.ID, true); err != nil {
		t.Fatal(err)
	}
	late := enqueue(t, r, nil).ID
	for _, id := range []string{runs, late} {
		if j := ended(t, svc, id); j.State != crm.JobCancelled {
			t.Errorf("job is %s", j.State)
		}
	}
	if len(began) > 0 {
		t.Error("a job of a disabled user began")
	}
}

func TestJobOfADeadNodeIsTakenUp(t *testing.T) {
	svc := service(t)
	// What a killed process leaves: a running job whose lease nobody renews.
	j := crm.Job{ID: "left", Kind: "work", By: ana.UserID, State: crm.JobRunning, Tries: 1, CreatedAt: svc.Now()}
	if err := svc.Apply(context.Background(), crm.Jobs.Put(&j)); err != nil {
		t.Fatal(err)
	}
	running(t, svc, "b", func(context.Context, *Task) (any, *File, error) { return "again", nil, nil })
	if got := ended(t, svc, "left"); got.State != crm.JobDone || got.Tries != 2 {
		t.Errorf("job is %+v", got)
	}
}

func TestJobThatKillsItsNodeIsGivenUp(t *testing.T) {
	svc := service(t)
	j := crm.Job{ID: "left", Kind: "work", By: ana.UserID, State: crm.JobRunning, Tries: maxTries, CreatedAt: svc.Now()}
	if err := svc.Apply(context.Background(), crm.Jobs.Put(&j)); err != nil {
		t.Fatal(err)
	}
	running(t, svc, "b", func(context.Context, *Task) (any, *File, error) {
		t.Error("it ran again")
		return nil, nil, nil
	})
	if got := ended(t, svc, "left"); got.State != crm.JobFailed || got.Error.Key != "error.job.crashed" {
		t.Errorf("job is %+v", got)
	}
}

// TestStoppingNodeHandsOver: a job is taken up at once by another node, however
// often that happens, and no stop counts as a crash.
func TestStoppingNodeHandsOver(t *testing.T) {
	svc := service(t)
	var id string
	for n := range maxTries + 2 {
		began := make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		r := NewRunner(svc, "node-"+strconv.Itoa(n), slog.New(slog.DiscardHandler), map[string]Handler{"work": func(ctx context.Context, task *Task) (any, *File, error) {
			close(began)
			<-ctx.Done()
			return nil, nil, ctx.Err()
		}})
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		if id == "" {
			id = enqueue(t, r, nil).ID
		}
		<-began
		stop()
		<-done
		j, err := svc.Job(t.Context(), crm.SystemActor(), id)
		if err != nil || j.State != crm.JobQueued || j.Tries != 0 {
			t.Fatalf("after stop %d the job is %s with %d tries: %v", n, j.State, j.Tries, err)
		}
	}
	running(t, svc, "last", func(context.Context, *Task) (any, *File, error) { return "ok", nil, nil })
	if j := ended(t, svc, id); j.State != crm.JobDone {
		t.Errorf("in the end the job is %s", j.State)
	}
}

func TestJobsAreOnesOwn(t *testing.T) {
	svc := service(t)
	r := running(t, svc, "a", func(context.Context, *Task) (any, *File, error) { return nil, nil, nil })
	id := enqueue(t, r, nil).ID
	_, err := svc.Job(context.Background(), crm.Actor{UserID: "u-rui", Role: crm.RoleManager, Team: "x"}, id)
	if crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("another's job answers %v", err)
	}
}
