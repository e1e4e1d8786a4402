package mongodb

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Stat is what doctor shows of a collection.
type Stat struct {
	Collection string
	Documents  int64    // an estimate from the server's own count
	Indexes    int      // that are there, the id's among them
	Missing    []string // declared indexes that are not there
	Surplus    []string // indexes that nothing declares
	// Unserved are the ways to walk a declared index that the server answers
	// with a scan of the collection or a sort in memory, or not at all.
	Unserved []string
	// Explained says that the server told how it answers; the protocol double
	// does not.
	Explained bool
}

// Stats describes every declared collection. Errors are CodeUnavailable.
func (s *Store) Stats(ctx context.Context) ([]Stat, error) {
	done, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	var stats []Stat
	for _, c := range s.schema {
		stat, err := s.stat(ctx, c)
		if err != nil {
			return nil, wrap(c, "", err)
		}
		stats = append(stats, stat)
	}
	return stats, nil
}

func (s *Store) stat(ctx context.Context, c *store.Collection) (Stat, error) {
	n, err := s.coll(c).EstimatedDocumentCount(ctx)
	if err != nil {
		return Stat{}, err
	}
	have, err := s.indexes(ctx, c)
	if err != nil {
		return Stat{}, err
	}
	want := declared(c)
	stat := Stat{Collection: c.Name, Documents: n, Indexes: len(have) + 1, Missing: without(want, have), Surplus: without(have, want)}
	if s.double || n == 0 && have == nil {
		return stat, nil
	}
	for _, q := range walks(c) {
		stages, err := s.explainQuery(ctx, q)
		if err != nil {
			return Stat{}, err
		}
		stat.Explained = true
		if len(q.Words) > 0 { // what was found by words is sorted, it is in no order
			stages = slices.DeleteFunc(stages, func(x string) bool { return x == "SORT" })
		}
		if bad := unserved(stages); bad != "" {
			stat.Unserved = append(stat.Unserved, describe(q)+": "+bad)
		}
	}
	return stat, nil
}

// walks are the queries of one page that a collection's indexes are declared
// for: for each index the fields before the sorted ones compared, then sorted;
// the search; the walk by id.
func walks(c *store.Collection) []store.Query {
	list := []store.Query{{In: c}}
	for _, ix := range c.Indexes {
		lead := sortsFrom(c, ix)
		q := store.Query{In: c, Sort: ix.Fields[lead:]}
		for _, name := range ix.Fields[:lead] {
			f, _ := c.Field(strings.TrimPrefix(name, "-"))
			q.Where = append(q.Where, store.Is(f.Name, sample(f.Kind)))
		}
		if ix.Sparse && lead == 0 { // it serves only who asks for the field
			q.Where = append(q.Where, store.Has(strings.TrimPrefix(ix.Fields[0], "-")))
		}
		list = append(list, q)
	}
	if c.Search {
		list = append(list, store.Query{In: c, Words: []string{"a", "b"}})
	}
	return list
}

// sortsFrom is the place of the first field that a page over an index sorts by:
// the last field, and the one before it when that goes downwards. A unique index
// is asked for one value.
func sortsFrom(c *store.Collection, ix store.Index) int {
	n := len(ix.Fields)
	if f, _ := c.Field(ix.Fields[n-1]); ix.Unique || f.Kind == store.Strings {
		return n
	}
	if n > 1 && strings.HasPrefix(ix.Fields[n-2], "-") {
		return n - 2
	}
	return n - 1
}

func sample(kind store.Kind) any {
	switch kind {
	case store.Int:
		return int64(1)
	case store.Time:
		return time.UnixMilli(0).UTC()
	case store.Bool:
		return true
	}
	return "a"
}

func describe(q store.Query) string {
	var parts []string
	for _, w := range q.Where {
		parts = append(parts, w.Field+"=")
	}
	if len(q.Words) > 0 {
		parts = append(parts, "words")
	}
	if len(q.Sort) > 0 {
		parts = append(parts, "by "+strings.Join(q.Sort, ","))
	}
	if len(parts) == 0 {
		return "by id"
	}
	return strings.Join(parts, " ")
}

// explainQuery asks the server for the stages of its answer to a query's first
// page. A hint on an index that is not there is told as such.
func (s *Store) explainQuery(ctx context.Context, query store.Query) (stages []string, err error) {
	q, err := plan.Find(query)
	if err != nil {
		return nil, err
	}
	walk := slices.Concat(where(q.In, q.Equal), where(q.In, q.Range))
	command, err := findCommand(q.In, all(walk, words(q.Words)), s.walkOptions(q).SetLimit(int64(q.Limit)+1))
	if err != nil {
		return nil, err
	}
	raw, err := s.db.RunCommand(ctx, bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
	if err != nil {
		if e, ok := err.(mongo.CommandError); ok && slices.Contains(invalidCodes, int(e.Code)) {
			return []string{noIndex}, nil
		}
		return nil, err
	}
	return stagesOf(raw.Lookup("queryPlanner", "winningPlan"), nil), nil
}

const noIndex = "its index is not there"

// stagesOf collects the stages of a plan, whatever it is wrapped in (shards, the
// slot-based engine).
func stagesOf(v bson.RawValue, list []string) []string {
	var inner bson.Raw
	switch v.Type {
	case bson.TypeEmbeddedDocument:
		inner = v.Document()
	case bson.TypeArray:
		inner = bson.Raw(v.Array())
	default:
		return list
	}
	elements, err := inner.Elements()
	if err != nil {
		return list
	}
	for _, e := range elements {
		if name, ok := e.Value().StringValueOK(); ok && e.Key() == "stage" {
			list = append(list, name)
		}
		list = stagesOf(e.Value(), list)
	}
	return list
}

// unserved says what is wrong with a plan's stages; "" when an index serves.
func unserved(stages []string) string {
	for _, bad := range []string{noIndex, "COLLSCAN", "SORT"} {
		if slices.Contains(stages, bad) {
			return bad
		}
	}
	if len(stages) == 0 {
		return "the server does not tell"
	}
	return ""
}

func without(list, drop []string) []string {
	var rest []string
	for _, x := range list {
		if !slices.Contains(drop, x) {
			rest = append(rest, x)
		}
	}
	return rest
}

func (st Stat) String() string {
	line := fmt.Sprintf("%-16s %d documents; %d indexes", st.Collection, st.Documents, st.Indexes)
	for _, part := range []struct {
		name string
		list []string
	}{{"missing", st.Missing}, {"surplus", st.Surplus}, {"no index serves", st.Unserved}} {
		if len(part.list) > 0 {
			line += fmt.Sprintf("; %s: %s", part.name, strings.Join(part.list, ", "))
		}
	}
	return line
}
