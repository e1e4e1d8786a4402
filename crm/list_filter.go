package crm

import (
	"slices"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// listFilter is what a list can be narrowed by: a declared field that is one of
// a few values, or a name in people's own words.
type listFilter struct {
	name   string
	field  string   // "" is the name
	values []string // nil: a name, whatever its accents and case
}

// ask narrows a query to a value. A name is looked for by its words too, which
// the collection has: few have it, so that they are found sooner than by a walk
// of the list.
func (f listFilter) ask(q *store.Query, value string, bad problems) {
	if value == "" {
		return
	}
	field := f.field
	if field == "" {
		field = f.name
	}
	if f.values != nil {
		if !slices.Contains(f.values, value) {
			bad.add(f.name, "error.field.choice")
		}
		q.Where = append(q.Where, store.Is(field, value))
		return
	}
	words := slices.DeleteFunc(text.QueryWords(value), func(w string) bool { return slices.Contains(q.Words, w) })
	q.Words = append(words, q.Words...) // what is typed stays last: its last word is a beginning
	q.Where = append(q.Where, store.Is(field, text.Fold(value)))
}

// folded are names as they are compared.
func folded(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		if name = text.Fold(name); name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}
