package crm

import (
	"reflect"
	"testing"
)

// TestUpsertStandIn: an import lends a client as its form does, and only who may.
func TestUpsertStandIn(t *testing.T) {
	h := newUpsertHouse(t)
	if err := h.TurnStandIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.want(h.ana, RowCreated, clientRow(cnpjA, "Um"), unitRow(ucA, cnpjA))
	h.settle()
	before := h.bodies()
	lend := func(who, from, until string) Row {
		row := clientRow(cnpjA, "Um")
		row.Client.StandIn, row.Client.StandInFrom, row.Client.StandInUntil = SetTo(who), SetTo(from), SetTo(until)
		return row
	}
	bia := "bia@house.example"
	for _, tc := range []struct {
		a          Actor
		field, key string
		row        Row
	}{
		{h.ana, "standIn", "error.forbidden", lend(bia, "2026-11-20", "2026-11-30")},
		{h.manager, "standIn", "error.client.agent", lend("other@house.example", "2026-11-20", "2026-11-30")},
		{h.manager, "standIn", "error.client.agent", lend("nobody@house.example", "2026-11-20", "2026-11-30")},
		{h.manager, "standIn", "error.client.agent", lend("ana@house.example", "2026-11-20", "2026-11-30")},
		{h.manager, "standInUntil", "error.client.standin.order", lend(bia, "2026-11-20", "2026-11-19")},
		{h.manager, "standInFrom", "error.field.required", lend(bia, "", "2026-11-19")},
	} {
		h.rejects(tc.a, tc.field, tc.key, tc.row)
	}
	dates := clientRow(cnpjA, "Um")
	dates.Client.StandInFrom = SetTo("2026-11-20")
	h.rejects(h.manager, "standIn", "error.field.required", dates)

	id := h.batch(h.manager, "b1", lend(bia, "2026-11-20", "2026-11-30"))[0].ID
	u, err := Users.Get(t.Context(), h.store, "bia")
	if err != nil {
		t.Fatal(err)
	}
	acts := h.ActorOf(&u)
	if _, err := h.Client(t.Context(), acts, id); err != nil {
		t.Errorf("the stand-in does not see its client: %v", err)
	}
	if n, err := h.CountInstallations(t.Context(), acts, RecordQuery{}, 10); err != nil || n != 1 {
		t.Errorf("it sees %d installations: %v", n, err)
	}
	h.want(h.manager, RowUnchanged, lend(bia, "2026-11-20", "2026-11-30"))
	h.want(h.ana, RowUnchanged, lend(bia, "2026-11-20", "2026-11-30")) // her own file, with what stands
	h.undo(h.manager, "b1")
	if after := h.bodies(); !reflect.DeepEqual(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
	h.want(h.manager, RowUpdated, lend(bia, "2026-11-20", "2026-11-30"))
	gone := clientRow(cnpjA, "Um")
	gone.Client.StandIn = Cleared[string]()
	h.want(h.manager, RowUpdated, gone)
	if c, err := h.Client(t.Context(), h.ana, id); err != nil || c.StandIn+c.StandInFrom+c.StandInUntil+c.Acting != "" {
		t.Errorf("%+v %v", c, err)
	}
	if _, err := h.Client(t.Context(), acts, id); CodeOf(err) != CodeNotFound {
		t.Errorf("who stood in sees it still: %v", err)
	}
}
