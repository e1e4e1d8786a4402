// Package message turns the bytes of a mail into what the program shows,
// threads and files: addresses, subject, text, attachments, keys.
//
// It is pure: no clock, no network, no store. Nothing in it panics on any
// input, and every mail yields something to show: go-message reads first, an
// own tolerant walk what go-message cannot, and the rest is shown as text.
// Message.Problem then says what was wrong, in English, for the page that
// lists faulty mail.
package message

import (
	"errors"
	"time"
)

// Limits of one mail. What lies beyond is left out and named in Problem; the
// raw mail, which the store keeps, still has it.
const (
	MaxDepth  = 20       // nested multiparts
	MaxParts  = 500      // parts in all
	MaxHeader = 1 << 20  // bytes of one header
	MaxText   = 10 << 20 // bytes of text of one part

	maxAddresses  = 2000 // in one header field
	maxReferences = 200  // the newest are kept
)

// ErrEmpty says that there is not a byte to read.
var ErrEmpty = errors.New("message: empty mail")

// Address is one mailbox of a header field. Email is in lower case and may be
// empty when the field only names somebody.
type Address struct {
	Name  string
	Email string
}

// Attachment is a part that is not shown as text. Inline ones are referred to
// by the HTML (ContentID) or were sent to be shown in the flow.
type Attachment struct {
	Path      string // IMAP-like part number, for Part
	Name      string // file name, never a path; may be empty
	Type      string // media type in lower case, such as "application/pdf"
	ContentID string // without angle brackets
	Size      int64  // bytes after decoding
	Inline    bool
}

// Message is a parsed mail.
type Message struct {
	MessageID  string   // without angle brackets, empty when absent
	InReplyTo  []string // ids
	References []string // ids, oldest first

	From, To, Cc, Bcc, ReplyTo []Address

	Date      time.Time // UTC; zero when absent or unreadable, see When
	Subject   string
	Canonical string // subject for threads, see CanonicalSubject

	Text        string // plain text, made of the HTML when there is nothing else
	Attachments []Attachment

	// Automatic mail (newsletters, bounces, robots) is not a contact.
	Automatic       bool
	AutomaticReason string // one of the Reason constants

	Digest    string // hex SHA-256 of From, Date, Subject and text
	RawDigest string // hex SHA-256 of the raw mail
	Size      int64  // bytes of the raw mail

	Problem string // what could not be read, empty when all was well

	html string // as it came, UTF-8; HTML sanitises it
}

// Parse reads a mail. The error is ErrEmpty for a mail without a byte;
// everything else yields a message, whose Problem says what failed.
func Parse(raw []byte) (*Message, error) {
	if len(raw) == 0 {
		return nil, ErrEmpty
	}
	t := read(raw)
	m := &Message{Size: int64(len(raw)), RawDigest: rawDigest(raw)}
	m.readHeader(t.header)
	m.readBody(t)
	m.Automatic, m.AutomaticReason = automatic(t.header, m.From, t.root)
	m.Digest = m.digest(t.header)
	m.Problem = t.problems.String()
	return m, nil
}

// ParseHeader reads a header alone, as it is fetched before a body. Text,
// attachments and digests are empty.
func ParseHeader(raw []byte) *Message {
	h, _, _ := splitHeader(raw)
	m := &Message{Size: int64(len(raw))}
	m.readHeader(h)
	m.Automatic, m.AutomaticReason = automatic(h, m.From, nil)
	return m
}

// When is the date that a timeline shows: the header's, unless it is absent,
// before there was mail, or after the mail arrived. Wrong clocks are common: a
// mail of 2036 would stay on top for ever, and one of the next hour would be no
// contact until that hour. A zero arrival bounds nothing.
func (m *Message) When(arrived time.Time) time.Time {
	if arrived.IsZero() {
		return m.Date
	}
	if m.Date.IsZero() || m.Date.Year() < 1980 || m.Date.After(arrived) {
		return arrived.UTC()
	}
	return m.Date
}

func (m *Message) readHeader(h header) {
	m.MessageID = firstID(h.get("Message-Id"))
	m.InReplyTo = parseIDs(h.get("In-Reply-To"))
	m.References = lastIDs(parseIDs(h.get("References")))
	m.From = ParseAddresses(h.all("From"))
	if len(m.From) == 0 {
		m.From = ParseAddresses(h.all("Sender"))
	}
	m.To = ParseAddresses(h.all("To"))
	m.Cc = ParseAddresses(h.all("Cc"))
	m.Bcc = ParseAddresses(h.all("Bcc"))
	m.ReplyTo = ParseAddresses(h.all("Reply-To"))
	m.Date = parseDate(h.get("Date"))
	m.Subject = oneLine(decodeWords(h.get("Subject")))
	m.Canonical = CanonicalSubject(m.Subject)
}
