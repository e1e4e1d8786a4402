package reports

import (
	"iter"
	"time"
)

// Kind says what the cells of a column are.
type Kind uint8

// The kinds, with the unit of Cell.Num.
const (
	Text    Kind = iota // Cell.Text as it is; never a formula
	Int                 // a count
	KW                  // W, shown in kW
	Money               // centavos, shown in R$
	Percent             // tenths of a percent
	Date                // Cell.Text is a civil date, 2026-10-31
	Month               // Cell.Text is a month, 2026-10
)

// Role says what a row is to its table.
type Role uint8

// Body is an ordinary row, Group heads the rows below it, Total stands at the
// end, outside the filter, Section is a heading within notes.
const (
	Body Role = iota
	Group
	Total
	Section
)

// Tone is the state that a cell's colour says; a number or a word in the cell
// says it too.
type Tone uint8

// The tones of the look. Muted is for what repeats the row above.
const (
	Plain Tone = iota
	Bad        // over 105 % of the contract, nobody spoke with the client
	Warn       // above the contract, a deadline near
	Idle       // contracted and not used
	Muted
)

// Func is how a figure follows from rows.
type Func uint8

// The functions, as SUBTOTAL knows them: rows that a filter hides do not
// count, rows of a folded group do, nested ones are not counted twice.
const (
	NoFunc Func = iota
	Sum
	Max
)

// Fold makes a cell a formula over rows of its own column. First and Last
// count rows of the table from 0, both included.
type Fold struct {
	Func        Func
	First, Last int
}

// Cell is one cell. Of a cell with a Fold, Num is the value that the formula
// has, for readers that do not compute.
type Cell struct {
	Text string // words; for Date and Month their ISO form
	Num  int64  // in the unit of the column
	Has  bool   // there is a Num
	Fold Fold
	Tone Tone
	Link string // name of the table that the text leads to
}

// Empty reports whether nothing stands in the cell.
func (c Cell) Empty() bool { return !c.Has && c.Text == "" }

// Words makes a cell of text.
func Words(s string) Cell { return Cell{Text: s} }

// Number makes a cell of a figure.
func Number(n int64) Cell { return Cell{Num: n, Has: true} }

// Toned gives a cell a tone.
func (c Cell) Toned(t Tone) Cell {
	c.Tone = t
	return c
}

// Row is one row of a table.
type Row struct {
	Role  Role
	Level uint8  // of the outline: 1 folds away under the group above
	Cells []Cell // one a column at most; missing ones are empty
}

// Column is one column of a table.
type Column struct {
	Key   string // stable name, for csv readers and tests
	Label string // in the language of the workbook
	Over  string // heading over this column and its neighbours with the same one
	Kind  Kind
	Width float64 // characters
	Quiet bool    // a zero is shown as a dash
	Wrap  bool    // long texts take several lines
}

// Table is a sheet, a csv file or a table on a page.
type Table struct {
	Name    string // of the sheet: made by SheetNames
	Title   string
	Lines   []string // under the title
	Columns []Column
	// Rows yields the rows in order. The cells of a row are valid until the
	// next one: a table of a hundred thousand rows is never held whole.
	Rows iter.Seq[Row]
	Len  int // of Rows
	Body int // the first rows, which a filter covers; the rest are totals
	// Filter puts a filter on the header; Freeze keeps that many columns, and
	// the header, in view.
	Filter bool
	Freeze int
	// Portrait prints upright; otherwise tables lie on their side.
	Portrait bool
}

// Headed reports whether the table shows a header row.
func (t *Table) Headed() bool {
	for _, c := range t.Columns {
		if c.Label != "" {
			return true
		}
	}
	return false
}

// Grouped reports whether a row of headings stands over the header.
func (t *Table) Grouped() bool {
	for _, c := range t.Columns {
		if c.Over != "" {
			return true
		}
	}
	return false
}

// Wraps reports whether rows may be several lines high.
func (t *Table) Wraps() bool {
	for _, c := range t.Columns {
		if c.Wrap {
			return true
		}
	}
	return false
}

// Workbook is a report.
type Workbook struct {
	FileName string
	Title    string
	Subject  string
	Author   string
	Lang     string
	Footer   string // words before the page number
	At       time.Time
	Tables   []*Table
}
