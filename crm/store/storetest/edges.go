package storetest

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// Values at the edge of their kinds, where two databases are most likely to
// differ.
var _ = register(
	contractTest{name: "integers at the edge", run: testIntegers},
	contractTest{name: "sums at the edge", run: testSums},
	contractTest{name: "sums beyond the edge", run: testSumsBeyond, sums: true},
	contractTest{name: "strings are ordered by bytes", run: testStringOrder},
	contractTest{name: "instants at the edge", run: testInstants},
	contractTest{name: "words with signs", run: testSigns},
	contractTest{name: "ids with signs", run: testIDs},
	contractTest{name: "member names", run: testMemberNames},
	contractTest{name: "contradictions", run: testContradictions},
	contractTest{name: "many values", run: testManyValues},
	contractTest{name: "lists", run: testLists},
	contractTest{name: "missing is no value", run: testMissing},
)

var sizes = []int64{math.MinInt64, math.MinInt64 + 1, -1 << 53, -1<<53 - 1, -1, 0, 1, 1<<53 + 1, 1<<53 + 2, math.MaxInt64 - 1, math.MaxInt64}

func testIntegers(t *testing.T, s store.Store) {
	var want []string
	ordered := slices.Sorted(slices.Values(sizes))
	for i, n := range ordered {
		id := fmt.Sprintf("%02d", len(ordered)-i) // ids rise as sizes fall
		put(t, s, shop, id, store.Keys{"owner": "o", "size": n})
		if got := get(t, s, shop, id).Keys["size"]; got != n {
			t.Errorf("%d came back as %v", n, got)
		}
		want = append(want, id)
	}
	for _, limit := range []int{1, 3, 50} {
		if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Has("size")}, Sort: []string{"size", "-seen"}, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("upwards, limit %d: %v, want %v", limit, got, want)
		}
		down := slices.Clone(want)
		slices.Reverse(down)
		if got := ids(t, s, store.Query{In: shop, Sort: []string{"-size", "name"}, Limit: limit}); !slices.Equal(got, down) {
			t.Errorf("downwards, limit %d: %v, want %v", limit, got, down)
		}
	}
	for i, n := range ordered {
		for _, c := range []struct {
			cond store.Cond
			want []string
		}{
			{store.Is("size", n), want[i : i+1]}, {store.Below("size", n), want[:i]}, {store.UpTo("size", n), want[:i+1]},
			{store.Above("size", n), want[i+1:]}, {store.From("size", n), want[i:]},
		} {
			got := ids(t, s, store.Query{In: shop, Where: []store.Cond{c.cond}, Sort: []string{"size", "-seen"}, Limit: 7})
			if !slices.Equal(got, c.want) {
				t.Errorf("%v: %v, want %v", c.cond, got, c.want)
			}
		}
	}
	rows, err := s.Tally(context.Background(), store.Tally{In: shop, By: []string{"size"}})
	if err != nil || len(rows) != len(ordered) {
		t.Fatalf("by size: %v, %v", rows, err)
	}
	for i, r := range rows {
		if r.Group[0] != ordered[i] || r.Count != 1 {
			t.Errorf("group %d is %v, want %d", i, r, ordered[i])
		}
	}
}

func testSums(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "size": int64(math.MaxInt64 - 3)})
	put(t, s, shop, "b", store.Keys{"owner": "o", "size": int64(2)})
	put(t, s, shop, "c", store.Keys{"owner": "o"})
	put(t, s, shop, "d", store.Keys{"owner": "o", "size": int64(1)})
	rows, err := s.Tally(context.Background(), store.Tally{In: shop, Where: []store.Cond{store.Is("owner", "o")}, Sum: []string{"size"}})
	if err != nil || len(rows) != 1 || rows[0].Sums[0] != math.MaxInt64 || rows[0].Count != 4 {
		t.Errorf("the largest sum: %v, %v", rows, err)
	}
}

// testSumsBeyond: a sum that does not fit is refused, never wrong.
func testSumsBeyond(t *testing.T, s store.Store) {
	for n, sign := range []int64{1, -1} {
		owner := fmt.Sprint(n)
		put(t, s, shop, "a"+owner, store.Keys{"owner": owner, "size": sign * math.MaxInt64})
		put(t, s, shop, "b"+owner, store.Keys{"owner": owner, "size": 2 * sign})
		rows, err := s.Tally(context.Background(), store.Tally{In: shop, Where: []store.Cond{store.Is("owner", owner)}, Sum: []string{"size"}})
		if store.CodeOf(err) != store.CodeInvalid {
			t.Errorf("a sum beyond int64: %v, %v", rows, err)
		}
	}
}

// Bytes of UTF-8, whatever the language: names have a sort key of crm's making.
var spellings = []string{"", " ", "A", "Z", "a", "a ", "aa", "a\u0301", "z", "~", "À", "á", "ç", "ﬁ", "\uFFFD", "\U0001F600", "\U0010FFFF"}

func testStringOrder(t *testing.T, s store.Store) {
	var want []string
	for i, name := range spellings {
		id := fmt.Sprintf("%02d", len(spellings)-i)
		put(t, s, shop, id, store.Keys{"owner": "o", "name": name})
		want = append(want, id)
	}
	where := []store.Cond{store.Is("owner", "o")}
	for _, limit := range []int{1, 4, 50} {
		if got := ids(t, s, store.Query{In: shop, Where: where, Sort: []string{"name"}, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
	for i, name := range spellings {
		for _, c := range []struct {
			cond store.Cond
			want []string
		}{{store.Is("name", name), want[i : i+1]}, {store.Above("name", name), want[i+1:]}, {store.UpTo("name", name), want[:i+1]}} {
			got := ids(t, s, store.Query{In: shop, Where: append(where, c.cond), Sort: []string{"name"}})
			if !slices.Equal(got, c.want) {
				t.Errorf("%v: %v, want %v", c.cond, got, c.want)
			}
		}
	}
	rows, err := s.Tally(context.Background(), store.Tally{In: shop, By: []string{"name"}})
	if err != nil || len(rows) != len(spellings) {
		t.Fatalf("by name: %v, %v", rows, err)
	}
	for i, r := range rows {
		if r.Group[0] != spellings[i] {
			t.Errorf("group %d is %q, want %q", i, r.Group[0], spellings[i])
		}
	}
}

func testInstants(t *testing.T, s store.Store) {
	times := []time.Time{
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 31, 23, 59, 59, 999e6, time.UTC), time.UnixMilli(0).UTC(),
		day(0), day(0).Add(time.Millisecond), time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC),
	}
	var want []string
	for i, at := range times {
		id := fmt.Sprintf("%02d", i)
		put(t, s, shop, id, store.Keys{"seen": at.Add(400 * time.Microsecond)})
		if got := get(t, s, shop, id).Keys["seen"]; got != at {
			t.Errorf("%v came back as %v", at, got)
		}
		want = append([]string{id}, want...)
	}
	for limit := 1; limit < 4; limit++ {
		if got := ids(t, s, store.Query{In: shop, Sort: []string{"-seen"}, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("limit %d: %v, want %v", limit, got, want)
		}
	}
	// A condition is cut to the millisecond as a stored value is.
	got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.UpTo("seen", day(0).Add(900*time.Microsecond))}, Sort: []string{"-seen"}})
	if !slices.Equal(got, want[2:]) {
		t.Errorf("up to an instant: %v, want %v", got, want[2:])
	}
	if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{store.Has("seen")}, Sort: []string{"-seen"}}); !slices.Equal(got, want) {
		t.Errorf("with an instant: %v, want %v", got, want)
	}
}

// testSigns: a word is no pattern in any database's language.
func testSigns(t *testing.T, s store.Store) {
	words := []string{`a.b`, `axb`, `c*`, `cc`, `(d`, `[e]`, `^f`, `g$`, `h\i`, `j%`, `j_k`, `"l"`, `m'n`, `o|p`, `q?`, `{2}`, `-r`, `+s`, `t:u`, `NEAR`, `and`, "\U0001F600x", "é"}
	for i, w := range words {
		put(t, s, shop, fmt.Sprintf("w%02d", i), nil, w, "all")
	}
	for i, w := range words {
		want := []string{fmt.Sprintf("w%02d", i)}
		for _, q := range [][]string{{w}, {w, "all"}, {"all", w}, {w, w}} {
			if got := ids(t, s, store.Query{In: shop, Words: q}); !slices.Equal(got, want) {
				t.Errorf("words %q: %v, want %v", q, got, want)
			}
		}
	}
	for _, none := range []string{`.`, `a.x`, `*`, `$`, `d`, `h\\`, `%`, `_`, `[a-z]`, `near`, "e", "lla"} {
		if got := ids(t, s, store.Query{In: shop, Words: []string{none}}); len(got) != 0 {
			t.Errorf("%q found %v", none, got)
		}
	}
	if got := ids(t, s, store.Query{In: shop, Words: []string{"j"}}); !slices.Equal(got, []string{"w09", "w10"}) {
		t.Errorf("a prefix: %v", got)
	}
	put(t, s, shop, "twice", nil, "same", "same")
	if got := get(t, s, shop, "twice").Words; !slices.Equal(got, []string{"same", "same"}) {
		t.Errorf("doubled words came back as %q", got)
	}
	if got := ids(t, s, store.Query{In: shop, Words: []string{"same"}}); !slices.Equal(got, []string{"twice"}) {
		t.Errorf("by a doubled word: %v", got)
	}
}

func testIDs(t *testing.T, s store.Store) {
	list := []string{" ", "$x", ".", "A/b", "a'b\"c", "a.b", "a/b", "é", "\U0001F600", strings.Repeat("z", 512)}
	want := slices.Sorted(slices.Values(list))
	for _, id := range list {
		put(t, s, bare, id, nil)
		if d := get(t, s, bare, id); d.ID != id {
			t.Errorf("%q came back as %q", id, d.ID)
		}
	}
	for limit := 1; limit < 5; limit++ {
		if got := ids(t, s, store.Query{In: bare, Limit: limit}); !slices.Equal(got, want) {
			t.Errorf("limit %d: %q, want %q", limit, got, want)
		}
	}
	docs, err := s.GetMany(context.Background(), bare, []string{"é", "none", ".", "é"})
	if err != nil || len(docs) != 3 || docs[0].ID != "é" || docs[1].ID != "." || docs[2].ID != "é" {
		t.Errorf("GetMany with a doubled id: %v, %v", docs, err)
	}
	for _, id := range []string{"", "a\x00b", "\xff", strings.Repeat("z", 513)} {
		err := s.Apply(context.Background(), store.Put{In: bare, Doc: store.Doc{ID: id, Body: []byte(`{}`)}})
		wantCode(t, err, store.CodeInvalid, fmt.Sprintf("id %.10q", id))
		// Asking for what cannot be there is no failure of the store.
		wantCode(t, second(s.Get(context.Background(), bare, id)), store.CodeNotFound, fmt.Sprintf("Get of %.10q", id))
	}
}

func testMemberNames(t *testing.T, s store.Store) {
	body := `{"_id":1,"v":2,"a.b":3,"a":{"b":4,"$set":{"":5}},"$where":"x","０":6,"．":7,"％":8,"":9,"constructor":[{"a.b":1}]}`
	apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: "a", Body: []byte(body)}})
	sameJSON(t, get(t, s, bare, "a").Body, body)
	apply(t, s, store.Patch{In: bare, ID: "a", Body: map[string][]byte{
		"_id": nil, "v": []byte(`1.50`), "a.b": []byte(`{"c.d":[]}`), "$where": nil, "": []byte(`null`), "．": nil, "new.": []byte(`"x"`)}})
	sameJSON(t, get(t, s, bare, "a").Body,
		`{"v":1.50,"a.b":{"c.d":[]},"a":{"b":4,"$set":{"":5}},"０":6,"％":8,"":null,"constructor":[{"a.b":1}],"new.":"x"}`)
	for _, refused := range []string{`{"a\u0000b":1}`, `{"x":[{"\u0000":1}]}`} {
		err := s.Apply(context.Background(), store.Put{In: bare, Doc: store.Doc{ID: "b", Body: []byte(refused)}})
		wantCode(t, err, store.CodeInvalid, refused)
	}
	for name, member := range map[string][]byte{"a\x00b": []byte(`1`), "ok": []byte(`{"\u0000":1}`)} {
		err := s.Apply(context.Background(), store.Patch{In: bare, ID: "a", Body: map[string][]byte{name: member}})
		wantCode(t, err, store.CodeInvalid, fmt.Sprintf("patch of %q", name))
	}
	// A NUL in a text is a text like others.
	apply(t, s, store.Put{In: bare, Doc: store.Doc{ID: "c", Body: []byte(`{"t":"a\u0000b\\u0000"}`)}})
	sameJSON(t, get(t, s, bare, "c").Body, `{"t":"a\u0000b\\u0000"}`)
}

func testContradictions(t *testing.T, s store.Store) {
	putRows(t, s)
	owner := store.Is("owner", "o")
	for name, where := range map[string][]store.Cond{
		"two values":          {owner, store.Is("size", int64(5)), store.Is("size", int64(7))},
		"two owners":          {owner, store.Is("owner", "p")},
		"a range of nothing":  {owner, store.Above("name", "m"), store.Below("name", "a")},
		"missing and there":   {owner, store.Lacks("name"), store.Has("name")},
		"missing and equal":   {owner, store.Lacks("size"), store.Is("size", int64(5))},
		"in and not in range": {owner, store.Any("size", int64(5), int64(7)), store.Above("size", int64(7))},
	} {
		q := store.Query{In: shop, Where: where, Sort: []string{"name"}}
		if got := ids(t, s, q); len(got) != 0 {
			t.Errorf("%s: %v", name, got)
		}
		if n, err := s.Count(context.Background(), store.Query{In: shop, Where: where}, 10); err != nil || n != 0 {
			t.Errorf("count of %s: %d, %v", name, n, err)
		}
		rows, err := s.Tally(context.Background(), store.Tally{In: shop, Where: where})
		if err != nil || len(rows) != 1 || rows[0].Count != 0 {
			t.Errorf("tally of %s: %v, %v", name, rows, err)
		}
	}
	for _, limit := range []int{0, -1} {
		_, err := s.Count(context.Background(), store.Query{In: shop}, limit)
		wantCode(t, err, store.CodeInvalid, "a count without a limit")
	}
}

// testManyValues takes In to its limit, where a document matches by several of
// its values and is found once.
func testManyValues(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "tags": []string{"t001", "t002", "t499"}, "size": int64(7)})
	put(t, s, shop, "b", store.Keys{"owner": "o", "tags": []string{"x"}, "size": int64(499)})
	put(t, s, shop, "c", store.Keys{"owner": "o", "tags": []string{"t000"}})
	tags, numbers := make([]any, 500), make([]any, 500)
	for n := range 500 {
		tags[n], numbers[n] = fmt.Sprintf("t%03d", n), int64(n)
	}
	owner := store.Is("owner", "o")
	for _, c := range []struct {
		cond store.Cond
		want []string
	}{
		{store.Any("tags", tags...), []string{"a", "c"}},
		{store.Any("size", numbers...), []string{"a", "b"}},
		{store.Any("size", int64(7), int64(7)), []string{"a"}},
		{store.Any("tags", "x", "nothing"), []string{"b"}},
	} {
		where := []store.Cond{owner, c.cond}
		for limit := 1; limit < 4; limit++ {
			if got := ids(t, s, store.Query{In: shop, Where: where, Limit: limit}); !slices.Equal(got, c.want) {
				t.Errorf("in %d values of %s, limit %d: %v, want %v", len(c.cond.Values), c.cond.Field, limit, got, c.want)
			}
		}
		if n, err := s.Count(context.Background(), store.Query{In: shop, Where: where}, 9); err != nil || n != len(c.want) {
			t.Errorf("count in %d values of %s: %d, %v", len(c.cond.Values), c.cond.Field, n, err)
		}
	}
	many := make([]string, 1500)
	for n := range many {
		many[n] = fmt.Sprintf("none%d", n)
	}
	many[1499], many[3] = "a", "b"
	docs, err := s.GetMany(context.Background(), shop, many)
	if err != nil || len(docs) != 2 || docs[0].ID != "b" || docs[1].ID != "a" {
		t.Errorf("GetMany of 1,500: %v, %v", docs, err)
	}
}

func testLists(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "tags": []string{""}})
	put(t, s, shop, "b", store.Keys{"owner": "o", "tags": []string{}})
	put(t, s, shop, "c", store.Keys{"owner": "o"})
	put(t, s, shop, "d", store.Keys{"owner": "o", "tags": []string{"É", "e", "É"}})
	owner := store.Is("owner", "o")
	for _, c := range []struct {
		cond store.Cond
		want string
	}{
		{store.Lacks("tags"), "b c"}, {store.Has("tags"), "a d"}, {store.Is("tags", ""), "a"}, {store.Is("tags", "É"), "d"}, {store.Is("tags", "é"), ""},
	} {
		if got := ids(t, s, store.Query{In: shop, Where: []store.Cond{owner, c.cond}}); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%v: %v, want %s", c.cond, got, c.want)
		}
	}
	if got := get(t, s, shop, "d").Keys["tags"]; !reflect.DeepEqual(got, []string{"É", "e", "É"}) {
		t.Errorf("tags came back as %q", got)
	}
	apply(t, s, store.Patch{In: shop, ID: "d", Keys: store.Keys{"tags": []string{}}})
	if _, ok := get(t, s, shop, "d").Keys["tags"]; ok {
		t.Error("a patch to an empty list is not missing")
	}
	wantCode(t, s.Apply(context.Background(), store.Put{In: shop, Doc: doc("e", store.Keys{"tags": []string{"a\x00"}})}), store.CodeInvalid, "a tag with a NUL")
	wantCode(t, s.Apply(context.Background(), store.Put{In: shop, Doc: doc("e", store.Keys{"name": "a\x00"})}), store.CodeInvalid, "a name with a NUL")
}

// testMissing: the empty text, zero and false are values, in lists and groups.
func testMissing(t *testing.T, s store.Store) {
	put(t, s, shop, "a", store.Keys{"owner": "o", "name": "", "size": int64(0), "open": false}, "w")
	put(t, s, shop, "b", store.Keys{"owner": "o"}, "w")
	put(t, s, shop, "c", store.Keys{"owner": "o", "name": "x", "size": int64(1), "open": true}, "w")
	owner := store.Is("owner", "o")
	for _, c := range []struct {
		where []store.Cond
		want  string
	}{
		{[]store.Cond{store.Is("name", "")}, "a"}, {[]store.Cond{store.Is("size", int64(0))}, "a"}, {[]store.Cond{store.Is("open", false)}, "a"},
		{[]store.Cond{store.Lacks("name")}, "b"}, {[]store.Cond{store.Lacks("size"), store.Lacks("open")}, "b"},
		{[]store.Cond{store.Has("open")}, "a c"}, {[]store.Cond{store.UpTo("open", true)}, "a c"}, {[]store.Cond{store.Below("open", true)}, "a"},
		{[]store.Cond{store.UpTo("size", int64(0))}, "a"}, {[]store.Cond{store.Below("name", "a")}, "a"},
	} {
		if got := ids(t, s, store.Query{In: shop, Where: append(c.where, owner)}); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%v: %v, want %s", c.where, got, c.want)
		}
	}
	for sort, want := range map[string]string{"open": "b a c", "-open": "c a b", "name": "b a c", "-size": "c a b"} {
		for limit := 1; limit < 4; limit++ {
			got := ids(t, s, store.Query{In: shop, Words: []string{"w"}, Sort: []string{sort}, Limit: limit})
			if !slices.Equal(got, strings.Fields(want)) {
				t.Errorf("words by %s, limit %d: %v, want %s", sort, limit, got, want)
			}
		}
	}
	for _, by := range []string{"name", "size", "open"} {
		rows, err := s.Tally(context.Background(), store.Tally{In: shop, By: []string{by}, Sum: []string{"size"}})
		if err != nil || len(rows) != 3 || rows[0].Group[0] != nil || rows[1].Group[0] == nil || rows[0].Sums[0] != 0 || rows[2].Sums[0] != 1 {
			t.Errorf("by %s: %v, %v", by, rows, err)
		}
	}
}
