package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// counted is a Meter that remembers.
type counted struct {
	mu     sync.Mutex
	flying int
	seen   []string
}

func (m *counted) Began() { m.mu.Lock(); m.flying++; m.mu.Unlock() }

func (m *counted) Ended(method, route string, status int, took time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.flying--
	m.seen = append(m.seen, method+" "+route+" "+strconv.Itoa(status))
}

// TestAccountNamesRoutes: figures and log know patterns, never ids.
func TestAccountNamesRoutes(t *testing.T) {
	m, log := &counted{}, &bytes.Buffer{}
	k := webtest.New(t, func(c *web.Config) {
		c.Meter, c.Log = m, slog.New(slog.NewJSONHandler(log, nil))
	})
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/clients/" + e.Client + "?tab=" + e.Mark).Status(http.StatusOK)
	b.Get("/clients/gone").Status(http.StatusNotFound)
	b.Get("/").Status(http.StatusOK)
	b.Get("/nothing/" + e.Mark).Status(http.StatusNotFound)
	k.API("ana", http.MethodGet, "/clients/"+e.Client, nil).Status(http.StatusOK)
	b.Do(httptest.NewRequest(http.MethodDelete, "/clients", nil)).Status(http.StatusNotFound)
	big := httptest.NewRequest(http.MethodPost, "/settings", strings.NewReader(strings.Repeat("x", 2<<20)))
	b.Do(big).Status(http.StatusRequestEntityTooLarge)
	want := "GET /clients/:id 200|GET /clients/:id 404|GET / 200|GET  404|GET /api/v1/clients/:id 200|DELETE  404|POST  413"
	if got := strings.Join(m.seen, "|"); got != want || m.flying != 0 {
		t.Errorf("counted %s, %d in flight; want\n%s", got, m.flying, want)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != len(m.seen) {
		t.Fatalf("%d lines for %d requests:\n%s", len(lines), len(m.seen), log)
	}
	var first struct {
		Msg, Route, Request, User string
		Status                    int
		MS                        float64
	}
	k.Must(json.Unmarshal([]byte(lines[0]), &first))
	if first.Route != "/clients/:id" || first.Status != 200 || first.User != "ana" || first.Request == "" || first.MS <= 0 {
		t.Errorf("the first line is %s", lines[0])
	}
	for _, private := range []string{e.Mark, e.Client, "gone", "192.0.2", "0.0.0.0"} {
		if strings.Contains(log.String(), private) {
			t.Errorf("the log names %q:\n%s", private, log)
		}
	}
}

// broken is a store whose queries fail.
type broken struct {
	store.Store
	down func(*store.Collection) error
}

func (s broken) Find(ctx context.Context, q store.Query) (store.Page, error) {
	if err := s.down(q.In); err != nil {
		return store.Page{}, err
	}
	return s.Store.Find(ctx, q)
}

// TestFailuresNameTheirRequest, on the page, in a fragment, in the API and in
// the log.
func TestFailuresNameTheirRequest(t *testing.T) {
	log := &bytes.Buffer{}
	failing := func(in *store.Collection) error {
		if in == crm.Clients.In {
			panic("Helena Moura, 111.444.777-35")
		}
		return nil
	}
	k := webtest.New(t, func(c *web.Config) {
		c.Log = slog.New(slog.NewTextHandler(log, nil))
		c.Service = crm.New(crm.Deps{Store: broken{c.Service.Store(), func(in *store.Collection) error { return failing(in) }}, Now: c.Service.Now})
	})
	for name, a := range map[string]*webtest.Answer{
		"page":     k.Browser("ana").Get("/clients"),
		"fragment": k.Browser("ana").Part("/clients", ""),
		"API":      k.API("ana", http.MethodGet, "/clients", nil),
	} {
		a.Status(http.StatusInternalServerError)
		id := a.Header.Get("X-Request-Id")
		if id == "" || !strings.Contains(a.Body, id) {
			t.Errorf("%s does not say that it was request %q: %.300s", name, id, a.Body)
		}
		if !strings.Contains(log.String(), id) {
			t.Errorf("the log does not know request %s of the %s", id, name)
		}
		if strings.Contains(a.Body+log.String(), "Helena") {
			t.Errorf("%s or log quotes what the panic said", name)
		}
	}
	failing = func(*store.Collection) error { panic("Helena Moura") } // the frame of the page that says so asks too
	if a := k.Browser("ana").Get("/clients").Status(500); !strings.Contains(a.Body, a.Header.Get("X-Request-Id")) || strings.Contains(a.Body, "Helena") {
		t.Errorf("a broken error page says %q", a.Body)
	}
	failing = func(*store.Collection) error { return &store.Error{Code: store.CodeUnavailable} }
	a := k.Browser("ana").Get("/clients").Status(http.StatusServiceUnavailable)
	if id := a.Header.Get("X-Request-Id"); !strings.Contains(a.Body, id) || !strings.Contains(log.String(), id) {
		t.Error("a page without its store does not name its request")
	}
}

// TestLeaving says no to proxies and goes on answering.
func TestLeaving(t *testing.T) {
	k := webtest.New(t)
	k.Stranger().Get("/readyz").Status(http.StatusOK)
	k.Server.Leave()
	k.Stranger().Get("/readyz").Status(http.StatusServiceUnavailable)
	k.Stranger().Get("/healthz").Status(http.StatusOK)
	k.Browser("ana").Get("/").Status(http.StatusOK)
}
