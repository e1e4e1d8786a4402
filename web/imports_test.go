package web_test

import (
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
	if page := b.Get(at).Status(200).Body; !strings.Contains(page, "criou (2) é apagado, e o que ela alterou (1)") || !strings.Contains(page, `action="`+at+`/undo"`) {
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
	if u.State != crm.JobQueued || string(u.Args) != `{"batch":"`+e.Applied+`"}` {
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
