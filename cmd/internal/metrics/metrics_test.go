package metrics

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/sqlite"
)

var now = time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)

// kept is a store that is counted.
func kept(t testing.TB, s *Set) (store.Store, *crm.Service) {
	t.Helper()
	st, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "t.db"), Schema: crm.Schema(), Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	wrapped := s.Calls.Store(st)
	return wrapped, crm.New(crm.Deps{Store: wrapped, Now: func() time.Time { return now }})
}

func read(t testing.TB, s *Set) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %v: %s", w.Code, err, body)
	}
	return string(body)
}

func has(t *testing.T, figures string, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if !strings.Contains(figures, "\n"+l+"\n") {
			name, _, _ := strings.Cut(l, "{")
			var near []string
			for _, f := range strings.Split(figures, "\n") {
				if strings.HasPrefix(f, name) {
					near = append(near, f)
				}
			}
			t.Errorf("no figure %q, but\n%s", l, strings.Join(near, "\n"))
		}
	}
}

func TestRequests(t *testing.T) {
	s := New("test")
	s.Requests.Began()
	s.Requests.Began()
	s.Requests.Began()
	s.Requests.Ended("GET", "/clients/:id", 200, 2*time.Millisecond)
	s.Requests.Ended("PROPFIND", "", 404, time.Millisecond)
	has(t, read(t, s),
		`cemigmas_http_requests_in_flight 1`,
		`cemigmas_http_request_seconds_count{method="GET",route="/clients/:id",status="2xx"} 1`,
		`cemigmas_http_request_seconds_bucket{method="GET",route="/clients/:id",status="2xx",le="0.003"} 1`,
		`cemigmas_http_request_seconds_bucket{method="GET",route="/clients/:id",status="2xx",le="0.001"} 0`,
		`cemigmas_http_request_seconds_count{method="any",route="none",status="4xx"} 1`)
	if !strings.Contains(read(t, s), `cemigmas_build_info{go="go`) || !strings.Contains(read(t, s), "go_goroutines") {
		t.Error("no build information or no runtime")
	}
}

func TestStoreCalls(t *testing.T) {
	s := New("test")
	st, svc := kept(t, s)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	u := crm.User{ID: "ana", Email: "ana@cemig.example", Name: "Ana", Role: crm.RoleAgent}
	must(svc.Apply(ctx, crm.Users.Put(&u)))
	if err := svc.Apply(ctx, crm.Users.Put(&u)); crm.CodeOf(err) != crm.CodeConflict {
		t.Fatal(err)
	}
	twin := crm.User{ID: "eva", Email: "ana@cemig.example", Name: "Eva", Role: crm.RoleAgent}
	if err := svc.Apply(ctx, crm.Users.Put(&twin)); crm.CodeOf(err) != crm.CodeDuplicate {
		t.Fatal(err)
	}
	_, err := crm.Users.Get(ctx, st, "ana")
	must(err)
	if _, err := crm.Users.Get(ctx, st, "nobody"); !store.IsNotFound(errors.Unwrap(err)) && crm.CodeOf(err) != crm.CodeNotFound {
		t.Fatal(err)
	}
	l, err := st.Lease(ctx, "x", "a", time.Minute)
	must(err)
	must(st.Release(ctx, l))
	must(st.Ping(ctx))
	if _, err := st.Find(ctx, store.Query{In: crm.Users.In, Where: []store.Cond{store.Is("team", "x")}, Sort: []string{"-role"}}); store.CodeOf(err) != store.CodeInvalid {
		t.Fatal(err)
	}
	figures := read(t, s)
	has(t, figures,
		`cemigmas_store_seconds_count{collection="users",operation="apply"} 3`,
		`cemigmas_store_seconds_count{collection="users",operation="get"} 2`,
		`cemigmas_store_seconds_count{collection="",operation="lease"} 1`,
		`cemigmas_store_errors_total{code="invalid",collection="users",operation="find"} 1`,
		`cemigmas_store_errors_total{code="conflict",collection="users",operation="apply"} 1`,
		`cemigmas_store_errors_total{code="duplicate",collection="users",operation="apply"} 1`)
	if strings.Contains(figures, "not-found") || strings.Contains(figures, "cemig.example") {
		t.Errorf("what is not there counts as a failure, or an address is named:\n%s", figures)
	}
	if _, ok := st.(interface{ Unwrap() store.Store }).Unwrap().(*sqlite.Store); !ok {
		t.Error("the driver is not found behind the wrapper")
	}
}

// endless is a driver whose pages end at the bound of tested rows.
type endless struct{ store.Store }

func (endless) Find(_ context.Context, q store.Query) (store.Page, error) {
	return store.Page{Docs: make([]store.Doc, 3), Next: "on"}, nil
}

func TestShortPagesAreCounted(t *testing.T) {
	s := New("test")
	st := s.Calls.Store(endless{})
	for _, limit := range []int{3, 10, 0} {
		if _, err := st.Find(t.Context(), store.Query{In: crm.Clients.In, Limit: limit}); err != nil {
			t.Fatal(err)
		}
	}
	has(t, read(t, s), `cemigmas_store_short_pages_total{collection="clients"} 2`)
}

func TestMailboxesAndJobs(t *testing.T) {
	s := New("test")
	_, svc := kept(t, s)
	s.Watch(svc)
	ago := now.Add(-90 * time.Second)
	apply := func(changes ...store.Change) {
		t.Helper()
		if err := svc.Apply(t.Context(), changes...); err != nil {
			t.Fatal(err)
		}
	}
	apply(crm.Mailboxes.Put(&crm.Mailbox{ID: "b1", Owner: "ana", Address: "ana@cemig.example", State: "ok", LastPass: &ago}),
		crm.Mailboxes.Put(&crm.Mailbox{ID: "b2", Owner: "bia", Address: "bia@cemig.example", State: "auth"}),
		crm.Mailboxes.Put(&crm.Mailbox{ID: "b3", Owner: "bia", Address: "caixa@cemig.example", State: "ok", LastPass: &ago, Paused: true}),
		crm.Jobs.Put(&crm.Job{ID: "j1", Kind: crm.JobImport, By: "ana", State: crm.JobQueued, CreatedAt: now.Add(-5 * time.Minute)}),
		crm.Jobs.Put(&crm.Job{ID: "j2", Kind: crm.JobReport, By: "ana", State: crm.JobRunning, CreatedAt: now}),
		crm.Jobs.Put(&crm.Job{ID: "j3", Kind: crm.JobReport, By: "ana", State: crm.JobFailed, CreatedAt: now}),
		crm.Ledger.Put(&crm.LedgerRow{ID: "f:1:1", Mailbox: "b1", Folder: "f", UID: 1, State: crm.RowWanted}),
		crm.Ledger.Put(&crm.LedgerRow{ID: "f:1:2", Mailbox: "b1", Folder: "f", UID: 2, State: crm.RowHeld}))
	figures := read(t, s)
	has(t, figures,
		`cemigmas_store_up 1`,
		`cemigmas_mailboxes{state="ok"} 1`, `cemigmas_mailboxes{state="auth"} 1`, `cemigmas_mailboxes{state="paused"} 1`,
		`cemigmas_mailbox_success_age_seconds{mailbox="b1"} 90`,
		`cemigmas_jobs{state="queued"} 1`, `cemigmas_jobs{state="running"} 1`, `cemigmas_jobs_oldest_queued_seconds 300`,
		`cemigmas_jobs_ended_total{kind="report",state="failed"} 1`,
		`cemigmas_mails_total{state="held"} 1`, `cemigmas_mails_total{state="stored"} 0`)
	for _, private := range []string{"cemig.example", `mailbox="b2"`, `mailbox="b3"`, `state="wanted"`} {
		if strings.Contains(figures, private) {
			t.Errorf("the figures say %s", private)
		}
	}
}

// TestStoreDown: the figures that say that the store is down come all the same.
func TestStoreDown(t *testing.T) {
	s := New("test")
	st, svc := kept(t, s)
	s.Watch(svc)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	has(t, read(t, s), `cemigmas_store_up 0`, `cemigmas_http_requests_in_flight 0`)
}

// BenchmarkRequest is what counting costs a request: no allocation, and less
// than a two-thousandth of a page.
func BenchmarkRequest(b *testing.B) {
	s := New("bench")
	b.ReportAllocs()
	for b.Loop() {
		s.Requests.Began()
		s.Requests.Ended("GET", "/api/v1/clients/:id/timeline", 200, 300*time.Microsecond)
	}
}

// BenchmarkGet compares a point get, the quickest call there is, with the same
// one counted.
func BenchmarkGet(b *testing.B) {
	s := New("bench")
	st, svc := kept(b, s)
	if err := svc.Apply(b.Context(), crm.Users.Put(&crm.User{ID: "ana", Email: "ana@cemig.example", Name: "Ana"})); err != nil {
		b.Fatal(err)
	}
	for name, st := range map[string]store.Store{"bare": st.(*counted).Store, "counted": st} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := st.Get(context.Background(), crm.Users.In, "ana"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestCountingAllocatesNothing, or each request would pay for it.
func TestCountingAllocatesNothing(t *testing.T) {
	s := New("test")
	n := testing.AllocsPerRun(100, func() {
		s.Requests.Began()
		s.Requests.Ended("GET", "/clients/:id", 200, time.Millisecond)
		s.Calls.note("get", "clients", time.Now(), nil)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
