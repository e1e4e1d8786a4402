package intake

import (
	"context"
	"errors"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// table is one sheet of a file that will be taken.
type table struct {
	index  int    // in the source
	name   string // in the file
	def    *sheet // nil: a table of the regulator
	header int64  // line
	cols   []*bound
	rows   int64
	width  int // of its widest row
	ucmt   *ucmtTable
	aneel  *aneelTable
}

// kind is what rows count as that cannot be read.
func (t *table) kind() string {
	switch {
	case t.aneel != nil:
		return crm.RowTariff
	case t.def == nil:
		return crm.RowInstallation
	}
	return t.def.kind
}

// headerRows is how many rows may stand above the headers.
const headerRows = 20

var errEnough = errors.New("enough was read")

// plan is the first pass over a file: which sheets it has, where their headers
// are, how their numbers are written, how many rows there are.
type plan struct {
	src    source
	o      *Options
	tables []*table
	told   func(crm.ImportError)
}

func (p *plan) scan(ctx context.Context) error {
	for n, name := range p.src.sheets() {
		if isNotes(name) || len(p.o.Mapping.Sheets) > 0 && p.o.Mapping.of(n) == nil {
			continue
		}
		t, err := p.scanSheet(ctx, n, name)
		if err != nil {
			return err
		}
		switch {
		case t != nil:
			p.tables = append(p.tables, t)
		case name != "":
			p.told(crm.ImportError{Sheet: name, Row: 1, Reason: crm.Text{Key: "import.sheet.ignored"}, Warning: true})
		}
	}
	if len(p.tables) == 0 {
		return fileError("import.file.nothing")
	}
	return nil
}

func (p *plan) scanSheet(ctx context.Context, n int, name string) (*table, error) {
	t := &table{index: n, name: name}
	tried := 0
	err := p.src.rows(ctx, n, func(line int64, cells []cell) error {
		t.width = max(t.width, len(cells))
		if m := p.o.Mapping.of(n); m != nil && t.header == 0 {
			p.bindMapped(t, m, line, cells)
			return nil
		}
		if t.header == 0 {
			if tried++; tried > headerRows {
				return errEnough
			}
			p.bind(t, line, cells)
			return nil
		}
		t.rows++
		t.look(cells)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	if t.header == 0 {
		return nil, p.unbound(name)
	}
	return t, nil
}

// unbound tells of a sheet with a known name but without headers. An empty one
// is no fault.
func (p *plan) unbound(name string) error {
	if name != "" || p.o.Kind == KindAuto {
		return nil
	}
	return fileError("import.file.headers")
}

// bind takes a row for headers if it is one.
func (p *plan) bind(t *table, line int64, cells []cell) {
	if p.o.Kind == KindTariffs || p.o.Kind == KindAuto {
		if cols := matchANEEL(cells); cols != nil {
			t.header, t.cols, t.aneel = line, cols, &aneelTable{}
			return
		}
		if p.o.Kind == KindTariffs {
			return
		}
	}
	if p.o.Kind == KindUCMT || p.o.Kind == KindAuto {
		if cols := matchUCMT(cells); cols != nil {
			t.header, t.cols, t.ucmt = line, cols, &ucmtTable{}
			return
		}
		if p.o.Kind == KindUCMT {
			return
		}
	}
	var kinds []string
	def := sheetNamed(t.name)
	if p.o.Kind == KindReadings {
		def, kinds = nil, []string{crm.RowReading}
	}
	if def == nil {
		if def = guess(cells, kinds...); def == nil {
			return
		}
	}
	cols, known := match(def, cells)
	if known < min(2, len(def.columns)) {
		return
	}
	t.def, t.header, t.cols = def, line, cols
	p.tellHeaders(t, cells)
}

// tellHeaders warns of columns that will not be read.
func (p *plan) tellHeaders(t *table, cells []cell) {
	for n, c := range cells {
		if t.cols[n] == nil && strings.TrimSpace(c.text) != "" {
			p.told(crm.ImportError{Sheet: t.name, Row: t.header, Column: c.text,
				Reason: crm.Text{Key: "import.column.unknown"}, Warning: true})
		}
	}
}

// look learns from a row how numbers are written.
func (t *table) look(cells []cell) {
	for n, c := range cells {
		if n < len(t.cols) && t.cols[n] != nil && t.cols[n].form == formNumber && c.kind == cellText {
			t.cols[n].dec.Add(c.text)
		}
	}
	if t.ucmt != nil {
		t.ucmt.count(t, cells)
	}
}

// ordered are the tables in the order in which rows depend on each other.
func (p *plan) ordered() (out []*table) {
	for n := range sheets {
		for _, t := range p.tables {
			if t.def == &sheets[n] {
				out = append(out, t)
			}
		}
	}
	for _, t := range p.tables {
		if t.def == nil {
			out = append(out, t)
		}
	}
	return out
}

func (p *plan) kind() Kind {
	for _, t := range p.tables {
		if t.ucmt != nil {
			return KindUCMT
		}
		if t.aneel != nil {
			return KindTariffs
		}
	}
	if p.o.Kind == KindReadings || len(p.tables) == 1 && p.tables[0].def.kind == crm.RowReading {
		return KindReadings
	}
	return KindPortfolio
}

// missingColumns tells of a sheet that cannot be taken for want of a column.
func (t *table) missingColumns(lang locale.Lang) *crm.ImportError {
	if t.def == nil {
		return nil
	}
	ids := missing(t.def, t.cols)
	if len(ids) == 0 {
		return nil
	}
	for n := range ids {
		ids[n] = columnName(lang, t.def.kind, ids[n])
	}
	return &crm.ImportError{Sheet: t.name, Row: t.header,
		Reason: crm.Text{Key: "import.sheet.missing", Args: []string{"columns", strings.Join(ids, ", ")}}}
}
