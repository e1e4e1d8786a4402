// Package sqlite is the storage driver for one file on disk: a laptop or an
// office server.
//
// A collection is a table: _id, _v (version), a typed column for each declared
// field, _words and _body, the stored JSON. A Strings field is a JSON array in
// its column and, for conditions and indexes, a side table "collection:field".
// Words stand in "collection:_words". Index names spell what they hold, such as
// "clients(agent,-lastContact)". Underscored names cannot collide with fields.
//
// One connection writes; calls that wait for it are committed together. Several
// others only read. Both kinds keep their prepared statements.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Options say what to open.
type Options struct {
	Path   string // of the file; its folder must exist
	Schema []*store.Collection
	// Newest is the highest version of a store (store.State) that is taken; a
	// file above it is refused with a *store.NewerError. 0 takes all.
	Newest int
	// Readers is the number of reading connections; 0: two a processor.
	Readers int
	// Exclusive refuses a second Open with Exclusive of the same file, from
	// this or another process, with a *LockedError. Opening without it works
	// beside an exclusive one.
	Exclusive bool
	// BusyTimeout is how long a write waits for another process; 0 means 5 s.
	BusyTimeout time.Duration
	// Now is the clock of leases; nil means time.Now.
	Now func() time.Time
	// Plans, in tests, notes how SQLite runs each statement that reads.
	Plans *Plans
}

// Store is an open file. It implements store.Store.
type Store struct {
	path    string
	tables  map[*store.Collection]*table
	order   []*table
	readers *pool
	writer  *writer
	lock    *fileLock
	now     func() time.Time

	mu     sync.RWMutex // held for reading by calls, for writing by Close
	closed atomic.Bool
}

var _ store.Store = (*Store)(nil)

// Open opens the file, creates it when absent, and adds the tables, columns and
// indexes that the schema has and the file has not. Nothing is ever removed. A
// field added to a collection with documents is missing in all of them until
// they are stored again. Whether a collection is clustered is settled when its
// table is made.
//
// CodeInvalid for a faulty schema or a field that changed its kind;
// CodeUnavailable, with a *LockedError inside, when another exclusive user has
// the file; CodeUnavailable when the file cannot be opened or is damaged.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	s := &Store{path: o.Path, tables: map[*store.Collection]*table{}, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.Readers <= 0 {
		o.Readers = min(max(4, 2*runtime.GOMAXPROCS(0)), 32)
	}
	if err := s.compile(o.Schema); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if o.Exclusive {
		if s.lock, err = lockFile(o.Path + ".serve"); err != nil {
			e := &store.Error{Code: store.CodeUnavailable, Err: err}
			if locked := (*LockedError)(nil); !errors.As(err, &locked) {
				e.Msg = notWritable(o.Path)
			}
			return nil, e
		}
	}
	conn, err := openConn(o.Path, o.BusyTimeout, false)
	if err != nil {
		return nil, err
	}
	err = checkVersion(conn, o.Newest)
	if err == nil {
		err = createSchema(conn, s.order)
	}
	if err == nil {
		err = tryWriting(conn, o.BusyTimeout)
	}
	if err != nil {
		conn.Close()
		return nil, wrapAt(o.Path, err)
	}
	s.writer = startWriter(o.Path, conn)
	s.readers, err = newPool(o.Path, o.BusyTimeout, o.Readers, o.Plans)
	if err != nil {
		return nil, err
	}
	return s, ctxError(ctx)
}

func (s *Store) compile(schema []*store.Collection) error {
	if err := plan.CheckSchema(schema); err != nil {
		return err
	}
	for _, c := range schema {
		t := compileTable(c)
		s.tables[c] = t
		s.order = append(s.order, t)
	}
	return nil
}

// Path is the file's path as it was given.
func (s *Store) Path() string { return s.path }

// Close waits for running calls and releases everything.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Swap(true) {
		return nil
	}
	var err error
	if s.readers != nil {
		err = s.readers.close()
	}
	if s.writer != nil {
		// The writer goes last: the last connection to close writes the log
		// back into the file, and a query_only one cannot.
		if e := s.writer.close(); err == nil {
			err = e
		}
	}
	if s.lock != nil {
		s.lock.release()
	}
	return wrap(nil, "", err)
}

// enter marks a call as running. Every public method begins with it.
func (s *Store) enter(ctx context.Context) error {
	s.mu.RLock()
	if s.closed.Load() {
		s.mu.RUnlock()
		return &store.Error{Code: store.CodeUnavailable, Msg: "the store is closed"}
	}
	if err := ctxError(ctx); err != nil {
		s.mu.RUnlock()
		return err
	}
	return nil
}

func (s *Store) leave() { s.mu.RUnlock() }

func (s *Store) table(c *store.Collection) (*table, error) {
	if t := s.tables[c]; t != nil {
		return t, nil
	}
	return nil, invalid(c, "the collection is not in the schema that was opened")
}

// Ping answers nil when the file can be read and its write lock be had.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if _, err := s.scalar(ctx, "SELECT 1"); err != nil {
		return err
	}
	return s.writer.do(ctx, func(*session) error { return nil })
}

// Checkpoint moves the write-ahead log into the file and empties it, as far as
// readers allow.
func (s *Store) Checkpoint(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	return s.writer.outside(ctx, func(w *session) error {
		return wrap(nil, "", exec(w.conn, "PRAGMA wal_checkpoint(TRUNCATE)"))
	})
}

// Stats is what the doctor shows of a collection.
type Stats struct {
	Collection string
	Documents  int64
	Indexes    []string // of the SQL side, in order of declaration
}

// Stats counts every collection's documents; it reads an index of each whole.
func (s *Store) Stats(ctx context.Context) ([]Stats, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var all []Stats
	for _, t := range s.order {
		n, err := s.scalar(ctx, fmt.Sprintf("SELECT count(*) FROM %s", t.sql))
		if err != nil {
			return nil, err
		}
		st := Stats{Collection: t.c.Name, Documents: n}
		for _, ix := range t.indexes {
			st.Indexes = append(st.Indexes, ix.name)
		}
		all = append(all, st)
	}
	return all, nil
}

func (s *Store) scalar(ctx context.Context, query string) (n int64, err error) {
	err = s.read(ctx, true, func(r *reader) error {
		stmt, err := r.prepare(query)
		if err != nil {
			return err
		}
		defer stmt.Reset()
		if _, err := stmt.Step(); err != nil {
			return err
		}
		n = stmt.ColumnInt64(0)
		return nil
	})
	return n, err
}
