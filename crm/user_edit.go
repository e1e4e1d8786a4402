package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// EditUser changes who a user is and where it belongs; edits is User.Edits of
// what was read (0: whatever it is now). Only admins may; nobody takes the
// admin's role from oneself, so that one is left. CodeConflict when somebody
// edited the user since, with the user as it is now. An agent's clients go with
// it into another team.
func (s *Service) EditUser(ctx context.Context, a Actor, id string, edits int64, in UserInput) (User, error) {
	sectors, err := s.sectorsNow(ctx)
	if err != nil {
		return User{}, err
	}
	var was User
	rest, note := s.chore(Chore{User: id})
	u, err := s.changeUser(ctx, a, id, func(u *User) error {
		was = hideUser(*u)
		if edits != 0 && edits != u.editCount() {
			return Errf(CodeConflict, "error.conflict")
		}
		loopback := u.LoopbackOnly
		if err := fillUser(u, in, sectors); err != nil {
			return err
		}
		if id == a.UserID && u.Role != was.Role {
			return &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"role": {Key: "error.user.ownrole"}}}
		}
		u.LoopbackOnly = loopback
		u.Edits++
		return nil
	}, note)
	if err != nil {
		return was, err
	}
	// Also when the team is the same: an interrupted move is finished so.
	return u, s.do(ctx, rest)
}

// editCount counts from 1, so that 0 can say "whatever it is now".
func (u *User) editCount() int64 { return u.Edits + 1 }

// EditCount is what a form of the user carries to EditUser.
func (u *User) EditCount() int64 { return u.editCount() }

// moveToTeam gives what belongs to an agent the agent's team: scope is a copy
// on each row. What has it already is not written; it may be repeated after a
// crash.
func (s *Service) moveToTeam(ctx context.Context, u User) error {
	mine := store.Query{In: Clients.In, Where: []store.Cond{store.Is("agent", u.ID)}, Sort: []string{"name"}, WithKeys: true}
	moved := map[string]kept{}
	for d, err := range store.All(ctx, s.store, mine) {
		if err != nil {
			return wrapStore(err)
		}
		if team, _ := d.Keys["team"].(string); team != u.Team {
			to := keptIn(d.Keys)
			to.team = u.Team
			moved[d.ID] = to
		}
	}
	for id, to := range moved {
		// The client last: it is what says that the move is not finished.
		if err := s.reassign(ctx, id, to); err != nil {
			return err
		}
		one := store.Patch{In: Clients.In, ID: id, Keys: store.Keys{"team": u.Team}, Body: map[string][]byte{"team": jsonString(u.Team)}}
		if u.Team == "" {
			one.Keys["team"], one.Body["team"] = nil, nil
		}
		if err := s.Apply(ctx, one); err != nil {
			return err
		}
	}
	return s.moveMailboxes(ctx, u)
}

// moveMailboxes writes with a new version, with which the engine begins anew.
func (s *Service) moveMailboxes(ctx context.Context, u User) error {
	boxes, _, err := Mailboxes.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("owner", u.ID)}, Sort: []string{"address"}, Limit: MaxListLimit})
	if err != nil {
		return err
	}
	for _, m := range slices.DeleteFunc(boxes, func(m Mailbox) bool { return m.Team == u.Team }) {
		m.Team = u.Team
		if err := s.Apply(ctx, Mailboxes.Put(&m)); err != nil {
			return err
		}
		held := store.Query{In: HeldMail.In, Where: []store.Cond{store.Is("mailbox", m.ID)}, Sort: []string{"-at"}}
		if err := s.patchAll(ctx, held, store.Keys{"team": u.Team}); err != nil {
			return err
		}
		s.wakeMailbox(m)
	}
	return nil
}
