package sample

import "cemigmas/web/page"

// lists are the pages that list records, in every state.
func clients(t page.Text) []Story {
	keys := []string{"name", "sector", "agent", "inst", "kw", "util", "last", "next"}
	var heads []page.Head
	for i, label := range []string{t.T("page.clients.c.client"), t.T("page.sector"), t.T("page.agent"), t.T("page.clients.c.inst"), t.T("page.clients.c.kw"), t.T("page.clients.c.util"), t.T("page.clients.c.last"), t.T("page.clients.c.next")} {
		heads = append(heads, page.Head{Key: keys[i], Label: label, Right: i == 3 || i == 4})
	}
	heads[0].URL, heads[0].Sort = "?sort=name", "ascending"
	heads[5].URL, heads[5].Sort = "?sort=worst", "descending"
	list := page.ListTable{Text: t, Name: "clients", Label: t.T("list.clients"), Heads: heads, Shown: "1–4",
		Count: page.ListCount{Text: t, Part: "/clients", All: t.T("list.check.all")},
		More:  &page.More{Label: t.T("page.clients.more"), URL: "/clients?after=x", Part: "/clients?after=x"},
		Bulk:  page.ListBulk{URL: "/clients/bulk", CSRF: "x", Label: t.T("web.bulk.go.clients")},
		Files: []page.ListFile{{Label: t.T("list.file.xlsx"), URL: "/clients/export?format=xlsx", Post: true, CSRF: "x"}, {Label: t.T("list.file.csv"), URL: "/clients/export?format=csv"}}}
	for _, r := range []struct {
		name, kw string
		percent  int
		label    string
		state    page.State
		last     page.LastContact
		next     string
		soon     page.State
	}{
		{"Águas do Cerrado Saneamento", "12.480", 88, "88 %", "", page.LastContact{Ago: "33 d", Day: "21/10/2026", Icon: "phone", State: page.Bad}, "25/11/2026", ""},
		{"Frigorífico Vale do Araguari", "4.120", 112, "112 %", page.Bad, page.LastContact{Ago: "hoje", Day: "23/11/2026", Icon: "mail", State: page.OK}, "23/11/2026", page.Warn},
		{"Cooperativa de Araguari", "1.840", 64, "64 %", page.Idle, page.LastContact{Ago: "12 d", Day: "11/11/2026", Icon: "phone", State: page.OK}, "", ""},
	} {
		u := util(r.percent, r.label, r.state)
		next := page.ListCell{Label: r.next, State: r.soon}
		if r.next != "" {
			next.Note = "Visita"
		}
		list.Rows = append(list.Rows, row(keys, r.name, page.ListCell{Label: r.name, URL: "/clients/c1"}, page.ListCell{Label: "Alimentos", Quiet: true}, page.ListCell{Label: "Marina Couto", Quiet: true},
			page.ListCell{Label: "6", Right: true}, page.ListCell{Label: r.kw, Right: true}, page.ListCell{Util: &u}, page.ListCell{Last: &r.last}, next))
	}
	list.Rows = append(list.Rows, row(keys, "UC 0.009.218.446.118-07", page.ListCell{Label: "UC 0.009.218.446.118-07", URL: "/clients/c2", Warn: &page.Badge{Label: "sem nome", State: page.Warn}},
		page.ListCell{}, page.ListCell{Badge: &page.Badge{Label: "vigente", State: page.OK}}, page.ListCell{}, page.ListCell{}, page.ListCell{}, page.ListCell{}, page.ListCell{Label: "01/12/2026", State: page.Bad}))
	tool := page.ListTools{Text: t, URL: "/clients", Find: t.T("list.find.clients"), Sort: "name",
		Filters: []page.ListFilter{{Name: "sector", Label: t.T("page.sector"), Value: "food", Options: []page.Option{{Value: "food", Label: "Alimentos"}, {Value: "water", Label: "Água e esgoto"}}}},
		Sorts:   []page.Option{{Value: "name", Label: "Nome"}, {Value: "worst", Label: "Pior utilização"}},
		Links:   []page.ListLink{{Label: t.T("web.duplicates"), URL: "/duplicates", Icon: "client", Quiet: true, Desk: true}, {Label: t.T("web.client.new"), URL: "/clients/new", Icon: "plus"}},
		Chips:   page.ListChips{Text: t, Chips: []page.Chip{{Key: "Ramo", Label: "Alimentos", X: "/clients"}}}}
	columns := page.ListColumns{Text: t, URL: "/clients/columns", CSRF: "x", Rows: []page.ColumnRow{{Key: "name", Label: "Cliente", On: true, Fixed: true}, {Key: "kw", Label: "kW", On: true, Moved: "up"}, {Key: "city", Label: "Município"}}}
	views := page.ListViews{Text: t, Label: "Para visitar", ID: "v1", Changed: true, SaveURL: "/views?list=clients", OpenURL: "/views/choose?list=clients", CSRF: "x", CanShare: true,
		Name: page.Field{Error: t.T("error.field.required")}, Edit: &page.ViewEdit{URL: "/views/v1", Delete: "/views/v1/delete", Name: page.Field{Value: "Para visitar"}, Shared: true},
		Rows: []page.ViewRow{{Label: t.T("list.views.all"), URL: "/clients?view=all", Opens: true}, {Label: "Para visitar", URL: "/clients?view=v1", Current: true, Shared: true}}}
	b := base(t, page.PlaceClients, t.T("list.clients"))
	b.Shape = page.ShapeList
	full := page.List{Base: b, Views: views, Columns: columns, Tool: tool, Table: list, Tabs: []page.Tab{{Label: t.T("list.clients"), URL: "/clients", Current: true}, {Label: t.T("list.people"), URL: "/people"}}}
	none, wrong, part := full, full, list
	none.Table = page.ListTable{Text: t, Name: "clients", Empty: &page.Empty{Label: t.T("list.none.clients"), Action: page.Link{Label: t.T("page.clients.none.action"), URL: "/clients"}}}
	wrong.Table = page.ListTable{Text: t, Name: "clients", Fail: failed()}
	part.Chips = tool.Chips
	part.Chips.Swap, part.Chosen, part.Columns = true, true, columns
	part.Views = views
	part.Columns.Swap, part.Views.Swap = true, true
	count := page.ListCount{Text: t, Label: "312 clientes", All: t.T("list.check.all") + ": 312 clientes", Swap: true}
	return []Story{{"clients", "list", full}, {"clients-empty", "list", none}, {"clients-failed", "list", wrong},
		{"clients-list", "list/table", part}, {"clients-rows", "list/rows", list}, {"clients-count", "list/count", count}}
}

func row(keys []string, name string, cells ...page.ListCell) page.ListRow {
	for i := range cells {
		cells[i].Key = keys[i]
	}
	return page.ListRow{ID: "c1", Name: name, Cells: cells}
}
