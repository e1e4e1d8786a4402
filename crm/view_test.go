package crm_test

import (
	"slices"
	"testing"
	"time"

	"cemigmas/crm"
)

func viewNames(t *testing.T, h *house, a crm.Actor, list string) (names []string) {
	t.Helper()
	views, err := h.ListViews(t.Context(), a, list)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range views {
		names = append(names, v.Name)
	}
	return names
}

// Agents have their own views; what a manager shares its team has, what an admin
// without a team shares everybody; who changes a view is whose it is.
func TestViews(t *testing.T) {
	h, yes := newHouse(t), true
	boss := crm.Actor{UserID: "boss", Role: crm.RoleManager, Team: "norte"}
	mate := crm.Actor{UserID: "mate", Role: crm.RoleAgent, Team: "norte"}
	far := crm.Actor{UserID: "far", Role: crm.RoleAgent, Team: "sul"}
	chief := crm.Actor{UserID: "chief", Role: crm.RoleAdmin}
	save := func(a crm.Actor, name string, shared *bool) crm.View {
		t.Helper()
		v, err := h.SaveView(t.Context(), a, "clients", crm.ViewInput{Name: name, Shared: shared, State: &crm.ViewState{Sort: "worst"}})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	own, team, all := save(mate, "Zeta", nil), save(boss, "Equipe", &yes), save(chief, "Casa", &yes)
	save(mate, "alfa", nil)
	for _, c := range []struct {
		who  crm.Actor
		want []string
	}{{mate, []string{"alfa", "Zeta", "Equipe", "Casa"}}, {boss, []string{"Equipe", "Casa"}}, {far, []string{"Casa"}}, {chief, []string{"Casa"}}} {
		if got := viewNames(t, h, c.who, "clients"); !slices.Equal(got, c.want) {
			t.Errorf("%s has %v, want %v", c.who.UserID, got, c.want)
		}
	}
	if got := viewNames(t, h, mate, "people"); len(got) > 0 {
		t.Errorf("another list has %v", got)
	}
	for _, c := range []struct {
		who  crm.Actor
		id   string
		code crm.Code
	}{
		{mate, own.ID, ""}, {boss, own.ID, crm.CodeNotFound}, {chief, own.ID, crm.CodeNotFound}, {mate, team.ID, crm.CodeForbidden},
		{boss, team.ID, ""}, {far, team.ID, crm.CodeNotFound}, {boss, all.ID, crm.CodeForbidden}, {chief, all.ID, ""},
	} {
		v, err := h.EditView(t.Context(), c.who, c.id, crm.ViewInput{Name: "Nova"})
		if crm.CodeOf(err) != c.code || err == nil && (v.State.Sort != "worst" || v.Name != "Nova") {
			t.Errorf("%s on %s: %+v, %v, want %q", c.who.UserID, c.id, v, err, c.code)
		}
	}
	if _, err := h.EditView(t.Context(), mate, own.ID, crm.ViewInput{Name: "x", Shared: &yes}); crm.CodeOf(err) != crm.CodeForbidden {
		t.Errorf("an agent shared: %v", err)
	}
}

// A deleted view is gone, can be brought back for 30 days, and is dropped then.
func TestViewIsDeletedAndBroughtBack(t *testing.T) {
	h := newHouse(t)
	v, err := h.SaveView(t.Context(), h.ana, "people", crm.ViewInput{Name: "Decisão", State: &crm.ViewState{Filters: map[string]string{"role": "decision"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.DeleteView(t.Context(), h.ana, v.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.View(t.Context(), h.ana, v.ID); crm.CodeOf(err) != crm.CodeNotFound || len(viewNames(t, h, h.ana, "people")) > 0 {
		t.Errorf("it is still there: %v", err)
	}
	if err := h.DropOldViews(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v, err = h.RestoreView(t.Context(), h.ana, v.ID); err != nil || v.State.Filters["role"] != "decision" || len(viewNames(t, h, h.ana, "people")) != 1 {
		t.Fatalf("brought back %+v, %v", v, err)
	}
	old := h.Now().Add(-31 * 24 * time.Hour)
	v, _ = h.View(t.Context(), h.ana, v.ID)
	v.GoneAt = &old
	h.put(t, crm.Views.Put(&v))
	if err := h.DropOldViews(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.RestoreView(t.Context(), h.ana, v.ID); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("it can be brought back after 31 days: %v", err)
	}
}

// What no list would ask for is not kept.
func TestViewsHaveBounds(t *testing.T) {
	h := newHouse(t)
	long := string(make([]byte, 300))
	for _, c := range []struct {
		what string
		in   crm.ViewInput
	}{
		{"no name", crm.ViewInput{Name: " ", State: &crm.ViewState{}}}, {"a long name", crm.ViewInput{Name: long}},
		{"long words", crm.ViewInput{Name: "x", State: &crm.ViewState{Q: long}}}, {"a long filter", crm.ViewInput{Name: "x", State: &crm.ViewState{Filters: map[string]string{"role": long}}}},
		{"no column", crm.ViewInput{Name: "x", State: &crm.ViewState{Columns: []string{""}}}},
	} {
		if _, err := h.SaveView(t.Context(), h.ana, "clients", c.in); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	for range 50 {
		if _, err := h.SaveView(t.Context(), h.ana, "clients", crm.ViewInput{Name: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.SaveView(t.Context(), h.ana, "clients", crm.ViewInput{Name: "x"}); crm.CodeOf(err) != crm.CodeTooMany {
		t.Errorf("the 51st: %v", err)
	}
}
