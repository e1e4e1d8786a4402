package imapx

import (
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"
)

// Kind says what to do about an error.
type Kind string

// Kinds of errors.
const (
	KindAuth     Kind = "auth"      // wrong user or password: ask the user, try no more
	KindTLS      Kind = "tls"       // certificate or handshake: ask the user
	KindNetwork  Kind = "network"   // not reached, cut off, stalled: try again soon
	KindLimit    Kind = "limit"     // too many connections, over quota, BYE: try much later
	KindProtocol Kind = "protocol"  // the server sent what cannot be read
	KindNotFound Kind = "not-found" // no such folder
	KindRefused  Kind = "refused"   // this program does not connect there
)

// Error is every error of this package but those of a context.
type Error struct {
	Kind   Kind
	Key    string // key of the sentence for the user
	Detail string // for the log, in English; may quote the server
	Err    error

	closes bool
}

func (e *Error) Error() string {
	s := string(e.Kind) + ": " + e.Detail
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error of this package, or nothing.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func newError(kind Kind, detail string, err error) *Error {
	return &Error{Kind: kind, Key: "mail.error." + strings.ReplaceAll(string(kind), "-", ""), Detail: detail, Err: err}
}

// authError marks a refusal of the password. A server that is overloaded
// refuses as well, and must not cost the user one of three tries.
func authError(err error) error {
	var ie *imap.Error
	if !errors.As(err, &ie) {
		return err
	}
	if kind := kindOfAnswer(ie); kind != KindProtocol && kind != KindNotFound {
		return newError(kind, "sign in: "+clip(ie.Text), nil)
	}
	return newError(KindAuth, "sign in: "+clip(ie.Text), nil)
}

// classify makes an Error of what the library returned. The library flattens
// causes into text, so the wire's own cause and the server's BYE come first.
func classify(what string, err, cause error, bye string) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	var ie *imap.Error
	if errors.As(err, &ie) && ie.Type != imap.StatusResponseTypeBye {
		return newError(kindOfAnswer(ie), what+": "+clip(string(ie.Type)+" "+ie.Text), err)
	}
	closing := func(kind Kind, detail string, err error) *Error {
		e := newError(kind, detail, err)
		e.closes = true
		return e
	}
	switch {
	case bye != "" || ie != nil:
		return closing(KindLimit, what+": "+clip(bye), err)
	case errors.Is(cause, errTooMuch):
		return closing(KindProtocol, what, cause)
	case cause != nil:
		return closing(KindNetwork, what, cause)
	}
	return closing(KindProtocol, what, err)
}

// kindOfAnswer reads a NO or BAD: the response code where there is one, else
// the words that large providers use.
func kindOfAnswer(e *imap.Error) Kind {
	switch strings.ToUpper(string(e.Code)) {
	case "AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "PRIVACYREQUIRED":
		return KindAuth
	case "LIMIT", "OVERQUOTA", "INUSE", "UNAVAILABLE", "SERVERBUG", "THROTTLED":
		return KindLimit
	case "NONEXISTENT", "TRYCREATE", "NOPERM":
		return KindNotFound
	}
	text := strings.ToLower(e.Text)
	for _, s := range []string{"too many", "simultaneous", "bandwidth", "exceeded", "throttl", "try again later", "temporar", "rate limit"} {
		if strings.Contains(text, s) {
			return KindLimit
		}
	}
	for _, s := range []string{"doesn't exist", "does not exist", "not exist", "unknown mailbox", "no such", "not found"} {
		if strings.Contains(text, s) {
			return KindNotFound
		}
	}
	return KindProtocol
}

func clip(s string) string {
	s = strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "?")
	if len(s) > 200 {
		return strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}
