package app

import (
	"context"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// newDay brings derived figures up to date once a day, on one node.
func (a *App) newDay(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		if err := a.catchUp(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot bring figures up to date", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) catchUp(ctx context.Context) error {
	today := a.Service.Today()
	mark, err := crm.Marks.Get(ctx, a.store, crm.MarkDay)
	if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
		return err
	}
	if mark.Value == today {
		return nil
	}
	lease, err := a.store.Lease(ctx, "newday", a.owner, time.Hour)
	if store.CodeOf(err) == store.CodeConflict {
		return nil // another node does it
	}
	if err != nil {
		return err
	}
	defer func() { _ = a.store.Release(context.WithoutCancel(ctx), lease) }()
	if err := a.Service.RecomputeAll(ctx); err != nil {
		return err
	}
	return a.upToDate(ctx, mark)
}

// upToDate remembers that all figures are of today.
func (a *App) upToDate(ctx context.Context, mark crm.Mark) error {
	mark.ID, mark.Value, mark.At = crm.MarkDay, a.Service.Today(), a.Service.Now()
	return a.Service.Apply(ctx, crm.Marks.Put(&mark))
}
