package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// The suite's own small schema. Shop has every kind of field; log is kept in
// the order of an index; bare has nothing.
var (
	shop = &store.Collection{
		Name: "shop",
		Fields: []store.Field{
			{Name: "owner", Kind: store.String},
			{Name: "area", Kind: store.String},
			{Name: "name", Kind: store.String},
			{Name: "code", Kind: store.String},
			{Name: "size", Kind: store.Int},
			{Name: "seen", Kind: store.Time},
			{Name: "open", Kind: store.Bool},
			{Name: "tags", Kind: store.Strings},
		},
		Indexes: []store.Index{
			{Fields: []string{"owner", "name"}},
			{Fields: []string{"owner", "-seen"}},
			{Fields: []string{"name"}},
			{Fields: []string{"-seen"}},
			{Fields: []string{"size", "-seen"}},
			{Fields: []string{"-size", "name"}},
			{Fields: []string{"owner"}},
			{Fields: []string{"owner", "area", "size"}},
			{Fields: []string{"tags", "-seen"}},
			{Fields: []string{"tags"}},
			{Fields: []string{"code"}, Unique: true},
			{Fields: []string{"owner", "area", "code"}, Unique: true},
		},
		Search: true, SearchBy: []string{"owner", "name", "size"},
	}
	logs = &store.Collection{
		Name:    "log",
		Fields:  []store.Field{{Name: "client", Kind: store.String}, {Name: "at", Kind: store.Time}, {Name: "kind", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"client", "-at"}}, {Fields: []string{"kind", "-at"}}},
		Cluster: 1,
	}
	bare     = &store.Collection{Name: "bare"}
	addr     = &store.Collection{Name: "addr", Fields: []store.Field{{Name: "mails", Kind: store.Strings}}, Indexes: []store.Index{{Fields: []string{"mails"}, Unique: true}}}
	numbered = &store.Collection{
		Name:    "numbered",
		Fields:  []store.Field{{Name: "number", Kind: store.Int}, {Name: "at", Kind: store.Time}},
		Indexes: []store.Index{{Fields: []string{"number", "at"}, Unique: true}},
	}
	desks = &store.Collection{
		Name: "desks",
		Fields: []store.Field{
			{Name: "agent", Kind: store.String}, {Name: "acting", Kind: store.String},
			{Name: "name", Kind: store.String}, {Name: "at", Kind: store.Time}, {Name: "size", Kind: store.Int},
		},
		Indexes: []store.Index{
			{Fields: []string{"agent", "name"}}, {Fields: []string{"agent", "-at"}},
			{Fields: []string{"acting", "name"}, Sparse: true}, {Fields: []string{"acting", "-at"}, Sparse: true},
		},
		Search: true,
	}
	schema = []*store.Collection{shop, logs, bare, addr, numbered, desks}
)

// day is an instant with milliseconds, n days into the suite's calendar.
func day(n int) time.Time {
	return time.Date(2026, 3, 1, 12, 30, 15, 123_000_000, time.UTC).AddDate(0, 0, n)
}

// put inserts a document whose body names its id, so that bodies tell apart.
func put(t testing.TB, s store.Store, in *store.Collection, id string, keys store.Keys, words ...string) {
	t.Helper()
	apply(t, s, store.Put{In: in, Doc: doc(id, keys, words...)})
}

func doc(id string, keys store.Keys, words ...string) store.Doc {
	return store.Doc{ID: id, Keys: keys, Words: words, Body: fmt.Appendf(nil, `{"id":%q}`, id)}
}

func apply(t testing.TB, s store.Store, changes ...store.Change) {
	t.Helper()
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

// wantCode fails unless err is a store error of this code.
func wantCode(t testing.TB, err error, code store.Code, of string) *store.Error {
	t.Helper()
	if got := store.CodeOf(err); got != code {
		t.Fatalf("%s: code %q (%v), want %q", of, got, err, code)
	}
	e, ok := err.(*store.Error)
	if !ok {
		t.Fatalf("%s: the error is a %T, want *store.Error", of, err)
	}
	return e
}

func get(t testing.TB, s store.Store, in *store.Collection, id string) store.Doc {
	t.Helper()
	d, err := s.Get(context.Background(), in, id)
	if err != nil {
		t.Fatalf("Get %s: %v", id, err)
	}
	return d
}

func find(t testing.TB, s store.Store, q store.Query) store.Page {
	t.Helper()
	page, err := s.Find(context.Background(), q)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	return page
}

// ids walks all pages of a query, limit by limit, and returns what it saw.
func ids(t testing.TB, s store.Store, q store.Query) []string {
	t.Helper()
	got := []string{}
	for pages := 0; ; pages++ {
		page := find(t, s, q)
		for _, d := range page.Docs {
			got = append(got, d.ID)
		}
		if page.Next == "" {
			return got
		}
		if q.After = page.Next; pages > 1000 {
			t.Fatal("paging does not end")
		}
	}
}
