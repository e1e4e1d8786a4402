// Package auth knows who asks: sign-in with throttling, browser sessions, and
// the short-lived tokens of the API with their refresh tokens. It knows
// nothing of HTTP.
//
// A stolen store opens no session (crm.Session says why). Rights are never in a
// token: role, team and active are read from the store on each request, and so
// is whether the sign-in that a token descends from was ended.
package auth

import (
	"context"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// Lifetimes, counted from the last use.
const (
	SessionLife = 14 * 24 * time.Hour // of a browser's session
	AccessLife  = crm.AccessLife
	RefreshLife = 30 * 24 * time.Hour // of a script's sign-in
)

// seenEvery is how old the time of a session's last use may be. A write per
// request would make every page wait for the disk.
const seenEvery = 10 * time.Minute

// Auth signs users in. It is safe for concurrent use.
type Auth struct {
	svc   *crm.Service
	store store.Store
	ring  *secret.Ring
	now   func() time.Time
	newID func() string

	verified verifiedTokens
	users    decodedUsers
}

// New makes an Auth on the service's store and clock.
func New(svc *crm.Service, ring *secret.Ring) *Auth {
	return &Auth{svc: svc, store: svc.Store(), ring: ring, now: svc.Now, newID: svc.NewID}
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
	gates := []gate{{"email:" + email, freeTries}, {"addr:" + from, freeTriesAddr}}
	if err := a.waitOver(ctx, gates); err != nil {
		return crm.User{}, err
	}
	u, err := crm.Users.First(ctx, a.store, store.Query{Where: []store.Cond{store.Is("email", email)}})
	if err != nil {
		return crm.User{}, err
	}
	ok := false
	if u == nil || u.Password == "" { // nobody, or somebody who has not chosen one yet
		secret.SpendVerify(password)
	} else if ok, err = secret.VerifyPassword(u.Password, password); err != nil {
		return crm.User{}, err
	}
	if ok && u.LoopbackOnly && !Loopback(from) {
		ok = false
	}
	if !ok || u.Disabled {
		if err := a.failed(ctx, gates); err != nil {
			return crm.User{}, err
		}
		return crm.User{}, wrong()
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
func (a *Auth) OpenSession(ctx context.Context, u crm.User, d Device) (token string, err error) {
	token = secret.Token()
	now := a.svc.Now()
	s := crm.Session{ID: secret.TokenDigest(token), User: u.ID, Kind: crm.SessionPage, Epoch: u.Epoch, CreatedAt: now}
	d.use(&s, now, SessionLife)
	return token, a.apply(ctx, crm.Sessions.Put(&s), seen(u.ID, now))
}

// seen notes when a user was last here. It is a patch: a version that rose with
// every visit would spoil the open form of an admin.
func seen(user string, now time.Time) store.Change {
	return store.Patch{In: crm.Users.In, ID: user, Body: map[string][]byte{"seenAt": []byte(strconv.Quote(now.Format(time.RFC3339Nano)))}}
}

// Session finds who holds a browser session. CodeUnauthorized when it is over
// or was ended, its user was disabled, or its password was changed since.
func (a *Auth) Session(ctx context.Context, token string, d Device) (crm.User, crm.Session, error) {
	s, err := crm.Sessions.Get(ctx, a.store, secret.TokenDigest(token))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return crm.User{}, s, expired()
	}
	if err != nil {
		return crm.User{}, s, err
	}
	u, err := a.holder(ctx, s.User, s.Epoch, d.Address)
	if err != nil {
		return u, s, err
	}
	now := a.svc.Now()
	if s.Kind != crm.SessionPage || now.After(s.Expires) {
		return u, s, expired()
	}
	if now.Sub(s.SeenAt) > seenEvery {
		d.use(&s, now, SessionLife)
		err := a.apply(ctx, crm.Sessions.Put(&s), seen(u.ID, now))
		if err != nil && crm.CodeOf(err) != crm.CodeConflict { // another request of this browser was first
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

// Sweep deletes sessions that are over and failed sign-ins that no longer
// count; a background job calls it.
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
	return a.sweepAttempts(ctx)
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
