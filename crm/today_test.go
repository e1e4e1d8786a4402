package crm_test

import (
	"testing"
	"time"

	"cemigmas/crm"
)

// New mail is what waits for an answer: of the last days, not answered since,
// and written by somebody.
func TestDayShowsMailThatWaits(t *testing.T) {
	h := newHouse(t)
	c := h.client(t, "Laminados", h.ana)
	mail := func(thread string, ago time.Duration, change func(*crm.MailLink)) {
		l := crm.MailLink{ID: h.NewID(), Message: h.NewID(), Thread: thread, Client: c.ID, Agent: h.ana.UserID, Team: h.ana.Team, At: h.now.Add(-ago)}
		change(&l)
		h.put(t, crm.MailLinks.Put(&l))
	}
	inbound, ours := func(*crm.MailLink) {}, func(l *crm.MailLink) { l.Outbound = true }
	const day = 24 * time.Hour
	mail("waits", 2*day, ours)
	mail("waits", day, inbound)
	mail("asked twice", 3*day, inbound)
	mail("asked twice", 2*day, inbound)
	mail("answered", 3*day, inbound)
	mail("answered", 2*day, ours)
	mail("long ago", 9*day, inbound)
	mail("from a machine", day, func(l *crm.MailLink) { l.Automatic = true })
	for _, who := range []crm.Actor{h.ana, h.manager, h.admin} {
		d, err := h.Day(t.Context(), who, crm.DayOf(h.now))
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Mail) != 2 || d.Mail[0].Thread != "waits" || d.Mail[1].Thread != "asked twice" || !d.Mail[1].At.Equal(h.now.Add(-2*day)) {
			t.Errorf("%s sees %+v", who.Role, d.Mail)
		}
	}
}
