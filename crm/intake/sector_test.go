package intake

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
)

// editedSectors renames food, gives another sector a name that is the id of food,
// adds two that differ in brackets only, and offers textiles no more.
func editedSectors(t *testing.T, svc *crm.Service) (pulp, print string) {
	t.Helper()
	admin := crm.Actor{UserID: "root", Role: crm.RoleAdmin}
	table, err := svc.SectorTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edit := func(id string, change func(*crm.SectorInput)) string {
		t.Helper()
		s, _ := table.Find(id)
		in := crm.SectorInput{Name: s.Name, NameES: s.NameES, NameEN: s.NameEN, Divisions: s.Divisions}
		change(&in)
		done, err := crm.SectorEdit{}, error(nil)
		if id == "" {
			done, err = svc.AddSector(t.Context(), admin, in)
		} else {
			done, err = svc.EditSector(t.Context(), admin, id, s.Version, in)
		}
		if err != nil {
			t.Fatal(id, err)
		}
		return done.ID
	}
	edit("food", func(in *crm.SectorInput) {
		in.Name, in.NameES, in.NameEN = "Comida & Bebida", "Comida y bebida", "Meals"
	})
	table, _ = svc.SectorTable(t.Context())
	edit("mining", func(in *crm.SectorInput) { in.NameEN = "Food" })
	edit("textile", func(in *crm.SectorInput) { in.Divisions, in.Disabled = nil, true })
	return edit("", func(in *crm.SectorInput) { in.Name, in.NameEN = "Papel (celulose)", "Pulp" }),
		edit("", func(in *crm.SectorInput) { in.Name, in.NameEN = "Papel (gráfica)", "Print" })
}

// An import finds sectors by the names that admins gave them, in all three
// languages, and by nothing else; the dry run says which it found.
func TestImportWithEditedSectors(t *testing.T) {
	svc := newHouse(t)
	pulp, print := editedSectors(t, svc)
	cells := []struct{ cell, sector string }{{"comida & bebida", "food"}, {"COMIDA Y BEBIDA", "food"}, {"Meals", "food"}, {"Mineração", "mining"}, {"Food", "mining"},
		{"Papel (celulose)", pulp}, {"papel (grafica)", print}, {"Print", print}, {"Metalurgia (aço)", "metallurgy"},
		{"Papel", ""}, {"Alimentos e bebidas", ""}, {"Food and drink", ""}, {"Têxtil, couro e calçados", ""}, {"Têxtil", ""}}
	rows := [][]any{{"CNPJ ou CPF", "Nome", "Ramo"}}
	for n, c := range cells {
		rows = append(rows, []any{testCNPJ(n), "Cliente " + c.cell, c.cell})
	}
	path := writeBook(t, bookSheet{"Clientes", rows})

	found := map[string]string{}
	dry := run(t, svc, Options{Path: path, DryRun: true, OnDiff: func(d crm.ImportDiff) { t.Errorf("a new client differs: %+v", d) }})
	if n, err := svc.CountClients(t.Context(), crm.SystemActor(), crm.ClientQuery{}, 10); err != nil || n != 0 {
		t.Fatalf("a dry run made %d clients, %v", n, err)
	}
	wet := run(t, svc, Options{Path: path})
	if !slices.Equal(dry.Sheets, wet.Sheets) {
		t.Errorf("dry %+v\nwet %+v", dry.Sheets, wet.Sheets)
	}
	for c, err := range crm.Clients.All(t.Context(), svc.Store(), store.Query{Sort: []string{"name"}}) {
		if err != nil {
			t.Fatal(err)
		}
		found[c.Name] = c.Sector
	}
	for n, c := range cells {
		if found["Cliente "+c.cell] != c.sector {
			t.Errorf("%q is %q, want %q", c.cell, found["Cliente "+c.cell], c.sector)
		}
		if refused := slices.ContainsFunc(wet.told, func(e crm.ImportError) bool { return e.Row == int64(n+2) && !e.Warning }); refused != (c.sector == "") {
			t.Errorf("%q: refused %v", c.cell, refused)
		}
	}
	for _, e := range wet.told {
		if offers := strings.Join(e.Reason.Args, " "); e.Reason.Key == "import.cell.choice" && (!strings.Contains(offers, "Comida & Bebida") || strings.Contains(offers, "Alimentos")) {
			t.Errorf("%q is told to choose of %s", e.Value, offers)
		}
	}

	// Another sector of a client that is there.
	again := writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome", "Ramo"}, {testCNPJ(0), "Cliente comida & bebida", "Pulp"}}})
	var differs []crm.ImportDiff
	run(t, svc, Options{Path: again, DryRun: true, OnDiff: func(d crm.ImportDiff) { differs = append(differs, d) }})
	if len(differs) != 1 || !slices.ContainsFunc(differs[0].Fields, func(f crm.RevisedField) bool {
		var from, to string
		return f.Name == "sector" && json.Unmarshal(f.From, &from) == nil && json.Unmarshal(f.To, &to) == nil && from == "food" && to == pulp
	}) {
		t.Errorf("%+v", differs)
	}
}

// Who has a sector that is offered no more keeps it, also through a file.
func TestImportKeepsASectorOfferedNoMore(t *testing.T) {
	svc := newHouse(t)
	file := func(cell string) string {
		return writeBook(t, bookSheet{"Clientes", [][]any{{"CNPJ ou CPF", "Nome", "Ramo"}, {testCNPJ(0), "Fiação", cell}}})
	}
	run(t, svc, Options{Path: file("textile")})
	editedSectors(t, svc)
	table, err := svc.SectorTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{table.Name(locale.PtBR, "textile"), table.Name(locale.EN, "textile"), "textile"} {
		if got := run(t, svc, Options{Path: file(cell)}); got.Rejected() != 0 || got.Changed() != 0 {
			t.Errorf("%q: %+v %+v", cell, got.Sheets, got.told)
		}
	}
}

// The template offers the sectors of the store.
func TestTemplateListsEditedSectors(t *testing.T) {
	svc := newHouse(t)
	editedSectors(t, svc)
	table, err := svc.SectorTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[locale.Lang][2]string{locale.PtBR: {"Comida & Bebida", "Alimentos"}, locale.ES: {"Comida y bebida", "Alimentos"}, locale.EN: {"Meals", "Textile"}} {
		var b bytes.Buffer
		if err := WriteTemplate(&b, string(lang), table); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := f.GetRows(locale.T(lang, "import.sheet.notes"))
		if err != nil {
			t.Fatal(err)
		}
		column := columnName(lang, crm.RowClient, "sector")
		n := slices.IndexFunc(rows, func(r []string) bool { return len(r) > 3 && r[1] == column })
		if n < 0 || !strings.Contains(rows[n][3], want[0]) || strings.Contains(rows[n][3], want[1]) {
			t.Errorf("%s: %q", lang, rows[max(n, 0)])
		}
	}
}
