// Package sample makes data of a month for tests and benchmarks: fictitious
// clients, the same for the same size.
package sample

import (
	"fmt"
	"math/rand/v2"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/reports"
)

// Month makes a month of that many clients with up to twice each installations
// (each on average).
func Month(clients, each int) *reports.MonthData {
	r := rand.New(rand.NewPCG(7, 7))
	d := &reports.MonthData{
		Month: "2026-10", Scope: reports.Scope{Kind: "team", Name: "Sul"}, By: "Marta Ibáñez",
		At: time.Date(2026, 11, 22, 17, 5, 0, 0, time.UTC),
	}
	sectors := crm.BuiltInSectors().All()
	for n := range clients {
		d.Clients = append(d.Clients, client(r, n, each, sectors[n%len(sectors)].ID))
	}
	return d
}

var places = []string{"Araxá", "Belo Horizonte", "São João del-Rei", "Governador Valadares", "Santana do Paraíso", "Ubá"}

func client(r *rand.Rand, n, each int, sector string) reports.ClientMonth {
	c := reports.ClientMonth{
		Name: fmt.Sprintf("Cooperativa Agroindustrial %04d Ltda.", n), City: places[n%len(places)], Sector: sector,
		Contacts:    reports.Contacts{Visits: int64(r.IntN(2)), Calls: int64(r.IntN(4)), Mails: int64(r.IntN(9))},
		LastContact: calendar.Date("2026-11-20").AddDays(-r.IntN(120)),
	}
	if n%23 == 22 {
		c.Name = "Companhia Mineira de Beneficiamento de Minérios e Participações do Alto Paranaíba S.A."
	}
	c.Contacted = c.Contacts.Visits+c.Contacts.Calls > 0
	if n%9 == 8 {
		c.Contacts, c.Contacted, c.LastContact = reports.Contacts{}, false, ""
	}
	for i := range r.IntN(2*each + 1) {
		c.Installations = append(c.Installations, installation(r, n, i))
	}
	return c
}

func installation(r *rand.Rand, n, i int) reports.InstallationMonth {
	contracted := int64(30+r.IntN(2000)) * 1000
	measured := contracted * int64(55+r.IntN(60)) / 100
	k := crm.Installation{
		Name: fmt.Sprintf("Unidade %d", i+1), UC: fmt.Sprintf("%015d", n*1000+i), Subgroup: "A4",
		Distributor: "D", City: places[(n+i)%len(places)],
	}
	if i%4 == 3 {
		k.Name, k.UC, k.FormerUC = "=Galpão +55 «norte»", "", fmt.Sprintf("3%09d", n*1000+i)
	}
	con := crm.Contract{
		Kind: crm.ContractCUSD, Modality: "verde", Start: string(calendar.Date("2025-05-20").AddDays(r.IntN(500))),
		TermMonths: 12, Renews: true, Schedule: []crm.DemandStep{{From: "2020-01", SingleW: &contracted}},
	}
	read := crm.Reading{Month: "2026-10", SingleW: &measured}
	if (n+i)%6 == 2 {
		excess, most := int64(180_000+7_300*n), int64(900*i)
		read.ReactiveWh, read.ReactiveW = &excess, &most
	}
	switch i % 5 {
	case 1:
		peak, top := contracted/2, measured/2
		con.Modality = "azul"
		con.Schedule = []crm.DemandStep{{From: "2020-01", PeakW: &peak, OffPeakW: &contracted}}
		read.SingleW, read.PeakW, read.OffPeakW = nil, &top, &measured
	case 4:
		k.Subgroup = "A3A" // has no tariff
	}
	return reports.MonthOf(&k, []crm.Contract{con}, []crm.Reading{read}, Tariffs(), "2026-10")
}

// Tariffs are those of the fictitious distributor D.
func Tariffs() crm.TariffBook {
	row := func(subgroup, modality, posto string, kw, te int64) crm.Tariff {
		return crm.Tariff{Distributor: "D", Subgroup: subgroup, Modality: modality, Posto: posto, From: "2026-01-01", MicrosPerKW: kw, TEMicrosPerKWh: te}
	}
	return crm.NewTariffBook([]crm.Tariff{
		row("A4", "verde", "single", 22_810_000, 0), row("A4", "azul", "peak", 49_330_000, 0), row("A4", "azul", "offpeak", 22_810_000, 0),
		row("B1", "convencional", "single", 0, 300_000),
	})
}
