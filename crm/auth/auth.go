// Package auth knows who asks: sign-in with throttling, browser sessions, and
// the short-lived tokens of the API with their refresh tokens. It knows
// nothing of HTTP.
//
// A session in the store is named by the SHA-256 of the secret that the
// browser or the script holds, so a stolen store opens none. Rights are never
// in a token: role, team and active are read from the store on each request.
package auth

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// Lifetimes. A page session lasts a working week of absence; an access token
// is short because nothing can call it back but the user's epoch.
const (
	SessionLife = 14 * 24 * time.Hour
	AccessLife  = 15 * time.Minute
	RefreshLife = 30 * 24 * time.Hour
)

// Auth signs users in. It is safe for concurrent use.
type Auth struct {
	store store.Store
	ring  *secret.Ring
	now   func() time.Time
	newID func() string

	verified verifiedTokens
	users    decodedUsers
}

// New makes an Auth on the service's store and clock.
func New(svc *crm.Service, ring *secret.Ring) *Auth {
	return &Auth{store: svc.Store(), ring: ring, now: svc.Now, newID: svc.NewID}
}

// wrong is what is said of a wrong password, an unknown address and a disabled
// user alike.
func wrong() error { return crm.Errf(crm.CodeUnauthorized, "error.signin.wrong") }

// expired asks to sign in again.
func expired() error { return crm.Errf(crm.CodeUnauthorized, "error.signin.expired") }

// SignIn checks an address and a password that came from a network address.
// CodeUnauthorized when they do not fit, CodeTooMany while further tries must
// wait.
func (a *Auth) SignIn(ctx context.Context, email, password, from string) (crm.User, error) {
	email = strings.ToLower(strings.TrimSpace(email))
	gates := []string{"email:" + email, "addr:" + from}
	if err := a.waitOver(ctx, gates); err != nil {
		return crm.User{}, err
	}
	u, err := crm.Users.First(ctx, a.store, store.Query{Where: []store.Cond{store.Is("email", email)}})
	if err != nil {
		return crm.User{}, err
	}
	ok := false
	if u == nil {
		secret.SpendVerify(password)
	} else if ok, err = secret.VerifyPassword(u.Password, password); err != nil {
		return crm.User{}, err
	}
	if ok && u.LoopbackOnly && !Loopback(from) {
		ok = false
	}
	if !ok || u.Disabled {
		return crm.User{}, a.failed(ctx, gates)
	}
	a.forget(ctx, gates[:1])
	return *u, nil
}

// Loopback reports whether a network address is this machine's own.
func Loopback(addr string) bool {
	ip, err := netip.ParseAddr(addr)
	return err == nil && ip.Unmap().IsLoopback()
}

// OpenSession starts a browser session and answers its secret.
func (a *Auth) OpenSession(ctx context.Context, u crm.User) (token string, err error) {
	token = secret.Token()
	now := a.now()
	s := crm.Session{ID: secret.TokenDigest(token), User: u.ID, Kind: "page", Epoch: u.Epoch,
		Expires: now.Add(SessionLife), SeenAt: now, CreatedAt: now}
	return token, a.apply(ctx, crm.Sessions.Put(&s))
}

// Session finds who holds a browser session. CodeUnauthorized when it is over,
// its user was disabled, or its password was changed since.
func (a *Auth) Session(ctx context.Context, token, from string) (crm.User, crm.Session, error) {
	s, err := crm.Sessions.Get(ctx, a.store, secret.TokenDigest(token))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return crm.User{}, s, expired()
	}
	if err != nil {
		return crm.User{}, s, err
	}
	u, err := a.holder(ctx, s.User, s.Epoch, from)
	if err != nil {
		return u, s, err
	}
	now := a.now()
	if s.Kind != "page" || now.After(s.Expires) {
		return u, s, expired()
	}
	// Prolonged at most once an hour: a write per request would make every
	// page wait for the disk.
	if now.Sub(s.SeenAt) > time.Hour {
		s.SeenAt, s.Expires = now, now.Add(SessionLife)
		if err := a.apply(ctx, crm.Sessions.Put(&s)); err != nil && crm.CodeOf(err) != crm.CodeConflict {
			return u, s, err
		}
	}
	return u, s, nil
}

// holder reads the user of a session or token and checks that it still may.
func (a *Auth) holder(ctx context.Context, id string, epoch int64, from string) (crm.User, error) {
	u, err := a.user(ctx, id)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return crm.User{}, expired()
	}
	if err != nil {
		return crm.User{}, err
	}
	if u.Disabled || u.Epoch != epoch || u.LoopbackOnly && !Loopback(from) {
		return u, expired()
	}
	return u, nil
}

// CloseSession ends a browser session.
func (a *Auth) CloseSession(ctx context.Context, token string) error {
	return a.apply(ctx, store.Delete{In: crm.Sessions.In, ID: secret.TokenDigest(token), Version: -1})
}

// Sweep deletes sessions that are over; a background job calls it.
func (a *Auth) Sweep(ctx context.Context) error {
	q := store.Query{Where: []store.Cond{store.Below("expires", a.now())}, Sort: []string{"expires"}}
	for s, err := range crm.Sessions.All(ctx, a.store, q) {
		if err != nil {
			return err
		}
		if err := a.apply(ctx, store.Delete{In: crm.Sessions.In, ID: s.ID, Version: -1}); err != nil {
			return err
		}
	}
	return nil
}

func (a *Auth) apply(ctx context.Context, ch ...store.Change) error { return a.store.Apply(ctx, ch...) }

// user reads a user. As it was decoded it is kept, by the version that was read:
// every request asks for the version, few find it changed.
func (a *Auth) user(ctx context.Context, id string) (crm.User, error) {
	version, _, err := a.store.Peek(ctx, crm.Users.In, id)
	if store.IsNotFound(err) {
		return crm.User{}, expired()
	}
	if err != nil {
		return crm.User{}, err
	}
	if u, ok := a.users.get(id); ok && u.Version == version {
		return u, nil
	}
	u, err := crm.Users.Get(ctx, a.store, id)
	if err == nil {
		a.users.put(u)
	}
	return u, err
}

// decodedUsers keeps users as they were decoded.
type decodedUsers struct {
	mu sync.RWMutex
	by map[string]crm.User
}

func (c *decodedUsers) get(id string) (crm.User, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	u, ok := c.by[id]
	return u, ok
}

func (c *decodedUsers) put(u crm.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil || len(c.by) >= maxVerified {
		c.by = map[string]crm.User{}
	}
	c.by[u.ID] = u
}
