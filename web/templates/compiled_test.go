package templates

import (
	"bytes"
	"testing"

	"cemigmas/crm/locale"
	"cemigmas/web/page/sample"
)

// TestCompiledWritesTheSame renders every page in every state and language both
// ways.
func TestCompiledWritesTheSame(t *testing.T) {
	for _, lang := range locale.Langs {
		for _, s := range sample.Stories(lang) {
			var want, got bytes.Buffer
			if err := all.ExecuteTemplate(&want, s.Template, s.Data); err != nil {
				t.Fatal(err)
			}
			if err := compiled.Execute(&got, s.Template, s.Data); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Errorf("%s %s: %s", lang, s.Name, difference(got.Bytes(), want.Bytes()))
			}
		}
	}
}

// difference shows where two pages part.
func difference(got, want []byte) string {
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	cut := func(b []byte) string { return string(b[max(0, at-80):min(len(b), at+80)]) }
	return "\n" + cut(got) + "\nwant\n" + cut(want)
}

// TestAllIsCompiled: what html/template executes costs ten times as much.
func TestAllIsCompiled(t *testing.T) {
	for name, data := range bound {
		if err := compiled.Compiles(name, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
