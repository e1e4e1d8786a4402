package web_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/web/webtest"
)

// shops gives an agent clients of the retail sector that used so many percent of
// 400 kW in each of twelve months, and answers their ids.
func shops(k *webtest.Kit, agent string, percents ...int64) (ids []string) {
	k.Helper()
	team := k.Users[agent].Team
	for n, percent := range percents {
		id := fmt.Sprint("shop", agent, n)
		contracted, w := int64(400_000), percent*4_000
		k.Must(k.Service.Apply(k.Context(),
			crm.Clients.Put(&crm.Client{ID: id, Name: id, Agent: agent, Team: team, CNAE: "4711302", Status: "active", CreatedAt: webtest.Now, UpdatedAt: webtest.Now}),
			crm.Installations.Put(&crm.Installation{ID: id, Client: id, Agent: agent, Team: team, Name: id, CreatedAt: webtest.Now, UpdatedAt: webtest.Now}),
			crm.Contracts.Put(&crm.Contract{ID: id, Client: id, Installation: id, Agent: agent, Team: team, Kind: crm.ContractCUSD, Modality: "verde", Start: "2024-01-01", Renews: true,
				Schedule: []crm.DemandStep{{From: "2024-01", SingleW: &contracted}}, CreatedAt: webtest.Now, UpdatedAt: webtest.Now})))
		last := calendar.Month(crm.MonthOf(webtest.Now)).Add(-1)
		for _, m := range calendar.Months(last.Add(-11), last) {
			k.Must(k.Service.Apply(k.Context(), crm.Readings.Put(&crm.Reading{ID: crm.ReadingID(id, string(m)), Client: id, Installation: id, Agent: agent, Team: team,
				Month: string(m), SingleW: &w, UpdatedAt: webtest.Now})))
		}
		k.Must(k.Service.Recompute(k.Context(), id))
		ids = append(ids, id)
	}
	return ids
}

func TestBenchmarksInThePages(t *testing.T) {
	k := webtest.New(t)
	k.Browser("ana").Get("/benchmarks").Status(200).Has(".empty", "Ainda não há grupos")
	anas := shops(k, "ana", 60, 70, 80, 112)
	shops(k, "cleo", 90)
	k.Must(k.Service.ComputeBenchmarks(t.Context()))
	// Four of the five are ana's: she would know the fifth.
	k.Browser("ana").Get("/benchmarks").Status(200).Lacks("tbody")
	k.Browser("ana").Get("/installations/" + anas[3]).Status(200).Lacks(".beside")
	shops(k, "davi", 91, 92)
	k.Must(k.Service.ComputeBenchmarks(t.Context()))
	b := k.Browser("ana")
	// 60 70 80 90 91 92 112: ranks 2, 4 and 6 of seven.
	b.Get("/benchmarks").Status(200).Has("#sector-retail th", "Comércio e shoppings").Has("tbody td", "De 100 a 500").Has("tbody td:nth-child(2)", "70").
		Has("tbody td:nth-child(3)", "90").Has("tbody td:nth-child(4)", "92").Has("tbody td:nth-child(5)", "–").Has("tbody td:nth-child(6)", "5 ou mais")
	b.Get("/benchmarks?figure=load").Status(200).Lacks("tbody") // no energy was read
	for path, want := range map[string]string{
		"/installations/" + anas[3]: "Utilização acima de 75", "/clients/" + anas[0]: "Utilização abaixo de 75", "/clients/" + anas[2]: "como a maioria das instalações de Comércio e shoppings, de 100 a 500",
	} {
		b.Get(path).Status(200).Has(".beside a[href='/benchmarks#sector-retail']", want)
	}
	var list struct {
		Items []crm.BenchmarkView
	}
	a := k.API("ana", "GET", "/benchmarks", nil).Status(200)
	k.Must(json.Unmarshal([]byte(a.Body), &list))
	if len(list.Items) != 1 || list.Items[0].Use.P50 != 90 || list.Items[0].Load != nil || list.Items[0].FromW != 100_000 || list.Items[0].Use.AtLeast != 5 {
		t.Errorf("%s", a.Body)
	}
}
