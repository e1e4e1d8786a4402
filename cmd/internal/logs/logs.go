// Package logs makes the program's log. It is read by people who may see no
// client's data and kept where nobody deletes it on request, so nothing in it
// may quote what people wrote: an error is told by its kind (Describe) and
// never by its text, because databases, mail servers and parsers quote what they
// were given.
package logs

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Formats of the log.
const (
	Text = "text"
	JSON = "json"
)

// New makes a log of a format, from a least level ("debug", "info", "warn",
// "error") on.
func New(w io.Writer, format, least string) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(least)); err != nil {
		return nil, fmt.Errorf("--log-level: debug, info, warn or error, not %q", least)
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: plain}
	switch format {
	case Text:
		return slog.New(slog.NewTextHandler(w, o)), nil
	case JSON:
		return slog.New(slog.NewJSONHandler(w, o)), nil
	}
	return nil, fmt.Errorf("--log-format: text or json, not %q", format)
}

// plain lets plain values through, and of anything else its kind only.
func plain(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	switch v := a.Value.Any().(type) {
	case error:
		a.Value = slog.StringValue(Describe(v))
	case nil, slog.Level, time.Time, *slog.Source:
	default:
		a.Value = slog.StringValue(fmt.Sprintf("a %T", v))
	}
	return a
}
