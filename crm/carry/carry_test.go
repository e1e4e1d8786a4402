package carry

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/blob"
	"cemigmas/crm/blob/embedded"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
	"cemigmas/crm/store/sqlite"
)

var (
	shops = &store.Collection{Name: "shops", Search: true,
		Fields: []store.Field{{Name: "name", Kind: store.String}, {Name: "size", Kind: store.Int}, {Name: "seen", Kind: store.Time},
			{Name: "open", Kind: store.Bool}, {Name: "tags", Kind: store.Strings}, {Name: "code", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"name"}}, {Fields: []string{"tags"}}, {Fields: []string{"code"}, Unique: true}}}
	notes    = &store.Collection{Name: "notes"}
	sessions = &store.Collection{Name: "sessions"}
	schema   = []*store.Collection{shops, notes, sessions, store.State}
)

func TestMain(m *testing.M) {
	loadDocs = 100
	os.Exit(m.Run())
}

func options() Options {
	return Options{Schema: schema, Passing: []*store.Collection{sessions}, Newest: 1, Program: "test", Now: time.Now}
}

func ofSQLite(t *testing.T) Side {
	t.Helper()
	dir := t.TempDir()
	st, err := sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(dir, "a.db"), Schema: schema, Readers: 2})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := embedded.Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close(); blobs.Close() })
	return Side{st, blobs}
}

// ofAny is on the driver that the suite runs on.
func ofAny(t *testing.T) Side {
	t.Helper()
	st, blobs := opentest.WithBlobs(t, schema)
	return Side{st.(store.Movable), blobs}
}

func noise(n int) []byte {
	rng := rand.New(rand.NewPCG(3, 4))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.UintN(256))
	}
	return b
}

func contents() [][]byte {
	return [][]byte{{}, []byte("mail"), []byte(strings.Repeat("Prezados, ", 5000)), noise(blob.Small - 1), noise(blob.Small), noise(2*blob.Small + 17)}
}

// filled has documents of every kind in several versions, blobs on both sides
// of each border, and a session.
func filled(t *testing.T, s Side, n int) Side {
	t.Helper()
	ctx := context.Background()
	var docs []store.Doc
	for i := range n {
		d := store.Doc{ID: fmt.Sprintf("s%05d", i), Version: int64(1 + i%5), Words: []string{"shop", fmt.Sprint("n", i)},
			Keys: store.Keys{"name": fmt.Sprintf("É \"%d\" \\ \t", i), "size": int64(i) - 1<<60, "seen": time.UnixMilli(int64(i) * 1e9).UTC(), "open": i%2 == 0, "tags": []string{"b", "a", "b"}},
			Body: fmt.Appendf(nil, `{"name":"é <%d> \"x\" \\ \b\u2028 🙂","n":1.50,"list":[{"a.b":null},-1]}`, i)}
		if i%3 == 0 {
			d.Keys = store.Keys{"code": fmt.Sprint("c", i)}
		}
		docs = append(docs, d)
	}
	docs[0].Body = fmt.Appendf(nil, `{"long":%q}`, strings.Repeat("x", 900_000))
	if err := s.Store.Load(ctx, shops, docs...); err != nil {
		t.Fatal(err)
	}
	for _, in := range []*store.Collection{notes, sessions} {
		if err := s.Store.Apply(ctx, store.Put{In: in, Doc: store.Doc{ID: "one", Body: []byte(`{"a":1}`)}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Blobs.Put(ctx, contents()...); err != nil {
		t.Fatal(err)
	}
	version := []byte(`{"version":1,"fields":{"shops":["name string"]}}`)
	if err := s.Store.Load(ctx, store.State, store.Doc{ID: store.StateVersion, Version: 4, Body: version}); err != nil {
		t.Fatal(err)
	}
	return s
}

func docs(t *testing.T, s Side, in *store.Collection) []store.Doc {
	t.Helper()
	n, err := s.Store.Snapshot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	var all []store.Doc
	for d, err := range n.Docs(context.Background(), in, "") {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

// wantEqual compares all documents and blobs; exact says that bodies are equal
// byte by byte, which two drivers need not keep.
func wantEqual(t *testing.T, got, want Side, exact bool) {
	t.Helper()
	for _, in := range []*store.Collection{shops, notes} {
		g, w := docs(t, got, in), docs(t, want, in)
		if len(g) != len(w) {
			t.Fatalf("%s: %d documents, want %d", in.Name, len(g), len(w))
		}
		for i := range g {
			if !exact {
				g[i].Body, w[i].Body = canonical(g[i].Body), canonical(w[i].Body)
			}
			if !reflect.DeepEqual(g[i], w[i]) {
				t.Fatalf("%s: %.300v\nwant %.300v", in.Name, g[i], w[i])
			}
		}
	}
	if n := docs(t, got, sessions); len(n) != 0 {
		t.Errorf("%d sessions were moved", len(n))
	}
	for _, c := range contents() {
		if b, err := got.Blobs.Get(context.Background(), blob.RefOf(c)); err != nil || !bytes.Equal(b, c) {
			t.Errorf("a blob of %d bytes comes back with %d, %v", len(c), len(b), err)
		}
	}
	if err := Unfinished(context.Background(), got.Store); err != nil {
		t.Errorf("after the end: %v", err)
	}
	state, err := got.Store.Get(context.Background(), store.State, store.StateVersion)
	if err != nil || string(state.Body) != `{"version":1,"fields":{"shops":["name string"]}}` {
		t.Errorf("the store says %s, %v", state.Body, err)
	}
}

func backedUp(t *testing.T, s Side) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "backup.zip")
	r, err := Backup(context.Background(), s, path, options())
	if err != nil || r.Blobs != int64(len(contents())) || len(r.Problems) != 0 {
		t.Fatalf("backup: %+v, %v", r, err)
	}
	return path
}

func TestBackupAndRestore(t *testing.T) {
	from := filled(t, ofSQLite(t), 60)
	path := backedUp(t, from)
	to := ofAny(t)
	r, err := Restore(context.Background(), path, to, options())
	if err != nil || r.Documents() != 61 || !r.Consistent || r.Blobs != int64(len(contents())) {
		t.Fatalf("restore: %+v, %v", r, err)
	}
	wantEqual(t, to, from, !opentest.Mongo(t))
	if _, err := Restore(context.Background(), path, to, options()); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a full store: %v", err)
	}
	if _, err := Backup(context.Background(), from, path, options()); err == nil {
		t.Error("a backup was overwritten")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// People can look into a backup with what they have.
func TestManifest(t *testing.T) {
	path := backedUp(t, filled(t, ofSQLite(t), 3))
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open(manifestName)
	if err != nil {
		t.Fatal(err)
	}
	var m Manifest
	if err := json.NewDecoder(f).Decode(&m); err != nil {
		t.Fatal(err)
	}
	if m.Format != 1 || !m.Consistent || m.Store.Version != 1 || !slices.Equal(m.LeftBehind, []string{"sessions"}) ||
		len(m.Collections) != 2 || m.Collections[0].Documents != 3 || m.Blobs.Count != int64(len(contents())) {
		t.Errorf("manifest %+v", m)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// Writers go on during a backup, and do not show in it.
func TestBackupBesideWriters(t *testing.T) {
	from := filled(t, ofSQLite(t), tellEvery+200)
	o := options()
	wrote := false
	o.Progress = func(step string, done int64) {
		if step != "shops" || wrote {
			return
		}
		wrote = true
		for _, in := range []*store.Collection{shops, notes} {
			if err := from.Store.Apply(context.Background(), store.Put{In: in, Doc: store.Doc{ID: "z-late", Body: []byte(`{}`)}}); err != nil {
				t.Error(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "b.zip")
	r, err := Backup(context.Background(), from, path, o)
	if err != nil || !wrote || r.Documents() != tellEvery+201 {
		t.Errorf("%d documents, wrote %v, %v", r.Documents(), wrote, err)
	}
}

func TestBackupGivenUp(t *testing.T) {
	from := filled(t, ofSQLite(t), tellEvery+1)
	ctx, cancel := context.WithCancel(context.Background())
	o := options()
	o.Progress = func(string, int64) { cancel() }
	dir := t.TempDir()
	if _, err := Backup(ctx, from, filepath.Join(dir, "b.zip"), o); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAlteredBackupIsRefused(t *testing.T) {
	whole, err := os.ReadFile(backedUp(t, filled(t, ofSQLite(t), 50)))
	if err != nil {
		t.Fatal(err)
	}
	to := ofSQLite(t)
	path := filepath.Join(t.TempDir(), "b.zip")
	refused := func(of string, b []byte) {
		t.Helper()
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(context.Background(), path, to, options()); !errors.Is(err, ErrNotWhole) {
			t.Errorf("%s: %v", of, err)
		}
	}
	for _, at := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
		refused(fmt.Sprintf("cut off at %d", at), whole[:at])
	}
	flips := 40
	if testing.Short() {
		flips = 8
	}
	for n := range flips {
		b := bytes.Clone(whole)
		at := n * (len(b) - 1) / flips
		b[at] ^= 0x10
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		// A bit in a name's time or in the order of the parts may mean nothing;
		// what is accepted must be what was written.
		if _, err := Restore(context.Background(), path, to, options()); err == nil {
			wantEqual(t, to, filled(t, ofSQLite(t), 50), true)
			to = ofSQLite(t)
		}
	}
	for _, in := range []*store.Collection{shops, notes} {
		if n := docs(t, to, in); len(n) != 0 {
			t.Errorf("%s: %d documents of a refused backup", in.Name, len(n))
		}
	}
	if err := Unfinished(context.Background(), to.Store); err != nil {
		t.Errorf("a refused backup marked the store: %v", err)
	}
}

// failing breaks off after some loads.
type failing struct {
	store.Movable
	left int
}

var errPower = errors.New("the power went")

func (f *failing) Load(ctx context.Context, in *store.Collection, docs ...store.Doc) error {
	if in != store.State {
		if f.left--; f.left < 0 {
			return errPower
		}
	}
	return f.Movable.Load(ctx, in, docs...)
}

func TestRestoreGoesOn(t *testing.T) {
	ctx := context.Background()
	from := filled(t, ofSQLite(t), loadDocs+50)
	path := backedUp(t, from)
	to := ofSQLite(t)
	if _, err := Restore(ctx, path, Side{&failing{to.Store, 1}, to.Blobs}, options()); !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	var unfinished *UnfinishedError
	if err := Unfinished(ctx, to.Store); !errors.As(err, &unfinished) || !strings.Contains(err.Error(), "cemigmas restore") {
		t.Errorf("half a restore: %v", err)
	}
	if _, err := Backup(ctx, to, filepath.Join(t.TempDir(), "x.zip"), options()); !errors.As(err, &unfinished) {
		t.Errorf("a backup of half a restore: %v", err)
	}
	if _, err := Restore(ctx, backedUp(t, from), to, options()); !errors.As(err, &unfinished) {
		t.Errorf("another backup on top: %v", err)
	}
	if _, err := Restore(ctx, path, to, options()); err != nil {
		t.Fatal(err)
	}
	wantEqual(t, to, from, true)
}

func TestNewerBackupIsRefused(t *testing.T) {
	from := filled(t, ofSQLite(t), 1)
	if err := from.Store.Load(context.Background(), store.State, store.Doc{ID: store.StateVersion, Version: 1, Body: []byte(`{"version":9}`)}); err != nil {
		t.Fatal(err)
	}
	var newer *store.NewerError
	if _, err := Restore(context.Background(), backedUp(t, from), ofSQLite(t), options()); !errors.As(err, &newer) {
		t.Errorf("%v", err)
	}
}

// A blob that is damaged is left out and named; all others are carried.
func TestDamagedBlob(t *testing.T) {
	for name, at := range map[string]int{"short": 3, "long": 5} {
		t.Run(name, func(t *testing.T) {
			from := filled(t, ofSQLite(t), 1)
			bad := blob.RefOf(contents()[at])
			from.Blobs = &damaging{from.Blobs, bad}
			path := filepath.Join(t.TempDir(), "b.zip")
			r, err := Backup(context.Background(), from, path, options())
			if err != nil || len(r.Problems) != 1 || !strings.Contains(r.Problems[0], string(bad)) || r.Blobs != int64(len(contents())-1) {
				t.Fatalf("%+v, %v", r, err)
			}
			to := ofSQLite(t)
			if r, err = Restore(context.Background(), path, to, options()); err != nil || len(r.Problems) != 1 || r.Blobs != int64(len(contents())-1) {
				t.Fatalf("%+v, %v", r, err)
			}
			if has, err := to.Blobs.Has(context.Background(), bad); err != nil || has[0] {
				t.Errorf("the damaged blob was restored: %v, %v", has, err)
			}
		})
	}
}

type damaging struct {
	blob.Store
	ref blob.Ref
}

func (d *damaging) Open(ctx context.Context, ref blob.Ref) (io.ReadCloser, error) {
	r, err := d.Store.Open(ctx, ref)
	if err == nil && ref == d.ref {
		end := fmt.Errorf("%w: %s", blob.ErrDamaged, ref)
		r = io.NopCloser(io.MultiReader(io.LimitReader(r, int64(blob.Small-100)), errReader{end}))
		if ref == blob.RefOf(contents()[5]) {
			r, _ = d.Store.Open(ctx, ref)
			r = io.NopCloser(io.MultiReader(io.LimitReader(r, int64(blob.Small+100_000)), errReader{end}))
		}
	}
	return r, err
}

type errReader struct{ error }

func (e errReader) Read([]byte) (int, error) { return 0, e.error }

func TestCanonical(t *testing.T) {
	for _, forms := range [][]string{
		{`{"a":"é\n<"}`, `{"a":"\u00e9\u000a\u003c"}`},
		{`{"a":"` + "\u2028" + `","b\"":1.50}`, `{"a":"\u2028","b\u0022":1.50}`},
		{`{"a":"\b\\"}`, `{"a":"\u0008\u005c"}`},
	} {
		if a, b := canonical([]byte(forms[0])), canonical([]byte(forms[1])); !bytes.Equal(a, b) || !json.Valid(a) {
			t.Errorf("%s and %s", a, b)
		}
	}
	if a, b := canonical([]byte(`{"a":"1\n"}`)), canonical([]byte(`{"a":"1n"}`)); bytes.Equal(a, b) {
		t.Error("two texts are taken for one")
	}
}
