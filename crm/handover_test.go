package crm_test

import (
	"testing"
	"time"

	"cemigmas/crm"
)

// Who takes over sees what was promised, what is planned, which dates come and
// who waits for an answer; what is over, settled or answered is left out.
func TestHandoverNamesWhatIsOpen(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	c := h.anasClient
	day := func(n int) *time.Time { at := h.now.AddDate(0, 0, n); return &at }
	visit := func(at *time.Time, v crm.Visit) {
		h.log(t, h.ana, c.ID, crm.ActivityInput{Kind: crm.KindVisit, At: at, Visit: &v})
	}
	visit(day(-20), crm.Visit{State: crm.VisitDone, Findings: "Visto", Purpose: "Fatura", Promises: "Simulação até dia 30"})
	visit(day(-10), crm.Visit{State: crm.VisitDone, Findings: "Visto", Purpose: "Nada combinado"})
	visit(day(-200), crm.Visit{State: crm.VisitDone, Findings: "Visto", Purpose: "Antiga", Promises: "Há muito tempo"})
	visit(day(3), crm.Visit{State: crm.VisitPlanned, Purpose: "Renovar"})
	for n, on := range []string{"2026-12-15", "2026-12-20", "2026-10-01", "2028-01-01"} {
		d := crm.Deadline{ID: "d" + string(rune('0'+n)), Client: c.ID, Agent: c.Agent, Team: c.Team, Kind: "notice", On: on}
		if n == 1 {
			d.Settled = &crm.Settled{How: "done"}
		}
		h.put(t, crm.Deadlines.InsertIfAbsent(&d))
	}
	for id, e := range map[string]crm.Entry{"asks": {At: *day(-2), Inbound: true, Title: "Fatura?"}, "answered": {At: *day(-2)}, "old": {At: *day(-90), Inbound: true}} {
		e.ID, e.Client, e.Kind, e.Ref = id, c.ID, crm.KindMail, id
		h.put(t, crm.Timeline.Put(&e))
	}
	for _, who := range []crm.Actor{h.ana, h.manager, h.admin} {
		list, next, err := h.Handover(ctx, who, crm.HandoverQuery{Agent: h.ana.UserID})
		if err != nil || next != "" || len(list) != 1 {
			t.Fatalf("%s: %+v, %q, %v", who.Name, list, next, err)
		}
		m := list[0]
		if len(m.Promises) != 1 || m.Promises[0].Visit.Promises != "Simulação até dia 30" || len(m.Visits) != 1 || m.Visits[0].Visit.Purpose != "Renovar" ||
			len(m.Dates) != 1 || m.Dates[0].On != "2026-12-15" || len(m.Mail) != 1 || m.Mail[0].Title != "Fatura?" || m.Quiet() {
			t.Errorf("%s: %+v", who.Name, m)
		}
	}
	for _, who := range []crm.Actor{h.rui, h.other} {
		if list, _, err := h.Handover(ctx, who, crm.HandoverQuery{Agent: h.ana.UserID}); err != nil || len(list) != 0 {
			t.Errorf("%s sees %+v, %v", who.Name, list, err)
		}
	}
	if _, _, err := h.Handover(ctx, h.admin, crm.HandoverQuery{}); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("nobody's: %v", err)
	}
}

// The hand-over of a bulk edit is read by the new agent, and has no client that
// went on to somebody else.
func TestHandoverOfABatch(t *testing.T) {
	h := newHouse(t)
	leo, bia := h.user(t, "leo", crm.RoleAgent, "norte"), h.user(t, "bia", crm.RoleAgent, "norte")
	list := h.portfolio(t, "Zinco", "Aço", "Cobre")
	h.bulk(t, h.manager, "b", crm.BulkArgs{IDs: []string{list[0].ID, list[1].ID, list[2].ID}, Edit: crm.BulkEdit{Agent: &leo.UserID}})
	h.bulk(t, h.manager, "c", crm.BulkArgs{IDs: []string{list[2].ID}, Edit: crm.BulkEdit{Agent: &bia.UserID}})
	for _, c := range []struct {
		who  crm.Actor
		want []string
	}{{leo, []string{"Aço", "Zinco"}}, {h.manager, []string{"Aço", "Zinco"}}, {h.ana, nil}, {bia, nil}, {h.other, nil}} {
		got, _, err := h.Handover(t.Context(), c.who, crm.HandoverQuery{Batch: "b"})
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %+v, %v", c.who.Name, got, err)
			continue
		}
		for n, m := range got {
			if m.Client.Name != c.want[n] || !m.Quiet() {
				t.Errorf("%s: %+v, want %s", c.who.Name, m, c.want[n])
			}
		}
	}
}
