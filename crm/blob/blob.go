// Package blob is the port to raw mail and documents: bytes that are named by
// their own digest, never changed, and compressed where that helps.
//
// The same bytes put twice are one blob. A batch is on disk when Put returns,
// so whoever then stores a document that names a Ref never names a missing one.
package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"time"
)

// Ref names a blob: the SHA-256 of its content, 64 lower-case hex digits.
type Ref string

// Small is the size in bytes below which drivers keep a blob beside others in
// their database; longer ones are files, or GridFS.
const Small = 1 << 20

// The errors that drivers wrap.
var (
	ErrNotFound = errors.New("blob: not found")
	ErrDamaged  = errors.New("blob: the content does not have its digest")
	ErrInvalid  = errors.New("blob: not a reference")
)

// Store keeps blobs. Its methods may be called from many goroutines.
type Store interface {
	// Put stores all contents durably, with one commit, and returns their
	// references in order. When it fails some may have been stored: that does
	// no harm, and putting them again completes it. Putting what is there makes
	// it young again (see Grace).
	Put(ctx context.Context, contents ...[]byte) ([]Ref, error)

	// PutReader is Put for one content that is too large to hold: it is stored
	// as it is read, in memory that does not grow with it. An error of the
	// reader comes back wrapped, and then nothing was stored.
	PutReader(ctx context.Context, content io.Reader) (Ref, error)

	// Get returns a content whole. ErrNotFound, ErrDamaged.
	Get(ctx context.Context, ref Ref) ([]byte, error)

	// Open reads a content as a stream, for documents that are too large to
	// hold. ErrNotFound; reading ends with ErrDamaged instead of io.EOF when
	// the digest is wrong.
	Open(ctx context.Context, ref Ref) (io.ReadCloser, error)

	// Has reports which of the references exist, in their order.
	Has(ctx context.Context, refs ...Ref) ([]bool, error)

	// All walks every blob once, in no promised order, beside calls that put and
	// remove; what is put meanwhile may be left out.
	All(ctx context.Context) iter.Seq2[Info, error]

	// Remove deletes those of the references that were last put before a moment,
	// and counts them. One that is put again meanwhile stays. A moment less than
	// Grace ago is ErrTooYoung. It also clears away, as old, what uploads that
	// broke off left behind.
	Remove(ctx context.Context, before time.Time, refs ...Ref) (int, error)

	// Close waits for running calls and releases everything.
	Close() error
}

// RefOf returns the reference that a content has or would have.
func RefOf(content []byte) Ref {
	sum := sha256.Sum256(content)
	return Ref(hex.EncodeToString(sum[:]))
}

// Check returns ErrInvalid unless the reference is well formed. Drivers call
// it first, for a reference may become part of a file name.
func (r Ref) Check() error {
	if len(r) != 2*sha256.Size {
		return ErrInvalid
	}
	for _, c := range []byte(r) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return ErrInvalid
		}
	}
	return nil
}
