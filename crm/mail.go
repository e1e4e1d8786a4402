package crm

import (
	"time"

	"cemigmas/crm/store"
)

// Mailbox is an IMAP account that is followed.
type Mailbox struct {
	ID      string   `json:"id"`
	Version int64    `json:"-"`
	Owner   string   `json:"owner"` // user id
	Team    string   `json:"team,omitempty"`
	Address string   `json:"address"`
	Host    string   `json:"host"`
	Port    int      `json:"port"`
	TLS     string   `json:"tls"` // tls, starttls, plain (loopback only)
	Login   string   `json:"login"`
	Secret  string   `json:"secret"`            // the password, sealed with the mailbox's id; never served
	Folders []string `json:"folders,omitempty"` // followed beside INBOX and Sent
	// Horizon is the first day whose mail is fetched (civil date).
	Horizon   string    `json:"horizon"`
	Paused    bool      `json:"paused,omitempty"`
	Removing  bool      `json:"removing,omitempty"` // its rows are being deleted
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`

	// State of the sync, written by the engine (Patch).
	State    string     `json:"state,omitempty"` // new, syncing, ok, waiting, auth, failed
	Problem  *Text      `json:"problem,omitempty"`
	Tries    int        `json:"tries,omitempty"`    // refusals of the password in a row
	LastPass *time.Time `json:"lastPass,omitempty"` // end of the last complete pass
	NextTry  *time.Time `json:"nextTry,omitempty"`
	// Asked is when a user wanted the mailbox looked at now; the worker takes it
	// away when it does.
	Asked *time.Time `json:"asked,omitempty"`
}

// Mailboxes is the table of mailboxes.
var Mailboxes = Table[Mailbox]{
	In: &store.Collection{
		Name: "mailboxes",
		Fields: []store.Field{
			{Name: "owner", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "address", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"address"}, Unique: true},
			{Fields: []string{"owner", "address"}},
			{Fields: []string{"team", "address"}},
		},
	},
	ID:  func(m *Mailbox) string { return m.ID },
	Ver: func(m *Mailbox) *int64 { return &m.Version },
	Keys: func(m *Mailbox) store.Keys {
		return store.Keys{"owner": m.Owner, "team": m.Team, "address": m.Address}
	},
}

// Folder is the state of one followed folder.
type Folder struct {
	ID          string    `json:"id"` // mailbox:first name; a rename keeps it
	Version     int64     `json:"-"`
	Mailbox     string    `json:"mailbox"`
	Name        string    `json:"name"`  // as the server spells it
	Use         string    `json:"use"`   // inbox, sent, archive, all, other
	Epoch       int64     `json:"epoch"` // rises when UIDVALIDITY changes
	UIDValidity uint32    `json:"uidValidity"`
	High        uint32    `json:"high"`   // every UID from Low to High has a ledger row
	Low         uint32    `json:"low"`    // backfill goes down from here
	Filled      bool      `json:"filled"` // backfill reached the horizon
	ModSeq      uint64    `json:"modSeq,omitempty"`
	Server      int64     `json:"server"` // messages the server counted at the last pass
	Beyond      int64     `json:"beyond"` // of these, before the horizon: counted, not fetched
	CheckedAt   time.Time `json:"checkedAt"`
	FullAt      time.Time `json:"fullAt"` // when all UIDs were last compared
	Problem     *Text     `json:"problem,omitempty"`
}

// Folders is the table of followed folders.
var Folders = Table[Folder]{
	In: &store.Collection{
		Name:    "folders",
		Fields:  []store.Field{{Name: "mailbox", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"mailbox"}}},
	},
	ID:   func(f *Folder) string { return f.ID },
	Ver:  func(f *Folder) *int64 { return &f.Version },
	Keys: func(f *Folder) store.Keys { return store.Keys{"mailbox": f.Mailbox} },
}

// States of a ledger row. server count = beyond + wanted + held + stored +
// duplicate + ignored + failed; gone stands beside the sum.
const (
	RowWanted    = "wanted"
	RowHeld      = "held" // matches nobody yet: waits in triage
	RowStored    = "stored"
	RowDuplicate = "duplicate"
	RowIgnored   = "ignored"
	RowFailed    = "failed"
	RowGone      = "gone"
)

// LedgerRow is what became of one mail of a folder: nothing is ever passed
// over without a row.
type LedgerRow struct {
	ID       string     `json:"id"` // folder:epoch:uid, zero-padded
	Version  int64      `json:"-"`
	Mailbox  string     `json:"mailbox"`
	Folder   string     `json:"folder"`
	Epoch    int64      `json:"epoch"`
	UID      uint32     `json:"uid"`
	State    string     `json:"state"`
	Reason   string     `json:"reason,omitempty"` // of ignored: the rule; of failed: the error
	Tries    int        `json:"tries,omitempty"`
	Message  string     `json:"message,omitempty"`  // id
	Identity string     `json:"identity,omitempty"` // X-GM-MSGID, EMAILID or the raw digest
	GoneAt   *time.Time `json:"goneAt,omitempty"`
}

// Ledger is the table of ledger rows.
var Ledger = Table[LedgerRow]{
	In: &store.Collection{
		Name: "ledger",
		Fields: []store.Field{
			{Name: "mailbox", Kind: store.String},
			{Name: "folder", Kind: store.String},
			{Name: "epoch", Kind: store.Int},
			{Name: "uid", Kind: store.Int},
			{Name: "state", Kind: store.String},
			{Name: "identity", Kind: store.String},
			{Name: "message", Kind: store.String},
			{Name: "rule", Kind: store.String}, // by which it is ignored
		},
		Indexes: []store.Index{
			{Fields: []string{"folder", "epoch", "uid"}},
			{Fields: []string{"folder", "epoch", "state", "-uid"}},
			{Fields: []string{"mailbox", "state", "uid"}},
			{Fields: []string{"mailbox", "identity"}},
			{Fields: []string{"message"}},
			{Fields: []string{"rule"}, Sparse: true},
		},
	},
	ID:  func(r *LedgerRow) string { return r.ID },
	Ver: func(r *LedgerRow) *int64 { return &r.Version },
	Keys: func(r *LedgerRow) store.Keys {
		k := store.Keys{
			"mailbox": r.Mailbox, "folder": r.Folder, "epoch": r.Epoch, "uid": int64(r.UID),
			"state": r.State, "identity": r.Identity, "message": r.Message,
		}
		if r.State == RowIgnored && r.Reason != "" {
			k["rule"] = r.Reason
		}
		return k
	},
}

// Address is somebody in a mail's header.
type Address struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email"`
}

// File is an attachment.
type File struct {
	Part   string `json:"part"` // its place in the mail
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	Inline bool   `json:"inline,omitempty"`
}

// Message is one mail. Its id is made from its Message-ID and its digest, so
// that the same mail in two mailboxes is one message.
type Message struct {
	ID        string    `json:"id"`
	Version   int64     `json:"-"`
	Thread    string    `json:"thread"`
	MessageID string    `json:"messageId,omitempty"`
	ReplyTo   string    `json:"inReplyTo,omitempty"`
	Refs      []string  `json:"references,omitempty"`
	Digest    string    `json:"digest"` // of From, Date, Subject and text
	Raw       string    `json:"raw"`    // blob
	Size      int64     `json:"size"`
	At        time.Time `json:"at"`
	From      Address   `json:"from"`
	To        []Address `json:"to,omitempty"`
	Cc        []Address `json:"cc,omitempty"`
	Subject   string    `json:"subject"`
	Canonical string    `json:"canonical"` // subject without Re and Fwd, folded
	Preview   string    `json:"preview"`
	Files     []File    `json:"files,omitempty"`
	Outbound  bool      `json:"outbound,omitempty"`  // from one of our mailboxes
	Automatic string    `json:"automatic,omitempty"` // why it counts as sent by a machine
	Mailboxes []string  `json:"mailboxes,omitempty"`
	Owners    []string  `json:"owners,omitempty"` // users whose mailboxes hold it
	Clients   []string  `json:"clients,omitempty"`
	Numbers   []string  `json:"numbers,omitempty"` // UC, former UC and CNPJ found in it
	Large     bool      `json:"large,omitempty"`   // only its beginning was fetched
	Problem   string    `json:"problem,omitempty"` // why it could not be parsed well
	CreatedAt time.Time `json:"createdAt"`
}

// Messages is the table of mails.
var Messages = Table[Message]{
	In: &store.Collection{
		Name: "messages",
		Fields: []store.Field{
			{Name: "thread", Kind: store.String},
			{Name: "at", Kind: store.Time},
			{Name: "messageId", Kind: store.String},
			{Name: "replyTo", Kind: store.String},
			{Name: "refs", Kind: store.Strings}, // of References
			{Name: "canonical", Kind: store.String},
			{Name: "addresses", Kind: store.Strings}, // of From, To and Cc
			{Name: "numbers", Kind: store.Strings},   // UC, former UC, CNPJ found in it
		},
		Indexes: []store.Index{
			{Fields: []string{"thread", "at"}},
			{Fields: []string{"messageId"}},
			{Fields: []string{"replyTo"}},
			{Fields: []string{"refs"}},
			{Fields: []string{"canonical", "-at"}},
			{Fields: []string{"addresses", "-at"}},
			{Fields: []string{"numbers", "-at"}},
		},
	},
	ID:  func(m *Message) string { return m.ID },
	Ver: func(m *Message) *int64 { return &m.Version },
	Keys: func(m *Message) store.Keys {
		return store.Keys{
			"thread": m.Thread, "at": m.At, "messageId": m.MessageID, "replyTo": m.ReplyTo,
			"refs": m.Refs, "canonical": m.Canonical, "addresses": m.addresses(), "numbers": m.Numbers,
		}
	},
}

func (m *Message) addresses() []string {
	seen := map[string]bool{}
	var out []string
	for _, a := range append(append([]Address{m.From}, m.To...), m.Cc...) {
		if a.Email != "" && !seen[a.Email] {
			seen[a.Email] = true
			out = append(out, a.Email)
		}
	}
	return out
}

// Thread is a conversation. What an actor sees of it is decided message by
// message.
type Thread struct {
	ID         string    `json:"id"`
	Version    int64     `json:"-"`
	Subject    string    `json:"subject"`
	Canonical  string    `json:"canonical"`
	Guessed    bool      `json:"guessed,omitempty"` // joined by subject and people, not by headers
	MergedInto string    `json:"mergedInto,omitempty"`
	FirstAt    time.Time `json:"firstAt"`
	LastAt     time.Time `json:"lastAt"`
	Count      int64     `json:"count"`
}

// Threads is the table of conversations.
var Threads = Table[Thread]{
	In: &store.Collection{
		Name: "threads",
		Fields: []store.Field{
			{Name: "canonical", Kind: store.String},
			{Name: "lastAt", Kind: store.Time},
		},
		Indexes: []store.Index{{Fields: []string{"canonical", "-lastAt"}}},
	},
	ID:  func(t *Thread) string { return t.ID },
	Ver: func(t *Thread) *int64 { return &t.Version },
	Keys: func(t *Thread) store.Keys {
		return store.Keys{"canonical": t.Canonical, "lastAt": t.LastAt}
	},
}

// MailLink files one message under one client, with its reasons. The monthly
// report counts these rows.
type MailLink struct {
	ID       string    `json:"id"` // message:client
	Version  int64     `json:"-"`
	Message  string    `json:"message"`
	Thread   string    `json:"thread"`
	Client   string    `json:"client"`
	Agent    string    `json:"agent,omitempty"`
	Team     string    `json:"team,omitempty"`
	Acting   string    `json:"acting,omitempty"`
	At       time.Time `json:"at"`
	Outbound bool      `json:"outbound,omitempty"`
	// Person is who of the client wrote it or was written to, when known. Only
	// such mail is a contact, and only if no machine sent it.
	Person    string   `json:"person,omitempty"`
	Automatic bool     `json:"automatic,omitempty"`
	Why       []Reason `json:"why"`
	Subject   string   `json:"subject,omitempty"`
	Preview   string   `json:"preview,omitempty"`
	From      string   `json:"from,omitempty"`
	Files     []string `json:"files,omitempty"`
}

// Counts reports whether this mail is a contact with the client.
func (l *MailLink) Counts() bool { return !l.Automatic && l.Person != "" }

// MailLinks is the table of mail filed under clients.
var MailLinks = Table[MailLink]{
	In: &store.Collection{
		Name:  "mail_links",
		Shard: "client",
		Fields: []store.Field{
			{Name: "message", Kind: store.String},
			{Name: "thread", Kind: store.String},
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "at", Kind: store.Time},
			{Name: "month", Kind: store.String},   // every mail
			{Name: "contact", Kind: store.String}, // its month, only when it counts
			{Name: "inbound", Kind: store.Bool},   // only when from outside
		},
		Indexes: []store.Index{
			{Fields: []string{"month", "client"}},
			{Fields: []string{"contact", "client"}},
			{Fields: []string{"client", "-contact", "-at"}},
			{Fields: []string{"message"}},
			{Fields: []string{"thread", "client", "-at"}},
			{Fields: []string{"inbound", "-at"}},
			{Fields: []string{"team", "inbound", "-at"}},
			{Fields: []string{"agent", "inbound", "-at"}},
			{Fields: []string{"acting", "inbound", "-at"}, Sparse: true},
		},
	},
	ID:  func(l *MailLink) string { return l.ID },
	Ver: func(l *MailLink) *int64 { return &l.Version },
	Keys: func(l *MailLink) store.Keys {
		k := store.Keys{
			"message": l.Message, "thread": l.Thread, "client": l.Client,
			"agent": l.Agent, "team": l.Team, "acting": l.Acting, "at": l.At, "month": MonthOf(l.At),
		}
		if l.Counts() {
			k["contact"] = MonthOf(l.At)
		}
		if !l.Outbound {
			k["inbound"] = true
		}
		return k
	},
}

// Held is mail that matches nobody yet: the header, the first 2 KB and the
// filing keys found in it; no raw mail.
type Held struct {
	ID      string    `json:"id"` // the ledger row's
	Version int64     `json:"-"`
	Mailbox string    `json:"mailbox"`
	Owner   string    `json:"owner"`
	Team    string    `json:"team,omitempty"`
	At      time.Time `json:"at"`
	From    Address   `json:"from"`
	To      []Address `json:"to,omitempty"`
	Cc      []Address `json:"cc,omitempty"`
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Auto    string    `json:"automatic,omitempty"`
	Keys    []string  `json:"keys,omitempty"`    // addresses and numbers found
	Suggest string    `json:"suggest,omitempty"` // client id
	Because *Reason   `json:"because,omitempty"`
	Mail    string    `json:"mail"` // the id its message would have: copies in other folders share it
}

// HeldMail is the table of held mail.
var HeldMail = Table[Held]{
	In: &store.Collection{
		Name: "held",
		Fields: []store.Field{
			{Name: "mailbox", Kind: store.String},
			{Name: "owner", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "at", Kind: store.Time},
			{Name: "from", Kind: store.String},
			{Name: "fromDomain", Kind: store.String},
			{Name: "keys", Kind: store.Strings},
			{Name: "mail", Kind: store.String},
		},
		Indexes: []store.Index{
			{Fields: []string{"-at"}},
			{Fields: []string{"owner", "-at"}},
			{Fields: []string{"team", "-at"}},
			{Fields: []string{"mailbox", "-at"}},
			{Fields: []string{"from"}},
			{Fields: []string{"fromDomain"}},
			{Fields: []string{"keys"}},
			{Fields: []string{"mail"}},
		},
	},
	ID:  func(h *Held) string { return h.ID },
	Ver: func(h *Held) *int64 { return &h.Version },
	Keys: func(h *Held) store.Keys {
		return store.Keys{
			"mailbox": h.Mailbox, "owner": h.Owner, "team": h.Team, "at": h.At,
			"from": h.From.Email, "fromDomain": DomainOf(h.From.Email), "keys": h.Keys, "mail": h.Mail,
		}
	},
}

// MailRule is what somebody decided in triage, kept and applied back in time.
type MailRule struct {
	ID        string    `json:"id"` // action:kind:value
	Version   int64     `json:"-"`
	Action    string    `json:"action"` // ignore or assign
	Kind      string    `json:"kind"`   // sender, domain or mail
	Value     string    `json:"value"`
	Owner     string    `json:"owner,omitempty"` // whose mail it holds for; "" for all
	Client    string    `json:"client,omitempty"`
	By        string    `json:"by"`
	CreatedAt time.Time `json:"createdAt"`
}

// MailRules is the table of triage rules.
var MailRules = Table[MailRule]{
	In: &store.Collection{
		Name: "mail_rules",
		Fields: []store.Field{
			{Name: "value", Kind: store.String},
			{Name: "by", Kind: store.String},
			{Name: "owner", Kind: store.String}, // of rules that people look through
			{Name: "at", Kind: store.Time},      // of the same
		},
		Indexes: []store.Index{{Fields: []string{"value"}}, {Fields: []string{"by"}}, {Fields: []string{"owner", "-at"}, Sparse: true}, {Fields: []string{"-at"}, Sparse: true}},
	},
	ID:  func(r *MailRule) string { return r.ID },
	Ver: func(r *MailRule) *int64 { return &r.Version },
	Keys: func(r *MailRule) store.Keys {
		k := store.Keys{"value": r.Value, "by": r.By}
		if r.Action == RuleIgnore && r.Kind != RuleMail {
			k["owner"], k["at"] = r.Owner, r.CreatedAt
		}
		return k
	},
}

// Refile asks the mail engine to file mail of an address again: it is stored,
// so that neither a crash nor another process loses it.
type Refile struct {
	ID      string    `json:"id"`
	Address string    `json:"address"`
	At      time.Time `json:"at"`
}

// Refiles is the table of what is to be filed again.
var Refiles = Table[Refile]{
	In: &store.Collection{Name: "refiles"},
	ID: func(r *Refile) string { return r.ID },
}
