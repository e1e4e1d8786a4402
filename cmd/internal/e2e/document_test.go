package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"cemigmas/crm"
)

// TestDocuments sends a file from a client's page, is told at once of one that
// is too large, gets the file back byte by byte, deletes it and takes that back.
func TestDocuments(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	p := sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(h.first(t, crm.RoleAgent)) })
	content := "%PDF-1.4 aditivo"
	file, large := filepath.Join(t.TempDir(), "aditivo.pdf"), filepath.Join(t.TempDir(), "planta.dwg")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, crm.MaxDocument+1); err != nil {
		t.Fatal(err)
	}
	const form = "#documents form[data-upload]"
	p.does(t, "send", func(p *person) {
		_, path := firstClient(p)
		p.open(path)
		p.do("send too much", chromedp.SetUploadFiles(css(form+" input[type=file]"), []string{large}), click(css(form+" button")))
		p.sees("[data-upload-wrong]", "planta.dwg tem mais de 50 MB")
		p.do("send it", chromedp.SetUploadFiles(css(form+" input[type=file]"), []string{file}), click(css(form+" button")))
		p.sees("ul.rows a", "aditivo.pdf")
	})
	p.does(t, "get it, delete it, take that back", func(p *person) {
		back, err := os.ReadFile(p.download("the file", click(css(`a[href$="/file"]`))))
		if err != nil || string(back) != content {
			t.Errorf("it came back as %q, %v", back, err)
		}
		p.do("open its record", click(css(`ul.rows a[href^="/documents/"].btn`)), chromedp.WaitVisible(css("form.after button")))
		p.do("delete it", click(css("form.after button")), chromedp.WaitVisible(css("[data-undo]")))
		p.misses("ul.rows a", "aditivo.pdf")
		p.do("undo", click(css("[data-undo]")))
		p.sees("ul.rows a", "aditivo.pdf")
	})
}
