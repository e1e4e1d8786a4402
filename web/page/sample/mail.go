package sample

import "cemigmas/web/page"

func threads(t page.Text) []Story {
	subject := "Reativo excedente na planta Araguari"
	files := []page.File{{Name: "conta-10-2026.pdf", Ext: "PDF", Size: "212 KB", Day: "23/11", URL: "/messages/m1/parts/2"}, {Name: "controlador.xlsx", Ext: "XLS", Size: "48 KB", Day: "23/11", URL: "/messages/m1/parts/3"}}
	full := page.Thread{Base: base(t, page.PlaceTriage, subject, page.Link{Label: "Frigorífico Vale do Araguari", URL: "/clients/c1"}), Subject: subject, Count: "4 mensagens", Privacy: "Visível à equipe", People: people(), Files: files,
		Clients: []page.ThreadClient{{Icon: "client", Link: link("Frigorífico Vale do Araguari")}, {Icon: "bolt", Link: page.Link{Label: "Planta Araguari, abate", URL: "/installations/i1"}}},
		Why:     []page.Why{{Client: "Frigorífico Vale do Araguari", ClientID: "c1", Icon: "user", Reason: "João B. Prado é pessoa do cliente", UnlinkURL: "/threads/t1/unlink"}, {Client: "Planta Araguari, abate", Icon: "bolt", Reason: "UC …118-42 na 1ª mensagem"}},
		Messages: []page.Message{
			{Text: t, ID: "m1", From: "João Batista Prado", Initials: "JP", When: "qua, 07/10, 08:12", Preview: "Marina, bom dia. A conta de setembro veio com R$ 4.312,07 de reativo excedente e não entendemos o motivo.", Lines: []string{"Marina, bom dia."}},
			{Text: t, ID: "m2", From: "Marina Couto", Initials: "MC", Mine: true, When: "qua, 07/10, 11:40", Preview: "João, o fator de potência ficou em 0,87 entre 10h e 15h.", Lines: []string{"João, o fator de potência ficou em 0,87."}},
			{Text: t, ID: "m3", From: "Sílvia Mendes", Initials: "SM", When: "ter, 13/10, 09:22", Preview: "Mensagem grande", Notice: &page.Notice{State: page.Warn, Label: "Só o começo foi buscado: 31 MB."}, HTMLURL: "/messages/m3/html", Height: 320},
			{Text: t, ID: "m4", From: "João Batista Prado", Initials: "JP", Address: "joao.prado@valedoaraguari.example", To: "para Marina Couto, cc Sílvia Mendes", When: "hoje, 09:58", ISO: "2026-11-23T09:58:00-03:00", Open: true, Files: files,
				Lines:  []string{"Bom dia, Marina.", "Segue a conta de outubro e a leitura do controlador. O banco de 150 kvar está desligado desde 19/08, o fusível da segunda célula abriu e ninguém percebeu. O eletricista troca na quinta, 26/11.", "Abraço,\nJoão"},
				Signed: []string{"--\nJoão Batista Prado\nManutenção elétrica"},
				Quoted: []string{"Em 13/10/2026 Marina Couto escreveu:", "Sílvia, enquanto o banco estiver fora o valor se repete."}},
		}}
	empty := page.Thread{Base: base(t, page.PlaceTriage, subject), Subject: subject, Count: "0 mensagens", Privacy: "Caixa de Rafael Pires"}
	wrong := full
	wrong.Notice = failed()
	return []Story{{"thread", "thread", full}, {"thread-empty", "thread", empty}, {"thread-failed", "thread", wrong}}
}

func held(t page.Text, id, from, address, subject string, guess *page.Guess) page.HeldRow {
	return page.HeldRow{Text: t, ID: id, CSRF: "token", From: from, Address: address, Domain: "usina.example", Subject: subject, Preview: "Bom dia, gostaríamos de agendar uma reunião sobre a demanda contratada da nova caldeira, que entra em operação em março.",
		When: "hoje, 08:40", Mailbox: "marina.couto@cemig.example", Guess: guess, AssignURL: "/triage/" + id + "/assign", IgnoreURL: "/triage/" + id + "/ignore", PickURL: "/search?pick=client"}
}

func triage(t page.Text) []Story {
	b := base(t, page.PlaceTriage, t.T("page.nav.triage"))
	full := page.Triage{Base: b, Count: "5", Rows: []page.HeldRow{
		held(t, "h1", "Otávio Nunes", "otavio@usina.example", "Demanda da nova caldeira", &page.Guess{ClientID: "c9", Client: "Usina Boa Vista Bioenergia", Reason: "domínio usina.example"}),
		held(t, "h2", "Novidades do Setor", "boletim@news.example", "Tarifas de novembro", nil),
		held(t, "h3", "Lia Fontoura", "lia@plasticos.example", "2ª via da fatura", &page.Guess{ClientID: "c8", Client: "Plásticos Uberaba", Reason: "UC 0.009.218 no texto"}),
	}, More: &page.More{Label: "Mais 2", URL: "/triage?after=x"}}
	empty := page.Triage{Base: b, Empty: page.Empty{Heading: t.T("page.triage.empty"), Label: t.T("page.triage.empty.lead")}}
	wrong := empty
	wrong.Notice = failed()
	rules := page.TriageRules{Base: base(t, page.PlaceTriage, t.T("triage.rules")), More: &page.More{Label: "Mais", URL: "/triage/rules?after=x"}, Rows: []page.TriageRule{
		{What: "@news.example", Kind: t.T("triage.rule.domain"), By: "Marina Couto, hoje, 09:40", DropURL: "/triage/rules/r1/delete"},
		{What: "boletim@setor.example", Kind: t.T("triage.rule.sender"), Owner: t.T("triage.rule.owner", "name", "Ana Prado"), By: "Ana Prado, 19/11, 10:12", DropURL: "/triage/rules/r2/delete"}}}
	none := page.TriageRules{Base: rules.Base, Empty: page.Empty{Heading: t.T("triage.rules.none"), Label: t.T("triage.rules.none.lead")}}
	return []Story{{"triage-rules", "triage/rules", rules}, {"triage-rules-none", "triage/rules", none}, {"triage", "triage", full}, {"triage-empty", "triage", empty}, {"triage-failed", "triage", wrong}}
}

func box(t page.Text) page.Mailbox {
	return page.Mailbox{Text: t, ID: "b1", CSRF: "token", Address: "marina.couto@cemig.example", Server: "imap.cemig.example:993", State: page.Badge{Label: "em dia", State: page.OK}, Line: "há 1 min", SyncURL: "/mailboxes/b1/sync", URL: "/mailboxes/b1",
		Owned: &page.BoxLinks{EditURL: "/mailboxes/b1/edit", PauseURL: "/mailboxes/b1/pause"}, Retry: page.Link{Label: "1 e-mail não pôde ser recebido.", URL: "/mailboxes/b1/retry"},
		Folders: []page.Folder{
			{Name: "INBOX", Server: "1.204", Horizon: "310", Wanted: "0", Held: "12", Stored: "871", Duplicate: "3", Ignored: "8", Failed: "0", Gone: "2", Balanced: true, When: "09:58"},
			{Name: "Sent", Server: "402", Horizon: "96", Wanted: "40", Held: "0", Stored: "265", Duplicate: "0", Ignored: "0", Failed: "1", Gone: "0", Bad: true, Problem: "Esta pasta não existe mais no servidor."},
		}}
}

func mailboxes(t page.Text) []Story {
	b := base(t, page.PlaceMailboxes, t.T("page.nav.mailboxes"))
	security := []page.Option{{Value: "tls", Label: "TLS"}, {Value: "starttls", Label: "STARTTLS"}}
	stuck := box(t)
	stuck.ID, stuck.Address, stuck.State = "b2", "equipe@cemig.example", page.Badge{Label: "senha recusada", State: page.Bad}
	stuck.Notice = &page.Notice{State: page.Bad, Label: "A caixa recusou a senha. Nada se perdeu, a leitura parou às 10:02.", Action: page.Link{Label: "Trocar senha", URL: "/mailboxes/b2/edit#f-password"}}
	stuck.Owned, stuck.Retry = &page.BoxLinks{EditURL: "/mailboxes/b2/edit", ResumeURL: "/mailboxes/b2/resume"}, page.Link{}
	young := box(t)
	young.ID, young.Folders, young.Busy, young.State = "b3", nil, true, page.Badge{Label: "primeira leitura", State: page.Idle}
	full := page.Mailboxes{Base: b, Boxes: []page.Mailbox{stuck, box(t), young}, Security: security}
	adding := page.Mailboxes{Base: b, Adding: true, Security: security, Form: page.MailboxForm{Address: page.Field{Value: "marina@cemig.example"}, Host: page.Field{Value: "imap.cemig.exmple", Error: "O servidor não foi encontrado."}, Port: page.Field{Value: "993"}, TLS: page.Field{Value: "tls"}},
		Checked: &page.Notice{State: page.OK, Label: "Conectou e leu 3 pastas."}}
	wrong := page.Mailboxes{Base: b, Security: security}
	wrong.Notice = failed()
	removal := page.Removal{Text: t, CSRF: "token", Address: "equipe@cemig.example", URL: "/mailboxes/b2/remove"}
	edit := page.MailboxEdit{Base: b, URL: "/mailboxes/b2/edit", BackURL: "/mailboxes", Address: "equipe@cemig.example", Form: adding.Form, Security: security, Removal: removal}
	removal.BackURL = "/mailboxes/b2/edit"
	return []Story{{"mailboxes", "mailboxes", full}, {"mailboxes-empty", "mailboxes", adding}, {"mailboxes-failed", "mailboxes", wrong},
		{"mailbox-edit", "mailbox/edit", edit}, {"mailbox-remove", "mailbox/remove", page.MailboxRemove{Base: b, Removal: removal}}}
}
