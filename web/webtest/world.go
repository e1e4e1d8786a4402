package webtest

import (
	"fmt"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
)

// Estate is what one agent has: one of everything. Every name in it carries
// Mark, so that a test finds what leaked from it.
type Estate struct {
	Agent, Team, Mark                                  string
	Client, Person, Installation, Activity             string
	Visit, Thread, Message, Mailbox, Held              string
	Report, Import, Applied, Pair, Merge, Bulk, Export string
	Contract, Deadline, Document, View, Rule, Assigned string
	ClientName, InstallationName, Subject, Spoke       string
}

// Fill gives each agent an estate, by the agent's name.
func (k *Kit) Fill() map[string]Estate {
	k.Helper()
	out := map[string]Estate{}
	for i, name := range []string{"ana", "bia", "cleo", "davi"} {
		out[name] = k.estate(name, i+1)
	}
	return out
}

func (k *Kit) estate(agent string, n int) Estate {
	k.Helper()
	mark := fmt.Sprintf("Zx%s%d", agent, n)
	e := Estate{Agent: agent, Team: k.Users[agent].Team, Mark: mark,
		Client: fmt.Sprintf("cl%d", n), Person: fmt.Sprintf("pe%d", n), Installation: fmt.Sprintf("in%d", n),
		Thread: fmt.Sprintf("th%d", n), Message: fmt.Sprintf("me%d", n), Mailbox: fmt.Sprintf("bx%d", n),
		Report: fmt.Sprintf("jr%d", n), Import: fmt.Sprintf("ji%d", n), Applied: fmt.Sprintf("ja%d", n), Bulk: fmt.Sprintf("jb%d", n), Export: fmt.Sprintf("jl%d", n), View: fmt.Sprintf("vi%d", n),
		Contract: fmt.Sprintf("coin%d", n), Deadline: fmt.Sprintf("coin%d:notice::2026-12-13", n),
		ClientName: "Moinho " + mark, InstallationName: "Planta " + mark, Subject: "Fatura " + mark, Spoke: "Falamos de " + mark}
	w := crm.View{ID: e.View, List: "clients", Owner: agent, Readers: "user:" + agent, Name: "Visitar " + mark, State: crm.ViewState{Sort: "worst", Columns: []string{"name", "util"}}}
	k.Apply(crm.Views.Put(&w))
	c := crm.Client{ID: e.Client, Name: e.ClientName, LegalName: e.ClientName + " Ltda.", Agent: agent, Team: e.Team, Status: "active", Sector: "food",
		SectorBy: "cnae", CNAE: "1061901", City: "Araguari", Phone: "+553432210000", Emails: []string{mail("contato", mark)}, CreatedAt: Now, UpdatedAt: Now}
	p := crm.Person{ID: e.Person, Client: e.Client, Agent: agent, Team: e.Team, Name: "Helena " + mark, Role: "technical", Emails: []string{mail("helena", mark)},
		Phones: []string{"+5534999990000"}, CreatedAt: Now, UpdatedAt: Now}
	k.Apply(crm.Clients.Put(&c), crm.People.Put(&p))
	k.merged(&e)
	k.place(e, n)
	k.Must(k.Service.Recompute(k.Context(), e.Client))
	k.said(&e)
	k.mail(&e, n)
	k.work(e)
	k.document(&e)
	return e
}

// merged is a pair that waits for a decision, and a merge that was undone.
func (k *Kit) merged(e *Estate) {
	k.Helper()
	pair := crm.Pair{ID: e.Client + "|" + e.Client, A: e.Client, B: e.Client, Why: crm.AlikeName, Agent: e.Agent, Team: e.Team, At: Now}
	m := crm.Merge{ID: "mg" + e.Client, Kind: crm.RowClient, From: e.Client + "b", Into: e.Client, FromName: e.ClientName + " Filial", IntoName: e.ClientName,
		Agent: e.Agent, Team: e.Team, By: e.Agent, At: Now, State: crm.MergeUndone}
	e.Pair, e.Merge = pair.ID, m.ID
	k.Apply(crm.Pairs.Put(&pair), crm.Merges.Put(&m))
}

func mail(who, mark string) string { return strings.ToLower(who + "@" + mark + ".example") }

// place is an installation of azul with 14 months, the last over 105 %.
func (k *Kit) place(e Estate, n int) {
	k.Helper()
	w := func(kw int64) *int64 { kw *= 1000; return &kw }
	i := crm.Installation{ID: e.Installation, Client: e.Client, Agent: e.Agent, Team: e.Team, Name: e.InstallationName, UC: fmt.Sprintf("00134792580%04d", n),
		FormerUC: fmt.Sprintf("30042981%02d", n), City: "Araguari", Distributor: "CEMIG-D", VoltageV: 13_800, Subgroup: "A4", Market: crm.MarketCaptive,
		CreatedAt: Now, UpdatedAt: Now}
	c := crm.Contract{ID: "co" + e.Installation, Client: e.Client, Installation: e.Installation, Agent: e.Agent, Team: e.Team, Kind: crm.ContractCUSD,
		Modality: "azul", Start: "2025-06-12", TermMonths: 12, Renews: true, CreatedAt: Now, UpdatedAt: Now,
		Schedule:   []crm.DemandStep{{From: "2025-06", PeakW: w(900), OffPeakW: w(1600)}},
		Amendments: []crm.Amendment{{ID: "am", Kind: crm.AmendOther, Asked: "2026-11-02", AskedBy: e.Mark, State: crm.AmendOpen}}}
	k.Apply(crm.Installations.Put(&i), crm.Contracts.Put(&c))
	for m := range 14 {
		month := time.Date(2025, time.Month(9+m), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		off := int64(1500)
		if m == 13 {
			off = 1790 // 111.9 %
		}
		r := crm.Reading{ID: crm.ReadingID(e.Installation, month), Client: e.Client, Installation: e.Installation, Agent: e.Agent, Team: e.Team, Month: month,
			PeakW: w(605), OffPeakW: w(off), UpdatedAt: Now}
		k.Apply(crm.Readings.Put(&r))
	}
	for posto, micros := range map[string]int64{"peak": 58_460_000, "offpeak": 22_810_000} {
		t := crm.Tariff{ID: crm.TariffID("CEMIG-D", "A4", "azul", posto, "2025-05-28"), Distributor: "CEMIG-D", Subgroup: "A4", Modality: "azul", Posto: posto,
			From: "2025-05-28", MicrosPerKW: micros, UpdatedAt: Now}
		k.Apply(crm.Tariffs.InsertIfAbsent(&t))
	}
}

// said is a call of yesterday and a visit of this afternoon.
func (k *Kit) said(e *Estate) {
	k.Helper()
	yesterday, later := Now.AddDate(0, 0, -1), Now.Add(5*time.Hour)
	call, err := k.Service.LogActivity(k.Context(), k.Actor(e.Agent), e.Client, crm.ActivityInput{Kind: crm.KindCall, Text: e.Spoke, At: &yesterday,
		People: []string{e.Person}, Inbound: true, Minutes: 12})
	k.Must(err)
	visit, err := k.Service.LogActivity(k.Context(), k.Actor(e.Agent), e.Client, crm.ActivityInput{Kind: crm.KindVisit, At: &later,
		Visit: &crm.Visit{State: crm.VisitPlanned, Purpose: "Renovar " + e.Mark, Place: "Araguari"}})
	k.Must(err)
	e.Activity, e.Visit = call.ID, visit.ID
}

// mail is a conversation of one mail with an attachment, the mailbox it came
// from, and one mail that waits in triage.
func (k *Kit) mail(e *Estate, n int) {
	k.Helper()
	raw := []byte(RawMail(e.Subject, mail("helena", e.Mark)))
	ref := k.PutBlob(raw)
	at := Now.Add(-3 * time.Hour)
	from := crm.Address{Name: "Helena " + e.Mark, Email: mail("helena", e.Mark)}
	m := crm.Message{ID: e.Message, Thread: e.Thread, MessageID: e.Message + "@x.example", Raw: string(ref), Size: int64(len(raw)), At: at, From: from,
		To: []crm.Address{{Email: e.Agent + "@cemig.example"}}, Subject: e.Subject, Canonical: strings.ToLower(e.Subject), Preview: "Segue a conta de " + e.Mark,
		Files: []crm.File{{Part: "2", Name: "conta.pdf", Type: "application/pdf", Size: 9}}, Owners: []string{e.Agent}, Mailboxes: []string{e.Mailbox},
		Clients: []string{e.Client}, CreatedAt: at}
	why := []crm.Reason{{Kind: "person", Value: from.Email, Name: from.Name}}
	t := crm.Thread{ID: e.Thread, Subject: e.Subject, Canonical: m.Canonical, FirstAt: at, LastAt: at, Count: 1}
	l := crm.MailLink{ID: m.ID + ":" + e.Client, Message: m.ID, Thread: t.ID, Client: e.Client, Agent: e.Agent, Team: e.Team, At: at, Person: e.Person, Why: why,
		Subject: m.Subject, Preview: m.Preview, From: from.Name}
	entry := crm.Entry{ID: t.ID + ":" + e.Client, Client: e.Client, Kind: crm.KindMail, At: at, Ref: t.ID, Title: e.Subject, Text: m.Preview, Inbound: true, Count: 1,
		Files: []string{"conta.pdf"}, Why: why}
	box := crm.Mailbox{ID: e.Mailbox, Owner: e.Agent, Team: e.Team, Address: strings.ToLower(e.Mark) + "@cemig.example", Host: "127.0.0.1", Port: 993, TLS: "tls",
		Login: e.Agent, Secret: "sealed-" + e.Mark, Horizon: "2025-11-22", State: "ok", LastPass: &at, CreatedAt: at, UpdatedAt: at}
	folder := crm.Folder{ID: box.ID + ":1", Mailbox: box.ID, Name: "INBOX", Use: "inbox", Epoch: 1, Server: 2, CheckedAt: at}
	e.Held = folder.ID + ":1:0000000007"
	held := crm.Held{ID: e.Held, Mailbox: box.ID, Owner: e.Agent, Team: e.Team, At: at, From: crm.Address{Name: "Otávio " + e.Mark, Email: "otavio@" + strings.ToLower(e.Mark) + ".net.example"},
		Subject: "Caldeira " + e.Mark, Text: "Bom dia, da " + e.Mark, Keys: []string{"otavio@" + strings.ToLower(e.Mark) + ".net.example"}, Suggest: e.Client,
		Because: &crm.Reason{Kind: "domain", Value: strings.ToLower(e.Mark) + ".net.example"}}
	rows := []crm.LedgerRow{
		{ID: folder.ID + ":1:0000000006", Mailbox: box.ID, Folder: folder.ID, Epoch: 1, UID: 6, State: crm.RowStored, Message: m.ID},
		{ID: e.Held, Mailbox: box.ID, Folder: folder.ID, Epoch: 1, UID: 7, State: crm.RowHeld},
	}
	rule := crm.MailRule{Action: crm.RuleIgnore, Kind: crm.RuleDomain, Value: "ruido-" + strings.ToLower(e.Mark) + ".example", Owner: e.Agent, By: e.Agent, CreatedAt: at}
	rule.ID = crm.RuleID(rule.Action, rule.Kind, rule.Value, rule.Owner)
	e.Rule = rule.ID
	byHand := crm.MailRule{Action: crm.RuleAssign, Kind: crm.RuleMail, Value: e.Message, Client: e.Client, By: e.Agent, CreatedAt: at}
	byHand.ID = crm.RuleID(byHand.Action, byHand.Kind, byHand.Value, byHand.Client)
	e.Assigned = byHand.ID
	k.Apply(crm.MailRules.Put(&byHand), crm.MailRules.Put(&rule), crm.Messages.Put(&m), crm.Threads.Put(&t), crm.MailLinks.Put(&l), crm.Timeline.Put(&entry), crm.Mailboxes.Put(&box), crm.Folders.Put(&folder),
		crm.HeldMail.Put(&held), crm.Ledger.Put(&rows[0]), crm.Ledger.Put(&rows[1]))
}

// work is a finished workbook, a dry run with a refused row, and an import.
func (k *Kit) work(e Estate) {
	k.Helper()
	ref := k.PutBlob([]byte("workbook of " + e.Mark))
	end := Now.Add(-time.Minute)
	start := end.Add(-3 * time.Second)
	report := crm.Job{ID: e.Report, Kind: crm.JobReport, By: e.Agent, State: crm.JobDone, Args: []byte(`{"month":"2026-10","lang":"pt-BR"}`),
		File: string(ref), FileName: "relatorio-" + e.Mark + ".xlsx", CreatedAt: start, StartedAt: &start, EndedAt: &end}
	rev := crm.Revision{ID: "clients/" + e.Client + "#9", Of: "clients", Doc: e.Client, Version: 9, Client: e.Client, By: e.Agent, At: Now, Batch: e.Import}
	k.Apply(crm.Revisions.InsertIfAbsent(&rev))
	imp := crm.Job{ID: e.Import, Kind: crm.JobImport, By: e.Agent, State: crm.JobDone, Done: 3, Total: 3,
		Args: []byte(`{"blob":"` + string(ref) + `","name":"carteira-` + e.Mark + `.xlsx","dryRun":true}`), CreatedAt: start, StartedAt: &start, EndedAt: &end,
		File: string(ref), FileName: "carteira-" + e.Mark + ".xlsx",
		Result: []byte(`{"kind":"portfolio","dryRun":true,"rows":3,"clients":2,"sheets":[{"kind":"clients","created":1,"updated":1,"unchanged":0,"rejected":1,"warnings":0}],` +
			`"decisions":[{"sheet":"Clientes","column":"Carga","style":"comma","example":"1.234","text":{"key":"import.decision.assumed","args":["example","1.234","value","1234"]}}]}`)}
	bad := crm.ImportError{ID: e.Import + ":00000001", Job: e.Import, Sheet: "Clientes", Row: 4, Column: "CNPJ", Value: "12 " + e.Mark, Reason: crm.Text{Key: "ident.cnpj.digits"}}
	done := crm.Job{ID: e.Applied, Kind: crm.JobImport, By: e.Agent, State: crm.JobDone, Args: []byte(`{"name":"gravada-` + e.Mark + `.csv"}`),
		Result: []byte(`{"kind":"portfolio","rows":3,"sheets":[{"kind":"clients","created":2,"updated":1}]}`), CreatedAt: start, StartedAt: &start, EndedAt: &end}
	bulk := crm.Job{ID: e.Bulk, Kind: crm.JobBulk, By: e.Agent, State: crm.JobDone, Done: 2, Total: 2, Args: []byte(`{"ids":["` + e.Client + `"],"edit":{"addTags":["` + e.Mark + `"]}}`),
		Result:    []byte(`{"changed":1,"same":0,"kept":1,"refused":[{"of":"clients","doc":"` + e.Client + `","client":"` + e.Client + `","name":"` + e.ClientName + `","reason":{"key":"error.client.agent"}}]}`),
		CreatedAt: start, StartedAt: &start, EndedAt: &end}
	list := crm.Job{ID: e.Export, Kind: crm.JobList, By: e.Agent, State: crm.JobDone, Done: 1, Total: 1, Args: []byte(`{"list":"clients","format":"csv","state":{"q":"` + e.Mark + `"}}`),
		Result: []byte(`{"rows":1,"rights":{"role":"agent","team":"` + k.Users[e.Agent].Team + `"}}`), File: string(ref), FileName: "clients.csv", CreatedAt: start, StartedAt: &start, EndedAt: &end}
	k.Apply(crm.Jobs.Put(&list), crm.Jobs.Put(&report), crm.Jobs.Put(&imp), crm.Jobs.Put(&done), crm.Jobs.Put(&bulk), crm.ImportErrors.Put(&bad))
}

// document is a file of the client's, attached to the amendment of its contract.
func (k *Kit) document(e *Estate) {
	k.Helper()
	content := []byte("aditivo " + e.Mark)
	made, err := k.Service.AddDocuments(k.Context(), k.Actor(e.Agent), e.Client, []crm.DocumentFile{{Name: "aditivo-" + e.Mark + ".pdf", Blob: string(k.PutBlob(content)), Size: int64(len(content))}},
		crm.DocumentInput{Kind: "amendment", Notes: "de " + e.Mark}, crm.DocumentFor{Contract: e.Contract, Amendment: "am"})
	k.Must(err)
	e.Document = made[0].ID
}

// PutBlob stores bytes as the mail engine would.
func (k *Kit) PutBlob(content []byte) blob.Ref {
	k.Helper()
	refs, err := k.blobs().Put(k.Context(), content)
	k.Must(err)
	return refs[0]
}

func (k *Kit) blobs() blob.Store { return k.Server.Blobs }

// RawMail is a mail of three parts: text and HTML with a script and a picture
// of its own, and an attachment.
func RawMail(subject, from string) string {
	return strings.ReplaceAll(`From: Helena <`+from+`>
To: agente@cemig.example
Subject: `+subject+`
Date: Sun, 22 Nov 2026 07:00:00 -0300
Message-ID: <1@x.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html; charset=utf-8

<p>Bom dia, segue a <b>conta</b>.</p><script>alert(1)</script><img src="cid:logo@x"><img src="https://track.example/p.gif">
--r
Content-Type: image/png
Content-ID: <logo@x>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--r--
--b
Content-Type: application/pdf; name=conta.pdf
Content-Disposition: attachment; filename=conta.pdf

%PDF-1.4
--b
Content-Type: text/html; name=x.html
Content-Disposition: attachment; filename=x.html

<script>alert(1)</script>
--b--
`, "\n", "\r\n")
}
