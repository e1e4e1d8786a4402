package crm

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"time"

	"cemigmas/crm/store"
)

// stored is a Table of whatever type.
type stored interface {
	collection() *store.Collection
	encodedAnew(store.Doc) (store.Doc, error)
}

func (t Table[T]) collection() *store.Collection { return t.In }

// encodedAnew is what Doc makes of a stored document's body.
func (t Table[T]) encodedAnew(d store.Doc) (store.Doc, error) {
	v, err := t.Decode(d)
	if err != nil {
		return store.Doc{}, err
	}
	return t.Doc(&v), nil
}

// encoding finds documents whose declared fields or words are not those of
// their body: a kill without transactions, or a field that was declared later.
func (k *checker) encoding(t stored) look {
	in := t.collection()
	return func(_ context.Context, docs []store.Doc) (out []problem, _ error) {
		for _, d := range docs {
			want, err := t.encodedAnew(d)
			if err != nil {
				out = append(out, problem{judged: d.ID, in: in, id: d.ID, what: "the document cannot be read: " + err.Error()})
				continue
			}
			if want.ID != d.ID {
				out = append(out, problem{judged: d.ID, in: in, id: d.ID, what: "its body says that it is " + want.ID})
				continue
			}
			p := problem{judged: d.ID, in: in, id: d.ID}
			fields := differentKeys(in, d.Keys, want.Keys)
			switch {
			case in.Search && !sameSet(d.Words, want.Words):
				p.what, p.how = "it is found by other words than it has", "stored again"
				p.changes = []store.Change{store.Put{In: in, Doc: store.Doc{ID: d.ID, Version: d.Version, Keys: want.Keys, Words: want.Words, Body: d.Body}}}
			case len(fields) > 0:
				p.what, p.how = "its index disagrees with it: "+strings.Join(fields, ", "), "the fields were set"
				set := store.Keys{}
				for _, f := range fields {
					set[f] = want.Keys[f]
				}
				p.changes = []store.Change{store.Check{In: in, ID: d.ID, Version: d.Version}, store.Patch{In: in, ID: d.ID, Keys: set}}
			default:
				continue
			}
			out = append(out, p)
		}
		return out, nil
	}
}

// differentKeys names the declared fields that differ, in their order.
func differentKeys(in *store.Collection, has, want store.Keys) (out []string) {
	for _, f := range in.Fields {
		if !reflect.DeepEqual(asKept(has[f.Name]), asKept(want[f.Name])) {
			out = append(out, f.Name)
		}
	}
	return out
}

// asKept brings a value into the form in which drivers keep it.
func asKept(v any) any {
	switch x := v.(type) {
	case time.Time:
		return x.UnixMilli()
	case []string:
		return distinctSorted(x)
	}
	return v
}

func distinctSorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}

func sameSet(a, b []string) bool { return slices.Equal(distinctSorted(a), distinctSorted(b)) }
