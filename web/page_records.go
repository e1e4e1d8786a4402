package web

import (
	"cmp"
	"context"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/crm/ident"
	"cemigmas/web/page"
)

// placeList is GET /installations.
var placeList = list[crm.Installation]{
	name: "installations", words: true, sorts: []string{"name", "worst", "contracted", "saving", "notice"},
	filters: []string{"market", "modality", "subgroup", "status", "city", "agent"},
	id:      func(i *crm.Installation) string { return i.ID },
	above:   func(i *crm.Installation) (string, string) { return i.Client, "" },
	find: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk) ([]crm.Installation, string, error) {
		return s.InstallationList(ctx, a, q.records())
	},
	count: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk, limit int) (int, error) {
		return s.CountInstallations(ctx, a, q.records(), limit)
	},
	one: func(ctx context.Context, s *crm.Service, a crm.Actor, id string) (crm.Installation, error) {
		return s.Installation(ctx, a, id)
	},
	columns: []column[crm.Installation]{
		linked("name", "report.col.installation", false, func(_ view, _ listNames, i *crm.Installation) (string, string) {
			return i.Name, "/installations/" + i.ID
		}).sorted("name", false),
		linked("client", "page.clients.c.client", true, func(_ view, n listNames, i *crm.Installation) (string, string) {
			return n.clients[i.Client], "/clients/" + i.Client
		}),
		words("uc", "report.col.uc", func(_ view, _ listNames, i *crm.Installation) string { return ucText(*i) }),
		words("city", "page.client.city", func(_ view, _ listNames, i *crm.Installation) string { return i.City }),
		words("modality", "contract.field.modality", func(v view, _ listNames, i *crm.Installation) string {
			return v.T("modality." + cmp.Or(i.Modality, string(demand.Unknown)))
		}),
		kilowatts("contracted", func(_ view, i *crm.Installation) int64 { return i.ContractedW }),
		utilisation("list.c.util", func(i *crm.Installation) (int64, string) { return i.WorstTenths, i.WorstState }),
		due("notice", "report.col.notice", func(i *crm.Installation) string { return i.NoticeOn }).sorted("notice", false),
		words("agent", "page.agent", func(_ view, n listNames, i *crm.Installation) string { return n.users[i.Agent] }),
		words("subgroup", "report.col.subgroup", func(_ view, _ listNames, i *crm.Installation) string { return i.Subgroup }).chosen(),
		words("market", "list.c.market", func(v view, _ listNames, i *crm.Installation) string { return v.orEmpty("web.market.", i.Market) }).chosen(),
		words("status", "page.client.status", func(v view, _ listNames, i *crm.Installation) string { return v.orEmpty("inst.status.", i.Status) }).chosen(),
		yearly("saving", "list.c.saving", func(i *crm.Installation) int64 {
			if i.Saving == nil {
				return 0
			}
			return i.Saving.Cents
		}).sorted("saving", true).chosen(),
		words("address", "page.client.address", func(_ view, _ listNames, i *crm.Installation) string { return i.Address }).chosen(),
	},
}

// contractList is GET /contracts, the newest first.
var contractList = list[crm.Contract]{
	name: "contracts", words: true, sorts: []string{"newest", "client", "contracted", "notice"}, filters: []string{"modality", "market", "kind", "agent"},
	id:    func(k *crm.Contract) string { return k.ID },
	above: func(k *crm.Contract) (string, string) { return k.Client, k.Installation },
	find: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk) ([]crm.Contract, string, error) {
		return s.ContractList(ctx, a, q.records())
	},
	count: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk, limit int) (int, error) {
		return s.CountContracts(ctx, a, q.records(), limit)
	},
	one: func(ctx context.Context, s *crm.Service, a crm.Actor, id string) (crm.Contract, error) {
		return s.Contract(ctx, a, id)
	},
	columns: []column[crm.Contract]{
		linked("name", "list.c.contract", false, func(v view, _ listNames, k *crm.Contract) (string, string) {
			return v.contractName(k), "/contracts/" + k.ID
		}),
		linked("place", "report.col.installation", true, func(_ view, n listNames, k *crm.Contract) (string, string) {
			return n.places[k.Installation], "/installations/" + k.Installation
		}),
		linked("client", "page.clients.c.client", true, func(_ view, n listNames, k *crm.Contract) (string, string) {
			return n.clients[k.Client], "/clients/" + k.Client
		}).sorted("client", false),
		words("modality", "contract.field.modality", func(v view, _ listNames, k *crm.Contract) string {
			return v.T("modality." + cmp.Or(k.Modality, string(demand.Unknown)))
		}),
		kilowatts("contracted", contractedToday),
		dated("since", "contract.field.start", func(k *crm.Contract) string { return k.Start }).sorted("newest", true),
		contractState(),
		words("agent", "page.agent", func(_ view, n listNames, k *crm.Contract) string { return n.users[k.Agent] }),
		words("number", "contract.field.number", func(_ view, _ listNames, k *crm.Contract) string { return k.Number }).chosen(),
		words("market", "list.c.market", func(v view, _ listNames, k *crm.Contract) string { return v.orEmpty("web.market.", k.MarketNow()) }).chosen(),
		due("notice", "report.col.notice", func(k *crm.Contract) string { return k.NoticeOn }).sorted("notice", false).chosen(),
		words("uc", "report.col.uc", func(_ view, _ listNames, k *crm.Contract) string { return ucOf(k.UC, k.FormerUC) }).chosen(),
		words("city", "page.client.city", func(_ view, _ listNames, k *crm.Contract) string { return k.City }).chosen(),
		dated("end", "contract.field.end", func(k *crm.Contract) string { return k.End }).chosen(),
	},
}

// ucOf is the number of an installation, the former one of those that have no other.
func ucOf(uc, former string) string {
	if uc != "" {
		return ident.UC(uc).Format()
	}
	return former
}

// contractedToday is the demand in force, off-peak where there are two, in W.
func contractedToday(v view, k *crm.Contract) int64 {
	step := k.StepOn(string(v.today))
	switch {
	case step == nil:
		return 0
	case step.SingleW != nil:
		return *step.SingleW
	case step.OffPeakW != nil:
		return *step.OffPeakW
	}
	return 0
}

func contractState() column[crm.Contract] {
	c := words("state", "page.client.status", func(v view, _ listNames, k *crm.Contract) string { return v.contractBadge(k).Label })
	c.cell = func(v view, _ listNames, k *crm.Contract) page.ListCell {
		b := v.contractBadge(k)
		return page.ListCell{Badge: &b}
	}
	return c
}

// personList is GET /people.
var personList = list[crm.Person]{
	name: "people", words: true, sorts: []string{"name"}, filters: []string{"role", "status", "agent"},
	id:    func(p *crm.Person) string { return p.ID },
	above: func(p *crm.Person) (string, string) { return p.Client, "" },
	find: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk) ([]crm.Person, string, error) {
		return s.PersonList(ctx, a, q.records())
	},
	count: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk, limit int) (int, error) {
		return s.CountPeople(ctx, a, q.records(), limit)
	},
	one: func(ctx context.Context, s *crm.Service, a crm.Actor, id string) (crm.Person, error) {
		return s.Person(ctx, a, id)
	},
	columns: []column[crm.Person]{
		linked("name", "web.sort.name", false, func(_ view, _ listNames, p *crm.Person) (string, string) {
			return p.Name, "/people/" + p.ID
		}).sorted("name", false),
		linked("client", "page.clients.c.client", true, func(_ view, n listNames, p *crm.Person) (string, string) {
			return n.clients[p.Client], "/clients/" + p.Client
		}),
		words("role", "web.person.role", func(v view, _ listNames, p *crm.Person) string {
			switch {
			case p.Former:
				return v.T("web.person.former")
			case p.Role != "":
				return v.T("web.person." + p.Role)
			}
			return ""
		}),
		words("email", "report.col.mails", func(_ view, _ listNames, p *crm.Person) string { return strings.Join(p.Emails, ", ") }),
		words("phone", "web.person.phones", func(_ view, _ listNames, p *crm.Person) string {
			phones := make([]string, len(p.Phones))
			for i, number := range p.Phones {
				phones[i] = ident.FormatPhone(number)
			}
			return strings.Join(phones, ", ")
		}),
		words("agent", "page.agent", func(_ view, n listNames, p *crm.Person) string { return n.users[p.Agent] }),
		words("title", "web.person.title", func(_ view, _ listNames, p *crm.Person) string { return p.Title }).chosen(),
		words("channel", "web.person.channel", func(v view, _ listNames, p *crm.Person) string { return v.orEmpty("web.channel.", p.Channel) }).chosen(),
		words("hours", "web.person.hours", func(_ view, _ listNames, p *crm.Person) string { return p.Hours }).chosen(),
	},
}
