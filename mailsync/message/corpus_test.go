package message

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestCorpus reads mails of other projects' tests, which are not part of this
// one: no panic, text where there is text, twice the same.
func TestCorpus(t *testing.T) {
	root := os.Getenv("CEMIGMAS_SHARED")
	if root == "" {
		t.Skip("CEMIGMAS_SHARED is not set: the shared mails are left out")
	}
	files := 0
	for _, pattern := range []string{"data/mail/*/*.eml", "data/mail/*/*.msg", "data/mail/*/*.txt"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, file := range found {
			files++
			corpusFile(t, file)
		}
	}
	if files < 150 {
		t.Errorf("only %d files under %s", files, root)
	}
}

func corpusFile(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(file)
	m, err := Parse(raw)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	again, _ := Parse(raw)
	if !reflect.DeepEqual(m, again) {
		t.Errorf("%s: twice read, two results", name)
	}
	_, body, _ := splitHeader(raw)
	if m.Text == "" && len(m.Attachments) == 0 && len(bytes.TrimSpace(body)) > 0 {
		t.Errorf("%s: nothing of %d bytes", name, len(body))
	}
	if m.Text == "" && strings.Contains(strings.ToLower(string(raw)), "content-type: text/plain") {
		t.Logf("%s: no text, %d attachments, problem %q", name, len(m.Attachments), m.Problem)
	}
	for _, a := range m.Attachments {
		if _, b, err := Part(raw, a.Path); err != nil || int64(len(b)) != a.Size {
			t.Errorf("%s: part %s: %v", name, a.Path, err)
		}
	}
}
