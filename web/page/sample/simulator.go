package sample

import "cemigmas/web/page"

func simulator(t page.Text) *page.Simulator {
	points := []page.CostPoint{{W: 1400_000, Nanos: 112_000_0000_000_000}, {W: 1600_000, Nanos: 95_000_0000_000_000}, {W: 1705_000, Nanos: 90_000_0000_000_000}, {W: 1900_000, Nanos: 97_000_0000_000_000}}
	return &page.Simulator{Text: t, URL: "/installations/i1", Months: "13", Span: "12", Modality: "azul", Count: 12, PresentC: 122_653_556,
		Modalities: []page.Tab{{Label: "Azul", URL: "?modality=azul", Current: true}, {Label: "Verde", URL: "?modality=verde"}},
		Spans:      []page.Tab{{Label: "12 m", URL: "?span=12", Current: true}, {Label: "24 m", URL: "?span=24"}},
		Slides: []page.Slide{{ID: "sim-offpeak", Name: "kw", Label: "Fora de ponta", Posto: "offpeak", Min: 1400, Max: 1900, Value: 1705, Present: "hoje 1.600 kW", PresentKW: 1600,
			Best: "Ótimo: 1.705 kW", Diff: "+105 kW", Cost: page.DrawCost("Custo", points, 1705, 1705, 1600)}},
		PresentKey: "simulation.present", SimulatedKey: "simulation.simulated",
		Present: "R$ 1.226.535,56", Simulated: "R$ 954.250,71", Saving: "R$ 272.284,85", Compared: "12 meses comparados, 11/2025 a 10/2026, sem impostos",
		Laws: []page.Law{{What: "Ponta, redução", Sub: "aviso de 90 ou 180 dias, art. 155", Day: "22/02/2027"}}, BestURL: "/installations/i1",
		Gaps: []string{t.T("simulation.gap.energy")}}
}

func moneyStories(t page.Text) []Story {
	b := base(t, page.PlaceMoney, t.T("page.nav.money"))
	full := page.Money{Base: b, Rows: []page.MoneyRow{{Place: page.Link{Label: "Planta Araguari, abate", URL: "/installations/i1"}, Client: link("Frigorífico Vale do Araguari"),
		From: "Azul 900 / 1.600 kW", To: "Azul 581 / 1.705 kW", Reason: "demanda ociosa, 12 meses", On: "a partir de 22/02/2027", Saving: "R$ 272.284,85"}},
		More: &page.More{Label: "Mais", URL: "/money?after=x"}}
	beside := page.Benchmarks{Base: b, Head: page.BenchmarkRow{Band: t.T("benchmark.size"), P25: "25 %", P50: t.T("benchmark.median"), P75: "75 %", P90: "90 %", Clients: t.T("page.nav.clients")}, Span: t.T("benchmark.of", "date", "22/11/2026"), Help: []string{t.T("benchmark.help.weight")},
		Figures: []page.Tab{{Label: t.T("benchmark.use"), URL: "?figure=use", Current: true}, {Label: t.T("benchmark.load"), URL: "?figure=load"}},
		Groups: []page.BenchmarkGroup{{ID: "retail", Heading: t.T("sector.retail"), Rows: []page.BenchmarkRow{
			{Band: t.T("benchmark.band.below", "kw", "100 kW"), P25: "61 %", P50: "74 %", P75: "88 %", P90: "97 %", Clients: t.T("benchmark.clients", "count", "20")},
			{Band: t.T("benchmark.band.above", "kw", "2.500 kW"), P25: "72 %", P50: "81 %", P75: "93 %", P90: "–", Clients: t.T("benchmark.clients", "count", "5")}}}}}
	alone := page.Benchmarks{Base: b, Empty: page.Empty{Label: t.T("benchmark.none")}}
	wrong := page.Money{Base: b, Empty: page.Empty{Label: t.T("money.none"), Action: page.Link{Label: t.T("page.nav.imports"), URL: "/imports"}}}
	empty := wrong
	wrong.Notice = failed()
	return []Story{{"benchmarks", "benchmarks", beside}, {"benchmarks-empty", "benchmarks", alone}, {"money", "money", full}, {"money-empty", "money", empty}, {"money-failed", "money", wrong}}
}
