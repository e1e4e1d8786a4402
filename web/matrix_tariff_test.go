package web_test

import (
	"maps"

	"cemigmas/crm"
	"cemigmas/web"
)

// The matrices' lines of tariffs, which everybody reads and admins write.
func init() {
	one := at("/tariffs/" + web.PathID(crm.TariffID("CEMIG-D", "A4", "azul", "peak", "2025-05-28")))
	at2 := at("/tariffs/" + web.PathID(crm.TariffID("CEMIG-D", "A4", "azul", "offpeak", "2025-05-28")) + "/delete")
	maps.Copy(matrix, map[string]cell{
		"GET /tariffs api":              {path: at("/tariffs")},
		"GET /tariffs page":             {path: at("/tariffs")},
		"PUT /tariffs api":              {reach: admins, path: at("/tariffs"), body: map[string]string{"distributor": ""}, ok: 422, deny: 403},
		"GET /tariffs/new page":         {reach: admins, path: at("/tariffs/new"), deny: 403},
		"POST /tariffs page":            {reach: admins, path: at("/tariffs"), form: []string{"distributor", ""}, ok: 422, deny: 403},
		"POST /tariffs/start page":      {reach: admins, path: at("/tariffs/start"), ok: 422, deny: 403}, // there are some
		"POST /tariffs/start/undo page": {reach: admins, path: at("/tariffs/start/undo"), ok: 303, deny: 403},
		"GET /tariffs/:id api":          {path: one},
		"GET /tariffs/:id page":         {reach: admins, path: one, deny: 403},
		"POST /tariffs/:id page":        {reach: admins, path: one, form: []string{"kw", "x"}, ok: 422, deny: 403},
		"POST /tariffs/:id/delete page": {reach: admins, path: at2, ok: 303, deny: 403},
	})
	maps.Copy(house, map[string]string{"ListTariffs": "tariffs are public", "Tariff": "tariffs are public", "RecomputeEach": "writes derived figures only",
		"SetTariff": "asks for an admin, TestTariffsAreForAdmins", "RemoveTariff": "the same", "TakeStartTariffs": "the same", "DropStartTariffs": "the same"})
}
