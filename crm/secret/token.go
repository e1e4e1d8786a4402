package secret

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
)

// Token returns a random text of 256 bits for sessions, refresh tokens and
// secret addresses. It is URL-safe.
func Token() string { return base64.RawURLEncoding.EncodeToString(randomBytes(32)) }

// TokenDigest returns what is stored of a token: SHA-256 in hex. A token is
// random already, so a slow hash would protect nothing more, and a stolen store
// holds no usable token.
func TokenDigest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// readable has no letters or digits that people mistake for one another on
// paper or a phone: no 0 o 1 l i 2 z 5 s 8 b 9 g q u v.
const readable = "acdefhjkmnprtwxy3467"

const (
	oneTimeGroups = 4
	oneTimeLetter = 4
)

// OneTimePassword returns a readable password of four groups of four, such as
// "kfem-34tx-hpra-c6nw": 69 bits.
func OneTimePassword() string {
	var b strings.Builder
	for i := range oneTimeGroups * oneTimeLetter {
		if i > 0 && i%oneTimeLetter == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(readable[randomIndex(len(readable))])
	}
	return b.String()
}

func randomIndex(n int) int {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // crypto/rand ends the program before it returns an error
	}
	return int(i.Int64())
}
