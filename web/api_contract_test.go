package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

type sentAndNow struct{ Sent, Now json.RawMessage }

// bothVersions are the members of a refused change that differ from what is
// stored.
func bothVersions(a *webtest.Answer) map[string]sentAndNow {
	var e struct{ Differs map[string]sentAndNow }
	a.JSON(&e)
	return e.Differs
}

// TestContractsOverTheAPI makes, reads, changes and amends a contract, with the
// version that was read.
func TestContractsOverTheAPI(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	add := "/installations/" + e.Installation + "/contracts"
	body := map[string]any{"kind": "ccer", "modality": "verde", "start": "2026-03-01", "renews": true, "number": "CCER 7"}
	var made, now crm.Contract
	answer := k.API("ana", http.MethodPost, add, body).Status(201).JSON(&made)
	if made.ID == "" || made.Installation != e.Installation || made.Number != "CCER 7" || answer.Header.Get("ETag") == "" {
		t.Fatalf("%+v %q", made, answer.Header.Get("ETag"))
	}
	wantError(t, k.API("ana", http.MethodPost, add, body), 422, crm.CodeDuplicate)
	wantError(t, k.API("ana", http.MethodPost, add, map[string]any{"kind": "ccer", "start": "soon"}), 422, crm.CodeInvalid)

	at := "/contracts/" + made.ID
	tag := k.API("ana", http.MethodGet, at, nil).Status(200).JSON(&now).Header.Get("ETag")
	changed := k.API("ana", http.MethodPatch, at, map[string]any{"denounced": "2026-11-20", "schedule": []any{map[string]any{"from": "2026-03", "singleW": 450_000}}}, "If-Match", tag).
		Status(200).JSON(&now)
	if now.Denounced != "2026-11-20" || now.Number != "CCER 7" || !now.Renews || len(now.Schedule) != 1 || *now.Schedule[0].SingleW != 450_000 || changed.Header.Get("ETag") == tag {
		t.Errorf("%+v", now)
	}
	stale := k.API("ana", http.MethodPatch, at, map[string]any{"number": "CCER 8", "denounced": ""}, "If-Match", tag)
	wantError(t, stale, 412, crm.CodeConflict)
	if d := bothVersions(stale); len(d) != 2 || string(d["denounced"].Now) != `"2026-11-20"` || string(d["number"].Sent) != `"CCER 8"` {
		t.Errorf("both versions: %+v", d)
	}
	wantError(t, k.API("ana", http.MethodPatch, at, map[string]any{"schedule": []any{map[string]any{"from": "2026-03", "peakW": 1}}}), 422, crm.CodeInvalid)
	now = crm.Contract{}
	k.API("ana", http.MethodPatch, at, map[string]any{"denounced": "", "test": map[string]any{"from": "2026-10"}}).Status(200).JSON(&now)
	if now.Denounced != "" || now.Test == nil || now.Test.Cycles != 3 {
		t.Errorf("%+v", now)
	}
	now = crm.Contract{}
	k.API("ana", http.MethodPatch, at, map[string]any{"test": map[string]any{"from": ""}}).Status(200).JSON(&now)
	if now.Test != nil {
		t.Errorf("%+v", now.Test)
	}
}

func TestAmendmentsOverTheAPI(t *testing.T) {
	k := webtest.New(t)
	at := "/contracts/" + k.Fill()["ana"].Contract
	var m crm.Amendment
	tag := k.API("ana", http.MethodPost, at+"/amendments", map[string]any{"kind": "reduction", "asked": "2026-11-20", "protocol": "2026.7"}).Status(201).JSON(&m).Header.Get("ETag")
	if m.ID == "" || m.State != crm.AmendOpen || m.Protocol != "2026.7" {
		t.Fatalf("%+v", m)
	}
	wantError(t, k.API("ana", http.MethodPost, at+"/amendments", map[string]any{"kind": "reduction"}), 422, crm.CodeInvalid)
	k.API("ana", http.MethodPatch, at+"/amendments/"+m.ID, map[string]any{"state": "signed"}, "If-Match", tag).Status(200).JSON(&m)
	if m.State != crm.AmendSigned {
		t.Errorf("%+v", m)
	}
	stale := k.API("ana", http.MethodPatch, at+"/amendments/"+m.ID, map[string]any{"state": "withdrawn"}, "If-Match", tag)
	wantError(t, stale, 412, crm.CodeConflict)
	if d := bothVersions(stale)["state"]; string(d.Now) != `"signed"` || string(d.Sent) != `"withdrawn"` {
		t.Errorf("both versions: %s", stale.Body)
	}
	wantError(t, k.API("ana", http.MethodPatch, at+"/amendments/none", map[string]any{"state": "signed"}), 404, crm.CodeNotFound)
	var of crm.Contract
	if k.API("ana", http.MethodGet, at, nil).JSON(&of); of.Amendment(m.ID) == nil {
		t.Errorf("%+v", of.Amendments)
	}
}

// What could be asked for today stands in the contract, with the article.
func TestLawfulDatesOverTheAPI(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	var read struct {
		ID     string
		Lawful []struct{ Kind, On, Article, Reason, Text string }
	}
	k.API("ana", http.MethodGet, "/contracts/"+e.Contract, nil).Status(200).JSON(&read)
	kinds := map[string]bool{}
	for _, l := range read.Lawful {
		kinds[l.Kind] = true
		if l.On < k.Service.Today() || l.Article == "" || l.Text == "" || strings.Contains(l.Reason, ".") {
			t.Errorf("%+v", l)
		}
	}
	if read.ID != e.Contract || !kinds["reduction"] || !kinds["increase"] || !kinds["modality"] || !kinds["denounce"] {
		t.Errorf("%+v", read)
	}
	k.API("bia", http.MethodGet, "/contracts/"+e.Contract, nil).Status(404)
	k.Browser("ana").Get("/contracts/"+e.Contract).Status(200).Has(".stats", "Sem o contrato, se denunciado hoje").Has(".stats", "art. 133 II")
}
