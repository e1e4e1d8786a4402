package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/iotest"
	"time"

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
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, t.TempDir()) }, age)
}

// age makes a blob older where its time is kept.
func age(t *testing.T, s blob.Store, ref blob.Ref, by time.Duration) {
	t.Helper()
	e := s.(*Store)
	then := time.Now().Add(-by)
	if err := os.Chtimes(e.file(ref), then, then); err == nil {
		return
	}
	err := e.with(context.Background(), e.write, func(conn *sqlite.Conn) error {
		return run(conn, fmt.Sprintf("UPDATE blob SET at = %d WHERE ref = x'%s'", then.UnixMilli(), ref))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A folder from before ages: what is in it counts as put now, and stays.
func TestFolderWithoutAges(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	conn, err := sqlite.OpenConn(filepath.Join(dir, "blobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("from before")
	for _, query := range []string{
		"CREATE TABLE blob (ref BLOB NOT NULL UNIQUE, packed BLOB NOT NULL)",
		fmt.Sprintf("INSERT INTO blob VALUES (x'%s', x'%x')", blob.RefOf(content), blob.Pack(content)),
	} {
		if err := run(conn, query); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := open(t, dir)
		for b, err := range s.All(context.Background()) {
			if err != nil || b.Ref != blob.RefOf(content) || time.Since(b.PutAt) > time.Minute {
				t.Errorf("listed %v, %v", b, err)
			}
		}
		if got, err := s.Get(context.Background(), blob.RefOf(content)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%q, %v", got, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// What broke off is cleared away once it is old, and not before.
func TestRemnantsAreCleared(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	old, young := filepath.Join(dir, "blobs", ".new-1"), filepath.Join(dir, "blobs", ".new-2")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	then := time.Now().Add(-3 * blob.Grace)
	if err := os.Chtimes(old, then, then); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove(context.Background(), time.Now().Add(-2*blob.Grace)); err != nil {
		t.Fatal(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "blobs", ".*"))
	if len(left) != 1 || left[0] != young {
		t.Errorf("left: %v", left)
	}
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

// TestStreamedInFlatMemory: a content of 100 MB takes no more memory than one of
// 2 MB, and a put that breaks off leaves no file.
func TestStreamedInFlatMemory(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const size = 100 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ref, err := s.PutReader(context.Background(), io.LimitReader(&pattern{}, size))
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 20 {
		t.Errorf("it took %d MiB", took)
	}
	r, err := s.Open(context.Background(), ref)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); n != size || err != nil {
		t.Errorf("%d bytes come back, %v", n, err)
	}
	if _, err := s.PutReader(context.Background(), io.MultiReader(io.LimitReader(&pattern{}, 2*blob.Small), iotest.ErrReader(os.ErrClosed))); err == nil {
		t.Error("a broken reader passes")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "blobs", ".new-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// pattern is an endless file.
type pattern struct{ at byte }

func (p *pattern) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = p.at >> 3
		p.at++
	}
	return len(b), nil
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
