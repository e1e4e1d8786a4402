package mongotest

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// explaining answers explain with a plan whose inner stage is stage, and a
// rejected one that scans.
func explaining(stage string) Script {
	return func(r Request) bson.D {
		if r.Name != "explain" {
			return nil
		}
		plan := bson.D{{Key: "winningPlan", Value: bson.D{{Key: "stage", Value: "FETCH"},
			{Key: "inputStage", Value: bson.D{{Key: "stage", Value: stage}}}}},
			{Key: "rejectedPlans", Value: bson.A{bson.D{{Key: "stage", Value: "COLLSCAN"}}}}}
		return ok(bson.E{Key: "stages", Value: bson.A{bson.D{{Key: "$cursor", Value: bson.D{{Key: "queryPlanner", Value: plan}}}}}})
	}
}

func TestPlansTellScansAndSorts(t *testing.T) {
	server, uri := NewScripted(t, Primary, nil)
	p := &Plans{}
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetMonitor(p.Monitor(nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	db := client.Database("scripted")
	for _, agent := range []string{"ana", "rui"} { // one shape
		if _, err := db.Collection("clients").Find(t.Context(), bson.D{{Key: "agent", Value: agent}}, options.Find().SetSort(bson.D{{Key: "name", Value: 1}})); err != nil {
			t.Fatal(err)
		}
	}
	for _, pipeline := range []bson.A{
		{bson.D{{Key: "$match", Value: bson.D{}}}},                               // of everything, on purpose
		{bson.D{{Key: "$match", Value: bson.D{{Key: "words", Value: "a"}}}}},     // found by words
		{bson.D{{Key: "$match", Value: bson.D{{Key: "sector", Value: "mine"}}}}}, // by an index
	} {
		if _, err := db.Collection("clients").Aggregate(t.Context(), pipeline); err != nil {
			t.Fatal(err)
		}
	}
	for stage, want := range map[string]int{"IXSCAN": 0, "COLLSCAN": 2, "SORT": 2} {
		server.Play(explaining(stage))
		slow, err := p.Slow(t.Context(), db)
		if err != nil || len(slow) != want {
			t.Errorf("%s: %v %v, want %d", stage, slow, err, want)
		}
		if got := strings.Join(slow, "\n"); strings.Contains(got, "ana") || strings.Contains(got, "rui") || want > 0 && !strings.Contains(got, "agent:?") {
			t.Errorf("%s", got)
		}
	}
	server.Play(func(Request) bson.D { return Failure(2, "bad hint") })
	if _, err := p.Slow(t.Context(), db); err == nil {
		t.Error("an index that is not there is no error")
	}
}
