package xlsx_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/internal/sample"
	"cemigmas/reports/xlsx"
)

func write(t testing.TB, wb *reports.Workbook) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := xlsx.Write(t.Context(), &b, wb); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// What stands in the tables stands in the file: every number, word and level.
func TestReadBack(t *testing.T) {
	for _, lang := range locale.Langs {
		wb := reports.Build(sample.Month(45, 5), lang)
		f := open(t, write(t, wb))
		if got := f.GetSheetList(); len(got) != len(wb.Tables) {
			t.Fatalf("%s: sheets %q", lang, got)
		}
		for _, tab := range wb.Tables {
			compare(t, f, tab)
		}
	}
}

func compare(t *testing.T, f *excelize.File, tab *reports.Table) {
	t.Helper()
	got, err := f.GetRows(tab.Name)
	if err != nil {
		t.Fatal(err)
	}
	if got[0][0] != tab.Title {
		t.Errorf("%s: title %q", tab.Name, got[0][0])
	}
	top := len(got) - tab.Len
	if tab.Headed() {
		for i, c := range tab.Columns {
			if got[top-1][i] != c.Label {
				t.Errorf("%s: header %d is %q, want %q", tab.Name, i, got[top-1][i], c.Label)
			}
		}
	}
	n := 0
	for r := range tab.Rows {
		line := got[top+n]
		for i, c := range r.Cells {
			text := ""
			if i < len(line) {
				text = line[i]
			}
			if want := shown(tab.Columns[i].Kind, c); text != want {
				t.Errorf("%s row %d %s: %q, want %q", tab.Name, n, tab.Columns[i].Key, text, want)
			}
		}
		n++
	}
}

// shown is the raw value of a cell, computed with decimals rather than floats.
func shown(k reports.Kind, c reports.Cell) string {
	if !c.Has {
		if k == reports.Date && len(c.Text) == 10 {
			return days(c.Text)
		}
		return c.Text
	}
	scale := map[reports.Kind]int{reports.KW: 3, reports.Money: 2, reports.Percent: 3}[k]
	return strings.ReplaceAll(locale.Decimal(locale.EN, c.Num, scale, 0), ",", "")
}

// days is the day number of a date, counted from one that Excel is known to
// call 46326.
func days(date string) string {
	known := time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC)
	want, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return err.Error()
	}
	return strconv.Itoa(46326 + int(want.Sub(known).Hours()/24))
}

// The same data gives the same bytes, though sheets are filled side by side.
func TestSameBytes(t *testing.T) {
	first := write(t, reports.Build(sample.Month(60, 4), locale.PtBR))
	for range 3 {
		if !bytes.Equal(first, write(t, reports.Build(sample.Month(60, 4), locale.PtBR))) {
			t.Fatal("two files of the same data differ")
		}
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the archive begins with %s", z.File[0].Name)
	}
}

func TestTextIsNeverAFormula(t *testing.T) {
	texts := []string{"=1+1", "+55 31 3506-1116", "-x", "@a", "=HYPERLINK(\"x\")", "0001", "1E5", "<&>\"'", " a ", "linha\nnova", "\x01"}
	wb := one(reports.Column{Label: "T"}, texts...)
	data := write(t, wb)
	if strings.Contains(part(t, data, "xl/worksheets/sheet1.xml"), "<f>") {
		t.Error("a text became a formula")
	}
	f := open(t, data)
	for i, want := range texts {
		got, err := f.GetCellValue("S", "A"+strconv.Itoa(3+i))
		if want == "\x01" {
			want = "\ufffd" // no character of XML
		}
		if err != nil || got != want {
			t.Errorf("%q became %q, %v", want, got, err)
		}
	}
}

func one(col reports.Column, texts ...string) *reports.Workbook {
	return &reports.Workbook{Title: "T", Lang: "pt-BR", Tables: []*reports.Table{{
		Name: "S", Title: "S", Columns: []reports.Column{col}, Len: len(texts), Body: len(texts), Filter: true,
		Rows: func(yield func(reports.Row) bool) {
			for _, s := range texts {
				if !yield(reports.Row{Cells: []reports.Cell{reports.Words(s)}}) {
					return
				}
			}
		},
	}}}
}

// What a reader of the sheet sees around the figures.
func TestSheetFurniture(t *testing.T) {
	wb := reports.Build(sample.Month(45, 5), locale.PtBR)
	data := write(t, wb)
	f := open(t, data)
	sector := wb.Tables[1]
	xml := part(t, data, "xl/worksheets/sheet2.xml")
	last := strconv.Itoa(4 + sector.Body)
	for what, want := range map[string]string{
		"dimension":      `<dimension ref="A1:X` + strconv.Itoa(4+sector.Len) + `"`,
		"fit to width":   `fitToPage="true"`,
		"heads above":    `summaryBelow="false"`,
		"outline":        `outlineLevelRow="1"`,
		"level":          `outlineLevel="1"`,
		"frozen":         `topLeftCell="C5"`,
		"filter":         `<autoFilter ref="$A$4:$X$` + last + `"`,
		"client's total": `SUBTOTAL(9,G6:G`,
		"sheet's total":  `SUBTOTAL(9,G5:G` + last + `)`,
		"highest use":    `SUBTOTAL(4,M5:M` + last + `)`,
		"landscape":      `orientation="landscape"`,
		"A4":             `paperSize="9"`,
		"as long":        `fitToHeight="0"`,
		"UC is text":     `numberStoredAsText="true"`,
	} {
		if !strings.Contains(xml, want) {
			t.Errorf("%s: no %s", what, want)
		}
	}
	if book := part(t, data, "xl/workbook.xml"); !strings.Contains(book, "_xlnm.Print_Titles") || !strings.Contains(book, "$3:$4") {
		t.Error("the header is not repeated on paper")
	}
	if ok, target, err := f.GetCellHyperLink("Resumo", "A5"); !ok || target != "'Mineração'!A1" || err != nil {
		t.Errorf("link to %q %v %v", target, ok, err)
	}
	props, err := f.GetDocProps()
	if err != nil || props.Created != "2026-11-22T17:05:00Z" || props.Creator != "Marta Ibáñez" || !strings.Contains(props.Title, "outubro de 2026") {
		t.Errorf("properties %+v %v", props, err)
	}
}

func TestWriteStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := xlsx.Write(ctx, io.Discard, reports.Build(sample.Month(10, 2), locale.PtBR)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	broken := errors.New("disk full")
	if err := xlsx.Write(t.Context(), failing{broken}, reports.Build(sample.Month(10, 2), locale.PtBR)); !errors.Is(err, broken) {
		t.Errorf("a writer that fails: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestEmptyTable(t *testing.T) {
	f := open(t, write(t, one(reports.Column{Label: "T"})))
	if got, err := f.GetRows("S"); err != nil || len(got) != 2 {
		t.Errorf("rows %q %v", got, err)
	}
}
