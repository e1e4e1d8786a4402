package web_test

import (
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

func TestStartTariffsAreOfferedOnce(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("admin")
	b.Get("/tariffs").Status(200).Has("[action='/tariffs/start']", "Usar").Has(".panel-body", "27/03/2026")
	b.Follow(b.Post("/tariffs/start")).Status(200).Lacks("[action='/tariffs/start']").Has("table.tariffs", "1.809,05").Has("[data-toast]", "Desfazer")
	b.Follow(b.Post("/tariffs/start/undo")).Status(200).Has("[action='/tariffs/start']", "Usar")
}
