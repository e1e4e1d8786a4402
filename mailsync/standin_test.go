package mailsync

import (
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/mailsync/imaptest"
)

// TestMailOfStandIn: mail that comes while somebody stands in is the stand-in's
// to read at once, and no more when the dates are over; what is nobody's yet
// stays with the mailbox's owner, until the stand-in makes its sender a person of
// a client that it serves.
func TestMailOfStandIn(t *testing.T) {
	h, s := newHouse(t), imaptest.New(t)
	town(h)
	h.must(h.TurnStandIns(t.Context()))
	today := h.Today()
	_, err := h.EditClient(t.Context(), crm.SystemActor(), "c-vale", 0, crm.ClientPatch{StandIn: &h.rui.UserID, StandInFrom: &today, StandInUntil: &today})
	h.must(err)
	s.Add("INBOX", post{from: "bia@vale.example"}.raw())
	s.Add("INBOX", post{from: "z@alheio.example"}.raw())
	box := h.box(h.ana, s)
	h.sync(box)
	links := h.links()
	if len(links) != 1 || links[0].Acting != h.rui.UserID || links[0].Agent != h.ana.UserID {
		t.Fatalf("filed as %+v", links)
	}
	read := func() (mail, held int, err error) {
		u, uerr := crm.Users.Get(t.Context(), h.store, h.rui.UserID)
		h.must(uerr)
		rui := h.ActorOf(&u)
		day, derr := h.Day(t.Context(), rui, h.Today())
		h.must(derr)
		_, err = h.ThreadView(t.Context(), rui, links[0].Thread)
		return len(day.Mail), day.Triage, err
	}
	if mail, held, err := read(); mail != 1 || held != 0 || err != nil {
		t.Errorf("on the day: %d mails and %d held on Today, %v", mail, held, err)
	}
	u, err := crm.Users.Get(t.Context(), h.store, h.rui.UserID)
	h.must(err)
	waiting := h.held()
	if _, err := h.Held(t.Context(), h.ActorOf(&u), waiting[0].ID); crm.CodeOf(err) != crm.CodeNotFound {
		t.Errorf("the stand-in reads what waits for the agent: %v", err)
	}
	_, err = h.AddPerson(t.Context(), h.ActorOf(&u), "c-vale", crm.PersonInput{Name: "Zélia", Emails: []string{"z@alheio.example"}})
	h.must(err)
	h.must(h.engine.refileNoted(t.Context()))
	h.sync(box)
	if mail, _, err := read(); mail != 2 || len(h.held()) != 0 || err != nil {
		t.Errorf("after its sender was named: %d mails on Today, %d waiting, %v", mail, len(h.held()), err)
	}
	h.now = h.now.Add(24 * time.Hour)
	for _, turned := range []bool{false, true} {
		if turned {
			h.must(h.TurnStandIns(t.Context()))
		}
		if mail, _, err := read(); mail != 0 || crm.CodeOf(err) != crm.CodeNotFound {
			t.Errorf("the day after, turned %v: %d mails on Today, %v", turned, mail, err)
		}
	}
}
