// Package embedded keeps blobs in a folder: short ones in one SQLite file,
// blobs.db, so that a batch of mails costs one flush to disk; long ones each in
// a file of its own under blobs/, written beside and renamed.
//
// Several processes may use the folder at once.
package embedded

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/blob"
)

const readers = 4

// Store implements blob.Store.
type Store struct {
	dir   string
	write chan *sqlite.Conn // holds the one writing connection
	read  chan *sqlite.Conn

	mu     sync.RWMutex // held for reading by calls, for writing by Close
	closed bool
}

var _ blob.Store = (*Store)(nil)

var errClosed = errors.New("blob: the store is closed")

// Open opens the blobs of a folder, which it creates when absent.
func Open(ctx context.Context, dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "blobs"), 0o700); err != nil {
		return nil, fmt.Errorf("%s cannot be written: give the user that runs cemigmas the right to write it and its folder (%w)", dir, err)
	}
	s := &Store{dir: dir, write: make(chan *sqlite.Conn, 1), read: make(chan *sqlite.Conn, readers)}
	for n := range 1 + readers {
		conn, err := s.connect(n == 0)
		if err != nil {
			s.Close()
			return nil, fmt.Errorf("blob: opening %s: %w", filepath.Join(dir, "blobs.db"), err)
		}
		if n == 0 {
			s.write <- conn
		} else {
			s.read <- conn
		}
	}
	return s, ctx.Err()
}

func (s *Store) connect(writing bool) (_ *sqlite.Conn, err error) {
	flags, script := sqlite.OpenReadWrite, []string{"PRAGMA cache_size = -2000", "PRAGMA query_only = ON"}
	if writing {
		flags |= sqlite.OpenCreate
		script = []string{
			"PRAGMA page_size = 8192",
			"PRAGMA journal_mode = WAL",
			"PRAGMA synchronous = FULL",
			"PRAGMA journal_size_limit = 67108864",
			// Short columns first: what stands behind a long one is slow to reach.
			"CREATE TABLE IF NOT EXISTS blob (ref BLOB NOT NULL UNIQUE, at INTEGER NOT NULL, packed BLOB NOT NULL)",
		}
	}
	conn, err := sqlite.OpenConn(filepath.Join(s.dir, "blobs.db"), flags)
	if err != nil {
		return nil, err
	}
	conn.SetBusyTimeout(10 * time.Second)
	for _, line := range script {
		if err := run(conn, line); err != nil {
			conn.Close()
			return nil, err
		}
	}
	if writing {
		if err := addAge(conn); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

func run(conn *sqlite.Conn, query string) error {
	stmt, _, err := conn.PrepareTransient(query)
	if err != nil {
		return err
	}
	defer stmt.Finalize()
	for {
		if more, err := stmt.Step(); err != nil || !more {
			return err
		}
	}
}

// Close waits for running calls and closes the file.
func (s *Store) Close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	for _, pool := range []chan *sqlite.Conn{s.read, s.write} {
		for len(pool) > 0 {
			if e := (<-pool).Close(); err == nil {
				err = e
			}
		}
	}
	return err
}

// with runs f on a connection of the pool.
func (s *Store) with(ctx context.Context, pool chan *sqlite.Conn, f func(*sqlite.Conn) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case conn := <-pool:
		defer func() { pool <- conn }()
		return f(conn)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Get returns a content whole.
func (s *Store) Get(ctx context.Context, ref blob.Ref) ([]byte, error) {
	packed, err := s.packed(ctx, ref)
	if errors.Is(err, blob.ErrNotFound) {
		packed, err = os.ReadFile(s.file(ref))
		err = missing(ref, err)
	}
	if err != nil {
		return nil, err
	}
	return blob.Unpack(ref, packed)
}

// packed reads the database.
func (s *Store) packed(ctx context.Context, ref blob.Ref) (packed []byte, err error) {
	if err := ref.Check(); err != nil {
		return nil, err
	}
	err = s.with(ctx, s.read, func(conn *sqlite.Conn) error {
		stmt, err := lookup(conn, "SELECT packed FROM blob WHERE ref = ?", ref)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		found, err := stmt.Step()
		if err == nil && !found {
			err = fmt.Errorf("%w: %s", blob.ErrNotFound, ref)
		}
		if err != nil {
			return err
		}
		packed = make([]byte, stmt.ColumnLen(0))
		stmt.ColumnBytes(0, packed)
		return nil
	})
	return packed, err
}

func lookup(conn *sqlite.Conn, query string, ref blob.Ref) (*sqlite.Stmt, error) {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	stmt.BindBytes(1, digest(ref))
	return stmt, nil
}

// digest is the reference's 32 bytes; the reference was checked.
func digest(ref blob.Ref) []byte {
	b, err := hex.DecodeString(string(ref))
	if err != nil {
		panic(err)
	}
	return b
}

func missing(ref blob.Ref, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %s", blob.ErrNotFound, ref)
	}
	return err
}

// Open reads a content as a stream.
func (s *Store) Open(ctx context.Context, ref blob.Ref) (io.ReadCloser, error) {
	content, err := s.packed(ctx, ref)
	if err == nil {
		return blob.UnpackStream(ref, io.NopCloser(bytes.NewReader(content)))
	}
	if !errors.Is(err, blob.ErrNotFound) {
		return nil, err
	}
	f, err := os.Open(s.file(ref))
	if err != nil {
		return nil, missing(ref, err)
	}
	return blob.UnpackStream(ref, f)
}

// Has reports which references exist.
func (s *Store) Has(ctx context.Context, refs ...blob.Ref) ([]bool, error) {
	ages, err := s.ages(ctx, refs)
	if err != nil {
		return nil, err
	}
	has := make([]bool, len(refs))
	for n, at := range ages {
		has[n] = !at.IsZero()
	}
	return has, nil
}
