package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cemigmas/crm/store"
)

var ctx = context.Background()

func openPath(path string, schema []*store.Collection, exclusive bool) (*Store, error) {
	return Open(ctx, Options{Path: path, Schema: schema, Exclusive: exclusive, Readers: 2, BusyTimeout: 50 * time.Millisecond})
}

func reopen(t *testing.T, path string, schema []*store.Collection) *Store {
	t.Helper()
	s, err := openPath(path, schema, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestSchemaGrows: a later version of the program declares more, and finds what
// an earlier one stored.
func TestSchemaGrows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	v1 := &store.Collection{Name: "visit", Fields: []store.Field{{Name: "client", Kind: store.String}, {Name: "who", Kind: store.Strings}},
		Indexes: []store.Index{{Fields: []string{"client"}}}}
	s := reopen(t, path, []*store.Collection{v1})
	put(t, s, v1, "a", store.Keys{"client": "c", "who": []string{"x"}})
	s.Close()

	v2 := &store.Collection{Name: "visit",
		Fields:  append(slices.Clone(v1.Fields), store.Field{Name: "at", Kind: store.Time}, store.Field{Name: "tags", Kind: store.Strings}),
		Indexes: []store.Index{{Fields: []string{"client", "-at"}}, {Fields: []string{"who", "-at"}}, {Fields: []string{"who", "client"}}, {Fields: []string{"tags"}}, {Fields: []string{"at"}, Unique: true}},
		Search:  true}
	added := &store.Collection{Name: "added"}
	s = reopen(t, path, []*store.Collection{v2, added})
	d, err := s.Get(ctx, v2, "a")
	if err != nil || d.Keys["client"] != "c" || d.Keys["at"] != nil || d.Words != nil {
		t.Fatalf("the old document: %+v, %v", d, err)
	}
	put(t, s, added, "b", nil)
	// It has its place in new indexes, with the new fields missing.
	for _, q := range []store.Query{
		{In: v2, Where: []store.Cond{store.Is("client", "c")}, Sort: []string{"-at"}},
		{In: v2, Where: []store.Cond{store.Is("who", "x")}, Sort: []string{"-at"}},
		{In: v2, Where: []store.Cond{store.Is("who", "x"), store.From("client", "c")}, Sort: []string{"client"}},
	} {
		if page, err := s.Find(ctx, q); err != nil || len(page.Docs) != 1 {
			t.Errorf("by %v: %v, %v", q.Sort, page.Docs, err)
		}
	}
	d.Keys["at"], d.Keys["tags"], d.Words = date(1), []string{"t"}, []string{"palavra"}
	apply(t, s, store.Put{In: v2, Doc: d})
	if page, err := s.Find(ctx, store.Query{In: v2, Words: []string{"pal"}}); err != nil || len(page.Docs) != 1 {
		t.Errorf("by word: %v, %v", page.Docs, err)
	}
	s.Close()

	// The earlier version still reads it.
	s = reopen(t, path, []*store.Collection{v1})
	if d, err := s.Get(ctx, v1, "a"); err != nil || d.Version != 2 {
		t.Errorf("back again: %+v, %v", d, err)
	}
	s.Close()

	changed := &store.Collection{Name: "visit", Fields: []store.Field{{Name: "client", Kind: store.Int}}}
	if _, err := openPath(path, []*store.Collection{changed}, false); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("another kind: %v", err)
	}
}

// TestWordsFollowTheSchema: what is kept with the words is there in a file of
// before, and true again in one that an earlier program wrote to meanwhile.
func TestWordsFollowTheSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	v1 := &store.Collection{Name: "visit", Fields: []store.Field{{Name: "client", Kind: store.String}, {Name: "at", Kind: store.Int}}, Search: true}
	v2 := *v1
	v2.SearchBy = []string{"client", "at"}
	v2.Indexes = []store.Index{{Fields: []string{"client", "at"}}}
	finds := func(s *Store, client string, want ...string) {
		t.Helper()
		page, err := s.Find(ctx, store.Query{In: &v2, Words: []string{"pa"}, Where: []store.Cond{store.Is("client", client)}, Sort: []string{"at"}})
		var got []string
		for _, d := range page.Docs {
			got = append(got, d.ID)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("of %s: %v, %v; want %v", client, got, err, want)
		}
	}
	visit := func(id, client string, at int64, version int64) store.Change {
		return store.Put{In: v1, Doc: store.Doc{ID: id, Version: version, Keys: store.Keys{"client": client, "at": at}, Words: []string{"palavra", "pausa"}, Body: []byte("{}")}}
	}
	s := reopen(t, path, []*store.Collection{v1})
	apply(t, s, visit("a", "c", 2, 0), visit("b", "c", 1, 0), visit("x", "d", 0, 0))
	s.Close()
	s = reopen(t, path, []*store.Collection{&v2})
	finds(s, "c", "b", "a")
	s.Close()
	s = reopen(t, path, []*store.Collection{v1})
	apply(t, s, visit("b", "d", 1, 1), visit("n", "d", 9, 0))
	s.Close()
	s = reopen(t, path, []*store.Collection{&v2})
	finds(s, "c", "a")
	finds(s, "d", "x", "b", "n")
	s.Close()
}

// TestClusterIsSettledOnce: a table that was made without stays as it is.
func TestClusterIsSettledOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	plain := *entry
	plain.Cluster = 0
	s := reopen(t, path, []*store.Collection{&plain})
	put(t, s, &plain, "a", store.Keys{"client": "c", "at": date(1)})
	s.Close()
	s = reopen(t, path, shapes)
	put(t, s, entry, "b", store.Keys{"client": "c", "at": date(2)})
	page, err := s.Find(ctx, store.Query{In: entry, Where: []store.Cond{store.Is("client", "c")}, Sort: []string{"-at"}})
	if err != nil || len(page.Docs) != 2 || page.Docs[0].ID != "b" {
		t.Errorf("%v, %v", page.Docs, err)
	}
}

func TestFaultySchema(t *testing.T) {
	for name, c := range map[string]*store.Collection{
		"name":    {Name: "Shop"},
		"quote":   {Name: `x" (y); --`},
		"field":   {Name: "x", Fields: []store.Field{{Name: "Field"}}},
		"case":    {Name: "x", Fields: []store.Field{{Name: "aB"}, {Name: "ab"}}},
		"index":   {Name: "x", Indexes: []store.Index{{Fields: []string{"nope"}}}},
		"empty":   {Name: "x", Indexes: []store.Index{{}}},
		"strings": {Name: "x", Fields: []store.Field{{Name: "a"}, {Name: "l", Kind: store.Strings}}, Indexes: []store.Index{{Fields: []string{"a", "l"}}}},
		"cluster": {Name: "x", Cluster: 1},
	} {
		path := filepath.Join(t.TempDir(), "s.db")
		if _, err := openPath(path, []*store.Collection{c}, false); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestExclusive: a second serve is refused by name, anything else goes on
// beside, and what a dead process left is taken over.
func TestExclusive(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	if err := os.WriteFile(path+".serve", []byte("999999\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := openPath(path, shapes, true)
	if err != nil {
		t.Fatalf("over a dead process's lock: %v", err)
	}
	_, err = openPath(path, shapes, true)
	var locked *LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || store.CodeOf(err) != store.CodeUnavailable {
		t.Fatalf("the second: %v", err)
	}
	if !strings.Contains(err.Error(), fmt.Sprint(os.Getpid())) {
		t.Errorf("no process id in: %v", err)
	}
	b := reopen(t, path, shapes)
	put(t, b, client, "from-b", nil)
	if _, err := a.Get(ctx, client, "from-b"); err != nil {
		t.Errorf("a does not see b's: %v", err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := openPath(path, shapes, true)
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	c.Close()
}

// TestDamagedFile: what is not a store is refused and stays byte for byte.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	junk := bytes.Repeat([]byte("not a database. "), 1000)
	if err := os.WriteFile(path, junk, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := openPath(path, shapes, false)
	var e *store.Error
	if !errors.As(err, &e) || e.Code != store.CodeUnavailable || !strings.Contains(e.Msg, "damaged") {
		t.Errorf("%v", err)
	}
	if now, _ := os.ReadFile(path); !bytes.Equal(now, junk) {
		t.Error("the file was changed")
	}
	if _, err := openPath(filepath.Join(path, "no", "folder"), shapes, false); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("no folder: %v", err)
	}
}

// TestLockedByAnother: a write that waits too long for another process is
// unavailable, reads go on, and nothing of the write is left.
func TestLockedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s := reopen(t, path, shapes)
	put(t, s, client, "a", nil)
	other, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := exec(other, "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	err = s.Apply(ctx, store.Put{In: client, Doc: store.Doc{ID: "b", Body: []byte("{}")}})
	if store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("Apply: %v", err)
	}
	if err := s.Ping(ctx); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("Ping: %v", err)
	}
	if _, err := s.Get(ctx, client, "a"); err != nil {
		t.Errorf("a read: %v", err)
	}
	if err := exec(other, "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	put(t, s, client, "b", nil)
}

// TestFull: a full disk fails the call that meets it and loses nothing else.
func TestFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	s := reopen(t, path, shapes)
	put(t, s, client, "a", nil)
	limit := func(pages int) {
		err := s.writer.outside(ctx, func(w *session) error {
			return exec(w.conn, fmt.Sprintf("PRAGMA max_page_count = %d", pages))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite makes that what there already is
	body := []byte(`{"x":"` + strings.Repeat("x", 500_000) + `"}`)
	err := s.Apply(ctx, store.Put{In: client, Doc: store.Doc{ID: "b", Body: []byte("{}")}}, store.Put{In: client, Doc: store.Doc{ID: "c", Body: body}})
	var e *store.Error
	if !errors.As(err, &e) || e.Code != store.CodeUnavailable || !strings.Contains(e.Msg, "full") {
		t.Fatalf("%v", err)
	}
	if _, err := s.Get(ctx, client, "b"); !store.IsNotFound(err) {
		t.Errorf("half an Apply: %v", err)
	}
	limit(1 << 30)
	apply(t, s, store.Put{In: client, Doc: store.Doc{ID: "c", Body: body}})
	if _, err := s.Get(ctx, client, "a"); err != nil {
		t.Error(err)
	}
}

// TestAbandon: what a dead process held can be taken at once, with a higher
// number; what lives keeps its own.
func TestAbandon(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	var was store.Lease
	for _, owner := range []string{"dead", "alive"} {
		l, err := s.Lease(ctx, "of-"+owner, owner, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if owner == "dead" {
			was = l
		}
	}
	n, err := s.Abandon(ctx, func(owner string) bool { return owner == "dead" })
	if n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if l, err := s.Lease(ctx, "of-dead", "new", time.Hour); err != nil || l.Fence <= was.Fence {
		t.Errorf("%+v, %v", l, err)
	}
	if _, err := s.Lease(ctx, "of-alive", "new", time.Hour); store.CodeOf(err) != store.CodeConflict {
		t.Errorf("a lease of the living: %v", err)
	}
}

func TestClosed(t *testing.T) {
	s := open(t, shapes)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close twice: %v", err)
	}
	if _, err := s.Get(ctx, client, "a"); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("Get: %v", err)
	}
	if err := s.Apply(ctx); store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("Apply: %v", err)
	}
}

func TestStatsAndCheckpoint(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	put(t, s, client, "a", nil)
	put(t, s, client, "b", nil)
	stats, err := s.Stats(ctx)
	if err != nil || len(stats) != 2 || stats[0].Collection != "client" || stats[0].Documents != 2 || len(stats[0].Indexes) != len(client.Indexes) || stats[1].Documents != 0 {
		t.Errorf("%+v, %v", stats, err)
	}
	if err := s.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(s.Path() + "-wal"); err != nil || info.Size() != 0 {
		t.Errorf("the log: %v, %v", info, err)
	}
}

func put(t testing.TB, s *Store, in *store.Collection, id string, keys store.Keys) {
	t.Helper()
	apply(t, s, store.Put{In: in, Doc: store.Doc{ID: id, Keys: keys, Body: []byte(`{}`)}})
}

func apply(t testing.TB, s *Store, changes ...store.Change) {
	t.Helper()
	if err := s.Apply(ctx, changes...); err != nil {
		t.Fatal(err)
	}
}

func TestMapsBeyondTwoGigabytes(t *testing.T) {
	conn, err := openConn(filepath.Join(t.TempDir(), "map.db"), time.Second, false)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	got, err := sqlitex.ResultInt64(conn.Prep("PRAGMA mmap_size"))
	if err != nil {
		t.Fatal(err)
	}
	if math.MaxInt > math.MaxInt32 && got != mapped {
		t.Errorf("maps %d bytes, want %d", got, int64(mapped))
	}
}
