package mailsync

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

var villageAt = time.Now().Add(-48 * time.Hour).Truncate(time.Second)

// village is a mailbox with some of everything: conversations, copies in Sent,
// mail of two clients, unknown senders, automatic mail.
func village(s *imaptest.Server) {
	base := villageAt
	s.With("Sent", func(f *imaptest.Folder) { f.Attrs = `\Sent` })
	for i := range 24 {
		at := base.Add(time.Duration(i) * time.Minute)
		p := post{id: fmt.Sprintf("v%d@x", i), subject: fmt.Sprintf("Assunto %d", i%5), text: fmt.Sprintf("texto %d", i), at: at}
		switch i % 6 {
		case 1:
			p.reply, p.from = fmt.Sprintf("v%d@x", i-1), "Caio <caio@vale.example>"
		case 2:
			p.from = fmt.Sprintf("x%d@alheio.example", i)
		case 3:
			p.from, p.cc = "compras@hospital.example", "bia@vale.example"
		case 4:
			p.extra = "List-Id: <avisos.vale.example>\n"
		}
		s.Add("INBOX", p.raw())
		if i%4 == 0 {
			s.Add("Sent", post{id: fmt.Sprintf("s%d@x", i), reply: p.id, subject: "Re: " + p.subject, from: "Ana <ana@luz.example>", to: "bia@vale.example", at: at.Add(time.Minute)}.raw())
		}
	}
}

func villagers(h *house) {
	h.person("p-bia", "c-vale", "Bia", "bia@vale.example")
}

// undisturbed is what a run without trouble leaves. Ids of mailboxes differ
// from house to house and are evened out.
func undisturbed(t *testing.T, s *imaptest.Server) string {
	t.Helper()
	h := newHouse(t)
	villagers(h)
	box := h.box(h.ana, s)
	h.sync(box)
	return even(h.dump(), box)
}

func even(dump string, box crm.Mailbox) string { return strings.ReplaceAll(dump, box.ID, "BOX") }

// retry makes passes until one succeeds.
func (h *house) retry(box crm.Mailbox, tries int) {
	h.t.Helper()
	var err error
	for range tries {
		if _, err = h.engine.Once(context.Background(), box.ID); err == nil {
			h.balanced(box)
			return
		}
	}
	h.t.Fatalf("no pass in %d tries: %v", tries, err)
}

func same(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	shown := 0
	complain := func(what, line string) {
		if shown++; shown <= 6 {
			t.Errorf("%s: %s", what, line)
		}
	}
	have := map[string]bool{}
	for _, l := range strings.Split(want, "\n") {
		have[l] = true
	}
	for _, l := range strings.Split(got, "\n") {
		if !have[l] {
			complain("not in an undisturbed run", l)
		}
		delete(have, l)
	}
	for l := range have {
		complain("missing", l)
	}
}

func TestServerFaultsLoseNothing(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault imaptest.Faults
		tries int
	}{
		{"cut early", imaptest.Faults{CutAfter: 900, CutOnce: true}, 2},
		{"cut in the bodies", imaptest.Faults{CutAfter: 9000, CutOnce: true}, 2},
		{"flags before each body", imaptest.Faults{FlagsFirst: true}, 1},
		{"flags of no grammar", imaptest.Faults{BadFlags: true}, 1},
		{"UID behind the body", imaptest.Faults{UIDLast: true}, 1},
		{"left out twice", imaptest.Faults{Omit: map[uint32]bool{3: true, 9: true}, OmitTimes: 4}, 1},
		{"bad dates", imaptest.Faults{BadDate: true}, 1},
		{"wrong sizes", imaptest.Faults{WrongSize: true}, 1},
		{"VANISHED", imaptest.Faults{Vanished: true}, 1},
		{"search answers too much", imaptest.Faults{SearchExtra: " 999999 4"}, 1},
		{"empty search is an error", imaptest.Faults{RejectEmpty: true}, 1},
		{"a folder name of no coding", imaptest.Faults{ListExtra: "* LIST () \"/\" \"R&D\"\r\n"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := imaptest.New(t)
			village(s)
			want := undisturbed(t, s)
			s2 := imaptest.New(t)
			village(s2)
			s2.Misbehave(c.fault)
			h := newHouse(t)
			h.engine.Net = quick
			villagers(h)
			box := h.box(h.ana, s2)
			h.retry(box, c.tries)
			same(t, even(h.dump(), box), want)
		})
	}
}

// TestTroubleThatEnds: while it lasts, the pass fails with words; afterwards
// all is there.
func TestTroubleThatEnds(t *testing.T) {
	for _, c := range []struct {
		name, state, key string
		fault            imaptest.Faults
	}{
		{"stall in FETCH", "waiting", "mail.error.network", imaptest.Faults{StallOn: "BODY.PEEK[]"}},
		{"stall at LIST", "waiting", "mail.error.network", imaptest.Faults{StallOn: "LIST"}},
		{"trickle", "waiting", "mail.error.network", imaptest.Faults{StallOn: "SEARCH", Trickle: true}},
		{"BYE", "waiting", "mail.error.limit", imaptest.Faults{Bye: "too busy"}},
		{"too many connections", "waiting", "mail.error.limit", imaptest.Faults{LoginAnswer: "NO [LIMIT] too many connections"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := imaptest.New(t)
			village(s)
			h := newHouse(t)
			h.engine.Net = quick
			villagers(h)
			box := h.box(h.ana, s)
			s.Misbehave(c.fault)
			if _, err := h.engine.Once(t.Context(), box.ID); err == nil {
				t.Fatal("the pass succeeded")
			}
			st, _ := h.Mailbox(t.Context(), h.ana, box.ID)
			if st.State != c.state || st.Problem == nil || st.Problem.Key != c.key {
				t.Errorf("%s %+v", st.State, st.Problem)
			}
			s.Misbehave(imaptest.Faults{})
			h.retry(box, 1)
			same(t, even(h.dump(), box), undisturbed(t, s))
		})
	}
}

func TestFloodEndsThePassNotTheProgram(t *testing.T) {
	t.Parallel()
	h, s := newHouse(t), imaptest.New(t)
	village(s)
	villagers(h)
	box := h.box(h.ana, s)
	h.sync(box)
	want := h.dump()
	s.Misbehave(imaptest.Faults{Flood: true})
	if _, err := h.engine.Once(t.Context(), box.ID); err == nil {
		t.Error("an endless line was taken")
	}
	s.Misbehave(imaptest.Faults{})
	h.retry(box, 1)
	same(t, h.dump(), want)
}

func TestAMailThatCannotBeFetchedIsGivenUpAndTheRestGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		fault  imaptest.Faults
		passes int
	}{
		"left out":   {imaptest.Faults{Omit: map[uint32]bool{3: true}}, 1},
		"NIL":        {imaptest.Faults{NilBody: map[uint32]bool{3: true}}, 1},
		"empty":      {imaptest.Faults{EmptyBody: map[uint32]bool{3: true}}, 1},
		"lies short": {imaptest.Faults{LieShort: map[uint32]bool{3: true}}, 6},
		"lies long":  {imaptest.Faults{LieLong: map[uint32]bool{3: true}}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, s := newHouse(t), imaptest.New(t)
			h.engine.Net = quick
			for i := range 6 {
				s.Add("INBOX", post{id: fmt.Sprint(i, "@x"), subject: fmt.Sprint("Mail ", i), text: strings.Repeat("linha\n", 50)}.raw())
			}
			s.Misbehave(c.fault)
			box := h.box(h.ana, s)
			h.retry(box, c.passes)
			f := h.folder(box, "INBOX")
			if f.Failed != 1 || f.Stored != 5 {
				t.Fatalf("%+v", f)
			}
			r, err := crm.Ledger.Get(t.Context(), h.store, rowID(&f.Folder, 3))
			if err != nil || r.Reason == "" || r.Tries != maxTries {
				t.Errorf("%+v, %v", r, err)
			}
			// A user presses "try again" when the server is well.
			s.Misbehave(imaptest.Faults{})
			if n, err := h.RetryFailed(t.Context(), h.ana, box.ID); n != 1 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			h.sync(box)
			if f := h.folder(box, "INBOX"); f.Stored != 6 || f.Failed != 0 {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestARefusedPasswordIsTriedThreeTimesInAll(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	box := h.boxAt(h.ana, s.Port, "ana", "errada")
	for range 3 {
		if _, err := h.engine.Once(t.Context(), box.ID); crm.CodeOf(err) != crm.CodeInvalid {
			t.Fatal(err)
		}
	}
	st, _ := h.Mailbox(t.Context(), h.ana, box.ID)
	if st.State != "auth" || st.Tries != 3 || st.Problem.Key != "mail.error.auth" || st.NextTry != nil {
		t.Errorf("%+v", st.Mailbox)
	}
	// Neither a restart nor waking by events tries again.
	dialled := s.Dialled()
	other := h.newEngine("two")
	current, err := crm.Mailboxes.Get(t.Context(), h.store, box.ID)
	h.must(err)
	if wait := other.sit(t.Context(), current, newPauses()); wait != askUser || s.Dialled() != dialled {
		t.Errorf("waits %s after %d more tries", wait, s.Dialled()-dialled)
	}
	// A new password does.
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Password: "segredo"}); err != nil {
		t.Fatal(err)
	}
	h.sync(box)
	if st, _ := h.Mailbox(t.Context(), h.ana, box.ID); st.State != "ok" || st.Tries != 0 || st.Problem != nil {
		t.Errorf("%+v", st.Mailbox)
	}
}

// TestKilledAnywhere ends passes at random points of the wire, then goes on:
// the end is that of an undisturbed run.
func TestKilledAnywhere(t *testing.T) {
	s := imaptest.New(t)
	village(s)
	want := undisturbed(t, s)
	for seed := range uint64(few(20)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 1))
			h := newHouse(t)
			villagers(h)
			box := h.box(h.ana, s)
			for range 4 {
				ctx, cancel := context.WithCancel(t.Context())
				timer := time.AfterFunc(time.Duration(r.IntN(60))*time.Millisecond, cancel)
				_, _ = h.engine.Once(ctx, box.ID)
				timer.Stop()
				cancel()
			}
			h.retry(box, 1)
			same(t, even(h.dump(), box), want)
		})
	}
}

// failing lets the n-th Apply fail, before or after it took place.
type failing struct {
	store.Store
	left  atomic.Int64
	after bool
}

var errKilled = errors.New("killed")

func (f *failing) Apply(ctx context.Context, ch ...store.Change) error {
	n := f.left.Add(-1)
	if n < 0 && !f.after || n < -1 {
		return errKilled // and nothing more is written
	}
	err := f.Store.Apply(ctx, ch...)
	if n < 0 && err == nil {
		return errKilled
	}
	return err
}

func TestKilledAtEachWrite(t *testing.T) {
	s := imaptest.New(t)
	village(s)
	want := undisturbed(t, s)
	for n := range few(int64(16)) {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprint(n, after), func(t *testing.T) {
				t.Parallel()
				f := &failing{after: after}
				f.left.Store(1 << 40)
				h := newHouse(t, func(st store.Store) store.Store { f.Store = st; return f })
				villagers(h)
				box := h.box(h.ana, s)
				f.left.Store(n)
				_, err := h.engine.Once(t.Context(), box.ID)
				f.left.Store(1 << 40)
				if n < 8 && err == nil {
					t.Error("the pass did not meet the failure")
				}
				h.retry(box, 2)
				same(t, even(h.dump(), box), want)
			})
		}
	}
}

// TestALostLeaseWritesNothing: a worker that was too slow meets its successor.
func TestALostLeaseWritesNothing(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	village(s)
	box := h.box(h.ana, s)
	st := h.store
	lease, err := st.Lease(t.Context(), "mailbox:"+box.ID, "old", time.Minute)
	h.must(err)
	h.must(st.Release(t.Context(), lease))
	_, err = st.Lease(t.Context(), "mailbox:"+box.ID, "new", time.Minute)
	h.must(err)
	old := h.engine.session(box, lease)
	defer old.close()
	h.must(old.dial(t.Context()))
	if err := old.pass(t.Context()); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("%v", err)
	}
	if len(h.messages())+len(all(h, crm.Ledger, store.Query{})) != 0 {
		t.Error("something was written")
	}
	if _, err := h.engine.Once(t.Context(), box.ID); crm.CodeOf(err) != crm.CodeConflict {
		t.Errorf("a second worker: %v", err)
	}
}

// TestNothingOfAMailIsLogged runs what can go wrong and looks for words of the
// mails, addresses, folder names and the password in the log.
func TestNothingOfAMailIsLogged(t *testing.T) {
	t.Parallel()
	h, s := newHouse(t), imaptest.New(t)
	h.engine.Net = quick
	village(s)
	villagers(h)
	names := []string{"Clientes secretos"}
	box := h.box(h.ana, s)
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Folders: &names}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []imaptest.Faults{
		{}, {LoginAnswer: "NO [AUTHENTICATIONFAILED] ana@luz.example is unknown"}, {Bye: "no more for bia@vale.example"},
		{CutAfter: 4000}, {LieLong: map[uint32]bool{5: true}}, {NilBody: map[uint32]bool{5: true}}, {StallOn: "LIST"},
	} {
		s.Misbehave(f)
		s.Add("INBOX", post{id: fmt.Sprint(rand.Int(), "@x"), subject: "Assunto reservado", text: "texto sigiloso"}.raw())
		_, _ = h.engine.Once(t.Context(), box.ID)
	}
	log := h.log.String()
	if !strings.Contains(log, "pass failed") {
		t.Fatal("nothing was logged at all")
	}
	for _, secret := range []string{"@", "vale", "Assunto", "sigiloso", "segredo", "secretos", "Bia", "texto"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}

// picky refuses one message, as a store does that finds a document too large.
type picky struct{ store.Store }

func (p picky) Apply(ctx context.Context, ch ...store.Change) error {
	for _, c := range ch {
		if put, ok := c.(store.Put); ok && put.In == crm.Messages.In && strings.Contains(string(put.Doc.Body), "veneno") {
			return &store.Error{Code: store.CodeInvalid, Collection: put.In.Name, Msg: "too large"}
		}
	}
	return p.Store.Apply(ctx, ch...)
}

func TestAMailThatCannotBeStoredTakesNoOthersWithIt(t *testing.T) {
	h, s := newHouse(t, func(st store.Store) store.Store { return picky{st} }), imaptest.New(t)
	for i := range 5 {
		s.Add("INBOX", post{id: fmt.Sprint(i, "@x"), subject: []string{"bom", "veneno"}[i%4/3]}.raw())
	}
	box := h.box(h.ana, s)
	h.sync(box)
	f := h.folder(box, "INBOX")
	r, err := crm.Ledger.Get(t.Context(), h.store, rowID(&f.Folder, 4))
	if f.Stored != 4 || f.Failed != 1 || err != nil || r.Reason == "" {
		t.Errorf("%+v %+v %v", f, r, err)
	}
}

// TestHugeHeaders: ids and names of a hostile length are kept short, and filed.
func TestHugeHeaders(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	long := strings.Repeat("x", 400_000)
	s.Add("INBOX", post{id: long + "@x", subject: long, reply: long + "@y", refs: long + "1@x " + long + "2@x"}.raw(), post{id: "ok@x", subject: "bom"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Stored+f.Failed != 2 || f.Stored < 1 {
		t.Errorf("%+v", f)
	}
}
