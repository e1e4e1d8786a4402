package upgrade

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/sqlite"
)

// The collection as the first release declared it, and as the next one does.
var (
	before = &store.Collection{Name: "shop",
		Fields:  []store.Field{{Name: "name", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"name"}}}}
	after = &store.Collection{Name: "shop",
		Fields: []store.Field{{Name: "name", Kind: store.String}, {Name: "town", Kind: store.String}, {Name: "tags", Kind: store.Strings}},
		Indexes: []store.Index{{Fields: []string{"name"}}, {Fields: []string{"town", "name"}}, {Fields: []string{"tags", "town"}},
			{Fields: []string{"town"}}}}
)

type shop struct {
	Name string   `json:"name"`
	Town string   `json:"town"`
	Tags []string `json:"tags"`
	N    int      `json:"n"`
}

func derive(c *store.Collection, d store.Doc) (store.Keys, error) {
	var v shop
	if err := json.Unmarshal(d.Body, &v); err != nil || c.Name != "shop" {
		return nil, err
	}
	k := store.Keys{"name": v.Name}
	if v.Town != "" {
		k["town"] = v.Town
	}
	if len(v.Tags) > 0 {
		k["tags"] = v.Tags
	}
	return k, nil
}

func plan(c *store.Collection, migrations ...Migration) Plan {
	return Plan{Schema: []*store.Collection{store.State, c}, Derive: derive, Migrations: migrations}
}

func open(t *testing.T, path string, p Plan) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Schema: p.Schema, Newest: p.Newest()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// filled is a file of the first release; with says whether it knew versions.
func filled(t *testing.T, n int, with bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	p := plan(before)
	s := open(t, path, p)
	if with {
		run(t, s, p)
	}
	var changes []store.Change
	for i := range n {
		body, _ := json.Marshal(shop{Name: fmt.Sprintf("shop %04d", i), Town: []string{"Betim", "Uberaba", ""}[i%3], Tags: []string{"a", "b"}[:i%3]})
		changes = append(changes, store.Put{In: before, Doc: store.Doc{ID: fmt.Sprintf("s%04d", i), Keys: store.Keys{"name": fmt.Sprintf("shop %04d", i)}, Body: body}})
	}
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatal(err)
	}
	s.Close()
	return path
}

func run(t *testing.T, s store.Store, p Plan) {
	t.Helper()
	if err := Run(context.Background(), s, "test", p); err != nil {
		t.Fatal(err)
	}
}

func version(t *testing.T, s store.Store) (v store.Version) {
	t.Helper()
	d, err := s.Get(context.Background(), store.State, store.StateVersion)
	if err != nil || json.Unmarshal(d.Body, &v) != nil {
		t.Fatalf("the store's version: %v", err)
	}
	return v
}

func TestNewStoreIsOfTheNewestVersion(t *testing.T) {
	p := plan(after, Migration{"never", func(context.Context, *Step) error { return errors.New("a new store needs no migration") }})
	s := open(t, filepath.Join(t.TempDir(), "store.db"), p)
	run(t, s, p)
	if v := version(t, s); v.Version != 2 || !reflect.DeepEqual(v.Fields["shop"], []string{"name string", "tags strings", "town string"}) {
		t.Errorf("a new store says %+v", v)
	}
}

// Fields and indexes that a collection gained work on documents from before.
func TestGainedFields(t *testing.T) {
	for name, known := range map[string]bool{"with a version": true, "from before versions": false} {
		t.Run(name, func(t *testing.T) {
			path := filled(t, 1200, known)
			p := plan(after)
			s := open(t, path, p)
			run(t, s, p)
			ctx := context.Background()
			n, err := s.Count(ctx, store.Query{In: after, Where: []store.Cond{store.Is("town", "Uberaba")}}, 5000)
			if n != 400 || err != nil {
				t.Errorf("%d of 400 are found by the new field, %v", n, err)
			}
			page, err := s.Find(ctx, store.Query{In: after, Where: []store.Cond{store.Is("tags", "b")}, Sort: []string{"town"}, Limit: 1000})
			if len(page.Docs) != 400 || err != nil {
				t.Errorf("%d of 400 are found by the new list, %v", len(page.Docs), err)
			}
			d, err := s.Get(ctx, after, "s0001")
			if err != nil || d.Version != 1 || d.Keys["town"] != "Uberaba" {
				t.Errorf("a document after the upgrade: %+v, %v", d, err)
			}
			// The second start finds nothing to do, and writes nothing.
			was, _ := s.Get(ctx, store.State, store.StateVersion)
			run(t, s, p)
			if is, _ := s.Get(ctx, store.State, store.StateVersion); is.Version != was.Version {
				t.Error("a second start upgraded again")
			}
		})
	}
}

// The same on MongoDB, where the driver adds no column: a document of before has
// no such field, and the index is built over it.
func TestGainedFieldsOnMongoDB(t *testing.T) {
	ctx := context.Background()
	uri := mongotest.URI(t)
	open := func(p Plan) store.Store {
		t.Helper()
		s, err := mongodb.Open(ctx, mongodb.Options{URI: uri, Schema: p.Schema, Newest: p.Newest(), AllowNoTransactions: !mongotest.Real()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		run(t, s, p)
		return s
	}
	s := open(plan(before))
	for n, town := range []string{"Betim", "Uberaba", "Betim"} {
		d := store.Doc{ID: fmt.Sprint("s", n), Keys: store.Keys{"name": "x"}, Body: fmt.Appendf(nil, `{"name":"x","town":%q,"tags":["a"]}`, town)}
		if err := s.Apply(ctx, store.Put{In: before, Doc: d}); err != nil {
			t.Fatal(err)
		}
	}
	s = open(plan(after))
	page, err := s.Find(ctx, store.Query{In: after, Where: []store.Cond{store.Is("town", "Betim")}, Sort: []string{"name"}})
	if err != nil || len(page.Docs) != 2 || page.Docs[0].Version != 1 {
		t.Errorf("found by the new field: %v, %v", page.Docs, err)
	}
	next := plan(after, Migration{"nothing", func(context.Context, *Step) error { return nil }})
	open(next)
	var newer *store.NewerError
	_, err = mongodb.Open(ctx, mongodb.Options{URI: uri, Schema: next.Schema, Newest: 1, AllowNoTransactions: !mongotest.Real()})
	if !errors.As(err, &newer) {
		t.Errorf("a newer database: %v", err)
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	path := filled(t, 1, true)
	next := plan(before, Migration{"nothing", func(context.Context, *Step) error { return nil }})
	s := open(t, path, next)
	run(t, s, next)
	old := plan(before)
	// A node that had the store open sees it too.
	var newer *store.NewerError
	if err := Run(context.Background(), s, "old", old); !errors.As(err, &newer) || newer.Have != 2 || newer.Newest != 1 {
		t.Errorf("an open store: %v", err)
	}
	s.Close()
	if _, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Schema: old.Schema, Newest: old.Newest()}); !errors.As(err, &newer) {
		t.Errorf("opening: %v", err)
	}
}

// add counts one up in every document; twice would show.
func add(fail func(d store.Doc) error) Migration {
	return Migration{"count", func(ctx context.Context, s *Step) error {
		return s.Each(ctx, before, func(d store.Doc) ([]store.Change, error) {
			if err := fail(d); err != nil {
				return nil, err
			}
			var v shop
			if err := json.Unmarshal(d.Body, &v); err != nil {
				return nil, err
			}
			v.N++
			d.Body, _ = json.Marshal(v)
			return []store.Change{store.Put{In: before, Doc: d}}, nil
		})
	}}
}

func wantOnce(t *testing.T, s store.Store, n int) {
	t.Helper()
	seen := 0
	for d, err := range store.All(context.Background(), s, store.Query{In: before}) {
		var v shop
		if err != nil || json.Unmarshal(d.Body, &v) != nil || v.N != 1 {
			t.Fatalf("%s was migrated %d times, %v", d.ID, v.N, err)
		}
		seen++
	}
	if v := version(t, s); seen != n || v.Version != 2 {
		t.Errorf("%d documents of %d, version %d", seen, n, v.Version)
	}
}

func TestMigrationGoesOnAfterAFailure(t *testing.T) {
	const n = 3*batchSize + 7
	s := open(t, filled(t, n, true), plan(before))
	boom := errors.New("the power went")
	looked := 0
	broken := plan(before, add(func(d store.Doc) error {
		if looked++; d.ID == fmt.Sprintf("s%04d", 2*batchSize+3) {
			return boom
		}
		return nil
	}))
	if err := Run(context.Background(), s, "a", broken); !errors.Is(err, boom) {
		t.Fatalf("a failing migration: %v", err)
	}
	if v := version(t, s); v.Version != 1 {
		t.Fatalf("version %d after a failure", v.Version)
	}
	again := 0
	whole := plan(before, add(func(store.Doc) error { again++; return nil }))
	run(t, s, whole)
	wantOnce(t, s, n)
	if again != n-2*batchSize {
		t.Errorf("the second start looked at %d documents, want the %d that were left", again, n-2*batchSize)
	}
	run(t, s, whole)
	wantOnce(t, s, n)
}

func TestTwoNodesMigrateOnce(t *testing.T) {
	const n = batchSize + 3
	path := filled(t, n, true)
	var ran atomic.Int32
	m := add(func(store.Doc) error { return nil })
	each := m.Run
	m.Run = func(ctx context.Context, s *Step) error { ran.Add(1); return each(ctx, s) }
	var wg sync.WaitGroup
	p := plan(before, m)
	first := open(t, path, p)
	for i, s := range []store.Store{first, open(t, path, p), first} {
		wg.Go(func() {
			if err := Run(context.Background(), s, fmt.Sprint("node ", i), p); err != nil {
				t.Errorf("node %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if ran.Load() != 1 {
		t.Errorf("the migration ran %d times", ran.Load())
	}
	wantOnce(t, first, n)
}

// Who changes a document while its batch is on the way is not overwritten.
func TestMigrationBesideAWriter(t *testing.T) {
	s := open(t, filled(t, 5, true), plan(before))
	once := sync.OnceFunc(func() {
		d, err := s.Get(context.Background(), before, "s0003")
		if err != nil {
			t.Fatal(err)
		}
		d.Body = []byte(`{"name":"renamed"}`)
		if err := s.Apply(context.Background(), store.Put{In: before, Doc: d}); err != nil {
			t.Fatal(err)
		}
	})
	run(t, s, plan(before, add(func(store.Doc) error { once(); return nil })))
	wantOnce(t, s, 5)
	if d, _ := s.Get(context.Background(), before, "s0003"); string(d.Body) != `{"name":"renamed","town":"","tags":null,"n":1}` {
		t.Errorf("the writer's change is lost: %s", d.Body)
	}
}

// A node that lost the lease writes nothing more.
func TestLostLease(t *testing.T) {
	s := open(t, filled(t, batchSize+1, true), plan(before))
	ctx := context.Background()
	lose := sync.OnceFunc(func() {
		if err := s.Release(ctx, store.Lease{Name: leaseName, Owner: "slow", Fence: 2}); err != nil {
			t.Fatal(err)
		}
		if l, err := s.Lease(ctx, leaseName, "other", leaseTime); err != nil || l.Fence != 3 {
			t.Fatalf("%+v, %v", l, err)
		}
	})
	err := Run(ctx, s, "slow", plan(before, add(func(store.Doc) error { lose(); return nil })))
	if store.CodeOf(err) != store.CodeConflict {
		t.Errorf("a node without the lease: %v", err)
	}
	if d, _ := s.Get(ctx, before, "s0000"); d.Version != 1 {
		t.Errorf("it wrote version %d", d.Version)
	}
}
