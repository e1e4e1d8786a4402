package app

import (
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

func TestParseRoles(t *testing.T) {
	for in, want := range map[string][]string{
		"": AllRoles, "web,sync,jobs": AllRoles, "web": {"web"}, "jobs, sync": {"jobs", "sync"}, "sync,sync": {"sync"},
	} {
		if got, err := ParseRoles(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %v, %v", in, got, err)
		}
	}
	_, err := ParseRoles("web,mail")
	if err == nil {
		t.Fatal("an unknown role is taken")
	}
	for _, word := range append([]string{`"mail"`}, AllRoles...) {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not name %s", err, word)
		}
	}
}

// node is an App of a test that serves.
func node(t *testing.T, c Config) *App {
	t.Helper()
	c.Addr, c.Exclusive, c.AllowNoTransactions = "127.0.0.1:0", true, opentest.Double(t)
	if c.Data == "" {
		c.Data, c.Store = t.TempDir(), opentest.DSN(t)
	}
	a, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if _, err := a.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestNodeWithoutPages: it says that it lives and is ready, and nothing else;
// it makes no first admin, whose password nobody would see.
func TestNodeWithoutPages(t *testing.T) {
	a := node(t, Config{Roles: []string{RoleSync, RoleJobs}})
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 200, "/": 404, "/signin": 404, "/api/v1/clients": 404, "/events": 404} {
		r, err := http.Get(a.URL() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		if r.StatusCode != want || want == 404 && !strings.Contains(string(body), "serves no pages") {
			t.Errorf("%s answers %d %q", path, r.StatusCode, body)
		}
	}
	if u, err := crm.Users.First(t.Context(), a.store, store.Query{Sort: []string{"name"}}); err != nil || u != nil {
		t.Errorf("a user %+v, %v", u, err)
	}
}

// TestDailyPassGoesOnElsewhere: the pass of a node that was killed is made by
// another as soon as its lease ran out.
func TestDailyPassGoesOnElsewhere(t *testing.T) {
	opentest.NeedsSQLite(t, "the lease is the driver's; its contract is tested there")
	a := node(t, Config{Roles: []string{RoleWeb}, Lease: 300 * time.Millisecond})
	if _, err := a.store.Lease(t.Context(), "newday", "killed", a.Lease); err != nil {
		t.Fatal(err)
	}
	if err := a.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m, err := crm.Marks.Get(t.Context(), a.store, crm.MarkDay); err == nil {
		t.Fatalf("two nodes make it: %+v", m)
	}
	for late := time.Now().Add(10 * time.Second); ; {
		if err := a.catchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if m, err := crm.Marks.Get(t.Context(), a.store, crm.MarkDay); err == nil && m.Value == a.Service.Today() {
			return
		}
		if time.Now().After(late) {
			t.Fatal("nobody makes it")
		}
	}
}

func TestDemonstrationNeedsPages(t *testing.T) {
	a, err := Open(t.Context(), Config{Data: t.TempDir(), Exclusive: true, Demo: true, Addr: "127.0.0.1:0", Roles: []string{RoleSync}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "role web") {
		t.Errorf("%v", err)
	}
}
