package demo

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"cemigmas/crm"
)

// play fills a small demonstration and serves its mailboxes.
func play(t *testing.T, svc *crm.Service, dir string, wake func(string)) *Server {
	t.Helper()
	s, err := Serve(context.Background(), svc, ServerOptions{Data: dir, Wake: wake})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func dial(t *testing.T, s *Server, box MailboxLogin, o *imapclient.Options) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(s.Addr(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.Login(box.Login, box.Password).Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

// contents lists a folder: UIDVALIDITY, then UID and raw text of each mail.
func contents(t *testing.T, c *imapclient.Client, folder string) (uint32, map[imap.UID]string) {
	t.Helper()
	data, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	all := imap.UIDSet{}
	all.AddRange(1, 0)
	section := &imap.FetchItemBodySection{Peek: true}
	mails, err := c.Fetch(all, &imap.FetchOptions{UID: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil {
		t.Fatal(err)
	}
	out := map[imap.UID]string{}
	for _, m := range mails {
		out[m.UID] = string(m.FindBodySection(section))
	}
	if len(out) != int(data.NumMessages) {
		t.Errorf("%s: %d mails fetched of %d", folder, len(out), data.NumMessages)
	}
	return data.UIDValidity, out
}

// TestSmallStoreOfBeforeKeepsItsMails: a mark that does not say how many mails
// there are is of a store that has them all, whatever its size.
func TestSmallStoreOfBeforeKeepsItsMails(t *testing.T) {
	m := Mark{Seed: 4, Clients: 8, Today: today, Kind: kindDemonstration}
	if n := len(NewWorld(m.Plan()).write().posts); n != Mails {
		t.Errorf("%d mails, want %d", n, Mails)
	}
	m.Mails = 80
	if n := len(NewWorld(m.Plan()).write().posts); n != m.Mails {
		t.Errorf("%d mails, want %d", n, m.Mails)
	}
}

func TestServerKeepsUIDsOverRestarts(t *testing.T) {
	cheaply(t)
	svc, _ := filled(t, Options{Seed: 4, Clients: 12, Today: today})
	dir := t.TempDir()
	type folder struct {
		validity uint32
		mails    map[imap.UID]string
	}
	state := func(s *Server) (out []folder, total int) {
		for _, b := range s.Mailboxes() {
			c := dial(t, s, b, nil)
			for _, name := range []string{inbox, sent} {
				v, m := contents(t, c, name)
				out, total = append(out, folder{v, m}), total+len(m)
			}
		}
		return out, total
	}
	first := play(t, svc, dir, nil)
	const mails = 120 // ten for each client
	if _, n := state(first); n != mails {
		t.Errorf("%d mails, want %d", n, mails)
	}
	for range 6 {
		if _, err := first.Receive(context.Background(), "", ""); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := state(first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	after, n := state(play(t, svc, dir, nil))
	if n != mails+6 {
		t.Errorf("%d mails after the restart, want %d", n, mails+6)
	}
	for i := range before {
		if before[i].validity != after[i].validity || len(before[i].mails) != len(after[i].mails) {
			t.Fatalf("folder %d: UIDVALIDITY %d and %d, %d and %d mails", i, before[i].validity, after[i].validity, len(before[i].mails), len(after[i].mails))
		}
		for uid, raw := range before[i].mails {
			if after[i].mails[uid] != raw {
				t.Fatalf("folder %d: UID %d is another mail after the restart", i, uid)
			}
		}
	}
}

func TestServerNamesSent(t *testing.T) {
	cheaply(t)
	svc, _ := filled(t, Options{Seed: 4, Clients: 6, Today: today})
	s := play(t, svc, t.TempDir(), nil)
	host, _, _ := net.SplitHostPort(s.Addr())
	if !net.ParseIP(host).IsLoopback() {
		t.Errorf("listens on %s", s.Addr())
	}
	c := dial(t, s, s.Mailboxes()[0], nil)
	list, err := c.List("", "*", &imap.ListOptions{ReturnSpecialUse: true}).Collect()
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, f := range list {
		special := false
		for _, a := range f.Attrs {
			special = special || a == imap.MailboxAttrSent
		}
		if special != (f.Mailbox == sent) {
			t.Errorf("%s: %v", f.Mailbox, f.Attrs)
		}
	}
	other, err := imapclient.DialInsecure(s.Addr(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if err := other.Login(s.Mailboxes()[0].Login, "guess").Wait(); err == nil {
		t.Error("a wrong password signs in")
	}
}

func TestReceiveWakesWhoIdles(t *testing.T) {
	cheaply(t)
	svc, _ := filled(t, Options{Seed: 4, Clients: 12, Today: today})
	var woken []string
	s := play(t, svc, t.TempDir(), func(id string) { woken = append(woken, id) })
	box := s.Mailboxes()[0]
	row := crm.Mailbox{ID: "m1", Owner: box.Owner, Address: box.Address}
	if err := svc.Apply(context.Background(), crm.Mailboxes.Put(&row)); err != nil {
		t.Fatal(err)
	}
	news := make(chan uint32, 8)
	c := dial(t, s, box, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				news <- *d.NumMessages
			}
		}}})
	_, had := contents(t, c, inbox)
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Receive(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case n := <-news:
		if int(n) != len(had)+1 {
			t.Errorf("told of %d mails, had %d", n, len(had))
		}
	case <-time.After(5 * time.Second):
		t.Fatal("IDLE is not told of the mail")
	}
	if err := idle.Close(); err != nil {
		t.Fatal(err)
	}
	if err := idle.Wait(); err != nil {
		t.Fatal(err)
	}
	if len(woken) != 1 || woken[0] != "m1" {
		t.Errorf("woken: %v", woken)
	}
	_, now := contents(t, c, inbox)
	raw := now[imap.UID(len(now))]
	if !strings.Contains(raw, "In-Reply-To: <") || got.Subject == "" || got.Client == "" || got.Name == "" {
		t.Errorf("%+v, mail:\n%s", got, raw)
	}
}

func TestReceivedFileSurvivesACut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "demo-mail.jsonl")
	for n := range 3 {
		if err := keep(path, received{Agent: n, Raw: []byte("mail")}); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(f, `{"agent":1,"at":"2026`)
	f.Close()
	for range 2 {
		list, err := readReceived(path)
		if err != nil || len(list) != 3 {
			t.Fatal(list, err)
		}
	}
	if err := keep(path, received{Agent: 3}); err != nil {
		t.Fatal(err)
	}
	if list, err := readReceived(path); err != nil || len(list) != 4 {
		t.Error(list, err)
	}
}

func TestServeRefusesAStoreWithoutMark(t *testing.T) {
	if _, err := Serve(context.Background(), open(t), ServerOptions{Data: t.TempDir()}); err != ErrNoDemo {
		t.Errorf("err = %v", err)
	}
}

// A named client writes, to whom it writes to; an unknown one is passed over.
func TestReceiveOfAClient(t *testing.T) {
	cheaply(t)
	svc, _ := filled(t, Options{Seed: 4, Clients: 12, Today: today})
	s := play(t, svc, t.TempDir(), nil)
	for i, x := range s.post.tails[:3] {
		n, err := s.Receive(t.Context(), "", x.person.Client)
		if err != nil || n.Client != x.person.Client || n.Name != x.client {
			t.Errorf("%d: %+v, %v", i, n, err)
		}
	}
	if n, err := s.Receive(t.Context(), "", "nobody"); err != nil || n.Client == "" {
		t.Errorf("%+v, %v", n, err)
	}
}
