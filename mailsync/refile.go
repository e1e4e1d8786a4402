package mailsync

import (
	"context"
	"slices"
	"strings"
	"time"

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
	k := keysOf{mail: h.Mail}
	var numbers []string
	for _, v := range h.Keys {
		if strings.Contains(v, "@") {
			k.addresses = append(k.addresses, v)
		} else {
			numbers = append(numbers, v)
		}
	}
	k.numbers = numbersOf(numbers)
	return k
}

// numbersOf sorts kept numbers by their length: 15 digits are a UC, 10 a former
// one, 14 characters a CNPJ.
func numbersOf(list []string) message.Keys {
	var k message.Keys
	for _, v := range list {
		switch len(v) {
		case 15:
			k.UC = append(k.UC, v)
		case 10:
			k.Former = append(k.Former, v)
		case 14:
			k.TaxIDs = append(k.TaxIDs, v)
		}
	}
	return k
}

// refileStored files stored mail again: it gains the clients that its addresses
// and numbers belong to now. Links are never taken away here.
func (f *filer) refileStored(ctx context.Context, where ...store.Cond) error {
	q := store.Query{Where: where}
	if len(where) > 0 {
		q.Sort = []string{"-at"}
	}
	var ids []string
	for m, err := range crm.Messages.All(ctx, f.svc.Store(), q) {
		if err != nil {
			return err
		}
		if ids = append(ids, m.ID); len(ids) >= refileBatch {
			if err := f.relink(ctx, ids); err != nil {
				return err
			}
			ids = nil
		}
	}
	return f.relink(ctx, ids)
}

func (f *filer) relink(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	return f.alone(ctx, func() error {
		b, err := f.begin(ctx, crm.Mailbox{}, nil)
		if err != nil {
			return err
		}
		return b.relink(ctx, ids)
	})
}

func (b *batchFiling) relink(ctx context.Context, ids []string) error {
	found, err := crm.Messages.GetMany(ctx, b.svc.Store(), ids)
	if err != nil {
		return err
	}
	order := sorted(found)
	keys := make([]keysOf, len(order))
	for i, id := range order {
		m := found[id]
		keys[i] = keysOf{mail: id, addresses: everybody(&m), numbers: numbersOf(m.Numbers)}
	}
	if b.matcher, err = newMatcher(ctx, b.svc.Store(), keys); err != nil {
		return err
	}
	for i, id := range order {
		m := found[id]
		if err := b.gain(ctx, &m, b.matcher.match(keys[i])); err != nil {
			return err
		}
	}
	if len(b.dirty) == 0 {
		return nil
	}
	return b.apply(ctx)
}

// gain links a stored mail to what it belongs to beside what it had.
func (b *batchFiling) gain(ctx context.Context, m *crm.Message, f filing) error {
	for _, c := range f.clients() {
		if slices.Contains(m.Clients, c) {
			if err := b.learnPerson(ctx, m, c, f); err != nil {
				return err
			}
			continue
		}
		m.Clients = append(m.Clients, c)
		b.messages[m.ID] = m
		b.dirty.add(m.ID)
		if err := b.link(ctx, m, c, f); err != nil {
			return err
		}
	}
	return nil
}

// learnPerson makes a mail that was filed by a domain or a number a contact,
// once somebody of its people is known.
func (b *batchFiling) learnPerson(ctx context.Context, m *crm.Message, client string, f filing) error {
	if f.person[client] == "" {
		return nil
	}
	l, err := crm.MailLinks.Get(ctx, b.svc.Store(), m.ID+":"+client)
	if crm.CodeOf(err) == crm.CodeNotFound || err == nil && l.Person != "" {
		return nil
	}
	if err != nil {
		return err
	}
	l.Person = f.person[client]
	for _, r := range f.reasons[client] {
		if !slices.Contains(l.Why, r) {
			l.Why = append(l.Why, r)
		}
	}
	b.messages[m.ID] = m
	b.dirty.add(m.ID)
	b.links = append(b.links, l)
	b.count(l)
	return nil
}

// Refile looks at all mail again, waiting and stored: after an import. svc is
// the service of the job that asks, which writes under the job's lease.
func (e *Engine) Refile(ctx context.Context, svc *crm.Service) error {
	f := e.filer.under(svc)
	if err := f.refileHeld(ctx); err != nil {
		return err
	}
	return f.refileStored(ctx)
}

// refileSoon notes addresses of people or clients that are new or changed;
// their past mail is filed again in the background, by whichever process
// follows mailboxes.
func (e *Engine) refileSoon(addresses ...string) {
	now := e.Service.Now()
	for part := range slices.Chunk(addresses, rowsAtOnce) {
		var changes []store.Change
		for _, a := range part {
			if a = strings.ToLower(strings.TrimSpace(a)); a != "" {
				changes = append(changes, crm.Refiles.InsertIfAbsent(&crm.Refile{ID: crm.NewID(now), Address: a, At: now}))
			}
		}
		if err := e.Service.Apply(context.Background(), changes...); err != nil {
			e.Log.Error("mailsync: cannot note what to file again", "err", fault(err))
		}
	}
	e.Service.Bus().Publish(crm.Event{Kind: crm.WakeRefile})
}

// refileLoop files again what was noted, here or by another process.
func (e *Engine) refileLoop(ctx context.Context) {
	for {
		if err := e.refileNoted(ctx); err != nil && ctx.Err() == nil {
			e.Log.Error("mailsync: cannot file mail again", "err", fault(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-e.refiling:
		case <-time.After(lookTime):
		}
	}
}

// refileNoted works off the notes, in one process at a time.
func (e *Engine) refileNoted(ctx context.Context) error {
	st := e.Service.Store()
	waiting, _, err := crm.Refiles.Find(ctx, st, store.Query{Limit: 1})
	if err != nil || len(waiting) == 0 {
		return err
	}
	lease, err := st.Lease(ctx, "refile", e.Owner, e.Lease)
	if store.CodeOf(err) == store.CodeConflict {
		return nil // another process works them off
	}
	if err != nil {
		return err
	}
	held, done := store.Keep(ctx, st, lease, e.Lease)
	defer done()
	f := e.filer.under(e.Service.Under(lease))
	for {
		if more, err := f.refileSome(held); err != nil || !more {
			return err
		}
	}
}

// refileSome works off some notes. A note goes only after its mail was filed.
func (f *filer) refileSome(ctx context.Context) (more bool, err error) {
	notes, _, err := crm.Refiles.Find(ctx, f.svc.Store(), store.Query{Limit: refileBatch})
	if err != nil || len(notes) == 0 {
		return false, err
	}
	addresses := set{}
	var done []store.Change
	for _, n := range notes {
		addresses.add(n.Address)
		done = append(done, crm.Refiles.Delete(&n))
	}
	if err := f.settle(ctx); err != nil {
		return false, err
	}
	if err := each(addresses, func(a string) error { return f.refileStored(ctx, store.Is("addresses", a)) }); err != nil {
		return false, err
	}
	if err := f.refileHeld(ctx); err != nil {
		return false, err
	}
	return true, f.svc.Apply(ctx, done...)
}

// settle makes a batch that another process is filing with what it read before
// now begin anew; without it such a batch could hold mail that nobody looks at
// again.
func (f *filer) settle(ctx context.Context) error {
	return f.alone(ctx, func() error {
		b, err := f.begin(ctx, crm.Mailbox{}, nil)
		if err != nil {
			return err
		}
		return f.svc.Apply(ctx, b.guard...)
	})
}
