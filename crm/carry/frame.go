package carry

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	"cemigmas/crm/blob"
)

// The blobs of a backup follow each other in one compressed stream: the digest
// (32 bytes), then pieces of the content, each after its length (4 bytes, most
// significant first), then the length 0. The length givenUp instead ends a
// content that turned out damaged while it was read: it is no blob of the backup.

const (
	pieceSize = 256 << 10
	givenUp   = 1<<32 - 1
)

var errGivenUp = errors.New("carry: the content was damaged when the backup was made")

// writeFrame writes one blob. An error of the content, which is what the caller
// gets, leaves the stream sound.
func writeFrame(ctx context.Context, w io.Writer, ref blob.Ref, content io.Reader) error {
	head, whole, err := blob.Head(content) // short ones are known to be sound before a byte is written
	if err != nil {
		return err
	}
	digest, err := hex.DecodeString(string(ref))
	if err != nil {
		return err
	}
	if _, err := w.Write(digest); err != nil {
		return err
	}
	if len(head) < blob.Small {
		if err := writePiece(w, head); err != nil || len(head) == 0 {
			return err
		}
		return writeLength(w, 0)
	}
	buf := make([]byte, pieceSize)
	for {
		n, err := io.ReadFull(whole, buf)
		if err == io.ErrUnexpectedEOF {
			err = nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF {
			return writeLength(w, 0)
		}
		if err != nil {
			return errors.Join(err, writeLength(w, givenUp))
		}
		if err := writePiece(w, buf[:n]); err != nil {
			return err
		}
	}
}

func writePiece(w io.Writer, b []byte) error {
	if err := writeLength(w, uint32(len(b))); err != nil {
		return err
	}
	_, err := w.Write(b)
	return err
}

func writeLength(w io.Writer, n uint32) error {
	_, err := w.Write(binary.BigEndian.AppendUint32(nil, n))
	return err
}

// frameReader reads one blob after the other; between two calls of next it is
// the content of one.
type frameReader struct {
	r    *bufio.Reader
	ref  blob.Ref
	sum  hash.Hash
	left uint32 // of the piece
	err  error  // how the content ended; io.EOF: well
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 256<<10), err: io.EOF}
}

// next goes to the next blob, over what was left unread of this one. io.EOF after
// the last.
func (f *frameReader) next() (blob.Ref, error) {
	if f.err == nil {
		io.Copy(io.Discard, f)
	}
	if f.err != io.EOF && !errors.Is(f.err, errGivenUp) {
		return "", f.err
	}
	var digest [sha256.Size]byte
	if _, err := io.ReadFull(f.r, digest[:]); err != nil {
		return "", err
	}
	f.ref, f.sum, f.left, f.err = blob.Ref(hex.EncodeToString(digest[:])), sha256.New(), 0, nil
	return f.ref, nil
}

// Read implements io.Reader. A content that is not what its digest says ends
// with an error instead of io.EOF.
func (f *frameReader) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	if f.left == 0 {
		if f.err = f.piece(); f.err != nil {
			return 0, f.err
		}
	}
	n, err := f.r.Read(p[:min(len(p), int(f.left))])
	f.sum.Write(p[:n])
	f.left -= uint32(n)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	f.err = err
	return n, err
}

func (f *frameReader) piece() error {
	var length [4]byte
	if _, err := io.ReadFull(f.r, length[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	f.left = binary.BigEndian.Uint32(length[:])
	switch {
	case f.left == 0 && hexSum(f.sum) != string(f.ref):
		return fmt.Errorf("%w: %s", blob.ErrDamaged, f.ref)
	case f.left == 0:
		return io.EOF
	case f.left == givenUp:
		return errGivenUp
	case f.left > blob.Small:
		return fmt.Errorf("a piece of %d bytes", f.left)
	}
	return nil
}
