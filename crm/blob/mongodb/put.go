package mongodb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/blob"
)

// duplicateKey is MongoDB's code of an insert whose id is there already.
const duplicateKey = 11000

// batchBytes bounds one insert command, below the 48 MB of a message.
const batchBytes = 16 << 20

// Put implements blob.Store: long contents first, then the short ones, which
// travel together.
func (s *Store) Put(ctx context.Context, contents ...[]byte) ([]blob.Ref, error) {
	done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	refs := make([]blob.Ref, len(contents))
	for i, c := range contents {
		refs[i] = blob.RefOf(c)
	}
	ages, err := s.ages(ctx, refs)
	if err != nil {
		return nil, err
	}
	if err := s.renew(ctx, ages); err != nil {
		return nil, err
	}
	var short [][]byte
	var names []blob.Ref
	seen := map[blob.Ref]bool{}
	for i, c := range contents {
		_, has := ages[refs[i]]
		switch {
		case has || seen[refs[i]]:
		case len(c) < blob.Small:
			short, names = append(short, c), append(names, refs[i])
		default:
			if err := s.upload(ctx, refs[i], c); err != nil {
				return nil, err
			}
		}
		seen[refs[i]] = true
	}
	if err := s.insert(ctx, names, short); err != nil {
		return nil, err
	}
	return refs, nil
}

// PutReader implements blob.Store. A file's name is known at its end only: it is
// uploaded under a name that nobody asks for, and there once it is renamed.
func (s *Store) PutReader(ctx context.Context, content io.Reader) (blob.Ref, error) {
	head, whole, err := blob.Head(content)
	if err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	if len(head) < blob.Small {
		refs, err := s.Put(ctx, head)
		if err != nil {
			return "", err
		}
		return refs[0], nil
	}
	done, err := s.begin(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	up, err := s.long.OpenUploadStream(ctx, uploading)
	if err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	ref, size, err := blob.PackStream(ctx, up, whole)
	if err != nil {
		_ = up.Abort()
		return "", fmt.Errorf("blob: %w", err)
	}
	if err := up.Close(); err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	ages, err := s.ages(ctx, []blob.Ref{ref})
	if err == nil {
		err = s.renew(ctx, ages)
	}
	if err != nil {
		return "", err
	}
	if _, has := ages[ref]; has {
		if err := s.long.Delete(ctx, up.FileID); err != nil {
			return "", fmt.Errorf("blob: %w", err)
		}
		return ref, nil
	}
	_, err = s.long.GetFilesCollection().UpdateOne(ctx, bson.D{{Key: "_id", Value: up.FileID}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "filename", Value: string(ref)}, {Key: "metadata", Value: bson.D{{Key: "size", Value: size}}}}}})
	if err != nil {
		return "", fmt.Errorf("blob: %w", err)
	}
	return ref, nil
}

func (s *Store) upload(ctx context.Context, ref blob.Ref, content []byte) error {
	opts := options.GridFSUpload().SetMetadata(bson.D{{Key: "size", Value: int64(len(content))}})
	if _, err := s.long.UploadFromStream(ctx, string(ref), bytes.NewReader(blob.Pack(content)), opts); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}

// insert stores short contents in commands of bounded size.
func (s *Store) insert(ctx context.Context, refs []blob.Ref, contents [][]byte) error {
	var docs []any
	size := 0
	flush := func() error {
		if len(docs) == 0 {
			return nil
		}
		_, err := s.short.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
		docs, size = nil, 0
		return wrapInsert(err)
	}
	for i, c := range contents {
		packed := blob.Pack(c)
		if size+len(packed) > batchBytes {
			if err := flush(); err != nil {
				return err
			}
		}
		size += len(packed)
		docs = append(docs, bson.D{{Key: "_id", Value: string(refs[i])},
			{Key: "size", Value: int64(len(c))}, {Key: "at", Value: time.Now()}, {Key: "packed", Value: bson.Binary{Data: packed}}})
	}
	return flush()
}

// wrapInsert takes it for done when the only failures are contents that another
// node put meanwhile.
func wrapInsert(err error) error {
	var bulk mongo.BulkWriteException
	if errors.As(err, &bulk) && bulk.WriteConcernError == nil && len(bulk.WriteErrors) > 0 {
		for _, w := range bulk.WriteErrors {
			if w.Code != duplicateKey {
				return fmt.Errorf("blob: %w", err)
			}
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
