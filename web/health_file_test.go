package web_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"cemigmas/web/webtest"
)

// The file of an installation has the months of its page, and all figures of
// each posto.
func TestMonthsAsAFile(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	path := "/installations/" + e.Installation
	page := b.Get(path).Status(200).Has("[data-copy-table=readings]", "Copiar")
	link := page.Find(`a[href$="format=csv"]`).AttrOr("href", "")
	if link == "" {
		t.Fatal("no link to the file")
	}
	a := b.Get(link).Status(200)
	if !strings.Contains(a.Header.Get("Content-Disposition"), "medicoes-") {
		t.Errorf("%v", a.Header)
	}
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body, "\ufeff")))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v\n%s", len(rows), err, a.Body)
	}
	column := func(head string) int {
		for n, h := range rows[0] {
			if strings.Contains(h, head) {
				return n
			}
		}
		t.Fatalf("no column %q among %q", head, rows[0])
		return 0
	}
	newest := page.Find("#readings tbody tr").First().Find("td")
	for head, shown := range map[string]int{"Contratada, kW": 1, "Medida, kW": 2} {
		if got, want := rows[1][column(head)], strings.TrimSpace(newest.Eq(shown).Text()); strings.ReplaceAll(want, ".", "") != got {
			t.Errorf("%s: %q in the file, %q on the page", head, got, want)
		}
	}
	column("Fator de carga")
	column("Demanda ociosa, R$")
	months := page.Find("#readings tbody tr:not(.note)").Length()
	if len(rows)-1 != months {
		t.Errorf("%d months in the file, %d on the page", len(rows)-1, months)
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(b.Get(strings.Replace(link, "csv", "xlsx", 1)).Status(200).Body)))
	if err != nil || book.SheetCount != 1 {
		t.Fatalf("%v", err)
	}
	k.Browser("cleo").Get(link).Status(404)

	// The month's own page says all of it in words: 1,790 kW on a contract of 1,600.
	month := b.Get(path + "/readings/2026-10").Status(200)
	figures := map[string]string{}
	month.Find("table.figures tbody tr").Each(func(_ int, row *goquery.Selection) {
		label := row.Find("th").Contents().First().Text()
		figures[label] = strings.TrimSpace(row.Find("td").First().Text())
	})
	for label, want := range map[string]string{"Contratada, kW": "1.600", "Medida, kW": "1.790", "Faturada, kW": "1.790", "Utilização": "111,9\u00a0%", "Limite, kW": "1.680",
		"Ultrapassagem, kW": "190", "Ultrapassagem, R$": "8.667,80", "Demanda, R$": "40.829,90", "Demanda ociosa, kW": "0"} {
		if figures[label] != want {
			t.Errorf("%s: %q, want %q", label, figures[label], want)
		}
	}
}
