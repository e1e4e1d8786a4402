package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// addBox adds a mailbox of ana's whose password can be opened again.
func addBox(k *webtest.Kit) crm.Mailbox {
	k.Helper()
	m, err := k.Service.AddMailbox(k.Context(), k.Actor("ana"), k.Ring, crm.MailboxInput{Address: "equipe@cemig.example", Host: "imap.cemig.example",
		TLS: "tls", Login: "equipe", Password: "segredo", Folders: []string{"Obras"}, Horizon: "2026-01-01"})
	k.Must(err)
	return m
}

func stored(k *webtest.Kit, id string) crm.Mailbox {
	k.Helper()
	m, err := crm.Mailboxes.Get(k.Context(), k.Service.Store(), id)
	k.Must(err)
	return m
}

func TestMailboxIsEdited(t *testing.T) {
	k := webtest.New(t)
	m := addBox(k)
	b, at := k.Browser("ana"), "/mailboxes/"+m.ID+"/edit"
	b.Get("/mailboxes").Has("a[href='"+at+"']", "")
	a := b.Get(at).Status(200).Value("host", "imap.cemig.example").Value("port", "993").Value("tls", "tls").Value("login", "equipe").
		Value("folders", "Obras").Value("horizon", "2026-01-01").Value("password", "")
	if strings.Contains(a.Body, "segredo") || strings.Contains(a.Body, m.Secret) {
		t.Error("the page shows a password")
	}
	same := []string{"host", m.Host, "port", "993", "tls", "tls", "login", "equipe", "folders", "Obras", "horizon", "2026-01-01"}
	with := func(name, value string) []string { return append(append([]string{}, same...), name, value) }
	swap := func(name, value string) []string {
		out := append([]string{}, same...)
		for i := 0; i < len(out); i += 2 {
			if out[i] == name {
				out[i+1] = value
			}
		}
		return out
	}

	// Folders and horizon need no try at the server.
	k.Mail.Err = crm.Errf(crm.CodeUnauthorized, "mail.error.auth")
	b.Follow(b.Post(at, swap("folders", "Obras\nContratos")...)).Status(200).Has("[data-toast]", "Salvo")
	if got := stored(k, m.ID); len(got.Folders) != 2 || got.Secret != m.Secret {
		t.Errorf("stored %+v", got)
	}
	// What belongs to the connection does, and says what is wrong.
	refused := b.Post(at, with("password", "errada")...).Status(422).Has("[role=alert]", "senha de aplicativo").Value("login", "equipe")
	if strings.Contains(refused.Body, "errada") {
		t.Error("the password came back")
	}
	if got := stored(k, m.ID); got.Secret != m.Secret {
		t.Error("a password that was refused was stored")
	}
	b.Post(at, swap("port", "x")...).Status(422).Has(".wrong", "")
	b.Post(at, swap("tls", "plain")...).Status(422).Has(".wrong", "criptografia")
	b.Post(at, swap("horizon", "ontem")...).Status(422).Value("horizon", "ontem")

	k.Mail.Err = nil
	b.Post(at, append(with("password", "nova"), "action", "check")...).Status(200).Has(".notice.ok", "Conectou")
	if got := stored(k, m.ID); got.Secret != m.Secret {
		t.Error("a check stored the password")
	}
	// A stored password goes to no other server.
	b.Post(at, swap("host", "evil.example")...).Status(422).Has(".wrong", "senha").Value("host", "evil.example")
	b.Follow(b.Post(at, append(swap("host", "mail.cemig.example"), "password", "nova")...))
	got := stored(k, m.ID)
	if plain, err := k.Ring.Open(crm.SecretRecord(m.ID), got.Secret); err != nil || string(plain) != "nova" || got.Host != "mail.cemig.example" {
		t.Errorf("stored %q on %s, %v", plain, got.Host, err)
	}
}

func TestMailboxIsPaused(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/mailboxes/"+e.Mailbox
	b.Follow(b.Post(at+"/pause")).Has(".badge", "pausada").Has("[data-toast]", "fica").Has("form[action='"+at+"/resume'] button", "Retomar")
	if !stored(k, e.Mailbox).Paused {
		t.Error("it is not paused")
	}
	b.PostPart(at+"/resume").Status(200).Has("form[action='"+at+"/pause'] button", "Pausar")
	if stored(k, e.Mailbox).Paused {
		t.Error("it is still paused")
	}
}

func TestMailboxSaysWhatToDo(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/mailboxes/"+e.Mailbox
	set := func(change func(*crm.Mailbox)) {
		m := stored(k, e.Mailbox)
		change(&m)
		k.Apply(crm.Mailboxes.Put(&m))
	}
	set(func(m *crm.Mailbox) { m.State, m.Problem = "auth", &crm.Text{Key: "mail.error.auth"} })
	a := b.Get("/mailboxes").Has(".badge", "senha recusada").Has(".notice.bad", "senha de aplicativo").Has(".notice a", "Trocar senha")
	if got := a.Find(".notice a").AttrOr("href", ""); got != at+"/edit#f-password" {
		t.Errorf("the notice leads to %q", got)
	}
	// A manager sees the state, and none of the links.
	k.Browser("north").Get("/mailboxes").Has(".notice.bad", "senha").Lacks(".notice a").Lacks("a[href='" + at + "/edit']")

	next := webtest.Now.Add(1e9 * 60 * 25)
	set(func(m *crm.Mailbox) {
		m.State, m.Problem, m.NextTry = "waiting", &crm.Text{Key: "mail.error.network"}, &next
	})
	b.Get("/mailboxes").Has(".box-head", "tenta de novo: hoje, 10:25").Has(".notice.warn", "não foi alcançado")

	f, err := crm.Folders.Get(t.Context(), k.Service.Store(), e.Mailbox+":1")
	k.Must(err)
	f.Problem = &crm.Text{Key: "mail.error.notfound"}
	row := crm.LedgerRow{ID: f.ID + ":1:0000000009", Mailbox: e.Mailbox, Folder: f.ID, Epoch: 1, UID: 9, State: crm.RowFailed, Tries: 5}
	k.Apply(crm.Folders.Put(&f), crm.Ledger.Put(&row))
	b.Get("/mailboxes").Has("td", "não existe mais no servidor").Has("form[action='"+at+"/retry']", "1 e-mail não pôde")
	b.Follow(b.Post(at+"/retry")).Has("[data-toast]", "1 e-mail será buscado").Lacks("form[action='" + at + "/retry']")
	if got, err := crm.Ledger.Get(t.Context(), k.Service.Store(), row.ID); err != nil || got.State != crm.RowWanted {
		t.Errorf("row %+v, %v", got, err)
	}
}

func TestMailboxIsRemoved(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/mailboxes/"+e.Mailbox+"/remove"
	b.Get("/mailboxes/"+e.Mailbox+"/edit").Has("dialog#remove p", "ficam com os clientes").Has("a[data-open=remove]", "Remover")
	b.Get(at).Status(200).Has("form p", "não se desfaz")
	b.Follow(b.Post(at)).Status(200).Has("[data-toast]", "removida").Lacks("table.folders")
	b.Get("/mailboxes/" + e.Mailbox + "/edit").Status(404)
	b.Get("/triage").Lacks(".held")
	b.Get("/threads/"+e.Thread).Status(200).Has("details.msg", e.Mark) // filed mail stays
}

func TestMailboxEditConflict(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	path := "/mailboxes/" + e.Mailbox + "/edit"
	version := b.Get(path).Find("[name=version]").AttrOr("value", "")
	b.Post(path, "version", version, "folders", "Arquivo").Status(303)
	clash := b.Post(path, "version", version, "host", "127.0.0.1", "port", "993", "tls", "tls", "login", "ana", "folders", "Contas", "horizon", "2025-11-22").Status(412)
	clash.Has(".notice", "salvou antes").Has(".wrong", "Agora está: Arquivo").Value("folders", "Contas")
	version = clash.Find("[name=version]").AttrOr("value", "")
	b.Post(path, "version", version, "folders", "Contas").Status(303)
	b.Get(path).Value("folders", "Contas")
}
