package sqlite

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"

	"cemigmas/crm/store"
)

var _ store.Movable = (*Store)(nil)

// snapshot is one read transaction on a connection of its own. Writers go on
// beside it; their log cannot be emptied until it ends, so it grows by what they
// write meanwhile.
type snapshot struct {
	s    *Store
	conn *sqlite.Conn
}

// Snapshot implements store.Movable.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	conn, err := openConn(s.path, snapshotBusy, true)
	if err != nil {
		return nil, err
	}
	// Unmapped, for a walk over gigabytes would count as this process's memory.
	// The first read after BEGIN fixes what the transaction sees.
	for _, query := range []string{"PRAGMA mmap_size = 0", "BEGIN", "SELECT count(*) FROM sqlite_master"} {
		if err := exec(conn, query); err != nil {
			conn.Close()
			return nil, wrap(nil, "", err)
		}
	}
	return &snapshot{s, conn}, nil
}

// snapshotBusy is how long a snapshot waits for a file that is just recovered.
const snapshotBusy = 5 * time.Second

func (n *snapshot) Consistent() bool { return true }

func (n *snapshot) Close() error { return wrap(nil, "", n.conn.Close()) }

// All implements store.Snapshot: the rows as they lie in the file.
func (n *snapshot) All(ctx context.Context, in *store.Collection) iter.Seq2[store.Doc, error] {
	return n.docs(ctx, in, func(t *table) string { return " NOT INDEXED WHERE ? = ''" }, "")
}

// Docs implements store.Snapshot.
func (n *snapshot) Docs(ctx context.Context, in *store.Collection, after string) iter.Seq2[store.Doc, error] {
	return n.docs(ctx, in, func(t *table) string { return " INDEXED BY " + t.byID.sql + ` WHERE "_id" > ? ORDER BY "_id"` }, after)
}

// docs walks a table; how takes one parameter.
func (n *snapshot) docs(ctx context.Context, in *store.Collection, how func(*table) string, arg string) iter.Seq2[store.Doc, error] {
	return func(yield func(store.Doc, error) bool) {
		t, err := n.s.table(in)
		if err != nil {
			yield(store.Doc{}, err)
			return
		}
		if err := n.walk(ctx, t, how(t), arg, func(d store.Doc) bool { return yield(d, nil) }); err != nil {
			if ctx.Err() != nil {
				err = ctxError(ctx)
			}
			yield(store.Doc{}, wrap(t, "", err))
		}
	}
}

func (n *snapshot) walk(ctx context.Context, t *table, how, arg string, take func(store.Doc) bool) error {
	if ctx.Done() != nil {
		n.conn.SetInterrupt(ctx.Done())
		defer n.conn.SetInterrupt(nil)
	}
	cut := strings.LastIndex(t.getSQL, " WHERE ")
	stmt, _, err := n.conn.PrepareTransient(t.getSQL[:cut] + how)
	if err != nil {
		return err
	}
	defer stmt.Finalize()
	stmt.BindText(1, arg)
	for {
		found, err := stmt.Step()
		if err != nil || !found {
			return err
		}
		if !take(t.doc(stmt)) {
			return nil
		}
	}
}

// Load implements store.Movable.
func (s *Store) Load(ctx context.Context, in *store.Collection, docs ...store.Doc) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	rows := make([]*row, 0, len(docs))
	for _, d := range docs {
		r, err := s.prepareRow(in, d, false)
		if err != nil {
			return err
		}
		if r.version == 0 {
			return &store.Error{Code: store.CodeInvalid, Collection: in.Name, ID: r.id, Msg: "a document is loaded with the version it has, from 1"}
		}
		rows = append(rows, r)
	}
	if len(rows) == 0 {
		return nil
	}
	return s.writer.do(ctx, func(w *session) error {
		for _, r := range rows {
			if err := r.load(w, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// load inserts the row as a new one and gives it its version.
func (r *row) load(w *session, s *Store) error {
	old, err := r.t.version(w, r.id)
	if err != nil {
		return err
	}
	if old > 0 {
		if err := (&deletion{r.t, r.id, -1}).do(w, s); err != nil {
			return err
		}
	}
	fresh := *r
	fresh.version = 0
	if err := fresh.do(w, s); err != nil || r.version == 1 {
		return err
	}
	return w.run(fmt.Sprintf(`UPDATE %s SET "_v" = ? WHERE "_id" = ?`, r.t.sql), value{kind: integer, i: r.version}, textValue(r.id))
}
