package load

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

func TestMeasureAsksWithTokenAndCounts(t *testing.T) {
	var served atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" || r.URL.Path != "/a" && r.URL.Path != "/b" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		served.Add(1)
		io.WriteString(w, "12345")
	}))
	defer srv.Close()
	addr := strings.TrimPrefix(srv.URL, "http://")
	r, err := Measure(context.Background(), Target{Addr: addr, Token: "secret", Paths: []string{"/a", "/b"}}, 4, 100*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if int64(r.Requests) != served.Load() || r.Requests == 0 || r.Bytes != 5*int64(r.Requests) || r.P50 > r.P99 || r.PerSec <= 0 {
		t.Errorf("served %d, measured %+v", served.Load(), r)
	}
	_, err = Measure(context.Background(), Target{Addr: addr, Paths: []string{"/a"}}, 2, 100*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a refused request: %v", err)
	}
}

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := 1; i <= 100; i++ {
		hundred = append(hundred, time.Duration(i))
	}
	for _, c := range []struct {
		list []time.Duration
		p    int
		want time.Duration
	}{{hundred, 50, 50}, {hundred, 99, 99}, {hundred[:1], 99, 1}, {hundred[:10], 99, 10}, {nil, 99, 0}} {
		if got := percentile(c.list, c.p); got != c.want {
			t.Errorf("percentile(%d values, %d) = %d, want %d", len(c.list), c.p, got, c.want)
		}
	}
}

func TestRatio(t *testing.T) {
	r := Row{Name: "a page", Product: Result{PerSec: 600, CPU: 300}, Bar: Result{PerSec: 1000, CPU: 240}}
	if r.Ratio() != 0.6 || r.CPURatio() != 0.8 || (Row{}).Ratio() != 0 || (Row{}).CPURatio() != 0 {
		t.Errorf("ratio %v", r.Ratio())
	}
	if s := Table([]Row{r}); !strings.Contains(s, "a page") || !strings.Contains(s, "0.60") {
		t.Error(s)
	}
}

// TestFloorSendsWhatTheStoreHolds: a floor that sent something else would make
// every comparison worthless.
func TestFloorSendsWhatTheStoreHolds(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "floor.db")
	svc := openSQLite(t, path)
	if _, err := Reference(ctx, svc, Options{Seed: 1, Clients: 8, Today: "2026-11-22"}); err != nil {
		t.Fatal(err)
	}
	c, err := crm.Clients.First(ctx, svc.Store(), store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		q    Query
		of   []string
		like store.Query
	}{
		{TimelineQuery, []string{c.ID}, store.Query{In: crm.Timeline.In, Where: []store.Cond{store.Is("client", c.ID)}, Sort: []string{"-planned", "-at"}}},
		{KindQuery, []string{c.ID, "call"}, store.Query{In: crm.Timeline.In, Where: []store.Cond{store.Is("client", c.ID), store.Is("kind", "call")}, Sort: []string{"-planned", "-at"}}},
		{AgentQuery, []string{c.Agent, c.Sector}, store.Query{In: crm.Clients.In, Where: []store.Cond{store.Is("agent", c.Agent), store.Is("sector", c.Sector)}, Sort: []string{"lastContactAt"}}},
		{TeamQuery, []string{c.Team, c.Sector}, store.Query{In: crm.Clients.In, Where: []store.Cond{store.Is("team", c.Team), store.Is("sector", c.Sector)}, Sort: []string{"-contractedW"}}},
	} {
		f, err := OpenFloor(path, Queries)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.Get("http://" + f.Addr() + test.q.Path(test.of...))
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Items []json.RawMessage }
		err = json.NewDecoder(res.Body).Decode(&got)
		res.Body.Close()
		if err != nil {
			t.Fatal(test.q.Name, err)
		}
		want, err := svc.Store().Find(ctx, test.like)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Items) == 0 || len(got.Items) != len(want.Docs) {
			t.Fatalf("%s: %d rows, the store has %d", test.q.Name, len(got.Items), len(want.Docs))
		}
		for i := range got.Items {
			if string(got.Items[i]) != string(want.Docs[i].Body) {
				t.Errorf("%s, row %d: %s, want %s", test.q.Name, i, got.Items[i], want.Docs[i].Body)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}
