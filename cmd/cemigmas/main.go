// Command cemigmas is the whole program: the server, the importer, the reports
// and the upkeep, a verb each.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// Exit codes; scripts depend on them.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3 // an import that rejected rows
)

// exitError ends the program with a code and, if it has one, a sentence.
type exitError struct {
	code int
	msg  string
}

func (e *exitError) Error() string { return e.msg }

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Sprintf(format, args...)}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal stops gracefully; with the handler gone, the second ends
	// the process at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// describe says what went wrong in words; the command line speaks English, as
// its scripts and logs do.
func describe(err error) string {
	var e *crm.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := say(e.Text)
	for field, t := range e.Fields {
		text += fmt.Sprintf("\n  %s: %s", field, say(t))
	}
	if (e.Code == crm.CodeInternal || e.Code == crm.CodeUnavailable) && e.Err != nil {
		text += "\n  " + e.Err.Error()
	}
	return text
}

func say(t crm.Text) string { return sayIn("en", t) }

func sayIn(lang string, t crm.Text) string {
	args := make([]any, len(t.Args))
	for i, a := range t.Args {
		args[i] = a
	}
	return locale.T(locale.Lang(lang), t.Key, args...)
}
