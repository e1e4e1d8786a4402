package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// portfolioFile has two clients and one row whose CNPJ is none.
func portfolioFile(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "Clientes"); err != nil {
		t.Fatal(err)
	}
	for n, row := range [][]any{{"CNPJ ou CPF", "Nome"}, {"06.981.180/0001-16", "Fábrica Um"}, {"11.111.111/1111-11", "Ninguém"}, {"12.ABC.345/01DE-35", "Dois"}} {
		cell, err := excelize.CoordinatesToCellName(1, n+1)
		if err == nil {
			err = f.SetSheetRow("Clientes", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "carteira.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// clients counts the clients by what the doctor finds.
func (d *desk) clients() string {
	d.t.Helper()
	count, _, _ := strings.Cut(line(d.run("", "doctor").out, "clients "), ";") // indexes follow on MongoDB
	return strings.Join(strings.Fields(count), " ")
}

func TestImport(t *testing.T) {
	d, file := newDesk(t), portfolioFile(t)
	refused := filepath.Join(t.TempDir(), "faltas.xlsx")

	d.does(exitRejected, "", []string{"import", file, "--dry-run"}, "dry run: nothing was written", "created 2", "rejected 1")
	if got := d.clients(); got != "clients 0 documents" {
		t.Errorf("after a dry run: %s", got)
	}
	a := d.does(exitRejected, "", []string{"import", file, "--errors", refused}, "1 rows were rejected", "created 2", "Clientes row 3 CNPJ ou CPF")
	if !strings.Contains(a.err, "11.111.111/1111-11") {
		t.Errorf("the faulty value is not shown: %s", a.err)
	}
	if got := d.clients(); got != "clients 2 documents" {
		t.Errorf("after the import: %s", got)
	}
	f, err := excelize.OpenFile(refused)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || !strings.Contains(strings.Join(rows[len(rows)-1], "|"), "11.111.111/1111-11") {
		t.Errorf("the workbook of faulty rows: %v %v", rows, err)
	}
	d.does(exitRejected, "", []string{"import", file}, "created 0, updated 0, unchanged 2, rejected 1")
}

// TestUndoOfAnImport takes an import back by the id that it told.
func TestUndoOfAnImport(t *testing.T) {
	d, file := newDesk(t), portfolioFile(t)
	a := d.does(exitRejected, "", []string{"import", file}, "take it back with")
	id := strings.Fields(line(a.out, "take it back"))[1]
	d.does(exitDone, "", []string{"import", "--undo", id}, "undone 2, kept 0")
	if got := d.clients(); got != "clients 0 documents" {
		t.Errorf("after the undo: %s", got)
	}
	d.does(exitUsage, "", []string{"import", "--undo", "nothing"}, "there is no import nothing")
	d.does(exitRejected, "", []string{"import", file}, "created 2")
}

func TestTemplate(t *testing.T) {
	d := newDesk(t)
	path := filepath.Join(t.TempDir(), "carteira.xlsx")
	d.does(exitDone, "", []string{"import", "--template", path})
	d.does(exitDone, "", []string{"import", path}) // an empty template changes nothing
	if got := d.clients(); got != "clients 0 documents" {
		t.Errorf("after an empty template: %s", got)
	}
}

// The template offers the sectors of the store; without a store it makes none.
func TestTemplateOfTheStore(t *testing.T) {
	offers := func(path string) string {
		t.Helper()
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(locale.T(locale.PtBR, "import.sheet.notes"))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if len(r) > 3 && strings.Contains(r[3], "Mineração") {
				return r[3]
			}
		}
		return ""
	}
	d := newDesk(t)
	path := filepath.Join(t.TempDir(), "carteira.xlsx")
	d.does(exitDone, "", []string{"import", "--template", path})
	if got := offers(path); !strings.Contains(got, "Alimentos e bebidas") {
		t.Errorf("without a store: %s", got)
	}
	if _, err := os.Stat(d.dir); err == nil && d.dsn == "" {
		t.Error("the template made a store")
	}
	a := d.open()
	_, err := a.Service.EditSector(t.Context(), crm.Actor{UserID: "root", Role: crm.RoleAdmin}, "food", 0, crm.SectorInput{Name: "Comida & Bebida", Divisions: []string{"10", "11", "12"}})
	a.Close()
	if err != nil {
		t.Fatal(err)
	}
	d.does(exitDone, "", []string{"import", "--template", path})
	if got := offers(path); !strings.Contains(got, "Comida & Bebida") || strings.Contains(got, "Alimentos e bebidas") {
		t.Errorf("of the store: %s", got)
	}
}

func TestNoWorkbook(t *testing.T) {
	d := newDesk(t)
	png := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(png, []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.does(exitFailed, "", []string{"import", png}, "cemigmas: ", "neither an xlsx")
}

// A file that does not tell its year is refused with one sentence that names the
// flag.
func TestImportAsksForTheYear(t *testing.T) {
	d := newDesk(t)
	file := filepath.Join(t.TempDir(), "ucmt.csv")
	if err := os.WriteFile(file, []byte("DIST;PAC;PN_CON;GRU_TAR;DEM_01;ENE_12\n1;2;3;A4;0;0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := d.does(exitUsage, "", []string{"import", file}, "--year: Give the year of the file")
	if strings.Count(a.err, "year of the file") != 1 {
		t.Errorf("it is said more than once:\n%s", a.err)
	}
	d.does(exitUsage, "", []string{"import", file, "--year", "1812"}, `--year "1812"`)
}

func TestUnknownStore(t *testing.T) {
	newDesk(t).does(exitUsage, "", []string{"user", "list", "--store", "nosuch:x"}, "--store: sqlite:PATH")
}
