package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

const (
	issuer   = "cemigmas"
	audience = "cemigmas-api"
)

// Tokens are what a script signs in with.
type Tokens struct {
	Token        string    `json:"token"`
	ExpiresAt    time.Time `json:"expiresAt"`
	RefreshToken string    `json:"refreshToken"`
}

// claims name the user and the epoch of its password, nothing else.
type claims struct {
	Epoch int64 `json:"epoch"`
	jwt.RegisteredClaims
}

// Issue makes an access token and the first refresh token of a family.
func (a *Auth) Issue(ctx context.Context, u crm.User) (Tokens, error) {
	return a.issue(ctx, u, a.newID())
}

func (a *Auth) issue(ctx context.Context, u crm.User, family string, with ...store.Change) (Tokens, error) {
	now := a.now()
	key := a.ring.Derive(secret.ForJWT)
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{Epoch: u.Epoch, RegisteredClaims: jwt.RegisteredClaims{
		Subject: u.ID, Issuer: issuer, Audience: jwt.ClaimStrings{audience},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessLife)),
	}})
	t.Header["kid"] = key.ID
	signed, err := t.SignedString(key.Bytes)
	if err != nil {
		return Tokens{}, err
	}
	refresh := secret.Token()
	s := crm.Session{ID: secret.TokenDigest(refresh), User: u.ID, Kind: "api", Epoch: u.Epoch, Family: family,
		Expires: now.Add(RefreshLife), SeenAt: now, CreatedAt: now}
	if err := a.apply(ctx, append(with, crm.Sessions.Put(&s))...); err != nil {
		return Tokens{}, err
	}
	return Tokens{Token: signed, ExpiresAt: now.Add(AccessLife), RefreshToken: refresh}, nil
}

// Refresh exchanges a refresh token, once. A second use means that somebody
// else holds a copy: the whole family ends.
func (a *Auth) Refresh(ctx context.Context, token, from string) (Tokens, error) {
	s, err := crm.Sessions.Get(ctx, a.store, secret.TokenDigest(token))
	if crm.CodeOf(err) == crm.CodeNotFound {
		return Tokens{}, expired()
	}
	if err != nil {
		return Tokens{}, err
	}
	if s.Kind != "api" || a.now().After(s.Expires) {
		return Tokens{}, expired()
	}
	if s.Used {
		return Tokens{}, errors.Join(expired(), a.endFamily(ctx, s.Family))
	}
	u, err := a.holder(ctx, s.User, s.Epoch, from)
	if err != nil {
		return Tokens{}, err
	}
	s.Used = true
	out, err := a.issue(ctx, u, s.Family, crm.Sessions.Put(&s))
	if crm.CodeOf(err) == crm.CodeConflict { // two exchanges at once: one of them is a copy
		return Tokens{}, errors.Join(expired(), a.endFamily(ctx, s.Family))
	}
	return out, err
}

func (a *Auth) endFamily(ctx context.Context, family string) error {
	q := store.Query{Where: []store.Cond{store.Is("family", family)}}
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

// Bearer finds who holds an access token. What the signature vouches for is
// remembered until the token ends; who the user is and whether it still may is
// read each time.
func (a *Auth) Bearer(ctx context.Context, token, from string) (crm.User, error) {
	c, ok := a.verified.get(token, a.now())
	if !ok {
		var err error
		if c, err = a.verify(token); err != nil {
			return crm.User{}, &crm.Error{Code: crm.CodeUnauthorized, Text: crm.Text{Key: "error.signin.expired"}, Err: err}
		}
		a.verified.put(token, c)
	}
	return a.holder(ctx, c.Subject, c.Epoch, from)
}

func (a *Auth) verify(token string) (c claims, err error) {
	_, err = jwt.ParseWithClaims(token, &c, func(t *jwt.Token) (any, error) {
		kid, _ := t.Header["kid"].(string)
		key, ok := a.ring.DeriveFrom(kid, secret.ForJWT)
		if !ok {
			return nil, fmt.Errorf("unknown key %q", kid)
		}
		return key.Bytes, nil
	},
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(a.now))
	return c, err
}

// maxVerified bounds the memory that remembered tokens take, about 2 MB.
const maxVerified = 4096

// verifiedTokens remembers tokens whose signature was checked.
type verifiedTokens struct {
	mu sync.RWMutex
	by map[string]claims
}

func (v *verifiedTokens) get(token string, now time.Time) (claims, bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	c, ok := v.by[token]
	return c, ok && now.Before(c.ExpiresAt.Time)
}

func (v *verifiedTokens) put(token string, c claims) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.by == nil || len(v.by) >= maxVerified {
		v.by = make(map[string]claims, 64) // most of them are over anyway
	}
	v.by[token] = c
}

// CSRF makes the token that forms of a session carry; it is the same on every
// node that has the key file.
func (a *Auth) CSRF(sessionID string) string {
	mac := hmac.New(sha256.New, a.ring.Derive(secret.ForCSRF).Bytes)
	mac.Write([]byte(sessionID))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// CheckCSRF compares in constant time.
func (a *Auth) CheckCSRF(sessionID, token string) bool {
	return hmac.Equal([]byte(a.CSRF(sessionID)), []byte(token))
}
