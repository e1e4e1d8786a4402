package mailsync

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

// town is who the filing tests know.
func town(h *house) {
	h.person("p-bia", "c-vale", "Bia", "bia@vale.example", "bia.pessoal@gmail.com")
	h.person("p-davi", "c-hospital", "Davi", "davi@hospital.example")
	h.person("p-elo", "c-vale", "Elo", "elo@contas.example") // serves both
	h.person("p-elo2", "c-hospital", "Elo", "elo@contas.example")
	h.client(crm.Client{ID: "c-norte", Name: "Fábrica Norte", Domains: []string{"grupo.example"}, TaxID: "11222333", TaxKind: crm.TaxCNPJ}, h.ana)
	h.client(crm.Client{ID: "c-sul", Name: "Fábrica Sul", Domains: []string{"grupo.example", "gmail.com", "luz.example"}}, h.rui)
	h.must(h.Apply(h.t.Context(), crm.Installations.Put(&crm.Installation{ID: "i-1", Client: "c-vale", Name: "Planta 1", UC: "100000000000014", FormerUC: "3000000018"})))
}

func TestWhereMailIsFiled(t *testing.T) {
	for _, c := range []struct {
		name    string
		mail    post
		want    string // client: reason kinds, sorted
		suggest string
	}{
		{"a person", post{from: "bia@vale.example"}, "c-vale: person", ""},
		{"a person's private address", post{from: "Bia <bia.pessoal@gmail.com>"}, "c-vale: person", ""},
		{"upper case", post{from: "BIA@Vale.Example"}, "c-vale: person", ""},
		{"a client's own address", post{from: "compras@hospital.example"}, "c-hospital: address", ""},
		{"an unambiguous domain", post{from: "nova@vale.example"}, "c-vale: domain", ""},
		{"a domain of several", post{from: "x@grupo.example"}, "", "c-norte"},
		{"free mail", post{from: "y@gmail.com"}, "", ""},
		{"our own", post{from: "ana@luz.example", to: "colega@luz.example"}, "", ""},
		{"Cc of a second client", post{from: "bia@vale.example", cc: "davi@hospital.example"}, "c-hospital: person, c-vale: person", ""},
		{"a person of two clients", post{from: "elo@contas.example"}, "c-hospital: person, c-vale: person", ""},
		{"written to a person", post{from: "ana@luz.example", to: "davi@hospital.example"}, "c-hospital: person", ""},
		{"a UC in the text", post{from: "z@alheio.example", text: "sobre a UC 100000000000014, favor ver"}, "c-vale: uc", ""},
		{"a former UC in the subject", post{from: "z@alheio.example", subject: "Instalação 3000000018"}, "c-vale: uc", ""},
		{"a CNPJ in the text", post{from: "z@alheio.example", text: "CNPJ 11.222.333/0001-81"}, "c-norte: cnpj", ""},
		{"a number that is nobody's", post{from: "z@alheio.example", text: "protocolo 3999999999"}, "", ""},
		{"a stranger", post{from: "z@alheio.example"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, s := newHouse(t), imaptest.New(t)
			town(h)
			s.Add("INBOX", c.mail.raw())
			h.sync(h.box(h.ana, s))
			var got []string
			for _, l := range h.links() {
				var kinds []string
				for _, r := range l.Why {
					kinds = append(kinds, r.Kind)
					if r.Value == "" {
						t.Errorf("a reason without a value: %+v", r)
					}
				}
				got = append(got, l.Client+": "+strings.Join(kinds, " "))
			}
			slices.Sort(got)
			if g := strings.Join(got, ", "); g != c.want {
				t.Errorf("filed %q, want %q", g, c.want)
			}
			held := h.held()
			if (c.want == "") != (len(held) == 1) {
				t.Fatalf("triage has %d", len(held))
			}
			if c.want == "" && held[0].Suggest != c.suggest {
				t.Errorf("suggests %q", held[0].Suggest)
			}
			if c.want == "" && len(h.messages()) != 0 {
				t.Error("a held mail is kept whole")
			}
		})
	}
}

func TestWhatCountsAsContact(t *testing.T) {
	at := time.Now().Add(-3 * time.Hour).UTC().Truncate(time.Second)
	for name, c := range map[string]struct {
		mail   post
		counts bool
	}{
		"from a person":          {post{from: "bia@vale.example"}, true},
		"to a person":            {post{from: "ana@luz.example", to: "bia@vale.example"}, true},
		"a machine's":            {post{from: "bia@vale.example", extra: "Auto-Submitted: auto-replied\n"}, false},
		"a newsletter":           {post{from: "bia@vale.example", extra: "List-Unsubscribe: <https://vale.example/sair>\n"}, false},
		"only by its domain":     {post{from: "alguem@vale.example"}, false},
		"only a number in it":    {post{from: "z@alheio.example", text: "UC 100000000000014"}, false},
		"with a date to come":    {post{from: "bia@vale.example", at: time.Now().Add(20 * time.Hour)}, true},
		"an automatic to others": {post{from: "ana@luz.example", to: "bia@vale.example", extra: "Auto-Submitted: auto-generated\n"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, s := newHouse(t), imaptest.New(t)
			town(h)
			if c.mail.at.IsZero() {
				c.mail.at = at
			}
			s.Add("INBOX", c.mail.raw())
			h.sync(h.box(h.ana, s))
			if len(h.timeline("c-vale")) != 1 {
				t.Fatal("it is not on the timeline")
			}
			got, want := h.lastContact("c-vale"), at
			if c.mail.at.After(h.now) { // a wrong clock: it counts when it arrived
				want = h.now
			}
			if (got != nil) != c.counts || got != nil && !got.Equal(want) {
				t.Errorf("last contact %v, want %v", got, want)
			}
		})
	}
}

func TestAssignOneMail(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	raw := post{id: "1@x", from: "Zeca <z@alheio.example>", subject: "Ligação nova"}.raw()
	s.Add("INBOX", raw, post{id: "2@x", from: "Zeca <z@alheio.example>", subject: "Outra"}.raw())
	s.With("Sent", func(f *imaptest.Folder) { f.Attrs = `\Sent` })
	s.Add("Sent", raw)
	box := h.box(h.ana, s)
	h.sync(box)
	i := slices.IndexFunc(h.held(), func(x crm.Held) bool { return x.Subject == "Ligação nova" })
	x := h.held()[i]
	if _, err := h.AssignHeld(t.Context(), h.rui, x.ID, "c-hospital", false); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a stranger's triage: %v", err)
	}
	if _, err := h.AssignHeld(t.Context(), h.ana, x.ID, "c-hospital", false); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("to another's client: %v", err)
	}
	h.assign(h.ana, x.ID, "c-vale", false)
	h.sync(box)
	tl := h.timeline("c-vale")
	if len(tl) != 1 || tl[0].Title != "Ligação nova" || tl[0].Why[0].Kind != "hand" || tl[0].Why[0].Value != "u-ana" {
		t.Fatalf("%+v", tl)
	}
	// Its copy goes with it; the other mail of the sender stays.
	if left := h.held(); len(left) != 1 || left[0].Subject != "Outra" {
		t.Errorf("%+v", left)
	}
	// A renumbered folder does not bring it back.
	s.Renumber("INBOX")
	h.sync(box)
	if len(h.held()) != 1 || len(h.timeline("c-vale")) != 1 || h.timeline("c-vale")[0].Count != 1 {
		t.Error("it came again")
	}
}

func TestAssignWithPersonBringsAllItsMail(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "Zeca <z@alheio.example>", subject: "Um"}.raw(), post{id: "2@x", from: "z@alheio.example", subject: "Dois"}.raw(),
		post{id: "3@x", from: "bia@vale.example", cc: "z@alheio.example", subject: "Três"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	h.assign(h.ana, h.held()[0].ID, "c-vale", true)
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	if len(h.held()) != 0 || len(h.timeline("c-vale")) != 3 {
		t.Errorf("triage %d, timeline %d", len(h.held()), len(h.timeline("c-vale")))
	}
	people, err := h.ClientPeople(t.Context(), h.ana, "c-vale")
	if err != nil || len(people) != 1 || people[0].Emails[0] != "z@alheio.example" {
		t.Errorf("%+v, %v", people, err)
	}
	// What was filed by its domain is a contact now that somebody is known.
	if h.lastContact("c-vale") == nil {
		t.Error("no contact")
	}
	s.Add("INBOX", post{id: "4@x", from: "z@alheio.example", subject: "Quatro"}.raw())
	h.sync(box)
	if len(h.timeline("c-vale")) != 4 {
		t.Error("mail to come is not filed")
	}
}

// sound reports what the check of the store finds.
func (h *house) sound() {
	h.t.Helper()
	h.must(h.Recompute(h.t.Context(), "c-vale", "c-hospital")) // the house made them without figures
	if _, err := h.Check(h.t.Context(), false, func(f crm.Finding) { h.t.Errorf("%+v", f) }); err != nil {
		h.t.Error(err)
	}
}

// TestAssignmentOfOneMailIsTakenBack: the mail waits again, and of its
// conversation the client keeps what it has for another reason.
func TestAssignmentOfOneMailIsTakenBack(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	raw := post{id: "1@x", from: "Zeca <z@alheio.example>", subject: "Ligação nova", at: h.now.Add(-2 * time.Hour)}.raw()
	s.Add("INBOX", raw, post{id: "2@x", from: "Zeca <z@alheio.example>", subject: "Outra", at: h.now.Add(-3 * time.Hour)}.raw())
	s.With("Sent", func(f *imaptest.Folder) { f.Attrs = `\Sent` })
	s.Add("Sent", raw)
	box := h.box(h.ana, s)
	h.sync(box)
	waiting := func(subject string) string {
		t.Helper()
		i := slices.IndexFunc(h.held(), func(x crm.Held) bool { return x.Subject == subject })
		if i < 0 {
			t.Fatalf("%q does not wait", subject)
		}
		return h.held()[i].ID
	}
	alone := h.assign(h.ana, waiting("Outra"), "c-vale", false)
	undo := h.assign(h.ana, waiting("Ligação nova"), "c-vale", false)
	h.sync(box)
	s.Add("INBOX", post{id: "3@x", from: "bia@vale.example", subject: "Re: Ligação nova", reply: "1@x", at: h.now.Add(-time.Hour)}.raw())
	h.sync(box)
	if tl := h.timeline("c-vale"); len(tl) != 2 || tl[0].Count != 2 {
		t.Fatalf("%+v", tl)
	}

	if err := h.UndoAssign(t.Context(), h.rui, undo); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	h.must(h.UndoAssign(t.Context(), h.ana, undo))
	if tl := h.timeline("c-vale"); len(tl) != 2 || tl[0].Count != 1 || tl[0].Title != "Re: Ligação nova" {
		t.Errorf("%+v", tl)
	}
	h.sync(box)
	if n := len(h.held()); n != 2 { // with its copy in Sent
		t.Errorf("%d wait", n)
	}
	h.must(h.UndoAssign(t.Context(), h.ana, alone))
	h.sync(box)
	if tl := h.timeline("c-vale"); len(tl) != 1 || len(h.held()) != 3 || len(h.messages()) != 1 || len(h.links()) != 1 {
		t.Errorf("%+v, %d wait, %d mails, %d links", tl, len(h.held()), len(h.messages()), len(h.links()))
	}
	if err := h.UndoAssign(t.Context(), h.ana, undo); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("twice: %v", err)
	}
	h.sound()

	// It can be decided again.
	h.assign(h.ana, waiting("Ligação nova"), "c-vale", false)
	h.sync(box)
	if tl := h.timeline("c-vale"); len(tl) != 1 || tl[0].Count != 2 {
		t.Errorf("%+v", tl)
	}
	h.sound()
}

// TestAssignmentWithPersonIsTakenBack: the person goes, and what was filed for its
// address alone; what another reason files stays and is no contact any more.
func TestAssignmentWithPersonIsTakenBack(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "Zeca <z@alheio.example>", subject: "Um"}.raw(), post{id: "2@x", from: "z@alheio.example", subject: "Dois"}.raw(),
		post{id: "3@x", from: "bia@vale.example", cc: "z@alheio.example", subject: "Três"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	undo := h.assign(h.ana, h.held()[0].ID, "c-vale", true)
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	if len(h.held()) != 0 || len(h.timeline("c-vale")) != 3 || h.lastContact("c-vale") == nil {
		t.Fatalf("%d wait, %d filed", len(h.held()), len(h.timeline("c-vale")))
	}
	if err := h.UndoAssign(t.Context(), h.rui, undo); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	h.must(h.UndoAssign(t.Context(), h.ana, undo))
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	people, err := h.ClientPeople(t.Context(), h.ana, "c-vale")
	if err != nil || len(people) != 0 {
		t.Errorf("%+v, %v", people, err)
	}
	tl := h.timeline("c-vale")
	if len(h.held()) != 2 || len(tl) != 1 || tl[0].Title != "Três" || len(tl[0].Why) != 1 || tl[0].Why[0].Kind != byDomain || h.lastContact("c-vale") != nil {
		t.Errorf("%d wait, %+v, last contact %v", len(h.held()), tl, h.lastContact("c-vale"))
	}
	if err := h.UndoAssign(t.Context(), h.ana, undo); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("twice: %v", err)
	}
	h.sound()

	// Who edited the person since keeps it, and its mail.
	undo = h.assign(h.ana, h.held()[0].ID, "c-vale", true)
	people, err = h.ClientPeople(t.Context(), h.ana, "c-vale")
	h.must(err)
	if _, err := h.EditPerson(t.Context(), h.ana, people[0].ID, 0, crm.PersonInput{Name: "José", Emails: people[0].Emails}); err != nil {
		t.Fatal(err)
	}
	if err := h.UndoAssign(t.Context(), h.ana, undo); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("edited since: %v", err)
	}
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	if len(h.held()) != 0 || len(h.timeline("c-vale")) != 3 {
		t.Errorf("%d wait, %d filed", len(h.held()), len(h.timeline("c-vale")))
	}

	// Of a sender who is known there is nothing to take back.
	s.Add("INBOX", post{id: "9@x", from: "outra@alheio.example", subject: "Nove"}.raw())
	h.sync(box)
	held := h.held()[0].ID
	h.person("p-outra", "c-vale", "Outra", "outra@alheio.example")
	if undo := h.assign(h.ana, held, "c-vale", true); undo != "" {
		t.Errorf("%q", undo)
	}
}

func TestIgnore(t *testing.T) {
	for what, left := range map[string]int{"message": 3, "sender": 2, "domain": 1} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			h, s := newHouse(t), imaptest.New(t)
			for i, from := range []string{"a@ruido.example", "a@ruido.example", "b@ruido.example", "c@outro.example"} {
				s.Add("INBOX", post{id: fmt.Sprint(i, "@x"), from: from, subject: fmt.Sprint("n", i), at: h.now.Add(time.Duration(-i) * time.Hour)}.raw())
			}
			box := h.box(h.ana, s)
			h.sync(box)
			x := h.held()[0] // the newest, from a@ruido.example
			done, err := h.IgnoreHeld(t.Context(), h.ana, x.ID, what)
			if err != nil || done.Mails != 4-left || len(h.held()) != left {
				t.Fatalf("%d ignored, %d left, %v", done.Mails, len(h.held()), err)
			}
			s.Add("INBOX", post{id: "new@x", from: "a@ruido.example", subject: "nova"}.raw())
			h.sync(box)
			f := h.folder(box, "INBOX")
			if what == "message" && f.Held != int64(left)+1 || what != "message" && f.Held != int64(left) {
				t.Errorf("%+v", f)
			}
			r, err := crm.Ledger.Get(t.Context(), h.store, x.ID)
			if err != nil || r.State != crm.RowIgnored || r.Reason != done.Rule || !strings.HasPrefix(r.Reason, "ignore:") {
				t.Errorf("%+v, %v", r, err)
			}

			// Taken back, all that the rule kept away waits again, also what came since.
			all := 5
			if n, err := h.RemoveRule(t.Context(), h.ana, done.Rule); err != nil || n != all-int(f.Held) {
				t.Errorf("%d come back, %v", n, err)
			}
			h.sync(box)
			if len(h.held()) != all {
				t.Errorf("%d wait, want %d", len(h.held()), all)
			}
			if n, err := h.RemoveRule(t.Context(), h.ana, done.Rule); crm.CodeOf(err) != crm.CodeNotFound {
				t.Errorf("removed twice: %d, %v", n, err)
			}

			// And the other way again, for what waits and what comes.
			if again, err := h.RestoreRule(t.Context(), h.ana, done.Rule); err != nil || again.Rule != done.Rule || again.Mails != all-int(f.Held) {
				t.Errorf("%+v, %v", again, err)
			}
			s.Add("INBOX", post{id: "newer@x", from: "a@ruido.example", subject: "nova"}.raw())
			h.sync(box)
			if want := map[string]int{"message": all, "sender": left, "domain": left}[what]; len(h.held()) != want {
				t.Errorf("%d wait, want %d", len(h.held()), want)
			}
		})
	}
}

func TestARuleToIgnoreIsOneOwners(t *testing.T) {
	h, s, other := newHouse(t), imaptest.New(t), imaptest.New(t)
	raw := post{id: "1@x", from: "a@ruido.example", subject: "n"}.raw()
	s.Add("INBOX", raw)
	other.Add("INBOX", raw)
	h.sync(h.box(h.ana, s))
	if _, err := h.IgnoreHeld(t.Context(), h.ana, h.held()[0].ID, "domain"); err != nil {
		t.Fatal(err)
	}
	h.sync(h.box(h.rui, other))
	if held := h.held(); len(held) != 1 || held[0].Owner != "u-rui" {
		t.Errorf("%+v", held)
	}
}

func TestTheIgnoredSenderIsStillFiledWhereItsClientIs(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "a@ruido.example", subject: "n"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if _, err := h.IgnoreHeld(t.Context(), h.ana, h.held()[0].ID, "sender"); err != nil {
		t.Fatal(err)
	}
	s.Add("INBOX", post{id: "2@x", from: "bia@vale.example", cc: "a@ruido.example", subject: "m"}.raw())
	h.sync(box)
	if len(h.timeline("c-vale")) != 1 {
		t.Error("a rule against a sender took mail that only names him")
	}
}

// TestPastMailIsFiledAgain: a person, a client's address, and a unit are known
// only after their mail came.
func TestPastMailIsFiledAgain(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "bia@vale.example", cc: "davi@hospital.example", subject: "De dois"}.raw(),
		post{id: "2@x", from: "davi@hospital.example", subject: "Só dele"}.raw(),
		post{id: "3@x", from: "w@alheio.example", subject: "Unidade", text: "UC 100000000000014"}.raw(),
		post{id: "4@x", from: "bia@vale.example", subject: "Da unidade 3000000018"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if len(h.held()) != 2 || len(h.timeline("c-hospital")) != 0 {
		t.Fatalf("%+v", h.held())
	}
	if _, err := h.AddPerson(t.Context(), h.rui, "c-hospital", crm.PersonInput{Name: "Davi", Emails: []string{"Davi@Hospital.example"}}); err != nil {
		t.Fatal(err)
	}
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	if tl := h.timeline("c-hospital"); len(tl) != 2 || len(h.held()) != 1 {
		t.Errorf("timeline %+v, triage %d", tl, len(h.held()))
	}
	if n := len(all(h, crm.Refiles, store.Query{})); n != 0 {
		t.Errorf("%d notes left", n)
	}
	h.must(h.Apply(t.Context(), crm.Installations.Put(&crm.Installation{ID: "i-1", Client: "c-hospital", Name: "Planta", UC: "100000000000014", FormerUC: "3000000018"})))
	h.must(h.engine.Refile(t.Context(), h.Service))
	h.sync(box)
	if tl := h.timeline("c-hospital"); len(tl) != 4 || len(h.held()) != 0 {
		t.Errorf("timeline %d, triage %d", len(tl), len(h.held()))
	}
	// Again changes nothing.
	before := h.dump()
	h.must(h.engine.Refile(t.Context(), h.Service))
	same(t, h.dump(), before)
}

// TestNotesOutliveTheProcess: another process, or this one after a crash, files
// again what was noted.
func TestNotesOutliveTheProcess(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "davi@hospital.example", subject: "Só dele"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if _, err := h.AddPerson(t.Context(), h.rui, "c-hospital", crm.PersonInput{Name: "Davi", Emails: []string{"davi@hospital.example"}}); err != nil {
		t.Fatal(err)
	}
	other := h.newEngine("two")
	h.must(other.refileNoted(t.Context()))
	h.sync(box)
	if len(h.timeline("c-hospital")) != 1 {
		t.Error("not filed")
	}
}

func TestHeldMailThatTheServerLost(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	uids := s.Add("INBOX", post{id: "1@x", from: "z@alheio.example", subject: "n"}.raw(), post{id: "2@x", subject: "fica"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	h.assign(h.ana, h.held()[0].ID, "c-vale", false)
	s.Expunge("INBOX", uids[0])
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Gone != 1 || f.Stored != 1 || f.Wanted != 0 {
		t.Errorf("%+v", f)
	}
}

// TestWhoSeesWhat: of a conversation with mail of two agents' clients each sees
// its own, message by message; a count or a name tells nothing of the rest.
func TestWhoSeesWhat(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	town(h)
	boss := h.user("root", crm.RoleAdmin, "")
	s.Add("INBOX", post{id: "1@x", from: "davi@hospital.example", to: "rui@luz.example", subject: "Compra"}.raw(),
		post{id: "2@x", reply: "1@x", from: "davi@hospital.example", to: "rui@luz.example", cc: "bia@vale.example", subject: "Re: Compra"}.raw(),
		post{id: "3@x", reply: "2@x", from: "rui@luz.example", to: "davi@hospital.example", subject: "Re: Compra"}.raw())
	h.sync(h.box(h.rui, s))
	thread := h.messages()[0].Thread
	for _, c := range []struct {
		who  crm.Actor
		mail int
		of   []string
	}{
		{h.rui, 3, []string{"c-hospital"}}, // by its mailbox too
		{h.ana, 1, []string{"c-vale"}},
		{h.mara, 1, []string{"c-vale"}},
		{boss, 3, []string{"c-hospital", "c-vale"}},
	} {
		v, err := h.ThreadView(t.Context(), c.who, thread)
		if err != nil || len(v.Messages) != c.mail {
			t.Errorf("%s sees %d mails, %v", c.who.Name, len(v.Messages), err)
			continue
		}
		var of []string
		for _, l := range v.Clients {
			of = append(of, l.Client)
		}
		slices.Sort(of)
		if !slices.Equal(of, c.of) {
			t.Errorf("%s sees clients %v", c.who.Name, of)
		}
		for _, m := range v.Messages {
			if len(m.Owners)+len(m.Mailboxes)+len(m.Clients) != 0 {
				t.Errorf("%s learns of others: %+v", c.who.Name, m.Message)
			}
		}
	}
	stranger := h.user("nina", crm.RoleAgent, "norte")
	if _, err := h.ThreadView(t.Context(), stranger, thread); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	for _, m := range h.messages() {
		_, err := h.MessageFor(t.Context(), h.ana, m.ID)
		if want := m.MessageID == "2@x"; (err == nil) != want {
			t.Errorf("ana reads %s: %v", m.MessageID, err)
		}
	}
	if tl := h.timeline("c-vale"); len(tl) != 1 || tl[0].Count != 1 {
		t.Errorf("the count tells of mail that is another's: %+v", tl)
	}
}

func TestTriageIsOnesOwn(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", from: "z@alheio.example", subject: "n"}.raw())
	h.sync(h.box(h.ana, s))
	id := h.held()[0].ID
	for _, c := range []struct {
		who crm.Actor
		n   int
	}{{h.ana, 1}, {h.mara, 1}, {h.rui, 0}, {crm.SystemActor(), 1}} {
		list, _, err := h.ListHeld(t.Context(), c.who, 10, "")
		n, _ := h.CountTriage(t.Context(), c.who, 10)
		if err != nil || len(list) != c.n || n != c.n {
			t.Errorf("%s: %d listed, %d counted, %v", c.who.Name, len(list), n, err)
		}
		if _, err := h.Held(t.Context(), c.who, id); (err == nil) != (c.n == 1) {
			t.Errorf("%s: %v", c.who.Name, err)
		}
		if c.n == 0 {
			if _, err := h.IgnoreHeld(t.Context(), c.who, id, "message"); crm.CodeOf(err) != crm.CodeNotFound {
				t.Errorf("%s ignores: %v", c.who.Name, err)
			}
		}
	}
}

// TestSuggestionByThreadNeedsOnesOwnMail: a mail that answers a conversation of
// another agent suggests nothing, for that would name the client.
func TestSuggestionByThread(t *testing.T) {
	h, s, other := newHouse(t), imaptest.New(t), imaptest.New(t)
	town(h)
	s.Add("INBOX", post{id: "1@x", from: "bia@vale.example", subject: "Obra"}.raw())
	answer := post{id: "2@x", reply: "1@x", from: "eng@alheio.example", subject: "Re: Obra"}.raw()
	box := h.box(h.ana, s)
	h.sync(box)
	other.Add("INBOX", answer)
	h.sync(h.box(h.rui, other))
	if x := h.held(); len(x) != 1 || x[0].Suggest != "" {
		t.Fatalf("%+v", x)
	}
	s.Add("INBOX", answer)
	h.sync(box)
	for _, x := range h.held() {
		if x.Owner == "u-ana" && (x.Suggest != "c-vale" || x.Because == nil || x.Because.Kind != "thread") {
			t.Errorf("%+v", x)
		}
	}
}
