package xlsx

import (
	"context"
	"strconv"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm/calendar"
	"cemigmas/reports"
)

// sheet is a table on its way into the file.
type sheet struct {
	file   *excelize.File
	table  *reports.Table
	index  int
	styles *styles
	stream *excelize.StreamWriter
	place  layout
	wraps  bool
	cells  []any    // of the row that is written
	links  []linked // found on the way
}

type linked struct{ cell, to string }

// layout says in which rows of the sheet the parts of a table stand; rows count
// from 1, 0 is absent.
type layout struct {
	over, head, first int
}

func layoutOf(t *reports.Table) layout {
	row := 1 + len(t.Lines) // the title is row 1
	var l layout
	if t.Grouped() {
		row++
		l.over = row
	}
	if t.Headed() {
		row++
		l.head = row
	}
	l.first = row + 1
	return l
}

// newSheet makes the sheet, all that stands outside its rows, and its stream.
// The order matters: after the stream has begun, the file would read it back.
func newSheet(f *excelize.File, st *styles, wb *reports.Workbook, t *reports.Table, index int) (*sheet, error) {
	s := &sheet{file: f, table: t, index: index, styles: st, place: layoutOf(t), wraps: t.Wraps(), cells: make([]any, len(t.Columns))}
	var err error
	if index == 0 {
		err = f.SetSheetName(f.GetSheetName(0), t.Name)
	} else {
		_, err = f.NewSheet(t.Name)
	}
	if err != nil {
		return nil, err
	}
	for _, step := range []func() error{
		s.filter, s.props, s.view, s.texts, func() error { return s.print(wb) }, s.outline, s.dimension,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if s.stream, err = f.NewStreamWriter(t.Name); err != nil {
		return nil, err
	}
	return s, s.freeze()
}

// filter comes first: excelize resets the properties of a sheet with it.
func (s *sheet) filter() error {
	if !s.table.Filter || s.place.head == 0 || s.table.Body == 0 {
		return nil
	}
	from := ref(0, s.place.head)
	return s.file.AutoFilter(s.table.Name, from+":"+ref(len(s.table.Columns)-1, s.row(s.table.Body-1)), nil)
}

// props: groups are headed by the row above them, and a page is as wide as the
// table.
func (s *sheet) props() error {
	below, fit := false, true
	return s.file.SetSheetProps(s.table.Name, &excelize.SheetPropsOptions{OutlineSummaryBelow: &below, FitToPage: &fit})
}

func (s *sheet) view() error {
	grid := false
	return s.file.SetSheetView(s.table.Name, 0, &excelize.ViewOptions{ShowGridLines: &grid})
}

// texts keeps Excel from marking each UC number as a number stored as text.
func (s *sheet) texts() error {
	for i, c := range s.table.Columns {
		if c.Kind != reports.Text || s.table.Len == 0 {
			continue
		}
		area := ref(i, s.row(0)) + ":" + ref(i, s.row(s.table.Len-1))
		if err := s.file.AddIgnoredErrors(s.table.Name, area, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
			return err
		}
	}
	return nil
}

// dimension says how large the sheet is; read-only readers trust it.
func (s *sheet) dimension() error {
	last := s.row(max(0, s.table.Len-1))
	return s.file.SetSheetDimension(s.table.Name, "A1:"+ref(len(s.table.Columns)-1, last))
}

func (s *sheet) freeze() error {
	for i, c := range s.table.Columns {
		if err := s.stream.SetColWidth(i+1, i+1, c.Width); err != nil {
			return err
		}
	}
	if s.place.head == 0 {
		return nil
	}
	p := &excelize.Panes{Freeze: true, YSplit: s.place.head, XSplit: s.table.Freeze,
		TopLeftCell: ref(s.table.Freeze, s.place.first), ActivePane: "bottomLeft"}
	if s.table.Freeze > 0 {
		p.ActivePane = "bottomRight"
	}
	return s.stream.SetPanes(p)
}

// fill streams the rows.
func (s *sheet) fill(ctx context.Context) error {
	if err := s.top(); err != nil {
		return err
	}
	i := 0
	for r := range s.table.Rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := s.write(i, r); err != nil {
			return err
		}
		i++
	}
	for _, l := range s.links {
		if err := s.file.SetCellHyperLink(s.table.Name, l.cell, "'"+l.to+"'!A1", "Location"); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) write(i int, r reports.Row) error {
	for c, col := range s.table.Columns {
		var cell reports.Cell
		if c < len(r.Cells) {
			cell = r.Cells[c]
		}
		s.cells[c] = s.cell(c, col, r.Role, cell)
		if cell.Link != "" {
			s.links = append(s.links, linked{ref(c, s.row(i)), cell.Link})
		}
	}
	return s.stream.SetRow(ref(0, s.row(i)), s.cells, excelize.RowOpts{
		OutlineLevel: int(r.Level), Height: s.height(r),
	})
}

// cell is a value with its style, or a style alone: an empty cell of a row has
// its fill and line too.
func (s *sheet) cell(c int, col reports.Column, role reports.Role, cell reports.Cell) excelize.Cell {
	p := place{kind: col.Kind, role: role, tone: cell.Tone, quiet: col.Quiet, wrap: s.wraps, edge: edge(s.table, c)}
	if cell.Link != "" {
		p = place{role: reports.Body, link: true, wrap: s.wraps}
	}
	out := excelize.Cell{StyleID: s.styles.ids[p]}
	switch {
	case cell.Has:
		out.Value = number(col.Kind, cell.Num)
		out.Formula = s.formula(c, cell.Fold)
	case cell.Text == "":
	case col.Kind == reports.Date || col.Kind == reports.Month:
		out.Value = serial(cell.Text)
	default:
		out.Value = cell.Text
	}
	return out
}

// number is a figure in the unit that the sheet shows. It is divided here and
// nowhere before.
func number(k reports.Kind, n int64) any {
	switch k {
	case reports.KW, reports.Percent:
		return float64(n) / 1000 // W; tenths of a percent as a fraction of 1
	case reports.Money:
		return float64(n) / 100
	}
	return n
}

// serial is the day number of a civil date or of the first day of a month. What
// is neither, such as a word instead of a date, stays a word.
func serial(text string) any {
	d := calendar.Date(text)
	if !d.Valid() {
		d = calendar.Month(text).First()
	}
	if d == "" {
		return text
	}
	return calendar.DaysBetween("1899-12-30", d)
}

// formula is SUBTOTAL 9 or 4, not 109 or 104: rows that a filter hides do not
// count, but those of a folded group do, or folding would empty the totals.
func (s *sheet) formula(c int, f reports.Fold) string {
	if f.Func == reports.NoFunc {
		return ""
	}
	code := "9"
	if f.Func == reports.Max {
		code = "4"
	}
	return "SUBTOTAL(" + code + "," + ref(c, s.row(f.First)) + ":" + ref(c, s.row(f.Last)) + ")"
}

// row is the row of the sheet on which row i of the table stands.
func (s *sheet) row(i int) int { return s.place.first + i }

// ref names a cell: column from 0, row from 1.
func ref(col, row int) string {
	var letters [3]byte
	n := len(letters)
	for col++; col > 0; col = (col - 1) / 26 {
		n--
		letters[n] = byte('A' + (col-1)%26)
	}
	return string(letters[n:]) + strconv.Itoa(row)
}
