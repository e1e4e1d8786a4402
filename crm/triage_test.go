package crm_test

import (
	"context"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// meddled does something before the first change of a kind of document.
type meddled struct {
	store.Store
	in     *store.Collection
	before func()
}

func (m *meddled) Apply(ctx context.Context, changes ...store.Change) error {
	for _, c := range changes {
		if p, ok := c.(store.Put); ok && p.In == m.in && m.before != nil {
			before := m.before
			m.before = nil
			before()
		}
	}
	return m.Store.Apply(ctx, changes...)
}

// Who names a sender has all waiting mail looked through at once: the mail that
// he assigns may be on its way already, which is no conflict for him.
func TestAssigningMeetsTheSearchForTheSender(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	row := crm.LedgerRow{ID: "f:1:1", Mailbox: "m", Folder: "f", Epoch: 1, UID: 1, State: crm.RowHeld}
	held := crm.Held{ID: row.ID, Mailbox: "m", Owner: h.ana.UserID, Team: h.ana.Team, At: noon, Mail: "x",
		From: crm.Address{Name: "Rosa", Email: "rosa@alheio.example"}, Keys: []string{"rosa@alheio.example"}}
	if err := h.Apply(ctx, crm.Ledger.Put(&row), crm.HeldMail.Put(&held)); err != nil {
		t.Fatal(err)
	}
	met := false
	st := &meddled{Store: h.Store(), in: crm.Ledger.In, before: func() {
		met = true
		if err := h.ReleaseHeld(ctx, []crm.Held{held}); err != nil {
			t.Error("the search for the sender:", err)
		}
	}}
	svc := crm.New(crm.Deps{Store: st, Now: h.Now, NewID: h.NewID})
	events, stop := svc.Bus().Subscribe(crm.WakeMailbox)
	defer stop()
	if err := svc.AssignHeld(ctx, h.ana, held.ID, h.anasClient.ID, true); err != nil || !met {
		t.Errorf("assigned: %v, beside another's move: %t", err, met)
	}
	if got, err := crm.Ledger.Get(ctx, h.Store(), row.ID); err != nil || got.State != crm.RowWanted {
		t.Errorf("%+v, %v", got, err)
	}
	if list, err := crm.HeldMail.GetMany(ctx, h.Store(), []string{held.ID}); err != nil || len(list) != 0 {
		t.Errorf("%d wait still, %v", len(list), err)
	}
	if len(events) != 1 {
		t.Errorf("the mailbox was woken %d times", len(events))
	}
}
