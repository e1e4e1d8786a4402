package app

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cemigmas/cmd/internal/logs"
	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

// private is what people and companies are called, write and keep secret in
// this test. Nothing of it may stand in the log.
var private = []string{"Helena", "Moura", "Siderurgia", "Serra Azul", "helena.moura", "serraazul", "111.444.777-35", "11144477735", "11222333000181",
	"11.222.333", "98765-4321", "987654321", "Renovar", "Caldeira", "segredíssima", "senha", "sessenta-e-seis", "Bearer", "cemigmas="}

// wire is a log that can be read while it is written.
type wire struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

func (w *wire) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// visitor is a browser of this test.
type visitor struct {
	*testing.T
	app    *App
	client *http.Client
	token  string
	csrf   string
}

func (v *visitor) must(err error) {
	v.Helper()
	if err != nil {
		v.Fatal(err)
	}
}

func (v *visitor) send(method, path, kind, body string) (int, string) {
	v.Helper()
	r, err := http.NewRequestWithContext(v.Context(), method, v.app.URL()+path, strings.NewReader(body))
	v.must(err)
	r.Header.Set("Content-Type", kind)
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Authorization", "Bearer "+v.token)
	}
	res, err := v.client.Do(r)
	v.must(err)
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	v.must(err)
	return res.StatusCode, string(got)
}

func (v *visitor) get(path string) { v.Helper(); v.send(http.MethodGet, path, "", "") }

func (v *visitor) form(path string, pairs ...string) int {
	v.Helper()
	f := url.Values{"csrf": {v.csrf}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	status, _ := v.send(http.MethodPost, path, "application/x-www-form-urlencoded", f.Encode())
	return status
}

func (v *visitor) json(method, path, body string) int {
	v.Helper()
	status, _ := v.send(method, "/api/v1"+path, "application/json", body)
	return status
}

// signedIn makes an admin and signs in, wrongly and rightly.
func (v *visitor) signedIn() crm.User {
	v.Helper()
	u, _, err := v.app.Service.AddUser(v.Context(), crm.SystemActor(), crm.UserInput{Email: "helena.moura@cemig.example", Name: "Helena Moura", Role: crm.RoleAdmin, Password: "senha segredíssima"})
	v.must(err)
	v.form("/signin", "email", "helena.moura@cemig.example", "password", "senha sessenta-e-seis")
	v.form("/signin", "email", "helena.moura@serraazul.example", "password", "senha sessenta-e-seis")
	v.form("/signin", "email", "helena.moura@cemig.example", "password", "senha segredíssima")
	v.json(http.MethodPost, "/session", `{"email":"helena.moura@cemig.example","password":"sessenta-e-seis"}`)
	v.json(http.MethodPost, "/session", `{"Helena Moura":"111.444.777-35"`)
	tokens, err := v.app.Auth.Issue(v.Context(), u, auth.Device{})
	v.must(err)
	v.token = tokens.Token
	at, err := url.Parse(v.app.URL())
	v.must(err)
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "cemigmas" {
			v.csrf = v.app.Auth.CSRF(secret.TokenDigest(c.Value))
		}
	}
	if v.csrf == "" {
		v.Fatal("not signed in")
	}
	return u
}

// imports uploads a portfolio with a good row and three bad ones, and waits.
func (v *visitor) imports() {
	v.Helper()
	book := excelize.NewFile()
	defer book.Close()
	v.must(book.SetSheetName("Sheet1", "Clientes"))
	for n, row := range [][]any{{"CNPJ ou CPF", "Nome"}, {"11.222.333/0001-81", "Siderurgia Serra Azul"}, {"11.222.333/0001-99", "Helena Moura ME"},
		{"111.444.777-36", "Helena Moura"}, {"Helena", "111.444.777-35"}} {
		cell, err := excelize.CoordinatesToCellName(1, n+1)
		v.must(err)
		v.must(book.SetSheetRow("Clientes", cell, &row))
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "carteira Helena Moura.xlsx")
	v.must(err)
	v.must(book.Write(part))
	v.must(form.Close())
	status, _ := v.send(http.MethodPost, "/api/v1/imports", form.FormDataContentType(), body.String())
	if status != http.StatusAccepted {
		v.Fatalf("import: %d", status)
	}
	v.until("the import is done", func() bool {
		first, err := crm.Clients.First(v.Context(), v.app.store, store.Query{})
		return err == nil && first != nil
	})
}

func (v *visitor) until(what string, so func() bool) {
	v.Helper()
	for late := time.Now().Add(20 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(late) {
			v.Fatalf("still not: %s", what)
		}
	}
}

// mails follows a mailbox whose server quotes people in its refusals, and one
// with mail of all kinds.
func (v *visitor) mails(u crm.User, log *wire) {
	v.Helper()
	bad, good := imaptest.New(v), imaptest.New(v)
	bad.Misbehave(imaptest.Faults{LoginAnswer: "NO [AUTHENTICATIONFAILED] helena.moura@cemig.example, senha segredíssima"})
	raw := "From: Helena Moura <helena.moura@serraazul.example>\r\nSubject: Caldeira\r\nMessage-ID: <1@serraazul.example>\r\n\r\nRenovar\r\n"
	good.With("INBOX", func(f *imaptest.Folder) {
		for uid, text := range map[uint32]string{1: raw, 2: "no mail: Helena Moura 111.444.777-35", 3: raw} {
			f.Mails = append(f.Mails, imaptest.Mail{UID: uid, Internal: time.Now(), Raw: []byte(text)})
		}
		f.UIDNext = 4
	})
	for n, s := range []*imaptest.Server{bad, good} {
		_, err := v.app.AddMailbox(v.Context(), crm.SystemActor(), crm.MailboxInput{Owner: u.ID, Address: fmt.Sprintf("helena.moura%d@cemig.example", n),
			Host: s.Host, Port: s.Port, TLS: "plain", Login: "ana", Password: "segredo"})
		v.must(err)
	}
	v.until("a pass fails", func() bool { return strings.Contains(log.String(), "pass failed") })
	v.until("mail is held", func() bool {
		n, err := v.app.Service.CountTriage(v.Context(), crm.SystemActor(), 5)
		return err == nil && n > 0
	})
}

// TestLogIsImpersonal drives the program with people's names, addresses,
// numbers, subjects and passwords through a dozen flows, most of which go wrong,
// with everything logged that can be.
func TestLogIsImpersonal(t *testing.T) {
	log := &wire{}
	l, err := logs.New(log, logs.JSON, "debug")
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Log: l})
	if err == nil {
		t.Cleanup(func() { _ = a.Close() })
		err = a.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil)
	v := &visitor{T: t, app: a, client: &http.Client{Jar: jar}}
	u := v.signedIn()
	v.imports()
	client, err := crm.Clients.First(t.Context(), a.store, store.Query{})
	v.must(err)
	v.mails(u, log)

	v.get("/search?q=Siderurgia+Serra+Azul")
	v.get("/clients?q=Helena&after=Helena")
	v.get("/clients/Helena%20Moura")
	v.get("/triage")
	v.get("/Helena/Moura?cpf=111.444.777-35")
	v.form("/clients/"+client.ID+"/edit", "name", "Siderurgia Serra Azul", "cnpj", "11.222.333/0001-99", "version", "1")
	v.form("/clients/"+client.ID+"/people", "name", "Helena Moura", "emails", "helena.moura@", "phones", "98765-4321")
	v.form("/clients/"+client.ID+"/activities", "kind", "call", "text", "Renovar com Helena Moura", "at", "Helena")
	v.json(http.MethodPatch, "/clients/"+client.ID, `{"name":"Helena Moura","Helena Moura":1}`)
	v.json(http.MethodPatch, "/clients/"+client.ID, `{"name":{"Helena":"Moura"}}`)
	// A unique index is violated: an address that there is.
	v.form("/users", "email", "helena.moura@cemig.example", "name", "Helena Moura", "role", "agent")
	v.form("/mailboxes", "address", "helena.moura1@cemig.example", "host", "serraazul.invalid", "login", "helena.moura", "password", "senha segredíssima", "tls", "tls")
	if status := v.form("/signin", "email", "helena.moura@cemig.example", "password", strings.Repeat("senha", 1<<10)); status >= 500 {
		t.Errorf("a long password: %d", status)
	}
	// The store goes away under everything.
	v.must(a.store.Close())
	v.get("/clients?q=Helena")
	v.form("/signin", "email", "helena.moura@cemig.example", "password", "senha")
	v.json(http.MethodGet, "/clients?q=Helena", "")

	got := log.String()
	for _, p := range private {
		for _, line := range strings.Split(got, "\n") {
			if strings.Contains(strings.ToLower(line), strings.ToLower(p)) {
				t.Errorf("the log says %q: %s", p, line)
			}
		}
	}
	for _, must := range []string{`"route":"/clients/:id"`, `"route":"/signin"`, `"level":"DEBUG"`, "pass failed", "web: request failed", `"user":"` + u.ID} {
		if !strings.Contains(got, must) {
			t.Errorf("the log does not say %s", must)
		}
	}
}
