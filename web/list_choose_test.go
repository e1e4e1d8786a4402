package web_test

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// heads are the columns of a list, by their class.
func heads(a *webtest.Answer) (out []string) {
	a.Find("#list thead th:not(.c-check)").Each(func(_ int, th *goquery.Selection) {
		out = append(out, strings.TrimPrefix(strings.Fields(th.AttrOr("class", ""))[0], "c-"))
	})
	return out
}

func wantHeads(t *testing.T, a *webtest.Answer, want ...string) {
	t.Helper()
	if got := heads(a); !slices.Equal(got, want) {
		t.Errorf("columns %v, want %v", got, want)
	}
}

// Columns are chosen and put in order; the choice stands in the address, is
// remembered for this user and this list, and is what a file shows.
func TestChoosingColumns(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b, other := k.Browser("ana"), k.Browser("admin")
	usual := heads(b.Get("/clients"))
	a := b.Post("/clients/columns?sector=food&sort=worst", "order", "name", "order", "taxid", "order", "kw", "order", "next", "col", "taxid", "col", "next").Status(303)
	to := a.Header.Get("Location")
	if to != "/clients?cols=name%2Ctaxid%2Cnext&sector=food&sort=worst" {
		t.Fatalf("leads to %s", to)
	}
	page := b.Get(to).Status(200)
	wantHeads(t, page, "name", "taxid", "next")
	page.Has("#list.chosen td.c-taxid", "").Has(`#list-tools [name=cols][value="name,taxid,next"]`, "").Has(`#list-columns li:nth-child(4) [value="sector"]`, "").Lacks("#list-columns details[open]")
	wantHeads(t, b.Get("/clients"), "name", "taxid", "next")
	wantHeads(t, b.Get("/clients?cols=kw,name,kw,colour"), "name", "kw")
	wantHeads(t, other.Get("/clients?sector=food"), slices.Insert(slices.Clone(usual), 2, "agent")...)
	wantHeads(t, b.Get("/installations"), heads(k.Browser("bia").Get("/installations"))...)

	file, ok := page.Find(`#list-foot a[href*="format=csv"]`).Attr("href")
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(b.Get(file).Status(200).Body, "\ufeff")))
	in.Comma = ';'
	if rows, err := in.ReadAll(); !ok || err != nil || !slices.Equal(rows[0], []string{"Cliente", "CNPJ ou CPF", "Próxima data"}) {
		t.Errorf("the file begins with %v, %v", rows, err)
	}

	if to = b.Post("/clients/columns?cols=name,kw", "reset", "on").Status(303).Header.Get("Location"); to != "/clients" {
		t.Errorf("forgetting leads to %s", to)
	}
	wantHeads(t, b.Get("/clients"), usual...)
}

// Without a script a column moves past the next one that is seen, and the menu
// stays open with the same button under the finger.
func TestMovingColumnsWithoutScript(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("ana")
	form := []string{"order", "name", "order", "client", "order", "uc", "order", "kw", "col", "client", "col", "kw"}
	to := b.Post("/installations/columns", append(form, "move", "up:kw")...).Header.Get("Location")
	a := b.Get(to)
	wantHeads(t, a, "name", "kw", "client")
	a.Has("#list-columns details[open]", "").Has(`#list-columns [autofocus][value="up:kw"]`, "")
	wantHeads(t, b.Get(b.Post("/installations/columns", append(form, "move", "up:client")...).Header.Get("Location")), "name", "client", "kw")
	wantHeads(t, b.Get(b.Post("/installations/columns", append(form, "move", "down:client")...).Header.Get("Location")), "name", "kw", "client")
}

// A CPF is masked in the column too, and an agent has no column of agents to
// choose.
func TestChosenColumnsShowNoMore(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	k.Apply(crm.Clients.Put(&crm.Client{ID: crm.NewID(webtest.Now), Name: "Fazenda", TaxKind: crm.TaxCPF, TaxID: "52998224725", Agent: "ana", Team: "norte"}))
	b := k.Browser("ana")
	a := b.Get("/clients?cols=taxid,agent")
	wantHeads(t, a, "name", "taxid")
	if strings.Contains(a.Body, "52998224725") || strings.Contains(a.Body, "529.982.247-25") {
		t.Error("a CPF is whole")
	}
	if file := b.Get("/clients/export?format=csv&cols=taxid").Status(200); strings.Contains(file.Body, "529.982.247-25") || !strings.Contains(file.Body, "982.247") {
		t.Errorf("the file says %q", file.Body)
	}
}
