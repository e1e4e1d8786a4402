package message

import (
	"bufio"
	"bytes"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// header is a list of fields in their order, values unfolded but not decoded.
type header []headerField

type headerField struct {
	key   string // lower case
	value string
}

func (h header) get(key string) string {
	key = strings.ToLower(key)
	for _, f := range h {
		if f.key == key {
			return f.value
		}
	}
	return ""
}

// all joins the values of a field that came more than once: two From or To
// fields are against the rules and still mean all of them.
func (h header) all(key string) string {
	key = strings.ToLower(key)
	var values []string
	for _, f := range h {
		if f.key == key && strings.TrimSpace(f.value) != "" {
			values = append(values, f.value)
		}
	}
	return strings.Join(values, ", ")
}

func (h header) has(key string) bool {
	key = strings.ToLower(key)
	for _, f := range h {
		if f.key == key {
			return true
		}
	}
	return false
}

// splitHeader cuts a mail (or a part) at its first empty line. Lines that are
// no field (an mbox "From " line, a line without a colon) are left out of the
// fields and reported by clean = false. A mail that does not start with a
// field has no header: all of it is body.
func splitHeader(raw []byte) (h header, body []byte, clean bool) {
	raw = bytes.TrimLeft(raw, "\r\n")
	rest := raw
	clean = true
	var junk []byte // from the first line that is no field
	for len(rest) > 0 && len(raw)-len(rest) < MaxHeader {
		line, next := cutLine(rest)
		if len(line) == 0 {
			return h, next, clean
		}
		switch key, value, ok := cutField(line); {
		case isBlank(line[0]) && len(h) > 0:
			h[len(h)-1].value += " " + string(bytes.TrimSpace(line))
		case ok:
			h = append(h, headerField{key: key, value: value})
		case len(h) == 0 && !bytes.HasPrefix(line, []byte("From ")):
			return nil, raw, false
		default:
			if clean && len(h) > 0 {
				junk = rest
			}
			clean = false
		}
		rest = next
	}
	if len(rest) == 0 && junk != nil {
		return h, junk, false // nobody wrote the empty line: the text began here
	}
	return h, rest, clean && len(rest) == 0
}

func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return bytes.TrimRight(b, "\r"), nil
	}
	return bytes.TrimRight(b[:i], "\r"), b[i+1:]
}

func cutField(line []byte) (key, value string, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || isBlank(line[0]) {
		return "", "", false
	}
	name := bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 127 {
			return "", "", false
		}
	}
	return strings.ToLower(string(name)), string(bytes.TrimSpace(line[i+1:])), true
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// fromTextproto takes over the header of a part that go-message read.
func fromTextproto(th textproto.Header) header {
	var h header
	for fields := th.Fields(); fields.Next(); {
		value := strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(fields.Value())
		h = append(h, headerField{key: strings.ToLower(fields.Key()), value: strings.TrimSpace(value)})
	}
	return h
}

// readTextproto reads the header as go-message does, which is strict: an
// error means that its walk must not be trusted with this mail.
func readTextproto(raw []byte) (textproto.Header, *bufio.Reader, error) {
	r := bufio.NewReader(bytes.NewReader(raw))
	th, err := textproto.ReadHeader(r)
	return th, r, err
}
