package message

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// toUTF8 converts text of a declared charset. NUL and what is no character
// become U+FFFD, so that every store and page can hold the result. The problem
// is empty, or says why windows-1252 was assumed.
func toUTF8(b []byte, label string) (text, problem string) {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown", "8bit", "7bit", "binary":
		return undeclared(b), ""
	case "utf-8", "utf8", "utf_8", "x-utf_8", "unicode-1-1-utf-8":
		if mostlyLatin(b) {
			return latin(b), "text declared as UTF-8 is not"
		}
		return clean(string(b)), ""
	}
	enc := findEncoding(label)
	if enc == nil {
		return undeclared(b), "unknown charset " + clip(label, 40)
	}
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return undeclared(b), "text does not fit its charset " + clip(label, 40)
	}
	return clean(string(out)), ""
}

// undeclared 8-bit text: valid UTF-8 is UTF-8, else windows-1252.
func undeclared(b []byte) string {
	if utf8.Valid(b) {
		return clean(string(b))
	}
	return latin(b)
}

func latin(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return clean(string(b))
	}
	return clean(string(out))
}

// mostlyLatin tells a wrong label from a mail with a damaged character or two:
// then more bytes are invalid than there are proper multi-byte characters.
func mostlyLatin(b []byte) bool {
	if utf8.Valid(b) {
		return false
	}
	good, bad := 0, 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		b = b[size:]
	}
	return bad > good
}

func findEncoding(label string) encoding.Encoding {
	if enc, err := htmlindex.Get(label); err == nil {
		return enc
	}
	for _, name := range []string{label, "cs" + label, strings.ReplaceAll(label, "cp-", "cp"), strings.ReplaceAll(label, "_", "-")} {
		if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
			return enc
		}
		if enc, err := ianaindex.IANA.Encoding(name); err == nil && enc != nil {
			return enc
		}
	}
	return nil
}

// clean replaces NUL and invalid UTF-8, and makes every line end in \n.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return strings.TrimPrefix(s, "\uFEFF")
}

// oneLine makes a header value fit a row of a list.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func clip(s string, n int) string {
	s = clean(s)
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// hasText says whether there is anything to read in b.
func hasText(b []byte) bool { return len(bytes.TrimSpace(b)) > 0 }
