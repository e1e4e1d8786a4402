package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// stylesPart is small in every workbook, and held while it is changed.
const (
	stylesPart = "xl/styles.xml"
	maxStyles  = 16 << 20
)

// writeBack copies the parts of the workbook as they are packed, but for the
// sheets with faults, which are rewritten token by token, and the styles.
// excelize would hold the whole workbook in memory.
func (x *xlsx) writeBack(ctx context.Context, w io.Writer, res *Result, f *Faults) error {
	z := zip.NewWriter(w)
	m, err := x.marker()
	if err != nil {
		return x.fault(err)
	}
	rewrite := map[string]*sheetLayout{}
	for n := range res.layout {
		if l := &res.layout[n]; l.index < len(x.paths) && f.hasFaults(l.name) {
			rewrite[x.paths[l.index]] = l
		}
	}
	for _, p := range x.order {
		name := strings.TrimPrefix(p.Name, "/")
		switch l := rewrite[name]; {
		case name == stylesPart:
		case l == nil:
			err = z.Copy(p)
		default:
			var to io.Writer
			if to, err = z.Create(p.Name); err == nil {
				err = (&sheetWriter{x: x, ctx: ctx, layout: l, faults: f, marker: m}).write(p, to)
			}
		}
		if err != nil {
			return x.fault(err)
		}
	}
	if p := x.parts[stylesPart]; p != nil { // last: now it is known what is marked
		to, err := z.Create(p.Name)
		if err != nil {
			return err
		}
		if _, err := to.Write(m.styles()); err != nil {
			return err
		}
	}
	return z.Close()
}

// sheetWriter copies a sheet and changes the rows with faults.
type sheetWriter struct {
	x      *xlsx
	ctx    context.Context
	layout *sheetLayout
	faults *Faults
	marker *marker

	out  *bufio.Writer
	line int64
	col  int
	row  *fault // of the row at hand
	text string // what stands in its column of reasons
}

func (s *sheetWriter) write(p *zip.File, w io.Writer) error {
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	s.out = bufio.NewWriterSize(w, 1<<16)
	raw := &bytes.Buffer{}
	d := xml.NewDecoder(io.TeeReader(counted{r, s.x}, raw))
	var at int64
	for {
		t, err := d.RawToken()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		chunk := raw.Next(int(d.InputOffset() - at))
		at = d.InputOffset()
		if errors.Is(err, io.EOF) {
			_, _ = s.out.Write(chunk)
			return s.out.Flush()
		}
		if err := s.token(t, chunk); err != nil {
			return err
		}
	}
}

var spans = regexp.MustCompile(` spans="[^"]*"`)

func (s *sheetWriter) token(t xml.Token, chunk []byte) error {
	switch e := t.(type) {
	case xml.StartElement:
		switch e.Name.Local {
		case "row":
			s.begin(e)
			if s.text != "" {
				chunk = spans.ReplaceAll(chunk, nil)
			}
		case "c":
			if at := columnOf(attr(e, "r")); at > 0 {
				s.col = at - 1
			}
			if s.col++; s.row != nil && s.row.marks(s.col) {
				chunk = s.marker.mark(chunk, attr(e, "s"))
			}
		}
	case xml.EndElement:
		if e.Name.Local == "row" && s.text != "" && len(chunk) > 0 { // not <row/>
			s.reason(e.Name.Space)
		}
		if err := s.ctx.Err(); err != nil {
			return err
		}
	}
	_, err := s.out.Write(chunk)
	return err
}

func (s *sheetWriter) begin(e xml.StartElement) {
	s.line++
	if n, err := strconv.ParseInt(attr(e, "r"), 10, 64); err == nil && n > 0 {
		s.line = n
	}
	s.col, s.text = 0, ""
	s.row = s.faults.of(s.layout.name, s.line)
	switch {
	case s.line == s.layout.header:
		s.text = s.faults.header()
	case s.row != nil:
		s.text = s.row.text()
	}
}

// reason writes the cell behind the widest row.
func (s *sheetWriter) reason(prefix string) {
	if prefix != "" {
		prefix += ":"
	}
	name, err := excelize.CoordinatesToCellName(max(s.layout.width, s.col)+1, int(s.line))
	if err != nil {
		return // beyond the last column of a workbook
	}
	var text bytes.Buffer
	_ = xml.EscapeText(&text, []byte(s.text)) // into memory
	style := ""
	if s.row != nil {
		style = s.marker.attribute("0")
	}
	_, _ = s.out.WriteString("<" + prefix + `c r="` + name + `"` + style + ` t="inlineStr"><` + prefix + `is><` + prefix + `t xml:space="preserve">` +
		text.String() + "</" + prefix + "t></" + prefix + "is></" + prefix + "c>")
}

// marker makes a marked twin of each style that it meets: a marked cell keeps
// its number format.
type marker struct {
	raw   []byte
	xfs   []string       // of cells, as they stand in the file
	added []string       // twins
	twins map[string]int // style to twin
	fill  int            // number of the fill that marks
}

var (
	cellXfs  = regexp.MustCompile(`(?s)<cellXfs[^>]*>(.*?)</cellXfs>`)
	oneXf    = regexp.MustCompile(`(?s)<xf\b[^>]*?/>|<xf\b.*?</xf>`)
	allFills = regexp.MustCompile(`(?s)<fills[^>]*>(.*?)</fills>`)
	oneFill  = regexp.MustCompile(`<fill>|<fill/>|<fill `)
	fillID   = regexp.MustCompile(` (fillId|applyFill)="[^"]*"`)
	styleOf  = regexp.MustCompile(` s="[^"]*"`)
	tagName  = regexp.MustCompile(`^<[^\s/>]+`)
)

func (x *xlsx) marker() (*marker, error) {
	m := &marker{twins: map[string]int{}}
	p := x.parts[stylesPart]
	if p == nil {
		return m, nil
	}
	r, err := p.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if m.raw, err = io.ReadAll(io.LimitReader(counted{r, x}, maxStyles+1)); err != nil {
		return nil, err
	}
	if len(m.raw) > maxStyles {
		return nil, errBomb
	}
	xfs, fills := cellXfs.FindSubmatch(m.raw), allFills.FindSubmatch(m.raw)
	if xfs == nil || fills == nil {
		return m, nil // a workbook without styles gets reasons only
	}
	m.fill = len(oneFill.FindAll(fills[1], -1))
	for _, xf := range oneXf.FindAll(xfs[1], -1) {
		m.xfs = append(m.xfs, string(xf))
	}
	return m, nil
}

// attribute is the style of a marked cell that had another one; empty when the
// workbook has none.
func (m *marker) attribute(style string) string {
	n, err := strconv.Atoi(style)
	if style == "" {
		n, err = 0, nil
	}
	if err != nil || n < 0 || n >= len(m.xfs) {
		return ""
	}
	twin, ok := m.twins[strconv.Itoa(n)]
	if !ok {
		twin = len(m.xfs) + len(m.added)
		m.twins[strconv.Itoa(n)] = twin
		xf := fillID.ReplaceAllString(m.xfs[n], "")
		m.added = append(m.added, strings.Replace(xf, "<xf", `<xf fillId="`+strconv.Itoa(m.fill)+`" applyFill="1"`, 1))
	}
	return ` s="` + strconv.Itoa(twin) + `"`
}

func (m *marker) mark(tag []byte, style string) []byte {
	with := m.attribute(style)
	if with == "" {
		return tag
	}
	tag = styleOf.ReplaceAll(tag, nil)
	name := tagName.Find(tag)
	return append(append(append([]byte{}, name...), with...), tag[len(name):]...)
}

// styles is the part with the twins and the fill that marks: a light red.
func (m *marker) styles() []byte {
	if len(m.added) == 0 {
		return m.raw
	}
	out := cellXfs.ReplaceAllFunc(m.raw, func(all []byte) []byte {
		inner := cellXfs.FindSubmatch(all)[1]
		return []byte(`<cellXfs count="` + strconv.Itoa(len(m.xfs)+len(m.added)) + `">` + string(inner) + strings.Join(m.added, "") + "</cellXfs>")
	})
	return allFills.ReplaceAllFunc(out, func(all []byte) []byte {
		inner := allFills.FindSubmatch(all)[1]
		return []byte(`<fills count="` + strconv.Itoa(m.fill+1) + `">` + string(inner) +
			`<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill></fills>`)
	})
}
