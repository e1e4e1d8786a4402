package crm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// checkHouse is a sound store with one of each kind.
func checkHouse(t *testing.T) *upsertHouse {
	t.Helper()
	h := newUpsertHouse(t)
	out := h.want(h.admin, RowCreated, append(portfolio(), clientRow(cnpjB, "Dois"))...)
	h.must(h.Recompute(t.Context(), out[0].ID, out[len(out)-1].ID))
	c := out[0].ID
	_, err := h.LogActivity(t.Context(), h.admin, c, ActivityInput{Kind: KindCall, Text: "called"})
	h.must(err)
	soon := h.Now().Add(48 * time.Hour)
	_, err = h.LogActivity(t.Context(), h.admin, c, ActivityInput{Kind: KindVisit, At: &soon, Visit: &Visit{State: VisitPlanned, Purpose: "see"}})
	h.must(err)
	gone, err := h.LogActivity(t.Context(), h.admin, c, ActivityInput{Kind: KindNote, Text: "a mistake"})
	h.must(err)
	_, err = h.DeleteActivity(t.Context(), h.admin, gone.ID)
	h.must(err)
	h.mail(c)
	return h
}

func (h *upsertHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// mail files two mails of one thread under a client and lets a third wait.
func (h *upsertHouse) mail(client string) {
	h.t.Helper()
	at := h.Now().Add(-time.Hour)
	box := Mailbox{ID: "box", Owner: "ana", Address: "ana@house.example"}
	folder := Folder{ID: "box:inbox", Mailbox: "box", Name: "INBOX", Epoch: 1}
	thread := Thread{ID: "t1", Subject: "Hello", Canonical: "hello", FirstAt: at, LastAt: at.Add(time.Minute), Count: 2}
	changes := []store.Change{Mailboxes.Put(&box), Folders.Put(&folder), Threads.Put(&thread)}
	var last MailLink
	for n, id := range []string{"m1", "m2"} {
		m := Message{ID: id, Thread: "t1", MessageID: id + "@x", At: at.Add(time.Duration(n) * time.Minute), From: Address{Email: "rui@um.example"},
			Subject: "Hello", Canonical: "hello", Preview: "text of " + id, Clients: []string{client}}
		last = MailLink{ID: id + ":" + client, Message: id, Thread: "t1", Client: client, At: m.At, Person: "p",
			Subject: m.Subject, Preview: m.Preview, From: m.From.Email}
		row := LedgerRow{ID: "box:inbox:1:" + id, Mailbox: "box", Folder: folder.ID, Epoch: 1, UID: uint32(n + 1), State: RowStored, Message: id}
		changes = append(changes, Messages.Put(&m), MailLinks.Put(&last), Ledger.Put(&row))
	}
	e := Entry{ID: EntryID("t1", client), Client: client, Kind: KindMail, Ref: "t1", Count: 2}
	e.Show(&last)
	row := LedgerRow{ID: "box:inbox:1:w", Mailbox: "box", Folder: folder.ID, Epoch: 1, UID: 3, State: RowHeld}
	held := Held{ID: row.ID, Mailbox: "box", Owner: "ana", At: at, From: Address{Email: "who@else.example"}}
	changes = append(changes, Timeline.Put(&e), Ledger.Put(&row), HeldMail.Put(&held), Contacted(client, last.At, KindMail))
	h.must(h.Apply(h.t.Context(), changes...))
}

// check runs the doctor and lists what it says.
func (h *upsertHouse) check(fix bool) (Checked, []string) {
	h.t.Helper()
	var lines []string
	sum, err := h.Check(context.Background(), fix, func(f Finding) { lines = append(lines, f.Collection+": "+f.What) })
	h.must(err)
	return sum, lines
}

// everything is every document, without versions.
func (h *upsertHouse) everything() map[string]string {
	out := map[string]string{}
	for _, in := range Schema() {
		for d, err := range store.All(context.Background(), h.Store(), store.Query{In: in}) {
			h.must(err)
			var members map[string]any // whatever their order
			h.must(json.Unmarshal(d.Body, &members))
			out[in.Name+"/"+d.ID] = fmt.Sprint(members)
		}
	}
	return out
}

func quick(t *testing.T) {
	was := checkPauses
	checkPauses = []time.Duration{0}
	t.Cleanup(func() { checkPauses = was })
}

// one reads the first document of a table that fits.
func one[T any](h *upsertHouse, t Table[T], fits func(T) bool) T {
	h.t.Helper()
	for v, err := range t.All(context.Background(), h.Store(), store.Query{}) {
		h.must(err)
		if fits == nil || fits(v) {
			return v
		}
	}
	h.t.Fatalf("no %s", t.In.Name)
	panic("unreachable")
}

func TestCheckFindsNothingInASoundStore(t *testing.T) {
	quick(t)
	h := checkHouse(t)
	if sum, lines := h.check(false); sum.Open > 0 {
		t.Fatal(lines)
	}
	before := h.everything()
	if sum, _ := h.check(true); sum != (Checked{}) || len(h.everything()) != len(before) {
		t.Errorf("a repair of a sound store: %+v", sum)
	}
}

func TestCheckFindsAndRepairs(t *testing.T) {
	quick(t)
	isCall := func(a Activity) bool { return a.Kind == KindCall }
	isDeleted := func(a Activity) bool { return a.Deleted }
	isMail := func(e Entry) bool { return e.Kind == KindMail }
	withUnits := func(c Client) bool { return c.Installations > 0 }
	stored := func(r LedgerRow) bool { return r.State == RowStored }
	for name, c := range map[string]struct {
		harm func(h *upsertHouse) []store.Change
		want string // what the first finding says
		lost bool   // the repair ends in another state than before, for good reason
	}{
		"field of an index": {func(h *upsertHouse) []store.Change {
			c := one(h, Clients, withUnits)
			return []store.Change{store.Patch{In: Clients.In, ID: c.ID, Keys: store.Keys{"name": "zzz", "emails": []string{"x@y.example"}}}}
		}, "clients: its index disagrees with it: name, emails", false},
		"words": {func(h *upsertHouse) []store.Change {
			c := one(h, Clients, withUnits)
			d := Clients.Doc(&c)
			d.Words = []string{"other"}
			return []store.Change{store.Put{In: Clients.In, Doc: d}}
		}, "clients: it is found by other words", false},
		"activity without row": {func(h *upsertHouse) []store.Change {
			return []store.Change{store.Delete{In: Timeline.In, ID: one(h, Activities, isCall).ID, Version: -1}}
		}, "timeline: an activity has no row", false},
		"row of another text": {func(h *upsertHouse) []store.Change {
			e := one(h, Timeline, func(e Entry) bool { return e.Kind == KindCall })
			e.Text = "never said"
			return ReplaceEntry(&e)
		}, "timeline: the row says something else", false},
		"row of a deleted activity": {func(h *upsertHouse) []store.Change {
			a := one(h, Activities, isDeleted)
			e := ActivityEntry(&a, nil)
			return []store.Change{Timeline.Put(&e)}
		}, "timeline: its activity is deleted", false},
		"row without activity": {func(h *upsertHouse) []store.Change {
			e := one(h, Timeline, func(e Entry) bool { return e.Kind == KindCall })
			e.ID, e.Ref = "stray", "stray"
			return []store.Change{Timeline.Put(&e)}
		}, "timeline: the row has no activity", false},
		"row without mail": {func(h *upsertHouse) []store.Change {
			e := one(h, Timeline, isMail)
			e.ID, e.Ref = EntryID("t9", e.Client), "t9"
			return []store.Change{Timeline.Put(&e)}
		}, "timeline: the row has no mail", false},
		"thread without row": {func(h *upsertHouse) []store.Change {
			return []store.Change{store.Delete{In: Timeline.In, ID: one(h, Timeline, isMail).ID, Version: -1}}
		}, "timeline: mail of a client has no row", false},
		"row that miscounts": {func(h *upsertHouse) []store.Change {
			e := one(h, Timeline, isMail)
			e.Count = 7
			return ReplaceEntry(&e)
		}, "timeline: the row counts other mail", false},
		"row of the mail before": {func(h *upsertHouse) []store.Change {
			e := one(h, Timeline, isMail)
			l := one(h, MailLinks, func(l MailLink) bool { return l.Message == "m1" })
			e.Show(&l)
			return ReplaceEntry(&e)
		}, "timeline: the row does not show its newest mail", false},
		"thread that miscounts": {func(h *upsertHouse) []store.Change {
			v := one(h, Threads, nil)
			v.Count, v.LastAt = 9, v.LastAt.Add(time.Hour)
			return []store.Change{Threads.Put(&v)}
		}, "threads: it counts other mail", false},
		"thread that is gone": {func(h *upsertHouse) []store.Change {
			return []store.Change{store.Delete{In: Threads.In, ID: "t1", Version: -1}}
		}, "threads: a mail has no thread", false},
		"thread without mail": {func(h *upsertHouse) []store.Change {
			return []store.Change{Threads.Put(&Thread{ID: "t9", Count: 1})}
		}, "threads: it has no mail", false},
		"mail in a merged thread": {func(h *upsertHouse) []store.Change {
			m := one(h, Messages, func(m Message) bool { return m.ID == "m1" })
			m.Thread = "t9"
			return []store.Change{Threads.Put(&Thread{ID: "t9", MergedInto: "t1"}), Messages.Put(&m)}
		}, "mail_links: it says something else than its mail", true},
		"link in another thread": {func(h *upsertHouse) []store.Change {
			l := one(h, MailLinks, nil)
			l.Thread = "t9"
			return []store.Change{MailLinks.Put(&l)}
		}, "mail_links: it says something else than its mail", false},
		"link without mail": {func(h *upsertHouse) []store.Change {
			l := one(h, MailLinks, nil)
			l.ID, l.Message, l.Version = "m9:"+l.Client, "m9", 0
			return []store.Change{MailLinks.Put(&l)}
		}, "mail_links: its mail is gone", false},
		"mail without its link": {func(h *upsertHouse) []store.Change {
			l := one(h, MailLinks, func(l MailLink) bool { return l.Message == "m1" })
			return []store.Change{MailLinks.Delete(&l)}
		}, "messages: it names other clients", true},
		"link to a client that is gone": {func(h *upsertHouse) []store.Change {
			l := one(h, MailLinks, nil)
			l.ID, l.Client, l.Version = l.Message+":gone", "gone", 0
			return []store.Change{MailLinks.Put(&l)}
		}, "mail_links: its client is gone", false},
		"stored mail that is not there": {func(h *upsertHouse) []store.Change {
			r := one(h, Ledger, stored)
			r.Message = "m9"
			return []store.Change{Ledger.Put(&r)}
		}, "ledger: the mail that it says is stored is not there", true},
		"waiting mail that does not wait": {func(h *upsertHouse) []store.Change {
			return []store.Change{store.Delete{In: HeldMail.In, ID: "box:inbox:1:w", Version: -1}}
		}, "ledger: the mail that it says waits", true},
		"waiting mail that is stored": {func(h *upsertHouse) []store.Change {
			held := Held{ID: one(h, Ledger, stored).ID, Mailbox: "box", Owner: "ana", At: h.Now()}
			return []store.Change{HeldMail.Put(&held)}
		}, "held: its ledger row does not say", false},
		"folder without mailbox": {func(h *upsertHouse) []store.Change {
			return []store.Change{Folders.Put(&Folder{ID: "f9", Mailbox: "gone"}), Ledger.Put(&LedgerRow{ID: "r9", Mailbox: "gone", Folder: "f9", State: RowWanted})}
		}, "folders: its mailbox is gone", false},
		"last contact and next visit": {func(h *upsertHouse) []store.Change {
			c := one(h, Clients, withUnits)
			at := h.Now().AddDate(-1, 0, 0)
			c.LastContactAt, c.LastContact, c.NextAt, c.Next = &at, KindMeeting, nil, ""
			return []store.Change{Clients.Put(&c)}
		}, "clients: derived figures are not those of its sources: lastContact, lastContactAt, next, nextAt", false},
		"figures": {func(h *upsertHouse) []store.Change {
			i := one(h, Installations, nil)
			i.ContractedW, i.Strip, i.OverW = 1, nil, 0
			return []store.Change{Installations.Put(&i)}
		}, "installations: derived figures", false},
		"hand-over that was cut short": {func(h *upsertHouse) []store.Change {
			i := one(h, Installations, nil)
			return []store.Change{patchStrings(Installations.In, i.ID, scopePatch("", kept{agent: "bia", team: "west"}))}
		}, "installations: it has another agent, team", false},
		"somebody stands in without dates": {func(h *upsertHouse) []store.Change {
			return []store.Change{patchStrings(Clients.In, one(h, Clients, withUnits).ID, store.Keys{"acting": "bia"})}
		}, "clients: who stands in is not who its dates say", false},
		"pair that one of its agents sees alone": {func(h *upsertHouse) []store.Change {
			c, other := one(h, Clients, withUnits), one(h, Clients, func(c Client) bool { return c.Installations == 0 })
			p := Pair{ID: pairID(c.ID, other.ID), A: min(c.ID, other.ID), B: max(c.ID, other.ID), Why: AlikeName, Agent: c.Agent, Team: c.Team, Acting: []string{"bia"}, At: h.Now()}
			return []store.Change{Pairs.Put(&p)}
		}, "pairs: others see it than see both its clients", true},
		"merge that was not handed over": {func(h *upsertHouse) []store.Change {
			m := Merge{ID: "m", Kind: RowClient, From: "gone", Into: one(h, Clients, withUnits).ID, Agent: "bia", At: h.Now(), State: MergeDone}
			return []store.Change{Merges.Put(&m)}
		}, "merges: it has another agent", true},
		"tie of one who is gone": {func(h *upsertHouse) []store.Change {
			return []store.Change{Ties.Put(&Tie{ID: "tie", People: []string{one(h, People, nil).ID, "gone"}})}
		}, "ties: it names people who are gone", false},
		"reading under another client": {func(h *upsertHouse) []store.Change {
			r := one(h, Readings, nil)
			other := one(h, Clients, func(c Client) bool { return c.Installations == 0 })
			return []store.Change{patchStrings(Readings.In, r.ID, scopePatch(other.ID, kept{}))}
		}, "readings: it has another client", false},
	} {
		t.Run(name, func(t *testing.T) {
			h := checkHouse(t)
			before := h.everything()
			h.must(h.Apply(t.Context(), c.harm(h)...))
			harmed := h.everything()
			_, lines := h.check(false)
			if !slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, c.want) }) {
				t.Fatalf("found %q, want %q", lines, c.want)
			}
			if !sameMap(h.everything(), harmed) {
				t.Error("looking changed something")
			}
			sum, _ := h.check(true)
			if sum.Open > 0 || sum.Repaired == 0 {
				t.Errorf("after the repair: %+v", sum)
			}
			if sum, lines := h.check(false); sum.Open > 0 {
				t.Errorf("left: %q", lines)
			}
			if after := h.everything(); !c.lost && !sameMap(after, before) {
				for id := range after {
					if after[id] != before[id] {
						t.Errorf("%s is\n%s, was\n%s", id, after[id], before[id])
					}
				}
				t.Errorf("%d documents, were %d", len(after), len(before))
			}
		})
	}
}

func sameMap(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// TestCheckNeverDeletesASource: what only a person can settle is told and left.
func TestCheckNeverDeletesASource(t *testing.T) {
	quick(t)
	h := checkHouse(t)
	call := one(h, Activities, func(a Activity) bool { return a.Kind == KindCall })
	call.Client = "gone"
	k := one(h, Contracts, nil)
	k.Installation = "gone"
	rule := MailRule{ID: "r", Value: "x", Client: "gone"}
	row := ActivityEntry(&call, nil)
	h.must(h.Apply(t.Context(), append(ReplaceEntry(&row), Activities.Put(&call), Contracts.Put(&k), MailRules.Put(&rule))...))
	h.must(h.RecomputeAll(t.Context()))
	sum, lines := h.check(true)
	slices.Sort(lines)
	want := []string{"activities: its client is gone", "contracts: its installation is gone", "mail_rules: it files mail under a client that is gone"}
	if sum.Open != 3 || !slices.Equal(lines, want) {
		t.Errorf("%+v %q", sum, lines)
	}
	for _, in := range []struct {
		in *store.Collection
		id string
	}{{Activities.In, call.ID}, {Contracts.In, k.ID}, {MailRules.In, "r"}} {
		if _, err := h.Store().Get(t.Context(), in.in, in.id); err != nil {
			t.Errorf("%s: %v", in.in.Name, err)
		}
	}
}

// TestCheckBelievesNothingAtOnce: what is only just being written is no finding.
func TestCheckBelievesNothingAtOnce(t *testing.T) {
	h := checkHouse(t)
	call := one(h, Activities, func(a Activity) bool { return a.Kind == KindCall })
	row := one(h, Timeline, func(e Entry) bool { return e.Kind == KindCall })
	h.must(h.Apply(t.Context(), store.Delete{In: Timeline.In, ID: call.ID, Version: -1}))
	looks := 0
	k := &checker{s: h.Service, tell: func(f Finding) { t.Errorf("told %+v", f) }}
	wait := func(ctx context.Context, docs []store.Doc) ([]problem, error) {
		found, err := k.activities(ctx, docs)
		if looks++; looks == 1 {
			if len(found) != 1 {
				t.Errorf("the first look found %v", found)
			}
			h.must(h.Apply(ctx, Timeline.Put(&row))) // the other half of it comes now
		}
		return found, err
	}
	h.must(k.walk(t.Context(), Activities.In, []look{wait}))
	if looks != 2 || k.open != 0 {
		t.Errorf("%d looks, %d findings", looks, k.open)
	}
}

func TestCheckEndsWithItsContext(t *testing.T) {
	h := checkHouse(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := h.Check(ctx, false, func(Finding) {}); err == nil {
		t.Error("a check whose context is over went on")
	}
}
