package mailsync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
	"cemigmas/mailsync/message"
)

// Incoming is one fetched mail with its ledger row, which is wanted.
type Incoming struct {
	Row      crm.LedgerRow
	Raw      []byte
	Internal time.Time // INTERNALDATE
	Large    bool      // only its beginning was fetched
	mail     *message.Message
	keys     keysOf
	preview  string
	err      error
}

// previewText is how much of a mail a row shows, in runes.
const previewText = 280

// parse reads the mail and what filing wants to know of its text; workers call
// it outside the read loop.
func (in *Incoming) parse() {
	if in.mail, in.err = message.Parse(in.Raw); in.err != nil {
		in.mail = nil
		return
	}
	in.keys, in.preview = in.readKeys(), in.mail.Preview(previewText)
}

// filer turns fetched mails into messages, threads, links and timeline rows,
// a batch in one Apply.
//
// One batch is filed at a time: two that ran side by side would not see each
// other's half of a conversation. Between processes the mark markFiling keeps
// the order: it is read first and raised in the Apply, which fails when another
// process filed meanwhile.
type filer struct {
	svc   *crm.Service
	blobs blob.Store
	turn  *sync.Mutex
}

// under is this filer for work under a lease of svc.
func (f *filer) under(svc *crm.Service) *filer { return &filer{svc: svc, blobs: f.blobs, turn: f.turn} }

const markFiling = "mail-filing"

// file stores a batch. The raw mails are on disk before the one Apply that
// names them, so a kill in between leaves only rows that are still wanted.
// guard are the checks (the lease) without which nothing is written.
func (f *filer) file(ctx context.Context, box crm.Mailbox, batch []*Incoming, guard ...store.Change) error {
	return f.alone(ctx, func() error {
		b, err := f.begin(ctx, box, guard)
		if err != nil {
			return err
		}
		return b.run(ctx, batch)
	})
}

// alone runs one filing after another and repeats one that met another
// process's: it reads anew and does it again. A lost lease is a conflict too,
// and stays one.
func (f *filer) alone(ctx context.Context, do func() error) error {
	const tries = 8
	f.turn.Lock()
	defer f.turn.Unlock()
	for try := 1; ; try++ {
		err := do()
		if crm.CodeOf(err) != crm.CodeConflict || try == tries || ctx.Err() != nil {
			return err
		}
	}
}

func (f *filer) begin(ctx context.Context, box crm.Mailbox, guard []store.Change) (*batchFiling, error) {
	mark, err := crm.Marks.Get(ctx, f.svc.Store(), markFiling)
	if crm.CodeOf(err) == crm.CodeNotFound {
		mark, err = crm.Mark{ID: markFiling}, nil
	}
	now := f.svc.Now()
	mark.At = now
	return &batchFiling{filer: f, box: box, guard: append(slices.Clone(guard), crm.Marks.Put(&mark)), now: now, dirty: set{},
		messages: map[string]*crm.Message{}, threads: map[string]*crm.Thread{}, entries: map[string]*crm.Entry{},
		clients: map[string]*crm.Client{}, fresh: map[header][]*crm.Message{}, made: map[string]*crm.Message{},
		gone: map[string]bool{}, touched: map[string]bool{}, contacts: map[string]contact{}}, err
}

// batchFiling is the work on one batch: everything it reads and writes, so
// that each document is written once.
type batchFiling struct {
	*filer
	box   crm.Mailbox
	guard []store.Change
	now   time.Time

	matcher  *matcher
	messages map[string]*crm.Message   // by id, as they will be
	dirty    set                       // ids of messages to write
	fresh    map[header][]*crm.Message // new in this batch
	made     map[string]*crm.Message   // of mails that will be filed, by id
	ahead    ahead
	threads  map[string]*crm.Thread
	clients  map[string]*crm.Client // nil when there is none
	entries  map[string]*crm.Entry
	gone     map[string]bool // timeline rows to delete
	links    []crm.MailLink
	contacts map[string]contact // newest per client
	touched  map[string]bool    // clients to tell
	held     int
	changes  []store.Change
}

type contact struct {
	at   time.Time
	kind string
}

func (b *batchFiling) run(ctx context.Context, batch []*Incoming) error {
	keys := make([]keysOf, len(batch))
	for i, in := range batch {
		keys[i] = in.keys
	}
	var err error
	if b.matcher, err = newMatcher(ctx, b.svc.Store(), keys); err != nil {
		return err
	}
	if err := b.readStored(ctx, batch); err != nil {
		return err
	}
	if err := b.readAhead(ctx, batch, keys); err != nil {
		return err
	}
	var raws [][]byte
	for i, in := range batch {
		keep, err := b.one(ctx, in, keys[i])
		if err != nil {
			return err
		}
		if keep {
			raws = append(raws, in.Raw)
		}
	}
	if len(raws) > 0 {
		if _, err := b.blobs.Put(ctx, raws...); err != nil {
			return err
		}
	}
	return b.apply(ctx)
}

// readKeys finds what decides where the mail is filed.
func (in *Incoming) readKeys() keysOf {
	s := set{}
	var out []string
	for _, list := range [][]message.Address{in.mail.From, in.mail.To, in.mail.Cc} {
		for _, a := range list {
			if a.Email != "" && !s[a.Email] {
				s.add(a.Email)
				out = append(out, a.Email)
			}
		}
	}
	return keysOf{mail: messageID(in.mail), addresses: out, numbers: in.mail.Keys()}
}

// messageID is the identity of a mail across mailboxes: its Message-ID and the
// digest of From, Date, Subject and text. The same id with another digest is
// another mail, because ids are forged and used again.
func messageID(m *message.Message) string {
	sum := sha256.Sum256([]byte(m.MessageID + "\x00" + m.Digest))
	return "m" + hex.EncodeToString(sum[:14])
}

// readStored reads those of the batch that are stored already, out of
// another folder or another mailbox.
func (b *batchFiling) readStored(ctx context.Context, batch []*Incoming) error {
	var ids []string
	for _, in := range batch {
		if in.mail != nil {
			ids = append(ids, messageID(in.mail))
		}
	}
	have, err := crm.Messages.GetMany(ctx, b.svc.Store(), ids)
	for id, m := range have {
		b.messages[id] = &m
	}
	return err
}

// one decides what becomes of one mail; keep says that its raw bytes are kept.
func (b *batchFiling) one(ctx context.Context, in *Incoming, k keysOf) (keep bool, err error) {
	row := in.Row
	if in.mail == nil {
		row.State, row.Reason = crm.RowFailed, fmt.Sprint("cannot be read: ", in.err)
		b.put(crm.Ledger.Put(&row))
		return false, nil
	}
	row.Identity = in.mail.RawDigest
	id := k.mail
	if have := b.messages[id]; have != nil {
		return false, b.again(ctx, have, row)
	}
	if rule, ok := b.matcher.ignored(id, firstEmail(in.mail.From), b.box.Owner); ok {
		row.State, row.Reason = crm.RowIgnored, rule
		b.put(crm.Ledger.Put(&row))
		return false, nil
	}
	f := b.matcher.match(k)
	if len(f.reasons) == 0 {
		return false, b.hold(ctx, in, row, k, f)
	}
	m := b.made[id]
	if err := b.thread(ctx, m); err != nil {
		return false, err
	}
	m.Clients = f.clients()
	b.messages[id] = m
	b.dirty.add(id)
	for _, c := range m.Clients {
		if err := b.link(ctx, m, c, f); err != nil {
			return false, err
		}
	}
	row.State, row.Message, row.Reason = crm.RowStored, id, ""
	b.put(crm.Ledger.Put(&row))
	return true, nil
}

// again is a mail that is stored already: a second folder, or a second
// mailbox, whose owner may now see it.
func (b *batchFiling) again(ctx context.Context, have *crm.Message, row crm.LedgerRow) error {
	row.State, row.Message, row.Reason = crm.RowDuplicate, have.ID, ""
	if have.Version > 0 {
		// Without transactions the mail may be there and its row not be written.
		first, err := crm.Ledger.First(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is("message", have.ID)}})
		if err != nil {
			return err
		}
		if first == nil {
			row.State = crm.RowStored
		}
	}
	if !slices.Contains(have.Mailboxes, b.box.ID) {
		have.Mailboxes = append(have.Mailboxes, b.box.ID)
		b.dirty.add(have.ID)
		if !slices.Contains(have.Owners, b.box.Owner) {
			have.Owners = append(have.Owners, b.box.Owner)
		}
	}
	b.put(crm.Ledger.Put(&row))
	return nil
}

func firstEmail(list []message.Address) string {
	if len(list) == 0 {
		return ""
	}
	return list[0].Email
}

func addresses(list []message.Address) []crm.Address {
	var out []crm.Address
	for _, a := range list {
		out = append(out, crm.Address{Name: a.Name, Email: a.Email})
	}
	return out
}

// arrived is when the server took the mail. One that gives no date, or a later
// one than now, has it now.
func (in *Incoming) arrived(now time.Time) time.Time {
	if in.Internal.IsZero() || in.Internal.After(now) {
		return now
	}
	return in.Internal
}

// message makes the document of a new mail.
func (b *batchFiling) message(in *Incoming, k keysOf) *crm.Message {
	p := in.mail
	m := &crm.Message{
		ID: k.mail, MessageID: p.MessageID, Refs: clipRefs(p.References), Digest: p.Digest,
		Raw: string(blob.RefOf(in.Raw)), Size: int64(len(in.Raw)), At: p.When(in.arrived(b.now)).UTC().Truncate(time.Millisecond),
		To: addresses(p.To), Cc: addresses(p.Cc), Subject: text.Clip(p.Subject, 500), Canonical: text.Clip(p.Canonical, 300),
		Preview: in.preview, Automatic: p.AutomaticReason, Large: in.Large, Problem: text.Clip(p.Problem, 500),
		Mailboxes: []string{b.box.ID}, Owners: []string{b.box.Owner}, CreatedAt: b.now, Numbers: k.list(),
	}
	if m.At.IsZero() {
		m.At = b.now
	}
	if len(p.InReplyTo) > 0 {
		m.ReplyTo = p.InReplyTo[0]
	}
	if from := addresses(p.From); len(from) > 0 {
		m.From = from[0]
	}
	m.Outbound = b.matcher.own[m.From.Email]
	for _, a := range p.Attachments {
		m.Files = append(m.Files, crm.File{Part: a.Path, Name: a.Name, Type: a.Type, Size: a.Size, Inline: a.Inline})
	}
	return m
}

func (b *batchFiling) put(ch ...store.Change) { b.changes = append(b.changes, ch...) }

// apply writes the batch whole and tells the open pages. Ledger rows go last and
// mail just before them: where there are no transactions, a mail whose filing
// was cut short is still wanted and is filed again.
func (b *batchFiling) apply(ctx context.Context) error {
	changes := slices.Clone(b.guard)
	for _, id := range sorted(b.threads) {
		changes = append(changes, crm.Threads.Put(b.threads[id]))
	}
	for i := range b.links {
		changes = append(changes, store.Delete{In: crm.MailLinks.In, ID: b.links[i].ID, Version: -1})
		b.links[i].Version = 0
		changes = append(changes, crm.MailLinks.Put(&b.links[i]))
	}
	for _, id := range sorted(b.gone) {
		changes = append(changes, store.Delete{In: crm.Timeline.In, ID: id, Version: -1})
	}
	for _, id := range sorted(b.entries) {
		changes = append(changes, crm.ReplaceEntry(b.entries[id])...)
	}
	for _, c := range sorted(b.contacts) {
		changes = append(changes, crm.Contacted(c, b.contacts[c].at, b.contacts[c].kind))
	}
	for _, id := range sorted(b.dirty) {
		changes = append(changes, crm.Messages.Put(b.messages[id]))
	}
	if err := b.svc.Apply(ctx, append(changes, b.changes...)...); err != nil {
		return err
	}
	return b.tell(ctx)
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// tell wakes the pages that show what changed.
func (b *batchFiling) tell(ctx context.Context) error {
	for _, id := range sorted(b.touched) {
		c, err := b.client(ctx, id)
		if err != nil {
			return err
		}
		if c != nil {
			b.svc.Bus().Publish(crm.Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
			b.svc.Bus().Publish(crm.Event{Kind: "mail", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
		}
	}
	if b.held > 0 {
		b.svc.Bus().Publish(crm.Event{Kind: "triage", ID: b.box.ID, Owner: b.box.Owner})
	}
	return nil
}
