package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/store"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// linkOf is the path of the link that a page shows.
func linkOf(a *webtest.Answer) string {
	a.Helper()
	url := a.Find("#fresh-link").AttrOr("value", "")
	at := strings.Index(url, "/link/")
	if at < 0 {
		a.Fatalf("no link: %q\n%.500s", url, a.Body)
	}
	return url[at:]
}

func TestNewUserComesByLink(t *testing.T) {
	k := webtest.New(t, func(c *web.Config) { c.PublicURL = "https://crm.example" })
	b := k.Browser("admin")
	b.Post("/users", "name", "", "email", "x", "role", "king").Status(422).Has(".wrong", "Preencha").Value("email", "x")
	a := b.Post("/users", "name", "Eva", "email", "eva@cemig.example", "role", "agent", "team", "sul", "lang", "es").Status(200).Has("h1", "Eva").Has(".badge", "Convidado")
	if url := a.Find("#fresh-link").AttrOr("value", ""); !strings.HasPrefix(url, "https://crm.example/link/") {
		t.Errorf("the link is %q", url)
	}
	link := linkOf(a)
	if strings.Contains(b.Get(a.Find("form[action^='/users/'][action$='/link']").AttrOr("action", "/users")).Body, link) {
		t.Error("the link is shown twice")
	}
	b.Post("/users", "name", "Eva", "email", "EVA@cemig.example", "role", "agent").Status(422).Has(".wrong", "já")
	b.Get("/users").Has(".userrow", "nunca entrou")

	eva := k.Stranger()
	enter := eva.Get(link).Status(303)
	if to := enter.Header.Get("Location"); to != "/link" || enter.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the secret goes on to %q with %q", to, enter.Header.Get("Referrer-Policy"))
	}
	form := eva.Get("/link").Status(200).Has("p", "Eva, elija").Has("p", "eva@cemig.example")
	csrf := form.Find("[name=csrf]").AttrOr("value", "")
	eva.Post("/link", "csrf", csrf, "password", "curta", "again", "curta").Status(422).Has(".wrong", "corta")
	eva.Post("/link", "csrf", csrf, "password", "una clave larga", "again", "otra clave larga").Status(422).Has(".wrong", "distintas")
	eva.Post("/link", "csrf", "x", "password", "una clave larga", "again", "una clave larga").Status(403)
	eva.Follow(eva.Post("/link", "csrf", csrf, "password", "una clave larga", "again", "una clave larga")).Status(200).Has(".who", "Eva")

	again := k.Stranger()
	again.Get(link)
	over := again.Get("/link").Status(404).Has("h1", "não vale mais")
	if strings.Contains(over.Body, " Eva") || strings.Contains(over.Body, ">Eva") || strings.Contains(over.Body, "eva@") {
		t.Error("a used link says whose it was")
	}
	again.Post("/link", "csrf", csrf, "password", "una clave larga", "again", "una clave larga").Status(404)
	k.Token("", "POST", "/session", map[string]string{"email": "eva@cemig.example", "password": "una clave larga"}).Status(200)
	if n := b.Get("/users?q=eva&state=active").Find(".userrow").Length(); n != 1 {
		t.Error("who signed in is still invited")
	}
}

func TestLinkEnds(t *testing.T) {
	for what, end := range map[string]func(k *webtest.Kit){
		"in time":        func(k *webtest.Kit) { k.Pass(crm.LinkLife + time.Minute) },
		"with a new one": func(k *webtest.Kit) { k.Browser("admin").Post("/users/ana/link").Status(200) },
		"with a password set": func(k *webtest.Kit) {
			k.Must(drop(k.Service.ResetPassword(k.Context(), crm.SystemActor(), "ana", "outra senha longa")))
		},
		"with a change": func(k *webtest.Kit) {
			k.Must(k.Service.ChangePassword(k.Context(), k.Actor("ana"), "", webtest.Password, "outra senha longa"))
		},
	} {
		k := webtest.New(t)
		link := linkOf(k.Browser("admin").Post("/users/ana/link").Status(200))
		b := k.Stranger()
		b.Follow(b.Get(link)).Status(200)
		end(k)
		if a := b.Get("/link"); a.StatusCode != 404 {
			t.Errorf("%s: %d", what, a.StatusCode)
		}
	}
}

// Making a link ends neither sessions nor the password: it may have been made
// for the wrong person.
func TestLinkUnusedChangesNothing(t *testing.T) {
	k := webtest.New(t)
	ana := k.Browser("ana")
	k.Browser("admin").Post("/users/ana/link").Status(200)
	ana.Get("/").Status(200)
	k.Token("", "POST", "/session", map[string]string{"email": "ana@cemig.example", "password": webtest.Password}).Status(200)
}

func TestLinkGuessesAreSlowedDown(t *testing.T) {
	k := webtest.New(t)
	b := k.Stranger()
	for i := range 40 {
		b.Get("/link/guess" + fmt.Sprint(i))
		if a := b.Get("/link"); a.StatusCode == 429 {
			return
		} else if a.StatusCode != 404 {
			t.Fatalf("guess %d: %d", i, a.StatusCode)
		}
	}
	t.Error("40 guesses were free")
}

func TestDemonstrationLinkIsForThisMachine(t *testing.T) {
	k := webtest.New(t)
	link := linkOf(k.Browser("admin").Post("/users/ana/link").Status(200))
	k.Change("ana", func(u *crm.User) { u.LoopbackOnly = true }) // tests come from 0.0.0.0
	b := k.Stranger()
	b.Follow(b.Get(link)).Status(404)
}

func TestUserListNarrows(t *testing.T) {
	k := webtest.New(t)
	for i := range 9 {
		k.Apply(crm.Users.Put(&crm.User{ID: fmt.Sprint("x", i), Email: fmt.Sprintf("x%d@cemig.example", i), Name: fmt.Sprint("Zeca ", i), Role: crm.RoleAgent, Team: "leste"}))
	}
	b := k.Browser("admin")
	count := func(path string) int { return b.Get(path).Status(200).Has("form", "Papel").Find(".userrow").Length() }
	for path, want := range map[string]int{"/users": 16, "/users?q=zec": 9, "/users?q=LESTE+zeca": 9, "/users?role=manager": 2, "/users?state=active": 1,
		"/users?state=invited&role=agent": 13, "/users?q=ana%40cemig": 1, "/users?role=king": 16} {
		if n := count(path); n != want {
			t.Errorf("%s: %d rows, want %d", path, n, want)
		}
	}
	b.Get("/users?q=nobody").Status(200).Has(".empty", "Ninguém")
	k.Browser("north").Get("/users?q=a").Status(200).Lacks(".userrow form").Lacks("[name=email]")
}

func TestEditUser(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("admin")
	form := b.Get("/users/ana").Status(200).Value("name", "Ana Agente").Value("team", "norte")
	edits := form.Find("[name=edits]").AttrOr("value", "")
	pairs := func(more ...string) []string {
		return append([]string{"edits", edits, "name", "Ana Agente", "email", "ana@cemig.example", "role", "agent", "lang", "pt-BR", "team", "norte"}, more...)
	}
	// A session that ends in between is no edit.
	k.Must(k.Service.CloseSessions(t.Context(), "ana", k.Session("ana")))
	b.Follow(b.Post("/users/ana", pairs("sectors", "food", "sectors", "mining")...)).Has("[data-toast]", "Ana Agente")
	if on := b.Get("/users/ana").Find("[name=sectors][checked]").Length(); on != 2 {
		t.Errorf("%d sectors", on)
	}
	// Somebody else was first: both values are there.
	clash := b.Post("/users/ana", "edits", edits, "name", "Ana Outra", "email", "ana@cemig.example", "role", "manager", "lang", "pt-BR", "team", "norte").Status(412)
	clash.Has(".notice", "salvou antes").Has(".wrong", "Agora está: Ana Agente").Has(".wrong", "Agente").Value("name", "Ana Outra")
	edits = clash.Find("[name=edits]").AttrOr("value", "")
	b.Post("/users/ana", "edits", edits, "name", "Ana Sul", "email", "bia@cemig.example", "role", "agent", "lang", "pt-BR", "team", "sul").Status(422).Has(".wrong", "já")
	b.Post("/users/ana", "edits", edits, "name", "Ana Sul", "email", "ana@cemig.example", "role", "agent", "lang", "pt-BR", "team", "sul").Status(303)
	// Her clients, and all that hangs on them, go with her.
	k.Browser("north").Get("/clients/" + e.Client).Status(404)
	south := k.Browser("south")
	south.Get("/clients/" + e.Client).Status(200)
	south.Get("/installations/" + e.Installation).Status(200)
	south.Get("/threads/" + e.Thread).Status(200)
	south.Get("/mailboxes").Has("h2", strings.ToLower(e.Mark))
	if err := drop(k.Service.Held(t.Context(), k.Actor("south"), e.Held)); err != nil {
		t.Errorf("held mail stayed behind: %v", err)
	}
	b.Post("/users/admin", "name", "Alda", "email", "admin@cemig.example", "role", "agent", "lang", "es").Status(422).Has(".wrong", "próprio papel").Value("role", "agent")
}

// What a request says of itself is shown, never more than two words of it.
func TestDeviceOfASession(t *testing.T) {
	k := webtest.New(t)
	b := k.Stranger()
	r := httptest.NewRequest("POST", "/signin", strings.NewReader("email=ana@cemig.example&password="+strings.ReplaceAll(webtest.Password, " ", "+")))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36")
	b.Do(r).Status(303)
	b.Get("/settings/sessions").Has(".sessionrow", "Chrome, Android").Has(".sessionrow", "0.0.0.0")
	s, err := crm.Sessions.First(t.Context(), k.Service.Store(), sessionsOf("ana"))
	k.Must(err)
	if s.Browser != "Chrome" || s.System != "Android" || s.Expires.Sub(s.SeenAt) != auth.SessionLife {
		t.Errorf("session %+v", s)
	}
}

func sessionsOf(user string) store.Query {
	return store.Query{Where: []store.Cond{store.Is("user", user)}, Sort: []string{"-seen"}}
}

func TestUnknownFilterOfClients(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("ana")
	for query, words := range map[string]string{"sector=alchemy": "Ramo: “alchemy” não existe.", "status=asleep": "“asleep” não existe.", "sort=colour": "“colour” não existe."} {
		b.Get("/clients?"+query).Status(200).Has(".notice", words).Lacks("#list-rows tr")
		wantError(t, k.API("ana", "GET", "/clients?"+query, nil), 422, crm.CodeInvalid)
	}
}

func TestBrokenImportShowsWhatIsKnown(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	j, err := crm.Jobs.Get(t.Context(), k.Service.Store(), e.Import)
	k.Must(err)
	j.State, j.Result, j.Done, j.Total, j.Error = crm.JobFailed, nil, 412, 1000, &crm.Text{Key: "import.file.broken"}
	k.Apply(crm.Jobs.Put(&j))
	k.Browser("ana").Get("/imports/"+e.Import).Status(200).Has(".stat", "412").Has(".stat", "de 1.000")
}

// A user whom nobody gave a language has the browser's; a page of settings shows
// it, and saving keeps it.
func TestLanguageOfAFreshUser(t *testing.T) {
	k := webtest.New(t)
	u, err := k.Service.User(t.Context(), crm.SystemActor(), k.Actor("ana").UserID)
	k.Must(err)
	in := crm.UserInput{Email: u.Email, Name: u.Name, Role: u.Role, Team: u.Team}
	if _, err := k.Service.EditUser(t.Context(), crm.SystemActor(), u.ID, u.Edits, in); err != nil {
		t.Fatal(err)
	}
	b := k.Browser("ana")
	for lang, want := range map[string]string{"es-AR,es;q=0.9": "es", "en-GB": "en", "pt": "pt-BR"} {
		ask := httptest.NewRequest(http.MethodGet, "/settings", nil)
		ask.Header.Set("Accept-Language", lang)
		b.Do(ask).Status(200).Has(`html[lang="`+want+`"]`, "").Has(`select[name=lang] option[value="`+want+`"][selected]`, "")
	}
}
