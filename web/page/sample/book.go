package sample

import "cemigmas/web/page"

// book are the pages that make, join and tell of clients.
func book(t page.Text) []Story {
	frame := func(key string) page.Base {
		return base(t, page.PlaceClients, t.T(key), page.Link{Label: t.T("page.nav.clients"), URL: "/clients"}, page.Link{Label: "Frigorífico Vale do Araguari", URL: "/clients/c1"})
	}
	here := page.PairSide{Link: page.Link{Label: "Frigorífico Vale do Araguari", URL: "/clients/c1"}, Sub: "27.418.305/0001-74, Araguari, Marina Couto"}
	there := page.PairSide{Link: page.Link{Label: "Frigorifico Vale Araguari S/A", URL: "/clients/c2"}, Sub: "Araguari"}
	pairs := page.Duplicates{Base: frame("web.duplicates"),
		Pairs: []page.PairRow{{First: here, Second: there, Why: t.T("web.duplicates.name"), MergeURL: "/clients/c1/merge?with=c2", ApartURL: "/duplicates/x/apart"}},
		More:  &page.More{Label: t.T("page.clients.more"), URL: "/duplicates?after=x"},
		Merges: []page.MergeRow{{Into: here.Link, From: "UC 0.009.218.446.118-07", Who: "Marina Couto", When: "20/11 10:02", UndoURL: "/merges/m1/undo"},
			{Into: here.Link, From: "Vale", Who: "Marina Couto", When: "20/11 10:04", State: t.T("web.merge.moving")}}}
	none := page.Duplicates{Base: frame("web.duplicates"), Empty: &page.Empty{Label: t.T("web.duplicates.none")}}
	merge := page.Merge{Base: frame("web.merge"), Heading: t.T("web.merge"), URL: "/clients/c1/merge", BackURL: "/clients/c1", Label: t.T("web.merge.choose", "name", here.Link.Label),
		From: "c2", Into: "c1", First: here.Link.Label, Second: there.Link.Label, Kept: t.T("web.merge.kept"), OtherwayURL: "/clients/c1/merge?with=c2&swap=1",
		Rows: []page.MergeField{{Name: "name", Label: t.T("history.f.name"), First: here.Link.Label, Second: there.Link.Label, Take: "first"},
			{Name: "phone", Label: t.T("history.f.phone"), Second: "+55 34 3221-0000", Take: "second"},
			{Name: "city", Label: t.T("history.f.city"), First: "Araguari", Second: "Araguari", Take: "first", Same: true}}}
	ask := page.Merge{Base: frame("web.merge.unit"), Heading: t.T("web.merge.unit"), URL: "/clients/c3/merge", BackURL: "/clients/c3", Label: t.T("web.merge.unit.hint", "name", "UC 118-07"),
		Ask: true, Query: "vale", Options: []page.PairSide{here, there}}
	group := page.Group{Base: frame("web.group"), Heading: t.T("web.group.of", "name", "Vale"), URL: "/clients/c1/group", LeaveURL: "/clients/c1/group", Of: here.Link.Label,
		Hint: t.T("web.group.hint", "name", here.Link.Label), Stats: []page.Stat{{Label: t.T("page.nav.clients"), Value: "2"}, {Label: t.T("page.inst.contracted"), Value: "5.200", Unit: "kW"}},
		Rows: []page.GroupRow{{URL: "/clients/c0", Name: "Vale Participações", Agent: "Marina Couto", Places: "0", Contracted: "–"},
			{URL: "/clients/c1", Name: here.Link.Label, Indent: 1, Current: true, Agent: "Marina Couto", Places: "6", Contracted: "4.120", Last: &page.LastContact{Ago: "33 d", State: page.Warn}}}}
	history := page.History{Base: frame("web.history"), Heading: t.T("web.history"), More: &page.More{Label: t.T("page.timeline.older"), URL: "/clients/c1/history?after=x"},
		Rows: []page.HistoryRow{{What: t.T("history.of.clients"), Did: t.T("history.changed"), Who: "Marina Couto", When: "20/11 10:02", Batch: t.T("history.batch"),
			Changes: []page.HistoryChange{{Label: t.T("history.f.phone"), From: "–", To: "+55 34 3221-0000"}}},
			{What: t.T("history.of.people") + " Helena Duarte", Did: t.T("history.made"), Who: "Rafael Pires", When: "12/11 09:40"}}}
	add := page.ClientEdit{Base: frame("web.client.new"), URL: "/clients", BackURL: "/clients", Name: t.T("web.client.new"),
		Form:    page.ClientForm{Name: page.Field{Value: "Vale Araguari"}, Status: page.Field{Value: "active"}},
		Alike:   []page.AlikeClient{{Link: here.Link, Sub: here.Sub}},
		Sectors: []page.Option{{Label: "–"}}, Tiers: []page.Option{{Label: "–"}}, States: []page.Option{{Value: "active", Label: "Ativo"}},
		Segments: []page.Option{{Label: "–"}, {Value: "mv", Label: t.T("web.segment.mv")}}, StandIns: []page.Option{{Label: "–"}}, Agents: []page.Option{{Label: "–"}}}
	reading := page.Reading{RecordForm: page.RecordForm{Base: frame("reading.new"), Heading: t.T("reading.of", "month", "10/2026"), URL: "/installations/i1/readings/2026-10", BackURL: "/installations/i1", Version: "2",
		Groups: []page.FieldGroup{{Heading: t.T("reading.demand"), Hint: t.T("reading.demand.hint"), Rows: [][]page.FieldView{{t.Field("single", "posto.single", page.Field{Value: "1.790.000"}), t.Field("peak", "posto.peak", page.Field{})}}}}},
		Doubts:    []page.Doubt{{State: page.Warn, Label: t.T("reading.doubt.gap")}, {State: page.OK, Label: t.T("reading.doubt.negative", "what", t.T("reading.demand.of.peak"), "figure", "-4 kW"), Sub: "Marina Couto"}},
		AcceptURL: "/installations/i1/readings/2026-10/accept", Reason: t.Field("reason", "reading.reason", page.Field{Error: t.T("error.field.required")}).Req(), History: history.Rows,
		Figures: &page.MonthFigures{Postos: []string{t.T("posto.peak")}, Rows: []page.MonthFigure{{Label: t.T("demand.overrun") + ", R$", Hint: t.T("figure.hint.over_cost"), Cells: []page.MonthCell{{Value: "8.667,80", State: page.Bad}}}}}}
	head := page.TariffRow{From: t.T("tariff.from"), Modality: t.T("contract.modality"), Posto: t.T("tariff.posto"), KW: t.T("tariff.kw"), TUSD: t.T("tariff.tusd"), TE: t.T("tariff.te"), Act: t.T("tariff.act")}
	rows := []page.TariffRow{{From: "01/01/2026", Modality: "Verde", Posto: t.T("posto.single"), KW: "22,81", TUSD: "–", TE: "–", Act: "REH 3.000", URL: "/tariffs/x"}}
	tariffs := page.Tariffs{Base: frame("tariff.title"), AddURL: "/tariffs/new", ImportURL: "/imports", Groups: []page.TariffGroup{{Heading: "CEMIG-D, A4", Head: head, Rows: rows}},
		Job: &page.Job{Text: t, ID: "j1", State: page.JobState("running"), Label: t.T("tariff.figures"), Percent: 40, URL: "/jobs/j1", PageURL: "/tariffs"}}
	begin := page.Tariffs{Base: frame("tariff.title"), Start: &page.TariffStart{TariffGroup: page.TariffGroup{Heading: t.T("tariff.start.source"), Head: head, Rows: rows}, URL: "/tariffs/start"}, Empty: page.Empty{Label: t.T("tariff.none")}}
	tariff := page.TariffEdit{RecordForm: page.RecordForm{Base: frame("tariff.new"), Heading: "CEMIG-D, A4, Verde", URL: "/tariffs/x", BackURL: "/tariffs",
		Groups: []page.FieldGroup{{Heading: t.T("tariff.costs"), Hint: t.T("tariff.costs.hint"), Rows: [][]page.FieldView{{t.Field("kw", "tariff.kw", page.Field{Value: "x", Error: t.T("number.invalid")})}}}}}, DeleteURL: "/tariffs/x/delete"}
	sectors := page.Sectors{Base: frame("sectors.title"), AddURL: "/sectors/new", Job: tariffs.Job, Rows: []page.SectorRow{
		{Name: page.Link{Label: t.T("sector.retail"), URL: "/sectors/retail"}, Other: "Retail", Divisions: "45-47", UpURL: "/sectors/retail/up", DownURL: "/sectors/retail/down"},
		{Name: page.Link{Label: t.T("sector.other")}, Divisions: t.T("sectors.rest"), State: page.Badge{Label: t.T("sectors.off"), State: page.Idle}}}}
	sector := page.SectorEdit{RecordForm: page.RecordForm{Base: frame("sectors.new"), Heading: t.T("sector.retail"), URL: "/sectors/retail", BackURL: "/sectors", Version: "1",
		Groups: []page.FieldGroup{{Heading: t.T("sectors.divisions"), Hint: t.T("sectors.divisions.hint"), Rows: [][]page.FieldView{{t.Field("divisions", "sectors.divisions", page.Field{Value: "x", Error: t.T("error.sector.division")})}}}}},
		DeleteURL: "/sectors/retail/delete", History: history.Rows}
	return []Story{{"sectors", "sectors", sectors}, {"sector", "sector/edit", sector}, {"tariffs", "tariffs", tariffs}, {"tariffs-start", "tariffs", begin}, {"tariff", "tariff/edit", tariff}, {"reading", "installation/reading", reading}, {"duplicates", "duplicates", pairs}, {"duplicates-empty", "duplicates", none}, {"merge", "merge", merge}, {"merge-ask", "merge", ask},
		{"group", "group", group}, {"history", "history", history}, {"client-new", "client/edit", add}}
}
