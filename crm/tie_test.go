package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
)

// tieHouse is a house with a second client of ana's and a person at each of the
// three clients, all with one address.
type tieHouse struct {
	*house
	second      crm.Client
	here, there crm.Person // of ana's two clients
	far         crm.Person // of rui's
	address     string
}

func newTieHouse(t *testing.T) *tieHouse {
	t.Helper()
	h := &tieHouse{house: newHouse(t), address: "helena@contas.example"}
	h.second = h.client(t, "Laticínios Serra Fictícia", h.ana)
	add := func(a crm.Actor, client, name, role string) crm.Person {
		p, err := h.AddPerson(t.Context(), a, client, crm.PersonInput{Name: name, Role: role, Title: "T " + role, Emails: []string{h.address}, Notes: "N " + role})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	h.here = add(h.ana, h.anasClient.ID, "Helena", "technical")
	h.there = add(h.ana, h.second.ID, "Helena Duarte", "legal")
	h.far = add(h.rui, h.ruisClient.ID, "H. Duarte", "other")
	return h
}

func (h *tieHouse) person(t *testing.T, id string) crm.Person {
	t.Helper()
	p, err := crm.People.Get(t.Context(), h.Store(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *tieHouse) tie(t *testing.T, a crm.Actor, p, o crm.Person) {
	t.Helper()
	if _, err := h.TiePeople(t.Context(), a, p.ID, o.ID); err != nil {
		t.Fatal(err)
	}
}

// elsewhere says, for an actor, who is tied to a person and who is offered.
func (h *tieHouse) elsewhere(t *testing.T, a crm.Actor, p crm.Person) string {
	t.Helper()
	e, err := h.PersonElsewhere(t.Context(), a, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	name := map[string]string{h.here.ID: "here", h.there.ID: "there", h.far.ID: "far"}
	list := func(of []crm.PersonAt) (out []string) {
		for _, o := range of {
			if o.ClientName == "" {
				t.Errorf("%s has no client", o.Person.ID)
			}
			out = append(out, name[o.Person.ID])
		}
		slices.Sort(out)
		return out
	}
	return fmt.Sprint("tied ", list(e.Tied), " alike ", list(e.Alike))
}

// TestTieScope: only what an actor sees is tied, offered or told.
func TestTieScope(t *testing.T) {
	h := newTieHouse(t)
	if got := h.elsewhere(t, h.ana, h.here); got != "tied [] alike [there]" {
		t.Errorf("ana is offered %s", got)
	}
	if got := h.elsewhere(t, h.admin, h.here); got != "tied [] alike [far there]" {
		t.Errorf("an admin is offered %s", got)
	}
	for _, pair := range [][2]string{{h.here.ID, h.far.ID}, {h.far.ID, h.here.ID}} {
		if _, err := h.TiePeople(t.Context(), h.ana, pair[0], pair[1]); crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("ana ties to what it does not see: %v", err)
		}
	}
	h.tie(t, h.admin, h.here, h.there)
	h.tie(t, h.admin, h.far, h.there)
	for who, want := range map[*crm.Actor]string{&h.ana: "tied [there] alike []", &h.admin: "tied [far there] alike []"} {
		if got := h.elsewhere(t, *who, h.here); got != want {
			t.Errorf("%s: %s, want %s", who.Name, got, want)
		}
	}
	if got := h.elsewhere(t, h.rui, h.far); got != "tied [] alike []" {
		t.Errorf("rui is told %s", got)
	}
	rows, err := h.PersonRows(t.Context(), h.rui, crm.RecordQuery{})
	if err != nil || strings.Contains(string(rows.Items), h.here.ID) || strings.Contains(string(rows.Items), "tie") {
		t.Errorf("rui's list says %s %v", rows.Items, err)
	}
	if _, err := h.TiePeople(t.Context(), h.ana, h.here.ID, h.here.ID); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("tied to itself: %v", err)
	}
}

// TestTieCarries: what is said of the human being is written to the records that
// the editor sees, with a revision at each; what is of the client stays there.
func TestTieCarries(t *testing.T) {
	h := newTieHouse(t)
	h.tie(t, h.admin, h.there, h.here)
	h.tie(t, h.admin, h.there, h.far)
	for _, id := range []string{h.here.ID, h.far.ID} {
		if p := h.person(t, id); p.Name != "Helena Duarte" {
			t.Errorf("tied, %s is called %q", id, p.Name)
		}
	}
	before := h.person(t, h.far.ID)
	in := crm.PersonInput{Name: "Helena D. Souza", Role: "decision", Title: "Sócia", Emails: []string{"souza@contas.example"}, Phones: []string{"+5531999990000"},
		Channel: "phone", Hours: "manhã", Lang: "es", ConsentOn: "2026-01-02", Notes: "daqui"}
	if _, err := h.EditPerson(t.Context(), h.ana, h.here.ID, 0, in); err != nil {
		t.Fatal(err)
	}
	got := h.person(t, h.there.ID)
	if got.Name != in.Name || !slices.Equal(got.Emails, in.Emails) || len(got.Phones) != 1 || got.Channel != "phone" || got.Hours != "manhã" || got.Lang != "es" || got.ConsentOn != in.ConsentOn {
		t.Errorf("carried: %+v", got)
	}
	if got.Role != "legal" || got.Title != "T legal" || got.Notes != "N legal" || got.Client != h.second.ID {
		t.Errorf("what is of the other client changed: %+v", got)
	}
	if far := h.person(t, h.far.ID); far.Version != before.Version || far.Name != before.Name {
		t.Errorf("a record that the editor does not see was written: %+v", far)
	}
	revs, _, err := h.DocumentRevisions(t.Context(), h.ana, h.second.ID, h.there.ID, 10, "")
	if err != nil || !slices.ContainsFunc(revs, func(r crm.Revision) bool {
		return r.Version == got.Version && r.By == h.ana.UserID && slices.ContainsFunc(r.Fields, func(f crm.RevisedField) bool { return f.Name == "emails" })
	}) {
		t.Errorf("the history of the other record: %+v %v", revs, err)
	}
	// Whoever left a client keeps there what was known.
	if _, err := h.SetFormer(t.Context(), h.ana, h.there.ID, true); err != nil {
		t.Fatal(err)
	}
	in.Emails = []string{"nova@contas.example"}
	if _, err := h.EditPerson(t.Context(), h.ana, h.here.ID, 0, in); err != nil {
		t.Fatal(err)
	}
	if got := h.person(t, h.there.ID); got.Emails[0] != "souza@contas.example" || !got.Former {
		t.Errorf("a former record was written: %+v", got)
	}
}

// TestTieRefuses: an address that somebody else at the other client has is
// refused before anything is written; a conflict is told as one.
func TestTieRefuses(t *testing.T) {
	h := newTieHouse(t)
	h.tie(t, h.ana, h.here, h.there)
	if _, err := h.AddPerson(t.Context(), h.ana, h.second.ID, crm.PersonInput{Name: "Rosa", Emails: []string{"rosa@contas.example"}}); err != nil {
		t.Fatal(err)
	}
	was := h.person(t, h.here.ID)
	_, err := h.EditPerson(t.Context(), h.ana, h.here.ID, was.Version, crm.PersonInput{Name: "X", Emails: []string{"rosa@contas.example"}})
	var e *crm.Error
	if crm.CodeOf(err) != crm.CodeInvalid || !asError(err, &e) || e.Fields["emails"].Key != "error.person.email" {
		t.Fatalf("Rosa's address is taken: %v", err)
	}
	if is := h.person(t, h.here.ID); is.Version != was.Version {
		t.Error("half of the edit was written")
	}
	if _, err := h.EditPerson(t.Context(), h.ana, h.here.ID, was.Version+5, crm.PersonInput{Name: "X"}); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("an old form: %v", err)
	}
}

// TestUntie: one record goes its own way, the others stay together.
func TestUntie(t *testing.T) {
	h := newTieHouse(t)
	h.tie(t, h.admin, h.here, h.there)
	h.tie(t, h.admin, h.here, h.far)
	if _, err := h.UntiePerson(t.Context(), h.ana, h.far.ID); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("ana unties what it does not see: %v", err)
	}
	if _, err := h.UntiePerson(t.Context(), h.ana, h.here.ID); err != nil {
		t.Fatal(err)
	}
	if got := h.elsewhere(t, h.admin, h.there); got != "tied [far] alike [here]" {
		t.Errorf("the rest: %s", got)
	}
	if _, err := h.EditPerson(t.Context(), h.ana, h.here.ID, 0, crm.PersonInput{Name: "Sozinha", Emails: []string{h.address}}); err != nil {
		t.Fatal(err)
	}
	if h.person(t, h.there.ID).Name == "Sozinha" {
		t.Error("an untied record still carries")
	}
}

// TestTieMerge: the survivor of a merge is who the other one was elsewhere, and
// an undo parts them again.
func TestTieMerge(t *testing.T) {
	for name, c := range map[string]struct {
		tieInto         bool // the survivor is tied elsewhere too
		merged, parted  string
		partedElsewhere string // of the one that comes back
	}{
		"the survivor was not tied": {false, "tied [there]", "tied []", "tied [there]"},
		"both were":                 {true, "tied [far there]", "tied [far]", "tied [there]"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newTieHouse(t)
			double, err := h.AddPerson(t.Context(), h.ana, h.anasClient.ID, crm.PersonInput{Name: "Lena", Emails: []string{"lena@contas.example"}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.EditPerson(t.Context(), h.ana, h.there.ID, 0, crm.PersonInput{Name: "Lena Duarte", Emails: []string{"duarte@contas.example"}}); err != nil {
				t.Fatal(err)
			}
			h.tie(t, h.admin, h.there, double)
			if c.tieInto {
				h.tie(t, h.admin, h.here, h.far)
			}
			if double = h.person(t, double.ID); len(double.Emails) != 2 {
				t.Fatalf("tied: %+v", double)
			}
			m, err := h.MergePeople(t.Context(), h.ana, crm.MergeChoice{From: double.ID, Into: h.here.ID})
			if err != nil {
				t.Fatal(err)
			}
			if got := h.elsewhere(t, h.admin, h.here); !strings.HasPrefix(got, c.merged) {
				t.Errorf("merged: %s, want %s", got, c.merged)
			}
			if _, err := h.UndoMerge(t.Context(), h.ana, m.ID); err != nil {
				t.Fatal(err)
			}
			if got := h.elsewhere(t, h.admin, h.here); !strings.HasPrefix(got, c.parted) {
				t.Errorf("parted: %s, want %s", got, c.parted)
			}
			if got := h.elsewhere(t, h.admin, double); !strings.HasPrefix(got, c.partedElsewhere) {
				t.Errorf("who came back: %s, want %s", got, c.partedElsewhere)
			}
		})
	}
}
