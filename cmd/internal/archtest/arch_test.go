// Package archtest holds the house: which room may know which, where a library
// may stand, and that nothing in the tree grows beyond what one can read.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

const module = "cemigmas"

// file is a Go file with what it imports.
type file struct {
	path    string // from the top of the project, with slashes
	dir     string
	test    bool
	imports []string
	lines   int
}

func files(t *testing.T) []file {
	t.Helper()
	top := filepath.Join("..", "..", "..")
	var out []file
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", "testdata", "data", "bin":
				return filepath.SkipDir
			}
			if p != top {
				if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
					return filepath.SkipDir // a module of its own: it never enters the product
				}
			}
			return nil
		}
		if !strings.HasSuffix(p, ".go") {
			return nil
		}
		f, err := read(top, p)
		out = append(out, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d Go files found: the test looks at the wrong place", len(out))
	}
	return out
}

func read(top, p string) (file, error) {
	src, err := os.ReadFile(p)
	if err != nil {
		return file{}, err
	}
	tree, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly)
	if err != nil {
		return file{}, err
	}
	rel, err := filepath.Rel(top, p)
	if err != nil {
		return file{}, err
	}
	rel = filepath.ToSlash(rel)
	f := file{path: rel, dir: path.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), lines: strings.Count(string(src), "\n")}
	for _, i := range tree.Imports {
		f.imports = append(f.imports, strings.Trim(i.Path.Value, `"`))
	}
	return f, nil
}

// arrow is a forbidden import with the reason why.
type arrow struct {
	from, to string // prefixes of folders; to without the module is another's
	except   []string
	why      string
}

var leaves = []string{"crm/store", "crm/blob", "crm/locale", "crm/text", "crm/secret", "crm/ident", "crm/calendar", "crm/aside"}

var forbidden = []arrow{
	{from: "crm", to: "cemigmas/web", why: "the domain knows nothing of pages"},
	{from: "crm", to: "cemigmas/mailsync", why: "the mail engine stands above the domain"},
	{from: "crm", to: "cemigmas/reports", why: "reports stand above the domain"},
	{from: "crm", to: "github.com/gofiber/fiber", why: "no HTTP below web"},
	{from: "mailsync", to: "cemigmas/web", why: "the mail engine serves no pages"},
	{from: "mailsync", to: "cemigmas/crm/store/sqlite", why: "an engine that knows its driver runs on one only"},
	{from: "mailsync", to: "cemigmas/crm/store/mongodb", why: "an engine that knows its driver runs on one only"},
	{from: "mailsync", to: "cemigmas/reports", why: "siblings never know each other"},
	{from: "mailsync", to: "cemigmas/crm/intake", why: "siblings never know each other"},
	{from: "mailsync", to: "cemigmas/crm/jobs", why: "siblings never know each other"},
	{from: "reports", to: "cemigmas/web", why: "a report is a function of data, not of a request"},
	{from: "reports", to: "cemigmas/mailsync", why: "siblings never know each other"},
	{from: "reports", to: "cemigmas/crm/store/sqlite", why: "a report that knows its driver runs on one only"},
	{from: "reports", to: "cemigmas/crm/store/mongodb", why: "a report that knows its driver runs on one only"},
	{from: "web", to: "cemigmas/crm/store/sqlite", why: "pages must not know which store they stand on"},
	{from: "web", to: "cemigmas/crm/store/mongodb", why: "pages must not know which store they stand on"},
	{from: "web/page", to: "github.com/gofiber/fiber", why: "page data is made without HTTP, so that it can be tested without"},
	{from: "web/page", to: "cemigmas/crm/store", why: "a page never queries"},
	{from: "web/templates", to: "cemigmas/crm/store", why: "a template never queries"},
	{from: "crm/intake", to: "cemigmas/crm/jobs", why: "siblings never know each other"},
	{from: "crm/jobs", to: "cemigmas/crm/intake", why: "siblings never know each other"},
	{from: "crm/auth", to: "cemigmas/crm/jobs", why: "siblings never know each other"},
	{from: "", to: "database/sql", why: "it costs four times the allocations of the driver that is used"},
}

// only says where alone a library may be imported.
var only = []struct {
	library string
	rooms   []string
	why     string
}{
	{"github.com/emersion/go-imap", []string{"mailsync/imapx", "cmd/internal/demo"}, "imapx holds the guards against lost mail; the demonstration's server is the other end of the wire"},
	{"zombiezen.com/go/sqlite", []string{"crm/store/sqlite", "crm/blob", "cmd/internal/load"}, "no driver type leaks out of its driver; the benchmark's floor is a bare driver"},
	{"go.mongodb.org/mongo-driver", []string{"crm/store/mongodb", "crm/blob/mongodb"}, "no driver type leaks out of its driver"},
	{"github.com/xuri/excelize", []string{"reports", "crm/intake", "cmd/internal"}, "workbooks are read by intake and written by reports"},
	{"github.com/gofiber/fiber", []string{"web", "cmd/internal/load"}, "no HTTP below web"},
	{"github.com/golang-jwt/jwt", []string{"crm/auth"}, "tokens are made and read in one place"},
	{"github.com/rickar/cal", []string{"crm/calendar"}, "working days and holidays are decided in one place"},
	{"github.com/chromedp", []string{"cmd/internal/e2e", "web"}, "browsers are for tests"},
}

func TestArrows(t *testing.T) {
	for _, f := range files(t) {
		for _, a := range forbidden {
			if !within(f.dir, a.from) || a.allows(f) {
				continue
			}
			for _, i := range f.imports {
				if within(i, a.to) && !f.driverTest(i) {
					t.Errorf("%s imports %s: %s", f.path, i, a.why)
				}
			}
		}
	}
}

// driverTest lets tests open a store: they need a real one.
func (f file) driverTest(imported string) bool {
	return (f.test || strings.HasSuffix(f.dir, "test")) && strings.HasPrefix(imported, module+"/crm/store/")
}

func (a arrow) allows(f file) bool {
	for _, e := range a.except {
		if within(f.dir, e) {
			return true
		}
	}
	return false
}

func TestLeavesAreLeaves(t *testing.T) {
	for _, f := range files(t) {
		if f.test {
			continue
		}
		for _, leaf := range leaves {
			if f.dir != leaf {
				continue
			}
			for _, i := range f.imports {
				if strings.HasPrefix(i, module+"/") {
					t.Errorf("%s imports %s: %s is a leaf, which everything may import because it imports nothing", f.path, i, leaf)
				}
			}
		}
	}
}

func TestLibrariesStandInOnePlace(t *testing.T) {
	for _, f := range files(t) {
		for _, o := range only {
			allowed := false
			for _, r := range o.rooms {
				allowed = allowed || within(f.dir, r)
			}
			for _, i := range f.imports {
				if within(i, o.library) && !allowed && !f.test {
					t.Errorf("%s imports %s: %s", f.path, i, o.why)
				}
			}
		}
	}
}

// The domain package imports the standard library, the port, and its own
// leaves; golang.org/x counts as the standard library's porch.
func TestDomainIsPlain(t *testing.T) {
	for _, f := range files(t) {
		if f.dir != "crm" || f.test {
			continue
		}
		for _, i := range f.imports {
			if strings.Contains(strings.Split(i, "/")[0], ".") && !strings.HasPrefix(i, "golang.org/x/") {
				t.Errorf("%s imports %s: the domain stands on the standard library alone", f.path, i)
			}
		}
	}
}

// maxLines is more than one can hold in mind; a longer file holds two ideas.
const maxLines = 500

func TestFilesAreShort(t *testing.T) {
	for _, f := range files(t) {
		if f.lines > maxLines && !f.test {
			t.Errorf("%s has %d lines; more than %d hold two ideas", f.path, f.lines, maxLines)
		}
	}
}

// within reports whether a folder or import path is p or lies in it.
func within(dir, p string) bool {
	return p == "" || dir == p || strings.HasPrefix(dir, p+"/")
}
