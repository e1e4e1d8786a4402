package blob

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The first byte of a packed content says how the rest is kept. All drivers
// keep the same bytes, so that a copy from one to another moves them as they
// are.
const (
	plain      = 'p'
	compressed = 'z'
)

// Windows of half a megabyte: mail gains next to nothing from more, and each
// coder would hold megabytes for good.
var (
	encoder = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2),
			zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
		if err != nil {
			panic(err) // of the options only
		}
		return e
	})
	decoder = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// Pack makes the form in which drivers keep a content: compressed, or plain
// when that is not longer (pictures, PDF).
func Pack(content []byte) []byte {
	out := append(make([]byte, 0, len(content)/2+64), compressed)
	out = encoder().EncodeAll(content, out)
	if len(out) > len(content) {
		out = append(append(out[:0], plain), content...)
	}
	return out
}

// PackStream is Pack for a content that is read: it writes the packed form, which
// is always compressed, and answers the reference and the content's size in
// bytes. It stops between two pieces when the context has ended.
func PackStream(ctx context.Context, packed io.Writer, content io.Reader) (Ref, int64, error) {
	if _, err := packed.Write([]byte{compressed}); err != nil {
		return "", 0, err
	}
	e, err := zstd.NewWriter(packed, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(512<<10), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return "", 0, err
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(e, sum), whileAlive{ctx, content})
	if cerr := e.Close(); err == nil {
		err = cerr
	}
	return Ref(hex.EncodeToString(sum.Sum(nil))), n, err
}

// whileAlive reads until the context ends.
type whileAlive struct {
	ctx context.Context
	r   io.Reader
}

func (r whileAlive) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// Head reads a content that may be long: its first bytes, fewer than Small when
// that is all, and a reader of the whole.
func Head(content io.Reader) (head []byte, whole io.Reader, err error) {
	head, err = io.ReadAll(io.LimitReader(content, Small))
	return head, io.MultiReader(bytes.NewReader(head), content), err
}

// Unpack returns the content of a packed blob. ErrDamaged when it is not what
// the reference names.
func Unpack(ref Ref, packed []byte) ([]byte, error) {
	if len(packed) == 0 {
		return nil, fmt.Errorf("%w: %s is empty", ErrDamaged, ref)
	}
	content := packed[1:]
	if packed[0] == compressed {
		var err error
		if content, err = decoder().DecodeAll(content, nil); err != nil {
			return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, ref, err)
		}
	}
	if RefOf(content) != ref {
		return nil, fmt.Errorf("%w: %s", ErrDamaged, ref)
	}
	return content, nil
}

// UnpackStream is Unpack for a stream of packed bytes, which it closes.
func UnpackStream(ref Ref, packed io.ReadCloser) (io.ReadCloser, error) {
	r := bufio.NewReader(packed)
	form, err := r.ReadByte()
	if err != nil {
		packed.Close()
		return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, ref, err)
	}
	s := &stream{ref: ref, from: packed, r: r, sum: sha256.New()}
	if form == compressed {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
		if err != nil {
			packed.Close()
			return nil, fmt.Errorf("%w: %s: %v", ErrDamaged, ref, err)
		}
		s.r, s.decoder = d, d
	}
	return s, nil
}

// stream unpacks and adds up the digest on the way.
type stream struct {
	ref     Ref
	from    io.Closer
	r       io.Reader
	decoder *zstd.Decoder
	sum     hash.Hash
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum.Write(p[:n])
	switch {
	case err == io.EOF && hex.EncodeToString(s.sum.Sum(nil)) != string(s.ref):
		err = fmt.Errorf("%w: %s", ErrDamaged, s.ref)
	case err != nil && err != io.EOF:
		err = fmt.Errorf("%w: %s: %v", ErrDamaged, s.ref, err)
	}
	return n, err
}

func (s *stream) Close() error {
	if s.decoder != nil {
		s.decoder.Close()
	}
	return s.from.Close()
}
