package crm

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"cemigmas/crm/ident"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// MailboxInput adds a mailbox.
type MailboxInput struct {
	Owner    string   `json:"owner,omitempty"` // user id; the actor when empty
	Address  string   `json:"address"`
	Host     string   `json:"host"`
	Port     int      `json:"port,omitempty"`
	TLS      string   `json:"tls"` // tls, starttls, plain
	Login    string   `json:"login"`
	Password string   `json:"-"`
	Folders  []string `json:"folders,omitempty"`
	Horizon  string   `json:"horizon,omitempty"` // civil date; 12 months ago when empty
}

// Draft makes the mailbox that the input describes, without storing it: to try
// it first.
func (in MailboxInput) Draft(now time.Time) (Mailbox, error) {
	bad := problems{}
	m := Mailbox{Owner: in.Owner, Host: strings.ToLower(strings.TrimSpace(in.Host)), Port: in.Port, TLS: in.TLS,
		Login: strings.TrimSpace(in.Login), Horizon: strings.TrimSpace(in.Horizon), State: "new", CreatedAt: now, UpdatedAt: now}
	address, err := ident.NormalEmail(in.Address)
	if err != nil {
		bad["address"] = identText(err)
	}
	m.Address = address
	m.Folders = folderNames(in.Folders)
	bad.need("host", m.Host)
	bad.need("password", in.Password)
	if m.Login == "" {
		m.Login = m.Address
	}
	checkTLS(&m, bad)
	if m.Horizon == "" {
		m.Horizon = DayOf(now.AddDate(-1, 0, 0))
	} else if _, err := time.Parse("2006-01-02", m.Horizon); err != nil {
		bad.add("horizon", "error.field.invalid")
	}
	return m, bad.err()
}

func checkTLS(m *Mailbox, bad problems) {
	switch m.TLS {
	case "", "tls":
		m.TLS = "tls"
		if m.Port == 0 {
			m.Port = 993
		}
	case "starttls", "plain":
		if m.Port == 0 {
			m.Port = 143
		}
	default:
		bad.add("tls", "error.field.choice")
	}
	if m.TLS == "plain" && !loopbackHost(m.Host) {
		bad.add("tls", "error.mailbox.plain")
	}
	if m.Port < 1 || m.Port > 65535 {
		bad.add("port", "error.field.range")
	}
}

func loopbackHost(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// AddMailbox stores a mailbox with its password sealed. Agents add their own;
// admins anybody's. CodeDuplicate when the address is followed already.
func (s *Service) AddMailbox(ctx context.Context, a Actor, ring *secret.Ring, in MailboxInput) (Mailbox, error) {
	if in.Owner == "" || a.Role != RoleAdmin {
		in.Owner = a.UserID
	}
	m, err := in.Draft(s.Now())
	if err != nil {
		return Mailbox{}, err
	}
	owner, err := Users.Get(ctx, s.store, in.Owner)
	if err != nil {
		return Mailbox{}, err
	}
	m.ID, m.Team = s.newID(), owner.Team
	m.Secret = ring.Seal(SecretRecord(m.ID), []byte(in.Password))
	if err := s.Apply(ctx, Mailboxes.Put(&m)); err != nil {
		if CodeOf(err) == CodeDuplicate {
			return Mailbox{}, &Error{Code: CodeDuplicate, Text: Text{Key: "error.mailbox.duplicate"}, Err: err,
				Fields: map[string]Text{"address": {Key: "error.mailbox.duplicate"}}}
		}
		return Mailbox{}, err
	}
	m.Version = 1
	s.bus.Publish(Event{Kind: "mailbox", ID: m.ID, Owner: m.Owner})
	return m, nil
}

// SecretRecord is what a mailbox's password is sealed with: moved to another
// mailbox it cannot be opened.
func SecretRecord(mailbox string) string { return "mailbox:" + mailbox }

// FolderState is a folder with what became of its mail. Server is beyond +
// wanted + held + stored + duplicate + ignored + failed once a pass is
// complete; gone stands beside the sum.
type FolderState struct {
	Folder
	Wanted    int64 `json:"wanted"`
	Held      int64 `json:"held"`
	Stored    int64 `json:"stored"`
	Duplicate int64 `json:"duplicate"`
	Ignored   int64 `json:"ignored"`
	Failed    int64 `json:"failed"`
	Gone      int64 `json:"gone"`
}

// Sum is what the server's count must equal after a complete pass.
func (f FolderState) Sum() int64 {
	return f.Beyond + f.Wanted + f.Held + f.Stored + f.Duplicate + f.Ignored + f.Failed
}

// MailboxState is a mailbox with its folders, without its password.
type MailboxState struct {
	Mailbox
	FolderStates []FolderState `json:"folderStates"`
}

// EveryMailbox asks for all mailboxes by address.
func EveryMailbox() store.Query {
	return store.Query{Where: []store.Cond{store.Has("address")}, Sort: []string{"address"}, Limit: MaxListLimit}
}

// ListMailboxes lists mailboxes with their numbers: one's own, a manager's
// team's, an admin's all.
func (s *Service) ListMailboxes(ctx context.Context, a Actor) ([]MailboxState, error) {
	q := EveryMailbox()
	switch a.Role {
	case RoleAgent:
		q.Where = []store.Cond{store.Is("owner", orNone(a.UserID))}
	case RoleManager:
		q.Where = []store.Cond{store.Is("team", orNone(a.Team))}
	}
	var out []MailboxState
	for m, err := range Mailboxes.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		st, err := s.mailboxState(ctx, m)
		if err != nil {
			return nil, err
		}
		out = append(out, st)
	}
	return out, nil
}

// Mailbox reads one mailbox with its numbers.
func (s *Service) Mailbox(ctx context.Context, a Actor, id string) (MailboxState, error) {
	m, err := s.mailbox(ctx, a, id)
	if err != nil {
		return MailboxState{}, err
	}
	return s.mailboxState(ctx, m)
}

func (s *Service) mailbox(ctx context.Context, a Actor, id string) (Mailbox, error) {
	m, err := Mailboxes.Get(ctx, s.store, id)
	if err != nil {
		return Mailbox{}, err
	}
	if m.Owner != a.UserID && a.Role != RoleAdmin && !(a.Role == RoleManager && a.Team != "" && m.Team == a.Team) {
		return Mailbox{}, notFound()
	}
	return m, nil
}

// MayMailbox answers nil when the actor may see a mailbox, and its owner.
func (s *Service) MayMailbox(ctx context.Context, a Actor, id string) error {
	_, err := s.mailbox(ctx, a, id)
	return err
}

func (s *Service) mailboxState(ctx context.Context, m Mailbox) (MailboxState, error) {
	m.Secret = ""
	out := MailboxState{Mailbox: m, FolderStates: []FolderState{}}
	for f, err := range Folders.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("mailbox", m.ID)}}) {
		if err != nil {
			return out, err
		}
		st := FolderState{Folder: f}
		rows, err := s.store.Tally(ctx, store.Tally{In: Ledger.In,
			Where: []store.Cond{store.Is("folder", f.ID), store.Is("epoch", f.Epoch)}, By: []string{"state"}})
		if err != nil {
			return out, wrapStore(err)
		}
		for _, r := range rows {
			st.set(r)
		}
		out.FolderStates = append(out.FolderStates, st)
	}
	return out, nil
}

func (f *FolderState) set(r store.TallyRow) {
	state, _ := r.Group[0].(string)
	switch state {
	case RowWanted:
		f.Wanted = r.Count
	case RowHeld:
		f.Held = r.Count
	case RowStored:
		f.Stored = r.Count
	case RowDuplicate:
		f.Duplicate = r.Count
	case RowIgnored:
		f.Ignored = r.Count
	case RowFailed:
		f.Failed = r.Count
	case RowGone:
		f.Gone = r.Count
	}
}

// ListHeld lists mail that waits in triage, newest first: one's own
// mailboxes', a manager's team's.
func (s *Service) ListHeld(ctx context.Context, a Actor, limit int, after string) ([]Held, string, error) {
	return HeldMail.Find(ctx, s.store, store.Query{Where: a.heldScope(), Sort: []string{"-at"}, Limit: limitOf(limit, 50), After: after})
}

// Held reads one mail that waits in triage.
func (s *Service) Held(ctx context.Context, a Actor, id string) (Held, error) {
	h, err := HeldMail.Get(ctx, s.store, id)
	if err != nil {
		return Held{}, err
	}
	if h.Owner != a.UserID && a.Role != RoleAdmin && !(a.Role == RoleManager && a.Team != "" && h.Team == a.Team) {
		return Held{}, notFound()
	}
	return h, nil
}
