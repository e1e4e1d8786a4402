package sqlite

import (
	"context"
	"errors"
	"sync/atomic"

	"zombiezen.com/go/sqlite"
)

// maxGroup bounds how many calls one commit takes together, so that none waits
// long and the log does not swell.
const maxGroup = 256

// session is the writing connection with its statements.
type session struct {
	conn  *sqlite.Conn
	stmts map[string]*sqlite.Stmt
}

// stmt returns a kept statement, ready to bind. Whoever takes one resets it.
func (w *session) stmt(query string) (*sqlite.Stmt, error) {
	if s := w.stmts[query]; s != nil {
		return s, nil
	}
	s, err := w.conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

// run executes a kept statement that returns no rows.
func (w *session) run(query string, args ...value) error {
	stmt, err := w.stmt(query)
	if err != nil {
		return err
	}
	for i, v := range args {
		v.bind(stmt, i+1)
	}
	_, err = stmt.Step()
	stmt.Reset()
	return err
}

const (
	waiting int32 = iota
	running
	givenUp
)

// task is one call's work in a shared transaction.
type task struct {
	ctx     context.Context
	do      func(*session) error
	outside bool // of any transaction
	state   atomic.Int32
	err     error
	done    chan struct{}
}

// writer is the one goroutine that writes. What arrives while it commits is
// committed together next, each call in a savepoint of its own.
type writer struct {
	path  string // of the file, for what is said of its faults
	s     *session
	queue chan *task
	ended chan struct{}
}

func startWriter(path string, conn *sqlite.Conn) *writer {
	w := &writer{
		path:  path,
		s:     &session{conn: conn, stmts: map[string]*sqlite.Stmt{}},
		queue: make(chan *task, maxGroup),
		ended: make(chan struct{}),
	}
	go w.loop()
	return w
}

func (w *writer) close() error {
	close(w.queue)
	<-w.ended
	return w.s.conn.Close()
}

// do runs f inside a transaction; its changes are on disk when do returns nil.
// A context that ends while the call waits gives it up; once begun, it is
// finished.
func (w *writer) do(ctx context.Context, f func(*session) error) error {
	return w.submit(&task{ctx: ctx, do: f, done: make(chan struct{})})
}

// outside runs f without a transaction.
func (w *writer) outside(ctx context.Context, f func(*session) error) error {
	return w.submit(&task{ctx: ctx, do: f, outside: true, done: make(chan struct{})})
}

func (w *writer) submit(t *task) error {
	select {
	case w.queue <- t:
	case <-t.ctx.Done():
		return ctxError(t.ctx)
	}
	select {
	case <-t.done:
		return t.err
	case <-t.ctx.Done():
		if t.state.CompareAndSwap(waiting, givenUp) {
			return ctxError(t.ctx)
		}
		<-t.done
		return t.err
	}
}

func (w *writer) loop() {
	defer close(w.ended)
	for first := range w.queue {
		group, alone := w.gather(first)
		w.commit(group)
		if alone != nil {
			w.alone(alone)
		}
	}
}

// gather takes what already waits, up to a task that must run alone.
func (w *writer) gather(first *task) (group []*task, alone *task) {
	for t := first; ; {
		if t.outside {
			return group, t
		}
		group = append(group, t)
		if len(group) == maxGroup {
			return group, nil
		}
		select {
		case next, ok := <-w.queue:
			if !ok {
				return group, nil
			}
			t = next
		default:
			return group, nil
		}
	}
}

func (w *writer) alone(t *task) {
	if t.state.CompareAndSwap(waiting, running) {
		t.err = t.do(w.s)
		close(t.done)
	}
}

func (w *writer) commit(group []*task) {
	begun := group[:0]
	for _, t := range group {
		if t.state.CompareAndSwap(waiting, running) {
			begun = append(begun, t)
		}
	}
	if len(begun) == 0 {
		return
	}
	if err := w.transaction(begun); err != nil {
		for _, t := range begun {
			// An error of its own says more than that the others failed.
			if t.err == nil {
				t.err = wrapAt(w.path, err)
			}
		}
	}
	for _, t := range begun {
		close(t.done)
	}
}

func (w *writer) transaction(group []*task) error {
	if err := w.s.run("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	changed := false
	for _, t := range group {
		err := w.savepoint(t, len(group) > 1)
		if w.s.conn.AutocommitEnabled() {
			// SQLite gave the whole transaction up: disk full, out of memory.
			if err == nil {
				err = errors.New("the transaction ended early")
			}
			return err
		}
		changed = changed || err == nil
	}
	end := "COMMIT"
	if !changed {
		end = "ROLLBACK"
	}
	err := w.s.run(end)
	if err != nil && !w.s.conn.AutocommitEnabled() {
		w.s.run("ROLLBACK")
	}
	return err
}

// savepoint runs one task so that its failure leaves nothing of it, and nothing
// of others behind. A task alone is its transaction.
func (w *writer) savepoint(t *task, shared bool) error {
	if !shared {
		t.err = wrapAt(w.path, t.do(w.s))
		return t.err
	}
	if err := w.s.run("SAVEPOINT one"); err != nil {
		t.err = wrapAt(w.path, err)
		return t.err
	}
	t.err = wrapAt(w.path, t.do(w.s))
	if t.err != nil && !w.s.conn.AutocommitEnabled() {
		if err := w.s.run("ROLLBACK TO one"); err != nil {
			w.s.run("ROLLBACK")
			return err
		}
	}
	if !w.s.conn.AutocommitEnabled() {
		w.s.run("RELEASE one")
	}
	return t.err
}
