package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// savedAs saves what an address of the list of clients shows, and answers where
// that leads.
func savedAs(t *testing.T, b *webtest.Browser, path string, fields ...string) string {
	t.Helper()
	action, ok := b.Get(path).Status(200).Find(`#list-views form[action^="/views?"]`).Attr("action")
	if !ok {
		t.Fatal("no form to save a view")
	}
	return b.Post(action, fields...).Status(303).Header.Get("Location")
}

func viewID(t *testing.T, to string) string {
	t.Helper()
	_, id, ok := strings.Cut(to, "view=")
	if !ok {
		t.Fatalf("%s names no view", to)
	}
	return id
}

// A view keeps search, filters, order and columns; it is current while it is
// seen, says when it was changed, takes what is seen, and can be deleted and
// brought back.
func TestSavedView(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("ana")
	to := savedAs(t, b, "/clients?q=moinho&sector=food&sort=worst&cols=kw,tier", "name", "Para visitar")
	id := viewID(t, to)
	if to != "/clients?cols=name%2Ckw%2Ctier&q=moinho&sector=food&sort=worst&view="+id {
		t.Errorf("leads to %s", to)
	}
	a := b.Get(to).Status(200)
	wantHeads(t, a, "name", "kw", "tier")
	a.Has("#list-views [aria-current]", "Para visitar").Has(".toast", "Para visitar").Has(`#list-tools [name=view][value="`+id+`"]`, "").Has("#list tbody tr", "Moinho").Lacks("#list-views [name=fill]")
	changed := strings.Replace(to, "sort=worst", "sort=name", 1)
	edit, _ := b.Get(changed).Has("#list-views summary", "alterada").Has("#list-views [name=fill]", "").Find(`#list-views form[action^="/views/` + id + `?"]`).Attr("action")
	b.Post(edit, "name", "Visitas", "fill", "on").Status(303)
	b.Get(changed).Has("#list-views [aria-current]", "Visitas").Lacks("#list-views [name=fill]")

	gone, ok := b.Get(changed).Find(`#list-views form[action$="/delete"]`).Attr("action")
	if !ok {
		t.Fatal("no form to delete the view")
	}
	b.Post(gone).Status(303)
	b.Get("/clients?view="+id).Status(200).Has(".toast form[action='/views/"+id+"/restore']", "").Has("#list-views [aria-current]", "Todos")
	b.Post("/views/" + id + "/restore").Status(303)
	b.Get(changed).Has("#list-views [aria-current]", "Visitas")
}

// The name of a view is asked for again, with the list as it was.
func TestViewNeedsName(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("ana")
	to := savedAs(t, b, "/clients?sector=food", "name", "  ")
	b.Get(to).Status(200).Has("#list-views details[open] .wrong", "Preencha").Has("#list-chips .chip", "")
	id := viewID(t, savedAs(t, b, "/clients?sector=food", "name", "Comida"))
	to = b.Post("/views/"+id+"?list=clients&sector=food", "name", " ").Status(303).Header.Get("Location")
	b.Get(to).Status(200).Has("#list-views details[open] form[action^='/views/"+id+"'] .wrong", "Preencha").Has("#list-views [aria-current]", "Comida").
		Lacks("#view-wrong").Has("#list-chips .chip", "")
	b.Get(savedAs(t, b, "/clients", "name", strings.Repeat("x", 61))).Has("#list-views .wrong", "longo").Value("name", strings.Repeat("x", 61))
}

// The list opens with the view that its reader chose, and as a whole when asked
// for, or when that view is gone.
func TestListOpensWithView(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Post("/views/choose?list=clients", "view", e.View).Status(303)
	to := b.Get("/clients").Status(303).Header.Get("Location")
	wantHeads(t, b.Get(to).Has("#list-views [aria-current]", "Visitar"), "name", "util")
	b.Get("/clients?view=all").Status(200).Has("#list-views [aria-current]", "Todos")
	b.Get("/clients?q=nada").Status(200).Has("#list .empty a[href='/clients?view=all']", "")
	b.Get("/people").Status(200)
	k.Browser("bia").Get("/clients").Status(200)
	b.Post("/views/" + e.View + "/delete").Status(303)
	b.Get("/clients").Status(200)
	b.Post("/views/choose?list=clients", "view", "").Status(303)
	b.Get("/clients").Status(200)
}

// A shared view is read within the reader's own portfolio, and changed by who
// shares with that team only.
func TestSharedViewKeepsScope(t *testing.T) {
	k := webtest.New(t)
	all := k.Fill()
	boss, ana, other := k.Browser("north"), k.Browser("ana"), k.Browser("cleo")
	to := savedAs(t, boss, "/clients?q=moinho&sort=worst", "name", "Do time", "shared", "on")
	id := viewID(t, to)
	a := ana.Get(to).Status(200).Has("#list-views [aria-current]", "Do time").Has("#list tbody", all["ana"].ClientName).Lacks(`#list-views form[action^="/views/` + id + `"]`)
	if strings.Contains(a.Body, all["bia"].ClientName) {
		t.Error("a shared view shows another's client")
	}
	if strings.Contains(other.Get("/clients").Body, "Do time") {
		t.Error("another team has the view")
	}
	if _, shares := ana.Get("/clients").Find("#list-views [name=shared]").Attr("name"); shares {
		t.Error("an agent is offered to share")
	}
	ana.Post("/views/"+id+"?list=clients", "name", "x").Status(403)
	ana.Post("/views?list=clients", "name", "x", "shared", "on").Status(403)
}

// What a stored view asks for that the list does not know is left out, and said.
func TestOldViewIsShownWithNote(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	old := crm.View{ID: "old", List: "clients", Owner: "ana", Readers: "user:ana", Name: "Antiga",
		State: crm.ViewState{Sort: "colour", Filters: map[string]string{"sector": "nowhere", "mood": "good"}, Columns: []string{"name", "shoe", "kw"}}}
	k.Apply(crm.Views.Put(&old))
	b := k.Browser("ana")
	b.Post("/views/choose?list=clients", "view", "old")
	a := b.Get(b.Get("/clients").Status(303).Header.Get("Location")).Status(200).Has("#list tbody tr", e.ClientName).Has(".notice.warn", "Ramo").Has(".notice.warn", "Ordem")
	wantHeads(t, a, "name", "kw")
	b.Get("/clients?cols=shoe,kw&view=old").Status(200).Has(".notice.warn", "Colunas")
	b.Get("/clients?sort=colour").Status(200).Has(".notice.bad", "colour")
}
