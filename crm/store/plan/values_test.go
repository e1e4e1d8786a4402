package plan

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

func TestCursors(t *testing.T) {
	when := time.Date(2026, 11, 22, 10, 0, 0, 123e6, time.UTC)
	for _, c := range []struct {
		sort []string
		at   Place
	}{
		{[]string{"name"}, Place{[]any{"Ação <&>"}, "id-1"}},
		{[]string{"name"}, Place{[]any{nil}, "id"}},
		{[]string{"size", "-seen"}, Place{[]any{int64(1 << 62), when}, "x"}},
		{[]string{"size", "-seen"}, Place{[]any{nil, nil}, "x"}},
		{nil, Place{[]any{}, "only an id"}},
	} {
		query := store.Query{In: shop, Sort: c.sort}
		q, err := Find(query)
		if err != nil {
			t.Fatal(err)
		}
		query.After, query.Limit, query.WithKeys = q.Cursor(c.at), 7, true // may change between pages
		q, err = Find(query)
		if err != nil {
			t.Fatalf("%v: %v", c.at, err)
		}
		if !reflect.DeepEqual(*q.After, c.at) {
			t.Errorf("came back as %v, was %v", *q.After, c.at)
		}
	}
}

func TestNamesWithNUL(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a\u0000":1}`: true, `{"x":[1,{"y":{}},{"\u0000":2}]}`: true, `[{"a":"b","c\u0000":[]}]`: true,
		`{"a":"\u0000"}`: false, `{"a":["\u0000",{"b":"\u0000"},"\u0000"],"c":"\u0000"}`: false,
		`{"a\\u0000":1}`: false, `"\u0000"`: false, `{"a\u0000`: false, `{}`: false,
	} {
		if got := namesNUL([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestForeignCursorsAreRefused(t *testing.T) {
	of := func(q store.Query) string {
		p, err := Find(q)
		if err != nil {
			t.Fatal(err)
		}
		return p.Cursor(Place{Values: []any{"x"}, ID: "i"})
	}
	byName := store.Query{In: shop, Sort: []string{"name"}, Where: []store.Cond{store.Is("agent", "a")}}
	good := of(byName)
	raw, _ := base64.RawURLEncoding.DecodeString(good)
	other := byName
	other.Where = []store.Cond{store.Is("agent", "b")}
	word := byName
	word.Words = []string{"w"}
	for name, cursor := range map[string]string{
		"no base64":         "%%%",
		"too short":         "AAAA",
		"cut":               good[:len(good)-3],
		"another value":     of(other),
		"words":             of(word),
		"no array":          base64.RawURLEncoding.EncodeToString(append(raw[:8:8], `{}`...)),
		"too few values":    base64.RawURLEncoding.EncodeToString(append(raw[:8:8], `["i"]`...)),
		"a value of a kind": base64.RawURLEncoding.EncodeToString(append(raw[:8:8], `["i",5]`...)),
		"an id of a kind":   base64.RawURLEncoding.EncodeToString(append(raw[:8:8], `[5,"x"]`...)),
	} {
		byName.After = cursor
		if _, err := Find(byName); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	byName.After = good
	if _, err := Find(byName); err != nil {
		t.Errorf("its own: %v", err)
	}
}

func TestCompareOrders(t *testing.T) {
	for _, rising := range [][]any{
		{nil, "", "A", "a", "aa", "b", "é"},
		{nil, int64(-3), int64(0), int64(1 << 60)},
		{nil, false, true},
		{nil, time.UnixMilli(-1), time.UnixMilli(0), time.UnixMilli(5)},
	} {
		for i, a := range rising {
			for j, b := range rising {
				want := map[bool]int{true: -1, false: 1}[i < j]
				if i == j {
					want = 0
				}
				if got := Compare(a, b); got != want {
					t.Errorf("Compare(%v, %v) = %d", a, b, got)
				}
			}
		}
	}
}

func TestDoc(t *testing.T) {
	fine := store.Doc{ID: "a", Body: []byte(`{ "x": "a b" , "y": [ 1 ] }`), Words: []string{"w"}, Keys: store.Keys{
		"seen": time.Date(2026, 1, 1, 9, 0, 0, 123456789, time.FixedZone("BRT", -3*3600)), "tags": []string{}, "agent": ""}}
	d, err := Doc(shop, fine)
	if err != nil {
		t.Fatal(err)
	}
	if string(d.Body) != `{"x":"a b","y":[1]}` {
		t.Errorf("body %s", d.Body)
	}
	want := store.Keys{"seen": time.Date(2026, 1, 1, 12, 0, 0, 123e6, time.UTC), "agent": ""}
	if !reflect.DeepEqual(d.Keys, want) {
		t.Errorf("keys %v, want %v", d.Keys, want)
	}
	clustered := &store.Collection{Name: "log", Fields: shop.Fields, Indexes: []store.Index{{Fields: []string{"agent", "-seen"}}}, Cluster: 1}
	body := []byte(`{}`)
	for name, c := range map[string]struct {
		in *store.Collection
		d  store.Doc
	}{
		"no id":             {shop, store.Doc{Body: body}},
		"a long id":         {shop, store.Doc{ID: strings.Repeat("x", MaxID+1), Body: body}},
		"an id with a NUL":  {shop, store.Doc{ID: "a\x00", Body: body}},
		"negative version":  {shop, store.Doc{ID: "a", Version: -1, Body: body}},
		"no body":           {shop, store.Doc{ID: "a"}},
		"an array":          {shop, store.Doc{ID: "a", Body: []byte(`[]`)}},
		"broken JSON":       {shop, store.Doc{ID: "a", Body: []byte(`{"a":}`)}},
		"broken UTF-8":      {shop, store.Doc{ID: "a", Body: []byte("{\"a\":\"\xff\"}")}},
		"too large":         {shop, store.Doc{ID: "a", Body: []byte(`{"a":"` + strings.Repeat("x", store.MaxDocument) + `"}`)}},
		"too deep":          {shop, store.Doc{ID: "a", Body: []byte(strings.Repeat(`{"a":`, MaxDepth) + `{}` + strings.Repeat(`}`, MaxDepth))}},
		"undeclared field":  {shop, store.Doc{ID: "a", Body: body, Keys: store.Keys{"x": "1"}}},
		"a wrong type":      {shop, store.Doc{ID: "a", Body: body, Keys: store.Keys{"size": 3}}},
		"nil is no value":   {shop, store.Doc{ID: "a", Body: body, Keys: store.Keys{"size": nil}}},
		"words, no Search":  {plain, store.Doc{ID: "a", Body: body, Words: []string{"w"}}},
		"an empty word":     {shop, store.Doc{ID: "a", Body: body, Words: []string{""}}},
		"lacks its cluster": {clustered, store.Doc{ID: "a", Body: body, Keys: store.Keys{"agent": "x"}}},
	} {
		if _, err := Doc(c.in, c.d); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPatch(t *testing.T) {
	p, err := Patch(store.Patch{In: shop, ID: "a", OnlyAbove: "size",
		Keys: store.Keys{"size": int64(5), "name": nil, "tags": []string{}},
		Body: map[string][]byte{"b": []byte(` "<x>" `), "a.b": []byte(`[1, 2]`), "z": nil, "n": []byte(`null`)}})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(p.Unset, []string{"name", "tags"}) || len(p.Set) != 1 {
		t.Errorf("set %v, unset %v", p.Set, p.Unset)
	}
	got, err := p.Patched([]byte(`{"z":1,"b":{"z":2},"k":1.0}`))
	if want := `{"b":"<x>","k":1.0,"a.b":[1,2],"n":null}`; err != nil || string(got) != want {
		t.Errorf("patched %s, %v; want %s", got, err, want)
	}
	for n, want := range map[any]bool{nil: true, int64(4): true, int64(5): false, int64(6): false} {
		keys := store.Keys{}
		if n != nil {
			keys["size"] = n
		}
		if p.Applies(keys) != want {
			t.Errorf("above %v: %v", n, !want)
		}
	}
	if got := p.Keys(store.Keys{"name": "n", "agent": "x"}); !reflect.DeepEqual(got, store.Keys{"agent": "x", "size": int64(5)}) {
		t.Errorf("keys %v", got)
	}
	for name, bad := range map[string]store.Patch{
		"undeclared":            {Keys: store.Keys{"x": nil}},
		"a wrong type":          {Keys: store.Keys{"size": "5"}},
		"OnlyAbove not set":     {Keys: store.Keys{"size": int64(1)}, OnlyAbove: "seen"},
		"OnlyAbove removed":     {Keys: store.Keys{"size": nil}, OnlyAbove: "size"},
		"OnlyAbove on several":  {Keys: store.Keys{"tags": []string{"a"}}, OnlyAbove: "tags"},
		"a member that is none": {Body: map[string][]byte{"a": []byte(`{`)}},
	} {
		bad.In, bad.ID = shop, "a"
		if _, err := Patch(bad); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckSchema(t *testing.T) {
	fields := []store.Field{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "list", Kind: store.Strings}}
	ok := &store.Collection{Name: "ok", Fields: fields, Indexes: []store.Index{{Fields: []string{"a", "-b", "c"}}, {Fields: []string{"list", "-a"}}}, Cluster: 1}
	if err := CheckSchema([]*store.Collection{ok, shop, plain}); err != nil {
		t.Error(err)
	}
	index := func(fields ...string) []store.Index { return []store.Index{{Fields: fields}} }
	for name, c := range map[string]*store.Collection{
		"a wrong name":               {Name: "Clients"},
		"a wrong field":              {Name: "x", Fields: []store.Field{{Name: "A"}}},
		"a reserved field":           {Name: "x", Fields: []store.Field{{Name: "body"}}},
		"fields that differ by case": {Name: "x", Fields: []store.Field{{Name: "ab"}, {Name: "aB"}}},
		"an unknown kind":            {Name: "x", Fields: []store.Field{{Name: "a", Kind: 9}}},
		"an empty index":             {Name: "x", Fields: fields, Indexes: index()},
		"an undeclared index":        {Name: "x", Fields: fields, Indexes: index("z")},
		"a field twice":              {Name: "x", Fields: fields, Indexes: index("a", "-a")},
		"several values second":      {Name: "x", Fields: fields, Indexes: index("a", "list")},
		"a third that sorts down":    {Name: "x", Fields: fields, Indexes: index("-a", "b", "c")},
		"a cluster of nothing":       {Name: "x", Fields: fields, Cluster: 1},
		"a cluster of a unique":      {Name: "x", Fields: fields, Indexes: []store.Index{{Fields: []string{"a"}, Unique: true}}, Cluster: 1},
		"a shard of nothing":         {Name: "x", Fields: fields, Shard: "nope"},
		"a shard of a number":        {Name: "x", Fields: []store.Field{{Name: "n", Kind: store.Int}}, Shard: "n"},
		"a unique index off shard":   {Name: "x", Fields: fields, Shard: "a", Indexes: []store.Index{{Fields: []string{"c", "a"}, Unique: true}}},
		"doubled":                    ok,
	} {
		if err := CheckSchema([]*store.Collection{ok, c}); store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
