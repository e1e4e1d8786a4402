package intake

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

// bookSheet is a sheet of a test workbook: rows of cells.
type bookSheet struct {
	name string
	rows [][]any
}

// writeBook makes a workbook in a temporary folder. A text that begins with =
// becomes a formula without a result.
func writeBook(t testing.TB, sheets ...bookSheet) string {
	t.Helper()
	f := excelize.NewFile()
	for _, s := range sheets {
		if _, err := f.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		w, err := f.NewStreamWriter(s.name)
		if err != nil {
			t.Fatal(err)
		}
		for n, row := range s.rows {
			for k, v := range row {
				if text, ok := v.(string); ok && len(text) > 1 && text[0] == '=' {
					row[k] = excelize.Cell{Formula: text[1:]}
				}
			}
			if err := w.SetRow(at(1, n+1), row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "x.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// imported is a run and what it told.
type imported struct {
	Result
	told []crm.ImportError
}

func run(t testing.TB, svc *crm.Service, o Options) imported {
	t.Helper()
	got, err := try(t, svc, crm.SystemActor(), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func try(t testing.TB, svc *crm.Service, a crm.Actor, o Options) (imported, error) {
	t.Helper()
	var got imported
	o.OnError = func(e crm.ImportError) { got.told = append(got.told, e) }
	if o.Name == "" {
		o.Name = filepath.Base(o.Path)
	}
	var err error
	got.Result, err = Run(t.Context(), svc, a, o)
	return got, err
}

// says reports whether a row was told of with a column, a value and a reason.
func (i imported) says(row int64, column, value, key string) bool {
	return slices.ContainsFunc(i.told, func(e crm.ImportError) bool {
		return e.Row == row && e.Column == column && e.Value == value && e.Reason.Key == key
	})
}

func testCNPJ(n int) string {
	c, err := ident.NewCNPJ(fmt.Sprintf("%08d0001", 10_000_000+n))
	if err != nil {
		panic(err)
	}
	return c.Format()
}

func testUC(n int) string { return fmt.Sprintf("%010d05010", 3_000_000+n) }

// bigBook is a portfolio of some clients with installations and readings each.
func bigBook(t testing.TB, clients, units, months int) string {
	t.Helper()
	c := bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome", "CNAE", "Cidade", "E-mails"}}}
	i := bookSheet{"Instalações", [][]any{{"Número da UC", "CNPJ ou CPF do cliente", "Nome", "Distribuidora", "Subgrupo", "Carga instalada (kW)"}}}
	k := bookSheet{"Contratos", [][]any{{"Número da UC", "Início do contrato", "Modalidade tarifária", "Demanda contratada única (kW)"}}}
	r := bookSheet{"Medições", [][]any{{"Número da UC", "Mês", "Demanda medida (kW)", "Energia total (kWh)"}}}
	for n := range clients {
		c.rows = append(c.rows, []any{testCNPJ(n), fmt.Sprintf("Cliente %d", n), "1052-0/00", "Betim", fmt.Sprintf("c%d@cliente.example", n)})
		for u := range units {
			uc := testUC(n*units + u)
			i.rows = append(i.rows, []any{uc, testCNPJ(n), fmt.Sprintf("Unidade %d", u), "TESTE", "A4", 750})
			k.rows = append(k.rows, []any{uc, "01/03/2025", "verde", 500.5})
			for m := range months {
				r.rows = append(r.rows, []any{uc, fmt.Sprintf("%02d/%d", m%12+1, 2025+m/12), 400 + (n+m)%150, 100_000.25})
			}
		}
	}
	t.Logf("%d readings", len(r.rows)-1)
	return writeBook(t, r, c, k, i) // in an order that the importer must change
}

// BenchmarkPortfolio takes 1,000 clients, 5,000 installations and contracts and
// 60,000 readings, and then the same file again.
func BenchmarkPortfolio(b *testing.B) {
	path := bigBook(b, 1000, 5, 12)
	for b.Loop() {
		svc := newHouse(b)
		for pass := range 2 {
			got := run(b, svc, Options{Path: path})
			if len(got.told) > 0 {
				b.Fatal(got.told[0])
			}
			if pass == 1 && got.Changed() != 0 {
				b.Fatal("the second import changed", got.Changed())
			}
			b.Logf("pass %d: %+v, %d changed, %v", pass+1, got.Rows, got.Changed(), b.Elapsed())
		}
	}
}

// byUC finds the installation ucA.
var byUC = store.Query{Where: []store.Cond{store.Is("uc", "001347925802810")}}

func openBook(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
