package intake

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"cemigmas/crm"
)

// TestUndoAndImportAgain: what an import did goes without a rest, and the same
// file brings the same again, as often as one likes: the whole store is compared.
func TestUndoAndImportAgain(t *testing.T) {
	svc := newHouse(t)
	for _, file := range []string{portfolioBook(t), trappyUCMT(t)} {
		thereAndBack(t, svc, Options{Path: file, Name: filepath.Base(file), Year: 2022}, 3)
	}
}

// thereAndBack imports a file and takes it back some times, and leaves it
// imported for the next file to find.
func thereAndBack(t *testing.T, svc *crm.Service, o Options, rounds int) {
	t.Helper()
	before := wholeStore(t, svc)
	var first map[string]int
	for round := range rounds {
		batch := fmt.Sprintf("%s %d", o.Name, round)
		got := importAs(t, svc, o, batch)
		if got.Changed() == 0 {
			t.Fatalf("%s: nothing was taken: %+v", batch, got.Result)
		}
		is := wholeStore(t, svc)
		if first == nil {
			first = is
			t.Logf("%s: %d rows, %d documents more", o.Name, got.Rows, count(is)-count(before))
		} else if !maps.Equal(first, is) {
			t.Errorf("%s: imported again, it differs:\n%s", batch, differ(first, is))
		}
		if again := importAs(t, svc, o, batch+" again"); again.Changed() != 0 {
			t.Errorf("%s: twice is not once: %+v", batch, again.Result)
		}
		sum, err := svc.UndoBatch(t.Context(), crm.SystemActor(), batch, nil)
		if err != nil || sum.Kept != 0 {
			t.Fatalf("%s: %+v %v", batch, sum, err)
		}
		if is := wholeStore(t, svc); !maps.Equal(before, is) {
			t.Fatalf("%s leaves\n%s", batch, differ(before, is))
		}
	}
	importAs(t, svc, o, "for good")
}

// trappyUCMT is a regulator's table with what real ones have: a unit that became
// free in the year and stands twice, one of the irrigation class, one without a
// contracted demand, months of zeros, one whose columns are in MW, a cell that
// is no number, and one without a COD_ID.
func trappyUCMT(t *testing.T) string {
	was, now := plainUnit("7"), plainUnit("7")
	was.status, was.dem, was.ene = "DS", "90 91 92 93 94 95 96 97 98 0 0 0", "90 91 92 93 94 95 96 97 98 0 0 0"
	now.liv, now.contract, now.dem, now.ene = "1", "120.0", "0 0 0 0 0 0 0 0 0 80 81 82", "0 0 0 0 0 0 0 0 0 80 81 82"
	rural, bare, mega, odd, nameless := plainUnit("8"), plainUnit("9"), plainUnit("10"), plainUnit("11"), plainUnit("12")
	rural.group, rural.cnae = "A4", "0161-0/99"
	bare.contract, bare.dem = "0", "0 0 0 10 10 10 0 0 0 0 0 0"
	mega.dem, mega.load = "0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1", "0.3"
	odd.load, odd.cnae = "abc", "x"
	nameless.cod = ""
	return writeFile(t, "UCMT_x.csv", ucmtCSV(true, was, plainUnit("1"), rural, bare, mega, odd, nameless, now))
}

func importAs(t *testing.T, svc *crm.Service, o Options, batch string) imported {
	t.Helper()
	var got imported
	var err error
	got.Result, err = Run(crm.WithBatch(context.Background(), batch), svc, crm.SystemActor(), o)
	if err == nil {
		err = svc.FindPairs(t.Context()) // as after each import
	}
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestUndoOfAnUpdate: values that an import overwrote come back.
func TestUndoOfAnUpdate(t *testing.T) {
	svc := newHouse(t)
	importAs(t, svc, Options{Path: portfolioBook(t)}, "first")
	before := wholeStore(t, svc)
	steps := writeFile(t, "contratos.csv", "Número da UC;Início do contrato;Modalidade tarifária;Demanda válida desde;Demanda contratada única (kW)\n"+
		ucA+";01/03/2025;verde;03/2025;650\n"+ucA+";01/03/2025;verde;03/2026;700\n")
	if got := importAs(t, svc, Options{Path: steps, Name: "contratos.csv"}, "second"); got.Changed() == 0 {
		t.Fatalf("%+v", got.Result)
	}
	sum, err := svc.UndoBatch(t.Context(), crm.SystemActor(), "second", nil)
	if err != nil || sum.Undone == 0 || sum.Kept != 0 || !maps.Equal(before, wholeStore(t, svc)) {
		t.Errorf("%+v %v\n%s", sum, err, differ(before, wholeStore(t, svc)))
	}
}

// TestSharedUndo takes the regulator's real tables, undoes and takes them again.
func TestSharedUndo(t *testing.T) {
	dir := os.Getenv("CEMIGMAS_SHARED")
	if dir == "" {
		t.Skip("CEMIGMAS_SHARED names no folder with the regulator's files")
	}
	svc := newHouse(t)
	for name, year := range map[string]int{"ucmt_creluz_2022.csv": 0, "ucmt_mux_2024.csv": 0, "ucmt_mux_older.csv": 2020} {
		thereAndBack(t, svc, Options{Path: filepath.Join(dir, "data", name), Name: name, Year: year}, 2)
	}
}

// TestTariffsWithEnergy: the workbook's sheet takes prices of energy beside that
// of the demand, or alone, as verde has them by posto.
func TestTariffsWithEnergy(t *testing.T) {
	svc := newHouse(t)
	got := run(t, svc, Options{Path: writeBook(t, bookSheet{"Tarifas", [][]any{
		{"Distribuidora", "Subgrupo", "Modalidade tarifária", "Posto tarifário", "Válida desde", "Tarifa de demanda (R$/kW)", "TUSD da energia (R$/MWh)", "TE (R$/MWh)"},
		{"X", "A4", "verde", "", "01/01/2026", "22,81", nil, nil}, {"X", "A4", "verde", "Ponta", "01/01/2026", nil, "1.809,05", 475.91},
		{"X", "A4", "azul", "Ponta", "01/01/2026", 68.21, "153,23", "475,91"}, {"X", "A4", "azul", "Fora de ponta", "01/01/2026", nil, nil, nil},
	}})})
	if c := got.Of(crm.RowTariff); c != (Counts{Created: 3, Rejected: 1}) {
		t.Errorf("%+v %+v", c, got.told)
	}
	peak, err := svc.Tariff(t.Context(), crm.TariffID("X", "A4", "verde", "peak", "2026-01-01"))
	if err != nil || peak.TUSDMicrosPerKWh != 1_809_050 || peak.TEMicrosPerKWh != 475_910 || peak.MicrosPerKW != 0 {
		t.Errorf("%+v %v", peak, err)
	}
}
