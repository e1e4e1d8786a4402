package message

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.eml")
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Parse(raw)
		if err != nil {
			if len(raw) > 0 {
				t.Fatal(err)
			}
			return
		}
		again, _ := Parse(raw)
		if !reflect.DeepEqual(m, again) {
			t.Fatal("twice read, two results")
		}
		for _, s := range []string{m.Subject, m.Text, m.Canonical, m.MessageID} {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				t.Fatalf("not clean: %q", s)
			}
		}
		for _, a := range m.Attachments {
			if _, body, err := Part(raw, a.Path); err != nil || int64(len(body)) != a.Size {
				t.Fatalf("part %q: %d bytes, %v", a.Path, len(body), err)
			}
			if strings.ContainsAny(a.Name, "/\\\n") {
				t.Fatalf("file name %q", a.Name)
			}
		}
		if html := strings.ToLower(m.HTML(HTMLOptions{})); strings.Contains(html, "<script") || strings.Contains(html, "<iframe") {
			t.Fatalf("unsafe: %q", html)
		}
		m.Keys()
		m.Preview(80)
	})
}

func FuzzCanonicalSubject(f *testing.F) {
	for _, s := range []string{"Re: RES: x", "[Fwd: Re: x]", "RE[2]: [Externo] é", "re:re:]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := CanonicalSubject(s)
		if twice := CanonicalSubject(once); twice != once {
			t.Fatalf("%q, then %q", once, twice)
		}
		if again := CanonicalSubject("RES: " + s); again != once {
			t.Fatalf("an answer to %q is %q, not %q", s, again, once)
		}
	})
}

func FuzzSplitQuotes(f *testing.F) {
	for _, s := range []string{"a\n> b\n", "Em 5 de out., Ana <a@x> escreveu:\n> b", "-- \nAna", "De: a\nPara: b\nAssunto: c\n", "____________\n\nDe: a\nEnviado: b\nPara: c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var all strings.Builder
		var last Kind
		for _, b := range SplitQuotes(s) {
			if b.Kind == last || b.Text == "" {
				t.Fatalf("blocks of one kind stand side by side, or are empty: %+v", b)
			}
			last = b.Kind
			all.WriteString(b.Text)
		}
		if all.String() != s {
			t.Fatalf("words were lost: %q became %q", s, all.String())
		}
	})
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{`"Prado, Ana" <a@x.example>`, `G: a@x, b@y;`, `a (b (c)) <d@e>`, `=?utf-8?B?4oCu?= <a@b>`, `"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, a := range ParseAddresses(s) {
			if a.Name == "" && a.Email == "" {
				t.Fatal("an empty address")
			}
			if a.Email != "" && (strings.Count(a.Email, "@") == 0 || strings.ContainsAny(a.Email, " \n<>,")) {
				t.Fatalf("address %q", a.Email)
			}
			if !utf8.ValidString(a.Name + a.Email) {
				t.Fatalf("not clean: %q", a)
			}
		}
	})
}
