package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// Bundle is one client with everything that belongs to it.
type Bundle struct {
	Client     crm.Client
	People     []crm.Person
	Units      []crm.Unit
	Activities []crm.Activity // in the order of the timeline
	Entries    []crm.Entry    // one for each activity, in the same order
	Dates      []crm.Deadline // of the contracts
	sector     string
	lang       string // pt or es
}

// Client makes client n, from 0 on.
func (w *World) Client(n int) *Bundle {
	d := newDice(w.Seed, streamClient+uint64(n))
	b := &Bundle{}
	w.fillClient(b, n, d)
	w.fillPeople(b, n, d)
	w.fillUnits(b, n, d)
	w.fillActivities(b, n, d)
	crm.Derive(&b.Client, b.Units, w.rates, string(w.Today))
	b.Client.Fit(w.agents[w.agentOf(n)].Sectors)
	for i := range b.Units {
		u := &b.Units[i]
		b.Dates = append(b.Dates, crm.DeadlinesOf(&b.Client, &u.Installation, u.Contracts, string(w.Today), calendar.WorkDays{})...)
	}
	return b
}

func (w *World) fillClient(b *Bundle, n int, d dice) {
	agent := w.agents[w.agentOf(n)]
	at := w.midnight.AddDate(0, -w.History, -d.between(1, 25)).Add(time.Duration(d.between(11*60, 20*60)) * time.Minute)
	k := w.company(n, d, agent.Sectors)
	p := places[k.place]
	c := crm.Client{
		ID: id(w.Seed, w.born, 'c', n, 0), Name: k.name, LegalName: strings.TrimSpace(k.name + " " + k.legal),
		Code: fmt.Sprintf("7%09d", 100_000_000+n), CNAE: k.cnae,
		Agent: agent.ID, Team: agent.Team, Tier: tier(w.units[n], d), Status: "active",
		Address: fmt.Sprintf("%s, %d", one(d, streets), d.between(10, 4900)), City: p.name, MunIBGE: p.ibge,
		Phone: phone(p, d), Domains: []string{k.domain + ".example"},
		CreatedAt: at, UpdatedAt: at,
	}
	if d.chance(60) {
		c.Emails = []string{one(d, []string{"energia@", "contato@", "faturas@"}) + c.Domains[0]}
	}
	if k.cpf {
		c.TaxKind, c.TaxID, c.LegalName = crm.TaxCPF, string(must(ident.NewCPF(fmt.Sprintf("000%06d", 10_000+n)))), ""
	} else {
		c.TaxKind, c.TaxID, c.CNPJ = crm.TaxCNPJ, root(n), cnpj(n, 1)
	}
	b.Client, b.sector, b.lang = c, crm.BuiltInSectors().Of(k.cnae), "pt"
	if k.lang != "" {
		b.lang = k.lang
	}
}

var streets = []string{"Rua das Acácias", "Avenida do Contorno Norte", "Rodovia MG-999, km", "Rua Sete Lagos", "Avenida das Indústrias", "Rua do Comércio Velho", "Estrada da Mina", "Avenida Beira Vereda"}

// company is the one of the list, or an invented one of a sector of the agent's.
func (w *World) company(n int, d dice, sectors []string) company {
	if k := w.named(n); k != nil {
		return *k
	}
	sector := sectors[n%len(sectors)]
	br := branches[sector]
	name := fmt.Sprintf("%s %s %s", one(d, br.words), one(d, natureWords), one(d, colourWords))
	k := company{name: fmt.Sprintf("%s %d", name, n+1), legal: one(d, legalForms), cnae: one(d, br.cnaes), place: d.IntN(len(places))}
	k.domain = fmt.Sprintf("%s%d", strings.NewReplacer(" ", "", "'", "").Replace(text.Fold(name)), n+1)
	k.cpf = sector == "agri" && d.chance(20)
	if d.chance(2) {
		k.lang = "es"
	}
	return k
}

// root is an invented CNPJ root: none of the numeric ones from 99.000.000 on is
// given out; every sixth has letters, as new ones do since July 2026.
func root(n int) string {
	if n%6 == 5 && n < 100_000 {
		return fmt.Sprintf("ZZ%c%05d", 'A'+n%26, n)
	}
	return fmt.Sprintf("99%06d", 100_000+n)
}

func cnpj(n, establishment int) string {
	return string(must(ident.NewCNPJ(fmt.Sprintf("%s%04d", root(n), establishment))))
}

// must is for numbers that this package makes and its tests check.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func tier(units int, d dice) string {
	switch {
	case units >= 8:
		return "A"
	case units >= 3 || d.chance(25):
		return "B"
	}
	return "C"
}

// phone is a number that is not given out: 5550 follows the area code.
func phone(p place, d dice) string {
	return fmt.Sprintf("+55%s5550%04d", p.area, d.IntN(10_000))
}

func (w *World) fillPeople(b *Bundle, n int, d dice) {
	p := places[0]
	for _, q := range places {
		if q.name == b.Client.City {
			p = q
		}
	}
	count := d.between(1, 3) + min(2, w.units[n]/8)
	for i := range count {
		first, last := one(d, firstNames), one(d, lastNames)
		lang := "pt-BR"
		if b.lang == "es" && i < 2 {
			first, last, lang = one(d, firstES), one(d, lastES), "es"
		}
		j := jobs[i%len(jobs)]
		person := crm.Person{
			ID: id(w.Seed, w.born, 'p', n, i), Client: b.Client.ID, Agent: b.Client.Agent, Team: b.Client.Team,
			Name: first + " " + last, Role: j.role, Title: one(d, j.titles), Lang: lang,
			Phones: []string{phone(p, d)}, Former: i == 3 && d.chance(40),
			CreatedAt: b.Client.CreatedAt, UpdatedAt: b.Client.CreatedAt,
		}
		person.Emails = []string{b.freeAddress(person.Name)}
		b.People = append(b.People, person)
	}
}

func (b *Bundle) freeAddress(name string) string {
	local := localPart(name)
	for n := 1; ; n++ {
		address := local + "@" + b.Client.Domains[0]
		if n > 1 {
			address = fmt.Sprintf("%s%d@%s", local, n, b.Client.Domains[0])
		}
		taken := false
		for _, p := range b.People {
			taken = taken || p.Emails[0] == address
		}
		if !taken {
			return address
		}
	}
}

// Changes store the bundle, a list for each collection. What exists already is
// left alone, so that a fill that was cut short can be repeated.
func (b *Bundle) Changes() [][]store.Change {
	var units, contracts, readings []store.Change
	for i := range b.Units {
		u := &b.Units[i]
		units = append(units, crm.Installations.InsertIfAbsent(&u.Installation))
		contracts = append(contracts, inserts(crm.Contracts, u.Contracts)...)
		slices.Reverse(u.Readings) // months rise as ids do
		readings = append(readings, inserts(crm.Readings, u.Readings)...)
		slices.Reverse(u.Readings)
	}
	return [][]store.Change{
		{crm.Clients.InsertIfAbsent(&b.Client)}, inserts(crm.People, b.People), units, contracts, readings,
		inserts(crm.Activities, b.Activities), inserts(crm.Timeline, b.Entries), inserts(crm.Deadlines, b.Dates),
	}
}

func inserts[T any](t crm.Table[T], list []T) []store.Change {
	out := make([]store.Change, 0, len(list))
	for i := range list {
		out = append(out, t.InsertIfAbsent(&list[i]))
	}
	return out
}
