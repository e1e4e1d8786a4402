package mongodb_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// openReal opens a store on the deployment of MONGODB_URI.
func openReal(t *testing.T, schema ...*store.Collection) *mongodb.Store {
	t.Helper()
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: mongotest.URI(t), Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// TestNothingIsLeftOfARefusedApply: the unique index is the server's, so the
// violation shows after the first write.
func TestNothingIsLeftOfARefusedApply(t *testing.T) {
	mongotest.NeedsReal(t, "a transaction that is rolled back")
	s := openReal(t, clients, notes)
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}); err != nil {
		t.Fatal(err)
	}
	err := s.Apply(ctx, store.Put{In: notes, Doc: note("n1")}, store.Put{In: clients, Doc: client("c2", "1")})
	if e, ok := err.(*store.Error); !ok || e.Code != store.CodeDuplicate || e.Field != "cnpj" || e.ID != "c2" {
		t.Fatalf("%v", err)
	}
	if _, err := s.Get(ctx, notes, "n1"); !store.IsNotFound(err) {
		t.Errorf("the note was left: %v", err)
	}
}

// TestCounterUnderContention: transactions that meet are made again, and none
// is lost or counted twice.
func TestCounterUnderContention(t *testing.T) {
	mongotest.NeedsReal(t, "contention between transactions")
	s := openReal(t, clients, notes)
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: notes, Doc: note("n")}); err != nil {
		t.Fatal(err)
	}
	const writers, rounds = 6, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for r := 0; r < rounds; {
				d, err := s.Get(ctx, notes, "n")
				if err != nil {
					t.Error(err)
					return
				}
				id := fmt.Sprintf("c%d-%d", w, r)
				err = s.Apply(ctx, store.Put{In: notes, Doc: d}, store.Put{In: clients, Doc: client(id, id)})
				if err == nil {
					r++
				} else if store.CodeOf(err) != store.CodeConflict {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	d, err := s.Get(ctx, notes, "n")
	if err != nil || d.Version != 1+writers*rounds {
		t.Errorf("version %d, %v; want %d", d.Version, err, 1+writers*rounds)
	}
	if n, err := s.Count(ctx, store.Query{In: clients}, 1000); err != nil || n != writers*rounds {
		t.Errorf("%d clients, %v", n, err)
	}
}

// TestQueriesWalkIndexes asks the server how it answers: no scan of a
// collection and no sort in memory.
func TestQueriesWalkIndexes(t *testing.T) {
	mongotest.NeedsReal(t, "the server's plan of a query")
	s := openReal(t, clients, things)
	ctx := context.Background()
	for n := range 300 {
		d := thing()
		d.ID, d.Words = fmt.Sprintf("t%03d", n), nil
		c := client(fmt.Sprintf("c%03d", n), fmt.Sprint(n))
		if n%3 == 0 {
			delete(d.Keys, "seen")
			delete(c.Keys, "cnpj")
		}
		if err := s.Apply(ctx, store.Put{In: things, Doc: d}, store.Put{In: clients, Doc: c}); err != nil {
			t.Fatal(err)
		}
	}
	maria := []store.Cond{store.Is("agent", "maria")}
	for _, q := range []store.Query{
		{In: things}, // by id
		{In: things, Where: maria, Sort: []string{"-seen"}, Limit: 20},
		{In: things, Where: append(maria, store.Is("active", false)), Sort: []string{"-seen"}, Limit: 20},
		{In: clients, Where: []store.Cond{store.Is("cnpj", "7")}},
		{In: clients, Where: []store.Cond{store.Has("cnpj")}, Sort: []string{"cnpj"}, Limit: 20},
	} {
		for pages := 0; pages < 3; pages++ {
			var page store.Page
			for _, command := range watch(t, func(s *mongodb.Store) {
				var err error
				if page, err = s.Find(ctx, q); err != nil {
					t.Fatal(err)
				}
			}, s.Database().Name(), clients, things) {
				plan, err := s.Database().RunCommand(ctx, bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
				if err != nil {
					t.Fatal(err)
				}
				text := plan.Lookup("queryPlanner", "winningPlan").String()
				if strings.Contains(text, `"COLLSCAN"`) || strings.Contains(text, `"SORT"`) {
					t.Errorf("sort %v after %q: %s", q.Sort, q.After, text)
				}
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
	}
}

// watch returns the find commands that a call sends, fit to be explained.
func watch(t *testing.T, call func(*mongodb.Store), database string, schema ...*store.Collection) []bson.D {
	t.Helper()
	var mu sync.Mutex
	var list []bson.D
	monitor := &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		if e.CommandName != "find" {
			return
		}
		var d bson.D
		if err := bson.Unmarshal(e.Command, &d); err != nil {
			return
		}
		var kept bson.D
		for _, el := range d {
			switch el.Key {
			case "find", "filter", "sort", "limit", "skip", "hint", "projection":
				kept = append(kept, el)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		list = append(list, kept)
	}}
	client, err := mongo.Connect(options.Client().ApplyURI(mongotest.URI(t)).SetMonitor(monitor))
	if err != nil {
		t.Fatal(err)
	}
	s, err := mongodb.OpenClient(context.Background(), client, mongodb.Options{Database: database, Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	call(s)
	mu.Lock()
	defer mu.Unlock()
	return list
}

// TestInsertsWake: a change stream tells of an insert by another client, and
// ends with its context.
func TestInsertsWake(t *testing.T) {
	mongotest.NeedsReal(t, "a change stream")
	s := openReal(t, clients, notes)
	ctx, stop := context.WithCancel(context.Background())
	ready, changed, ended := make(chan struct{}), make(chan struct{}, 8), make(chan error, 1)
	go func() {
		ended <- s.Watch(ctx, notes, func() { close(ready) }, func() { changed <- struct{}{} })
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatalf("it never listened: %v", err)
	}
	// Another collection and a change of a document that is there wake nobody.
	if err := s.Apply(ctx, store.Put{In: clients, Doc: client("c1", "1")}, store.Put{In: notes, Doc: note("n1")}); err != nil {
		t.Fatal(err)
	}
	<-changed
	if err := s.Apply(ctx, store.Patch{In: notes, ID: "n1", Body: map[string][]byte{"text": []byte(`"other"`)}}); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err == nil {
		t.Error("it ended without saying why")
	}
	if len(changed) != 0 {
		t.Error("a patch woke")
	}
}

// TestNoChangeStreamWithoutAReplicaSet: who wants to be woken is told at once
// that nobody will.
func TestNoChangeStreamWithoutAReplicaSet(t *testing.T) {
	if mongotest.Real() {
		t.Skip("left out: a real deployment has change streams")
	}
	s, err := mongodb.Open(t.Context(), mongodb.Options{URI: mongotest.URI(t), Schema: []*store.Collection{notes}, AllowNoTransactions: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	never := func() { t.Error("it listens") }
	if err := s.Watch(t.Context(), notes, never, never); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("%v", err)
	}
}
