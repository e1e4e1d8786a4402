package carry

import (
	"fmt"
	"testing"

	"cemigmas/crm/store"
)

// A sum is of what is there, in whatever order, and of every part of it.
func TestSum(t *testing.T) {
	of := func(docs ...store.Doc) string {
		s := newSum(shops)
		for _, d := range docs {
			s.add(d)
		}
		return s.part().Digest
	}
	a := store.Doc{ID: "a", Version: 1, Keys: store.Keys{"name": "x", "tags": []string{"1", "2"}}, Words: []string{"w"}, Body: []byte(`{"a":1}`)}
	b := store.Doc{ID: "b", Version: 1, Body: []byte(`{}`)}
	if of(a, b) != of(b, a) {
		t.Error("the order matters")
	}
	seen := map[string]string{of(a, b): "both", of(a): "one", of(a, a, b): "one twice", of(): "none"}
	change := func(what string, f func(*store.Doc)) {
		c := a
		c.Keys = store.Keys{"name": "x", "tags": []string{"1", "2"}}
		f(&c)
		if same, ok := seen[of(c, b)]; ok {
			t.Errorf("%s has the sum of %s", what, same)
		}
		seen[of(c, b)] = what
	}
	change("another id", func(d *store.Doc) { d.ID = "c" })
	change("another version", func(d *store.Doc) { d.Version = 2 })
	change("another field", func(d *store.Doc) { d.Keys["name"] = "y" })
	change("a field less", func(d *store.Doc) { delete(d.Keys, "name") })
	change("another order of values", func(d *store.Doc) { d.Keys["tags"] = []string{"2", "1"} })
	change("another word", func(d *store.Doc) { d.Words = []string{"v"} })
	change("no word", func(d *store.Doc) { d.Words = nil })
	change("another body", func(d *store.Doc) { d.Body = []byte(`{"a":2}`) })
	if len(seen) != 12 {
		t.Error(fmt.Sprint(len(seen), " sums"))
	}
}
