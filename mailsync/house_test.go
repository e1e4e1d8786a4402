package mailsync

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
	"cemigmas/mailsync/imaptest"
	"cemigmas/mailsync/imapx"
)

// house is a store with two agents of different teams, a client of each, and
// an engine.
type house struct {
	*crm.Service
	t        testing.TB
	now      time.Time
	store    store.Store
	blobs    blob.Store
	ring     *secret.Ring
	engine   *Engine
	log      *safeBuffer
	ana, rui crm.Actor
	mara     crm.Actor // manages ana's team
	vale     crm.Client
	hospital crm.Client
}

// safeBuffer is a log that several workers write.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// wrap lets a test put a faulty store between service and driver.
type wrap func(store.Store) store.Store

func newHouse(t testing.TB, wraps ...wrap) *house {
	t.Helper()
	st, blobs := opentest.WithBlobs(t, crm.Schema())
	h := &house{t: t, now: time.Now().UTC().Truncate(time.Second), store: st, blobs: blobs, ring: secret.NewRing(), log: &safeBuffer{}}
	for _, w := range wraps {
		h.store = w(h.store)
	}
	h.Service = crm.New(crm.Deps{Store: h.store, Now: func() time.Time { return h.now }})
	h.engine = h.newEngine("one")
	h.ana = h.user("ana", crm.RoleAgent, "norte")
	h.rui = h.user("rui", crm.RoleAgent, "sul")
	h.mara = h.user("mara", crm.RoleManager, "norte")
	h.vale = h.client(crm.Client{ID: "c-vale", Name: "Frigorífico Vale Fictício", Domains: []string{"vale.example"}}, h.ana)
	h.hospital = h.client(crm.Client{ID: "c-hospital", Name: "Hospital Inventado", Emails: []string{"compras@hospital.example"}}, h.rui)
	return h
}

func (h *house) newEngine(owner string) *Engine {
	return New(Config{Service: h.Service, Blobs: h.blobs, Ring: h.ring, Owner: owner, Poll: time.Hour,
		Log: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) user(name string, role crm.Role, team string) crm.Actor {
	h.t.Helper()
	u := crm.User{ID: "u-" + name, Email: name + "@luz.example", Name: name, Role: role, Team: team, Epoch: 1, CreatedAt: h.now, UpdatedAt: h.now}
	h.must(h.Apply(h.t.Context(), crm.Users.Put(&u)))
	return u.Actor()
}

func (h *house) client(c crm.Client, agent crm.Actor) crm.Client {
	h.t.Helper()
	c.Agent, c.Team, c.Status, c.CreatedAt, c.UpdatedAt = agent.UserID, agent.Team, "active", h.now, h.now
	h.must(h.Apply(h.t.Context(), crm.Clients.Put(&c)))
	c.Version = 1
	return c
}

// person adds somebody without waking the engine.
func (h *house) person(id, client, name string, emails ...string) {
	h.t.Helper()
	p := crm.Person{ID: id, Client: client, Name: name, Emails: emails, CreatedAt: h.now, UpdatedAt: h.now}
	h.must(h.Apply(h.t.Context(), crm.People.Put(&p)))
}

// box follows a scripted server for an agent.
func (h *house) box(a crm.Actor, s *imaptest.Server) crm.Mailbox {
	h.t.Helper()
	return h.boxAt(a, s.Port, "ana", "segredo")
}

func (h *house) boxAt(a crm.Actor, port int, login, password string) crm.Mailbox {
	h.t.Helper()
	m, err := h.AddMailbox(h.t.Context(), a, h.ring, crm.MailboxInput{Address: a.Name + "@luz.example", Host: "127.0.0.1", Port: port,
		TLS: "plain", Login: login, Password: password})
	h.must(err)
	return m
}

// sync makes a pass that must succeed.
func (h *house) sync(m crm.Mailbox) int {
	h.t.Helper()
	n, err := h.engine.Once(h.t.Context(), m.ID)
	h.must(err)
	h.balanced(m)
	return n
}

// balanced checks the promise of the ledger for each folder.
func (h *house) balanced(m crm.Mailbox) crm.MailboxState {
	h.t.Helper()
	st, err := h.Mailbox(h.t.Context(), crm.SystemActor(), m.ID)
	h.must(err)
	for _, f := range st.FolderStates {
		if f.Problem == nil && (f.Sum() != f.Server || f.Wanted != 0) {
			h.t.Errorf("%s: the server has %d, the ledger %d: %+v", f.Name, f.Server, f.Sum(), f)
		}
	}
	return st
}

func (h *house) folder(m crm.Mailbox, name string) crm.FolderState {
	h.t.Helper()
	st, err := h.Mailbox(h.t.Context(), crm.SystemActor(), m.ID)
	h.must(err)
	for _, f := range st.FolderStates {
		if f.Name == name {
			return f
		}
	}
	h.t.Fatalf("no folder %s", name)
	return crm.FolderState{}
}

func (h *house) timeline(client string) []crm.Entry {
	h.t.Helper()
	return all(h, crm.Timeline, store.Query{Where: []store.Cond{store.Is("client", client), store.Is("kind", crm.KindMail)}, Sort: []string{"-planned", "-at"}})
}

func (h *house) held() []crm.Held {
	h.t.Helper()
	return all(h, crm.HeldMail, store.Query{Sort: []string{"-at"}})
}

func (h *house) messages() []crm.Message { return all(h, crm.Messages, store.Query{}) }
func (h *house) links() []crm.MailLink   { return all(h, crm.MailLinks, store.Query{}) }

func all[T any](h *house, t crm.Table[T], q store.Query) []T {
	h.t.Helper()
	var out []T
	for v, err := range t.All(context.Background(), h.store, q) {
		h.must(err)
		out = append(out, v)
	}
	return out
}

func (h *house) lastContact(client string) *time.Time {
	h.t.Helper()
	c, err := crm.Clients.Get(h.t.Context(), h.store, client)
	h.must(err)
	return c.LastContactAt
}

// assign files waiting mail under a client, and answers what undoes it.
func (h *house) assign(a crm.Actor, held, client string, person bool) string {
	h.t.Helper()
	undo, err := h.AssignHeld(h.t.Context(), a, held, client, person)
	h.must(err)
	return undo
}

// post is a mail of a test.
type post struct {
	from, to, cc, subject, text string
	id, reply, refs, extra      string
	at                          time.Time
}

// raw writes the mail with plain line ends, as imaptest.Add takes it.
func (p post) raw() string {
	if p.from == "" {
		p.from = "Bia <bia@vale.example>"
	}
	if p.to == "" {
		p.to = "ana@luz.example"
	}
	if p.at.IsZero() {
		p.at = time.Now().Add(-time.Hour)
	}
	var b strings.Builder
	line := func(name, v string) {
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	line("From", p.from)
	line("To", p.to)
	line("Cc", p.cc)
	line("Date", p.at.UTC().Format(time.RFC1123Z))
	line("Subject", p.subject)
	if p.id != "" {
		line("Message-ID", "<"+p.id+">")
	}
	if p.reply != "" {
		line("In-Reply-To", "<"+p.reply+">")
	}
	if p.refs != "" {
		line("References", "<"+strings.Join(strings.Fields(p.refs), "> <")+">")
	}
	b.WriteString(p.extra)
	b.WriteString("Content-Type: text/plain; charset=utf-8\n\n" + p.text + "\n")
	return b.String()
}

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

// dump describes all that mail left in the store, without versions, times of
// writing and names that follow from the order of arrival.
func (h *house) dump() string {
	h.t.Helper()
	thread := map[string]string{} // by its oldest member
	members := map[string][]string{}
	for _, m := range h.messages() {
		members[m.Thread] = append(members[m.Thread], m.ID)
		has, err := h.blobs.Has(context.Background(), blob.Ref(m.Raw))
		h.must(err)
		if !has[0] {
			h.t.Errorf("the raw mail of %s is not there", m.ID)
		}
	}
	var out []string
	for t, ms := range members {
		slices.Sort(ms)
		thread[t] = strings.Join(ms, "+")
		doc, err := crm.Threads.Get(context.Background(), h.store, t)
		h.must(err)
		out = append(out, fmt.Sprintf("thread %s count %d from %s to %s", thread[t], doc.Count, doc.FirstAt, doc.LastAt))
	}
	for _, m := range h.messages() {
		slices.Sort(m.Mailboxes)
		out = append(out, fmt.Sprintf("message %s %q %s %v %v %d", m.ID, m.Subject, m.At, m.Clients, m.Owners, len(m.Files)))
	}
	for _, l := range h.links() {
		out = append(out, fmt.Sprintf("link %s %s %s %v %v %v", l.ID, thread[l.Thread], l.At, l.Person, l.Why, l.Automatic))
	}
	for _, c := range all(h, crm.Clients, store.Query{}) {
		out = append(out, fmt.Sprintf("client %s %v %s", c.ID, c.LastContactAt, c.LastContact))
		for _, e := range h.timeline(c.ID) {
			out = append(out, fmt.Sprintf("entry %s %s %s %q %q %d", thread[e.Ref], e.Client, e.At, e.Title, e.Text, e.Count))
		}
	}
	for _, r := range all(h, crm.Ledger, store.Query{}) {
		out = append(out, fmt.Sprintf("row %s %s %s", r.ID, r.State, r.Message))
	}
	for _, x := range h.held() {
		out = append(out, fmt.Sprintf("held %s %q %v", x.ID, x.Subject, x.Keys))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// quick are time limits for servers that stall: short, but long enough for a
// server that only waits for its turn on a busy machine.
var quick = imapx.Options{DialTimeout: 10 * time.Second, IdleTimeout: time.Second, OpTimeout: 10 * time.Second}

// few thins out a long row of like cases where -short is asked: under the race
// detector each takes twenty times as long.
func few[T int | int64](n T) T {
	if testing.Short() {
		return max(2, n/8)
	}
	return n
}
