package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cemigmas/crm"
	"cemigmas/crm/secret"
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

// claims name the user, the epoch of its password and the sign-in, nothing
// else.
type claims struct {
	Epoch   int64  `json:"epoch"`
	Session string `json:"sid"`
	jwt.RegisteredClaims
}

// access makes an access token of a sign-in.
func (a *Auth) access(u crm.User, session string, now time.Time) (string, error) {
	key := a.ring.Derive(secret.ForJWT)
	t := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{Epoch: u.Epoch, Session: session, RegisteredClaims: jwt.RegisteredClaims{
		Subject: u.ID, Issuer: issuer, Audience: jwt.ClaimStrings{audience},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(AccessLife)),
	}})
	t.Header["kid"] = key.ID
	return t.SignedString(key.Bytes)
}

// Bearer finds who holds an access token. What the signature vouches for is
// remembered until the token ends; who the user is, whether it still may and
// whether the sign-in was ended is read each time, in one document.
func (a *Auth) Bearer(ctx context.Context, token, from string) (u crm.User, session string, err error) {
	c, ok := a.verified.get(token, a.now())
	if !ok {
		if c, err = a.verify(token); err != nil {
			return u, "", &crm.Error{Code: crm.CodeUnauthorized, Text: crm.Text{Key: "error.signin.expired"}, Err: err}
		}
		a.verified.put(token, c)
	}
	if u, err = a.holder(ctx, c.Subject, c.Epoch, from); err == nil && u.HasEnded(c.Session) {
		err = expired()
	}
	return u, c.Session, err
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
