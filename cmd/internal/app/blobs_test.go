package app

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
)

// older makes all blobs look as if they had been put long ago, to whoever lists
// them; removals are remembered, not made.
type older struct {
	blob.Store
	by      time.Duration
	removed []blob.Ref
}

func (o *older) All(ctx context.Context) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		for b, err := range o.Store.All(ctx) {
			b.PutAt = b.PutAt.Add(-o.by)
			if !yield(b, err) {
				return
			}
		}
	}
}

func (o *older) Remove(_ context.Context, _ time.Time, refs ...blob.Ref) (int, error) {
	o.removed = append(o.removed, refs...)
	return len(refs), nil
}

func TestGarbage(t *testing.T) {
	ctx := t.Context()
	a := started(t, onDriver(t, Config{Data: t.TempDir()}))
	putMailAndJobs(t, a)
	garbage, err := a.Blobs.Put(ctx, []byte("nobody names it"), []byte("a document"))
	if err != nil {
		t.Fatal(err)
	}
	doc := crm.Document{ID: "d1", Client: "c1", Name: "a.pdf", Blob: string(garbage[1]), Size: 10}
	if err := a.Service.Apply(ctx, crm.Documents.Put(&doc)); err != nil {
		t.Fatal(err)
	}
	clean := func(by time.Duration) []blob.Ref {
		t.Helper()
		o := &older{Store: a.Blobs, by: by}
		b := &App{Config: a.Config, Service: a.Service, Blobs: o, store: a.store, owner: a.owner}
		if err := b.collectGarbage(ctx); err != nil {
			t.Fatal(err)
		}
		return o.removed
	}
	forget := func() {
		t.Helper()
		mark, err := crm.Marks.Get(ctx, a.store, markBlobs)
		if err == nil {
			err = a.Service.Apply(ctx, crm.Marks.Delete(&mark))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := clean(blobGrace - time.Hour); len(got) != 0 {
		t.Errorf("removed within the grace: %v", got)
	}
	if got := clean(2 * blobGrace); len(got) != 0 {
		t.Errorf("removed twice a day: %v", got)
	}
	forget()
	if _, err := a.store.Lease(ctx, "blobs", "another node", time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := clean(2 * blobGrace); len(got) != 0 {
		t.Errorf("removed beside another node: %v", got)
	}
	if l, err := a.store.Lease(ctx, "blobs", "another node", time.Minute); err != nil || a.store.Release(ctx, l) != nil {
		t.Fatal(err)
	}
	// Raw mail, an upload, a made file and a document are named; the rest is not.
	if got := clean(2 * blobGrace); len(got) != 1 || got[0] != garbage[0] {
		t.Errorf("removed %v, want %v", got, garbage[:1])
	}
}

func TestCheckBlobsNamesWhatIsMissing(t *testing.T) {
	ctx := t.Context()
	a := started(t, onDriver(t, Config{Data: t.TempDir()}))
	putMailAndJobs(t, a)
	gone := string(blob.RefOf([]byte("never put")))
	for _, m := range []crm.Message{{ID: "m2", Raw: gone}, {ID: "m3", Raw: "nonsense"}} {
		if err := a.Service.Apply(ctx, crm.Messages.Put(&m)); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	bad, err := a.CheckBlobs(ctx, func(l string) { lines = append(lines, l) }, silent)
	all := strings.Join(lines, "\n")
	if bad != 2 || err != nil || !strings.Contains(all, "messages m2: its blob "+gone+" is missing") ||
		!strings.Contains(all, `messages m3: "nonsense" names no blob`) || !strings.Contains(all, "3 blobs read back, 0 damaged; 4 named by documents") {
		t.Errorf("%d, %v:\n%s", bad, err, all)
	}
}
