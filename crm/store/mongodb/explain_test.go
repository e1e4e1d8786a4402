package mongodb

import (
	"context"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/plan"
)

// TestWalksAreServed: each way in which doctor walks an index of the program is
// one that the port takes, over that index.
func TestWalksAreServed(t *testing.T) {
	for _, c := range crm.Schema() {
		list := walks(c)
		for i, query := range list {
			q, err := plan.Find(query)
			if err != nil {
				t.Errorf("%s %s: %v", c.Name, describe(query), err)
				continue
			}
			if i > 0 && i <= len(c.Indexes) && q.Index < 0 {
				t.Errorf("%s %s does not walk an index", c.Name, describe(query))
			}
		}
		if len(list) < 1+len(c.Indexes) {
			t.Errorf("%s: %d walks of %d indexes", c.Name, len(list), len(c.Indexes))
		}
	}
}

func winning(stages ...string) bson.D {
	plan := bson.D{{Key: "isCached", Value: false}}
	for i := len(stages) - 1; i >= 0; i-- {
		inner := plan
		plan = bson.D{{Key: "stage", Value: stages[i]}, {Key: "inputStage", Value: inner}}
	}
	return bson.D{{Key: "ok", Value: float64(1)}, {Key: "queryPlanner", Value: bson.D{{Key: "winningPlan", Value: plan}}}}
}

func TestUnservedQueriesAreShown(t *testing.T) {
	people := &store.Collection{
		Name:    "people",
		Fields:  []store.Field{{Name: "client", Kind: store.String}, {Name: "at", Kind: store.Time}, {Name: "mail", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"client", "-at"}}, {Fields: []string{"mail"}, Unique: true}},
		Search:  true,
	}
	server, uri := mongotest.NewScripted(t, mongotest.Primary, nil)
	s, err := Open(context.Background(), Options{URI: uri, Schema: []*store.Collection{people}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	good := func(words bool) bson.D {
		if words {
			return winning("SORT", "FETCH", "IXSCAN")
		}
		return winning("LIMIT", "FETCH", "IXSCAN")
	}
	for _, c := range []struct {
		name, sort string // the walk that is answered otherwise
		answer     bson.D
		want       string
	}{
		{"all is well", "none", nil, ""},
		{"a scan", "at", winning("SORT", "COLLSCAN"), "client= by -at: COLLSCAN"},
		{"a sort on a shard", "at", bson.D{{Key: "ok", Value: float64(1)}, {Key: "queryPlanner", Value: bson.D{{Key: "winningPlan", Value: bson.D{
			{Key: "stage", Value: "SHARD_MERGE_SORT"}, {Key: "shards", Value: bson.A{bson.D{{Key: "winningPlan", Value: bson.D{{Key: "queryPlan", Value: bson.D{{Key: "stage", Value: "SORT"}}}}}}}}}}}}}, "client= by -at: SORT"},
		{"a hint on nothing", "at", mongotest.Failure(2, "hint provided does not correspond to an existing index"), "client= by -at: its index is not there"},
		{"no answer", "at", bson.D{{Key: "ok", Value: float64(1)}}, "client= by -at: the server does not tell"},
	} {
		server.Play(func(r mongotest.Request) bson.D {
			switch r.Name {
			case "aggregate": // the estimate of the number of documents, on some versions
				return mongotest.Rows("people", bson.D{{Key: "n", Value: int32(9)}})
			case "count":
				return bson.D{{Key: "ok", Value: float64(1)}, {Key: "n", Value: int32(9)}}
			case "listIndexes":
				row := func(name string) bson.D {
					return bson.D{{Key: "v", Value: int32(2)}, {Key: "key", Value: bson.D{{Key: "x", Value: int32(1)}}}, {Key: "name", Value: name}}
				}
				return mongotest.Rows("people", row("_id_"), row("client,-at"), row("words"), row("old"))
			case "explain":
				asked := r.Body.Lookup("explain").Document()
				if _, err := asked.LookupErr("sort", c.sort); err == nil {
					return c.answer
				}
				return good(strings.Contains(asked.String(), fieldWords))
			}
			return nil
		})
		stats, err := s.Stats(context.Background())
		if err != nil || len(stats) != 1 {
			t.Fatalf("%s: %v, %v", c.name, stats, err)
		}
		st := stats[0]
		if got := strings.Join(st.Unserved, "; "); got != c.want || !st.Explained {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if st.Documents != 9 || st.Indexes != 4 || strings.Join(st.Missing, " ") != "unique:mail" || strings.Join(st.Surplus, " ") != "old" {
			t.Errorf("%s: %+v", c.name, st)
		}
		for _, word := range []string{"people", "9 documents", "4 indexes", "missing: unique:mail", "surplus: old", c.want} {
			if !strings.Contains(st.String(), word) {
				t.Errorf("%s: the line lacks %q: %s", c.name, word, st)
			}
		}
	}
}
