package crm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

// house is a small store with two teams, for tests of services.
type house struct {
	*crm.Service
	now                    time.Time
	admin, manager, other  crm.Actor // other manages another team
	ana, rui               crm.Actor // agents of different teams
	anasClient, ruisClient crm.Client
}

var noon = time.Date(2026, 10, 14, 15, 0, 0, 0, time.UTC) // 12:00 in São Paulo

func newHouse(t *testing.T) *house {
	t.Helper()
	st := opentest.Store(t, crm.Schema())
	h := &house{now: noon}
	n := 0
	h.Service = crm.New(crm.Deps{Store: st, Now: func() time.Time { return h.now },
		NewID: func() string { n++; return fmt.Sprintf("id%04d", n) }})
	h.admin = crm.SystemActor()
	h.manager = h.user(t, "mara", crm.RoleManager, "norte")
	h.other = h.user(t, "otto", crm.RoleManager, "sul")
	h.ana = h.user(t, "ana", crm.RoleAgent, "norte")
	h.rui = h.user(t, "rui", crm.RoleAgent, "sul")
	h.anasClient = h.client(t, "Frigorífico Vale Fictício", h.ana)
	h.ruisClient = h.client(t, "Hospital Inventado", h.rui)
	return h
}

// user stores a user without hashing a password, which takes time.
func (h *house) user(t *testing.T, name string, role crm.Role, team string) crm.Actor {
	t.Helper()
	u := crm.User{ID: "u-" + name, Email: name + "@cemigmas.example", Name: name, Role: role, Team: team, Epoch: 1, CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Users.Put(&u))
	return u.Actor()
}

func (h *house) client(t *testing.T, name string, agent crm.Actor) crm.Client {
	t.Helper()
	c := crm.Client{ID: h.NewID(), Name: name, Agent: agent.UserID, Team: agent.Team, Status: "active", CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Clients.Put(&c))
	c.Version = 1
	return c
}

func (h *house) put(t *testing.T, ch ...store.Change) {
	t.Helper()
	if err := h.Apply(context.Background(), ch...); err != nil {
		t.Fatal(err)
	}
}

func (h *house) log(t *testing.T, a crm.Actor, client string, in crm.ActivityInput) crm.Activity {
	t.Helper()
	act, err := h.LogActivity(context.Background(), a, client, in)
	if err != nil {
		t.Fatal(err)
	}
	return act
}

func (h *house) timeline(t *testing.T, a crm.Actor, client string, q crm.TimelineQuery) []crm.Entry {
	t.Helper()
	list, _, err := h.TimelineList(context.Background(), a, client, q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func code(t *testing.T, err error, want crm.Code) {
	t.Helper()
	if got := crm.CodeOf(err); got != want {
		t.Fatalf("error is %q (%v), want %q", got, err, want)
	}
}

func asError(err error, into **crm.Error) bool { return errors.As(err, into) }
