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

// maxSheet is how many rows a sheet of Excel holds below its header.
const maxSheet = 1_048_576 - 10

// file answers GET of the list's export: all its rows, filtered and sorted, in
// the columns that the page shows. The rows are read page by page into a
// temporary file, so that memory stays flat and a failure is an answer, not half
// a file.
func (l list[T]) file(s *Server, c *fiber.Ctx) error {
	ctx, v, ask, kind := c.UserContext(), s.view(c), l.ask(c), c.Query("format")
	ask.after = ""
	n := 0
	if kind != "csv" { // a workbook says in its head how many rows follow
		var err error
		if n, err = l.count(ctx, s.Service, actor(c), ask, maxSheet); err != nil {
			return s.fail(c, err)
		}
	}
	var failed error
	t := l.sheet(ctx, s, c, v, ask, n, &failed)
	f, err := os.CreateTemp("", "cemigmas-list-*")
	if err != nil {
		return s.fail(c, notKept(err))
	}
	name, mime := l.name+".csv", csv.ContentType
	if kind == "csv" {
		err = csv.Write(ctx, f, t, v.Lang)
	} else {
		name, mime = l.name+".xlsx", xlsx.ContentType
		err = xlsx.Write(ctx, f, &reports.Workbook{Title: t.Title, Author: "cemigmas", Lang: string(v.Lang), At: v.now, Tables: []*reports.Table{t}})
	}
	if failed != nil {
		err = failed
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = passing{f}.Close()
		return s.fail(c, err)
	}
	c.Set(fiber.HeaderContentType, mime)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", name))
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

// sheet is the list as a table; n rows at most when n is not 0. What stops the
// rows is told in failed.
func (l list[T]) sheet(ctx context.Context, s *Server, c *fiber.Ctx, v view, ask listAsk, n int, failed *error) *reports.Table {
	columns, a := l.shown(c, ask), actor(c)
	t := &reports.Table{Name: v.T("list." + l.name), Title: v.T("list." + l.name), Filter: true, Freeze: 1, Len: n, Body: n}
	for _, col := range columns {
		t.Columns = append(t.Columns, reports.Column{Key: col.key, Label: v.T(col.label), Kind: col.kind, Width: max(col.width, 12)})
	}
	t.Rows = func(yield func(reports.Row) bool) {
		cells, done := make([]reports.Cell, len(columns)), 0
		for rows, err := range l.pages(ctx, s.Service, a, ask) {
			var names listNames
			if err == nil {
				names, err = l.names(ctx, s, rows)
			}
			if err != nil {
				*failed = err
				return
			}
			for i := range rows {
				if done++; n > 0 && done > n {
					return
				}
				for j, col := range columns {
					cells[j] = col.value(v, names, &rows[i])
				}
				if !yield(reports.Row{Cells: cells}) {
					return
				}
			}
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
