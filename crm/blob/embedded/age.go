package embedded

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/blob"
)

// A short blob has the time of its last Put beside it; a long one's is its
// file's.

// addAge gives a file from before ages the column; what is in it becomes as old
// as this moment, so that nothing in the making is taken for garbage.
func addAge(conn *sqlite.Conn) error {
	stmt, _, err := conn.PrepareTransient("SELECT 1 FROM pragma_table_info('blob') WHERE name = 'at'")
	if err != nil {
		return err
	}
	has, err := stmt.Step()
	if e := stmt.Finalize(); err == nil {
		err = e
	}
	if has || err != nil {
		return err
	}
	return run(conn, fmt.Sprintf("ALTER TABLE blob ADD COLUMN at INTEGER NOT NULL DEFAULT %d", time.Now().UnixMilli()))
}

// ages says when references were last put; zero for those that do not exist.
func (s *Store) ages(ctx context.Context, refs []blob.Ref) ([]time.Time, error) {
	for _, ref := range refs {
		if err := ref.Check(); err != nil {
			return nil, err
		}
	}
	ages := make([]time.Time, len(refs))
	err := s.with(ctx, s.read, func(conn *sqlite.Conn) (err error) {
		for n, ref := range refs {
			if ages[n], err = s.age(conn, ref); err != nil {
				return err
			}
		}
		return nil
	})
	return ages, err
}

func (s *Store) age(conn *sqlite.Conn, ref blob.Ref) (time.Time, error) {
	stmt, err := lookup(conn, "SELECT at FROM blob WHERE ref = ?", ref)
	if err != nil {
		return time.Time{}, err
	}
	defer stmt.Reset()
	found, err := stmt.Step()
	if err != nil {
		return time.Time{}, err
	}
	if found {
		return time.UnixMilli(stmt.ColumnInt64(0)), nil
	}
	f, err := os.Stat(s.file(ref))
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return f.ModTime(), nil
}

// All implements blob.Store.
func (s *Store) All(ctx context.Context) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		for _, part := range []func(context.Context, func(blob.Info) bool) (bool, error){s.allShort, s.allLong} {
			more, err := part(ctx, func(b blob.Info) bool { return yield(b, nil) })
			if err != nil {
				yield(blob.Info{}, fmt.Errorf("blob: %w", err))
			}
			if err != nil || !more {
				return
			}
		}
	}
}

// listAtOnce bounds how long a listing keeps a connection.
const listAtOnce = 1000

func (s *Store) allShort(ctx context.Context, take func(blob.Info) bool) (more bool, err error) {
	for row := int64(0); ; {
		var page []blob.Info
		err := s.with(ctx, s.read, func(conn *sqlite.Conn) (err error) {
			page, row, err = list(conn, row)
			return err
		})
		if err != nil {
			return false, err
		}
		for _, b := range page {
			if !take(b) {
				return false, nil
			}
		}
		if len(page) < listAtOnce {
			return true, nil
		}
	}
}

// list reads a page behind a row and answers the last row.
func list(conn *sqlite.Conn, row int64) (page []blob.Info, last int64, err error) {
	stmt, err := conn.Prepare("SELECT rowid, ref, at FROM blob WHERE rowid > ? ORDER BY rowid LIMIT ?")
	if err != nil {
		return nil, 0, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, row)
	stmt.BindInt64(2, listAtOnce)
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return page, row, err
		}
		row = stmt.ColumnInt64(0)
		var digest [32]byte
		stmt.ColumnBytes(1, digest[:])
		page = append(page, blob.Info{Ref: blob.Ref(fmt.Sprintf("%x", digest)), PutAt: time.UnixMilli(stmt.ColumnInt64(2))})
	}
}

func (s *Store) allLong(ctx context.Context, take func(blob.Info) bool) (more bool, err error) {
	stop := errors.New("enough")
	err = s.eachFile(ctx, func(path string, f fs.FileInfo) error {
		ref := blob.Ref(filepath.Base(path))
		if ref.Check() == nil && !take(blob.Info{Ref: ref, PutAt: f.ModTime()}) {
			return stop
		}
		return nil
	})
	if errors.Is(err, stop) {
		return false, nil
	}
	return err == nil, err
}

// eachFile walks the files of long blobs and what lies between them. One that
// goes meanwhile is left out.
func (s *Store) eachFile(ctx context.Context, f func(path string, info fs.FileInfo) error) error {
	return filepath.WalkDir(filepath.Join(s.dir, "blobs"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(path, info)
	})
}

// Remove implements blob.Store.
func (s *Store) Remove(ctx context.Context, before time.Time, refs ...blob.Ref) (n int, err error) {
	if time.Since(before) < blob.Grace {
		return 0, blob.ErrTooYoung
	}
	for _, ref := range refs {
		if err := ref.Check(); err != nil {
			return 0, err
		}
	}
	err = s.with(ctx, s.write, func(conn *sqlite.Conn) error {
		n, err = removeShort(conn, before, refs)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("blob: %w", err)
	}
	for _, ref := range refs {
		gone, err := removeFile(s.file(ref), before)
		if err != nil {
			return n, fmt.Errorf("blob: %w", err)
		}
		if gone {
			n++
		}
	}
	return n, s.clearAway(ctx, before)
}

func removeShort(conn *sqlite.Conn, before time.Time, refs []blob.Ref) (n int, err error) {
	if err := run(conn, "BEGIN IMMEDIATE"); err != nil {
		return 0, err
	}
	defer func() {
		if err != nil && !conn.AutocommitEnabled() {
			run(conn, "ROLLBACK")
		}
	}()
	for _, ref := range refs {
		stmt, err := lookup(conn, "DELETE FROM blob WHERE ref = ? AND at < ?", ref)
		if err != nil {
			return 0, err
		}
		stmt.BindInt64(2, before.UnixMilli())
		_, err = stmt.Step()
		stmt.Reset()
		if err != nil {
			return 0, err
		}
		n += conn.Changes()
	}
	return n, run(conn, "COMMIT")
}

// leaving marks a file that is being removed.
const leaving = ".gone-"

// removeFile takes the file aside before it looks at its age: whoever puts the
// same content now writes a file of its own in its place, and one that came just
// before is seen and put back.
func removeFile(path string, before time.Time) (bool, error) {
	aside := filepath.Join(filepath.Dir(path), leaving+filepath.Base(path))
	err := os.Rename(path, aside)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f, err := os.Stat(aside)
	if err != nil {
		return false, err
	}
	if !f.ModTime().Before(before) {
		return false, os.Rename(aside, path)
	}
	return true, os.Remove(aside)
}

// clearAway deletes what uploads and removals that broke off left behind.
func (s *Store) clearAway(ctx context.Context, before time.Time) error {
	return s.eachFile(ctx, func(path string, f fs.FileInfo) error {
		if !f.ModTime().Before(before) {
			return nil
		}
		if name := filepath.Base(path); strings.HasPrefix(name, ".new-") || strings.HasPrefix(name, leaving) {
			return os.Remove(path)
		}
		return nil
	})
}
