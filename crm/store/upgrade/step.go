package upgrade

import (
	"context"
	"encoding/json"
	"fmt"

	"cemigmas/crm/store"
)

// Step is what a migration works with.
type Step struct {
	Store store.Store

	name  string // what the mark of progress is of
	lease store.Lease
}

// place is the body of the document progress.
type place struct {
	Step       string `json:"step"`
	Collection string `json:"collection"`
	After      string `json:"after,omitempty"` // Page.Next of the last batch
	Done       bool   `json:"done,omitempty"`
}

// batchSize is how many documents are changed in one Apply.
const batchSize = 500

// tries bounds how often a batch is read again because somebody changed one of
// its documents.
const tries = 10

// Each walks the documents of a collection, with Keys and Words, in the order of
// ids, and makes the changes that f answers, batch by batch. It begins where a
// run that was cut short has stopped. Changes should carry the version that was
// read (Put, Check): when somebody else changed a document, its batch is read
// again.
func (s *Step) Each(ctx context.Context, in *store.Collection, f func(store.Doc) ([]store.Change, error)) error {
	mark, at, err := s.place(ctx, in)
	if err != nil {
		return err
	}
	for failed := 0; !at.Done; {
		page, err := s.Store.Find(ctx, store.Query{In: in, After: at.After, Limit: batchSize, WithKeys: true})
		if err != nil {
			return err
		}
		var changes []store.Change
		for _, d := range page.Docs {
			c, err := f(d)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", in.Name, d.ID, err)
			}
			changes = append(changes, c...)
		}
		next := place{Step: s.name, Collection: in.Name, After: page.Next, Done: page.Next == ""}
		mark.Body = encode(next)
		if err := s.renew(ctx); err != nil {
			return err
		}
		err = s.Apply(ctx, append(changes, store.Put{In: store.State, Doc: mark})...)
		if store.CodeOf(err) == store.CodeConflict && failed < tries {
			failed++
			continue
		}
		if err != nil {
			return err
		}
		at, failed = next, 0
		mark.Version++
	}
	return nil
}

// place finds where the walk of a collection stands. Another step's place is
// forgotten: steps come one after the other.
func (s *Step) place(ctx context.Context, in *store.Collection) (mark store.Doc, at place, err error) {
	mark, err = s.Store.Get(ctx, store.State, progress)
	if store.IsNotFound(err) {
		return store.Doc{ID: progress}, at, nil
	}
	if err == nil {
		err = json.Unmarshal(mark.Body, &at)
	}
	if at.Step != s.name || at.Collection != in.Name {
		at = place{}
	}
	return mark, at, err
}

// Apply makes changes as long as this node upgrades the store.
func (s *Step) Apply(ctx context.Context, changes ...store.Change) error {
	return s.Store.Apply(ctx, append([]store.Change{store.CheckLease{Name: s.lease.Name, Fence: s.lease.Fence}}, changes...)...)
}

func (s *Step) renew(ctx context.Context) error {
	l, err := s.Store.Lease(ctx, s.lease.Name, s.lease.Owner, leaseTime)
	if err != nil {
		return err
	}
	if l.Fence != s.lease.Fence {
		return &store.Error{Code: store.CodeConflict, ID: leaseName, Msg: "another node went on with the upgrade"}
	}
	return nil
}

// mark stores what the store is from now on.
func (s *Step) mark(ctx context.Context, d store.Doc, v store.Version) (store.Doc, error) {
	d.Body = encode(v)
	if err := s.renew(ctx); err != nil {
		return d, err
	}
	err := s.Apply(ctx, store.Put{In: store.State, Doc: d}, store.Delete{In: store.State, ID: progress, Version: -1})
	d.Version++
	return d, err
}

// encode writes a mark, which always can be.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
