package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

func TestSignInPage(t *testing.T) {
	k := webtest.New(t)
	b := k.Stranger()
	if a := b.Get("/clients?q=x").Status(303); a.Header.Get("Location") != "/signin?next=%2Fclients%3Fq%3Dx" {
		t.Errorf("led to %q", a.Header.Get("Location"))
	}
	b.Get("/signin?next=/clients").Status(200).Value("next", "/clients")
	b.Post("/signin", "email", "ana@cemig.example", "password", "wrong").Status(401).Value("email", "ana@cemig.example").Value("password", "").
		Has("[role=alert]", "não conferem")
	a := b.Post("/signin", "email", "ana@cemig.example", "password", webtest.Password, "next", "//evil.example").Status(303)
	if a.Header.Get("Location") != "/" {
		t.Errorf("led to %q, want this site", a.Header.Get("Location"))
	}
	for _, c := range a.Cookies() {
		if c.Name == "cemigmas" && (!c.HttpOnly || c.SameSite != http.SameSiteLaxMode) {
			t.Errorf("cookie %+v", c)
		}
	}
	b.Follow(a).Status(200).Has(".who", "Ana Agente")
	old := b.Cookies["cemigmas"]
	b = &webtest.Browser{Kit: k, Cookies: map[string]string{"cemigmas": old}}
	out := k.Browser("ana")
	out.Post("/signout").Status(303)
	out.Get("/").Status(303)
	b.Get("/").Status(200) // another session of the same user goes on
}

func TestSignInLanguage(t *testing.T) {
	b := webtest.New(t).Stranger()
	b.Get("/signin?lang=es").Status(200).Has("button.primary", "Ingresar")
	if got := b.Get("/signin").Find("html").AttrOr("lang", ""); got != "es" {
		t.Errorf("language %q is forgotten", got)
	}
}

func TestSignInIsThrottled(t *testing.T) {
	k := webtest.New(t)
	b := k.Stranger()
	for range 5 {
		b.Post("/signin", "email", "ana@cemig.example", "password", "wrong").Status(401)
	}
	b.Post("/signin", "email", "ana@cemig.example", "password", webtest.Password).Status(429).Has("[role=alert]", "Espere")
	k.Pass(time.Minute)
	b.Post("/signin", "email", "ana@cemig.example", "password", webtest.Password).Status(303)
}

func TestOneTimePassword(t *testing.T) {
	k := webtest.New(t)
	k.Change("ana", func(u *crm.User) { u.MustChange = true })
	b := k.Stranger()
	if a := b.Post("/signin", "email", "ana@cemig.example", "password", webtest.Password); a.Header.Get("Location") != "/password" {
		t.Fatalf("led to %q", a.Header.Get("Location"))
	}
	if a := b.Get("/clients").Status(303); a.Header.Get("Location") != "/password" {
		t.Errorf("led to %q", a.Header.Get("Location"))
	}
	csrf := b.Get("/password").Status(200).Lacks(".sidebar").Find("[name=csrf]").AttrOr("value", "")
	b.Post("/password", "csrf", csrf, "old", webtest.Password, "password", "curta", "again", "curta").Status(422).Has(".wrong", "10 caracteres")
	b.Post("/password", "csrf", csrf, "old", webtest.Password, "password", "uma senha nova", "again", "outra senha").Status(422).Has(".wrong", "diferentes")
	b.Post("/password", "csrf", csrf, "old", "errada", "password", "uma senha nova", "again", "uma senha nova").Status(422).Has(".wrong", "não confere")
	b.Follow(b.Post("/password", "csrf", csrf, "old", webtest.Password, "password", "uma senha nova", "again", "uma senha nova")).Status(200).Has(".who", "Ana")
}

func TestCSRF(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, other := k.Browser("ana"), k.Browser("bia")
	path := "/clients/" + e.Client + "/activities"
	for _, token := range []string{"", "x", other.CSRF()} {
		b.Post(path, "csrf", token, "kind", "note", "text", "forged").Status(403)
	}
	r := httptest.NewRequest("POST", "/signin", strings.NewReader("email=ana"))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	k.Stranger().Do(r).Status(403)
	if strings.Contains(b.Get("/clients/"+e.Client).Body, "forged") {
		t.Error("a forged form was taken")
	}
}

func TestQuickLog(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	path := "/clients/" + e.Client + "/activities"

	// Without script: redirect, toast once, undo.
	a := b.Post(path, "kind", "call", "text", "Pediu a simulação", "back", "/clients/"+e.Client).Status(303)
	page := b.Follow(a).Has(".entry", "Pediu a simulação").Has("[data-toast]", "registro salvo")
	b.Get("/").Lacks("[data-toast]")
	undo := page.Find("[data-toast] form").AttrOr("action", "")
	b.Follow(b.Post(undo, "back", "/clients/"+e.Client)).Has("[data-toast]", "excluído")
	if strings.Contains(b.Get("/clients/"+e.Client).Body, "Pediu a simulação") {
		t.Error("undo left the entry")
	}
	b.Follow(b.Post(strings.Replace(undo, "delete", "restore", 1))).Has(".entry", "Pediu a simulação")

	// With script: fragments.
	b.PostPart(path, "kind", "note", "text", "Uma nota").Status(200).Has("#composer", "").Has("#timeline[hx-swap-oob] .entry", "Uma nota").Has("#toasts", "Desfazer")
	b.PostPart(path, "kind", "note", "text", "  ", "minutes", "doze", "day", "2026-11-20", "time", "09:30").Status(422).
		Has(".wrong", "número").Value("minutes", "doze").Value("day", "2026-11-20").Lacks("#timeline")
	b.Post(path, "kind", "call", "text", "amanhã", "day", "2026-11-23", "time", "10:00").Status(422).Has(".wrong", "futuro").Value("text", "amanhã")
}

func TestQuickLogFromAnyPage(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e := estates["ana"]
	b := k.Browser("ana")
	a := b.PostPart("/activities", "kind", "call", "text", "Do diálogo", "client", e.Client, "back", "/triage").Status(200).Has("#toasts", "Abrir cliente")
	if a.Header.Get("HX-Trigger") != "logged" {
		t.Error("the dialog is not told to close")
	}
	b.PostPart("/activities", "kind", "call", "text", "x", "client_name", "Moi").Status(422).Has(".wrong", "lista").Value("client_name", "Moi").Value("text", "x")
	b.PostPart("/activities", "kind", "call", "text", "").Status(422).Has("#quick-client-wrong", "Preencha").Has("#quick-text-hint", "Preencha")
	b.Post("/activities", "kind", "call", "text", "Pelo nome", "client_name", strings.ToUpper(e.ClientName)).Status(303)
	b.PostPart("/activities", "kind", "call", "text", "x", "client", estates["bia"].Client).Status(422).Has(".wrong", "lista")
	b.Get("/clients/"+e.Client).Has(".entry", "Pelo nome").Has(".entry", "Do diálogo")
}

func TestEditKeepsHistoryAndShowsConflicts(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	path := "/activities/" + e.Activity
	version := b.Get(path+"/edit").Status(200).Find("[name=version]").AttrOr("value", "")
	form := func(text string) []string {
		return []string{"version", version, "kind", "call", "text", text, "day", "2026-11-21", "time", "10:00", "back", "/clients/" + e.Client}
	}
	b.Follow(b.Post(path, form("Disse outra coisa")...)).Has(".entry", "Disse outra coisa").Has(".entry", "editado")
	b.Get(path+"/edit").Has(".pre", e.Spoke)
	// The second tab read the version before.
	again := b.Post(path, form("Disse uma terceira")...).Status(412).Value("text", "Disse uma terceira").Has(".wrong", "Disse outra coisa").Has(".notice", "salvou antes")
	version = again.Find("[name=version]").AttrOr("value", "")
	b.Follow(b.Post(path, form("Disse uma terceira")...)).Has(".entry", "Disse uma terceira")
}

func TestClientForm(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e, b := estates["ana"], k.Browser("ana")
	k.Apply(crm.Clients.Put(&crm.Client{ID: "dup", Name: "Alheio", Agent: "cleo", Team: "sul", TaxKind: crm.TaxCNPJ, TaxID: "27418305"}))
	path := "/clients/" + e.Client + "/edit"
	version := b.Get(path).Status(200).Value("name", e.ClientName).Lacks("[name=agent]").Find("[name=version]").AttrOr("value", "")
	b.Post(path, "version", version, "name", "", "tax_id", "1", "emails", "a@b.example\nc@d.example").Status(422).Has(".wrong", "Preencha").Has(".wrong", "CNPJ").Value("tax_id", "1")
	dup := b.Post(path, "version", version, "tax_id", "27.418.305/0001-35").Status(422).Has(".wrong", "")
	if strings.Contains(dup.Body, "Alheio") {
		t.Error("the form names another's client")
	}
	b.Follow(b.Post(path, "version", version, "name", "Moinho Novo", "tier", "B", "emails", "a@b.example")).Has("h1", "Moinho Novo").Has(".badge", "B")
	b.Post(path, "version", version, "name", "Moinho Outro").Status(412).Value("name", "Moinho Outro").Has(".wrong", "Moinho Novo")
	k.Browser("north").Get(path).Status(200).Value("agent", "ana").Has("[name=agent]", "Bia Bastos")
}

func TestVisit(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Post("/visits/new", "client", e.Client, "day", "2026-12-01", "time", "", "purpose", "").Status(422).Has(".wrong", "Preencha").Value("day", "2026-12-01")
	b.Follow(b.Post("/visits/new", "client", e.Client, "day", "2026-12-01", "time", "10:00", "purpose", "Rever a demanda", "people", e.Person)).Has(".entry.planned", "Rever a demanda")
	path := "/visits/" + e.Visit
	version := b.Get(path).Status(200).Find("[name=version]").AttrOr("value", "")
	k.Pass(6 * time.Hour)
	done := []string{"version", version, "action", "done", "purpose", "Renovar", "day", "2026-11-22", "time", "15:00"}
	b.Post(path, done...).Status(422).Has(".wrong", "Preencha")
	b.Follow(b.Post(path, append(done, "findings", "Túnel novo às 15h30", "next_step", "Simular azul")...)).
		Has(".entry", "Túnel novo").Has(".nested", "Simular azul").Has(".badge", "feita")
	b.Get(path).Status(200).Has(".badge", "feita").Lacks("details.missed")
}

func TestMailIsHarmless(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	a := b.Get("/messages/" + e.Message + "/html").Status(200)
	policy := a.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-scripts") || strings.Contains(policy, "allow-same-origin") {
		t.Errorf("policy %q", policy)
	}
	if strings.Contains(a.Body, "<script") || strings.Contains(a.Body, `src="https://track`) {
		t.Errorf("the mail can run or load: %s", a.Body)
	}
	a.Has("b", "conta")
	if src := a.Find(`img[src^="data:image/png;base64,"]`); src.Length() != 1 {
		t.Errorf("the mail's own picture is missing: %s", a.Body)
	}
	for part, want := range map[string][2]string{"2": {"application/pdf", "attachment; filename=conta.pdf"}, "3": {"application/octet-stream", "attachment; filename=x.html"}, "1.2": {"image/png", "inline; filename=logo.png"}} {
		f := b.Get("/messages/" + e.Message + "/parts/" + part).Status(200)
		if f.Header.Get("Content-Type") != want[0] || f.Header.Get("Content-Disposition") != want[1] || f.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("part %s: %v", part, f.Header)
		}
	}
	b.Get("/messages/" + e.Message + "/parts/9").Status(404)
}

func TestTriage(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e, b := estates["ana"], k.Browser("ana")
	row := b.Get("/triage").Status(200).Has(".held", e.Mark).Find(".held")
	assign := row.Find("form").First().AttrOr("action", "")
	if id := row.AttrOr("id", ""); strings.Contains(id, ":") {
		t.Errorf("%s is no selector", id)
	}
	b.PostPart(assign, "client_name", "nobody").Status(422).Has("[role=alert]", "lista")
	b.PostPart(assign, "client", estates["cleo"].Client).Status(422).Has("[role=alert]", "não existe")
	// Nothing waits any more: the page comes anew and says so.
	if a := b.PostPart(assign, "client", e.Client).Status(204); a.Header.Get("HX-Redirect") != "/triage" {
		t.Errorf("led to %q", a.Header.Get("HX-Redirect"))
	}
	b.Get("/triage").Status(200).Lacks(".held").Has(".empty", "dono")
	other := k.Browser("cleo")
	ignore := strings.Replace(other.Get("/triage").Find(".held form").First().AttrOr("action", ""), "assign", "ignore", 1)
	other.Follow(other.Post(ignore, "what", "sender")).Status(200).Lacks(".held").Has("[data-toast]", "1 e-mail ignorado")
}

// Mail that was filed by hand goes back to triage from its toast, with the person
// that was made of its sender.
func TestAssignmentIsTakenBack(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	assign := b.Get("/triage").Find(".held form").First().AttrOr("action", "")
	done := b.Follow(b.Post(assign, "client", e.Client, "person", "on")).Status(200).Has("[data-toast]", "E-mail atribuído")
	undo := done.Find("[data-toast] form").AttrOr("action", "")
	b.Get("/clients/"+e.Client).Status(200).Has("#people, .panel", "Otávio "+e.Mark)
	k.Browser("cleo").Post(undo).Status(404)
	k.Browser("north").Post(undo).Status(404) // whoever decided, and admins
	b.Follow(b.Post(undo, "back", "/triage")).Has("[data-toast]", "Atribuição desfeita")
	if body := b.Get("/clients/" + e.Client).Status(200).Body; strings.Contains(body, "Otávio") {
		t.Error("the person is still there")
	}
	b.Post(undo).Status(404)
	b.Post("/triage/assigned/nothing/undo").Status(404)
}

// What is ignored is listed and can be taken back, from the toast and from the
// list, and forth again.
func TestIgnoredSenders(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, boss := k.Browser("ana"), k.Browser("north")
	sender := "otavio@" + strings.ToLower(e.Mark) + ".net.example"
	ignore := strings.Replace(b.Get("/triage").Has("a[href='/triage/rules']", "Ignorados").Find(".held form").First().AttrOr("action", ""), "assign", "ignore", 1)
	done := b.Follow(b.Post(ignore, "what", "sender")).Status(200).Lacks(".held")
	undo := done.Find("[data-toast] form").AttrOr("action", "")
	b.Get("/triage/rules").Status(200).Has(".rulerow", sender).Has(".rulerow", "@ruido-").Has(".rulerow", "Ana Agente").Lacks(".rulerow:nth-child(3)")
	boss.Get("/triage/rules").Status(200).Has(".rulerow", sender).Has(".rulerow", "caixa de Bia Bastos")
	if body := k.Browser("south").Get("/triage/rules").Status(200).Body; strings.Contains(body, sender) || !strings.Contains(body, "caixa de Cleo") {
		t.Error("another team's rules are shown, or the own are not")
	}
	k.Browser("cleo").Post(undo).Status(404)

	back := b.Follow(b.Post(undo, "back", "/triage")).Has("[data-toast]", "1 e-mail volta")
	b.Get("/triage/rules").Has(".rulerow", "@ruido-").Lacks(".rulerow:nth-child(2)")
	b.Post(undo).Status(404)
	if row, err := crm.Ledger.Get(t.Context(), k.Service.Store(), e.Held); err != nil || row.State != crm.RowWanted || row.Reason != "" {
		t.Errorf("%+v, %v", row, err)
	}
	forth := back.Find("[data-toast] form").AttrOr("action", "")
	k.Browser("cleo").Post(forth).Status(404)
	b.Follow(b.Post(forth)).Has("[data-toast]", "Ignorado de novo").Has(".rulerow", sender)
	drop := b.Get("/triage/rules").Find(".rulerow form").First().AttrOr("action", "")
	boss.Follow(boss.Post(drop)).Has("[data-toast]", "Não se ignora mais").Has(".rulerow", "Bia Bastos")
	b.Post("/triage/rules/nothing/delete").Status(404)
	b.Post("/triage/rules/nothing/restore").Status(404)
}

func TestMailboxes(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	a := b.Get("/mailboxes").Status(200).Has("td", "INBOX").Has(".badge", "em dia")
	if strings.Contains(a.Body, "sealed-") {
		t.Error("the page shows a sealed password")
	}
	wakes, stop := k.Service.Bus().Subscribe(crm.WakeMailbox)
	defer stop()
	b.PostPart("/mailboxes/"+e.Mailbox+"/sync").Status(200).Has("h2", e.Agent)
	if w := <-wakes; w.ID != e.Mailbox {
		t.Errorf("woke %+v", w)
	}
	if m, err := k.Service.Mailbox(t.Context(), crm.SystemActor(), e.Mailbox); err != nil || m.Asked == nil {
		t.Errorf("the store says nothing of it: %+v, %v", m, err)
	}
	form := []string{"address", "nova@cemig.example", "host", "imap.cemig.example", "port", "993", "login", "nova", "password", "segredo-da-caixa"}
	b.Post("/mailboxes", append(form, "tls", "plain")...).Status(422).Has(".wrong", "criptografia").Value("tls", "plain")
	form = append(form, "tls", "tls")
	k.Mail.Err = crm.Errf(crm.CodeUnauthorized, "error.signin.wrong")
	refused := b.Post("/mailboxes", append(form, "action", "add")...).Status(422).Has("[role=alert]", "não conferem").Value("host", "imap.cemig.example")
	if strings.Contains(refused.Body, "segredo-da-caixa") {
		t.Error("the password came back")
	}
	k.Mail.Err = nil
	b.Post("/mailboxes", append(form, "action", "check")...).Status(200).Has(".notice.ok", "Conectou")
	b.Get("/mailboxes").Lacks(`[id="nova"]`)
	b.Follow(b.Post("/mailboxes", append(form, "action", "add")...)).Has("h2", "nova@cemig.example")
	b.Post("/mailboxes", append(form, "action", "add")...).Status(422).Has(".wrong", "já")
}

func TestClientListFragments(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	for i := range 60 {
		k.Apply(crm.Clients.Put(&crm.Client{ID: crm.NewID(webtest.Now.Add(time.Duration(i) * time.Millisecond)), Name: "Padaria", Agent: "ana", Team: "norte", Sector: "retail", Status: "active"}))
	}
	b := k.Browser("ana")
	page := b.Get("/clients?sector=retail").Status(200).Has(".chip", "Comércio")
	if n := page.Find("#list-rows tr").Length(); n != 50 {
		t.Errorf("%d rows", n)
	}
	b.Part(page.Find("#list-count").AttrOr("hx-get", ""), "list-count").Status(200).Has("#list-count", "60 clientes").Has("#list-all[hx-swap-oob]", "60 clientes")
	more := page.Find(".tablefoot a[hx-get]").AttrOr("hx-get", "")
	rows := b.Part(more, "list-rows").Status(200).Lacks("html head title")
	if !strings.Contains(rows.Body, "1–60") || strings.Count(rows.Body, "<tr") != 10 {
		t.Errorf("next rows: %.300s", rows.Body)
	}
	b.Part("/clients?q=moinho&sector=food", "list").Status(200).Has("#list tr", "Moinho").Has("#list-chips[hx-swap-oob]", "Alimentos")
	b.Get("/clients?q=nada").Has(".empty", "Nenhum cliente")
	b.Follow(b.Get("/clients?after=broken")).Status(200).Has("[data-toast]", "começo").Has("td a", "Moinho")
	b.Get("/clients?sort=worst").Status(200).Has(`th[aria-sort="descending"]`, "Pior")
}

func TestHeadersAndErrors(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	a := b.Get("/").Status(200)
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		if a.Header.Get(name) != want {
			t.Errorf("%s: %q", name, a.Header.Get(name))
		}
	}
	policy := a.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	b.Get("/nothing").Status(404).Has("h1", "Não encontrado").Has(".who", "Ana")
	k.Stranger().Get("/nothing").Status(404).Lacks(".who")
	if css := a.Find("link[rel=stylesheet]").First().AttrOr("href", ""); !strings.Contains(b.Get(css).Status(200).Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s may not be kept", css)
	}
	b.Get("/static/nothing").Status(404)
	b.Get("/healthz").Status(200)
	b.Get("/readyz").Status(200)
	part := b.Part("/clients/none/timeline", "timeline").Status(404)
	if strings.Contains(part.Body, "<html") {
		t.Error("a fragment's error is a page")
	}
	r := httptest.NewRequest("POST", "/settings", strings.NewReader(strings.Repeat("x", 2<<20)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	b.Do(r).Status(413)
}

func TestSettings(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	b.Follow(b.Post("/settings", "lang", "es", "theme", "dark", "density", "comfortable")).Has("[data-toast]", "Guardado").Value("theme", "dark")
	html := b.Get("/").Find("html")
	if html.AttrOr("lang", "") != "es" || html.AttrOr("data-theme", "") != "dark" || html.AttrOr("data-density", "") != "comfortable" {
		t.Error("the page does not look as it was set")
	}
	b.Post("/settings", "lang", "de").Status(422).Has(".wrong", "lista")
	b.Cookies["cemigmas_toast"] = "eyJsIjoiZm9yZ2VkIn0.x"
	b.Get("/").Lacks("[data-toast]")
}

// stream opens the stream of a browser; next are its next lines that say
// something.
func stream(k *webtest.Kit, b *webtest.Browser, query string) (next func(n int) string) {
	k.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	k.Must(err)
	go func() { _ = k.Server.App().Listener(ln) }()
	ctx, cancel := context.WithTimeout(k.Context(), 10*time.Second)
	k.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", "http://"+ln.Addr().String()+"/events"+query, nil)
	k.Must(err)
	r.AddCookie(&http.Cookie{Name: "cemigmas", Value: b.Cookies["cemigmas"]})
	res, err := http.DefaultClient.Do(r)
	k.Must(err)
	k.Cleanup(func() { res.Body.Close() })
	lines := bufio.NewScanner(res.Body)
	lines.Scan() // the stream is open
	return func(n int) string {
		var got []string
		for len(got) < n && lines.Scan() {
			if strings.HasPrefix(lines.Text(), "event: ") || strings.HasPrefix(lines.Text(), "data: ") {
				got = append(got, lines.Text())
			}
		}
		return strings.Join(got, "|")
	}
}

// The stream tells what its user may see, and ends when the user is disabled.
func TestEvents(t *testing.T) {
	k := webtest.New(t)
	next := stream(k, k.Browser("ana"), "")
	bus := k.Service.Bus()
	bus.Publish(crm.Event{Kind: "client", ID: "foreign", Agent: "bia", Team: "norte"})
	bus.Publish(crm.Event{Kind: "job", ID: "foreign", Owner: "bia"})
	bus.Publish(crm.Event{Kind: crm.WakeMailbox, ID: "internal", Owner: "ana"})
	bus.Publish(crm.Event{Kind: "client", ID: "mine", Agent: "ana", Team: "norte"})
	bus.Publish(crm.Event{Kind: "mail", ID: "mine", Agent: "ana", Team: "norte"})
	if all := next(4); all != "event: client|data: mine|event: mail|data: new" {
		t.Errorf("stream %q", all)
	}
}

// What happens after a page was made and before it listens is told to it too,
// once and as far as its user may see it; of too much it only learns that.
func TestEventsSinceThePageWasMade(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("ana")
	at := b.Get("/").Find("body").AttrOr("data-at", "")
	bus := k.Service.Bus()
	for range 2 {
		bus.Publish(crm.Event{Kind: "client", ID: "mine", Agent: "ana", Team: "norte"})
		bus.Publish(crm.Event{Kind: "client", ID: "foreign", Agent: "bia", Team: "norte"})
	}
	next := stream(k, b, "?since="+at)
	if all := next(2); all != "event: client|data: mine" {
		t.Errorf("stream %q", all)
	}
	for i := range 1000 {
		bus.Publish(crm.Event{Kind: "client", ID: fmt.Sprint(i), Agent: "bia", Team: "norte"})
	}
	if all := stream(k, b, "?since="+at)(2); all != "event: all|data: all" {
		t.Errorf("stream after too much %q", all)
	}
}

func TestClientIsMadeByHand(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/clients").Status(200).Has("a[href='/clients/new']", "Novo cliente")
	b.Get("/clients/new").Status(200).Lacks("[name=agent]")
	b.Post("/clients", "name", "Laticínio Novo", "tax_id", "11.111.111/1111-11", "segment", "mv").Status(422).Value("name", "Laticínio Novo").Value("tax_id", "11.111.111/1111-11")
	a := b.Post("/clients", "name", e.ClientName, "city", "Araguari", "status", "active").Status(422).Has(".notice.warn", e.ClientName)
	a.Has(".notice.warn label", "Criar mesmo assim")
	b.Post("/clients", "name", e.ClientName, "city", "Araguari", "status", "active", "anyway", "on").Status(303)
	done := b.Post("/clients", "name", "Laticínio Novo", "tax_id", "27.418.305/0001-74", "segment", "free", "tags", "leite, queijo", "status", "prospect").Status(303)
	b.Follow(done).Status(200).Has("h1", "Laticínio Novo").Has(".facts", "Mercado livre").Has(".facts", "leite, queijo").Has(".facts", "Ana Agente")
	// Another agent is told that it is in the house, and nothing more.
	k.Browser("cleo").Post("/clients", "name", "Outro", "tax_id", "27418305000174").Status(422).Has(".wrong", "Fale com seu gerente").Lacks(".notice.warn")
	k.API("ana", http.MethodPost, "/clients", map[string]any{"name": "Pela API", "tags": []string{"x"}}).Status(201)
	k.API("ana", http.MethodPost, "/clients", map[string]any{"name": "Pela API"}).Status(422)
}

func TestClientsAreMergedAndParted(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	made := b.Post("/clients", "name", e.ClientName, "city", "Araguari", "phone", "34 3221-0000", "status", "active", "anyway", "on").Status(303)
	other := strings.TrimPrefix(made.Header.Get("Location"), "/clients/")
	b.Get("/duplicates").Status(200).Has(".pair", e.ClientName)
	b.Get("/clients/"+e.Client+"/merge?q="+e.Mark).Status(200).Has(".pair a", e.ClientName)
	b.Get("/clients/"+e.Client+"/merge?with="+other).Status(200).Has("table.merge", "Araguari")
	b.Post("/clients/"+e.Client+"/merge", "from", "none", "into", e.Client).Status(422).Has(".notice", "lista")
	done := b.Post("/clients/"+e.Client+"/merge", "from", e.Client, "into", other, "take_legalName", "second", "take_cnae", "second").Status(303)
	if done.Header.Get("Location") != "/clients/"+other {
		t.Fatalf("led to %s", done.Header.Get("Location"))
	}
	page := b.Follow(done).Status(200).Has(".person", "Helena").Has("#timeline", e.Subject).Has(".facts", "Ltda.")
	if a := b.Get("/clients/" + e.Client).Status(303); a.Header.Get("Location") != "/clients/"+other {
		t.Errorf("the old address leads to %q", a.Header.Get("Location"))
	}
	undo, ok := page.Find(".toast form").Attr("action")
	if !ok {
		t.Fatal("no undo in the toast")
	}
	b.Get("/clients/"+other+"/history").Status(200).Has(".history", "em lote")
	b.Get("/duplicates").Status(200).Has("form[action='"+undo+"']", "Desfazer")
	k.Browser("cleo").Post(undo).Status(404)
	back := b.Post(undo).Status(303)
	b.Follow(back).Status(200).Has("h1", e.ClientName).Has(".person", "Helena")
	b.Get("/clients/" + other).Status(200).Lacks(".person")
}

func TestPeopleAreMergedOnThePage(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/people/"+e.Person+"/merge").Status(200).Has(".empty", "outra pessoa")
	b.Post("/clients/"+e.Client+"/people", "name", "H. Prado", "emails", "hp@vale.example", "role", "legal", "channel", "phone", "hours", "manhãs", "lang", "es",
		"consent_on", "2026-05-02").Status(303)
	link, _ := b.Get("/people/" + e.Person + "/merge").Status(200).Find(".pair a").Attr("href")
	from, _ := b.Get(link).Status(200).Has("table.merge", "manhãs").Find("[name=from]").Attr("value")
	b.Post("/people/"+e.Person+"/merge", "from", from, "take_hours", "second").Status(303)
	b.Get("/people/"+from).Status(200).Value("hours", "manhãs").Value("name", "Helena "+e.Mark)
}

func TestGroupOnThePage(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	made := b.Post("/clients", "name", "Holding Fictícia", "status", "active").Status(303)
	top := strings.TrimPrefix(made.Header.Get("Location"), "/clients/")
	b.Post("/clients/"+e.Client+"/group", "client_name", "ninguém").Status(422).Has(".wrong", "lista")
	b.Post("/clients/"+top+"/group", "client", top).Status(422).Has(".wrong", "si mesmo")
	b.Follow(b.Post("/clients/"+e.Client+"/group", "client", top).Status(303)).Status(200).Has("h1", "Holding").Has(".indent-1", e.ClientName).Has(".stats", "1.600")
	b.Post("/clients/"+e.Client+"/group", "leave", "on").Status(303)
	b.Get("/clients/" + top + "/group").Status(200).Lacks(".indent-1")
}
