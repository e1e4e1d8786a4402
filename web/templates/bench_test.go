package templates

import (
	"bytes"
	"testing"

	"cemigmas/crm/locale"
	"cemigmas/web/page/sample"
)

// BenchmarkPages renders every story, by html/template and as it is served.
func BenchmarkPages(b *testing.B) {
	stories := sample.Stories(locale.PtBR)
	var out bytes.Buffer
	for _, how := range []struct {
		name   string
		render func(name string, data any) error
	}{
		{"interpreted", func(name string, data any) error { return all.ExecuteTemplate(&out, name, data) }},
		{"compiled", func(name string, data any) error { return Render(&out, name, data) }},
	} {
		b.Run(how.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range stories {
					out.Reset()
					if err := how.render(s.Template, s.Data); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
