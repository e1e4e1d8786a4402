// Package carry moves whole stores: into a backup file and back, and from one
// deployment to another. It knows the port and the blobs, no driver, so what one
// driver gave another takes.
//
// Documents are carried as they are: id, version, declared fields, words, body.
// Left behind are sessions and failed sign-ins (everybody signs in again), leases
// and what a store says of itself; the master key was never in the store, and
// secrets stay sealed with it.
//
// A store into which something is moved says so (store.State) until all of it is
// there and has been read back; till then Unfinished finds it.
package carry

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// Side is a store with its blobs.
type Side struct {
	Store store.Movable
	Blobs blob.Store
}

// Options say what is moved.
type Options struct {
	Schema  []*store.Collection
	Passing []*store.Collection // of Schema, left behind
	Newest  int                 // version of a store that the program knows
	Program string              // its own version, for the manifest
	Now     func() time.Time
	// Progress hears what is done and how much of it; nil: nobody does.
	Progress func(step string, done int64)
}

func (o Options) tell(step string, done int64) {
	if o.Progress != nil {
		o.Progress(step, done)
	}
}

// moved are the collections whose documents are carried.
func (o Options) moved() []*store.Collection {
	var out []*store.Collection
next:
	for _, c := range o.Schema {
		if c == store.State {
			continue
		}
		for _, p := range o.Passing {
			if c == p {
				continue next
			}
		}
		out = append(out, c)
	}
	return out
}

// Report is what was carried.
type Report struct {
	Collections []Part
	Blobs       int64
	Consistent  bool // all documents were seen at one moment
	// Problems are blobs that could not be read; all else was carried.
	Problems []string
}

// Documents counts all of them.
func (r Report) Documents() (n int64) {
	for _, p := range r.Collections {
		n += p.Documents
	}
	return n
}

// moving is the document of store.State that says what is being moved in.
const moving = "moving"

// Move is an unfinished restore or copy.
type Move struct {
	Kind string `json:"kind"` // restore or copy
	From string `json:"from"` // the backup's id, or the source without its password
	// How far a copy is.
	Collection string    `json:"collection,omitempty"`
	After      string    `json:"after,omitempty"`
	Since      time.Time `json:"since"`
}

// UnfinishedError refuses a store that holds a part of another.
type UnfinishedError struct{ Move }

func (e *UnfinishedError) Error() string {
	if e.Kind == kindCopy {
		return fmt.Sprintf("a copy from %s into this store is unfinished: run the same cemigmas copy again, or choose an empty store", e.From)
	}
	return "a restore into this store is unfinished: run cemigmas restore with the same file again, or choose an empty store"
}

const (
	kindRestore = "restore"
	kindCopy    = "copy"
)

// Unfinished returns an *UnfinishedError when a restore or a copy into the store
// has not ended.
func Unfinished(ctx context.Context, s store.Store) error {
	m, err := unfinished(ctx, s)
	if err != nil || m == nil {
		return err
	}
	return &UnfinishedError{*m}
}

func unfinished(ctx context.Context, s store.Store) (*Move, error) {
	d, err := s.Get(ctx, store.State, moving)
	if store.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := &Move{}
	return m, json.Unmarshal(d.Body, m)
}

// begin marks the target as unfinished; it must be empty, or be so marked by the
// same move, whose mark it returns.
func begin(ctx context.Context, s store.Movable, m Move, o Options) (Move, error) {
	was, err := unfinished(ctx, s)
	if err != nil {
		return m, err
	}
	if was != nil {
		if was.Kind != m.Kind || was.From != m.From {
			return m, &UnfinishedError{*was}
		}
		return *was, nil
	}
	for _, c := range o.Schema {
		if c == store.State {
			continue
		}
		page, err := s.Find(ctx, store.Query{In: c, Limit: 1})
		if err != nil {
			return m, err
		}
		if len(page.Docs) > 0 {
			return m, fmt.Errorf("the store is not empty (%s): choose a new one; nothing was changed", c.Name)
		}
	}
	m.Since = o.Now().UTC()
	return m, m.save(ctx, s)
}

func (m Move) save(ctx context.Context, s store.Movable) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.Load(ctx, store.State, store.Doc{ID: moving, Version: 1, Body: body})
}

// end says the store's version and that nothing is unfinished any more.
func end(ctx context.Context, s store.Movable, v store.Version) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := s.Load(ctx, store.State, store.Doc{ID: store.StateVersion, Version: 1, Body: body}); err != nil {
		return err
	}
	return s.Apply(ctx, store.Delete{In: store.State, ID: moving, Version: -1})
}

// versionOf is what a store says of itself; one that says nothing is the first
// release's.
func versionOf(ctx context.Context, s store.Store) (v store.Version, err error) {
	d, err := s.Get(ctx, store.State, store.StateVersion)
	if store.IsNotFound(err) {
		return store.Version{Version: 1}, nil
	}
	if err != nil {
		return v, err
	}
	return v, json.Unmarshal(d.Body, &v)
}
