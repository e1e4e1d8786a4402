package imapx

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// maxLine holds the answer to a SEARCH over two million messages.
const maxLine = 16 << 20

// scrubber stands between the wire and the library and takes out what kills
// the library and what nobody asked for: answers of unknown kinds (VANISHED),
// flags (a server may call one [Junk]), dates that are none, folders whose
// names cannot be decoded. Literals pass through untouched and uncounted.
type scrubber struct {
	r       *bufio.Reader
	room    func() int64 // bytes that may still come
	broken  error        // the connection ended inside of a literal
	out     []byte       // scrubbed bytes on their way
	literal int64        // bytes of a literal still to pass
	midline bool         // a line goes on behind a literal
	verdict verdict

	mu       sync.Mutex
	goodbye  string
	unlisted []string
}

type verdict int

const (
	pass    verdict = iota
	talk            // a line of words: what looks like a literal in it is none
	fetch           // flags and bad dates are taken out
	discard         // not for the library
)

func newScrubber(r io.Reader, room func() int64) *scrubber {
	return &scrubber{r: bufio.NewReaderSize(r, 64<<10), room: room}
}

// bye returns the text of the server's BYE, if it said one.
func (s *scrubber) bye() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goodbye
}

// takeUnlisted returns the raw names of folders that were taken out of LIST.
func (s *scrubber) takeUnlisted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.unlisted
	s.unlisted = nil
	return names
}

func (s *scrubber) Read(p []byte) (int, error) {
	for {
		if len(s.out) > 0 {
			n := copy(p, s.out)
			s.out = s.out[n:]
			return n, nil
		}
		if s.literal > 0 {
			n, err := s.readLiteral(p)
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if s.broken != nil {
			return 0, s.broken
		}
		line, err := s.line()
		if err != nil {
			return 0, err
		}
		s.out = s.scrub(line)
		if s.literal > s.room()+int64(s.r.Buffered()) {
			// Nobody waits for what will be cut off.
			s.broken, s.literal, s.out = errTooMuch, 0, nil
		}
	}
}

// readLiteral fills a literal that the connection cut off with zeros before it
// tells the error: the library reads on in two goroutines at once when a
// literal ends early. A fetch whose connection broke throws the mail away.
func (s *scrubber) readLiteral(p []byte) (int, error) {
	if s.verdict == discard {
		n, err := io.CopyN(io.Discard, s.r, s.literal)
		s.literal -= n
		return 0, err
	}
	p = p[:min(int64(len(p)), s.literal)]
	n, err := len(p), s.broken
	if s.broken == nil {
		n, err = s.r.Read(p)
	}
	if err != nil && n == 0 || s.broken != nil {
		s.broken = err
		clear(p)
		n = len(p)
	}
	s.literal -= int64(n)
	return n, nil
}

func (s *scrubber) line() ([]byte, error) {
	var line []byte
	for {
		piece, err := s.r.ReadSlice('\n')
		line = append(line, piece...)
		if err == nil {
			return line, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if len(line) > maxLine {
			return nil, errTooMuch
		}
	}
}

// scrub decides over a line, or over what follows a literal in it.
func (s *scrubber) scrub(line []byte) []byte {
	first := !s.midline
	if first {
		s.verdict = s.judge(line)
	}
	s.literal, s.midline = 0, false
	if s.verdict != talk {
		if n, ok := literalSize(line); ok {
			s.literal, s.midline = n, true
		}
	}
	switch s.verdict {
	case discard:
		return nil
	case fetch:
		line, flags := scrubFetch(line)
		if first && flags && !s.midline && onlyFlags.Match(line) {
			return nil
		}
		return line
	}
	return line
}

func (s *scrubber) judge(line []byte) verdict {
	if !bytes.HasPrefix(line, []byte("* ")) {
		return talk // tagged, or a continuation
	}
	words := bytes.SplitN(bytes.TrimSpace(line[2:]), []byte(" "), 3)
	kind := strings.ToUpper(string(words[0]))
	if _, err := strconv.ParseUint(kind, 10, 32); err == nil && len(words) > 1 {
		kind = strings.ToUpper(string(words[1]))
	}
	switch kind {
	case "FETCH":
		return fetch
	case "OK", "NO", "BAD", "PREAUTH":
		if len(words) > 1 && bytes.HasPrefix(bytes.ToUpper(words[1]), []byte("[PERMANENTFLAGS")) {
			return discard
		}
		return talk
	case "BYE":
		s.mu.Lock()
		s.goodbye = string(bytes.TrimSpace(line[2:]))
		s.mu.Unlock()
		return talk
	case "LIST":
		return s.judgeList(line)
	case "CAPABILITY", "STATUS", "EXISTS", "EXPUNGE", "SEARCH", "ESEARCH":
		return pass
	}
	return discard
}

var listName = regexp.MustCompile(`(?i)^\* LIST \([^)]*\) (?:"(?:\\.|[^"])"|NIL) (?:"((?:\\.|[^"\\])*)"|([^\s"({][^\s"()]*))(?: \(.*\))?\s*$`)

// judgeList takes out a folder that the library cannot decode; one such name
// would otherwise hide all of the others, for ever.
func (s *scrubber) judgeList(line []byte) verdict {
	hit := listName.FindSubmatch(line)
	if hit == nil {
		if _, isLiteral := literalSize(line); isLiteral {
			return pass
		}
		s.unlist(string(bytes.TrimSpace(line)))
		return discard
	}
	name := string(hit[1]) + string(hit[2])
	if !decodable(name) {
		s.unlist(name)
		return discard
	}
	return pass
}

func (s *scrubber) unlist(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.unlisted) < 1000 {
		s.unlisted = append(s.unlisted, clip(name))
	}
}

var modifiedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// decodable says whether a name is proper modified UTF-7 (RFC 3501, 5.1.3).
func decodable(name string) bool {
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c < 0x20 || c > 0x7e {
			return false
		}
		if c != '&' {
			continue
		}
		end := strings.IndexByte(name[i:], '-')
		if end < 0 || end > 1 && !properShift(name[i+1:i+end]) {
			return false
		}
		i += end
	}
	return true
}

func properShift(s string) bool {
	b, err := modifiedBase64.Strict().DecodeString(s)
	if err != nil || len(b)%2 != 0 || len(b) == 0 {
		return false
	}
	for i := 0; i < len(b); i += 2 {
		r := rune(b[i])<<8 | rune(b[i+1])
		if r >= 0x20 && r < 0x7f {
			return false
		}
		if utf16.IsSurrogate(r) {
			if i+3 >= len(b) || utf16.DecodeRune(r, rune(b[i+2])<<8|rune(b[i+3])) == '\uFFFD' {
				return false
			}
			i += 2
		}
	}
	return true
}

var literalEnd = regexp.MustCompile(`[{](\d{1,18})[+]?[}]\r?\n$`)

func literalSize(line []byte) (int64, bool) {
	if len(line) < 4 || line[len(line)-1] != '\n' {
		return 0, false
	}
	hit := literalEnd.FindSubmatch(line[max(0, len(line)-30):])
	if hit == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(hit[1]), 10, 64)
	return n, err == nil
}

var onlyFlags = regexp.MustCompile(`(?i)^\* \d+ FETCH \(\s*(?:(?:UID \d+|MODSEQ \(\d+\))\s*)*\)\s*$`)

// scrubFetch takes FLAGS (...) out of a FETCH line and replaces an INTERNALDATE
// that is no date by the epoch, which callers read as unknown. Quoted strings
// are left alone.
func scrubFetch(line []byte) (out []byte, flags bool) {
	upper := bytes.ToUpper(line)
	if !bytes.Contains(upper, []byte("FLAGS")) && !bytes.Contains(upper, []byte("INTERNALDATE")) {
		return line, false
	}
	out = make([]byte, 0, len(line))
	for i := 0; i < len(line); {
		switch {
		case bytes.HasPrefix(upper[i:], []byte("FLAGS (")) && atWordStart(line, i):
			end := bytes.IndexByte(line[i:], ')')
			if end < 0 {
				end = len(bytes.TrimRight(line[i:], "\r\n")) - 1
			}
			i += end + 1
			flags = true
			if len(out) > 0 && out[len(out)-1] == ' ' {
				out = out[:len(out)-1]
			} else if i < len(line) && line[i] == ' ' {
				i++
			}
		case bytes.HasPrefix(upper[i:], []byte("INTERNALDATE ")) && atWordStart(line, i):
			n := len("INTERNALDATE ")
			end := valueEnd(line, i+n)
			out = append(out, line[i:i+n]...)
			out = append(out, properDate(line[i+n:end])...)
			i = end
		case line[i] == '"':
			end := valueEnd(line, i)
			out = append(out, line[i:end]...)
			i = end
		default:
			out = append(out, line[i])
			i++
		}
	}
	return out, flags
}

func atWordStart(line []byte, i int) bool { return i > 0 && (line[i-1] == ' ' || line[i-1] == '(') }

// valueEnd finds the end of a quoted string or of an atom.
func valueEnd(line []byte, i int) int {
	if i < len(line) && line[i] == '"' {
		for j := i + 1; j < len(line); j++ {
			switch line[j] {
			case '\\':
				j++
			case '"':
				return j + 1
			}
		}
		return len(line)
	}
	for i < len(line) && line[i] != ' ' && line[i] != ')' && line[i] != '\r' && line[i] != '\n' {
		i++
	}
	return i
}

func properDate(quoted []byte) []byte {
	s := strings.Trim(string(quoted), `"`)
	if t, err := time.Parse("_2-Jan-2006 15:04:05 -0700", s); err == nil && !t.IsZero() && quoted[0] == '"' {
		return quoted
	}
	return []byte(`"01-Jan-1970 00:00:00 +0000"`)
}
