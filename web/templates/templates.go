// Package templates renders pages and fragments: html/template files, one
// folder an aggregate, each bound to a struct of web/page. Names are those of
// the {{define}} blocks, such as "client" and "client/timeline".
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"

	"cemigmas/web/static"
)

//go:embed */*.html
var files embed.FS

// all is parsed once: a mistake in a template stops the program at its start.
var all = parse()

func parse() *template.Template {
	return template.Must(template.New("").Funcs(template.FuncMap{
		"icon":  icon,
		"asset": static.URL,
	}).ParseFS(files, "*/*.html"))
}

// Render writes a page or fragment. Nothing is written when it fails, so that
// half a page never leaves.
func Render(w io.Writer, name string, data any) error {
	t := all.Lookup(name)
	if t == nil {
		return fmt.Errorf("templates: no template %q", name)
	}
	var page bytes.Buffer
	if err := t.Execute(&page, data); err != nil {
		return fmt.Errorf("templates: %s: %w", name, err)
	}
	_, err := page.WriteTo(w)
	return err
}

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
