package mongodb_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/storetest"
)

var clients = &store.Collection{
	Name:    "clients",
	Fields:  []store.Field{{Name: "cnpj", Kind: store.String}, {Name: "agent", Kind: store.String}, {Name: "contact", Kind: store.Time}},
	Indexes: []store.Index{{Fields: []string{"cnpj"}, Unique: true}, {Fields: []string{"agent", "-contact"}}},
}

var notes = &store.Collection{Name: "notes"}

// pretended opens a store through a proxy that passes the server off as a
// replica set.
func pretended(t *testing.T, schema []*store.Collection, params string) (*mongodb.Store, *mongotest.Proxy, string) {
	t.Helper()
	direct := mongotest.URI(t)
	proxy, uri := mongotest.NewProxy(t, direct, true)
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri + params, Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, proxy, direct
}

// TestContractInTransactions runs the contract through the transaction code.
func TestContractInTransactions(t *testing.T) {
	if mongotest.Real() {
		t.Skip("TestContract does this on the real deployment")
	}
	open := func(t *testing.T, schema []*store.Collection) store.Store {
		s, _, _ := pretended(t, schema, "")
		return s
	}
	storetest.Run(t, open, storetest.Options{NoTransactions: true, NoConcurrency: true, SumsWrap: true, Slow: true})
}

func client(id, cnpj string) store.Doc {
	return store.Doc{ID: id, Keys: store.Keys{"cnpj": cnpj, "agent": "a"}, Body: []byte(`{"name":"` + id + `"}`)}
}

func note(id string) store.Doc { return store.Doc{ID: id, Body: []byte(`{}`)} }

// commands notes the names that pass.
type commands struct {
	mu   sync.Mutex
	list []string
}

func (c *commands) add(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, name)
	n := 0
	for _, x := range c.list {
		if x == name {
			n++
		}
	}
	return n
}

func (c *commands) has(want ...string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := 0
	for _, x := range c.list {
		if i < len(want) && x == want[i] {
			i++
		}
	}
	return i == len(want)
}

var transient = bson.D{
	{Key: "ok", Value: float64(0)}, {Key: "code", Value: int32(112)}, {Key: "codeName", Value: "WriteConflict"},
	{Key: "errmsg", Value: "write conflict"}, {Key: "errorLabels", Value: bson.A{"TransientTransactionError"}},
}

func TestTransactionIsMadeAgainAfterAWriteConflict(t *testing.T) {
	s, proxy, _ := pretended(t, []*store.Collection{clients, notes}, "")
	var seen commands
	proxy.Hook(func(name string, body bson.Raw) mongotest.Action {
		if seen.add(name) == 1 && name == "insert" {
			if started, _ := body.Lookup("autocommit").BooleanOK(); started || body.Lookup("txnNumber").Type == 0 {
				t.Error("the insert is not in a transaction")
			}
			return mongotest.Action{Answer: transient}
		}
		return mongotest.Action{}
	})
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}, store.Put{In: notes, Doc: note("n1")}); err != nil {
		t.Fatal(err)
	}
	if !seen.has("find", "insert", "abortTransaction", "find", "insert", "insert", "commitTransaction") {
		t.Errorf("commands: %v", seen.list)
	}
	if _, err := s.Get(ctx, notes, "n1"); err != nil {
		t.Error(err)
	}
}

func TestCommitIsRepeatedWhenItsAnswerIsLost(t *testing.T) {
	s, proxy, _ := pretended(t, []*store.Collection{clients, notes}, "")
	var seen commands
	proxy.Hook(func(name string, _ bson.Raw) mongotest.Action {
		return mongotest.Action{Cut: seen.add(name) == 1 && name == "commitTransaction"}
	})
	if err := s.Apply(context.Background(), store.Put{In: clients, Doc: client("c1", "1")}, store.Put{In: notes, Doc: note("n1")}); err != nil {
		t.Fatal(err)
	}
	if !seen.has("commitTransaction", "commitTransaction") {
		t.Errorf("commands: %v", seen.list)
	}
}

// other is another client of the same server, for one write.
func other(t *testing.T, uri, database string, write func(context.Context, *mongo.Database) error) {
	t.Helper()
	ctx := context.Background()
	c, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err == nil {
		err = write(ctx, c.Database(database))
		_ = c.Disconnect(ctx)
	}
	if err != nil {
		t.Error(err)
	}
}

// bump raises a version between the driver's read and its write.
func bump(t *testing.T, uri, database, collection, id string) {
	t.Helper()
	other(t, uri, database, func(ctx context.Context, db *mongo.Database) error {
		_, err := db.Collection(collection).UpdateOne(ctx,
			bson.D{{Key: "_id", Value: id}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "v", Value: int64(1)}}}})
		return err
	})
}

// insertTerm takes a lease as a node that was quicker.
func insertTerm(t *testing.T, uri, database, name string, term int64) {
	t.Helper()
	other(t, uri, database, func(ctx context.Context, db *mongo.Database) error {
		_, err := db.Collection("_leases").InsertOne(ctx, bson.D{{Key: "_id", Value: fmt.Sprintf("%s#%d", name, term)},
			{Key: "name", Value: name}, {Key: "term", Value: term}, {Key: "owner", Value: "quick"},
			{Key: "expires", Value: time.Now().Add(time.Hour)}})
		return err
	})
}

func onInsert(f func()) mongotest.Hook {
	return func(name string, _ bson.Raw) mongotest.Action {
		if name == "insert" {
			f()
		}
		return mongotest.Action{}
	}
}

// TestVersionConflict proves the filter on the version and the matched count:
// the version rises after the driver has read it.
func TestVersionConflict(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name    string
		changes []store.Change
	}{
		{"one put", []store.Change{store.Put{In: clients, Doc: at(client("c1", "2"), 1)}}},
		{"one delete", []store.Change{store.Delete{In: clients, ID: "c1", Version: 1}}},
		{"put among others", []store.Change{store.Put{In: notes, Doc: note("n1")}, store.Put{In: clients, Doc: at(client("c1", "2"), 1)}}},
		{"delete among others", []store.Change{store.Put{In: notes, Doc: note("n1")}, store.Delete{In: clients, ID: "c1", Version: 1}}},
		{"check among others", []store.Change{store.Check{In: clients, ID: "c1", Version: 1}, store.Put{In: notes, Doc: note("n1")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, proxy, direct := pretended(t, []*store.Collection{clients, notes}, "")
			if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}); err != nil {
				t.Fatal(err)
			}
			var once sync.Once
			proxy.Hook(func(name string, body bson.Raw) mongotest.Action {
				if target, _ := body.Lookup(name).StringValueOK(); (name == "update" || name == "delete") && target == "clients" {
					once.Do(func() { bump(t, direct, s.Database().Name(), "clients", "c1") })
				}
				return mongotest.Action{}
			})
			err := s.Apply(ctx, c.changes...)
			if store.CodeOf(err) != store.CodeConflict {
				t.Fatalf("error %v, want a conflict", err)
			}
			if e := err.(*store.Error); e.Collection != "clients" || e.ID != "c1" {
				t.Errorf("the conflict names %s/%s", e.Collection, e.ID)
			}
		})
	}
}

func at(d store.Doc, version int64) store.Doc {
	d.Version = version
	return d
}

// TestDuplicateNamesTheField feeds the error as MongoDB words it.
func TestDuplicateNamesTheField(t *testing.T) {
	s, proxy, _ := pretended(t, []*store.Collection{clients, notes}, "")
	text := `E11000 duplicate key error collection: crm.clients index: unique:cnpj dup key: { cnpj: "1" }`
	proxy.Hook(func(name string, _ bson.Raw) mongotest.Action {
		if name != "insert" {
			return mongotest.Action{}
		}
		return mongotest.Action{Answer: bson.D{{Key: "ok", Value: float64(1)}, {Key: "n", Value: int32(0)},
			{Key: "writeErrors", Value: bson.A{bson.D{{Key: "index", Value: int32(0)}, {Key: "code", Value: int32(11000)}, {Key: "errmsg", Value: text}}}}}}
	})
	for _, changes := range [][]store.Change{
		{store.Put{In: clients, Doc: client("c1", "1")}},
		{store.InsertIfAbsent{In: clients, Doc: client("c1", "1")}},
		{store.Put{In: clients, Doc: client("c1", "1")}, store.Put{In: notes, Doc: note("n1")}},
	} {
		err := s.Apply(context.Background(), changes...)
		e, ok := err.(*store.Error)
		if !ok || e.Code != store.CodeDuplicate || e.Field != "cnpj" || e.ID != "c1" {
			t.Errorf("%T: %v", changes[0], err)
		}
	}
}

func TestFaultsAreUnavailable(t *testing.T) {
	ctx := context.Background()
	for _, c := range []struct {
		name string
		hook mongotest.Hook
	}{
		{"a paused server", func(string, bson.Raw) mongotest.Action { return mongotest.Action{Delay: time.Hour} }},
		{"connections that break", func(string, bson.Raw) mongotest.Action { return mongotest.Action{Cut: true} }},
		{"answers that are lost", func(string, bson.Raw) mongotest.Action { return mongotest.Action{CutReply: true} }},
		{"no primary", func(string, bson.Raw) mongotest.Action {
			return mongotest.Action{Answer: bson.D{{Key: "ok", Value: float64(0)}, {Key: "code", Value: int32(10107)}, {Key: "errmsg", Value: "not primary"}}}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, proxy, _ := pretended(t, []*store.Collection{clients}, "&timeoutMS=400")
			proxy.Hook(c.hook)
			begun := time.Now()
			_, err := s.Get(ctx, clients, "c1")
			if store.CodeOf(err) != store.CodeUnavailable {
				t.Errorf("Get: %v", err)
			}
			if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}); store.CodeOf(err) != store.CodeUnavailable {
				t.Errorf("Apply: %v", err)
			}
			if err := s.Ping(ctx); store.CodeOf(err) != store.CodeUnavailable {
				t.Errorf("Ping: %v", err)
			}
			if took := time.Since(begun); took > 5*time.Second {
				t.Errorf("three calls took %v", took)
			}
			proxy.Hook(nil)
			// A deadline of the caller's goes before the connection string's: the
			// driver looks for a primary twice a second only.
			ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
			defer cancel()
			if err := s.Ping(ctx); err != nil {
				t.Errorf("after the fault: %v", err)
			}
		})
	}
}

func TestSingleServerIsRefused(t *testing.T) {
	if mongotest.Real() {
		t.Skip("left out: the deployment of MONGODB_URI has transactions")
	}
	_, err := mongodb.Open(context.Background(), mongodb.Options{URI: mongotest.URI(t)})
	if store.CodeOf(err) != store.CodeInvalid {
		t.Fatalf("error %v, want invalid", err)
	}
}

func TestStats(t *testing.T) {
	s, _, direct := pretended(t, []*store.Collection{clients, notes}, "")
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}); err != nil {
		t.Fatal(err)
	}
	c, err := mongo.Connect(options.Client().ApplyURI(direct))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Disconnect(ctx) }()
	indexes := c.Database(s.Database().Name()).Collection("clients").Indexes()
	if err := indexes.DropOne(ctx, "agent,-contact"); err != nil {
		t.Fatal(err)
	}
	if _, err := indexes.CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "x", Value: 1}}}); err != nil {
		t.Fatal(err)
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := mongodb.Stat{Collection: "clients", Documents: 1, Missing: []string{"agent,-contact"}, Surplus: []string{"x_1"}}
	if len(stats) != 2 || stats[0].Documents != 1 || !slices.Equal(stats[0].Missing, want.Missing) || !slices.Equal(stats[0].Surplus, want.Surplus) {
		t.Errorf("stats %+v, want %+v", stats, want)
	}
}
