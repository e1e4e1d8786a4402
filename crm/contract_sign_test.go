package crm_test

import (
	"fmt"
	"slices"
	"testing"

	"cemigmas/crm"
)

// A request names the demand and the month; signed, it is in the schedule, and
// what it does not name stays as it was.
func TestSignedAmendmentChangesTheSchedule(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	i := crm.Installation{ID: "i", Client: h.anasClient.ID, Agent: h.ana.UserID, Team: "norte", Name: "Sede", Subgroup: "A4", CreatedAt: h.now}
	h.put(t, crm.Installations.Put(&i))
	w := func(kw int64) *int64 { kw *= 1000; return &kw }
	k, err := h.AddContract(ctx, h.ana, "i", crm.ContractInput{Kind: crm.ContractCUSD, Modality: "azul", Start: "2025-03-01", Renews: true,
		Schedule: []crm.DemandStep{{From: "2025-03", PeakW: w(300), OffPeakW: w(500)}, {From: "2027-02", PeakW: w(310), OffPeakW: w(510)}}})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(to *crm.DemandStep) crm.Amendment {
		t.Helper()
		_, m, err := h.AddAmendment(ctx, h.ana, k.ID, crm.AmendmentInput{Kind: crm.AmendReduction, Asked: "2026-10-14", To: to})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	sign := func(m crm.Amendment) []crm.DemandStep {
		t.Helper()
		is, err := h.SetAmendment(ctx, h.ana, k.ID, 0, m.ID, crm.AmendSigned)
		if err != nil {
			t.Fatal(err)
		}
		return is.Schedule
	}
	says := func(got []crm.DemandStep, want ...string) {
		t.Helper()
		var is []string
		for _, s := range got {
			is = append(is, fmt.Sprintf("%s %d %d", s.From, *s.OffPeakW/1000, *s.PeakW/1000))
		}
		if !slices.Equal(is, want) {
			t.Errorf("%q, want %q", is, want)
		}
	}
	says(sign(ask(&crm.DemandStep{From: "2027-01", OffPeakW: w(400)})), "2025-03 500 300", "2027-01 400 300", "2027-02 510 310")
	says(sign(ask(&crm.DemandStep{From: "2027-02", PeakW: w(200)})), "2025-03 500 300", "2027-01 400 300", "2027-02 510 200")
	says(sign(ask(&crm.DemandStep{OffPeakW: w(100)})), "2025-03 500 300", "2027-01 400 300", "2027-02 510 200") // no month was said
	says(sign(ask(nil)), "2025-03 500 300", "2027-01 400 300", "2027-02 510 200")

	// What the modality does not have is refused, and the request stays open.
	m := ask(&crm.DemandStep{From: "2027-03", SingleW: w(100)})
	if _, err := h.SetAmendment(ctx, h.ana, k.ID, 0, m.ID, crm.AmendSigned); crm.CodeOf(err) != crm.CodeInvalid {
		t.Errorf("a single demand of azul: %v", err)
	}
	is, err := h.Contract(ctx, h.ana, k.ID)
	if err != nil || is.Amendment(m.ID).State != crm.AmendOpen {
		t.Errorf("it is %+v, %v", is.Amendment(m.ID), err)
	}
	for name, to := range map[string]crm.DemandStep{"no month": {From: "2027", PeakW: w(1)}, "negative": {PeakW: w(-1)}, "no demand": {From: "2027-01"}} {
		if _, _, err := h.AddAmendment(ctx, h.ana, k.ID, crm.AmendmentInput{Kind: crm.AmendIncrease, Asked: "2026-10-14", To: &to}); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
