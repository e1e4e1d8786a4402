package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// behind is a server whose every request comes from a named proxy: tests come
// from 0.0.0.0.
func behind(c *web.Config) { c.Proxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")} }

// signIn posts the form with headers as name, value pairs.
func signIn(k *webtest.Kit, email, password string, headers ...string) *webtest.Answer {
	k.Helper()
	r := httptest.NewRequest(http.MethodPost, "/signin", strings.NewReader(url.Values{"email": {email}, "password": {password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return k.Stranger().Do(r)
}

// TestThrottleSeesTheClient: who guesses behind a proxy waits alone, whatever
// else it writes into the header.
func TestThrottleSeesTheClient(t *testing.T) {
	k := webtest.New(t, behind)
	for range 31 {
		signIn(k, "x"+k.Service.NewID()+"@cemig.example", "errada", "X-Forwarded-For", "203.0.113."+k.Service.NewID()[20:]+", 198.51.100.7")
	}
	signIn(k, "ana@cemig.example", webtest.Password, "X-Forwarded-For", "198.51.100.7").Status(http.StatusTooManyRequests)
	signIn(k, "ana@cemig.example", webtest.Password, "X-Forwarded-For", "198.51.100.8").Status(http.StatusSeeOther)
}

// TestHTTPSBehindAProxy: only the named proxy can say that the browser speaks
// https.
func TestHTTPSBehindAProxy(t *testing.T) {
	for _, c := range []struct {
		name    string
		options []webtest.Option
		secure  bool
	}{
		{"named", []webtest.Option{behind}, true},
		{"not named", nil, false},
	} {
		k := webtest.New(t, c.options...)
		a := signIn(k, "ana@cemig.example", webtest.Password, "X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https").Status(http.StatusSeeOther)
		if got := a.Cookies()[0].Secure; got != c.secure {
			t.Errorf("%s: the session's cookie is Secure: %v", c.name, got)
		}
		if got := a.Header.Get("Strict-Transport-Security") != ""; got != c.secure {
			t.Errorf("%s: HSTS: %v", c.name, got)
		}
	}
}

// TestDemonstrationLoginsBehindProxies: nobody sits at this machine who came
// through a proxy.
func TestDemonstrationLoginsBehindProxies(t *testing.T) {
	k := webtest.New(t, behind)
	k.Change("ana", func(u *crm.User) { u.LoopbackOnly = true })
	for _, chain := range []string{"127.0.0.1", "::1", "127.0.0.1, 198.51.100.7", "[::1]:80", "::ffff:127.0.0.1"} {
		signIn(k, "ana@cemig.example", webtest.Password, "X-Forwarded-For", chain).Status(http.StatusUnauthorized)
		k.Pass(2 * 3600e9)
	}
}

// TestForeignForms are refused, also those of browsers that name only the
// origin; scripts name none.
func TestForeignForms(t *testing.T) {
	k := webtest.New(t, behind)
	for _, c := range []struct {
		headers []string
		status  int
	}{
		{nil, http.StatusSeeOther},
		{[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://odd.example"}, http.StatusSeeOther},
		{[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		{[]string{"Origin", "http://example.com"}, http.StatusSeeOther}, // the test's own host
		{[]string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{[]string{"Origin", "null"}, http.StatusForbidden},
		{[]string{"Origin", "https://crm.example", "X-Forwarded-Host", "crm.example", "X-Forwarded-Proto", "https"}, http.StatusSeeOther},
		{[]string{"Origin", "http://crm.example", "X-Forwarded-Host", "crm.example", "X-Forwarded-Proto", "https"}, http.StatusForbidden},
	} {
		if a := signIn(k, "ana@cemig.example", webtest.Password, c.headers...); a.StatusCode != c.status {
			t.Errorf("%v: %d, want %d", c.headers, a.StatusCode, c.status)
		}
	}
	b := k.Browser("ana")
	r := httptest.NewRequest(http.MethodPost, "/settings", strings.NewReader("csrf="+b.CSRF()+"&lang=es"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://evil.example")
	b.Do(r).Status(http.StatusForbidden) // even with the right token
}
