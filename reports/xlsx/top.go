package xlsx

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"cemigmas/reports"
)

// lineHeight is the height of a line of 10-point text, in points.
const lineHeight = 13.5

// top writes title, lines under it, headings and the header row.
func (s *sheet) top() error {
	if err := s.stream.SetRow("A1", []any{excelize.Cell{StyleID: s.styles.title, Value: s.table.Title}}, excelize.RowOpts{Height: 24}); err != nil {
		return err
	}
	for i, l := range s.table.Lines {
		if err := s.stream.SetRow(ref(0, 2+i), []any{excelize.Cell{StyleID: s.styles.lines, Value: l}}, excelize.RowOpts{Height: 18}); err != nil {
			return err
		}
	}
	if s.place.over > 0 {
		if err := s.headings(); err != nil {
			return err
		}
	}
	if s.place.head == 0 {
		return nil
	}
	lines := 1
	for i, c := range s.table.Columns {
		id := s.styles.head
		if c.Kind != reports.Text {
			id = s.styles.headNumber
		}
		s.cells[i] = excelize.Cell{StyleID: id, Value: c.Label}
		lines = max(lines, wrapped(c.Label, int(c.Width)-3)) // the filter's arrow
	}
	return s.stream.SetRow(ref(0, s.place.head), s.cells, excelize.RowOpts{Height: float64(lines)*lineHeight + 6})
}

// headings writes the row over the header: one merged cell for neighbours that
// share a heading.
func (s *sheet) headings() error {
	cols := s.table.Columns
	lines := 1
	for from := 0; from < len(cols); {
		to, width := from, cols[from].Width
		for to+1 < len(cols) && cols[to+1].Over == cols[from].Over {
			to++
			width += cols[to].Width
		}
		for i := from; i <= to; i++ {
			s.cells[i] = excelize.Cell{StyleID: s.styles.over}
		}
		if over := cols[from].Over; over != "" {
			s.cells[from] = excelize.Cell{StyleID: s.styles.over, Value: over}
			lines = max(lines, wrapped(over, int(width)-1))
			if to > from {
				if err := s.stream.MergeCell(ref(from, s.place.over), ref(to, s.place.over)); err != nil {
					return err
				}
			}
		}
		from = to + 1
	}
	return s.stream.SetRow(ref(0, s.place.over), s.cells, excelize.RowOpts{Height: float64(lines)*lineHeight + 6})
}

// height is that of the longest wrapped text of a row; 0 leaves the default.
func (s *sheet) height(r reports.Row) float64 {
	if !s.wraps {
		return 0
	}
	lines := 1
	for i, c := range r.Cells {
		if col := s.table.Columns[i]; col.Wrap {
			lines = max(lines, wrapped(c.Text, int(col.Width*1.08))) // letters are narrower than digits
		}
	}
	return float64(lines)*lineHeight + 4
}

// wrapped counts the lines that a text takes when it breaks between words.
func wrapped(text string, width int) int {
	lines, used := 1, 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
			used = n
		case used+1+n <= width:
			used += 1 + n
		default:
			lines, used = lines+1, n
		}
	}
	return lines
}

// print sets up paper: A4, as wide as the table, the header repeated, a footer
// with page numbers.
func (s *sheet) print(wb *reports.Workbook) error {
	size, wide, high := 9, 1, 0 // A4; as many pages long as it takes
	way := "landscape"
	if s.table.Portrait {
		way = "portrait"
	}
	if err := s.file.SetPageLayout(s.table.Name, &excelize.PageLayoutOptions{
		Size: &size, Orientation: &way, FitToWidth: &wide, FitToHeight: &high,
	}); err != nil {
		return err
	}
	side, top, foot := 0.4, 0.5, 0.25 // inches
	if err := s.file.SetPageMargins(s.table.Name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &top, Header: &foot, Footer: &foot,
	}); err != nil {
		return err
	}
	if err := s.file.SetHeaderFooter(s.table.Name, &excelize.HeaderFooterOptions{
		OddFooter: "&L&8" + footerText(wb.Footer) + "&C&8" + footerText(s.table.Name) + "&R&8&P / &N",
	}); err != nil {
		return err
	}
	if s.place.head == 0 {
		return nil
	}
	first := s.place.head
	if s.place.over > 0 {
		first = s.place.over
	}
	return s.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: s.table.Name,
		RefersTo: "'" + s.table.Name + "'!$" + strconv.Itoa(first) + ":$" + strconv.Itoa(s.place.head),
	})
}

// footerText takes a text into a footer, where & begins a code, a digit after
// the font size would be read as part of it, and more than 255 characters are
// an error.
func footerText(s string) string {
	r := []rune(s)
	s = string(r[:min(len(r), 90)])
	return " " + strings.ReplaceAll(s, "&", "&&")
}

// outline says that rows have levels. Without it Excel draws no buttons to fold
// them, and excelize has no option for it; the field's type is not exported,
// its name is.
func (s *sheet) outline() error {
	levels := false
	for r := range s.table.Rows {
		if r.Level > 0 {
			levels = true
			break
		}
	}
	if !levels {
		return nil
	}
	ws, ok := s.file.Sheet.Load("xl/worksheets/sheet" + strconv.Itoa(s.index+1) + ".xml")
	if !ok {
		return fmt.Errorf("no part of sheet %d", s.index+1)
	}
	reflect.ValueOf(ws).Elem().FieldByName("SheetFormatPr").Elem().FieldByName("OutlineLevelRow").SetUint(1)
	return nil
}
