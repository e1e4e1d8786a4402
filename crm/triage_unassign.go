package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// Unfile says what mail a client has no more, since a decision was taken back:
// one mail that was filed by hand, or that of an address whose person went.
type Unfile struct {
	Client  string `json:"client"`
	Mail    string `json:"mail,omitempty"`
	Address string `json:"address,omitempty"`
	Person  string `json:"person,omitempty"` // whose the address was
}

// Kinds of a Reason that decisions make.
const (
	WhyHand   = "hand"
	WhyPerson = "person"
)

// personMade begins what names a decision that made a person.
const personMade = "person-"

// UndoAssign takes back what AssignHeld did: the person that it made goes, and
// mail that the client has for no other reason waits in triage again, as soon as
// it was fetched. Who decided and admins may. CodeNotFound for what is no
// decision, or was taken back; CodeInvalid, with why, when the person was edited
// since.
func (s *Service) UndoAssign(ctx context.Context, a Actor, id string) error {
	if strings.HasPrefix(id, personMade) {
		return s.undoPerson(ctx, a, id)
	}
	r, err := MailRules.Get(ctx, s.store, id)
	if err == nil && (r.Action != RuleAssign || r.By != a.UserID && a.Role != RoleAdmin) {
		err = notFound()
	}
	if err == nil {
		err = s.mayClient(ctx, a, r.Client)
	}
	if err != nil {
		return err
	}
	left, note := s.chore(Chore{Unfile: &Unfile{Client: r.Client, Mail: r.Value}})
	if err := s.Apply(ctx, MailRules.Delete(&r), note); err != nil {
		return err
	}
	return s.do(ctx, left)
}

func (s *Service) undoPerson(ctx context.Context, a Actor, batch string) error {
	e, err := Revisions.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("batch", batch), store.Is("of", People.In.Name)}, Sort: []string{"-number"}})
	if err == nil && (e == nil || e.By != a.UserID && a.Role != RoleAdmin) {
		err = notFound()
	}
	if err != nil {
		return err
	}
	p, err := People.Get(ctx, s.store, e.Doc)
	if err == nil {
		err = s.mayClient(ctx, a, p.Client)
	}
	if err != nil {
		return err
	}
	u := Unfile{Client: p.Client, Person: p.ID}
	if len(p.Emails) > 0 {
		u.Address = p.Emails[0]
	}
	// Noted first: a note whose person is still there does nothing.
	left, note := s.chore(Chore{Unfile: &u})
	if err := s.Apply(ctx, note); err != nil {
		return err
	}
	sum, err := s.UndoBatch(ctx, a, batch, nil)
	if err != nil {
		return err
	}
	if len(sum.Refused) > 0 {
		if err := s.Apply(ctx, Chores.Delete(&left)); err != nil {
			return err
		}
		return &Error{Code: CodeInvalid, Text: sum.Refused[0].Reason}
	}
	return s.do(ctx, left)
}

// unfile takes mail from a client.
func (s *Service) unfile(ctx context.Context, u Unfile) error {
	ids := []string{u.Mail}
	if u.Mail == "" {
		if _, err := People.Get(ctx, s.store, u.Person); CodeOf(err) != CodeNotFound {
			return err
		}
		ids = nil
		for m, err := range Messages.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("addresses", orNone(u.Address))}, Sort: []string{"-at"}}) {
			if err != nil {
				return err
			}
			if slices.Contains(m.Clients, u.Client) {
				ids = append(ids, m.ID)
			}
		}
	}
	woken := map[string]string{}
	for _, id := range ids {
		for try := 1; ; try++ {
			err := s.unfileMail(ctx, u, id, woken)
			if err == nil {
				break
			}
			if CodeOf(err) != CodeConflict || try == moveTries {
				return err
			}
		}
	}
	for box, owner := range woken {
		s.bus.Publish(Event{Kind: WakeMailbox, ID: box, Owner: owner})
	}
	return s.settleClient(ctx, u.Client)
}

// unfileMail takes the reason away for which a client has a mail; the mail goes
// with the last reason. woken gains the mailboxes that it is fetched from again.
func (s *Service) unfileMail(ctx context.Context, u Unfile, id string, woken map[string]string) error {
	m, err := Messages.Get(ctx, s.store, id)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	l, err := MailLinks.Get(ctx, s.store, m.ID+":"+u.Client)
	if CodeOf(err) == CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	why := slices.DeleteFunc(slices.Clone(l.Why), func(r Reason) bool {
		return u.Mail != "" && r.Kind == WhyHand || u.Mail == "" && r.Kind == WhyPerson && r.Value == u.Address
	})
	if len(why) == len(l.Why) {
		return nil
	}
	l.Why = why
	if u.Person != "" && l.Person == u.Person {
		if l.Person, err = s.personBehind(ctx, u.Client, why); err != nil {
			return err
		}
	}
	var changes []store.Change
	kept := &l
	if len(why) > 0 {
		changes = append(changes, MailLinks.Put(&l))
	} else {
		kept = nil
		changes = append(changes, MailLinks.Delete(&l))
		m.Clients = slices.DeleteFunc(slices.Clone(m.Clients), func(c string) bool { return c == u.Client })
	}
	row, err := s.entryAnew(ctx, l, kept)
	if err != nil {
		return err
	}
	changes = append(changes, row...)
	if len(m.Clients) > 0 {
		changes = append(changes, Messages.Put(&m))
	} else {
		back, err := s.fetchedAgain(ctx, m, woken)
		if err != nil {
			return err
		}
		changes = append(changes, back...)
	}
	thread, err := s.threadWithout(ctx, m)
	if err != nil {
		return err
	}
	return s.Apply(ctx, append(changes, thread...)...)
}

// personBehind is who of a client is known by one of these reasons.
func (s *Service) personBehind(ctx context.Context, client string, why []Reason) (string, error) {
	for _, r := range why {
		if r.Kind != WhyPerson {
			continue
		}
		for p, err := range People.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("emails", r.Value)}}) {
			if err != nil {
				return "", err
			}
			if p.Client == client {
				return p.ID, nil
			}
		}
	}
	return "", nil
}

// entryAnew makes a client's timeline row of a thread from its links, with one of
// them as it will be; nil is without it.
func (s *Service) entryAnew(ctx context.Context, was MailLink, is *MailLink) ([]store.Change, error) {
	e := Entry{ID: EntryID(was.Thread, was.Client), Client: was.Client, Kind: KindMail, Ref: was.Thread}
	q := store.Query{Where: []store.Cond{store.Is("thread", was.Thread), store.Is("client", was.Client)}, Sort: []string{"-at"}}
	for l, err := range MailLinks.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		if l.ID == was.ID {
			if is == nil {
				continue
			}
			l = *is
		}
		if e.Count == 0 {
			e.Show(&l)
		}
		e.Count++
	}
	if e.Count == 0 {
		return []store.Change{store.Delete{In: Timeline.In, ID: e.ID, Version: -1}}, nil
	}
	return ReplaceEntry(&e), nil
}

// fetchedAgain lets a mail go that no client has, and its rows be fetched again.
func (s *Service) fetchedAgain(ctx context.Context, m Message, woken map[string]string) ([]store.Change, error) {
	var rows []LedgerRow
	for r, err := range Ledger.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("message", m.ID)}}) {
		if err != nil {
			return nil, err
		}
		if r.Message = ""; r.State != RowGone {
			r.State = RowWanted
		}
		rows = append(rows, r)
	}
	changes, err := s.wanted(ctx, rows, woken)
	return append(changes, Messages.Delete(&m)), err
}

// threadWithout writes a mail's thread, so that a mail that is filed into it
// meanwhile is a conflict: without the mail, if no client has it.
func (s *Service) threadWithout(ctx context.Context, m Message) ([]store.Change, error) {
	t, err := Threads.Get(ctx, s.store, m.Thread)
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	if err != nil || len(m.Clients) > 0 {
		return []store.Change{Threads.Put(&t)}, err
	}
	t.Count = 0
	for o, err := range Messages.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("thread", t.ID)}, Sort: []string{"at"}}) {
		if err != nil {
			return nil, err
		}
		if o.ID == m.ID {
			continue
		}
		if t.Count == 0 {
			t.FirstAt, t.Subject, t.Canonical = o.At, o.Subject, o.Canonical
		}
		t.LastAt = o.At
		t.Count++
	}
	if t.Count == 0 {
		return []store.Change{Threads.Delete(&t)}, nil
	}
	return []store.Change{Threads.Put(&t)}, nil
}
