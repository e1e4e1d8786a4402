package ident

import (
	"errors"
	"testing"
)

// parseCase is one row of a parser's table: either want or key is set.
type parseCase struct{ in, want, key string }

func runParse[T ~string](t *testing.T, parse func(string) (T, error), cases []parseCase) {
	t.Helper()
	for _, c := range cases {
		got, err := parse(c.in)
		key := ""
		if e := (*Error)(nil); errors.As(err, &e) {
			key = e.Key
		} else if err != nil {
			t.Errorf("%q: error without a key: %v", c.in, err)
		}
		if string(got) != c.want || key != c.key {
			t.Errorf("%q = %q, %q; want %q, %q", c.in, got, key, c.want, c.key)
		}
	}
}

func TestParseCNPJ(t *testing.T) {
	runParse(t, ParseCNPJ, []parseCase{
		{in: "12.ABC.345/01DE-35", want: "12ABC34501DE35"}, // the Receita's example
		{in: "12abc34501de35", want: "12ABC34501DE35"},
		{in: "06.981.180/0001-16", want: "06981180000116"},
		{in: " 06981180 / 0001-16 ", want: "06981180000116"},
		{in: "00.000.000/0001-91", want: "00000000000191"},
		{in: "06.981.180/0001-17", key: "ident.cnpj.digits"},
		{in: "06.981.180/0001-26", key: "ident.cnpj.digits"},
		{in: "12.ABC.345/01DF-35", key: "ident.cnpj.digits"},
		{in: "00.000.000/0000-00", key: "ident.cnpj.equal"},
		{in: "6981180000116", key: "ident.cnpj.length"},
		{in: "", key: "ident.cnpj.length"},
		{in: "06.981.180/0001-1A", key: "ident.cnpj.characters"},
		{in: "06.981.180/0001-1é", key: "ident.cnpj.characters"},
		{in: "06_981_180/0001-16", key: "ident.cnpj.characters"},
	})
}

func TestCNPJForms(t *testing.T) {
	c, err := NewCNPJ("12.abc.345/01de")
	if err != nil || c != "12ABC34501DE35" {
		t.Fatalf("NewCNPJ = %q, %v", c, err)
	}
	if got := c.Format(); got != "12.ABC.345/01DE-35" {
		t.Errorf("Format = %q", got)
	}
	if got := c.Root(); got != "12ABC345" {
		t.Errorf("Root = %q", got)
	}
	if got := FormatRoot(c.Root()); got != "12.ABC.345" {
		t.Errorf("FormatRoot = %q", got)
	}
	if CNPJ("x").Format() != "x" || CNPJ("x").Root() != "" || FormatRoot("x") != "x" {
		t.Error("a text that is no CNPJ was cut")
	}
	for _, body := range []string{"123", "000000000000", "12.abc.345/01dé"} {
		if c, err := NewCNPJ(body); err == nil {
			t.Errorf("NewCNPJ(%q) = %q", body, c)
		}
	}
	runParse(t, ParseRoot, []parseCase{
		{in: "06.981.180", want: "06981180"}, {in: "12abc345", want: "12ABC345"},
		{in: "1234567", key: "ident.cnpj.root"}, {in: "00000000", key: "ident.cnpj.root"}, {in: "1234567é", key: "ident.cnpj.root"},
	})
}

func TestParseCPF(t *testing.T) {
	runParse(t, ParseCPF, []parseCase{
		{in: "123.456.789-09", want: "12345678909"},
		{in: "111 444 777 35", want: "11144477735"},
		{in: "123.456.789-10", key: "ident.cpf.digits"},
		{in: "111.111.111-11", key: "ident.cpf.equal"},
		{in: "1234567890", key: "ident.cpf.length"},
		{in: "12345678x09", key: "ident.cpf.characters"},
	})
	c, err := NewCPF("123456789")
	if err != nil || c.Format() != "123.456.789-09" || c.Mask() != "***.456.789-**" {
		t.Errorf("%q %q %v", c.Format(), c.Mask(), err)
	}
	if got := CPF("12345").Mask(); got != "***" {
		t.Errorf("a broken CPF shows in a list: %q", got)
	}
	if _, err := NewCPF("12345678"); err == nil {
		t.Error("NewCPF took 8 digits")
	}
}

func TestParseUC(t *testing.T) {
	runParse(t, ParseUC, []parseCase{
		{in: "0.013.479.258.028-10", want: "001347925802810"},
		{in: "001347925802810", want: "001347925802810"},
		{in: "001347925802899", want: "001347925802899"}, // check digits: no public rule
		{in: "13479258028", key: "ident.uc.length"},
		{in: "0.013.479.258.028-1X", key: "ident.uc.characters"},
		{in: "000000000000000", key: "ident.uc.equal"},
	})
	u := UC("001347925802810")
	if got := u.Format(); got != "0.013.479.258.028-10" {
		t.Errorf("Format = %q", got)
	}
	if got := u.Distributor(); got != "028" {
		t.Errorf("Distributor = %q", got)
	}
	if UC("1").Format() != "1" || UC("1").Distributor() != "" {
		t.Error("a text that is no UC number was cut")
	}
	runParse(t, ParseFormerUC, []parseCase{
		{in: "3004298116", want: "3004298116"}, {in: " 300429811-6", want: "3004298116"},
		{in: "300429811", key: "ident.former.length"}, {in: "3333333333", key: "ident.former.equal"},
		{in: "30042981l6", key: "ident.former.characters"},
	})
}

func TestParseCNAE(t *testing.T) {
	runParse(t, ParseCNAE, []parseCase{
		{in: "0111-3/01", want: "0111301"}, {in: "0111301", want: "0111301"},
		{in: "4711-3", want: "47113"}, {in: "0113-0/00", want: "0113000"},
		{in: "0111-4/01", key: "ident.cnae.digit"},
		{in: "0411-3/01", key: "ident.cnae.division"},
		{in: "111301", key: "ident.cnae.length"},
		{in: "01A1-3/01", key: "ident.cnae.characters"},
		{in: "", key: "ident.cnae.length"},
	})
	c := CNAE("4711302")
	if c.Division() != 47 || c.Class() != "47113" || c.Format() != "4711-3/02" {
		t.Errorf("%d %q %q", c.Division(), c.Class(), c.Format())
	}
	if got := CNAE("01113").Format(); got != "0111-3" {
		t.Errorf("class = %q", got)
	}
	if CNAE("").Division() != 0 || CNAE("x1").Division() != 0 || CNAE("1").Class() != "" || CNAE("1").Format() != "1" {
		t.Error("no code has a division")
	}
	count := 0
	for _, ok := range divisions {
		if ok {
			count++
		}
	}
	if count != 87 {
		t.Errorf("%d divisions, CNAE 2.x has 87", count)
	}
}

func TestNormalEmail(t *testing.T) {
	runParse(t, NormalEmail, []parseCase{
		{in: " Ana.Souza@Agua.EXAMPLE ", want: "ana.souza@agua.example"},
		{in: "Ana Souza <ANA@x.example>", want: "ana@x.example"},
		{in: "<ana@x.example>", want: "ana@x.example"},
		{in: "mailto:ana@x.example", want: "ana@x.example"},
		{in: "ana@x.example;", want: "ana@x.example"},
		{in: "ana", key: "ident.email.invalid"},
		{in: "ana@x", key: "ident.email.invalid"},
		{in: "ana@@x.example", key: "ident.email.invalid"},
		{in: "ana@x..example", key: "ident.email.invalid"},
		{in: "a@x.example; b@x.example", key: "ident.email.invalid"},
		{in: "", key: "ident.email.invalid"},
	})
	if got := EmailDomain("a@B.Example"); got != "b.example" {
		t.Errorf("EmailDomain = %q", got)
	}
	if got := EmailDomain("nobody"); got != "" {
		t.Errorf("EmailDomain = %q", got)
	}
}

func TestNormalPhone(t *testing.T) {
	runParse(t, NormalPhone, []parseCase{
		{in: "(31) 3506-1116", want: "+553135061116"},
		{in: "031 3506 1116", want: "+553135061116"},
		{in: "0 15 31 3506-1116", want: "+553135061116"},
		{in: "+55 31 3506-1116", want: "+553135061116"},
		{in: "55 31 99999-0000", want: "+5531999990000"},
		{in: "0055 31 3506 1116", want: "+553135061116"},
		{in: "tel:+5531999990000", want: "+5531999990000"},
		{in: "(55) 3220-0000", want: "+555532200000"}, // area code 55, not country 55
		{in: "(31) 3506-1116 ramal 12", want: "+553135061116;ext=12"},
		{in: "+553135061116;ext=12", want: "+553135061116;ext=12"},
		{in: "0800 721 6600", want: "+558007216600"},
		{in: "+558007216600", want: "+558007216600"},
		{in: "+54 9 11 1234-5678", want: "+5491112345678"},
		{in: "3506-1116", key: "ident.phone.invalid"},
		{in: "(31) 83506-1116", key: "ident.phone.invalid"},
		{in: "(20) 0506-111", key: "ident.phone.invalid"},
		{in: "falar com Ana", key: "ident.phone.invalid"},
		{in: "+1", key: "ident.phone.invalid"},
		{in: "", key: "ident.phone.invalid"},
	})
	for in, want := range map[string]string{
		"+553135061116": "(31) 3506-1116", "+5531999990000": "(31) 99999-0000",
		"+558007216600": "0800 721 6600", "+5491112345678": "+5491112345678",
		"+553135061116;ext=12": "(31) 3506-1116 #12", "?": "?", "+5531": "+5531",
	} {
		if got := FormatPhone(in); got != want {
			t.Errorf("FormatPhone(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestErrorSaysItsKey(t *testing.T) {
	_, err := ParseCNPJ("123")
	e := (*Error)(nil)
	if !errors.As(err, &e) || e.Error() != "ident.cnpj.length" {
		t.Fatalf("%v", err)
	}
	if len(e.Args) != 2 || e.Args[0] != "count" || e.Args[1] != 3 {
		t.Errorf("Args = %v", e.Args)
	}
}

func FuzzParsersNeverPanic(f *testing.F) {
	for _, s := range []string{"", "12.ABC.345/01DE-35", "+55", "r. 1", "é@é", "İx1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCNPJ(s); err == nil {
			if again, err := ParseCNPJ(c.Format()); err != nil || again != c {
				t.Errorf("%q does not survive its own mask", c)
			}
		}
		_, _ = ParseCPF(s)
		_, _ = ParseUC(s)
		_, _ = ParseCNAE(s)
		_, _ = NormalEmail(s)
		if p, err := NormalPhone(s); err == nil {
			if again, err := NormalPhone(p); err != nil || again != p {
				t.Errorf("%q normalises to %q, which becomes %q, %v", s, p, again, err)
			}
		}
	})
}
