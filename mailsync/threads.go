package mailsync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/message"
)

// guessWindow is how far apart two mails of equal subject and overlapping
// people may lie to be guessed into one conversation.
const guessWindow = 30 * 24 * time.Hour

// maxLookups bounds how many references of a mail are looked up.
const maxLookups = 20

// thread puts a mail into its conversation. In-Reply-To is trusted alone;
// References only when the subject is the same, because people answer an old
// mail to begin a new topic; then mails that answered this one before it came;
// last a guess, flagged as one.
func (b *batchFiling) thread(ctx context.Context, m *crm.Message, p *message.Message) error {
	up, err := b.parentThread(ctx, m, p)
	if err != nil {
		return err
	}
	down, err := b.childThread(ctx, m)
	if err != nil {
		return err
	}
	switch {
	case up != "" && down != "" && up != down:
		if err := b.merge(ctx, up, down); err != nil {
			return err
		}
		return b.join(ctx, m, up, false)
	case up != "":
		return b.join(ctx, m, up, false)
	case down != "":
		return b.join(ctx, m, down, false)
	}
	guess, err := b.guessThread(ctx, m)
	if err != nil {
		return err
	}
	if guess != "" {
		return b.join(ctx, m, guess, true)
	}
	return b.join(ctx, m, threadID(m), false)
}

// threadID names the conversation that begins with a mail. It follows from the
// mail, so that filing it again after a crash makes no second one.
func threadID(m *crm.Message) string {
	sum := sha256.Sum256([]byte("thread\x00" + m.ID))
	return "t" + hex.EncodeToString(sum[:14])
}

func (b *batchFiling) parentThread(ctx context.Context, m *crm.Message, p *message.Message) (string, error) {
	for _, id := range p.InReplyTo {
		parent, err := b.byMessageID(ctx, id)
		if err != nil {
			return "", err
		}
		if parent != nil && parent.ID != m.ID {
			return parent.Thread, nil
		}
		// Two answers to a mail that we do not have belong together.
		sibling, err := b.byReplyTo(ctx, id, m)
		if err != nil || sibling != nil {
			return threadOf(sibling), err
		}
	}
	refs := slices.Clone(p.References)
	slices.Reverse(refs) // the nearest first
	for _, id := range refs[:min(len(refs), maxLookups)] {
		parent, err := b.byMessageID(ctx, id)
		if err != nil {
			return "", err
		}
		if parent != nil && parent.ID != m.ID && parent.Canonical == m.Canonical {
			return parent.Thread, nil
		}
	}
	return "", nil
}

func threadOf(m *crm.Message) string {
	if m == nil {
		return ""
	}
	return m.Thread
}

// childThread finds the conversation of a mail that answered this one and came
// first: backfill goes from new to old.
func (b *batchFiling) childThread(ctx context.Context, m *crm.Message) (string, error) {
	if m.MessageID == "" {
		return "", nil
	}
	child, err := b.byReplyTo(ctx, m.MessageID, m)
	return threadOf(child), err
}

// byMessageID finds a mail by its Message-ID, in this batch or stored.
func (b *batchFiling) byMessageID(ctx context.Context, id string) (*crm.Message, error) {
	return b.find(ctx, "messageId", id, nil, func(m *crm.Message) bool { return m.MessageID == id })
}

// byReplyTo finds another mail that answers the mail with this Message-ID.
func (b *batchFiling) byReplyTo(ctx context.Context, id string, not *crm.Message) (*crm.Message, error) {
	return b.find(ctx, "replyTo", id, not, func(m *crm.Message) bool { return m.ReplyTo == id })
}

func (b *batchFiling) find(ctx context.Context, field, value string, not *crm.Message, fits func(*crm.Message) bool) (*crm.Message, error) {
	if value == "" {
		return nil, nil
	}
	for _, id := range sorted(b.messages) {
		if m := b.messages[id]; m.Thread != "" && (not == nil || m.ID != not.ID) && fits(m) {
			return m, nil
		}
	}
	list, _, err := crm.Messages.Find(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is(field, value)}, Limit: 5})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if not == nil || list[i].ID != not.ID {
			return b.known(&list[i]), nil
		}
	}
	return nil, nil
}

// known prefers the state that a message will have after this batch.
func (b *batchFiling) known(m *crm.Message) *crm.Message {
	if have := b.messages[m.ID]; have != nil {
		return have
	}
	return m
}

// guessThread looks for a mail with an equal subject, common people and a near
// date. A subject alone is never enough.
func (b *batchFiling) guessThread(ctx context.Context, m *crm.Message) (string, error) {
	if m.Canonical == "" || m.Automatic != "" {
		return "", nil
	}
	near := func(o *crm.Message) bool {
		d := o.At.Sub(m.At)
		return o.ID != m.ID && o.Thread != "" && o.Canonical == m.Canonical && d < guessWindow && d > -guessWindow && b.share(o, m)
	}
	for _, id := range sorted(b.messages) {
		if near(b.messages[id]) {
			return b.messages[id].Thread, nil
		}
	}
	list, _, err := crm.Messages.Find(ctx, b.svc.Store(), store.Query{
		Where: []store.Cond{store.Is("canonical", m.Canonical), store.Above("at", m.At.Add(-guessWindow)), store.Below("at", m.At.Add(guessWindow))},
		Sort:  []string{"-at"}, Limit: 50})
	if err != nil {
		return "", err
	}
	for i := range list {
		if o := b.known(&list[i]); near(o) {
			return o.Thread, nil
		}
	}
	return "", nil
}

// share reports whether two mails have somebody in common beside ourselves.
func (b *batchFiling) share(x, y *crm.Message) bool {
	people := set{}
	for _, a := range everybody(x) {
		if !b.matcher.own[a] {
			people.add(a)
		}
	}
	return slices.ContainsFunc(everybody(y), func(a string) bool { return people[a] })
}

func everybody(m *crm.Message) []string {
	out := []string{m.From.Email}
	for _, a := range slices.Concat(m.To, m.Cc) {
		out = append(out, a.Email)
	}
	return out
}

// readThread reads a conversation as it will be; nil when it is new.
func (b *batchFiling) readThread(ctx context.Context, id string) (*crm.Thread, error) {
	if t := b.threads[id]; t != nil {
		return t, nil
	}
	t, err := crm.Threads.Get(ctx, b.svc.Store(), id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.threads[id] = &t
	return &t, nil
}

// join puts a mail into a conversation and keeps the conversation's dates.
func (b *batchFiling) join(ctx context.Context, m *crm.Message, id string, guessed bool) error {
	t, err := b.readThread(ctx, id)
	if err != nil {
		return err
	}
	if t == nil {
		t = &crm.Thread{ID: id, FirstAt: m.At, LastAt: m.At}
		b.threads[id] = t
	}
	m.Thread = id
	t.Count++
	t.Guessed = t.Guessed || guessed
	if t.Subject == "" || !m.At.After(t.FirstAt) {
		t.Subject, t.Canonical = m.Subject, m.Canonical
	}
	if m.At.Before(t.FirstAt) {
		t.FirstAt = m.At
	}
	if m.At.After(t.LastAt) {
		t.LastAt = m.At
	}
	return nil
}

// merge moves a conversation into another, since a mail turned up that joins
// them: its messages, its links and its timeline rows.
func (b *batchFiling) merge(ctx context.Context, into, from string) error {
	to, err := b.readThread(ctx, into)
	if err != nil {
		return err
	}
	old, err := b.readThread(ctx, from)
	if err != nil || to == nil || old == nil {
		return err
	}
	for m, err := range crm.Messages.All(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is("thread", from)}, Sort: []string{"at"}}) {
		if err != nil {
			return err
		}
		k := b.known(&m)
		b.messages[k.ID] = k
	}
	for _, m := range b.messages {
		if m.Thread == from {
			m.Thread = into
			b.dirty.add(m.ID)
		}
	}
	if err := b.moveLinks(ctx, into, from); err != nil {
		return err
	}
	to.Count += old.Count
	if old.FirstAt.Before(to.FirstAt) {
		to.FirstAt = old.FirstAt
	}
	if old.LastAt.After(to.LastAt) {
		to.LastAt = old.LastAt
	}
	old.MergedInto, old.Count = into, 0
	return nil
}

// moveLinks carries links and timeline rows along.
func (b *batchFiling) moveLinks(ctx context.Context, into, from string) error {
	inBatch := set{}
	for i := range b.links {
		if b.links[i].Thread == from {
			b.links[i].Thread = into
		}
		inBatch.add(b.links[i].ID)
	}
	clients := set{}
	for l, err := range crm.MailLinks.All(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is("thread", from)}, Sort: []string{"client", "-at"}}) {
		if err != nil {
			return err
		}
		clients.add(l.Client)
		if !inBatch[l.ID] {
			l.Thread = into
			b.links = append(b.links, l)
		}
	}
	for _, l := range b.links {
		clients.add(l.Client)
	}
	return each(clients, func(c string) error { return b.mergeEntry(ctx, c, into, from) })
}

func (b *batchFiling) mergeEntry(ctx context.Context, client, into, from string) error {
	old, err := b.entry(ctx, entryID(from, client))
	if err != nil || old == nil {
		return err
	}
	to, err := b.entry(ctx, entryID(into, client))
	if err != nil {
		return err
	}
	moved := *old
	moved.ID, moved.Ref = entryID(into, client), into
	if to != nil {
		moved.Count += to.Count
		if to.At.After(old.At) {
			at := *to
			at.Count = moved.Count
			moved = at
		}
	}
	b.entries[moved.ID] = &moved
	delete(b.entries, old.ID)
	b.gone[old.ID] = true
	b.touched[client] = true
	return nil
}
