package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

// TestMongoDBIsReadable looks at what the demonstration left in MongoDB as a
// person in the shell or a BI tool does: real types under the names of the API,
// and nothing that only this program can read.
func TestMongoDBIsReadable(t *testing.T) {
	cheaply(t)
	ctx := context.Background()
	s, err := mongodb.Open(ctx, mongodb.Options{URI: mongotest.URI(t), Schema: crm.Schema(), AllowNoTransactions: !mongotest.Real()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if _, err := Fill(ctx, crm.New(crm.Deps{Store: s}), Options{Seed: 3, Clients: 6, Today: today}); err != nil {
		t.Fatal(err)
	}
	filled, dates, numbers := 0, 0, 0
	for _, c := range crm.Schema() {
		cursor, err := s.Database().Collection(c.Name).Find(ctx, bson.D{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for cursor.Next(ctx) {
			n++
			r := &reading{t: t, at: fmt.Sprintf("%s/%v", c.Name, cursor.Current.Lookup("_id"))}
			r.document(c, cursor.Current)
			dates, numbers = dates+r.dates, numbers+r.numbers
		}
		if err := cursor.Err(); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			filled++
		}
	}
	if filled < 8 || dates < 100 || numbers < 100 {
		t.Errorf("%d collections, %d dates and %d integers were looked at", filled, dates, numbers)
	}
}

type reading struct {
	t              *testing.T
	at             string
	dates, numbers int
}

var kinds = map[store.Kind]bson.Type{store.String: bson.TypeString, store.Int: bson.TypeInt64, store.Time: bson.TypeDateTime,
	store.Bool: bson.TypeBoolean, store.Strings: bson.TypeArray}

func (r *reading) document(c *store.Collection, raw bson.Raw) {
	elements, err := raw.Elements()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range elements {
		want := map[string]bson.Type{"_id": bson.TypeString, "v": bson.TypeInt64, "body": bson.TypeEmbeddedDocument, "words": bson.TypeArray}[e.Key()]
		if f, ok := c.Field(e.Key()); ok {
			want = kinds[f.Kind]
		}
		if e.Value().Type != want {
			r.t.Errorf("%s: %s is a %s, want %s", r.at, e.Key(), e.Value().Type, want)
		}
	}
	r.members(raw.Lookup("body").Document())
}

func (r *reading) members(doc bson.Raw) {
	elements, err := doc.Elements()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range elements {
		r.value(e.Key(), e.Value())
	}
}

func (r *reading) value(name string, v bson.RawValue) {
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		r.members(v.Document())
	case bson.TypeArray:
		r.members(bson.Raw(v.Array()))
	case bson.TypeDateTime:
		r.dates++
	case bson.TypeInt64:
		r.numbers++
	case bson.TypeDouble, bson.TypeBoolean, bson.TypeNull:
	case bson.TypeString:
		r.text(name, v.StringValue())
	default:
		r.t.Errorf("%s: %s is a %s", r.at, name, v.Type)
	}
}

// text refuses a document in a string, and an instant that is no date.
func (r *reading) text(name, s string) {
	if strings.HasPrefix(s, "{") && json.Valid([]byte(s)) {
		r.t.Errorf("%s: %s holds a document as text: %.60s", r.at, name, s)
	}
	if len(s) > 19 && len(s) < 30 && s[4] == '-' && s[10] == 'T' && strings.HasSuffix(s, "Z") && !slices.Contains(strings.Split(s, ""), " ") {
		r.t.Errorf("%s: %s is an instant as text: %s", r.at, name, s)
	}
}
