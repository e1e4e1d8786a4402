package secret

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	keyLen   = chacha20poly1305.KeySize
	keyIDLen = 8 // hex digits
)

// Errors of Open. ErrKeyUnknown: the ring lacks the key, as after a restore
// without the key file. ErrSealed: the text is damaged, was sealed for another
// record, or is no sealed text.
var (
	ErrKeyUnknown = errors.New("sealed with a key that is not in the key file")
	ErrSealed     = errors.New("sealed text cannot be opened")
)

// Key is a master key with the id that sealed texts carry.
type Key struct {
	ID    string
	bytes [keyLen]byte
}

func newKey() Key {
	k := Key{ID: hex.EncodeToString(randomBytes(keyIDLen / 2))}
	copy(k.bytes[:], randomBytes(keyLen))
	return k
}

// String hides the key from logs and error texts; GoString does so for %#v.
func (k Key) String() string   { return "key " + k.ID }
func (k Key) GoString() string { return k.String() }

// Ring holds the master keys; the last one seals. It is safe for concurrent
// use.
type Ring struct {
	mu   sync.RWMutex
	keys []Key
}

// NewRing returns a ring with one fresh key that lies in no file: for tests and
// for a store that lives as long as the process.
func NewRing() *Ring { return &Ring{keys: []Key{newKey()}} }

// String names the keys of the ring without showing them.
func (r *Ring) String() string { return "ring " + strings.Join(r.IDs(), " ") }

// GoString does for %#v what String does for %v.
func (r *Ring) GoString() string { return r.String() }

// IDs returns the ids of the keys, oldest first.
func (r *Ring) IDs() []string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	ids := make([]string, len(r.keys))
	for i, k := range r.keys {
		ids[i] = k.ID
	}
	return ids
}

func (r *Ring) active() Key {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.keys[len(r.keys)-1]
}

func (r *Ring) find(id string) (Key, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, k := range r.keys {
		if k.ID == id {
			return k, true
		}
	}
	return Key{}, false
}

const sealPrefix = "s1"

func (k Key) aead() cipher.AEAD {
	// A key of its own for sealing: the master key itself is only derived from.
	a, err := chacha20poly1305.NewX(derive(k, "seal", keyLen))
	if err != nil {
		panic(err) // only a wrong key length fails
	}
	return a
}

// Seal encrypts plain for the record of that id (collection and id, such as
// "mailboxes/01J…") with XChaCha20-Poly1305. The result is text: s1.KEYID.DATA.
func (r *Ring) Seal(record string, plain []byte) string {
	k := r.active()
	a := k.aead()
	nonce := randomBytes(a.NonceSize())
	box := a.Seal(nonce, nonce, plain, sealData(k.ID, record))
	return sealPrefix + "." + k.ID + "." + base64.RawURLEncoding.EncodeToString(box)
}

// sealData binds the text to its record and to the key id it names.
func sealData(keyID, record string) []byte { return []byte(sealPrefix + "." + keyID + "." + record) }

// Open decrypts what Seal made for the same record. Errors: ErrKeyUnknown,
// ErrSealed.
func (r *Ring) Open(record, sealed string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != sealPrefix {
		return nil, ErrSealed
	}
	k, ok := r.find(parts[1])
	if !ok {
		return nil, fmt.Errorf("%w (%.8s)", ErrKeyUnknown, parts[1])
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	a := k.aead()
	if err != nil || len(box) < a.NonceSize() {
		return nil, ErrSealed
	}
	n := a.NonceSize()
	plain, err := a.Open(nil, box[:n], box[n:], sealData(k.ID, record))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Stale tells whether a sealed text was not sealed with the newest key: open it
// and seal it again.
func (r *Ring) Stale(sealed string) bool {
	return !strings.HasPrefix(sealed, sealPrefix+"."+r.active().ID+".")
}

// Purpose names what a derived key is for. Keys of different purposes tell
// nothing about one another.
type Purpose string

// The purposes in use.
const (
	ForJWT     Purpose = "jwt signing"
	ForCSRF    Purpose = "csrf"
	ForRefresh Purpose = "refresh tokens"
	ForCookie  Purpose = "cookie"
)

// Derived is a sub-key of 32 bytes with the id of its master key, which serves
// as the kid of a token.
type Derived struct {
	ID    string
	Bytes []byte
}

// String hides the key from logs; GoString does so for %#v.
func (d Derived) String() string   { return "derived from key " + d.ID }
func (d Derived) GoString() string { return d.String() }

// Derive returns the sub-key of the newest key for a purpose (HKDF-SHA-256).
// All nodes that share the key file derive the same.
func (r *Ring) Derive(p Purpose) Derived {
	k := r.active()
	return Derived{k.ID, derive(k, string(p), keyLen)}
}

// DeriveFrom returns the sub-key of the key with that id, to verify what was
// signed before a rotation.
func (r *Ring) DeriveFrom(id string, p Purpose) (Derived, bool) {
	k, ok := r.find(id)
	if !ok {
		return Derived{}, false
	}
	return Derived{k.ID, derive(k, string(p), keyLen)}, true
}

func derive(k Key, info string, n int) []byte {
	b, err := hkdf.Key(sha256.New, k.bytes[:], nil, "cemigmas "+info, n)
	if err != nil {
		panic(err) // only an absurd length fails
	}
	return b
}
