package carry

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"cemigmas/crm/blob"
	"cemigmas/crm/store"
)

// Backup writes a store that may be served meanwhile into a new file, in memory
// that does not grow with it. The file has its name once it is whole and on disk;
// whatever ends the work earlier leaves none.
//
// The documents are those of one moment (Report.Consistent); the blobs are read
// after them, so that none is missing: they are put before the documents that
// name them, and garbage has a day of grace.
func Backup(ctx context.Context, from Side, path string, o Options) (_ Report, err error) {
	if err := Unfinished(ctx, from.Store); err != nil {
		return Report{}, err
	}
	if _, err := os.Lstat(path); err == nil {
		return Report{}, fmt.Errorf("%s is there already: choose another name", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".cemigmas-backup-*")
	if err != nil {
		return Report{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	w := &writer{file: bufio.NewWriterSize(f, 1<<20), o: o}
	w.zip = zip.NewWriter(w.file)
	report, err := w.write(ctx, from)
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return report, err
	}
	if err = f.Close(); err != nil {
		return report, err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return report, err
	}
	return report, syncFolder(filepath.Dir(path))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// writer writes one backup.
type writer struct {
	file *bufio.Writer
	zip  *zip.Writer
	o    Options
}

func (w *writer) write(ctx context.Context, from Side) (r Report, err error) {
	m := Manifest{Format: format, ID: rand.Text(), Program: w.o.Program, MadeAt: w.o.Now().UTC(), LeftBehind: []string{}}
	if m.Store, err = versionOf(ctx, from.Store); err != nil {
		return r, err
	}
	for _, c := range w.o.Passing {
		m.LeftBehind = append(m.LeftBehind, c.Name)
	}
	if err := w.documents(ctx, from.Store, &r); err != nil {
		return r, err
	}
	if m.Blobs, err = w.blobs(ctx, from.Blobs, &r); err != nil {
		return r, err
	}
	m.Consistent, m.Collections, m.Problems = r.Consistent, r.Collections, r.Problems
	if err := w.manifest(m); err != nil {
		return r, err
	}
	if err := w.zip.Close(); err != nil {
		return r, err
	}
	return r, w.file.Flush()
}

func (w *writer) documents(ctx context.Context, s store.Movable, r *Report) (err error) {
	snapshot, err := s.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, snapshot.Close()) }()
	r.Consistent = snapshot.Consistent()
	for _, c := range w.o.moved() {
		p, err := w.collection(ctx, snapshot, c)
		if err != nil {
			return err
		}
		r.Collections = append(r.Collections, p)
	}
	return nil
}

// entry begins a compressed part; end finishes it.
func (w *writer) entry(name string) (e *zstd.Encoder, err error) {
	// Stored, for it is compressed already, and better than zip would.
	f, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: w.o.Now()})
	if err != nil {
		return nil, err
	}
	return zstd.NewWriter(f, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(4<<20))
}

func (w *writer) collection(ctx context.Context, n store.Snapshot, in *store.Collection) (Part, error) {
	out, err := w.entry(collectionName(in.Name))
	if err != nil {
		return Part{}, err
	}
	h := sha256.New()
	both := io.MultiWriter(out, h)
	p := Part{Name: in.Name}
	var line []byte
	for d, err := range n.All(ctx, in) {
		if err == nil {
			line = append(appendLine(line[:0], in, d), '\n')
			_, err = both.Write(line)
		}
		if err != nil {
			return p, err
		}
		if p.Documents++; p.Documents%tellEvery == 0 {
			w.o.tell(in.Name, p.Documents)
		}
	}
	p.Digest = hexSum(h)
	w.o.tell(in.Name, p.Documents)
	return p, out.Close()
}

func (w *writer) blobs(ctx context.Context, s blob.Store, r *Report) (p BlobPart, err error) {
	out, err := w.entry(blobsName)
	if err != nil {
		return p, err
	}
	h := sha256.New()
	all := func(blob.Ref) (bool, error) { return true, nil }
	err = eachBlob(ctx, s, r, w.o, all, func(ref blob.Ref, content io.Reader) error {
		if err := writeFrame(ctx, out, ref, content); err != nil {
			return err
		}
		_, err := io.WriteString(h, string(ref))
		return err
	})
	if err != nil {
		return p, err
	}
	return BlobPart{Count: r.Blobs, Digest: hexSum(h)}, out.Close()
}

func (w *writer) manifest(m Manifest) error {
	f, err := w.zip.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Store, Modified: w.o.Now()})
	if err != nil {
		return err
	}
	e := json.NewEncoder(f)
	e.SetIndent("", "  ")
	return e.Encode(m)
}
