package web_test

import (
	"fmt"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// TestUndoOfAnImport walks from the import's page to what the undo kept.
func TestUndoOfAnImport(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	e := k.Fill()["ana"]
	at := "/imports/" + e.Applied
	for n := range 4 { // its first try, which was stopped, made two of them
		rev := crm.Revision{ID: fmt.Sprintf("clients/x%d#1", n), Of: "clients", Doc: fmt.Sprintf("x%d", n), Version: 1, By: "ana", At: webtest.Now, Batch: e.Applied, Made: true}
		k.Apply(crm.Revisions.InsertIfAbsent(&rev))
	}
	rev := crm.Revision{ID: "clients/y#2", Of: "clients", Doc: "y", Version: 2, By: "ana", At: webtest.Now, Batch: e.Applied}
	k.Apply(crm.Revisions.InsertIfAbsent(&rev))
	if page := b.Get(at).Status(200).Body; !strings.Contains(page, "criou (4) é apagado, e o que ela alterou (1)") || !strings.Contains(page, "4 novas, 1 alterada<") || !strings.Contains(page, `action="`+at+`/undo"`) {
		t.Error("the page does not say what an undo does")
	}
	if a := b.Post("/imports/" + e.Import + "/undo").Status(412); !strings.Contains(a.Body, "não gravou nada") {
		t.Error("a dry run can be undone")
	}
	for range 2 { // a second click is the same undo
		if to := b.Post(at + "/undo").Status(303).Header.Get("Location"); to != at+"/undo" {
			t.Error(to)
		}
	}
	u, err := k.Service.UndoOf(t.Context(), k.Actor("ana"), e.Applied)
	k.Must(err)
	if u.State != crm.JobQueued || string(u.Args) != `{"batch":"`+e.Applied+`","of":"import"}` {
		t.Errorf("%+v", u)
	}
	b.Get(at + "/undo").Status(200)
	u.State, u.EndedAt = crm.JobDone, &u.CreatedAt
	u.Result = []byte(`{"undone":2,"kept":3,"refused":[{"of":"clients","doc":"` + e.Client + `","client":"` + e.Client + `","name":"Fulana <b>","reason":{"key":"undo.edited"}},` +
		`{"of":"clients","doc":"x","reason":{"key":"undo.gone"}}]}`)
	k.Apply(crm.Jobs.Put(u))
	page := b.Get(at + "/undo").Status(200).Body
	for _, want := range []string{`href="/clients/` + e.Client + `"`, "Fulana &lt;b&gt;", "Foi alterado depois", "Não está mais na sua carteira", "e mais 1"} {
		if !strings.Contains(page, want) {
			t.Errorf("the result lacks %s", want)
		}
	}
	if strings.Contains(page, `href="/clients/x"`) {
		t.Error("a link to what ana does not see any more")
	}
	if list := b.Get("/imports").Status(200).Body; !strings.Contains(list, "desfeita") {
		t.Error("the list does not say that it was undone")
	}
}

// TestFailedImportThatWroteNothing offers no undo; one that wrote before it
// failed does.
func TestFailedImportThatWroteNothing(t *testing.T) {
	k := webtest.New(t)
	b, e := k.Browser("ana"), k.Fill()["ana"]
	at := "/imports/" + e.Applied
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), e.Applied)
	k.Must(err)
	j.State, j.Error, j.Result = crm.JobFailed, &crm.Text{Key: "error.internal"}, nil
	k.Apply(crm.Jobs.Put(&j))
	b.Get(at).Status(200).Lacks(`form[action="` + at + `/undo"]`)
	b.Post(at + "/undo").Status(412)
	name := "Cliente da importação"
	_, _, err = k.Service.AddClient(crm.WithBatch(t.Context(), j.ID), k.Actor("ana"), crm.NewClient{ClientPatch: crm.ClientPatch{Name: &name}})
	k.Must(err)
	b.Get(at).Status(200).Has(`form[action="`+at+`/undo"] button`, "Desfazer")
	b.Post(at + "/undo").Status(303)
}

// TestImportGoesOnWithItsYear gives the year where it was missed: what was sent
// is kept, and what was asked for stays asked for.
func TestImportGoesOnWithItsYear(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	e := k.Fill()["ana"]
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), e.Import)
	k.Must(err)
	j.State, j.Error, j.Result = crm.JobFailed, &crm.Text{Key: "import.ucmt.year"}, nil
	j.Args = []byte(`{"blob":"b","name":"ucmt.csv","dryRun":true}`)
	k.Apply(crm.Jobs.Put(&j))
	at := "/imports/" + j.ID
	b.Get(at).Status(200).Has(`form[action="`+at+`/run"] input[name=year]`, "").Lacks(".notice a")
	for _, bad := range []string{"", "soon", "1812"} {
		b.Post(at+"/run", "year", bad).Status(422).Has(".field", "").Has(`input[name=year]`, "")
	}
	to := b.Post(at+"/run", "year", "2022").Status(303).Header.Get("Location")
	fresh, err := k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(to, "/imports/"))
	k.Must(err)
	if got := string(fresh.Args); got != `{"blob":"b","name":"ucmt.csv","year":2022,"dryRun":true}` {
		t.Errorf("it goes on with %s", got)
	}
}

// TestMappingOfAFile walks through the wizard without a script: a file with
// headers of its own is asked about, read otherwise, refused, taken, and
// remembered.
func TestMappingOfAFile(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("ana")
	send := func() string {
		a := b.Do(upload(t, "/imports", map[string]string{"csrf": b.CSRF()}, "meus.csv", []byte("Documento;Apelido;Carga\n06.981.180/0001-16;Um;1.234\n"))).Status(303)
		return a.Header.Get("Location")
	}
	at := send()
	if to := b.Get(at).Status(303).Header.Get("Location"); to != at+"/mapping" {
		t.Fatalf("a file with unknown headers goes to %s", to)
	}
	if blank := b.Get(at + "/mapping").Status(200).Body; !strings.Contains(blank, "Nada neste arquivo foi reconhecido") || !strings.Contains(blank, `href="/imports/template.xlsx"`) ||
		!strings.Contains(blank, "Apelido") || strings.Contains(blank, `name="column.0.1"`) {
		t.Error("a file of which nothing is known comes without its columns, or without a way on")
	}
	page := b.Get(at + "/mapping?encoding=utf-8&comma=%3B&sheet.0=clients").Status(200).Body
	for _, want := range []string{`<option value="taxId" selected>`, "06.981.180/0001-16", `name="column.0.2"`, "meus.csv", `<option value=";" selected>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	form := []string{"encoding", "utf-8", "comma", ";", "sheet.0", "clients", "header.0", "1", "column.0.0", "taxId"}
	if a := b.Post(at+"/mapping", form...).Status(422); !strings.Contains(a.Body, "Falta uma coluna para Nome") || !strings.Contains(a.Body, `<option value="taxId" selected>`) {
		t.Error("a mapping without a name is taken, or what was chosen is lost")
	}
	if to := b.Post(at+"/mapping", append(form, "column.0.1", "name")...).Status(303).Header.Get("Location"); to != at {
		t.Error(to)
	}
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), strings.TrimPrefix(at, "/imports/"))
	k.Must(err)
	if s := string(j.Args); j.State != crm.JobQueued || !strings.Contains(s, `"dryRun":true`) || !strings.Contains(s, `{"at":1,"target":"name"}`) {
		t.Errorf("%s %s", j.State, s)
	}
	if page := b.Get(at).Status(200).Body; !strings.Contains(page, `<span class="badge">Carteira</span>`) {
		t.Error("a running import does not say what was found")
	}
	b.Get(at + "/mapping").Status(303) // it runs: nothing may be changed
	if again := b.Get(send() + "/mapping").Status(200).Body; !strings.Contains(again, `<option value="name" selected>`) {
		t.Error("the same headers are not mapped as before")
	}
	bia := k.Browser("bia")
	bia.Get(at + "/mapping").Status(404)
}

// TestImportsInWords: what a list and a result say of a dry run with refusals, of
// a file without rows, and of when an import was undone.
func TestImportsInWords(t *testing.T) {
	k := webtest.New(t)
	b, e := k.Browser("ana"), k.Fill()["ana"]
	list := b.Get("/imports").Status(200).Body
	if strings.Contains(list, "com recusas") || !strings.Contains(list, "conferência") || !strings.Contains(list, "1 recusada") || !strings.Contains(list, "até 3\u00a0MB") {
		t.Error("a dry run with refusals reads like an import")
	}
	if page := b.Get("/imports/" + e.Import).Status(200).Body; !strings.Contains(page, "1 nova, 1 alterada, 1 recusada<") {
		t.Error("counts without their plurals")
	}
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), e.Import)
	k.Must(err)
	k.Must(k.Service.DropJobRows(t.Context(), j.ID))
	j.Result = []byte(`{"kind":"portfolio","dryRun":true,"rows":0,"sheets":[{"kind":"clients"}]}`)
	k.Apply(crm.Jobs.Put(&j))
	if page := b.Get("/imports/" + e.Import).Status(200).Body; !strings.Contains(page, "nenhuma linha com dados") || strings.Contains(page, "Nenhuma linha recusada") {
		t.Error("a file without rows is praised")
	}
	rev := crm.Revision{ID: "clients/y#2", Of: "clients", Doc: "y", Version: 2, By: "ana", At: webtest.Now, Batch: e.Applied}
	k.Apply(crm.Revisions.InsertIfAbsent(&rev))
	b.Post("/imports/" + e.Applied + "/undo").Status(303)
	u, err := k.Service.UndoOf(t.Context(), k.Actor("ana"), e.Applied)
	k.Must(err)
	u.State, u.EndedAt = crm.JobDone, &u.CreatedAt
	k.Apply(crm.Jobs.Put(u))
	if page := b.Get("/imports/" + e.Applied).Status(200).Body; !strings.Contains(page, "foi desfeita (hoje, ") {
		t.Error("when it was undone does not read well")
	}
}

// TestDifferences shows a dry run field by field, and goes on to the import.
func TestDifferences(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	d := crm.ImportDiff{ID: e.Import + ":00000002", Job: e.Import, Row: 12, Kind: crm.RowClient, Of: e.Client, Name: "Fulana", Fields: []crm.RevisedField{
		{Name: "city", To: []byte(`"Betim"`)}, {Name: "munIbge", From: []byte(`"1"`), To: []byte(`"3106705"`)}, {Name: "status", From: []byte(`"active"`), To: []byte(`"former"`)},
		{Name: "emails", From: []byte(`["a@b.example","c@d.example"]`)}}}
	c := crm.ImportDiff{ID: e.Import + ":00000003", Job: e.Import, Row: 13, Kind: crm.RowContract, Of: "x", Name: "uc", Fields: []crm.RevisedField{
		{Name: "schedule", From: []byte(`[{"from":"2025-03","singleW":500000}]`), To: []byte(`[{"from":"2025-03","singleW":650500}]`)}, {Name: "renews", From: []byte("false"), To: []byte("true")}}}
	r := crm.ImportDiff{ID: e.Import + ":00000004", Job: e.Import, Row: 14, Kind: crm.RowReading, Of: e.Installation + ":2026-10", Name: "UC 1 · out/2026", Fields: []crm.RevisedField{
		{Name: "origin", From: []byte(`"hand"`), To: []byte(`"import"`)}}}
	i := crm.ImportDiff{ID: e.Import + ":00000005", Job: e.Import, Row: 15, Kind: crm.RowInstallation, Of: e.Installation, Name: "Forno", Fields: []crm.RevisedField{
		{Name: "status", From: []byte(`"active"`), To: []byte(`"off"`)}, {Name: "conditions", To: []byte(`["irrigation","generation"]`)}, {Name: "transformerVA", To: []byte("1500000")},
		{Name: "secondaryMeter", To: []byte("true")}, {Name: "voltage", To: []byte("13800")}}}
	c.Fields = append(c.Fields, crm.RevisedField{Name: "migration", To: []byte(`{"requested":"2026-01-05"}`)}, crm.RevisedField{Name: "test", To: []byte(`{"from":"2025-03","cycles":3}`)})
	k.Apply(crm.ImportDiffs.Put(&d), crm.ImportDiffs.Put(&c), crm.ImportDiffs.Put(&r), crm.ImportDiffs.Put(&i))
	page := b.Get("/imports/" + e.Import).Status(200).Body
	for _, want := range []string{"Fulana", "linha 12", "<td>Município</td>", "Betim", "Código IBGE", "Ativo", "Antigo", "a@b.example, c@d.example", "Demanda contratada", "650,5\u00a0kW", "sim", "/mapping", "/file",
		"Lançada à mão", "Importação", "Ligada", "Desligada", "Irrigação ou aquicultura, Geração própria", "Transformador (kVA)", "<td>1.500</td>", "Medição no secundário", "<td>13,8</td>", "Migração pedida em", "05/01/2026", "Período de testes desde", "2025", `href="/installations/` + e.Installation + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for range 2 {
		if to := b.Post("/imports/" + e.Import + "/run").Status(303).Header.Get("Location"); to != "/imports/"+e.Import {
			t.Error(to)
		}
	}
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), e.Import)
	k.Must(err)
	if j.State != crm.JobQueued || strings.Contains(string(j.Args), "dryRun") || j.Result != nil {
		t.Errorf("%+v", j)
	}
	now := webtest.Now
	j.State, j.StartedAt, j.EndedAt, j.Cancel = crm.JobCancelled, &now, &now, true
	k.Apply(crm.Jobs.Put(&j))
	if page := b.Get("/imports/" + e.Import).Status(200).Body; !strings.Contains(page, "Continuar") {
		t.Error("a stopped import cannot go on")
	}
	b.Post("/imports/" + e.Import + "/run").Status(303)
	if j, _ := k.Service.Job(t.Context(), k.Actor("ana"), e.Import); j.State != crm.JobQueued || j.Cancel {
		t.Errorf("%+v", j)
	}
}

// A dry run names sectors as admins named them, also where a client's sectors are
// dated; what it shows of a member is never the member's name in the store.
func TestDifferencesOfASector(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	if _, err := k.Service.EditSector(t.Context(), k.Actor("admin"), "food", 0, crm.SectorInput{Name: "Comida & Bebida", NameEN: "Meals", Divisions: []string{"10", "11", "12"}}); err != nil {
		t.Fatal(err)
	}
	d := crm.ImportDiff{ID: e.Import + ":00000002", Job: e.Import, Row: 12, Kind: crm.RowClient, Of: e.Client, Name: "Fulana", Fields: []crm.RevisedField{
		{Name: "sector", From: []byte(`"mining"`), To: []byte(`"food"`)}, {Name: "sectorBy", From: []byte(`"cnae"`), To: []byte(`"hand"`)}, {Name: "tierBy", From: []byte(`"rule"`)},
		{Name: "sectors", From: []byte(`[{"sector":"mining"}]`), To: []byte(`[{"sector":"mining"},{"sector":"food","from":"2026-11-21"}]`)}, {Name: "secret", To: []byte(`"x"`)}}}
	k.Apply(crm.ImportDiffs.Put(&d))
	page := k.Browser("ana").Get("/imports/"+e.Import).Status(200).Has("#diffs", "Comida & Bebida").Has("#diffs", "Mineração, Comida & Bebida (21/11/2026)").Has("#diffs", "Faixa pela regra")
	told := page.Find("#diffs").Text()
	for _, raw := range []string{"sectors", "sectorBy", "tierBy", "hand", "rule", "secret", "food"} {
		if strings.Contains(told, raw) {
			t.Errorf("the page says %q: %s", raw, told)
		}
	}
}
