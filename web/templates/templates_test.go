package templates

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jba/templatecheck"

	"cemigmas/crm/locale"
	"cemigmas/web/page"
	"cemigmas/web/page/sample"
	"cemigmas/web/static"
)

// bound names the struct of every template that web renders.
var bound = map[string]any{
	"signin": page.SignIn{}, "password": page.Password{}, "settings": page.Settings{}, "error": page.ErrorPage{},
	"today": page.Today{}, "list": page.List{}, "list/table": page.ListTable{}, "list/rows": page.ListTable{}, "list/count": page.ListCount{},
	"tiers": page.Tiers{}, "documents": page.Documents{}, "document": page.Document{},
	"duplicates": page.Duplicates{}, "merge": page.Merge{}, "group": page.Group{}, "history": page.History{},
	"client": page.Client{}, "client/edit": page.ClientEdit{}, "person/edit": page.PersonEdit{}, "client/timeline": page.Timeline{}, "client/older": page.Timeline{},
	"fact": page.Fact{}, "fact/edit": page.FactEdit{}, "fact/saved": page.FactSaved{},
	"client/composer": page.Composer{}, "client/logged": page.Logged{}, "client/changed": page.Changed{},
	"activity/new": page.ActivityNew{}, "activity/edit": page.ActivityEdit{}, "quick/form": page.LogForm{}, "quick/logged": page.QuickLogged{},
	"visit/new": page.VisitPlan{}, "visit": page.VisitReport{}, "installation": page.Installation{}, "record/form": page.RecordForm{}, "contract": page.Contract{}, "calendar": page.Calendar{},
	"thread": page.Thread{}, "triage": page.Triage{}, "triage/rules": page.TriageRules{}, "triage/row": page.HeldRow{}, "triage/decided": page.Decided{}, "mailboxes": page.Mailboxes{}, "mailbox": page.Mailbox{}, "mailbox/edit": page.MailboxEdit{}, "mailbox/remove": page.MailboxRemove{},
	"reports": page.Reports{}, "report": page.Report{}, "exports": page.Exports{}, "export": page.Export{}, "job": page.Job{}, "imports": page.Imports{}, "import": page.Import{}, "undo": page.Undo{}, "mapping": page.Mapping{}, "users": page.Users{}, "user": page.UserRecord{}, "sessions": page.Sessions{}, "link": page.PasswordLink{}, "resume": page.Resume{},
	"search": page.Search{}, "search/results": page.SearchResults{}, "search/pick": page.SearchResults{}, "toast": page.Toast{},
}

func TestTemplatesFitTheirStructs(t *testing.T) {
	fresh := parse() // rendering rewrites a template, and the check would trip over that
	for name, data := range bound {
		tmpl := fresh.Lookup(name)
		if tmpl == nil {
			t.Errorf("no template %q", name)
			continue
		}
		if err := templatecheck.CheckHTML(tmpl, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStories renders every page in every state and language. With
// CEMIGMAS_STORYBOOK=DIR it also writes them there as files, the style beside
// them.
func TestStories(t *testing.T) {
	seen := map[string]bool{}
	for _, lang := range locale.Langs {
		for _, s := range sample.Stories(lang) {
			seen[s.Template] = true
			var b bytes.Buffer
			if err := Render(&b, s.Template, s.Data); err != nil {
				t.Fatal(err)
			}
			checkHTML(t, string(lang)+" "+s.Name, b.String())
			write(t, filepath.Join(string(lang), s.Name+".html"), b.Bytes())
		}
	}
	for name := range bound {
		if !seen[name] {
			t.Errorf("no story shows %s", name)
		}
	}
	for _, name := range []string{"css/tokens.css", "css/base.css", "css/controls.css", "css/parts.css", "css/timeline.css", "css/float.css", "css/layout.css", "css/pages.css", "icons.svg", "favicon.svg", "vendor/htmx.min.js"} {
		content, _, ok := static.Lookup(static.URL(name))
		if !ok {
			t.Errorf("no file %s", name)
		}
		write(t, static.URL(name), content)
	}
}

func write(t *testing.T, name string, content []byte) {
	t.Helper()
	dir := os.Getenv("CEMIGMAS_STORYBOOK")
	if dir == "" {
		return
	}
	file := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, content, 0o644)); err != nil {
		t.Fatal(err)
	}
}

func checkHTML(t *testing.T, name, html string) {
	t.Helper()
	for _, wrong := range []struct{ text, why string }{
		{" style=", "the policy allows no style attribute"},
		{"<style", "the policy allows no style element"},
		{" onclick=", "the policy allows no script attribute"},
		{" hx-on", "the policy allows no script attribute"},
		{" hx-vals", "html/template does not know this attribute"},
		{" hx-headers", "html/template does not know this attribute"},
		{"ZgotmplZ", "html/template refused a value"},
		{"<no value>", "a field is missing"},
		{"page.", "a key has no words"},
	} {
		if i := strings.Index(html, wrong.text); i >= 0 {
			t.Errorf("%s: %q: %s: …%s…", name, wrong.text, wrong.why, html[max(0, i-60):min(len(html), i+60)])
		}
	}
}

func TestRenderWritesNothingOnError(t *testing.T) {
	var b bytes.Buffer
	if err := Render(&b, "nothing", page.Today{}); err == nil || b.Len() > 0 {
		t.Errorf("unknown template: err %v, wrote %q", err, b.String())
	}
	if err := Render(&b, "today", page.SignIn{}); err == nil || b.Len() > 0 {
		t.Errorf("wrong struct: err %v, wrote %d bytes", err, b.Len())
	}
}

func TestTextIsEscaped(t *testing.T) {
	evil := `"><script>alert(1)</script>`
	var b bytes.Buffer
	c := page.Client{Name: evil, MailURL: "javascript:alert(1)", Phone: "javascript:alert(1)", Timeline: page.Timeline{URL: evil, Months: []page.Month{{Entries: []page.Entry{{Said: evil, Title: evil}}}}}}
	c.User, c.Title = &page.User{Name: evil}, evil
	if err := Render(&b, "client", c); err != nil {
		t.Fatal(err)
	}
	html := b.String()
	if strings.Contains(html, "<script>alert") || strings.Contains(html, `href="javascript:`) {
		t.Errorf("not escaped:\n%s", html)
	}
}

func TestIconTakesNamesOnly(t *testing.T) {
	if got := icon(`x"/><script>`); got != "" {
		t.Errorf("icon = %s", got)
	}
	if got := string(icon("phone")); !strings.Contains(got, "icons.svg#phone") {
		t.Errorf("icon = %s", got)
	}
}

func TestFoldable(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		"Av. Brasil, 1.200":        "Av. Brasil, 1.200",
		"contato@uniao.example":    "contato<wbr>@uniao<wbr>.example",
		"a@x.example, b@y.example": "a<wbr>@x<wbr>.example, b<wbr>@y<wbr>.example",
		"uniao.example":            "uniao<wbr>.example",
		"0.004.001.811.990-31":     "0.004.001.811.990-31",
		`<b>@x.example`:            "&lt;b&gt;<wbr>@x<wbr>.example",
		`"><script>.example`:       "&#34;&gt;&lt;script&gt;.example",
	} {
		if got := string(foldable(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
