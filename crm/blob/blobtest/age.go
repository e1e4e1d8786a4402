package blobtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"cemigmas/crm/blob"
)

// Age makes a stored blob older, as if it had been put that long ago: each
// driver's test knows how.
type Age func(t *testing.T, s blob.Store, ref blob.Ref, by time.Duration)

func all(t *testing.T, s blob.Store) map[blob.Ref]blob.Info {
	t.Helper()
	out := map[blob.Ref]blob.Info{}
	for b, err := range s.All(context.Background()) {
		if err != nil {
			t.Fatalf("All: %v", err)
		}
		if _, twice := out[b.Ref]; twice {
			t.Errorf("All shows %s twice", b.Ref)
		}
		out[b.Ref] = b
	}
	return out
}

func listed(t *testing.T, s blob.Store) {
	if got := all(t, s); len(got) != 0 {
		t.Errorf("an empty store lists %v", got)
	}
	list := contents()
	refs := put(t, s, list...)
	put(t, s, list...)
	got := all(t, s)
	if len(got) != len(refs) {
		t.Errorf("%d blobs listed, %d stored", len(got), len(refs))
	}
	for n, ref := range refs {
		b, ok := got[ref]
		if !ok || time.Since(b.PutAt).Abs() > time.Minute {
			t.Errorf("content %d of %d bytes: listed %v, put at %v", n, len(list[n]), ok, b.PutAt)
		}
	}
	for range s.All(context.Background()) { // a listing that is left early
		break
	}
}

func removed(age Age) func(*testing.T, blob.Store) {
	return func(t *testing.T, s blob.Store) {
		ctx := context.Background()
		list := contents()
		refs := put(t, s, list...)
		border := time.Now().Add(-blob.Grace - time.Hour)
		if _, err := s.Remove(ctx, time.Now().Add(-blob.Grace+time.Minute), refs...); !errors.Is(err, blob.ErrTooYoung) {
			t.Errorf("within the grace: %v", err)
		}
		if n, err := s.Remove(ctx, border, refs...); n != 0 || err != nil {
			t.Errorf("young blobs: %d removed, %v", n, err)
		}
		for _, ref := range refs {
			age(t, s, ref, blob.Grace+2*time.Hour)
		}
		// Put again, in both ways, they are young again.
		short, long := 3, len(list)-1
		put(t, s, list[short], list[long])
		if _, err := s.PutReader(ctx, bytes.NewReader(list[6])); err != nil {
			t.Fatal(err)
		}
		stay := []blob.Ref{refs[short], refs[long], refs[6]}
		n, err := s.Remove(ctx, border, append(refs, blob.RefOf([]byte("never put")))...)
		if want := len(refs) - len(stay); n != want || err != nil {
			t.Errorf("%d removed, want %d, %v", n, want, err)
		}
		for i, ref := range refs {
			got, err := s.Get(ctx, ref)
			if slices.Contains(stay, ref) != (err == nil && bytes.Equal(got, list[i])) {
				t.Errorf("content %d of %d bytes: %v", i, len(list[i]), err)
			}
		}
		if got := all(t, s); len(got) != len(stay) {
			t.Errorf("%d are listed after the removal, want %d", len(got), len(stay))
		}
		// What went can come again.
		put(t, s, list...)
		if has, err := s.Has(ctx, refs...); err != nil || slices.Contains(has, false) {
			t.Errorf("put after their removal: %v, %v", has, err)
		}
	}
}

func collected(age Age) func(*testing.T, blob.Store) {
	return func(t *testing.T, s blob.Store) {
		ctx := context.Background()
		list := contents()
		refs := put(t, s, list...)
		for _, ref := range refs[1:] {
			age(t, s, ref, 3*blob.Grace)
		}
		var named blob.Named
		for _, ref := range append(refs[3:], refs[3]) {
			if err := named.Add(ref); err != nil {
				t.Fatal(err)
			}
		}
		if err := named.Add("upload"); !errors.Is(err, blob.ErrInvalid) {
			t.Errorf("a wrong name: %v", err)
		}
		if _, err := blob.Collect(ctx, s, &named, time.Now(), time.Hour); !errors.Is(err, blob.ErrTooYoung) {
			t.Errorf("an hour of grace: %v", err)
		}
		n, err := blob.Collect(ctx, s, &named, time.Now(), 2*blob.Grace)
		if n != 2 || err != nil {
			t.Errorf("%d collected, want the two that are old and not named; %v", n, err)
		}
		has, err := s.Has(ctx, refs...)
		if err != nil || !has[0] || has[1] || has[2] || slices.Contains(has[3:], false) {
			t.Errorf("left: %v, %v", has, err)
		}
	}
}
