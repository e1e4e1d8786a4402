package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/web/webtest"
)

func TestOwnSessions(t *testing.T) {
	k := webtest.New(t)
	here, other := k.Browser("ana"), k.Browser("ana")
	bia := k.Browser("bia")
	id := k.Session("ana")
	a := here.Get("/settings/sessions").Status(200).Has(".sessionrow", "Firefox").Has(".sessionrow", "192.0.2.1")
	if n := a.Find(".sessionrow").Length(); n != 3 {
		t.Fatalf("%d sessions", n)
	}
	if n := a.Find(".sessionrow .badge").Length(); n != 1 {
		t.Errorf("%d are marked as this one", n)
	}
	bia.Post("/settings/sessions/end", "id", id).Status(404)
	here.Follow(here.Post("/settings/sessions/end", "id", id)).Has("[data-toast]", "encerrada")
	here.Post("/settings/sessions/end", "id", id).Status(404)
	here.Follow(here.Post("/settings/sessions/end-all")).Has("[data-toast]", "1 sessão encerrada").Lacks(".sessionrow form")
	other.Get("/").Status(303)
	bia.Get("/").Status(200)
}

func TestSessionsInTheAPI(t *testing.T) {
	k := webtest.New(t)
	var mine, other auth.Tokens
	in := map[string]string{"email": "ana@cemig.example", "password": webtest.Password}
	k.Token("", "POST", "/session", in, "User-Agent", "curl/8.5.0").Status(200).JSON(&mine)
	k.Token("", "POST", "/session", in).Status(200).JSON(&other)
	browser := k.Browser("ana")
	type row struct {
		ID, Kind, Browser string
		Current           bool
	}
	list := func(tokens auth.Tokens) (rows struct{ Items []row }) {
		k.Token(tokens.Token, "GET", "/me/sessions", nil).Status(200).JSON(&rows)
		return rows
	}
	var here, there string
	for _, r := range list(mine).Items {
		switch {
		case r.Current && r.Kind == "api" && r.Browser == "curl":
			here = r.ID
		case r.Kind == "api":
			there = r.ID
		}
	}
	if here == "" || there == "" {
		t.Fatalf("sessions %+v", list(mine))
	}
	wantError(t, k.API("bia", "DELETE", "/me/sessions/"+there, nil), 404, crm.CodeNotFound)
	k.Token(mine.Token, "DELETE", "/me/sessions/"+there, nil).Status(204)
	wantError(t, k.Token(other.Token, "GET", "/me", nil), 401, crm.CodeUnauthorized)
	wantError(t, k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": other.RefreshToken}), 401, crm.CodeUnauthorized)
	var ended struct{ Ended int }
	if k.Token(mine.Token, "DELETE", "/me/sessions", nil).Status(200).JSON(&ended); ended.Ended != 1 {
		t.Errorf("ended %d, want the browser's", ended.Ended)
	}
	browser.Get("/").Status(303)
	if rows := list(mine).Items; len(rows) != 1 || !rows[0].Current {
		t.Errorf("left %+v", rows)
	}
}

func TestAdminEndsSessionsOfAUser(t *testing.T) {
	k := webtest.New(t)
	admin, ana := k.Browser("admin"), k.Browser("ana")
	id := k.Session("ana")
	admin.Get("/users/ana").Status(200).Has(".sessionrow", "192.0.2.1")
	admin.Follow(admin.Post("/users/ana/sessions/end", "id", id)).Lacks(`[value="` + id + `"]`)
	admin.Post("/users/bia/sessions/end", "id", k.Session("ana")).Status(404)
	admin.Post("/users/ana/sessions/end-all").Status(303)
	ana.Get("/").Status(303)
	admin.Get("/").Status(200)
}

func TestPasswordChangeKeepsThisSession(t *testing.T) {
	k := webtest.New(t)
	here, other := k.Browser("ana"), k.Browser("ana")
	var script auth.Tokens
	k.Token("", "POST", "/session", map[string]string{"email": "ana@cemig.example", "password": webtest.Password}).JSON(&script)
	cookie := here.Cookies["cemigmas"]
	here.Follow(here.Post("/password", "old", webtest.Password, "password", "outra senha longa", "again", "outra senha longa")).Has("[data-toast]", "outras sessões")
	if here.Cookies["cemigmas"] != cookie {
		t.Error("this browser was signed in anew")
	}
	other.Get("/").Status(303)
	wantError(t, k.Token(script.Token, "GET", "/me", nil), 401, crm.CodeUnauthorized)
	wantError(t, k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": script.RefreshToken}), 401, crm.CodeUnauthorized)
	here.Get("/settings/sessions").Lacks(".sessionrow form")
}

// Disabled means disabled at once: pages, tokens, links and waiting jobs. The
// stream of news is TestEventsEndWithTheUser, running jobs are in crm/jobs.
func TestDisabledAtOnce(t *testing.T) {
	k := webtest.New(t)
	admin, ana := k.Browser("admin"), k.Browser("ana")
	var script auth.Tokens
	k.Token("", "POST", "/session", map[string]string{"email": "ana@cemig.example", "password": webtest.Password}).JSON(&script)
	link := linkOf(admin.Post("/users/ana/link").Status(200))
	ana.Post("/reports", "month", "2026-10", "lang", "es").Status(303)
	admin.Follow(admin.Post("/users/ana/disable")).Has("[data-toast]", "não entra")
	ana.Get("/").Status(303)
	wantError(t, k.Token(script.Token, "GET", "/me", nil), 401, crm.CodeUnauthorized)
	wantError(t, k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": script.RefreshToken}), 401, crm.CodeUnauthorized)
	wantError(t, k.Token("", "POST", "/session", map[string]string{"email": "ana@cemig.example", "password": webtest.Password}), 401, crm.CodeUnauthorized)
	stranger := k.Stranger()
	stranger.Follow(stranger.Get(link)).Status(404)
	jobs, _, err := k.Service.ListJobs(t.Context(), crm.SystemActor(), crm.JobReport, 0, "")
	k.Must(err)
	if len(jobs) != 1 || jobs[0].State != crm.JobCancelled {
		t.Errorf("jobs %+v", jobs)
	}
	admin.Get("/users/ana").Lacks(".sessionrow").Has(".badge", "Desativado")
	admin.Post("/users/ana/link").Status(http.StatusUnprocessableEntity)
	admin.Post("/users/ana/enable").Status(303)
	ana.Get("/").Status(303) // what was ended stays ended
	stranger.Get("/link").Status(404)
}

// A session that is ended closes the stream at once, not at the next beat.
func TestEventsEndWithTheUser(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	ended := make(chan string)
	go func() { ended <- b.Get("/events").Body }()
	// The stream is open once it hears of something.
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	disabled := false
	for {
		select {
		case body := <-ended:
			if !disabled || !strings.Contains(body, ": open") {
				t.Errorf("the stream was %q", body)
			}
			return
		case <-tick.C:
			// Again until the stream was there to hear it.
			_, err := k.Service.DisableUser(t.Context(), crm.SystemActor(), "ana", true)
			k.Must(err)
			disabled = true
		case <-deadline:
			t.Fatal("the stream goes on")
		}
	}
}
