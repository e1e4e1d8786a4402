package web

import (
	"context"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/reports"
	"cemigmas/web/page"
)

// clientList is GET /clients.
var clientList = list[crm.Client]{
	name: "clients", words: true,
	sorts:   []string{"name", "lastContact", "worst", "contracted", "next", "notice"},
	filters: []string{"sector", "agent", "status", "tier", "segment", "market", "city", "tag"},
	id:      func(c *crm.Client) string { return c.ID },
	find: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk) ([]crm.Client, string, error) {
		return s.ClientList(ctx, a, q.clients())
	},
	count: func(ctx context.Context, s *crm.Service, a crm.Actor, q listAsk, limit int) (int, error) {
		return s.CountClients(ctx, a, q.clients(), limit)
	},
	one: func(ctx context.Context, s *crm.Service, a crm.Actor, id string) (crm.Client, error) {
		return s.Client(ctx, a, id)
	},
	links: func(v view) []page.ListLink {
		return []page.ListLink{{Label: v.T("web.duplicates"), URL: "/duplicates", Icon: "client", Quiet: true, Desk: true},
			{Label: v.T("web.client.new"), URL: "/clients/new", Icon: "plus"},
			{Label: v.T("page.nav.imports"), URL: "/imports", Icon: "upload", Desk: true}}
	},
	columns: []column[crm.Client]{
		{key: "name", label: "page.clients.c.client", sort: "name", width: 40, cell: func(v view, _ listNames, c *crm.Client) page.ListCell {
			cell := page.ListCell{Label: c.Name, URL: "/clients/" + c.ID}
			if c.Placeholder {
				cell.Warn = &page.Badge{Label: v.T("page.clients.unnamed"), State: page.Warn}
			} else if v.standsIn(c) {
				cell.Warn = &page.Badge{Label: v.T("web.standin.mark"), State: page.Idle}
			}
			return cell
		}, value: func(_ view, _ listNames, c *crm.Client) reports.Cell { return reports.Words(c.Name) }},
		words("sector", "page.sector", func(v view, _ listNames, c *crm.Client) string { return v.sector(c.Sector) }),
		words("agent", "page.agent", func(_ view, n listNames, c *crm.Client) string { return n.users[c.Agent] }),
		{key: "inst", label: "page.clients.c.inst", right: true, kind: reports.Int, cell: func(v view, _ listNames, c *crm.Client) page.ListCell {
			return page.ListCell{Label: v.int(c.Installations), Quiet: true}
		}, value: func(_ view, _ listNames, c *crm.Client) reports.Cell { return reports.Number(c.Installations) }},
		kilowatts("contracted", func(_ view, c *crm.Client) int64 { return c.ContractedW }),
		utilisation("page.clients.c.util", func(c *crm.Client) (int64, string) { return c.WorstTenths, c.WorstState }),
		{key: "last", label: "page.clients.c.last", sort: "lastContact", kind: reports.Date, width: 14, cell: func(v view, _ listNames, c *crm.Client) page.ListCell {
			return page.ListCell{Last: v.lastContact(*c)}
		}, value: func(_ view, _ listNames, c *crm.Client) reports.Cell {
			if c.LastContactAt == nil {
				return reports.Cell{}
			}
			return reports.Words(crm.DayOf(*c.LastContactAt))
		}},
		{key: "next", label: "page.clients.c.next", sort: "next", width: 24, cell: func(v view, _ listNames, c *crm.Client) (cell page.ListCell) {
			cell.Label, cell.Note, cell.State = v.nextDate(*c)
			return cell
		}, value: func(v view, _ listNames, c *crm.Client) reports.Cell {
			day, what, _ := v.nextDate(*c)
			return reports.Words(join(" ", day, what))
		}},
		words("tier", "page.client.tier", func(_ view, _ listNames, c *crm.Client) string { return c.Tier }).chosen(),
		words("status", "page.client.status", func(v view, _ listNames, c *crm.Client) string { return v.orEmpty("web.status.", c.Status) }).chosen(),
		words("segment", "page.client.segment", func(v view, _ listNames, c *crm.Client) string { return v.orEmpty("web.segment.", c.Segment) }).chosen(),
		words("market", "list.c.market", func(v view, _ listNames, c *crm.Client) string { return v.orEmpty("web.market.", c.Market) }).chosen(),
		words("taxid", "page.client.taxid", func(_ view, _ listNames, c *crm.Client) string { return listedTax(*c) }).chosen(),
		words("city", "page.client.city", func(_ view, _ listNames, c *crm.Client) string { return c.City }).chosen(),
		words("phone", "page.client.phone", func(_ view, _ listNames, c *crm.Client) string { return ident.FormatPhone(c.Phone) }).chosen(),
		words("tags", "page.client.tags", func(_ view, _ listNames, c *crm.Client) string { return strings.Join(c.Tags, ", ") }).chosen(),
		due("notice", "report.col.notice", func(c *crm.Client) string { return c.NoticeOn }).sorted("notice", false).chosen(),
	},
}

// listedTax is a client's identity as a list shows it: a CPF came masked.
func listedTax(c crm.Client) string {
	if c.TaxKind == crm.TaxCPF {
		return c.TaxID
	}
	return taxText(c)
}

func (v view) lastContact(c crm.Client) *page.LastContact {
	if c.LastContactAt == nil {
		return nil
	}
	kind := page.Kind(c.LastContact)
	l := &page.LastContact{Ago: v.ago(*c.LastContactAt), Day: v.date(crm.DayOf(*c.LastContactAt)), Icon: kind.Icon(), What: v.T(kind.Key()),
		State: quietState(v.daysSince(*c.LastContactAt))}
	if l.State == "" {
		l.State = page.OK
	}
	return l
}

// nextDate is the sooner of the next visit and the next notice deadline.
func (v view) nextDate(c crm.Client) (day, what string, st page.State) {
	visit := ""
	if c.NextAt != nil {
		visit = crm.DayOf(*c.NextAt)
	}
	switch {
	case visit != "" && (c.NoticeOn == "" || visit <= c.NoticeOn):
		if visit <= string(v.today) {
			st = page.Warn
		}
		if visit < string(v.today) {
			st = page.Bad
		}
		return v.date(visit), v.T("page.kind.visit"), st
	case c.NoticeOn != "":
		return v.date(c.NoticeOn), v.T("web.notice.short"), dueState(calendar.DaysBetween(v.today, calendar.Date(c.NoticeOn)))
	}
	return "", "", ""
}

func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}
