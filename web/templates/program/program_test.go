package program

import (
	"bytes"
	"errors"
	"html/template"
	"strings"
	"testing"
)

// data has a value of each kind that a page has, plain and nasty.
type data struct {
	inner
	Name, Empty, Nasty, Plus string
	State                    state
	N, Zero                  int
	Big                      int64
	Yes, No                  bool
	Share                    float64
	Safe                     template.HTML
	Link                     template.URL
	Speaks                   speaker
	List                     []item
	None                     []item
	Words                    []string
	At                       *item
	Nil                      *item
	Path, Query, Odd, Evil   string
}

type state string

type inner struct{ Lang string }

// T shows what it was asked.
func (i inner) T(key string, args ...string) string {
	return i.Lang + "<" + key + strings.Join(args, ",") + ">"
}

type item struct {
	inner
	Label string
	Kids  []item
}

func (i item) Upper() string                 { return strings.ToUpper(i.Label) }
func (i item) Of(n int, more ...string) item { i.Label += strings.Repeat("!", n+len(more)); return i }
func (i item) Wrong() (string, error)        { return "", errors.New("wrong") }

type speaker struct{ word string }

func (s speaker) String() string { return "says " + s.word }

var funcs = template.FuncMap{
	"shout": func(s string) string { return strings.ToUpper(s) },
	"bold":  func(s string) template.HTML { return template.HTML("<b>" + template.HTMLEscapeString(s) + "</b>") },
	"take":  func(i item) string { return i.Label },
	"boom":  func() string { panic("boom") },
}

const nasty = "<a href='x'>\"&+\x00\xff é\u2028</a><!--"

func sample() data {
	in := inner{"es"}
	return data{inner: in, Name: "Moinho", Nasty: nasty, Plus: "1+1", State: "bad", N: 7, Big: -1 << 40, Yes: true, Share: 1.5,
		Safe: "<i>safe & \"well\"</i>", Link: "tel:+55", Speaks: speaker{nasty}, Words: []string{"a", nasty, ""},
		List: []item{{in, "one", []item{{in, "kid", nil}}}, {in, nasty, nil}}, At: &item{in, "at", nil},
		Path: "/clients/x-1?a=b&c=%C3%A9#d", Query: "/s?q=a+b c\"d'(e)%zz", Odd: "//host/x", Evil: "javascript:alert(1)"}
}

const kid = `{{define "kid"}}<li>{{.Label}}{{range .Kids}}{{template "kid" .}}{{end}}</li>{{end}}{{define "bare"}}<hr>{{end}}` +
	`{{define "attrs"}}{{if .Yes}} required{{end}}{{with .Nasty}} title="{{.}}"{{end}}{{end}}`

func set(t testing.TB, text string) (*template.Template, *Set) {
	t.Helper()
	tmpl, err := template.New("").Funcs(funcs).Parse(kid + `{{define "main"}}` + text + `{{end}}`)
	if err != nil {
		t.Fatal(err)
	}
	Inline(tmpl, "attrs")
	return tmpl, New(tmpl, funcs)
}

// What is compiled writes what html/template writes.
func TestSame(t *testing.T) {
	for _, text := range []string{
		``, `text only &amp; <!-- comment --> more`, `{{/* nothing */}}x`,
		// every value in every kind of place
		`{{.Name}}{{.Empty}}{{.Nasty}}{{.Plus}}{{.State}}{{.N}}{{.Big}}{{.Yes}}{{.Share}}{{.Safe}}{{.Link}}{{.Speaks}}{{.Lang}}`,
		`<p title="{{.Name}} {{.Empty}} {{.Nasty}} {{.Plus}} {{.State}} {{.N}} {{.Big}} {{.Yes}} {{.Share}} {{.Safe}} {{.Link}} {{.Speaks}}">`,
		`<p title='{{.Nasty}}' class="a{{with .State}} t-{{.}}{{end}}">`,
		`<title>{{.Nasty}}{{.Safe}}{{.N}}</title><textarea>{{.Nasty}}{{.Safe}}</textarea>`,
		`<a href="{{.Path}}">`, `<a href="{{.Query}}">`, `<a href="{{.Odd}}">`, `<a href="{{.Evil}}">`, `<a href="{{.Link}}">`,
		`<a href="{{.Nasty}}">`, `<a href="{{.Empty}}">`, `<a href="{{.Plus}}">`, `<form action="{{.Path}}"><img src="{{.Evil}}">`,
		`{{.At}}{{.Words}}`,
		// fields, methods and words
		`{{.At.Label}} {{.At.Upper}} {{.T "k"}} {{.T "k" "n" .Name}} {{.At.T "k"}} {{with .At}}{{.T "in"}}{{$.T "out"}}{{end}}`,
		`{{(.At.Of 2).Label}} {{(.At.Of 1 "x" .Name).Upper}} {{((.At.Of 0).Of 1).Label}}`,
		// functions
		`{{shout .Nasty}} {{bold .Nasty}} {{.Name | shout}} {{.Nasty | bold}} {{take .At}} {{len .List}} {{len .Name}} {{index .Words 1}}`,
		`{{eq .Name "Moinho"}} {{eq .State "bad"}} {{eq .State "ok" "bad"}} {{ne .N 7}} {{eq .N 7}} {{eq .Yes .No}} {{not .Empty}}`,
		// branches
		`{{if .Yes}}y{{else}}n{{end}}{{if .No}}y{{else}}n{{end}}{{if .Zero}}y{{else if .N}}N{{else}}n{{end}}{{if .Nil}}y{{end}}{{if .At}}y{{end}}`,
		`{{if .List}}y{{end}}{{if .None}}y{{else}}n{{end}}{{if .Speaks}}y{{end}}{{if .Empty}}y{{end}}`,
		`{{if and .Yes (not .No)}}1{{end}}{{if or .No .Empty .Nil}}2{{else}}3{{end}}{{if and (eq .N 7) (or .No .Name)}}4{{end}}{{if (eq .Name "x")}}5{{end}}`,
		`{{if and .Nil .Nil.Label}}x{{else}}not reached{{end}}{{if not (or .No .Empty)}}6{{end}}`,
		`{{with .Name}}{{.}}{{else}}none{{end}}{{with .Empty}}{{.}}{{else}}{{.Name}}{{end}}{{with .At}}{{.Label}}{{end}}{{with .Nil}}x{{end}}{{with $x := .Name}}{{$x}}{{.}}{{end}}`,
		`{{if $x := .Name}}{{$x}}{{end}}{{with .At.Kids}}x{{else with .Name}}{{.}}{{end}}`,
		// loops and variables
		`{{range .List}}{{.Label}};{{end}}{{range .None}}x{{else}}{{.Name}}{{end}}{{range $i, $x := .Words}}{{if $i}},{{end}}{{$i}}={{$x}}{{end}}`,
		`{{range $x := .List}}{{$x.Label}}{{range .Kids}}{{$x.Label}}{{.Label}}{{$.Name}}{{end}}{{end}}`,
		`{{$n := .N}}{{$s := .Name}}{{if .Yes}}{{$s := .State}}{{$s}}{{end}}{{$s}}{{range .Words}}{{$n}}{{end}}`,
		// templates
		`{{range .List}}{{template "kid" .}}{{end}}{{template "kid" .At}}{{template "bare"}}{{$n := .N}}{{template "kid" .At}}{{$n}}`,
		`<input{{template "attrs" .}}>{{with .List}}<p{{template "attrs" $}}>{{end}}`,
	} {
		tmpl, s := set(t, text)
		var want, got bytes.Buffer
		if err := tmpl.ExecuteTemplate(&want, "main", sample()); err != nil {
			t.Fatal(text, err)
		}
		if err := s.Execute(&got, "main", sample()); err != nil || got.String() != want.String() {
			t.Errorf("%s\n%q, %v\nwant\n%q", text, got.String(), err, want.String())
		}
		// A template that is called in the middle of a tag is html/template's.
		if err := s.Compiles("main", sample()); err != nil && !strings.Contains(text, "template \"attrs\" $") {
			t.Error(err)
		}
	}
}

// What is not compiled is executed by html/template, and all the same.
func TestLeftToTheInterpreter(t *testing.T) {
	for _, text := range []string{
		`<script>let x = {{.Name}}</script>`, `<p title={{.Name}}>`, `<a href="/x?q={{.Nasty}}">`, `{{printf "%05d" .N}}`,
		`{{range $i := .N}}{{$i}}{{end}}`, `{{if lt .N 8}}x{{end}}`, `{{range .List}}{{.Label}}{{break}}{{end}}`, `{{$x := 1}}{{$x = 2}}{{$x}}`,
		`{{html .Nasty}}`, `{{slice .Name 1}}`, `{{or .Empty .N}}`,
	} {
		tmpl, s := set(t, text)
		if s.Compiles("main", sample()) == nil {
			t.Errorf("%s is compiled", text)
		}
		var want, got bytes.Buffer
		if err := tmpl.ExecuteTemplate(&want, "main", sample()); err != nil {
			t.Fatal(text, err)
		}
		if err := s.Execute(&got, "main", sample()); err != nil || got.String() != want.String() {
			t.Errorf("%s\n%q, %v\nwant\n%q", text, got.String(), err, want.String())
		}
	}
}

// What fails in html/template fails, and writes nothing.
func TestFails(t *testing.T) {
	for _, text := range []string{
		`x{{.Nil.Label}}`, `x{{.At.Wrong}}`, `x{{index .Words 9}}`, `x{{boom}}`, `x{{.Missing}}`, `x{{.Name.Missing}}`, `x{{template "kid" .Nil}}`, `x{{take .Nil}}`,
		`x{{.Nil.Upper}}`, `x{{template "missing"}}`, `<p title="{{if .Yes}}">{{end}}`,
	} {
		tmpl, s := set(t, text)
		if tmpl.ExecuteTemplate(new(bytes.Buffer), "main", sample()) == nil {
			t.Fatal(text, "does not fail")
		}
		var got bytes.Buffer
		if err := s.Execute(&got, "main", sample()); err == nil || got.Len() > 0 {
			t.Errorf("%s: %v, wrote %q", text, err, got.String())
		}
	}
	_, s := set(t, `{{.Name}}`)
	for _, err := range []error{s.Execute(new(bytes.Buffer), "nothing", sample()), s.Execute(new(bytes.Buffer), "main", item{})} {
		if err == nil {
			t.Error("no error")
		}
	}
	if err := s.Execute(new(bytes.Buffer), "bare", nil); err != nil {
		t.Error(err)
	}
}

// A page that is rendered while another is has its own variables and its own
// text.
func TestAtOnce(t *testing.T) {
	_, s := set(t, `{{$n := .Name}}{{range .List}}{{$n}}{{template "kid" .}}{{end}}`)
	done := make(chan string)
	for i := range 8 {
		go func() {
			d := sample()
			d.Name = strings.Repeat("x", i)
			var b bytes.Buffer
			for range 50 {
				b.Reset()
				if err := s.Execute(&b, "main", d); err != nil {
					done <- err.Error()
					return
				}
			}
			if want := d.Name + "<li>one<li>kid</li></li>"; !strings.HasPrefix(b.String(), want) {
				done <- b.String()
				return
			}
			done <- ""
		}()
	}
	for range 8 {
		if wrong := <-done; wrong != "" {
			t.Error(wrong)
		}
	}
}

// FuzzText: no text is escaped otherwise than by html/template.
func FuzzText(f *testing.F) {
	for _, s := range []string{nasty, "/x?a=b&c=%C3", "//x", "a+b", "/\x00", "/é", "javascript:x", "/a:b", "/%", "/%4"} {
		f.Add(s)
	}
	tmpl, s := set(f, `{{.Name}}<p title="{{.Name}}"><title>{{.Name}}</title><a href="{{.Name}}">`)
	f.Fuzz(func(t *testing.T, text string) {
		var want, got bytes.Buffer
		if err := tmpl.ExecuteTemplate(&want, "main", data{Name: text}); err != nil {
			t.Fatal(err)
		}
		if err := s.Execute(&got, "main", data{Name: text}); err != nil || got.String() != want.String() {
			t.Errorf("%q, %v\nwant %q", got.String(), err, want.String())
		}
	})
}
