package app

import (
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cemigmas/cmd/internal/demo"
	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/carry"
	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/opentest"
)

// onDriver points a configuration to an empty store of the driver that the suite
// runs on.
func onDriver(t *testing.T, c Config) Config {
	t.Helper()
	c.Store, c.AllowNoTransactions = opentest.DSN(t), opentest.Double(t)
	return c
}

// cells are all cells of a workbook, sheet by sheet.
func cells(t *testing.T, a *App) []string {
	t.Helper()
	var b bytes.Buffer
	if err := a.Monthly(t.Context(), crm.SystemActor(), "2026-10", "pt-BR", &b); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []string
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for n, row := range rows {
			all = append(all, sheet+"\t"+strings.Join(row, "\t"))
			for col := range row {
				name, _ := excelize.CoordinatesToCellName(col+1, n+1)
				if formula, _ := f.GetCellFormula(sheet, name); formula != "" {
					all = append(all, name+"="+formula)
				}
			}
		}
	}
	return all
}

// The demonstration goes from SQLite to MongoDB (its double, unless there is a
// real one) and back; the monthly workbook is the same on all three.
func TestCopyThereAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("fills and copies a demonstration")
	}
	mongo := mongotest.URI(t)
	ctx := t.Context()
	dir := t.TempDir()
	// What the workbook says of the moment it was made is the same moment.
	now := func() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) }
	c := Config{Data: dir, KeyFile: filepath.Join(dir, "key"), AllowNoTransactions: !mongotest.Real(), Now: now}
	from, back := "sqlite:"+filepath.Join(dir, "from.db"), "sqlite:"+filepath.Join(dir, "back", "back.db")
	open := func(dsn string) *App {
		c := c
		c.Store = dsn
		return started(t, c)
	}
	a := open(from)
	if _, err := demo.Fill(ctx, a.Service, demo.Options{Seed: 1, Clients: 3, Today: "2026-11-20"}); err != nil {
		t.Fatal(err)
	}
	putMailAndJobs(t, a)
	if _, err := a.Blobs.Put(ctx, bytes.Repeat([]byte("a long document "), blob.Small/8)); err != nil {
		t.Fatal(err)
	}
	want := cells(t, a)
	there, err := Copy(ctx, c, from, mongo, silent)
	if err != nil || there.Blobs != 4 {
		t.Fatalf("there: %+v, %v", there, err)
	}
	if got := cells(t, open(mongo)); !slices.Equal(got, want) || len(want) < 50 {
		t.Errorf("the workbook of the copy differs (%d rows, want %d)", len(got), len(want))
	}
	home, err := Copy(ctx, c, mongo, back, silent)
	if err != nil {
		t.Fatalf("back: %v", err)
	}
	if !slices.Equal(home.Collections, there.Collections) || home.Blobs != there.Blobs {
		t.Errorf("came back with %+v, want %+v", home, there)
	}
	if got := cells(t, open(back)); !slices.Equal(got, want) {
		t.Errorf("the workbook after the way back differs (%d rows, want %d)", len(got), len(want))
	}
}

// A store into which a restore was not finished is refused by every other verb.
func TestUnfinishedRestoreIsRefused(t *testing.T) {
	c := onDriver(t, Config{Data: t.TempDir()})
	a := started(t, c)
	err := a.store.Apply(t.Context(), store.Put{In: store.State, Doc: store.Doc{ID: "moving", Body: []byte(`{"kind":"restore","from":"x"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	var unfinished *carry.UnfinishedError
	if _, err := Open(t.Context(), c); !errors.As(err, &unfinished) || !strings.Contains(err.Error(), "run cemigmas restore") {
		t.Errorf("%v", err)
	}
}

// A backup restored beside another key names the mailboxes that it cannot open.
func TestLockedMailboxes(t *testing.T) {
	dir := t.TempDir()
	a := started(t, Config{Data: dir})
	putMailAndJobs(t, a)
	path := filepath.Join(t.TempDir(), "b.zip")
	if _, err := Backup(t.Context(), Config{Data: dir}, path, silent); err != nil {
		t.Fatal(err)
	}
	_, locked, err := Restore(t.Context(), onDriver(t, Config{Data: t.TempDir()}), path, silent)
	if err != nil || !slices.Equal(locked, []string{"ana@example.com"}) {
		t.Errorf("%q, %v", locked, err)
	}
}

func TestSourceName(t *testing.T) {
	for dsn, want := range map[string]string{
		"sqlite:/a/b.db": "sqlite:/a/b.db",
		"mongodb://ana:segredo@h1,h2/db?replicaSet=rs0&tlsCertificateKeyFilePassword=segredo": "mongodb://…@h1,h2/db",
	} {
		if got := sourceName(dsn); got != want {
			t.Errorf("%s: %q, want %q", dsn, got, want)
		}
	}
}
