// Command cemigmas is the whole program: the server, the importer, the reports
// and the upkeep, a verb each.
package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
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
	ctx, stop := stopping()
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// wrongValue makes wrong usage of an error of the domain that blames the value
// of a flag: whoever gives another can go on.
func wrongValue(cmd *cobra.Command, err error) error {
	var setting app.SettingError
	if errors.As(err, &setting) {
		return usage("%s", string(setting))
	}
	var e *crm.Error
	if !errors.As(err, &e) || e.Code != crm.CodeInvalid {
		return err
	}
	var said []string
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		f := cmd.Flags().Lookup(field)
		if f == nil {
			continue
		}
		if f.Changed {
			said = append(said, fmt.Sprintf("--%s %q: %s (%s)", field, f.Value, say(e.Fields[field]), f.Usage))
		} else {
			said = append(said, fmt.Sprintf("--%s: %s", field, say(e.Fields[field])))
		}
	}
	if len(said) == 0 {
		return err
	}
	return usage("%s", strings.Join(said, "\n  "))
}

// stopping makes a context that ends with the first signal, which stops
// gracefully. The second ends the process as if nobody listened. Both wait in
// one channel, so that the second is not lost however soon it comes.
func stopping() (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		second := <-signals
		signal.Reset()
		if self, err := os.FindProcess(os.Getpid()); err != nil || self.Signal(second) != nil {
			os.Exit(exitFailed)
		}
	}()
	return ctx, stop
}

// describe says what went wrong in words; the command line speaks English, as
// its scripts and logs do.
func describe(err error) string {
	var e *crm.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := say(e.Text)
	for _, field := range slices.Sorted(maps.Keys(e.Fields)) {
		if t := say(e.Fields[field]); t != say(e.Text) {
			text += fmt.Sprintf("\n  %s: %s", field, t)
		}
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
