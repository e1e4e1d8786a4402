package web_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// walkNear follows a link of records and lists their headings until it ends.
func walkNear(b *webtest.Browser, from, rel string, most int) (names, places []string) {
	for len(names) < most {
		a := b.Get(from).Status(200)
		names = append(names, strings.TrimSpace(a.Find(".crumbs b").Text()))
		places = append(places, strings.TrimSpace(a.Find(".topbar .end > .dim").Text()))
		to, ok := a.Find(".topbar a[rel=" + rel + "]").Attr("href")
		if !ok {
			break
		}
		from = to
	}
	return names, places
}

// TestNear: from a record one goes on in the order and with the filters of the
// list that it was opened from, over its pages, and back.
func TestNear(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for n := range 120 {
		c := crm.Client{ID: fmt.Sprintf("near%03d", n), Name: fmt.Sprintf("Padaria %03d", n), Agent: "ana", Team: "norte", Sector: "retail", Status: "active",
			ContractedW: int64(n) * 1000, CreatedAt: webtest.Now.Add(time.Duration(n))}
		if n%60 == 59 {
			c.Sector, c.Agent = "food", "bia" // of another sector and agent, between
		}
		k.Apply(crm.Clients.Put(&c))
	}
	var want []string
	for n := 119; n >= 0; n-- {
		if n%60 != 59 {
			want = append(want, fmt.Sprintf("Padaria %03d", n))
		}
	}
	b := k.Browser("ana")
	first, ok := b.Get("/clients?sector=retail&sort=contracted").Status(200).Find("#list-rows td a").First().Attr("href")
	if !ok || !strings.HasPrefix(first, "/clients/near118?in=0") {
		t.Fatalf("the first row leads to %q", first)
	}
	names, places := walkNear(b, first, "next", 200)
	if strings.Join(names, "|") != strings.Join(want, "|") {
		t.Errorf("next goes through %d: %q", len(names), names)
	}
	for n, place := range places {
		if place != fmt.Sprintf("%d de 118", n+1) {
			t.Errorf("record %d is %q", n, place)
		}
	}
	// Back over the border of two pages, to the beginning of the list.
	second := b.Get(first).Find(".topbar a[rel=next]").AttrOr("href", "")
	for range 52 {
		second = b.Get(second).Find(".topbar a[rel=next]").AttrOr("href", "")
	}
	names, places = walkNear(b, second, "prev", 200)
	if len(names) != 54 || names[0] != want[53] || names[53] != want[0] || places[53] != "1 de 118" {
		t.Errorf("previous goes through %d: %q %q", len(names), names, places)
	}
	if back := b.Get(second).Find(".crumbs a").First().AttrOr("href", ""); back != "/clients?sector=retail&sort=contracted" {
		t.Errorf("the way back is %q", back)
	}
	// The rows that "show more" brought know their page too.
	more := b.Get("/clients?sector=retail&sort=contracted").Find("#list-foot a.btn:not([download])").AttrOr("href", "")
	row := b.Get(more).Find("#list-rows td a").First().AttrOr("href", "")
	names, _ = walkNear(b, row, "prev", 3)
	if strings.Join(names, "|") != strings.Join([]string{want[50], want[49], want[48]}, "|") {
		t.Errorf("from the second page back: %q", names)
	}
}

// TestNearOfMoved: a record that left its place, or the list, lets one go on.
func TestNearOfMoved(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for n := range 5 {
		at := webtest.Now.AddDate(0, 0, n-20)
		k.Apply(crm.Clients.Put(&crm.Client{ID: fmt.Sprintf("m%d", n), Name: fmt.Sprintf("Padaria %d", n), Agent: "ana", Team: "norte", Sector: "retail", Status: "active", LastContactAt: &at, CreatedAt: webtest.Now}))
	}
	b := k.Browser("ana")
	page := b.Get("/clients/m1?in="+url.QueryEscape("1?sector=retail&sort=lastContact")).Status(200).Has(".topbar .end > .dim", "2 de 5")
	b.Post("/clients/m1/activities", "kind", "call", "text", "Ligou").Status(303)
	page = b.Get(page.Request.URL.RequestURI()).Status(200).Has(".topbar .end > .dim", "5 de 5").Lacks(".topbar a[rel=next]")
	if got := page.Find(".topbar a[rel=prev]").AttrOr("href", ""); !strings.HasPrefix(got, "/clients/m4?") {
		t.Errorf("of one that is the last now, the one before is %q", got)
	}
	// One that is in the list no more: the next stands where it stood.
	b.Get("/clients/m1?in=" + url.QueryEscape("1?sector=mining")).Status(200).Lacks(".topbar a[rel]")
	gone := b.Get("/clients/cl1?in=" + url.QueryEscape("2?sector=retail")).Status(200)
	if prev, next := gone.Find(".topbar a[rel=prev]").AttrOr("href", ""), gone.Find(".topbar a[rel=next]").AttrOr("href", ""); !strings.HasPrefix(prev, "/clients/m1?") || !strings.HasPrefix(next, "/clients/m2?") {
		t.Errorf("beside one that is gone: %q and %q", prev, next)
	}
	for _, in := range []string{"x", "-1", "50", "0?sort=colour", "0?after=nonsense&n=50", "0?%zz", "9999999999999999999"} {
		b.Get("/clients/m1?in=" + url.QueryEscape(in)).Status(200).Lacks(".topbar a[rel]")
	}
}

// TestNearOfRecords: what belongs to clients has neighbours too, and nobody is
// led to a record of another's.
func TestNearOfRecords(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e := estates["ana"]
	for _, c := range []struct{ list, in string }{{"/installations", "sort=worst"}, {"/people", ""}, {"/contracts", "sort=client"}} {
		boss := k.Browser("admin")
		href := boss.Get(c.list+"?"+c.in).Status(200).Find("#list-rows tr:contains('"+e.Mark+"') td a").First().AttrOr("href", "")
		a := boss.Get(href).Status(200)
		if a.Find(".topbar a[rel=next], .topbar a[rel=prev]").Length() == 0 || !strings.Contains(a.Find(".topbar .end > .dim").Text(), " de 4") {
			t.Errorf("%s: %q has no neighbours", c.list, href)
		}
		a = k.Browser("ana").Get(href).Status(200).Lacks(".topbar a[rel]")
		for _, other := range []string{"bia", "cleo", "davi"} {
			if strings.Contains(a.Body, estates[other].Mark) {
				t.Errorf("%s: a word of %s's", c.list, other)
			}
		}
	}
}
