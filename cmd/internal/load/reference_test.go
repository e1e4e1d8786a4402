package load

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/sqlite"
)

func openSQLite(t testing.TB, path string) *crm.Service {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: path, Schema: crm.Schema()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return crm.New(crm.Deps{Store: s})
}

// TestReference fills a small set, or, with CEMIGMAS_LOAD_CLIENTS, one of any
// size and prints how long that took.
func TestReference(t *testing.T) {
	clients := 60
	if n, err := strconv.Atoi(os.Getenv("CEMIGMAS_LOAD_CLIENTS")); err == nil {
		clients = n
	}
	size, _ := strconv.Atoi(os.Getenv("CEMIGMAS_LOAD_BATCH"))
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "load.db")
	svc := openSQLite(t, path)
	told, began := 0, time.Now()
	logins, err := Reference(ctx, svc, Options{Seed: 1, Clients: clients, Today: "2026-11-22", Batch: size,
		Progress: func(_ string, done, total int64) {
			if int(done) < told || int(total) != clients {
				t.Errorf("progress %d after %d of %d", done, told, total)
			}
			told = int(done)
		}})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if told != clients || len(logins) == 0 {
		t.Errorf("told of %d clients, %d logins", told, len(logins))
	}
	for _, want := range []struct {
		in *store.Collection
		n  int
	}{{crm.Clients.In, 1}, {crm.Installations.In, 5}, {crm.Readings.In, 60}, {crm.Timeline.In, 100}, {crm.Activities.In, 100}} {
		rows, err := svc.Store().Tally(ctx, store.Tally{In: want.in})
		if err != nil || rows[0].Count != int64(want.n*clients) {
			t.Errorf("%s: %v %v, want %d", want.in.Name, rows, err, want.n*clients)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d clients in %v, %d MB", clients, took.Round(time.Millisecond), info.Size()>>20)
}
