package sample

import "cemigmas/web/page"

func strip(label string, s page.State, from int) page.Strip {
	out := page.Strip{Label: label}
	for i, p := range []int{101, 99, 95, 87, 90, 96, 101, 103, 106, 108, 109, 110, 112} {
		p -= from
		state := s
		switch {
		case p > 105:
			state = page.Bad
		case p > 100:
			state = page.Warn
		case p < 70:
			state = page.Idle
		}
		out.Bars = append(out.Bars, page.StripBar{Percent: p, State: state, Gap: from == 20 && i == 3, Title: "10/2026"})
	}
	return out
}

func timeline(t page.Text) page.Timeline {
	open := page.Link{Label: t.T("page.open"), URL: "/threads/t1"}
	chip := func(label string, pressed bool) page.Chip {
		return page.Chip{Label: label, URL: "/clients/c1?kind=x", Part: "/clients/c1/timeline?kind=x", Pressed: pressed}
	}
	return page.Timeline{Text: t, ClientID: "c1", URL: "/clients/c1/timeline", CSRF: "token",
		Kinds: []page.Chip{chip(t.T("page.timeline.all"), true), chip("Contatos", false), chip(t.T("page.kind.mail"), false), chip(t.T("page.kind.visit"), false), chip(t.T("page.kind.contract"), false)},
		Planned: []page.Entry{
			{ID: "v2", Kind: page.KindVisit, Rest: "com Helena Duarte e João B. Prado", When: "hoje 11:00", Open: page.Link{Label: "Abrir", URL: "/visits/v2"}, State: page.Warn},
			{ID: "v3", Kind: page.KindVisit, Rest: "renovação do CUSD", When: "14/12", Open: page.Link{Label: "Abrir", URL: "/visits/v3"}},
		},
		Months: []page.Month{
			{Label: "Novembro de 2026", Entries: []page.Entry{
				{ID: "t1", Kind: page.KindMail, Title: "Reativo excedente na planta Araguari", Count: "6", Said: "João B. Prado: segue a conta de outubro e a leitura do controlador. O banco de 150 kvar está desligado desde…", When: "09:58", ISO: "2026-11-23T09:58:00-03:00", Open: open, Why: "por João B. Prado e UC …118-42", Files: []page.Link{{Label: "conta-10-2026.pdf", URL: "/messages/m1/parts/2"}, {Label: "controlador.xlsx", URL: "/messages/m1/parts/3"}}},
				{ID: "a1", Kind: page.KindCall, Rest: "de Helena Duarte, 12 min", Said: "Quer decidir a modalidade antes da renovação. Pediu números de ponta e fora de ponta em separado.", When: "qui, 19/11", EditURL: "/activities/a1/edit", DropURL: "/activities/a1/delete", Edited: "editada 20/11"},
				{ID: "o1", Kind: page.KindOverrun, State: page.Bad, Rest: "em 10/2026, Planta Araguari", Said: "1.790 kW medidos, 1.600 contratados: 190 kW,", Hot: "R$ 8.667,80", When: "qui, 12/11"},
				{ID: "a2", Kind: page.KindNote, Rest: "de Marina Couto", Said: "Nova linha de desossa prevista para março.\nRever a demanda antes de fechar a renovação.", When: "qui, 05/11", EditURL: "/activities/a2/edit"},
			}},
			{Label: "Outubro de 2026", Entries: []page.Entry{
				{ID: "v1", Kind: page.KindVisit, Rest: "à planta, 1 h 20", Said: "Com João B. Prado. Túnel de congelamento entra às 15h30 e soma com a sala de máquinas.", When: "qua, 28/10", Nested: []page.Promise{{Label: "Entregar simulação verde × azul", Who: "Marina Couto", Due: "hoje", State: page.Warn}}, Marks: []page.Badge{{Label: "feita", State: page.OK}}, Open: page.Link{Label: "Relatório", URL: "/visits/v1"}},
				{ID: "t9", Kind: page.KindMail, Title: "Fatura de setembro", Count: "3", Said: "Você: a diferença vem da demanda de ultrapassagem, detalhe na página 2…", When: "qua, 14/10", Open: open, Why: "por Sílvia Mendes"},
				{ID: "k1", Kind: page.KindContract, Title: "Aditivo 3", Rest: "assinado, Câmaras frias", Said: "Demanda única de 900 para 980 kW.", When: "sex, 02/10"},
			}},
		},
		Older: &page.More{Label: t.T("page.timeline.older"), URL: "/clients/c1?after=x", Part: "/clients/c1/timeline?after=x"},
	}
}

func upload(t page.Text) page.DocumentUpload {
	return page.DocumentUpload{Text: t, CSRF: "token", URL: "/clients/c1/documents", Kinds: []page.Option{{Value: "other", Label: t.T("document.kind.other")}, {Value: "bill", Label: t.T("document.kind.bill")}},
		Limit: t.T("document.limit", "limit", "50"), Max: 50 << 20, Large: t.T("document.large", "name", "{name}", "limit", "50")}
}

func brief(t page.Text) page.DocumentUpload {
	u := upload(t)
	u.Brief = true
	return u
}

func files() []page.DocumentRow {
	return []page.DocumentRow{
		{Name: "aditivo-3-camaras-frias.pdf", FileURL: "/documents/d1/file", EditURL: "/documents/d1", Edit: "Editar", Sub: "Aditivo, 1,2 MB, Marina Couto, hoje, 09:40", Notes: "Assinado pelas duas partes"},
		{Name: "diagrama-unifilar.dwg", FileURL: "/documents/d2/file", EditURL: "/documents/d2", Edit: "Editar", Sub: "Técnico, 14 MB, Rafael Pires, 12/06, 16:20"},
	}
}

func documents(t page.Text) []Story {
	crumbs := []page.Link{{Label: "Clientes", URL: "/clients"}, {Label: "Moinho Boa Vista", URL: "/clients/c1"}}
	b := base(t, page.PlaceClients, t.T("document.title"), crumbs...)
	wrong := upload(t)
	wrong.For, wrong.Contract, wrong.Amendment = t.T("document.for", "contract", "CUSD 500.123", "amendment", t.T("contract.amend.reduction"), "date", "20/11/2026"), "k1", "a1"
	wrong.File.Error = t.T("document.large", "name", "planta.dwg", "limit", "50")
	gone := files()[1:]
	gone[0].FileURL, gone[0].RestoreURL = "", "/documents/d2/restore"
	doc := page.Document{Base: b, Heading: "aditivo-3-camaras-frias.pdf", FileURL: "/documents/d1/file", URL: "/documents/d1", BackURL: "/clients/c1/documents", Version: "2", DeleteURL: "/documents/d1/delete",
		Name: page.Field{Value: "aditivo-3-camaras-frias.pdf"}, Kind: page.Field{Value: "bill"}, Kinds: upload(t).Kinds, Facts: []page.Fact{{Label: t.T("document.size"), Value: "1,2 MB"}},
		History: []page.HistoryRow{{Did: t.T("history.changed"), Who: "Marina Couto", When: "hoje, 09:41", Changes: []page.HistoryChange{{Label: "Nome", From: "scan001.pdf", To: "aditivo-3-camaras-frias.pdf"}}}}}
	binned := doc
	binned.FileURL, binned.DeleteURL, binned.RestoreURL, binned.History = "", "", "/documents/d1/restore", nil
	return []Story{
		{"tiers", "tiers", page.Tiers{Base: base(t, page.PlaceUsers, t.T("tier.title")), On: true, Version: "1", Since: t.T("tier.since", "name", "Helena Duarte", "when", "hoje, 09:40"),
			Form:    page.TiersForm{AKW: page.Field{Value: "3000"}, BKW: page.Field{Value: "5000", Error: t.T("tier.order")}},
			Preview: &page.TierPreview{Stats: []page.Stat{{Label: t.T("tier.changed"), Value: "12"}}, Rows: []page.TierRow{{Tier: "A", Now: "8", Then: "20"}, {Tier: "–", Now: "12", Then: "0"}}}}},
		{"tiers-working", "tiers", page.Tiers{Base: base(t, page.PlaceUsers, t.T("tier.title")), On: true, Version: "1", Form: page.TiersForm{AKW: page.Field{Value: "3000"}},
			Job: &page.Job{Text: t, ID: "j1", State: page.JobState("running"), Label: t.T("tier.counting"), Percent: 40, URL: "/jobs/j1", PageURL: "/tiers?preview=j1"}}},
		{"tiers-off", "tiers", page.Tiers{Base: base(t, page.PlaceUsers, t.T("tier.title")), Version: "0"}},
		{"documents", "documents", page.Documents{Base: b, Heading: t.T("document.title"), Upload: upload(t), Rows: files(), Gone: gone, GoneFor: t.T("document.gone", "days", "30"), More: &page.More{Label: t.T("page.clients.more"), URL: "/clients/c1/documents?after=x"}}},
		{"documents-wrong", "documents", page.Documents{Base: b, Heading: t.T("document.title"), Upload: wrong, Empty: &page.Empty{Label: t.T("document.none")}}},
		{"document", "document", doc}, {"document-gone", "document", binned},
	}
}

func people() []page.Person {
	return []page.Person{
		{Name: "Helena Duarte", Initials: "HD", Role: "Diretora", Phone: "+55 34 3221-0000", Email: "helena@vale.example", MailURL: "mailto:helena@vale.example"},
		{Name: "João B. Prado", Initials: "JP", Role: "Técnico", Phone: "+55 34 3221-0000", Email: "joao@vale.example", MailURL: "mailto:joao@vale.example"},
		{Name: "Sílvia Mendes", Initials: "SM", Role: "Financeiro", Email: "silvia@vale.example", MailURL: "mailto:silvia@vale.example"},
	}
}

func composer(t page.Text) page.Composer {
	log := quick(t)
	log.URL, log.ClientID, log.ClientName, log.Fixed = "/clients/c1/activities", "c1", "Frigorífico Vale do Araguari", true
	log.People = []page.Option{{Value: "", Label: "–"}, {Value: "p1", Label: "Helena Duarte"}}
	log.Back = "/clients/c1"
	return page.Composer{Text: t, Log: log, VisitURL: "/visits/new?client=c1"}
}

func client(t page.Text) []Story {
	b := base(t, page.PlaceClients, "Frigorífico Vale do Araguari", page.Link{Label: t.T("page.nav.clients"), URL: "/clients"})
	b.Shape, b.Near = page.ShapeRecord, &page.Near{Position: "7 de 312", PrevURL: "/clients/c0", NextURL: "/clients/c2"}
	bad, idle, warn, fine := util(112, "111,9 %", page.Bad), util(67, "67,2 %", page.Idle), util(103, "103,1 %", page.Warn), util(91, "91,4 %", "")
	inst := func(name string) page.Link { return page.Link{Label: name, URL: "/installations/i1"} }
	full := page.Client{Base: b, ID: "c1", Name: "Frigorífico Vale do Araguari", Badges: []page.Badge{{Label: "A"}, {Label: "Ativo", State: page.OK}}, Line: "Alimentos, Araguari",
		Phone: "+55 34 3221-0000", MailURL: "mailto:helena@vale.example", VisitURL: "/visits/new?client=c1", EditURL: "/clients/c1/edit",
		Stats: []page.Stat{
			{Label: "Pior utilização", Value: "111,9 %", Unit: "10/2026", State: page.Bad}, {Label: "Ultrapassagem, 12 meses", Value: "R$ 33.621,94", Unit: "5 meses"},
			{Label: "Contratado", Value: "4.120", Unit: "kW"}, {Label: "Instalações", Value: "6"}, {Label: "Último contato", Value: "hoje", Unit: "e-mail"}, {Label: "Visitas em 2026", Value: "5", Unit: "próxima hoje"},
		},
		Facts: []page.Fact{{Label: "Razão social", Value: "Frigorífico Vale do Araguari Ltda."}, {Label: "CNPJ", Value: "27.418.305/0001-74"}, {Label: "Ramo", Value: "Alimentos, 10.11-2", URL: "/clients?sector=food"},
			{Label: "Endereço", Value: "Rod. MG-223, km 4, Araguari"}, phone(t), {Label: "Agente", Value: "Marina Couto"}, {Label: "Domínio", Value: "valedoaraguari.example"}},
		Blank:  []page.Fact{{Label: "Observações", ID: "fact-notes", EditURL: "/clients/c1/edit?fact=notes", EditTip: "Editar: Observações"}},
		People: people(), PersonURL: "/clients/c1/people/new",
		Places: []page.ClientInstallation{
			{Link: inst("Planta Araguari, abate"), Posto: "fora de ponta", Util: &bad, Strip: strip("13 meses, fora de ponta", "", 0), Note: "5 meses acima de 105 %", State: page.Bad},
			{Link: inst("Planta Araguari, abate"), Posto: "ponta", Util: &idle, Strip: strip("13 meses, ponta", page.Idle, 40), Note: "33 % ociosa em 12 de 12 meses", State: page.Idle},
			{Link: inst("Câmaras frias"), Posto: "única", Util: &warn, Strip: strip("13 meses, única", "", 9), Note: "no limite há 2 meses", State: page.Warn},
			{Link: inst("Graxaria"), Posto: "única", Util: &fine, Strip: strip("13 meses, única", "", 20), Note: "sem falta em 12 meses"},
			{Link: inst("Poço"), Posto: "sem medição", Note: "medições faltam desde o início"},
		},
		PlacesMore: &page.More{Label: "Mais 3 instalações sem falta", URL: "/clients/c1?all=1"},
		Documents:  files(), FilesURL: "/clients/c1/documents", FilesMore: &page.More{Label: t.T("document.all"), URL: "/clients/c1/documents"}, Upload: brief(t),
		Dates:    []page.DateRow{{Day: "14/12/2026", What: inst("Aviso de não renovação"), Sub: "CUSD, 180 dias antes do fim", State: page.Warn}, {Day: "12/06/2027", What: inst("Fim do CUSD"), Sub: "renova por 12 meses"}},
		Promises: []page.Promise{{Label: "Simulação verde × azul", Who: "Marina Couto, visita de 28/10", Due: "hoje", State: page.Warn, URL: "/visits/v1"}},
		Composer: composer(t), Timeline: timeline(t)}
	fresh := page.Client{Base: b, ID: "c2", Name: "UC 0.009.218.446.118-07", Badges: []page.Badge{{Label: "sem nome", State: page.Warn}}, EditURL: "/clients/c2/edit", Composer: composer(t),
		Facts:    []page.Fact{{Label: "UC", Value: "0.009.218.446.118-07"}},
		Timeline: page.Timeline{Text: t, ClientID: "c2", URL: "/clients/c2/timeline", Empty: &page.Empty{Label: t.T("page.timeline.empty")}}}
	wrong := fresh
	wrong.Notice = failed()
	wrong.Timeline.Empty, wrong.Timeline.Fail = nil, failed()
	edit := page.ClientEdit{Base: base(t, page.PlaceClients, t.T("page.edit"), page.Link{Label: t.T("page.nav.clients"), URL: "/clients"}, page.Link{Label: full.Name, URL: "/clients/c1"}), URL: "/clients/c1/edit", BackURL: "/clients/c1", Name: full.Name, Version: "7",
		Form:    page.ClientForm{Name: page.Field{Value: full.Name}, TaxID: page.Field{Value: "27.418.305/0001-75", Error: "Dígito verificador não confere, esperado 74."}, Status: page.Field{Value: "active"}, Domains: page.Field{Value: "valedoaraguari.example"}},
		Sectors: []page.Option{{Value: "", Label: "–"}, {Value: "food", Label: "Alimentos"}}, Agents: []page.Option{{Value: "u1", Label: "Marina Couto"}}, Tiers: []page.Option{{Value: "", Label: "–"}, {Value: "A", Label: "A"}}, States: []page.Option{{Value: "active", Label: "Ativo"}}}
	edit.Notice = &page.Notice{State: page.Warn, Label: "Rafael Pires mudou este cliente às 10:14. Confira antes de salvar.", Action: page.Link{Label: "Comparar", URL: "/clients/c1"}}
	tied := []page.TiedPerson{{Person: page.Link{Label: "Helena Duarte", URL: "/people/p2"}, Client: page.Link{Label: "Frigorífico Vale Fictício", URL: "/clients/c2"}, URL: "/people/p1/untie/p2"}}
	person := page.PersonEdit{Tied: tied, Alike: tied, Base: edit.Base, URL: "/people/p1", BackURL: "/clients/c1", Heading: "Helena Duarte", Version: "3", HistoryURL: "/clients/c1/history?of=p1", Roles: []page.Option{{Label: "–"}, {Value: "technical", Label: "Técnica"}},
		Form: page.PersonForm{Name: page.Field{Value: "Helena Duarte"}, Role: page.Field{Value: "technical"}, Emails: page.Field{Value: "helena@vale", Error: "Falta o domínio depois de @."}}}
	return []Story{{"client", "client", full}, {"client-empty", "client", fresh}, {"client-failed", "client", wrong}, {"client-edit", "client/edit", edit}, {"person-edit", "person/edit", person}}
}

// phone is a fact that can be edited where it stands.
func phone(t page.Text) page.Fact {
	return page.Fact{Label: t.T("page.client.phone"), Value: "(34) 3221-0000", ID: "fact-phone", EditURL: "/clients/c1/edit?fact=phone", EditTip: t.T("page.edit") + ": " + t.T("page.client.phone")}
}

// phoneEdit is its form after a conflict.
func phoneEdit(t page.Text) page.FactEdit {
	return page.FactEdit{Text: t, CSRF: "x", ID: "fact-phone", URL: "/clients/c1/edit", ShowURL: "/clients/c1/edit?shown=phone", BackURL: "/clients/c1", Name: "phone", Version: "3", Wrong: t.T("error.invalid"),
		Fields: []page.FieldView{t.Field("phone", "page.client.phone", page.Field{Value: "34 3221-9", Differs: true, Now: "(34) 3221-0000"}).As("tel").In("edit").First()},
		Was:    []page.Option{{Label: "phone", Value: "(34) 3221-0000"}},
		Group:  "conditions", Checks: []page.Check{{Value: "irrigation", Label: t.T("inst.condition.irrigation"), On: true}}, Theirs: t.Theirs("conditions", "", "")}
}
