package web

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// isUpload names the routes whose bodies are files: they bound them themselves,
// and read the CSRF token from the form's parts.
func isUpload(c *fiber.Ctx) bool {
	if c.Method() != fiber.MethodPost {
		return false
	}
	p := strings.TrimPrefix(c.Path(), "/api/v1")
	return p == "/imports" || strings.HasPrefix(p, "/clients/") && strings.HasSuffix(p, "/documents")
}

// upload is a received multipart form: one file on disk and the fields.
type upload struct {
	path, name string
	fields     map[string]string
}

// receive reads a form with one file into a file, of which the caller disposes.
func (s *Server) receive(c *fiber.Ctx) (up upload, err error) {
	up.fields, err = s.parts(c, func(p *multipart.Part, _ map[string]string) error {
		if up.path != "" {
			return nil // a second one
		}
		up.name = p.FileName()
		var n int64
		if up.path, n, err = s.toDisk(p, s.MaxUpload); err == nil && n > s.MaxUpload {
			err = crm.Errf(crm.CodeTooLarge, "error.upload.large", "limit", fmt.Sprintf("%d MB", s.MaxUpload>>20))
		}
		return err
	})
	return up, err
}

// parts reads a multipart body part by part: fields into memory, each chosen
// file by take, with the fields before it.
func (s *Server) parts(c *fiber.Ctx, take func(*multipart.Part, map[string]string) error) (map[string]string, error) {
	fields := map[string]string{}
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if err != nil || kind != fiber.MIMEMultipartForm {
		return fields, crm.Errf(crm.CodeInvalid, "error.upload.form")
	}
	var body io.Reader = c.Context().RequestBodyStream()
	if body == nil {
		body = newBytesReader(c.Body())
	} else {
		body = patient{body, c.Context().Conn()}
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return fields, nil
		}
		if err != nil {
			return fields, &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.upload.broken"}, Err: err}
		}
		switch {
		case p.FileName() != "":
			err = take(p, fields)
		case p.FormName() != "file": // else no file was chosen
			var v []byte
			v, err = io.ReadAll(io.LimitReader(p, 10_000))
			fields[p.FormName()] = string(v)
		}
		if err != nil {
			_, _ = io.CopyN(io.Discard, body, readOn) // broken or not, it is refused
			return fields, err
		}
	}
}

// readOn is how much more is read of an upload that is refused: a sender that is
// cut off while it sends sees a broken line, not the reason.
const readOn = 16 << 20

// pieceTime is how long a sender may take for the next piece of an upload; the
// whole may take longer than other requests.
const pieceTime = time.Minute

// patient reads an upload from a line that is slow but alive.
type patient struct {
	r    io.Reader
	line net.Conn
}

func (p patient) Read(b []byte) (int, error) {
	if p.line != nil {
		_ = p.line.SetReadDeadline(time.Now().Add(pieceTime)) // a dead line fails the read itself
	}
	return p.r.Read(b)
}

// notKept is an upload that this machine cannot keep, such as when its disk is
// full: nothing of it is left, and the sender may try again.
func notKept(err error) error {
	e := &crm.Error{Code: crm.CodeUnavailable, Text: crm.Text{Key: "error.unavailable"}, Err: err}
	if errors.Is(err, syscall.ENOSPC) {
		e.Text.Key = "error.disk.full"
	}
	return e
}

// toDisk writes a file to disk as it arrives, at most one byte over the limit.
// The path comes back beside an error too, when there is a file.
func (s *Server) toDisk(p *multipart.Part, limit int64) (path string, n int64, err error) {
	f, err := os.CreateTemp(s.UploadDir, "upload-*")
	if err != nil {
		return "", 0, notKept(err)
	}
	defer f.Close()
	n, err = io.Copy(f, io.LimitReader(p, limit+1))
	if own := (*fs.PathError)(nil); errors.As(err, &own) {
		return f.Name(), n, notKept(err)
	}
	if err != nil {
		return f.Name(), n, &crm.Error{Code: crm.CodeInvalid, Text: crm.Text{Key: "error.upload.broken"}, Err: err}
	}
	return f.Name(), n, f.Close()
}
