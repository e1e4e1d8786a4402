package crm_test

import (
	"errors"
	"reflect"
	"testing"

	"cemigmas/crm"
)

func TestPersonIsChecked(t *testing.T) {
	h := newHouse(t)
	if _, err := h.AddPerson(t.Context(), h.ana, h.anasClient.ID, crm.PersonInput{Name: "Outra", Emails: []string{"outra@vale.example"}}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in    crm.PersonInput
		field string
	}{
		"as it should be":      {crm.PersonInput{Name: " Helena  Duarte ", Role: "technical", Emails: []string{"Helena@Vale.example", "helena@vale.example"}, Phones: []string{"(34) 99999-0000"}}, ""},
		"no name":              {crm.PersonInput{Name: " "}, "name"},
		"unknown role":         {crm.PersonInput{Name: "x", Role: "king"}, "role"},
		"no address":           {crm.PersonInput{Name: "x", Emails: []string{"helena"}}, "emails"},
		"no number":            {crm.PersonInput{Name: "x", Phones: []string{"ramal"}}, "phones"},
		"address of a brother": {crm.PersonInput{Name: "x", Emails: []string{"OUTRA@vale.example"}}, "emails"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := h.AddPerson(t.Context(), h.ana, h.anasClient.ID, c.in)
			var e *crm.Error
			switch {
			case c.field != "" && (!errors.As(err, &e) || e.Fields[c.field].Key == ""):
				t.Errorf("%v, want something about %s", err, c.field)
			case c.field == "" && err != nil:
				t.Error(err)
			case c.field == "" && (p.Name != "Helena Duarte" || len(p.Emails) != 1 || p.Emails[0] != "helena@vale.example" || p.Agent != h.ana.UserID || p.Team != "norte"):
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestPersonIsEdited(t *testing.T) {
	h := newHouse(t)
	var told []string
	h.OnAddresses(func(a ...string) { told = append(told, a...) })
	p, err := h.AddPerson(t.Context(), h.ana, h.anasClient.ID, crm.PersonInput{Name: "Helena", Emails: []string{"helena@vale.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err = h.Person(t.Context(), h.ana, p.ID); err != nil {
		t.Fatal(err)
	}
	// Somebody writes a note meanwhile.
	p.Notes = "prefere telefone"
	h.put(t, crm.People.Put(&p))

	in := crm.PersonInput{Name: "Helena Duarte", Emails: []string{"helena@vale.example", "hd@vale.example"}, Notes: "prefere telefone",
		Channel: "message", Hours: "manhãs", Lang: "es", ConsentOn: "2026-03-01"}
	if now, err := h.EditPerson(t.Context(), h.ana, p.ID, p.Version, in); crm.CodeOf(err) != crm.CodeConflict || now.Notes == "" {
		t.Errorf("%+v, %v; want a conflict with what is stored", now, err)
	}
	if _, err := h.EditPerson(t.Context(), h.ana, p.ID, p.Version+1, in); err != nil {
		t.Fatal(err)
	}
	got, err := h.Person(t.Context(), h.ana, p.ID)
	if err != nil || got.Name != "Helena Duarte" || len(got.Emails) != 2 || got.Notes != "prefere telefone" || got.Channel != "message" ||
		got.Hours != "manhãs" || got.Lang != "es" || got.ConsentOn != "2026-03-01" {
		t.Errorf("%+v, %v", got, err)
	}
	if want := []string{"helena@vale.example", "hd@vale.example"}; !reflect.DeepEqual(told, want) {
		t.Errorf("told of %v, want each new address once: %v", told, want)
	}
	for name, a := range map[string]crm.Actor{"another agent": h.rui, "another team's manager": h.other} {
		if _, err := h.EditPerson(t.Context(), a, p.ID, 0, in); crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
