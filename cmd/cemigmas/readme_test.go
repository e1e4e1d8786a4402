package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestReadmeHasEachSetting: the table names every flag of serve and of all
// verbs, with its variable and its default, and none that there is not.
func TestReadmeHasEachSetting(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var table []string
	rows := map[string][]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `(serve )?--([a-z-]+)` \\| `([A-Z_]+)` \\|([^|]*)\\|").FindAllStringSubmatch(string(readme), -1) {
		table = append(table, m[1]+m[2])
		rows[m[1]+m[2]] = m
	}
	var flags []string
	note := func(verb string) func(f *pflag.Flag) {
		return func(f *pflag.Flag) {
			if f.Name == "help" || f.Name == "version" {
				return
			}
			flags = append(flags, verb+f.Name)
			row := rows[verb+f.Name]
			if row == nil {
				t.Errorf("README has no row for %s--%s (%s)", verb, f.Name, f.Usage)
				return
			}
			if row[3] != variable(f.Name) {
				t.Errorf("README calls the variable of --%s %s", f.Name, row[3])
			}
			// What a flag without a default falls back to is said in words.
			if said := strings.Trim(row[4], " `"); f.DefValue != "" && said != f.DefValue && (f.DefValue != "false" || said != "off") {
				t.Errorf("README says that --%s is %q, it is %q", f.Name, said, f.DefValue)
			}
		}
	}
	root := (&cli{}).root()
	root.PersistentFlags().VisitAll(note(""))
	serve := root.Commands()[slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "serve" })]
	serve.LocalNonPersistentFlags().VisitAll(note("serve "))
	for _, name := range table {
		if !slices.Contains(flags, name) {
			t.Errorf("README has a row for %s, which is no flag", name)
		}
	}
}

// TestServeUsage refuses settings that cannot be meant.
func TestServeUsage(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct{ args, says string }{
		{"serve --tls-cert cert.pem", "go together"},
		{"serve --tls-key key.pem", "go together"},
		{"serve --trusted-proxy everybody", "--trusted-proxy"},
		{"serve --trusted-proxy 0.0.0.0/0", "everybody"},
		{"serve --log-format xml", "--log-format"},
		{"serve --log-level loud", "--log-level"},
	} {
		d.does(exitUsage, "", words(c.args), c.says)
	}
	d.does(exitFailed, "", words("serve --addr 127.0.0.1:0 --tls-cert none.pem --tls-key none.pem"), "--tls-cert")
}
