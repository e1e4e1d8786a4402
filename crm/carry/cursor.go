package carry

import (
	"bytes"
	"context"
	"iter"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// cursor goes along a walk of documents in the order of their ids.
type cursor struct {
	next func() (store.Doc, error, bool)
	stop func()
	at   store.Doc
	more bool
	read bool
}

func newCursor(docs iter.Seq2[store.Doc, error]) *cursor {
	c := &cursor{more: true}
	c.next, c.stop = iter.Pull2(docs)
	return c
}

// has reports whether the walk has the same document; calls come with rising
// ids.
func (c *cursor) has(d store.Doc, in *store.Collection) (bool, error) {
	for c.more && (!c.read || c.at.ID < d.ID) {
		var err error
		if c.at, err, c.more = c.next(); c.more && err != nil {
			return false, err
		}
		c.read = true
	}
	return c.more && c.at.ID == d.ID && equal(in, c.at, d), nil
}

func equal(in *store.Collection, a, b store.Doc) bool {
	return bytes.Equal(appendHead(nil, in, a), appendHead(nil, in, b)) && bytes.Equal(canonical(a.Body), canonical(b.Body))
}

// batches lists the blobs of a store, some at a time.
func batches(ctx context.Context, s blob.Store) iter.Seq2[[]blob.Ref, error] {
	return func(yield func([]blob.Ref, error) bool) {
		var batch []blob.Ref
		for b, err := range s.All(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if batch = append(batch, b.Ref); len(batch) < copyAtOnce {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch = nil
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
