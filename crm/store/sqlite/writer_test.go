package sqlite

import (
	"context"
	"errors"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// held occupies the writer until release is called, so that what is submitted
// meanwhile is committed as one group.
func held(t *testing.T, s *Store) (release func()) {
	t.Helper()
	begun, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.writer.outside(context.Background(), func(*session) error {
			close(begun)
			<-free
			return nil
		})
	}()
	<-begun
	return func() {
		close(free)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// queued submits tasks and returns when all of them wait.
func queued(s *Store, tasks ...func(*session) error) []chan error {
	var results []chan error
	for _, f := range tasks {
		r := make(chan error, 1)
		results = append(results, r)
		n := len(s.writer.queue)
		go func() { r <- s.writer.do(context.Background(), f) }()
		for len(s.writer.queue) == n {
			time.Sleep(0)
		}
	}
	return results
}

func inserting(s *Store, id string) func(*session) error {
	r, err := s.prepareRow(client, store.Doc{ID: id, Body: []byte("{}")}, false)
	if err != nil {
		panic(err)
	}
	return func(w *session) error { return r.do(w, s) }
}

// TestGroup: calls that wait share a transaction; one that fails takes only its
// own changes along.
func TestGroup(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	release := held(t, s)
	boom := errors.New("boom")
	failing := func(w *session) error {
		if err := inserting(s, "failed")(w); err != nil {
			return err
		}
		return boom
	}
	inOne := func(w *session) error {
		// With others before it a task is inside their transaction.
		if found, err := w.any(s.tables[client].sql, s.tables[client].byID, []string{`"_id" = ?`}, []value{textValue("first")}); err != nil || !found {
			t.Errorf("not in the first's transaction: %v", err)
		}
		return inserting(s, "third")(w)
	}
	results := queued(s, inserting(s, "first"), failing, inOne, inserting(s, "first"))
	release()
	for n, want := range []func(error) bool{
		func(err error) bool { return err == nil },
		func(err error) bool { return errors.Is(err, boom) },
		func(err error) bool { return err == nil },
		func(err error) bool { return store.CodeOf(err) == store.CodeConflict },
	} {
		if err := <-results[n]; !want(err) {
			t.Errorf("task %d: %v", n, err)
		}
	}
	docs, err := s.GetMany(ctx, client, []string{"first", "failed", "third"})
	if err != nil || len(docs) != 2 || docs[0].ID != "first" || docs[1].ID != "third" {
		t.Errorf("stored %v, %v", docs, err)
	}
}

// TestGroupGivenUp: when SQLite gives up the transaction, nobody in the group
// is told that it was saved.
func TestGroupGivenUp(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	release := held(t, s)
	results := queued(s, inserting(s, "a"), func(w *session) error {
		// What a full disk does.
		w.run("ROLLBACK")
		return errors.New("disk full")
	}, inserting(s, "b"))
	release()
	for n, r := range results {
		if err := <-r; err == nil {
			t.Errorf("task %d was told that it is saved", n)
		}
	}
	if docs, _ := s.GetMany(ctx, client, []string{"a", "b"}); len(docs) != 0 {
		t.Errorf("stored: %v", docs)
	}
	put(t, s, client, "c", nil)
}

// TestGivenUpWaiting: a call whose context ends while it waits is not made.
func TestGivenUpWaiting(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	release := held(t, s)
	short, cancel := context.WithCancel(ctx)
	result := make(chan error, 1)
	go func() {
		result <- s.Apply(short, store.Put{In: client, Doc: store.Doc{ID: "late", Body: []byte("{}")}})
	}()
	for len(s.writer.queue) == 0 {
		time.Sleep(0)
	}
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) || store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("%v", err)
	}
	release()
	if err := s.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(ctx, client, "late"); !store.IsNotFound(err) {
		t.Errorf("it was made: %v", err)
	}
}

// TestInterrupt: a long statement stops when its context ends, and the
// connection serves the next call.
func TestInterrupt(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	short, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	_, err := s.scalar(short, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	for range 20 {
		if _, err := s.scalar(ctx, "SELECT 1"); err != nil {
			t.Fatal(err)
		}
	}
}
