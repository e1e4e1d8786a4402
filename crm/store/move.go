package store

import (
	"context"
	"iter"
)

// Movable is what both drivers offer beside the port so that a store can be
// moved whole: backup, restore and copy.
type Movable interface {
	Store

	// Snapshot opens a view of all documents as they are now, beside writers
	// that go on.
	Snapshot(ctx context.Context) (Snapshot, error)

	// Load stores documents as they are, versions (from 1) and all, in place of
	// those that have their ids. It looks at no version that is stored, so it is
	// for stores that nobody serves. What broke off is made whole by loading it
	// again: what is loaded twice is there once. Errors as Apply.
	Load(ctx context.Context, in *Collection, docs ...Doc) error
}

// Snapshot is a view of a store. It serves one walk at a time.
type Snapshot interface {
	// Consistent reports whether all collections are seen as they were at one
	// moment. A MongoDB deployment without transactions cannot do it.
	Consistent() bool

	// All walks a collection in whatever order is quickest, with Keys and Words.
	All(ctx context.Context, in *Collection) iter.Seq2[Doc, error]

	// Docs is All in the order of ids, from behind after ("": from the start).
	Docs(ctx context.Context, in *Collection, after string) iter.Seq2[Doc, error]

	// Close ends the view.
	Close() error
}
