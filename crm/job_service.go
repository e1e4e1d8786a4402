package crm

import (
	"context"
	"encoding/json"

	"cemigmas/crm/store"
)

// Job reads a job: one's own, admins any.
func (s *Service) Job(ctx context.Context, a Actor, id string) (Job, error) {
	j, err := Jobs.Get(ctx, s.store, id)
	if err != nil {
		return Job{}, err
	}
	if j.By != a.UserID && a.Role != RoleAdmin {
		return Job{}, notFound()
	}
	return j, nil
}

// ListJobs lists jobs of a kind, newest first: one's own, admins all.
func (s *Service) ListJobs(ctx context.Context, a Actor, kind string, limit int, after string) ([]Job, string, error) {
	where := []store.Cond{store.Is("kind", kind)}
	if a.Role != RoleAdmin {
		where = append(where, store.Is("by", a.UserID))
	}
	return Jobs.Find(ctx, s.store, store.Query{Where: where, Sort: []string{"-created"}, Limit: limitOf(limit, 20), After: after})
}

// CancelJob asks a job to stop.
func (s *Service) CancelJob(ctx context.Context, a Actor, id string) (Job, error) {
	j, err := s.Job(ctx, a, id)
	if err != nil || j.Ended() {
		return j, err
	}
	if j.State == JobQueued {
		now := s.Now()
		j.State, j.EndedAt, j.Cancel = JobCancelled, &now, true
		if err := s.Apply(ctx, Jobs.Put(&j)); CodeOf(err) != CodeConflict {
			return j, err
		} // it was just taken up: ask the worker instead
	}
	err = s.Apply(ctx, store.Patch{In: Jobs.In, ID: id, Body: map[string][]byte{"cancel": json.RawMessage("true")}})
	j.Cancel = true
	return j, err
}

// cancelJobsOf asks all jobs of a user to stop; what only waits ends at once.
func (s *Service) cancelJobsOf(ctx context.Context, user string) error {
	for _, state := range []string{JobQueued, JobRunning} {
		q := store.Query{Where: []store.Cond{store.Is("state", state), store.Is("by", user)}, Sort: []string{"created"}}
		for j, err := range Jobs.All(ctx, s.store, q) {
			if err != nil {
				return err
			}
			if _, err := s.CancelJob(ctx, SystemActor(), j.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// RequeueJob puts a job that has ended back into the queue, with other arguments
// when args is not nil: a dry run goes on as the import itself, a cancelled one
// where it stopped. CodeConflict while it waits or runs.
func (s *Service) RequeueJob(ctx context.Context, a Actor, id string, args json.RawMessage) (Job, error) {
	j, err := s.Job(ctx, a, id)
	if err != nil {
		return j, err
	}
	if !j.Ended() && j.State != JobDraft {
		return j, Errf(CodeConflict, "error.job.going")
	}
	if args != nil {
		j.Args = args
	}
	j.State, j.Tries, j.Cancel, j.Error = JobQueued, 0, false, nil
	j.Done, j.Total, j.Step, j.Result, j.File, j.FileName = 0, 0, "", nil, "", ""
	j.StartedAt, j.EndedAt = nil, nil
	if err := s.Apply(ctx, Jobs.Put(&j)); err != nil {
		return j, err
	}
	j.Version++
	return j, nil
}

// UndoID is the id of the job that undoes a batch: one for each, so that two
// clicks are one undo.
func UndoID(batch string) string { return "undo-" + batch }

// UndoOf is the job that undoes, or undid, what another job did; nil when
// nobody asked for that. Who sees the job sees its undo.
func (s *Service) UndoOf(ctx context.Context, a Actor, id string) (*Job, error) {
	if _, err := s.Job(ctx, a, id); err != nil {
		return nil, err
	}
	j, err := Jobs.Get(ctx, s.store, UndoID(id))
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	return &j, err
}

// JobErrors lists the faulty rows of an import, in file order.
func (s *Service) JobErrors(ctx context.Context, a Actor, id string, limit int, after string) ([]ImportError, string, error) {
	if _, err := s.Job(ctx, a, id); err != nil {
		return nil, "", err
	}
	return ImportErrors.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("job", id)}, Limit: limitOf(limit, 50), After: after})
}
