package mongodb_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
)

var entries = &store.Collection{
	Name: "entries", Shard: "client",
	Fields:  []store.Field{{Name: "client", Kind: store.String}},
	Indexes: []store.Index{{Fields: []string{"client"}}},
}

func entry(id, client string, version int64) store.Doc {
	return store.Doc{ID: id, Version: version, Keys: store.Keys{"client": client}, Body: []byte(`{}`)}
}

// TestWritesNameTheShardKey: behind a router each write of a parted collection
// names the key that is stored, and an insert looks first whether another shard
// has the id.
func TestWritesNameTheShardKey(t *testing.T) {
	server, uri := mongotest.NewScripted(t, mongotest.Router, nil)
	s, err := mongodb.Open(context.Background(), mongodb.Options{URI: uri, Schema: []*store.Collection{entries}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	stored := mongotest.Rows("entries", bson.D{{Key: "_id", Value: "e"}, {Key: "v", Value: int64(3)}, {Key: "client", Value: "old"}, {Key: "body", Value: bson.D{}}})
	bare := mongotest.Rows("entries", bson.D{{Key: "_id", Value: "e"}, {Key: "v", Value: int64(3)}, {Key: "body", Value: bson.D{}}})
	for _, c := range []struct {
		name   string
		change store.Change
		found  bson.D
		code   store.Code
		filter string // of the write; "" for none
	}{
		{"a new client", store.Put{In: entries, Doc: entry("e", "new", 3)}, stored, "", `"client": "old"`},
		{"the first client", store.Put{In: entries, Doc: entry("e", "new", 3)}, bare, "", `"client": null`},
		{"a deletion", store.Delete{In: entries, ID: "e", Version: 3}, stored, "", ""},
		{"an id that another shard has", store.Put{In: entries, Doc: entry("e", "new", 0)}, stored, store.CodeConflict, ""},
		{"one that is there", store.InsertIfAbsent{In: entries, Doc: entry("e", "new", 0)}, stored, "", ""},
	} {
		server.Play(func(r mongotest.Request) bson.D {
			if r.Name == "find" {
				return c.found
			}
			return nil
		})
		if err := s.Apply(context.Background(), c.change); store.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %q", c.name, err, c.code)
		}
		if slices.Contains(server.Names(), "insert") {
			t.Errorf("%s inserts a second one: %v", c.name, server.Names())
		}
		for _, r := range server.Seen() {
			if r.Name == "update" && !strings.Contains(r.Documents[0].Lookup("q").String(), c.filter) {
				t.Errorf("%s: the filter is %s", c.name, r.Documents[0].Lookup("q"))
			}
		}
	}
}
