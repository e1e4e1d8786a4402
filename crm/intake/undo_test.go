package intake

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// bodies are all documents that an import may write, without ids, and how many
// there are of each.
func bodies(t *testing.T, svc *crm.Service) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, in := range []*store.Collection{crm.Clients.In, crm.People.In, crm.Installations.In, crm.Contracts.In, crm.Readings.In, crm.Tariffs.In} {
		for d, err := range store.All(t.Context(), svc.Store(), store.Query{In: in}) {
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			if err := json.Unmarshal(d.Body, &m); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"id", "client", "installation"} {
				delete(m, name)
			}
			body, err := json.Marshal(m) // its members in order, whatever was patched last
			if err != nil {
				t.Fatal(err)
			}
			out[in.Name+" "+string(body)]++
		}
	}
	return out
}

// TestUndoAndImportAgain: what an import did goes without a rest, and the same
// file brings the same again, as often as one likes.
func TestUndoAndImportAgain(t *testing.T) {
	svc := newHouse(t)
	ucmt := writeFile(t, "UCMT_2022.csv", ucmtCSV(true, plainUnit("1"), plainUnit("2")))
	for _, file := range []string{portfolioBook(t), ucmt} {
		before := bodies(t, svc)
		var first map[string]int
		for round := range 3 {
			batch := fmt.Sprintf("%s %d", filepath.Base(file), round)
			got := importAs(t, svc, file, batch)
			if got.Changed() == 0 {
				t.Fatalf("%s: nothing was taken: %+v", batch, got.Result)
			}
			switch is := bodies(t, svc); {
			case first == nil:
				first = is
			case !maps.Equal(first, is):
				t.Errorf("%s: imported again, it differs:\n%s", batch, differ(first, is))
			}
			if again := importAs(t, svc, file, batch+" again"); again.Changed() != 0 {
				t.Errorf("%s: twice is not once: %+v", batch, again.Result)
			}
			sum, err := svc.UndoBatch(t.Context(), crm.SystemActor(), batch, nil)
			if err != nil || sum.Kept != 0 {
				t.Fatalf("%s: %+v %v", batch, sum, err)
			}
			if is := bodies(t, svc); !maps.Equal(before, is) {
				t.Fatalf("%s leaves\n%s", batch, differ(before, is))
			}
		}
		importAs(t, svc, file, "for good") // the next file finds it
	}
}

func importAs(t *testing.T, svc *crm.Service, file, batch string) imported {
	t.Helper()
	var got imported
	var err error
	got.Result, err = Run(crm.WithBatch(context.Background(), batch), svc, crm.SystemActor(), Options{Path: file, Name: filepath.Base(file)})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func differ(a, b map[string]int) string {
	var out strings.Builder
	for k, n := range a {
		if b[k] != n {
			fmt.Fprintf(&out, "- %d %s\n", n, k)
		}
	}
	for k, n := range b {
		if a[k] != n {
			fmt.Fprintf(&out, "+ %d %s\n", n, k)
		}
	}
	return out.String()
}

// TestUndoOfAnUpdate: values that an import overwrote come back.
func TestUndoOfAnUpdate(t *testing.T) {
	svc := newHouse(t)
	importAs(t, svc, portfolioBook(t), "first")
	before := bodies(t, svc)
	steps := writeFile(t, "contratos.csv", "Número da UC;Início do contrato;Modalidade tarifária;Demanda válida desde;Demanda contratada única (kW)\n"+
		ucA+";01/03/2025;verde;03/2025;650\n"+ucA+";01/03/2025;verde;03/2026;700\n")
	if got := importAs(t, svc, steps, "second"); got.Changed() == 0 {
		t.Fatalf("%+v", got.Result)
	}
	sum, err := svc.UndoBatch(t.Context(), crm.SystemActor(), "second", nil)
	if err != nil || sum.Undone == 0 || sum.Kept != 0 || !maps.Equal(before, bodies(t, svc)) {
		t.Errorf("%+v %v\n%s", sum, err, differ(before, bodies(t, svc)))
	}
}

// TestSharedUndo takes the regulator's real tables, undoes and takes them again.
func TestSharedUndo(t *testing.T) {
	dir := os.Getenv("CEMIGMAS_SHARED")
	if dir == "" {
		t.Skip("CEMIGMAS_SHARED names no folder with the regulator's files")
	}
	svc := newHouse(t)
	file := filepath.Join(dir, "data", "ucmt_creluz_2022.csv")
	importAs(t, svc, file, "a")
	first := bodies(t, svc)
	if sum, err := svc.UndoBatch(t.Context(), crm.SystemActor(), "a", nil); err != nil || sum.Kept != 0 || len(bodies(t, svc)) != 0 {
		t.Fatalf("%+v %v, %d left", sum, err, len(bodies(t, svc)))
	}
	importAs(t, svc, file, "b")
	if again := bodies(t, svc); !maps.Equal(first, again) {
		t.Errorf("%d documents, then %d", len(first), len(again))
	}
}
