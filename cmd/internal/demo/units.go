package demo

import (
	"fmt"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

// site is what the installations of a sector are called and how large they are.
type site struct {
	names []string
	kw    [2]int // contracted demand, from and to
	free  int    // percent in the free market
	class string
}

var sites = map[string]site{
	"mining":      {[]string{"Mina", "Britagem", "Beneficiamento", "Captação da mina", "Barragem", "Oficina central"}, [2]int{400, 3500}, 70, "IN"},
	"food":        {[]string{"Fábrica", "Câmaras frias", "Posto de captação", "Centro de distribuição"}, [2]int{150, 1500}, 45, "IN"},
	"textile":     {[]string{"Tecelagem", "Fiação", "Tinturaria"}, [2]int{150, 1200}, 40, "IN"},
	"wood":        {[]string{"Serraria", "Fábrica de papel", "Pátio de cavaco"}, [2]int{120, 1500}, 30, "IN"},
	"chemicals":   {[]string{"Fábrica", "Laboratório", "Armazém"}, [2]int{150, 1600}, 50, "IN"},
	"nonmetallic": {[]string{"Moagem", "Forno", "Jazida"}, [2]int{200, 2400}, 55, "IN"},
	"metallurgy":  {[]string{"Aciaria", "Alto-forno", "Laminação", "Fundição", "Carvoaria", "Escritório central"}, [2]int{500, 4500}, 75, "IN"},
	"machinery":   {[]string{"Usinagem", "Montagem", "Pintura", "Almoxarifado"}, [2]int{120, 1400}, 40, "IN"},
	"agri":        {[]string{"Pivô", "Secador de grãos", "Sede", "Bombeamento", "Armazém"}, [2]int{60, 500}, 10, "RU1B"},
	"water":       {[]string{"Elevatória", "Captação", "ETA", "ETE", "Poço", "Reservatório"}, [2]int{50, 900}, 35, "SP2"},
	"retail":      {[]string{"Loja", "Supermercado", "Depósito"}, [2]int{75, 480}, 40, "CO1"},
	"transport":   {[]string{"Terminal", "Garagem", "Galpão"}, [2]int{75, 600}, 25, "CO2"},
	"hotels":      {[]string{"Hotel", "Centro de convenções"}, [2]int{75, 300}, 15, "CO1"},
	"telecom":     {[]string{"Data centre", "Central", "Estação"}, [2]int{100, 1800}, 60, "CO3"},
	"banks":       {[]string{"Agência", "Sede administrativa"}, [2]int{30, 180}, 15, "CO1"},
	"public":      {[]string{"Paço municipal", "Parque de exposições", "Ginásio", "Escola municipal", "Almoxarifado", "Pronto atendimento"}, [2]int{40, 220}, 5, "PP3"},
	"education":   {[]string{"Campus", "Reitoria", "Laboratórios", "Biblioteca", "Hospital veterinário"}, [2]int{90, 900}, 30, "CO9"},
	"health":      {[]string{"Hospital", "Centro de imagem", "Clínica", "Lavanderia"}, [2]int{100, 900}, 25, "CO9"},
	"other":       {[]string{"Áreas comuns", "Torre", "Sede"}, [2]int{75, 1500}, 35, "CO6"},
}

func (w *World) fillUnits(b *Bundle, n int, d dice) {
	b.Units = make([]crm.Unit, w.units[n])
	home := 0
	for i, p := range places {
		if p.name == b.Client.City {
			home = i
		}
	}
	for i := range b.Units {
		at := home
		if i > 0 && d.chance(60) {
			at = d.IntN(len(places))
		}
		u := &b.Units[i]
		u.Installation = w.installation(b, n, i, places[at], d)
		w.fillContracts(u, n, i, sites[b.sector], d)
		w.fillReadings(u, b.sector, d)
	}
}

func (w *World) installation(b *Bundle, n, i int, p place, d dice) crm.Installation {
	s := sites[b.sector]
	number := w.firstUnit[n] + i
	u := crm.Installation{
		ID: id(w.Seed, w.born, 'i', n, i), Client: b.Client.ID, Agent: b.Client.Agent, Team: b.Client.Team,
		UC: uc(number), FormerUC: fmt.Sprintf("3%09d", (int64(number)*7_919_317+401)%1_000_000_000),
		Name: unitName(s, i, p), Address: fmt.Sprintf("%s, %d", one(d, streets), d.between(5, 3000)),
		City: p.name, MunIBGE: p.ibge, Distributor: Distributor, TariffClass: s.class, CNAE: b.Client.CNAE,
		Feeder: fmt.Sprintf("%s%02d", string([]rune(p.name)[:1]), d.between(1, 14)), Substation: p.name + " " + fmt.Sprint(d.between(1, 3)),
		Status: "active", Market: crm.MarketCaptive, CreatedAt: b.Client.CreatedAt, UpdatedAt: b.Client.CreatedAt,
	}
	if b.Client.TaxKind == crm.TaxCNPJ {
		u.CNPJ = cnpj(n, i+1)
	}
	u.VoltageV, u.Subgroup = voltage(b.sector, i, d)
	if u.Subgroup != "B3" && d.chance(s.free) {
		u.Market = crm.MarketFree
	}
	u.ConnectedOn = string(w.Today.AddMonths(-d.between(60, 300)))
	return u
}

func unitName(s site, i int, p place) string {
	name := s.names[i%len(s.names)] + " " + p.name
	if round := i / len(s.names); round > 0 {
		name = fmt.Sprintf("%s %d %s", s.names[i%len(s.names)], round+1, p.name)
	}
	return name
}

// uc is a number of 15 digits: the sequence, 990 for the invented distributor
// (no real one has it here) and two more digits, whose rule is not public.
func uc(number int) string {
	body := int64(number)*13 + 4_000_017
	return fmt.Sprintf("%010d990%02d", body, (body*97+31)%97)
}

// voltage is the connection voltage in V and the subgroup that follows from it
// (REN 1.000 art. 2 XXIII).
func voltage(sector string, i int, d dice) (int64, string) {
	throw := d.IntN(100)
	switch {
	case i == 0 && (sector == "metallurgy" || sector == "mining") && throw < 30:
		return 69_000, "A3"
	case throw < 8:
		return 34_500, "A3a"
	case throw < 12 && (sector == "retail" || sector == "banks"):
		return 220, "AS"
	case throw > 96:
		return 13_800, "B3" // opted for the billing of grupo B (art. 292)
	case throw > 88:
		return 22_000, "A4"
	}
	return 13_800, "A4"
}

// fillContracts gives a unit its CUSD and, while it is captive, its CCER.
func (w *World) fillContracts(u *crm.Unit, n, i int, s site, d dice) {
	inst := &u.Installation
	if inst.Subgroup == "B3" {
		inst.LoadW = int64(d.between(75, 112)) * 1000
		return // no demand contract then (REN 1.000 art. 148 §1)
	}
	kw := int64(max(30, (s.kw[0]+int(float64(s.kw[1]-s.kw[0])*d.Float64()*d.Float64()))/5*5))
	if inst.Subgroup == "A3" {
		kw *= 3
	}
	inst.LoadW = kw * 1000 * int64(d.between(110, 160)) / 100
	start := w.Today.Month().Add(-d.between(15, 62)).First()
	c := crm.Contract{
		ID: id(w.Seed, w.born, 'k', n, 2*i), Client: inst.Client, Installation: inst.ID, Agent: inst.Agent, Team: inst.Team,
		Kind: crm.ContractCUSD, Number: fmt.Sprintf("CUSD-%06d/%d", 100_000+w.firstUnit[n]+i, start.Month().Year()),
		Modality: string(demand.Verde), Start: string(start), TermMonths: 12, Renews: true, Market: inst.Market,
		CreatedAt: inst.CreatedAt, UpdatedAt: inst.CreatedAt,
	}
	switch {
	case inst.Subgroup == "A3" || d.chance(22):
		c.Modality = string(demand.Azul)
	case d.chance(2):
		c.Modality = string(demand.Unknown)
	}
	c.Schedule = []crm.DemandStep{w.step(start.Month(), c.Modality, kw, d)}
	w.changeDemand(&c, kw, d)
	if d.chance(3) {
		c.Denounced = string(w.Today.AddDays(-d.between(5, 60)))
	}
	u.Contracts = append(u.Contracts, c)
	if inst.Market == crm.MarketCaptive {
		e := c
		e.ID, e.Kind, e.Schedule, e.Test, e.Denounced = id(w.Seed, w.born, 'k', n, 2*i+1), crm.ContractCCER, []crm.DemandStep{}, nil, ""
		e.Number = "CCER" + c.Number[4:]
		u.Contracts = append(u.Contracts, e)
	}
}

func (w *World) step(from calendar.Month, modality string, kw int64, d dice) crm.DemandStep {
	s := crm.DemandStep{From: string(from)}
	watts := func(v int64) *int64 { v *= 1000; return &v }
	switch demand.Modality(modality) {
	case demand.Azul:
		s.OffPeakW = watts(kw)
		s.PeakW = watts(max(30, kw*int64(d.between(45, 95))/100/5*5))
	case demand.Verde:
		s.SingleW = watts(kw)
	}
	return s
}

// changeDemand dates a second step for some: an increase begins with a test
// period (REN 1.000 art. 311), a reduction does not.
func (w *World) changeDemand(c *crm.Contract, kw int64, d dice) {
	if c.Modality == string(demand.Unknown) || !d.chance(18) {
		return
	}
	from := w.Today.Month().Add(-d.between(1, 9))
	percent := int64(one(d, []int{70, 80, 85, 120, 130, 145}))
	next := w.step(from, c.Modality, max(30, kw*percent/100), d)
	if percent > 105 {
		c.Test = &crm.TestPeriod{From: string(from), Cycles: demand.RulesAt(from).TestCycles, Former: c.Schedule[0]}
	}
	c.Schedule = append(c.Schedule, next)
	c.UpdatedAt = calendar.Default().Start(from.First()).Add(10 * time.Hour).UTC()
}
