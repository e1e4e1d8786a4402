package crm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// mergeHouse is checkHouse with its two clients named apart, a rule and a group.
type mergeHouse struct {
	*upsertHouse
	one, two string // one has everything, two a call of its own
}

func newMergeHouse(t *testing.T) *mergeHouse {
	t.Helper()
	h := &mergeHouse{upsertHouse: checkHouse(t)}
	for c, err := range Clients.All(t.Context(), h.store, store.Query{}) {
		h.must(err)
		if c.Name == "Dois" {
			h.two = c.ID
		} else {
			h.one = c.ID
		}
	}
	_, err := h.LogActivity(t.Context(), h.admin, h.two, ActivityInput{Kind: KindCall, Text: "called the other"})
	h.must(err)
	below, _, err := h.AddClient(t.Context(), h.admin, NewClient{ClientPatch: ClientPatch{Name: ptrTo("Filha"), Parent: &h.one}})
	h.must(err)
	rule := MailRule{ID: RuleID(RuleAssign, RuleMail, "m9", h.one), Action: RuleAssign, Kind: RuleMail, Value: "m9", Client: h.one, By: "ana", CreatedAt: h.Now()}
	h.must(h.Apply(t.Context(), MailRules.Put(&rule)))
	h.must(h.Recompute(t.Context(), h.one, h.two, below.ID))
	h.sound("at the start")
	return h
}

func ptrTo[T any](v T) *T { return &v }

// sound lets the doctor look.
func (h *mergeHouse) sound(when string) {
	h.t.Helper()
	_, err := h.Check(context.Background(), false, func(f Finding) { h.t.Errorf("%s: %s/%s: %s", when, f.Collection, f.ID, f.What) })
	h.must(err)
}

// dump is everything that stands under clients, without versions and times, as
// lines that a test can compare.
func (h *mergeHouse) dump() string {
	h.t.Helper()
	var lines []string
	for _, t := range tables {
		in := t.collection()
		if slices.Contains([]*store.Collection{Revisions.In, Merges.In, Moves.In, Pairs.In}, in) {
			continue
		}
		for d, err := range store.All(h.t.Context(), h.store, store.Query{In: in, WithKeys: true}) {
			h.must(err)
			var body map[string]any
			h.must(json.Unmarshal(d.Body, &body))
			delete(body, "updatedAt")
			lines = append(lines, fmt.Sprintf("%s/%s %v %v", in.Name, d.ID, body, d.Keys))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// count is how many rows of each kind a client has.
func (h *mergeHouse) count(client string) map[string]int {
	h.t.Helper()
	out := map[string]int{}
	for _, of := range copiesOf {
		n, err := h.store.Count(h.t.Context(), store.Query{In: of.in, Where: []store.Cond{store.Is("client", client)}}, 100)
		h.must(err)
		out[of.in.Name] = n
	}
	list, _, err := h.TimelineList(h.t.Context(), SystemActor(), client, TimelineQuery{})
	h.must(err)
	out["timeline"] = len(list)
	return out
}

func TestMergeCarriesEverythingAndComesBack(t *testing.T) {
	h := newMergeHouse(t)
	ctx := t.Context()
	before, ones, twos := h.dump(), h.count(h.one), h.count(h.two)
	m, err := h.MergeClients(ctx, h.admin, MergeChoice{From: h.one, Into: h.two, Take: []string{"taxId", "name"}})
	h.must(err)
	if m.State != MergeDone {
		t.Fatalf("merge is %s", m.State)
	}
	h.sound("after the merge")
	is := h.count(h.two)
	for of, n := range ones {
		if of == Merges.In.Name {
			n++ // this one
		}
		if is[of] != n+twos[of] {
			t.Errorf("%s: %d of the survivor, want %d and %d", of, is[of], n, twos[of])
		}
	}
	c, err := h.Client(ctx, h.admin, h.one)
	h.must(err)
	if c.ID != h.two || c.Name != "Fábrica Um" || c.TaxID == "" || c.LastContactAt == nil || c.Installations == 0 {
		t.Errorf("the old id leads to %+v", c)
	}
	list, _, err := h.ClientList(ctx, h.admin, ClientQuery{})
	h.must(err)
	for _, c := range list {
		if c.ID == h.one {
			t.Error("the merged client is in the list")
		}
	}
	if hits, err := h.Search(ctx, h.admin, "Dois", 5); err != nil || len(hits) != 0 {
		t.Errorf("the name that was given up is found: %v %v", hits, err)
	}
	if r, err := MailRules.Get(ctx, h.store, RuleID(RuleAssign, RuleMail, "m9", h.one)); err != nil || r.Client != h.two {
		t.Errorf("the rule files under %q: %v", r.Client, err)
	}
	if _, err := h.UndoMerge(ctx, h.admin, m.ID); err != nil {
		t.Fatal(err)
	}
	h.sound("after the undo")
	if after := h.dump(); after != before {
		t.Errorf("the undo left a difference:\n%s", difference(before, after))
	}
	if n, err := h.store.Count(ctx, store.Query{In: Moves.In}, 10); err != nil || n != 0 {
		t.Errorf("%d notes are left: %v", n, err)
	}
}

func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	var out []string
	for _, l := range x {
		if !slices.Contains(y, l) {
			out = append(out, "- "+l)
		}
	}
	for _, l := range y {
		if !slices.Contains(x, l) {
			out = append(out, "+ "+l)
		}
	}
	return strings.Join(out, "\n")
}

var errMergeKilled = errors.New("killed")

// mortal is a store whose process is killed after some writes, or that stops
// answering then.
type mortal struct {
	store.Store
	left int
	err  error // nil: errMergeKilled
}

func (d *mortal) end() error {
	if d.err != nil {
		return d.err
	}
	return errMergeKilled
}

func (d *mortal) Apply(ctx context.Context, changes ...store.Change) error {
	if d.left--; d.left < 0 {
		return d.end()
	}
	return d.Store.Apply(ctx, changes...)
}

func (d *mortal) Lease(ctx context.Context, name, owner string, ttl time.Duration) (store.Lease, error) {
	if d.left < 0 {
		return store.Lease{}, d.end()
	}
	return d.Store.Lease(ctx, name, owner, ttl)
}

// Killed after any of its writes, a merge is completed by ResumeMerges, and so
// is its undo.
func TestMergeThatIsKilledIsResumed(t *testing.T) {
	h := newMergeHouse(t)
	ctx, whole := t.Context(), h.store
	before := h.dump()
	for left := 1; ; left++ {
		h.store = &mortal{Store: whole, left: left}
		m, err := h.MergeClients(ctx, h.admin, MergeChoice{From: h.one, Into: h.two, Take: []string{"taxId"}})
		h.store = whole
		if err == nil {
			if left < 8 {
				t.Fatalf("a merge took %d writes only", left)
			}
			_, err = h.UndoMerge(ctx, h.admin, m.ID)
			h.must(err)
			break
		}
		if !errors.Is(err, errMergeKilled) {
			t.Fatal(err)
		}
		h.must(h.ResumeMerges(ctx))
		h.sound(fmt.Sprintf("merge killed after %d writes", left))
		if got := h.count(h.one); got["activities"]+got["installations"]+got["people"]+got["mail_links"]+got["timeline"] != 0 {
			t.Fatalf("killed after %d writes: left behind %v", left, got)
		}
		list, err := h.ListMerges(ctx, h.admin)
		h.must(err)
		h.store = &mortal{Store: whole, left: left}
		_, err = h.UndoMerge(ctx, h.admin, list[0].ID)
		h.store = whole
		if err != nil && !errors.Is(err, errMergeKilled) {
			t.Fatal(err)
		}
		h.must(h.ResumeMerges(ctx))
		if after := h.dump(); after != before {
			t.Fatalf("undo killed after %d writes left a difference:\n%s", left, difference(before, after))
		}
	}
}

// A store that stops answering once the merge is written makes it no failure:
// whoever asked is told that it goes on, and so of the undo.
func TestMergeGoesOnWhenTheStoreIsLate(t *testing.T) {
	h := newMergeHouse(t)
	ctx, whole := t.Context(), h.store
	late := func(left int) store.Store {
		return &mortal{whole, left, &store.Error{Code: store.CodeUnavailable, Err: context.DeadlineExceeded}}
	}
	in := MergeChoice{From: h.one, Into: h.two}
	h.store = late(0)
	if _, err := h.MergeClients(ctx, h.admin, in); CodeOf(err) != CodeUnavailable {
		t.Fatalf("a merge that was not written: %v", err)
	}
	for left := 1; ; left++ {
		h.store = late(left)
		m, err := h.MergeClients(ctx, h.admin, in)
		h.store = whole
		h.must(err)
		stored, err := Merges.Get(ctx, whole, m.ID)
		if err != nil || stored.State != m.State || stored.Version != m.Version {
			t.Fatalf("told of %s (%d), stored is %+v: %v", m.State, m.Version, stored, err)
		}
		done := m.State == MergeDone
		h.must(h.ResumeMerges(ctx))
		h.sound(fmt.Sprintf("late after %d writes", left))
		h.store = late(left)
		if m, err = h.UndoMerge(ctx, h.admin, m.ID); m.State != MergeUndoing && m.State != MergeUndone {
			t.Fatalf("the undo is %s", m.State)
		}
		h.store = whole
		h.must(err)
		h.must(h.ResumeMerges(ctx))
		if stored, err = Merges.Get(ctx, whole, m.ID); err != nil || stored.State != MergeUndone {
			t.Fatalf("after the undo: %+v %v", stored, err)
		}
		if done {
			break
		}
	}
}

// What was changed since the merge stays with the survivor; the rest comes back.
func TestUndoOfAMergeKeepsLaterEdits(t *testing.T) {
	h := newMergeHouse(t)
	ctx := t.Context()
	m, err := h.MergeClients(ctx, h.admin, MergeChoice{From: h.one, Into: h.two, Take: []string{"name", "taxId"}})
	h.must(err)
	_, err = h.EditClient(ctx, h.admin, h.two, 0, ClientPatch{Name: ptrTo("Terceiro"), Notes: ptrTo("new")})
	h.must(err)
	_, err = h.LogActivity(ctx, h.admin, h.one, ActivityInput{Kind: KindNote, Text: "said since"})
	h.must(err)
	_, err = h.UndoMerge(ctx, h.admin, m.ID)
	h.must(err)
	one, err := h.Client(ctx, h.admin, h.one)
	h.must(err)
	two, err := h.Client(ctx, h.admin, h.two)
	h.must(err)
	if one.Name != "Fábrica Um" || two.Name != "Terceiro" || two.Notes != "new" || two.TaxID == one.TaxID {
		t.Errorf("came back as %q and %q with %q, %q", one.Name, two.Name, one.TaxID, two.TaxID)
	}
	h.sound("after the undo")
	list, _, err := h.TimelineList(ctx, h.admin, h.two, TimelineQuery{Kind: KindNote})
	if err != nil || len(list) != 1 {
		t.Errorf("what was said since stands in %v: %v", list, err)
	}
}

func TestMergeRefuses(t *testing.T) {
	h := newMergeHouse(t)
	ctx := t.Context()
	bia := Actor{UserID: "bia", Role: RoleAgent, Team: "sul"}
	for name, c := range map[string]struct {
		a    Actor
		in   MergeChoice
		want Code
	}{
		"itself":         {h.admin, MergeChoice{From: h.one, Into: h.one}, CodeInvalid},
		"none":           {h.admin, MergeChoice{From: "none", Into: h.one}, CodeInvalid},
		"another's":      {bia, MergeChoice{From: h.one, Into: h.two}, CodeNotFound},
		"unknown member": {h.admin, MergeChoice{From: h.one, Into: h.two, Take: []string{"id"}}, CodeInvalid},
	} {
		if _, err := h.MergeClients(ctx, c.a, c.in); CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	m, err := h.MergeClients(ctx, h.admin, MergeChoice{From: h.one, Into: h.two})
	h.must(err)
	late := h.now
	h.Service.now = func() time.Time { return late().AddDate(0, 0, MergeUndoDays+1) }
	if _, err := h.UndoMerge(ctx, h.admin, m.ID); CodeOf(err) != CodeInvalid {
		t.Errorf("undone after %d days: %v", MergeUndoDays+1, err)
	}
}

func TestMergePeople(t *testing.T) {
	h := newMergeHouse(t)
	ctx := t.Context()
	add := func(in PersonInput) Person {
		p, err := h.AddPerson(ctx, h.admin, h.two, in)
		h.must(err)
		return p
	}
	ana := add(PersonInput{Name: "Ana Prado", Emails: []string{"ana@dois.example"}, Role: "legal"})
	double := add(PersonInput{Name: "A. Prado", Emails: []string{"prado@dois.example"}, Phones: []string{"34999990000"}, Title: "Diretora", ConsentOn: "2026-05-02", Channel: "phone", Lang: "es"})
	m, err := h.MergePeople(ctx, h.admin, MergeChoice{From: double.ID, Into: ana.ID, Take: []string{"title", "consentOn"}})
	h.must(err)
	got, err := h.Person(ctx, h.admin, double.ID)
	h.must(err)
	if got.ID != ana.ID || len(got.Emails) != 2 || len(got.Phones) != 1 || got.Title != "Diretora" || got.ConsentOn != "2026-05-02" || got.Channel != "" || got.Name != "Ana Prado" {
		t.Errorf("merged into %+v", got)
	}
	if people, err := h.ClientPeople(ctx, h.admin, h.two); err != nil || len(people) != 1 {
		t.Errorf("%d people, want one: %v", len(people), err)
	}
	_, err = h.UndoMerge(ctx, h.admin, m.ID)
	h.must(err)
	for _, want := range []Person{ana, double} {
		got, err := h.Person(ctx, h.admin, want.ID)
		h.must(err)
		if got.ID != want.ID || !slices.Equal(got.Emails, want.Emails) || got.Title != want.Title || got.ConsentOn != want.ConsentOn {
			t.Errorf("came back as %+v, was %+v", got, want)
		}
	}
}

// TestMergeNotesAreDropped: notes stay as long as they can be needed, and what
// was merged is final then, also when the drop is killed on its way.
func TestMergeNotesAreDropped(t *testing.T) {
	h := newMergeHouse(t)
	ctx := t.Context()
	m, err := h.MergeClients(ctx, h.admin, MergeChoice{From: h.one, Into: h.two})
	h.must(err)
	notes := func(when string, want bool) {
		t.Helper()
		n, err := h.store.Count(ctx, store.Query{In: Moves.In, Where: []store.Cond{store.Is("merge", m.ID)}}, 100)
		if h.must(err); n > 0 != want {
			t.Errorf("%s: %d notes", when, n)
		}
	}
	begin := h.Now()
	later := func(at time.Time) { h.now = func() time.Time { return at } }
	for _, step := range []struct {
		days int
		want bool
	}{{0, true}, {MergeUndoDays, true}, {MergeUndoDays + 1, true}} {
		later(begin.AddDate(0, 0, step.days))
		h.must(h.TidyMerges(ctx))
		notes(fmt.Sprintf("after %d days", step.days), step.want)
	}
	later(begin.AddDate(0, 0, MergeUndoDays+1).Add(time.Second))
	whole := h.store
	h.store = &mortal{Store: whole, left: 1} // the notes go, their end is not written
	if err := h.TidyMerges(ctx); err == nil {
		t.Fatal("nothing was killed")
	}
	h.store = whole
	notes("killed", false)
	h.must(h.TidyMerges(ctx))
	got, err := Merges.Get(ctx, h.store, m.ID)
	if h.must(err); got.State != MergeFinal {
		t.Errorf("the merge is %s", got.State)
	}
	before := h.dump()
	if _, err := h.UndoMerge(ctx, h.admin, m.ID); CodeOf(err) != CodeInvalid {
		t.Errorf("undone without notes: %v", err)
	}
	h.must(h.ResumeMerges(ctx))
	if d := difference(before, h.dump()); d != "" {
		t.Errorf("it left a difference:\n%s", d)
	}
}
