package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// A reading is entered, doubted, corrected and seen on the installation's page.
func TestReadingByHand(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	at := "/installations/" + e.Installation
	b.Get(at+"/readings").Status(200).Value("origin", "hand")
	b.Post(at+"/readings", "month", "2025-01", "offpeak", "mil").Status(422).Value("offpeak", "mil").Has(".wrong", "número")
	b.Post(at+"/readings", "month", "2026-10", "offpeak", "1.500").Status(422).Has(".wrong", "já tem leitura")
	b.Follow(b.Post(at+"/readings", "month", "2026-11", "offpeak", "1.500.000", "peak", "600", "origin", "bill")).Status(200).
		Has(".readings .note", "mil vezes").Has(".readings .note", "1.500 kW")
	page := b.Get(at+"/readings/2026-11").Status(200).Value("offpeak", "1.500.000").Has("ul.rows", "mil vezes")
	version := page.Find("[name=version]").AttrOr("value", "")
	b.Post(at+"/readings/2026-11/accept", "version", version).Status(422).Has(".wrong", "Preencha")
	b.Follow(b.Post(at+"/readings/2026-11", "version", version, "offpeak", "1.500", "peak", "600")).Status(200).
		Has(".readings .note", "antes 1.500.000 kW").Lacks(".readings .dot.warn")
	b.Post(at+"/readings/2026-11", "version", version, "offpeak", "1.400").Status(412).Has("[role=status]", "").Has(".wrong", "1.500")
	b.Get(at+"/readings/2026-11").Status(200).Has(".history", "1.500.000")
}

// The same rules hold over the API, and an acceptance lasts until the figure changes.
func TestReadingOverTheAPI(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	at := "/installations/" + e.Installation + "/readings/2026-11"
	a := k.API("ana", "PUT", at, map[string]any{"offPeakW": 1_500_000_000, "peakW": 600_000})
	if a.StatusCode != 200 || !strings.Contains(a.Body, `"code":"thousand-large"`) || !strings.Contains(a.Body, `"instead":1500000`) {
		t.Fatalf("%d %s", a.StatusCode, a.Body)
	}
	if a = k.API("ana", "POST", at+"/accept", map[string]any{"reason": "conferido"}); a.StatusCode != 200 || !strings.Contains(a.Body, `"reason":"conferido"`) {
		t.Errorf("%d %s", a.StatusCode, a.Body)
	}
	if a = k.API("ana", "PATCH", at, map[string]any{"offPeakW": 1_500_000}); a.StatusCode != 200 || strings.Contains(a.Body, "conferido") || !strings.Contains(a.Body, `"value":1500000000`) {
		t.Errorf("%d %s", a.StatusCode, a.Body)
	}
	if a = k.API("ana", "PATCH", at, map[string]any{"offPeakKW": 1}); a.StatusCode != 422 {
		t.Errorf("an unknown member: %d", a.StatusCode)
	}
	i, err := k.Service.Installation(t.Context(), crm.SystemActor(), e.Installation)
	k.Must(err)
	if i.WorstMonth != "2026-11" || i.WorstTenths != 938 {
		t.Errorf("figures did not follow: %s %d", i.WorstMonth, i.WorstTenths)
	}
}

// Reactive excess costs what its tariffs say; while one is missing, nothing is
// taken for free.
func TestReactiveExcessOnThePage(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	at := "/installations/" + e.Installation
	b.Get(at).Status(200).Lacks(".reactive")
	i, err := k.Service.Installation(t.Context(), crm.SystemActor(), e.Installation)
	k.Must(err)
	b.Follow(b.Post(at+"/readings", "month", "2026-11", "offpeak", "1.500", "peak", "600", "reactive", "1.250", "reactive_demand", "12")).Status(200).
		Has(".reactive tbody", "1.250").Has(".reactive tbody", "sem tarifa").Has(".stats", "Reativos, 12 meses").Has(".foot-note", "TE da B1")
	health := k.API("ana", "GET", at+"/health", nil)
	if health.StatusCode != 200 || !strings.Contains(health.Body, `"reactive":{"energyWh":1250000,"demandW":12000`) || strings.Contains(health.Body, `"energyCents"`) {
		t.Errorf("%d %s", health.StatusCode, health.Body)
	}
	client := "/clients/" + e.Client
	b.Get(client).Status(200).Has(".stats", "Reativos, 12 meses").Has(".stats", "sem tarifa").Has(".health .note", "reativos sem tarifa")
	b1 := crm.TariffInput{Distributor: i.Distributor, Subgroup: "B1", Modality: "convencional", Posto: "single", From: "2026-10-01", TEMicrosPerKWh: 300_000}
	_, err = k.Service.SetTariff(t.Context(), crm.SystemActor(), b1, 0)
	k.Must(err)
	// 1,250 kWh of 0.30 R$ and 12 kW of 22.81 R$.
	b.Get(at).Status(200).Has(".reactive tbody", "375,00").Has(".reactive tbody", "273,72").Has(".reactive tfoot", "648,72").
		Has(".stats", "648,72").Lacks(".foot-note")
	if health = k.API("ana", "GET", at+"/health", nil); !strings.Contains(health.Body, `"energyCents":37500,"demandCents":27372,"cents":64872`) {
		t.Errorf("%s", health.Body)
	}
	k.Must(k.Service.Recompute(t.Context(), e.Client))
	b.Get(client).Status(200).Has(".stats", "648,72").Has(".stats", "em 1 instalação").Has(".health .note", "reativos R$")
	if a := k.API("ana", "GET", client, nil); !strings.Contains(a.Body, `"reactive":{"until":"2026-11","months":1,"cents":64872,"installations":1}`) {
		t.Errorf("%s", a.Body)
	}
	if health = k.API("bia", "GET", at+"/health", nil); health.StatusCode != 404 {
		t.Errorf("another agent: %d", health.StatusCode)
	}
}
