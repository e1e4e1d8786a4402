package nodes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// person uses nodes as a browser and as a script do: one cookie, one token.
type person struct {
	t      *testing.T
	cookie *http.Cookie
	token  string
}

// noFollow shows where a page sends the browser.
var noFollow = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// signIn signs in at a node, on the page and in the API.
func signIn(t *testing.T, at *node, email, password string) *person {
	t.Helper()
	p := &person{t: t}
	r, err := http.NewRequest("POST", at.url+"/signin", strings.NewReader(url.Values{"email": {email}, "password": {password}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", at.url)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := noFollow.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(res.Body)
	res.Body.Close()
	for _, c := range res.Cookies() {
		if c.Name == "cemigmas" {
			p.cookie = c
		}
	}
	if p.cookie == nil {
		t.Fatalf("signing in answers %d without a session: %.300s", res.StatusCode, body)
	}
	var got struct {
		Token string `json:"token"`
	}
	p.ask("POST", at, "/api/v1/session", map[string]string{"email": email, "password": password}, &got, 200, 201)
	if p.token = got.Token; p.token == "" {
		t.Fatal("the API gave no token")
	}
	return p
}

// ask asks the API of a node.
func (p *person) ask(method string, at *node, path string, in, out any, status ...int) {
	p.t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	p.send(method, at, path, "application/json", bytes.NewReader(raw), out, status...)
}

func (p *person) send(method string, at *node, path, kind string, body io.Reader, out any, status ...int) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, at.url+path, body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if p.token != "" {
		r.Header.Set("Authorization", "Bearer "+p.token)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range status {
		if res.StatusCode != s {
			continue
		}
		if out != nil {
			if err := json.Unmarshal(raw, out); err != nil {
				p.t.Fatalf("%s %s: %v in %.200s", method, path, err, raw)
			}
		}
		return
	}
	p.t.Fatalf("%s %s at %s answers %d, not %v: %.300s", method, path, at.name, res.StatusCode, status, raw)
}

// page gets a page with the cookie alone.
func (p *person) page(at *node, path string) (status int, body string) {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), "GET", at.url+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.AddCookie(p.cookie)
	res, err := noFollow.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// post sends a form with the token that a page of another node gave.
func (p *person) post(at *node, csrf, path string, form url.Values) int {
	p.t.Helper()
	form.Set("csrf", csrf)
	r, err := http.NewRequestWithContext(p.t.Context(), "POST", at.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(p.cookie)
	res, err := noFollow.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

// job is what the API tells of one.
type job struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Done  int64  `json:"done"`
	Total int64  `json:"total"`
}

// upload queues the import of a workbook.
func (p *person) upload(at *node, name string, book []byte) job {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(book)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	var j job
	p.send("POST", at, "/api/v1/imports", form.FormDataContentType(), &body, &j, 202)
	return j
}

// listen opens the stream of a page at a node; heard are its events as
// "kind id".
func (p *person) listen(at *node) (heard <-chan string) {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", at.url+"/events", nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.AddCookie(p.cookie)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode != 200 {
		p.t.Fatalf("the stream of %s answers %d", at.name, res.StatusCode)
	}
	out := make(chan string, 1000)
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // it is open
	go func() {
		defer res.Body.Close()
		kind := ""
		for lines.Scan() {
			if k, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				kind = k
			}
			if id, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				select {
				case out <- kind + " " + id:
				default:
				}
			}
		}
	}()
	return out
}
