package load

import (
	"context"
	"errors"
	"net"
	"net/url"
	"runtime"

	"github.com/gofiber/fiber/v2"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Floor is what speed is measured against: a bare Fiber handler that sends the
// stored bytes of a prepared query, without sign-in, rights, cursors or errors.
type Floor struct {
	app  *fiber.App
	ln   net.Listener
	free chan *sqlite.Conn
	all  []*sqlite.Conn
}

// Query is one page of the floor. Its statement selects bodies, at most one
// more than the page has, as the product must to know whether there is more.
type Query struct {
	Name string
	SQL  string // parameters are the values of the request's p, in order
}

// PageSize is how many rows a page has.
const PageSize = 50

// OpenFloor serves the queries on a port of loopback, from the SQLite file of a
// store, with the pragmas and the number of readers that its driver has.
func OpenFloor(path string, queries []Query) (*Floor, error) {
	n := max(4, 2*runtime.GOMAXPROCS(0))
	f := &Floor{free: make(chan *sqlite.Conn, n)}
	for range n {
		conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		f.all = append(f.all, conn)
		for _, pragma := range []string{"mmap_size = 1099511627776", "cache_size = -2000", "query_only = ON"} {
			if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+pragma, nil); err != nil {
				return nil, errors.Join(err, f.Close())
			}
		}
		f.free <- conn
	}
	f.app = fiber.New(fiber.Config{DisableStartupMessage: true})
	for _, q := range queries {
		f.app.Get("/"+q.Name, f.handler(q.SQL))
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	f.ln = ln
	go func() { _ = f.app.Listener(ln) }() // ends with Close
	return f, nil
}

// Addr is where the floor listens.
func (f *Floor) Addr() string { return f.ln.Addr().String() }

// Close ends it.
func (f *Floor) Close() error {
	var errs []error
	if f.ln != nil {
		errs = append(errs, f.app.ShutdownWithContext(context.Background()))
	}
	for _, c := range f.all {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// Path is where the floor serves a query with these parameters.
func (q Query) Path(values ...string) string {
	return "/" + q.Name + "?" + url.Values{"p": values}.Encode()
}

func (f *Floor) handler(query string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		conn := <-f.free
		defer func() { f.free <- conn }()
		body, err := page(conn, query, c.Context().QueryArgs().PeekMulti("p"))
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(body)
	}
}

// page sends the rows as {"items": […]}.
func page(conn *sqlite.Conn, query string, values [][]byte) ([]byte, error) {
	stmt, err := conn.Prepare(query)
	if err != nil {
		return nil, err
	}
	defer stmt.Reset()
	for i, v := range values {
		stmt.BindText(i+1, string(v))
	}
	out := append(make([]byte, 0, 16<<10), `{"items":[`...)
	for n := 0; ; n++ {
		found, err := stmt.Step()
		if err != nil {
			return nil, err
		}
		if !found || n == PageSize {
			return append(out, "]}"...), nil
		}
		if n > 0 {
			out = append(out, ',')
		}
		size, at := stmt.ColumnLen(0), len(out)
		out = append(out, make([]byte, size)...)
		stmt.ColumnBytes(0, out[at:])
	}
}
