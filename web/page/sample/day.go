package sample

import "cemigmas/web/page"

func link(label string) page.Link { return page.Link{Label: label, URL: "/clients/c1"} }

func util(percent int, label string, s page.State) page.Util {
	return page.Util{Percent: percent, Label: label, State: s}
}

func day(t page.Text) []Story {
	b := base(t, page.PlaceToday, t.T("page.nav.today"))
	b.Toast = &page.Toast{Text: t, Label: "Ligação registrada", Next: page.Link{Label: "Abrir cliente", URL: "/clients/c1"}, UndoURL: "/activities/a1/delete", CSRF: "token", Back: "/"}
	full := page.Today{Base: b, Date: "Segunda-feira, 23 de novembro", PlanURL: "/visits/new", Month: "10/2026", DatesFor: "próximos 30 dias",
		Visits: []page.TodayVisit{
			{Time: "08:30", Client: link("Laticínios Serra do Salitre"), Purpose: "Reativo excedente em 2 instalações", Place: "Patrocínio", State: page.Badge{Label: "feita", State: page.OK}, Open: page.Link{Label: "Relatório", URL: "/visits/v1"}},
			{Time: "11:00", Client: link("Frigorífico Vale do Araguari"), Purpose: "Renovação do CUSD, 5 meses acima de 105 %", Place: "Araguari", State: page.Badge{Label: "em 38 min", State: page.Warn}, Open: page.Link{Label: "Relatar", URL: "/visits/v2"}},
			{Time: "14:30", Client: link("Hospital Santa Clara do Cerrado"), Purpose: "Aumento de demanda, bloco cirúrgico novo", Place: "Uberlândia", State: page.Badge{Label: "planejada", State: page.Idle}, Open: page.Link{Label: "Abrir", URL: "/visits/v3"}},
		},
		QuietAll: page.More{Label: "Ver todos", URL: "/clients?sort=lastContact"},
		Triage:   page.Link{Label: "5 na triagem", URL: "/triage"},
		Mail: []page.MailRow{
			{Client: link("Frigorífico Vale do Araguari"), Count: "2", Line: "João B. Prado: segue a conta de outubro e a leitura do controlador", When: "09:58", URL: "/threads/t1"},
			{Client: link("Hospital Santa Clara do Cerrado"), Line: "Beatriz Moura: Re: aumento de demanda", When: "09:41", URL: "/threads/t2"},
			{Client: link("Rede Pão da Serra"), Count: "2", Line: "Contabilidade: 2ª via das lojas 4, 7 e 12", When: "08:15", URL: "/threads/t3"},
			{Client: link("Granja Três Irmãos"), Line: "Paulo Assis: minuta do aditivo", When: "sáb", URL: "/threads/t4"},
		},
		Overs: []page.Overrun{
			{Client: link("Frigorífico Vale do Araguari"), Where: page.Link{Label: "Planta Araguari, fora de ponta", URL: "/installations/i1"}, Util: util(112, "111,9 %", page.Bad), KW: "+190 kW", Money: "R$ 8.667,80"},
			{Client: link("Laticínios Serra do Salitre"), Where: page.Link{Label: "Queijaria, única", URL: "/installations/i2"}, Util: util(107, "107,3 %", page.Bad), KW: "+62 kW", Money: "R$ 2.828,44"},
			{Client: link("Granja Três Irmãos"), Where: page.Link{Label: "Incubatório, única", URL: "/installations/i3"}, Util: util(106, "105,9 %", page.Bad), KW: "+18 kW", Money: "sem tarifa"},
		},
		Dates: []page.DateRow{
			{Day: "27/11", What: link("Último dia para denunciar o CUSD"), Sub: "Têxtil Rio Claro, Fiação", Left: "4 d", State: page.Warn},
			{Day: "08/12", What: link("Fim do período de teste"), Sub: "Plásticos Uberaba, Extrusão", Left: "15 d"},
			{Day: "14/12", What: link("Aviso de renovação, 180 dias"), Sub: "Frigorífico Vale do Araguari", Left: "21 d"},
		},
	}
	for _, q := range []struct {
		name, why, late string
		state           page.State
	}{
		{"Usina Boa Vista Bioenergia", "Sem contato há 91 d", "91 d", page.Bad},
		{"Mineração Serra Clara", "Sem contato há 74 d", "74 d", page.Bad},
		{"Cerâmica Porto Feliz", "Sem contato há 52 d", "52 d", page.Bad},
		{"Hotel Fazenda Águas Claras", "Nunca", "–", page.Warn},
		{"Armazéns Gerais do Triângulo", "Sem contato há 30 d", "30 d", page.Warn},
	} {
		full.Quiet = append(full.Quiet, page.QuietClient{Client: link(q.name), Why: q.why, Late: q.late, State: q.state, Phone: "+55 34 3221-0000", MailURL: "mailto:a@b.example", LogURL: "/activities/new?client=c1", VisitURL: "/visits/new?client=c1"})
	}
	empty := page.Today{Base: base(t, page.PlaceToday, t.T("page.nav.today")), Date: "Domingo, 22 de novembro", PlanURL: "/visits/new"}
	wrong := empty
	wrong.Notice = failed()
	return []Story{{"today", "today", full}, {"today-empty", "today", empty}, {"today-failed", "today", wrong}}
}

func clients(t page.Text) []Story {
	heads := []page.Head{
		{Label: t.T("page.clients.c.client"), URL: "?sort=name", Sort: "ascending"}, {Label: t.T("page.sector")}, {Label: t.T("page.agent")},
		{Label: t.T("page.clients.c.inst"), Right: true}, {Label: t.T("page.clients.c.kw"), URL: "?sort=-kw", Right: true},
		{Label: t.T("page.clients.c.util"), URL: "?sort=-util"}, {Label: t.T("page.clients.c.last"), URL: "?sort=lastContact"}, {Label: t.T("page.clients.c.next")},
	}
	list := page.ClientList{Text: t, CSRF: "token", Bulk: "/clients/bulk", All: t.T("web.bulk.all", "clients", "312 clientes"), Heads: heads, Total: "312 clientes", Shown: "1–8", More: &page.More{Label: t.T("page.clients.more"), URL: "/clients?after=x", Part: "/clients?after=x"}}
	for _, r := range []struct {
		name, sector, agent, inst, kw string
		percent                       int
		label                         string
		state                         page.State
		ago, day, icon                string
		late                          page.State
		next, what                    string
		soon                          page.State
	}{
		{"Águas do Cerrado Saneamento", "Água e esgoto", "Marina Couto", "84", "12.480", 88, "88 %", "", "33 d", "21/10/2026", "phone", page.Bad, "25/11/2026", "Reunião", ""},
		{"Armazéns Gerais do Triângulo", "Armazenagem", "Marina Couto", "5", "1.320", 71, "71 %", "", "30 d", "24/10/2026", "mail", page.Warn, "23/11/2026", "Contato", page.Warn},
		{"Cerâmica Porto Feliz", "Cerâmica", "Marina Couto", "3", "2.150", 96, "96 %", "", "52 d", "02/10/2026", "phone", page.Bad, "01/12/2026", "Aviso", ""},
		{"Cooperativa de Araguari", "Agro e irrigação", "Marina Couto", "3", "1.840", 64, "64 %", page.Idle, "12 d", "11/11/2026", "phone", page.OK, "09/12/2026", "Visita", ""},
		{"Fertilizantes Alto Paranaíba", "Química", "Rafael Pires", "4", "6.900", 101, "101 %", page.Warn, "18 d", "05/11/2026", "pin", page.OK, "02/12/2026", "Visita", ""},
		{"Frigorífico Vale do Araguari", "Alimentos", "Marina Couto", "6", "4.120", 112, "112 %", page.Bad, "hoje", "23/11/2026", "mail", page.OK, "23/11/2026", "Visita 11:00", page.Warn},
		{"Granja Três Irmãos", "Alimentos", "Marina Couto", "7", "2.310", 106, "106 %", page.Bad, "2 d", "21/11/2026", "mail", page.OK, "", "", ""},
		{"Hospital Santa Clara do Cerrado", "Saúde", "Marina Couto", "2", "1.750", 93, "93 %", "", "hoje", "23/11/2026", "mail", page.OK, "23/11/2026", "Visita 14:30", page.Warn},
	} {
		u := util(r.percent, r.label, r.state)
		late := r.late
		if late == page.OK {
			late = page.OK
		}
		list.Rows = append(list.Rows, page.ClientRow{ID: "c1", URL: "/clients/c1", Name: r.name, Sector: r.sector, Agent: r.agent, Installations: r.inst, Contracted: r.kw, Worst: &u,
			Last: &page.LastContact{Ago: r.ago, Day: r.day, Icon: r.icon, What: "Ligação", State: late}, Next: r.next, NextWhat: r.what, NextState: r.soon})
	}
	list.Rows = append(list.Rows, page.ClientRow{ID: "c2", URL: "/clients/c2", Name: "UC 0.009.218.446.118-07", Placeholder: true, Sector: "–", Agent: "–", Installations: "1", Contracted: "690"})
	tool := page.ClientTools{Text: t, Query: "", Sort: "name", Import: "/imports", View: "mine",
		Sectors: []page.Option{{Value: "food", Label: "Alimentos"}, {Value: "water", Label: "Água e esgoto"}}, Agents: []page.Option{{Value: "u1", Label: "Marina Couto"}},
		Sorts: []page.Option{{Value: "name", Label: "Nome"}, {Value: "-util", Label: "Pior utilização"}, {Value: "lastContact", Label: "Sem contato"}},
		Chips: page.ClientChips{Text: t, Chips: []page.Chip{{Key: "Ramo", Label: "Alimentos", X: "/clients"}}}}
	b := base(t, page.PlaceClients, t.T("page.nav.clients"))
	b.Shape = page.ShapeList
	tabs := []page.Tab{{Label: "Minha carteira", Count: "312", URL: "/clients", Current: true}, {Label: "Acima de 105 %", Count: "9", URL: "/clients?view=over"}, {Label: "Sem contato", URL: "/clients?view=quiet"}, {Label: "Aviso próximo", URL: "/clients?view=notice"}}
	full := page.Clients{Base: b, Tabs: tabs, Tool: tool, List: list}
	none := full
	none.List = page.ClientList{Text: t, Heads: heads, Empty: &page.Empty{Label: t.T("page.clients.none"), Action: page.Link{Label: t.T("page.clients.none.action"), URL: "/clients"}}}
	wrong := full
	wrong.List = page.ClientList{Text: t, Heads: heads, Fail: failed()}
	part := list
	part.Chips = tool.Chips
	part.Chips.Swap = true
	return []Story{{"clients", "clients", full}, {"clients-empty", "clients", none}, {"clients-failed", "clients", wrong}, {"clients-list", "clients/list", part}, {"clients-rows", "clients/rows", list}}
}
