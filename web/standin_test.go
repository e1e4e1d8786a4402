package web_test

import (
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/reports"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// TestStandInPages: the client page says who stands in until when, and the
// stand-in is shown which clients are not its own.
func TestStandInPages(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	k.Must(k.Service.TurnStandIns(t.Context()))
	who, today := "ana", crm.DayOf(webtest.Now)
	_, err := k.Service.EditClient(t.Context(), crm.SystemActor(), estates["bia"].Client, 0, crm.ClientPatch{StandIn: &who, StandInFrom: &today, StandInUntil: &today})
	k.Must(err)
	for user, mark := range map[string]bool{"ana": true, "bia": false, "north": false} {
		a := k.Browser(user).Get("/clients/" + estates["bia"].Client)
		if got := a.Find(".title .badge:contains('Substituição até')").Length() == 1; got != mark {
			t.Errorf("%s: marked is %v", user, got)
		}
		if text := a.Find(".facts, dl").Text(); !strings.Contains(text, "Ana Agente") {
			t.Errorf("%s is not told who stands in: %s", user, text)
		}
	}
	a := k.Browser("ana").Get("/clients")
	if n := a.Find("#list-rows .badge:contains('Substituição')").Length(); n != 1 {
		t.Errorf("%d clients are marked in the list, want one of two", n)
	}
	if n := a.Find("td.c-agent").Length(); n != 2 {
		t.Errorf("the stand-in is not told whose each client is: %d", n)
	}
	if n := k.Browser("bia").Get("/clients").Find("td.c-agent, #list-rows .badge:contains('Substituição')").Length(); n != 0 {
		t.Errorf("the agent's own list has %d marks", n)
	}
	if n := k.Browser("ana").Get("/clients?agent=ana").Find("#list-rows tr").Length(); n != 1 {
		t.Errorf("as agent it has %d clients, want its own", n)
	}
}

// TestStandInDuplicates: who serves a client for another decides on its doubles
// and sees what was merged into it, while it does.
func TestStandInDuplicates(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	k.Must(k.Service.TurnStandIns(t.Context()))
	who, today := "ana", crm.DayOf(webtest.Now)
	e := estates["bia"]
	m, err := crm.Merges.Get(t.Context(), k.Service.Store(), e.Merge)
	k.Must(err)
	m.State = crm.MergeDone
	k.Apply(crm.Merges.Put(&m))
	shown := func(when string, want bool) {
		t.Helper()
		a := k.Browser("ana").Get("/duplicates").Status(200)
		pairs, merges := a.Find(".pair:contains('"+e.Mark+"')").Length(), a.Find("form[action='/merges/"+e.Merge+"/undo']").Length()
		if (pairs > 0) != want || (merges > 0) != want {
			t.Errorf("%s: %d pairs and %d merges", when, pairs, merges)
		}
	}
	shown("before", false)
	_, err = k.Service.EditClient(t.Context(), crm.SystemActor(), e.Client, 0, crm.ClientPatch{StandIn: &who, StandInFrom: &today, StandInUntil: &today})
	k.Must(err)
	shown("on the day", true)
	k.Browser("ana").Post("/duplicates/" + web.PathID(e.Pair) + "/apart").Status(303)
	k.Browser("ana").Post("/duplicates/" + web.PathID(e.Pair) + "/open").Status(303)
	k.Pass(24 * time.Hour)
	shown("the day after, not turned", false)
	k.Must(k.Service.TurnStandIns(t.Context()))
	shown("the day after", false)
	k.Browser("ana").Post("/merges/" + e.Merge + "/undo").Status(404)
}

// TestStandInReports: the month's workbook of a stand-in has what it serves
// today.
func TestStandInReports(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	k.Must(k.Service.TurnStandIns(t.Context()))
	who, today := "ana", crm.DayOf(webtest.Now)
	_, err := k.Service.EditClient(t.Context(), crm.SystemActor(), estates["cleo"].Client, 0, crm.ClientPatch{StandIn: &who, StandInFrom: &today, StandInUntil: &today})
	k.Must(err)
	u, err := crm.Users.Get(t.Context(), k.Service.Store(), "ana")
	k.Must(err)
	for _, c := range []struct {
		actor crm.Actor
		want  int
	}{{k.Service.ActorOf(&u), 2}, {u.Actor(), 1}} {
		data, err := reports.Collect(t.Context(), k.Service, c.actor, calendar.Month(crm.MonthOf(webtest.Now)).Add(-1))
		if err != nil || len(data.Clients) != c.want {
			t.Errorf("standing in %v: %d clients (%v), want %d", c.actor.StandsIn, len(data.Clients), err, c.want)
			continue
		}
		for _, cl := range data.Clients {
			if len(cl.Installations) == 0 {
				t.Errorf("standing in %v: %s has no installation", c.actor.StandsIn, cl.Name)
			}
		}
	}
}

// TestStandInFeed: the calendar file has the dates of what is served on the day
// on which it is fetched.
func TestStandInFeed(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	k.Must(k.Service.TurnStandIns(t.Context()))
	secret, err := k.Service.MakeFeed(t.Context(), k.Actor("ana"))
	k.Must(err)
	who, tomorrow := "ana", crm.DayOf(webtest.Now.Add(24*time.Hour))
	_, err = k.Service.EditClient(t.Context(), crm.SystemActor(), estates["cleo"].Client, 0, crm.ClientPatch{StandIn: &who, StandInFrom: &tomorrow, StandInUntil: &tomorrow})
	k.Must(err)
	for day, want := range []bool{false, true, false} {
		if day > 0 {
			k.Pass(24 * time.Hour)
			k.Must(k.Service.TurnStandIns(t.Context()))
		}
		a := k.Stranger().Get("/calendar/feed/" + secret + ".ics")
		if got := strings.Contains(a.Body, estates["cleo"].Mark); a.StatusCode != 200 || got != want {
			t.Errorf("day %d: status %d, the other's dates are there: %v, want %v", day, a.StatusCode, got, want)
		}
		if !strings.Contains(a.Body, estates["ana"].Mark) {
			t.Errorf("day %d: its own dates are missing", day)
		}
	}
}
