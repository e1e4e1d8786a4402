package logs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/mailsync/imapx"
)

// Describe says what kind of error err is, from the outside in, without any
// word that may come from outside of the program.
func Describe(err error) string {
	var parts []string
	for err != nil {
		if p := one(err); p != "" && !slices.Contains(parts, p) {
			parts = append(parts, p)
		}
		if several, ok := err.(interface{ Unwrap() []error }); ok {
			var each []string
			for _, e := range several.Unwrap() {
				each = append(each, Describe(e))
			}
			parts = append(parts, strings.Join(each, "; "))
			break
		}
		err = errors.Unwrap(err)
	}
	return strings.Join(parts, ": ")
}

// simple is the type of errors.New and of fmt.Errorf that wraps nothing. Their
// texts are the program's own words, but may quote: a text is told only when it
// is plain all through. Values bring quotes, digits, capitals, dots or an @.
var (
	simple = fmt.Sprintf("%T", errors.New(""))
	words  = regexp.MustCompile(`^[a-z ,:;'()-]{1,120}$`)
)

func one(err error) string {
	switch e := err.(type) {
	case *store.Error:
		return storeError(e)
	case *crm.Error:
		return domainError(e)
	case *imapx.Error:
		return "imap " + string(e.Kind) + " " + e.Key
	case *crm.PanicError:
		return e.Error()
	case runtime.Error:
		return e.Error()
	case syscall.Errno:
		return e.Error()
	case *fs.PathError:
		return e.Op // a path may be called after a client
	case *os.SyscallError:
		return e.Syscall
	case *net.OpError:
		return e.Op + " " + e.Net
	}
	switch err {
	case context.Canceled, context.DeadlineExceeded:
		return err.Error()
	}
	kind := fmt.Sprintf("%T", err)
	switch {
	case kind == simple && (words.MatchString(err.Error()) || err == io.EOF || err == io.ErrUnexpectedEOF):
		return err.Error()
	case errors.Unwrap(err) != nil && strings.HasPrefix(kind, "*fmt."):
		return "" // its words are around those of what it wraps, which follows
	}
	return kind
}

// storeError leaves the id out: ids of rows that guard sign-in hold addresses.
// A unique violation names its field, never the value.
func storeError(e *store.Error) string {
	s := "store " + string(e.Code)
	if e.Collection != "" {
		s += " " + e.Collection
	}
	if e.Field != "" {
		s += " field " + e.Field
	}
	if e.Code == store.CodeUnavailable && e.Msg != "" {
		s += " (" + e.Msg + ")"
	}
	return s
}

// domainError leaves out what was wrong field by field: unknown fields of a
// request are named as it named them.
func domainError(e *crm.Error) string { return string(e.Code) + " " + e.Text.Key }
