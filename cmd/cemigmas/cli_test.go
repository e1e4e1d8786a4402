package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/store/opentest"
)

// answer is what a command line gave.
type answer struct {
	code     int
	out, err string
}

func (a answer) all() string { return a.out + a.err }

// desk is a data directory with somebody at its command line.
type desk struct {
	t   *testing.T
	dir string
	dsn string // "": the file in dir
}

func newDesk(t *testing.T) *desk {
	return &desk{t, filepath.Join(t.TempDir(), "data"), opentest.DSN(t)}
}

// flags name the desk's store.
func (d *desk) flags() []string {
	flags := []string{"--data", d.dir, "--log-level", "error", "--store", d.dsn}
	if opentest.Double(d.t) {
		flags = append(flags, "--allow-no-transactions")
	}
	return flags
}

// run runs a verb on the desk's store.
func (d *desk) run(in string, args ...string) answer {
	d.t.Helper()
	return play(d.t, in, append(d.flags(), args...)...)
}

// does runs a verb that must end with a code, and say some words.
func (d *desk) does(code int, in string, args []string, words ...string) answer {
	d.t.Helper()
	a := d.run(in, args...)
	expect(d.t, args, a, code, words...)
	return a
}

func play(t *testing.T, in string, args ...string) answer {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errOut)
	return answer{code, out.String(), errOut.String()}
}

func expect(t *testing.T, args []string, a answer, code int, words ...string) {
	t.Helper()
	if a.code != code {
		t.Errorf("%v ends with %d, want %d: %s", args, a.code, code, a.all())
	}
	for _, w := range words {
		if !strings.Contains(a.all(), w) {
			t.Errorf("%v does not say %q: %s", args, w, a.all())
		}
	}
}

func words(line string) []string { return strings.Fields(line) }

func TestWrongUsage(t *testing.T) {
	d := newDesk(t)
	missing := filepath.Join(t.TempDir(), "not there.xlsx")
	for _, c := range []struct {
		args  []string
		words string
	}{
		{words("fly"), `"fly"`},
		{words("user fly"), `"fly"`},
		{words("user list --wings"), "--wings"},
		{words("doctor now"), "now"},
		{words("import"), "FILE"},
		{[]string{"import", missing}, "not there.xlsx"},
		{words("import a b"), "2"},
		{words("import x.xlsx --kind poem"), "poem"},
		{words("import ."), "no file"},
		{words("report monthly --month October --out x.xlsx"), "October"},
		{words("report monthly --month 2026-10"), "--out"},
		{words("demo --today yesterday"), "yesterday"},
		{words("demo --clients 0"), "--clients"},
		{words("serve --today yesterday"), "yesterday"},
		{words("serve --role web,mail"), "web, sync, jobs"},
		{words("serve --lease 10ms"), "--lease"},
		{words("user disable"), "--email"},
		{words("mailbox add --owner a@b.example"), "--password-stdin"},
		{words("sync"), "--once"},
		{words("doctor --log-level loud"), "loud"},
	} {
		d.does(exitUsage, "", c.args, "cemigmas: ", c.words)
		if _, err := os.Stat(d.dir); err == nil {
			t.Fatalf("%v made a data directory", c.args)
		}
	}
}

// TestHelp has an example for each verb that does something.
func TestHelp(t *testing.T) {
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if !cmd.HasSubCommands() && cmd.Name() != "help" {
			args := append(words(cmd.CommandPath())[1:], "--help")
			expect(t, args, play(t, "", args...), exitDone, "Examples:", "  "+cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk((&cli{}).root())
}

func TestUsers(t *testing.T) {
	d := newDesk(t)
	d.does(exitDone, "", words("user add --email ana@casa.example --name Ana --role agent --team centro"), "added ana@casa.example as agent", "one-time password: ")
	d.does(exitDone, "uma senha comprida 9\n", words("user add --email rui@casa.example --name Rui --role manager --team centro --password-stdin"), "added rui@casa.example as manager")
	d.does(exitFailed, "", words("user add --email ana@casa.example --name Ana2"), "cemigmas: ")
	d.does(exitUsage, "", words("user add --email eva@casa.example --name Eva --role queen"), `--role "queen"`, "agent, manager or admin")
	d.does(exitUsage, "", words("user add --name Eva"), "--email: ")
	d.does(exitUsage, "", words("user list --zone Mars/North"), `--zone: a time zone such as America/Sao_Paulo, not "Mars/North"`)
	d.does(exitUsage, "", words("user add --email eva@casa.example --name Eva --password-stdin"), "standard input was empty")
	d.does(exitDone, "", words("user disable --email ana@casa.example"), "disabled")
	if out := d.does(exitDone, "", words("user list"), "rui@casa.example").out; !strings.Contains(line(out, "ana@casa.example"), "disabled") {
		t.Errorf("the list does not say who is disabled: %s", out)
	}
	d.does(exitDone, "", words("user enable --email ana@casa.example"), "enabled")
	d.does(exitDone, "", words("user password --email ana@casa.example"), "one-time password: ")
	d.does(exitDone, "", words("user password --link --email ana@casa.example --public-url https://crm.casa.example/"), "https://crm.casa.example/link/")
	d.does(exitDone, "", words("user password --link --email ana@casa.example"), "/link/")
	d.does(exitUsage, "", words("user list --public-url crm.casa.example"), "--public-url")
	d.does(exitUsage, "x", words("user password --link --password-stdin --email ana@casa.example"), "choose one")
	for _, verb := range []string{"password", "disable", "enable"} {
		d.does(exitUsage, "", words("user "+verb+" --email nobody@casa.example"), `there is no user "nobody@casa.example"`)
	}

	a := d.open()
	defer a.Close()
	if _, err := a.Auth.SignIn(t.Context(), "rui@casa.example", "uma senha comprida 9", "127.0.0.1"); err != nil {
		t.Errorf("the given password does not open: %v", err)
	}
}

// line is the line of an output that holds a word.
func line(out, word string) string {
	for l := range strings.Lines(out) {
		if strings.Contains(l, word) {
			return l
		}
	}
	return ""
}

func (d *desk) open() *app.App {
	d.t.Helper()
	a, err := app.Open(context.Background(), app.Config{Data: d.dir, Store: d.dsn, AllowNoTransactions: opentest.Double(d.t)})
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// TestMailboxAndKey rotates the master key twice: a mailbox's password stays
// readable, and is stored nowhere in the clear.
func TestMailboxAndKey(t *testing.T) {
	const password = "segredo-da-caixa-77"
	d := newDesk(t)
	d.does(exitDone, "", words("user add --email ana@casa.example --name Ana --role agent --team centro"))
	d.does(exitUsage, password, words("mailbox add --owner nobody@casa.example --address x@casa.example --host imap.casa.example --password-stdin"), "nobody@casa.example")
	d.does(exitUsage, "", words("mailbox add --owner ana@casa.example --address x@casa.example --host imap.casa.example --password-stdin"), "standard input was empty")
	d.does(exitDone, password, words("mailbox add --owner ana@casa.example --address ana@casa.example --host imap.casa.example --password-stdin"), "added ana@casa.example")
	d.does(exitUsage, password, words("mailbox add --owner ana@casa.example --address b@casa.example --host imap.casa.example --tls plain --password-stdin"), `--tls "plain"`)
	d.does(exitDone, "", words("mailbox list"), "ana@casa.example", "imap.casa.example:993")
	for range 2 {
		d.does(exitDone, "", words("key rotate"), "1 secrets sealed again")
	}
	d.does(exitDone, "", words("doctor"), "all in order")

	a := d.open()
	defer a.Close()
	boxes, err := a.MailboxesNamed(t.Context(), "ana@casa.example")
	if err != nil || len(boxes) != 1 {
		t.Fatal(boxes, err)
	}
	if plain, err := a.Ring.Open(crm.SecretRecord(boxes[0].ID), boxes[0].Secret); err != nil || string(plain) != password {
		t.Errorf("after two rotations the password is %q: %v", plain, err)
	}
	err = filepath.WalkDir(d.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if bytes.Contains(raw, []byte(password)) {
			t.Errorf("%s holds the password in the clear", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestKeyLost(t *testing.T) {
	d := newDesk(t)
	d.does(exitDone, "", words("user add --email ana@casa.example --name Ana --role agent"))
	d.does(exitDone, "x", words("mailbox add --owner ana@casa.example --address ana@casa.example --host imap.casa.example --password-stdin"))
	if err := os.Remove(filepath.Join(d.dir, "key")); err != nil {
		t.Fatal(err)
	}
	d.does(exitFailed, "", words("doctor"), "ana@casa.example", "enter it again")
}

// TestReport reads the workbook that the command line writes.
func TestReport(t *testing.T) {
	d := newDesk(t)
	d.does(exitDone, "", words("demo --seed 1 --clients 8 --today 2026-11-22"), "First sign-in", "manager")
	d.does(exitFailed, "", words("demo --seed 1 --clients 8 --today 2026-11-22"), "holds a demonstration already")
	out := filepath.Join(t.TempDir(), "outubro.xlsx")
	d.does(exitDone, "", []string{"report", "monthly", "--month", "2026-10", "--out", out})
	f, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Resumo", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if len(r) > 1 && r[0] == "Total" {
			if r[1] != "8" {
				t.Errorf("the workbook counts %s clients", r[1])
			}
			return
		}
	}
	t.Errorf("no total in %v", rows)
}
