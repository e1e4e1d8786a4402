package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/blob"
	"cemigmas/crm/blob/blobtest"
)

func open(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, t.TempDir()) })
}

// TestPlaces: short ones leave no file, long ones no row, and nothing half
// written stays behind.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	long := bytes.Repeat([]byte("x"), blob.Small)
	refs, err := s.Put(context.Background(), []byte("short"), long)
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "blobs", "*", "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, "blobs", "*", ".*"))
	if len(files) != 1 || filepath.Base(files[0]) != string(refs[1]) || len(hidden) != 0 {
		t.Errorf("files %v %v, want %s", files, hidden, refs[1])
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	// What was put is there for the next process, and beside another.
	a, b := open(t, dir), open(t, dir)
	if got, err := a.Get(context.Background(), refs[0]); err != nil || string(got) != "short" {
		t.Errorf("after a restart: %q, %v", got, err)
	}
	if _, err := a.Put(context.Background(), []byte("from a")); err != nil {
		t.Fatal(err)
	}
	if has, err := b.Has(context.Background(), blob.RefOf([]byte("from a"))); err != nil || !has[0] {
		t.Errorf("the other process: %v, %v", has, err)
	}
}

func TestDamaged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	long := bytes.Repeat([]byte("y"), 2*blob.Small)
	refs, err := s.Put(context.Background(), []byte("short"), long)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.file(refs[1]), []byte("p"+"other"), 0o600); err != nil {
		t.Fatal(err)
	}
	err = s.with(context.Background(), s.write, func(conn *sqlite.Conn) error {
		return run(conn, "UPDATE blob SET packed = x'7078'")
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range refs {
		if _, err := s.Get(context.Background(), ref); !errors.Is(err, blob.ErrDamaged) {
			t.Errorf("%s: %v", ref, err)
		}
	}
}

func TestClosed(t *testing.T) {
	s := open(t, t.TempDir())
	s.Close()
	if _, err := s.Put(context.Background(), []byte("x")); err == nil {
		t.Error("Put after Close")
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close twice: %v", err)
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), file); err == nil {
		t.Error("a file passes for a folder")
	}
}

func BenchmarkPut(b *testing.B) {
	s := open(b, b.TempDir())
	mail := bytes.Repeat([]byte("Prezado Carlos, segue a fatura do mês. "), 400)
	n := 0
	for b.Loop() {
		batch := make([][]byte, 50)
		for i := range batch {
			n++
			batch[i] = append(fmt.Appendf(nil, "Message-ID: %d\r\n", n), mail...)
		}
		if _, err := s.Put(context.Background(), batch...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(50*b.N)/b.Elapsed().Seconds(), "mails/s")
}

func BenchmarkGet(b *testing.B) {
	s := open(b, b.TempDir())
	refs, err := s.Put(context.Background(), bytes.Repeat([]byte("Prezado Carlos, segue a fatura do mês. "), 400))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := s.Get(context.Background(), refs[0]); err != nil {
			b.Fatal(err)
		}
	}
}
