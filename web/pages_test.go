package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm/demand"
	"cemigmas/crm/locale"
	"cemigmas/web/webtest"
)

// pagesOf lists every page that an agent opens, with an element that only this
// page has.
func pagesOf(e webtest.Estate) map[string]string {
	return map[string]string{
		"/": ".cols-today", "/clients": "table.table", "/clients/" + e.Client: "#composer", "/clients/" + e.Client + "/edit": "[name=legal_name]",
		"/activities/new": "#choose-q", "/activities/new?client=" + e.Client: "textarea[name=text]", "/activities/" + e.Activity + "/edit": "[name=version]",
		"/visits/new": "#choose-q", "/visits/new?client=" + e.Client: "[name=purpose]", "/visits/" + e.Visit: "[name=findings]",
		"/installations/" + e.Installation: "svg.chart", "/threads/" + e.Thread: "details.msg", "/triage": ".held", "/mailboxes": "table.folders",
		"/clients/" + e.Client + "/people/new": "[name=phones]", "/people/" + e.Person: "[name=version]",
		"/mailboxes/" + e.Mailbox + "/edit": "#remove", "/mailboxes/" + e.Mailbox + "/remove": ".btn.danger",
		"/reports": "[name=month]", "/reports/" + e.Report: "#job", "/imports": "[name=file]", "/imports/" + e.Import: "table.errors",
		"/settings": "[name=theme]", "/search?q=moinho": ".hit", "/password": "[name=again]",
	}
}

// Every page renders with data in every language, and no key of the catalogue
// stands on it.
func TestPagesInThreeLanguages(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	for _, lang := range []string{"pt-BR", "es", "en"} {
		k.Must(k.Service.SetPreferences(t.Context(), k.Actor("ana"), preferences(lang)))
		b := k.Browser("ana")
		for path, mark := range pagesOf(e) {
			a := b.Get(path).Status(200)
			if a.Find(mark).Length() == 0 {
				t.Errorf("%s in %s lacks %s:\n%.1500s", path, lang, mark, a.Body)
			}
			if got := a.Find("html").AttrOr("lang", ""); got != lang {
				t.Errorf("%s is in %s, want %s", path, got, lang)
			}
			for _, key := range rawKeys(a) {
				t.Errorf("%s in %s shows the key %s", path, lang, key)
			}
		}
	}
}

// rawKeys finds words on a page that look like keys of the catalogue.
func rawKeys(a *webtest.Answer) []string {
	var found []string
	areas := map[string]bool{}
	for _, key := range locale.Keys(locale.PtBR, "") {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	a.Find("script, style").Remove()
	for _, word := range strings.FieldsFunc(a.Find("html").Text()+attributes(a), func(r rune) bool { return strings.ContainsRune(" \n\t,;:\"'<>()", r) }) {
		area, rest, ok := strings.Cut(word, ".")
		if ok && areas[area] && rest != "" && strings.ToLower(rest) == rest && !strings.Contains(rest, "/") && !strings.Contains(word, "@") {
			found = append(found, word)
		}
	}
	return found
}

func attributes(a *webtest.Answer) string {
	var b strings.Builder
	for _, n := range a.Find("*").EachIter() {
		for _, name := range []string{"title", "placeholder", "aria-label"} {
			b.WriteString(" " + n.AttrOr(name, ""))
		}
	}
	return b.String()
}

// The legend of the chart says the threshold by which the months are judged.
func TestIdleIsOneThreshold(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	k.Browser("ana").Get("/installations/"+e.Installation).Has(".legend", "Abaixo de "+strings.ReplaceAll(locale.Threshold(locale.PtBR, demand.DefaultIdle.TenthsPercent), "\u00a0", " "))
}
