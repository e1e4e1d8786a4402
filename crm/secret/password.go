package secret

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Argon2id by the second recommendation of RFC 9106: 64 MiB and 3 passes, for
// machines that also have other work. A guess costs an attacker 64 MiB of fast
// memory; a sign-in costs us about 0.1 s of a core. One lane: sign-ins run side
// by side already, and a second lane would only make one of them quicker.
const (
	argonMemoryKiB = 64 * 1024
	argonPasses    = 3
	argonLanes     = 1
	argonSaltLen   = 16
	argonKeyLen    = 32
)

// A stored hash names its own parameters. These bounds keep a hash that was
// tampered with from taking the machine's memory or an hour of its time.
const (
	maxMemoryKiB = 1024 * 1024
	maxPasses    = 16
	maxLanes     = 16
)

// MaxPassword is the longest password in bytes that is hashed; longer ones are
// refused rather than cut.
const MaxPassword = 1024

// ErrPasswordLength says that a password is empty or longer than MaxPassword.
var ErrPasswordLength = errors.New("password is empty or too long")

// ErrHash says that a stored hash is not one that this package wrote.
var ErrHash = errors.New("not an argon2id hash")

type argonParams struct {
	memory, passes uint32
	lanes          uint8
}

var current = argonParams{argonMemoryKiB, argonPasses, argonLanes}

// gate bounds how many hashes run at once: each takes 64 MiB, and a flood of
// sign-ins must not take the machine's memory.
var gate = make(chan struct{}, 4)

func (p argonParams) key(password string, salt []byte, n int) []byte {
	gate <- struct{}{}
	defer func() { <-gate }()
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, p.lanes, uint32(n))
}

// HashPassword returns the PHC string of an Argon2id hash with a fresh salt.
// Error: ErrPasswordLength.
func HashPassword(password string) (string, error) {
	if password == "" || len(password) > MaxPassword {
		return "", ErrPasswordLength
	}
	salt := randomBytes(argonSaltLen)
	return encodeHash(current, salt, current.key(password, salt, argonKeyLen)), nil
}

var b64 = base64.RawStdEncoding

func encodeHash(p argonParams, salt, key []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.passes, p.lanes,
		b64.EncodeToString(salt), b64.EncodeToString(key))
}

func decodeHash(phc string) (p argonParams, salt, key []byte, err error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return p, nil, nil, ErrHash
	}
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return p, nil, nil, ErrHash
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.lanes); n != 3 || err != nil {
		return p, nil, nil, ErrHash
	}
	salt, errSalt := b64.Strict().DecodeString(parts[4])
	key, errKey := b64.Strict().DecodeString(parts[5])
	inBounds := p.lanes >= 1 && p.lanes <= maxLanes && p.passes >= 1 && p.passes <= maxPasses &&
		p.memory >= 8*uint32(p.lanes) && p.memory <= maxMemoryKiB &&
		len(salt) >= 8 && len(salt) <= 64 && len(key) >= 16 && len(key) <= 64
	if errSalt != nil || errKey != nil || !inBounds {
		return p, nil, nil, ErrHash
	}
	return p, salt, key, nil
}

// VerifyPassword tells in constant time whether password has the hash phc.
// Error: ErrHash.
func VerifyPassword(phc, password string) (bool, error) {
	p, salt, want, err := decodeHash(phc)
	if err != nil {
		return false, err
	}
	if len(password) > MaxPassword {
		return false, nil
	}
	got := p.key(password, salt, len(want))
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}

// NeedsRehash tells whether a hash was made with other parameters than today's:
// hash the password again at the next sign-in.
func NeedsRehash(phc string) bool {
	p, salt, key, err := decodeHash(phc)
	return err != nil || p != current || len(salt) != argonSaltLen || len(key) != argonKeyLen
}

// SpendVerify takes the time of a VerifyPassword that fails. Call it where a
// user does not exist, or the answer's time tells who does.
func SpendVerify(password string) {
	if len(password) > MaxPassword {
		return
	}
	current.key(password, make([]byte, argonSaltLen), argonKeyLen)
}

// randomBytes never fails: crypto/rand ends the program rather than return weak
// bytes.
func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}
