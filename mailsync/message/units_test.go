package message

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCanonicalSubject(t *testing.T) {
	for in, want := range map[string]string{
		"Aumento de demanda":                      "aumento de demanda",
		"Re: RES: ENC: Aumento de demanda":        "aumento de demanda",
		"RE[2]: Fwd(3): RV : Aumento  de demanda": "aumento de demanda",
		"[Fwd: Re: Contrato 2026]":                "contrato 2026",
		"Re^3: Contrato [UC 3004298116]":          "contrato [uc 3004298116]",
		"REF: Ofício 12":                          "oficio 12",
		"Rm: Visita":                              "visita",
		"[Externo] RES: [EXTERNAL] Visita":        "visita",
		"Reunião: pauta":                          "reuniao: pauta",
		"Reforma":                                 "reforma",
		"TR: 2 transformadores":                   "tr: 2 transformadores",
		"Encontro: hoje":                          "encontro: hoje",
		"Re:":                                     "",
		"":                                        "",
		"RE : Ré: Medição":                        "medicao",
	} {
		if got := CanonicalSubject(in); got != want {
			t.Errorf("CanonicalSubject(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParseAddresses(t *testing.T) {
	for in, want := range map[string][]Address{
		`"Prado, Ana" <ANA@X.example>, bia@y.example`:          {{"Prado, Ana", "ana@x.example"}, {"", "bia@y.example"}},
		`=?utf-8?Q?Jos=C3=A9?= <j@x.example>`:                  {{"José", "j@x.example"}},
		`"=?iso-8859-1?Q?Jos=E9_Silva?=" <j@x.example>`:        {{"José Silva", "j@x.example"}},
		`Equipe: a@x.example, Bia <b@x.example>;, c@x.example`: {{"", "a@x.example"}, {"Bia", "b@x.example"}, {"", "c@x.example"}},
		`undisclosed-recipients:;`:                             nil,
		`ana@x.example (Ana Prado)`:                            {{"Ana Prado", "ana@x.example"}},
		`a@x.example; b@x.example`:                             {{"", "a@x.example"}, {"", "b@x.example"}},
		`Ana <mailto:ana@x.example>`:                           {{"Ana", "ana@x.example"}},
		`'ana@x.example' <ana@x.example>`:                      {{"", "ana@x.example"}},
		`Só um nome`:                                           {{"Só um nome", ""}},
		`"nunca fecha <ana@x.example>`:                         {{"nunca fecha", "ana@x.example"}},
		`Ana <ana@x.example`:                                   {{"Ana", "ana@x.example"}},
		`<@relay.example:ana@x.example>`:                       {{"", "ana@x.example"}},
		`ana @ x.example`:                                      {{"", "ana@x.example"}},
		``:                                                     nil,
		`,,;`:                                                  nil,
		`"Ana \"Nina\" Prado" <a@x.example>`:                   {{`Ana "Nina" Prado`, "a@x.example"}},
		"=?utf-8?B?4oCuZXhl?= <a@x.example>, <nada>, <b@x.example>": {{"\u202eexe", "a@x.example"}, {"nada", ""}, {"", "b@x.example"}},
	} {
		if got := ParseAddresses(in); !reflect.DeepEqual(got, want) {
			t.Errorf("ParseAddresses(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestParseIDs(t *testing.T) {
	for in, want := range map[string][]string{
		"<a@x> <b@y>":                          {"a@x", "b@y"},
		"<a@x>\t<a@x>":                         {"a@x"},
		"Your message of Monday <a@x>":         {"a@x"},
		"a@x, b@y":                             {"a@x", "b@y"},
		"<a b@x>":                              {"ab@x"},
		"nada aqui":                            nil,
		"<" + strings.Repeat("x", 900) + "@y>": nil,
	} {
		if got := parseIDs(in); !reflect.DeepEqual(got, want) {
			t.Errorf("parseIDs(%.40q) = %q, want %q", in, got, want)
		}
	}
	if got := firstID(" <sem-arroba> "); got != "sem-arroba" {
		t.Errorf("firstID = %q", got)
	}
}

func TestParseDate(t *testing.T) {
	want := time.Date(2026, 10, 5, 13, 15, 0, 0, time.UTC)
	for _, in := range []string{
		"Mon, 5 Oct 2026 10:15:00 -0300", "5 Oct 2026 10:15:00 -0300 (BRT)", "Mon,  5 Oct 26 10:15:00 -0300",
		"Seg, 5 Out 2026 10:15:00 -0300", "2026-10-05 10:15:00 -0300", "2026-10-05T10:15:00-03:00",
		"Mon, 5 Oct 2026 13:15:00 GMT+00:00", "Mon Oct 5 13:15:00 2026", "5 Oct 2026 10:15 -0300",
	} {
		if got := parseDate(in); !got.Equal(want) {
			t.Errorf("parseDate(%q) = %v", in, got)
		}
	}
	for _, in := range []string{"", "ontem", "Mon, 99 Oct 2026 10:15:00 -0300", "0001-01-01 00:00:00"} {
		if got := parseDate(in); !got.IsZero() {
			t.Errorf("parseDate(%q) = %v, want none", in, got)
		}
	}
}

func TestSplitQuotes(t *testing.T) {
	kinds := func(text string) string {
		var out []string
		for _, b := range SplitQuotes(text) {
			out = append(out, string(b.Kind))
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ name, text, want string }{
		{"own words", "Bom dia.\nNo dia 5 ele escreveu uma carta.\n", "text"},
		{"attribution in own words", "Em 2025 o gerente escreveu\nque aceita.\n", "text"},
		{"answers between", "> um?\nsim\n\n> dois?\nnão\n", "quote text quote text"},
		{"thunderbird pt", "ok\n\nEm 05/10/2026 10:15, Ana escreveu:\n> a\n", "text quote"},
		{"english", "ok\n\nOn Mon, Oct 5, 2026 at 10:15 AM Ana <ana@x.example> wrote:\n\n> a\n", "text quote"},
		{"unprefixed after attribution", "ok\n\nEl 5/10/2026, Ana escribió:\n\ntexto sin marca\notro\n", "text quote"},
		{"outlook es", "Gracias.\n\n________________________________\nDe: Ana <ana@x.example>\nEnviado: lunes\nPara: Bia\nAsunto: Hola\n\nHola\n", "text quote"},
		{"mensagem original", "Ciente.\n\n-----Mensagem original-----\nDe: Ana\ntexto\n", "text quote"},
		{"forward", "---------- Mensagem encaminhada ---------\nDe: Ana\ntexto\n", "quote"},
		{"two header-like lines are no block", "De: casa\nPara: trabalho\nsegue\n", "text"},
		{"signature", "Sim.\n-- \nAna\n\nTel. 123\n", "text signature"},
		{"signature before quote", "Sim.\n-- \nAna\nEm 5 de out. de 2026, Bia <b@x.example> escreveu:\n> oi\n", "text signature quote"},
		{"phone line with much after it", "Enviado do meu escritório\na\nb\nc\nd\ne\n", "text"},
		{"rule in own words", "----------------------------\nTabela\n", "text"},
	} {
		if got := kinds(c.text); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPreviewSkipsQuotes(t *testing.T) {
	if got := Preview("> velho\n\nNovo texto aqui\n-- \nAna", 10); got != "Novo text…" {
		t.Errorf("Preview = %q", got)
	}
	if got := Preview("> só citado", 40); got != "> só citado" {
		t.Errorf("Preview = %q", got)
	}
}

func TestFindKeys(t *testing.T) {
	got := FindKeys("UC 001347925802810 e 0.013.479.258.028-10, instalação 3004298116-A, tel 31999998888",
		"CNPJ 12.345.678/0001-95, 12345678000195 e 12.ABC.345/01DE-35; Ana <ANA@X.example>. NF 35261012345678000195550010000001231000001234")
	want := Keys{
		Emails: []string{"ana@x.example"}, UC: []string{"001347925802810"}, Former: []string{"3004298116"},
		TaxIDs: []string{"12345678000195", "12ABC34501DE35"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	many := FindKeys(strings.Repeat("3", 0) + manyNumbers(3*MaxKeys))
	if len(many.Former) != MaxKeys || !many.Clipped {
		t.Errorf("%d numbers, clipped %v", len(many.Former), many.Clipped)
	}
}

func manyNumbers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("3" + strings.Repeat("0", 6) + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)) + " ")
	}
	return b.String()
}

func TestAutomatic(t *testing.T) {
	for _, c := range []struct{ head, want string }{
		{"From: ana@x.example", ""},
		{"From: ana@x.example\r\nAuto-Submitted: no", ""},
		{"From: ana@x.example\r\nAuto-Submitted: auto-replied", ReasonAuto},
		{"From: l@x.example\r\nList-Id: <l.x.example>", ReasonList},
		{"From: l@x.example\r\nPrecedence: bulk", ReasonBulk},
		{"From: MAILER-DAEMON@x.example", ReasonBounce},
		{"From: nao-responda@x.example", ReasonNoReply},
		{"From: no-reply@x.example", ReasonNoReply},
		{"From: avisos-noreply@x.example", ReasonNoReply},
		{"From: noronha@x.example", ""},
		{"From: ana@x.example\r\nContent-Type: multipart/report; report-type=disposition-notification; boundary=a", ""},
	} {
		if got := ParseHeader([]byte(c.head + "\r\n\r\n")); got.AutomaticReason != c.want || got.Automatic != (c.want != "") {
			t.Errorf("%q: %q, want %q", c.head, got.AutomaticReason, c.want)
		}
	}
}

func TestSanitizeNeverLoadsOrRuns(t *testing.T) {
	for _, src := range []string{
		`<img src="https://x.example/a.gif">`, `<img src="//x.example/a.gif">`, `<IMG SRC=HTTPS://x.example/a>`,
		`<img srcset="https://x.example/a 2x" src="cid:a">`, `<img src="http&#58;//x.example/a">`,
		`<div style="background-image:url('https://x.example/a')">a</div>`, `<td background="https://x.example/a">a</td>`,
		`<style>@import url(https://x.example/a)</style>`, `<link rel=stylesheet href=https://x.example/a>`,
		`<video src="https://x.example/a" poster="https://x.example/b"></video>`, `<input type=image src=https://x.example/a>`,
		`<svg><image href="https://x.example/a"/></svg>`, `<math><mtext><img src=https://x.example/a></mtext></math>`,
		`<noscript><p title="</noscript><img src=https://x.example/a>">`, `<base href="https://x.example/"><img src="a">`,
		`<p style="font-family:u\72l(https://x.example/a)">a</p>`, `<font face="url(https://x.example)">a</font>`,
	} {
		got := strings.ToLower(Sanitize(src, HTMLOptions{CID: func(string) string { return "https://evil.example" }}))
		got = strings.ReplaceAll(got, `data-blocked="https://x.example`, "")
		got = strings.ReplaceAll(got, `data-blocked="http://x.example`, "")
		if strings.Contains(got, "x.example") || strings.Contains(got, "evil.example") || strings.Contains(got, "url(") {
			t.Errorf("%s\n became %s", src, got)
		}
	}
	for _, src := range []string{`<a href="javascript:x()">a</a>`, `<p onmouseover=x()>a</p>`, `<script>x()</script>`, `<iframe srcdoc="<script>x()</script>">`, `<a href="data:text/html,x()">a</a>`} {
		if got := Sanitize(src, HTMLOptions{Remote: true}); strings.Contains(got, "x()") {
			t.Errorf("%s became %s", src, got)
		}
	}
	if got := Sanitize(`<img src="https://x.example/a.gif">`, HTMLOptions{Remote: true}); !strings.Contains(got, `src="https://x.example/a.gif"`) {
		t.Errorf("remote pictures on request: %s", got)
	}
}

func TestSanitizeFoldsQuotes(t *testing.T) {
	for name, src := range map[string]string{
		"gmail":       `<p>novo</p><div class="gmail_quote">velho</div>`,
		"thunderbird": `<p>novo</p><div class="moz-cite-prefix">Em 5/10:</div><blockquote type="cite">velho</blockquote>`,
		"outlook web": `<p>novo</p><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">De: x</div><div>velho</div>`,
		"nested":      `<p>novo</p><blockquote type="cite">velho<blockquote type="cite">mais</blockquote></blockquote>`,
	} {
		got := Sanitize(src, HTMLOptions{})
		before, after, folded := strings.Cut(got, `<details class="mail-quote">`)
		if !folded || !strings.Contains(before, "novo") || !strings.Contains(after, "velho") || strings.Contains(after, `<details`) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestHTMLText(t *testing.T) {
	for in, want := range map[string]string{
		"<p>um</p><p>dois</p>":                                  "um\n\ndois",
		"a<br>b<br><br><br><br>c":                               "a\nb\n\nc",
		"um <b>forte</b>, sim":                                  "um forte, sim",
		"<blockquote>a<blockquote>b</blockquote></blockquote>c": "> a\n\n>> b\n\nc",
		"<pre>x  y\n z</pre>":                                   "x  y\n z",
		"<div style='display: none'>nada</div>":                 "nada",
		"<div style='display:none'>x</div>sim":                  "sim",
		"<script>var a = '<p>';</script>ok<style>p{}</style>":   "ok",
		"&lt;b&gt; &amp; &nbsp;fim":                             "<b> & fim",
	} {
		if got := HTMLText(in); got != want {
			t.Errorf("HTMLText(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTextWithoutTheEmptyLine(t *testing.T) {
	m, err := Parse([]byte("From: a@x.example\nSubject: Oi\nO texto começa aqui\ne continua.\n"))
	if err != nil || m.Subject != "Oi" || m.Text != "O texto começa aqui\ne continua." {
		t.Errorf("%+v, %v", m, err)
	}
}

// A mail of a hundred thousand lines is split in well under a second.
func BenchmarkSplitQuotes(b *testing.B) {
	text := strings.Repeat("Em outubro a demanda medida foi de 512 kW: veja\nDe: casa\n-------- tabela\n> citado\n", 2500)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		SplitQuotes(text)
	}
}

func BenchmarkParse(b *testing.B) {
	raw := []byte("From: Ana <ana@x.example>\r\nTo: b@x.example\r\nDate: Mon, 5 Oct 2026 10:00:00 -0300\r\nSubject: =?utf-8?Q?Medi=C3=A7=C3=A3o?=\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>" +
		strings.Repeat("A medição de outubro da UC 3004298116 chegou.<br>", 200) + "</p>")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		m, _ := Parse(raw)
		m.Keys()
		m.Preview(120)
	}
}
