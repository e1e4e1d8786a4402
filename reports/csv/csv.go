// Package csv writes a table as comma-separated values for spreadsheet
// programs: UTF-8 with a byte order mark, the separator and decimals of the
// language, totals as values.
package csv

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"strings"

	"cemigmas/crm/locale"
	"cemigmas/reports"
)

// ContentType is what a server says of the file.
const ContentType = "text/csv; charset=utf-8"

// Write writes the table in a language: header, rows, totals. It stops with
// ctx's error when ctx ends.
func Write(ctx context.Context, w io.Writer, t *reports.Table, lang locale.Lang) error {
	buf := bufio.NewWriterSize(w, 64<<10)
	if _, err := buf.WriteString("\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(buf)
	out.UseCRLF = true
	if lang != locale.EN {
		out.Comma = ';' // the comma is the decimal sign
	}
	record := make([]string, len(t.Columns))
	if t.Headed() {
		for i, c := range t.Columns {
			record[i] = guard(heading(c))
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	n := 0
	for r := range t.Rows {
		if n++; n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for i, c := range t.Columns {
			record[i] = ""
			if i < len(r.Cells) {
				record[i] = field(lang, c.Kind, r.Cells[i])
			}
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return err
	}
	return buf.Flush()
}

// heading names a column alone: the heading over it, then its own.
func heading(c reports.Column) string {
	if c.Over == "" {
		return c.Label
	}
	return c.Over + " – " + c.Label
}

func field(lang locale.Lang, k reports.Kind, c reports.Cell) string {
	if !c.Has {
		if k == reports.Date {
			return guard(locale.Date(lang, c.Text))
		}
		return guard(c.Text)
	}
	switch k {
	case reports.KW:
		return ungrouped(lang, c.Num, 3, 0)
	case reports.Money:
		return ungrouped(lang, c.Num, 2, 2)
	case reports.Percent:
		return ungrouped(lang, c.Num, 1, 1)
	}
	return ungrouped(lang, c.Num, 0, 0)
}

// ungrouped writes n ÷ 10^scale without separators of thousands, which a
// program that reads the file might take for decimals.
func ungrouped(lang locale.Lang, n int64, scale, least int) string {
	group := "."
	if lang == locale.EN {
		group = ","
	}
	return strings.ReplaceAll(locale.Decimal(lang, n, scale, least), group, "")
}

// guard puts ' before a text that a spreadsheet program would take for a
// formula. The import strips it again. Numbers are never guarded.
func guard(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
