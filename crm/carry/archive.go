package carry

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"time"

	"github.com/klauspost/compress/zstd"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// A backup is a zip file, so that people can look into it:
//
//	collections/NAME.jsonl.zst   a collection, a document a line (line.go)
//	blobs.zst                    all blobs (frame.go)
//	manifest.json                what is in it, with counts and digests; last
//
// A file that was cut off has no directory at its end, and is no zip file.

// format is the version of this layout; a reader refuses higher ones.
const format = 1

const (
	manifestName = "manifest.json"
	blobsName    = "blobs.zst"
)

func collectionName(name string) string { return "collections/" + name + ".jsonl.zst" }

// Manifest says what is in a backup.
type Manifest struct {
	Format      int           `json:"format"`
	ID          string        `json:"id"` // random: tells backups apart
	Program     string        `json:"program"`
	MadeAt      time.Time     `json:"madeAt"`
	Consistent  bool          `json:"consistent"` // all documents are of one moment
	Store       store.Version `json:"store"`
	Collections []Part        `json:"collections"`
	Blobs       BlobPart      `json:"blobs"`
	LeftBehind  []string      `json:"leftBehind"`
	Problems    []string      `json:"problems,omitempty"` // blobs that could not be read
}

// BlobPart is what the blobs came to; the digest is of their references.
type BlobPart struct {
	Count  int64  `json:"count"`
	Digest string `json:"sha256"`
}

// ErrNotWhole refuses a file that is no backup, was cut off or was altered.
var ErrNotWhole = errors.New("the file is not a whole backup: it was cut off or altered, or is something else")

func notWhole(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrNotWhole, fmt.Sprintf(format, args...))
}

// Archive is an opened backup.
type Archive struct {
	Manifest Manifest
	zip      *zip.ReadCloser
}

// Open opens a backup. ErrNotWhole, or an error of the file system.
func Open(path string) (*Archive, error) {
	z, err := zip.OpenReader(path)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, notWhole("%v", err)
	}
	if err != nil {
		return nil, err
	}
	a := &Archive{zip: z}
	if err := a.readManifest(); err != nil {
		z.Close()
		return nil, err
	}
	return a, nil
}

// Close closes the file.
func (a *Archive) Close() error { return a.zip.Close() }

func (a *Archive) readManifest() error {
	f, err := a.zip.Open(manifestName)
	if err != nil {
		return notWhole("it has no manifest")
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return notWhole("manifest: %v", err)
	}
	if err := json.Unmarshal(raw, &a.Manifest); err != nil || a.Manifest.Format < 1 {
		return notWhole("the manifest cannot be read")
	}
	if a.Manifest.Format > format {
		return fmt.Errorf("the backup was written by a newer program (format %d, this program reads up to %d): use that program", a.Manifest.Format, format)
	}
	return nil
}

// entry opens a compressed part. Its end is reached only when the zip's own
// checksum is right.
func (a *Archive) entry(name string) (io.ReadCloser, error) {
	f, err := a.zip.Open(name)
	if err != nil {
		return nil, notWhole("%s is missing", name)
	}
	d, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
	if err != nil {
		f.Close()
		return nil, err
	}
	return &part{f, d}, nil
}

type part struct {
	file io.ReadCloser
	d    *zstd.Decoder
}

func (p *part) Read(b []byte) (int, error) { return p.d.Read(b) }

func (p *part) Close() error {
	p.d.Close()
	return p.file.Close()
}

// lines walks a part of the backup and holds it to the manifest: when the walk
// ends without an error, every line was as it was written.
func (a *Archive) lines(ctx context.Context, want Part) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		fail := func(err error) { yield(nil, fmt.Errorf("%s: %w", want.Name, err)) }
		f, err := a.entry(collectionName(want.Name))
		if err != nil {
			fail(err)
			return
		}
		defer f.Close()
		h, n := sha256.New(), int64(0)
		r := bufio.NewReaderSize(f, 256<<10)
		for {
			line, err := readLine(r)
			if err == io.EOF {
				break
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				fail(broken(ctx, err))
				return
			}
			h.Write(line)
			n++
			if !yield(bytes.TrimSuffix(line, []byte("\n")), nil) {
				return
			}
		}
		if n != want.Documents || hexSum(h) != want.Digest {
			fail(notWhole("%d documents with another digest than the manifest's %d", n, want.Documents))
		}
	}
}

// readLine reads to the line's end; the line is valid until the next call.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := bytes.Clone(line)
		rest, err := r.ReadBytes('\n')
		return append(long, rest...), err
	}
	if err == io.EOF && len(line) > 0 {
		err = io.ErrUnexpectedEOF
	}
	return line, err
}

// broken takes an error of reading for damage, unless somebody gave up.
func broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return notWhole("%v", err)
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// blobs walks the blobs and holds them to their references and the manifest. f
// reads the content to its end; an error of its reader comes back as ErrNotWhole.
func (a *Archive) blobs(ctx context.Context, f func(ref blob.Ref, content io.Reader) error) error {
	part, err := a.entry(blobsName)
	if err != nil {
		return err
	}
	defer part.Close()
	r := newFrameReader(part)
	h, n := sha256.New(), int64(0)
	for {
		ref, err := r.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return broken(ctx, err)
		}
		if err := f(ref, r); err != nil {
			switch {
			case errors.Is(r.err, errGivenUp):
				continue
			case r.err != nil && r.err != io.EOF:
				return broken(ctx, r.err)
			}
			return err // of what was done with it
		}
		io.WriteString(h, string(ref))
		n++
	}
	if n != a.Manifest.Blobs.Count || hexSum(h) != a.Manifest.Blobs.Digest {
		return notWhole("%d blobs with another digest than the manifest's %d", n, a.Manifest.Blobs.Count)
	}
	return nil
}

// Verify reads the whole backup and answers nil when every byte is as it was
// written.
func (a *Archive) Verify(ctx context.Context, o Options) error {
	for _, p := range a.Manifest.Collections {
		n := int64(0)
		for _, err := range a.lines(ctx, p) {
			if err != nil {
				return err
			}
			if n++; n%tellEvery == 0 {
				o.tell("check "+p.Name, n)
			}
		}
	}
	n := int64(0)
	return a.blobs(ctx, func(_ blob.Ref, content io.Reader) error {
		if n++; n%100 == 0 {
			o.tell("check blobs", n)
		}
		_, err := io.Copy(io.Discard, content)
		return err
	})
}
