package sample

import "cemigmas/web/page"

func contracts(t page.Text) []Story {
	crumbs := []page.Link{{Label: "Clientes", URL: "/clients"}, {Label: "Moinho Boa Vista", URL: "/clients/c1"}}
	form := page.RecordForm{Base: base(t, page.PlaceClients, "CUSD 500.123", crumbs...), Heading: "CUSD 500.123", URL: "/contracts/k1/edit", BackURL: "/contracts/k1", Version: "3",
		More: page.Link{Label: t.T("contract.rows"), URL: "/contracts/k1/edit?rows=12"},
		Groups: []page.FieldGroup{
			{Rows: [][]page.FieldView{{t.Field("number", "contract.number", page.Field{Value: "500.123"}), t.Field("start", "contract.start", page.Field{Value: "2025-06-12", Differs: true, Now: "2025-05-12"}).As("date")}}},
			{Heading: t.T("contract.schedule"), Hint: t.T("contract.schedule.hint"), Wrong: "O mês 2026-01 aparece duas vezes.", Rows: [][]page.FieldView{{t.Field("from_0", "contract.step.from", page.Field{Value: "2025-06"}).As("month"), t.Field("single_0", "posto.single", page.Field{Value: "500"})}}},
			{Heading: t.T("inst.conditions"), Name: "conditions", Checks: []page.Check{{Value: "essential", Label: t.T("inst.condition.essential"), On: true}, {Value: "seasonal", Label: t.T("inst.condition.seasonal")}}},
		}}
	full := page.Contract{Base: base(t, page.PlaceClients, "CUSD 500.123", crumbs...), Name: "CUSD 500.123", Badges: []page.Badge{{Label: "vigente", State: page.OK}, {Label: "Verde"}}, EditURL: "/contracts/k1/edit",
		Stats:    []page.Stat{{Label: t.T("contract.stat.reduction"), Value: "20/02/2027", Unit: "art. 155"}, {Label: t.T("page.notice"), Value: "13/12/2026", Unit: "art. 133"}},
		Facts:    []page.Fact{{Label: "Cliente", Value: "Moinho Boa Vista", URL: "/clients/c1"}, {Label: t.T("contract.start"), Value: "12/06/2025"}},
		Dates:    []page.DateRow{{Day: "13/12", What: page.Link{Label: t.T("calendar.what.notice"), URL: "/contracts/k1"}, Sub: "art. 133", Left: "em 21 d", State: page.Warn}},
		Doubts:   []page.Notice{{State: page.Warn, Label: "A demanda de 10/2026 fica abaixo de 30 kW.", Action: page.Link{Label: t.T("page.edit"), URL: "/contracts/k1/edit"}}},
		Schedule: []page.ScheduleRow{{From: "10/2026", What: "Demanda única 800 kW", Now: true}, {From: "06/2025", What: "Demanda única 500 kW"}},
		TestEnd:  "até 31/12/2026", Tests: []page.TestRow{{Posto: "Demanda única", Limit: "Ultrapassagem só acima de 915 kW (art. 313)", Lowest: "No fim pode baixar até 650 kW (art. 314)"}},
		ExitURL: "/contracts/k1", Exit: page.Field{Value: "2026-10-11"}, ExitTotal: "R$ 37.636,50", ExitNote: "faltam 8 meses até 11/06/2027",
		ExitRows: []page.ExitRow{{Label: "Demanda contratada", How: "3 meses", Amount: "R$ 34.215,00"}, {Label: "30 kW por mês", How: "5 meses", Amount: "R$ 3.421,50"}},
		AmendURL: "/contracts/k1/amendments", Amend: page.AmendForm{Kinds: []page.Option{{Value: "reduction", Label: t.T("contract.amend.reduction")}}, Asked: page.Field{Value: "2026-11-22"}, To: []page.FieldView{t.Field("to_single", "posto.single", page.Field{}), t.Field("to_from", "contract.amend.from", page.Field{}).As("month")}},
		Amendments: []page.AmendmentRow{{What: t.T("contract.amend.reduction"), Sub: "20/11/2026, Helena Prado, 2026.1188", Note: "Menos um forno", State: page.Badge{Label: "pedido", State: page.Warn}, Lawful: "a partir de 18/02/2027", Why: "aviso antes da redução (art. 155)", SetURL: "/contracts/k1/amendments/a1", Open: true, AttachURL: "/clients/c1/documents?contract=k1", Files: []page.Link{{Label: "pedido.pdf", URL: "/documents/d1/file"}}},
			{What: t.T("contract.amend.increase"), Sub: "02/03/2026", State: page.Badge{Label: "assinado", State: page.OK}, SetURL: "/contracts/k1/amendments/a2", Reopened: true}},
		History: []page.HistoryRow{{What: t.T("history.of.contracts"), Did: t.T("history.changed"), When: "hoje, 09:40", Who: "Marina Couto", Changes: []page.HistoryChange{{Label: t.T("contract.denounced"), From: "–", To: "20/11/2026"}}},
			{What: t.T("history.of.contracts"), Did: t.T("history.made"), When: "12/06", Who: "Rafael Pires"}},
		HistMore: &page.More{Label: t.T("contract.history.more"), URL: "/contracts/k1?after=x"}}
	bare := page.Contract{Base: base(t, page.PlaceClients, "CCER", crumbs...), Name: "CCER", EditURL: "/contracts/k2/edit", AmendURL: "/contracts/k2/amendments"}
	return []Story{{"record-form", "record/form", form}, {"contract", "contract", full}, {"contract-bare", "contract", bare}}
}

func dateTask(t page.Text) *page.DateTask {
	return &page.DateTask{Text: t, CSRF: "x", Back: "/", SettleURL: "/deadlines/x/settle", PutOffURL: "/deadlines/x/put-off", First: "2026-11-24", OpenURL: "/deadlines/x/open",
		Days: []page.Option{{Value: "2026-11-24", Label: "Amanhã, 24/11"}, {Value: "2026-11-30", Label: "Segunda-feira, 30/11"}}}
}

func dates(t page.Text) []Story {
	b := base(t, page.PlaceCalendar, t.T("page.nav.calendar"))
	row := func(day, what, client, place, badge string, state page.State) page.CalendarRow {
		return page.CalendarRow{Day: day, What: page.Link{Label: what, URL: "/contracts/k1"}, Sub: "CUSD 500.123, contrato até 11/06/2027, art. 133", Client: page.Link{Label: client, URL: "/clients/c1"},
			Place: page.Link{Label: place, URL: "/installations/i1"}, Badge: page.Badge{Label: badge, State: state}, Task: dateTask(t)}
	}
	settled := row("30/12", t.T("calendar.what.test"), "Granja Três Irmãos", "Aviário 2", "dispensado", page.Plain)
	settled.Task = &page.DateTask{Text: t, OpenURL: "/deadlines/x/open", Settled: "Marina Couto: cliente quer ficar"}
	full := page.Calendar{Base: b, Tabs: []page.Tab{{Label: t.T("calendar.next"), URL: "/calendar", Current: true}, {Label: t.T("calendar.month"), URL: "/calendar?when=month"}},
		Kinds: []page.Chip{{Label: t.T("calendar.kind.notice"), URL: "/calendar", Pressed: true}, {Label: t.T("calendar.kind.test"), URL: "/calendar?kind=test"}},
		Chips: []page.Chip{{Key: "Ramo", Label: "Alimentos", X: "/calendar"}}, Kind: "notice", Sector: "food", Total: "3 datas",
		Sectors: []page.Option{{Value: "food", Label: "Alimentos"}}, Agents: []page.Option{{Value: "u1", Label: "Marina Couto"}},
		Months: []page.CalendarMonth{{Heading: "Novembro de 2026", Rows: []page.CalendarRow{row("hoje", t.T("calendar.what.notice"), "Moinho Boa Vista", "Moagem", "hoje", page.Warn)}},
			{Heading: "Dezembro de 2026", Rows: []page.CalendarRow{row("13/12", t.T("calendar.what.notice"), "Frigorífico Vale do Araguari", "Planta Araguari, abate", "em 21 d", page.Warn), settled}}},
		More: &page.More{Label: t.T("calendar.more"), URL: "/calendar?after=x"}, Feed: page.Feed{MakeURL: "/calendar/feed", EndURL: "/calendar/feed/end", On: true, Fresh: "https://crm.example/calendar/feed/x.ics"}}
	none := page.Calendar{Base: b, Tabs: full.Tabs, Empty: page.Empty{Label: t.T("calendar.none")}, Feed: page.Feed{MakeURL: "/calendar/feed", EndURL: "/calendar/feed/end"}}
	return []Story{{"calendar", "calendar", full}, {"calendar-none", "calendar", none}}
}
