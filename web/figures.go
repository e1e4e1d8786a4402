package web

import (
	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/web/page"
)

// figure is what is known of a posto in a month, as a row of the month's page
// and a column of the installation's file: kW from W, shares from tenths of a
// percent, R$ from centavos; nil where there is none.
type figure struct {
	key, label, unit string
	kind             reports.Kind
	of               func(*crm.PostoHealth) *int64
}

var figures = []figure{
	{"contracted", "demand.contracted", "kW", reports.KW, func(p *crm.PostoHealth) *int64 { return p.ContractedW }},
	{"measured", "demand.measured", "kW", reports.KW, func(p *crm.PostoHealth) *int64 { return p.MeasuredW }},
	{"billed", "demand.billed", "kW", reports.KW, func(p *crm.PostoHealth) *int64 { return p.BilledW }},
	{"cost", "figure.cost", "R$", reports.Money, func(p *crm.PostoHealth) *int64 { return p.RegularCents }},
	{"use", "demand.utilisation", "", reports.Percent, func(p *crm.PostoHealth) *int64 {
		if p.ContractedW == nil || p.MeasuredW == nil {
			return nil
		}
		return &p.Tenths
	}},
	{"limit", "figure.limit", "kW", reports.KW, func(p *crm.PostoHealth) *int64 {
		if p.LimitW == 0 {
			return nil
		}
		return &p.LimitW
	}},
	{"over", "demand.overrun", "kW", reports.KW, func(p *crm.PostoHealth) *int64 { return ofMeasured(p, &p.OverW) }},
	{"over_cost", "demand.overrun", "R$", reports.Money, func(p *crm.PostoHealth) *int64 { return p.OverCents }},
	{"idle", "demand.idle", "kW", reports.KW, func(p *crm.PostoHealth) *int64 { return ofMeasured(p, &p.IdleW) }},
	{"idle_cost", "demand.idle", "R$", reports.Money, func(p *crm.PostoHealth) *int64 { return p.IdleCents }},
	{"load", "demand.load", "", reports.Percent, func(p *crm.PostoHealth) *int64 { return p.LoadTenths }},
}

// explained are the figures that a hint says more of.
var explained = map[string]bool{"billed": true, "cost": true, "limit": true, "over": true, "over_cost": true, "idle": true, "load": true}

func ofMeasured(p *crm.PostoHealth, w *int64) *int64 {
	if p.MeasuredW == nil {
		return nil
	}
	return w
}

// monthFigures explains a month, posto by posto; nil without a contract.
func (v view) monthFigures(m crm.MonthHealth) *page.MonthFigures {
	if len(m.Postos) == 0 {
		return nil
	}
	out := &page.MonthFigures{}
	postos := byPosto(m.Postos)
	for _, p := range postos {
		out.Postos = append(out.Postos, v.T("posto."+p.Posto))
	}
	for _, f := range figures {
		row := page.MonthFigure{Label: join(", ", v.T(f.label), f.unit)}
		if explained[f.key] {
			row.Hint = v.T("figure.hint." + f.key)
		}
		for n := range postos {
			cell := page.MonthCell{Value: nothing}
			if is := f.of(&postos[n]); is != nil {
				cell.Value = v.figure(f.kind, *is)
			}
			switch f.key {
			case "use":
				cell.State = state(postos[n].State)
			case "over", "over_cost":
				if postos[n].OverW > 0 {
					cell.State = page.Bad
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (v view) figure(kind reports.Kind, n int64) string {
	switch kind {
	case reports.Money:
		return locale.Amount(v.Lang, n)
	case reports.Percent:
		return v.percent(n)
	}
	return v.kilo(n)
}
