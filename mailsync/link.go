package mailsync

import (
	"context"

	"cemigmas/crm"
)

// link files a mail under a client and moves the client's timeline row of the
// thread up.
func (b *batchFiling) link(ctx context.Context, m *crm.Message, client string, f filing) error {
	c, err := b.client(ctx, client)
	if err != nil || c == nil {
		return err
	}
	l := crm.MailLink{
		ID: m.ID + ":" + c.ID, Message: m.ID, Thread: m.Thread, Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting,
		At: m.At, Outbound: m.Outbound, Person: f.person[client], Automatic: m.Automatic != "", Why: f.reasons[client],
		Subject: m.Subject, Preview: m.Preview, From: sender(m), Files: fileNames(m),
	}
	b.links = append(b.links, l)
	b.count(l)
	// The thread is written with the batch, so that two processes cannot count
	// into the same timeline row at once.
	if _, err := b.readThread(ctx, l.Thread); err != nil {
		return err
	}
	return b.moveEntry(ctx, l)
}

// count notes a link as the client's last contact, if it is one.
func (b *batchFiling) count(l crm.MailLink) {
	if l.Counts() && l.At.After(b.contacts[l.Client].at) && !l.At.After(b.now) {
		b.contacts[l.Client] = contact{l.At, crm.KindMail}
	}
	b.touched[l.Client] = true
}

// client reads a client once a batch, of a merged one the survivor; nil when
// there is none.
func (b *batchFiling) client(ctx context.Context, id string) (*crm.Client, error) {
	if c, ok := b.clients[id]; ok {
		return c, nil
	}
	c, err := b.svc.Client(ctx, crm.SystemActor(), id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		b.clients[id] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.clients[id] = &c
	return &c, nil
}

func sender(m *crm.Message) string {
	if m.From.Name != "" {
		return m.From.Name
	}
	return m.From.Email
}

func fileNames(m *crm.Message) []string {
	var out []string
	for _, f := range m.Files {
		if !f.Inline && f.Name != "" && len(out) < 10 {
			out = append(out, f.Name)
		}
	}
	return out
}

// entry reads the timeline row as it will be; nil when there is none.
func (b *batchFiling) entry(ctx context.Context, id string) (*crm.Entry, error) {
	if e, ok := b.entries[id]; ok {
		return e, nil
	}
	if b.gone[id] {
		return nil, nil
	}
	if e, ok := b.ahead.entries[id]; ok {
		if e != nil {
			b.entries[id] = e
		}
		return e, nil
	}
	e, err := crm.Timeline.Get(ctx, b.svc.Store(), id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b.entries[id] = &e
	return &e, nil
}

// moveEntry counts a mail into the row of its thread; the row shows the newest.
func (b *batchFiling) moveEntry(ctx context.Context, l crm.MailLink) error {
	id := crm.EntryID(l.Thread, l.Client)
	e := b.entries[id]
	// A conversation that is not stored has no rows.
	if t, looked := b.ahead.threads[l.Thread]; e == nil && (t != nil || !looked) {
		var err error
		if e, err = b.entry(ctx, id); err != nil {
			return err
		}
	}
	if e == nil {
		e = &crm.Entry{ID: id, Client: l.Client, Kind: crm.KindMail, Ref: l.Thread}
	}
	e.Count++
	if !l.At.Before(e.At) {
		e.Show(&l)
	}
	b.entries[id] = e
	return nil
}
