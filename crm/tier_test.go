package crm_test

import (
	"context"
	"reflect"
	"testing"

	"cemigmas/crm"
)

// graded makes clients with contracted demand in kW and installations.
func (h *house) graded(t *testing.T, name string, kw, sites int64, tier string) string {
	t.Helper()
	c := h.client(t, name, h.ana)
	c.Tier = tier
	h.put(t, crm.Clients.Put(&c))
	for n := range sites {
		i := crm.Installation{ID: h.NewID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Name: name, CreatedAt: h.now, UpdatedAt: h.now}
		w := kw * 1000
		k := crm.Contract{ID: h.NewID(), Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Kind: crm.ContractCUSD, Modality: "verde", Start: "2026-01-01", Renews: true,
			Schedule: []crm.DemandStep{{From: "2026-01", SingleW: &w}}, CreatedAt: h.now, UpdatedAt: h.now}
		h.put(t, crm.Installations.Put(&i))
		if n == 0 && kw > 0 {
			h.put(t, crm.Contracts.Put(&k))
		}
	}
	if err := h.Recompute(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func (h *house) tier(t *testing.T, id string) string {
	t.Helper()
	c, err := h.Client(t.Context(), h.admin, id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Tier + " " + c.TierBy
}

func TestTierRule(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ids := map[string]string{
		"A rule":  h.graded(t, "três mil", 3000, 1, ""),
		"B rule":  h.graded(t, "um abaixo", 2999, 1, ""),
		"C rule":  h.graded(t, "pequeno", 299, 1, ""),
		"A rule ": h.graded(t, "muitas", 100, 5, ""),
		"C ":      h.graded(t, "à mão", 9000, 1, "C"),
	}
	rule := crm.TierRule{On: true, AKW: 3000, BKW: 300, ASites: 5}
	var told []int
	p, err := h.PreviewTiers(ctx, h.admin, rule, func(done, total int) { told = append(told, done, total) })
	want := crm.TierPreview{Clients: 7, Changed: 6, ByHand: 1, Now: map[string]int{"": 6, "C": 1}, Then: map[string]int{"A": 2, "B": 1, "C": 4}}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("preview %+v, want %+v, %v", p, want, err)
	}
	if !reflect.DeepEqual(told, []int{7, 7}) {
		t.Errorf("progress: %v", told)
	}
	if got := h.tier(t, ids["A rule"]); got != " " {
		t.Errorf("a preview gave it %q", got)
	}
	if err := h.SetTierRule(ctx, h.admin, rule, 0); err != nil {
		t.Fatal(err)
	}
	if got := h.tier(t, ids["A rule"]); got != " " {
		t.Errorf("a rule that nothing follows yet gave it %q", got)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := h.GradeClients(stopped, h.admin, nil); err == nil {
		t.Error("cancelled, it went on")
	}
	if done, err := h.GradeClients(ctx, h.admin, nil); err != nil || !reflect.DeepEqual(done, want) {
		t.Errorf("graded %+v, want %+v, %v", done, want, err)
	}
	if again, err := h.GradeClients(ctx, h.admin, nil); err != nil || again.Changed != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	for want, id := range ids {
		if want == "A rule " {
			want = "A rule"
		}
		if got := h.tier(t, id); got != want {
			t.Errorf("%s is %q, want %q", id, got, want)
		}
	}
	if err := h.SetTierRule(ctx, h.admin, rule, 0); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("set over a newer one: %v", err)
	}

	// By hand goes before the rule, through what is computed later too; nothing
	// by hand goes back to it.
	small, none, hand := ids["C rule"], "", "A"
	set := func(tier *string, want string) {
		t.Helper()
		if _, err := h.EditClient(ctx, h.ana, small, 0, crm.ClientPatch{Tier: tier}); err != nil {
			t.Fatal(err)
		}
		if err := h.Recompute(ctx, small); err != nil || h.tier(t, small) != want {
			t.Errorf("it is %q, want %q, %v", h.tier(t, small), want, err)
		}
	}
	set(&none, "C rule")
	set(&hand, "A ")
	set(&none, "C rule")

	err = h.SetTierRule(ctx, h.admin, crm.TierRule{}, 1)
	if err == nil {
		_, err = h.GradeClients(ctx, h.admin, nil)
	}
	if err != nil || h.tier(t, small) != " " || h.tier(t, ids["C "]) != "C " {
		t.Errorf("without a rule: %q and %q, %v", h.tier(t, small), h.tier(t, ids["C "]), err)
	}
}

func TestTierRuleIsChecked(t *testing.T) {
	h := newHouse(t)
	for name, r := range map[string]crm.TierRule{
		"empty": {On: true}, "below 0": {On: true, AKW: -1}, "B over A": {On: true, AKW: 100, BKW: 200}, "sites upside down": {On: true, ASites: 2, BSites: 3}, "too much": {On: true, AKW: 1 << 40},
	} {
		if err := h.SetTierRule(t.Context(), h.admin, r, 0); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range []crm.Actor{h.ana, h.manager} {
		if err := h.SetTierRule(t.Context(), a, crm.TierRule{On: true, AKW: 1}, 0); crm.CodeOf(err) != crm.CodeForbidden {
			t.Errorf("%s may: %v", a.Role, err)
		}
		if _, err := h.PreviewTiers(t.Context(), a, crm.TierRule{On: true, AKW: 1}, nil); crm.CodeOf(err) != crm.CodeForbidden {
			t.Errorf("%s sees figures of all: %v", a.Role, err)
		}
		if _, err := h.GradeClients(t.Context(), a, nil); crm.CodeOf(err) != crm.CodeForbidden {
			t.Errorf("%s gives tiers: %v", a.Role, err)
		}
	}
}
