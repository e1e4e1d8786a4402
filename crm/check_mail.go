package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// links finds those without their mail, in another thread than their mail, and
// those that no timeline row counts.
func (k *checker) links(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	list := decoded(MailLinks, docs)
	var rows []string
	for _, l := range list {
		rows = append(rows, EntryID(l.Thread, l.Client))
	}
	mails, err := Messages.GetMany(ctx, k.s.store, valuesOf(docs, "message"))
	if err != nil {
		return nil, err
	}
	entries, err := Timeline.GetMany(ctx, k.s.store, rows)
	if err != nil {
		return nil, err
	}
	for _, l := range list {
		p := problem{judged: l.ID, in: MailLinks.In, id: l.ID}
		m, ok := mails[l.Message]
		_, has := entries[EntryID(l.Thread, l.Client)]
		switch {
		case !ok:
			p.what, p.how = "its mail is gone", "the link was removed"
			p.changes = []store.Change{store.Check{In: Messages.In, ID: l.Message}, MailLinks.Delete(&l)}
		case l.Thread != m.Thread || !l.At.Equal(m.At) || l.Outbound != m.Outbound:
			p.what, p.how = "it says something else than its mail", "it was made anew"
			l.Thread, l.At, l.Outbound = m.Thread, m.At, m.Outbound
			p.changes = []store.Change{store.Check{In: Messages.In, ID: m.ID, Version: m.Version}, MailLinks.Put(&l)}
		case !has:
			if p, err = k.missingEntry(ctx, p, l); err != nil {
				return nil, err
			}
		default:
			continue
		}
		out = append(out, p)
	}
	return out, nil
}

func (k *checker) missingEntry(ctx context.Context, p problem, l MailLink) (problem, error) {
	want, _, err := k.fromLinks(ctx, l.Thread, l.Client)
	if err != nil || want == nil {
		return p, err
	}
	guard, err := k.threadGuard(ctx, l.Thread)
	p.in, p.id = Timeline.In, want.ID
	p.what, p.how = "mail of a client has no row on its timeline", "the row was made"
	p.changes = []store.Change{guard, Timeline.InsertIfAbsent(want)}
	return p, err
}

// messages finds mail whose thread is gone or was merged, and mail that names
// other clients than it is filed under.
func (k *checker) messages(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	list := decoded(Messages, docs)
	threads, err := Threads.GetMany(ctx, k.s.store, valuesOf(docs, "thread"))
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		p := problem{judged: m.ID, in: Messages.In, id: m.ID}
		t, ok := threads[m.Thread]
		switch {
		case !ok:
			if p, err = k.lostThread(ctx, p, m); err != nil {
				return nil, err
			}
			out = append(out, p)
			continue
		case t.MergedInto != "":
			p.what, p.how = "it is in a thread that was merged", "it was moved to the other"
			m.Thread = t.MergedInto
			p.changes = []store.Change{Messages.Put(&m)}
			out = append(out, p)
			continue
		}
		filed, err := k.filedUnder(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		if !sameSet(filed, m.Clients) {
			p.what, p.how = "it names other clients than it is filed under", "they were set, and it is filed again"
			p.changes = k.refiled(m, filed)
			out = append(out, p)
		}
	}
	return out, nil
}

func (k *checker) filedUnder(ctx context.Context, message string) (clients []string, err error) {
	for l, err := range MailLinks.All(ctx, k.s.store, store.Query{Where: []store.Cond{store.Is("message", message)}}) {
		if err != nil {
			return nil, err
		}
		clients = append(clients, l.Client)
	}
	return clients, nil
}

// refiled sets a mail's clients to those it is filed under and asks the mail
// engine to look at it again, for what is missing may follow from its addresses.
func (k *checker) refiled(m Message, filed []string) []store.Change {
	var missing bool
	for _, c := range m.Clients {
		missing = missing || !slices.Contains(filed, c)
	}
	m.Clients = filed
	out := []store.Change{Messages.Put(&m)}
	if missing {
		now := k.s.Now()
		for _, a := range m.addresses() {
			out = append(out, Refiles.InsertIfAbsent(&Refile{ID: k.s.newID(), Address: strings.ToLower(a), At: now}))
		}
	}
	return out
}

// lostThread makes a conversation anew from its mail.
func (k *checker) lostThread(ctx context.Context, p problem, m Message) (problem, error) {
	t := Thread{ID: m.Thread}
	if err := k.fromMessages(ctx, &t); err != nil {
		return p, err
	}
	p.what = "its thread is gone"
	if t.Count > 0 && t.ID != "" {
		p.in, p.id, p.how = Threads.In, t.ID, "the thread was made from its mail"
		p.what = "a mail has no thread"
		p.changes = []store.Change{store.Check{In: Messages.In, ID: m.ID, Version: m.Version}, Threads.InsertIfAbsent(&t)}
	}
	return p, nil
}

// fromMessages sets what a thread says of its mail.
func (k *checker) fromMessages(ctx context.Context, t *Thread) error {
	t.Count = 0
	for m, err := range Messages.All(ctx, k.s.store, store.Query{Where: []store.Cond{store.Is("thread", t.ID)}, Sort: []string{"at"}}) {
		if err != nil {
			return err
		}
		if t.Count == 0 {
			t.FirstAt = m.At
			if t.Subject == "" {
				t.Subject, t.Canonical = m.Subject, m.Canonical
			}
		}
		t.LastAt = m.At
		t.Count++
	}
	return nil
}

// threads finds conversations that count other mail than they have.
func (k *checker) threads(ctx context.Context, docs []store.Doc) (out []problem, err error) {
	for _, t := range decoded(Threads, docs) {
		want := t
		if err := k.fromMessages(ctx, &want); err != nil {
			return nil, err
		}
		p := problem{judged: t.ID, in: Threads.In, id: t.ID}
		switch {
		case want.Count == 0 && t.MergedInto == "":
			p.what, p.how = "it has no mail", "it was removed"
			p.changes = []store.Change{Threads.Delete(&t)}
		case want.Count == 0 && t.Count == 0:
			continue
		case want.Count != t.Count || t.MergedInto == "" && (!want.FirstAt.Equal(t.FirstAt) || !want.LastAt.Equal(t.LastAt)):
			p.what, p.how = "it counts other mail than it has, or from another time", "it was counted anew"
			p.changes = []store.Change{Threads.Put(&want)}
		default:
			continue
		}
		out = append(out, p)
	}
	return out, nil
}
