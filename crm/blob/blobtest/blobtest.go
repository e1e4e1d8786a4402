// Package blobtest is the contract that every blob driver passes.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"cemigmas/crm/blob"
)

// Run holds a driver to the port. open makes an empty store.
func Run(t *testing.T, open func(t *testing.T) blob.Store, age Age) {
	for name, test := range map[string]func(*testing.T, blob.Store){
		"round trip": roundTrip, "same content": sameContent, "missing": absent,
		"streams": streams, "streamed in": streamedIn, "concurrent": concurrent, "cancelled": cancelled,
		"listed": listed, "removed": removed(age), "collected": collected(age),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test(t, s)
			if err := s.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
}

// Contents of all sizes that matter: nothing, mail, noise that does not
// compress, both sides of the border between short and long.
func contents() [][]byte {
	long := []byte(strings.Repeat("Prezados, segue a demanda medida de outubro. ", 60_000))
	rng := rand.New(rand.NewPCG(7, 7))
	noise := make([]byte, blob.Small+5000)
	for i := range noise {
		noise[i] = byte(rng.UintN(256))
	}
	return [][]byte{
		{}, []byte("x"), []byte("Assunto: renovação\r\n\r\ncorpo\x00\xff"), long[:20_000],
		long[:blob.Small-1], long[:blob.Small], long, noise[:3000], noise[:blob.Small-1], noise,
	}
}

func put(t *testing.T, s blob.Store, list ...[]byte) []blob.Ref {
	t.Helper()
	refs, err := s.Put(context.Background(), list...)
	if err != nil {
		t.Fatalf("Put: %v", err)
	}
	if len(refs) != len(list) {
		t.Fatalf("Put: %d references for %d contents", len(refs), len(list))
	}
	return refs
}

func roundTrip(t *testing.T, s blob.Store) {
	list := contents()
	refs := put(t, s, list...)
	for n, ref := range refs {
		if ref != blob.RefOf(list[n]) {
			t.Errorf("content %d is named %s", n, ref)
		}
		got, err := s.Get(context.Background(), ref)
		if err != nil || !bytes.Equal(got, list[n]) {
			t.Errorf("content %d of %d bytes comes back with %d, %v", n, len(list[n]), len(got), err)
		}
	}
	put(t, s)
}

func sameContent(t *testing.T, s blob.Store) {
	list := contents()
	first := put(t, s, list...)
	again := put(t, s, append(list, list[2], []byte("new"), []byte("new"))...)
	if !slices.Equal(first, again[:len(first)]) || again[len(list)] != first[2] {
		t.Error("the same contents got other references")
	}
	if got, err := s.Get(context.Background(), again[len(again)-1]); err != nil || string(got) != "new" {
		t.Errorf("twice in one batch: %q, %v", got, err)
	}
}

func absent(t *testing.T, s blob.Store) {
	ctx := context.Background()
	no := blob.RefOf([]byte("never put"))
	if _, err := s.Get(ctx, no); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Get: %v", err)
	}
	if _, err := s.Open(ctx, no); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("Open: %v", err)
	}
	refs := put(t, s, contents()...)
	has, err := s.Has(ctx, append(refs, no)...)
	if err != nil || len(has) != len(refs)+1 || slices.Contains(has[:len(refs)], false) || has[len(refs)] {
		t.Errorf("Has: %v, %v", has, err)
	}
	if has, err := s.Has(ctx); err != nil || len(has) != 0 {
		t.Errorf("Has of none: %v, %v", has, err)
	}
	for _, bad := range []blob.Ref{"", "../../etc/passwd", "zz"} {
		if _, err := s.Get(ctx, bad); !errors.Is(err, blob.ErrInvalid) {
			t.Errorf("Get %q: %v", bad, err)
		}
		if _, err := s.Has(ctx, bad); !errors.Is(err, blob.ErrInvalid) {
			t.Errorf("Has %q: %v", bad, err)
		}
	}
}

func streams(t *testing.T, s blob.Store) {
	list := contents()
	for n, ref := range put(t, s, list...) {
		r, err := s.Open(context.Background(), ref)
		if err != nil {
			t.Fatalf("Open content %d: %v", n, err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, list[n]) || r.Close() != nil {
			t.Errorf("content %d of %d bytes streams back with %d, %v", n, len(list[n]), len(got), err)
		}
		// Half read and closed is no error either.
		if r, err = s.Open(context.Background(), ref); err == nil {
			r.Read(make([]byte, 10))
			err = r.Close()
		}
		if err != nil {
			t.Errorf("content %d, half read: %v", n, err)
		}
	}
}

func streamedIn(t *testing.T, s blob.Store) {
	ctx := context.Background()
	list := contents()
	for _, again := range []bool{false, true} {
		for n, c := range list {
			// One byte a read at the head, as a slow network gives it.
			ref, err := s.PutReader(ctx, io.MultiReader(iotest.OneByteReader(bytes.NewReader(c[:min(len(c), 3)])), bytes.NewReader(c[min(len(c), 3):])))
			if err != nil || ref != blob.RefOf(c) {
				t.Fatalf("content %d of %d bytes is named %q, %v", n, len(c), ref, err)
			}
			if got, err := s.Get(ctx, ref); err != nil || !bytes.Equal(got, c) {
				t.Errorf("content %d of %d bytes (again: %v) comes back with %d, %v", n, len(c), again, len(got), err)
			}
			if refs := put(t, s, c); refs[0] != ref {
				t.Errorf("content %d has another name when put whole", n)
			}
		}
	}
	// What breaks off leaves nothing.
	broken := errors.New("the line is dead")
	for _, size := range []int{10, blob.Small + 100} {
		half := bytes.Repeat([]byte("never whole "), size/12+1)[:size]
		if ref, err := s.PutReader(ctx, io.MultiReader(bytes.NewReader(half), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("a reader that fails after %d bytes: %q, %v", size, ref, err)
		}
		if has, err := s.Has(ctx, blob.RefOf(half)); err != nil || has[0] {
			t.Errorf("half of %d bytes stored: %v, %v", size, has, err)
		}
	}
	late, cancel := context.WithCancel(ctx)
	cancel()
	long := bytes.Repeat([]byte("late"), blob.Small)
	if _, err := s.PutReader(late, bytes.NewReader(long)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if has, err := s.Has(ctx, blob.RefOf(long)); err != nil || has[0] {
		t.Errorf("a cancelled PutReader stored: %v, %v", has, err)
	}
}

func concurrent(t *testing.T, s blob.Store) {
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			own := fmt.Appendf(nil, "mail of %d", n)
			refs, err := s.Put(context.Background(), []byte("the newsletter"), own)
			if err != nil {
				t.Errorf("Put: %v", err)
				return
			}
			if got, err := s.Get(context.Background(), refs[1]); err != nil || !bytes.Equal(got, own) {
				t.Errorf("Get: %q, %v", got, err)
			}
		})
	}
	wg.Wait()
}

func cancelled(t *testing.T, s blob.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Put(ctx, []byte("late")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put: %v", err)
	}
	if has, err := s.Has(context.Background(), blob.RefOf([]byte("late"))); err != nil || has[0] {
		t.Errorf("a cancelled Put stored: %v, %v", has, err)
	}
}
