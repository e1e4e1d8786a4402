package carry

import (
	"bytes"
	"context"
	"errors"
	"io"

	"cemigmas/crm/blob"
)

// putter stores contents: short ones many at a time, with one commit.
type putter struct {
	to    blob.Store
	batch [][]byte
	bytes int
}

const (
	putCount = 500
	putBytes = 8 << 20
)

// put stores one content as it is read.
func (p *putter) put(ctx context.Context, content io.Reader) error {
	head, whole, err := blob.Head(content)
	if err != nil {
		return err
	}
	if len(head) == blob.Small {
		_, err := p.to.PutReader(ctx, whole)
		return err
	}
	p.batch = append(p.batch, bytes.Clone(head))
	p.bytes += len(head)
	if len(p.batch) < putCount && p.bytes < putBytes {
		return nil
	}
	return p.flush(ctx)
}

func (p *putter) flush(ctx context.Context) error {
	if len(p.batch) == 0 {
		return nil
	}
	_, err := p.to.Put(ctx, p.batch...)
	p.batch, p.bytes = nil, 0
	return err
}

// eachBlob opens the blobs of a store that are wanted. One whose content is
// damaged becomes a problem in the report. One that went between the listing and
// the reading was garbage: what documents name stays.
func eachBlob(ctx context.Context, s blob.Store, r *Report, o Options, want func(blob.Ref) (bool, error), f func(blob.Ref, io.Reader) error) error {
	for b, err := range s.All(ctx) {
		if err != nil {
			return err
		}
		wanted, err := want(b.Ref)
		if err == nil && wanted {
			err = openBlob(ctx, s, b.Ref, f)
		}
		switch {
		case errors.Is(err, blob.ErrNotFound):
			continue
		case errors.Is(err, blob.ErrDamaged):
			r.Problems = append(r.Problems, err.Error())
			continue
		case err != nil:
			return err
		}
		if r.Blobs++; r.Blobs%100 == 0 {
			o.tell("blobs", r.Blobs)
		}
	}
	return nil
}

func openBlob(ctx context.Context, s blob.Store, ref blob.Ref, f func(blob.Ref, io.Reader) error) error {
	content, err := s.Open(ctx, ref)
	if err != nil {
		return err
	}
	defer content.Close()
	return f(ref, content)
}
