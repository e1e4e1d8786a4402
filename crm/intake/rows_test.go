package intake

import (
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
)

// TestVoltageOfTheSubgroup refuses what the form of an installation refuses, and
// takes again what the store holds.
func TestVoltageOfTheSubgroup(t *testing.T) {
	svc := newHouse(t)
	book := func(voltage any, subgroup string) string {
		return writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome"}, {taxA, "Um"}}},
			bookSheet{"Instalações", [][]any{{"Número da UC", "CNPJ ou CPF do cliente", "Subgrupo", "Tensão (kV)"}, {ucA, taxA, subgroup, voltage}}})
	}
	got := run(t, svc, Options{Path: book(138, "A4"), DryRun: true})
	if got.Of(crm.RowInstallation) != (Counts{Rejected: 1}) || !got.says(2, "Subgrupo", "A4", "inst.voltage.contradict") {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	if got = run(t, svc, Options{Path: book(50, "A3")}); !got.says(2, "Tensão (kV)", "50", "inst.voltage.nowhere") {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	if got = run(t, svc, Options{Path: book(138, "A2")}); got.Of(crm.RowInstallation) != (Counts{Created: 1}) {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	if got = run(t, svc, Options{Path: book(nil, "A4")}); got.Of(crm.RowInstallation) != (Counts{Rejected: 1}) {
		t.Errorf("a subgroup against the voltage that is stored: %+v %+v", got.Sheets, got.told)
	}
}

// TestAllFaultsOfARow: whoever mends a row mends it once.
func TestAllFaultsOfARow(t *testing.T) {
	svc := newHouse(t)
	got := run(t, svc, Options{Path: writeBook(t,
		bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome", "CNAE", "Classe (A, B, C)", "E-mails", "Domínios de e-mail"},
			{"11.111.111/1111-11", "Um", "99", "Z", "nobody", "nowhere"}, {taxB, "Dois", "1052-0/00", "A", nil, nil}}},
		bookSheet{"Pessoas", [][]any{{"CNPJ ou CPF do cliente", "Nome", "E-mails", "Papel"}, {taxA, "Ana", "nobody", "boss"}}},
		bookSheet{"Instalações", [][]any{{"Número da UC", "CNPJ ou CPF do cliente", "Subgrupo", "Tensão (kV)", "CNAE", "Data de ligação", "Carga instalada (kW)"},
			{"123", taxA, "A9", 13.8, "99", "31/02/2025", -5}, {ucA, taxB, "A4", 138, nil, "31/02/2025", nil}}},
		bookSheet{"Contratos", [][]any{{"Número da UC", "Início do contrato", "Modalidade tarifária", "Demanda contratada única (kW)", "Prazo em meses"},
			{"123", "31/02/2025", "rosa", -5, -1}}},
		bookSheet{"Medições", [][]any{{"Número da UC", "Mês", "Demanda medida (kW)", "Energia total (kWh)"}, {"123", "13/2026", -5, -6}, {"123", "12/2026", "x", nil}}},
	)})
	wants := []struct {
		row           int64
		column, value string
	}{
		{2, "CNPJ ou CPF", "11.111.111/1111-11"}, {2, "CNAE", "99"}, {2, "Classe (A, B, C)", "Z"}, {2, "E-mails", "nobody"}, {2, "Domínios de e-mail", "nowhere"},
		{2, "CNPJ ou CPF do cliente", taxA}, {2, "E-mails", "nobody"}, {2, "Papel", "boss"},
		{2, "Número da UC", "123"}, {2, "CNPJ ou CPF do cliente", taxA}, {2, "Subgrupo", "A9"}, {2, "CNAE", "99"}, {2, "Data de ligação", "31/02/2025"}, {2, "Carga instalada (kW)", "-5"},
		{3, "Subgrupo", "A4"}, {3, "Data de ligação", "31/02/2025"},
		{2, "Número da UC", "123"}, {2, "Início do contrato", "31/02/2025"}, {2, "Modalidade tarifária", "rosa"}, {2, "Demanda contratada única (kW)", "-5"}, {2, "Prazo em meses", "-1"},
		{2, "Número da UC", "123"}, {2, "Mês", "13/2026"}, {2, "Demanda medida (kW)", "-5"}, {2, "Energia total (kWh)", "-6"},
		{3, "Número da UC", "123"}, {3, "Mês", "12/2026"}, {3, "Demanda medida (kW)", "x"},
	}
	left := append([]crm.ImportError(nil), got.told...)
	for _, w := range wants {
		found := false
		for n, e := range left {
			if found = e.Row == w.row && e.Column == w.column && e.Value == w.value; found {
				left = append(left[:n], left[n+1:]...)
				break
			}
		}
		if !found {
			t.Errorf("nobody is told of %+v", w)
		}
	}
	for _, e := range left {
		t.Errorf("told beside it: %+v", e)
	}
	if got.Rejected() != 7 || got.Of(crm.RowClient) != (Counts{Created: 1, Rejected: 1}) || got.Changed() != 1 {
		t.Errorf("%+v", got.Sheets)
	}
}

// TestForeignInstallation is refused without a word about whose it is, and as an
// installation.
func TestForeignInstallation(t *testing.T) {
	svc := newHouse(t)
	path := writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome"}, {taxA, "Um"}}},
		bookSheet{"Instalações", [][]any{{"Número da UC", "CNPJ ou CPF do cliente"}, {ucA, taxA}}})
	run(t, svc, Options{Path: path})
	ana := crm.Actor{UserID: "ana", Role: crm.RoleAgent, Team: "north"}
	got, err := try(t, svc, ana, Options{Path: writeBook(t, bookSheet{"Instalações", [][]any{{"Número da UC", "Nome"}, {ucA, "Minha"}}},
		bookSheet{"Medições", [][]any{{"Número da UC", "Mês", "Demanda medida (kW)"}, {ucA, "10/2026", 5}}})})
	if err != nil || got.Changed() != 0 || len(got.told) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	for _, e := range got.told {
		if e.Reason.Key != "inst.duplicate" || e.Column != "Número da UC" {
			t.Errorf("%+v", e)
		}
	}
}

// TestWordsOfThePages: the template says what the pages say, and files with the
// words of former templates are read as before.
func TestWordsOfThePages(t *testing.T) {
	for lang, want := range map[string][]string{"pt-BR": {"Faixa (A, B, C)", "Município", "Código IBGE"}, "es": {"Categoría (A, B, C)", "Municipio", "Código IBGE"}, "en": {"Tier (A, B, C)", "Municipality", "IBGE code"}} {
		for n, id := range []string{"tier", "city", "municipality"} {
			if got := columnName(locale.Lang(lang), crm.RowClient, id); got != want[n] {
				t.Errorf("%s: %s, want %s", lang, got, want[n])
			}
		}
		for id, key := range map[string]string{"prospect": "web.status.", "former": "web.status."} {
			if a, b := statuses.word(locale.Lang(lang), id), locale.T(locale.Lang(lang), key+id); a != b {
				t.Errorf("%s says %s where the pages say %s", lang, a, b)
			}
		}
		for _, id := range crm.PersonRoles {
			if a, b := roles.word(locale.Lang(lang), id), locale.T(locale.Lang(lang), "web.person."+id); a != b {
				t.Errorf("%s says %s where the pages say %s", lang, a, b)
			}
		}
	}
	for _, head := range [][]any{{"CNPJ ou CPF", "Nome", "Classe (A, B, C)", "Situação", "Cidade", "Município (IBGE)"},
		{"CNPJ ou CPF", "Nome", "Faixa", "Situação", "Município", "Código IBGE"}, {"CNPJ ou CPF", "Nombre", "Clase (A, B, C)", "Estado", "Ciudad", "Municipio (IBGE)"},
		{"CNPJ", "Nome", "Tier", "Status", "City", "Municipality (IBGE)"}, {"CNPJ", "Nome", "Tier", "Status", "Cidade", "Município"}} {
		svc := newHouse(t)
		row := []any{taxA, "Um", "B", "Potencial", "Betim", "3106705"}
		got := run(t, svc, Options{Path: writeBook(t, bookSheet{"Clientes", [][]any{head, row}}, bookSheet{"Pessoas", [][]any{{"CNPJ ou CPF do cliente", "Nome", "Papel"}, {taxA, "Ana", "Jurídico"}}})})
		if head[4] == "Cidade" && head[5] == "Município" {
			if len(got.told) != 1 || got.told[0].Reason.Key != "import.column.unknown" {
				t.Errorf("two columns of one name: %+v", got.told)
			}
			continue
		}
		c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{})
		if err != nil || len(c) != 1 || len(got.told) != 0 {
			t.Fatal(head, c, err, got.told)
		}
		if c := c[0]; c.Tier != "B" || c.Status != "prospect" || c.City != "Betim" || c.MunIBGE != "3106705" {
			t.Errorf("%v: %+v", head, c)
		}
		p, _, err := crm.People.Find(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("client", c[0].ID)}, Sort: []string{"name"}})
		if err != nil || len(p) != 1 || p[0].Role != "legal" {
			t.Errorf("%+v %v", p, err)
		}
	}
	svc := newHouse(t)
	run(t, svc, Options{Path: writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ", "Nome", "Município"}, {taxA, "Um", 3106705}}})})
	if c, _, err := crm.Clients.Find(t.Context(), svc.Store(), store.Query{}); err != nil || len(c) != 1 || c[0].MunIBGE != "3106705" || c[0].City != "" {
		t.Errorf("a code under the name: %+v %v", c, err)
	}
}
