package intake

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
)

const (
	taxA = "06.981.180/0001-16"
	taxB = "12.ABC.345/01DE-35"
	ucA  = "0.013.479.258.028-10"
	ucB  = "0.013.479.258.029-10"
)

// portfolioBook has every sheet, in the wrong order, with headers of three
// languages, formats that people use, and one fault of each sort.
func portfolioBook(t *testing.T) string {
	return writeBook(t,
		bookSheet{"Readings", [][]any{
			{"UC number", "Month", "Measured demand (kW)", "Total energy (kWh)"},
			{ucA, "09/2026", 525, 180_000.5}, {ucA, "out/2026", "560", "-"}, {ucA, 46296, 1, 1}, {ucA, "2026-12", 5, 5},
			{ucA, "13/2026", 5, 5}, {"0.013.479.258.030-10", "2026-01", 5, 5}, {ucA, "2026-07", "=1+1", 1},
		}},
		bookSheet{"Clientes", [][]any{
			{"CNPJ ou CPF", "NOME", "Ramo", "Razão Social", "Coluna minha"},
			{taxA, "Fábrica Um", "Metalurgia", nil, "x"}, {taxB, "Dois", nil, nil, nil},
			{"06981180000205", "Um outra vez", nil, nil, nil}, {"11.111.111/1111-11", "Três", nil, nil, nil}, {"00000000000191", "", nil, nil, nil},
		}},
		bookSheet{"Personas", [][]any{
			{"CNPJ o CPF del cliente", "Nombre", "Correos", "Teléfonos"},
			{taxA, "Ana", "ANA@um.example; ana2@um.example", "+553135061116"},
		}},
		bookSheet{"Instalações", [][]any{
			{"Número da UC", "CNPJ ou CPF do cliente", "Distribuidora", "Subgrupo", "Tensão (kV)"},
			{ucA, taxA, "teste", "a4", 13.8}, {ucB, taxB, "teste", "A4", "13,8"},
		}},
		bookSheet{"Contratos", [][]any{
			{"Número da UC", "Início do contrato", "Modalidade tarifária", "Demanda contratada única (kW)", "Demanda contratada na ponta (kW)", "Demanda contratada fora da ponta (kW)"},
			{ucA, "01/03/2025", "Verde", 500, nil, nil}, {ucB, "2025-03-01", "azul", nil, nil, 300}, {"0.013.479.258.030-10", 45717, "verde", 5, nil, nil},
		}},
		bookSheet{"Tarifas", [][]any{
			{"Distribuidora", "Subgrupo", "Modalidade tarifária", "Posto tarifário", "Válida desde", "Tarifa de demanda (R$/kW)"},
			{"TESTE", "A4", "verde", "", "01/01/2026", "22,81"},
		}},
		bookSheet{"Leia-me", [][]any{{"nothing"}}}, bookSheet{"Planilha9", [][]any{{"a", "b"}}},
	)
}

func TestPortfolio(t *testing.T) {
	svc := newHouse(t)
	o := Options{Path: portfolioBook(t)}
	got := run(t, svc, o)
	for kind, want := range map[string]Counts{
		crm.RowClient: {Created: 2, Rejected: 3}, crm.RowPerson: {Created: 1}, crm.RowInstallation: {Created: 2},
		crm.RowContract: {Created: 1, Rejected: 2}, crm.RowReading: {Created: 2, Rejected: 5}, crm.RowTariff: {Created: 1},
	} {
		if c := got.Of(kind); c != want {
			t.Errorf("%s: %+v, want %+v", kind, c, want)
		}
	}
	for _, e := range []struct {
		row                int64
		column, value, key string
	}{
		{1, "Coluna minha", "", "import.column.unknown"}, {1, "", "", "import.sheet.ignored"},
		{4, "CNPJ ou CPF", "06981180000205", "import.row.twice"}, {5, "CNPJ ou CPF", "11.111.111/1111-11", "ident.cnpj.equal"},
		{6, "NOME", "", "error.field.required"},
		{3, "Demanda contratada na ponta (kW)", "", "import.azul.peak"}, {4, "Número da UC", "0.013.479.258.030-10", "import.installation.unknown"},
		{4, "Month", "46296", "import.row.twice"}, {5, "Month", "2026-12", "import.reading.future"}, {6, "Month", "13/2026", "import.month"},
		{7, "UC number", "0.013.479.258.030-10", "import.installation.unknown"}, {8, "Measured demand (kW)", "", "import.cell.formula.empty"},
	} {
		if !got.says(e.row, e.column, e.value, e.key) {
			t.Errorf("nobody is told of %+v in %+v", e, got.told)
		}
	}
	if again := run(t, svc, o); again.Changed() != 0 || again.Rejected() != got.Rejected() {
		t.Errorf("the second import: %+v", again.Sheets)
	}
	c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("taxId", "06981180")}})
	if err != nil || len(c) != 1 {
		t.Fatal(c, err)
	}
	if x := c[0]; x.Installations != 1 || x.ContractedW != 500_000 || x.WorstTenths != 1120 || x.WorstState != "bad" || x.Sector != "metallurgy" || x.SectorBy != "hand" {
		t.Errorf("the client's figures: %+v", x)
	}
	list, _, err := svc.ClientInstallations(t.Context(), crm.SystemActor(), c[0].ID, 0, "")
	if err != nil || len(list) != 1 || list[0].VoltageV != 13_800 || list[0].OverCents == nil || *list[0].OverCents != 273_720 {
		t.Errorf("the installation: %+v %v", list, err)
	}
}

func TestDryRunSaysTheSame(t *testing.T) {
	svc := newHouse(t)
	o := Options{Path: portfolioBook(t), DryRun: true}
	dry := run(t, svc, o)
	if n, err := svc.CountClients(t.Context(), crm.SystemActor(), crm.ClientQuery{}, 10); err != nil || n != 0 {
		t.Fatalf("a dry run made %d clients: %v", n, err)
	}
	o.DryRun = false
	wet := run(t, svc, o)
	if !slices.Equal(dry.Sheets, wet.Sheets) || len(dry.told) != len(wet.told) {
		t.Errorf("dry %+v\nwet %+v", dry.Sheets, wet.Sheets)
	}
}

func TestTemplateImportsNothingAndIsUnderstood(t *testing.T) {
	for _, lang := range []string{"pt-BR", "es", "en"} {
		var b bytes.Buffer
		if err := WriteTemplate(&b, lang, crm.BuiltInSectors()); err != nil {
			t.Fatal(err)
		}
		got := run(t, newHouse(t), Options{Path: writeFile(t, "x.xlsx", b.String()), Lang: lang})
		if got.Changed() != 0 || len(got.told) != 0 || len(got.Sheets) != len(sheets) {
			t.Errorf("%s: %+v %+v", lang, got.Sheets, got.told)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		for n := range sheets {
			rows, err := f.GetRows(kindName(locale.Lang(lang), sheets[n].kind))
			if err != nil || len(rows) != 1 || len(rows[0]) != len(sheets[n].columns) {
				t.Errorf("%s %s: %d rows, %v", lang, sheets[n].kind, len(rows), err)
			}
		}
	}
}

// TestHeadersAreOneColumnEach: a name that two columns share would bind to the
// first in silence.
func TestHeadersAreOneColumnEach(t *testing.T) {
	for n := range sheets {
		s := &sheets[n]
		for _, lang := range locale.Langs {
			for k := range s.columns {
				key := "import.col." + s.kind + "." + s.columns[k].id
				if !locale.Has(lang, key) {
					t.Errorf("%s lacks %s", lang, key)
				}
				if got := headers[s.kind][headerKey(locale.T(lang, key))]; got != k {
					t.Errorf("%s: %q means %s, not %s", lang, locale.T(lang, key), s.columns[got].id, s.columns[k].id)
				}
			}
		}
	}
}

func TestClearAndLeave(t *testing.T) {
	svc := newHouse(t)
	head := []any{"CNPJ", "Nome", "Cidade", "Observações"}
	run(t, svc, Options{Path: writeBook(t, bookSheet{"Clientes", [][]any{head, {taxA, "Um", "Betim", "alt"}}})})
	got := run(t, svc, Options{Path: writeBook(t, bookSheet{"Clientes", [][]any{head, {taxA, "Um", nil, "-"}}})})
	if got.Of(crm.RowClient).Updated != 1 {
		t.Fatal(got.Sheets)
	}
	c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{})
	if err != nil || c[0].City != "Betim" || c[0].Notes != "" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestCSV(t *testing.T) {
	text := "CNPJ;Nome;Cidade;Observações\n" + taxA + ";Calçados João;Três Corações;'=1+1\n"
	latin := strings.NewReplacer("ç", "\xe7", "ã", "\xe3", "ê", "\xea", "õ", "\xf5").Replace(text)
	wide := "\xff\xfe"
	for _, r := range text {
		wide += string([]byte{byte(r), byte(r >> 8)})
	}
	for name, content := range map[string]string{
		"utf-8": text, "mark": "\xef\xbb\xbf" + text, "windows-1252": latin, "utf-16": wide,
		"long":  text + strings.Repeat("\n", 3) + strings.Repeat(";", 3) + strings.Repeat("é", 40_000) + "\n",
		"comma": strings.ReplaceAll(text, ";", ","), "tab": strings.ReplaceAll(text, ";", "\t"), "sep": "sep=;\r\n" + text,
	} {
		svc := newHouse(t)
		got := run(t, svc, Options{Path: writeFile(t, "x.txt", content), Kind: KindPortfolio})
		c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{})
		if err != nil || len(c) != 1 || c[0].Name != "Calçados João" || c[0].City != "Três Corações" || c[0].Notes != "=1+1" {
			t.Errorf("%s: %+v %+v %v", name, c, got.told, err)
		}
	}
}

func TestNumbersAreDecidedByColumn(t *testing.T) {
	base := bookSheet{"Clientes", [][]any{{"CNPJ", "Nome"}, {taxA, "Um"}}}
	unit := bookSheet{"Instalações", [][]any{{"UC", "CNPJ do cliente", "Nome"}, {ucA, taxA, "x"}}}
	for _, c := range []struct {
		name, lang string
		demands    []string
		want       int64 // W of the first
		assumed    bool
	}{
		{"comma decides", "en", []string{"1.234", "12,5"}, 1_234_000, false},
		{"point decides", "pt-BR", []string{"1.234", "12.5"}, 1_234, false},
		{"nothing decides, pt-BR", "pt-BR", []string{"1.234"}, 1_234_000, true},
		{"nothing decides, en", "en", []string{"1.234"}, 1_234, true},
	} {
		svc := newHouse(t)
		run(t, svc, Options{Path: writeBook(t, base, unit)})
		text := "UC;Mês;Demanda medida (kW)\n"
		for n, d := range c.demands {
			text += ucA + ";0" + string(rune('1'+n)) + "/2026;" + d + "\n"
		}
		got := run(t, svc, Options{Path: writeFile(t, "x.csv", text), Kind: KindReadings, Lang: c.lang})
		if len(got.Decisions) != 1 || got.Decisions[0].Assumed != c.assumed || got.Decisions[0].Column != "Demanda medida (kW)" {
			t.Errorf("%s: %+v", c.name, got.Decisions)
		}
		r := readings(t, svc)
		if len(r) != len(c.demands) || r[0].SingleW == nil || *r[0].SingleW != c.want {
			t.Errorf("%s: %+v, want %d", c.name, r, c.want)
		}
	}
	got := run(t, newHouse(t), Options{Path: writeFile(t, "x.csv", "UC;Mês;Demanda (kW)\n"+ucA+";01/2026;1.234\n"+ucA+";02/2026;1.5\n"+ucA+";03/2026;1,5\n"), Kind: KindReadings})
	if !got.says(2, "Demanda (kW)", "1.234", "import.cell.mixed") {
		t.Errorf("a mixed column: %+v", got.told)
	}
}

func readings(t *testing.T, svc *crm.Service) (out []crm.Reading) {
	t.Helper()
	for r, err := range crm.Readings.All(t.Context(), svc.Store(), store.Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b crm.Reading) int { return strings.Compare(a.Month, b.Month) })
	return out
}

func TestFormulaWithResultIsTakenWithAWarning(t *testing.T) {
	path := writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ", "Nome"},
		{taxA, excelize.Cell{Formula: `"U"&"m"`, Value: "Um"}}}})
	got := run(t, newHouse(t), Options{Path: path})
	if got.Of(crm.RowClient) != (Counts{Created: 1, Warnings: 1}) || !got.says(2, "Nome", "Um", "import.cell.formula") {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
}

func TestFilesThatCannotBeTaken(t *testing.T) {
	good, err := os.ReadFile(portfolioBook(t))
	if err != nil {
		t.Fatal(err)
	}
	wide := make([]any, 10_000)
	for n := range wide {
		wide[n] = n
	}
	for name, c := range map[string]struct{ path, key string }{
		"empty":       {writeFile(t, "a", ""), "import.file.empty"},
		"xls":         {writeFile(t, "a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "import.file.old"},
		"picture":     {writeFile(t, "a.xlsx", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), "import.file.type"},
		"photo":       {writeFile(t, "a.xlsx", "\x89PNG\r\n\x1a\n"+strings.Repeat("\x00", 5000)), "import.file.type"},
		"truncated":   {writeFile(t, "a.xlsx", string(good[:len(good)/2])), "import.file.broken"},
		"other zip":   {zipOf(t, map[string]string{"a.txt": "x"}), "import.file.type"},
		"no headers":  {writeFile(t, "a.csv", "x;y\n1;2\n"), "import.file.nothing"},
		"columns":     {writeBook(t, bookSheet{"Clientes", [][]any{wide}}), "import.file.columns"},
		"csv columns": {writeFile(t, "a.csv", strings.Repeat("a;", 10_000)+"\n"), "import.file.columns"},
		"bomb":        {bomb(t), "import.file.bomb"},
		"big bomb":    {declaredBomb(t), "import.file.bomb"},
		"entities":    {withSheet(t, `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>`), "import.file.broken"},
	} {
		_, err := try(t, newHouse(t), crm.SystemActor(), Options{Path: c.path})
		var e *crm.Error
		if !errors.As(err, &e) || e.Code != crm.CodeInvalid || e.Text.Key != c.key {
			t.Errorf("%s: %v, want %s", name, err, c.key)
		}
		for _, l := range locale.Langs {
			if !locale.Has(l, c.key) {
				t.Errorf("%s has no words for %s", l, c.key)
			}
		}
	}
}

func TestCancelledRunIsCompletedByTheNext(t *testing.T) {
	svc := newHouse(t)
	path := bigBook(t, 20, 3, 12)
	ctx, stop := context.WithCancel(t.Context())
	batches := 0
	_, err := Run(ctx, svc, crm.SystemActor(), Options{Path: path, Progress: func(int64, int64) {
		if batches++; batches == 4 {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got := run(t, svc, Options{Path: path})
	if got.Rejected() != 0 || got.Of(crm.RowClient).Unchanged != 20 || got.Of(crm.RowReading).Created == 0 {
		t.Errorf("%+v", got.Sheets)
	}
	c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("taxId", testCNPJ(7)[:2]+testCNPJ(7)[3:6]+testCNPJ(7)[7:10])}})
	if err != nil || len(c) != 1 || c[0].Installations != 3 || c[0].WorstTenths == 0 {
		t.Errorf("the figures are not those of a whole run: %+v %v", c, err)
	}
}

func TestAgentImportsOnlyIntoItsOwn(t *testing.T) {
	svc := newHouse(t)
	path := writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ", "Nome"}, {taxA, "Um"}}})
	ana := crm.Actor{UserID: "ana", Role: crm.RoleAgent, Team: "west"}
	bia := crm.Actor{UserID: "bia", Role: crm.RoleAgent, Team: "west"}
	if got, err := try(t, svc, ana, Options{Path: path}); err != nil || got.Of(crm.RowClient).Created != 1 {
		t.Fatal(got, err)
	}
	got, err := try(t, svc, bia, Options{Path: path})
	if err != nil || !got.says(2, "CNPJ", taxA, "error.client.duplicate") {
		t.Errorf("%+v %v", got, err)
	}
}

func TestWriteErrors(t *testing.T) {
	var b bytes.Buffer
	rows := []crm.ImportError{
		{Sheet: "Clientes", Row: 4, Column: "CNPJ", Value: "=HYPERLINK(1)", Reason: crm.Text{Key: "import.row.twice", Args: []string{"row", "2"}}},
		{Sheet: "Clientes", Row: 5, Column: "Nome", Value: "+551", Reason: crm.Text{Key: "import.cell.formula"}, Warning: true},
	}
	if err := WriteErrors(&b, "es", rows); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	if want := []string{"Clientes", "4", "CNPJ", "=HYPERLINK(1)", "Repite la fila 2.", "Rechazada"}; !slices.Equal(got[1], want) {
		t.Errorf("%q, want %q", got[1], want)
	}
	if formula, _ := f.GetCellFormula(f.GetSheetName(0), "D2"); formula != "" {
		t.Errorf("a value became the formula %q", formula)
	}
}
