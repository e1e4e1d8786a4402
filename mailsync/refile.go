package mailsync

import (
	"context"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/message"
)

// refileBatch is how many mails are filed again in one Apply.
const refileBatch = 200

// refileHeld looks at all mail that waits in triage and makes wanted what
// matches now: a person, a client or a unit was added since.
func (f *filer) refileHeld(ctx context.Context) error {
	var batch []crm.Held
	for h, err := range crm.HeldMail.All(ctx, f.svc.Store(), store.Query{Sort: []string{"-at"}}) {
		if err != nil {
			return err
		}
		if batch = append(batch, h); len(batch) >= refileBatch {
			if err := f.releaseMatching(ctx, batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	return f.releaseMatching(ctx, batch)
}

func (f *filer) releaseMatching(ctx context.Context, batch []crm.Held) error {
	keys := make([]keysOf, len(batch))
	for i, h := range batch {
		keys[i] = keysFromHeld(h)
	}
	m, err := newMatcher(ctx, f.svc.Store(), keys)
	if err != nil {
		return err
	}
	var found []crm.Held
	for i, h := range batch {
		if len(m.match(keys[i]).reasons) > 0 {
			found = append(found, h)
		}
	}
	return f.svc.ReleaseHeld(ctx, found)
}

// keysFromHeld sorts the kept keys of a waiting mail by their shape.
func keysFromHeld(h crm.Held) keysOf {
	var k keysOf
	for _, v := range h.Keys {
		if slices.Contains([]byte(v), '@') {
			k.addresses = append(k.addresses, v)
			continue
		}
		found := message.FindKeys(v)
		k.numbers.UC = append(k.numbers.UC, found.UC...)
		k.numbers.Former = append(k.numbers.Former, found.Former...)
		if len(v) == 14 {
			k.numbers.TaxIDs = append(k.numbers.TaxIDs, v)
		}
	}
	return k
}

// refileAddress files stored mail of an address again: it gains the clients
// that the address belongs to now. Links are never taken away here.
func (f *filer) refileAddress(ctx context.Context, address string) error {
	var batch []crm.Message
	q := store.Query{Where: []store.Cond{store.Is("addresses", address)}, Sort: []string{"-at"}}
	for m, err := range crm.Messages.All(ctx, f.svc.Store(), q) {
		if err != nil {
			return err
		}
		if batch = append(batch, m); len(batch) >= refileBatch {
			if err := f.relink(ctx, batch); err != nil {
				return err
			}
			batch = nil
		}
	}
	return f.relink(ctx, batch)
}

func (f *filer) relink(ctx context.Context, batch []crm.Message) error {
	if len(batch) == 0 {
		return nil
	}
	b := f.begin(crm.Mailbox{}, nil)
	keys := make([]keysOf, len(batch))
	for i := range batch {
		keys[i] = keysOf{addresses: everybody(&batch[i])}
	}
	var err error
	if b.matcher, err = newMatcher(ctx, f.svc.Store(), keys); err != nil {
		return err
	}
	for i := range batch {
		m := &batch[i]
		found := b.matcher.match(keys[i])
		for _, c := range found.clients() {
			if slices.Contains(m.Clients, c) {
				continue
			}
			m.Clients = append(m.Clients, c)
			b.messages[m.ID] = m
			b.dirty.add(m.ID)
			if err := b.link(ctx, m, c, found); err != nil {
				return err
			}
		}
	}
	if len(b.dirty) == 0 {
		return nil
	}
	return b.apply(ctx)
}

// Refile looks at all waiting mail again: after an import, or when somebody
// asks.
func (e *Engine) Refile(ctx context.Context) error { return e.filer.refileHeld(ctx) }

// refileSoon notes addresses of people or clients that are new or changed;
// their past mail is filed again in the background.
func (e *Engine) refileSoon(addresses ...string) {
	e.mu.Lock()
	e.refiles.add(addresses...)
	e.mu.Unlock()
	select {
	case e.refiling <- struct{}{}:
	default:
	}
}

// refileLoop files again what was noted.
func (e *Engine) refileLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-e.refiling:
		}
		e.mu.Lock()
		todo := e.refiles
		e.refiles = set{}
		e.mu.Unlock()
		err := each(todo, func(a string) error { return e.filer.refileAddress(ctx, a) })
		if err == nil {
			err = e.filer.refileHeld(ctx)
		}
		if err != nil && ctx.Err() == nil {
			e.Log.Error("mailsync: cannot file mail again", "err", err)
		}
	}
}
