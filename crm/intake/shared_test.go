package intake

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store/opentest"
)

// testNow is the day of the tests.
var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// newHouse opens an empty store.
func newHouse(t testing.TB) *crm.Service {
	t.Helper()
	db := opentest.Store(t, crm.Schema())
	return crm.New(crm.Deps{Store: db, Now: func() time.Time { return testNow }})
}

// TestSharedUCMT takes the regulator's real tables twice.
func TestSharedUCMT(t *testing.T) {
	dir := os.Getenv("CEMIGMAS_SHARED")
	if dir == "" {
		t.Skip("CEMIGMAS_SHARED names no folder with the regulator's files")
	}
	svc := newHouse(t)
	for _, f := range []struct {
		name string
		year int
	}{{"ucmt_creluz_2022.csv", 0}, {"ucmt_mux_2024.csv", 0}, {"ucmt_mux_older.csv", 2020}} {
		for pass := range 2 {
			warned := map[string]int{}
			begin := time.Now()
			res, err := Run(t.Context(), svc, crm.SystemActor(), Options{Path: filepath.Join(dir, "data", f.name), Name: f.name, Year: f.year,
				OnError: func(e crm.ImportError) {
					warned[e.Reason.Key]++
					if !e.Warning {
						t.Errorf("%s: %+v", f.name, e)
					}
				}})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s pass %d in %v: %+v\n%v", f.name, pass+1, time.Since(begin).Round(time.Millisecond), res, warned)
			if pass == 1 && res.Changed() != 0 {
				t.Errorf("%s: the second import changed %d", f.name, res.Changed())
			}
		}
	}
}
