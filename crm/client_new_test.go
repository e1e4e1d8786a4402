package crm_test

import (
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
)

func text[T any](v T) *T { return &v }

func TestAddClient(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	made, _, err := h.AddClient(ctx, h.ana, crm.NewClient{ClientPatch: crm.ClientPatch{Name: text(" Moinho Inventado "), TaxID: text("27.418.305/0001-74"),
		City: text("Araguari"), Phone: text("(34) 3221-0000"), Emails: &[]string{"Contato@Moinho.example"}, Domains: &[]string{"@moinho.example"},
		Segment: text("mv"), Tags: &[]string{"trigo", " ", "trigo"}, Tier: text("A")}})
	if err != nil {
		t.Fatal(err)
	}
	if made.Name != "Moinho Inventado" || made.TaxID != "27418305" || made.Agent != h.ana.UserID || made.Team != "norte" || made.Status != "active" ||
		made.Phone != "+553432210000" || !slices.Equal(made.Emails, []string{"contato@moinho.example"}) || !slices.Equal(made.Domains, []string{"moinho.example"}) ||
		!slices.Equal(made.Tags, []string{"trigo"}) || made.Sector != crm.SectorOther {
		t.Errorf("made %+v", made)
	}
	if list, _, err := h.ClientRevisions(ctx, h.ana, made.ID, 0, ""); err != nil || len(list) != 1 || !list[0].Made {
		t.Errorf("history %v, %v", list, err)
	}
}

// An agent is told by name of a client of its own, and of another's only that it
// is in the house.
func TestAddClientThatIsInTheHouse(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	tax := crm.ClientPatch{Name: text("Moinho"), TaxID: text("27418305000174")}
	if _, _, err := h.AddClient(ctx, h.ana, crm.NewClient{ClientPatch: tax}); err != nil {
		t.Fatal(err)
	}
	again := crm.NewClient{ClientPatch: crm.ClientPatch{Name: text("Outro nome"), TaxID: tax.TaxID}, Anyway: true}
	for _, c := range []struct {
		a    crm.Actor
		want string
	}{{h.ana, "error.client.yours"}, {h.manager, "error.client.yours"}, {h.rui, "error.client.duplicate"}, {h.other, "error.client.duplicate"}} {
		_, alike, err := h.AddClient(ctx, c.a, again)
		var e *crm.Error
		if !asError(err, &e) || e.Code != crm.CodeDuplicate || e.Fields["taxId"].Key != c.want || len(alike) != 0 {
			t.Errorf("%s: %v, want %s", c.a.Name, err, c.want)
		}
		if c.want == "error.client.duplicate" && strings.Contains(err.Error(), "Moinho") {
			t.Errorf("%s is told whose it is: %v", c.a.Name, err)
		}
	}
}

func TestAddClientLooksForDoubles(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	add := func(a crm.Actor, anyway bool, p crm.ClientPatch) (crm.Client, []crm.Client, error) {
		return h.AddClient(ctx, a, crm.NewClient{ClientPatch: p, Anyway: anyway})
	}
	if _, _, err := add(h.ana, false, crm.ClientPatch{Name: text("Laticínios Vale Azul Ltda."), City: text("Uberlândia"), Emails: &[]string{"a@vale.example"}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		a    crm.Actor
		p    crm.ClientPatch
		want bool
	}{
		"same bones":        {h.ana, crm.ClientPatch{Name: text("LATICINIO VALE AZUL S/A"), City: text("uberlandia")}, true},
		"no city said":      {h.ana, crm.ClientPatch{Name: text("Laticínios do Vale Azul")}, true},
		"a word more":       {h.ana, crm.ClientPatch{Name: text("Laticínios Vale Azul Mineiro"), City: text("Uberlândia")}, true},
		"another city":      {h.ana, crm.ClientPatch{Name: text("Laticínios Vale Azul"), City: text("Patos de Minas")}, false},
		"another name":      {h.ana, crm.ClientPatch{Name: text("Laticínios Serra Verde"), City: text("Uberlândia")}, false},
		"same address":      {h.ana, crm.ClientPatch{Name: text("Outra coisa"), Emails: &[]string{"A@vale.example"}}, true},
		"another's, unseen": {h.rui, crm.ClientPatch{Name: text("Laticínios Vale Azul"), City: text("Uberlândia")}, false},
	} {
		// Those that are no doubles are made, so a later case may find more than one.
		_, alike, err := add(c.a, false, c.p)
		if c.want != (crm.CodeOf(err) == crm.CodeDuplicate && len(alike) > 0) || !c.want && err != nil {
			t.Errorf("%s: %d alike, %v", name, len(alike), err)
		}
	}
	if _, _, err := add(h.ana, true, crm.ClientPatch{Name: text("Laticínios Vale Azul"), City: text("Uberlândia")}); err != nil {
		t.Errorf("anyway: %v", err)
	}
}

func TestClientPatchRefuses(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for field, p := range map[string]crm.ClientPatch{
		"name":         {Name: text(" ")},
		"taxId":        {TaxID: text("11.111.111/1111-11")},
		"cnae":         {CNAE: text("x")},
		"segment":      {Segment: text("household")},
		"phone":        {Phone: text("12")},
		"emails":       {Emails: &[]string{"nobody"}},
		"domains":      {Domains: &[]string{"a@b.example"}},
		"tags":         {Tags: &[]string{strings.Repeat("x", 41)}},
		"standIn":      {StandIn: text(h.rui.UserID), StandInFrom: text("2026-12-01"), StandInUntil: text("2026-12-20")},
		"standInFrom":  {StandIn: text(h.ana.UserID), StandInUntil: text("2026-12-20")},
		"standInUntil": {StandIn: text("u-ana2"), StandInFrom: text("2026-12-20"), StandInUntil: text("2026-12-01")},
		"parent":       {Parent: &h.ruisClient.ID},
	} {
		_, err := h.EditClient(ctx, h.manager, h.anasClient.ID, 0, p)
		var e *crm.Error
		if !asError(err, &e) || e.Fields[field].Key == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	_, err := h.EditClient(ctx, h.ana, h.anasClient.ID, 0, crm.ClientPatch{StandIn: text("u-mara"), StandInFrom: text("2026-12-01"), StandInUntil: text("2026-12-20")})
	code(t, err, crm.CodeForbidden)
	eva := h.user(t, "eva", crm.RoleAgent, "norte")
	c, err := h.EditClient(ctx, h.manager, h.anasClient.ID, 0, crm.ClientPatch{StandIn: &eva.UserID, StandInFrom: text("2026-12-01"), StandInUntil: text("2026-12-20")})
	if err != nil || c.StandIn != eva.UserID {
		t.Errorf("%+v, %v", c.StandIn, err)
	}
}

func TestGroup(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	put := func(child, parent string) error {
		_, err := h.EditClient(ctx, h.admin, child, 0, crm.ClientPatch{Parent: &parent})
		return err
	}
	b, c, d, e := h.client(t, "B", h.ana).ID, h.client(t, "C", h.ana).ID, h.client(t, "D", h.rui).ID, h.client(t, "E", h.ana).ID
	a := h.anasClient.ID
	for _, link := range [][2]string{{b, a}, {c, b}, {d, c}} {
		if err := put(link[0], link[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, wrong := range [][2]string{{a, a}, {a, d}, {e, d}} { // itself, a cycle, a fifth level
		code(t, put(wrong[0], wrong[1]), crm.CodeInvalid)
	}
	names := func(as crm.Actor, id string) (out []string) {
		g, err := h.Group(ctx, as, id)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range g.Members {
			out = append(out, strings.Repeat(".", m.Level)+m.Client.Name)
		}
		return out
	}
	if got := names(h.admin, c); !slices.Equal(got, []string{"Frigorífico Vale Fictício", ".B", "..C", "...D"}) {
		t.Errorf("admin sees %v", got)
	}
	if got := names(h.ana, b); !slices.Equal(got, []string{"Frigorífico Vale Fictício", ".B", "..C"}) {
		t.Errorf("ana sees %v", got)
	}
	if got := names(h.rui, d); !slices.Equal(got, []string{"D"}) {
		t.Errorf("rui sees %v", got)
	}
}

func TestPairs(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	x, _, err := h.AddClient(ctx, h.ana, crm.NewClient{ClientPatch: crm.ClientPatch{Name: text("Moinho Fictício"), City: text("Araguari")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.AddClient(ctx, h.rui, crm.NewClient{ClientPatch: crm.ClientPatch{Name: text("Moinhos Ficticio"), City: text("Araguari")}}); err != nil {
		t.Fatal(err)
	}
	y, _, err := h.AddClient(ctx, h.ana, crm.NewClient{ClientPatch: crm.ClientPatch{Name: text("Moinho Ficticio Ltda"), City: text("Araguari")}, Anyway: true})
	if err != nil {
		t.Fatal(err)
	}
	pairs := func(a crm.Actor) []crm.PairView {
		list, _, err := h.ListPairs(ctx, a, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for a, want := range map[string]struct {
		crm.Actor
		n int
	}{"admin": {h.admin, 3}, "ana": {h.ana, 1}, "rui": {h.rui, 0}, "manager": {h.manager, 1}} {
		if got := pairs(want.Actor); len(got) != want.n {
			t.Errorf("%s sees %d pairs, want %d", a, len(got), want.n)
		}
	}
	p := pairs(h.ana)[0]
	if p.Why != crm.AlikeName || p.A != min(x.ID, y.ID) {
		t.Errorf("pair %+v", p.Pair)
	}
	code(t, h.SetApart(ctx, h.rui, p.ID, true), crm.CodeNotFound)
	if err := h.SetApart(ctx, h.ana, p.ID, true); err != nil {
		t.Fatal(err)
	}
	// People of two clients with one address are found by the whole walk only.
	for _, c := range []string{x.ID, h.anasClient.ID} {
		if _, err := h.AddPerson(ctx, h.ana, c, crm.PersonInput{Name: "Rita", Emails: []string{"rita@moinho.example"}}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // twice is the same as once
		if err := h.FindPairs(ctx); err != nil {
			t.Fatal(err)
		}
		got := pairs(h.ana)
		if len(got) != 1 || got[0].Why != crm.AlikeEmail {
			t.Fatalf("after the walk: %+v", got)
		}
	}
	if _, err := h.EditClient(ctx, h.ana, x.ID, 0, crm.ClientPatch{Name: text("Outro")}); err != nil {
		t.Fatal(err)
	}
	if got := pairs(h.admin); len(got) != 2 { // the two moinhos of ana and rui, and the address
		t.Errorf("%d pairs after a new name", len(got))
	}
}
