package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imaptest"
)

// house is a store with an admin, two clients and a mailbox on a scripted
// server, for children to serve.
type house struct {
	testing.TB
	conf    childConfig
	mails   *imaptest.Server
	clients []string
	box     string
	mailed  int // mails that the server has
}

const firstClients = 2

func newHouse(t testing.TB, c childConfig) *house {
	t.Helper()
	h := &house{TB: t, conf: c, mails: imaptest.New(t)}
	h.conf.User = "u-ana"
	h.open(func(a *app.App) {
		ctx := context.Background()
		now := a.Service.Now()
		u := crm.User{ID: h.conf.User, Email: "ana@luz.example", Name: "Ana", Role: crm.RoleAdmin, Epoch: 1, CreatedAt: now, UpdatedAt: now}
		h.must(a.Service.Apply(ctx, crm.Users.Put(&u)))
		for n := range firstClients {
			c := crm.Client{ID: fmt.Sprintf("c-%d", n), Name: fmt.Sprintf("Fábrica %d", n), Status: "active", Domains: []string{fmt.Sprintf("f%d.example", n)}, CreatedAt: now, UpdatedAt: now}
			p := crm.Person{ID: fmt.Sprintf("p-%d", n), Client: c.ID, Name: "Bia", Emails: []string{fmt.Sprintf("bia@f%d.example", n)}, CreatedAt: now, UpdatedAt: now}
			h.must(a.Service.Apply(ctx, crm.Clients.Put(&c), crm.People.Put(&p)))
			h.clients = append(h.clients, c.ID)
		}
		h.must(a.Service.RecomputeAll(ctx))
		m, err := a.Service.AddMailbox(ctx, u.Actor(), a.Ring, crm.MailboxInput{Address: u.Email, Host: "127.0.0.1", Port: h.mails.Port,
			TLS: "plain", Login: "ana", Password: "segredo"})
		h.must(err)
		h.box = m.ID
	})
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// open opens the store in this process while no child serves it.
func (h *house) open(do func(*app.App)) {
	h.Helper()
	a, err := app.Open(context.Background(), app.Config{Store: h.conf.Store, Data: h.conf.Data, AllowNoTransactions: h.conf.AllowNoTransactions})
	h.must(err)
	defer func() { h.must(a.Close()) }()
	do(a)
}

// post puts mails into the inbox: conversations of four, every fifth of a
// stranger.
func (h *house) post(n int) {
	for range n {
		k := h.mailed
		h.mailed++
		from := fmt.Sprintf("Bia <bia@f%d.example>", k%firstClients)
		if k%5 == 4 {
			from = fmt.Sprintf("who%d@elsewhere.example", k)
		}
		topic := k / 8
		reply := ""
		if k%8 >= 2 && k%5 != 4 {
			reply = fmt.Sprintf("In-Reply-To: <m%d@x>\n", k-2)
		}
		h.mails.Add("INBOX", fmt.Sprintf("From: %s\nTo: ana@luz.example\nDate: %s\nSubject: Topic %d of %d\nMessage-ID: <m%d@x>\n%sContent-Type: text/plain\n\nWords of mail %d.\n",
			from, time.Now().Add(-time.Hour+time.Duration(k)*time.Second).UTC().Format(time.RFC1123Z), topic, k%firstClients, k, reply, k))
	}
}

const (
	bookUnits  = 300
	bookMonths = 4 // of readings a workbook
)

// book writes a portfolio of units clients with a unit, a contract and some
// months of readings each; another version has other months.
func (h *house) book(units, version int) string {
	h.Helper()
	f := excelize.NewFile()
	defer f.Close()
	sheets := map[string][][]any{
		"Clientes": {{"CNPJ ou CPF", "Nome"}}, "Instalações": {{"Número da UC", "CNPJ ou CPF do cliente", "Distribuidora", "Subgrupo"}},
		"Contratos": {{"Número da UC", "Início do contrato", "Modalidade tarifária", "Demanda contratada única (kW)"}},
		"Medições":  {{"Número da UC", "Mês", "Demanda medida (kW)"}},
	}
	for n := range units {
		tax, err := ident.NewCNPJ(fmt.Sprintf("%08d0001", 10_000_000+n))
		h.must(err)
		uc := fmt.Sprintf("%010d05010", 3_000_000+n)
		add := func(sheet string, row ...any) { sheets[sheet] = append(sheets[sheet], row) }
		add("Clientes", tax.Format(), fmt.Sprintf("Empresa %d", n))
		add("Instalações", uc, tax.Format(), "TESTE", "A4")
		add("Contratos", uc, "01/03/2024", "verde", 100+n)
		for m := range bookMonths {
			month := time.Date(2020, time.Month(1+version*bookMonths+m), 1, 0, 0, 0, 0, time.UTC)
			add("Medições", uc, month.Format("2006-01"), 50+n+version)
		}
	}
	for name, rows := range sheets {
		_, err := f.NewSheet(name)
		h.must(err)
		w, err := f.NewStreamWriter(name)
		h.must(err)
		for n, row := range rows {
			h.must(w.SetRow(fmt.Sprintf("A%d", n+1), row))
		}
		h.must(w.Flush())
	}
	h.must(f.DeleteSheet("Sheet1"))
	path := filepath.Join(h.TempDir(), fmt.Sprintf("book-%d.xlsx", version))
	h.must(f.SaveAs(path))
	return path
}

// call asks the child's API; status 0 says that no answer came.
func (p *child) call(method, path, key string, body io.Reader, kind string, into any) (status int, err error) {
	r, err := http.NewRequest(method, p.url+"/api/v1"+path, body)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if into != nil && res.StatusCode < 300 {
		err = json.Unmarshal(raw, into)
	} else if res.StatusCode >= 300 {
		err = fmt.Errorf("%d %s", res.StatusCode, raw)
	}
	return res.StatusCode, err
}

func (p *child) log(client, key string, in crm.ActivityInput) (status int, err error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	return p.call(http.MethodPost, "/clients/"+client+"/activities", key, bytes.NewReader(raw), "application/json", nil)
}

// upload sends a workbook and answers its job.
func (p *child) upload(content []byte) (job string, err error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "book.xlsx")
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return "", err
	}
	var j struct{ ID string }
	_, err = p.call(http.MethodPost, "/imports", "", &body, form.FormDataContentType(), &j)
	return j.ID, err
}

// job is how a job is.
func (p *child) job(id string) (state string, err error) {
	var j struct{ State string }
	_, err = p.call(http.MethodGet, "/imports/"+id, "", nil, "", &j)
	return j.State, err
}

// count counts a collection.
func count(t testing.TB, s store.Store, in *store.Collection) int {
	t.Helper()
	rows, err := s.Tally(context.Background(), store.Tally{In: in})
	if err != nil {
		t.Fatal(err)
	}
	return int(rows[0].Count)
}

func sqliteDSN(dir string) string { return "sqlite:" + filepath.Join(dir, "cemigmas.db") }
