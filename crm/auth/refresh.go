package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/secret"
)

// Refresh tokens of one sign-in are numbered, and the store holds the number
// that is good now. A token is its sign-in's name, its number and a MAC over
// both under the master key: whoever shows one was given it, and the successor
// of a token can be made again without being stored. So nothing is lost when
// the program dies between spending a token and answering.

// Grace is how long a spent token still answers, with the very successor that
// was made when it was spent: for two requests of one script at once, and for a
// retry after a lost answer. Later, and with any older token, it is a copy, and
// the sign-in ends. A thief who is within the grace holds the same successor as
// the script; the one who uses it second, later than the grace, ends both.
const Grace = 30 * time.Second

// Issue signs a script in: an access token and the first refresh token.
func (a *Auth) Issue(ctx context.Context, u crm.User, d Device) (Tokens, error) {
	now := a.svc.Now()
	s := crm.Session{ID: a.newID(), User: u.ID, Kind: crm.SessionAPI, Epoch: u.Epoch, Step: 1, CreatedAt: now}
	d.use(&s, now, RefreshLife)
	if err := a.apply(ctx, crm.Sessions.Put(&s), seen(u.ID, now)); err != nil {
		return Tokens{}, err
	}
	return a.tokens(u, s, now)
}

func (a *Auth) tokens(u crm.User, s crm.Session, now time.Time) (Tokens, error) {
	signed, err := a.access(u, s.ID, now)
	return Tokens{Token: signed, ExpiresAt: now.Add(AccessLife), RefreshToken: a.refreshToken(s.ID, s.Step)}, err
}

func (a *Auth) refreshToken(session string, step int64) string {
	key := a.ring.Derive(secret.ForRefresh)
	head := key.ID + "." + session + "." + strconv.FormatInt(step, 10)
	return head + "." + refreshMAC(key.Bytes, head)
}

func refreshMAC(key []byte, head string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(head))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// readRefresh answers what a refresh token names; ok is false for one that was
// never given to anybody.
func (a *Auth) readRefresh(token string) (session string, step int64, ok bool) {
	head, mac, ok := cutLast(token, ".")
	kid, rest, _ := strings.Cut(head, ".")
	key, known := a.ring.DeriveFrom(kid, secret.ForRefresh)
	if !ok || !known || !hmac.Equal([]byte(mac), []byte(refreshMAC(key.Bytes, head))) {
		return "", 0, false
	}
	session, number, _ := cutLast(rest, ".")
	step, err := strconv.ParseInt(number, 10, 64)
	return session, step, err == nil
}

func cutLast(s, sep string) (head, tail string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// refreshTries: one to spend the token, one to find that another request of the
// same script did.
const refreshTries = 4

// Refresh exchanges a refresh token for a new one. CodeUnauthorized when its
// sign-in is over; the second use of a spent token (but for Grace) ends it.
func (a *Auth) Refresh(ctx context.Context, token string, d Device) (out Tokens, err error) {
	session, step, ok := a.readRefresh(token)
	if !ok {
		return Tokens{}, expired()
	}
	for range refreshTries {
		if out, err = a.refreshOnce(ctx, session, step, d); crm.CodeOf(err) != crm.CodeConflict {
			break
		}
	}
	return out, err
}

func (a *Auth) refreshOnce(ctx context.Context, session string, step int64, d Device) (Tokens, error) {
	s, err := crm.Sessions.Get(ctx, a.store, session)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return Tokens{}, expired()
	}
	if err != nil {
		return Tokens{}, err
	}
	now := a.svc.Now()
	u, err := a.holder(ctx, s.User, s.Epoch, d.Address)
	switch {
	case err != nil:
		return Tokens{}, err
	case s.Kind != crm.SessionAPI || now.After(s.Expires) || step > s.Step: // above: the store is an older backup
		return Tokens{}, expired()
	case step == s.Step:
		return a.spend(ctx, u, s, now, d)
	case step == s.Step-1 && s.SpentAt != nil && now.Sub(*s.SpentAt) <= Grace:
		return a.tokens(u, s, now)
	}
	return Tokens{}, errors.Join(expired(), a.svc.CloseSessions(ctx, s.User, s.ID))
}

func (a *Auth) spend(ctx context.Context, u crm.User, s crm.Session, now time.Time, d Device) (Tokens, error) {
	s.Step++
	s.SpentAt = &now
	d.use(&s, now, RefreshLife)
	if err := a.apply(ctx, crm.Sessions.Put(&s), seen(u.ID, now)); err != nil {
		return Tokens{}, err
	}
	return a.tokens(u, s, now)
}
