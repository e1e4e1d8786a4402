// Package xlsx writes a workbook of tables as an Excel file.
//
// Sheets are streamed: the memory that a sheet of a hundred thousand rows
// needs is a buffer, and what is beyond it goes to a temporary file. Whatever
// belongs to the file as a whole (sheets, styles, filters, names) is made
// first, in one goroutine; then two goroutines fill a sheet each. A text is
// written as text: it never becomes a formula, whatever it begins with.
//
// The same workbook gives the same bytes.
package xlsx

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/sync/errgroup"

	"cemigmas/crm/aside"
	"cemigmas/reports"
)

// ContentType is what a server says of the file.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// fillers is how many sheets are filled at a time.
const fillers = 2

// Write writes the workbook. It stops with ctx's error when ctx ends.
func Write(ctx context.Context, w io.Writer, wb *reports.Workbook) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil { // removes the temporary files
			err = closed
		}
	}()
	if err := properties(f, wb); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	st, err := newStyles(f, wb)
	if err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	sheets := make([]*sheet, len(wb.Tables))
	for i, t := range wb.Tables {
		if sheets[i], err = newSheet(f, st, wb, t, i); err != nil {
			return fmt.Errorf("xlsx: sheet %q: %w", t.Name, err)
		}
	}
	if err := fillAll(ctx, sheets); err != nil {
		return err
	}
	f.SetZipWriter(func(to io.Writer) excelize.ZipWriter { return &archive{to: to} })
	_, err = f.WriteTo(w)
	return err
}

func fillAll(ctx context.Context, sheets []*sheet) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(fillers)
	for _, s := range sheets {
		g.Go(func() (err error) {
			aside.Run(func() { err = s.fill(ctx) })
			if err != nil {
				return fmt.Errorf("xlsx: sheet %q: %w", s.table.Name, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, s := range sheets { // Flush changes the file, so one after the other
		if err := s.stream.Flush(); err != nil {
			return fmt.Errorf("xlsx: sheet %q: %w", s.table.Name, err)
		}
	}
	return nil
}

// properties say who made the file and when: the moment of the data, so that
// the bytes do not depend on the clock.
func properties(f *excelize.File, wb *reports.Workbook) error {
	at := wb.At.UTC().Truncate(time.Second).Format(time.RFC3339)
	if err := f.SetDocProps(&excelize.DocProperties{
		Title: wb.Title, Subject: wb.Subject, Creator: wb.Author, LastModifiedBy: wb.Author,
		Created: at, Modified: at, Language: wb.Lang,
	}); err != nil {
		return err
	}
	return f.SetAppProps(&excelize.AppProperties{Application: "cemigmas"})
}
