package web_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// Every list shows what its viewer may see, leads to the others, and says what
// there is none of.
func TestLists(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e := estates["ana"]
	b, boss := k.Browser("ana"), k.Browser("admin")
	for _, c := range []struct{ path, link, head, filter, none string }{
		{"/clients", "/clients/" + e.Client, "Cliente", "sector=food", "q=nada"},
		{"/installations", "/installations/" + e.Installation, "Instalação", "market=captive", "q=nada"},
		{"/people", "/people/" + e.Person, "Nome", "role=decision", "q=nada"},
		{"/contracts", "/installations/" + e.Installation, "Contrato", "modality=verde", "market=free&modality=azul"},
	} {
		b.Get(c.path).Status(200).Has(`td a[href^="`+c.link+`"]`, "").Has("th", c.head).Has(".tabs [aria-current]", "").Lacks("th.c-agent")
		boss.Get(c.path).Status(200).Has("th.c-agent", "Agente").Has("#filter-agent option", "Ana")
		b.Get(c.path+"?"+c.filter).Status(200).Has("#list-chips .chip", "")
		b.Get(c.path+"?"+c.none).Status(200).Has("#list .empty a[href='"+c.path+"']", "Limpar")
		b.Get(c.path+"?sort=colour").Status(200).Has(".notice", "“colour” não existe.")
		boss.Part(c.path, "list-count").Status(200).Has("#list-count", "").Lacks("table")
	}
	b.Get("/people?role=king").Has(".notice", "Papel: “king” não existe.")
	b.Get("/clients?city=Betim&tag=forno&tier=A").Has("#list-chips", "Betim").Has("#list-chips", "forno").Has("#filter-city[value=Betim]", "").Has("#filter-tag[value=forno]", "").
		Has("#filter-tier option[selected]", "A").Has("#list .empty", "")
	b.Get("/installations?subgroup=A4&status=off&sort=saving").Has("#filter-status option[selected]", "desligada").Has("[name=sort] option[selected]", "Maior economia")
	b.Get("/people?status=former").Has("#list-chips", "não trabalha mais aqui")
}

// Rows of clients can be chosen, and what is chosen goes out with the query of
// the list.
func TestChoosingRows(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/clients?sector=food&after=").Has(`#bulk[action="/clients/bulk?sector=food"] [name=csrf]`, "").Has("#bulk [name=all]", "").Has(`td [form=bulk][name=id][value="`+e.Client+`"]`, "")
	b.Get("/people").Lacks("#bulk [name=id] .c-check")
}

// A file has every row of the list, in its order and columns, whatever page is
// shown; nothing in it is a formula, and no CPF is whole.
func TestListFiles(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for i := range 250 {
		k.Apply(crm.Clients.Put(&crm.Client{ID: crm.NewID(webtest.Now.Add(time.Duration(i) * time.Millisecond)), Name: "=Padaria", TaxKind: crm.TaxCPF, TaxID: "",
			Agent: "ana", Team: "norte", Sector: "retail", Status: "active", ContractedW: int64(i) * 1000}))
	}
	b := k.Browser("ana")
	a := b.Get("/clients/export?format=csv&sector=retail&sort=contracted&after=x").Status(200)
	if !strings.HasPrefix(a.Body, "\ufeff") || !strings.Contains(a.Header.Get("Content-Disposition"), "clients.csv") {
		t.Errorf("%.40q as %s", a.Body, a.Header.Get("Content-Disposition"))
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body, "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 251 || rows[0][0] != "Cliente" || rows[1][0] != "'=Padaria" || rows[1][3] != "249" {
		t.Fatalf("%d rows, %v: %q", len(rows), err, rows[:min(2, len(rows))])
	}
	a = b.Get("/clients/export?format=xlsx&sector=retail&sort=contracted").Status(200)
	f, err := excelize.OpenReader(bytes.NewReader([]byte(a.Body)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet, err := f.GetRows("Clientes")
	if err != nil || len(sheet) < 251 || sheet[len(sheet)-250][0] != "=Padaria" {
		t.Errorf("%d rows in the workbook, %v", len(sheet), err)
	}
	b.Get("/clients/export?format=csv&sort=colour").Status(422)
	b.Get("/contracts/export?format=xlsx").Status(200)
}

// A list that was left with more than its first page is shown so again, by its
// address alone.
func TestListIsComeBackTo(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for n := range 180 {
		c := crm.Client{ID: fmt.Sprintf("long%03d", n), Name: fmt.Sprintf("Padaria %03d", n), Agent: "ana", Team: "norte", Sector: "retail", Status: "active", CreatedAt: webtest.Now}
		k.Apply(crm.Clients.Put(&c))
	}
	b := k.Browser("ana")
	rows := func(a *webtest.Answer) (out []string) {
		a.Find("#list-rows tr td a, tr[data-row] td a").Each(func(_ int, s *goquery.Selection) { out = append(out, s.AttrOr("href", "")) })
		return out
	}
	first := b.Get("/clients?sector=retail")
	second := b.Get(first.Find("#list-foot a.btn").AttrOr("href", ""))
	both := b.Get("/clients?sector=retail&rows=100").Status(200)
	if got, want := rows(both), append(rows(first), rows(second)...); len(got) != 100 || !slices.Equal(got, want) {
		t.Errorf("%d rows, want %d:\n%q\n%q", len(got), len(want), got, want)
	}
	if got, want := both.Find("#list-foot a.btn").AttrOr("href", "none"), second.Find("#list-foot a.btn").AttrOr("href", ""); got != want {
		t.Errorf("it goes on at %s, not %s", got, want)
	}
	both.Has("#list-foot", "1–100")
	for at, want := range map[string]int{"rows=120": 150, "rows=100000": 180, "rows=-3": 50, "rows=x": 50, "rows=1": 50} {
		if got := len(rows(b.Get("/clients?sector=retail&" + at).Status(200))); got != want {
			t.Errorf("%s: %d rows, want %d", at, got, want)
		}
	}
	// A choice begins the list anew.
	both.Find("th a, .chip a").Each(func(_ int, s *goquery.Selection) {
		if href := s.AttrOr("href", ""); strings.Contains(href, "rows=") {
			t.Errorf("it leads to %s", href)
		}
	})
}
