package web_test

import (
	"net/http"
	"testing"

	"cemigmas/web"
	"cemigmas/web/webtest"
)

// TestDatesAreDoneOnToday: a date is put off, done and dismissed where it
// stands; the manager and the calendar see the same.
func TestDatesAreDoneOnToday(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	to := "/deadlines/" + web.PathID(e.Deadline)
	ana, north := k.Browser("ana"), k.Browser("north")
	ana.Get("/").Status(200).Has(".dates.doing", e.ClientName).Has(".dates [data-done]", "").Has(".dates [name=on][value='2026-11-23']", "Amanhã")
	done := ana.Post(to+"/put-off", "on", "2026-11-23", "back", "/").Status(303)
	ana.Follow(done).Status(200).Has(".toast", "adiada para 23/11").Has(`.toast form[action="`+to+`/open"]`, "").Lacks(".dates.doing")
	north.Get("/calendar").Status(200).Has(".deadline", "adiada para 23/11")
	ana.Follow(ana.Post(to+"/put-off", "on", "ontem", "back", "/calendar").Status(303)).Status(200).Has(".toast", "data")
	north.Post(to+"/open", "back", "/").Status(303)
	ana.Get("/").Has(".dates.doing", e.ClientName)
	ana.Follow(ana.Post(to+"/settle", "how", "dismissed", "reason", "o cliente fica", "back", "/").Status(303)).Has(".toast", "fora da lista").Lacks(".dates.doing")
	north.Get("/calendar").Has(".deadline", "o cliente fica")
	north.Get("/").Lacks(".dates.doing [href='/clients/" + e.Client + "']")

	var waiting struct{ Items []struct{ ID string } }
	k.API("ana", http.MethodGet, "/deadlines/waiting", nil).Status(200).JSON(&waiting)
	if len(waiting.Items) != 0 {
		t.Errorf("waiting: %+v", waiting.Items)
	}
	k.API("ana", http.MethodPost, to+"/put-off", map[string]string{"on": "2026-12-01"}).Status(422)
	k.API("ana", http.MethodPost, to+"/open", nil).Status(200)
	k.API("ana", http.MethodGet, "/deadlines/waiting", nil).Status(200).JSON(&waiting)
	if len(waiting.Items) != 1 || waiting.Items[0].ID != e.Deadline {
		t.Errorf("waiting: %+v", waiting.Items)
	}
	k.API("ana", http.MethodPost, to+"/settle", map[string]string{"how": "perhaps"}).Status(422)
}
