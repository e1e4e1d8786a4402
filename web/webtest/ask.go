package webtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"cemigmas/crm/auth"
	"cemigmas/crm/secret"
)

// Answer is what the server said.
type Answer struct {
	*Kit
	*http.Response
	Body string
}

// Browser is somebody signed in to the pages.
type Browser struct {
	*Kit
	Cookies map[string]string
	csrf    string
}

// Browser signs a user in without the form.
func (k *Kit) Browser(name string) *Browser {
	k.Helper()
	token, err := k.Auth.OpenSession(k.Context(), k.Users[name], auth.Device{})
	k.Must(err)
	return &Browser{Kit: k, Cookies: map[string]string{"cemigmas": token}, csrf: k.Auth.CSRF(secret.TokenDigest(token))}
}

// Session opens one more session for a user and answers its id.
func (k *Kit) Session(name string) string {
	k.Helper()
	token, err := k.Auth.OpenSession(k.Context(), k.Users[name], auth.Device{Agent: "Firefox", Address: "192.0.2.1"})
	k.Must(err)
	return secret.TokenDigest(token)
}

// Stranger is a browser that nobody signed in.
func (k *Kit) Stranger() *Browser { return &Browser{Kit: k, Cookies: map[string]string{}} }

// Get asks for a page.
func (b *Browser) Get(path string) *Answer {
	return b.Do(httptest.NewRequest(http.MethodGet, path, nil))
}

// Part asks for a fragment that goes into an element of the page.
func (b *Browser) Part(path, target string) *Answer {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("HX-Request", "true")
	if target != "" {
		r.Header.Set("HX-Target", target)
	}
	return b.Do(r)
}

// Post sends a form of name, value pairs with the CSRF token.
func (b *Browser) Post(path string, pairs ...string) *Answer { return b.Do(b.form(path, pairs)) }

// PostPart is Post by htmx.
func (b *Browser) PostPart(path string, pairs ...string) *Answer {
	r := b.form(path, pairs)
	r.Header.Set("HX-Request", "true")
	return b.Do(r)
}

func (b *Browser) form(path string, pairs []string) *http.Request {
	v := url.Values{"csrf": {b.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "csrf" {
			v.Set("csrf", pairs[i+1])
			continue
		}
		v.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// CSRF is the token of this browser's forms.
func (b *Browser) CSRF() string { return b.csrf }

// Do sends any request with this browser's cookies and keeps those it is given.
func (b *Browser) Do(r *http.Request) *Answer {
	b.Helper()
	for name, value := range b.Cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	a := b.send(r)
	for _, c := range a.Cookies() {
		if c.Value == "" || c.MaxAge < 0 {
			delete(b.Cookies, c.Name)
		} else {
			b.Cookies[c.Name] = c.Value
		}
	}
	return a
}

func (k *Kit) send(r *http.Request) *Answer {
	k.Helper()
	res, err := k.Server.App().Test(r, -1)
	k.Must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	k.Must(err)
	return &Answer{Kit: k, Response: res, Body: string(body)}
}

// Follow goes where an answer redirects to.
func (b *Browser) Follow(a *Answer) *Answer {
	b.Helper()
	if a.StatusCode != http.StatusSeeOther {
		b.Fatalf("status %d, want a redirect\n%s", a.StatusCode, a.Body)
	}
	return b.Get(a.Header.Get("Location"))
}

// API asks as a script. Headers are name, value pairs; body is encoded unless
// it is nil or a string.
func (k *Kit) API(name, method, path string, body any, headers ...string) *Answer {
	k.Helper()
	tokens, err := k.Auth.Issue(k.Context(), k.Users[name], auth.Device{})
	k.Must(err)
	return k.Token(tokens.Token, method, path, body, headers...)
}

// Token is API with a token of the caller's.
func (k *Kit) Token(token, method, path string, body any, headers ...string) *Answer {
	k.Helper()
	var content io.Reader
	switch v := body.(type) {
	case nil:
	case string:
		content = strings.NewReader(v)
	default:
		raw, err := json.Marshal(v)
		k.Must(err)
		content = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, "/api/v1"+path, content)
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return k.send(r)
}

// Status ends the test unless the answer has the status.
func (a *Answer) Status(want int) *Answer {
	a.Helper()
	if a.StatusCode != want {
		a.Fatalf("%s %s: status %d, want %d\n%.2000s", a.Request.Method, a.Request.URL, a.StatusCode, want, a.Body)
	}
	return a
}

// JSON decodes the answer.
func (a *Answer) JSON(into any) *Answer {
	a.Helper()
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		a.Fatalf("%v in %.500s", err, a.Body)
	}
	return a
}

// Find selects elements of the page.
func (a *Answer) Find(selector string) *goquery.Selection {
	a.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.Body))
	a.Must(err)
	return doc.Find(selector)
}

// Has ends the test unless an element of the selector has these words.
func (a *Answer) Has(selector, words string) *Answer {
	a.Helper()
	found := a.Find(selector)
	for _, n := range found.EachIter() {
		if strings.Contains(squeeze(n.Text()), words) {
			return a
		}
	}
	a.Errorf("%d elements %s, none says %q: %.300q", found.Length(), selector, words, squeeze(found.Text()))
	return a
}

// Lacks reports an element of the selector.
func (a *Answer) Lacks(selector string) *Answer {
	a.Helper()
	if found := a.Find(selector); found.Length() > 0 {
		a.Errorf("%d elements %s: %.300q", found.Length(), selector, squeeze(found.Text()))
	}
	return a
}

// Value ends the test unless the form control of that name holds the value.
func (a *Answer) Value(name, want string) *Answer {
	a.Helper()
	control := a.Find(`[name="` + name + `"]`).First()
	got := control.AttrOr("value", "")
	switch goquery.NodeName(control) {
	case "textarea":
		got = control.Text()
	case "select":
		got = control.Find("option[selected]").AttrOr("value", "")
	}
	if control.Length() == 0 || got != want {
		a.Errorf("field %s (%d) holds %q, want %q", name, control.Length(), got, want)
	}
	return a
}

func squeeze(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u00a0", " ")), " ")
}
