package xlsx

import (
	"github.com/xuri/excelize/v2"

	"cemigmas/reports"
)

// The colours of the look (its light scheme): a state colours words, trouble
// is filled too, everything else is ink and grey.
const (
	ink       = "161A18"
	ink2      = "49524E"
	ink3      = "646E69"
	accentInk = "145A47"
	headFill  = "EEF1EF"
	groupFill = "F5F6F5"
	totalFill = "E5E8E6"
	line      = "E5E8E6"
	line2     = "B9C1BC"
)

var tones = map[reports.Tone]struct{ ink, fill string }{
	reports.Bad:  {"B02318", "FCEBE9"},
	reports.Warn: {"8A5600", "FBF1DC"},
	reports.Idle: {"465C75", "EBF0F5"},
}

// lcids name the language of a number's format, for programs that take
// separators from the format rather than from the machine.
var lcids = map[string]string{"pt-BR": "[$-416]", "es": "[$-C0A]", "en": "[$-409]"}

// place says what a cell is: all that decides its style.
type place struct {
	kind  reports.Kind
	role  reports.Role
	tone  reports.Tone
	quiet bool
	wrap  bool // rows of the table may be several lines high
	link  bool
	edge  bool // a group of columns begins
}

// styles makes every style once, before anything is streamed: a style made
// while two sheets are written would be a race on the file.
type styles struct {
	file *excelize.File
	lang string
	ids  map[place]int
	// outside the columns
	title, lines, head, headNumber, over int
}

func newStyles(f *excelize.File, wb *reports.Workbook) (*styles, error) {
	s := &styles{file: f, lang: wb.Lang, ids: map[place]int{}}
	for _, fixed := range []struct {
		id    *int
		style *excelize.Style
	}{
		{&s.title, &excelize.Style{Font: font(14, ink, true)}},
		{&s.lines, &excelize.Style{Font: font(10, ink3, false)}},
		{&s.head, headStyle("left")},
		{&s.headNumber, headStyle("center")},
		{&s.over, headStyle("center")},
	} {
		id, err := f.NewStyle(fixed.style)
		if err != nil {
			return nil, err
		}
		*fixed.id = id
	}
	for _, t := range wb.Tables {
		if err := s.forTable(t); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func font(size float64, colour string, bold bool) *excelize.Font {
	return &excelize.Font{Family: "Calibri", Size: size, Color: colour, Bold: bold}
}

func headStyle(align string) *excelize.Style {
	return &excelize.Style{
		Font:      font(10, ink2, true),
		Fill:      fill(headFill),
		Border:    []excelize.Border{border("bottom", line2), border("left", line), border("right", line)},
		Alignment: &excelize.Alignment{Horizontal: align, Vertical: "center", WrapText: true},
	}
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}

func border(side, colour string) excelize.Border {
	return excelize.Border{Type: side, Color: colour, Style: 1}
}

// forTable makes the styles that the columns of a table can need.
func (s *styles) forTable(t *reports.Table) error {
	wrap := t.Wraps()
	for i, c := range t.Columns {
		for _, role := range []reports.Role{reports.Body, reports.Group, reports.Total, reports.Section} {
			for _, tone := range []reports.Tone{reports.Plain, reports.Bad, reports.Warn, reports.Idle, reports.Muted} {
				p := place{kind: c.Kind, role: role, tone: tone, quiet: c.Quiet, wrap: wrap, edge: edge(t, i)}
				if err := s.make(p); err != nil {
					return err
				}
			}
		}
		if c.Kind == reports.Text {
			if err := s.make(place{role: reports.Body, link: true, wrap: wrap}); err != nil {
				return err
			}
		}
	}
	return nil
}

// edge reports whether a heading begins or ends before column i.
func edge(t *reports.Table, i int) bool {
	return i > 0 && t.Columns[i].Over != t.Columns[i-1].Over
}

func (s *styles) make(p place) error {
	if _, ok := s.ids[p]; ok {
		return nil
	}
	id, err := s.file.NewStyle(s.style(p))
	s.ids[p] = id
	return err
}

func (s *styles) style(p place) *excelize.Style {
	st := &excelize.Style{
		Font:      font(10, ink, p.role != reports.Body),
		Border:    []excelize.Border{border("bottom", line)},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: p.wrap && p.kind == reports.Text},
	}
	if p.edge {
		st.Border = append(st.Border, border("left", line2))
	}
	if p.wrap {
		st.Alignment.Vertical = "top"
	}
	switch p.role {
	case reports.Group:
		st.Fill = fill(groupFill)
	case reports.Total:
		st.Fill = fill(totalFill)
		st.Border[0].Color = line2
		st.Border = append(st.Border, border("top", line2))
	case reports.Section:
		st.Fill = fill(headFill)
		st.Font.Color = ink2
	}
	switch tone, ok := tones[p.tone]; {
	case ok:
		st.Font.Color = tone.ink
		if p.role == reports.Body {
			st.Fill = fill(tone.fill)
		}
	case p.tone == reports.Muted:
		st.Font.Color, st.Font.Bold = ink3, false
	}
	if p.link {
		st.Font.Color, st.Font.Underline = accentInk, "single"
	}
	if p.kind != reports.Text {
		st.Alignment.Horizontal = "right"
	}
	if format := s.format(p); format != "" {
		st.CustomNumFmt = &format
	}
	return st
}

// format is the number format of a kind. A quiet zero is a dash. The space at
// the right belongs to the format: an indent of right-aligned cells is not
// drawn alike by all programs.
func (s *styles) format(p place) string {
	var f string
	switch p.kind {
	case reports.Int:
		f = "#,##0"
	case reports.KW:
		f = "#,##0.0"
	case reports.Money:
		f = "#,##0.00"
	case reports.Percent:
		f = "0.0%"
	case reports.Date:
		f = "dd/mm/yyyy"
	case reports.Month:
		f = "mm/yyyy"
	default:
		return ""
	}
	const space = "_-"
	f = lcids[s.lang] + f + space
	if p.kind == reports.Date || p.kind == reports.Month {
		return f + ";" + f + ";" + f + ";@" + space
	}
	zero := f
	if p.quiet {
		zero = `"–"` + space
	}
	return f + ";-" + f + ";" + zero + ";@" + space
}
