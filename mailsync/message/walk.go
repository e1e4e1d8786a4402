package message

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/quotedprintable"
	"strconv"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// part is a node of a mail, its transfer encoding undone.
type part struct {
	path     string
	header   header
	typ      string // media type
	params   map[string]string
	disp     string // disposition, "attachment" or "inline" or nothing
	name     string
	id       string
	body     []byte // of leaves
	children []*part
}

// tree is a mail that was read.
type tree struct {
	header   header
	root     *part
	problems problemList
}

// problemList gathers what failed, each once.
type problemList []string

func (p *problemList) add(s string) {
	if s == "" || len(*p) >= 10 {
		return
	}
	for _, known := range *p {
		if known == s {
			return
		}
	}
	*p = append(*p, s)
}

func (p problemList) String() string { return strings.Join(p, "; ") }

// read tries go-message, then the tolerant walk, then takes the mail as text.
func read(raw []byte) *tree {
	h, body, tidy := splitHeader(raw)
	t := &tree{header: h}
	if !tidy {
		t.problems.add("header is malformed")
	}
	root, err := walkStrict(raw, &t.problems)
	if err == nil && !empty(root) {
		t.root = root
		return t
	}
	if err != nil {
		t.problems.add("MIME structure: " + clip(err.Error(), 120))
	}
	if loose, ok := walkLoose(raw, &t.problems); ok {
		t.root = loose
		return t
	}
	t.root = root
	if (root == nil || empty(root)) && hasText(body) {
		t.problems.add("shown as it came")
		t.root = &part{path: "1", header: h, typ: "text/plain", body: limit(body, MaxText)}
	}
	if t.root == nil {
		t.root = &part{path: "1", header: h, typ: "text/plain"}
	}
	return t
}

// empty says whether a tree has neither text nor attachment.
func empty(p *part) bool {
	if p == nil {
		return true
	}
	for _, c := range p.children {
		if !empty(c) {
			return false
		}
	}
	return !hasText(p.body)
}

// walker walks the parts that go-message's textproto cuts. Transfer encodings
// and charsets are decoded here: message.Entity looks charsets up in a
// variable of the process, stops at the first wrong byte of a base64 part, and
// gives no body for an encoding that it does not know.
type walker struct {
	parts    int
	problems *problemList
}

var errNoBoundary = errors.New("multipart without a boundary")

func walkStrict(raw []byte, problems *problemList) (*part, error) {
	th, body, err := readTextproto(bytes.TrimLeft(raw, "\r\n"))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	w := walker{problems: problems}
	return w.walk(fromTextproto(th), body, "", 0)
}

func (w *walker) walk(h header, body io.Reader, path string, depth int) (*part, error) {
	w.parts++
	p := newPart(h, path)
	if !strings.HasPrefix(p.typ, "multipart/") {
		raw, err := io.ReadAll(body)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		if err != nil {
			w.problems.add("mail is cut off")
		}
		p.body = decodeTransfer(raw, h.get("Content-Transfer-Encoding"), w.problems)
		return p, nil
	}
	if depth >= MaxDepth {
		w.problems.add("nested too deeply")
		return p, nil
	}
	return p, w.children(p, body, depth)
}

func (w *walker) children(p *part, body io.Reader, depth int) error {
	boundary := p.params["boundary"]
	if boundary == "" {
		return errNoBoundary
	}
	mr := textproto.NewMultipartReader(body, boundary)
	for {
		if w.parts >= MaxParts {
			w.problems.add("too many parts")
			return nil
		}
		sub, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && len(p.children) > 0 && strings.HasSuffix(err.Error(), "EOF") {
			w.problems.add("mail is cut off")
			return nil
		}
		if err != nil {
			return err
		}
		child, err := w.walk(fromTextproto(sub.Header), sub, childPath(p.path, len(p.children)+1), depth+1)
		if err != nil {
			return err
		}
		p.children = append(p.children, child)
	}
}

func childPath(parent string, n int) string {
	if parent == "" {
		return strconv.Itoa(n)
	}
	return parent + "." + strconv.Itoa(n)
}

func newPart(h header, path string) *part {
	p := &part{path: path, header: h}
	p.typ, p.params = parseParams(h.get("Content-Type"))
	if !strings.Contains(p.typ, "/") {
		p.typ = "text/plain"
	}
	var disp map[string]string
	p.disp, disp = parseParams(h.get("Content-Disposition"))
	p.name = fileName(disp["filename"])
	if p.name == "" {
		p.name = fileName(p.params["name"])
	}
	p.id = cleanID(h.get("Content-Id"))
	return p
}

// decodeTransfer undoes a transfer encoding. Faults are tolerated and named.
func decodeTransfer(raw []byte, encoding string, problems *problemList) []byte {
	encoding, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(encoding)), ";")
	switch strings.Trim(encoding, ` "'`) {
	case "base64":
		out, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, blankless(raw)))
		if err == nil {
			return out
		}
		problems.add("faulty base64")
		return looseLines(raw)
	case "quoted-printable":
		out, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(raw)))
		if err == nil {
			return out
		}
		return looseQP(raw)
	case "x-uuencode", "uuencode", "x-uue", "uue":
		if out, ok := decodeUU(raw); ok {
			return out
		}
		problems.add("faulty uuencode")
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "plain", "none":
	default:
		problems.add(fmt.Sprintf("unknown transfer encoding %q", clip(encoding, 30)))
	}
	return raw
}

// blankless reads without blanks and tabs, which some programs put in front of
// base64 lines.
func blankless(raw []byte) io.Reader {
	if bytes.IndexByte(raw, ' ') < 0 && bytes.IndexByte(raw, '\t') < 0 {
		return bytes.NewReader(raw)
	}
	return bytes.NewReader(bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, raw))
}

// decodeUU decodes the first uuencoded file of a part.
func decodeUU(raw []byte) ([]byte, bool) {
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(make([]byte, 0, 4096), 1<<20)
	var out []byte
	started := false
	for sc.Scan() {
		line := bytes.TrimRight(sc.Bytes(), "\r\n")
		if !started {
			started = bytes.HasPrefix(line, []byte("begin "))
			continue
		}
		if bytes.Equal(line, []byte("end")) || len(line) == 0 {
			return out, true
		}
		out = append(out, uuLine(line)...)
	}
	return out, started
}

func uuLine(line []byte) []byte {
	value := func(i int) byte {
		if i >= len(line) {
			return 0
		}
		return (line[i] - ' ') & 0x3f
	}
	n := int(value(0))
	out := make([]byte, 0, n+3)
	for i := 1; len(out) < n; i += 4 {
		a, b, c, d := value(i), value(i+1), value(i+2), value(i+3)
		out = append(out, a<<2|b>>4, b<<4|c>>2, c<<6|d)
	}
	return out[:n]
}

func limit(b []byte, n int) []byte {
	if len(b) > n {
		return b[:n]
	}
	return b
}
