package crm_test

import (
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// sector reads the table as an edit does.
func (h *house) sector(t *testing.T, id string) crm.Sector {
	t.Helper()
	table, err := h.SectorTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, ok := table.Find(id)
	if !ok {
		t.Fatalf("there is no sector %s", id)
	}
	return s
}

func sectorInput(s crm.Sector) crm.SectorInput {
	return crm.SectorInput{Name: s.Name, NameES: s.NameES, NameEN: s.NameEN, Divisions: s.Divisions, Disabled: s.Disabled}
}

// inSector makes a client whose sector comes from its CNAE, or was set by hand.
func (h *house) inSector(t *testing.T, name, cnae, hand string) string {
	t.Helper()
	c := h.client(t, name, h.ana)
	c.CNAE = cnae
	if hand != "" {
		c.Sector, c.SectorBy = hand, crm.SectorByHand
	}
	h.put(t, crm.Clients.Put(&c))
	if err := h.Recompute(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func (h *house) sectorOf(t *testing.T, id string) crm.Client {
	t.Helper()
	c, err := h.Client(t.Context(), h.admin, id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A division goes to a new sector, its clients with it from today on, and back.
func TestDivisionMovesWithItsClients(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	shop, wholesale := h.inSector(t, "Mercado", "4711302", ""), h.inSector(t, "Atacado", "4639701", "")
	chosen := h.inSector(t, "Escolhido", "4711302", "retail")
	h.now = h.now.AddDate(0, 2, 0) // October to December
	edit, err := h.AddSector(ctx, h.admin, crm.SectorInput{Name: "Supermercados e Varejo", NameEN: "Supermarkets", Divisions: []string{"47"}})
	if err != nil || edit.ID != "supermercados-e-varejo" {
		t.Fatalf("%+v, %v", edit, err)
	}
	slices.Sort(edit.Moved)
	if want := []string{"other", "retail", edit.ID}; !slices.Equal(edit.Moved, want) {
		t.Errorf("moved %v, want %v", edit.Moved, want)
	}
	if got := h.sector(t, "retail").Divisions; !slices.Equal(got, []string{"45", "46"}) {
		t.Errorf("retail keeps %v", got)
	}
	var told []int
	if err := h.Resector(ctx, edit.Moved, func(done, total int) { told = append(told, done, total) }); err != nil {
		t.Fatal(err)
	}
	if want := []int{1, 1}; !slices.Equal(told, want) {
		t.Errorf("progress %v, want %v", told, want)
	}
	moved := h.sectorOf(t, shop)
	if moved.Sector != edit.ID || moved.SectorIn("2026-11") != "retail" || moved.SectorIn("2026-12") != edit.ID {
		t.Errorf("the shop is in %s: %+v", moved.Sector, moved.Sectors)
	}
	if a, b := h.sectorOf(t, wholesale).Sector, h.sectorOf(t, chosen).Sector; a != "retail" || b != "retail" {
		t.Errorf("the others are in %s and %s", a, b)
	}
	// Taken back on the same day, nothing of it is left.
	back, err := h.UndoSectorEdit(ctx, h.admin, edit.Batch)
	if err != nil || !slices.Equal(h.sector(t, "retail").Divisions, []string{"45", "46", "47"}) || !h.sector(t, edit.ID).Gone {
		t.Fatalf("%v, %v: retail has %v", back, err, h.sector(t, "retail").Divisions)
	}
	if err := h.Resector(ctx, back, nil); err != nil {
		t.Fatal(err)
	}
	if c := h.sectorOf(t, shop); c.Sector != "retail" || len(c.Sectors) != 1 {
		t.Errorf("the shop is in %s: %+v", c.Sector, c.Sectors)
	}
}

// A sector that somebody chose is not taken away by an undo, nor half of it.
func TestChosenSectorIsNotTakenBack(t *testing.T) {
	h := newHouse(t)
	edit, err := h.AddSector(t.Context(), h.admin, crm.SectorInput{Name: "Supermercados", Divisions: []string{"47"}})
	if err != nil {
		t.Fatal(err)
	}
	h.inSector(t, "Escolhido", "1011201", edit.ID)
	_, err = h.UndoSectorEdit(t.Context(), h.admin, edit.Batch)
	code(t, err, crm.CodeInvalid)
	if got := h.sector(t, "retail").Divisions; !slices.Equal(got, []string{"45", "46"}) {
		t.Errorf("retail has %v", got)
	}
}

func TestSectorEditIsTakenBack(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	shop := h.inSector(t, "Mercado", "4711302", "")
	h.now = h.now.AddDate(0, 2, 0)
	food, retail := h.sector(t, "food"), h.sector(t, "retail")
	in := sectorInput(food)
	in.Divisions = append(in.Divisions, "47")
	edit, err := h.EditSector(ctx, h.admin, "food", food.Version, in)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.EditSector(ctx, h.admin, "food", food.Version, in)
	code(t, err, crm.CodeConflict)
	if err := h.Resector(ctx, edit.Moved, nil); err != nil {
		t.Fatal(err)
	}
	if got := h.sectorOf(t, shop).Sector; got != "food" {
		t.Errorf("the shop is in %s", got)
	}
	moved, err := h.UndoSectorEdit(ctx, h.admin, edit.Batch)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Resector(ctx, moved, nil); err != nil {
		t.Fatal(err)
	}
	if c := h.sectorOf(t, shop); c.Sector != "retail" || len(c.Sectors) != 1 {
		t.Errorf("the shop is in %s: %+v", c.Sector, c.Sectors)
	}
	if f, r := h.sector(t, "food"), h.sector(t, "retail"); !slices.Equal(f.Divisions, food.Divisions) || !slices.Equal(r.Divisions, retail.Divisions) {
		t.Errorf("food %v, retail %v", f.Divisions, r.Divisions)
	}
	list, err := h.SectorRevisions(ctx, h.admin, "food")
	if err != nil || len(list) != 2 || len(list[0].Fields) != 1 || list[0].Fields[0].Name != "divisions" || list[1].By != h.admin.UserID {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = h.UndoSectorEdit(ctx, h.admin, "sectors:nothing")
	code(t, err, crm.CodeNotFound)
}

// What one edit gave up and another took since does not come to stand in two.
func TestUndoLeavesADivisionThatAnotherTook(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	give, take := sectorInput(h.sector(t, "retail")), sectorInput(h.sector(t, "food"))
	give.Divisions, take.Divisions = []string{"45", "46"}, append(take.Divisions, "47")
	first, err := h.EditSector(ctx, h.admin, "retail", 0, give)
	if err != nil {
		t.Fatal(err)
	}
	if table, err := h.SectorTable(ctx); err != nil || table.Of("4711302") != crm.SectorOther {
		t.Errorf("47 stands in %s, %v", table.Of("4711302"), err)
	}
	if _, err := h.EditSector(ctx, h.admin, "food", 0, take); err != nil {
		t.Fatal(err)
	}
	_, err = h.UndoSectorEdit(ctx, h.admin, first.Batch)
	code(t, err, crm.CodeConflict)
}

func TestSectorsAreForAdmins(t *testing.T) {
	h := newHouse(t)
	in := sectorInput(h.sector(t, "food"))
	for _, a := range []crm.Actor{h.manager, h.ana} {
		for name, do := range map[string]func() (crm.SectorEdit, error){
			"AddSector":    func() (crm.SectorEdit, error) { return h.AddSector(t.Context(), a, in) },
			"EditSector":   func() (crm.SectorEdit, error) { return h.EditSector(t.Context(), a, "food", 0, in) },
			"MoveSector":   func() (crm.SectorEdit, error) { return h.MoveSector(t.Context(), a, "food", true) },
			"RemoveSector": func() (crm.SectorEdit, error) { return h.RemoveSector(t.Context(), a, "food") },
			"Undo": func() (crm.SectorEdit, error) {
				_, err := h.UndoSectorEdit(t.Context(), a, "x")
				return crm.SectorEdit{}, err
			},
			"Revisions": func() (crm.SectorEdit, error) {
				_, err := h.SectorRevisions(t.Context(), a, "food")
				return crm.SectorEdit{}, err
			},
		} {
			if _, err := do(); crm.CodeOf(err) != crm.CodeForbidden {
				t.Errorf("%s by %s: %v", name, a.UserID, err)
			}
		}
	}
}

func TestSectorInputIsChecked(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		in    crm.SectorInput
		field string
	}{
		"no name":           {crm.SectorInput{}, "name"},
		"a name that is":    {crm.SectorInput{Name: "comércio e SHOPPINGS"}, "name"},
		"in another tongue": {crm.SectorInput{Name: "Novo", NameEN: "Mineração"}, "nameEn"},
		"a long name":       {crm.SectorInput{Name: strings.Repeat("ã", 81)}, "name"},
		"no division":       {crm.SectorInput{Name: "Novo", Divisions: []string{"00"}}, "divisions"},
		"three digits":      {crm.SectorInput{Name: "Novo", Divisions: []string{"471"}}, "divisions"},
		"off with some":     {crm.SectorInput{Name: "Novo", Divisions: []string{"47"}, Disabled: true}, "divisions"},
	} {
		_, err := h.AddSector(t.Context(), h.admin, c.in)
		var e *crm.Error
		if !asError(err, &e) || e.Code != crm.CodeInvalid || e.Fields[c.field].Key == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	other := h.sector(t, crm.SectorOther)
	in := sectorInput(other)
	in.Divisions = []string{"99"}
	_, err := h.EditSector(t.Context(), h.admin, crm.SectorOther, other.Version, in)
	code(t, err, crm.CodeInvalid)
}

func TestSectorWithClientsStays(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	edit, err := h.AddSector(ctx, h.admin, crm.SectorInput{Name: "Frigoríficos"})
	if err != nil {
		t.Fatal(err)
	}
	id := h.inSector(t, "Frigorífico", "1011201", edit.ID)
	_, err = h.RemoveSector(ctx, h.admin, edit.ID)
	code(t, err, crm.CodeInvalid)
	_, err = h.RemoveSector(ctx, h.admin, "food") // has divisions
	code(t, err, crm.CodeInvalid)
	in := crm.SectorInput{Name: "Frigoríficos", Disabled: true}
	if _, err := h.EditSector(ctx, h.admin, edit.ID, 1, in); err != nil {
		t.Fatal(err)
	}
	// Who has it keeps it; nobody else gets it.
	name := "Frigorífico Novo"
	if c, err := h.EditClient(ctx, h.admin, id, 0, crm.ClientPatch{Name: &name, Sector: &edit.ID}); err != nil || c.Sector != edit.ID {
		t.Errorf("%s, %v", c.Sector, err)
	}
	_, err = h.EditClient(ctx, h.admin, h.anasClient.ID, 0, crm.ClientPatch{Sector: &edit.ID})
	code(t, err, crm.CodeInvalid)
	none := ""
	if _, err := h.EditClient(ctx, h.admin, id, 0, crm.ClientPatch{Sector: &none}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RemoveSector(ctx, h.admin, edit.ID); err != nil {
		t.Fatal(err)
	}
	table, err := h.SectorTable(ctx)
	if err != nil || slices.ContainsFunc(table.All(), func(s crm.Sector) bool { return s.ID == edit.ID }) || table.Name(locale.EN, edit.ID) != "Frigoríficos" {
		t.Errorf("after it went: %v, %v", table.Name(locale.EN, edit.ID), err)
	}
	if again, err := h.AddSector(ctx, h.admin, crm.SectorInput{Name: "Frigoríficos"}); err != nil || again.ID != edit.ID+"-2" {
		t.Errorf("made again: %+v, %v", again, err)
	}
}

func TestSectorsChangePlaces(t *testing.T) {
	h := newHouse(t)
	first := func() string {
		t.Helper()
		table, err := h.SectorTable(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		all := table.All()
		return all[0].ID + " " + all[1].ID + " " + all[len(all)-2].ID + " " + all[len(all)-1].ID
	}
	for _, step := range []struct {
		id   string
		down bool
		want string
	}{
		{"mining", false, "mining food health other"}, {"mining", true, "food mining health other"},
		{"health", true, "food mining health other"}, {"other", false, "food mining health other"},
		{"health", false, "food mining education other"},
	} {
		if _, err := h.MoveSector(t.Context(), h.admin, step.id, step.down); err != nil || first() != step.want {
			t.Errorf("%s down %v: %s, %v", step.id, step.down, first(), err)
		}
	}
}

// Another process on the store hears of an edit and reads the table anew.
func TestSectorsOfAnotherProcess(t *testing.T) {
	h := newHouse(t)
	list := processes(t, h.Store(), 0, 0)
	name := func(p *process) string {
		table, err := p.SectorTable(t.Context())
		if err != nil {
			t.Error(err)
		}
		return table.Name(locale.PtBR, "food")
	}
	if got := name(list[1]); got != "Alimentos e bebidas" {
		t.Fatal(got)
	}
	in := crm.SectorInput{Name: "Comida", Divisions: []string{"10", "11", "12"}}
	if _, err := list[0].EditSector(t.Context(), crm.SystemActor(), "food", 0, in); err != nil {
		t.Fatal(err)
	}
	list[1].hears(t, crm.Event{Kind: "sectors"})
	if got := name(list[1]); got != "Comida" {
		t.Errorf("the other process says %s", got)
	}
}
