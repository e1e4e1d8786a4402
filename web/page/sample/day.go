package sample

import "cemigmas/web/page"

func link(label string) page.Link { return page.Link{Label: label, URL: "/clients/c1"} }

func util(percent int, label string, s page.State) page.Util {
	return page.Util{Percent: percent, Label: label, State: s}
}

func day(t page.Text) []Story {
	b := base(t, page.PlaceToday, t.T("page.nav.today"))
	b.Toast = &page.Toast{Text: t, Label: "Ligação registrada", Next: page.Link{Label: "Abrir cliente", URL: "/clients/c1"}, UndoURL: "/activities/a1/delete", CSRF: "token", Back: "/"}
	full := page.Today{Base: b, Date: "Segunda-feira, 23 de novembro", PlanURL: "/visits/new", Month: "10/2026",
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
			{Day: "27/11", What: link("Último dia para denunciar o CUSD"), Sub: "Têxtil Rio Claro, Fiação", Left: "4 d", State: page.Warn, Task: dateTask(t)},
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
