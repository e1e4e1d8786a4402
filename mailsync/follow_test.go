package mailsync

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/mailsync/imaptest"
	"cemigmas/mailsync/imapx"
)

// running starts the engine and ends it with the test.
func (h *house) running() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { h.engine.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	h.t.Cleanup(stop)
	return stop
}

// until waits for events until a condition holds.
func (h *house) until(events <-chan crm.Event, what string, ok func() bool) {
	h.t.Helper()
	deadline := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-events:
		case <-deadline:
			h.t.Fatalf("never: %s", what)
		}
	}
}

// put appends mails over IMAP, as a mail program does.
func put(t testing.TB, d *imaptest.DovecotServer, user, folder string, raws ...string) {
	t.Helper()
	c := client(t, d, user)
	defer c.Close()
	for _, raw := range raws {
		if _, err := c.Append(t.Context(), folder, crlf(raw), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

func client(t testing.TB, d *imaptest.DovecotServer, user string) *imapx.Conn {
	t.Helper()
	c, err := imapx.Dial(t.Context(), imapx.Options{Host: d.Host, Port: d.Port, Mode: imapx.ModePlain, User: user, Password: d.Password, AllowPrivate: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMailAppearsOnTheTimelineByItself is the whole way on a real server: what
// is appended stands on the open timeline, because IDLE wakes the engine.
func TestMailAppearsOnTheTimelineByItself(t *testing.T) {
	d := imaptest.Dovecot(t, "ana", "rui")
	h := newHouse(t)
	h.person("p-bia", "c-vale", "Bia", "bia@vale.example")
	put(t, d, "ana", "INBOX", post{id: "1@x", subject: "Primeira"}.raw(), post{id: "0@x", from: "z@alheio.example", subject: "Alheia"}.raw())
	put(t, d, "ana", "Sent", post{id: "2@x", reply: "1@x", from: "ana@luz.example", to: "bia@vale.example", subject: "Re: Primeira"}.raw())
	events, stop := h.Bus().Subscribe()
	defer stop()
	h.running()
	box := h.boxAt(h.ana, d.Port, "ana", d.Password)
	h.boxAt(h.rui, d.Port, "rui", d.Password)
	state := func() crm.MailboxState {
		st, err := h.Mailbox(t.Context(), h.ana, box.ID)
		h.must(err)
		return st
	}
	count := func() (n int64) {
		for _, e := range h.timeline("c-vale") {
			n += e.Count
		}
		return n
	}
	h.until(events, "the first pass ends", func() bool { return state().State == "ok" })
	h.balanced(box)
	if tl := h.timeline("c-vale"); len(tl) != 1 || tl[0].Count != 2 || tl[0].Inbound || len(h.held()) != 1 {
		t.Fatalf("%+v, triage %d", tl, len(h.held()))
	}
	// Whoever is told of mail finds it there.
	put(t, d, "ana", "INBOX", post{id: "3@x", reply: "2@x", subject: "Re: Primeira", text: "respondida"}.raw())
	start := time.Now()
	h.until(events, "the new mail", func() bool { return count() == 3 })
	t.Logf("on the timeline after %s", time.Since(start))
	if tl := h.timeline("c-vale"); tl[0].Text != "respondida" || !tl[0].Inbound {
		t.Errorf("%+v", tl)
	}
	// Triage decides, and the body comes without waiting for the clock.
	h.assign(h.ana, h.held()[0].ID, "c-vale", true)
	h.until(events, "the assigned mail", func() bool { return count() == 4 })
	// Sync now brings a folder that IDLE does not watch.
	put(t, d, "ana", "Sent", post{id: "4@x", from: "ana@luz.example", to: "bia@vale.example", subject: "Nova"}.raw())
	h.must(h.AskSync(t.Context(), h.ana, box.ID))
	h.until(events, "the sent mail", func() bool { return count() == 5 })
	// Deleted on the server: gone in the numbers, still on the timeline.
	c := client(t, d, "ana")
	defer c.Close()
	h.must(d.Expunge(t, "ana", "INBOX", "1@x"))
	h.until(events, "gone", func() bool { return state().FolderStates[0].Gone == 1 && state().State == "ok" })
	if count() != 5 {
		t.Error("the timeline lost history")
	}
	// Paused, nothing comes; resumed, it does.
	yes, no := true, false
	_, err := h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Paused: &yes})
	h.must(err)
	put(t, d, "ana", "INBOX", post{id: "5@x", subject: "Depois"}.raw())
	_, err = h.EditMailbox(t.Context(), h.ana, h.ring, box.ID, crm.MailboxEdit{Paused: &no})
	h.must(err)
	h.until(events, "mail after the pause", func() bool { return count() == 6 })
	h.must(h.RemoveMailbox(t.Context(), h.ana, box.ID))
}

// TestEndingTheEngineEndsItsConnections: a program that ends leaves nothing
// open, and its lease is free at once.
func TestEndingTheEngineEndsItsConnections(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw())
	events, stop := h.Bus().Subscribe()
	defer stop()
	box := h.box(h.ana, s)
	end := h.running()
	h.until(events, "the first pass", func() bool { return len(h.messages()) == 1 })
	end()
	if _, err := h.newEngine("two").Once(t.Context(), box.ID); err != nil {
		t.Errorf("the lease is held: %v", err)
	}
}

// TestAfterTheServerWentAway: connections are made anew and what came meanwhile
// comes in.
func TestAfterTheServerWentAway(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	s.Add("INBOX", post{id: "1@x", subject: "Um"}.raw())
	events, stop := h.Bus().Subscribe()
	defer stop()
	box := h.box(h.ana, s)
	h.running()
	h.until(events, "the first pass", func() bool { return len(h.messages()) == 1 })
	s.Add("INBOX", post{id: "2@x", subject: "Dois"}.raw())
	s.Drop()
	h.must(h.AskSync(t.Context(), h.ana, box.ID))
	h.until(events, "the second mail", func() bool { h.must(h.AskSync(t.Context(), h.ana, box.ID)); return len(h.messages()) == 2 })
}

func BenchmarkFirstSync(b *testing.B) {
	const mails = 5000
	raws := make([]imaptest.Mail, mails)
	at := time.Now().AddDate(0, -1, 0)
	for i := range raws {
		p := post{id: fmt.Sprintf("b%d@x", i), subject: fmt.Sprintf("Assunto %d", i/8), at: at.Add(time.Duration(i) * time.Minute),
			from: fmt.Sprintf("p%d@empresa%d.example", i%7, i/8%200), text: string(make([]byte, 0)) + longText(i)}
		if i%8 > 0 {
			p.reply = fmt.Sprintf("b%d@x", i-1)
			p.refs = fmt.Sprintf("b%d@x b%d@x", i/8*8, i-1)
		}
		raws[i] = imaptest.Mail{UID: uint32(i + 1), Internal: p.at, Raw: crlf(p.raw())}
	}
	for b.Loop() {
		b.StopTimer()
		h, s := newHouse(b), imaptest.New(b)
		for i := range 200 {
			h.client(crm.Client{ID: fmt.Sprintf("c-%d", i), Name: "Empresa", Domains: []string{fmt.Sprintf("empresa%d.example", i)}}, h.ana)
		}
		s.With("INBOX", func(f *imaptest.Folder) { f.Mails, f.UIDNext = raws, mails+1 })
		box := h.box(h.ana, s)
		b.StartTimer()
		start := time.Now()
		n, err := h.engine.Once(b.Context(), box.ID)
		if err != nil || n != mails {
			b.Fatal(n, err)
		}
		b.ReportMetric(float64(n)/time.Since(start).Seconds(), "mails/s")
	}
}

// longText is some kilobytes of prose, as mails have with what they quote.
func longText(i int) string {
	var out []byte
	for n := range 60 {
		out = fmt.Appendf(out, "Linha %d da mensagem %d sobre a demanda contratada da unidade.\n", n, i)
	}
	return string(out)
}
