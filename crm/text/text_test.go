package text

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"abc 123":               "abc 123",
		"São João del-Rei":      "sao joao del-rei",
		"ÁGUAS DE ITAÚNA S.A.":  "aguas de itauna s.a.",
		"Peñarol Ñandú":         "penarol nandu",
		"Straße, STRASSE, ẞ":    "strasse, strasse, ss",
		"Øresund Łódź Ægir Œil": "oresund lodz aegir oeil",
		"Đakovo ıstanbul İzmir": "dakovo istanbul izmir",
		"nº 1ª":                 "no 1a",
		"a\u0303o":              "ao", // decomposed input, as macOS writes file names
		"ﬁcha Ｆｕｌｌ":             "ficha full",
		"m² K½":                 "m2 k1⁄2",
		"Μέγας":                 "μεγασ",
		"東京":                    "東京",
		"a\xffb":                "a\uFFFDb",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldKeepsFoldedTextWithoutCopy(t *testing.T) {
	s := strings.Repeat("usina boa vista 27 ", 4)
	if n := testing.AllocsPerRun(10, func() { _ = Fold(s) }); n != 0 {
		t.Errorf("folded text cost %v allocations", n)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"São", "ẞİſςΣ", "a\u0301\u0300", "\xff", "ǅ ㌀ ﷺ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if twice := Fold(once); twice != once {
			t.Errorf("Fold is not idempotent: %q → %q → %q", s, once, twice)
		}
		if !utf8.ValidString(once) {
			t.Errorf("Fold(%q) is not UTF-8", s)
		}
		for _, w := range Words(s) {
			if w == "" || len(w) > MaxWord || !utf8.ValidString(w) {
				t.Errorf("Words(%q) has %q", s, w)
			}
		}
		SortKey(s)
	})
}

// Every rune of the planes that people type: cheap, and it found the letters
// whose lower case decomposes again.
func TestFoldIsIdempotentOnEveryRune(t *testing.T) {
	for r := rune(0); r < 0x30000; r++ {
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Errorf("U+%04X: %q → %q", r, once, twice)
		}
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("x", 70)
	tests := []struct {
		in   []string
		want []string
	}{
		{[]string{""}, nil},
		{[]string{" -- "}, nil},
		{[]string{"Água d'Oeste, água"}, []string{"agua", "d", "oeste"}},
		{[]string{"João", "JOAO Silva"}, []string{"joao", "silva"}},
		{[]string{"CNPJ 27.418.305/0001-74"}, []string{"cnpj", "27", "418", "305", "0001", "74", "27418305000174"}},
		{[]string{"UC 0.013.479.258.028-10."}, []string{"uc", "0", "013", "479", "258", "028", "10", "001347925802810"}},
		{[]string{"12.ABC.345/01DE-35"}, []string{"12", "abc", "345", "01de", "35", "12abc34501de35"}},
		{[]string{"ana.souza@agua.example"}, []string{"ana", "souza", "agua", "example"}},
		{[]string{"13,8 kV"}, []string{"13", "8", "138", "kv"}},
		{[]string{"2026-10-31"}, []string{"2026", "10", "31", "20261031"}},
		{[]string{"1--2 3- 4"}, []string{"1", "2", "3", "4"}},
		{[]string{"12.abc.345"}, []string{"12", "abc", "345"}},
		{[]string{long}, []string{long[:64]}},
		{[]string{strings.Repeat("東", 30)}, []string{strings.Repeat("東", 21)}},
	}
	for _, tt := range tests {
		if got := Words(tt.in...); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("Words(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestWordsStayUniqueWhenTheyAreMany(t *testing.T) {
	var b strings.Builder
	for i := range 400 {
		b.WriteString(strings.Repeat(string(rune('a'+i%26)), 1+i/26%5) + " ")
	}
	got := Words(b.String())
	seen := map[string]bool{}
	for _, w := range got {
		if seen[w] {
			t.Fatalf("%q stands twice", w)
		}
		seen[w] = true
	}
	if len(got) != 130 {
		t.Errorf("%d words, want 130", len(got))
	}
	if got[0] != "a" || got[129] != "zzzzz" {
		t.Errorf("order lost: %q … %q", got[0], got[129])
	}
}

func TestQueryWordsFindWhatWordsWrote(t *testing.T) {
	documents := []string{"Usina 27.418.305/0001-74", "usina 27418305000174"}
	queries := []string{"27.418.305/0001-74", "27418305000174", "USINA 27.418.30", "usína 274"}
	for _, d := range documents {
		for _, q := range queries {
			if !found(Words(d), QueryWords(q)) {
				t.Errorf("%q does not find %q", q, d)
			}
		}
	}
	if found(Words("Usina 27.418.305/0001-74"), QueryWords("27.419")) {
		t.Error("27.419 found 27.418")
	}
	for q, want := range map[string]string{"12.ABC": "12abc", "12.abc.345": "12abc345", "12.ABC.345/01": "12abc34501", "st.ana": "st ana", "1a.b.c": "1a b c",
		"(34) 5550-5734": "3455505734", "+55 34 5550 5734": "553455505734", "(034) 5550": "345550", "5550 5734": "55505734", "12 34": "12 34", "rua (34)": "rua 34", "2026": "2026"} {
		if got := strings.Join(QueryWords(q), " "); got != want {
			t.Errorf("%q is looked for by %q, not %q", q, got, want)
		}
	}
	if got := QueryWords("Água 12.ABC.345/01DE-35"); !slices.Equal(got, []string{"agua", "12abc34501de35"}) {
		t.Errorf("QueryWords = %q", got)
	}
}

// found is the rule of the stores: all words, the last one as a prefix.
func found(doc, query []string) bool {
	for i, q := range query {
		last := i == len(query)-1
		if !slices.ContainsFunc(doc, func(w string) bool { return w == q || last && strings.HasPrefix(w, q) }) {
			return false
		}
	}
	return true
}

func TestSortKey(t *testing.T) {
	for in, want := range map[string]string{
		"Açúcar & Álcool S.A.": "acucar alcool sa",
		"  «Ômega»  (MG) ":     "omega mg",
		"Água d'Oeste":         "agua doeste",
		"a-b_c":                "a b c",
		"3M":                   "3m",
		"":                     "",
		"...":                  "",
	} {
		if got := SortKey(in); got != want {
			t.Errorf("SortKey(%q) = %q, want %q", in, got, want)
		}
	}
	names := []string{"Zinco", "Água Boa", "açúcar", "Agua-Clara", "Ébano"}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if want := []string{"açúcar", "Água Boa", "Agua-Clara", "Ébano", "Zinco"}; !slices.Equal(names, want) {
		t.Errorf("sorted %q, want %q", names, want)
	}
}

func TestDigits(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "123": "123", "1.2-3/x": "123", "x": "", "٣4": "4",
	} {
		if got := Digits(in); got != want {
			t.Errorf("Digits(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	tests := []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"ação", 4, "ação"}, {"ações", 4, "açõ…"},
		{"ab cd", 4, "ab…"}, {"abc", 1, "…"}, {"abc", 0, ""}, {"abc", -1, ""}, {"", 5, ""}, {"éé", 2, "éé"},
	}
	for _, tt := range tests {
		if got := Clip(tt.in, tt.n); got != tt.want {
			t.Errorf("Clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func BenchmarkWords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Words("Companhia Brasileira de Mineração São João S.A.", "27.418.305/0001-74", "contato@mineracao.example")
	}
}
