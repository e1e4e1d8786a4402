package crm

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// MailboxEdit changes a mailbox; nil members stay. The address stays for good:
// another address is another mailbox.
type MailboxEdit struct {
	Host     *string   `json:"host,omitempty"`
	Port     *int      `json:"port,omitempty"`
	TLS      *string   `json:"tls,omitempty"`
	Login    *string   `json:"login,omitempty"`
	Password string    `json:"-"` // empty: the stored one stays
	Folders  *[]string `json:"folders,omitempty"`
	Horizon  *string   `json:"horizon,omitempty"`
	Paused   *bool     `json:"paused,omitempty"`
	Version  int64     `json:"-"` // that was read
}

// EditMailbox changes how a mailbox is reached, what of it is followed, or
// pauses it, and has the engine try it at once. Only its owner and admins may.
// CodeConflict, with the mailbox as it is now, when somebody changed it since
// this version was read (in.Version; 0: whatever it is now).
func (s *Service) EditMailbox(ctx context.Context, a Actor, ring *secret.Ring, id string, in MailboxEdit) (Mailbox, error) {
	m, err := s.editedMailbox(ctx, a, id, in)
	if err != nil {
		return m, err
	}
	if in.Password != "" {
		m.Secret = ring.Seal(SecretRecord(m.ID), []byte(in.Password))
	}
	m.UpdatedAt, m.State, m.Problem, m.Tries, m.NextTry = s.Now(), "new", nil, 0, nil
	changes := []store.Change{Mailboxes.Put(&m)}
	if in.Horizon != nil || in.Folders != nil {
		// Older mail may be wanted now: all UIDs are compared again.
		for f, err := range Folders.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("mailbox", m.ID)}}) {
			if err != nil {
				return Mailbox{}, err
			}
			f.FullAt = time.Time{}
			changes = append(changes, Folders.Put(&f))
		}
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return Mailbox{}, err
	}
	m.Version++
	s.wakeMailbox(m)
	return m, nil
}

func (s *Service) editedMailbox(ctx context.Context, a Actor, id string, in MailboxEdit) (Mailbox, error) {
	m, err := s.ownMailbox(ctx, a, id)
	if err != nil {
		return Mailbox{}, err
	}
	if in.Version != 0 && in.Version != m.Version {
		return m, Errf(CodeConflict, "error.conflict")
	}
	host := m.Host
	if err := in.into(&m); err != nil {
		return Mailbox{}, err
	}
	if m.Host != host && in.Password == "" {
		// Nobody sends a stored password to a server of their choice.
		return Mailbox{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"password": {Key: "error.mailbox.password"}}}
	}
	return m, nil
}

// TryMailbox answers the mailbox that an edit would make and the password it
// would be opened with, without storing anything: to try it first.
func (s *Service) TryMailbox(ctx context.Context, a Actor, ring *secret.Ring, id string, in MailboxEdit) (Mailbox, string, error) {
	m, err := s.editedMailbox(ctx, a, id, in)
	if err != nil || in.Password != "" {
		return m, in.Password, err
	}
	plain, err := ring.Open(SecretRecord(m.ID), m.Secret)
	if err != nil {
		return Mailbox{}, "", &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Err: err, Fields: map[string]Text{"password": {Key: "mail.error.key"}}}
	}
	return m, string(plain), nil
}

// AskSync has whoever follows a mailbox, in whatever process, look at it now,
// even one whose password was refused.
func (s *Service) AskSync(ctx context.Context, a Actor, id string) error {
	m, err := s.mailbox(ctx, a, id)
	if err != nil {
		return err
	}
	now, err := json.Marshal(s.Now())
	if err != nil {
		return err
	}
	// Kept with the mailbox, for a worker that is just being replaced.
	if err := s.Apply(ctx, store.Patch{In: Mailboxes.In, ID: m.ID, Body: map[string][]byte{"asked": now}}); err != nil {
		return err
	}
	s.wakeMailbox(m)
	return nil
}

func (s *Service) wakeMailbox(m Mailbox) {
	s.bus.Publish(Event{Kind: WakeMailbox, ID: m.ID, Owner: m.Owner})
	s.bus.Publish(Event{Kind: "mailbox", ID: m.ID, Owner: m.Owner})
}

// ownMailbox reads a mailbox that the actor may change: a manager sees the
// team's, but its password and existence are the owner's.
func (s *Service) ownMailbox(ctx context.Context, a Actor, id string) (Mailbox, error) {
	m, err := s.mailbox(ctx, a, id)
	if err == nil && m.Owner != a.UserID && a.Role != RoleAdmin {
		return Mailbox{}, Errf(CodeForbidden, "error.forbidden")
	}
	return m, err
}

func (in MailboxEdit) into(m *Mailbox) error {
	bad := problems{}
	if in.Host != nil {
		m.Host = strings.ToLower(strings.TrimSpace(*in.Host))
	}
	if in.Port != nil {
		m.Port = *in.Port
	}
	if in.TLS != nil {
		m.TLS = *in.TLS
	}
	if in.Login != nil {
		m.Login = strings.TrimSpace(*in.Login)
	}
	if in.Folders != nil {
		m.Folders = folderNames(*in.Folders)
	}
	if in.Horizon != nil {
		m.Horizon = strings.TrimSpace(*in.Horizon)
		if _, err := time.Parse("2006-01-02", m.Horizon); err != nil {
			bad.add("horizon", "error.field.invalid")
		}
	}
	if in.Paused != nil {
		m.Paused = *in.Paused
	}
	bad.need("host", m.Host)
	bad.need("login", m.Login)
	checkTLS(m, bad)
	return bad.err()
}

func folderNames(in []string) []string {
	var out []string
	for _, f := range in {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// RemoveMailbox ends following a mailbox and forgets its password, its ledger
// and its waiting mail. Mail that is filed stays where it is filed. Interrupted,
// it is done again from the start.
func (s *Service) RemoveMailbox(ctx context.Context, a Actor, id string) error {
	m, err := s.ownMailbox(ctx, a, id)
	if err != nil {
		return err
	}
	// The new version ends the engine's session: it writes nothing any more.
	m.Paused, m.Removing, m.Secret, m.UpdatedAt = true, true, "", s.Now()
	if err := s.Apply(ctx, Mailboxes.Put(&m)); err != nil {
		return err
	}
	m.Version++
	for _, q := range []store.Query{
		{In: HeldMail.In, Sort: []string{"-at"}},
		{In: Ledger.In, Sort: []string{"state", "uid"}},
		{In: Folders.In},
	} {
		q.Where = []store.Cond{store.Is("mailbox", m.ID)}
		if err := s.deleteAll(ctx, q); err != nil {
			return err
		}
	}
	if err := s.Apply(ctx, Mailboxes.Delete(&m)); err != nil {
		return err
	}
	s.wakeMailbox(m)
	s.bus.Publish(Event{Kind: "triage", ID: m.ID, Owner: m.Owner})
	return nil
}

// deleteAll deletes what a query finds, some hundred in an Apply.
func (s *Service) deleteAll(ctx context.Context, q store.Query) error {
	q.Limit = 500
	for {
		page, err := s.store.Find(ctx, q)
		if err != nil {
			return wrapStore(err)
		}
		var changes []store.Change
		for _, d := range page.Docs {
			changes = append(changes, store.Delete{In: q.In, ID: d.ID, Version: -1})
		}
		if err := s.Apply(ctx, changes...); err != nil {
			return err
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

// RetryFailed makes mail that could not be fetched wanted again, and answers
// how many there are.
func (s *Service) RetryFailed(ctx context.Context, a Actor, id string) (int, error) {
	m, err := s.mailbox(ctx, a, id)
	if err != nil {
		return 0, err
	}
	var changes []store.Change
	q := store.Query{Where: []store.Cond{store.Is("mailbox", m.ID), store.Is("state", RowFailed)}, Sort: []string{"uid"}}
	for r, err := range Ledger.All(ctx, s.store, q) {
		if err != nil {
			return 0, err
		}
		r.State, r.Tries = RowWanted, 0
		changes = append(changes, Ledger.Put(&r))
		if len(changes) == maxBack {
			break
		}
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return 0, err
	}
	s.wakeMailbox(m)
	return len(changes), nil
}
