package crm_test

import (
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// park gives ana's client two installations with a contract each, and rui's one.
func (h *house) park(t *testing.T) {
	t.Helper()
	w := int64(300_000)
	for _, x := range []struct {
		id  string
		of  crm.Client
		sub string
		v   int64
	}{{"i1", h.anasClient, "A4", 13_800}, {"i2", h.anasClient, "A3", 69_000}, {"i3", h.ruisClient, "A4", 13_800}} {
		i := crm.Installation{ID: x.id, Client: x.of.ID, Agent: x.of.Agent, Team: x.of.Team, Name: "Sede " + x.id, Status: "active", Market: crm.MarketCaptive,
			Subgroup: x.sub, VoltageV: x.v, Conditions: []string{crm.CondEssential}, CreatedAt: h.now, UpdatedAt: h.now}
		k := crm.Contract{ID: "k" + x.id, Client: x.of.ID, Installation: x.id, Agent: x.of.Agent, Team: x.of.Team, Kind: crm.ContractCUSD, Number: "N-" + x.id, Modality: "verde",
			Start: "2025-03-01", TermMonths: 12, Renews: true, Schedule: []crm.DemandStep{{From: "2025-03", SingleW: &w}}, CreatedAt: h.now, UpdatedAt: h.now}
		p := crm.Person{ID: "p" + x.id, Client: x.of.ID, Agent: x.of.Agent, Team: x.of.Team, Name: "Pessoa " + x.id, Emails: []string{x.id + "@x.example"}, Notes: "nota", CreatedAt: h.now, UpdatedAt: h.now}
		h.put(t, crm.Installations.Put(&i), crm.Contracts.Put(&k), crm.People.Put(&p))
	}
	if err := h.Recompute(t.Context(), h.anasClient.ID, h.ruisClient.ID); err != nil {
		t.Fatal(err)
	}
}

func got[T any](h *house, t *testing.T, in crm.Table[T], id string) T {
	t.Helper()
	v, err := in.Get(t.Context(), h.Store(), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestBulkInstallations(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.park(t)
	before := got(h, t, crm.Installations, "i1")
	in := crm.BulkArgs{Of: "installations", IDs: []string{"i1", "i2", "i3", "none"}, Installation: &crm.BulkInstallation{Market: new(crm.MarketFree), Subgroup: new("A4"),
		Feeder: new("  UDI-07 "), AddConditions: []string{crm.CondIrrigation}, DropConditions: []string{crm.CondEssential}}}
	sum := h.bulk(t, h.ana, "b1", in)
	if sum.Changed != 1 || sum.Kept != 3 || sum.Same != 0 {
		t.Fatalf("did %+v", sum)
	}
	why := map[string]crm.Refusal{}
	for _, r := range sum.Refused {
		why[r.Doc] = r
	}
	if r := why["i2"]; r.Name != "Sede i2" || r.Client != h.anasClient.ID || r.Of != "installations" || r.Reason.Key != "inst.voltage.contradict" {
		t.Errorf("69 kV as A4: %+v", r)
	}
	if r := why["i3"]; r.Name != "" || r.Client != "" || r.Reason.Key != "bulk.gone" {
		t.Errorf("rui's: %+v", r)
	}
	i := got(h, t, crm.Installations, "i1")
	if i.Market != crm.MarketFree || i.Feeder != "UDI-07" || !slices.Equal(i.Conditions, []string{crm.CondIrrigation}) || i.Name != before.Name || i.Status != "active" {
		t.Errorf("it is %+v", i)
	}
	// The client's market is derived from its installations: one of two is free.
	if c := h.now1(t, h.anasClient.ID); c.Market != "mixed" {
		t.Errorf("the client's market is %q", c.Market)
	}
	// So is its contract's, whatever a file said of it, and the list of contracts.
	if free, _, err := h.ContractList(ctx, h.ana, crm.RecordQuery{Market: crm.MarketFree}); err != nil || len(free) != 1 || free[0].ID != "ki1" || free[0].MarketNow() != crm.MarketFree {
		t.Errorf("contracts of the free market: %+v, %v", free, err)
	}
	if again := h.bulk(t, h.ana, "b2", in); again.Same != 1 || again.Changed != 0 {
		t.Errorf("again: %+v", again)
	}
	undone, err := h.UndoBatch(ctx, h.ana, "b1", nil)
	if err != nil || undone.Undone != 1 || undone.Kept != 0 {
		t.Errorf("undone %+v, %v", undone, err)
	}
	if i := got(h, t, crm.Installations, "i1"); i.Market != before.Market || i.Feeder != "" || !slices.Equal(i.Conditions, before.Conditions) {
		t.Errorf("after the undo %+v", i)
	}
	if c := h.now1(t, h.anasClient.ID); c.Market != crm.MarketCaptive {
		t.Errorf("the client's market is %q after the undo", c.Market)
	}
}

// A client that leaves denounces all its contracts on a day: their dates follow,
// also when it is taken back.
func TestBulkContracts(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.park(t)
	noticed := got(h, t, crm.Contracts, "ki1").NoticeOn
	if noticed == "" {
		t.Fatal("the contract has no notice to begin with")
	}
	in := crm.BulkArgs{Of: "contracts", Records: &crm.RecordQuery{Market: crm.MarketCaptive, After: "x", Limit: 1}, Contract: &crm.BulkContract{Denounced: new("2025-08-20"), Migration: new("2025-08-21")}}
	sum := h.bulk(t, h.ana, "b1", in)
	if sum.Changed != 2 || sum.Kept != 0 {
		t.Fatalf("did %+v", sum)
	}
	k := got(h, t, crm.Contracts, "ki1")
	if k.Denounced != "2025-08-20" || k.Migration == nil || k.Migration.Requested != "2025-08-21" || k.Number != "N-i1" || !k.Renews || len(k.Schedule) != 1 || k.NoticeOn != "" {
		t.Errorf("it is %+v", k)
	}
	if other := got(h, t, crm.Contracts, "ki3"); other.Denounced != "" {
		t.Error("ana denounced a contract of rui's")
	}
	// One of them began after the day: it alone is refused.
	late := crm.ContractPatch{Start: new("2025-09-01"), Denounced: new("")}
	if _, err := h.PatchContract(ctx, h.ana, "ki2", 0, late); err != nil {
		t.Fatal(err)
	}
	sum = h.bulk(t, h.ana, "b2", crm.BulkArgs{Of: "contracts", IDs: []string{"ki1", "ki2"}, Contract: &crm.BulkContract{Denounced: new("2025-08-25"), Renews: new(false), TermMonths: new(24)}})
	if sum.Changed != 1 || sum.Kept != 1 || sum.Refused[0].Doc != "ki2" || sum.Refused[0].Name != "N-i2" || sum.Refused[0].Reason.Key != "contract.denounced.early" {
		t.Errorf("did %+v", sum)
	}
	for _, batch := range []string{"b2", "b1"} {
		if _, err := h.UndoBatch(ctx, h.ana, batch, nil); err != nil {
			t.Fatal(err)
		}
	}
	if k := got(h, t, crm.Contracts, "ki1"); k.Denounced != "" || k.Migration != nil || !k.Renews || k.TermMonths != 12 || k.NoticeOn != noticed {
		t.Errorf("after the undos %+v", k)
	}
}

func TestBulkPeople(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.park(t)
	in := crm.BulkArgs{Of: "people", IDs: []string{"pi1", "pi2", "pi3"}, Person: &crm.BulkPerson{Role: new("technical"), Channel: new("phone"), ConsentOn: new("2026-02-01"), Former: new(true)}}
	sum := h.bulk(t, h.ana, "b1", in)
	if sum.Changed != 2 || sum.Kept != 1 || sum.Refused[0].Doc != "pi3" || sum.Refused[0].Name != "" {
		t.Fatalf("did %+v", sum)
	}
	p := got(h, t, crm.People, "pi1")
	if p.Role != "technical" || p.Channel != "phone" || p.ConsentOn != "2026-02-01" || !p.Former || p.Notes != "nota" || !slices.Equal(p.Emails, []string{"i1@x.example"}) {
		t.Errorf("it is %+v", p)
	}
	// The address of who left became another's: who comes back with it is refused.
	if _, err := h.AddPerson(ctx, h.ana, h.anasClient.ID, crm.PersonInput{Name: "Nova", Emails: []string{"i2@x.example"}}); err != nil {
		t.Fatal(err)
	}
	sum = h.bulk(t, h.ana, "b2", crm.BulkArgs{Of: "people", IDs: []string{"pi1", "pi2"}, Person: &crm.BulkPerson{Former: new(false)}})
	if sum.Changed != 1 || sum.Kept != 1 || sum.Refused[0].Doc != "pi2" || sum.Refused[0].Reason.Key != "error.person.email" {
		t.Errorf("did %+v", sum)
	}
	// What else is said of who left may still be changed.
	if sum = h.bulk(t, h.ana, "b3", crm.BulkArgs{Of: "people", IDs: []string{"pi2"}, Person: &crm.BulkPerson{Hours: new("manhãs")}}); sum.Changed != 1 {
		t.Errorf("did %+v", sum)
	}
	for _, batch := range []string{"b3", "b2", "b1"} {
		if _, err := h.UndoBatch(ctx, h.ana, batch, nil); err != nil {
			t.Fatal(err)
		}
	}
	if p := got(h, t, crm.People, "pi1"); p.Role != "" || p.Former || p.ConsentOn != "" {
		t.Errorf("after the undos %+v", p)
	}
}

func TestBulkRecordsRefusesBeforeItBegins(t *testing.T) {
	h := newHouse(t)
	h.park(t)
	for _, c := range []struct {
		name string
		in   crm.BulkArgs
	}{
		{"no such list", crm.BulkArgs{Of: "readings", IDs: []string{"x"}, Edit: crm.BulkEdit{Tier: new("A")}}},
		{"no edit", crm.BulkArgs{Of: "installations", IDs: []string{"i1"}}},
		{"an edit of another list", crm.BulkArgs{Of: "people", IDs: []string{"pi1"}, Edit: crm.BulkEdit{Tier: new("A")}}},
		{"a list of clients", crm.BulkArgs{Of: "people", Query: &crm.ClientQuery{}, Person: &crm.BulkPerson{Role: new("legal")}}},
		{"no subgroup", crm.BulkArgs{Of: "installations", IDs: []string{"i1"}, Installation: &crm.BulkInstallation{Subgroup: new("Z9")}}},
		{"no status", crm.BulkArgs{Of: "installations", IDs: []string{"i1"}, Installation: &crm.BulkInstallation{Status: new("")}}},
		{"no condition", crm.BulkArgs{Of: "installations", IDs: []string{"i1"}, Installation: &crm.BulkInstallation{AddConditions: []string{"x"}}}},
		{"no condition to drop", crm.BulkArgs{Of: "installations", IDs: []string{"i1"}, Installation: &crm.BulkInstallation{DropConditions: []string{"x"}}}},
		{"no day", crm.BulkArgs{Of: "contracts", IDs: []string{"ki1"}, Contract: &crm.BulkContract{End: new("2026-02-30")}}},
		{"no term", crm.BulkArgs{Of: "contracts", IDs: []string{"ki1"}, Contract: &crm.BulkContract{TermMonths: new(601)}}},
		{"no role", crm.BulkArgs{Of: "people", IDs: []string{"pi1"}, Person: &crm.BulkPerson{Role: new("king")}}},
		{"no filter", crm.BulkArgs{Of: "people", Records: &crm.RecordQuery{Market: crm.MarketFree}, Person: &crm.BulkPerson{Role: new("legal")}}},
	} {
		if _, err := h.BulkRecords(t.Context(), h.admin, "b", c.in, nil); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if r, err := crm.Revisions.First(t.Context(), h.Store(), store.Query{Where: []store.Cond{store.Is("batch", "b")}, Sort: []string{"of", "-number"}}); err != nil || r != nil {
		t.Errorf("something was written: %+v, %v", r, err)
	}
}
