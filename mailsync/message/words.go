package message

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// encodedWord also takes blanks inside, which the standard forbids and real
// programs write.
var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,64})\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of a header value. Neighbours in one
// charset are joined before conversion, because programs cut in the middle of
// a character. Bytes outside of words are UTF-8 or else windows-1252.
func decodeWords(s string) string {
	hits := encodedWord.FindAllStringSubmatchIndex(s, -1)
	var b strings.Builder
	var run wordRun
	at := 0
	for _, hit := range hits {
		between := s[at:hit[0]]
		charset, enc, data := s[hit[2]:hit[3]], s[hit[4]], s[hit[6]:hit[7]]
		if !run.open || strings.TrimSpace(between) != "" || !strings.EqualFold(run.charset, charset) {
			run.flush(&b)
			if !run.closed || strings.TrimSpace(between) != "" {
				b.WriteString(undeclared([]byte(between)))
			}
		}
		run.add(charset, decodeWord(enc, data))
		at = hit[1]
	}
	run.flush(&b)
	b.WriteString(undeclared([]byte(s[at:])))
	return b.String()
}

// wordRun gathers the bytes of neighbouring encoded words.
type wordRun struct {
	charset string
	data    []byte
	open    bool
	closed  bool // a word has just ended: a blank before the next one is no text
}

func (r *wordRun) add(charset string, data []byte) {
	r.charset, r.open = charset, true
	r.data = append(r.data, data...)
}

func (r *wordRun) flush(b *strings.Builder) {
	r.closed = r.open
	if !r.open {
		return
	}
	charset, _, _ := strings.Cut(r.charset, "*") // RFC 2231 allows a language
	text, _ := toUTF8(r.data, charset)
	b.WriteString(text)
	r.open, r.data = false, nil
}

func decodeWord(enc byte, data string) []byte {
	if enc == 'b' || enc == 'B' {
		return looseBase64([]byte(data))
	}
	return looseQP([]byte(strings.ReplaceAll(data, "_", " ")))
}

// looseBase64 decodes what it can: foreign bytes are skipped and padding need
// not be there. Padding in the middle (two pieces glued) starts a new piece.
func looseBase64(src []byte) []byte {
	out := make([]byte, 0, len(src)*3/4)
	piece := make([]byte, 0, len(src))
	flush := func() {
		if len(piece)%4 == 1 {
			piece = piece[:len(piece)-1]
		}
		buf := make([]byte, base64.RawStdEncoding.DecodedLen(len(piece)))
		n, _ := base64.RawStdEncoding.Decode(buf, piece)
		out = append(out, buf[:n]...)
		piece = piece[:0]
	}
	for _, c := range src {
		switch {
		case c == '=':
			flush()
		case isBase64(c):
			piece = append(piece, c)
		}
	}
	flush()
	return out
}

// looseLines decodes the base64 of a part line by line, each up to its first
// foreign byte: what a virus scanner appends in clear is no base64.
func looseLines(src []byte) []byte {
	kept := make([]byte, 0, len(src))
	for len(src) > 0 {
		var line []byte
		line, src = cutLine(src)
		for _, c := range line {
			if !isBase64(c) && c != '=' && !isBlank(c) {
				break
			}
			kept = append(kept, c)
		}
	}
	return looseBase64(kept)
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// looseQP decodes quoted-printable and leaves what is no escape as it is.
func looseQP(src []byte) []byte {
	out := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c != '=' {
			out = append(out, c)
			continue
		}
		if end, ok := softBreak(src[i+1:]); ok {
			i += end
			continue
		}
		if i+2 < len(src) && isHex(src[i+1]) && isHex(src[i+2]) {
			out = append(out, unhex(src[i+1])<<4|unhex(src[i+2]))
			i += 2
			continue
		}
		out = append(out, c)
	}
	return out
}

// softBreak says how many bytes after a "=" make up the rest of its line when
// nothing but blanks stands there.
func softBreak(rest []byte) (int, bool) {
	for i, c := range rest {
		switch c {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1, true
		default:
			return 0, false
		}
	}
	return len(rest), true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}
