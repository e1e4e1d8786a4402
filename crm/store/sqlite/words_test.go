package sqlite

import (
	"fmt"
	"slices"
	"testing"

	"cemigmas/crm/store"
)

// TestCommonWords: with words that thousands of documents have, pages are the
// same by whichever way they are found, and full.
func TestCommonWords(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	const total = 12_000
	var changes []store.Change
	var want []string // in the order of names, which runs against that of ids
	for n := range total {
		words := []string{"minas"}
		if n%2 == 0 {
			words = append(words, "textil")
		}
		if n >= total-4200 { // last in the order: beyond one page's examination
			words = append(words, "tarde")
		}
		id := fmt.Sprintf("c%05d", total-n)
		if n%2 == 0 {
			want = append(want, id)
		}
		changes = append(changes, store.Put{In: client, Doc: store.Doc{ID: id, Words: words, Body: []byte("{}"),
			Keys: store.Keys{"name": fmt.Sprintf("n%05d", n), "kw": int64(n % 10)}}})
	}
	apply(t, s, changes...)
	pages := func(q store.Query) (got []string) {
		for {
			page, err := s.Find(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Docs {
				got = append(got, d.ID)
			}
			if page.Next == "" {
				return got
			}
			if len(page.Docs) != q.Limit {
				t.Fatalf("a page of %d documents goes on", len(page.Docs))
			}
			q.After = page.Next
		}
	}
	for name, c := range map[string]struct {
		words []string
		sort  []string
		want  []string
	}{
		"by the index":      {[]string{"minas", "te"}, []string{"name"}, want},
		"beyond the bound":  {[]string{"tarde"}, []string{"name"}, nil},
		"without the index": {[]string{"minas", "te"}, []string{"-name"}, reversed(want)},
		"by id":             {[]string{"minas", "te"}, nil, reversed(want)},
	} {
		got := pages(store.Query{In: client, Words: c.words, Sort: c.sort, Limit: 600})
		if c.want == nil {
			if len(got) != 4200 || got[0] != "c04200" || got[4199] != "c00001" {
				t.Errorf("%s: %d documents", name, len(got))
			}
		} else if !slices.Equal(got, c.want) {
			t.Errorf("%s: %d documents, want %d in order", name, len(got), len(c.want))
		}
	}
}

// TestWordsInReach: the documents of few that have a word of many are the same,
// in the same order and pages, as those that the word's own list would give.
func TestWordsInReach(t *testing.T) {
	s := open(t, shapes)
	defer s.Close()
	var changes []store.Change
	want := map[string][]string{}
	for n := range 6000 {
		words := []string{"minas"}
		if n%5 < 2 { // 2,400: neither rare nor common
			words = append(words, "usina")
		}
		agent := "many"
		if n%10 == 1 {
			agent = "few" // 600, all with the word
		}
		id, late := fmt.Sprintf("c%05d", n), n >= 5600 // of most agents the last in the order
		if agent == "many" && late && n%5 < 2 {
			words = append(words, "tardia")
		}
		for _, w := range words {
			want[agent+" "+w] = append(want[agent+" "+w], id)
		}
		changes = append(changes, store.Put{In: client, Doc: store.Doc{ID: id, Words: words, Body: []byte("{}"),
			Keys: store.Keys{"name": fmt.Sprintf("n%05d", n), "agent": agent}}})
	}
	apply(t, s, changes...)
	for _, agent := range []string{"few", "many", "none"} {
		for _, word := range []string{"minas", "usina", "tardia", "usi"} {
			q := store.Query{In: client, Where: []store.Cond{store.Is("agent", agent)}, Words: []string{word}, Sort: []string{"name"}, Limit: 50}
			full := map[string]string{"usi": "usina"}[word]
			if full == "" {
				full = word
			}
			var got []string
			for {
				page, err := s.Find(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range page.Docs {
					got = append(got, d.ID)
				}
				if page.Next == "" {
					break
				}
				if len(page.Docs) != q.Limit {
					t.Fatalf("%s, %s: a page of %d goes on", agent, word, len(page.Docs))
				}
				q.After = page.Next
			}
			if w := want[agent+" "+full]; !slices.Equal(got, w) {
				t.Errorf("%s, %s: %d documents, want %d in order", agent, word, len(got), len(w))
			}
		}
	}
}

func reversed(list []string) []string {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}
