package crm_test

import (
	"slices"
	"testing"

	"cemigmas/crm"
)

func TestServingTable(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s, err := h.Serving(ctx)
	if err != nil || s.Version != 0 || s.Kind("mv") != crm.AgentCommercial || s.Kind("free") != crm.AgentRelationship || s.Kind("public") != crm.AgentRelationship || s.Kind("") != "" {
		t.Fatalf("it begins as %+v, %v", s, err)
	}
	s.Rules[0].Kind, s.Rules[0].Channel = crm.AgentRelationship, crm.ChannelVisits
	for _, who := range []crm.Actor{h.ana, h.manager} {
		if _, err := h.SetServing(ctx, who, s); crm.CodeOf(err) != crm.CodeForbidden {
			t.Errorf("%s changes it: %v", who.Name, err)
		}
	}
	set, err := h.SetServing(ctx, h.admin, s)
	if err != nil || set.Version != 1 {
		t.Fatalf("set %+v, %v", set, err)
	}
	if now, err := h.Serving(ctx); err != nil || now.Version != 1 || !slices.Equal(now.Rules, s.Rules) {
		t.Errorf("it is %+v, %v", now, err)
	}
	if _, err := h.SetServing(ctx, h.admin, s); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("on an old one: %v", err)
	}
	for name, rules := range map[string][]crm.ServingRule{
		"a segment is missing": s.Rules[:2],
		"no channel":           {{Segment: "mv", Channel: "fax", Kind: crm.AgentCommercial}, s.Rules[1], s.Rules[2]},
		"no kind":              {{Segment: "mv", Channel: crm.ChannelPhone}, s.Rules[1], s.Rules[2]},
	} {
		if _, err := h.SetServing(ctx, h.admin, crm.Serving{Rules: rules, Version: 1}); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// specialist is an agent with a kind, segments and sectors.
func (h *house) specialist(t *testing.T, name string, kind crm.UserKind, segments, sectors []string) crm.Actor {
	t.Helper()
	a := h.user(t, name, crm.RoleAgent, "oeste")
	u, err := crm.Users.Get(t.Context(), h.Store(), a.UserID)
	if err != nil {
		t.Fatal(err)
	}
	u.Kind, u.Segments, u.Sectors = kind, segments, sectors
	h.put(t, crm.Users.Put(&u))
	return a
}

// Segment before sector before load.
func TestProposeAgents(t *testing.T) {
	h := newHouse(t)
	boss := h.user(t, "boss", crm.RoleManager, "oeste")
	h.specialist(t, "any", "", nil, nil)
	busy := h.specialist(t, "busy", crm.AgentCommercial, []string{"mv"}, []string{"food"})
	h.specialist(t, "idle", crm.AgentCommercial, []string{"mv"}, []string{"food"})
	h.specialist(t, "ores", crm.AgentCommercial, []string{"mv"}, []string{"mining"})
	h.specialist(t, "visits", crm.AgentRelationship, []string{"free", "public"}, nil)
	h.client(t, "Um", busy)
	for _, c := range []struct {
		segment, sector string
		want            []string
	}{
		{"mv", "food", []string{"idle", "busy", "ores", "any", "visits"}},
		{"mv", "mining", []string{"ores", "idle", "busy", "any", "visits"}},
		{"free", "food", []string{"visits", "any", "idle", "busy", "ores"}},
		{"", "mining", []string{"ores", "any", "visits", "idle", "busy"}},
		{"", "", []string{"any", "idle", "ores", "visits", "busy"}},
	} {
		list, err := h.ProposeAgents(t.Context(), boss, c.segment, c.sector)
		var got []string
		for _, p := range list {
			got = append(got, p.User.Name)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q in %q: %v, %v; want %v", c.segment, c.sector, got, err, c.want)
		}
	}
	list, err := h.ProposeAgents(t.Context(), boss, "mv", "food")
	if err != nil || !list[0].Kind || !list[0].Segment || !list[0].Sector || list[0].Clients != 0 || list[1].Clients != 1 || list[3].Kind || list[3].Sector {
		t.Errorf("the reasons are %+v, %v", list, err)
	}
	if _, err := h.ProposeAgents(t.Context(), boss, "x", "y"); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("no segment: %v", err)
	}
	if _, err := h.ProposeAgents(t.Context(), busy, "mv", ""); crm.CodeOf(err) != crm.CodeForbidden {
		t.Errorf("an agent asks: %v", err)
	}
	made, _, err := h.AddClient(t.Context(), boss, crm.NewClient{Propose: true, ClientPatch: crm.ClientPatch{Name: new("Laticínio"), CNAE: new("1052-0/00"), Segment: new("mv")}})
	if err != nil || made.Agent != "u-idle" || made.Team != "oeste" {
		t.Errorf("made %+v, %v", made, err)
	}
	chosen, _, err := h.AddClient(t.Context(), boss, crm.NewClient{Propose: true, ClientPatch: crm.ClientPatch{Name: new("Queijaria"), Agent: &busy.UserID, Segment: new("mv")}})
	if err != nil || chosen.Agent != busy.UserID {
		t.Errorf("chosen %+v, %v", chosen, err)
	}
}

// A client that its agent does not serve by sector is listed, until the client,
// its agent or the agent's sectors change.
func TestMisfits(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	boss := h.user(t, "boss", crm.RoleManager, "oeste")
	food := h.specialist(t, "food", "", nil, []string{"food"})
	any := h.specialist(t, "any", "", nil, nil)
	c := h.client(t, "Mineradora", food)
	listed := func(what string, want ...string) {
		t.Helper()
		for _, who := range []crm.Actor{boss, h.admin} {
			list, _, err := h.Misfits(ctx, who, 0, "")
			var got []string
			for _, m := range list {
				got = append(got, m.Name)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, %s sees %v, %v; want %v", what, who.Name, got, err, want)
			}
		}
	}
	edit := func(p crm.ClientPatch) {
		t.Helper()
		if _, err := h.EditClient(ctx, boss, c.ID, 0, p); err != nil {
			t.Fatal(err)
		}
	}
	sectors := func(list ...string) {
		t.Helper()
		in := crm.UserInput{Email: "food@cemigmas.example", Name: "food", Role: crm.RoleAgent, Team: "oeste", Sectors: list}
		if _, err := h.EditUser(ctx, h.admin, food.UserID, 0, in); err != nil {
			t.Fatal(err)
		}
	}
	edit(crm.ClientPatch{Sector: new("mining")})
	listed("another sector", "Mineradora")
	if list, _, err := h.Misfits(ctx, h.other, 0, ""); err != nil || len(list) != 0 {
		t.Errorf("another manager sees %v, %v", list, err)
	}
	if _, _, err := h.Misfits(ctx, food, 0, ""); crm.CodeOf(err) != crm.CodeForbidden {
		t.Errorf("an agent asks: %v", err)
	}
	sectors("food", "mining")
	listed("the agent learned")
	sectors("food")
	listed("and forgot", "Mineradora")
	edit(crm.ClientPatch{Agent: &any.UserID})
	listed("with another agent")
	edit(crm.ClientPatch{Agent: &food.UserID})
	listed("and back", "Mineradora")
	edit(crm.ClientPatch{Status: new("former")})
	listed("that left")
}
