package intake

import (
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// Kind says what a file holds.
type Kind string

// The kinds. KindAuto is found out from the headers.
const (
	KindAuto      Kind = ""
	KindPortfolio Kind = "portfolio"
	KindReadings  Kind = "readings"
	KindUCMT      Kind = "ucmt"    // the regulator's table of medium-voltage units
	KindTariffs   Kind = "tariffs" // the regulator's table of tariffs
)

// Counts is what became of the rows of one kind.
type Counts struct {
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Rejected  int64 `json:"rejected"`
	Warnings  int64 `json:"warnings"`
}

// SheetResult are the counts of one kind of row. Of a UCMT file, whose rows
// each bring several kinds, Rejected counts what could not be stored; rows of
// the file that could not be read count as installations.
type SheetResult struct {
	Kind string `json:"kind"`           // clients, people, installations, contracts, readings, tariffs
	Name string `json:"name,omitempty"` // the sheet's in the file
	Counts
}

// ColumnDecision says how the numbers of a column were read, where they could
// be read otherwise.
type ColumnDecision struct {
	Sheet   string       `json:"sheet,omitempty"`
	Column  string       `json:"column"`
	Style   locale.Style `json:"style"`            // comma: 1.234,5; point: 1,234.5
	Example string       `json:"example"`          // as the file has it
	ReadAs  string       `json:"readAs,omitempty"` // in the language of the import
	// Assumed: nothing in the column decided, so other columns or the language
	// did; it should be looked at.
	Assumed bool     `json:"assumed,omitempty"`
	Text    crm.Text `json:"text"`
}

// Result is what an import did.
type Result struct {
	Kind      Kind             `json:"kind"`
	DryRun    bool             `json:"dryRun,omitempty"`
	Year      int              `json:"year,omitempty"`     // of a UCMT file
	YearFrom  string           `json:"yearFrom,omitempty"` // option or name
	Rows      int64            `json:"rows"`               // of data that were read
	Sheets    []SheetResult    `json:"sheets"`
	Decisions []ColumnDecision `json:"decisions,omitempty"`
	Clients   int64            `json:"clients"` // touched

	layout []sheetLayout // for WriteBack
}

// sheetLayout is where a sheet has its headers, and how many columns.
type sheetLayout struct {
	index  int
	name   string
	header int64
	width  int
}

// Rejected counts the rows that were not taken.
func (r *Result) Rejected() (n int64) {
	for _, s := range r.Sheets {
		n += s.Counts.Rejected
	}
	return n
}

// Changed counts what was, or in a dry run would be, created and updated.
func (r *Result) Changed() (n int64) {
	for _, s := range r.Sheets {
		n += s.Created + s.Updated
	}
	return n
}

// Of returns the counts of a kind.
func (r *Result) Of(kind string) Counts {
	for _, s := range r.Sheets {
		if s.Kind == kind {
			return s.Counts
		}
	}
	return Counts{}
}

// of finds the counts of a kind to add to.
func (r *Result) of(kind, name string) *SheetResult {
	for n := range r.Sheets {
		if r.Sheets[n].Kind == kind {
			return &r.Sheets[n]
		}
	}
	r.Sheets = append(r.Sheets, SheetResult{Kind: kind, Name: name})
	return &r.Sheets[len(r.Sheets)-1]
}

// decide settles the style of each column of numbers and tells what was
// decided. A column that does not say itself follows the others of its sheet,
// and those follow the language.
func (t *table) decide(lang locale.Lang) (out []ColumnDecision) {
	styles := map[locale.Style]bool{}
	for _, b := range t.cols {
		if b != nil && b.form == formNumber {
			if c := b.dec.Column(); b.fixed != "" {
				styles[b.fixed] = true
			} else if c.Evidence == locale.EvidenceDecided {
				styles[c.Style] = true
			}
		}
	}
	fallback := locale.StyleOf(lang)
	if len(styles) == 1 {
		for s := range styles {
			fallback = s
		}
	}
	for _, b := range t.cols {
		if b == nil || b.form != formNumber {
			continue
		}
		if b.fixed != "" {
			b.style = b.fixed
			continue // its sender decided, and need not be told
		}
		c := b.dec.Column()
		d := ColumnDecision{Sheet: t.name, Column: b.header, Style: c.Style, Example: c.Example}
		switch c.Evidence {
		case locale.EvidencePlain:
			b.style = c.Style
			continue
		case locale.EvidenceAmbiguous:
			d.Style, d.Assumed = fallback, true
		case locale.EvidenceMixed:
			b.mixed = true
		}
		b.style = d.Style
		d.ReadAs = readAs(d.Example, d.Style, lang)
		d.Text = decisionText(&d, b.mixed)
		out = append(out, d)
	}
	if t.ucmt != nil {
		out = condense(out)
	}
	return out
}

// condense tells once what holds for many columns: a regulator's table has 26
// of numbers, all written alike.
func condense(all []ColumnDecision) (out []ColumnDecision) {
	at := map[locale.Style]int{}
	for _, d := range all {
		n, ok := at[d.Style]
		if d.Assumed || d.Style == "" || !ok {
			if !d.Assumed && d.Style != "" {
				at[d.Style] = len(out)
			}
			out = append(out, d)
			continue
		}
		first, _, _ := strings.Cut(out[n].Column, " … ")
		out[n].Column = first + " … " + d.Column
	}
	return out
}

func decisionText(d *ColumnDecision, mixed bool) crm.Text {
	key := "column.comma"
	switch {
	case mixed:
		key = "column.mixed"
	case d.Assumed:
		return crm.Text{Key: "import.decision.assumed", Args: []string{"example", d.Example, "value", d.ReadAs}}
	case d.Style == locale.Point:
		key = "column.point"
	}
	return crm.Text{Key: key, Args: []string{"example", d.Example}}
}

// readAs writes a number without groups, so that it can be taken in one way
// only.
func readAs(s string, style locale.Style, lang locale.Lang) string {
	n, err := locale.ParseNumber(s, style, 6)
	if err != nil {
		return ""
	}
	text := locale.Decimal(lang, n, 6, 0)
	group := "."
	if locale.StyleOf(lang) == locale.Point {
		group = ","
	}
	return strings.ReplaceAll(text, group, "")
}
