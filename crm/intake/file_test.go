package intake

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"cemigmas/crm/locale"
)

func zipOf(t testing.TB, parts map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "x.xlsx", b.String())
}

// withSheet is the smallest workbook, with one sheet as given.
func withSheet(t testing.TB, sheet string) string {
	return zipOf(t, map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="x"><workbookPr date1904="1"/><sheets><sheet name="Clientes" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
	})
}

// bomb is a small workbook of which one text unpacks to more than any cell may
// have.
func bomb(t testing.TB) string {
	return withSheet(t, `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`+strings.Repeat("a", 8<<20)+`</t></is></c></row></sheetData></worksheet>`)
}

// declaredBomb says itself how much it unpacks to: it is not unpacked to find out.
func declaredBomb(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, UncompressedSize64: uint64(MaxUnzipped)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return writeFile(t, "x.xlsx", b.String())
}

func TestUnpackedBytesAreCounted(t *testing.T) {
	src, err := open(withSheet(t, `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`+strings.Repeat("<row/>", 2000)+`</sheetData></worksheet>`), &Mapping{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.close()
	x := src.(*xlsx)
	x.left = 5000
	err = x.rows(t.Context(), 0, func(int64, []cell) error { return nil })
	if err == nil || !strings.Contains(err.Error(), "import.file.bomb") {
		t.Errorf("reading beyond the limit: %v", err)
	}
}

func TestXLSXCells(t *testing.T) {
	src, err := open(withSheet(t, `<worksheet><sheetData>
		<row r="3"><c r="B3" t="inlineStr"><is><t>a</t><t> &amp; b</t></is></c><c r="D3"><v>1.5E2</v></c><c t="e"><v>#N/A</v></c>
		<c r="F3" t="str"><f>1</f><v>x</v></c><c r="G3"><f>2</f></c></row><row/><row><c t="b"><v>1</v></c></row></sheetData></worksheet>`), &Mapping{})
	if err != nil {
		t.Fatal(err)
	}
	defer src.close()
	if !src.date1904() {
		t.Error("the calendar of 1904 is overlooked")
	}
	var lines []int64
	var first []cell
	if err := src.rows(t.Context(), 0, func(line int64, cells []cell) error {
		lines = append(lines, line)
		if first == nil {
			first = append(first, cells...)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := []cell{{}, {text: "a & b"}, {}, {text: "1.5E2", kind: cellNumber}, {text: "#N/A", kind: cellError},
		{text: "x", formula: true}, {kind: cellNumber, formula: true}}
	if len(lines) != 2 || lines[0] != 3 || lines[1] != 5 || len(first) != len(want) {
		t.Fatalf("rows %v, cells %+v", lines, first)
	}
	for n := range want {
		if first[n] != want[n] {
			t.Errorf("cell %d: %+v, want %+v", n, first[n], want[n])
		}
	}
}

func TestReadValues(t *testing.T) {
	for _, c := range []struct {
		form form
		in   string
		kind cellKind
		want string // text, or the message
	}{
		{formDate, "31/10/2026", cellText, "2026-10-31"}, {formDate, "2026-10-31", cellText, "2026-10-31"},
		{formDate, "46326", cellNumber, "2026-10-31"}, {formDate, "46326.75", cellNumber, "2026-10-31"},
		{formDate, "31/13/2026", cellText, "date.invalid"}, {formDate, "0", cellNumber, "date.invalid"},
		{formMonth, "10/2026", cellText, "2026-10"}, {formMonth, "2026-10", cellText, "2026-10"}, {formMonth, "202610", cellNumber, "2026-10"},
		{formMonth, "Out/26", cellText, "2026-10"}, {formMonth, "outubro de 2026", cellText, "2026-10"}, {formMonth, "oct 2026", cellText, "2026-10"},
		{formMonth, "46326", cellNumber, "2026-10"}, {formMonth, "31/10/2026", cellText, "2026-10"}, {formMonth, "00/2026", cellText, "import.month"},
		{formTax, "52998224725", cellNumber, "52998224725"}, {formTax, taxA, cellText, taxA},
		{formUC, "1347925802810", cellNumber, "001347925802810"}, {formUC, "3004298116", cellNumber, "3004298116"}, {formUC, ucA, cellText, ucA},
		{formDigits, "3148004", cellNumber, "3148004"}, {formText, "1.2E+3", cellNumber, "1200"}, {formText, "1.2E+3", cellText, "1.2E+3"},
		{formYes, "talvez", cellText, "import.cell.yes"},
	} {
		b := &bound{column: &column{form: c.form}}
		v, bad := b.read(cell{text: c.in, kind: c.kind}, false, locale.EN)
		got := v.text
		if bad != nil {
			got = bad.Key
		}
		if got != c.want {
			t.Errorf("form %d %q: %q, want %q", c.form, c.in, got, c.want)
		}
	}
}

func TestChoices(t *testing.T) {
	for word, want := range map[string]string{"Verde": "verde", "THS Azul": "azul", "GREEN": "verde", "unknown": "unknown"} {
		if got, _ := modalities.find(word); got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
	if id, ok := postos.find("Fora de ponta"); !ok || id != "offpeak" {
		t.Error(id)
	}
	b := &bound{column: &column{form: formChoice, choice: markets}}
	if _, bad := b.read(cell{text: "?"}, false, locale.EN); bad == nil || bad.Args[1] != "Captive, Free" {
		t.Errorf("what may be chosen is told in the user's language: %+v", bad)
	}
	if _, ok := markets.find("Verde"); ok {
		t.Error("a colour is no market")
	}
}
