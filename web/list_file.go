package web

import (
	"context"
	"io"
	"iter"
	"os"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/reports"
	"cemigmas/reports/csv"
	"cemigmas/reports/xlsx"
)

// listFiles are the forms in which a list is given out.
var listFiles = []string{"xlsx", "csv"}

const (
	// maxSheet is how many rows a sheet of Excel holds below its header.
	maxSheet = 1_048_576 - 10
	// rowsAtOnce is how many rows a reader waits for; a longer list is a job.
	rowsAtOnce = 2_000
)

// ListFileArgs is what a job is asked for that writes a list to a file: what
// its address said, so that the file is what was seen.
type ListFileArgs struct {
	List   string        `json:"list"` // "clients"
	Format string        `json:"format"`
	State  crm.ViewState `json:"state"`
}

// FileName is what the file is called.
func (a ListFileArgs) FileName() string { return a.List + "." + a.kind() }

func (a ListFileArgs) kind() string {
	if a.Format == "csv" {
		return a.Format
	}
	return "xlsx"
}

func (a ListFileArgs) contentType() string {
	if a.kind() == "csv" {
		return csv.ContentType
	}
	return xlsx.ContentType
}

func (a ListFileArgs) ask() listAsk {
	st := a.State
	return listAsk{path: "/" + a.List, q: st.Q, sort: st.Sort, by: st.Filters, cols: st.Columns}
}

// againURL is where the same file is asked for anew (POST).
func (a ListFileArgs) againURL() string {
	return a.ask().at("/"+a.List+"/export", "format", a.Format)
}

// ListFile says what was written: how many rows, and with whose rights.
type ListFile struct {
	Rows   int    `json:"rows"`
	Rights rights `json:"rights"`
}

// rights are what decides which records somebody sees.
type rights struct {
	Role     crm.Role `json:"role"`
	Team     string   `json:"team,omitempty"`
	StandsIn bool     `json:"standsIn,omitempty"`
}

func rightsOf(a crm.Actor) rights { return rights{a.Role, a.Team, a.StandsIn} }

// cover tells that who has them sees what was seen with others. Who stands in
// for somebody since sees more, not less.
func (r rights) cover(was rights) bool {
	return r.Role == was.Role && r.Team == was.Team && (r.StandsIn || !was.StandsIn)
}

// WriteListFile writes a list as its actor sees it, in the actor's language.
// progress is told the rows that are written and those that there are; 0 when
// that is not known.
func WriteListFile(ctx context.Context, s *crm.Service, a crm.Actor, args ListFileArgs, w io.Writer, progress func(done, total int)) (ListFile, error) {
	switch args.List {
	case clientList.name:
		return clientList.write(ctx, s, a, args, w, progress)
	case placeList.name:
		return placeList.write(ctx, s, a, args, w, progress)
	case contractList.name:
		return contractList.write(ctx, s, a, args, w, progress)
	case personList.name:
		return personList.write(ctx, s, a, args, w, progress)
	}
	return ListFile{}, crm.Errf(crm.CodeNotFound, "error.not-found")
}

// file answers GET of the list's export: all its rows, filtered and sorted, in
// the columns that the page shows. For a long list it answers the form that
// asks for the file: reading an address starts no work.
func (l list[T]) file(s *Server, c *fiber.Ctx) error {
	args, long, err := l.fileAsk(s, c)
	switch {
	case err != nil:
		return s.fail(c, err)
	case long:
		return s.offerExport(c, args)
	}
	return l.send(s, c, args)
}

// makeFile answers POST of the list's export: the file, or where a longer one
// is being written.
func (l list[T]) makeFile(s *Server, c *fiber.Ctx) error {
	args, long, err := l.fileAsk(s, c)
	switch {
	case err != nil:
		return s.fail(c, err)
	case !long:
		return l.send(s, c, args)
	}
	j, err := s.newExport(c.UserContext(), actor(c), args)
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/exports/"+j.ID, note{})
}

// fileAsk reads what the file is asked for, and whether that is more than its
// reader waits for.
func (l list[T]) fileAsk(s *Server, c *fiber.Ctx) (args ListFileArgs, long bool, err error) {
	ask, a := l.ask(c), actor(c)
	ask.after, ask.cols = "", keysIn(l.shown(a, ask))
	args = ListFileArgs{List: l.name, State: ask.state()}
	args.Format = c.Query("format")
	args.Format = args.kind()
	n, err := l.count(c.UserContext(), s.Service, a, ask, rowsAtOnce+1)
	return args, n > rowsAtOnce, err
}

// send answers the file. It is written to a temporary one first, so that memory
// stays flat and a failure is an answer, not half a file.
func (l list[T]) send(s *Server, c *fiber.Ctx, args ListFileArgs) error {
	f, err := os.CreateTemp("", "cemigmas-list-*")
	if err != nil {
		return s.fail(c, notKept(err))
	}
	_, err = l.write(c.UserContext(), s.Service, actor(c), args, f, nil)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = passing{f}.Close()
		return s.fail(c, err)
	}
	c.Set(fiber.HeaderContentType, args.contentType())
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", args.FileName()))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Context().SetBodyStream(passing{f}, -1) // closes it when it was sent
	return nil
}

// passing is a file that goes when it is closed.
type passing struct{ *os.File }

func (p passing) Close() error {
	err := p.File.Close()
	if gone := os.Remove(p.Name()); err == nil {
		err = gone
	}
	return err
}

// write writes the list page by page.
func (l list[T]) write(ctx context.Context, s *crm.Service, a crm.Actor, args ListFileArgs, w io.Writer, progress func(done, total int)) (ListFile, error) {
	v, ask, sum := viewOf(ctx, s, a.Lang, a.UserID), args.ask(), ListFile{Rights: rightsOf(a)}
	ask.cols = l.keys(a, ask.cols)
	n := 0
	if args.kind() != "csv" || progress != nil { // a workbook says in its head how many rows follow
		var err error
		if n, err = l.count(ctx, s, a, ask, maxSheet); err != nil {
			return sum, err
		}
	}
	told := func(done int) {
		if sum.Rows = done; progress != nil {
			progress(done, max(n, done))
		}
	}
	rows := n
	if args.kind() == "csv" {
		rows = 0
	}
	var failed error
	t := l.sheet(ctx, s, a, v, ask, rows, told, &failed)
	var err error
	if args.kind() == "csv" {
		err = csv.Write(ctx, w, t, v.Lang)
	} else {
		err = xlsx.Write(ctx, w, &reports.Workbook{Title: t.Title, Author: "cemigmas", Lang: string(v.Lang), At: v.now, Tables: []*reports.Table{t}})
	}
	if failed != nil {
		err = failed
	}
	return sum, err
}

// sheet is the list as a table; n rows at most when n is not 0. told hears how
// many rows were given; what stops the rows is told in failed.
func (l list[T]) sheet(ctx context.Context, s *crm.Service, a crm.Actor, v view, ask listAsk, n int, told func(int), failed *error) *reports.Table {
	columns := l.shown(a, ask)
	t := &reports.Table{Name: v.T("list." + l.name), Title: v.T("list." + l.name), Filter: true, Freeze: 1, Len: n, Body: n}
	for _, col := range columns {
		t.Columns = append(t.Columns, reports.Column{Key: col.key, Label: v.T(col.label), Kind: col.kind, Width: max(col.width, 12)})
	}
	t.Rows = func(yield func(reports.Row) bool) {
		cells, done := make([]reports.Cell, len(columns)), 0
		for rows, err := range l.pages(ctx, s, a, ask) {
			var names listNames
			if err == nil {
				names, err = l.names(ctx, s, rows)
			}
			if err != nil {
				*failed = err
				return
			}
			for i := range rows {
				if n > 0 && done == n {
					return
				}
				done++
				for j, col := range columns {
					cells[j] = col.value(v, names, &rows[i])
				}
				if !yield(reports.Row{Cells: cells}) {
					return
				}
			}
			told(done)
		}
	}
	return t
}

// pages reads the list to its end.
func (l list[T]) pages(ctx context.Context, s *crm.Service, a crm.Actor, ask listAsk) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		ask.limit = crm.MaxListLimit
		for {
			rows, next, err := l.find(ctx, s, a, ask)
			if !yield(rows, err) || err != nil || next == "" {
				return
			}
			ask.after = next
		}
	}
}
