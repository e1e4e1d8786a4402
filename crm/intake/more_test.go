package intake

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// TestEveryReasonHasWords looks for message keys in the sources of this package
// and of the rules behind it.
func TestEveryReasonHasWords(t *testing.T) {
	key := regexp.MustCompile(`"(import\.[a-zA-Z]+(?:\.[a-zA-Z]+)*)"`)
	files, _ := filepath.Glob("*.go")
	more, _ := filepath.Glob("../upsert*.go")
	found := 0
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(text), -1) {
			found++
			for _, l := range locale.Langs {
				if !locale.Has(l, m[1]) {
					t.Errorf("%s: %s has no words for %s", name, l, m[1])
				}
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d keys found: the search is broken", found)
	}
}

func TestReadingsFromAnySheet(t *testing.T) {
	svc := newHouse(t)
	run(t, svc, Options{Path: portfolioBook(t)})
	o := Options{Kind: KindReadings, Path: writeBook(t,
		bookSheet{"Plan1", [][]any{{"Relatório de medição"}, {}, {"UC", "Mês/Ano", "Demanda Ponta (kW)", "Demanda Fora Ponta (MW)", "Consumo (MWh)", "Energia reativa excedente (kWh)", "DMCR (kW)"},
			{ucA, "08/2026", 400, 0.45, 150.5, "1.234,5", 12}}},
		bookSheet{"Plan2", [][]any{{"x"}}})}
	got := run(t, svc, o)
	if got.Kind != KindReadings || got.Of(crm.RowReading) != (Counts{Created: 1}) || got.Of(crm.RowClient) != (Counts{}) {
		t.Fatalf("%+v %+v", got.Result, got.told)
	}
	for _, r := range readings(t, svc) {
		if r.Month == "2026-08" && (*r.PeakW != 400_000 || *r.OffPeakW != 450_000 || *r.EnergyWh != 150_500_000 ||
			r.ReactiveWh == nil || *r.ReactiveWh != 1_234_500 || r.ReactiveW == nil || *r.ReactiveW != 12_000) {
			t.Errorf("%+v", r)
		}
	}
}

func TestUCMTAsWorkbook(t *testing.T) {
	var rows [][]any
	for _, line := range strings.Split(strings.TrimSpace(ucmtCSV(true, plainUnit("1"))), "\n") {
		var row []any
		for _, v := range strings.Split(line, ",") {
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	svc := newHouse(t)
	got := run(t, svc, Options{Path: writeBook(t, bookSheet{"UCMT_tab", rows}), Name: "UCMT 2024.xlsx"})
	if got.Kind != KindUCMT || got.Of(crm.RowReading).Created != 12 || len(got.told) != 0 {
		t.Errorf("%+v %+v", got.Result, got.told)
	}
}

func TestSheetWithoutANeededColumn(t *testing.T) {
	path := writeBook(t, bookSheet{"Medições", [][]any{{"UC", "Demanda medida (kW)"}, {ucA, 1}, {ucA, 2}}},
		bookSheet{"Clientes", [][]any{{"CNPJ", "Nome"}, {taxA, "Um"}}})
	got := run(t, newHouse(t), Options{Path: path, Lang: "es"})
	if !got.says(1, "", "", "import.sheet.missing") || got.told[0].Reason.Args[1] != "Mes" {
		t.Errorf("%+v", got.told)
	}
	if got.Of(crm.RowReading).Rejected != 2 || got.Of(crm.RowClient).Created != 1 {
		t.Errorf("the rest goes on: %+v", got.Sheets)
	}
}

func TestTwoAtTheSameTime(t *testing.T) {
	svc := newHouse(t)
	path := bigBook(t, 30, 2, 6)
	results := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := Run(t.Context(), svc, crm.SystemActor(), Options{Path: path})
			results <- err
		}()
	}
	for range 2 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	got := run(t, svc, Options{Path: path})
	if n, err := svc.CountClients(t.Context(), crm.SystemActor(), crm.ClientQuery{}, 100); err != nil || n != 30 || got.Rejected() != 0 || got.Changed() != 0 {
		t.Errorf("%d clients, %+v %v", n, got.Sheets, err)
	}
}
