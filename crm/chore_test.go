package crm

import (
	"context"
	"errors"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// dying fails every Apply after some, as if the process had been killed.
type dying struct {
	store.Store
	left int
}

var errKilled = errors.New("killed")

func (d *dying) Apply(ctx context.Context, ch ...store.Change) error {
	if d.left == 0 {
		return errKilled
	}
	d.left--
	return d.Store.Apply(ctx, ch...)
}

// TestKilledEditsAreFinished: wherever an edit dies after its own Apply, the
// chores finish it.
func TestKilledEditsAreFinished(t *testing.T) {
	for applies := 1; applies < 8; applies++ {
		h := newUpsertHouse(t)
		id := h.want(h.ana, RowCreated, portfolio()[:6]...)[0].ID
		mortal := New(Deps{Store: &dying{h.Store(), applies}, Now: h.now})
		bia := "bia"
		_, err := mortal.EditClient(t.Context(), h.manager, id, 0, ClientPatch{Agent: &bia})
		if err != nil && !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		later := New(Deps{Store: h.Store(), Now: func() time.Time { return h.now().Add(2 * choreAge) }})
		if err := later.DoChores(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, in := range []*store.Collection{People.In, Installations.In, Contracts.In, Readings.In} {
			for d, err := range store.All(t.Context(), h.Store(), store.Query{In: in, WithKeys: true}) {
				if err != nil || d.Keys["agent"] != "bia" {
					t.Errorf("killed after %d applies: %s/%s is of %v, %v", applies, in.Name, d.ID, d.Keys["agent"], err)
				}
			}
		}
		if left, _ := Chores.First(t.Context(), h.Store(), store.Query{Sort: []string{"at"}}); left != nil {
			t.Errorf("killed after %d applies: a chore stays: %+v", applies, left)
		}
	}
}

func TestYoungChoresWait(t *testing.T) {
	h := newUpsertHouse(t)
	_, note := h.chore(Chore{Client: "somebody"})
	if err := h.Apply(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if err := h.DoChores(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left, _ := Chores.First(t.Context(), h.Store(), store.Query{Sort: []string{"at"}}); left == nil {
		t.Error("a chore was done under the hands of the process that noted it")
	}
}
