package carry

import (
	"context"
	"errors"
	"io"
	"slices"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// Copy copies a store, as it is at this moment, into an empty one. source names
// it in the target's mark, without its password: a copy that was cut short goes
// on where it stopped when it is called with the same source. At the end counts
// and digests of all collections are compared; what the source changed between
// two calls is brought up to date.
func Copy(ctx context.Context, from, to Side, source string, o Options) (r Report, err error) {
	if err := Unfinished(ctx, from.Store); err != nil {
		return r, err
	}
	version, err := versionOf(ctx, from.Store)
	if err != nil {
		return r, err
	}
	m, err := begin(ctx, to.Store, Move{Kind: kindCopy, From: source}, o)
	if err != nil {
		return r, err
	}
	snapshot, err := from.Store.Snapshot(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	r.Consistent = snapshot.Consistent()
	c := &copier{from: snapshot, to: to.Store, mark: m, o: o}
	if r.Collections, err = c.documents(ctx); err != nil {
		return r, err
	}
	if err := copyBlobs(ctx, from.Blobs, to.Blobs, &r, o); err != nil {
		return r, err
	}
	if err := compare(ctx, to.Store, r.Collections, o.moved(), o); err != nil {
		return r, err
	}
	return r, end(ctx, to.Store, version)
}

// copier copies documents.
type copier struct {
	from store.Snapshot
	to   store.Movable
	mark Move
	o    Options
}

// documents copies what the mark says is not there yet. What was there before is
// compared, for the source may have changed since.
func (c *copier) documents(ctx context.Context) (parts []Part, err error) {
	cs := c.o.moved()
	begun := slices.IndexFunc(cs, func(in *store.Collection) bool { return in.Name == c.mark.Collection })
	for n, in := range cs {
		var p Part
		if n > begun {
			p, err = c.collection(ctx, in)
		} else {
			p, err = c.resume(ctx, in, n == begun)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// collection copies a collection and answers what it came to.
func (c *copier) collection(ctx context.Context, in *store.Collection) (Part, error) {
	s := newSum(in)
	err := c.walk(ctx, in, "", s)
	return s.part(), err
}

// resume completes a collection of which an earlier call copied a part, or all.
func (c *copier) resume(ctx context.Context, in *store.Collection, part bool) (Part, error) {
	if part {
		if err := c.walk(ctx, in, c.mark.After, newSum(in)); err != nil {
			return Part{}, err
		}
	}
	p, err := sumOf(ctx, c.from, in, c.o)
	if err == nil {
		err = c.align(ctx, in, p)
	}
	return p, err
}

// walk copies what comes behind an id and remembers, batch by batch, how far it
// is.
func (c *copier) walk(ctx context.Context, in *store.Collection, after string, s *sum) error {
	l := &load{to: c.to, in: in, stored: func(last string) error {
		c.mark.Collection, c.mark.After = in.Name, last
		return c.mark.save(ctx, c.to)
	}}
	for d, err := range c.from.Docs(ctx, in, after) {
		if err == nil {
			s.add(d)
			err = l.add(ctx, d)
		}
		if err != nil {
			return err
		}
		if s.n%tellEvery == 0 {
			c.o.tell(in.Name, s.n)
		}
	}
	c.o.tell(in.Name, s.n)
	return l.flush(ctx)
}

// align makes a collection of the target equal to the source's: first what
// differs goes, which may hold a unique value that another document has now,
// then what is missing comes.
func (c *copier) align(ctx context.Context, in *store.Collection, want Part) error {
	target, err := c.to.Snapshot(ctx)
	if err != nil {
		return err
	}
	got, err := sumOf(ctx, target, in, c.o)
	if err == nil && got != want {
		err = c.prune(ctx, target, in)
	}
	err = errors.Join(err, target.Close())
	if err != nil || got == want {
		return err
	}
	return c.fill(ctx, in)
}

// prune deletes what the source has not, or has otherwise. target is a view from
// before the first deletion.
func (c *copier) prune(ctx context.Context, target store.Snapshot, in *store.Collection) error {
	source := newCursor(c.from.Docs(ctx, in, ""))
	defer source.stop()
	for d, err := range target.Docs(ctx, in, "") {
		if err != nil {
			return err
		}
		same, err := source.has(d, in)
		if err == nil && !same {
			err = c.to.Apply(ctx, store.Delete{In: in, ID: d.ID, Version: -1})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fill loads what the target has not.
func (c *copier) fill(ctx context.Context, in *store.Collection) error {
	view, err := c.to.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer view.Close()
	target := newCursor(view.Docs(ctx, in, ""))
	defer target.stop()
	l := &load{to: c.to, in: in}
	for d, err := range c.from.Docs(ctx, in, "") {
		if err != nil {
			return err
		}
		same, err := target.has(d, in)
		if err == nil && !same {
			err = l.add(ctx, d)
		}
		if err != nil {
			return err
		}
	}
	return l.flush(ctx)
}

// copyAtOnce is how many references the target is asked for together.
const copyAtOnce = 500

// copyBlobs copies the blobs that the target has not.
func copyBlobs(ctx context.Context, from, to blob.Store, r *Report, o Options) error {
	p := &putter{to: to}
	for refs, err := range batches(ctx, from) {
		if err != nil {
			return err
		}
		has, err := to.Has(ctx, refs...)
		if err != nil {
			return err
		}
		for n, ref := range refs {
			if !has[n] {
				err := openBlob(ctx, from, ref, func(_ blob.Ref, content io.Reader) error { return p.put(ctx, content) })
				switch {
				case errors.Is(err, blob.ErrNotFound):
					continue // garbage that went meanwhile
				case errors.Is(err, blob.ErrDamaged):
					r.Problems = append(r.Problems, err.Error())
					continue
				case err != nil:
					return err
				}
			}
			r.Blobs++
		}
		o.tell("blobs", r.Blobs)
	}
	return p.flush(ctx)
}
