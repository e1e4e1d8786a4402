package web_test

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/web/webtest"
)

type apiError struct {
	Code, Message string
	Fields        map[string]string
	Current       json.RawMessage
}

func wantError(t *testing.T, a *webtest.Answer, status int, code crm.Code, fields ...string) apiError {
	t.Helper()
	var e apiError
	a.Status(status).JSON(&e)
	if e.Code != string(code) || e.Message == "" || strings.HasPrefix(e.Message, "error.") {
		t.Errorf("error %+v, want code %s and words", e, code)
	}
	for _, f := range fields {
		if e.Fields[f] == "" {
			t.Errorf("no word about %s in %+v", f, e)
		}
	}
	return e
}

func TestAPISignIn(t *testing.T) {
	k := webtest.New(t)
	in := map[string]string{"email": "ANA@cemig.example ", "password": webtest.Password}
	var tokens, next auth.Tokens
	k.Token("", "POST", "/session", in).Status(200).JSON(&tokens)
	if tokens.Token == "" || tokens.RefreshToken == "" || !tokens.ExpiresAt.Equal(webtest.Now.Add(15*time.Minute)) {
		t.Fatalf("tokens %+v", tokens)
	}
	var me struct{ Name, Role, Team string }
	k.Token(tokens.Token, "GET", "/me", nil).Status(200).JSON(&me)
	if me.Name != "Ana Agente" || me.Role != "agent" || me.Team != "norte" {
		t.Errorf("me %+v", me)
	}

	k.Pass(16 * time.Minute)
	wantError(t, k.Token(tokens.Token, "GET", "/me", nil), 401, crm.CodeUnauthorized)
	k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": tokens.RefreshToken}).Status(200).JSON(&next)
	k.Token(next.Token, "GET", "/me", nil).Status(200)
	// A retry gets the same answer for a while; later the same token means that
	// there are two of it: the whole sign-in ends.
	var retried auth.Tokens
	k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": tokens.RefreshToken}).Status(200).JSON(&retried)
	if retried.RefreshToken != next.RefreshToken {
		t.Error("a retry got another refresh token")
	}
	k.Pass(auth.Grace + time.Second)
	wantError(t, k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": tokens.RefreshToken}), 401, crm.CodeUnauthorized)
	wantError(t, k.Token("", "POST", "/session/refresh", map[string]string{"refreshToken": next.RefreshToken}), 401, crm.CodeUnauthorized)
	wantError(t, k.Token(next.Token, "GET", "/me", nil), 401, crm.CodeUnauthorized)
}

func TestAPISignInRefuses(t *testing.T) {
	k := webtest.New(t)
	k.Change("bia", func(u *crm.User) { u.MustChange = true })
	k.Change("cleo", func(u *crm.User) { u.Disabled = true })
	k.Change("davi", func(u *crm.User) { u.LoopbackOnly = true }) // tests come from 0.0.0.0
	for email, want := range map[string]int{"bia": 403, "cleo": 401, "davi": 401, "nobody": 401} {
		a := k.Token("", "POST", "/session", map[string]string{"email": email + "@cemig.example", "password": webtest.Password})
		if a.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", email, a.StatusCode, want, a.Body)
		}
	}
}

func TestAPITokensThatAreNone(t *testing.T) {
	k := webtest.New(t)
	tokens, err := k.Auth.Issue(t.Context(), k.Users["ana"], auth.Device{})
	k.Must(err)
	head, _, _ := strings.Cut(tokens.Token, ".")
	for name, token := range map[string]string{
		"nothing": "", "garbage": "x.y.z", "refresh": tokens.RefreshToken, "cut": head,
		"unsigned": "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhZG1pbiIsImlzcyI6ImNlbWlnbWFzIiwiYXVkIjpbImNlbWlnbWFzLWFwaSJdLCJleHAiOjQ5MjQ4NDE2MDAsImVwb2NoIjoxfQ.",
	} {
		a := k.Token(token, "GET", "/me", nil)
		wantError(t, a, 401, crm.CodeUnauthorized)
		if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: WWW-Authenticate %q", name, a.Header.Get("WWW-Authenticate"))
		}
	}
}

// A team that changes takes effect on the tokens that are out.
func TestTeamIsReadOnEachRequest(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	tokens, err := k.Auth.Issue(t.Context(), k.Users["north"], auth.Device{})
	k.Must(err)
	k.Token(tokens.Token, "GET", "/clients/"+e.Client, nil).Status(200)
	k.Change("north", func(u *crm.User) { u.Team = "sul" })
	k.Token(tokens.Token, "GET", "/clients/"+e.Client, nil).Status(404)
}

func TestAPIClients(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	many := make([]crm.Client, 230)
	for i := range many {
		many[i] = crm.Client{ID: crm.NewID(webtest.Now.Add(time.Duration(i) * time.Millisecond)), Name: "Cliente " + string(rune('A'+i%26)), Agent: "ana", Team: "norte", Status: "active", Sector: "food"}
		k.Apply(crm.Clients.Put(&many[i]))
	}
	var page struct {
		Items []crm.Client
		Next  string
	}
	k.API("ana", "GET", "/clients?limit=1000", nil).Status(200).JSON(&page)
	if len(page.Items) != 200 || page.Next == "" {
		t.Errorf("%d items, next %q; want at most 200", len(page.Items), page.Next)
	}
	seen := len(page.Items)
	var rest struct {
		Items []crm.Client
		Next  string
	}
	k.API("ana", "GET", "/clients?limit=1000&after="+page.Next, nil).Status(200).JSON(&rest)
	if seen+len(rest.Items) != 231 || rest.Next != "" {
		t.Errorf("%d and %d items", seen, len(rest.Items))
	}
	k.API("ana", "GET", "/clients?q=moinho", nil).Status(200).JSON(&page)
	if len(page.Items) != 1 || page.Items[0].ContractedW != 1_600_000 {
		t.Errorf("found %+v", page.Items)
	}
	wantError(t, k.API("ana", "GET", "/clients?sort=color", nil), 422, crm.CodeInvalid, "sort")
	wantError(t, k.API("ana", "GET", "/clients?limit=many", nil), 422, crm.CodeInvalid, "limit")
	wantError(t, k.API("ana", "GET", "/clients?after=x", nil), 422, crm.CodeInvalid)
	wantError(t, k.API("ana", "GET", "/clients/cl2", nil), 404, crm.CodeNotFound)
	wantError(t, k.API("ana", "GET", "/nothing", nil), 404, crm.CodeNotFound)
}

func TestAPIIfMatch(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	path := "/clients/" + e.Client
	tag := k.API("ana", "GET", path, nil).Status(200).Header.Get("ETag")
	first := k.API("ana", "PATCH", path, map[string]string{"name": "Moinho Novo"}, "If-Match", tag).Status(200)
	if first.Header.Get("ETag") == tag {
		t.Error("the version did not rise")
	}
	stale := k.API("ana", "PATCH", path, map[string]string{"name": "Moinho Velho"}, "If-Match", tag)
	e1 := wantError(t, stale, 412, crm.CodeConflict)
	if !strings.Contains(string(e1.Current), "Moinho Novo") || stale.Header.Get("ETag") != first.Header.Get("ETag") {
		t.Errorf("current %s, ETag %s", e1.Current, stale.Header.Get("ETag"))
	}
	wantError(t, k.API("ana", "PATCH", path, map[string]string{"name": "x"}, "If-Match", "yesterday"), 422, crm.CodeInvalid)
	wantError(t, k.API("ana", "PATCH", path, map[string]string{"name": " "}), 422, crm.CodeInvalid, "name")
	wantError(t, k.API("ana", "PATCH", path, map[string]string{"agent": "bia"}), 422, crm.CodeInvalid, "agent")
	for _, body := range []string{"", "{", `{"nmae":"x"}`, `{"name":7}`, `{"name":"x"}{}`, `[]`} {
		wantError(t, k.API("ana", "PATCH", path, body), 422, crm.CodeInvalid)
	}
}

func TestAPIIdempotencyKey(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	path, body := "/clients/"+e.Client+"/activities", map[string]string{"kind": "call", "text": "uma vez"}
	var a, b, other crm.Activity
	k.API("ana", "POST", path, body, "Idempotency-Key", "k1").Status(201).JSON(&a)
	k.API("ana", "POST", path, body, "Idempotency-Key", "k1").Status(201).JSON(&b)
	k.API("ana", "POST", path, body, "Idempotency-Key", "k2").Status(201).JSON(&other)
	if a.ID != b.ID || a.ID == other.ID {
		t.Errorf("ids %s, %s, %s", a.ID, b.ID, other.ID)
	}
	if n := strings.Count(k.API("ana", "GET", "/clients/"+e.Client+"/timeline", nil).Body, "uma vez"); n != 2 {
		t.Errorf("%d entries", n)
	}
	wantError(t, k.API("ana", "POST", path, map[string]string{"kind": "telegram"}), 422, crm.CodeInvalid, "kind", "text")
}

// Words come in the language that was asked for, else in the user's.
func TestAPILanguage(t *testing.T) {
	k := webtest.New(t)
	for header, want := range map[string]string{"": "não existe", "es-AR": "no existe", "en": "does not exist"} {
		if a := k.API("ana", "GET", "/clients/none", nil, "Accept-Language", header).Status(404); !strings.Contains(a.Body, want) {
			t.Errorf("%q: %s", header, a.Body)
		}
	}
}

func upload(t *testing.T, path string, fields map[string]string, name string, content []byte) *http.Request {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for f, v := range fields {
		_ = w.WriteField(f, v)
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &buf)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestUpload(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	ok := map[string]string{"csrf": b.CSRF(), "kind": "ucmt", "year": "2022", "dry_run": "on"}
	a := b.Do(upload(t, "/imports", ok, "UCMT.csv", []byte("COD_ID;DIST\n1;2\n"))).Status(303)
	id := strings.TrimPrefix(a.Header.Get("Location"), "/imports/")
	j, err := k.Service.Job(t.Context(), k.Actor("ana"), id)
	k.Must(err)
	if s := string(j.Args); !strings.Contains(s, `"name":"UCMT.csv"`) || !strings.Contains(s, `"year":2022`) || !strings.Contains(s, `"dryRun":true`) {
		t.Errorf("job %s", s)
	}
	for name, r := range map[string]*http.Request{
		"csrf": upload(t, "/imports", map[string]string{"csrf": "no"}, "x.csv", []byte("x")),
		"none": upload(t, "/imports", map[string]string{"csrf": b.CSRF()}, "", nil),
		"year": upload(t, "/imports", map[string]string{"csrf": b.CSRF(), "year": "MMXX"}, "x.csv", []byte("x")),
		"big":  upload(t, "/imports", map[string]string{"csrf": b.CSRF()}, "x.csv", make([]byte, 3<<20+1)),
	} {
		want := map[string]int{"csrf": 403, "none": 422, "year": 422, "big": 413}[name]
		if a := b.Do(r); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", name, a.StatusCode, want)
		}
	}
	if left, _ := http.Dir(k.Server.UploadDir).Open("."); left != nil {
		names, _ := left.Readdir(-1)
		for _, n := range names {
			if strings.HasPrefix(n.Name(), "upload-") {
				t.Errorf("%s is left behind", n.Name())
			}
		}
	}
}

func TestOpenAPIIsValid(t *testing.T) {
	k := webtest.New(t)
	a := k.Token("", "GET", "/openapi.json", nil).Status(200)
	doc, err := libopenapi.NewDocument([]byte(a.Body))
	k.Must(err)
	if doc.GetVersion() != "3.1.0" {
		t.Errorf("version %s", doc.GetVersion())
	}
	model, err := doc.BuildV3Model()
	k.Must(err)
	if n := model.Model.Paths.PathItems.Len(); n < 15 {
		t.Errorf("%d paths", n)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, problems := v.ValidateDocument(); !ok {
		for _, p := range problems {
			t.Errorf("%s: %s %v", p.Message, p.Reason, p.SchemaValidationErrors)
		}
	}
	for _, word := range []string{`"/clients/{id}"`, `"Reading"`, `"Entry"`, `"If-Match"`, `"Idempotency-Key"`, `"multipart/form-data"`, `more than 200 is taken as 200`} {
		if !strings.Contains(a.Body, word) {
			t.Errorf("no %s in the description", word)
		}
	}
	if strings.Contains(a.Body, `"secret"`) || strings.Contains(a.Body, `"password":{`) && strings.Count(a.Body, `"password":{`) > 1 {
		t.Error("the description shows a secret")
	}
}

// What the API answers is what its description says.
func TestAnswersFitTheDescription(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	doc, err := libopenapi.NewDocument([]byte(k.Token("", "GET", "/openapi.json", nil).Body))
	k.Must(err)
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, path := range []string{"/me", "/sectors", "/clients", "/clients/" + e.Client, "/clients/" + e.Client + "/timeline", "/clients/" + e.Client + "/installations",
		"/installations?q=fic", "/people", "/installations/" + e.Installation, "/installations/" + e.Installation + "/readings", "/threads/" + e.Thread, "/imports/" + e.Import, "/clients/none"} {
		a := k.API("ana", "GET", path, nil)
		r := httptest.NewRequest(http.MethodGet, "/api/v1"+path, nil)
		r.Header.Set("Authorization", "Bearer x")
		a.Response.Body = http.NoBody
		res := httptest.NewRecorder()
		res.Header().Set("Content-Type", a.Header.Get("Content-Type"))
		res.WriteHeader(a.StatusCode)
		_, _ = res.WriteString(a.Body)
		if ok, problems := v.ValidateHttpResponse(r, res.Result()); !ok {
			for _, p := range problems {
				t.Errorf("%s: %s: %s %v", path, p.Message, p.Reason, p.SchemaValidationErrors)
			}
		}
	}
}
