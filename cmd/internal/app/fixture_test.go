package app

import (
	"archive/zip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"cemigmas/cmd/internal/demo"
	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// Each released version of the store has a fixture, testdata/stores/vN.zip, with
// a small store of that version and a backup of it. The newest is made by
//
//	go test ./cmd/internal/app -run TestReleasedStores -update
//
// before the first migration after it is written, and never again.
var update = flag.Bool("update", false, "make the fixture of the newest version")

const fixtures = "testdata/stores"

func fixture(version int) string { return filepath.Join(fixtures, fmt.Sprintf("v%d.zip", version)) }

// makeFixture fills a store with something of everything.
func makeFixture(t *testing.T, out string) {
	t.Helper()
	ctx := t.Context()
	dir := t.TempDir()
	a := started(t, Config{Data: dir, Today: "2026-11-20"})
	if _, err := demo.Fill(ctx, a.Service, demo.Options{Seed: 1, Clients: 2, Today: "2026-11-20"}); err != nil {
		t.Fatal(err)
	}
	putMailAndJobs(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Backup(ctx, Config{Data: dir}, filepath.Join(dir, "backup.zip"), silent); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range []string{"cemigmas.db", "cemigmas.blobs/blobs.db", "key", "backup.zip"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func silent(string, int64) {}

func started(t *testing.T, c Config) *App {
	t.Helper()
	a, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

var rawMail = []byte("From: ana@example.com\r\nSubject: fatura\r\n\r\nPrezados,\r\n" + strings.Repeat("segue a fatura. ", 100))

// putMailAndJobs stores a mail, a mailbox and jobs, whose blobs are named in
// every way that there is.
func putMailAndJobs(t *testing.T, a *App) {
	t.Helper()
	ctx := t.Context()
	refs, err := a.Blobs.Put(ctx, rawMail, []byte("an upload"), []byte("a workbook"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	m := crm.Message{ID: "m1", Thread: "t1", MessageID: "1@example.com", Raw: string(refs[0]), Size: int64(len(rawMail)), At: at, CreatedAt: at,
		From: crm.Address{Email: "ana@example.com"}, Subject: "fatura <1>", Canonical: "fatura", Numbers: []string{"1234"}}
	th := crm.Thread{ID: "t1", Subject: "fatura", Canonical: "fatura", FirstAt: at, LastAt: at, Count: 1}
	box := crm.Mailbox{ID: "b1", Owner: "u1", Address: "ana@example.com", Host: "imap.example.com", Port: 993, TLS: "tls", Login: "ana", CreatedAt: at, UpdatedAt: at,
		Secret: a.Ring.Seal(crm.SecretRecord("b1"), []byte("segredo"))}
	row := crm.LedgerRow{ID: "b1:INBOX:1:0000000001", Mailbox: "b1", Folder: "b1:INBOX", Epoch: 1, UID: 1, State: crm.RowStored, Message: "m1"}
	imp := crm.Job{ID: "j1", Kind: crm.JobImport, By: "u1", State: crm.JobDone, Args: []byte(`{"blob":"` + string(refs[1]) + `","name":"a&b.xlsx"}`), CreatedAt: at}
	rep := crm.Job{ID: "j2", Kind: crm.JobReport, By: "u1", State: crm.JobDone, File: string(refs[2]), FileName: "outubro.xlsx", CreatedAt: at}
	bad := crm.ImportError{ID: "j1:00000001", Job: "j1", Row: 7, Reason: crm.Text{Key: "error.internal"}}
	s := crm.Session{ID: "s1", User: "u1", Kind: "page", Expires: at.AddDate(1, 0, 0), SeenAt: at, CreatedAt: at}
	err = a.Service.Apply(ctx, crm.Messages.Put(&m), crm.Threads.Put(&th), crm.Mailboxes.Put(&box), crm.Ledger.Put(&row),
		crm.Jobs.Put(&imp), crm.Jobs.Put(&rep), crm.ImportErrors.InsertIfAbsent(&bad), crm.Sessions.Put(&s))
	if err != nil {
		t.Fatal(err)
	}
}

// unpack lays a fixture into a folder.
func unpack(t *testing.T, path string) (dir string) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	dir = t.TempDir()
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		to := filepath.Join(dir, f.Name)
		if err = errors.Join(err, os.MkdirAll(filepath.Dir(to), 0o700)); err == nil {
			err = os.WriteFile(to, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReleasedStores(t *testing.T) {
	newest := crm.Upgrade().Newest()
	if *update {
		makeFixture(t, fixture(newest))
	}
	for version := 1; version <= newest; version++ {
		t.Run(fmt.Sprint("version ", version), func(t *testing.T) {
			if _, err := os.Stat(fixture(version)); errors.Is(err, fs.ErrNotExist) {
				t.Fatalf("there is no fixture of version %d: make it with -update, by the program of that version", version)
			}
			dir := unpack(t, fixture(version))
			a := started(t, Config{Data: dir})
			wantWhole(t, a)
			// The backup of that time restores into this program, on either driver.
			to := filepath.Join(t.TempDir(), "restored")
			c := onDriver(t, Config{Data: to, KeyFile: filepath.Join(dir, "key")})
			if _, locked, err := Restore(t.Context(), c, filepath.Join(dir, "backup.zip"), silent); err != nil || len(locked) > 0 {
				t.Fatalf("restore: %v %v", locked, err)
			}
			b := started(t, c)
			wantWhole(t, b)
			if _, err := crm.Sessions.Get(t.Context(), b.store, "s1"); crm.CodeOf(err) != crm.CodeNotFound {
				t.Errorf("a session came back: %v", err)
			}
		})
	}
}

// wantWhole looks at a fixture's store after it was opened: what is in it, and
// that its declared fields are this program's.
func wantWhole(t *testing.T, a *App) {
	t.Helper()
	ctx := t.Context()
	plan := crm.Upgrade()
	for _, c := range crm.Schema() {
		for d, err := range store.All(ctx, a.store, store.Query{In: c, WithKeys: true}) {
			if err != nil {
				t.Fatal(err)
			}
			want, err := plan.Derive(c, d)
			if err != nil || len(want) != len(d.Keys) {
				t.Errorf("%s/%s has the fields %v, want %v, %v", c.Name, d.ID, d.Keys, want, err)
			}
		}
	}
	clients, err := a.store.Count(ctx, store.Query{In: crm.Clients.In}, 100)
	if err != nil || clients != 2 {
		t.Errorf("%d clients, %v", clients, err)
	}
	found, err := a.store.Find(ctx, store.Query{In: crm.Messages.In, Where: []store.Cond{store.Is("numbers", "1234")}, Sort: []string{"-at"}})
	if err != nil || len(found.Docs) != 1 {
		t.Errorf("the mail: %v, %v", found.Docs, err)
	}
	var lines []string
	if bad, err := a.CheckBlobs(ctx, func(l string) { lines = append(lines, l) }, silent); bad != 0 || err != nil ||
		!reflect.DeepEqual(lines, []string{"3 blobs read back, 0 damaged; 3 named by documents, 0 of these missing"}) {
		t.Errorf("blobs: %d %v %q", bad, err, lines)
	}
	if err := a.Monthly(ctx, crm.SystemActor(), string(calendar.Month("2026-10")), "pt-BR", io.Discard); err != nil {
		t.Errorf("the workbook: %v", err)
	}
}

// A store of a version that is yet to come is refused, whoever asks, and stays
// as it is.
func TestNewerStoreIsRefused(t *testing.T) {
	c := onDriver(t, Config{Data: t.TempDir()})
	a := started(t, c)
	d, err := a.store.Get(t.Context(), store.State, store.StateVersion)
	if err != nil {
		t.Fatal(err)
	}
	d.Body = fmt.Appendf(nil, `{"version":%d}`, crm.Upgrade().Newest()+1)
	if err := a.store.Apply(t.Context(), store.Put{In: store.State, Doc: d}); err != nil {
		t.Fatal(err)
	}
	a.Close()
	var newer *store.NewerError
	if _, err := Open(context.Background(), c); !errors.As(err, &newer) || !strings.Contains(err.Error(), "start the newer program") {
		t.Errorf("%v", err)
	}
	if _, err := Backup(t.Context(), c, filepath.Join(t.TempDir(), "b.zip"), silent); !errors.As(err, &newer) {
		t.Errorf("a backup: %v", err)
	}
}
