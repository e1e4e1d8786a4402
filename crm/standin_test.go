package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/store"
)

// today is a user as the next request of it would be answered.
func (h *house) today(t *testing.T, a crm.Actor) crm.Actor {
	t.Helper()
	u, err := crm.Users.Get(t.Context(), h.Store(), a.UserID)
	if err != nil {
		t.Fatal(err)
	}
	return h.ActorOf(&u)
}

// furnish gives a client one of everything that carries its keepers.
func (h *house) furnish(t *testing.T, c crm.Client) (inst string) {
	t.Helper()
	mark := c.ID
	i := crm.Installation{ID: "i" + mark, Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "Galpão " + mark, Market: crm.MarketCaptive, Status: "active", CreatedAt: h.now}
	k := crm.Contract{ID: "k" + mark, Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Kind: crm.ContractCUSD, Start: "2026-01-01", CreatedAt: h.now}
	r := crm.Reading{ID: crm.ReadingID(i.ID, "2026-09"), Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Month: "2026-09"}
	p := crm.Person{ID: "p" + mark, Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "Helena " + mark, CreatedAt: h.now}
	d := crm.Document{ID: "d" + mark, Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "a.pdf", CreatedAt: h.now}
	m := crm.Message{ID: "m" + mark, Thread: "t" + mark, Subject: "Conta " + mark, At: h.now}
	th := crm.Thread{ID: "t" + mark, Subject: m.Subject}
	l := crm.MailLink{ID: m.ID + ":" + c.ID, Message: m.ID, Thread: th.ID, Client: c.ID, Agent: c.Agent, Team: c.Team, At: h.now, Subject: m.Subject}
	h.put(t, crm.Installations.Put(&i), crm.Contracts.Put(&k), crm.Readings.Put(&r), crm.People.Put(&p), crm.Documents.Put(&d),
		crm.Messages.Put(&m), crm.Threads.Put(&th), crm.MailLinks.Put(&l))
	h.log(t, h.manager, c.ID, crm.ActivityInput{Kind: crm.KindVisit, Visit: &crm.Visit{State: crm.VisitPlanned, Purpose: "Ver " + mark}})
	if err := h.Recompute(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return i.ID
}

// seen is everything that an actor is shown of a client, by where it stands.
func (h *house) seen(t *testing.T, a crm.Actor, c crm.Client) (where []string) {
	t.Helper()
	ctx := t.Context()
	add := func(name string, n int, err error) {
		t.Helper()
		if err != nil && crm.CodeOf(err) != crm.CodeNotFound {
			t.Fatalf("%s: %v", name, err)
		}
		if n > 0 && err == nil {
			where = append(where, fmt.Sprint(name, " ", n))
		}
	}
	of := func(name, text string, err error) {
		t.Helper()
		add(name, strings.Count(text, c.ID), err)
	}
	_, err := h.Client(ctx, a, c.ID)
	add("client", 1, err)
	_, err = h.Installation(ctx, a, "i"+c.ID)
	add("installation", 1, err)
	_, err = h.Person(ctx, a, "p"+c.ID)
	add("person", 1, err)
	_, err = h.ThreadView(ctx, a, "t"+c.ID)
	add("thread", 1, err)
	_, err = h.MessageFor(ctx, a, "m"+c.ID)
	add("message", 1, err)
	docs, _, err := h.ClientDocuments(ctx, a, c.ID, false, 10, "")
	add("documents", len(docs), err)
	entries, _, err := h.TimelineList(ctx, a, c.ID, crm.TimelineQuery{})
	add("timeline", len(entries), err)
	list, _, err := h.ClientList(ctx, a, crm.ClientQuery{})
	of("clients", fmt.Sprint(list), err)
	n, err := h.CountClients(ctx, a, crm.ClientQuery{}, 100)
	add("count", n, err)
	rows, err := h.InstallationRows(ctx, a, crm.RecordQuery{})
	of("installations", string(rows.Items), err)
	rows, err = h.ContractRows(ctx, a, crm.RecordQuery{})
	of("contracts", string(rows.Items), err)
	rows, err = h.PersonRows(ctx, a, crm.RecordQuery{})
	of("people", string(rows.Items), err)
	rows, err = h.DeadlineRows(ctx, a, crm.DeadlineQuery{})
	of("deadlines", string(rows.Items), err)
	hits, err := h.Search(ctx, a, "galpão", 10)
	of("search", fmt.Sprint(hits), err)
	day, err := h.Day(ctx, a, crm.DayOf(noon))
	add("visits", len(day.Visits), err)
	tally, err := h.Store().Tally(ctx, store.Tally{In: crm.Readings.In, Where: append(a.Scope(), store.Is("month", "2026-09"))})
	add("readings", int(tally[0].Count), err)
	if a.Sees(crm.Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: actingNow(t, h, c.ID)}) {
		where = append(where, "news")
	}
	return where
}

func actingNow(t *testing.T, h *house, id string) string {
	t.Helper()
	c, err := crm.Clients.Get(t.Context(), h.Store(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Acting
}

// TestStandIn walks the days around a stand-in's dates: before and after them
// nothing of the client is there, on them all that its agent sees.
func TestStandIn(t *testing.T) {
	h := newHouse(t)
	h.furnish(t, h.anasClient)
	if err := h.TurnStandIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	from, until := "2026-10-16", "2026-10-17"
	if _, err := h.EditClient(t.Context(), h.admin, h.anasClient.ID, 0, crm.ClientPatch{StandIn: &h.rui.UserID, StandInFrom: &from, StandInUntil: &until}); err != nil {
		t.Fatal(err)
	}
	own := h.seen(t, h.rui, h.anasClient) // its own client in lists that are not cut to one
	all := h.seen(t, h.ana, h.anasClient)
	if len(all) < 15 {
		t.Fatalf("the agent sees only %v", all)
	}
	midnight := time.Date(2026, 10, 16, 3, 0, 0, 0, time.UTC) // in São Paulo
	for _, step := range []struct {
		at    time.Time
		turn  bool // the pass of the day has run
		stand bool
	}{
		{noon, true, false},
		{midnight.Add(-time.Second), true, false},
		{midnight, false, false},
		{midnight, true, true},
		{midnight.Add(47 * time.Hour), false, false}, // the second day, not turned yet
		{midnight.Add(47 * time.Hour), true, true},
		{midnight.Add(48*time.Hour - time.Second), true, true},
		{midnight.Add(48 * time.Hour), false, false}, // over, though the copies still stand
		{midnight.Add(48 * time.Hour), true, false},
	} {
		h.now = step.at
		if step.turn {
			if err := h.TurnStandIns(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		rui := h.today(t, h.rui)
		if rui.StandsIn != step.stand {
			t.Fatalf("%v: stands in is %v", step.at, rui.StandsIn)
		}
		got := h.seen(t, rui, h.anasClient)
		if !step.stand && strings.Join(got, ", ") != strings.Join(own, ", ") {
			t.Errorf("%v, turned %v: it sees %v, want only its own %v", step.at, step.turn, got, own)
		}
		if step.stand {
			for _, what := range all {
				name, _, _ := strings.Cut(what, " ")
				if !slices.ContainsFunc(got, func(s string) bool { return s == name || strings.HasPrefix(s, name+" ") }) {
					t.Errorf("%v: it does not see %q: %v", step.at, what, got)
				}
			}
			if n, err := h.CountClients(t.Context(), rui, crm.ClientQuery{}, 100); err != nil || n != 2 {
				t.Errorf("%v: it counts %d clients (%v), want its own and the other's", step.at, n, err)
			}
			if n, err := h.CountClients(t.Context(), rui, crm.ClientQuery{Agent: h.rui.UserID}, 100); err != nil || n != 1 {
				t.Errorf("%v: %d clients (%v) have it as agent, want its own", step.at, n, err)
			}
		}
		for _, other := range []crm.Actor{h.other, h.user(t, fmt.Sprint("x", step.at.Unix(), step.turn), crm.RoleAgent, "sul")} {
			if _, err := h.Client(t.Context(), h.today(t, other), h.anasClient.ID); crm.CodeOf(err) != crm.CodeNotFound {
				t.Errorf("%v: %s reads the client: %v", step.at, other.UserID, err)
			}
		}
	}
}

// TestStandInWorks: on the dates it logs, edits and adds, and what is made then
// is the stand-in's to see at once, and nobody's but the agent's afterwards.
func TestStandInWorks(t *testing.T) {
	h := newHouse(t)
	inst := h.furnish(t, h.anasClient)
	if err := h.TurnStandIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	today := h.Today()
	if _, err := h.EditClient(t.Context(), h.admin, h.anasClient.ID, 0, crm.ClientPatch{StandIn: &h.rui.UserID, StandInFrom: &today, StandInUntil: &today}); err != nil {
		t.Fatal(err)
	}
	rui := h.today(t, h.rui)
	if !rui.StandsIn {
		t.Fatal("dates that include today do not hold at once")
	}
	act := h.log(t, rui, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "Ligou"})
	p, err := h.AddPerson(t.Context(), rui, h.anasClient.ID, crm.PersonInput{Name: "Nova"})
	if err != nil {
		t.Fatal(err)
	}
	tier := "A"
	c, err := h.EditClient(t.Context(), rui, h.anasClient.ID, 0, crm.ClientPatch{Tier: &tier})
	if err != nil || c.Tier != "A" || c.Agent != h.ana.UserID || c.Acting != h.rui.UserID {
		t.Fatalf("edited by the stand-in: %+v %v", c, err)
	}
	if _, err := h.EditClient(t.Context(), rui, h.anasClient.ID, 0, crm.ClientPatch{Agent: &h.rui.UserID}); err == nil {
		t.Error("a stand-in takes the client for good")
	}
	if got, err := h.Person(t.Context(), rui, p.ID); err != nil || got.Acting != h.rui.UserID {
		t.Errorf("a new person: %+v %v", got, err)
	}
	if act, err = crm.Activities.Get(t.Context(), h.Store(), act.ID); err != nil || act.Acting != h.rui.UserID {
		t.Errorf("a new activity: %+v %v", act, err)
	}
	yesterday := "2026-10-13"
	if _, err := h.EditClient(t.Context(), h.admin, h.anasClient.ID, 0, crm.ClientPatch{StandInFrom: &yesterday, StandInUntil: &yesterday}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"client":       second(h.Client(t.Context(), rui, h.anasClient.ID)),
		"person":       second(h.Person(t.Context(), rui, p.ID)),
		"installation": second(h.Installation(t.Context(), rui, inst)),
	} {
		if crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("%s after the dates were cut short: %v", name, err)
		}
	}
	for _, tb := range []*store.Collection{crm.Clients.In, crm.People.In, crm.Installations.In, crm.Contracts.In, crm.Readings.In, crm.Deadlines.In, crm.Documents.In, crm.Activities.In, crm.MailLinks.In} {
		for d, err := range store.All(t.Context(), h.Store(), store.Query{In: tb, WithKeys: true}) {
			if err != nil || d.Keys["acting"] != nil || strings.Contains(string(d.Body), `"acting"`) {
				t.Errorf("%s/%s still has a stand-in: %s %v", tb.Name, d.ID, d.Body, err)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestStandInChanges: a hand-over to the stand-in, an undo and a merge leave it
// what the dates and the agent say, and a client is never counted twice.
func TestStandInChanges(t *testing.T) {
	h := newHouse(t)
	if err := h.TurnStandIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	today := h.Today()
	dates := crm.ClientPatch{StandIn: &h.rui.UserID, StandInFrom: &today, StandInUntil: &today}
	if _, err := h.EditClient(crm.WithBatch(t.Context(), "b1"), h.admin, h.anasClient.ID, 0, dates); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UndoBatch(t.Context(), h.admin, "b1", nil); err != nil {
		t.Fatal(err)
	}
	if got := actingNow(t, h, h.anasClient.ID); got != "" {
		t.Errorf("after the undo %q acts", got)
	}
	if _, err := h.EditClient(t.Context(), h.admin, h.anasClient.ID, 0, dates); err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditClient(crm.WithBatch(t.Context(), "b2"), h.admin, h.anasClient.ID, 0, crm.ClientPatch{Agent: &h.rui.UserID}); err != nil {
		t.Fatal(err)
	}
	if n, err := h.CountClients(t.Context(), h.today(t, h.rui), crm.ClientQuery{}, 100); err != nil || n != 2 || actingNow(t, h, h.anasClient.ID) != "" {
		t.Errorf("handed to the stand-in: %d clients, %v", n, err)
	}
	if _, err := h.UndoBatch(t.Context(), h.admin, "b2", nil); err != nil {
		t.Fatal(err)
	}
	if got := actingNow(t, h, h.anasClient.ID); got != h.rui.UserID {
		t.Errorf("after the hand-over was undone %q acts", got)
	}
	twin := h.client(t, "Frigorífico Vale", h.ana)
	m, err := h.MergeClients(t.Context(), h.admin, crm.MergeChoice{From: h.anasClient.ID, Into: twin.ID})
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := h.CountClients(t.Context(), h.today(t, h.rui), crm.ClientQuery{}, 100); n != 1 {
		t.Errorf("after the merge the stand-in counts %d clients, want its own", n)
	}
	if _, err := h.UndoMerge(t.Context(), h.admin, m.ID); err != nil {
		t.Fatal(err)
	}
	if n, _ := h.CountClients(t.Context(), h.today(t, h.rui), crm.ClientQuery{}, 100); n != 2 {
		t.Errorf("after the merge was undone it counts %d clients, want two", n)
	}
}

// TestStandInPairs: a pair and a merge are shown to who sees all that they name,
// on the day and not before or after; where two stand in for each other, to
// both.
func TestStandInPairs(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	turn := func() {
		t.Helper()
		if err := h.TurnStandIns(ctx); err != nil {
			t.Fatal(err)
		}
	}
	lend := func(c crm.Client, to crm.Actor, from, until string) {
		t.Helper()
		if _, err := h.EditClient(ctx, h.admin, c.ID, 0, crm.ClientPatch{StandIn: &to.UserID, StandInFrom: &from, StandInUntil: &until}); err != nil {
			t.Fatal(err)
		}
	}
	turn()
	twin := func(a crm.Actor, name string) crm.Client {
		t.Helper()
		c, _, err := h.AddClient(ctx, a, crm.NewClient{ClientPatch: crm.ClientPatch{Name: &name, City: text("Araguari")}, Anyway: true})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one, two, three := twin(h.ana, "Moinho Ficticio"), twin(h.ana, "Moinhos Fictício"), twin(h.rui, "Moinho Fictício Ltda")
	twin(h.user(t, "eva", crm.RoleAgent, "leste"), "Moinho Fictício S.A.")
	gone := h.client(t, "Filial da Ana", h.ana)
	merge, err := h.MergeClients(ctx, h.ana, crm.MergeChoice{From: gone.ID, Into: one.ID})
	if err != nil {
		t.Fatal(err)
	}
	pair := func(a, b crm.Client) string { return min(a.ID, b.ID) + "|" + max(a.ID, b.ID) }
	see := func(when string, a crm.Actor, merges int, want ...string) {
		t.Helper()
		a = h.today(t, a)
		list, _, err := h.ListPairs(ctx, a, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range list {
			got = append(got, p.ID)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s, %s sees the pairs %v, want %v", when, a.UserID, got, want)
		}
		// What the query finds is what is shown, or a page would tell by its
		// length how much it hides.
		if n, err := h.Store().Count(ctx, store.Query{In: crm.Pairs.In, Where: append(a.Scope(), store.Is("open", true)), Sort: []string{"-at"}}, 100); err != nil || n != len(want) {
			t.Errorf("%s, the query of %s finds %d pairs, want %d: %v", when, a.UserID, n, len(want), err)
		}
		if list, err := h.ListMerges(ctx, a); err != nil || len(list) != merges {
			t.Errorf("%s, %s sees %d merges, want %d: %v", when, a.UserID, len(list), merges, err)
		}
	}
	lend(one, h.rui, "2026-10-16", "2026-10-17")
	lend(two, h.rui, "2026-10-17", "2026-10-17")
	lend(three, h.ana, "2026-10-17", "2026-10-17")
	midnight := time.Date(2026, 10, 16, 3, 0, 0, 0, time.UTC)
	see("before", h.rui, 0)
	see("before", h.ana, 1, pair(one, two))
	h.now = midnight
	see("not turned yet", h.rui, 0)
	turn()
	see("the first day", h.rui, 1, pair(one, three))
	see("the first day", h.ana, 1, pair(one, two))
	see("the first day", h.other, 0)
	code(t, h.SetApart(ctx, h.today(t, h.rui), pair(one, two), true), crm.CodeNotFound)
	h.now = midnight.Add(24 * time.Hour)
	turn()
	both := []string{pair(one, two), pair(one, three), pair(two, three)}
	see("for each other", h.rui, 1, both...)
	see("for each other", h.ana, 1, both...)
	if err := h.FindPairs(ctx); err != nil {
		t.Fatal(err)
	}
	see("after the walk of the night", h.rui, 1, both...)
	if err := h.SetApart(ctx, h.today(t, h.rui), pair(two, three), true); err != nil {
		t.Fatal(err)
	}
	see("decided by the stand-in", h.ana, 1, both[:2]...)
	late := h.today(t, h.rui)
	h.now = midnight.Add(48 * time.Hour)
	see("over, not turned", h.rui, 0)
	turn()
	see("over", h.rui, 0)
	see("over", h.ana, 1, pair(one, two))
	see("over", h.manager, 1, pair(one, two))
	code(t, h.SetApart(ctx, late, pair(one, three), true), crm.CodeNotFound)
	_, err = h.UndoMerge(ctx, late, merge.ID)
	code(t, err, crm.CodeNotFound)
	// Handed over, the merge goes along; its former agent is told nothing of it.
	if _, err := h.EditClient(ctx, h.admin, one.ID, 0, crm.ClientPatch{Agent: &h.rui.UserID}); err != nil {
		t.Fatal(err)
	}
	see("handed over", h.ana, 0)
	see("handed over", h.rui, 1, pair(one, three))
}

// TestStandInSharesTasks: what the stand-in says of a date, the agent and the
// manager see.
func TestStandInSharesTasks(t *testing.T) {
	h := newHouse(t)
	c, today := h.anasClient, h.Today()
	if err := h.TurnStandIns(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.EditClient(t.Context(), h.admin, c.ID, 0, crm.ClientPatch{StandIn: &h.rui.UserID, StandInFrom: &today, StandInUntil: &today}); err != nil {
		t.Fatal(err)
	}
	day := calendar.Date(today)
	for n, on := range []calendar.Date{day.AddDays(-2), day.AddDays(5)} { // one that is past, one that comes
		d := crm.Deadline{ID: fmt.Sprint("task", n), Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: h.rui.UserID, Kind: crm.DeadlineNotice, On: string(on)}
		h.put(t, crm.Deadlines.InsertIfAbsent(&d))
	}
	rui := h.today(t, h.rui)
	waiting := func(when string, want ...string) {
		t.Helper()
		for name, a := range map[string]crm.Actor{"agent": h.ana, "stand-in": rui, "manager": h.manager} {
			list, err := h.Waiting(t.Context(), a)
			var got []string
			for _, d := range list {
				got = append(got, d.ID)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s, the %s has %v, want %v: %v", when, name, got, want, err)
			}
		}
	}
	waiting("at first", "task0", "task1")
	if d, err := h.PutOffDeadline(t.Context(), rui, "task1", string(day.AddDays(1))); err != nil || d.PutOff.By != rui.UserID {
		t.Errorf("put off: %+v %v", d.PutOff, err)
	}
	waiting("put off by the stand-in", "task0")
	if _, err := h.SettleDeadline(t.Context(), h.ana, "task0", "done", ""); err != nil {
		t.Error(err)
	}
	waiting("done by the agent")
}
