package crm

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

type idempotencyKey struct{}

// WithIdempotencyKey names the request: what is made under it gets an id that
// follows from the key, so that the same request sent twice makes one record.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// idFor is the id of what an actor makes now, and whether it follows from an
// idempotency key.
func (s *Service) idFor(ctx context.Context, a Actor, what string) (id string, keyed bool) {
	key, _ := ctx.Value(idempotencyKey{}).(string)
	if key == "" {
		return s.newID(), false
	}
	sum := sha256.Sum256([]byte(a.UserID + "\x00" + what + "\x00" + key))
	return "k" + hex.EncodeToString(sum[:12]), true
}

// IDFor is idFor for the packages that make jobs.
func (s *Service) IDFor(ctx context.Context, a Actor, what string) (id string, keyed bool) {
	return s.idFor(ctx, a, what)
}
