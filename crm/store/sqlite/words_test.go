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

func reversed(list []string) []string {
	out := slices.Clone(list)
	slices.Reverse(out)
	return out
}
