package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// Actions and kinds of a MailRule.
const (
	RuleIgnore = "ignore"
	RuleAssign = "assign"

	RuleSender = "sender"
	RuleDomain = "domain"
	RuleMail   = "mail" // one mail: the value is its message's id
)

// RuleID names the one rule of its kind and value. A rule to ignore holds for
// one owner's mail only: what is noise to one agent may be another's client;
// one to assign is one of a client.
func RuleID(action, kind, value, owner string) string {
	return action + ":" + kind + ":" + value + ":" + owner
}

// maxBack bounds how many waiting mails one decision moves at once; the engine
// finds the rest when it files again.
const maxBack = 5000

// AssignHeld files a waiting mail under a client. With person, its sender
// becomes a person of that client, so that all its mail, past and to come, is
// filed there; without, only this mail is. It answers what UndoAssign takes to
// undo it; "" when nothing new was said, since the sender was known.
func (s *Service) AssignHeld(ctx context.Context, a Actor, heldID, clientID string, person bool) (string, error) {
	h, err := s.Held(ctx, a, heldID)
	if err != nil {
		return "", err
	}
	c, err := s.client(ctx, a, clientID)
	if err != nil {
		return "", err
	}
	if !person {
		copies, err := s.heldCopies(ctx, a, h)
		if err != nil {
			return "", err
		}
		id := RuleID(RuleAssign, RuleMail, h.Mail, c.ID)
		rule := MailRule{ID: id, Action: RuleAssign, Kind: RuleMail, Value: h.Mail, Client: c.ID, By: a.UserID, CreatedAt: s.Now()}
		return rule.ID, s.releaseHeld(ctx, copies, MailRules.InsertIfAbsent(&rule))
	}
	other := s.otherSide(ctx, h)
	if other.Email == "" {
		return "", &Error{Code: CodeInvalid, Text: Text{Key: "error.triage.address"}}
	}
	undo, err := s.addSender(ctx, a, c, other)
	if err != nil {
		return "", err
	}
	list, err := s.heldWith(ctx, a, store.Is("keys", other.Email))
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(list, func(x Held) bool { return x.ID == h.ID }) {
		list = append(list, h)
	}
	return undo, s.releaseHeld(ctx, list)
}

// otherSide is who the mail is from, or, of one that we sent, to.
func (s *Service) otherSide(ctx context.Context, h Held) Address {
	own, err := Mailboxes.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("address", h.From.Email)}})
	if err == nil && own == nil {
		return h.From
	}
	for _, to := range append(slices.Clone(h.To), h.Cc...) {
		own, err := Mailboxes.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("address", to.Email)}})
		if err == nil && own == nil {
			return to
		}
	}
	return Address{}
}

// addSender makes a person of a client, in a batch of its own, unless it is there.
func (s *Service) addSender(ctx context.Context, a Actor, c Client, from Address) (batch string, err error) {
	people, err := s.ClientPeople(ctx, a, c.ID)
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(people, func(p Person) bool { return slices.Contains(lower(p.Emails), from.Email) }) {
		return "", nil
	}
	name := from.Name
	if name == "" {
		name = from.Email
	}
	batch = personMade + s.newID()
	_, err = s.AddPerson(WithBatch(ctx, batch), a, c.ID, PersonInput{Name: name, Emails: []string{from.Email}})
	return batch, err
}

// Ignored is what a decision to ignore did.
type Ignored struct {
	Rule  string // RemoveRule takes it back
	Mails int    // that waited
}

// IgnoreHeld takes waiting mail out of triage: this one, or all of its sender
// or domain, now and to come.
func (s *Service) IgnoreHeld(ctx context.Context, a Actor, heldID, what string) (Ignored, error) {
	h, err := s.Held(ctx, a, heldID)
	if err != nil {
		return Ignored{}, err
	}
	r := MailRule{Kind: what, Owner: h.Owner}
	switch what {
	case "message":
		r.Kind, r.Value = RuleMail, h.Mail
	case RuleSender:
		r.Value = h.From.Email
	case RuleDomain:
		r.Value = DomainOf(h.From.Email)
	default:
		return Ignored{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"what": {Key: "error.field.choice"}}}
	}
	if r.Value == "" && r.Kind != RuleMail {
		return Ignored{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.triage.address"}}
	}
	return s.ignore(ctx, a, r, h)
}

// heldField is the field of waiting mail that a kind of rule compares.
var heldField = map[string]string{RuleMail: "mail", RuleSender: "from", RuleDomain: "fromDomain"}

// ignore makes a rule to ignore hold, also for the mail that waits: what is given
// and all that it fits.
func (s *Service) ignore(ctx context.Context, a Actor, r MailRule, list ...Held) (Ignored, error) {
	r.ID, r.Action, r.By, r.CreatedAt = RuleID(RuleIgnore, r.Kind, r.Value, r.Owner), RuleIgnore, a.UserID, s.Now()
	same, err := s.heldWith(ctx, a, store.Is(heldField[r.Kind], orNone(r.Value)))
	if err != nil {
		return Ignored{}, err
	}
	for _, o := range same {
		if o.Owner == r.Owner && !slices.ContainsFunc(list, func(h Held) bool { return h.ID == o.ID }) {
			list = append(list, o)
		}
	}
	return Ignored{r.ID, len(list)}, s.moveHeld(ctx, list, RowIgnored, r.ID, MailRules.InsertIfAbsent(&r))
}

// heldCopies lists a waiting mail and its copies in other folders of the same
// owner: one decision holds for all of them.
func (s *Service) heldCopies(ctx context.Context, a Actor, h Held) ([]Held, error) {
	out := []Held{h}
	same, err := s.heldWith(ctx, a, store.Is("mail", orNone(h.Mail)))
	for _, o := range same {
		if o.ID != h.ID && o.Owner == h.Owner {
			out = append(out, o)
		}
	}
	return out, err
}

// heldWith lists waiting mail that matches one condition and that the actor
// may decide on.
func (s *Service) heldWith(ctx context.Context, a Actor, cond store.Cond) ([]Held, error) {
	var out []Held
	for h, err := range HeldMail.All(ctx, s.store, store.Query{Where: []store.Cond{cond}}) {
		if err != nil {
			return nil, err
		}
		if a.Role == RoleAdmin || h.Owner == a.UserID || a.Role == RoleManager && h.Team == a.Team {
			out = append(out, h)
		}
		if len(out) >= maxBack {
			break
		}
	}
	return out, nil
}

// releaseHeld makes waiting mail wanted, so that the engine fetches and files
// it.
func (s *Service) releaseHeld(ctx context.Context, list []Held, with ...store.Change) error {
	return s.moveHeld(ctx, list, RowWanted, "", with...)
}

// ReleaseHeld makes waiting mail wanted, for the mail engine.
func (s *Service) ReleaseHeld(ctx context.Context, list []Held) error {
	return s.releaseHeld(ctx, list)
}

// heldBatch is how many mails move in one Apply.
const heldBatch = 200

// moveTries is how often a batch is begun anew that met another's: who names a
// sender has all waiting mail looked through at once, beside the own move.
const moveTries = 8

func (s *Service) moveHeld(ctx context.Context, list []Held, state, reason string, with ...store.Change) error {
	woken := map[string]string{}
	for len(list) > 0 || len(with) > 0 {
		n := min(heldBatch, len(list))
		for try := 1; ; try++ {
			err := s.moveBatch(ctx, list[:n], state, reason, with, woken)
			if err == nil {
				break
			}
			if CodeOf(err) != CodeConflict || try == moveTries {
				return err
			}
		}
		list, with = list[n:], nil
	}
	for box, owner := range woken {
		s.bus.Publish(Event{Kind: WakeMailbox, ID: box, Owner: owner})
		s.bus.Publish(Event{Kind: "triage", ID: box, Owner: owner})
	}
	return nil
}

// moveBatch moves mails in one Apply; those that do not wait any more are only
// taken off the list. woken gains their mailboxes with their owners.
func (s *Service) moveBatch(ctx context.Context, list []Held, state, reason string, with []store.Change, woken map[string]string) error {
	changes := slices.Clone(with)
	for _, h := range list {
		row, err := Ledger.Get(ctx, s.store, h.ID)
		if err != nil && CodeOf(err) != CodeNotFound {
			return err
		}
		if err == nil {
			woken[h.Mailbox] = h.Owner
		}
		if err == nil && row.State == RowHeld {
			row.State, row.Reason, row.Tries = state, reason, 0
			changes = append(changes, Ledger.Put(&row))
		}
		changes = append(changes, store.Delete{In: HeldMail.In, ID: h.ID, Version: -1})
	}
	return s.Apply(ctx, changes...)
}
