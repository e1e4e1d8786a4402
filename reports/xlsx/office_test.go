package xlsx_test

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/internal/sample"
)

// recalculate is the one setting of a fresh office profile: formulas of an xlsx
// file are computed when it is loaded, whatever their cached values say.
const recalculate = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`

// A spreadsheet program that recalculates comes to the values that the file
// has. The file it gets has wrong cached values, so that keeping them fails.
func TestOfficeRecalculates(t *testing.T) {
	if testing.Short() {
		t.Skip("short: LibreOffice takes seconds")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("LibreOffice (soffice) is not installed: its recalculation was not compared")
	}
	wb := reports.Build(sample.Month(45, 5), locale.PtBR)
	wrong := reports.Build(sample.Month(45, 5), locale.PtBR)
	for _, tab := range wrong.Tables {
		tab.Rows = spoilt(tab.Rows)
	}
	f := through(t, soffice, write(t, wrong))
	for _, tab := range wb.Tables {
		totals(t, f, tab)
	}
}

// spoilt makes every cached value wrong.
func spoilt(rows func(func(reports.Row) bool)) func(func(reports.Row) bool) {
	return func(yield func(reports.Row) bool) {
		rows(func(r reports.Row) bool {
			for i := range r.Cells {
				if r.Cells[i].Fold.Func != reports.NoFunc {
					r.Cells[i].Num += 7777
				}
			}
			return yield(r)
		})
	}
}

func through(t *testing.T, soffice string, data []byte) *excelize.File {
	t.Helper()
	dir := t.TempDir()
	profile := filepath.Join(dir, "profile", "user")
	if err := os.MkdirAll(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	in, out := filepath.Join(dir, "month.xlsx"), filepath.Join(dir, "out")
	for name, content := range map[string][]byte{
		in: data, filepath.Join(profile, "registrymodifications.xcu"): []byte(recalculate),
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 3*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, soffice, "--headless", "-env:UserInstallation=file://"+filepath.Dir(profile),
		"--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, in)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, text)
	}
	f, err := excelize.OpenFile(filepath.Join(out, "month.xlsx"), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// totals compares the cells with formulas.
func totals(t *testing.T, f *excelize.File, tab *reports.Table) {
	t.Helper()
	got, err := f.GetRows(tab.Name)
	if err != nil {
		t.Fatal(err)
	}
	top, n := len(got)-tab.Len, 0
	for r := range tab.Rows {
		for i, c := range r.Cells {
			if c.Fold.Func == reports.NoFunc {
				continue
			}
			want, err := strconv.ParseFloat(shown(tab.Columns[i].Kind, c), 64)
			if err != nil {
				t.Fatal(err)
			}
			v, err := strconv.ParseFloat(got[top+n][i], 64)
			if err != nil || math.Abs(v-want) > 1e-6 {
				t.Errorf("%s row %d %s: office computes %q, the file says %v", tab.Name, n, tab.Columns[i].Key, got[top+n][i], want)
			}
		}
		n++
	}
}
