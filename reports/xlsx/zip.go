package xlsx

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// archive collects the parts of a workbook, compressed, and writes them in the
// order of their names without times: excelize hands streamed sheets over in
// random order, and the same data must give the same bytes.
type archive struct {
	to    io.Writer
	parts []*part
}

type part struct {
	name string
	data bytes.Buffer
	out  *flate.Writer
	crc  uint32
	size uint64
}

// Create begins a part; it ends when the next one begins or the archive closes.
func (a *archive) Create(name string) (io.Writer, error) {
	if err := a.end(); err != nil {
		return nil, err
	}
	p := &part{name: name}
	var err error
	p.out, err = flate.NewWriter(&p.data, flate.DefaultCompression)
	a.parts = append(a.parts, p)
	return p, err
}

func (p *part) Write(b []byte) (int, error) {
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	p.size += uint64(len(b))
	return p.out.Write(b)
}

func (a *archive) end() error {
	if len(a.parts) == 0 {
		return nil
	}
	p := a.parts[len(a.parts)-1]
	if p.out == nil {
		return nil
	}
	err := p.out.Close()
	p.out = nil
	return err
}

// AddFS is part of what excelize asks of an archive; it never calls it.
func (a *archive) AddFS(fs.FS) error { return fs.ErrInvalid }

// Close writes the archive. The list of content types comes first, where
// readers that guess the type of a file look for it.
func (a *archive) Close() error {
	if err := a.end(); err != nil {
		return err
	}
	slices.SortFunc(a.parts, func(x, y *part) int {
		return strings.Compare(rank(x.name), rank(y.name))
	})
	zw := zip.NewWriter(a.to)
	for _, p := range a.parts {
		w, err := zw.CreateRaw(&zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: p.crc,
			CompressedSize64: uint64(p.data.Len()), UncompressedSize64: p.size,
		})
		if err != nil {
			return err
		}
		if _, err := p.data.WriteTo(w); err != nil {
			return err
		}
	}
	return zw.Close()
}

func rank(name string) string {
	if name == "[Content_Types].xml" {
		return ""
	}
	return name
}
