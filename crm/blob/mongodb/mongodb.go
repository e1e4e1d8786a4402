// Package mongodb keeps blobs in a MongoDB database: short ones as documents of
// the collection blobs,
//
//	{ _id: "<reference>", size: <bytes of the content>, at: <last put>, packed: <binary> }
//
// long ones in the GridFS bucket documents, as files whose name is the
// reference. A GridFS file has an id of its own, so that two nodes may upload
// the same content at once; it is there when its entry in documents.files is,
// which is written last and whose uploadDate is the last put. Chunks without such
// an entry are of an upload that broke off.
package mongodb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"cemigmas/crm/blob"
)

const (
	shortCollection = "blobs"
	longBucket      = "documents"
)

// Store implements blob.Store.
type Store struct {
	short *mongo.Collection
	long  *mongo.GridFSBucket

	mu     sync.RWMutex // held for reading by calls, for writing by Close
	closed bool
}

var _ blob.Store = (*Store)(nil)

var errClosed = errors.New("blob: the store is closed")

// New keeps blobs in a database. The connections stay the caller's: Close does
// not end them.
func New(db *mongo.Database) *Store {
	db = db.Client().Database(db.Name(), options.Database().
		SetReadConcern(readconcern.Majority()).SetWriteConcern(writeconcern.Majority()))
	return &Store{
		short: db.Collection(shortCollection),
		long:  db.GridFSBucket(options.GridFSBucket().SetName(longBucket)),
	}
}

// Close implements blob.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// begin admits a call; done ends it.
func (s *Store) begin(ctx context.Context) (done func(), err error) {
	s.mu.RLock()
	if s.closed {
		err = errClosed
	} else {
		err = ctx.Err()
	}
	if err != nil {
		s.mu.RUnlock()
		return nil, err
	}
	return s.mu.RUnlock, nil
}

// Get implements blob.Store.
func (s *Store) Get(ctx context.Context, ref blob.Ref) ([]byte, error) {
	r, err := s.open(ctx, ref)
	if err != nil {
		return nil, err
	}
	packed, err := io.ReadAll(r)
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, damaged(ref, err)
	}
	return blob.Unpack(ref, packed)
}

// Open implements blob.Store.
func (s *Store) Open(ctx context.Context, ref blob.Ref) (io.ReadCloser, error) {
	r, err := s.open(ctx, ref)
	if err != nil {
		return nil, err
	}
	return blob.UnpackStream(ref, r)
}

// open reads the packed bytes. The store stays open until they are closed.
func (s *Store) open(ctx context.Context, ref blob.Ref) (io.ReadCloser, error) {
	if err := ref.Check(); err != nil {
		return nil, err
	}
	done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	r, err := s.packed(ctx, ref)
	if err != nil {
		done()
		return nil, err
	}
	return &reader{ReadCloser: r, done: sync.OnceFunc(done)}, nil
}

type reader struct {
	io.ReadCloser
	done func()
}

func (r *reader) Close() error {
	defer r.done()
	return r.ReadCloser.Close()
}

func (s *Store) packed(ctx context.Context, ref blob.Ref) (io.ReadCloser, error) {
	raw, err := s.short.FindOne(ctx, bson.D{{Key: "_id", Value: string(ref)}}).Raw()
	if err == nil {
		_, packed, ok := raw.Lookup("packed").BinaryOK()
		if !ok {
			return nil, fmt.Errorf("%w: %s has no bytes", blob.ErrDamaged, ref)
		}
		return io.NopCloser(bytes.NewReader(packed)), nil
	}
	if !errors.Is(err, mongo.ErrNoDocuments) {
		return nil, fmt.Errorf("blob: %w", err)
	}
	r, err := s.long.OpenDownloadStreamByName(ctx, string(ref))
	if errors.Is(err, mongo.ErrFileNotFound) {
		return nil, fmt.Errorf("%w: %s", blob.ErrNotFound, ref)
	}
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return r, nil
}

// damaged tells a content that lacks chunks from a server that went away.
func damaged(ref blob.Ref, err error) error {
	if errors.Is(err, mongo.ErrWrongSize) || errors.Is(err, mongo.ErrMissingChunk) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %s: %v", blob.ErrDamaged, ref, err)
	}
	return fmt.Errorf("blob: %w", err)
}

// Has implements blob.Store.
func (s *Store) Has(ctx context.Context, refs ...blob.Ref) ([]bool, error) {
	for _, ref := range refs {
		if err := ref.Check(); err != nil {
			return nil, err
		}
	}
	done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	ages, err := s.ages(ctx, refs)
	if err != nil {
		return nil, err
	}
	has := make([]bool, len(refs))
	for i, ref := range refs {
		_, has[i] = ages[ref]
	}
	return has, nil
}
