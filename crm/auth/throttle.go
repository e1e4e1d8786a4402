package auth

import (
	"context"
	"fmt"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// Free tries before a wait; then the wait doubles up to maxWait. A network
// address has more, because an office stands behind one.
const (
	freeTries     = 5
	freeTriesAddr = 30
	firstWait     = 2 * time.Second
	maxWait       = 15 * time.Minute
	forgetAfter   = time.Hour
)

// gate is what failed tries are counted on.
type gate struct {
	id   string
	free int64 // tries before the first wait
}

// waitOver answers CodeTooMany while one of the gates is closed.
func (a *Auth) waitOver(ctx context.Context, gates []gate) error {
	now := a.now()
	for _, g := range gates {
		at, err := crm.Attempts.Get(ctx, a.store, g.id)
		if crm.CodeOf(err) == crm.CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		if now.Before(at.Until) {
			return tooMany(at.Until.Sub(now))
		}
	}
	return nil
}

func tooMany(wait time.Duration) error {
	return crm.Errf(crm.CodeTooMany, "error.signin.wait", "seconds", fmt.Sprint(int(wait/time.Second)+1))
}

// failed counts a failed try on every gate. Two tries at once may count as one;
// the next one counts again.
func (a *Auth) failed(ctx context.Context, gates []gate) error {
	now := a.now()
	for _, g := range gates {
		at, err := crm.Attempts.Get(ctx, a.store, g.id)
		if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
			return err
		}
		if now.Sub(at.SeenAt) > forgetAfter {
			at.Failed = 0
		}
		at.ID, at.SeenAt = g.id, now
		at.Failed++
		if over := at.Failed - g.free; over >= 0 {
			at.Until = now.Add(min(maxWait, firstWait<<min(over, 20)))
		}
		if err := a.apply(ctx, crm.Attempts.Put(&at)); err != nil && crm.CodeOf(err) != crm.CodeConflict {
			return err
		}
	}
	return nil
}

// forget opens the gates after a sign-in that worked.
func (a *Auth) forget(ctx context.Context, gates []gate) {
	for _, g := range gates {
		// A gate that stays closed a little longer does no harm.
		_ = a.apply(ctx, store.Delete{In: crm.Attempts.In, ID: g.id, Version: -1})
	}
}

// sweepAttempts deletes the counts that failed would begin anew.
func (a *Auth) sweepAttempts(ctx context.Context) error {
	q := store.Query{Where: []store.Cond{store.Below("seen", a.now().Add(-forgetAfter))}, Sort: []string{"seen"}}
	for at, err := range crm.Attempts.All(ctx, a.store, q) {
		if err != nil {
			return err
		}
		// By its version: who fails again meanwhile keeps the count.
		err := a.apply(ctx, store.Delete{In: crm.Attempts.In, ID: at.ID, Version: at.Version})
		if err != nil && crm.CodeOf(err) != crm.CodeConflict && crm.CodeOf(err) != crm.CodeNotFound {
			return err
		}
	}
	return nil
}
