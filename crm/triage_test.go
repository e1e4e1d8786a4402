package crm_test

import (
	"context"
	"errors"
	"testing"
	"time"

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
	if _, err := svc.AssignHeld(ctx, h.ana, held.ID, h.anasClient.ID, true); err != nil || !met {
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

// A process that dies between taking a rule away and bringing its mail back leaves
// a note, and the mail comes back; what has another number by now is gone.
func TestMailOfARemovedRuleComesBack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	rule := crm.MailRule{Action: crm.RuleIgnore, Kind: crm.RuleSender, Value: "rosa@alheio.example", Owner: h.ana.UserID, By: h.ana.UserID, CreatedAt: noon}
	rule.ID = crm.RuleID(rule.Action, rule.Kind, rule.Value, rule.Owner)
	box, folder := crm.Mailbox{ID: "m", Owner: h.ana.UserID, Address: "ana@cemig.example"}, crm.Folder{ID: "f", Mailbox: "m", Epoch: 2}
	rows := []crm.LedgerRow{
		{ID: "f:2:1", Epoch: 2, UID: 1, State: crm.RowIgnored, Reason: rule.ID},
		{ID: "f:1:9", Epoch: 1, UID: 9, State: crm.RowIgnored, Reason: rule.ID},
		{ID: "f:2:2", Epoch: 2, UID: 2, State: crm.RowIgnored, Reason: "ignore:sender:another@alheio.example:" + h.ana.UserID},
		{ID: "f:2:3", Epoch: 2, UID: 3, State: crm.RowGone, Reason: rule.ID},
	}
	changes := []store.Change{crm.MailRules.Put(&rule), crm.Mailboxes.Put(&box), crm.Folders.Put(&folder)}
	for n := range rows {
		rows[n].Mailbox, rows[n].Folder = box.ID, folder.ID
		changes = append(changes, crm.Ledger.Put(&rows[n]))
	}
	if err := h.Apply(ctx, changes...); err != nil {
		t.Fatal(err)
	}
	dead := errors.New("the process dies")
	st := &meddled{Store: h.Store(), in: crm.Ledger.In, before: func() { panic(dead) }}
	func() {
		defer func() {
			if r := recover(); r != dead {
				t.Errorf("it lives: %v", r)
			}
		}()
		_, err := crm.New(crm.Deps{Store: st, Now: h.Now, NewID: h.NewID}).RemoveRule(ctx, h.ana, rule.ID)
		t.Error("it ended:", err)
	}()
	if _, err := crm.MailRules.Get(ctx, h.Store(), rule.ID); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("the rule: %v", err)
	}

	h.now = h.now.Add(time.Hour)
	events, stop := h.Bus().Subscribe(crm.WakeMailbox)
	defer stop()
	if err := h.DoChores(ctx); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{crm.RowWanted, crm.RowGone, crm.RowIgnored, crm.RowGone} {
		if got, err := crm.Ledger.Get(ctx, h.Store(), rows[n].ID); err != nil || got.State != want {
			t.Errorf("%s is %s, want %s, %v", got.ID, got.State, want, err)
		}
	}
	if left, _, err := crm.Chores.Find(ctx, h.Store(), store.Query{}); err != nil || len(left) != 0 || len(events) != 1 {
		t.Errorf("%d notes left, woken %d times, %v", len(left), len(events), err)
	}
}
