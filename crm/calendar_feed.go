package crm

import (
	"context"

	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// MakeFeed answers the secret of the address under which a calendar program
// reads the actor's dates, and ends the one before it. Only its digest is kept.
func (s *Service) MakeFeed(ctx context.Context, a Actor) (token string, err error) {
	token = secret.Token()
	_, err = s.changeUser(ctx, SystemActor(), a.UserID, func(u *User) error {
		u.Feed = secret.TokenDigest(token)
		return nil
	})
	return token, err
}

// EndFeed makes the address of the actor's dates answer nothing any more.
func (s *Service) EndFeed(ctx context.Context, a Actor) error {
	_, err := s.changeUser(ctx, SystemActor(), a.UserID, func(u *User) error {
		u.Feed = ""
		return nil
	})
	return err
}

// HasFeed reports whether the actor has such an address.
func (s *Service) HasFeed(ctx context.Context, a Actor) (bool, error) {
	u, err := Users.Get(ctx, s.store, a.UserID)
	return u.Feed != "", err
}

// FeedUser answers whose address this is. CodeNotFound when it is nobody's any
// more. It asks for no actor: whoever has the address may. The user's rights are
// those of this moment.
func (s *Service) FeedUser(ctx context.Context, token string) (User, error) {
	if token == "" {
		return User{}, notFound()
	}
	u, err := Users.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("feed", secret.TokenDigest(token))}})
	if err != nil {
		return User{}, err
	}
	if u == nil || u.Disabled {
		return User{}, notFound()
	}
	return hideUser(*u), nil
}
