package sqlite

import (
	"context"
	"fmt"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Pragmas are per connection. The page cache is small because the file is
// mapped: 64 MB for each reader costs a gigabyte and gains nothing.
const (
	pragmasBoth = `PRAGMA mmap_size = 1099511627776;
PRAGMA cache_size = -2000;
PRAGMA temp_store = MEMORY;
PRAGMA trusted_schema = OFF;`
	pragmasWriter = `PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 8000;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -32000;`
	pragmasReader = `PRAGMA query_only = ON;`
)

func openConn(path string, busy time.Duration, readOnly bool) (_ *sqlite.Conn, err error) {
	flags := sqlite.OpenReadWrite
	if !readOnly {
		flags |= sqlite.OpenCreate
	}
	conn, err := sqlite.OpenConn(path, flags)
	if err != nil {
		return nil, wrapAt(path, fmt.Errorf("opening: %w", err))
	}
	defer func() {
		if err != nil {
			conn.Close()
			err = wrapAt(path, fmt.Errorf("opening: %w", err))
		}
	}()
	conn.SetBusyTimeout(busy)
	if !readOnly {
		// Of a new file. A page of fifty timeline entries lies on three of these;
		// with half the size it took half as long again where the file is large.
		if err := exec(conn, "PRAGMA page_size = 8192"); err != nil {
			return nil, err
		}
		if err := exec(conn, "PRAGMA journal_mode = WAL"); err != nil {
			return nil, err
		}
	}
	script := pragmasBoth + pragmasReader
	if !readOnly {
		script = pragmasBoth + pragmasWriter
	}
	// Transient, for a script of PRAGMAs cannot run inside the savepoint that
	// ExecuteScript would open.
	return conn, execEach(conn, script)
}

// tryWriting fails when the file may not be written. SQLite opens such a file
// for reading without a word, so that the first edit of the day would fail
// instead of the start. Another's write lock is no failure: it passes.
func tryWriting(conn *sqlite.Conn, busy time.Duration) error {
	conn.SetBusyTimeout(0)
	defer conn.SetBusyTimeout(busy)
	err := exec(conn, "BEGIN IMMEDIATE")
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultOK:
		return exec(conn, "ROLLBACK")
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return nil
	}
	return err
}

func exec(conn *sqlite.Conn, query string) error {
	return sqlitex.ExecuteTransient(conn, query, nil)
}

func execEach(conn *sqlite.Conn, script string) error {
	for len(script) > 0 {
		stmt, rest, err := conn.PrepareTransient(script)
		if err != nil {
			return err
		}
		for more := true; more; {
			if more, err = stmt.Step(); err != nil {
				stmt.Finalize()
				return err
			}
		}
		if err := stmt.Finalize(); err != nil {
			return err
		}
		script = script[len(script)-rest:]
	}
	return nil
}

// reader is one reading connection.
type reader struct {
	conn  *sqlite.Conn
	plans *Plans // nil but in tests
}

// prepare takes the connection's kept statement.
func (r *reader) prepare(sql string) (*sqlite.Stmt, error) {
	if r.plans != nil {
		r.plans.note(r.conn, sql)
	}
	return r.conn.Prepare(sql)
}

// pool holds the reading connections.
type pool struct {
	free chan *reader
	all  []*reader
}

func newPool(path string, busy time.Duration, n int, plans *Plans) (*pool, error) {
	p := &pool{free: make(chan *reader, n)}
	for range n {
		conn, err := openConn(path, busy, true)
		if err != nil {
			p.close()
			return nil, err
		}
		r := &reader{conn: conn, plans: plans}
		p.all = append(p.all, r)
		p.free <- r
	}
	return p, nil
}

func (p *pool) close() (err error) {
	for _, r := range p.all {
		if e := r.conn.Close(); err == nil {
			err = e
		}
	}
	return err
}

// read runs f on a reading connection. With long, a cancelled context stops a
// running statement; without, f's steps must be short and watch ctx themselves:
// arming the interrupt costs more than a point get.
func (s *Store) read(ctx context.Context, long bool, f func(*reader) error) error {
	var r *reader
	select {
	case r = <-s.readers.free:
	default:
		select {
		case r = <-s.readers.free:
		case <-ctx.Done():
			return ctxError(ctx)
		}
	}
	defer func() { s.readers.free <- r }()
	if long && ctx.Done() != nil {
		r.conn.SetInterrupt(ctx.Done())
		defer r.conn.SetInterrupt(nil)
	}
	if err := f(r); err != nil {
		if ctx.Err() != nil {
			return ctxError(ctx)
		}
		return wrapAt(s.path, err)
	}
	return nil
}
