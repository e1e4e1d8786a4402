package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// openReal opens a store on the deployment of MONGODB_URI.
func openReal(t *testing.T, schema ...*store.Collection) *mongodb.Store {
	t.Helper()
	uri := mongotest.URI(t)
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri, Schema: schema, Monitor: mongotest.WatchPlans(t, uri, nil)})
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

// TestQueriesWalkIndexes: openReal asks the server at the end how it answered.
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
	queries := []store.Query{
		{In: things}, // by id
		{In: things, Where: maria, Sort: []string{"-seen"}, Limit: 20},
		{In: things, Where: append(maria, store.Is("active", false)), Sort: []string{"-seen"}, Limit: 20},
		{In: clients, Where: []store.Cond{store.Is("cnpj", "7")}},
		{In: clients, Where: []store.Cond{store.Has("cnpj")}, Sort: []string{"cnpj"}, Limit: 20},
	}
	for _, q := range queries {
		for range 3 { // the first page, and two that go on
			page, err := s.Find(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if q.After = page.Next; q.After == "" {
				break
			}
		}
		q.After = ""
		if _, err := s.Count(ctx, q, 100); err != nil && len(q.Where) > 0 {
			t.Error(err)
		}
	}
}

// TestTwoWritersOfOneDocument: of two that read the same version one is
// refused, whether each writes it alone or with others.
func TestTwoWritersOfOneDocument(t *testing.T) {
	mongotest.NeedsReal(t, "two writers at once")
	s := openReal(t, clients, notes)
	ctx := context.Background()
	for _, alone := range []bool{true, false} {
		for round := range 20 {
			id := fmt.Sprintf("n%t%d", alone, round)
			if err := s.Apply(ctx, store.Put{In: notes, Doc: note(id)}); err != nil {
				t.Fatal(err)
			}
			d, err := s.Get(ctx, notes, id)
			if err != nil {
				t.Fatal(err)
			}
			errs := make([]error, 2)
			var group sync.WaitGroup
			for w := range errs {
				group.Go(func() {
					changes := []store.Change{store.Put{In: notes, Doc: d}}
					if !alone {
						other := fmt.Sprintf("%s-%d", id, w)
						changes = append(changes, store.Put{In: clients, Doc: client(other, other)})
					}
					errs[w] = s.Apply(ctx, changes...)
				})
			}
			group.Wait()
			if (errs[0] == nil) == (errs[1] == nil) || store.CodeOf(errors.Join(errs...)) != store.CodeConflict {
				t.Errorf("alone %t: %v", alone, errs)
			}
		}
	}
	if n, err := s.Count(ctx, store.Query{In: clients}, 1000); err != nil || n != 20 {
		t.Errorf("%d clients, %v; want those of the winners", n, err)
	}
}

// TestWriteConflictsAreTriedAgain: patches check no version, so whoever meets
// another's transaction must be made again and not be told.
func TestWriteConflictsAreTriedAgain(t *testing.T) {
	mongotest.NeedsReal(t, "transactions that meet")
	s := openReal(t, clients, notes)
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: notes, Doc: note("n")}, store.Put{In: notes, Doc: note("m")}); err != nil {
		t.Fatal(err)
	}
	const writers, rounds = 6, 10
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for r := range rounds {
				// Both documents, in an order of its own: they cross.
				ids := []string{"n", "m"}
				value := fmt.Appendf(nil, "%d", w*rounds+r)
				var changes []store.Change
				for i := range ids {
					changes = append(changes, store.Patch{In: notes, ID: ids[(i+w)%2], Body: map[string][]byte{fmt.Sprintf("w%d", w): value}})
				}
				if err := s.Apply(ctx, changes...); err != nil {
					t.Errorf("writer %d: %v", w, err)
					return
				}
			}
		})
	}
	group.Wait()
	for _, id := range []string{"n", "m"} {
		d, err := s.Get(ctx, notes, id)
		if err != nil || d.Version != 1 {
			t.Fatalf("%s: version %d, %v", id, d.Version, err)
		}
		for w := range writers {
			if want := fmt.Sprintf(`"w%d":%d`, w, w*rounds+rounds-1); !strings.Contains(string(d.Body), want) {
				t.Errorf("%s lacks %s: %s", id, want, d.Body)
			}
		}
	}
}

// TestIndexesAreMadeWhileOthersWrite: a node of a new version starts beside one
// that goes on writing, and its index lacks nothing.
func TestIndexesAreMadeWhileOthersWrite(t *testing.T) {
	mongotest.NeedsReal(t, "an index built beside writers")
	uri := mongotest.URI(t)
	ctx := context.Background()
	old := &store.Collection{Name: "clients", Fields: clients.Fields}
	before, err := mongodb.Open(ctx, mongodb.Options{URI: uri, Schema: []*store.Collection{old}})
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	write := func(n int) error {
		id := fmt.Sprintf("c%05d", n)
		return before.Apply(ctx, store.Put{In: old, Doc: client(id, id)})
	}
	for n := range 2000 {
		if err := write(n); err != nil {
			t.Fatal(err)
		}
	}
	stop, written := make(chan struct{}), make(chan int)
	go func() {
		n := 2000
		defer func() { written <- n }()
		for ; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			if err := write(n); err != nil {
				t.Errorf("a write beside the build: %v", err)
				return
			}
		}
	}()
	after, err := mongodb.Open(ctx, mongodb.Options{URI: uri, Schema: []*store.Collection{clients}})
	close(stop)
	total := <-written
	if err != nil {
		t.Fatal(err)
	}
	defer after.Close()
	found := 0
	for d, err := range store.All(ctx, after, store.Query{In: clients, Where: []store.Cond{store.Has("cnpj")}, Sort: []string{"cnpj"}}) {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("c%05d", found); d.ID != want {
			t.Fatalf("%s where %s belongs", d.ID, want)
		}
		found++
	}
	if found != total {
		t.Errorf("the index holds %d of %d", found, total)
	}
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
