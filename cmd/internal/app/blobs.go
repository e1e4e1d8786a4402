package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

const (
	// markBlobs says on which day garbage was last collected.
	markBlobs = "blobs"
	// blobGrace is twice what the port demands.
	blobGrace = 2 * blob.Grace
)

// cleanBlobs removes blobs that no document names, once a day, on one node.
func (a *App) cleanBlobs(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := a.collectGarbage(ctx); err != nil && ctx.Err() == nil {
			a.Log.Error("app: cannot clean blobs", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (a *App) collectGarbage(ctx context.Context) error {
	today := a.Service.Today()
	mark, err := crm.Marks.Get(ctx, a.store, markBlobs)
	if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
		return err
	}
	if mark.Value == today {
		return nil
	}
	return a.under(ctx, "blobs", func(ctx context.Context, svc *crm.Service) error {
		return a.collectUnder(ctx, svc, mark, today)
	})
}

// collectUnder collects on the one node that may.
func (a *App) collectUnder(ctx context.Context, svc *crm.Service, mark crm.Mark, today string) error {
	var named blob.Named
	err := a.eachNamed(ctx, func(_ string, refs []blob.Ref) error {
		for _, ref := range refs {
			if err := named.Add(ref); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	removed, err := blob.Collect(ctx, a.Blobs, &named, time.Now(), blobGrace)
	if err != nil {
		return err
	}
	if removed > 0 {
		a.Log.Info("app: removed blobs that nothing names", "blobs", removed)
	}
	mark.ID, mark.Value, mark.At = markBlobs, today, svc.Now()
	return svc.Apply(ctx, crm.Marks.Put(&mark))
}

// eachNamed goes through the documents that name blobs.
func (a *App) eachNamed(ctx context.Context, f func(document string, refs []blob.Ref) error) error {
	for _, in := range crm.NamesBlobs() {
		for d, err := range store.All(ctx, a.store, store.Query{In: in}) {
			if err != nil {
				return err
			}
			names, err := crm.BlobsOf(in, d.Body)
			if err != nil {
				return fmt.Errorf("%s %s: %w", in.Name, d.ID, err)
			}
			refs := make([]blob.Ref, len(names))
			for n, name := range names {
				refs[n] = blob.Ref(name)
			}
			if err := f(in.Name+" "+d.ID, refs); err != nil {
				return err
			}
		}
	}
	return nil
}

// CheckBlobs reads every blob back, compares its digest, and looks for documents
// whose blob is missing. It tells a line a finding and answers their number.
func (a *App) CheckBlobs(ctx context.Context, tell func(line string), p Progress) (bad int, err error) {
	sound, damaged, named := int64(0), 0, 0
	for b, err := range a.Blobs.All(ctx) {
		if err != nil {
			return bad, err
		}
		if err := a.readBack(ctx, b.Ref); ctx.Err() != nil {
			return bad, ctx.Err()
		} else if err != nil {
			tell(err.Error())
			damaged++
			continue
		}
		if sound++; sound%100 == 0 {
			p("blobs", sound)
		}
	}
	missing, err := a.missingBlobs(ctx, &named, tell)
	tell(fmt.Sprintf("%d blobs read back, %d damaged; %d named by documents, %d of these missing", sound, damaged, named, missing))
	return damaged + missing, err
}

func (a *App) readBack(ctx context.Context, ref blob.Ref) error {
	r, err := a.Blobs.Open(ctx, ref)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

func (a *App) missingBlobs(ctx context.Context, named *int, tell func(string)) (missing int, err error) {
	var docs []string
	var refs []blob.Ref
	ask := func() error {
		has, err := a.Blobs.Has(ctx, refs...)
		for n := range has {
			if !has[n] {
				missing++
				tell(fmt.Sprintf("%s: its blob %s is missing", docs[n], refs[n]))
			}
		}
		*named += len(has)
		docs, refs = nil, nil
		return err
	}
	err = a.eachNamed(ctx, func(document string, names []blob.Ref) error {
		for _, ref := range names {
			if ref.Check() != nil {
				missing++
				tell(fmt.Sprintf("%s: %q names no blob", document, ref))
				continue
			}
			docs, refs = append(docs, document), append(refs, ref)
		}
		if len(refs) < 500 {
			return nil
		}
		return ask()
	})
	if err != nil {
		return missing, err
	}
	return missing, ask()
}
