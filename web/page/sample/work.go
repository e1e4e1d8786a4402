package sample

import "cemigmas/web/page"

func job(t page.Text, state page.JobState) page.Job {
	j := page.Job{Text: t, ID: "j1", CSRF: "token", State: state, Label: "carteira.xlsx", Counts: "41.300 de 100.000", Percent: 41, URL: "/jobs/j1", PageURL: "/imports/j1"}
	switch state {
	case page.JobRunning:
		j.Left, j.CancelURL = "faltam 20 s", "/jobs/j1/cancel"
	case page.JobDone:
		j.Counts, j.Percent = "100.000 linhas em 34 s", 100
	case page.JobFailed:
		j.Notice = &page.Notice{State: page.Bad, Label: "O arquivo termina no meio da aba Readings. As linhas até ali foram gravadas.", Action: page.Link{Label: "Enviar de novo", URL: "/imports"}}
	}
	return j
}

func reports(t page.Text) []Story {
	b := base(t, page.PlaceReports, t.T("page.nav.reports"))
	months := []page.Option{{Value: "2026-10", Label: "outubro de 2026"}, {Value: "2026-09", Label: "setembro de 2026"}}
	langs := []page.Option{{Value: "pt-BR", Label: "Português"}, {Value: "es", Label: "Español"}}
	form := page.ReportForm{Month: page.Field{Value: "2026-10"}, Lang: page.Field{Value: "pt-BR"}}
	full := page.Reports{Base: b, Form: form, Months: months, Langs: langs, Rows: []page.ReportRow{
		{Name: "Outubro de 2026", URL: "/reports/j1", When: "hoje, 09:40", Who: "Marina Couto", State: page.Badge{Label: "pronta", State: page.OK}, Size: "412 KB", FileURL: "/reports/j1/file"},
		{Name: "Setembro de 2026", URL: "/reports/j2", When: "01/10, 08:00", Who: "Rafael Pires", State: page.Badge{Label: "gerando", State: page.Idle}},
	}}
	empty := page.Reports{Base: b, Form: form, Months: months, Langs: langs}
	wrong := empty
	wrong.Notice = failed()
	one := func(state page.JobState) page.Report {
		r := page.Report{Base: base(t, page.PlaceReports, "Outubro de 2026", page.Link{Label: t.T("page.nav.reports"), URL: "/reports"}), Name: "Relatório mensal, outubro de 2026", Job: job(t, state), Form: form}
		r.Job.Label = r.Name
		if state == page.JobDone {
			r.FileURL, r.Again = "/reports/j1/file", "/reports"
			r.Stats = []page.Stat{{Label: "Ramos", Value: "12"}, {Label: "Clientes", Value: "60"}, {Label: "Ultrapassagens", Value: "R$ 48.112,30"}, {Label: "Sem contato", Value: "9", State: page.Warn}}
		}
		return r
	}
	return []Story{{"reports", "reports", full}, {"reports-empty", "reports", empty}, {"reports-failed", "reports", wrong}, {"report-running", "report", one(page.JobRunning)}, {"report", "report", one(page.JobDone)}, {"report-failed", "report", one(page.JobFailed)}}
}

func exports(t page.Text) []Story {
	crumb := page.Link{Label: t.T("list.clients"), URL: "/clients"}
	all := page.Exports{Base: base(t, page.PlaceClients, t.T("web.exports"), crumb), Rows: []page.ReportRow{
		{Name: "Clientes (Excel)", URL: "/exports/j1", When: "hoje, 09:40", State: page.Badge{Label: "pronta", State: page.OK}, Size: t.T("web.exports.file"), FileURL: "/exports/j1/file"},
		{Name: "Contratos (CSV)", URL: "/exports/j2", When: "hoje, 09:38", State: page.Badge{Label: "gerando", State: page.Idle}},
	}}
	none := page.Exports{Base: all.Base}
	ask := page.Export{Base: base(t, page.PlaceClients, "Clientes (Excel)", crumb), Name: "Clientes (Excel)", Lead: t.T("web.exports.long", "rows", "2.000"),
		GoURL: "/clients/export?format=xlsx", GoLabel: t.T("web.exports.go"), Back: page.Link{Label: t.T("web.exports.back"), URL: "/clients"}}
	one := func(state page.JobState) page.Export {
		e, j := ask, job(t, state)
		j.Label = e.Name
		e.Job, e.Lead, e.GoLabel = &j, "", t.T("web.exports.again")
		if state == page.JobDone {
			e.FileURL = "/exports/j1/file"
		} else if j.Going() {
			e.GoURL, e.Lead = "", t.T("web.exports.stay")
		}
		return e
	}
	return []Story{{"exports", "exports", all}, {"exports-empty", "exports", none}, {"export-asked", "export", ask}, {"export-running", "export", one(page.JobRunning)}, {"export", "export", one(page.JobDone)}, {"export-failed", "export", one(page.JobFailed)}}
}

func imports(t page.Text) []Story {
	b := base(t, page.PlaceImports, t.T("page.nav.imports"))
	kinds := []page.Option{{Value: "", Label: "Descobrir"}, {Value: "portfolio", Label: "Carteira"}, {Value: "ucmt", Label: "UCMT"}}
	list := page.Imports{Base: b, Kinds: kinds, TemplateURL: "/imports/template.xlsx", Limit: "até 200 MB", Rows: []page.ImportRow{
		{Name: "carteira.xlsx", URL: "/imports/j1", Kind: "Carteira", When: "hoje, 09:20", Who: "Marina Couto", State: page.Badge{Label: "com recusas", State: page.Warn}, Rows: "1.204", Bad: "34 recusadas"},
		{Name: "UCMT_2022.csv", URL: "/imports/j2", Kind: "UCMT", When: "20/11", Who: "Rafael Pires", State: page.Badge{Label: "pronta", State: page.OK}, Rows: "18.022"},
	}}
	empty := page.Imports{Base: b, Kinds: kinds, TemplateURL: "/imports/template.xlsx", Limit: "até 200 MB", Form: page.ImportForm{File: page.Field{Error: "O arquivo não é uma planilha: começa como PDF."}}}
	one := func(state page.JobState) page.Import {
		i := page.Import{Base: base(t, page.PlaceImports, "carteira.xlsx", page.Link{Label: t.T("page.nav.imports"), URL: "/imports"}), Name: "carteira.xlsx", Kind: "Carteira", Job: job(t, state)}
		if state == page.JobDone {
			i.Stats = []page.Stat{{Label: "Lidas", Value: "1.204"}, {Label: "Novas", Value: "1.012"}, {Label: "Alteradas", Value: "40"}, {Label: "Iguais", Value: "118"}, {Label: "Recusadas", Value: "34", State: page.Bad}}
		}
		return i
	}
	done := one(page.JobDone)
	done.DryRun, done.RunURL, done.Refused, done.ErrorsURL = true, "/imports/j1/run", "34 linhas recusadas", "/imports/j1/errors.xlsx"
	done.Columns = []page.ColumnNote{{Sheet: "Contracts", Column: "demand_kw", Label: "1.234 lido como 1234, ponto de milhar"}}
	done.Errors = []page.RowError{{Sheet: "Clients", Row: "14", Column: "cnpj", Value: "27.418.305/0001-75", Reason: "Dígito verificador não confere, esperado 74"}, {Sheet: "Readings", Row: "212", Column: "month", Value: "2031-02", Reason: "Medição no futuro"}}
	done.More = &page.More{Label: "Mais 32", URL: "/imports/j1?after=x"}
	yearless := one(page.JobFailed)
	yearless.RunURL, yearless.Year = "/imports/j1/run", &page.Field{Value: "1812", Error: t.T("error.field.range")}
	clean := one(page.JobDone)
	clean.Undo = &page.ImportUndo{Lead: t.T("web.import.undo.lead", "created", "1.012", "updated", "40"), URL: "/imports/j1/undo"}
	undo := page.Undo{Base: base(t, page.PlaceImports, t.T("web.import.undo.title"), page.Link{Label: t.T("page.nav.imports"), URL: "/imports"}), Name: "carteira.xlsx", Import: "/imports/j1", Done: true,
		Stats:   []page.Stat{{Label: "Desfeitas", Value: "1.050"}, {Label: "Mantidas", Value: "2", State: page.Warn}},
		Refused: []page.Kept{{Kind: "Clientes", Name: "Laticínios Serra Clara", URL: "/clients/c1", Reason: "Foi alterado depois; fica como está."}, {Kind: "Clientes", Name: "-", Reason: "Não está mais na sua carteira; fica como está."}}}
	before := undo
	before.Done, before.Stats, before.Refused, before.Lead, before.URL = false, nil, nil, clean.Undo.Lead, "/imports/j1/undo"
	done.MapURL, done.FileURL = "/imports/j1/mapping", "/imports/j1/file"
	done.Diffs = []page.Diff{{Kind: "Clientes", Row: "linha 12", Name: "Laticínios Serra Clara", URL: "/clients/c1", Fields: []page.DiffField{{Label: "Município", From: "Betim", To: "Patos de Minas"}, {Label: "Telefone", From: "-", To: "(34) 3822-0000"}}}}
	done.MoreDiffs = &page.More{Label: "Mais", URL: "/imports/j1?diffs=x"}
	targets := []page.Option{{Label: "Deixar de fora"}, {Value: "taxId", Label: "CNPJ ou CPF"}, {Value: "name", Label: "Nome"}}
	kindsOf := []page.Option{{Label: "Não importar"}, {Value: "clients", Label: "Clientes"}}
	mapping := page.Mapping{Base: base(t, page.PlaceImports, t.T("page.map.title"), page.Link{Label: t.T("page.nav.imports"), URL: "/imports"}), Name: "clientes.csv", URL: "/imports/j1/mapping", CSV: true,
		Encoding: "utf-8", Comma: ";", Encodings: []page.Option{{Value: "utf-8", Label: "UTF-8"}}, Commas: []page.Option{{Value: ";", Label: "ponto e vírgula (;)"}},
		Sheets: []page.MapSheet{{Field: "sheet.0", Kind: "clients", Kinds: kindsOf, Header: 1, HeaderField: "header.0", Columns: []page.MapColumn{
			{Header: "Documento", Samples: []string{"06.981.180/0001-16", "12.ABC.345/01DE-35"}, Field: "column.0.0", Target: "taxId", Targets: targets},
			{Header: "Carga", Samples: []string{"1.234", "987"}, Field: "column.0.1", Target: "name", Targets: targets, StyleField: "style.column.0.1", Styles: []page.Option{{Label: "1.234 é duvidoso"}, {Value: "comma", Label: "1.234,5"}}, Wrong: "Outra coluna já traz este campo."}}}}}
	return []Story{{"mapping", "mapping", mapping}, {"undo", "undo", undo}, {"undo-before", "undo", before}, {"imports", "imports", list}, {"imports-empty", "imports", empty}, {"import-running", "import", one(page.JobRunning)}, {"import", "import", done}, {"import-clean", "import", clean}, {"import-failed", "import", one(page.JobFailed)}, {"import-year", "import", yearless}}
}

// bulk are the pages of edits of many records and of what is handed over.
func bulk(t page.Text) []Story {
	crumbs := []page.Link{{Label: t.T("page.nav.clients"), URL: "/clients"}, {Label: t.T("web.bulk.list"), URL: "/bulk"}}
	b := base(t, page.PlaceClients, t.T("web.bulk.title"), crumbs...)
	leave := []page.Option{{Label: t.T("web.bulk.leave")}, {Value: "x", Label: "Bia Prado"}}
	field := func(name, label string) page.FieldView { return t.Field(name, label, page.Field{}) }
	form := &page.BulkForm{Rows: [][]page.FieldView{{field("agent", "page.agent").Choose(leave).Help("web.bulk.agent.hint")},
		{field("stand_in", "page.client.standin").Choose(leave), field("stand_in_from", "page.client.standin.from").As("date"), field("stand_in_until", "page.client.standin.until").As("date")},
		{field("sector", "page.sector").Choose(leave), field("segment", "page.client.segment").Choose(leave)},
		{field("add_tags", "web.bulk.tags.add").Help("web.bulk.tags.hint"), field("drop_tags", "web.bulk.tags.drop")}}, Go: t.T("web.bulk.go.clients"), BackURL: "/clients"}
	running, ended := job(t, page.JobRunning), job(t, page.JobDone)
	done := page.Bulk{Base: b, URL: "/bulk/j1", Job: &ended, Stats: []page.Stat{{Label: "Alterados", Value: "11"}, {Label: "Iguais", Value: "0"}, {Label: "Mantidos", Value: "1", State: page.Warn}},
		Facts: []page.Fact{{Label: "Agente", Value: "Bia Prado"}}, Refused: []page.Kept{{Kind: "Clientes", Name: "Laticínios Serra Clara", URL: "/clients/c1", Reason: "Escolha um agente ativo."}}, More: "e mais 3",
		Given: []page.Given{{Label: "11 clientes: de Marina Couto para Bia Prado", URL: "/handover?batch=j1"}}, Undo: &page.BulkUndo{Lead: t.T("web.bulk.undo.lead"), URL: "/bulk/j1/undo"}}
	over := page.Handover{Base: base(t, page.PlaceClients, t.T("web.handover.title"), crumbs[:1]...), Heading: t.T("web.handover.of", "name", "Marina Couto"),
		Stats: []page.Stat{{Label: "Clientes", Value: "3"}}, Quiet: []page.Link{link("Moinho Araguari")}, More: &page.More{Label: "Mais", URL: "/handover?after=x"},
		Clients: []page.HandoverClient{{Client: link("Laticínios Serra Clara"), Sub: "Alimentos, Patos de Minas", Rows: []page.DateRow{
			{Day: "12/11", What: page.Link{Label: "Simulação até dia 30", URL: "/visits/v1"}, Sub: "Revisão de demanda", Left: "prometido", State: page.Warn},
			{Day: "15/12", What: page.Link{Label: "Denúncia do CUSD", URL: "/contracts/k1"}, Sub: "Fábrica", Left: "data do contrato"}}}}}
	nobody := page.Handover{Base: over.Base, Heading: over.Heading, Empty: &page.Empty{Label: t.T("web.handover.none")}}
	rows := page.Bulks{Base: b, Rows: []page.BulkRow{{What: "Agente: Bia Prado", URL: "/bulk/j1", When: "hoje, 09:20", Who: "Rafael Pires", State: page.Badge{Label: "pronta", State: page.OK}, Records: "11 clientes"}},
		More: &page.More{Label: "Mais", URL: "/bulk?after=x"}}
	return []Story{{"bulk-form", "bulk", page.Bulk{Base: b, URL: "/bulk/j1", Count: "12 clientes", Names: "Laticínios Serra Clara, Moinho Araguari, …", Form: form}},
		{"bulk-running", "bulk", page.Bulk{Base: b, URL: "/bulk/j1", Job: &running}}, {"bulk", "bulk", done}, {"bulks", "bulks", rows}, {"bulks-empty", "bulks", page.Bulks{Base: b}},
		{"handover", "handover", over}, {"handover-empty", "handover", nobody}}
}

// serving says who serves whom, as an admin and as a manager see it.
func serving(t page.Text) []Story {
	choices := []page.Option{{Value: "phone", Label: t.T("web.serving.by.phone")}, {Value: "commercial", Label: t.T("web.kind.commercial")}}
	rule := page.ServingRule{Segment: t.T("web.segment.mv"), Channel: t.Field("channel.mv", "web.serving.channel", page.Field{Value: "phone"}).Choose(choices), Kind: t.Field("kind.mv", "web.serving.kind", page.Field{Value: "commercial"}).Choose(choices)}
	p := page.Serving{Base: base(t, page.PlaceUsers, t.T("web.serving.title"), page.Link{Label: t.T("page.nav.users"), URL: "/users"}), May: true, Version: "1", BulkURL: "/clients/bulk", UsersURL: "/users",
		Rules: []page.ServingRule{rule}, More: &page.More{Label: "Mais", URL: "/serving?after=x"}, Misfits: []page.MisfitRow{{ID: "c1", Client: link("Mineração Serra Azul"), Sector: "Mineração",
			Agent: "Marina Couto, que atende Alimentos e bebidas", Better: "melhor: Rafael Pires (agente de comercialização, Mineração, 42 clientes)"}}}
	fits := p
	fits.May, fits.Misfits, fits.More = false, nil, nil
	fits.Facts = []page.Fact{{Label: t.T("web.segment.mv"), Value: t.T("web.serving.by.phone") + ", " + t.T("web.kind.commercial")}}
	return []Story{{"serving", "serving", p}, {"serving-fits", "serving", fits},
		{"serving-hint", "serving/hint", page.AgentHint{Text: t, Lines: []string{"Sugestão: Rafael Pires", "ou Marina Couto"}}}, {"serving-nobody", "serving/hint", page.AgentHint{Text: t}}}
}

// fragments are the answers to htmx that no page above contains as they are.
func fragments(t page.Text) []Story {
	oob := timeline(t)
	oob.Swap = true
	done := page.Toast{Text: t, Label: "Ligação registrada", UndoURL: "/activities/a1/delete", CSRF: "token", Back: "/"}
	refused := quick(t)
	refused.Said.Error, refused.Client.Error, refused.Error = "Escreva o que foi tratado.", "Escolha um cliente da lista.", "Sem permissão."
	return []Story{
		{"f-timeline", "client/timeline", timeline(t)}, {"f-older", "client/older", timeline(t)},
		{"f-composer", "client/composer", composer(t)},
		{"f-logged", "client/logged", page.Logged{Composer: composer(t), Timeline: oob, Toast: done}},
		{"f-fact", "fact", phone(t)}, {"f-fact-edit", "fact/edit", phoneEdit(t)},
		{"f-fact-saved", "fact/saved", page.FactSaved{Own: phone(t), Others: []page.Fact{{Label: "Ramo", Value: "Alimentos", ID: "fact-sector", EditURL: "/clients/c1/edit?fact=sector", Swap: true}}, Top: page.RecordTitle{Text: t, Name: "Frigorífico Vale do Araguari", EditURL: "/clients/c1/edit", Swap: true}, Toast: done}},
		{"f-changed", "client/changed", page.Changed{Timeline: oob, Toast: done}},
		{"f-quick", "quick/form", refused}, {"f-quick-logged", "quick/logged", page.QuickLogged{Form: quick(t), Toast: done}},
		{"f-search", "search/results", found(t, false)}, {"f-pick", "search/pick", found(t, true)},
		{"f-job", "job", job(t, page.JobRunning)}, {"f-held", "triage/row", held(t, "h9", "A", "a@b.example", "S", nil)},
		{"f-decided", "triage/decided", page.Decided{Count: "4", Toast: done}},
		{"f-mailbox", "mailbox", box(t)}, {"f-toast", "toast", done},
	}
}
