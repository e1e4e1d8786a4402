package crm

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// batch takes rows as one batch, as an import does.
func (h *upsertHouse) batch(a Actor, name string, rows ...Row) []Outcome {
	h.t.Helper()
	out, err := h.Upsert(WithBatch(context.Background(), name), a, rows)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *upsertHouse) undo(a Actor, name string) Undone {
	h.t.Helper()
	sum, err := h.UndoBatch(context.Background(), a, name, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return sum
}

// settle brings derived figures up to date, as an import does at its end.
func (h *upsertHouse) settle() {
	h.t.Helper()
	if err := h.RecomputeAll(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

// bodies are the documents without versions and times.
func (h *upsertHouse) bodies() map[string]string {
	out := map[string]string{}
	for _, in := range []*store.Collection{Clients.In, People.In, Installations.In, Contracts.In, Readings.In, Tariffs.In} {
		for d, err := range store.All(context.Background(), h.Store(), store.Query{In: in}) {
			if err != nil {
				h.t.Fatal(err)
			}
			m := members(d.Body)
			for _, name := range append(slices.Clone(untold), derivedOf(in)...) {
				delete(m, name)
			}
			out[in.Name+"/"+d.ID] = fmt.Sprintf("%s", m)
		}
	}
	return out
}

func derivedOf(in *store.Collection) []string {
	switch in {
	case Clients.In:
		return Clients.Derived
	case Installations.In:
		return Installations.Derived
	}
	return nil
}

func TestUndoOfANewPortfolio(t *testing.T) {
	h := newUpsertHouse(t)
	h.batch(h.admin, "b1", portfolio()...)
	sum := h.undo(h.admin, "b1")
	if left := h.bodies(); len(left) != 0 || sum.Undone != 7 || sum.Kept != 0 {
		t.Errorf("%+v leaves %v", sum, left)
	}
	if again := h.undo(h.admin, "b1"); again.Undone != 0 || again.Kept != 0 {
		t.Errorf("undone twice: %+v", again)
	}
	for n, o := range h.batch(h.admin, "b2", portfolio()...) {
		if o.Result != RowCreated {
			t.Errorf("row %d after the undo: %+v", n, o)
		}
	}
}

func TestUndoOfUpdates(t *testing.T) {
	h := newUpsertHouse(t)
	h.batch(h.admin, "b1", append(portfolio(), clientRow(cnpjB, "Dois"))...)
	h.settle()
	before := h.bodies()
	agent := clientRow(cnpjA, "Fábrica Nova")
	agent.Client.Agent, agent.Client.City = SetTo("ana@house.example"), SetTo("Uberaba")
	h.batch(h.admin, "b2", agent, unitRow(ucA, cnpjB), readRow(ucA, "2026-10", 600_000), readRow(ucA, "2026-08", 500_000), tariffRow(23_000_000))
	sum := h.undo(h.admin, "b2")
	if after := h.bodies(); !reflect.DeepEqual(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
	if sum.Kept != 0 {
		t.Errorf("refused: %+v", sum.Refused)
	}
	r, err := Readings.Get(t.Context(), h.Store(), h.reading("2026-09"))
	if err != nil || r.Agent != "" || r.Client == "" {
		t.Errorf("the copies did not follow: %+v %v", r, err)
	}
}

// reading is the id of the reading of ucA in a month.
func (h *upsertHouse) reading(month string) string {
	i, err := Installations.First(context.Background(), h.Store(), store.Query{Where: []store.Cond{store.Is("uc", ucA)}})
	if err != nil || i == nil {
		h.t.Fatal(i, err)
	}
	return ReadingID(i.ID, month)
}

func TestUndoKeepsWhatWasEditedOrUsedSince(t *testing.T) {
	h := newUpsertHouse(t)
	out := h.batch(h.admin, "b1", portfolio()...)
	client := out[0].ID
	name := "Fábrica, renomeada à mão"
	if _, err := h.EditClient(t.Context(), h.admin, client, 0, ClientPatch{Name: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.LogActivity(t.Context(), h.admin, client, ActivityInput{Kind: KindCall, Text: "Falamos"}); err != nil {
		t.Fatal(err)
	}
	sum := h.undo(h.admin, "b1")
	if sum.Undone != 6 || sum.Kept != 1 || sum.Refused[0].Reason.Key != "undo.edited" || sum.Refused[0].Name != name {
		t.Errorf("%+v", sum)
	}
	h.batch(h.admin, "b2", clientRow(cnpjB, "Dois"))
	two, _ := Clients.First(t.Context(), h.Store(), store.Query{Where: []store.Cond{store.Is("taxId", "12ABC345")}})
	if _, err := h.LogActivity(t.Context(), h.admin, two.ID, ActivityInput{Kind: KindCall, Text: "Falamos"}); err != nil {
		t.Fatal(err)
	}
	if sum := h.undo(h.admin, "b2"); sum.Undone != 0 || sum.Kept != 1 || sum.Refused[0].Reason.Key != "undo.used" {
		t.Errorf("a client with a call was deleted: %+v", sum)
	}
}

func TestUndoIsOnesOwn(t *testing.T) {
	h := newUpsertHouse(t)
	h.batch(h.ana, "b1", portfolio()[:6]...)
	for _, a := range []Actor{h.bia, h.manager, h.other} {
		if sum, err := h.UndoBatch(t.Context(), a, "b1", nil); CodeOf(err) != CodeNotFound || sum.Undone != 0 {
			t.Errorf("%s undoes ana's import: %+v %v", a.UserID, sum, err)
		}
	}
	if _, err := h.UndoBatch(t.Context(), h.admin, "nothing", nil); CodeOf(err) != CodeNotFound {
		t.Errorf("an undo of nothing: %v", err)
	}
	// What was handed over since is not ana's to delete.
	c, _ := Clients.First(t.Context(), h.Store(), store.Query{Where: []store.Cond{store.Is("taxId", "06981180")}})
	bia := "bia"
	if _, err := h.EditClient(t.Context(), h.manager, c.ID, 0, ClientPatch{Agent: &bia}); err != nil {
		t.Fatal(err)
	}
	if sum := h.undo(h.ana, "b1"); sum.Undone != 0 || sum.Refused[0].Reason.Key != "undo.gone" || sum.Refused[0].Name != "" {
		t.Errorf("ana undoes what is bia's, or learns of it: %+v", sum)
	}
}

// TestUndoGoesOn: an undo that was killed is repeated.
func TestUndoGoesOn(t *testing.T) {
	h := newUpsertHouse(t)
	h.batch(h.admin, "b1", append(portfolio(), clientRow(cnpjB, "Dois"))...)
	h.settle()
	before := h.bodies()
	h.batch(h.admin, "b2", clientRow(cnpjA, "Um novo"), clientRow(cnpjB, "Dois novo"), readRow(ucA, "2026-08", 1000))
	wrote, err := h.BatchCounts(t.Context(), "b2")
	if want := map[string]BatchCount{"clients": {Changed: 2}, "readings": {Made: 1}}; err != nil || !reflect.DeepEqual(wrote, want) {
		t.Errorf("b2 wrote %+v %v, want %+v", wrote, err, want)
	}
	ctx, stop := context.WithCancel(t.Context())
	sum, err := h.UndoBatch(ctx, h.admin, "b2", func(done, total int) {
		if done != 1 || total != 3 {
			t.Errorf("%d of %d edits", done, total)
		}
		stop()
	})
	if err == nil {
		t.Fatalf("a cancelled undo says that it is done: %+v", sum)
	}
	if rest := h.undo(h.admin, "b2"); rest.Kept != 0 || sum.Undone+rest.Undone != 3 {
		t.Errorf("first %+v, then %+v", sum, rest)
	}
	if after := h.bodies(); !reflect.DeepEqual(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
}

func TestRevisionsSayWhoAndWhat(t *testing.T) {
	h := newUpsertHouse(t)
	id := h.batch(h.ana, "b1", portfolio()[:6]...)[0].ID
	if err := h.Recompute(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	tier := "A"
	if _, err := h.EditClient(t.Context(), h.manager, id, 0, ClientPatch{Tier: &tier}); err != nil {
		t.Fatal(err)
	}
	list, _, err := h.DocumentRevisions(t.Context(), h.ana, id, id, 0, "")
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	by := map[bool]Revision{list[0].Made: list[0], list[1].Made: list[1]}
	if r := by[false]; r.By != "manager" || r.Batch != "" || len(r.Fields) != 1 || r.Fields[0].Name != "tier" || r.Fields[0].From != nil || string(r.Fields[0].To) != `"A"` {
		t.Errorf("the edit: %+v", r)
	}
	if r := by[true]; r.By != "ana" || r.Batch != "b1" || len(r.Fields) != 0 || !r.At.Equal(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("the import: %+v", r)
	}
	all, _, err := h.ClientRevisions(t.Context(), h.ana, id, 100, "")
	if err != nil || len(all) != 7 {
		t.Errorf("%d revisions of the client and what belongs to it, %v", len(all), err)
	}
	if _, _, err := h.ClientRevisions(t.Context(), h.other, id, 0, ""); CodeOf(err) != CodeNotFound {
		t.Errorf("another team reads the history: %v", err)
	}
}
