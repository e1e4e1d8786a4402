package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encodings of a csv. Latin-1 is read as Windows-1252, which has its letters in
// the same places and more.
var Encodings = []string{"utf-8", "windows-1252", "utf-16le", "utf-16be"}

// Commas are what may separate the columns of a csv.
var Commas = []string{";", ",", "\t", "|"}

// csvFile is a text of rows. Its encoding and its separator are found out,
// unless somebody said them.
type csvFile struct {
	file     *os.File
	encoding string
	comma    rune
	skip     bool // the first line is Excel's "sep=;"
}

func openCSV(f *os.File, m *Mapping) (source, error) {
	c := &csvFile{file: f}
	if err := c.findEncoding(); err != nil {
		return nil, err
	}
	if slices.Contains(Encodings, m.Encoding) {
		c.encoding = m.Encoding
	}
	if err := c.findComma(); err != nil {
		return nil, err
	}
	if slices.Contains(Commas, m.Comma) {
		c.comma, _ = utf8.DecodeRuneInString(m.Comma)
	}
	return c, nil
}

// coding is how the bytes of the file are read and written; nil for UTF-8.
func (c *csvFile) coding() encoding.Encoding {
	switch c.encoding {
	case "windows-1252":
		return charmap.Windows1252
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	return nil
}

func (c *csvFile) sheets() []string { return []string{""} }
func (c *csvFile) date1904() bool   { return false }
func (c *csvFile) close() error     { return c.file.Close() }

// findEncoding reads the whole file once: a Windows-1252 accent may stand in
// its last row only.
func (c *csvFile) findEncoding() error {
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(c.file, 1<<16)
	head, _ := r.Peek(4096)
	for _, magic := range []string{"\x89PNG", "\xff\xd8\xff", "GIF8", "%PDF-", "BM", "\x7fELF", "MZ"} {
		if bytes.HasPrefix(head, []byte(magic)) && bytes.IndexByte(head, 0) >= 0 {
			return fileError("import.file.type")
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || zeros(head, 1):
		c.encoding = "utf-16le"
		return nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")) || zeros(head, 0):
		c.encoding = "utf-16be"
		return nil
	}
	valid, cut := true, false
	for {
		line, err := r.ReadSlice('\n')
		if binaryBytes(line) {
			return fileError("import.file.type")
		}
		if cut { // within a letter, maybe: a line that is longer than the buffer
			line = bytes.TrimLeftFunc(line, func(r rune) bool { return r == utf8.RuneError })
		}
		cut = errors.Is(err, bufio.ErrBufferFull)
		valid = valid && (utf8.Valid(line) || cut && validBut(line))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	if c.encoding = "utf-8"; !valid {
		c.encoding = "windows-1252"
	}
	return nil
}

// validBut reports whether a text is UTF-8 but for a letter that is cut at its
// end.
func validBut(b []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			return utf8.Valid(b[:len(b)-n])
		}
	}
	return false
}

// zeros reports whether nearly every other byte is 0: UTF-16 without a mark.
func zeros(b []byte, odd int) bool {
	n := 0
	for i := odd; i < len(b); i += 2 {
		if b[i] == 0 {
			n++
		}
	}
	return len(b) >= 4 && n*10 > len(b)/2*9
}

// binaryBytes reports control characters that no text has.
func binaryBytes(b []byte) bool {
	for _, x := range b {
		if x < 9 || x > 13 && x < 32 && x != 26 && x != 27 {
			return true
		}
	}
	return false
}

func (c *csvFile) reader() (io.Reader, error) {
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var r io.Reader = c.file
	if e := c.coding(); e != nil {
		r = transform.NewReader(c.file, e.NewDecoder())
	}
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3)
	}
	return b, nil
}

// findComma takes the delimiter that cuts the first line into most columns; a
// point for a line that others support.
func (c *csvFile) findComma() error {
	r, err := c.reader()
	if err != nil {
		return err
	}
	lines := make([]string, 0, 10)
	s := bufio.NewScanner(io.LimitReader(r, 1<<20))
	s.Buffer(nil, 1<<20)
	for len(lines) < 10 && s.Scan() {
		if strings.TrimSpace(s.Text()) != "" {
			lines = append(lines, s.Text())
		}
	}
	if len(lines) == 0 {
		return fileError("import.file.empty")
	}
	if rest, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(lines[0])), "sep="); ok && utf8.RuneCountInString(rest) == 1 {
		c.comma, _ = utf8.DecodeRuneInString(rest)
		c.skip = true
		return nil
	}
	best := 0
	c.comma = ','
	for _, d := range []rune{';', ',', '\t', '|'} {
		if n := 4*outsideQuotes(lines[0], d) + min(outsideQuotes(lines[len(lines)-1], d), 3); n > best {
			best, c.comma = n, d
		}
	}
	return nil
}

func outsideQuotes(line string, d rune) (n int) {
	quoted := false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == d && !quoted:
			n++
		}
	}
	return n
}

func (c *csvFile) rows(ctx context.Context, _ int, fn func(int64, []cell) error) error {
	in, err := c.reader()
	if err != nil {
		return err
	}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = c.comma, -1, true, true
	var cells []cell
	for n := 0; ; n++ {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return wrapFile(err, "import.file.broken")
		}
		if n == 0 && c.skip {
			continue
		}
		if len(rec) > MaxColumns {
			return fileError("import.file.columns", "sheet", "csv", "limit", strconv.Itoa(MaxColumns))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		cells = cells[:0]
		filled := false
		for _, v := range rec {
			x := csvCell(v)
			filled = filled || x.text != "" || x.formula
			cells = append(cells, x)
		}
		line, _ := r.FieldPos(0)
		if filled {
			if err := fn(int64(line), cells); err != nil {
				return err
			}
		}
	}
}

// csvCell takes the ' away that keeps a spreadsheet from executing a text, and
// takes what would be executed for a formula without a result.
func csvCell(v string) cell {
	if len(v) > maxCell {
		v = strings.ToValidUTF8(v[:maxCell], "")
	}
	t := strings.TrimSpace(v)
	switch {
	case len(t) > 1 && t[0] == '\'' && strings.IndexByte("=+-@", t[1]) >= 0:
		return cell{text: t[1:]}
	case strings.HasPrefix(t, "="):
		return cell{formula: true}
	}
	return cell{text: strings.Clone(v)}
}
