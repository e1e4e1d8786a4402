package e2e

import (
	"slices"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/cmd/internal/demo"
	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/store/opentest"
)

// today is the last day of the demonstration; the clock starts at two in the
// afternoon of it.
const today = calendar.Date("2026-11-22")

var noon = time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)

// house is a whole program on a store of its own.
type house struct {
	*app.App
	logins []app.Login
}

// few are the clients of the demonstration on the protocol double, which tests
// every document for each query: with a fifth of all clients, installations and
// mails, people wait there a fifth as long. Every flow finds in it what it needs.
const few = 12

// demonstration starts a house that is filled.
func demonstration(t *testing.T) *house {
	t.Helper()
	start, clients := time.Now(), demo.DefaultClients
	if opentest.Double(t) {
		clients = few
	}
	a, err := app.Open(t.Context(), app.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, Clients: clients, Seed: 1, Today: today, Exclusive: true,
		Store: opentest.DSN(t), AllowNoTransactions: opentest.Double(t),
		Now: func() time.Time { return noon.Add(time.Since(start)) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	logins, err := a.Prepare(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("ready after %s", time.Since(start).Round(time.Millisecond))
	return &house{a, logins}
}

// first is the first login of a role.
func (h *house) first(t *testing.T, role crm.Role) app.Login {
	t.Helper()
	for _, l := range h.logins {
		if l.Role == role {
			return l
		}
	}
	t.Fatalf("no %s among the logins", role)
	return app.Login{}
}

// named is the login with an address.
func (h *house) named(t *testing.T, email string) app.Login {
	t.Helper()
	for _, l := range h.logins {
		if l.Email == email {
			return l
		}
	}
	t.Fatalf("no login %s", email)
	return app.Login{}
}

func (h *house) actor(t *testing.T, email string) crm.Actor {
	t.Helper()
	a, err := h.ActorFor(t.Context(), email)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// client finds a client by its whole name.
func (h *house) client(t *testing.T, name string) crm.Client {
	t.Helper()
	list, _, err := h.Service.ClientList(t.Context(), crm.SystemActor(), crm.ClientQuery{Q: name})
	if err != nil || len(list) != 1 || list[0].Name != name {
		t.Fatalf("%d clients are called %s: %v", len(list), name, err)
	}
	return list[0]
}

// synced waits until a mailbox ("": each) has been read to the end, so that what
// comes after it is new.
func (h *house) synced(t *testing.T, address string) {
	t.Helper()
	events, stop := h.Service.Bus().Subscribe()
	defer stop()
	late := time.After(patience(t))
	for {
		boxes, err := h.Service.ListMailboxes(t.Context(), crm.SystemActor())
		if err != nil {
			t.Fatal(err)
		}
		boxes = slices.DeleteFunc(boxes, func(b crm.MailboxState) bool { return address != "" && b.Address != address })
		if len(boxes) > 0 && !slices.ContainsFunc(boxes, func(b crm.MailboxState) bool { return !filled(b) }) {
			return
		}
		select {
		case <-events:
		case <-late:
			t.Fatalf("%s is not read to the end: %+v", address, boxes)
		}
	}
}

func filled(b crm.MailboxState) bool {
	for _, f := range b.FolderStates {
		if !f.Filled || f.Wanted > 0 {
			return false
		}
	}
	return len(b.FolderStates) > 0
}
