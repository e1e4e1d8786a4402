package crm

import (
	"fmt"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// TestReassignReachesEverything: a collection that is forgotten would show one
// agent's clients to another.
func TestReassignReachesEverything(t *testing.T) {
	h := newUpsertHouse(t)
	id := h.want(h.ana, RowCreated, portfolio()[:6]...)[0].ID
	day := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	var changes []store.Change
	for n := range chunk + 20 { // more than one chunk
		a := Activity{ID: fmt.Sprintf("a%04d", n), Client: id, Agent: "ana", Team: "west", Kind: KindNote, At: day}
		if n%2 == 0 {
			a.Kind = KindCall
		}
		changes = append(changes, Activities.Put(&a))
	}
	link := MailLink{ID: "l", Client: id, Agent: "ana", Team: "west", At: day}
	due := Deadline{ID: "d", Client: id, Agent: "ana", Team: "west", Kind: "end", On: "2027-03-01"}
	file := Document{ID: "f", Client: id, Agent: "ana", Team: "west", Name: "a.pdf", CreatedAt: day}
	merge := Merge{ID: "m", Kind: RowClient, Client: id, Agent: "ana", Team: "west", At: day, State: MergeDone}
	other := Activity{ID: "other", Client: "another", Agent: "ana", Team: "west", Kind: KindNote, At: day}
	if err := h.Apply(t.Context(), append(changes, MailLinks.Put(&link), Documents.Put(&file), Merges.Put(&merge), Deadlines.InsertIfAbsent(&due), Activities.Put(&other))...); err != nil {
		t.Fatal(err)
	}
	if err := h.reassign(t.Context(), id, kept{agent: "other", acting: "rui"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range copiesOf {
		n := 0
		for d, err := range store.All(t.Context(), h.Store(), store.Query{In: c.in, WithKeys: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Keys["client"] != id {
				continue
			}
			n++
			if _, team := d.Keys["team"]; d.Keys["agent"] != "other" || d.Keys["acting"] != "rui" || team || d.Version != 1 {
				t.Fatalf("%s/%s: %v, version %d", c.in.Name, d.ID, d.Keys, d.Version)
			}
			if m := members(d.Body); string(m["agent"]) != `"other"` || string(m["acting"]) != `"rui"` || m["team"] != nil {
				t.Fatalf("%s/%s says %s", c.in.Name, d.ID, d.Body)
			}
		}
		if n == 0 {
			t.Errorf("no %s", c.in.Name)
		}
	}
	if a, err := Activities.Get(t.Context(), h.Store(), "other"); err != nil || a.Agent != "ana" {
		t.Errorf("another client's activity: %+v %v", a, err)
	}
}

// TestCopiesAreComplete holds copiesOf to the schema: what names a client and
// an agent carries copies.
func TestCopiesAreComplete(t *testing.T) {
	known := map[string]bool{}
	for _, c := range copiesOf {
		known[c.in.Name] = true
	}
	for _, in := range Schema() {
		_, client := in.Field("client")
		_, agent := in.Field("agent")
		if client && agent && !known[in.Name] {
			t.Errorf("%s has copies of a client's agent that reassign does not know", in.Name)
		}
	}
}
