package crm

import (
	"context"
	"time"

	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// LinkLife is how long a one-time link is good.
const LinkLife = 24 * time.Hour

// linkOver is what is said of a link that was never made, was used, is too old,
// was replaced, or whose user was disabled: it tells nothing of anybody.
func linkOver() *Error { return Errf(CodeNotFound, "error.link.over") }

// MakeLink answers the secret of a link with which a user chooses a password,
// once. It ends an earlier one, and nothing else: who forgot a password keeps
// the sessions. Only admins may, and not for a disabled user.
func (s *Service) MakeLink(ctx context.Context, a Actor, id string) (token string, u User, err error) {
	token = secret.Token()
	u, err = s.changeUser(ctx, a, id, func(u *User) error {
		if u.Disabled {
			return Errf(CodeInvalid, "error.link.disabled")
		}
		until := s.Now().Add(LinkLife)
		u.Link, u.LinkUntil = secret.TokenDigest(token), &until
		return nil
	})
	return token, u, err
}

// LinkUser answers whose link this is. CodeNotFound when it is over. It asks
// for no actor: whoever has the link may.
func (s *Service) LinkUser(ctx context.Context, token string) (User, error) {
	u, err := s.linkUser(ctx, token)
	return hideUser(u), err
}

func (s *Service) linkUser(ctx context.Context, token string) (User, error) {
	if token == "" {
		return User{}, linkOver()
	}
	u, err := Users.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("link", secret.TokenDigest(token))}})
	if err != nil {
		return User{}, err
	}
	if u == nil || u.Disabled || u.LinkUntil == nil || s.Now().After(*u.LinkUntil) {
		return User{}, linkOver()
	}
	return *u, nil
}

// UseLink sets the password of the user whose link it is; the link, all
// sessions and all tokens are over then. CodeNotFound when the link is over, as
// for the second of two uses at once.
func (s *Service) UseLink(ctx context.Context, token, password string) (User, error) {
	u, err := s.linkUser(ctx, token)
	if err != nil {
		return User{}, err
	}
	if _, err := setPassword(&u, password); err != nil {
		return User{}, err
	}
	u.endAll()
	u.UpdatedAt = s.Now()
	if err := s.Apply(ctx, Users.Put(&u)); err != nil {
		if CodeOf(err) == CodeConflict {
			return User{}, linkOver()
		}
		return User{}, err
	}
	s.tidySessions(ctx, u)
	u.Version++
	return hideUser(u), nil
}
