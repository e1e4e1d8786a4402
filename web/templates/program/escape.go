package program

import (
	"bytes"
	"fmt"
	"html/template"
	"reflect"
	"strconv"
	"strings"
	"text/template/parse"
)

// way is how html/template escapes a value in one kind of place. Plain texts,
// which nearly all values are, are written here; any other value is given to
// html/template in such a place.
type way struct {
	text func(out []byte, s string) (_ []byte, ok bool)
	// html tells that text marked as safe stays as it is.
	html bool
	// place is a template with such a place, between before and after.
	place         *template.Template
	before, after string
}

func newWay(text func([]byte, string) ([]byte, bool), html bool, before, after string) *way {
	return &way{text, html, template.Must(template.New("").Parse(before + "{{.}}" + after)), before, after}
}

// ways are the places that there are, by the functions that html/template adds
// to their pipelines.
var ways = map[string]*way{
	"_html_template_htmlescaper":   newWay(appendText, true, "", ""),
	"_html_template_attrescaper":   newWay(appendText, false, `<p title="`, `">`),
	"_html_template_rcdataescaper": newWay(appendText, false, "<title>", "</title>"),
	"_html_template_urlfilter _html_template_urlnormalizer _html_template_attrescaper": newWay(appendURL, false, `<a href="`, `">`),
}

// escapers parts a pipeline into what makes its value and how that is escaped;
// nil when it is in a way that is not known.
func escapers(p *parse.PipeNode) ([]*parse.CommandNode, *way) {
	var names []string
	n := len(p.Cmds)
	for i, cmd := range p.Cmds {
		id, ok := cmd.Args[0].(*parse.IdentifierNode)
		if ok && strings.HasPrefix(id.Ident, "_html_template_") {
			n = min(n, i)
			names = append(names, id.Ident)
		} else if i > n {
			return nil, nil // something after an escaper
		}
	}
	return p.Cmds[:n], ways[strings.Join(names, " ")]
}

// writer answers how values of a type are written.
func (w *way) writer(t reflect.Type) func([]byte, reflect.Value) []byte {
	switch {
	case t == reflect.TypeFor[template.HTML]() && w.html:
		return func(out []byte, v reflect.Value) []byte { return append(out, v.String()...) }
	case speaks(t) || strings.HasPrefix(t.PkgPath(), "html/"):
	case t.Kind() == reflect.String:
		return func(out []byte, v reflect.Value) []byte { return w.write(out, v.String()) }
	case basic(t) == reflect.Int:
		return func(out []byte, v reflect.Value) []byte { return strconv.AppendInt(out, v.Int(), 10) }
	}
	return w.ask
}

// write writes a plain text.
func (w *way) write(out []byte, s string) []byte {
	if longer, ok := w.text(out, s); ok {
		return longer
	}
	return w.ask(out, reflect.ValueOf(s))
}

// speaks tells whether a value is written by a method of its own.
func speaks(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]()) || t.Implements(errorType)
}

// ask lets html/template write a value.
func (w *way) ask(out []byte, v reflect.Value) []byte {
	var b bytes.Buffer
	if err := w.place.Execute(&b, plain(v)); err != nil {
		panic(failure{err})
	}
	return append(out, b.Bytes()[len(w.before):b.Len()-len(w.after)]...)
}

// entities are the characters that mean something in text and in quoted
// attributes.
var entities = [256]string{0: "\uFFFD", '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}

func appendText(out []byte, s string) ([]byte, bool) {
	from := 0
	for i := range len(s) {
		if e := entities[s[i]]; e != "" {
			out = append(append(out, s[from:i]...), e...)
			from = i + 1
		}
	}
	return append(out, s[from:]...), true
}

// inURL are the characters that stand in an address of this site as they are,
// but for '&', which becomes an entity, and '%', which must begin an escape.
var inURL = func() (ok [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?=#&%") {
		ok[c] = true
	}
	return ok
}()

// appendURL writes a path of this site; anything else it leaves to html/template.
func appendURL(out []byte, s string) ([]byte, bool) {
	if s == "" || s[0] != '/' {
		return out, false
	}
	for i := range len(s) {
		if !inURL[s[i]] || s[i] == '%' && !(i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2])) {
			return out, false
		}
	}
	return appendText(out, s)
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }
