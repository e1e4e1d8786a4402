package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

var _ = register(
	contractTest{name: "get", run: testGet},
	contractTest{name: "peek", run: testPeek},
	contractTest{name: "get many", run: testGetMany},
	contractTest{name: "bare pages", run: testBare},
	contractTest{name: "keys round trip", run: testKeys},
	contractTest{name: "bodies round trip", run: testBodies},
	contractTest{name: "refused documents", run: testRefused},
	contractTest{name: "ping", run: testPing},
	contractTest{name: "cancelled context", run: testCancelled},
)

func testGet(t *testing.T, s store.Store) {
	e := wantCode(t, second(s.Get(context.Background(), shop, "no")), store.CodeNotFound, "Get of nothing")
	if e.Collection != "shop" || e.ID != "no" {
		t.Errorf("the error names %q/%q", e.Collection, e.ID)
	}
	if !store.IsNotFound(e) {
		t.Error("IsNotFound denies it")
	}
	put(t, s, shop, "a", store.Keys{"owner": "x"})
	d := get(t, s, shop, "a")
	if d.ID != "a" || d.Version != 1 || string(d.Body) != `{"id":"a"}` || d.Keys["owner"] != "x" || len(d.Keys) != 1 {
		t.Errorf("Get: %+v", d)
	}
	if _, err := s.Get(context.Background(), bare, "a"); !store.IsNotFound(err) {
		t.Errorf("collections are not apart: %v", err)
	}
}

func testPeek(t *testing.T, s store.Store) {
	ctx := context.Background()
	peek := func(id string, fields ...string) error {
		_, _, err := s.Peek(ctx, shop, id, fields...)
		return err
	}
	e := wantCode(t, peek("no", "owner"), store.CodeNotFound, "Peek at nothing")
	if e.Collection != "shop" || e.ID != "no" {
		t.Errorf("the error names %q/%q", e.Collection, e.ID)
	}
	put(t, s, shop, "a", store.Keys{"owner": "x", "size": int64(7), "open": false, "seen": day(1), "tags": []string{"t"}})
	version, values, err := s.Peek(ctx, shop, "a", "seen", "owner", "area", "size", "open")
	if err != nil || version != 1 || !reflect.DeepEqual(values, []any{day(1), "x", nil, int64(7), false}) {
		t.Errorf("Peek: %d, %v, %v", version, values, err)
	}
	if version, values, err := s.Peek(ctx, shop, "a"); err != nil || version != 1 || len(values) != 0 {
		t.Errorf("Peek at the version alone: %d, %v, %v", version, values, err)
	}
	wantCode(t, peek("a", "tags"), store.CodeInvalid, "Peek at a multi-valued field")
	wantCode(t, peek("a", "colour"), store.CodeInvalid, "Peek at an undeclared field")
}

// testBare reads the same pages with and without documents.
func testBare(t *testing.T, s store.Store) {
	for i, id := range []string{"a", "b", "c", "d", "e"} {
		put(t, s, shop, id, store.Keys{"owner": "x", "name": id, "size": int64(i % 2)})
	}
	for _, where := range [][]store.Cond{
		{store.Is("owner", "x")}, {store.Is("owner", "x"), store.Is("size", int64(0))}, {store.Is("owner", "nobody")},
	} {
		q := store.Query{In: shop, Where: where, Sort: []string{"name"}, Limit: 2}
		for more := true; more; more = q.After != "" {
			want := find(t, s, q)
			q.Bare = true
			got := find(t, s, q)
			var text []string
			for _, d := range want.Docs {
				text = append(text, string(d.Body))
			}
			var rows []string
			for row := range got.Rows.All() {
				rows = append(rows, string(row))
			}
			if len(text) == 0 && (got.Rows.JSON != nil || len(got.Rows.Ends) != 0) {
				t.Errorf("%v: an empty page, after a full one, has rows that are not nil: %q", where, got.Rows.JSON)
			}
			if !slices.Equal(rows, text) || got.Next != want.Next || len(got.Docs) != 0 || len(want.Rows.JSON) != 0 {
				t.Errorf("%v: %s, want %v; next %q, want %q", where, got.Rows.JSON, text, got.Next, want.Next)
			}
			if joined := "[" + strings.Join(text, ",") + "]"; len(text) > 0 && string(got.Rows.JSON) != joined {
				t.Errorf("%s is not %s", got.Rows.JSON, joined)
			}
			q.Bare, q.After = false, want.Next
		}
	}
}

func second[T any](_ T, err error) error { return err }

func testGetMany(t *testing.T, s store.Store) {
	for _, id := range []string{"a", "b", "c", "d"} {
		put(t, s, shop, id, store.Keys{"owner": id}, "word")
	}
	docs, err := s.GetMany(context.Background(), shop, []string{"d", "zz", "a", "c"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range docs {
		got = append(got, d.ID+fmt.Sprint(d.Keys["owner"], d.Version))
	}
	if want := []string{"dd1", "aa1", "cc1"}; !slices.Equal(got, want) {
		t.Errorf("GetMany: %v, want %v", got, want)
	}
	bodies, err := s.Bodies(context.Background(), shop, []string{"d", "zz", "a", "c", "d"})
	if err != nil || len(bodies) != 4 {
		t.Fatal(len(bodies), err)
	}
	for n, d := range append(docs, docs[0]) {
		if b := bodies[n]; b.ID != d.ID || b.Version != d.Version || string(b.Body) != string(d.Body) || b.Keys != nil || b.Words != nil {
			t.Errorf("Bodies: %+v, want %+v without keys", b, d)
		}
	}
	if docs, err := s.GetMany(context.Background(), shop, nil); err != nil || len(docs) != 0 {
		t.Errorf("GetMany of none: %v, %v", docs, err)
	}
	if docs, err := s.Bodies(context.Background(), shop, nil); err != nil || len(docs) != 0 {
		t.Errorf("Bodies of none: %v, %v", docs, err)
	}
}

func testKeys(t *testing.T, s store.Store) {
	zone := time.FixedZone("elsewhere", -3*3600)
	in := store.Keys{
		"owner": "", "area": "São João d'El-Rei \"x\"", "size": int64(-1 << 62), "open": false,
		"seen": time.Date(2026, 10, 31, 23, 59, 59, 999_999_999, zone), "tags": []string{"b", "a", "b", "ç"},
	}
	want := store.Keys{
		"owner": "", "area": "São João d'El-Rei \"x\"", "size": int64(-1 << 62), "open": false,
		"seen": time.Date(2026, 11, 1, 2, 59, 59, 999_000_000, time.UTC), "tags": []string{"b", "a", "b", "ç"},
	}
	put(t, s, shop, "a", in, "um", "dois")
	put(t, s, shop, "b", store.Keys{"owner": "", "seen": time.Date(1969, 12, 31, 23, 59, 59, 500_000_000, time.UTC), "tags": []string{}})
	if got := get(t, s, shop, "a").Keys; !reflect.DeepEqual(got, want) {
		t.Errorf("Get: %#v\nwant %#v", got, want)
	}
	if got := get(t, s, shop, "a").Words; !slices.Equal(got, []string{"um", "dois"}) {
		t.Errorf("words: %v", got)
	}
	b := get(t, s, shop, "b").Keys
	if _, ok := b["tags"]; ok {
		t.Error("an empty list is not missing")
	}
	if got := b["seen"]; got != time.Date(1969, 12, 31, 23, 59, 59, 500_000_000, time.UTC) {
		t.Errorf("before 1970: %v", got)
	}
	q := store.Query{In: shop, Where: []store.Cond{store.Is("owner", "")}}
	page, err := s.Find(context.Background(), q)
	if err != nil || len(page.Docs) != 2 || page.Docs[0].Keys != nil {
		t.Fatalf("Find: %+v, %v", page, err)
	}
	q.WithKeys = true
	page, err = s.Find(context.Background(), q)
	if err != nil || len(page.Docs) != 2 || !reflect.DeepEqual(page.Docs[0].Keys, want) || page.Docs[0].Version != 1 ||
		!slices.Equal(page.Docs[0].Words, []string{"um", "dois"}) {
		t.Fatalf("Find with keys: %+v, %v", page, err)
	}
}

func testBodies(t *testing.T, s store.Store) {
	for n, body := range []string{
		`{}`,
		`{"z":1,"a":{"y":[1,2.5,-3e10,true,false,null,"x"],"b":{}},"m":[],"empty":""}`,
		`{"text":"ação \"quoted\" \\ / \n tab\t","emoji":"😀","big":9007199254740993,"neg":-1}`,
		`{"id":"mine","version":7,"keys":{"a":1},"words":["w"],"body":{"id":1}}`,
		`{"deep":` + strings.Repeat(`{"d":`, 40) + `1` + strings.Repeat(`}`, 40) + `}`,
	} {
		id := fmt.Sprintf("b%d", n)
		apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: id, Body: []byte(body)}})
		sameJSON(t, get(t, s, bare, id).Body, body)
		page, err := s.Find(context.Background(), store.Query{In: bare, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		sameJSON(t, page.Docs[n].Body, body)
	}
}

// sameJSON compares values, exact numbers and the order of members.
func sameJSON(t testing.TB, got []byte, want string) {
	t.Helper()
	a, b := tokens(t, got), tokens(t, []byte(want))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("body %s\nwant %s", got, want)
	}
}

func tokens(t testing.TB, b []byte) (list []any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	for {
		tok, err := dec.Token()
		if err != nil {
			if err.Error() != "EOF" {
				t.Fatalf("%s: %v", b, err)
			}
			return list
		}
		if n, ok := tok.(json.Number); ok {
			if f, err := n.Float64(); err == nil && strings.ContainsAny(n.String(), ".eE") {
				tok = f // 2.50 and 2.5 are one number
			}
		}
		list = append(list, tok)
	}
}

func testRefused(t *testing.T, s store.Store) {
	body := []byte(`{}`)
	long := append(append([]byte(`{"a":"`), bytes.Repeat([]byte("x"), store.MaxDocument-8)...), `"}`...)
	for _, c := range []struct {
		name string
		doc  store.Doc
	}{
		{"no id", store.Doc{Body: body}},
		{"no body", store.Doc{ID: "x"}},
		{"not an object", store.Doc{ID: "x", Body: []byte(`[1]`)}},
		{"not JSON", store.Doc{ID: "x", Body: []byte(`{"a":}`)}},
		{"too large", store.Doc{ID: "x", Body: append(long, ' ')}},
		{"undeclared field", store.Doc{ID: "x", Body: body, Keys: store.Keys{"nope": "x"}}},
		{"int for int64", store.Doc{ID: "x", Body: body, Keys: store.Keys{"size": 5}}},
		{"string for a time", store.Doc{ID: "x", Body: body, Keys: store.Keys{"seen": "2026-01-01"}}},
		{"string for strings", store.Doc{ID: "x", Body: body, Keys: store.Keys{"tags": "x"}}},
		{"nil value", store.Doc{ID: "x", Body: body, Keys: store.Keys{"owner": nil}}},
		{"negative version", store.Doc{ID: "x", Body: body, Version: -1}},
	} {
		err := s.Apply(context.Background(), store.Put{In: shop, Doc: doc("y", nil)}, store.Put{In: shop, Doc: c.doc})
		wantCode(t, err, store.CodeInvalid, c.name)
	}
	if _, err := s.Get(context.Background(), shop, "y"); !store.IsNotFound(err) {
		t.Errorf("a refused Apply left something: %v", err)
	}
	apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: "long", Body: long}})
	if got := get(t, s, bare, "long"); !bytes.Equal(got.Body, long) {
		t.Errorf("a document of the largest size comes back with %d bytes", len(got.Body))
	}
	wantCode(t, s.Apply(context.Background(), store.Put{In: bare, Doc: doc("x", nil, "word")}), store.CodeInvalid, "words without Search")
}

func testPing(t *testing.T, s store.Store) {
	if err := s.Ping(context.Background()); err != nil {
		t.Error(err)
	}
}

func testCancelled(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for name, err := range map[string]error{
		"Get":   second(s.Get(ctx, bare, "x")),
		"Find":  second(s.Find(ctx, store.Query{In: bare})),
		"Apply": s.Apply(ctx, store.Put{In: bare, Doc: doc("x", nil)}),
		"Lease": second(s.Lease(ctx, "l", "me", time.Minute)),
	} {
		if store.CodeOf(err) != store.CodeUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Get(context.Background(), bare, "x"); !store.IsNotFound(err) {
		t.Errorf("a cancelled Apply wrote: %v", err)
	}
}
