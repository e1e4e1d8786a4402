package intake

import (
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// Mapping says how a file is read where its sender decided; what it does not
// say is found out. Without sheets all of them are.
type Mapping struct {
	Encoding string         `json:"encoding,omitempty"` // of a csv: one of Encodings
	Comma    string         `json:"comma,omitempty"`    // of a csv: one of Commas
	Sheets   []SheetMapping `json:"sheets,omitempty"`
}

// SheetMapping says what the columns of a sheet bring. One that the mapping
// does not name, or names without a kind, is left out.
type SheetMapping struct {
	Index   int             `json:"index"` // in the file, from 0
	Kind    string          `json:"kind,omitempty"`
	Header  int64           `json:"header"` // line
	Columns []ColumnMapping `json:"columns,omitempty"`
}

// ColumnMapping is one column that is read.
type ColumnMapping struct {
	At     int          `json:"at"`              // from 0
	Target string       `json:"target"`          // a field of the kind
	Style  locale.Style `json:"style,omitempty"` // of its numbers; "": as its values say
}

// Kinds are what a sheet may bring, in the order in which rows depend on each
// other.
func Kinds() (out []string) {
	for n := range sheets {
		out = append(out, sheets[n].kind)
	}
	return out
}

// Targets are the fields that a column of a kind may bring.
func Targets(kind string) (out []string) {
	if def := sheetOf(kind); def != nil {
		for n := range def.columns {
			out = append(out, def.columns[n].id)
		}
	}
	return out
}

// IsNumber reports whether a field is a number, of which 1.234 can be read in
// two ways.
func IsNumber(kind, target string) bool {
	def := sheetOf(kind)
	n := def.field(target)
	return n >= 0 && def.columns[n].form == formNumber
}

func sheetOf(kind string) *sheet {
	for n := range sheets {
		if sheets[n].kind == kind {
			return &sheets[n]
		}
	}
	return nil
}

// field is the place of a field among the columns of a sheet; -1 for none.
func (s *sheet) field(id string) int {
	if s == nil {
		return -1
	}
	return slices.IndexFunc(s.columns, func(c column) bool { return c.id == id })
}

// of finds what a mapping says of a sheet.
func (m *Mapping) of(index int) *SheetMapping {
	for n := range m.Sheets {
		if m.Sheets[n].Index == index && m.Sheets[n].Kind != "" {
			return &m.Sheets[n]
		}
	}
	return nil
}

// Check finds what is wrong with a mapping, in words of a language, by the names
// that a form gives its fields: sheets, SheetField and ColumnField.
func (m *Mapping) Check(lang locale.Lang) error {
	wrong := map[string]crm.Text{}
	for _, s := range m.Sheets {
		s.check(lang, wrong)
	}
	if !slices.ContainsFunc(m.Sheets, func(s SheetMapping) bool { return s.Kind != "" }) {
		wrong["sheets"] = crm.Text{Key: "import.map.nothing"}
	}
	if len(wrong) == 0 {
		return nil
	}
	return &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.invalid"}, Fields: wrong}
}

func (s *SheetMapping) check(lang locale.Lang, wrong map[string]crm.Text) {
	def := sheetOf(s.Kind)
	if s.Kind == "" {
		return
	}
	if def == nil {
		wrong[SheetField(s.Index)] = crm.Text{Key: "error.field.choice"}
		return
	}
	taken := map[string]bool{}
	for _, c := range s.Columns {
		switch {
		case def.field(c.Target) < 0:
			wrong[ColumnField(s.Index, c.At)] = crm.Text{Key: "error.field.choice"}
		case taken[c.Target]:
			wrong[ColumnField(s.Index, c.At)] = crm.Text{Key: "import.map.twice"}
		}
		taken[c.Target] = true
	}
	for n := range def.columns {
		if c := &def.columns[n]; c.required && !taken[c.id] {
			wrong[SheetField(s.Index)] = crm.Text{Key: "import.map.missing", Args: []string{"column", columnName(lang, s.Kind, c.id)}}
			return
		}
	}
}

// bindMapped takes the line that the mapping names for headers.
func (p *plan) bindMapped(t *table, m *SheetMapping, line int64, cells []cell) {
	def := sheetOf(m.Kind)
	if line != m.Header || def == nil {
		return
	}
	t.def, t.header, t.cols = def, line, make([]*bound, len(cells))
	for _, c := range m.Columns {
		n := def.field(c.Target)
		if n < 0 || c.At < 0 || c.At >= MaxColumns {
			continue
		}
		for len(t.cols) <= c.At { // a column without a header
			t.cols = append(t.cols, nil)
		}
		head := ""
		if c.At < len(cells) {
			head = cells[c.At].text
		}
		col := &def.columns[n]
		t.cols[c.At] = &bound{column: col, header: head, scale: unitScale(unitOf(head), col.scale), fixed: c.Style}
	}
}
