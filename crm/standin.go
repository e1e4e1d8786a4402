package crm

import (
	"context"

	"cemigmas/crm/store"
)

// A stand-in serves a client in the agent's place from one civil date until
// another. While they run, the client and all that belongs to it carry the
// stand-in as a second agent (acting), which its scope asks for beside its own.
// TurnStandIns sets and clears the copies when the day changes. A user counts as
// a stand-in only on the day for which that was done (User.StandsIn): whoever is
// late to clear them opens nothing.

// actingOn is who stands in on a civil date, "" for nobody.
func (c *Client) actingOn(day string) string {
	if c.StandIn == c.Agent || c.MergedInto != "" || day < c.StandInFrom || day > c.StandInUntil {
		return ""
	}
	return c.StandIn
}

// ActorOf makes the actor that a user is today.
func (s *Service) ActorOf(u *User) Actor {
	a := u.Actor()
	a.StandsIn = u.Role == RoleAgent && u.StandsIn != "" && u.StandsIn == s.Today()
	return a
}

// TurnStandIns turns on the stand-ins whose dates include today, and off those
// of all other clients, once a day. It may be repeated after a crash.
func (s *Service) TurnStandIns(ctx context.Context) error {
	today := s.Today()
	mark, err := Marks.Get(ctx, s.store, MarkStandIns)
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	if mark.Value == today {
		return nil
	}
	users := map[string]bool{}
	for _, q := range []store.Query{
		{Where: []store.Cond{store.Has("acting")}, Sort: []string{"acting", "name"}},
		{Where: []store.Cond{store.From("standInUntil", today)}, Sort: []string{"standInUntil", "name"}},
	} {
		for c, err := range Clients.All(ctx, s.store, q) {
			if err == nil {
				err = s.turnStandIn(ctx, &c, today)
			}
			if err != nil {
				return err
			}
			users[c.Acting] = true
		}
	}
	for id := range users {
		if err := s.letStandIn(ctx, id, today); err != nil {
			return err
		}
	}
	mark.ID, mark.Value, mark.At = MarkStandIns, today, s.Now()
	return s.Apply(ctx, Marks.Put(&mark))
}

// turnStandIn brings one client and what belongs to it to a day. The copies are
// first, so that whoever is killed on the way finds the client as it was and
// does it again; they are looked at once more behind it, for what was made
// meanwhile.
func (s *Service) turnStandIn(ctx context.Context, c *Client, today string) error {
	want := c.actingOn(today)
	if want == c.Acting {
		return nil
	}
	c.Acting = want
	if err := s.reassign(ctx, c.ID, c.kept()); err != nil {
		return err
	}
	rest, note := s.chore(Chore{Client: c.ID})
	if err := s.Apply(ctx, patchStrings(Clients.In, c.ID, store.Keys{"acting": want}), note); err != nil {
		return err
	}
	return s.do(ctx, rest)
}

// settleKeepers gives all that belongs to a client its keepers, and today's
// stand-in the right to see it.
func (s *Service) settleKeepers(ctx context.Context, c *Client) error {
	today := s.Today()
	if want := c.actingOn(today); want != c.Acting {
		c.Acting = want
		if err := s.Apply(ctx, patchStrings(Clients.In, c.ID, store.Keys{"acting": want})); err != nil {
			return err
		}
	}
	if err := s.reassign(ctx, c.ID, c.kept()); err != nil || c.Acting == "" {
		return err
	}
	return s.openStandIn(ctx, c.Acting)
}

// openStandIn gives a user who acts for somebody from today on the right to see
// it.
func (s *Service) openStandIn(ctx context.Context, user string) error {
	today := s.Today()
	mark, err := Marks.Get(ctx, s.store, MarkStandIns)
	if err != nil || mark.Value != today {
		if CodeOf(err) == CodeNotFound {
			err = nil
		}
		return err // TurnStandIns comes, and clears first what is over
	}
	return s.letStandIn(ctx, user, today)
}

// letStandIn says that a user's copies are those of this day.
func (s *Service) letStandIn(ctx context.Context, user, today string) error {
	for tries := 1; ; tries++ {
		u, err := Users.Get(ctx, s.store, orNone(user))
		if CodeOf(err) == CodeNotFound || err == nil && u.StandsIn == today {
			return nil
		}
		if err != nil {
			return err
		}
		u.StandsIn = today
		if err = s.Apply(ctx, Users.Put(&u)); CodeOf(err) != CodeConflict || tries == maxTries {
			return err
		}
	}
}
