package crm_test

import (
	"context"
	"errors"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/secret"
)

func mailboxInput() crm.MailboxInput {
	return crm.MailboxInput{Address: "Ana@Luz.example", Host: " Imap.Luz.example ", TLS: "tls", Password: "segredo"}
}

func TestMailboxInputIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*crm.MailboxInput)
		field  string
	}{
		"as it should be":       {func(*crm.MailboxInput) {}, ""},
		"no address":            {func(in *crm.MailboxInput) { in.Address = "ana" }, "address"},
		"no host":               {func(in *crm.MailboxInput) { in.Host = " " }, "host"},
		"no password":           {func(in *crm.MailboxInput) { in.Password = "" }, "password"},
		"unknown security":      {func(in *crm.MailboxInput) { in.TLS = "ssl" }, "tls"},
		"plain off loopback":    {func(in *crm.MailboxInput) { in.TLS = "plain" }, "tls"},
		"plain on loopback":     {func(in *crm.MailboxInput) { in.TLS, in.Host = "plain", "127.0.0.1" }, ""},
		"plain by a close name": {func(in *crm.MailboxInput) { in.TLS, in.Host = "plain", "localhost.evil.example" }, "tls"},
		"port of no range":      {func(in *crm.MailboxInput) { in.Port = 70000 }, "port"},
		"horizon of no date":    {func(in *crm.MailboxInput) { in.Horizon = "ontem" }, "horizon"},
	} {
		t.Run(name, func(t *testing.T) {
			in := mailboxInput()
			c.change(&in)
			m, err := in.Draft(noon)
			var e *crm.Error
			if c.field == "" {
				if err != nil || m.Address != "ana@luz.example" || m.Login != "ana@luz.example" || m.Horizon != "2025-10-14" {
					t.Errorf("%+v, %v", m, err)
				}
			} else if !errors.As(err, &e) || e.Fields[c.field].Key == "" {
				t.Errorf("%v says nothing of %s", err, c.field)
			}
		})
	}
}

func TestMailboxIsChangedByItsOwner(t *testing.T) {
	h, ring, ctx := newHouse(t), secret.NewRing(), context.Background()
	m, err := h.AddMailbox(ctx, h.ana, ring, mailboxInput())
	if err != nil || m.Port != 993 || m.Host != "imap.luz.example" {
		t.Fatalf("%+v, %v", m, err)
	}
	if _, err := h.AddMailbox(ctx, h.ana, ring, mailboxInput()); crm.CodeOf(err) != crm.CodeDuplicate {
		t.Errorf("twice: %v", err)
	}
	paused, host := true, "outro.luz.example"
	for who, want := range map[*crm.Actor]crm.Code{&h.rui: crm.CodeNotFound, &h.other: crm.CodeNotFound, &h.manager: crm.CodeForbidden} {
		_, err := h.EditMailbox(ctx, *who, ring, m.ID, crm.MailboxEdit{Paused: &paused})
		code(t, err, want)
		code(t, h.RemoveMailbox(ctx, *who, m.ID), want)
	}
	// A stored password goes to no other server than the one it was given for.
	_, err = h.EditMailbox(ctx, h.ana, ring, m.ID, crm.MailboxEdit{Host: &host})
	code(t, err, crm.CodeInvalid)
	_, password, err := h.TryMailbox(ctx, h.ana, ring, m.ID, crm.MailboxEdit{Paused: &paused})
	if err != nil || password != "segredo" {
		t.Errorf("tries with %q, %v", password, err)
	}
	m, err = h.EditMailbox(ctx, h.ana, ring, m.ID, crm.MailboxEdit{Paused: &paused, Host: &host, Password: "segredo"})
	if err != nil || !m.Paused || m.Host != host || m.Port != 993 {
		t.Errorf("%+v, %v", m, err)
	}
	m, err = h.EditMailbox(ctx, h.ana, ring, m.ID, crm.MailboxEdit{Paused: &paused})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := ring.Open(crm.SecretRecord(m.ID), m.Secret); err != nil || string(plain) != "segredo" {
		t.Errorf("the password did not stay: %v", err)
	}
	m, err = h.EditMailbox(ctx, h.admin, ring, m.ID, crm.MailboxEdit{Password: "outra"})
	if plain, oerr := ring.Open(crm.SecretRecord(m.ID), m.Secret); err != nil || oerr != nil || string(plain) != "outra" {
		t.Errorf("the password did not change: %v, %v", err, oerr)
	}
	// A sealed password opens for no other mailbox.
	if _, err := ring.Open(crm.SecretRecord("another"), m.Secret); err == nil {
		t.Error("it opens elsewhere")
	}
	plain := "plain"
	_, err = h.EditMailbox(ctx, h.ana, ring, m.ID, crm.MailboxEdit{TLS: &plain})
	code(t, err, crm.CodeInvalid)
	st, err := h.Mailbox(ctx, h.ana, m.ID)
	if err != nil || st.Secret != "" {
		t.Error("the password is served")
	}
}
