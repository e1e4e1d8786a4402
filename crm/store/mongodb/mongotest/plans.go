package mongotest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Plans keeps one query of each shape that a store sends, to ask the server at
// the end how it answers them: whatever a test of the program asks, as whichever
// role, must be answered from an index.
type Plans struct {
	mu     sync.Mutex
	shapes map[string]bson.D
}

// WatchPlans fails a test at its end if the real deployment would scan a
// collection or sort in memory for a query that it made. It returns next with
// that added; the double, which explains nothing, is not watched.
func WatchPlans(t testing.TB, uri string, next *event.CommandMonitor) *event.CommandMonitor {
	if !Real() {
		return next
	}
	p := &Plans{}
	t.Cleanup(func() {
		client, err := mongo.Connect(options.Client().ApplyURI(uri))
		if err != nil {
			t.Error(err)
			return
		}
		ctx := context.Background()
		defer func() { _ = client.Disconnect(ctx) }()
		slow, err := p.Slow(ctx, client.Database(DatabaseOf(uri)))
		if err != nil {
			t.Error(err)
		}
		for _, s := range slow {
			t.Error("no index serves " + s)
		}
	})
	return p.Monitor(next)
}

// Monitor notes queries and passes every command on to next, if there is one.
func (p *Plans) Monitor(next *event.CommandMonitor) *event.CommandMonitor {
	m := &event.CommandMonitor{}
	if next != nil {
		*m = *next
	}
	m.Started = func(ctx context.Context, e *event.CommandStartedEvent) {
		if e.CommandName == "find" || e.CommandName == "aggregate" {
			p.note(e.CommandName, e.Command)
		}
		if next != nil && next.Started != nil {
			next.Started(ctx, e)
		}
	}
	return m
}

// explained are the members of a query that its plan hangs on.
var explained = []string{"find", "aggregate", "filter", "pipeline", "sort", "skip", "limit", "hint", "projection", "cursor"}

func (p *Plans) note(name string, command bson.Raw) {
	var d bson.D
	if err := bson.Unmarshal(command, &d); err != nil {
		return
	}
	d = slices.DeleteFunc(d, func(e bson.E) bool { return !slices.Contains(explained, e.Key) })
	if unordered(d) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shapes == nil {
		p.shapes = map[string]bson.D{}
	}
	p.shapes[shape(d)] = d
}

// unordered says that a query reads everything on purpose (a tally of a whole
// collection, a change stream), or finds by words, whose order is in no index.
func unordered(d bson.D) bool {
	text := shape(d)
	return strings.Contains(text, "words") || strings.Contains(text, "$changeStream") ||
		strings.HasPrefix(text, "{aggregate:") && strings.Contains(text, "{$match:{}}")
}

// shape is a query without its values: names, operators, numbers of sort and
// hints stay.
func shape(v any) string {
	switch v := v.(type) {
	case bson.D:
		var parts []string
		for _, e := range v {
			text := shape(e.Value)
			if s, ok := e.Value.(string); ok && (e.Key == "find" || e.Key == "aggregate" || e.Key == "hint") {
				text = s
			}
			if e.Key == "sort" || e.Key == "$sort" {
				text = fmt.Sprint(e.Value)
			}
			parts = append(parts, e.Key+":"+text)
		}
		return "{" + strings.Join(parts, " ") + "}"
	case bson.A:
		var parts []string
		for _, x := range v {
			if text := shape(x); !slices.Contains(parts, text) {
				parts = append(parts, text)
			}
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	return "?"
}

// Slow explains what was noted and returns the queries that the server answers
// with a scan of the collection or a sort in memory.
func (p *Plans) Slow(ctx context.Context, db *mongo.Database) (slow []string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, command := range p.shapes {
		raw, err := db.RunCommand(ctx, bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
		if err != nil {
			return slow, fmt.Errorf("explaining %s: %w", name, err)
		}
		for _, bad := range []string{"COLLSCAN", "SORT"} {
			if slices.Contains(stages(raw, false), bad) {
				slow = append(slow, name+": "+bad)
			}
		}
	}
	slices.Sort(slow)
	return slow, nil
}

// stages are those of winning plans, wherever an explanation holds them.
func stages(doc bson.Raw, winning bool) (list []string) {
	elements, err := doc.Elements()
	if err != nil {
		return nil
	}
	for _, e := range elements {
		if e.Key() == "rejectedPlans" {
			continue
		}
		inside := winning || e.Key() == "winningPlan"
		switch v := e.Value(); v.Type {
		case bson.TypeEmbeddedDocument:
			list = append(list, stages(v.Document(), inside)...)
		case bson.TypeArray:
			list = append(list, stages(bson.Raw(v.Array()), inside)...)
		case bson.TypeString:
			if inside && e.Key() == "stage" {
				list = append(list, v.StringValue())
			}
		}
	}
	return list
}
