package jobs

import (
	"context"
	"errors"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

const (
	longPause = 30 * time.Second
	patience  = 2 * time.Hour
)

// patiently repeats what the store did not take: a full disk, a lost server.
// Work is safe to do twice, and whoever asked for it need not ask again. After
// two hours the error is the job's.
func (r *Runner) patiently(ctx context.Context, job string, do func() error) error {
	began := time.Now()
	for pause := r.pause; ; pause = min(2*pause, longPause) {
		err := do()
		if crm.CodeOf(err) != crm.CodeUnavailable || errors.Is(err, store.ErrLeaseLost) || ctx.Err() != nil || time.Since(began) > patience {
			return err
		}
		r.log.Warn("jobs: the store takes nothing; trying again", "job", job, "pause", pause, "err", err)
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}
