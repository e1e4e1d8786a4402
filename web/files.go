package web

import (
	"context"
	"errors"
	"io/fs"
	"mime"
	"os"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/blob"
)

// blob reads a blob whole: a mail, which has to be parsed.
func (s *Server) blob(ctx context.Context, ref string) ([]byte, error) {
	b, err := s.Blobs.Get(ctx, blob.Ref(ref))
	return b, blobError(err)
}

// blobError gives a lost blob words.
func blobError(err error) error {
	if errors.Is(err, blob.ErrNotFound) || errors.Is(err, blob.ErrInvalid) {
		return &crm.Error{Code: crm.CodeNotFound, Text: crm.Text{Key: "error.file.gone"}, Err: err}
	}
	return err
}

// sendBlob streams a blob as a file.
func (s *Server) sendBlob(c *fiber.Ctx, ref, name, kind string) error {
	// The request's context ends with the handler, before the stream does.
	r, err := s.Blobs.Open(s.until, blob.Ref(ref))
	if err != nil {
		return s.fail(c, blobError(err))
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", name))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Context().SetBodyStream(r, -1) // closes r when it was sent
	return nil
}

// keepFile puts an upload into the blob store and answers its reference.
func (s *Server) keepFile(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	ref, err := s.Blobs.PutReader(ctx, f)
	if own := (*fs.PathError)(nil); errors.As(err, &own) {
		err = notKept(err)
	}
	return string(ref), err
}

// disposition names a file in both spellings that browsers know.
func disposition(how, name string) string {
	if v := mime.FormatMediaType(how, map[string]string{"filename": name}); v != "" {
		return v
	}
	return how
}
