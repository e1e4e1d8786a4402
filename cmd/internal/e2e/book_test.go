package e2e

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm/ident"
)

// What the imported portfolio holds; the workbook and the tests both read it
// from here.
var (
	newClients = []string{"Usinagem Vale Aberto", "Frigorífico Alto da Serra", "Colégio das Mangueiras"}
	newUCs     = []string{"000900000105010", "000900000205010", "000900000305010"}
)

// faulty is the reading that must be refused.
const (
	faultyMonth = "13/2026"
	faultyRow   = "5"
)

// record is a row by the headers of the template.
type record map[string]any

// portfolio are the rows of each sheet. 600 kW measured of 500 contracted are
// an overrun of 100 kW (more than 105 %): twice R$ 20,00/kW of it is
// R$ 4.000,00 (REN 1.000 art. 301).
func portfolio(t *testing.T, agent string) map[string][]record {
	t.Helper()
	rows := map[string][]record{
		"Tarifas": {{"Distribuidora": "E2E", "Subgrupo": "A4", "Modalidade tarifária": "verde", "Válida desde": "01/01/2026", "Tarifa de demanda (R$/kW)": 20}},
	}
	for n, name := range newClients {
		tax, err := ident.NewCNPJ("99880" + string(rune('1'+n)) + "770001")
		if err != nil {
			t.Fatal(err)
		}
		cnpj := tax.Format()
		rows["Clientes"] = append(rows["Clientes"], record{"CNPJ ou CPF": cnpj, "Nome": name, "CNAE": "2539-0/01", "E-mail do agente": agent, "Município": "Contagem"})
		rows["Pessoas"] = append(rows["Pessoas"], record{"CNPJ ou CPF do cliente": cnpj, "Nome": "Responsável " + name, "E-mails": "contato" + string(rune('1'+n)) + "@novos.example"})
		rows["Instalações"] = append(rows["Instalações"], record{"Número da UC": newUCs[n], "CNPJ ou CPF do cliente": cnpj, "Nome": "Sede", "Distribuidora": "E2E", "Subgrupo": "A4"})
		rows["Contratos"] = append(rows["Contratos"], record{"Número da UC": newUCs[n], "Início do contrato": "01/03/2025", "Modalidade tarifária": "verde", "Demanda contratada única (kW)": 500})
	}
	for n, kw := range []float64{600, 510, 300} {
		rows["Medições"] = append(rows["Medições"], record{"Número da UC": newUCs[n], "Mês": "10/2026", "Demanda medida (kW)": kw})
	}
	rows["Medições"] = append(rows["Medições"], record{"Número da UC": newUCs[0], "Mês": faultyMonth, "Demanda medida (kW)": 400})
	return rows
}

// fillTemplate writes the rows into a downloaded template.
func fillTemplate(t *testing.T, template string, rows map[string][]record) string {
	t.Helper()
	f, err := excelize.OpenFile(template)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for sheet, list := range rows {
		all, err := f.GetRows(sheet)
		if err != nil || len(all) != 1 {
			t.Fatalf("the template's sheet %s has %d rows: %v", sheet, len(all), err)
		}
		for n, r := range list {
			for head, v := range r {
				col := slices.Index(all[0], head)
				if col < 0 {
					t.Fatalf("the template's sheet %s has no column %s: %v", sheet, head, all[0])
				}
				cell, err := excelize.CoordinatesToCellName(col+1, n+2)
				if err == nil {
					err = f.SetCellValue(sheet, cell, v)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	path := filepath.Join(t.TempDir(), "carteira.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// totals are the numbers of the summary's last row by the words of their
// headers.
type totals map[string]int64

// summary reads the values that the workbook carries beside its formulas.
func summary(t *testing.T, path string) totals {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Resumo", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	head := slices.IndexFunc(rows, func(r []string) bool { return slices.Contains(r, "Ligações") })
	foot := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 0 && r[0] == "Total" })
	if head < 0 || foot < head {
		t.Fatalf("no heads or no total in %v", rows)
	}
	out := totals{}
	for _, want := range []string{"Clientes", "Instalações", "kW", "R$", "Visitas", "Ligações"} {
		col := -1
		for n := head; n >= 0 && col < 0; n-- { // a wide head stands a row higher
			col = slices.Index(rows[n], want)
		}
		if col < 0 || col >= len(rows[foot]) {
			t.Fatalf("no total of %s in %v", want, rows[:head+1])
		}
		out[want] = thousandths(t, rows[foot][col])
	}
	return out
}

// thousandths reads a number as it is stored in a workbook.
func thousandths(t *testing.T, s string) int64 {
	t.Helper()
	var v float64
	if err := jsonNumber(strings.TrimSpace(s), &v); err != nil {
		t.Fatalf("%q is no number: %v", s, err)
	}
	return int64(math.Round(v * 1000))
}
