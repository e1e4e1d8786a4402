package web_test

import (
	"strings"
	"testing"

	"cemigmas/web/webtest"
)

// A request names its demand in the postos of the contract; signed, the schedule
// has it, and the toast takes it back.
func TestAmendmentWithADemand(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/contracts/"+e.Contract
	b.Get(at).Status(200).Has("[name=to_offpeak]", "").Has("[name=to_peak]", "").Lacks("[name=to_single]").Has("[name=to_from][type=month]", "")
	b.Post(at+"/amendments", "kind", "reduction", "asked", "2026-11-20", "to_offpeak", "muito", "to_from", "2027-03").Status(422).Value("to_offpeak", "muito").Has(".invalid", "")
	b.Post(at+"/amendments", "kind", "reduction", "asked", "2026-11-20", "to_from", "2027-03").Status(422).Has(".invalid", "")
	b.Post(at+"/amendments", "kind", "reduction", "asked", "2026-11-20", "to_offpeak", "1.250,5", "to_from", "2027-03").Status(303)
	page := b.Get(at).Status(200).Has(".amend", "para Fora de ponta 1.250,5 kW, desde 03/2027")
	form := page.Find(".amend form").First()
	if form.Find("[value=signed]").Length() == 0 {
		t.Fatal("the newest request comes first and is open")
	}
	signed := b.Follow(b.Post(form.AttrOr("action", ""), "state", "signed")).Has(".hist", "1.250,5").Has(".toast", "demanda contratada")
	undo := signed.Find(".toast form").AttrOr("action", "")
	if !strings.HasSuffix(undo, "/undo") {
		t.Fatalf("it cannot be taken back: %q", undo)
	}
	b.Post(undo, "back", at).Status(303)
	if hist := b.Get(at).Find(".hist").Text(); strings.Contains(hist, "1.250,5") {
		t.Errorf("after the undo: %s", hist)
	}
}
