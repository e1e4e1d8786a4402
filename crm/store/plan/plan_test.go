package plan

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

var shop = &store.Collection{
	Name: "shop",
	Fields: []store.Field{
		{Name: "agent", Kind: store.String}, {Name: "name", Kind: store.String}, {Name: "code", Kind: store.String},
		{Name: "seen", Kind: store.Time}, {Name: "size", Kind: store.Int}, {Name: "open", Kind: store.Bool},
		{Name: "tags", Kind: store.Strings},
	},
	Indexes: []store.Index{
		{Fields: []string{"agent", "name"}},          // 0
		{Fields: []string{"agent", "-seen"}},         // 1
		{Fields: []string{"name"}},                   // 2
		{Fields: []string{"agent", "open", "-seen"}}, // 3
		{Fields: []string{"size", "-seen"}},          // 4
		{Fields: []string{"tags", "-seen"}},          // 5
		{Fields: []string{"code"}, Unique: true},     // 6
		{Fields: []string{"agent", "code"}, Unique: true},
	},
	Search: true,
}

var plain = &store.Collection{Name: "plain", Fields: []store.Field{{Name: "a", Kind: store.String}}}

const noIndex = -9

func TestFindChoosesTheIndex(t *testing.T) {
	is, when := store.Is, time.UnixMilli(1)
	for _, c := range []struct {
		name               string
		where              []store.Cond
		sort               []string
		index              int
		equal, cuts, tests int
	}{
		{"nothing asked: by id", nil, nil, ByID, 0, 0, 0},
		{"a sort alone", nil, []string{"name"}, 2, 0, 0, 0},
		{"a sort with a test on the way", []store.Cond{is("open", true)}, []string{"name"}, 2, 0, 0, 1},
		{"equality before the sort", []store.Cond{is("agent", "x")}, []string{"name"}, 0, 1, 0, 0},
		{"the index that covers more", []store.Cond{is("agent", "x"), is("open", true)}, []string{"-seen"}, 3, 2, 0, 0},
		{"a range cuts the walk", []store.Cond{is("agent", "x"), store.Above("seen", when)}, []string{"-seen"}, 1, 1, 1, 0},
		{"In with one value is equality", []store.Cond{store.Any("agent", "x")}, []string{"name"}, 0, 1, 0, 0},
		{"In with two is not", []store.Cond{store.Any("agent", "x", "y")}, []string{"name"}, 2, 0, 0, 1},
		{"two sort fields", nil, []string{"size", "-seen"}, 4, 0, 0, 0},
		{"In on the sort field is tested", []store.Cond{store.Any("size", int64(1), int64(2))}, []string{"size", "-seen"}, 4, 0, 0, 1},
		{"several values", []store.Cond{is("tags", "t")}, []string{"-seen"}, 5, 1, 0, 0},
		{"a unique index by all its fields", []store.Cond{is("code", "1")}, nil, 6, 1, 0, 0},
		{"a unique index that must be complete", []store.Cond{store.Has("code")}, []string{"code"}, 6, 0, 1, 0},
		{"the second of two equalities is tested", []store.Cond{is("agent", "x"), is("agent", "y")}, []string{"name"}, 0, 1, 0, 1},

		{"another direction", nil, []string{"-name"}, noIndex, 0, 0, 0},
		{"the second direction", nil, []string{"size", "seen"}, noIndex, 0, 0, 0},
		{"a part of an index", nil, []string{"size"}, noIndex, 0, 0, 0},
		{"a condition without an index", []store.Cond{is("open", true)}, nil, noIndex, 0, 0, 0},
		{"equality that leaves a field over", []store.Cond{is("agent", "x")}, nil, noIndex, 0, 0, 0},
		{"a unique index that lacks documents", nil, []string{"code"}, noIndex, 0, 0, 0},
		{"a unique index asked for what it lacks", []store.Cond{store.Lacks("code")}, []string{"code"}, noIndex, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := Find(store.Query{In: shop, Where: c.where, Sort: c.sort})
			if c.index == noIndex {
				if store.CodeOf(err) != store.CodeInvalid {
					t.Fatalf("error %v, want invalid", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if q.Index != c.index || len(q.Equal) != c.equal || len(q.Range) != c.cuts || len(q.Rest) != c.tests {
				t.Errorf("index %d with %d equal, %d cuts, %d tests; want %d with %d, %d, %d",
					q.Index, len(q.Equal), len(q.Range), len(q.Rest), c.index, c.equal, c.cuts, c.tests)
			}
			if q.Limit != DefaultLimit {
				t.Errorf("limit %d", q.Limit)
			}
		})
	}
}

func TestUnservedQueriesSayWhatIsMissing(t *testing.T) {
	_, err := Find(store.Query{In: shop, Where: []store.Cond{store.Is("agent", "Maria")}, Sort: []string{"-size"}})
	if err == nil || !strings.Contains(err.Error(), "where [agent =] sort [-size]") {
		t.Errorf("%v", err)
	}
	if strings.Contains(err.Error(), "Maria") {
		t.Errorf("a value stands in the error: %v", err)
	}
	_, err = Find(store.Query{In: shop, Sort: []string{"code"}})
	if err == nil || !strings.Contains(err.Error(), "store.Has") {
		t.Errorf("%v", err)
	}
}

func TestRefusedQueries(t *testing.T) {
	many := make([]any, MaxIn+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for name, q := range map[string]store.Query{
		"no collection":           {},
		"an undeclared field":     {In: shop, Where: []store.Cond{store.Is("x", "1")}},
		"an undeclared sort":      {In: shop, Sort: []string{"x"}},
		"a sort by several":       {In: shop, Sort: []string{"tags"}},
		"three sorts":             {In: shop, Sort: []string{"name", "size", "-seen"}},
		"a sort twice":            {In: shop, Words: []string{"w"}, Sort: []string{"name", "-name"}},
		"an int for a text":       {In: shop, Where: []store.Cond{store.Is("agent", int64(1))}, Sort: []string{"name"}},
		"an int that is no int64": {In: shop, Where: []store.Cond{store.Is("size", 1)}, Sort: []string{"size", "-seen"}},
		"a text for a time":       {In: shop, Where: []store.Cond{store.Above("seen", "now")}, Sort: []string{"name"}},
		"a list for a condition":  {In: shop, Where: []store.Cond{store.Is("tags", []string{"a"})}, Sort: []string{"-seen"}},
		"several have no order":   {In: shop, Where: []store.Cond{store.Above("tags", "a")}, Sort: []string{"name"}},
		"Eq without a value":      {In: shop, Where: []store.Cond{{Field: "agent", Op: store.Eq}}, Sort: []string{"name"}},
		"Missing with a value":    {In: shop, Where: []store.Cond{{Field: "agent", Op: store.Missing, Values: []any{"x"}}}, Sort: []string{"name"}},
		"an unknown comparison":   {In: shop, Where: []store.Cond{{Field: "agent", Op: 99, Values: []any{"x"}}}, Sort: []string{"name"}},
		"too many values":         {In: shop, Where: []store.Cond{store.Any("agent", many...)}, Sort: []string{"name"}},
		"a NUL":                   {In: shop, Where: []store.Cond{store.Is("agent", "a\x00")}, Sort: []string{"name"}},
		"broken UTF-8":            {In: shop, Where: []store.Cond{store.Is("agent", "\xff")}, Sort: []string{"name"}},
		"a page too long":         {In: shop, Sort: []string{"name"}, Limit: store.MaxPage + 1},
		"a negative page":         {In: shop, Sort: []string{"name"}, Limit: -1},
		"words without Search":    {In: plain, Words: []string{"w"}},
		"an empty word":           {In: shop, Words: []string{""}},
		"a word with a space":     {In: shop, Words: []string{"a b"}},
	} {
		if _, err := Find(q); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInWithoutValuesMatchesNothing(t *testing.T) {
	q, err := Find(store.Query{In: shop, Where: []store.Cond{store.Any("agent")}, Sort: []string{"name"}})
	if err != nil || !q.Never {
		t.Errorf("%+v, %v", q, err)
	}
}

func TestWordsServeAnySort(t *testing.T) {
	q, err := Find(store.Query{In: shop, Words: []string{"w"}, Where: []store.Cond{store.Is("open", true)}, Sort: []string{"-open", "name"}})
	if err != nil || q.Index != ByWords || len(q.Rest) != 1 {
		t.Errorf("%+v, %v", q, err)
	}
}

func TestCountNeedsNoOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		where []store.Cond
		sort  []string
		index int
	}{
		{"everything", nil, nil, Whole},
		{"by the first field", []store.Cond{store.Is("agent", "x")}, nil, 0},
		{"deeper is better", []store.Cond{store.Is("agent", "x"), store.Is("open", true)}, nil, 3},
		{"a range on the first field", []store.Cond{store.Above("size", int64(3))}, nil, 4},
		{"an index that holds the fields", []store.Cond{store.Any("name", "a", "b")}, nil, 0},
		{"the index of the order", []store.Cond{store.Lacks("code")}, []string{"name"}, 2},
		{"no index", []store.Cond{store.Is("open", true), store.Lacks("seen"), store.Lacks("size")}, nil, noIndex},
		{"several values without equality", []store.Cond{store.Has("tags")}, nil, noIndex},
	} {
		q, err := Count(store.Query{In: shop, Where: c.where, Sort: c.sort})
		if c.index == noIndex {
			if store.CodeOf(err) != store.CodeInvalid {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || q.Index != c.index {
			t.Errorf("%s: index %d, %v; want %d", c.name, q.Index, err, c.index)
		}
	}
}

func TestTally(t *testing.T) {
	for _, c := range []struct {
		name string
		t    store.Tally
		ok   bool
	}{
		{"everything", store.Tally{In: shop, By: []string{"agent", "open"}, Sum: []string{"size"}}, true},
		{"by an index", store.Tally{In: shop, Where: []store.Cond{store.Is("agent", "x")}, By: []string{"code"}}, true},
		{"no index", store.Tally{In: shop, Where: []store.Cond{store.Is("open", true)}, By: []string{"code"}}, false},
		{"by several values", store.Tally{In: shop, By: []string{"tags"}}, false},
		{"four fields", store.Tally{In: shop, By: []string{"agent", "name", "code", "open"}}, false},
		{"a sum of texts", store.Tally{In: shop, Sum: []string{"name"}}, false},
		{"a negative limit", store.Tally{In: shop, Limit: -1}, false},
	} {
		q, kinds, err := Tally(c.t)
		if c.ok != (err == nil) || !c.ok && store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.ok && (len(kinds) != len(c.t.By) || q.Limit != DefaultGroups) {
			t.Errorf("%s: kinds %v, limit %d", c.name, kinds, q.Limit)
		}
	}
}
