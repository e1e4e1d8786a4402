package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

func (s *Server) installationPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	i, err := s.Service.Installation(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	cl, err := s.Service.Client(ctx, a, i.Client)
	if err != nil {
		return s.fail(c, err)
	}
	contracts, err := s.Service.InstallationContracts(ctx, a, i.ID)
	if err != nil {
		return s.fail(c, err)
	}
	n, ranges := v.ranges(c.Query("months"))
	health, err := s.Service.Health(ctx, a, i.ID, n)
	if err != nil {
		return s.fail(c, err)
	}
	months := health.Months
	book, err := s.Service.ReadingBook(ctx, a, i.ID, n)
	if err != nil {
		return s.fail(c, err)
	}
	sim, wrong, err := s.simulation(c, v, i.ID)
	if err != nil {
		return s.fail(c, err)
	}
	p := v.placeTop(i)
	p.Base = s.base(c, page.PlaceClients, i.Name, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name))
	if err := nearIn(placeList, s, c, i.ID, &p.Base); err != nil {
		return s.fail(c, err)
	}
	p.Client, p.Ranges, p.Contracts = clientLink(cl.ID, cl.Name), ranges, v.contractRows(contracts)
	p.Span, p.Idle = v.n("web.months", int64(len(months))), locale.Threshold(v.Lang, demand.DefaultIdle.TenthsPercent)
	p.AddURL, p.EnterURL, p.HistoryURL = "/installations/"+i.ID+"/contracts/new", "/installations/"+i.ID+"/readings", historyOf(i.Client, i.ID)
	p.Empty = page.Empty{Label: v.T("page.inst.noreadings"), Action: page.Link{Label: v.T("page.nav.imports"), URL: "/imports"}}
	p.Facts, p.Blank = filled(v.placeFacts(i, cl))
	p.Shape = page.ShapeRecord
	p.Stats = v.placeStats(i, months)
	if p.Beside, err = s.beside(c, v, cl.Sector, i.ContractedW, i.Year); err != nil {
		return s.fail(c, err)
	}
	if len(months) > 0 {
		p.Sim = v.simulator(c, i.ID, sim, wrong)
		p.Verdicts = v.verdicts(health.Verdicts)
		p.Risks = v.risks(health)
		v.bindMonths(&p, months)
		if p.Chart != nil {
			for _, kind := range listFiles {
				p.Files = append(p.Files, page.Link{Label: v.T("list.file." + kind), URL: at("/installations/"+i.ID+"/export", "months", c.Query("months"), "format", kind)})
			}
		}
		v.bindBook(&p, i, months, book)
		p.Reactive = v.reactive(months)
	}
	return s.render(c, fiber.StatusOK, "installation", p)
}

// ranges are the spans that one can look at; months of 0 are all.
func (v view) ranges(asked string) (months int, tabs []page.Tab) {
	months = 13
	switch asked {
	case "24":
		months = 24
	case "all":
		months = 0
	}
	for _, r := range []struct {
		n     int
		value string
		label string
	}{{13, "13", v.n("web.months.short", 13)}, {24, "24", v.n("web.months.short", 24)}, {0, "all", v.T("page.timeline.all")}} {
		tabs = append(tabs, page.Tab{Label: r.label, URL: "?months=" + r.value, Current: r.n == months})
	}
	return months, tabs
}

func ucText(i crm.Installation) string { return ucOf(i.UC, i.FormerUC) }

func (v view) placeBadges(i crm.Installation) []page.Badge {
	var out []page.Badge
	if i.Modality != "" && i.Modality != string(demand.Unknown) {
		out = append(out, page.Badge{Label: v.T("modality." + i.Modality)})
	}
	if i.Market != "" {
		out = append(out, page.Badge{Label: v.T("web.market." + i.Market)})
	}
	if i.Subgroup != "" {
		out = append(out, page.Badge{Label: i.Subgroup})
	}
	if i.Status == "off" {
		out = append(out, page.Badge{Label: v.T("web.place.off"), State: page.Idle})
	}
	return out
}

// placeStats are the newest month of each posto, then what an overrun costs.
func (v view) placeStats(i crm.Installation, months []crm.MonthHealth) []page.Stat {
	var out []page.Stat
	if len(months) > 0 {
		last := months[len(months)-1]
		for _, p := range byPosto(last.Postos) {
			st := page.Stat{Label: v.T("posto."+p.Posto) + ", " + slashMonth(last.Month), Value: nothing}
			if u := v.util(p.Tenths, p.State); u != nil {
				st.Value, st.State = u.Label, u.State
			}
			if p.MeasuredW != nil && p.ContractedW != nil {
				st.Unit = v.T("web.of.kw", "measured", v.kilo(*p.MeasuredW), "contracted", v.kw(*p.ContractedW))
			}
			out = append(out, st)
		}
		if o := v.overSum(months); o != nil {
			out = append(out, *o)
		}
	}
	if r := v.reactiveSum(months); r != nil {
		out = append(out, *r)
	}
	if i.NoticeOn != "" {
		out = append(out, page.Stat{Label: v.T("page.notice"), Value: v.date(i.NoticeOn)})
	}
	return out
}

// overSum adds up the last twelve months. A month that cannot be priced is
// named beside the sum: it would be too low without a word.
func (v view) overSum(months []crm.MonthHealth) *page.Stat {
	var cents, count, unpriced int64
	for _, m := range months[max(0, len(months)-12):] {
		switch {
		case m.OverW == 0:
			continue
		case m.OverCents == nil:
			unpriced++
		default:
			cents += *m.OverCents
		}
		count++
	}
	if count == 0 {
		return nil
	}
	st := page.Stat{Label: v.T("web.over12"), Value: v.money(cents), Unit: v.n("web.months", count)}
	if unpriced == count {
		st.Value = v.T("web.notariff")
	} else if unpriced > 0 {
		st.Unit = v.n("web.months.unpriced", unpriced)
	}
	return &st
}

// postoOrder is how postos stand beside each other.
var postoOrder = []string{string(demand.Single), string(demand.OffPeak), string(demand.Peak)}

func byPosto(list []crm.PostoHealth) []crm.PostoHealth {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b crm.PostoHealth) int {
		return cmp.Compare(slices.Index(postoOrder, a.Posto), slices.Index(postoOrder, b.Posto))
	})
	return list
}

func postoIn(list []crm.PostoHealth, posto string) *crm.PostoHealth {
	for n := range list {
		if list[n].Posto == posto {
			return &list[n]
		}
	}
	return nil
}

// bindMonths draws the chart and writes the table below it, newest first.
func (v view) bindMonths(p *page.Installation, months []crm.MonthHealth) {
	var postos []string
	for _, posto := range postoOrder {
		if slices.ContainsFunc(months, func(m crm.MonthHealth) bool { return postoIn(m.Postos, posto) != nil }) {
			postos = append(postos, posto)
		}
	}
	var plots []page.DemandPosto
	measured := false
	for _, posto := range postos {
		plot := page.DemandPosto{Label: v.T("posto."+posto) + ", kW", Posto: posto, SimW: simulatedW(p.Sim, posto)}
		for _, m := range months {
			d := v.demandMonth(m, postoIn(m.Postos, posto))
			measured = measured || d.Measured >= 0
			plot.Months = append(plot.Months, d)
		}
		plots = append(plots, plot)
		p.Postos = append(p.Postos, v.T("posto."+posto))
		head := "page.inst.c.over"
		if idleIn(months, posto) {
			head = "simulation.c.idle"
		}
		p.Money = append(p.Money, v.T(head))
	}
	if !measured {
		return
	}
	p.Chart = page.DrawDemand(page.ChartWide, v.T("page.inst.chart"), plots, v.int)
	p.ChartPhone = page.DrawDemand(page.ChartPhone, v.T("page.inst.chart"), plots, v.int)
	for _, m := range slices.Backward(months) {
		row := page.ReadingRow{Month: slashMonth(m.Month)}
		for _, posto := range postos {
			row.Cells = append(row.Cells, v.readingCell(m, postoIn(m.Postos, posto), idleIn(months, posto)))
		}
		p.Rows = append(p.Rows, row)
	}
	p.Total = v.totalRow(months, postos)
}

func (v view) demandMonth(m crm.MonthHealth, p *crm.PostoHealth) page.DemandMonth {
	d := page.DemandMonth{Month: m.Month[5:] + "/" + m.Month[2:4], Measured: -1, Title: slashMonth(m.Month) + ": " + nothing}
	if p == nil {
		return d
	}
	if p.ContractedW != nil {
		d.Contracted = *p.ContractedW
	}
	if p.MeasuredW == nil {
		return d
	}
	d.Measured, d.State = *p.MeasuredW, state(p.State)
	d.Title = slashMonth(m.Month) + ": " + v.kw(*p.MeasuredW)
	if u := v.util(p.Tenths, p.State); u != nil {
		d.Title += ", " + u.Label
	}
	return d
}

// idleIn tells whether the amounts of a posto are those of idle demand: it has
// some, and no overrun.
func idleIn(months []crm.MonthHealth, posto string) bool {
	idle := false
	for _, m := range months {
		if p := postoIn(m.Postos, posto); p != nil {
			if p.OverW > 0 {
				return false
			}
			idle = idle || p.IdleW > 0
		}
	}
	return idle
}

func (v view) readingCell(m crm.MonthHealth, p *crm.PostoHealth, idle bool) page.ReadingCell {
	cell := page.ReadingCell{Contracted: nothing, Measured: nothing, Util: nothing, Overrun: nothing}
	if p == nil {
		return cell
	}
	cell.Contracted, cell.Measured, cell.State = v.kiloOr(p.ContractedW), v.kiloOr(p.MeasuredW), state(p.State)
	if u := v.util(p.Tenths, p.State); u != nil {
		cell.Util = u.Label
	}
	if idle && p.IdleCents != nil && *p.IdleCents > 0 {
		cell.Overrun = locale.Amount(v.Lang, *p.IdleCents)
	}
	if p.OverW > 0 {
		cell.Overrun = v.T("web.notariff")
		if p.OverCents != nil {
			cell.Overrun = locale.Amount(v.Lang, *p.OverCents)
		}
	}
	return cell
}

// totalRow sums what overruns and idle demand cost in the months shown. A posto
// of which one month cannot be priced has no sum.
func (v view) totalRow(months []crm.MonthHealth, postos []string) *page.ReadingRow {
	row := &page.ReadingRow{Month: v.n("web.months", int64(len(months)))}
	for _, posto := range postos {
		var cell page.ReadingCell
		var cents, idle int64
		any, priced, idlePriced := false, true, true
		for _, m := range months {
			p := postoIn(m.Postos, posto)
			if p != nil && p.IdleW > 0 {
				if p.IdleCents == nil {
					idlePriced = false
				} else {
					idle += *p.IdleCents
				}
			}
			if p != nil && p.OverW > 0 {
				any = true
				if p.OverCents == nil {
					priced = false
				} else {
					cents += *p.OverCents
				}
			}
		}
		switch {
		case any && priced:
			cell.Overrun, cell.State = locale.Amount(v.Lang, cents), page.Bad
		case any:
			cell.Overrun, cell.State = nothing, page.Bad
		}
		if !any && idlePriced && idle > 0 {
			cell.Overrun = locale.Amount(v.Lang, idle)
		}
		row.Cells = append(row.Cells, cell)
	}
	return row
}

// contractRows are the events of the contracts, newest first.
func (v view) contractRows(contracts []crm.Contract) []page.ContractRow {
	type event struct {
		on  string
		row page.ContractRow
	}
	var events []event
	for n := range contracts {
		c := &contracts[n]
		row := page.ContractRow{Day: nothing, What: v.contractName(c), URL: "/contracts/" + c.ID, Sub: v.contractSub(c), State: v.contractBadge(c)}
		if c.Start != "" {
			row.Day = v.date(c.Start)
		}
		events = append(events, event{c.Start, row})
		for _, step := range c.Schedule {
			what := v.stepText(step)
			if what == "" {
				continue
			}
			on := step.From
			if c.Start != "" && c.Start[:7] == on {
				on = c.Start // stands right above its contract
			}
			events = append(events, event{on, page.ContractRow{Day: slashMonth(step.From), What: what}})
		}
		if c.Denounced != "" {
			events = append(events, event{c.Denounced, page.ContractRow{Day: v.date(c.Denounced), What: v.T("web.contract.denounced")}})
		}
		if c.End != "" {
			events = append(events, event{c.End, page.ContractRow{Day: v.date(c.End), What: v.T("web.contract.ended")}})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(b.on, a.on) })
	var out []page.ContractRow
	for _, e := range events {
		out = append(out, e.row)
	}
	return out
}

// contractName is the kind and the number, once: many numbers begin with the
// kind.
func (v view) contractName(c *crm.Contract) string {
	kind := v.T("web.contract." + c.Kind)
	if strings.HasPrefix(strings.ToUpper(c.Number), strings.ToUpper(kind)) {
		return c.Number
	}
	return join(" ", kind, c.Number)
}

func (v view) contractSub(c *crm.Contract) string {
	modality := c.Modality
	if modality == "" {
		modality = string(demand.Unknown)
	}
	parts := []string{v.T("modality." + modality)}
	if c.TermMonths > 0 {
		parts = append(parts, v.n("web.months", int64(c.TermMonths)))
	}
	if c.Renews {
		parts = append(parts, v.T("web.contract.renews"))
	}
	if c.Test != nil {
		parts = append(parts, v.T("demand.test_period")+" "+slashMonth(c.Test.From))
	}
	for _, f := range c.Flags {
		parts = append(parts, v.text(f))
	}
	return join(", ", parts...)
}

func (v view) contractBadge(c *crm.Contract) page.Badge {
	today := string(v.today)
	switch {
	case c.Former || c.End != "" && c.End < today:
		return page.Badge{Label: v.T("web.contract.past"), State: page.Plain}
	case c.Start != "" && c.Start > today:
		return page.Badge{Label: v.T("web.contract.future"), State: page.Idle}
	}
	return page.Badge{Label: v.T("web.contract.inforce"), State: page.OK}
}

// stepText is a step of the demand schedule: "Ponta 900 kW, fora de ponta 1.600 kW".
func (v view) stepText(s crm.DemandStep) string {
	var parts []string
	for _, p := range []struct {
		posto string
		w     *int64
	}{{"single", s.SingleW}, {"offpeak", s.OffPeakW}, {"peak", s.PeakW}} {
		if p.w != nil {
			parts = append(parts, v.T("posto."+p.posto)+" "+v.kw(*p.w))
		}
	}
	return join(", ", parts...)
}

// placeFacts are all facts of an installation, also those that say nothing yet.
func (v view) placeFacts(i crm.Installation, cl crm.Client) []page.Fact {
	edit := func(name string, f page.Fact) page.Fact { return v.editable("/installations/"+i.ID+"/edit", name, f) }
	voltage := ""
	if i.VoltageV > 0 {
		voltage = locale.Kilo(v.Lang, i.VoltageV) + "\u00a0kV"
	}
	load := ""
	if i.LoadW > 0 {
		load = v.kw(i.LoadW)
	}
	cnpj := ""
	if i.CNPJ != "" {
		cnpj = ident.CNPJ(i.CNPJ).Format()
	}
	connected := ""
	if i.ConnectedOn != "" {
		connected = v.date(i.ConnectedOn)
	}
	facts := []page.Fact{
		{Label: v.T("page.client"), Value: cl.Name, URL: "/clients/" + cl.ID},
		edit("uc", page.Fact{Label: v.T("web.uc"), Value: ucText(i)}),
		edit("former_uc", page.Fact{Label: v.T("web.formeruc"), Value: i.FormerUC}),
		edit("cnpj", page.Fact{Label: "CNPJ", Value: cnpj}),
		edit("status", page.Fact{Label: v.T("page.client.status"), Value: v.orEmpty("inst.status.", i.Status)}),
		edit("market", page.Fact{Label: v.T("inst.market"), Value: v.orEmpty("web.market.", i.Market)}),
		edit("voltage", page.Fact{Label: v.T("web.voltage"), Value: join(", ", voltage, i.Subgroup)}),
		edit("load", page.Fact{Label: v.T("web.load"), Value: load}),
		edit("transformer", page.Fact{Label: v.T("inst.transformer"), Value: v.kva(i.TransformerVA)}),
		edit("secondary", page.Fact{Label: v.T("inst.secondary"), Value: v.secondary(i)}),
		edit("conditions", page.Fact{Label: v.T("inst.conditions"), Value: v.conditions(i)}),
		edit("tariff_class", page.Fact{Label: v.T("web.class"), Value: i.TariffClass}),
		edit("cnae", page.Fact{Label: v.T("page.client.cnae"), Value: ident.CNAE(i.CNAE).Format()}),
		edit("address", page.Fact{Label: v.T("page.client.address"), Value: i.Address}),
		edit("city", page.Fact{Label: v.T("page.client.city"), Value: i.City}),
		edit("municipality", page.Fact{Label: v.T("inst.municipality"), Value: i.MunIBGE}),
		edit("coordinates", page.Fact{Label: v.T("inst.map"), Value: i.Coordinates, URL: mapURL(i.Coordinates)}),
		edit("distributor", page.Fact{Label: v.T("web.distributor"), Value: i.Distributor}),
		edit("substation", page.Fact{Label: v.T("web.substation"), Value: join(", ", i.Substation, i.Feeder)}),
		edit("connected_on", page.Fact{Label: v.T("web.connected"), Value: connected}),
		{Label: v.T("web.source"), Value: i.Source},
	}
	for n, f := range i.Flags {
		facts = append(facts, page.Fact{Label: v.T("web.doubt") + " " + strconv.Itoa(n+1), Value: v.text(f)})
	}
	return facts
}
