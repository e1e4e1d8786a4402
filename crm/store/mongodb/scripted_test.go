package mongodb_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// These tests prove the driver's conflict logic, its retries and its reading of
// errors on a server that answers what the test writes.

func scripted(t *testing.T, kind mongotest.Kind, params string) (*mongodb.Store, *mongotest.Scripted) {
	t.Helper()
	server, uri := mongotest.NewScripted(t, kind, nil)
	if params != "" {
		joint := "?"
		if strings.Contains(uri, "?") {
			joint = "&"
		}
		uri += joint + params
	}
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri, Schema: []*store.Collection{clients, notes}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, server
}

// first answers the first n commands of a name so.
func first(n int, name string, answer bson.D) mongotest.Script {
	return func(r mongotest.Request) bson.D {
		if r.Name == name && n > 0 {
			n--
			return answer
		}
		return nil
	}
}

func TestDeployments(t *testing.T) {
	for _, c := range []struct {
		kind    mongotest.Kind
		allow   bool
		refused bool
	}{{mongotest.Primary, false, false}, {mongotest.Router, false, false}, {mongotest.Standalone, false, true}, {mongotest.Standalone, true, false}} {
		server, uri := mongotest.NewScripted(t, c.kind, nil)
		s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri, Schema: []*store.Collection{notes}, AllowNoTransactions: c.allow})
		if c.refused {
			if store.CodeOf(err) != store.CodeInvalid {
				t.Fatalf("kind %d: %v", c.kind, err)
			}
			for _, word := range []string{"mongod --replSet", "rs.initiate()", "replicaSet=", "--allow-no-transactions"} {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("the refusal does not say %q: %v", word, err)
				}
			}
			if slices.Contains(server.Names(), "createIndexes") {
				t.Error("a refused deployment was written to")
			}
			continue
		}
		if err != nil {
			t.Fatalf("kind %d: %v", c.kind, err)
		}
		server.Play(nil)
		if err := s.Apply(context.Background(), store.Put{In: notes, Doc: note("a")}, store.Put{In: clients, Doc: client("c", "1")}); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("a collection that is not in the schema: %v", err)
		}
		if err := s.Apply(context.Background(), store.Put{In: notes, Doc: note("a")}, store.Put{In: notes, Doc: note("b")}); err != nil {
			t.Fatal(err)
		}
		if got := slices.Contains(server.Names(), "commitTransaction"); got == c.allow {
			t.Errorf("kind %d commits a transaction: %v, %v", c.kind, got, server.Names())
		}
		_ = s.Close()
	}
}

// TestConcernsAndLimits: each command is bounded in time on the server, reads
// what the majority has and is acknowledged by it.
func TestConcernsAndLimits(t *testing.T) {
	s, server := scripted(t, mongotest.Primary, "")
	ctx := context.Background()
	taken := false // the lease
	server.Play(func(r mongotest.Request) bson.D {
		taken = taken || r.Name == "insert" && r.Collection() == "_leases"
		if r.Name == "find" && r.Collection() == "_leases" && taken {
			return mongotest.Rows("_leases", bson.D{{Key: "_id", Value: "job#1"}, {Key: "term", Value: int64(1)}})
		}
		return nil
	})
	_, _ = s.Get(ctx, clients, "a")
	_, _ = s.GetMany(ctx, clients, []string{"a"})
	_, _ = s.Find(ctx, store.Query{In: clients, Where: []store.Cond{store.Is("agent", "a")}, Sort: []string{"-contact"}})
	_, _ = s.Count(ctx, store.Query{In: clients}, 5)
	_, _ = s.Tally(ctx, store.Tally{In: clients})
	if err := errors.Join(
		s.Apply(ctx, store.Put{In: clients, Doc: client("a", "1")}),
		s.Apply(ctx, store.Put{In: clients, Doc: at(client("a", "1"), 3)}),
		s.Apply(ctx, store.Delete{In: clients, ID: "a", Version: 3}),
		s.Apply(ctx, store.Put{In: clients, Doc: client("a", "1")}, store.Put{In: notes, Doc: note("n")})); err != nil {
		t.Fatal(err)
	}
	l, err := s.Lease(ctx, "job", "me", time.Minute)
	if err := errors.Join(err, s.Release(ctx, l)); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range server.Seen() {
		seen[r.Name]++
		if ms, ok := r.Body.Lookup("maxTimeMS").AsInt64OK(); !ok || ms <= 0 || ms > 20_000 {
			t.Errorf("%s has no bound in time: %s", r.Name, r.Body)
		}
		switch {
		case r.Name == "commitTransaction" || isWrite(r.Name) && !r.InTransaction():
			if w, _ := r.Body.Lookup("writeConcern", "w").StringValueOK(); w != "majority" {
				t.Errorf("%s is acknowledged by %q: %s", r.Name, w, r.Body)
			}
		case isRead(r.Name) && !r.InTransaction():
			if level, _ := r.Body.Lookup("readConcern", "level").StringValueOK(); level != "majority" {
				t.Errorf("%s reads at %q", r.Name, level)
			}
		case r.Body.Lookup("startTransaction").Type != 0:
			if level, _ := r.Body.Lookup("readConcern", "level").StringValueOK(); level != "snapshot" {
				t.Errorf("a transaction reads at %q", level)
			}
		}
	}
	for _, name := range []string{"find", "aggregate", "insert", "update", "delete", "commitTransaction"} {
		if seen[name] == 0 {
			t.Errorf("%s was not seen: %v", name, seen)
		}
	}
}

func isWrite(name string) bool { return name == "insert" || name == "update" || name == "delete" }
func isRead(name string) bool  { return name == "find" || name == "aggregate" }

// TestTransientErrorsAreTriedAgain: what the server says may be repeated is.
func TestTransientErrorsAreTriedAgain(t *testing.T) {
	const transient, retryable, unknown = "TransientTransactionError", "RetryableWriteError", "UnknownTransactionCommitResult"
	one := []store.Change{store.Put{In: notes, Doc: note("n")}}
	two := []store.Change{store.Put{In: clients, Doc: client("c", "1")}, store.Put{In: notes, Doc: note("n")}}
	for _, c := range []struct {
		name    string
		changes []store.Change
		script  mongotest.Script
		want    string // the commands, in order
	}{
		{"a write conflict", two, first(2, "insert", mongotest.Failure(112, "WriteConflict", transient)),
			"insert abortTransaction insert abortTransaction insert insert commitTransaction"},
		{"a conflict at the commit", two, first(1, "commitTransaction", mongotest.Failure(251, "NoSuchTransaction", transient)),
			"insert insert commitTransaction insert insert commitTransaction"},
		{"a commit of unknown result", two, first(2, "commitTransaction", mongotest.Failure(64, "WriteConcernFailed", unknown)),
			"insert insert commitTransaction commitTransaction commitTransaction"},
		{"a primary that steps down at the commit", two, first(1, "commitTransaction", mongotest.Failure(189, "PrimarySteppedDown", retryable)),
			"insert insert commitTransaction commitTransaction"},
		{"a primary that steps down", one, first(1, "insert", mongotest.Failure(10107, "NotWritablePrimary", retryable)), "insert insert"},
		{"a read that is interrupted", nil, first(1, "find", mongotest.Failure(11602, "InterruptedDueToReplStateChange")), "find find"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, server := scripted(t, mongotest.Primary, "")
			server.Play(c.script)
			if c.changes == nil {
				if _, err := s.Get(context.Background(), notes, "n"); !store.IsNotFound(err) {
					t.Error(err)
				}
			} else if err := s.Apply(context.Background(), c.changes...); err != nil {
				t.Error(err)
			}
			if got := strings.Join(server.Names(), " "); got != c.want {
				t.Errorf("commands\n%s, want\n%s", got, c.want)
			}
		})
	}
}

// TestRetriesEnd: an error that never ends is unavailable in the time that the
// connection string allows, and nothing is said to be done.
func TestRetriesEnd(t *testing.T) {
	two := []store.Change{store.Put{In: clients, Doc: client("c", "1")}, store.Put{In: notes, Doc: note("n")}}
	for name, script := range map[string]mongotest.Script{
		"conflicts":       first(1<<30, "insert", mongotest.Failure(112, "WriteConflict", "TransientTransactionError")),
		"unknown commits": first(1<<30, "commitTransaction", mongotest.Failure(64, "WriteConcernFailed", "UnknownTransactionCommitResult")),
		"no primary":      first(1<<30, "insert", mongotest.Failure(10107, "NotWritablePrimary", "RetryableWriteError")),
		"too long":        first(1<<30, "insert", mongotest.Failure(50, "MaxTimeMSExpired")),
		"not by the majority": first(1<<30, "insert", bson.D{{Key: "ok", Value: float64(1)}, {Key: "n", Value: int32(1)},
			{Key: "writeConcernError", Value: bson.D{{Key: "code", Value: int32(64)}, {Key: "errmsg", Value: "waiting for replication timed out"}}}}),
	} {
		t.Run(name, func(t *testing.T) {
			s, server := scripted(t, mongotest.Primary, "timeoutMS=500")
			server.Play(script)
			begun := time.Now()
			for _, changes := range [][]store.Change{two, two[:1]} {
				if name == "unknown commits" && len(changes) == 1 {
					continue
				}
				if err := s.Apply(context.Background(), changes...); store.CodeOf(err) != store.CodeUnavailable {
					t.Errorf("%d changes: %v, want unavailable", len(changes), err)
				}
			}
			if took := time.Since(begun); took > 6*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// TestMatchedCount: the filter holds the version that was read, and a count
// that is short is a conflict, or not-found when nothing is there any more.
func TestMatchedCount(t *testing.T) {
	there := mongotest.Rows("clients", bson.D{{Key: "_id", Value: "c"}, {Key: "v", Value: int64(4)}, {Key: "n", Value: int32(1)}, {Key: "body", Value: bson.D{}}})
	nothing := bson.D{{Key: "ok", Value: float64(1)}, {Key: "n", Value: int32(0)}, {Key: "nModified", Value: int32(0)}}
	put := store.Put{In: clients, Doc: at(client("c", "1"), 4)}
	drop := store.Delete{In: clients, ID: "c", Version: 4}
	for _, c := range []struct {
		name    string
		changes []store.Change
		left    bson.D // what the look at the id finds after the write
		want    store.Code
	}{
		{"put", []store.Change{put}, there, store.CodeConflict},
		{"put of what is gone", []store.Change{put}, nil, store.CodeNotFound},
		{"delete", []store.Change{drop}, there, store.CodeConflict},
		{"delete of what is gone", []store.Change{drop}, nil, store.CodeNotFound},
		{"put in a transaction", []store.Change{put, store.Put{In: notes, Doc: note("n")}}, there, store.CodeConflict},
		{"delete in a transaction", []store.Change{drop, store.Put{In: notes, Doc: note("n")}}, there, store.CodeConflict},
		{"check in a transaction", []store.Change{store.Check{In: clients, ID: "c", Version: 4}, store.Put{In: notes, Doc: note("n")}}, there, store.CodeConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, server := scripted(t, mongotest.Primary, "")
			server.Play(func(r mongotest.Request) bson.D {
				switch {
				case r.Name == "update" || r.Name == "delete":
					if v, ok := r.Documents[0].Lookup("q", "v").AsInt64OK(); !ok || v != 4 {
						t.Errorf("the %s does not ask for the version: %s", r.Name, r.Documents[0])
					}
					return nothing
				case r.Name == "find" && r.Collection() == "clients", r.Name == "aggregate":
					return c.left
				}
				return nil
			})
			err := s.Apply(context.Background(), c.changes...)
			var e *store.Error
			if !errors.As(err, &e) || e.Code != c.want || e.Collection != "clients" || e.ID != "c" {
				t.Errorf("%v, want %s of clients/c", err, c.want)
			}
			if slices.Contains(server.Names(), "commitTransaction") {
				t.Error("it was committed")
			}
		})
	}
}

// TestDuplicateKeys reads the index from the error's keyPattern, which all
// servers since 4.2 send, else from its text.
func TestDuplicateKeys(t *testing.T) {
	const text = `E11000 duplicate key error collection: crm.clients index: unique:cnpj dup key: { cnpj: "1" }`
	const collated = `E11000 duplicate key error collection: crm.clients index: unique:cnpj collation: { locale: "pt" } dup key: { cnpj: "0x31" }`
	pattern := func(field string) bson.D {
		return bson.D{{Key: "keyPattern", Value: bson.D{{Key: field, Value: int32(1)}}}, {Key: "keyValue", Value: bson.D{{Key: field, Value: "1"}}}}
	}
	put := store.Put{In: clients, Doc: client("c", "1")}
	absent := store.InsertIfAbsent{In: clients, Doc: client("c", "1")}
	for _, c := range []struct {
		name   string
		change store.Change
		text   string
		more   bson.D
		holder string // whose id the look for the value finds
		code   store.Code
	}{
		{"by pattern", put, "E11000", pattern("cnpj"), "", store.CodeDuplicate},
		{"by pattern, if absent", absent, "E11000", pattern("cnpj"), "", store.CodeDuplicate},
		{"by pattern, the id", put, "E11000", pattern("_id"), "", store.CodeConflict},
		{"by pattern, the id, if absent", absent, "E11000", pattern("_id"), "", ""},
		{"by text", put, text, nil, "", store.CodeDuplicate},
		{"by text with a collation", put, collated, nil, "", store.CodeDuplicate},
		{"by text, the id", put, strings.ReplaceAll(text, "unique:cnpj", "_id_"), nil, "", store.CodeConflict},
		{"told by neither, the value's", put, "E11000", nil, "other", store.CodeDuplicate},
	} {
		for _, among := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				s, server := scripted(t, mongotest.Primary, "")
				inserts := 0
				server.Play(func(r mongotest.Request) bson.D {
					switch {
					case r.Name == "insert" && r.Collection() == "clients":
						if inserts++; inserts > 1 {
							return nil
						}
						return bson.D{{Key: "ok", Value: float64(1)}, {Key: "n", Value: int32(0)}, {Key: "writeErrors", Value: bson.A{
							append(bson.D{{Key: "index", Value: int32(0)}, {Key: "code", Value: int32(11000)}, {Key: "errmsg", Value: c.text}}, c.more...)}}}
					case r.Name == "aggregate" && c.holder != "" && strings.Contains(r.Body.String(), "cnpj"):
						return mongotest.Rows("clients", bson.D{{Key: "n", Value: int32(1)}})
					}
					return nil
				})
				changes := []store.Change{c.change}
				if among {
					changes = append([]store.Change{store.Put{In: notes, Doc: note("n")}}, changes...)
				}
				err := s.Apply(context.Background(), changes...)
				if store.CodeOf(err) != c.code {
					t.Fatalf("among others %v: %v, want %q", among, err, c.code)
				}
				var e *store.Error
				if errors.As(err, &e) && (e.Collection != "clients" || e.ID != "c" || (e.Code == store.CodeDuplicate) != (e.Field == "cnpj")) {
					t.Errorf("among others %v: the error names %s/%s field %q", among, e.Collection, e.ID, e.Field)
				}
			})
		}
	}
}

// TestSumsBeyondInt64 come as doubles.
func TestSumsBeyondInt64(t *testing.T) {
	server, uri := mongotest.NewScripted(t, mongotest.Primary, nil)
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri, Schema: []*store.Collection{things}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	row := func(sum any) mongotest.Script {
		return first(1, "aggregate", mongotest.Rows("things", bson.D{{Key: "_id", Value: nil}, {Key: "n", Value: int32(2)}, {Key: "s0", Value: sum}}))
	}
	tally := store.Tally{In: things, Sum: []string{"demand"}}
	for _, sum := range []any{int32(7), int64(7)} {
		server.Play(row(sum))
		if rows, err := s.Tally(context.Background(), tally); err != nil || len(rows) != 1 || rows[0].Sums[0] != 7 || rows[0].Count != 2 {
			t.Errorf("a sum of type %T: %v, %v", sum, rows, err)
		}
	}
	server.Play(row(9.3e18))
	if rows, err := s.Tally(context.Background(), tally); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("a sum beyond int64: %v, %v", rows, err)
	}
}

// TestFullPool: a call that finds no free connection in its time is
// unavailable, and the pool serves again when one is free.
func TestFullPool(t *testing.T) {
	s, server := scripted(t, mongotest.Primary, "maxPoolSize=1&timeoutMS=300")
	held, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	server.Play(func(r mongotest.Request) bson.D {
		if r.Name == "find" {
			once.Do(func() { close(held); <-release })
		}
		return nil
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := s.Get(ctx, notes, "slow")
		done <- err
	}()
	<-held
	begun := time.Now()
	_, err := s.Get(context.Background(), notes, "waiting")
	if store.CodeOf(err) != store.CodeUnavailable {
		t.Errorf("with a full pool: %v", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it hung for %v", took)
	}
	close(release)
	if err := <-done; !store.IsNotFound(err) {
		t.Errorf("the slow one: %v", err)
	}
	if _, err := s.Get(ctx, notes, "after"); !store.IsNotFound(err) {
		t.Errorf("afterwards: %v", err)
	}
}

// TestCursorThatIsLost: half a page is no page.
func TestCursorThatIsLost(t *testing.T) {
	s, server := scripted(t, mongotest.Primary, "")
	row := func(id string) bson.D {
		return bson.D{{Key: "_id", Value: id}, {Key: "v", Value: int64(1)}, {Key: "body", Value: bson.D{}}}
	}
	server.Play(func(r mongotest.Request) bson.D {
		switch r.Name {
		case "find":
			return bson.D{{Key: "ok", Value: float64(1)}, {Key: "cursor", Value: bson.D{{Key: "id", Value: int64(9)},
				{Key: "ns", Value: "scripted.notes"}, {Key: "firstBatch", Value: bson.A{row("a"), row("b")}}}}}
		case "getMore":
			return mongotest.Failure(43, "CursorNotFound")
		}
		return nil
	})
	page, err := s.Find(context.Background(), store.Query{In: notes})
	if store.CodeOf(err) != store.CodeUnavailable || len(page.Docs) != 0 {
		t.Errorf("%v, %v", page, err)
	}
}
