package intake

import (
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// fieldsBook brings the members that forms have beside the first ones, with
// headers of a language.
func fieldsBook(t *testing.T, lang int) string {
	say := func(words ...string) any { return words[lang] }
	return writeBook(t,
		bookSheet{"Clientes", [][]any{{"CNPJ", say("Nome", "Nombre", "Name"), say("Etiquetas", "Etiquetas", "Tags")}, {taxA, "Um", "safra; leite"}, {taxB, "Dois", nil}}},
		bookSheet{"Pessoas", [][]any{{say("Cliente (CNPJ)", "CNPJ", "Client"), say("Nome", "Nombre", "Name"), say("Canal preferido", "Canal preferido", "Preferred channel"), say("Horário", "Horario", "Hours"),
			say("Aceitou publicidade em", "Aceptó publicidad el", "Agreed to publicity on")},
			{taxA, "Ana", say("Mensagem", "Mensaje", "Message"), "manhãs", "14/02/2026"}}},
		bookSheet{"Instalações", [][]any{{"UC", say("CNPJ do cliente", "Cliente", "Client"), say("Coordenadas", "Coordenadas", "Coordinates"), say("Transformador (MVA)", "Transformador (kVA)", "Transformer (kVA)"),
			say("Medição no secundário", "Medición en el secundario", "Metered on the secondary side"), say("Condições especiais", "Condiciones especiales", "Special conditions")},
			{ucA, taxA, "-19,92; -43,94", []any{1.5, 1500, 1500}[lang], say("sim", "sí", "yes"),
				say("Geração própria; Irrigação ou aquicultura", "Generación propia; riego", "Irrigation or aquaculture; own generation")}}},
		bookSheet{"Contratos", [][]any{{"UC", say("Início do contrato", "Inicio", "Start"), say("Demanda contratada única (kW)", "Demanda contratada", "Contracted demand"),
			say("Migração pedida em", "Migración solicitada el", "Migration requested on")}, {ucA, "01/03/2025", 500, "05/01/2026"}}},
	)
}

func TestFieldsOfTheForms(t *testing.T) {
	for lang := range 3 {
		svc := newHouse(t)
		path := fieldsBook(t, lang)
		if got := run(t, svc, Options{Path: path}); len(got.told) != 0 || got.Changed() != 5 {
			t.Fatalf("%d: %+v %+v", lang, got.Sheets, got.told)
		}
		if again := run(t, svc, Options{Path: path}); again.Changed() != 0 {
			t.Errorf("%d: again %+v", lang, again.Sheets)
		}
		c, err := crm.Clients.First(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("taxId", "06981180")}})
		if err != nil || !slices.Equal(c.Tags, []string{"safra", "leite"}) {
			t.Fatalf("%+v %v", c, err)
		}
		p, err := crm.People.First(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("client", c.ID)}, Sort: []string{"name"}})
		if err != nil || p.Channel != "message" || p.Hours != "manhãs" || p.ConsentOn != "2026-02-14" {
			t.Errorf("%+v %v", p, err)
		}
		i, err := crm.Installations.First(t.Context(), svc.Store(), byUC)
		if err != nil || i.Coordinates != "-19.920000,-43.940000" || i.TransformerVA != 1_500_000 || !i.SecondaryMeter || !slices.Equal(i.Conditions, []string{crm.CondIrrigation, crm.CondGeneration}) {
			t.Errorf("%+v %v", i, err)
		}
		k, err := crm.Contracts.First(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("installation", i.ID)}, Sort: []string{"kind", "start"}})
		if err != nil || k.Migration == nil || k.Migration.Requested != "2026-01-05" {
			t.Errorf("%+v %v", k, err)
		}
	}
}

// TestFieldsClearedAndRefused: a hyphen clears each, an empty cell leaves it, and
// what a form refuses is told beside its cell.
func TestFieldsClearedAndRefused(t *testing.T) {
	svc := newHouse(t)
	run(t, svc, Options{Path: fieldsBook(t, 0)})
	book := func(tags, channel, hours, consent, at, kva, low, cond, migration any) string {
		return writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ", "Nome", "Etiquetas"}, {taxA, "Um", tags}}},
			bookSheet{"Pessoas", [][]any{{"Cliente", "Nome", "Canal preferido", "Horário", "Aceitou publicidade em"}, {taxA, "Ana", channel, hours, consent}}},
			bookSheet{"Instalações", [][]any{{"UC", "Nome", "Coordenadas", "Transformador (kVA)", "Medição no secundário", "Condições especiais"}, {ucA, nil, at, kva, low, cond}}},
			bookSheet{"Contratos", [][]any{{"UC", "Início do contrato", "Migração pedida em"}, {ucA, "01/03/2025", migration}}})
	}
	if got := run(t, svc, Options{Path: book(nil, nil, nil, nil, nil, nil, nil, nil, nil)}); got.Changed() != 0 || len(got.told) != 0 {
		t.Errorf("empty cells change %+v %+v", got.Sheets, got.told)
	}
	got := run(t, svc, Options{Path: book("a tag that is much longer than the forty bytes of a tag", "pigeon", nil, "31/02/2026", "here", -1, "perhaps", "Irrigação ou aquicultura; lunar", "x")})
	for _, e := range [][3]string{{"Etiquetas", "a tag that is much longer than the forty bytes of a tag", "error.client.tags"}, {"Canal preferido", "pigeon", "import.cell.choice"}, {"Aceitou publicidade em", "31/02/2026", "date.invalid"},
		{"Coordenadas", "here", "inst.coordinates.bad"}, {"Transformador (kVA)", "-1", "import.negative"}, {"Medição no secundário", "perhaps", "import.cell.yes"},
		{"Condições especiais", "Irrigação ou aquicultura; lunar", "import.cell.choice"}, {"Migração pedida em", "x", "date.invalid"}} {
		if !got.says(2, e[0], e[1], e[2]) {
			t.Errorf("nobody is told of %v in %+v", e, got.told)
		}
	}
	if got.Changed() != 0 || len(got.told) != 8 {
		t.Errorf("%+v %+v", got.Sheets, got.told)
	}
	var differs []string
	run(t, svc, Options{Path: book("-", "-", "-", "-", "-", "-", "-", "-", "-"), DryRun: true, OnDiff: func(d crm.ImportDiff) {
		for _, f := range d.Fields {
			differs = append(differs, f.Name)
		}
	}})
	slices.Sort(differs)
	if want := []string{"channel", "conditions", "consentOn", "coordinates", "hours", "migration", "secondaryMeter", "tags", "transformerVA"}; !slices.Equal(differs, want) {
		t.Errorf("cleared %v, want %v", differs, want)
	}
	thereAndBack(t, svc, Options{Path: book("-", "-", "-", "-", "-", "-", "-", "-", "-"), Name: "cleared"}, 2)
}

// TestFieldsUndone: what they brought goes without a rest.
func TestFieldsUndone(t *testing.T) {
	thereAndBack(t, newHouse(t), Options{Path: fieldsBook(t, 0), Name: "fields"}, 2)
}

// TestStandInOfAClient: e-mail and dates, with the headers of three languages.
func TestStandInOfAClient(t *testing.T) {
	for _, head := range [][]any{{"CNPJ", "Nome", "E-mail do substituto", "Substituto de", "Substituto até"}, {"CNPJ", "Nombre", "Correo del suplente", "Suplente desde", "Suplente hasta"},
		{"CNPJ", "Name", "Stand-in's e-mail", "Stand-in from", "Stand-in until"}} {
		svc := newHouse(t)
		bia := crm.User{ID: "bia", Name: "Bia", Email: "bia@house.example", Role: crm.RoleAgent, Team: "west"}
		if err := svc.Apply(t.Context(), crm.Users.Put(&bia)); err != nil {
			t.Fatal(err)
		}
		path := writeBook(t, bookSheet{"Clientes", [][]any{head, {taxA, "Um", "bia@house.example", "20/11/2026", "30/11/2026"}}},
			bookSheet{"Instalações", [][]any{{"UC", "Cliente"}, {ucA, taxA}}})
		thereAndBack(t, svc, Options{Path: path, Name: "stand-in"}, 2)
		c, err := crm.Clients.First(t.Context(), svc.Store(), store.Query{Where: []store.Cond{store.Is("taxId", "06981180")}})
		if err != nil || c.StandIn != "bia" || c.StandInFrom != "2026-11-20" || c.StandInUntil != "2026-11-30" || c.Acting != "bia" {
			t.Errorf("%v: %+v %v", head, c, err)
		}
		if i, err := crm.Installations.First(t.Context(), svc.Store(), byUC); err != nil || i.Acting != "bia" {
			t.Errorf("%+v %v", i, err)
		}
	}
}
