package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// Faults gathers what is wrong with the rows of a file, to send it back with
// the reasons beside them.
type Faults struct {
	lang locale.Lang
	rows map[faultRow]*fault
}

type faultRow struct {
	sheet string
	line  int64
}

type fault struct {
	reasons []string
	columns []int // from 1
}

// maxFaults is how many rows are marked at most; who has more begins with these.
const maxFaults = 100_000

// NewFaults gathers reasons in a language.
func NewFaults(lang string) *Faults {
	l := locale.Lang(lang)
	if !l.Valid() {
		l = locale.PtBR
	}
	return &Faults{lang: l, rows: map[faultRow]*fault{}}
}

// Add notes what a run told of a row. Warnings are no faults.
func (f *Faults) Add(e crm.ImportError) {
	at := faultRow{e.Sheet, e.Row}
	if e.Warning || f.rows[at] == nil && len(f.rows) >= maxFaults {
		return
	}
	if f.rows[at] == nil {
		f.rows[at] = &fault{}
	}
	reason := Say(f.lang, e.Reason)
	if e.Column != "" {
		reason = e.Column + ": " + reason
	}
	f.rows[at].reasons = append(f.rows[at].reasons, reason)
	if e.At > 0 {
		f.rows[at].columns = append(f.rows[at].columns, e.At)
	}
}

// Len is how many rows have a fault.
func (f *Faults) Len() int { return len(f.rows) }

func (f *Faults) of(sheet string, line int64) *fault { return f.rows[faultRow{sheet, line}] }

func (f *fault) text() string { return strings.Join(f.reasons, " | ") }

// header is the name of the column of reasons.
func (f *Faults) header() string { return locale.T(f.lang, "import.errors.reason") }

// WriteBack writes the file that was imported once more, as its sender has it,
// with a column of reasons, and in a workbook with the faulty cells marked.
// res is what Run returned for the same file and mapping. It streams: memory
// does not grow with the file.
func WriteBack(ctx context.Context, w io.Writer, path string, m Mapping, res *Result, f *Faults) error {
	src, err := open(path, &m)
	if err != nil {
		return err
	}
	defer func() { _ = src.close() }()
	switch s := src.(type) {
	case *csvFile:
		return s.writeBack(ctx, w, res, f)
	case *xlsx:
		return s.writeBack(ctx, w, res, f)
	}
	return errors.New("intake: no way back for this source")
}

// writeBack copies each record as it stands and adds its reason.
func (c *csvFile) writeBack(ctx context.Context, w io.Writer, res *Result, f *Faults) error {
	in, err := c.reader()
	if err != nil {
		return err
	}
	out, done := c.writer(w)
	raw := &bytes.Buffer{}
	r := csv.NewReader(io.TeeReader(in, raw))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = c.comma, -1, true, true
	header, width := int64(0), 0
	for _, l := range res.layout {
		header, width = l.header, l.width
	}
	var at int64
	for {
		rec, err := r.Read()
		if err != nil && !errors.Is(err, io.EOF) {
			return wrapFile(err, "import.file.broken")
		}
		if cerr := ctx.Err(); cerr != nil {
			return cerr
		}
		chunk := raw.Next(int(r.InputOffset() - at))
		at = r.InputOffset()
		if errors.Is(err, io.EOF) {
			_, _ = out.Write(chunk)
			break
		}
		line, _ := r.FieldPos(0)
		reason := ""
		if int64(line) == header {
			reason = f.header()
		} else if x := f.of("", int64(line)); x != nil {
			reason = x.text()
		}
		c.addReason(out, chunk, reason, max(1, width-len(rec)+1))
	}
	return done()
}

// writer encodes as the file is encoded. A bufio.Writer keeps its first error.
func (c *csvFile) writer(w io.Writer) (*bufio.Writer, func() error) {
	e := c.coding()
	if e == nil {
		out := bufio.NewWriterSize(w, 1<<16)
		_, _ = out.WriteString("\ufeff") // without it Excel reads UTF-8 as Windows-1252
		return out, out.Flush
	}
	t := transform.NewWriter(w, encoding.ReplaceUnsupported(e.NewEncoder()))
	out := bufio.NewWriterSize(t, 1<<16)
	return out, func() error { return errors.Join(out.Flush(), t.Close()) }
}

func (c *csvFile) addReason(w *bufio.Writer, record []byte, reason string, steps int) {
	body := bytes.TrimRight(record, "\r\n")
	_, _ = w.Write(body)
	if reason != "" {
		for range steps {
			_, _ = w.WriteRune(c.comma)
		}
		_, _ = w.WriteString(quoted(reason))
	}
	_, _ = w.Write(record[len(body):])
}

// quoted writes a text as one field that no spreadsheet executes: a reason may
// repeat a header, which is its sender's.
func quoted(s string) string {
	if strings.IndexByte("=+-@\t\r", s[0]) >= 0 {
		s = "'" + s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// hasFaults reports whether a sheet is written anew.
func (f *Faults) hasFaults(sheet string) bool {
	for at := range f.rows {
		if at.sheet == sheet {
			return true
		}
	}
	return false
}

func (f *fault) marks(column int) bool { return slices.Contains(f.columns, column) }
