package message

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

func rawDigest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// digest is the identity of a mail across mailboxes, together with its
// Message-ID: what a relay, a spam filter or a signature gateway changes on
// the way (added headers, line ends, blanks, transfer encoding) is left out.
func (m *Message) digest(h header) string {
	sum := sha256.New()
	for _, a := range m.From {
		sum.Write([]byte(a.Email + "\x1f"))
	}
	date := strings.TrimSpace(h.get("Date"))
	if !m.Date.IsZero() {
		date = strconv.FormatInt(m.Date.Unix(), 10)
	}
	sum.Write([]byte("\x1e" + date + "\x1e" + oneLine(m.Subject) + "\x1e"))
	for word := range strings.FieldsSeq(m.Text) {
		sum.Write([]byte(word + " "))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
