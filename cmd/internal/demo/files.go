package demo

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
)

// file makes an attachment of a kind (pdf, xlsx, csv) with a name and rows that
// fit what the mail is about.
func file(kind, name string, rows [][]string) attachment {
	switch kind {
	case "pdf":
		return attachment{name + ".pdf", "application/pdf", pdf(rows)}
	case "xlsx":
		return attachment{name + ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx(rows)}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = ';'
	check(w.WriteAll(rows))
	return attachment{name + ".csv", "text/csv", b.Bytes()}
}

// pdf is one page with a line of text a row, in a font that every reader has.
func pdf(rows [][]string) []byte {
	var page strings.Builder
	page.WriteString("BT /F1 11 Tf 60 780 Td 16 TL\n")
	for _, r := range rows {
		line := strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(strings.Join(r, "   "))
		fmt.Fprintf(&page, "(%s) Tj T*\n", latin1(line))
	}
	page.WriteString("ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var offsets []int
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, at)
	return b.Bytes()
}

// latin1 keeps what WinAnsiEncoding has of a text in the same place.
func latin1(s string) string {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			r = '-'
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// The parts of the smallest workbook that spreadsheet programs open.
var xlsxParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Dados" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// xlsx is a workbook of one sheet. It is written by hand because its bytes must
// be the same in every run.
func xlsx(rows [][]string) []byte {
	var sheet strings.Builder
	sheet.WriteString(`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	for _, r := range rows {
		sheet.WriteString("<row>")
		for _, cell := range r {
			text := strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(cell)
			fmt.Fprintf(&sheet, `<c t="inlineStr"><is><t>%s</t></is></c>`, text)
		}
		sheet.WriteString("</row>")
	}
	sheet.WriteString("</sheetData></worksheet>")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name, text string) {
		w, err := z.Create(name)
		check(err)
		_, err = w.Write([]byte(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + text))
		check(err)
	}
	for _, p := range xlsxParts {
		put(p.name, p.text)
	}
	put("xl/worksheets/sheet1.xml", sheet.String())
	check(z.Close())
	return b.Bytes()
}
