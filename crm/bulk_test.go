package crm_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// portfolio gives ana clients, the first with everything that copies a client's
// agent.
func (h *house) portfolio(t *testing.T, names ...string) []crm.Client {
	t.Helper()
	var out []crm.Client
	for _, name := range names {
		out = append(out, h.client(t, name, h.ana))
	}
	c := out[0]
	i := crm.Installation{ID: "place", Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "Sede", CreatedAt: h.now, UpdatedAt: h.now}
	p := crm.Person{ID: "person", Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "Helena", CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Installations.Put(&i), crm.People.Put(&p))
	return out
}

func (h *house) bulk(t *testing.T, a crm.Actor, batch string, in crm.BulkArgs) crm.BulkResult {
	t.Helper()
	sum, err := h.BulkRecords(t.Context(), a, batch, in, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func (h *house) now1(t *testing.T, id string) crm.Client {
	t.Helper()
	c, err := crm.Clients.Get(t.Context(), h.Store(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A manager hands clients from one agent of the team to another: all that
// belongs to them goes along, both are told, the history says it, and it is
// taken back but for what was edited since.
func TestBulkReassignAndUndo(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	leo := h.user(t, "leo", crm.RoleAgent, "norte")
	list := h.portfolio(t, "Aço Um", "Aço Dois", "Aço Três")
	in := crm.BulkArgs{IDs: []string{list[0].ID, list[1].ID, list[2].ID, list[2].ID, h.ruisClient.ID}, Edit: crm.BulkEdit{Agent: &leo.UserID}}
	var told [][2]int
	sum, err := h.BulkRecords(ctx, h.manager, "b1", in, func(done, total int) { told = append(told, [2]int{done, total}) })
	if err != nil {
		t.Fatal(err)
	}
	if sum.Changed != 3 || sum.Kept != 1 || sum.Same != 0 || sum.Refused[0].Doc != h.ruisClient.ID || sum.Refused[0].Name != "" || sum.Refused[0].Reason.Key != "bulk.gone" {
		t.Errorf("did %+v", sum)
	}
	if !slices.Equal(told, [][2]int{{1, 4}, {2, 4}, {3, 4}, {4, 4}}) {
		t.Errorf("told %v", told)
	}
	for _, c := range list {
		if now := h.now1(t, c.ID); now.Agent != leo.UserID || now.Team != "norte" {
			t.Errorf("%s has %s of %s", now.Name, now.Agent, now.Team)
		}
		if revs, _, err := h.ClientRevisions(ctx, leo, c.ID, 0, ""); err != nil || len(revs) != 1 || revs[0].Batch != "b1" || revs[0].By != h.manager.UserID {
			t.Errorf("history %+v, %v", revs, err)
		}
	}
	if i, err := h.Installation(ctx, leo, "place"); err != nil || i.Agent != leo.UserID {
		t.Errorf("the installation stayed: %+v, %v", i, err)
	}
	if _, err := h.Person(ctx, h.ana, "person"); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("ana still sees the person: %v", err)
	}
	for _, who := range []crm.Actor{h.ana, leo} {
		news, err := h.RecentHandovers(ctx, who)
		if err != nil || len(news) != 1 || news[0].From != h.ana.UserID || news[0].To != leo.UserID || news[0].Clients != 3 {
			t.Errorf("%s is told %+v, %v", who.Name, news, err)
		}
	}
	if news, err := h.RecentHandovers(ctx, h.rui); err != nil || len(news) != 0 {
		t.Errorf("rui is told %+v, %v", news, err)
	}

	// Again: nothing is left to do, and it counts as before.
	if again := h.bulk(t, h.manager, "b1", in); again.Changed != 3 || again.Same != 0 {
		t.Errorf("taken up again: %+v", again)
	}
	if other := h.bulk(t, h.manager, "b2", in); other.Changed != 0 || other.Same != 3 {
		t.Errorf("another one: %+v", other)
	}

	if _, err := h.EditClient(ctx, leo, list[1].ID, 0, crm.ClientPatch{City: new("Betim")}); err != nil {
		t.Fatal(err)
	}
	undone, err := h.UndoBatch(ctx, h.manager, "b1", nil)
	if err != nil || undone.Undone != 2 || undone.Kept != 1 || undone.Refused[0].Doc != list[1].ID {
		t.Errorf("undone %+v, %v", undone, err)
	}
	if h.now1(t, list[0].ID).Agent != h.ana.UserID || h.now1(t, list[1].ID).Agent != leo.UserID {
		t.Error("the undo gave back the wrong ones")
	}
	if _, err := h.Person(ctx, h.ana, "person"); err != nil {
		t.Errorf("the person did not come back: %v", err)
	}
}

// All of a list are those that were in it before the first one changed, and
// never one outside the actor's rights.
func TestBulkEditOfAList(t *testing.T) {
	h := newHouse(t)
	list := h.portfolio(t, "Aço Um", "Aço Dois")
	sum := h.bulk(t, h.ana, "b", crm.BulkArgs{Query: &crm.ClientQuery{Status: "active", After: "zz"},
		Edit: crm.BulkEdit{Status: new("former"), Tier: new("B"), AddTags: []string{"crise"}}})
	if sum.Changed != 3 || sum.Kept != 0 { // hers and the two
		t.Errorf("did %+v", sum)
	}
	if c := h.now1(t, list[0].ID); c.Status != "former" || c.Tier != "B" || !slices.Equal(c.Tags, []string{"crise"}) {
		t.Errorf("it is %+v", c)
	}
	if c := h.now1(t, h.ruisClient.ID); c.Status != "active" {
		t.Error("ana edited a client of rui's")
	}
}

func TestBulkTags(t *testing.T) {
	h := newHouse(t)
	c := h.client(t, "Aço", h.ana)
	for n, s := range []struct {
		add, drop, want []string
		changed         int
	}{
		{[]string{"vip", "obra 2026"}, nil, []string{"vip", "obra 2026"}, 1},
		{[]string{"VIP"}, nil, []string{"vip", "obra 2026"}, 0},
		{[]string{"novo"}, []string{"Vip", "never there"}, []string{"obra 2026", "novo"}, 1},
	} {
		sum := h.bulk(t, h.ana, "b"+string(rune('0'+n)), crm.BulkArgs{IDs: []string{c.ID}, Edit: crm.BulkEdit{AddTags: s.add, DropTags: s.drop}})
		if got := h.now1(t, c.ID).Tags; !slices.Equal(got, s.want) || sum.Changed != s.changed {
			t.Errorf("%d: %v, %+v; want %v", n, got, sum, s.want)
		}
	}
}

func TestBulkRefusesBeforeItBegins(t *testing.T) {
	h := newHouse(t)
	id := []string{h.anasClient.ID}
	for _, c := range []struct {
		name string
		a    crm.Actor
		in   crm.BulkArgs
		want crm.Code
	}{
		{"nothing to do", h.admin, crm.BulkArgs{IDs: id}, crm.CodeInvalid},
		{"nobody", h.admin, crm.BulkArgs{Edit: crm.BulkEdit{Tier: new("A")}}, crm.CodeInvalid},
		{"no tier", h.admin, crm.BulkArgs{IDs: id, Edit: crm.BulkEdit{Tier: new("Z")}}, crm.CodeInvalid},
		{"no filter", h.admin, crm.BulkArgs{Query: &crm.ClientQuery{Status: "x"}, Edit: crm.BulkEdit{Tier: new("A")}}, crm.CodeInvalid},
		{"an agent reassigns", h.ana, crm.BulkArgs{IDs: id, Edit: crm.BulkEdit{Agent: &h.rui.UserID}}, crm.CodeForbidden},
		{"an agent sets a stand-in", h.ana, crm.BulkArgs{IDs: id, Edit: crm.BulkEdit{StandIn: &h.rui.UserID}}, crm.CodeForbidden},
		{"into another team", h.manager, crm.BulkArgs{IDs: id, Edit: crm.BulkEdit{Agent: &h.rui.UserID}}, crm.CodeInvalid},
		{"a stand-in without dates", h.manager, crm.BulkArgs{IDs: id, Edit: crm.BulkEdit{StandIn: &h.ana.UserID}}, crm.CodeInvalid},
		{"too many", h.admin, crm.BulkArgs{IDs: make([]string, crm.MaxBulkIDs+1), Edit: crm.BulkEdit{Tier: new("A")}}, crm.CodeInvalid},
	} {
		if _, err := h.BulkRecords(t.Context(), c.a, "b", c.in, nil); crm.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
	if c := h.now1(t, h.anasClient.ID); c.Version != 1 {
		t.Errorf("something was written: %+v", c)
	}
}

// A stand-in cannot stand in for oneself: that client alone is refused.
func TestBulkRefusesOneByOne(t *testing.T) {
	h := newHouse(t)
	leo := h.user(t, "leo", crm.RoleAgent, "norte")
	his := h.client(t, "Aço", leo)
	sum := h.bulk(t, h.manager, "b", crm.BulkArgs{IDs: []string{his.ID, h.anasClient.ID},
		Edit: crm.BulkEdit{StandIn: &leo.UserID, StandInFrom: new("2026-12-01"), StandInUntil: new("2026-12-20")}})
	if sum.Changed != 1 || sum.Kept != 1 || sum.Refused[0].Name != "Aço" || sum.Refused[0].Reason.Key != "error.client.agent" {
		t.Errorf("did %+v", sum)
	}
}

// What was handed over until somebody stopped it is told.
func TestBulkThatIsStopped(t *testing.T) {
	h := newHouse(t)
	leo := h.user(t, "leo", crm.RoleAgent, "norte")
	list := h.portfolio(t, "Aço Um", "Aço Dois")
	ctx, stop := context.WithCancel(t.Context())
	sum, err := h.BulkRecords(ctx, h.manager, "b", crm.BulkArgs{IDs: []string{list[0].ID, list[1].ID}, Edit: crm.BulkEdit{Agent: &leo.UserID}},
		func(int, int) { stop() })
	if !errors.Is(err, context.Canceled) || sum.Changed != 1 {
		t.Errorf("did %+v, %v", sum, err)
	}
	if news, err := h.RecentHandovers(t.Context(), leo); err != nil || len(news) != 1 || news[0].Clients != 1 {
		t.Errorf("told %+v, %v", news, err)
	}
}

// Nobody is told any more of what was undone.
func TestHandoverThatWasUndone(t *testing.T) {
	h := newHouse(t)
	leo := h.user(t, "leo", crm.RoleAgent, "norte")
	h.bulk(t, h.manager, "b", crm.BulkArgs{IDs: []string{h.anasClient.ID}, Edit: crm.BulkEdit{Agent: &leo.UserID}})
	if of, err := h.HandoversOf(t.Context(), h.manager, "b"); err != nil || len(of) != 1 {
		t.Errorf("of the batch %+v, %v", of, err)
	}
	if of, err := h.HandoversOf(t.Context(), h.other, "b"); err != nil || len(of) != 0 {
		t.Errorf("another manager sees %+v, %v", of, err)
	}
	undo := crm.Job{ID: crm.UndoID("b"), Kind: crm.JobUndo, State: crm.JobDone, CreatedAt: h.now}
	h.put(t, store.Change(crm.Jobs.Put(&undo)))
	if news, err := h.RecentHandovers(t.Context(), leo); err != nil || len(news) != 0 {
		t.Errorf("told %+v, %v", news, err)
	}
}
