package load_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/cmd/internal/load"
	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
	"cemigmas/web"
)

// readers ask as people do who turn pages all the time: each reads for a while.
const (
	readers    = 16
	reading    = 50 * time.Millisecond
	aloneFor   = 4 * time.Second
	newMails   = 20000
	newClients = 20000
)

// BenchmarkTogether says how much a first sync of a mailbox, an import and the
// monthly workbook, all at once, slow timeline pages and quick logs.
func BenchmarkTogether(b *testing.B) {
	dir := b.TempDir()
	ctx := b.Context()
	a, err := app.Open(ctx, app.Config{Data: dir, Addr: "127.0.0.1:0", Seed: 1, AllowPrivate: true})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if _, err := a.FillDemo(ctx, 1500); err != nil {
		b.Fatal(err)
	}
	if err := a.Start(ctx); err != nil {
		b.Fatal(err)
	}
	settle(b, a)
	agent, admin := user(b, a, crm.RoleAgent, "metallurgy"), user(b, a, crm.RoleAdmin, "")
	pages := timelines(b, a, agent)
	alone, err := load.Measure(ctx, pages, readers, aloneFor)
	if err != nil {
		b.Fatal(err)
	}
	jobs := []crm.Job{enqueue(b, a, admin, crm.JobReport, web.ReportArgs{Month: "2026-10", Lang: "pt-BR"}), importing(b, a, admin, dir)}
	followMails(b, a, agent)
	var busy load.Result
	var each []time.Duration
	for len(each) == 0 || running(b, a, jobs) {
		r, err := load.Measure(ctx, pages, readers, time.Second)
		if err != nil {
			b.Fatal(err)
		}
		each = append(each, r.P50)
		if r.P50 > busy.P50 {
			busy = r // the worst second
		}
	}
	slices.Sort(each)
	usual := each[len(each)/2]
	fmt.Printf("\n%-40s p50 %.2f ms  p99 %.2f ms\n%-40s p50 %.2f ms: %.2f times; in the worst of %d seconds p50 %.2f ms  p99 %.2f ms: %.2f times\n",
		"timeline alone", ms(alone.P50), ms(alone.P99), "beside sync, import and workbook", ms(usual), float64(usual)/float64(alone.P50),
		len(each), ms(busy.P50), ms(busy.P99), float64(busy.P50)/float64(alone.P50))
	b.ReportMetric(float64(busy.P50)/float64(alone.P50), "times")
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// timelines are pages of an agent's clients.
func timelines(b *testing.B, a *app.App, agent crm.User) load.Target {
	t := load.Target{Addr: strings.TrimPrefix(a.URL(), "http://"), Token: token(b, a, agent), Pause: reading}
	for _, id := range clientsOf(b, a, store.Query{Where: []store.Cond{store.Is("agent", agent.ID)}, Sort: []string{"name"}}) {
		t.Paths = append(t.Paths, "/api/v1/clients/"+id+"/timeline?limit=50")
	}
	return t
}

func enqueue(b *testing.B, a *app.App, by crm.User, kind string, args any) crm.Job {
	b.Helper()
	j, err := a.Jobs.Enqueue(context.Background(), by.Actor(), kind, args)
	if err != nil {
		b.Fatal(err)
	}
	return j
}

// importing queues an import of new clients.
func importing(b *testing.B, a *app.App, by crm.User, dir string) crm.Job {
	b.Helper()
	path := filepath.Join(dir, "clientes.csv")
	var text strings.Builder
	text.WriteString("Código;Nome;Cidade\n")
	for n := range newClients {
		fmt.Fprintf(&text, "N%06d;Cliente novo %d;Uberlândia\n", n, n)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	refs, err := a.Blobs.Put(context.Background(), []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	return enqueue(b, a, by, crm.JobImport, web.ImportArgs{Blob: string(refs[0]), Name: "clientes.csv", Kind: "portfolio"})
}

// followMails adds a mailbox with many mails of the agent's clients.
func followMails(b *testing.B, a *app.App, agent crm.User) {
	b.Helper()
	srv := imaptest.New(b)
	from := []string{}
	for c, err := range crm.Clients.All(context.Background(), a.Service.Store(), store.Query{Where: []store.Cond{store.Is("agent", agent.ID)}, Sort: []string{"name"}}) {
		if err != nil {
			b.Fatal(err)
		}
		from = append(from, c.Emails...)
	}
	at := time.Now().AddDate(0, -1, 0)
	mails := make([]imaptest.Mail, newMails)
	for n := range mails {
		sent := at.Add(time.Duration(n) * time.Minute)
		raw := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: Assunto %d\r\nMessage-ID: <t%d@x.example>\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s",
			from[n%len(from)], agent.Email, n/4, n, sent.Format(time.RFC1123Z), strings.Repeat("A demanda contratada da unidade.\r\n", 60))
		mails[n] = imaptest.Mail{UID: uint32(n + 1), Internal: sent, Raw: []byte(raw)}
	}
	srv.With("INBOX", func(f *imaptest.Folder) { f.Mails, f.UIDNext = mails, newMails+1 })
	if _, err := a.Service.AddMailbox(context.Background(), agent.Actor(), a.Ring, crm.MailboxInput{Address: agent.Email,
		Host: srv.Host, Port: srv.Port, TLS: "plain", Login: "x", Password: "x"}); err != nil {
		b.Fatal(err)
	}
}

// running reports whether one of the jobs has not ended.
func running(b *testing.B, a *app.App, jobs []crm.Job) bool {
	b.Helper()
	going := false
	for _, j := range jobs {
		now, err := crm.Jobs.Get(context.Background(), a.Service.Store(), j.ID)
		if err != nil {
			b.Fatal(err)
		}
		if now.State == crm.JobFailed {
			b.Fatalf("%s failed: %+v", now.Kind, now.Error)
		}
		going = going || !now.Ended()
	}
	return going
}
