package intake

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

const tableOfClients = "Documento;Razão;Onde fica\n06.981.180/0001-16;São João Mineração;Itabirito\n12.ABC.345/01DE-35;Conceição;Patos\n"

// TestCSVForms reads one table in every form that spreadsheets write.
func TestCSVForms(t *testing.T) {
	latin, _ := charmap.Windows1252.NewEncoder().String(tableOfClients)
	little, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(tableOfClients)
	big, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(tableOfClients)
	bare, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(tableOfClients)
	for name, c := range map[string]struct{ text, encoding, comma string }{
		"utf-8": {tableOfClients, "utf-8", ";"}, "utf-8 with a mark": {"\ufeff" + tableOfClients, "utf-8", ";"},
		"latin-1": {latin, "windows-1252", ";"}, "utf-16le": {little, "utf-16le", ";"}, "utf-16be": {big, "utf-16be", ";"},
		"utf-16 without a mark": {bare, "utf-16le", ";"},
		"commas":                {strings.ReplaceAll(tableOfClients, ";", ","), "utf-8", ","}, "tabs": {strings.ReplaceAll(tableOfClients, ";", "\t"), "utf-8", "\t"},
	} {
		s, err := Look(t.Context(), writeFile(t, "x.csv", c.text), KindAuto, Mapping{})
		if err != nil || !s.CSV || s.Known || s.Encoding != c.encoding || s.Comma != c.comma || len(s.Sheets) != 1 {
			t.Errorf("%s: %+v %v", name, s, err)
			continue
		}
		if got := s.Sheets[0].Columns[1].Samples; got[0] != "São João Mineração" || got[1] != "Conceição" {
			t.Errorf("%s: %q", name, got)
		}
	}
	s, err := Look(t.Context(), writeFile(t, "x.csv", latin), KindAuto, Mapping{Encoding: "utf-16be", Comma: ","})
	if err != nil || s.Encoding != "utf-16be" || s.Comma != "," {
		t.Errorf("what was asked for: %+v %v", s, err)
	}
}

func TestLookGuesses(t *testing.T) {
	path := writeFile(t, "x.csv", "relatório de hoje\n\nQuem é;Nome do cliente;Endereço de e-mail;Cidade;Sobra\n06.981.180/0001-16;Um;a@b.example;Betim;1,5\n")
	asked := Mapping{Sheets: []SheetMapping{{Kind: crm.RowClient}}}
	s, err := Look(t.Context(), path, KindAuto, asked)
	if err != nil || s.Sheets[0].Header != 3 || s.Sheets[0].Kind != crm.RowClient {
		t.Fatalf("%+v %v", s, err)
	}
	want := []string{"taxId", "name", "emails", "city", ""}
	for n, c := range s.Sheets[0].Columns {
		if c.Target != want[n] {
			t.Errorf("%q is %q, want %q", c.Header, c.Target, want[n])
		}
	}
	if n := s.Sheets[0].Columns[4].Numbers; n.Style != locale.Comma {
		t.Errorf("1,5 is %+v", n)
	}
	for name, c := range map[string]struct {
		path string
		kind Kind
	}{
		"the program's workbook": {writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome"}, {taxA, "Um"}}}, bookSheet{"Leia-me", [][]any{{"x"}}}), KindPortfolio},
		"a regulator's table":    {writeFile(t, "u.csv", ucmtCSV(true, plainUnit("1"))), KindUCMT},
	} {
		if s, err := Look(t.Context(), c.path, KindAuto, Mapping{}); err != nil || !s.Known || s.Kind != c.kind {
			t.Errorf("%s: %+v %v", name, s, err)
		}
	}
	if s, _ := Look(t.Context(), portfolioBook(t), KindAuto, Mapping{}); s.Known {
		t.Error("a workbook with a column of its sender's own needs no look")
	}
}

func TestMappedImport(t *testing.T) {
	svc := newHouse(t)
	path := writeFile(t, "x.csv", "a;b;c\n"+taxA+";Um;1.234\n")
	m := Mapping{Comma: ";", Sheets: []SheetMapping{{Kind: crm.RowClient, Header: 1, Columns: []ColumnMapping{{At: 0, Target: "taxId"}, {At: 1, Target: "name"}}}}}
	if err := m.Check(locale.EN); err != nil {
		t.Fatal(err)
	}
	got := run(t, svc, Options{Path: path, Mapping: m})
	if got.Of(crm.RowClient).Created != 1 || len(got.told) != 0 {
		t.Errorf("%+v %+v", got.Result, got.told)
	}
	uc := writeFile(t, "u.csv", "n;quem;carga\n"+ucA+";"+taxA+";1.234\n")
	for style, want := range map[locale.Style]int64{locale.Comma: 1_234_000, locale.Point: 1_234} {
		m := Mapping{Sheets: []SheetMapping{{Kind: crm.RowInstallation, Header: 1,
			Columns: []ColumnMapping{{At: 0, Target: "uc"}, {At: 1, Target: "client"}, {At: 2, Target: "loadW", Style: style}}}}}
		got := run(t, svc, Options{Path: uc, Mapping: m})
		i, err := crm.Installations.First(t.Context(), svc.Store(), byUC)
		if err != nil || i == nil || i.LoadW != want || len(got.Decisions) != 0 {
			t.Errorf("%s: %+v %v, want %d W; %+v", style, i, err, want, got.Decisions)
		}
	}
}

func TestMappingCheck(t *testing.T) {
	sheet := func(kind string, targets ...string) Mapping {
		s := SheetMapping{Kind: kind, Header: 1}
		for n, id := range targets {
			s.Columns = append(s.Columns, ColumnMapping{At: n, Target: id})
		}
		return Mapping{Sheets: []SheetMapping{s}}
	}
	for field, m := range map[string]Mapping{
		"sheets": sheet(""), "sheet.0": sheet(crm.RowClient, "taxId"), "column.0.1": sheet(crm.RowClient, "name", "name"), "column.0.0": sheet(crm.RowClient, "uc"),
	} {
		if err, ok := m.Check(locale.PtBR).(*crm.Error); !ok || err.Fields[field].Key == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestDryRunDifferences: a dry run tells field by field what would change.
func TestDryRunDifferences(t *testing.T) {
	svc := newHouse(t)
	run(t, svc, Options{Path: portfolioBook(t)})
	path := writeBook(t,
		bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome", "Cidade"}, {taxA, "Fábrica Nova", "Betim"}, {taxB, "Dois", nil}, {"00000000000191", "Três", nil}}},
		bookSheet{"Contratos", [][]any{{"Número da UC", "Início do contrato", "Demanda contratada única (kW)"}, {ucA, "01/03/2025", 650}}})
	var told []crm.ImportDiff
	res, err := Run(t.Context(), svc, crm.SystemActor(), Options{Path: path, DryRun: true, OnDiff: func(d crm.ImportDiff) { told = append(told, d) }})
	if err != nil || len(told) != 2 || res.Of(crm.RowClient) != (Counts{Created: 1, Updated: 1, Unchanged: 1}) {
		t.Fatalf("%+v %+v %v", res, told, err)
	}
	if d := told[0]; d.Kind != crm.RowClient || d.Row != 2 || d.Name != "Fábrica Nova" || len(d.Fields) != 2 || d.Fields[0].Name != "city" ||
		d.Fields[0].From != nil || string(d.Fields[0].To) != `"Betim"` || string(d.Fields[1].From) != `"Fábrica Um"` {
		t.Errorf("%+v", d)
	}
	if d := told[1]; d.Kind != crm.RowContract || d.Name != "UC "+ucA+" · 01/03/2025" || len(d.Fields) != 1 || d.Fields[0].Name != "schedule" {
		t.Errorf("%+v", d)
	}
}

// TestWriteBackCSV: the sender's file comes back in its own form.
func TestWriteBackCSV(t *testing.T) {
	text := "CNPJ ou CPF;Nome;Cidade\r\n" + taxA + ";\"Um; o\nprimeiro\"\r\n11.111.111/1111-11;São João;Betim\r\n"
	raw, _ := charmap.Windows1252.NewEncoder().String(text)
	back, _ := charmap.Windows1252.NewDecoder().String(writtenBack(t, writeFile(t, "x.csv", raw)))
	want := "CNPJ ou CPF;Nome;Cidade;\"Motivo\"\r\n" + taxA + ";\"Um; o\nprimeiro\"\r\n11.111.111/1111-11;São João;Betim;\"CNPJ ou CPF: "
	if !strings.HasPrefix(back, want) || !strings.HasSuffix(back, "\"\r\n") {
		t.Errorf("%q", back)
	}
}

func writtenBack(t *testing.T, path string) string {
	t.Helper()
	f := NewFaults("pt-BR")
	res, err := Run(t.Context(), newHouse(t), crm.SystemActor(), Options{Path: path, DryRun: true, OnError: f.Add})
	if err != nil || f.Len() == 0 {
		t.Fatal(res, err)
	}
	to := filepath.Join(t.TempDir(), "back"+filepath.Ext(path))
	w, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := WriteBack(t.Context(), w, path, Mapping{}, &res, f); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(path) == ".xlsx" {
		return to
	}
	return string(text)
}

// TestWriteBackWorkbook: the same workbook, its faulty cells marked, each with
// its own number format.
func TestWriteBackWorkbook(t *testing.T) {
	f := openBook(t, writtenBack(t, portfolioBook(t)))
	for at, want := range map[[2]string]string{
		{"Clientes", "F1"}: "Motivo", {"Clientes", "F2"}: "", {"Clientes", "B2"}: "Fábrica Um",
		{"Readings", "E1"}: "Motivo", {"Readings", "E6"}: "Month: Isto não é um mês (mm/aaaa).", {"Personas", "E1"}: "",
	} {
		if got, err := f.GetCellValue(at[0], at[1]); got != want || err != nil {
			t.Errorf("%v: %q, want %q %v", at, got, want, err)
		}
	}
	filled := func(at string) bool {
		id, err := f.GetCellStyle("Readings", at)
		if err != nil {
			t.Fatal(err)
		}
		s, err := f.GetStyle(id)
		return err == nil && len(s.Fill.Color) == 1 && strings.HasSuffix(s.Fill.Color[0], "FFC7CE")
	}
	if !filled("B6") || !filled("E6") || filled("B2") || filled("A6") {
		t.Error("the wrong cells are marked")
	}
}
