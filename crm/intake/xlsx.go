package intake

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
)

// xlsx reads a workbook as a stream. It is no general reader: it knows cells,
// shared texts and saved results, executes nothing, follows no link, and
// counts every byte that it unpacks.
type xlsx struct {
	file   *os.File
	order  []*zip.File
	parts  map[string]*zip.File
	names  []string
	paths  []string // of the sheets, in order
	texts  []string
	from04 bool
	left   int64 // bytes that may still be unpacked
}

var errBomb = errors.New("unpacks to more than the limit")

// counted is a part being unpacked.
type counted struct {
	io.ReadCloser
	x *xlsx
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.x.left -= int64(n); c.x.left < 0 {
		return 0, errBomb
	}
	return n, err
}

func openXLSX(f *os.File) (source, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, st.Size())
	if err != nil {
		return nil, wrapFile(err, "import.file.broken")
	}
	x := &xlsx{file: f, order: z.File, parts: map[string]*zip.File{}, left: 2 * MaxUnzipped} // each sheet is read twice
	said := uint64(0)                                                                        // a bomb may lie here; what is read is counted besides
	for _, p := range z.File {
		if said += p.UncompressedSize64; p.UncompressedSize64 > uint64(MaxUnzipped) || said > uint64(MaxUnzipped) {
			return nil, x.fault(errBomb)
		}
		x.parts[strings.TrimPrefix(p.Name, "/")] = p
	}
	if x.parts["xl/workbook.xml"] == nil {
		return nil, fileError("import.file.type")
	}
	if err := x.readBook(); err != nil {
		return nil, x.fault(err)
	}
	if err := x.readTexts(); err != nil {
		return nil, x.fault(err)
	}
	if len(x.paths) == 0 {
		return nil, fileError("import.file.broken")
	}
	return x, nil
}

func (x *xlsx) fault(err error) error {
	if errors.Is(err, errBomb) {
		return wrapFile(err, "import.file.bomb", "limit", strconv.FormatInt(MaxUnzipped>>20, 10))
	}
	return wrapFile(err, "import.file.broken")
}

func (x *xlsx) sheets() []string { return x.names }
func (x *xlsx) date1904() bool   { return x.from04 }
func (x *xlsx) close() error     { return x.file.Close() }

// tokens walks the elements of a part. A declaration of a document type would
// let texts grow without bound, so it is refused.
func (x *xlsx) tokens(name string, fn func(*xml.Decoder, xml.Token) error) error {
	p := x.parts[name]
	if p == nil {
		return errors.New("no part " + name)
	}
	r, err := p.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(counted{r, x})
	for {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, ok := t.(xml.Directive); ok {
			return errors.New("a document type in " + name)
		}
		if err := fn(d, t); err != nil {
			return err
		}
	}
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// relID is the r:id of a sheet, which has a sheetId beside it.
func relID(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func (x *xlsx) readBook() error {
	targets := map[string]string{}
	err := x.tokens("xl/_rels/workbook.xml.rels", func(_ *xml.Decoder, t xml.Token) error {
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "Relationship" {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.tokens("xl/workbook.xml", func(_ *xml.Decoder, t xml.Token) error {
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "workbookPr":
			v := attr(e, "date1904")
			x.from04 = v == "1" || v == "true"
		case e.Name.Local == "sheet":
			if p := targets[relID(e)]; x.parts[p] != nil && strings.Contains(p, "worksheets/") {
				x.names, x.paths = append(x.names, attr(e, "name")), append(x.paths, p)
			}
		}
		return nil
	})
}

// readTexts reads the texts that cells share. They must be held: a sheet names
// them by number in any order.
func (x *xlsx) readTexts() error {
	const name = "xl/sharedStrings.xml"
	if x.parts[name] == nil {
		return nil
	}
	var b strings.Builder
	in, phonetic := false, false
	held := 0
	return x.tokens(name, func(_ *xml.Decoder, t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			in = in || e.Name.Local == "t"
			phonetic = phonetic || e.Name.Local == "rPh"
		case xml.CharData:
			if in && !phonetic {
				b.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "t":
				in = false
			case "rPh":
				phonetic = false
			case "si":
				s := b.String()
				b.Reset()
				if held += len(s); held > maxStrings {
					return errBomb
				}
				x.texts = append(x.texts, s)
			}
		}
		return nil
	})
}

// sheetReader is the state between the tokens of a sheet.
type sheetReader struct {
	x      *xlsx
	ctx    context.Context
	name   string
	fn     func(int64, []cell) error
	cells  []cell
	line   int64
	col    int
	typ    string
	value  strings.Builder
	inline strings.Builder
	inV    bool
	inT    bool
	f      bool
	filled bool
}

func (x *xlsx) rows(ctx context.Context, sheet int, fn func(int64, []cell) error) error {
	r := &sheetReader{x: x, ctx: ctx, name: x.names[sheet], fn: fn}
	return x.fault(x.tokens(x.paths[sheet], r.token))
}

func (r *sheetReader) token(_ *xml.Decoder, t xml.Token) error {
	switch e := t.(type) {
	case xml.StartElement:
		return r.start(e)
	case xml.CharData:
		switch {
		case r.inV:
			r.value.Write(e)
		case r.inT:
			r.inline.Write(e)
		}
		if r.value.Len() > maxCell*4 || r.inline.Len() > maxCell*4 {
			return errBomb
		}
	case xml.EndElement:
		return r.end(e.Name.Local)
	}
	return nil
}

func (r *sheetReader) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		r.line++
		if n, err := strconv.ParseInt(attr(e, "r"), 10, 64); err == nil && n > 0 {
			r.line = n
		}
		r.cells, r.col, r.filled = r.cells[:0], 0, false
	case "c":
		if at := columnOf(attr(e, "r")); at > 0 {
			r.col = at - 1
		}
		if r.col >= MaxColumns {
			return fileError("import.file.columns", "sheet", r.name, "limit", strconv.Itoa(MaxColumns))
		}
		r.typ, r.f = attr(e, "t"), false
		r.value.Reset()
		r.inline.Reset()
	case "v":
		r.inV = true
	case "t":
		r.inT = true
	case "f":
		r.f = true
	}
	return nil
}

func (r *sheetReader) end(local string) error {
	switch local {
	case "v":
		r.inV = false
	case "t":
		r.inT = false
	case "c":
		for len(r.cells) < r.col {
			r.cells = append(r.cells, cell{})
		}
		c := r.cell()
		r.cells = append(r.cells[:r.col], c)
		r.filled = r.filled || c.text != "" || c.formula
		r.col++
	case "row":
		if !r.filled {
			return nil
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
		return r.fn(r.line, r.cells)
	}
	return nil
}

func (r *sheetReader) cell() cell {
	c := cell{text: r.value.String(), kind: cellNumber, formula: r.f}
	switch r.typ {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(c.text))
		c.kind, c.text = cellText, ""
		if err == nil && n >= 0 && n < len(r.x.texts) {
			c.text = r.x.texts[n]
		}
	case "inlineStr":
		c.kind, c.text = cellText, r.inline.String()
	case "str", "d":
		c.kind = cellText
	case "b":
		c.kind = cellText
	case "e":
		c.kind = cellError
	}
	return c
}

// columnOf is the number of the column of a reference such as AB12, from 1; 0
// for none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && n <= MaxColumns*26; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n
}
