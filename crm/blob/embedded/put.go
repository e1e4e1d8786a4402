package embedded

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/blob"
)

// file is where a long blob stands, in one of 256 folders.
func (s *Store) file(ref blob.Ref) string {
	return filepath.Join(s.dir, "blobs", string(ref[:2]), string(ref))
}

// Put stores contents: long ones as files first, then all short ones with one
// commit.
func (s *Store) Put(ctx context.Context, contents ...[]byte) ([]blob.Ref, error) {
	refs := make([]blob.Ref, len(contents))
	for n, c := range contents {
		refs[n] = blob.RefOf(c)
	}
	ages, err := s.ages(ctx, refs)
	if err != nil {
		return nil, err
	}
	var short []entry
	for n, c := range contents {
		if time.Since(ages[n]) < blob.Fresh {
			continue
		}
		e := entry{refs[n], blob.Pack(c)}
		if len(c) < blob.Small {
			short = append(short, e)
		} else if err := s.putFile(ctx, e); err != nil {
			return nil, err
		}
	}
	if len(short) == 0 {
		return refs, ctx.Err()
	}
	err = s.with(ctx, s.write, func(conn *sqlite.Conn) error { return insert(conn, short) })
	if err != nil {
		return nil, err
	}
	return refs, nil
}

// PutReader stores one content as it is read: beside its place, for its name is
// known at its end only.
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
	if err := s.alive(); err != nil {
		return "", err
	}
	var ref blob.Ref
	err = s.writeFile(filepath.Join(s.dir, "blobs"), func(f *os.File) (string, error) {
		if ref, _, err = blob.PackStream(ctx, f, whole); err != nil {
			return "", fmt.Errorf("blob: %w", err)
		}
		return s.file(ref), nil
	})
	if err != nil {
		return "", err
	}
	return ref, nil
}

func (s *Store) alive() error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	return nil
}

type entry struct {
	ref    blob.Ref
	packed []byte
}

func insert(conn *sqlite.Conn, list []entry) (err error) {
	if err := run(conn, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil && !conn.AutocommitEnabled() {
			run(conn, "ROLLBACK")
		}
	}()
	for _, e := range list {
		// What is there, from before or put by another meanwhile, becomes young.
		stmt, err := lookup(conn, "INSERT INTO blob (ref, at, packed) VALUES (?, ?, ?) ON CONFLICT (ref) DO UPDATE SET at = excluded.at", e.ref)
		if err != nil {
			return err
		}
		stmt.BindInt64(2, time.Now().UnixMilli())
		stmt.BindBytes(3, e.packed)
		_, err = stmt.Step()
		stmt.Reset()
		if err != nil {
			return err
		}
	}
	return run(conn, "COMMIT")
}

func (s *Store) putFile(ctx context.Context, e entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	folder := filepath.Dir(s.file(e.ref))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return s.writeFile(folder, func(f *os.File) (string, error) {
		_, err := f.Write(e.packed)
		return s.file(e.ref), err
	})
}

// writeFile writes beside and renames to the name that fill answers, with the
// file and its folder flushed: the name never stands for half a content.
func (s *Store) writeFile(beside string, fill func(*os.File) (name string, err error)) (err error) {
	f, err := os.CreateTemp(beside, ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	name, err := fill(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	folder := filepath.Dir(name)
	if err = os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	if err = flush(folder); err != nil {
		return err
	}
	return flush(filepath.Dir(folder))
}

func flush(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
