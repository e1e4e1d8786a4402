package crm_test

import (
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// A number is found however it is written, whole or begun, of people and of
// clients, within what the actor sees.
func TestFoundByPhone(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	p, err := h.AddPerson(ctx, h.ana, h.anasClient.ID, crm.PersonInput{Name: "Helena", Phones: []string{"(34) 99888-5734 ramal 12", "+34 912 345 678"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditClient(ctx, h.ana, h.anasClient.ID, 0, crm.ClientPatch{Phone: new("(34) 3221-4455")}); err != nil {
		t.Fatal(err)
	}
	found := func(a crm.Actor, q string) (ids []string) {
		t.Helper()
		hits, err := h.Search(ctx, a, q, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range hits {
			ids = append(ids, hit.ID)
		}
		return ids
	}
	for q, want := range map[string][]string{
		"(34) 99888-5734": {p.ID}, "34998885734": {p.ID}, "99888-5734": {p.ID}, "99888 5734": {p.ID}, "+55 34 99888-5734": {p.ID}, "99888": {p.ID}, "(034) 99888": {p.ID},
		"+34 912 345 678": {p.ID}, "3221-4455": {h.anasClient.ID}, "(34) 3221": {h.anasClient.ID}, "(34) 3221-4456": nil, "9988857341": nil, "ramal": nil,
	} {
		if got := found(h.ana, q); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", q, got, want)
		}
		if got := found(h.rui, q); len(got) > 0 {
			t.Errorf("rui finds %v by %q", got, q)
		}
	}

	// One that an earlier program wrote is found from the next night on.
	for _, in := range []struct {
		in *store.Collection
		id string
	}{{crm.People.In, p.ID}, {crm.Clients.In, h.anasClient.ID}} {
		if err := h.Apply(ctx, store.Patch{In: in.in, ID: in.id, Words: []string{"antes"}}); err != nil {
			t.Fatal(err)
		}
	}
	if got := found(h.ana, "99888-5734"); len(got) > 0 {
		t.Fatalf("finds %v", got)
	}
	if err := h.RecomputeAll(ctx); err != nil {
		t.Fatal(err)
	}
	if got := append(found(h.ana, "99888-5734"), found(h.ana, "3221-4455")...); !slices.Equal(got, []string{p.ID, h.anasClient.ID}) {
		t.Errorf("after the night %v", got)
	}
}
