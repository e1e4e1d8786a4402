package mongodb_test

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// TestWritesAreTakenBack: without transactions, an Apply that fails at its last
// write leaves what was there before it.
func TestWritesAreTakenBack(t *testing.T) {
	if mongotest.Real() {
		t.Skip("left out: the deployment of MONGODB_URI has transactions")
	}
	ctx := context.Background()
	direct := mongotest.URI(t)
	proxy, uri := mongotest.NewProxy(t, direct, false)
	s, err := mongodb.Open(ctx, mongodb.Options{URI: uri, Schema: []*store.Collection{clients, notes}, AllowNoTransactions: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var before []store.Doc
	for _, id := range []string{"replaced", "patched", "deleted", "last"} {
		if err := s.Apply(ctx, store.Put{In: clients, Doc: client(id, id)}); err != nil {
			t.Fatal(err)
		}
		d, err := s.Get(ctx, clients, id)
		if err != nil {
			t.Fatal(err)
		}
		before = append(before, d)
	}
	changes := []store.Change{
		store.Put{In: notes, Doc: note("n1")}, store.Put{In: notes, Doc: note("n2")},
		store.Put{In: clients, Doc: at(client("replaced", "r2"), 1)},
		store.Patch{In: clients, ID: "patched", Keys: store.Keys{"contact": time.UnixMilli(5)}, Body: map[string][]byte{"x": []byte(`1.0`)}},
		store.Delete{In: clients, ID: "deleted", Version: 1},
	}
	unchanged := func(t *testing.T) {
		t.Helper()
		for _, want := range before {
			if d, err := s.Get(ctx, clients, want.ID); err != nil || !reflect.DeepEqual(d, want) {
				t.Errorf("%s is %+v, %v; was %+v", want.ID, d, err, want)
			}
		}
		if n, err := s.Count(ctx, store.Query{In: notes}, 10); err != nil || n != 0 {
			t.Errorf("%d notes, %v", n, err)
		}
	}
	t.Run("an id that exists", func(t *testing.T) {
		err := s.Apply(ctx, append(changes, store.Put{In: clients, Doc: client("last", "new")})...)
		if e, ok := err.(*store.Error); !ok || e.Code != store.CodeConflict || e.ID != "last" {
			t.Errorf("%v", err)
		}
		unchanged(t)
	})
	t.Run("a version that rises", func(t *testing.T) {
		var once sync.Once
		proxy.Hook(func(name string, _ bson.Raw) mongotest.Action {
			if name == "delete" { // comes before the last write
				once.Do(func() { bump(t, direct, s.Database().Name(), "clients", "last") })
			}
			return mongotest.Action{}
		})
		err := s.Apply(ctx, append(changes, store.Put{In: clients, Doc: at(client("last", "new"), 1)})...)
		proxy.Hook(nil)
		if e, ok := err.(*store.Error); !ok || e.Code != store.CodeConflict || e.ID != "last" {
			t.Errorf("%v", err)
		}
		before[3].Version = 2
		unchanged(t)
	})
}
