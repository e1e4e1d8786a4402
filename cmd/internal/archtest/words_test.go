package archtest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cemigmas/crm/locale"
)

// wordKeys are where a source names words of the catalogue as they stand; a key
// that is put together from parts is not seen.
var wordKeys = regexp.MustCompile(`(?:\bT\(|\bErrf\([A-Za-z.]+, |\bText\{Key: |\bwrongField\([^,"]+, |\.T )"([a-z][A-Za-z0-9_.-]*\.[A-Za-z0-9_.-]*[A-Za-z0-9])"`)

// TestWordsAreThere: a key without words would be shown as it is.
func TestWordsAreThere(t *testing.T) {
	top, n := filepath.Join("..", "..", ".."), 0
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		page, code := strings.HasSuffix(p, ".html"), strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_test.go")
		if err != nil || d.IsDir() || !page && !code {
			return err
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for _, m := range wordKeys.FindAllSubmatch(src, -1) {
			n++
			for _, lang := range locale.Langs {
				if key := string(m[1]); !locale.Has(lang, key) {
					t.Errorf("%s: no words for %q in %s", p, key, lang)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 500 {
		t.Fatalf("only %d keys found: the test looks at the wrong place", n)
	}
}
