package web

import (
	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

// verdicts say the chart in words.
func (v view) verdicts(list []demand.Verdict) []page.Verdict {
	var out []page.Verdict
	for _, x := range list {
		st := page.Plain
		switch x.Code {
		case demand.VerdictOverrun:
			st = page.Bad
		case demand.VerdictOver, demand.VerdictGaps:
			st = page.Warn
		case demand.VerdictIdle:
			st = page.Idle
		case demand.VerdictFits:
			st = page.OK
		}
		out = append(out, page.Verdict{State: st, Label: v.verdictText(x)})
	}
	return out
}

// verdictText is one sentence: "Ponta: ociosa 38 % em 9 de 12 meses, R$ 1.234,00".
func (v view) verdictText(x demand.Verdict) string {
	posto := v.T("posto." + string(x.Posto))
	count := int64(x.Months)
	if count == 0 {
		count = int64(x.Of)
	}
	args := []any{"posto", posto, "months", int64(x.Of), "percent", v.percent(x.Tenths), "month", slashMonth(string(x.Month))}
	text := v.n("simulation.verdict."+string(x.Code), count, args...)
	if (x.Code == demand.VerdictOverrun || x.Code == demand.VerdictIdle) && x.Amount.Known {
		text += ", " + v.money(x.Amount.Centavos)
	}
	return text
}

// risks name the overruns that the coming months may bring, likely ones first
// in colour; what does not threaten is not said.
func (v view) risks(h crm.Health) []page.Verdict {
	var out []page.Verdict
	for n, r := range h.Risks {
		st := page.Warn
		switch r.State {
		case demand.RiskLikely:
			st = page.Bad
		case demand.RiskPossible:
		default:
			continue
		}
		label := v.T("simulation.risk."+string(r.State), "posto", v.T("posto."+h.Postos[n]), "month", slashMonth(string(r.Month)),
			"likely", v.kw(rounded(r.Forecast.Likely)), "high", v.kw(rounded(r.Forecast.High)))
		if r.State == demand.RiskLikely && r.Likely.Amount.Known {
			label += ", " + v.money(r.Likely.Amount.Centavos)
		}
		out = append(out, page.Verdict{State: st, Label: label})
	}
	return out
}

// rounded is a forecast to the kW: it knows no more.
func rounded(w int64) int64 { return (w + 500) / 1000 * 1000 }

// simulatedW is the demand that the simulator shows for a posto; 0 for none.
func simulatedW(sim *page.Simulator, posto string) int64 {
	if sim == nil {
		return 0
	}
	for _, s := range sim.Slides {
		if s.Posto == posto {
			return s.Value * 1000
		}
	}
	return 0
}
