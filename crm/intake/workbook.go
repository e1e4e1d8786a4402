package intake

import (
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// examples are the example rows of the notes sheet; they never stand in the
// sheets of data, so that a template that was not filled in imports nothing.
var examples = map[string]map[string]string{
	crm.RowClient: {"taxId": "12.ABC.345/01DE-35", "name": "Laticínios Serra Clara", "cnae": "1052-0/00", "agent": "agente@exemplo.com.br",
		"tier": "A", "city": "Patos de Minas", "municipality": "3148004", "phone": "(34) 3822-0000", "emails": "contato@serraclara.example",
		"domains": "serraclara.example", "tags": "laticínio; safra", "standIn": "substituta@exemplo.com.br", "standInFrom": "01/12/2026", "standInUntil": "20/12/2026"},
	crm.RowPerson: {"client": "12.ABC.345/01DE-35", "name": "Marta Nunes", "emails": "marta@serraclara.example", "phones": "(34) 99999-0000",
		"title": "Gerente industrial", "hours": "manhãs", "consentOn": "14/02/2026"},
	crm.RowInstallation: {"uc": "0.013.479.258.028-10", "formerUc": "3004298116", "client": "12.ABC.345/01DE-35", "name": "Fábrica",
		"distributor": "CEMIG-D", "voltage": "13,8", "subgroup": "A4", "loadW": "750", "connectedOn": "14/02/2019", "coordinates": "-19,92; -43,94", "transformerVA": "1.000"},
	crm.RowContract: {"uc": "0.013.479.258.028-10", "kind": "CUSD", "start": "01/03/2025", "modality": "verde", "from": "03/2025",
		"singleW": "500", "termMonths": "12"},
	crm.RowReading: {"uc": "0.013.479.258.028-10", "month": "10/2026", "singleW": "512", "energyWh": "182.340"},
	crm.RowTariff:  {"distributor": "CEMIG-D", "subgroup": "A4", "modality": "verde", "from": "28/05/2026", "microsPerKW": "22,81", "tusdMicrosPerKWh": "153,23", "teMicrosPerKWh": "309,74"},
}

// WriteTemplate writes an empty portfolio workbook in a language: the sheets
// with their headers and formats, and a sheet that explains every column.
func WriteTemplate(w io.Writer, lang string, sectors crm.SectorTable) error {
	l := locale.Lang(lang)
	if !l.Valid() {
		l = locale.PtBR
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	b := &book{f: f, lang: l, sectors: sectorChoice(sectors)}
	b.styles()
	b.notes()
	for n := range sheets {
		b.sheet(&sheets[n])
	}
	if b.err == nil {
		b.err = f.DeleteSheet("Sheet1")
	}
	if b.err != nil {
		return b.err
	}
	f.SetActiveSheet(0)
	return f.Write(w)
}

// book writes the template; its first error ends it.
type book struct {
	f                                      *excelize.File
	lang                                   locale.Lang
	head, need, text, number, date, strong int
	err                                    error
	sectors                                *choice
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *book) style(s *excelize.Style) int {
	id, err := b.f.NewStyle(s)
	b.do(err)
	return id
}

func (b *book) styles() {
	number, date := "#,##0.###", "dd/mm/yyyy"
	wrap := &excelize.Alignment{WrapText: true, Vertical: "top"}
	b.head = b.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF2"}}, Alignment: wrap})
	b.need = b.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"CDE3D6"}}, Alignment: wrap})
	b.strong = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.text = b.style(&excelize.Style{NumFmt: 49}) // text: a UC keeps its leading zeros
	b.number = b.style(&excelize.Style{CustomNumFmt: &number})
	b.date = b.style(&excelize.Style{CustomNumFmt: &date})
}

func (b *book) t(key string, args ...any) string { return locale.T(b.lang, key, args...) }

func at(col, row int) string {
	s, _ := excelize.CoordinatesToCellName(col, row)
	return s
}

// sheet writes the headers of a sheet of data and the formats of its columns.
func (b *book) sheet(s *sheet) {
	name := kindName(b.lang, s.kind)
	_, err := b.f.NewSheet(name)
	b.do(err)
	for n := range s.columns {
		c := &s.columns[n]
		col, _ := excelize.ColumnNumberToName(n + 1)
		head := columnName(b.lang, s.kind, c.id)
		style := b.text
		switch c.form {
		case formNumber:
			style = b.number
		case formDate:
			style = b.date
		}
		b.do(b.f.SetColStyle(name, col, style))
		b.do(b.f.SetColWidth(name, col, col, float64(min(max(len([]rune(head))+2, 12), 32))))
		b.do(b.f.SetCellStr(name, at(n+1, 1), head))
		style = b.head
		if c.required {
			style = b.need
		}
		b.do(b.f.SetCellStyle(name, at(n+1, 1), at(n+1, 1), style))
		b.do(b.f.AddComment(name, excelize.Comment{Cell: at(n+1, 1), Author: "Cemig Mais", Text: b.how(c)}))
	}
	b.do(b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
}

var formNames = map[form]string{formText: "text", formList: "list", formNumber: "number", formDate: "date", formMonth: "month",
	formYes: "yes", formChoice: "choice", formTax: "tax", formUC: "uc", formDigits: "digits"}

// how says how a column is written.
func (b *book) how(c *column) string {
	if c.form == formChoice {
		choice := c.choice
		if choice == sectors {
			choice = b.sectors
		}
		return b.t("import.form.choice", "choices", strings.Join(choice.words(b.lang), ", "))
	}
	if c.form == formChoices {
		return b.t("import.form.choices", "choices", strings.Join(c.choice.words(b.lang), ", "))
	}
	return b.t("import.form." + formNames[c.form])
}

// notes writes the sheet that explains the others.
func (b *book) notes() {
	name := b.t("import.sheet.notes")
	_, err := b.f.NewSheet(name)
	b.do(err)
	b.do(b.f.SetCellStr(name, "A1", b.t("import.notes.title")))
	b.do(b.f.SetCellStyle(name, "A1", "A1", b.strong))
	b.do(b.f.SetCellStr(name, "A2", b.t("import.notes.rules")))
	b.do(b.f.SetCellStr(name, "A3", b.t("import.notes.keys")))
	for n, key := range []string{"sheet", "column", "need", "how", "example"} {
		b.do(b.f.SetCellStr(name, at(n+1, 5), b.t("import.notes."+key)))
		b.do(b.f.SetCellStyle(name, at(n+1, 5), at(n+1, 5), b.head))
	}
	row := 6
	for n := range sheets {
		for k := range sheets[n].columns {
			b.note(name, row, &sheets[n], &sheets[n].columns[k])
			row++
		}
	}
	for n, width := range []float64{20, 38, 14, 60, 36} {
		col, _ := excelize.ColumnNumberToName(n + 1)
		b.do(b.f.SetColWidth(name, col, col, width))
	}
}

func (b *book) note(name string, row int, s *sheet, c *column) {
	need := ""
	if c.required {
		need = b.t("import.notes.yes")
	}
	for n, v := range []string{kindName(b.lang, s.kind), columnName(b.lang, s.kind, c.id), need, b.how(c), examples[s.kind][c.id]} {
		b.do(b.f.SetCellStr(name, at(n+1, row), v))
	}
}

// WriteErrors writes faulty rows with their reasons in a language as a
// workbook. Values stand as texts: what was typed as a formula stays one.
func WriteErrors(w io.Writer, lang string, rows []crm.ImportError) error {
	l := locale.Lang(lang)
	if !l.Valid() {
		l = locale.PtBR
	}
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	name := locale.T(l, "import.errors.sheet")
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if err := f.SetSheetDimension(name, "A1:"+at(6, len(rows)+1)); err != nil {
		return err
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	if err := writeErrors(s, l, bold, rows); err != nil {
		return err
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

func writeErrors(s *excelize.StreamWriter, l locale.Lang, bold int, rows []crm.ImportError) error {
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for n, width := range []float64{18, 8, 30, 28, 80, 12} {
		if err := s.SetColWidth(n+1, n+1, width); err != nil {
			return err
		}
	}
	head := []any{}
	for _, key := range []string{"sheet", "row", "column", "value", "reason", "kind"} {
		head = append(head, excelize.Cell{StyleID: bold, Value: locale.T(l, "import.errors."+key)})
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	for n, e := range rows {
		kind := "import.errors.rejected"
		if e.Warning {
			kind = "import.errors.warning"
		}
		row := []any{e.Sheet, e.Row, e.Column, e.Value, Say(l, e.Reason), locale.T(l, kind)}
		if err := s.SetRow(at(1, n+2), row); err != nil {
			return err
		}
	}
	return nil
}

// Say puts a reason into words.
func Say(l locale.Lang, t crm.Text) string {
	args := make([]any, len(t.Args))
	for n, a := range t.Args {
		args[n] = a
	}
	return locale.T(l, t.Key, args...)
}
