package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"cemigmas/crm/store"
)

// Table binds a domain type to its collection: how it is encoded, which
// declared fields and words it has. Services, the importer, the mail engine
// and the demonstration write documents through it, so that no document ever
// disagrees with its declared fields.
type Table[T any] struct {
	In    *store.Collection
	ID    func(*T) string
	Ver   func(*T) *int64 // where the version that was read is kept; nil when the type is never replaced
	Keys  func(*T) store.Keys
	Words func(*T) []string
	// Derived are the members of the body that projections write: no edits.
	Derived []string
}

// Doc encodes a value. It panics only if the type cannot be encoded at all,
// which the tests of each type would show.
func (t Table[T]) Doc(v *T) store.Doc {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("crm: %s cannot be encoded: %v", t.In.Name, err))
	}
	d := store.Doc{ID: t.ID(v), Body: bytes.TrimRight(buf.Bytes(), "\n")}
	if t.Ver != nil {
		d.Version = *t.Ver(v)
	}
	if t.Keys != nil {
		d.Keys = prune(t.Keys(v))
	}
	if t.Words != nil {
		d.Words = t.Words(v)
	}
	return d
}

// prune drops fields without a value, which are missing rather than empty, so
// that a unique index does not see two clients without a code as duplicates.
func prune(k store.Keys) store.Keys {
	for name, v := range k {
		switch x := v.(type) {
		case nil:
			delete(k, name)
		case string:
			if x == "" {
				delete(k, name)
			}
		case []string:
			if len(x) == 0 {
				delete(k, name)
			}
		case interface{ IsZero() bool }:
			if x.IsZero() {
				delete(k, name)
			}
		}
	}
	return k
}

// Decode reads a document.
func (t Table[T]) Decode(d store.Doc) (T, error) {
	var v T
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, fmt.Errorf("crm: %s/%s: %w", t.In.Name, d.ID, err)
	}
	if t.Ver != nil {
		*t.Ver(&v) = d.Version
	}
	return v, nil
}

// Get reads one value; a CodeNotFound error of crm when it is not there.
func (t Table[T]) Get(ctx context.Context, s store.Store, id string) (T, error) {
	d, err := s.Get(ctx, t.In, id)
	if err != nil {
		var zero T
		return zero, wrapStore(err)
	}
	return t.Decode(d)
}

// GetMany reads the values that exist, by id.
func (t Table[T]) GetMany(ctx context.Context, s store.Store, ids []string) (map[string]T, error) {
	out := make(map[string]T, len(ids))
	docs, err := s.Bodies(ctx, t.In, ids)
	if err != nil {
		return nil, wrapStore(err)
	}
	for _, d := range docs {
		v, err := t.Decode(d)
		if err != nil {
			return nil, err
		}
		out[d.ID] = v
	}
	return out, nil
}

// Find reads one page and its cursor.
func (t Table[T]) Find(ctx context.Context, s store.Store, q store.Query) ([]T, string, error) {
	q.In = t.In
	p, err := s.Find(ctx, q)
	if err != nil {
		return nil, "", wrapStore(err)
	}
	return t.decodeAll(p, func(d store.Doc) store.Doc { return d })
}

func (t Table[T]) decodeAll(p store.Page, cut func(store.Doc) store.Doc) ([]T, string, error) {
	out := make([]T, 0, len(p.Docs))
	for _, d := range p.Docs {
		v, err := t.Decode(cut(d))
		if err != nil {
			return nil, "", err
		}
		out = append(out, v)
	}
	return out, p.Next, nil
}

// First reads the first match, or nil when there is none.
func (t Table[T]) First(ctx context.Context, s store.Store, q store.Query) (*T, error) {
	q.Limit = 1
	for {
		vs, next, err := t.Find(ctx, s, q)
		if err != nil {
			return nil, err
		}
		if len(vs) > 0 {
			return &vs[0], nil
		}
		if next == "" {
			return nil, nil
		}
		q.After = next
	}
}

// All walks every match.
func (t Table[T]) All(ctx context.Context, s store.Store, q store.Query) iter.Seq2[T, error] {
	q.In = t.In
	return func(yield func(T, error) bool) {
		for d, err := range store.All(ctx, s, q) {
			var v T
			if err == nil {
				v, err = t.Decode(d)
			} else {
				err = wrapStore(err)
			}
			if !yield(v, err) || err != nil {
				return
			}
		}
	}
}

// Put makes the change that stores a value with the version it was read with.
func (t Table[T]) Put(v *T) store.Put { return store.Put{In: t.In, Doc: t.Doc(v)} }

// InsertIfAbsent makes the change that stores a value unless its id exists.
func (t Table[T]) InsertIfAbsent(v *T) store.InsertIfAbsent {
	return store.InsertIfAbsent{In: t.In, Doc: t.Doc(v)}
}

// Delete makes the change that removes a value with the version it was read with.
func (t Table[T]) Delete(v *T) store.Delete {
	ver := int64(-1)
	if t.Ver != nil {
		ver = *t.Ver(v)
	}
	return store.Delete{In: t.In, ID: t.ID(v), Version: ver}
}
