// Package templates renders pages and fragments: html/template files, one
// folder an aggregate, each bound to a struct of web/page. Names are those of
// the {{define}} blocks, such as "client" and "client/timeline".
package templates

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"

	"cemigmas/web/static"
	"cemigmas/web/templates/program"
)

//go:embed */*.html
var files embed.FS

// all is parsed once: a mistake in a template stops the program at its start.
var all = parse()

func parse() *template.Template {
	t := template.Must(template.New("").Funcs(funcs).ParseFS(files, "*/*.html"))
	program.Inline(t, "field/state")
	return t
}

var funcs = template.FuncMap{
	"icon":     icon,
	"asset":    static.URL,
	"foldable": foldable,
}

// compiled is what pages are written by; see package program.
var compiled = program.New(all, funcs)

// Render writes a page or fragment. Nothing is written when it fails, so that
// half a page never leaves.
func Render(w io.Writer, name string, data any) error {
	if err := compiled.Execute(w, name, data); err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	return nil
}

// foldable writes a text in which an address or a domain may go on in the next
// line before its @ and its dots, and so not in the middle of a name.
func foldable(s string) template.HTML {
	safe := template.HTMLEscapeString(s)
	if !strings.ContainsAny(s, "@.") {
		return template.HTML(safe)
	}
	words := strings.Split(safe, " ")
	for i, w := range words {
		if strings.Contains(w, "@") || domain.MatchString(w) {
			words[i] = fold.Replace(w)
		}
	}
	return template.HTML(strings.Join(words, " "))
}

var (
	domain = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}[,;]?$`)
	fold   = strings.NewReplacer("@", "<wbr>@", ".", "<wbr>.")
)

var sprite = static.URL("icons.svg")

// icon draws a symbol of the sprite. Names come from templates and from
// web/page, never from a request; anything else draws nothing.
func icon(name string) template.HTML {
	for _, r := range name {
		if r < 'a' || r > 'z' {
			return ""
		}
	}
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + sprite + `#` + name + `"/></svg>`)
}
