package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// end writes what a job found, as the worker does.
func end(k *webtest.Kit, id string, result any) {
	k.Helper()
	j, err := k.Service.Job(k.Context(), crm.SystemActor(), id)
	k.Must(err)
	now := k.Service.Now()
	j.State, j.EndedAt = crm.JobDone, &now
	j.Result, err = json.Marshal(result)
	k.Must(err)
	k.Apply(crm.Jobs.Put(&j))
}

// A rule is tried in the background and comes back with its counts; applied, the
// clients follow in the background too. All of it works without script.
func TestTierRuleIsTriedAndFollowed(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	b := k.Browser("admin")
	b.Post("/tiers", "action", "preview", "on", "on", "a_kw", "x").Status(422).Has(".wrong", "")
	b.Post("/tiers", "action", "preview", "on", "on", "a_kw", "100", "b_kw", "200").Status(422).Has("[name=b_kw]", "").Value("b_kw", "200")
	to := b.Post("/tiers", "action", "preview", "on", "on", "a_kw", "3000", "b_kw", "300").Status(303).Header.Get("Location")
	id := strings.TrimPrefix(to, "/tiers?preview=")
	b.Get(to).Status(200).Has("#job", "Contando").Value("a_kw", "3000").Lacks("[value=save]")
	end(k, id, crm.TierPreview{Clients: 9, Changed: 4, ByHand: 2, Now: map[string]int{"": 9}, Then: map[string]int{"A": 3, "B": 1, "C": 5}})
	page := b.Get(to).Status(200).Lacks("#job").Has(".stats", "4").Has("table", "3").Has("[value=save]", "").Value("b_kw", "300")
	version := page.Find("[name=version]").AttrOr("value", "")
	b.Follow(b.Post("/tiers", "action", "save", "version", version, "on", "on", "a_kw", "3000", "b_kw", "300").Status(303)).
		Status(200).Has("#job", "Atribuindo").Value("a_kw", "3000")
	if r, _, err := k.Service.TierRule(t.Context()); err != nil || !r.On || r.AKW != 3000 || r.By == "" {
		t.Errorf("%+v %v", r, err)
	}
	list, _, err := k.Service.ListJobs(t.Context(), k.Actor("admin"), crm.JobTier, 5, "")
	k.Must(err)
	list = slices.DeleteFunc(list, func(j crm.Job) bool { return !strings.Contains(string(j.Args), `"apply":true`) }) // both of one instant
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	b.Follow(b.Post("/jobs/"+list[0].ID+"/cancel", "back", "/tiers")).Status(200)
	end(k, list[0].ID, crm.TierPreview{})
	b.Get("/tiers").Status(200).Lacks("#job")
	b.Post("/tiers", "action", "save", "version", "0", "on", "on", "a_kw", "9000").Status(412).Has(".wrong", "3000")
	k.Browser("ana").Get(to).Status(403)
	b.Get("/tiers?preview=none").Status(404)
}

func TestTierRuleOverTheAPI(t *testing.T) {
	k := webtest.New(t)
	rule := map[string]any{"on": true, "aKw": 1000, "dryRun": true}
	at := k.API("admin", http.MethodPost, "/tiers", rule).Status(202).Header.Get("Location")
	at = strings.TrimPrefix(at, "/api/v1")
	end(k, strings.TrimPrefix(at, "/tiers/"), crm.TierPreview{Clients: 3, Changed: 1})
	var job struct {
		State  string
		Result crm.TierPreview
	}
	k.API("admin", http.MethodGet, at, nil).Status(200).JSON(&job)
	if job.State != crm.JobDone || job.Result.Changed != 1 || job.Result.Clients != 3 {
		t.Errorf("%+v", job)
	}
	k.API("ana", http.MethodGet, at, nil).Status(404)
	if _, version, err := k.Service.TierRule(t.Context()); err != nil || version != 0 {
		t.Errorf("a dry run set the rule: %d %v", version, err)
	}
	delete(rule, "dryRun")
	k.API("admin", http.MethodPost, "/tiers", rule).Status(202)
	if r, version, err := k.Service.TierRule(t.Context()); err != nil || version == 0 || r.AKW != 1000 {
		t.Errorf("%+v %d %v", r, version, err)
	}
	wantError(t, k.API("admin", http.MethodPost, "/tiers", map[string]any{"on": true}), 422, crm.CodeInvalid)
}
