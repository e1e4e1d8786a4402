package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

// filledFile is a store with some hundred documents, closed.
func filledFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.db")
	s := reopen(t, path, shapes)
	for n := range 300 {
		put(t, s, client, fmt.Sprintf("id-%03d", n), store.Keys{"name": strings.Repeat("n", 200)})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// says ends the test unless the error is unavailable and its sentence names the
// file and has these words.
func says(t *testing.T, err error, path string, words ...string) {
	t.Helper()
	var e *store.Error
	if !errors.As(err, &e) || e.Code != store.CodeUnavailable {
		t.Fatalf("%v is not unavailable", err)
	}
	for _, w := range append(words, path) {
		if !strings.Contains(e.Msg, w) {
			t.Errorf("%q does not say %q", e.Msg, w)
		}
	}
}

// TestDamagedPages: whatever page is damaged, nothing panics, what is told names
// the file, and the damaged pages stay as they are.
func TestDamagedPages(t *testing.T) {
	path := filledFile(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	found := 0
	for n := 1; n < len(whole)/page; n++ {
		raw := bytes.Clone(whole)
		for i := range 64 {
			raw[n*page+i] ^= 0xa5
		}
		copied := filepath.Join(t.TempDir(), "s.db")
		if err := os.WriteFile(copied, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := openPath(copied, shapes, false)
		if err != nil {
			says(t, err, copied, "damaged", "backup")
			found++
			continue
		}
		faults, err := s.Integrity(ctx)
		if err != nil || len(faults) > 0 {
			found++
		}
		for d, err := range store.All(ctx, s, store.Query{In: client}) {
			if err != nil {
				says(t, err, copied, "damaged", "backup")
				break
			}
			if !strings.HasPrefix(d.ID, "id-") {
				t.Errorf("page %d: a document %q that never was", n, d.ID)
			}
		}
		_ = s.Close()
		if now, err := os.ReadFile(copied); err != nil || !bytes.Equal(now[n*page:n*page+64], raw[n*page:n*page+64]) {
			t.Errorf("page %d was written over: %v", n, err)
		}
	}
	if found < len(whole)/page/2 {
		t.Errorf("%d of %d damaged pages were found", found, len(whole)/page-1)
	}
}

// TestEmptyFile: what a crash at the very first start leaves is a new store.
func TestEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, reopen(t, path, shapes), client, "a", nil)
}

// TestLogIsGone: a file without its write-ahead log opens with what was moved
// into it, whole.
func TestLogIsGone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s := reopen(t, path, shapes)
	put(t, s, client, "kept", nil)
	if err := s.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	put(t, s, client, "in the log", nil)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "s.db")
	if err := os.WriteFile(alone, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	again := reopen(t, alone, shapes)
	if _, err := again.Get(ctx, client, "kept"); err != nil {
		t.Error(err)
	}
	if faults, err := again.Integrity(ctx); err != nil || len(faults) > 0 {
		t.Errorf("%v %v", faults, err)
	}
	put(t, again, client, "new", nil)
}

// TestLockSentence: who waits for another process is told what to look for.
func TestLockSentence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s, err := Open(ctx, Options{Path: path, Schema: shapes, BusyTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := exec(other, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	says(t, s.Apply(ctx, store.Put{In: client, Doc: store.Doc{ID: "b", Body: []byte("{}")}}), path, "another process", "try again")
}
