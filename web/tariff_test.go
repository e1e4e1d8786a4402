package web_test

import (
	"net/http"
	"testing"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// An admin edits a tariff; the others read it.
func TestTariffPage(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	id := "/tariffs/" + web.PathID(crm.TariffID("CEMIG-D", "A4", "azul", "peak", "2025-05-28"))
	k.Browser("ana").Get("/tariffs").Status(200).Has("table.tariffs", "58,46").Lacks("[href='/tariffs/new']").Lacks("[action='/tariffs/start']")
	b := k.Browser("admin")
	b.Get(id).Status(200).Value("kw", "58,46").Lacks("[name=distributor]")
	b.Post(id, "kw", "58,4x", "tusd", "153,23").Status(422).Value("kw", "58,4x").Has(".wrong", "úmero")
	b.Follow(b.Post(id, "kw", "68,21", "tusd", "153,23", "te", "475,91", "act", "REH 3.000")).Status(200).Has("table.tariffs", "68,21").Has("table.tariffs", "475,91")
	jobs, _, err := k.Service.ListJobs(t.Context(), k.Actor("admin"), crm.JobFigure, 5, "")
	k.Must(err)
	if len(jobs) != 1 {
		t.Errorf("%d jobs bring the figures up to date", len(jobs))
	}
	b.Post("/tariffs", "distributor", "EDP", "subgroup", "A4", "from", "2026-01-01", "modality", "azul", "posto", "single", "kw", "1").Status(422).Value("distributor", "EDP")
}

// Of two admins who edit a tariff, the second sees both values, on the page and
// over the API.
func TestTariffConflict(t *testing.T) {
	k := webtest.New(t)
	k.Fill()
	id := "/tariffs/" + web.PathID(crm.TariffID("CEMIG-D", "A4", "azul", "peak", "2025-05-28"))
	b := k.Browser("admin")
	version, _ := b.Get(id).Status(200).Find("[name=version]").Attr("value")
	b.Post(id, "version", version, "kw", "60,00").Status(303)
	b.Post(id, "version", version, "kw", "61,00").Status(412).Value("kw", "61,00").Has(".wrong", "60").Has(".notice", "salvou antes")
	var now crm.Tariff
	tag := k.API("ana", http.MethodGet, id, nil).Status(200).JSON(&now).Header.Get("ETag")
	in := map[string]any{"distributor": "CEMIG-D", "subgroup": "A4", "modality": "azul", "posto": "peak", "from": "2025-05-28", "microsPerKW": 62_000_000}
	if now.MicrosPerKW != 60_000_000 || tag == "" {
		t.Fatalf("%+v %s", now, tag)
	}
	k.API("admin", http.MethodPut, "/tariffs", in, "If-Match", tag).Status(200).JSON(&now)
	in["microsPerKW"] = 63_000_000
	stale := k.API("admin", http.MethodPut, "/tariffs", in, "If-Match", tag)
	wantError(t, stale, 412, crm.CodeConflict)
	if d := bothVersions(stale)["microsPerKW"]; string(d.Now) != "62000000" || string(d.Sent) != "63000000" {
		t.Errorf("both versions: %s", stale.Body)
	}
}

func TestStartTariffsAreOfferedOnce(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("admin")
	b.Get("/tariffs").Status(200).Has("[action='/tariffs/start']", "Usar").Has(".panel-body", "27/03/2026")
	b.Follow(b.Post("/tariffs/start")).Status(200).Lacks("[action='/tariffs/start']").Has("table.tariffs", "1.809,05").Has("[data-toast]", "Desfazer")
	b.Follow(b.Post("/tariffs/start/undo")).Status(200).Has("[action='/tariffs/start']", "Usar")
}
