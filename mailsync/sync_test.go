package mailsync

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
	"cemigmas/mailsync/imaptest"
)

// fetches lists the body fetches that the server saw.
func fetches(s *imaptest.Server) []string {
	var out []string
	for _, c := range s.Commands() {
		if strings.Contains(c, "FETCH") && strings.Contains(c, "BODY.PEEK[]") {
			out = append(out, c)
		}
	}
	return out
}

func TestFirstSyncThenNothingThenNewMail(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	h.person("p-bia", "c-vale", "Bia", "bia@vale.example")
	s.Add("INBOX", post{id: "1@x", subject: "Demanda"}.raw(), post{id: "2@x", subject: "Fatura", from: "x@alheio.example"}.raw())
	box := h.box(h.ana, s)
	if n := h.sync(box); n != 2 {
		t.Errorf("fetched %d", n)
	}
	f := h.folder(box, "INBOX")
	if f.Stored != 1 || f.Held != 1 || f.Server != 2 {
		t.Errorf("%+v", f)
	}
	tl := h.timeline("c-vale")
	if len(tl) != 1 || tl[0].Title != "Demanda" || tl[0].Count != 1 || !tl[0].Inbound || tl[0].Why[0].Kind != "person" {
		t.Fatalf("%+v", tl)
	}
	st, _ := h.Mailbox(t.Context(), h.ana, box.ID)
	if st.State != "ok" || st.LastPass == nil || st.Problem != nil || st.Secret != "" {
		t.Errorf("%+v", st.Mailbox)
	}
	// Nothing changed: four numbers are asked, no search, no fetch.
	before := len(s.Commands())
	h.sync(box)
	for _, c := range s.Commands()[before:] {
		if strings.Contains(c, "FETCH") || strings.Contains(c, "SEARCH") {
			t.Errorf("a quiet pass sent %s", c)
		}
	}
	// One new mail: only that is fetched.
	before = len(fetches(s))
	s.Add("INBOX", post{id: "3@x", subject: "Re: Demanda", reply: "1@x"}.raw())
	if n := h.sync(box); n != 1 || len(fetches(s)) != before+1 {
		t.Errorf("fetched %d in %v", n, fetches(s)[before:])
	}
	if tl = h.timeline("c-vale"); len(tl) != 1 || tl[0].Count != 2 {
		t.Errorf("%+v", tl)
	}
	for _, c := range s.Commands() {
		if up := strings.ToUpper(c); strings.HasPrefix(up, "SELECT") || strings.Contains(up, " STORE ") || strings.Contains(up, "BODY[") {
			t.Errorf("the mailbox is touched: %s", c)
		}
	}
	// The raw mail is there, to the byte.
	m := h.messages()[0]
	raw, err := h.blobs.Get(t.Context(), blob.Ref(m.Raw))
	if err != nil || int64(len(raw)) != m.Size {
		t.Errorf("%d of %d bytes, %v", len(raw), m.Size, err)
	}
}

func TestBackfillGoesNewestFirstToTheHorizon(t *testing.T) {
	t.Parallel()
	h, s := newHouse(t), imaptest.New(t)
	// Three steps, the last one short. The double, which tests every document for
	// each query, gets a tenth of the mails in steps of a tenth.
	n := 1300
	if opentest.Double(t) {
		n, h.engine.window = n/10, window/10
	}
	aged := n / 30 // old mail that lies first in the folder
	s.With("INBOX", func(f *imaptest.Folder) {
		for i := range n {
			at := h.now.AddDate(0, 0, -1)
			if i < aged || i == n*2/3 { // old mail, one of it moved here lately
				at = h.now.AddDate(-2, 0, 0)
			}
			raw := post{id: "n" + at.Format("2006") + "." + string(rune('a'+i%26)) + time.Duration(i).String(), subject: "Aviso", at: at, text: time.Duration(i).String(), extra: "Auto-Submitted: auto-generated\n"}
			f.Mails = append(f.Mails, imaptest.Mail{UID: uint32(i + 1), Internal: at, Raw: crlf(raw.raw())})
		}
		f.UIDNext = uint32(n + 1)
	})
	box := h.box(h.ana, s)
	if got := h.sync(box); got != n-aged-1 {
		t.Errorf("fetched %d", got)
	}
	f := h.folder(box, "INBOX")
	if f.Beyond != int64(aged)+1 || f.Stored != int64(n-aged-1) || f.Server != int64(n) {
		t.Errorf("beyond %d, stored %d, server %d", f.Beyond, f.Stored, f.Server)
	}
	if first := fetches(s)[0]; !strings.Contains(first, strconv.Itoa(n)) {
		t.Errorf("the first fetch was %s", first)
	}
	// A longer horizon wants the rest.
	old := h.now.AddDate(-3, 0, 0).Format("2006-01-02")
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Horizon: &old}); err != nil {
		t.Fatal(err)
	}
	if got := h.sync(box); got != aged+1 || h.folder(box, "INBOX").Beyond != 0 {
		t.Errorf("fetched %d: %+v", n, h.folder(box, "INBOX"))
	}
}

func TestOneMailInTwoFoldersAndTwoMailboxes(t *testing.T) {
	h, s, other := newHouse(t), imaptest.New(t), imaptest.New(t)
	raw := post{id: "1@x", subject: "Ampliação", to: "ana@luz.example, rui@luz.example"}.raw()
	s.Add("INBOX", raw)
	s.With("Sent", func(f *imaptest.Folder) { f.Attrs = `\Sent` })
	s.Add("Sent", raw)
	other.Add("INBOX", raw)
	one, two := h.box(h.ana, s), h.box(h.rui, other)
	h.sync(one)
	h.sync(two)
	ms := h.messages()
	if len(ms) != 1 || !slices.Equal(ms[0].Owners, []string{"u-ana", "u-rui"}) || len(ms[0].Mailboxes) != 2 {
		t.Fatalf("%+v", ms)
	}
	if tl := h.timeline("c-vale"); len(tl) != 1 || tl[0].Count != 1 {
		t.Errorf("%+v", tl)
	}
	if a, b, c := h.folder(one, "INBOX"), h.folder(one, "Sent"), h.folder(two, "INBOX"); a.Stored != 1 || b.Duplicate != 1 || c.Duplicate != 1 {
		t.Errorf("%+v %+v %+v", a, b, c)
	}
}

func TestSameMessageIDWithOtherTextIsAnotherMail(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", subject: "a", text: "um"}.raw(), post{id: "1@x", subject: "b", text: "dois"}.raw(),
		post{subject: "sem id", text: "x"}.raw(), post{subject: "sem id", text: "y"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if n := len(h.messages()); n != 4 {
		t.Errorf("%d messages", n)
	}
}

func TestExpungedMailStaysOnTheTimeline(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	uids := s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw(), post{id: "2@x", subject: "Dois"}.raw(), post{id: "3@x", from: "x@alheio.example", subject: "Três"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	var kept imaptest.Mail
	s.With("INBOX", func(f *imaptest.Folder) { kept = f.Mails[0] })
	s.Expunge("INBOX", uids[0], uids[2])
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Gone != 2 || f.Stored != 1 || f.Held != 0 || f.Server != 1 {
		t.Errorf("%+v", f)
	}
	if len(h.timeline("c-vale")) != 2 || len(h.held()) != 0 {
		t.Errorf("timeline %v, triage %v", h.timeline("c-vale"), h.held())
	}
	// The server shows it again under its number.
	s.With("INBOX", func(f *imaptest.Folder) { f.Mails = append([]imaptest.Mail{kept}, f.Mails...); f.ModSeq++ })
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Gone != 1 || f.Server != 2 || len(h.timeline("c-vale")) != 2 || len(h.messages()) != 2 {
		t.Errorf("%+v, %d messages", f, len(h.messages()))
	}
}

func TestAFifthOfAFolderIsNotBelievedGoneAtOnce(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	for i := range 60 {
		s.Add("INBOX", post{id: time.Duration(i).String() + "@x", subject: "n", text: time.Duration(i).String()}.raw())
	}
	box := h.box(h.ana, s)
	h.sync(box)
	dialled := s.Dialled()
	var gone []uint32
	for uid := range uint32(40) {
		gone = append(gone, uid+1)
	}
	s.Expunge("INBOX", gone...)
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Gone != 40 || s.Dialled() != dialled+2 {
		t.Errorf("%+v after %d connections", f, s.Dialled()-dialled)
	}
}

func TestUIDValidityChangeDoublesNothing(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "0@x", subject: "Some"}.raw())
	s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw(), post{id: "2@x", subject: "Dois"}.raw(),
		post{id: "3@x", from: "x@alheio.example", subject: "Alheio"}.raw(), post{id: "4@x", from: "y@ruido.example", subject: "Ruído"}.raw(),
		post{subject: "Sem id"}.raw())
	s.Expunge("INBOX", 1)
	box := h.box(h.ana, s)
	h.sync(box)
	for _, x := range h.held() {
		if x.Subject == "Ruído" {
			if _, err := h.IgnoreHeld(t.Context(), h.ana, x.ID, "message"); err != nil {
				t.Fatal(err)
			}
		}
	}
	before, sent := len(h.timeline("c-vale")), len(fetches(s))
	s.Renumber("INBOX")
	h.sync(box)
	f := h.folder(box, "INBOX")
	if f.Epoch != 2 || f.Stored != 2 || f.Duplicate != 1 || f.Held != 1 || f.Ignored != 1 {
		t.Errorf("%+v", f)
	}
	if len(h.timeline("c-vale")) != before || len(h.messages()) != 3 || len(h.held()) != 1 {
		t.Errorf("timeline %d then %d, messages %d, triage %d", before, len(h.timeline("c-vale")), len(h.messages()), len(h.held()))
	}
	// Known mail with a Message-ID is recognised by its header: no body.
	for _, c := range fetches(s)[sent:] {
		if strings.Contains(c, "1:") || strings.HasPrefix(c, "UID FETCH 1 ") {
			t.Errorf("a known body is fetched again: %s", c)
		}
	}
}

func TestRenamedFolderKeepsItsLedger(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.With("Clientes", func(*imaptest.Folder) {})
	s.Add("Clientes", post{id: "1@x", subject: "Um"}.raw(), post{id: "2@x", from: "x@alheio.example", subject: "Dois"}.raw())
	box := h.box(h.ana, s)
	names := []string{"Clientes", "Contas"}
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Folders: &names}); err != nil {
		t.Fatal(err)
	}
	h.sync(box)
	s.Rename("Clientes", "Contas")
	n := len(fetches(s))
	h.sync(box)
	if len(fetches(s)) != n || len(h.held()) != 1 {
		t.Errorf("fetched again: %v, triage %d", fetches(s)[n:], len(h.held()))
	}
	if f := h.folder(box, "Contas"); f.Stored != 1 || f.Held != 1 || f.Epoch != 1 {
		t.Errorf("%+v", f)
	}
}

func TestALostFolderStopsNoOther(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw())
	box := h.box(h.ana, s)
	names := []string{"Nada", "Arquivo"}
	s.Add("Arquivo", post{id: "2@x", subject: "Dois"}.raw())
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Folders: &names}); err != nil {
		t.Fatal(err)
	}
	h.sync(box)
	if f := h.folder(box, "Nada"); f.Problem == nil || f.Problem.Key != "mail.error.notfound" {
		t.Errorf("%+v", f.Problem)
	}
	if h.folder(box, "INBOX").Stored != 1 || h.folder(box, "Arquivo").Stored != 1 {
		t.Error("the others did not go on")
	}
	s.Add("Nada", post{id: "3@x", subject: "Três"}.raw())
	h.sync(box)
	if f := h.folder(box, "Nada"); f.Problem != nil || f.Stored != 1 {
		t.Errorf("it came back: %+v", f)
	}
}

func TestJunkIsNeverFollowed(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.With("Spam", func(f *imaptest.Folder) { f.Attrs = `\Junk` })
	s.Add("Spam", post{id: "1@x", subject: "Ganhe"}.raw())
	box := h.box(h.ana, s)
	names := []string{"Spam"}
	if _, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Folders: &names}); err != nil {
		t.Fatal(err)
	}
	h.sync(box)
	if len(h.messages()) != 0 {
		t.Error("junk came in")
	}
}

func TestDailyComparisonFindsWhatTheCountsHide(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	old := h.now.AddDate(-2, 0, 0)
	uids := s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw(), post{id: "2@x", subject: "Dois"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	// One goes and an old one comes: the count is the same.
	s.Expunge("INBOX", uids[0])
	s.With("INBOX", func(f *imaptest.Folder) {
		f.Mails = append(f.Mails, imaptest.Mail{UID: f.UIDNext, Internal: old, Raw: crlf(post{id: "3@x", subject: "Três", at: old}.raw())})
		f.UIDNext++
		f.ModSeq++
	})
	h.now = h.now.Add(25 * time.Hour)
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Gone != 1 || f.Beyond != 1 || f.Stored != 1 {
		t.Errorf("%+v", f)
	}
}

func TestUnreadableMailIsKeptAndShown(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	broken := "From: bia@vale.example\nTo: ana@luz.example\nMIME-Version: 1.0\nSubject: =?utf-9?q?=FF?=\nContent-Type: multipart/mixed; boundary=\"\n\n--x\nContent-Transfer-Encoding: nonsense\n\nOl\xe1\x00, a demanda\n"
	s.Add("INBOX", broken, post{id: "2@x", subject: "Depois"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if f := h.folder(box, "INBOX"); f.Stored != 2 {
		t.Fatalf("%+v", f)
	}
	ms := h.messages()
	i := slices.IndexFunc(ms, func(m crm.Message) bool { return m.MessageID == "" })
	if i < 0 || ms[i].Problem == "" || !strings.Contains(ms[i].Preview, "demanda") {
		t.Errorf("%+v", ms)
	}
	raw, err := h.blobs.Get(t.Context(), blob.Ref(ms[i].Raw))
	if err != nil || string(raw) != string(crlf(broken)) {
		t.Errorf("raw %q, %v", raw, err)
	}
}

func TestMailboxIsRemovedButItsFiledMailStays(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw(), post{id: "2@x", from: "x@alheio.example", subject: "Dois"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	if err := h.RemoveMailbox(t.Context(), h.mara, box.ID); crm.CodeOf(err) != crm.CodeForbidden {
		t.Errorf("a manager: %v", err)
	}
	if err := h.RemoveMailbox(t.Context(), h.rui, box.ID); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("a stranger: %v", err)
	}
	if err := h.RemoveMailbox(t.Context(), h.ana, box.ID); err != nil {
		t.Fatal(err)
	}
	left := len(h.held()) + len(all(h, crm.Ledger, store.Query{})) + len(all(h, crm.Folders, store.Query{})) + len(all(h, crm.Mailboxes, store.Query{}))
	if left != 0 || len(h.timeline("c-vale")) != 1 || len(h.messages()) != 1 {
		t.Errorf("%d documents left, timeline %d", left, len(h.timeline("c-vale")))
	}
	// Added again, nothing is doubled.
	h.sync(h.box(h.ana, s))
	if len(h.timeline("c-vale")) != 1 || len(h.messages()) != 1 || len(h.held()) != 1 {
		t.Error("doubled")
	}
}
