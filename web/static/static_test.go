package static

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"

	"crypto/sha256"
)

func TestURLAndLookup(t *testing.T) {
	url := URL("css/tokens.css")
	if !regexp.MustCompile(`^/static/[0-9a-f]{12}/css/tokens\.css$`).MatchString(url) {
		t.Fatalf("URL = %q", url)
	}
	content, mediaType, ok := Lookup(url)
	if !ok || mediaType != "text/css; charset=utf-8" {
		t.Fatalf("Lookup(%q) = %q, %v", url, mediaType, ok)
	}
	want, err := FS.ReadFile("css/tokens.css")
	if err != nil || !bytes.Equal(content, want) {
		t.Fatalf("content differs, err %v", err)
	}
	for _, wrong := range []string{"/static/000000000000/css/tokens.css", "/css/tokens.css", "", strings.Replace(url, "tokens", "nothing", 1), url + "/../../secret"} {
		if _, _, ok := Lookup(wrong); ok {
			t.Errorf("Lookup(%q) found something", wrong)
		}
	}
}

func TestURLOfNothingPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	URL("css/nothing.css")
}

func TestEveryFileHasAType(t *testing.T) {
	err := fs.WalkDir(FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if _, mediaType, ok := Lookup(URL(name)); !ok || mediaType == "" {
			t.Errorf("%s has no media type", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The vendored file is the one that the lock file names: the checksum of the
// package stands in the lock file, the checksum of the file here.
func TestVendored(t *testing.T) {
	sums := map[string]string{
		"vendor/htmx.min.js": "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
	}
	for name, want := range sums {
		content, err := FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has checksum %s, want %s: vendored files are not edited", name, got, want)
		}
	}
	raw, err := os.ReadFile("vendor/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		t.Fatal(err)
	}
	htmx := lock.Packages["node_modules/htmx.org"]
	if htmx.Version == "" || !strings.HasPrefix(htmx.Integrity, "sha512-") {
		t.Fatalf("the lock file names %+v", htmx)
	}
	if sum, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(htmx.Integrity, "sha512-")); err != nil || len(sum) != sha512.Size {
		t.Errorf("integrity %q is no checksum", htmx.Integrity)
	}
	content, _ := FS.ReadFile("vendor/htmx.min.js")
	if !bytes.Contains(content, []byte(`version:"`+htmx.Version+`"`)) {
		t.Errorf("htmx.min.js is not version %s of the lock file", htmx.Version)
	}
}

// Colours are named in tokens.css and nowhere else.
func TestColoursStandInTokens(t *testing.T) {
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(`)
	files, err := fs.Glob(FS, "css/*.css")
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, err %v", files, err)
	}
	for _, name := range files {
		if name == "css/tokens.css" {
			continue
		}
		content, _ := FS.ReadFile(name)
		for i, line := range strings.Split(string(content), "\n") {
			if colour.MatchString(line) {
				t.Errorf("%s:%d names a colour: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	}
}

// What a style sheet uses must be declared, or the rule silently does nothing.
func TestTokensAreDeclared(t *testing.T) {
	declared := map[string]bool{}
	tokens, _ := FS.ReadFile("css/tokens.css")
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+):`).FindAllSubmatch(tokens, -1) {
		declared[string(m[1])] = true
	}
	files, _ := fs.Glob(FS, "css/*.css")
	for _, name := range files {
		content, _ := FS.ReadFile(name)
		for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllSubmatch(content, -1) {
			if !declared[string(m[1])] {
				t.Errorf("%s uses %s, which tokens.css does not declare", name, m[1])
			}
		}
	}
}
