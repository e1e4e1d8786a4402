package locale

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCatalogueLoads(t *testing.T) {
	for _, err := range problems {
		t.Error(err)
	}
	if len(catalogs) != len(Langs) {
		t.Errorf("%d languages, want %d", len(catalogs), len(Langs))
	}
}

func placeholders(parts []part) []string {
	var names []string
	for _, p := range parts {
		if p.arg {
			names = append(names, p.text)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Every language has the same keys, with the same placeholders and with plural
// forms where the others have them.
func TestCatalogueIsComplete(t *testing.T) {
	union := map[string]bool{}
	for _, lang := range Langs {
		for key := range catalogs[lang] {
			union[key] = true
		}
	}
	for key := range union {
		model, ok := catalogs[PtBR][key]
		if !ok {
			t.Errorf("pt-BR lacks %s", key)
			continue
		}
		for _, lang := range Langs {
			m, ok := catalogs[lang][key]
			if !ok {
				t.Errorf("%s lacks %s", lang, key)
				continue
			}
			if len(m.other) == 0 {
				t.Errorf("%s: %s is empty", lang, key)
			}
			if got, want := placeholders(m.other), placeholders(model.other); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s has placeholders %v, pt-BR %v", lang, key, got, want)
			}
			if (m.one == nil) != (model.one == nil) {
				t.Errorf("%s: %s has plural forms in one language only", lang, key)
			}
		}
	}
}

func TestPlaceholdersAreNames(t *testing.T) {
	for _, lang := range Langs {
		for key, m := range catalogs[lang] {
			for _, name := range placeholders(append(slices.Clone(m.one), m.other...)) {
				if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
					t.Errorf("%s: %s has placeholder {%s}", lang, key, name)
				}
			}
		}
	}
}

func TestCatalogueHasTheWordsOfTheHouse(t *testing.T) {
	for _, key := range []string{
		"role.agent", "role.manager", "role.admin", "activity.visit", "activity.call", "activity.meeting", "activity.message", "activity.note",
		"sector.mining", "sector.food", "sector.textile", "sector.wood", "sector.chemicals", "sector.nonmetallic", "sector.metallurgy",
		"sector.machinery", "sector.agri", "sector.water", "sector.retail", "sector.transport", "sector.hotels", "sector.telecom",
		"sector.banks", "sector.public", "sector.education", "sector.health", "sector.other",
		"state.none", "state.idle", "state.ok", "state.warn", "state.bad", "posto.single", "posto.peak", "posto.offpeak",
		"modality.verde", "modality.azul", "modality.unknown", "ident.cnpj.digits", "ident.phone.invalid", "number.invalid",
	} {
		if !Has(PtBR, key) {
			t.Errorf("no %s", key)
		}
	}
	if n := len(Keys(ES, "sector.")); n != 19 {
		t.Errorf("%d sectors", n)
	}
	if n := len(Keys(EN, "nothing.")); n != 0 {
		t.Errorf("%d keys of nothing", n)
	}
}

func TestLoadReportsWhatIsWrong(t *testing.T) {
	fsys := fstest.MapFS{
		"catalog/es/a.json": {Data: []byte(`{"a.ok": "bien", "a.twice": "1", "a.number": 3, "a.forms": {"one": "x"}}`)},
		"catalog/es/b.json": {Data: []byte(`{"a.twice": "2"}`)},
		"catalog/es/c.json": {Data: []byte(`{`)},
	}
	got, problems := load(fsys)
	var text []string
	for _, err := range problems {
		text = append(text, err.Error())
	}
	all := strings.Join(text, "\n")
	for _, want := range []string{"a.twice stands in another file", "a.number", "a.forms", "c.json"} {
		if !strings.Contains(all, want) {
			t.Errorf("no word of %s in\n%s", want, all)
		}
	}
	if len(problems) != 4 || len(got[ES]["a.ok"].other) != 1 {
		t.Errorf("%d problems; the good rest: %v", len(problems), got[ES])
	}
}

func TestT(t *testing.T) {
	tests := []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{PtBR, "sector.water", nil, "Água e esgoto"},
		{ES, "sector.water", nil, "Agua y saneamiento"},
		{EN, "role.manager", nil, "Manager"},
		{"fr", "role.manager", nil, "Gerente"},
		{PtBR, "no.such.key", []any{"x", 1}, "no.such.key"},
		{PtBR, "activity.count", []any{"count", 0}, "0 atividade"},
		{PtBR, "activity.count", []any{"count", 1}, "1 atividade"},
		{PtBR, "activity.count", []any{"count", 1234}, "1.234 atividades"},
		{ES, "activity.count", []any{"count", 0}, "0 actividades"},
		{EN, "activity.count", []any{"count", int64(1)}, "1 activity"},
		{EN, "activity.count", []any{"count", 12345.0}, "12,345 activities"},
		{EN, "activity.count", nil, "{count} activities"},
		{EN, "activity.count", []any{"count"}, "{count} activities"},
		{EN, "activity.count", []any{"count", "many"}, "many activities"},
		{EN, "ident.cnae.division", []any{"division", "04"}, "Division 04 does not exist in CNAE."},
		{EN, "ident.cnae.division", []any{1, 2, "division", nil}, "Division <nil> does not exist in CNAE."},
		{EN, "ident.cnae.division", []any{"division", 1.5}, "Division 1.5 does not exist in CNAE."},
	}
	for _, tt := range tests {
		if got := T(tt.lang, tt.key, tt.args...); got != tt.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", tt.lang, tt.key, tt.args, got, tt.want)
		}
	}
}

func TestCutKeepsBracesThatNameNothing(t *testing.T) {
	for in, want := range map[string]int{"": 0, "a": 1, "{a}": 1, "a {b} c": 3, "a { b": 1, "a } b": 1, "{a}{b}": 2} {
		if got := cut(in); len(got) != want {
			t.Errorf("cut(%q) = %v", in, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]Lang{
		"": PtBR, "de": PtBR, "pt": PtBR, "pt-PT,en;q=0.9": PtBR, "es-AR": ES, "EN-us": EN, "de, es;q=0.5, en;q=0.8": EN,
		"en;q=0, es;q=0.1": ES, "en; q=0.4 , es;q=0.4": EN, "en;q=x, es": ES, ";;;,,": PtBR, "en;q=2": PtBR, "*": PtBR,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
	if !ES.Valid() || Lang("fr").Valid() {
		t.Error("Valid")
	}
}

// encoding/json silently takes the last of two equal keys, so the file's lines
// are counted: one key a line is the form of these files.
func TestNoKeyStandsTwiceInAFile(t *testing.T) {
	names, err := fs.Glob(files, "catalog/*/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for line := range strings.Lines(string(data)) {
			key, _, ok := strings.Cut(strings.TrimSpace(line), `":`)
			if ok && seen[key] {
				t.Errorf("%s: %s stands twice", name, strings.Trim(key, `"`))
			}
			seen[key] = seen[key] || ok
		}
	}
}
