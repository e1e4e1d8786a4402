package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
)

// Sight is what a look at the first rows of a file tells.
type Sight struct {
	// Known: it is the program's own workbook or a regulator's table, every
	// header of which is understood; nobody need be asked.
	Known    bool
	Kind     Kind   // KindUCMT, KindTariffs, KindReadings, else KindPortfolio; KindAuto where nothing is known
	CSV      bool   // it has one sheet, an encoding and a separator
	Encoding string // one of Encodings
	Comma    string // one of Commas, or another one that was found
	Sheets   []SheetSight
}

// SheetSight is one sheet: what it seems to bring, and its columns.
type SheetSight struct {
	Index   int
	Name    string
	Kind    string // "": nothing that is known
	Header  int64  // line
	Key     string // the same for all sheets with these headers
	Columns []ColumnSight
	known   bool
}

// ColumnSight is one column with a few of its values.
type ColumnSight struct {
	At      int
	Header  string
	Samples []string
	Target  string // "": left out
	Numbers locale.Column
}

const (
	sightRows = 200 // that a look reads of each sheet
	samples   = 3   // values that it shows of a column
)

// ColumnField and SheetField name the fields of a form for a mapping.
func ColumnField(sheet, at int) string { return fmt.Sprintf("column.%d.%d", sheet, at) }

// SheetField is the field that says what a sheet brings.
func SheetField(sheet int) string { return fmt.Sprintf("sheet.%d", sheet) }

// Look reads the first rows of each sheet and guesses what its columns are.
// asked says what its sender decided so far: encoding, separator, and the kinds
// of sheets (their columns are guessed anew). A CodeInvalid error means that the
// file cannot be taken at all.
func Look(ctx context.Context, path string, kind Kind, asked Mapping) (Sight, error) {
	src, err := open(path, &asked)
	if err != nil {
		return Sight{}, err
	}
	defer func() { _ = src.close() }()
	s := Sight{Kind: KindPortfolio, Known: true}
	if c, ok := src.(*csvFile); ok {
		s.CSV, s.Encoding, s.Comma = true, c.encoding, string(c.comma)
	}
	for n, name := range src.sheets() {
		if isNotes(name) {
			continue
		}
		l := &look{sheet: SheetSight{Index: n, Name: name}}
		err := src.rows(ctx, n, l.row)
		if err != nil && !errors.Is(err, errEnough) {
			return s, err
		}
		if kind != KindReadings && l.headed(matchUCMT) {
			return Sight{Known: true, Kind: KindUCMT, CSV: s.CSV, Encoding: s.Encoding, Comma: s.Comma}, nil
		}
		if kind != KindReadings && l.headed(matchANEEL) {
			return Sight{Known: true, Kind: KindTariffs, CSV: s.CSV, Encoding: s.Encoding, Comma: s.Comma}, nil
		}
		if len(l.lines) == 0 {
			continue // empty
		}
		l.guess(kind, slices.IndexFunc(asked.Sheets, func(m SheetMapping) bool { return m.Index == n }), asked)
		s.Known = s.Known && l.sheet.known
		s.Sheets = append(s.Sheets, l.sheet)
	}
	if len(s.Sheets) == 0 {
		return s, fileError("import.file.nothing")
	}
	unknown := func(sh SheetSight) bool { return sh.Kind == "" }
	switch {
	case !slices.ContainsFunc(s.Sheets, func(sh SheetSight) bool { return !unknown(sh) }):
		s.Kind = KindAuto
	case len(s.Sheets) == 1 && s.Sheets[0].Kind == crm.RowReading:
		s.Kind = KindReadings
	}
	return s, nil
}

// look is one sheet being looked at.
type look struct {
	sheet SheetSight
	lines []int64
	cells [][]cell
}

func (l *look) row(line int64, cells []cell) error {
	l.lines, l.cells = append(l.lines, line), append(l.cells, slices.Clone(cells))
	if len(l.lines) >= sightRows {
		return errEnough
	}
	return nil
}

// headed reports whether the first rows hold the headers of a regulator's table.
func (l *look) headed(match func([]cell) []*bound) bool {
	return slices.ContainsFunc(l.cells[:min(len(l.cells), headerRows)], func(row []cell) bool { return match(row) != nil })
}

// guess finds the line of headers and what they mean.
func (l *look) guess(kind Kind, asked int, m Mapping) {
	want := ""
	if def := sheetNamed(l.sheet.Name); def != nil {
		want = def.kind
	}
	if kind == KindReadings {
		want = crm.RowReading
	}
	said := asked >= 0
	if said {
		want = m.Sheets[asked].Kind
	}
	head, def := l.header(want)
	if def != nil && (!said || want != "") {
		l.sheet.Kind = def.kind
	}
	l.sheet.Header = l.lines[head]
	l.columns(head, def)
	l.sheet.known = def != nil && l.allKnown(def, l.cells[head])
}

// header is the row, among the first, of which most names are known.
func (l *look) header(want string) (row int, best *sheet) {
	most := 0
	for n := range l.cells[:min(len(l.cells), headerRows)] {
		for k := range sheets {
			if want != "" && sheets[k].kind != want {
				continue
			}
			if _, known := match(&sheets[k], l.cells[n]); known > most {
				row, best, most = n, &sheets[k], known
			}
		}
	}
	if best == nil && want != "" {
		best = sheetOf(want)
	}
	return row, best
}

// allKnown reports whether a header row is one of the program's own.
func (l *look) allKnown(def *sheet, head []cell) bool {
	cols, known := match(def, head)
	for n, c := range head {
		if strings.TrimSpace(c.text) != "" && cols[n] == nil {
			return false
		}
	}
	return known >= 2 && len(missing(def, cols)) == 0
}

func (l *look) columns(head int, def *sheet) {
	width := 0
	for _, row := range l.cells[head:] {
		width = max(width, len(row))
	}
	var names []string
	for at := range width {
		c := ColumnSight{At: at}
		var d locale.Decider
		for n, row := range l.cells[head:] {
			switch {
			case at >= len(row):
			case n == 0:
				c.Header = strings.TrimSpace(row[at].text)
			default:
				c.sample(row[at])
				if row[at].kind == cellText {
					d.Add(row[at].text)
				}
			}
		}
		names = append(names, headerKey(c.Header))
		if c.Numbers = d.Column(); c.Header != "" || len(c.Samples) > 0 {
			l.sheet.Columns = append(l.sheet.Columns, c)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	l.sheet.Key = hex.EncodeToString(sum[:12])
	if def != nil {
		l.sheet.target(def)
	}
}

func (c *ColumnSight) sample(x cell) {
	if s := strings.TrimSpace(x.text); s != "" && len(c.Samples) < samples && !slices.Contains(c.Samples, s) {
		if r := []rune(s); len(r) > 40 {
			s = string(r[:39]) + "…"
		}
		c.Samples = append(c.Samples, s)
	}
}

// target guesses what each column brings: by its name, by what stands
// in it, at last by a part of its name.
func (s *SheetSight) target(def *sheet) {
	taken := map[string]bool{}
	for _, by := range []func(*sheet, *ColumnSight) string{byName, byContent, byWords} {
		for n := range s.Columns {
			c := &s.Columns[n]
			if c.Target != "" {
				continue
			}
			if id := by(def, c); id != "" && !taken[id] {
				c.Target, taken[id] = id, true
			}
		}
	}
	if def.field("legalName") < 0 || taken["name"] {
		return
	}
	for n := range s.Columns {
		if s.Columns[n].Target == "legalName" {
			s.Columns[n].Target = "name" // nobody is without a name
		}
	}
}

func byName(def *sheet, c *ColumnSight) string {
	if n, ok := known(def.kind, c.Header); ok && c.Header != "" {
		return def.columns[n].id
	}
	return ""
}

// byWords finds the longest known name all of whose words stand in a header:
// "E-mail do responsável" for "E-mail".
func byWords(def *sheet, c *ColumnSight) string {
	words := strings.Fields(headerKey(c.Header))
	best, id := 3, ""
	for name, n := range headers[def.kind] {
		long := len(name) > best || len(name) == best && def.columns[n].id < id
		if long && !slices.ContainsFunc(strings.Fields(name), func(w string) bool { return !slices.Contains(words, w) }) {
			best, id = len(name), def.columns[n].id
		}
	}
	return id
}

// byContent knows numbers with check digits and addresses when it sees them.
func byContent(def *sheet, c *ColumnSight) string {
	most := func(fits func(string) bool) bool { // but for a faulty one
		n := 0
		for _, s := range c.Samples {
			if fits(s) {
				n++
			}
		}
		return 2*n > len(c.Samples)
	}
	for n := range def.columns {
		col := &def.columns[n]
		switch {
		case col.form == formTax && most(func(s string) bool { _, err := ident.ParseCNPJ(s); return err == nil }),
			col.form == formUC && most(func(s string) bool { _, err := ident.ParseUC(s); return err == nil }),
			col.id == "emails" && most(func(s string) bool { _, err := ident.NormalEmail(s); return err == nil }):
			return col.id
		}
	}
	return ""
}

// Mapping is what a sight says, to be changed and confirmed.
func (s *Sight) Mapping() Mapping {
	m := Mapping{}
	if s.CSV {
		m.Encoding, m.Comma = s.Encoding, s.Comma
	}
	for _, sh := range s.Sheets {
		sm := SheetMapping{Index: sh.Index, Kind: sh.Kind, Header: sh.Header}
		for _, c := range sh.Columns {
			if c.Target != "" {
				sm.Columns = append(sm.Columns, ColumnMapping{At: c.At, Target: c.Target})
			}
		}
		m.Sheets = append(m.Sheets, sm)
	}
	return m
}
