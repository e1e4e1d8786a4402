package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// EventSession is published when sessions of a user, its Owner, have ended: an
// open page is closed at once instead of at its next look.
const EventSession = "session"

// ListSessions lists the sessions of a user that are open, last used first:
// one's own, admins anybody's. CodeNotFound for another's.
func (s *Service) ListSessions(ctx context.Context, a Actor, user string, limit int, after string) ([]Session, string, error) {
	u, err := s.sessionOwner(ctx, a, user)
	if err != nil {
		return nil, "", err
	}
	q := store.Query{Where: []store.Cond{store.Is("user", u.ID)}, Sort: []string{"-seen"}, Limit: limitOf(limit, 50), After: after}
	list, next, err := Sessions.Find(ctx, s.store, q)
	now := s.Now()
	return slices.DeleteFunc(list, func(x Session) bool { return x.Epoch != u.Epoch || now.After(x.Expires) }), next, err
}

func (s *Service) sessionOwner(ctx context.Context, a Actor, user string) (User, error) {
	if user != a.UserID && a.Role != RoleAdmin {
		return User{}, notFound()
	}
	return Users.Get(ctx, s.store, user)
}

// EndSession ends one session of a user: one's own, admins anybody's. It is
// over at its next request on every node, and an access token of it too.
// CodeNotFound for another's.
func (s *Service) EndSession(ctx context.Context, a Actor, user, id string) error {
	if _, err := s.sessionOwner(ctx, a, user); err != nil {
		return err
	}
	x, err := Sessions.Get(ctx, s.store, id)
	if err != nil {
		return err
	}
	if x.User != user {
		return notFound()
	}
	return s.CloseSessions(ctx, user, id)
}

// EndSessions ends all sessions of a user but one ("" for none), and answers
// how many they were: one's own, admins anybody's.
func (s *Service) EndSessions(ctx context.Context, a Actor, user, but string) (int, error) {
	u, err := s.sessionOwner(ctx, a, user)
	if err != nil {
		return 0, err
	}
	ids, err := s.sessionIDs(ctx, u.ID, func(x Session) bool { return x.ID != but })
	if err != nil {
		return 0, err
	}
	for part := range slices.Chunk(ids, chunk) {
		if err := s.CloseSessions(ctx, user, part...); err != nil {
			return 0, err
		}
	}
	return len(ids), nil
}

func (s *Service) sessionIDs(ctx context.Context, user string, which func(Session) bool) (ids []string, err error) {
	q := store.Query{Where: []store.Cond{store.Is("user", user)}, Sort: []string{"-seen"}}
	for x, err := range Sessions.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		if which(x) {
			ids = append(ids, x.ID)
		}
	}
	return ids, nil
}

// closeTries is how often CloseSessions begins anew when a session is used
// while it is ended.
const closeTries = 8

// CloseSessions deletes sessions of a user and refuses what access tokens they
// left, in one Apply. The versions are checked: a session that is prolonged at
// the same moment is read again, else its newest token would live on. For the
// program itself; EndSession asks who may.
func (s *Service) CloseSessions(ctx context.Context, user string, ids ...string) (err error) {
	for range closeTries {
		if err = s.closeOnce(ctx, user, ids); CodeOf(err) != CodeConflict {
			break
		}
	}
	if err == nil {
		s.bus.Publish(Event{Kind: EventSession, Owner: user})
	}
	return err
}

func (s *Service) closeOnce(ctx context.Context, user string, ids []string) error {
	found, err := Sessions.GetMany(ctx, s.store, ids)
	if err != nil {
		return err
	}
	var changes []store.Change
	var list []Session
	for _, x := range found {
		if x.User == user {
			list, changes = append(list, x), append(changes, Sessions.Delete(&x))
		}
	}
	u, err := Users.Get(ctx, s.store, user)
	if err != nil {
		return err
	}
	if u.end(s.Now(), list) {
		changes = append(changes, Users.Put(&u))
	}
	return s.Apply(ctx, changes...)
}

// tidySessions deletes what is left of the sessions that a new epoch ended.
// They are over whether this works or not; the sweeper finds the rest.
func (s *Service) tidySessions(ctx context.Context, u User) {
	ids, err := s.sessionIDs(ctx, u.ID, func(x Session) bool { return x.Epoch < u.Epoch })
	if err != nil {
		return
	}
	for part := range slices.Chunk(ids, chunk) {
		var changes []store.Change
		for _, id := range part {
			changes = append(changes, store.Delete{In: Sessions.In, ID: id, Version: -1})
		}
		_ = s.Apply(ctx, changes...)
	}
	s.bus.Publish(Event{Kind: EventSession, Owner: u.ID})
}
