package mongodb_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
)

var things = &store.Collection{
	Name: "things",
	Fields: []store.Field{
		{Name: "agent", Kind: store.String}, {Name: "demand", Kind: store.Int}, {Name: "seen", Kind: store.Time},
		{Name: "active", Kind: store.Bool}, {Name: "mails", Kind: store.Strings},
	},
	Indexes: []store.Index{{Fields: []string{"agent", "-seen"}}},
	Search:  true,
}

func thing() store.Doc {
	return store.Doc{ID: "t1", Words: []string{"acme", "ltda"}, Body: []byte(`{"name":"Acme & <Cia>","demand":500000,"tariff":1.50,"at":"2026-11-22T10:00:00Z","a.b":[1,{"c":null}]}`),
		Keys: store.Keys{"agent": "maria", "demand": int64(500000), "seen": time.Date(2026, 11, 22, 10, 0, 0, 5e6, time.UTC),
			"active": false, "mails": []string{"z@acme.com.br", "a@acme.com.br"}}}
}

// TestDocumentsAreReadable looks into the database as a person in the shell
// does.
func TestDocumentsAreReadable(t *testing.T) {
	s, _, _ := pretended(t, []*store.Collection{things}, "")
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: things, Doc: thing()}); err != nil {
		t.Fatal(err)
	}
	raw, err := s.Database().Collection("things").FindOne(ctx, bson.D{}).Raw()
	if err != nil {
		t.Fatal(err)
	}
	elements, err := raw.Elements()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range elements {
		got = append(got, fmt.Sprintf("%s %s", e.Key(), e.Value().Type))
	}
	want := []string{"_id string", "v 64-bit integer", "agent string", "demand 64-bit integer", "seen UTC datetime",
		"active boolean", "mails array", "words array", "body embedded document", "exact embedded document"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the document has\n%q, want\n%q", got, want)
	}
	d, err := s.Get(ctx, things, "t1")
	if err != nil {
		t.Fatal(err)
	}
	wanted := thing()
	wanted.Version = 1
	if !reflect.DeepEqual(d, wanted) {
		t.Errorf("came back as\n%+v (%s), was\n%+v (%s)", d, d.Body, wanted, wanted.Body)
	}
}

// TestPatchedMembers: exact texts follow the members that they belong to.
func TestPatchedMembers(t *testing.T) {
	s, _, _ := pretended(t, []*store.Collection{things}, "")
	ctx := context.Background()
	if err := s.Apply(ctx, store.Put{In: things, Doc: thing()}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		body map[string][]byte
		want string
	}{
		{map[string][]byte{"tariff": []byte(`2`), "a.b": nil}, `{"name":"Acme & <Cia>","demand":500000,"tariff":2,"at":"2026-11-22T10:00:00Z"}`},
		{map[string][]byte{"x.$y": []byte(`{"k":1e2}`), "tariff": []byte(`2.0`), "at": nil, "name": []byte(`"N"`)}, `{"name":"N","demand":500000,"tariff":2.0,"x.$y":{"k":1e2}}`},
		{map[string][]byte{"x.$y": []byte(`7`), "tariff": nil}, `{"name":"N","demand":500000,"x.$y":7}`},
	} {
		if err := s.Apply(ctx, store.Patch{In: things, ID: "t1", Body: c.body}); err != nil {
			t.Fatal(err)
		}
		if d, err := s.Get(ctx, things, "t1"); err != nil || string(d.Body) != c.want || d.Version != 1 {
			t.Errorf("version %d, %v\n%s, want\n%s", d.Version, err, d.Body, c.want)
		}
	}
}

// TestForeignDocuments: what somebody else put into the collection is an error
// that says so, not an empty answer.
func TestForeignDocuments(t *testing.T) {
	s, _, _ := pretended(t, []*store.Collection{things}, "")
	ctx := context.Background()
	if _, err := s.Database().Collection("things").InsertOne(ctx, bson.D{{Key: "_id", Value: "x"}, {Key: "hello", Value: "there"}}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Get(ctx, things, "x")
	if e, ok := err.(*store.Error); !ok || e.Code != store.CodeInvalid || e.ID != "x" {
		t.Errorf("%v", err)
	}
	if _, err := s.Find(ctx, store.Query{In: things}); store.CodeOf(err) != store.CodeInvalid {
		t.Errorf("Find: %v", err)
	}
}
