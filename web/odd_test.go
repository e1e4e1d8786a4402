package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// HEAD and a trailing slash are the page itself.
func TestHeadAndTrailingSlash(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	for path := range pagesOf(e) {
		a := b.Do(httptest.NewRequest(http.MethodHead, path, nil))
		if a.StatusCode != http.StatusOK || a.Body != "" {
			t.Errorf("HEAD %s: %d with %d bytes", path, a.StatusCode, len(a.Body))
		}
		address, query, _ := strings.Cut(path, "?")
		if address != "/" {
			if a := b.Get(address + "/?" + query); a.StatusCode != http.StatusOK {
				t.Errorf("GET %s/: %d", address, a.StatusCode)
			}
		}
	}
}

// A page takes whatever stands in its address: what it does not know it leaves
// away, and a place in a list that is gone becomes the beginning, with a word.
func TestPagesTakeOddQueries(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e := estates["ana"]
	b, admin := k.Browser("ana"), k.Browser("admin")
	long := url.QueryEscape(strings.Repeat("moinho ", 2000)[:3500])
	for _, path := range []string{
		"/clients?q=" + long, "/clients?q=%21%3F.%2C%25_*%22'", "/clients?q=%00%ff", "/search?q=" + long, "/search?q=%21%3F%22", "/search?q=%ff",
		"/clients?sector=none&agent=nobody&status=x&view=y&unknown=1", "/clients?n=-5", "/clients/" + e.Client + "?kind=never", "/clients/" + e.Client + "?all=banana",
		"/installations/" + e.Installation + "?months=never", "/installations/" + e.Installation + "?months=-1", "/activities/new?client=", "/visits/new?client=",
		"/settings?lang=xx", "/reports?month=2026-99",
	} {
		if a := b.Get(path); a.StatusCode != http.StatusOK {
			t.Errorf("%.60s: %d\n%.300s", path, a.StatusCode, a.Find(".page").Text())
		}
	}
	b.Get("/clients?q=%21%3F").Status(200).Has("td a", e.Mark) // no word in it: nothing is left out
	for _, path := range []string{"/clients", "/clients/" + e.Client, "/triage", "/reports", "/imports", "/imports/" + e.Import} {
		for _, cursor := range []string{"garbage", "%ff%00", "AAAA"} {
			a := b.Get(path + "?n=50&after=" + cursor)
			if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != path {
				t.Errorf("%s?after=%s: %d to %q", path, cursor, a.StatusCode, a.Header.Get("Location"))
				continue
			}
			b.Follow(a).Status(200).Has("[data-toast]", "começo")
		}
	}
	admin.Follow(admin.Get("/users?after=garbage")).Status(200).Has("[data-toast]", "começo").Has(".userrow", "Ana")
	if a := b.Get("/clients?sector=food&sort=worst&after=x"); a.Header.Get("Location") != "/clients?sector=food&sort=worst" {
		t.Errorf("led to %q: the filters are gone", a.Header.Get("Location"))
	}
	if a := b.Part("/clients?after=x", "list-rows").Status(204); a.Header.Get("HX-Redirect") != "/clients" {
		t.Errorf("a fragment led to %q", a.Header.Get("HX-Redirect"))
	}
	b.Get("/clients?sort=weight").Status(200).Has(".notice", "")
}

// The limits of the API's lists: nothing and 0 are the list's own size, more
// than 200 is 200, less than 0 is an error.
func TestAPILimits(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	for _, path := range []string{"/clients", "/clients/" + e.Client + "/timeline", "/clients/" + e.Client + "/installations", "/installations/" + e.Installation + "/readings", "/imports/" + e.Import} {
		for _, limit := range []string{"", "0", "1", "1000"} {
			k.API("ana", "GET", path+"?limit="+limit, nil).Status(200)
		}
		for _, limit := range []string{"-1", "x", "1.5", "99999999999999999999"} {
			wantError(t, k.API("ana", "GET", path+"?limit="+limit, nil), 422, crm.CodeInvalid, "limit")
		}
		for _, cursor := range []string{"garbage", "AAAA", "%ff"} {
			wantError(t, k.API("ana", "GET", path+"?after="+cursor, nil), 422, crm.CodeInvalid)
		}
	}
	var rows struct{ Items []any }
	if k.API("ana", "GET", "/installations/"+e.Installation+"/readings?limit=1", nil).JSON(&rows); len(rows.Items) != 1 {
		t.Errorf("%d rows for limit 1", len(rows.Items))
	}
}

func TestAPIRefusesWithWords(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	client := "/clients/" + e.Client
	wantError(t, k.API("ana", "GET", client+"/timeline?kind=never", nil), 422, crm.CodeInvalid, "kind")
	wantError(t, k.API("ana", "POST", client+"/activities", map[string]string{"kind": "never", "text": "x"}), 422, crm.CodeInvalid, "kind")
	wantError(t, k.API("ana", "GET", "/clients?sort=weight", nil), 422, crm.CodeInvalid, "sort")
	for _, tag := range []string{"garbage", `"x"`, "-1", `"0"`, `"1", "2"`, `W/"`} {
		wantError(t, k.API("ana", "PATCH", client, map[string]string{"tier": "A"}, "If-Match", tag), 422, crm.CodeInvalid)
	}
	for path, body := range map[string]string{client + "/activities": `{"kind":"note","text":"x","colour":"red"}`, "/reports": `{"month":"2026-10","colour":1}`} {
		a := k.API("ana", "POST", path, body)
		if e := wantError(t, a, 422, crm.CodeInvalid, "colour"); !strings.Contains(e.Message, "colour") {
			t.Errorf("%s: %q does not name it", path, e.Message)
		}
	}
	wantError(t, k.API("ana", "PATCH", client, `{"tier":"A","colour":"red"}`), 422, crm.CodeInvalid, "colour")
	wantError(t, k.API("ana", "PATCH", client, `{"tier":7}`), 422, crm.CodeInvalid, "tier")
	wantError(t, k.API("ana", "PATCH", client, `{"tier":`), 422, crm.CodeInvalid)
	wantError(t, k.API("ana", "PATCH", client, `[1]`), 422, crm.CodeInvalid)
}
