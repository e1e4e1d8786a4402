package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// ListRules lists the senders and domains that are ignored, newest first: of
// one's own mail, of a manager's team's, to admins all.
func (s *Service) ListRules(ctx context.Context, a Actor, limit int, after string) ([]MailRule, string, error) {
	q := store.Query{Where: []store.Cond{store.Has("at")}, Sort: []string{"-at"}, Limit: limitOf(limit, 50), After: after}
	switch a.Role {
	case RoleAgent:
		q.Where = []store.Cond{store.Is("owner", orNone(a.UserID))}
	case RoleManager:
		team, err := s.Team(ctx, a)
		if err != nil {
			return nil, "", err
		}
		owners := []any{a.UserID}
		for _, u := range team {
			owners = append(owners, u.ID)
		}
		q.Where = append(q.Where, store.Any("owner", owners...))
	}
	return MailRules.Find(ctx, s.store, q)
}

// mayRule answers nil when the actor decides on the mail of a rule's owner.
func (s *Service) mayRule(ctx context.Context, a Actor, owner string) error {
	if owner == a.UserID && owner != "" || a.Role == RoleAdmin {
		return nil
	}
	if a.Role == RoleManager && a.Team != "" && owner != "" {
		u, err := Users.Get(ctx, s.store, owner)
		if err != nil || u.Team == a.Team {
			return err
		}
	}
	return notFound()
}

// RemoveRule takes a decision to ignore back: the rule goes, and what it kept
// away is fetched again and filed, or waits in triage. It answers how many mails
// that are. CodeNotFound for a rule that is gone, or of mail of which the actor
// does not decide.
func (s *Service) RemoveRule(ctx context.Context, a Actor, id string) (int, error) {
	r, err := MailRules.Get(ctx, s.store, id)
	if err == nil && r.Action != RuleIgnore {
		err = notFound()
	}
	if err == nil {
		err = s.mayRule(ctx, a, r.Owner)
	}
	if err != nil {
		return 0, err
	}
	left, note := s.chore(Chore{Rule: r.ID})
	if err := s.Apply(ctx, MailRules.Delete(&r), note); err != nil {
		return 0, err
	}
	n, err := s.unignore(ctx, r.ID)
	if err != nil {
		return n, err
	}
	return n, s.Apply(ctx, Chores.Delete(&left))
}

// RestoreRule makes a rule hold again that RemoveRule took away, for what waits
// of its mail too. CodeNotFound as RemoveRule.
func (s *Service) RestoreRule(ctx context.Context, a Actor, id string) (Ignored, error) {
	action, rest, _ := strings.Cut(id, ":")
	kind, rest, _ := strings.Cut(rest, ":")
	n := strings.LastIndexByte(rest, ':')
	if n < 1 || len(id) > maxRuleID || action != RuleIgnore || heldField[kind] == "" {
		return Ignored{}, notFound()
	}
	r := MailRule{Kind: kind, Value: rest[:n], Owner: rest[n+1:]}
	if err := s.mayRule(ctx, a, r.Owner); err != nil {
		return Ignored{}, err
	}
	return s.ignore(ctx, a, r)
}

// maxRuleID bounds the id of a rule, which has an address in it.
const maxRuleID = 500

// unignore makes mail that a rule kept away wanted again, and answers how much
// there was.
func (s *Service) unignore(ctx context.Context, rule string) (done int, err error) {
	woken := map[string]string{}
	for try := 1; ; {
		rows, _, err := Ledger.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("rule", rule)}, Limit: heldBatch})
		if err != nil {
			return done, err
		}
		if len(rows) == 0 {
			break
		}
		switch err := s.wantAgain(ctx, rows, woken); {
		case CodeOf(err) == CodeConflict && try < moveTries: // the engine moved one of them
			try++
		case err != nil:
			return done, err
		default:
			done, try = done+len(rows), 1
		}
	}
	for box, owner := range woken {
		s.bus.Publish(Event{Kind: WakeMailbox, ID: box, Owner: owner})
	}
	return done, nil
}

func (s *Service) wantAgain(ctx context.Context, rows []LedgerRow, woken map[string]string) error {
	for n := range rows {
		rows[n].State = RowWanted
	}
	changes, err := s.wanted(ctx, rows, woken)
	if err != nil {
		return err
	}
	return s.Apply(ctx, changes...)
}

// wanted writes rows, of which those that are wanted are fetched again; what has
// another number at the server by now is gone. woken gains their mailboxes with
// their owners.
func (s *Service) wanted(ctx context.Context, rows []LedgerRow, woken map[string]string) ([]store.Change, error) {
	distinct := func(of func(LedgerRow) string) []string {
		var ids []string
		for _, r := range rows {
			ids = append(ids, of(r))
		}
		slices.Sort(ids)
		return slices.Compact(ids)
	}
	owners, err := Mailboxes.GetMany(ctx, s.store, distinct(func(r LedgerRow) string { return r.Mailbox }))
	if err != nil {
		return nil, err
	}
	epochs, err := Folders.GetMany(ctx, s.store, distinct(func(r LedgerRow) string { return r.Folder }))
	if err != nil {
		return nil, err
	}
	var changes []store.Change
	for n := range rows {
		r := &rows[n]
		r.Reason, r.Tries = "", 0
		if r.Epoch != epochs[r.Folder].Epoch {
			r.State = RowGone
		}
		changes = append(changes, Ledger.Put(r))
		woken[r.Mailbox] = owners[r.Mailbox].Owner
	}
	return changes, nil
}
