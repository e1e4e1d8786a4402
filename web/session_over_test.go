package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// hidden is a form's hidden fields, for who presses its button.
func hidden(a *webtest.Answer, form string) (action string, pairs []string) {
	f := a.Find(form)
	for _, in := range f.Find("input[type=hidden]").EachIter() {
		pairs = append(pairs, in.AttrOr("name", ""), in.AttrOr("value", ""))
	}
	return f.AttrOr("action", ""), pairs
}

// Somebody types while the session ends: after the sign-in the form stands
// there as it was typed, unsaved, and then saves.
func TestSessionOverInAForm(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Stranger()
	typed := []string{"name", "Helena Prado <diretora>", "emails", "helena@usina.example\r\nh.prado@usina.example", "password", "segredo"}
	asked := b.Post("/people/"+e.Person, typed...).Status(http.StatusUnauthorized).Has(".notice", "volta ao formulário")
	_, held := hidden(asked, "form")
	refused := b.Post("/signin", append(held, "email", "ana@cemig.example", "password", "errada")...).Status(401)
	_, held = hidden(refused, "form")
	if strings.Contains(asked.Body+refused.Body, "segredo") {
		t.Error("a password stands in the page")
	}
	in := b.Post("/signin", append(held, "email", "ana@cemig.example", "password", webtest.Password)...).Status(200)
	path, typed := hidden(in, "form[data-resume]")
	if path != "/people/"+e.Person {
		t.Fatalf("leads to %q", path)
	}
	form := b.Post(path, typed...).Status(403).Has(".notice", "nada foi salvo ainda").Value("name", "Helena Prado <diretora>")
	if p, err := k.Service.Person(t.Context(), crm.SystemActor(), e.Person); err != nil || strings.Contains(p.Name, "Prado") {
		t.Fatalf("saved without a token: %q, %v", p.Name, err)
	}
	token := form.Find("form [name=csrf]").First().AttrOr("value", "")
	again := append([]string{"csrf", token}, typed...)
	b.Follow(b.Post(path, again...)).Status(200)
	if p, err := k.Service.Person(t.Context(), crm.SystemActor(), e.Person); err != nil || p.Name != "Helena Prado <diretora>" || len(p.Emails) != 2 {
		t.Errorf("saved %+v, %v", p, err)
	}
}

// No form is taken without a good token, whoever fills it in; and those that can
// come back do so with a fresh token.
func TestNoFormIsTakenWithoutAToken(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	forms := web.Forms()
	for _, route := range web.Routes() {
		c, b := matrix[route], k.Browser("ana")
		path, isPage := strings.CutSuffix(route, " page")
		if !isPage || !strings.HasPrefix(route, "POST ") || c.reach == open {
			continue
		}
		var form []string
		for _, v := range c.form {
			form = append(form, strings.ReplaceAll(v, "{client}", e.Client))
		}
		a := b.Post(c.path(e), append(form, "csrf", "stale")...)
		if a.StatusCode/100 != 4 {
			t.Errorf("%s: %d to %q", route, a.StatusCode, a.Header.Get("Location"))
		}
		if forms[strings.TrimPrefix(path, "POST ")] && a.StatusCode != 404 && !strings.Contains(a.Body, b.CSRF()) {
			t.Errorf("%s: no form to send again: %d\n%.300s", route, a.StatusCode, a.Body)
		}
		r := httptest.NewRequest(http.MethodPost, c.path(e), strings.NewReader(""))
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if a := k.Stranger().Do(r); a.StatusCode == 401 {
			t.Errorf("%s: another site's form is held", route)
		}
	}
}

// A form that must not be taken dials nobody.
func TestUntakenMailboxIsNotTried(t *testing.T) {
	k := webtest.New(t)
	k.Mail.Err = crm.Errf(crm.CodeUnauthorized, "error.signin.expired")
	k.Browser("ana").Post("/mailboxes", "csrf", "stale", "address", "ana@cemig.example", "host", "127.0.0.1", "port", "143", "tls", "plain", "login", "ana", "password", "segredo1").
		Status(422).Has("form", "nada foi salvo ainda").Value("address", "ana@cemig.example")
}

// What can hold nothing leads back to the page that asked.
func TestSignInLeadsBack(t *testing.T) {
	k := webtest.New(t)
	for name, tc := range map[string]struct{ method, path, header, from, want string }{
		"page":    {"GET", "/clients?q=a", "", "", "/clients?q=a"},
		"button":  {"POST", "/jobs/x/cancel", "Referer", "http://example.com/imports/x", "/imports/x"},
		"part":    {"GET", "/search?q=a", "HX-Current-URL", "http://example.com/clients/c", "/clients/c"},
		"foreign": {"POST", "/jobs/x/cancel", "Referer", "http://other.example/imports/x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, tc.path, nil)
			if tc.header != "" {
				r.Header.Set(tc.header, tc.from)
				r.Header.Set("HX-Request", map[bool]string{true: "true"}[tc.header == "HX-Current-URL"])
			}
			a := k.Stranger().Do(r)
			u, err := url.Parse(a.Header.Get("Location") + a.Header.Get("HX-Redirect"))
			if err != nil || u.Path != "/signin" || u.Query().Get("next") != tc.want {
				t.Errorf("%d to %v, %v", a.StatusCode, u, err)
			}
		})
	}
	// The script sends what htmx could not as a page's own form.
	if a := k.Stranger().PostPart("/activities", "text", "x"); a.StatusCode != 401 || a.Header.Get("HX-Redirect") != "" {
		t.Errorf("%d to %q", a.StatusCode, a.Header.Get("HX-Redirect"))
	}
}
