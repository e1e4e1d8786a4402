package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// bulkOf chooses clients and answers the address of the form.
func bulkOf(k *webtest.Kit, who string, form ...string) string {
	k.Helper()
	at := k.Browser(who).Post("/clients/bulk", form...).Status(303).Header.Get("Location")
	if !strings.HasPrefix(at, "/bulk/") {
		k.Fatalf("it leads to %s", at)
	}
	return at
}

// What was chosen waits for its user: the form names the clients that the user
// sees, comes back with what is wrong, and begins once.
func TestBulkForm(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	mine, others := estates["ana"], estates["cleo"]
	at := bulkOf(k, "ana", "id", mine.Client, "id", others.Client)
	b := k.Browser("ana")
	b.Get(at).Status(200).Has("[data-bulk]", "").Has(".badge", "2 clientes").Has("form", mine.ClientName).Lacks("[name=agent]")
	if body := b.Get(at).Body; strings.Contains(body, others.Mark) {
		t.Error("a client of another team is named")
	}
	b.Post(at).Status(422).Has(".notice", "Diga o que deve mudar")
	b.Post(at, "tier", "Q", "add_tags", "obra").Status(422).Has(".invalid", "").Has("[name=add_tags][value=obra]", "")
	b.Post(at, "agent", "bia").Status(403)
	b.Post(at, "tier", "A", "segment", "-", "add_tags", "obra, verão").Status(303)
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(at, "/bulk/"))
	if want := `"edit":{"segment":"","tier":"A","addTags":["obra","verão"]}`; err != nil || j.State != crm.JobQueued || !strings.Contains(string(j.Args), want) {
		t.Errorf("%s with %s, %v; want %s", j.State, j.Args, err, want)
	}
	b.Get(at).Status(200).Has("#job", "Edição em massa").Has("dl", "obra, verão")
	if again := b.Post(at, "tier", "B").Status(303).Header.Get("Location"); again != at {
		t.Errorf("clicked twice, it leads to %s", again)
	}
}

// All of a list are kept as the list, whatever stands on its page.
func TestBulkOfAWholeList(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	to := k.Browser("north").Post("/clients/bulk?sector=food&after=x&n=50", "all", "on", "id", "cl1").Status(303).Header.Get("Location")
	j, err := k.Service.Job(t.Context(), k.Actor("north"), strings.TrimPrefix(to, "/bulk/"))
	var args crm.BulkArgs
	if err != nil || !strings.Contains(string(j.Args), `"Sector":"food"`) || strings.Contains(string(j.Args), "cl1") || strings.Contains(string(j.Args), `"x"`) {
		t.Errorf("%s, %v, %v", j.Args, args, err)
	}
	k.Browser("north").Get(to).Status(200).Has("[name=agent] option[value=bia]", "").Has("[name=stand_in_from]", "")
	if back := k.Browser("north").Post("/clients/bulk?sector=food").Status(303).Header.Get("Location"); back != "/clients?sector=food" {
		t.Errorf("nobody chosen leads to %s", back)
	}
}

// A list is chosen from row by row, or as a whole, with its filters.
func TestListIsChosenFrom(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/clients?sector=food&sort=worst").Status(200).Has("[name=id][form=bulk][value='"+e.Client+"']", "").
		Has("form#bulk[action='/clients/bulk?sector=food&sort=worst'] [name=csrf]", "").Has("form#bulk [name=all]", "")
}

func TestBulkResultAndUndo(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/bulk/"+e.Bulk
	b.Get(at).Status(200).Has("[data-kept] td", e.ClientName).Has("form[action='"+at+"/undo']", "")
	b.Get("/bulk").Status(200).Has("a[href='"+at+"']", e.Mark)
	b.Post(at + "/undo").Status(303)
	u, err := crm.Jobs.Get(t.Context(), k.Service.Store(), crm.UndoID(e.Bulk))
	if err != nil || !strings.Contains(string(u.Args), `"of":"bulk"`) {
		t.Fatalf("%s, %v", u.Args, err)
	}
	b.Get(at).Status(200).Lacks("form[action='"+at+"/undo']").Has("#job", "Desfazer a edição")
	if to := b.Get("/jobs/" + u.ID).Status(303).Header.Get("Location"); to != at {
		t.Errorf("the undo leads to %s", to)
	}
	u.State, u.Result = crm.JobDone, []byte(`{"undone":1,"kept":0}`)
	k.Apply(crm.Jobs.Put(&u))
	b.Get(at).Status(200).Has(".empty", "foi desfeita")
	b.Get("/bulk").Status(200).Has(".badge", "desfeita")
}

func TestHandoverPages(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	for _, who := range []string{"ana", "north", "admin"} {
		k.Browser(who).Get("/handover?agent=ana").Status(200).Has("[data-handover] h2", e.ClientName).Has(".dates", "Renovar").Has("[data-print]", "")
	}
	k.Browser("cleo").Get("/handover?agent=ana").Status(200).Lacks("[data-handover]").Has(".empty", "Nenhum cliente seu")
	k.Browser("ana").Get("/handover").Status(200).Has("[data-handover]", "")
	k.Browser("admin").Get("/users").Status(200).Has("a[href='/handover?agent=ana']", "")
	h := crm.Handover{ID: "b:bia:ana", Batch: "b", From: "bia", To: "ana", Clients: 3, By: "north", At: webtest.Now}
	k.Apply(crm.Handovers.InsertIfAbsent(&h))
	k.Browser("ana").Get("/").Status(200).Has(".notice", "para você: 3 clientes").Has(".notice a[href='/handover?batch=b']", "")
	k.Browser("bia").Get("/").Status(200).Has(".notice", "De você para").Lacks(".notice a[href='/handover?batch=b']")
}

// The other lists are chosen from as that of clients: what is chosen waits in a
// form of its own, says what it would do, and leaves what was not touched.
func TestBulkOfOtherLists(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e, others := estates["ana"], estates["cleo"]
	for _, c := range []struct {
		list, id, hidden, count, lacks string
		wrong                          []string
		typed                          []string
		args, fact                     string
	}{
		{"installations", e.Installation, others.Installation, "2 instalações", "agent", []string{"subgroup", "Z9"},
			[]string{"market", "free", "feeder", "-", "tariff_class", "Industrial", "condition_irrigation", "yes", "condition_essential", "no"},
			`"installation":{"market":"free","tariffClass":"Industrial","feeder":"","addConditions":["irrigation"],"dropConditions":["essential"]}`, "Livre"},
		{"contracts", e.Contract, others.Contract, "2 contratos", "modality", []string{"term", "abc"},
			[]string{"renews", "no", "term", "24", "denounced", "2026-11-23", "migration", "2026-12-01"},
			`"contract":{"renews":false,"termMonths":24,"denounced":"2026-11-23","migration":"2026-12-01"}`, "23/11/2026"},
		{"people", e.Person, others.Person, "2 pessoas", "emails", []string{"channel", "pigeon"},
			[]string{"role", "-", "former", "no", "lang", "es", "hours", "manhãs"},
			`"person":{"role":"","hours":"manhãs","lang":"es","former":false}`, "Español"},
	} {
		t.Run(c.list, func(t *testing.T) {
			b := k.Browser("ana")
			b.Get("/"+c.list).Status(200).Has("[name=id][form=bulk][value='"+c.id+"']", "").Has("form#bulk[action='/"+c.list+"/bulk'] [name=all]", "")
			at := b.Post("/"+c.list+"/bulk", "id", c.id, "id", c.hidden).Status(303).Header.Get("Location")
			b.Get(at).Status(200).Has("[data-bulk]", "").Has(".badge", c.count).Lacks("[name="+c.lacks+"]").Has("a.btn[href='/"+c.list+"']", "Cancelar")
			if body := b.Get(at).Body; strings.Contains(body, others.Mark) {
				t.Error("a record of another team is named")
			}
			b.Post(at).Status(422).Has(".notice", "Diga o que deve mudar")
			b.Post(at, c.wrong...).Status(422).Has(".invalid", "")
			b.Post(at, c.typed...).Status(303)
			j, err := k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(at, "/bulk/"))
			if err != nil || j.State != crm.JobQueued || !strings.Contains(string(j.Args), c.args) || strings.Contains(string(j.Args), `"edit"`) {
				t.Errorf("%s with %s, %v; want %s", j.State, j.Args, err, c.args)
			}
			b.Get(at).Status(200).Has("dl", c.fact)
			b.Get("/bulk").Status(200).Has("a[href='"+at+"']", c.fact)

			all := b.Post("/"+c.list+"/bulk?q=zx", "all", "on").Status(303).Header.Get("Location")
			j, err = k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(all, "/bulk/"))
			if err != nil || !strings.Contains(string(j.Args), `"records":{"Q":"zx"`) {
				t.Errorf("%s, %v", j.Args, err)
			}
			if back := b.Post("/" + c.list + "/bulk?q=zx").Status(303).Header.Get("Location"); back != "/"+c.list+"?q=zx" {
				t.Errorf("nothing chosen leads to %s", back)
			}
		})
	}
}

// The edit of a whole list is asked for with the list's own query, also through
// the API, where a query that is no filter of the list is refused: it would edit
// more than was meant.
func TestBulkOfAWholeListByAPI(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for _, c := range []struct{ path, edit, args string }{
		{"/clients/bulk?q=zx&sector=food&tier=A", "tier", `"query":{"Q":"zx","Sector":"food","Agent":"","Status":"","Tier":"A"`},
		{"/installations/bulk?q=zx&subgroup=A4", "feeder", `"records":{"Q":"zx","Agent":"","Market":"","Modality":"","Subgroup":"A4"`},
		{"/contracts/bulk?kind=ccer", "number", `"Kind":"ccer"`},
		{"/people/bulk?status=former", "title", `"Status":"former"`},
	} {
		edit := map[string]any{"all": true, "edit": map[string]any{c.edit: "A"}}
		if c.edit == "number" {
			edit["edit"] = map[string]any{"renews": true}
		}
		if c.edit == "title" {
			edit["edit"] = map[string]any{"role": "legal"}
		}
		a := k.API("ana", "POST", c.path, edit).Status(202)
		j, err := k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(a.Header.Get("Location"), "/api/v1/bulk/"))
		if err != nil || !strings.Contains(string(j.Args), c.args) {
			t.Errorf("%s: %s, %v", c.path, j.Args, err)
		}
		wantError(t, k.API("ana", "POST", c.path+"&colour=red", edit), 422, crm.CodeInvalid, "colour")
	}
}

// A parameter of a list that it has not is named, and so is one of another list.
func TestUnknownParametersAreRefused(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	k.API("ana", "GET", "/clients?tier=A&city=Betim&tag=x&market=mixed&segment=mv", nil).Status(200)
	k.API("ana", "GET", "/installations?subgroup=A4&modality=verde&status=active&city=Betim&sort=saving", nil).Status(200)
	wantError(t, k.API("ana", "GET", "/clients?subgroup=A4", nil), 422, crm.CodeInvalid, "subgroup")
	wantError(t, k.API("ana", "GET", "/contracts?city=Betim", nil), 422, crm.CodeInvalid, "city")
	wantError(t, k.API("ana", "GET", "/clients?tier=Z", nil), 422, crm.CodeInvalid, "tier")
}
