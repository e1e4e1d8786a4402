package sample

import (
	"strconv"

	"cemigmas/web/page"
)

func found(t page.Text, pick bool) page.SearchResults {
	name := []page.Mark{{Label: "Frigorífico Vale do "}, {Label: "Araguari", Hit: true}}
	r := page.SearchResults{Text: t, Query: "araguari", Groups: []page.SearchGroup{{Label: "Clientes e instalações", Items: []page.SearchItem{
		{ID: "c1", URL: "/clients/c1", Icon: "client", Name: name, End: "6 instalações"},
		{ID: "c2", URL: "/clients/c2", Icon: "client", Name: []page.Mark{{Label: "Cooperativa de "}, {Label: "Araguari", Hit: true}}, End: "3 instalações"},
	}}}}
	if !pick {
		r.Groups[0].Items = append(r.Groups[0].Items, page.SearchItem{ID: "i1", URL: "/installations/i1", Icon: "bolt", Name: []page.Mark{{Label: "Planta "}, {Label: "Araguari", Hit: true}, {Label: ", abate"}}, End: "0.021.734.905.118-42"})
		r.Groups = append(r.Groups, page.SearchGroup{Label: "Fazer com Frigorífico Vale do Araguari", Items: []page.SearchItem{
			{ID: "c1", URL: "/activities/new?client=c1", Icon: "phone", Name: []page.Mark{{Label: "Registrar ligação"}}, Key: "L", Open: "quick"},
			{ID: "c1", URL: "/visits/new?client=c1", Icon: "pin", Name: []page.Mark{{Label: "Planejar visita"}}},
		}})
	}
	return r
}

func activities(t page.Text) []Story {
	b := base(t, page.PlaceClients, t.T("page.log"))
	log := composer(t).Log
	log.Said.Error = "Escreva o que foi tratado."
	edit := page.ActivityEdit{Base: base(t, page.PlaceClients, t.T("page.activity.edit")), URL: "/activities/a1", BackURL: "/clients/c1", DropURL: "/activities/a1/delete", Client: link("Frigorífico Vale do Araguari"), Version: "3",
		Kind: page.KindCall, Kinds: page.LogKinds, People: log.People,
		Form:    page.ActivityForm{Said: page.Field{Value: "Quer decidir a modalidade antes da renovação."}, Day: page.Field{Value: "2026-11-19"}, Time: page.Field{Value: "10:30"}, Minutes: page.Field{Value: "doze", Error: "Um número de minutos, por exemplo 12."}, Inbound: page.Flag{On: true}},
		History: []page.Revision{{When: "19/11 10:42", Who: "Marina Couto", Said: "Quer decidir depois."}}}
	return []Story{
		{"activity-new", "activity/new", page.ActivityNew{Base: b, Log: log}},
		{"activity-choose", "activity/new", page.ActivityNew{Base: b, Log: quick(t), Query: "araguari", Picks: found(t, true)}},
		{"activity-edit", "activity/edit", edit},
		{"search", "search", page.Search{Base: base(t, "", t.T("page.search")), Query: "araguari", Results: found(t, false)}},
		{"search-none", "search", page.Search{Base: base(t, "", t.T("page.search")), Query: "xyz", Results: page.SearchResults{Text: t, Query: "xyz", None: true}}},
	}
}

func visits(t page.Text) []Story {
	b := base(t, page.PlaceToday, t.T("page.visit.plan"))
	plan := page.VisitPlan{Base: b, URL: "/visits/new", BackURL: "/clients/c1", Client: link("Frigorífico Vale do Araguari"),
		Form:   page.VisitPlanForm{ClientID: "c1", Day: page.Field{Value: "2026-11-30"}, Time: page.Field{Value: "11:00"}, Purpose: page.Field{Error: "Diga para que é a visita."}},
		People: []page.PersonChoice{{ID: "p1", Name: "Helena Duarte", Role: "Diretora", On: true}, {ID: "p2", Name: "João B. Prado", Role: "Técnico"}}}
	report := page.VisitReport{Base: base(t, page.PlaceToday, "Visita de 23/11/2026", page.Link{Label: "Frigorífico Vale do Araguari", URL: "/clients/c1"}), URL: "/visits/v2", BackURL: "/clients/c1", DropURL: "/activities/v2/delete",
		Client: link("Frigorífico Vale do Araguari"), State: page.Badge{Label: "planejada", State: page.Idle}, Version: "1",
		Briefing: []page.Stat{{Label: "Pior utilização", Value: "111,9 %", State: page.Bad, Unit: "10/2026"}, {Label: "Contratado", Value: "4.120", Unit: "kW"}, {Label: "Fim do CUSD", Value: "12/06/2027"}},
		Facts:    []page.Fact{{Label: "Cliente", Value: "Frigorífico Vale do Araguari"}, {Label: "Endereço", Value: "Rod. MG-223, km 4"}},
		Form:     page.VisitForm{Purpose: page.Field{Value: "Renovação do CUSD"}, Place: page.Field{Value: "Araguari"}, Day: page.Field{Value: "2026-11-23"}, Time: page.Field{Value: "11:00"}},
		Overs:    []page.Overrun{{Where: link("Planta Araguari, fora de ponta"), Util: util(112, "111,9 %", page.Bad), KW: "+190 kW", Money: "R$ 8.667,80"}},
		Last:     []page.Entry{{Kind: page.KindCall, Rest: "de Helena Duarte", Said: "Quer decidir a modalidade antes da renovação.", When: "19/11"}}}
	done := report
	done.Reported, done.State = true, page.Badge{Label: "feita", State: page.OK}
	done.History = []page.Revision{{When: "23/11 13:02", Who: "Marina Couto", Said: "Sem constatações."}}
	return []Story{
		{"visit-new", "visit/new", plan},
		{"visit-choose", "visit/new", page.VisitPlan{Base: b, Picks: page.SearchResults{Text: t}}},
		{"visit", "visit", report},
		{"visit-done", "visit", done},
	}
}

func installation(t page.Text) []Story {
	peak := []int64{540, 520, 505, 498, 515, 560, 570, 585, 590, 602, 610, 598, 605}
	off := []int64{1510, 1480, 1420, 1385, 1440, 1530, 1610, 1655, 1702, 1735, -1, 1762, 1790}
	postos := []page.DemandPosto{{Label: "Fora de ponta, kW"}, {Label: "Ponta, kW"}}
	var rows []page.ReadingRow
	for i := range off {
		month := []string{"10/25", "11/25", "12/25", "01/26", "02/26", "03/26", "04/26", "05/26", "06/26", "07/26", "08/26", "09/26", "10/26"}[i]
		contracted := int64(1600)
		if i < 3 {
			contracted = 1500
		}
		m := page.DemandMonth{Month: month, Contracted: contracted * 1000, Measured: off[i] * 1000, Title: month}
		switch percent := off[i] * 1000 / contracted; {
		case off[i] < 0:
			m.Measured = -1
		case percent > 1050:
			m.State = page.Bad
		case percent > 1000:
			m.State = page.Warn
		}
		postos[0].Months = append(postos[0].Months, m)
		postos[1].Months = append(postos[1].Months, page.DemandMonth{Month: month, Contracted: 900_000, Measured: peak[i] * 1000, State: page.Idle, Title: month})
		cell := page.ReadingCell{Contracted: strconv.FormatInt(contracted, 10), Measured: strconv.FormatInt(off[i], 10), Util: "95,6 %", State: m.State, Overrun: "–"}
		if m.State == page.Bad {
			cell.Util, cell.Overrun = "108,4 %", "6.158,70"
		}
		rows = append([]page.ReadingRow{{Month: month, Cells: []page.ReadingCell{cell, {Contracted: "900", Measured: strconv.FormatInt(peak[i], 10), Util: "67,2 %", State: page.Idle, Overrun: "–"}}}}, rows...)
	}
	b := base(t, page.PlaceClients, "Planta Araguari, abate", page.Link{Label: t.T("page.nav.clients"), URL: "/clients"}, page.Link{Label: "Frigorífico Vale do Araguari", URL: "/clients/c1"})
	full := page.Installation{Base: b, Name: "Planta Araguari, abate", HistoryURL: "/clients/c1/history?of=i1", Number: "0.021.734.905.118-42", Badges: []page.Badge{{Label: "Azul"}, {Label: "Cativo"}, {Label: "A4"}}, Span: "13 meses", Idle: "80 %",
		Stats: []page.Stat{{Label: "Fora de ponta, 10/2026", Value: "111,9 %", Unit: "1.790 de 1.600 kW", State: page.Bad}, {Label: "Ponta, 10/2026", Value: "67,2 %", Unit: "605 de 900 kW", State: page.Idle},
			{Label: "Ultrapassagem, 12 meses", Value: "R$ 33.621,94", Unit: "5 meses"}, {Label: "Fim do CUSD", Value: "12/06/2027", Unit: "aviso 14/12"}},
		Ranges:     []page.Tab{{Label: "13 m", URL: "?months=13", Current: true}, {Label: "24 m", URL: "?months=24"}, {Label: "Tudo", URL: "?months=all"}},
		Verdicts:   []page.Verdict{{State: page.Bad, Label: "Fora de ponta: acima de 105 % em 5 de 12 meses."}, {State: page.Idle, Label: "Ponta: 33 % ociosa em 12 de 12 meses."}},
		Chart:      page.DrawDemand(page.ChartWide, t.T("page.inst.chart"), postos, plainKW),
		ChartPhone: page.DrawDemand(page.ChartPhone, t.T("page.inst.chart"), postos, plainKW),
		Postos:     []string{"Fora de ponta", "Ponta"}, Money: []string{t.T("page.inst.c.over"), t.T("simulation.c.idle")}, Rows: rows,
		Total:     &page.ReadingRow{Month: "12 meses", Cells: []page.ReadingCell{{State: page.Bad, Overrun: "33.621,94"}, {}}},
		Contracts: []page.ContractRow{{Day: "12/06/2026", What: "CUSD renovado", Sub: "12 meses, até 12/06/2027", State: page.Badge{Label: "vigente", State: page.OK}}, {Day: "01/01/2026", What: "Fora de ponta 1.500 → 1.600 kW", Sub: "Aditivo 2"}},
		Facts:     []page.Fact{{Label: "Cliente", Value: "Frigorífico Vale do Araguari", URL: "/clients/c1"}, {Label: "UC", Value: "0.021.734.905.118-42"}, {Label: "Número antigo", Value: "3004817265"}, {Label: "Tensão", Value: "13,8 kV, A4"}, {Label: "Município", Value: "Araguari"}}}
	full.Sim, full.EnterURL, full.Losses = simulator(t), "/installations/i1/readings", t.T("reading.losses", "percent", "2,5 %")
	full.Rows[0].URL, full.Rows[0].Notes = "/installations/i1/readings/2026-10", []page.Notice{
		{State: page.Warn, Label: t.T("reading.doubt.gap"), Action: page.Link{Label: t.T("reading.settle"), URL: "/installations/i1/readings/2026-10"}},
		{Label: t.T("reading.former.of", "posto", "Ponta", "value", "605 kW", "when", "20/11, 10:02")}}
	none := page.Installation{Base: b, Name: "Poço", Number: "0.009.218.446.118-07", Empty: page.Empty{Label: t.T("page.inst.noreadings"), Action: page.Link{Label: t.T("page.nav.imports"), URL: "/imports"}}}
	wrong := none
	wrong.Notice = failed()
	return []Story{{"installation", "installation", full}, {"installation-empty", "installation", none}, {"installation-failed", "installation", wrong}}
}

func plainKW(kw int64) string { return strconv.FormatInt(kw, 10) }
