package reports_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/internal/sample"
)

// rows copies the rows of a table, whose cells are valid for one step only.
func rows(t *testing.T, tab *reports.Table) []reports.Row {
	t.Helper()
	var out []reports.Row
	for r := range tab.Rows {
		r.Cells = append([]reports.Cell(nil), r.Cells...)
		out = append(out, r)
	}
	if len(out) != tab.Len {
		t.Fatalf("%s: %d rows, the table says %d", tab.Name, len(out), tab.Len)
	}
	return out
}

func column(t *testing.T, tab *reports.Table, key string) int {
	t.Helper()
	for i, c := range tab.Columns {
		if c.Key == key {
			return i
		}
	}
	t.Fatalf("%s has no column %s", tab.Name, key)
	return 0
}

// Each formula must have the value that its rows have: folded here as SUBTOTAL
// does it, without the cells that are folds themselves.
func TestFoldsEqualTheirRows(t *testing.T) {
	for _, lang := range locale.Langs {
		wb := reports.Build(sample.Month(90, 6), lang)
		folds := 0
		for _, tab := range wb.Tables {
			all := rows(t, tab)
			for n, r := range all {
				for c, cell := range r.Cells {
					if cell.Fold.Func == reports.NoFunc {
						continue
					}
					folds++
					if got := fold(all, c, cell.Fold); got != cell.Num {
						t.Errorf("%s row %d column %s: cached %d, rows have %d", tab.Name, n, tab.Columns[c].Key, cell.Num, got)
					}
				}
			}
		}
		if folds < 500 {
			t.Errorf("%s: only %d formulas", lang, folds)
		}
	}
}

func fold(all []reports.Row, c int, f reports.Fold) (v int64) {
	for _, r := range all[f.First : f.Last+1] {
		cell := r.Cells[c]
		switch {
		case !cell.Has || cell.Fold.Func != reports.NoFunc:
		case f.Func == reports.Max:
			v = max(v, cell.Num)
		default:
			v += cell.Num
		}
	}
	return v
}

// The sheet of a sector and its row of the summary say the same.
func TestSummaryEqualsSheets(t *testing.T) {
	wb := reports.Build(sample.Month(57, 5), locale.PtBR)
	summary, sheets := wb.Tables[0], map[string]*reports.Table{}
	for _, tab := range wb.Tables[1:] {
		sheets[tab.Name] = tab
	}
	keys := []string{
		"contractedSingle", "contractedPeak", "contractedOffPeak", "measuredSingle", "measuredPeak", "measuredOffPeak",
		"overKW", "overMoney", "reactiveKWh", "reactiveKW", "reactiveMoney", "visits", "calls", "meetings", "mails",
	}
	all := rows(t, summary)
	if len(all) != len(crm.BuiltInSectors().All())+1 {
		t.Fatalf("%d rows, want one a sector and a total", len(all))
	}
	for _, r := range all[:len(all)-1] {
		sheet := sheets[r.Cells[0].Link]
		if sheet == nil || sheet.Title != r.Cells[0].Text {
			t.Fatalf("%q leads to %q", r.Cells[0].Text, r.Cells[0].Link)
		}
		own := rows(t, sheet)
		total := own[len(own)-1]
		for _, key := range keys {
			a, b := r.Cells[column(t, summary, key)], total.Cells[column(t, sheet, key)]
			if a.Num != b.Num || a.Has != b.Has || a.Text != b.Text {
				t.Errorf("%s %s: summary %+v, sheet %+v", sheet.Name, key, a, b)
			}
		}
	}
}

func TestSectorSheet(t *testing.T) {
	d := collect(t, house(t), admin)
	wb := reports.Build(d, locale.PtBR)
	var names []string
	for _, tab := range wb.Tables {
		names = append(names, tab.Name)
	}
	if got := strings.Join(names, "|"); got != "Resumo|Mineração|Alimentos e bebidas|Notas" {
		t.Fatalf("sheets %s", got)
	}
	mining := wb.Tables[1]
	all := rows(t, mining)
	money, uc, last := column(t, mining, "overMoney"), column(t, mining, "uc"), column(t, mining, "lastContact")
	// Beta with its installation, Gama without any, the total.
	want := []struct {
		role  reports.Role
		level uint8
		text  string
	}{{reports.Group, 0, "Beta Mineração"}, {reports.Body, 1, "Beta Mineração"}, {reports.Group, 0, "Gama Britas"}, {reports.Total, 0, "Total"}}
	for i, w := range want {
		if all[i].Role != w.role || all[i].Level != w.level || all[i].Cells[0].Text != w.text {
			t.Errorf("row %d: %+v", i, all[i])
		}
	}
	for _, i := range []int{0, 1, 3} { // an overrun without a tariff has no amount, not 0
		if c := all[i].Cells[money]; c.Has || c.Text != "sem tarifa" {
			t.Errorf("row %d: amount %+v", i, c)
		}
	}
	if all[1].Cells[uc].Text != "000000000000003" {
		t.Errorf("UC %q", all[1].Cells[uc].Text)
	}
	if c := all[0].Cells[last]; c.Tone != reports.Bad || c.Text != "nunca" {
		t.Errorf("no contact ever: %+v", c)
	}
	for _, i := range []int{0, 1, 3} { // of 210 kWh without a price the kWh stand there, the R$ do not
		kwh, money := all[i].Cells[column(t, mining, "reactiveKWh")], all[i].Cells[column(t, mining, "reactiveMoney")]
		if kwh.Num != 210_000 || money.Has || money.Text != "sem tarifa" {
			t.Errorf("row %d: %+v %+v", i, kwh, money)
		}
	}
	summary := wb.Tables[0]
	for n, want := range []string{"1", "0", "1"} { // mining, food, all
		if c := rows(t, summary)[n].Cells[column(t, summary, "reactiveUnpriced")]; fmt.Sprint(c.Num) != want || (c.Tone == reports.Warn) != (want == "1") {
			t.Errorf("summary row %d: %+v", n, c)
		}
	}
	if c := all[2].Cells[money]; !c.Empty() {
		t.Errorf("a client without installations has no demand: %+v", c)
	}
}

func TestEmptyMonth(t *testing.T) {
	d := collect(t, house(t), crm.Actor{UserID: "x", Name: "X", Role: crm.RoleAgent})
	wb := reports.Build(d, "xx")
	if len(wb.Tables) != 2 || wb.Lang != "pt-BR" {
		t.Fatalf("%d tables in %s", len(wb.Tables), wb.Lang)
	}
	all := rows(t, wb.Tables[0])
	if len(all) != 1 || all[0].Role != reports.Total || all[0].Cells[1].Fold.Func != reports.NoFunc {
		t.Errorf("summary of nothing: %+v", all)
	}
}

// No word of a workbook may be a key that the catalogue lacks.
func TestEveryWordIsThere(t *testing.T) {
	for _, lang := range locale.Langs {
		d := sample.Month(40, 3)
		d.Clients[0].Sector = "" // in no sector yet
		wb := reports.Build(d, lang)
		words := []string{wb.Title, wb.FileName, wb.Footer}
		for _, tab := range wb.Tables {
			words = append(append(words, tab.Name, tab.Title), tab.Lines...)
			for _, c := range tab.Columns {
				words = append(words, c.Label, c.Over)
			}
			for _, r := range rows(t, tab) {
				for _, c := range r.Cells {
					words = append(words, c.Text)
				}
			}
		}
		for _, w := range words {
			for _, sign := range []string{"report.", "sector.", "modality.", "month."} {
				if strings.HasPrefix(w, sign) || strings.Contains(w, "{") {
					t.Errorf("%s: %q", lang, w)
				}
			}
		}
		if want := map[locale.Lang]string{"pt-BR": "relatorio-mensal-2026-10.xlsx", "es": "informe-mensual-2026-10.xlsx", "en": "monthly-report-2026-10.xlsx"}[lang]; wb.FileName != want {
			t.Errorf("file name %q, want %q", wb.FileName, want)
		}
	}
}

func TestSheetNames(t *testing.T) {
	var names reports.SheetNames
	for _, c := range []struct{ title, want string }{
		{"Metalurgia", "Metalurgia"},
		{"METALURGIA", "METALURGIA 2"},
		{"metalurgia", "metalurgia 3"},
		{"a/b:c*d?e[f]g\\h'i", "a b c d e f g h i"},
		{"  ", "-"},
		{"", "- 2"},
		{"History", "History 2"},
		{"Produtos de metal, máquinas e veículos", "Produtos de metal, máquinas"},
		{"Produtos de metal, máquinas e veículos", "Produtos de metal, máquinas 2"},
		{strings.Repeat("x", 40), strings.Repeat("x", 31)},
		{strings.Repeat("x", 40), strings.Repeat("x", 29) + " 2"},
		{strings.Repeat("🌽", 20), strings.Repeat("🌽", 15)},
	} {
		got := names.Make(c.title)
		if got != c.want || len(utf16.Encode([]rune(got))) > reports.MaxSheetName {
			t.Errorf("%q is named %q, want %q", c.title, got, c.want)
		}
	}
}
