package carry

import (
	"context"
	"fmt"
	"io"
	"slices"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// Restore reads a backup into an empty store: first the whole file is checked,
// then it is stored, then the store is read back and compared. A file that is not
// whole leaves the store as it was. A restore that was cut short leaves the store
// marked (Unfinished); the same again completes it.
func Restore(ctx context.Context, path string, to Side, o Options) (r Report, err error) {
	a, err := Open(path)
	if err != nil {
		return r, err
	}
	defer a.Close()
	if v := a.Manifest.Store.Version; v > o.Newest {
		return r, &store.NewerError{Have: v, Newest: o.Newest}
	}
	cs, err := a.collections(o)
	if err != nil {
		return r, err
	}
	if err := a.Verify(ctx, o); err != nil {
		return r, err
	}
	if _, err := begin(ctx, to.Store, Move{Kind: kindRestore, From: a.Manifest.ID}, o); err != nil {
		return r, err
	}
	r = Report{Consistent: a.Manifest.Consistent, Problems: a.Manifest.Problems}
	for i, c := range cs {
		p, err := a.restore(ctx, to.Store, c, a.Manifest.Collections[i], o)
		if err != nil {
			return r, err
		}
		r.Collections = append(r.Collections, p)
	}
	if err := a.restoreBlobs(ctx, to.Blobs, &r, o); err != nil {
		return r, err
	}
	if err := compare(ctx, to.Store, r.Collections, cs, o); err != nil {
		return r, err
	}
	return r, end(ctx, to.Store, a.Manifest.Store)
}

// collections are those of the manifest, in its order.
func (a *Archive) collections(o Options) ([]*store.Collection, error) {
	var cs []*store.Collection
	for _, p := range a.Manifest.Collections {
		n := slices.IndexFunc(o.Schema, func(c *store.Collection) bool { return c.Name == p.Name && c != store.State })
		if n < 0 {
			return nil, fmt.Errorf("the backup has a collection %q, which this program (%s) does not know: use the program that made it (%s)", p.Name, o.Program, a.Manifest.Program)
		}
		cs = append(cs, o.Schema[n])
	}
	return cs, nil
}

// restore stores one collection and answers what is then to be read back.
func (a *Archive) restore(ctx context.Context, to store.Movable, in *store.Collection, p Part, o Options) (Part, error) {
	s, l := newSum(in), &load{to: to, in: in}
	for line, err := range a.lines(ctx, p) {
		if err != nil {
			return Part{}, err
		}
		d, err := parseLine(in, line)
		if err != nil {
			return Part{}, notWhole("%s: %v", in.Name, err)
		}
		s.add(d)
		if err := l.add(ctx, d); err != nil {
			return Part{}, err
		}
		if s.n%tellEvery == 0 {
			o.tell(in.Name, s.n)
		}
	}
	o.tell(in.Name, s.n)
	return s.part(), l.flush(ctx)
}

// restoreBlobs stores the blobs; a driver names each by what it holds.
func (a *Archive) restoreBlobs(ctx context.Context, to blob.Store, r *Report, o Options) error {
	p := &putter{to: to}
	err := a.blobs(ctx, func(_ blob.Ref, content io.Reader) error {
		if err := p.put(ctx, content); err != nil {
			return err
		}
		if r.Blobs++; r.Blobs%100 == 0 {
			o.tell("blobs", r.Blobs)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.flush(ctx)
}
