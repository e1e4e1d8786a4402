package web_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// Whatever an edit of a record can change has a name in its history.
func TestEveryMemberHasAWord(t *testing.T) {
	for _, c := range []struct {
		of      any
		derived []string
	}{
		{crm.Client{}, crm.Clients.Derived}, {crm.Person{}, crm.People.Derived}, {crm.Installation{}, crm.Installations.Derived},
		{crm.Contract{}, crm.Contracts.Derived}, {crm.Reading{}, crm.Readings.Derived}, {crm.Document{}, crm.Documents.Derived},
	} {
		kind := reflect.TypeOf(c.of)
		for n := range kind.NumField() {
			name, _, _ := strings.Cut(kind.Field(n).Tag.Get("json"), ",")
			untold := []string{"", "-", "id", "createdAt", "updatedAt"}
			if !slices.Contains(slices.Concat(untold, c.derived, web.HistoryMembers, web.HistorySilent), name) {
				t.Errorf("%s: %s", kind, name)
			}
		}
	}
}

// The history of a record tells each field as its page does, also those that are
// made of parts, and of this record alone.
func TestHistoryInWords(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	ctx, a := t.Context(), k.Actor("ana")
	volts, va := int64(34_500), int64(500_000)
	on := []string{crm.CondIrrigation, crm.CondEssential}
	if _, err := k.Service.EditInstallation(ctx, a, e.Installation, 0, crm.InstallationPatch{Coordinates: new("-19.92; -43.94"), TransformerVA: &va, Conditions: &on, SecondaryMeter: new(true), VoltageV: &volts, Subgroup: new("A3a")}); err != nil {
		t.Fatal(err)
	}
	off, peak := int64(1_700_000), int64(950_500)
	contract, err := k.Service.Contract(ctx, a, e.Contract)
	if err != nil {
		t.Fatal(err)
	}
	steps := append(slices.Clone(contract.Schedule), crm.DemandStep{From: "2027-01", OffPeakW: &off, PeakW: &peak})
	if _, err := k.Service.PatchContract(ctx, a, e.Contract, 0, crm.ContractPatch{Schedule: &steps, Test: &crm.TestPeriod{From: "2026-09", Cycles: 3}, Migration: &crm.Migration{Requested: "2026-11-20", Simplified: true}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := k.Service.AddAmendment(ctx, a, e.Contract, crm.AmendmentInput{Kind: crm.AmendReduction, Asked: "2026-11-21", Protocol: "2026.77"}); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Service.EditPerson(ctx, a, e.Person, 0, crm.PersonInput{Name: "Helena", Lang: "es", Phones: []string{"+5531988887777"}}); err != nil {
		t.Fatal(err)
	}
	b := k.Browser("ana")
	has := func(path string, lines ...string) {
		t.Helper()
		page := b.Get(path).Status(200)
		for _, line := range lines {
			page.Has(".history .sub", line)
		}
		if body := page.Body; strings.Contains(body, "Outro dado") || strings.Contains(body, "vários valores") {
			t.Errorf("%s leaves something untold", path)
		}
	}
	place := b.Get("/installations/"+e.Installation).Status(200).Find("a[href^='/clients/"+e.Client+"/history']").AttrOr("href", "")
	has(place, "Coordenadas: – → -19.920000,-43.940000", "Transformador: – → 500 kVA", "Condições especiais: – → Irrigação ou aquicultura, Serviço essencial", "Medição no secundário: – → sim", "34,5 kV")
	if body := b.Get(place).Body; strings.Contains(body, "2026.77") {
		t.Error("the installation's history tells of the contract")
	}
	for _, path := range []string{"/contracts/" + e.Contract, "/clients/" + e.Client + "/history"} {
		has(path, "Demanda contratada: – → 01/2027 Fora de ponta 1.700 kW, Ponta 950,5 kW", "Período de teste: – → desde 09/2026, 3 ciclos", "Migração ao mercado livre: – → 20/11/2026, Modelo varejista simplificado", "Alterações pedidas: – → Redução de demanda, 21/11/2026, 2026.77, pedido")
	}
	person := b.Get("/people/"+e.Person).Status(200).Find("a[href^='/clients/"+e.Client+"/history']").AttrOr("href", "")
	has(person, "Idioma: – → Español", "(31) 98888-7777")
	k.Browser("cleo").Get(place).Status(404)
}
