package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What html/template cannot escape for: it knows no htmx attribute, and the
// Content-Security-Policy forbids inline scripts and styles anyway.
var unsafeHTML = []struct {
	pattern *regexp.Regexp
	why     string
}{
	{regexp.MustCompile(`hx-(on|vals|headers)[^=]*="[^"]*\{\{`), "values in hx-on, hx-vals and hx-headers are code to htmx and text to html/template"},
	{regexp.MustCompile(`\shx-on`), "htmx's inline handlers need eval, which the policy forbids"},
	{regexp.MustCompile(`\son[a-z]+="`), "inline handlers are forbidden by the policy"},
	{regexp.MustCompile(`\sstyle="`), "inline styles are forbidden by the policy"},
	{regexp.MustCompile(`<style`), "styles stand in web/static"},
	{regexp.MustCompile(`<script>`), "scripts stand in web/static"},
	{regexp.MustCompile(`(src|href)="(https?:)?//`), "nothing comes from another host"},
}

func TestTemplatesAreSafe(t *testing.T) {
	top := filepath.Join("..", "..", "..", "web", "templates")
	n := 0
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".html") {
			return err
		}
		n++
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, u := range unsafeHTML {
			if m := u.pattern.Find(src); m != nil {
				t.Errorf("%s has %q: %s", p, m, u.why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 10 {
		t.Fatalf("only %d templates found: the test looks at the wrong place", n)
	}
}
