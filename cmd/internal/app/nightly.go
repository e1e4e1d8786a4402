package app

import (
	"context"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/aside"
)

// newDay brings derived figures up to date once a day, on one node. It looks as
// often as a lease lasts, so that another node goes on soon when that one is
// killed. Merges that were broken off are finished here too.
func (a *App) newDay(ctx context.Context) {
	tick := time.NewTicker(a.Lease)
	defer tick.Stop()
	for {
		if err := a.Service.ResumeMerges(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot finish a merge", "err", err)
		}
		if err := a.catchUp(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot bring figures up to date", "err", err)
		} else if err := a.freshen(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot compute benchmarks", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// freshen draws the benchmarks anew after a night and after an import, once the
// figures that they are drawn from are of today.
func (a *App) freshen(ctx context.Context) error {
	due, err := a.Service.BenchmarksDue(ctx)
	if err != nil || !due {
		return err
	}
	return a.under(ctx, "newday", func(ctx context.Context, svc *crm.Service) error {
		var err error
		aside.Run(func() { err = svc.ComputeBenchmarks(ctx) })
		return err
	})
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
	return a.under(ctx, "newday", func(ctx context.Context, svc *crm.Service) error {
		var err error
		if aside.Run(func() { err = svc.RecomputeAll(ctx) }); err != nil {
			return err
		}
		if aside.Run(func() { err = svc.FindPairs(ctx) }); err != nil {
			return err
		}
		if err := svc.TidyMerges(ctx); err != nil {
			return err
		}
		if err := svc.DropOldDiffs(ctx); err != nil {
			return err
		}
		if err := svc.DropGoneDocuments(ctx); err != nil {
			return err
		}
		if err := svc.DropOldViews(ctx); err != nil {
			return err
		}
		return upToDate(ctx, svc, mark)
	})
}

// upToDate remembers that all figures are of today.
func upToDate(ctx context.Context, svc *crm.Service, mark crm.Mark) error {
	mark.ID, mark.Value, mark.At = crm.MarkDay, svc.Today(), svc.Now()
	return svc.Apply(ctx, crm.Marks.Put(&mark))
}

// chores does, on one node, what edits left behind whose process died, and turns
// stand-ins on and off within a minute after the day changed.
func (a *App) chores(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		err := a.under(ctx, "chores", func(ctx context.Context, svc *crm.Service) error {
			if err := svc.TurnStandIns(ctx); err != nil {
				return err
			}
			return svc.DoChores(ctx)
		})
		if err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot finish edits", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
