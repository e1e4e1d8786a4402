package intake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"cemigmas/crm"
)

// Limits of a file.
const (
	MaxUnzipped = int64(1) << 30 // bytes of an xlsx when unpacked, counted while reading
	MaxColumns  = 256            // of a sheet; more is no table that anybody filled in
	maxCell     = 32 << 10       // bytes of one cell (Excel's own limit is 32,767 characters)
	maxStrings  = 256 << 20      // bytes of an xlsx's table of texts
)

// cellKind says what a cell holds.
type cellKind uint8

const (
	cellText cellKind = iota
	cellNumber
	cellError // #N/A and the like
)

// cell is one cell as the file has it.
type cell struct {
	text    string
	kind    cellKind
	formula bool // it had one; text is the result that was saved with it, if any
}

// source is an opened file of sheets. rows calls fn for each row that has
// something in it, with its number as the file shows it; the cells are reused
// for the next row.
type source interface {
	sheets() []string
	rows(ctx context.Context, sheet int, fn func(line int64, cells []cell) error) error
	date1904() bool
	close() error
}

// fileError is a fault of the whole file, in words for its sender.
func fileError(key string, args ...string) error {
	return &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: key, Args: args},
		Fields: map[string]crm.Text{"file": {Key: key, Args: args}}}
}

func wrapFile(err error, key string, args ...string) error {
	var known *crm.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := fileError(key, args...).(*crm.Error)
	e.Err = err
	return e
}

// open finds out by its content, not its name, what a file is.
func open(path string, m *Mapping) (source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	src, err := openFile(f, m)
	if err != nil {
		_ = f.Close()
	}
	return src, err
}

func openFile(f *os.File, m *Mapping) (source, error) {
	head := make([]byte, 4096)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case n == 0:
		return nil, fileError("import.file.empty")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return openXLSX(f)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, fileError("import.file.old")
	}
	return openCSV(f, m)
}
