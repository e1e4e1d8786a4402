package nodes

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

const (
	boss     = "chefe@casa.example"
	password = "uma senha comprida 9"
)

// portfolio is a workbook of clients and people, the first of which writes
// mail. An import shows how far it is after each of the two sheets.
func portfolio(t *testing.T, prefix string, clients, people int) []byte {
	t.Helper()
	f := excelize.NewFile()
	rows := func(sheet string, n int, row func(n int) []any) {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for n := range n + 1 {
			cells := row(n)
			if err := f.SetSheetRow(sheet, "A"+strconv.Itoa(n+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
	}
	code := func(n int) string { return fmt.Sprintf("%s-%04d", prefix, n%clients) }
	rows("Clientes", clients, func(n int) []any {
		if n == 0 {
			return []any{"código", "nome"}
		}
		return []any{code(n - 1), fmt.Sprintf("Fábrica %s %d", prefix, n-1)}
	})
	rows("Pessoas", people, func(n int) []any {
		if n == 0 {
			return []any{"código do cliente", "nome", "e-mails"}
		}
		return []any{code(n - 1), fmt.Sprintf("Pessoa %d", n-1), address(prefix, n-1)}
	})
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// address is the n-th person's of a portfolio.
func address(prefix string, n int) string {
	return fmt.Sprintf("contato%d@%s.example", n, strings.ToLower(prefix))
}

// mail is from the first person of a portfolio.
func mail(prefix, id string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nDate: %s\nSubject: Assunto %s\nMessage-ID: <%s@%s.example>\nContent-Type: text/plain\n\nTexto %s\n",
		address(prefix, 0), boss, time.Now().Add(-time.Hour).UTC().Format(time.RFC1123Z), id, id, strings.ToLower(prefix), id)
}

// holder is the process that holds a lease.
func (s *site) holder(name string) string {
	s.t.Helper()
	var d struct {
		Owner   string    `bson:"owner"`
		Expires time.Time `bson:"expires"`
	}
	err := s.store.Database().Collection("_leases").FindOne(s.t.Context(), bson.D{{Key: "name", Value: name}},
		options.FindOne().SetSort(bson.D{{Key: "term", Value: -1}})).Decode(&d)
	if err != nil || d.Expires.Before(time.Now()) {
		return ""
	}
	return d.Owner
}

// holds reports whether a node holds a lease, by the process id in its owner's
// name.
func (s *site) holds(n *node, name string) bool {
	s.t.Helper()
	return strings.Contains(s.holder(name), fmt.Sprintf(":%d:", n.cmd.Process.Pid))
}

func count[T any](s *site, t crm.Table[T]) (n int) {
	s.t.Helper()
	for _, err := range t.All(s.t.Context(), s.store, store.Query{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		n++
	}
	return n
}

func (s *site) box(id string) (sum crm.FolderState) {
	s.t.Helper()
	m, err := s.svc.Mailbox(s.t.Context(), crm.SystemActor(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range m.FolderStates {
		if f.Name == "INBOX" {
			sum = f
		}
	}
	return sum
}

func (s *site) job(id string) crm.Job {
	s.t.Helper()
	j, err := s.svc.Job(s.t.Context(), crm.SystemActor(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return j
}

func (s *site) ended(id string) crm.Job {
	s.t.Helper()
	var j crm.Job
	s.until("job "+id+" ends", func() bool { j = s.job(id); return j.Ended() })
	if j.State != crm.JobDone {
		s.t.Fatalf("job is %+v", j)
	}
	return j
}

// mailbox adds a mailbox of the boss on a scripted server.
func (s *site) mailbox(address string, srv *imaptest.Server) string {
	s.t.Helper()
	s.does("segredo", "mailbox", "add", "--owner", boss, "--address", address, "--host", srv.Host, "--port", strconv.Itoa(srv.Port),
		"--tls", "plain", "--login", "ana", "--password-stdin")
	boxes, err := s.svc.ListMailboxes(s.t.Context(), crm.SystemActor())
	if err != nil {
		s.t.Fatal(err)
	}
	for _, b := range boxes {
		if b.Address == address {
			return b.ID
		}
	}
	s.t.Fatalf("no mailbox %s", address)
	return ""
}

// TestNodesShareAStore: what is begun at one node goes on at any other, and when
// a working one is killed, another finishes its work; nothing is lost and
// nothing doubled.
func TestNodesShareAStore(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: it starts three processes")
	}
	s := newSite(t)
	a := s.serve("a", "web")
	s.does(password+"\n", "user", "add", "--email", boss, "--name", "Chefe", "--role", "admin", "--password-stdin")
	b := s.serve("b", "web,sync,jobs")

	p := signIn(t, a, boss, password)
	s.anyNode(p, a, b)
	s.workElsewhere(p, a, b)

	c := s.serve("c", "sync,jobs")
	if status, _ := p.page(c, "/readyz"); status != 200 {
		t.Errorf("a node without pages is not ready: %d", status)
	}
	s.killed(p, a, b, c)
}

// anyNode: a session, the token of a form, a bearer token and the throttle of
// sign-in that one node made hold at the other.
func (s *site) anyNode(p *person, a, b *node) {
	s.t.Helper()
	status, body := p.page(b, "/imports")
	m := csrfField.FindStringSubmatch(body)
	if status != 200 || m == nil {
		s.t.Fatalf("the session of a at b: %d, %.300s", status, body)
	}
	if status := p.post(a, m[1], "/reports", url.Values{"month": {"not a month"}}); status != 422 {
		s.t.Errorf("a form of b at a answers %d", status)
	}
	p.ask("GET", b, "/api/v1/me", nil, nil, 200)
	nobody := &person{t: s.t}
	wrong := map[string]string{"email": "ninguem@casa.example", "password": "errada errada"}
	for range 5 {
		nobody.ask("POST", a, "/api/v1/session", wrong, nil, 401)
	}
	nobody.ask("POST", b, "/api/v1/session", wrong, nil, 429)
}

// workElsewhere: a file that came in at a, which does no jobs, is imported by b;
// a report likewise, and its workbook is fetched at a. A page at b hears of what
// is logged at a, and one at a of what b does.
func (s *site) workElsewhere(p *person, a, b *node) {
	s.t.Helper()
	atA, atB := p.listen(a), p.listen(b)
	j := s.ended(p.upload(a, "carteira.xlsx", portfolio(s.t, "ALFA", 3, 1)).ID)
	s.hears(atA, "job "+j.ID)
	if n := count(s, crm.Clients); n != 3 {
		s.t.Fatalf("%d clients", n)
	}
	var list struct {
		Items []crm.Client `json:"items"`
	}
	p.ask("GET", b, "/api/v1/clients", nil, &list, 200)
	if len(list.Items) != 3 {
		s.t.Fatalf("b shows %d clients", len(list.Items))
	}
	start := time.Now()
	p.ask("POST", a, "/api/v1/clients/"+list.Items[0].ID+"/activities", map[string]string{"kind": "note", "text": "Combinado"}, nil, 201)
	s.hears(atB, "client "+list.Items[0].ID)
	s.t.Logf("an event of a at b after %s", time.Since(start).Round(time.Millisecond))
	var r job
	p.ask("POST", a, "/api/v1/reports", map[string]string{"month": "2026-10"}, &r, 202)
	s.ended(r.ID)
	if status, body := p.page(a, "/reports/"+r.ID+"/file"); status != 200 || !strings.HasPrefix(body, "PK") {
		s.t.Errorf("the workbook that b made at a: %d", status)
	}
}

func (s *site) hears(heard <-chan string, want string) {
	s.t.Helper()
	late := time.After(patience)
	for {
		select {
		case e := <-heard:
			if e == want {
				return
			}
		case <-late:
			s.t.Fatalf("never heard of %s", want)
		}
	}
}

const (
	manyClients = 30
	manyPeople  = 150
	manyMails   = 40
)

// killed: b and c follow a mailbox each; whoever takes a long import is killed
// in the middle of it and of its mailbox, and the other ends both.
func (s *site) killed(p *person, a, b, c *node) {
	s.t.Helper()
	servers, boxes := map[string]*imaptest.Server{}, []string{}
	for _, name := range []string{"um", "dois"} {
		srv := imaptest.New(s.t)
		id := s.mailbox(name+"@casa.example", srv)
		servers[id], boxes = srv, append(boxes, id)
	}
	held := func(n *node) (id string, all int) {
		for _, box := range boxes {
			if s.holds(n, "mailbox:"+box) {
				id, all = box, all+1
			}
		}
		return id, all
	}
	s.until("b and c follow a mailbox each", func() bool {
		_, nb := held(b)
		_, nc := held(c)
		return nb == 1 && nc == 1
	})

	j := p.upload(a, "grande.xlsx", portfolio(s.t, "BETA", manyClients, manyPeople))
	var victim, other *node
	s.until("a worker takes the import", func() bool {
		for n, o := range map[*node]*node{b: c, c: b} {
			if s.holds(n, "job:"+j.ID) {
				victim, other = n, o
			}
		}
		return victim != nil
	})
	box, _ := held(victim)
	servers[box].With("INBOX", func(f *imaptest.Folder) {
		for n := range manyMails {
			f.Mails = append(f.Mails, imaptest.Mail{UID: f.UIDNext, Internal: time.Now(), Raw: []byte(strings.ReplaceAll(mail("ALFA", fmt.Sprint(n)), "\n", "\r\n"))})
			f.UIDNext++
		}
	})
	// Through a, which follows nothing itself.
	s.wake(p, a, box)
	s.until("the victim is in the middle of both", func() bool {
		if now := s.job(j.ID); now.Ended() {
			s.t.Fatalf("the import ended too soon: %+v", now)
		} else if now.Done == 0 {
			return false
		}
		f := s.box(box)
		return f.Stored > 0 && f.Wanted > 0
	})
	before := s.job(j.ID)
	victim.kill()
	start := time.Now()
	s.t.Logf("%s killed at row %d of %d and mail %d of %d", victim.name, before.Done, before.Total, s.box(box).Stored, manyMails)

	s.until("the other has the mailbox and the job", func() bool {
		now := s.job(j.ID)
		return s.holds(other, "mailbox:"+box) && (s.holds(other, "job:"+j.ID) || now.Ended())
	})
	s.t.Logf("%s took over after %s with a lease of %s", other.name, time.Since(start).Round(time.Millisecond), lease)
	done := s.ended(j.ID)
	if done.Tries != 2 || done.Done != before.Total {
		s.t.Errorf("job is %+v", done)
	}
	if n := count(s, crm.Clients); n != 3+manyClients {
		s.t.Errorf("%d clients, not %d", n, 3+manyClients)
	}
	if n := count(s, crm.People); n != 1+manyPeople {
		s.t.Errorf("%d people, not %d", n, 1+manyPeople)
	}
	s.until("all mail is there", func() bool { f := s.box(box); return f.Wanted == 0 && f.Sum() == manyMails })
	s.mailOnce(box)
	// New mail goes on arriving, and pages at a hear of it.
	heard := p.listen(a)
	servers[box].Add("INBOX", mail("ALFA", "depois"))
	s.hears(heard, "mail new")
}

// wake asks for a mailbox on the page of a node.
func (s *site) wake(p *person, at *node, box string) {
	s.t.Helper()
	_, body := p.page(at, "/imports")
	m := csrfField.FindStringSubmatch(body)
	if m == nil {
		s.t.Fatal("no form on the page")
	}
	if status := p.post(at, m[1], "/mailboxes/"+box+"/sync", url.Values{}); status != 303 {
		s.t.Fatalf("asking for a mailbox answers %d", status)
	}
}

// mailOnce: each mail is one message, one link and counted once on the timeline.
// Without transactions a kill may leave what doctor repairs.
func (s *site) mailOnce(box string) {
	s.t.Helper()
	s.does("", "doctor", "--fix")
	if n := count(s, crm.Messages); n != manyMails {
		s.t.Errorf("%d messages of %d mails", n, manyMails)
	}
	if n := count(s, crm.MailLinks); n != manyMails {
		s.t.Errorf("%d links of %d mails", n, manyMails)
	}
	total := int64(0)
	for e, err := range crm.Timeline.All(s.t.Context(), s.store, store.Query{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Kind == crm.KindMail {
			total += max(1, e.Count)
		}
	}
	if total != manyMails {
		s.t.Errorf("the timeline counts %d of %d mails", total, manyMails)
	}
	if f := s.box(box); f.Stored+f.Duplicate != manyMails || f.Server != manyMails {
		s.t.Errorf("the ledger: %+v", f)
	}
}
