package mailsync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// guessWindow is how far apart two mails of equal subject and overlapping
// people may lie to be guessed into one conversation.
const guessWindow = 30 * 24 * time.Hour

// maxRefs of References are kept: the first, which began it, and the last.
const maxRefs = 10

// maxAlike bounds how many mails of equal subject are looked at for a guess.
const maxAlike = 200

// thread puts a mail into its conversation. In-Reply-To is trusted alone;
// References only when the subject is the same, because people answer an old
// mail to begin a new topic; last a guess, flagged as one. All mails that are
// related to this one belong together from now on, and relations are the same
// from both sides, so that the order in which mails arrive makes no difference.
func (b *batchFiling) thread(ctx context.Context, m *crm.Message) error {
	sure, err := b.related(ctx, m)
	if err != nil {
		return err
	}
	guessed, err := b.alike(ctx, m)
	if err != nil {
		return err
	}
	all, guess := set{}, false
	for t := range sure {
		all.add(t)
	}
	for t := range guessed {
		guess = guess || !sure[t]
		all.add(t)
	}
	id, err := b.unite(ctx, all)
	if err != nil {
		return err
	}
	if id == "" {
		id = threadID(m)
	}
	b.index(m)
	return b.join(ctx, m, id, guess)
}

// threadID names the conversation that begins with a mail. It follows from the
// mail, so that filing it again after a crash makes no second one.
func threadID(m *crm.Message) string {
	sum := sha256.Sum256([]byte("thread\x00" + m.ID))
	return "t" + hex.EncodeToString(sum[:14])
}

// clipRefs keeps the first and the last of a long References.
func clipRefs(refs []string) []string {
	if len(refs) <= maxRefs {
		return refs
	}
	return append([]string{refs[0]}, refs[len(refs)-maxRefs+1:]...)
}

// related finds the conversations that a mail's headers name: of the mail that
// it answers, of others that answer the same one, of answers that came before
// it, and by References of equal subject.
func (b *batchFiling) related(ctx context.Context, m *crm.Message) (set, error) {
	out := set{}
	for _, h := range relations(m) {
		found, err := b.find(ctx, h.header)
		if err != nil {
			return nil, err
		}
		for _, o := range found {
			if o.ID != m.ID && (h.sure || o.Canonical == m.Canonical) {
				out.add(o.Thread)
			}
		}
	}
	return out, nil
}

// relation is a header by which other mails are related to one: surely, or only
// if the subject is the same.
type relation struct {
	header
	sure bool
}

func relations(m *crm.Message) []relation {
	list := []relation{
		{header{"messageId", m.ReplyTo}, true}, {header{"replyTo", m.ReplyTo}, true},
		{header{"replyTo", m.MessageID}, true}, {header{"refs", m.MessageID}, false}}
	for _, r := range m.Refs {
		list = append(list, relation{header{"messageId", r}, false}, relation{header{"refs", r}, false})
	}
	return list
}

// index makes a mail of this batch findable, before it is stored.
func (b *batchFiling) index(m *crm.Message) {
	add := func(field string, values ...string) {
		for _, v := range values {
			if v != "" {
				b.fresh[header{field, v}] = append(b.fresh[header{field, v}], m)
			}
		}
	}
	add("messageId", m.MessageID)
	add("replyTo", m.ReplyTo)
	add("refs", m.Refs...)
	add("canonical", m.Canonical)
}

// find answers mails by one header, of this batch and stored, each as it will
// be after this batch.
func (b *batchFiling) find(ctx context.Context, h header) ([]*crm.Message, error) {
	if h.value == "" {
		return nil, nil
	}
	out := slices.Clone(b.fresh[h])
	list, ok := b.ahead.headers[h]
	if !ok {
		var err error
		if list, err = b.byHeader(ctx, h); err != nil {
			return nil, err
		}
	}
	for i := range list {
		out = append(out, b.known(&list[i]))
	}
	return out, nil
}

// byHeader asks for stored mails by one header.
func (b *batchFiling) byHeader(ctx context.Context, h header) ([]crm.Message, error) {
	list, _, err := crm.Messages.Find(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is(h.field, h.value)}, Limit: 50})
	return list, err
}

// known prefers the state that a message will have after this batch.
func (b *batchFiling) known(m *crm.Message) *crm.Message {
	if have := b.messages[m.ID]; have != nil {
		return have
	}
	return m
}

// alike finds conversations of equal subject with people in common and near in
// time. A subject alone is never enough; and two mails that both name what they
// answer need no guess.
func (b *batchFiling) alike(ctx context.Context, m *crm.Message) (set, error) {
	out := set{}
	if !guessable(m) {
		return out, nil
	}
	near := func(o *crm.Message) {
		d := o.At.Sub(m.At)
		if o.ID != m.ID && o.Automatic == "" && d < guessWindow && d > -guessWindow && (bare(o) || bare(m)) && b.share(o, m) {
			out.add(o.Thread)
		}
	}
	for _, o := range b.fresh[header{"canonical", m.Canonical}] {
		near(o)
	}
	list, ok := b.ahead.alike[m.ID]
	if !ok {
		var err error
		if list, err = b.bySubject(ctx, m); err != nil {
			return nil, err
		}
	}
	for i := range list {
		near(b.known(&list[i]))
	}
	return out, nil
}

// guessable says that a mail's subject may tell where it belongs.
func guessable(m *crm.Message) bool { return m.Canonical != "" && m.Automatic == "" }

// bySubject asks for stored mails of equal subject that are near in time.
func (b *batchFiling) bySubject(ctx context.Context, m *crm.Message) ([]crm.Message, error) {
	list, _, err := crm.Messages.Find(ctx, b.svc.Store(), store.Query{
		Where: []store.Cond{store.Is("canonical", m.Canonical), store.Above("at", m.At.Add(-guessWindow)), store.Below("at", m.At.Add(guessWindow))},
		Sort:  []string{"-at"}, Limit: maxAlike})
	return list, err
}

// bare says that a mail names nothing that it answers: it began something, or
// its sender's program forgot.
func bare(m *crm.Message) bool { return m.ReplyTo == "" && len(m.Refs) == 0 }

// unite makes one conversation of several: the smaller ones are moved into the
// largest. "" of none.
func (b *batchFiling) unite(ctx context.Context, ids set) (string, error) {
	into, most := "", int64(-1)
	for _, id := range sorted(ids) {
		t, err := b.readThread(ctx, id)
		if err != nil {
			return "", err
		}
		if t != nil && t.Count > most {
			into, most = id, t.Count
		}
	}
	for _, id := range sorted(ids) {
		if id == into {
			continue
		}
		if err := b.merge(ctx, into, id); err != nil {
			return "", err
		}
	}
	return into, nil
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
	if t, ok := b.ahead.threads[id]; ok {
		if t != nil {
			b.threads[id] = t
		}
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
	to.Guessed = to.Guessed || old.Guessed
	if old.FirstAt.Before(to.FirstAt) {
		to.FirstAt, to.Subject, to.Canonical = old.FirstAt, old.Subject, old.Canonical
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
	for l, err := range crm.MailLinks.All(ctx, b.svc.Store(), store.Query{Where: []store.Cond{store.Is("thread", from)}, Sort: []string{"client", "-at"}}) {
		if err != nil {
			return err
		}
		if !inBatch[l.ID] {
			l.Thread = into
			b.links = append(b.links, l)
		}
	}
	clients := set{}
	for _, l := range b.links {
		if l.Thread == into {
			clients.add(l.Client)
		}
	}
	return each(clients, func(c string) error { return b.mergeEntry(ctx, c, into, from) })
}

func (b *batchFiling) mergeEntry(ctx context.Context, client, into, from string) error {
	old, err := b.entry(ctx, crm.EntryID(from, client))
	if err != nil || old == nil {
		return err
	}
	to, err := b.entry(ctx, crm.EntryID(into, client))
	if err != nil {
		return err
	}
	moved := *old
	moved.ID, moved.Ref = crm.EntryID(into, client), into
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
