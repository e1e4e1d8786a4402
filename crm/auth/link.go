package auth

import (
	"context"

	"cemigmas/crm"
)

// LinkUser answers whose one-time link this is. Wrong ones are counted by
// network address: nobody guesses 256 bits, but nobody need be let try either.
func (a *Auth) LinkUser(ctx context.Context, token string, d Device) (crm.User, error) {
	return a.throughLink(ctx, d, func() (crm.User, error) { return a.svc.LinkUser(ctx, token) })
}

// UseLink sets a password behind a one-time link and answers its user, signed
// in by the same act.
func (a *Auth) UseLink(ctx context.Context, token, password string, d Device) (crm.User, error) {
	return a.throughLink(ctx, d, func() (crm.User, error) {
		if u, err := a.svc.LinkUser(ctx, token); err != nil || u.LoopbackOnly && !Loopback(d.Address) {
			return u, err
		}
		return a.svc.UseLink(ctx, token, password)
	})
}

func (a *Auth) throughLink(ctx context.Context, d Device, open func() (crm.User, error)) (crm.User, error) {
	gates := []gate{{"link:" + d.Address, freeTriesAddr}}
	if err := a.waitOver(ctx, gates); err != nil {
		return crm.User{}, err
	}
	u, err := open()
	if err == nil && u.LoopbackOnly && !Loopback(d.Address) {
		u, err = crm.User{}, crm.Errf(crm.CodeNotFound, "error.link.over")
	}
	if crm.CodeOf(err) == crm.CodeNotFound {
		if err := a.failed(ctx, gates); err != nil {
			return crm.User{}, err
		}
	}
	return u, err
}
