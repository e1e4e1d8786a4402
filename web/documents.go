package web

import (
	"context"
	"mime/multipart"
	"os"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// documentsAtOnce is how many files one form may bring.
const documentsAtOnce = 20

// newDocuments takes a form's files into the blob store, one after the other
// and never whole into memory, and keeps them with the client: all or none. The
// fields come back beside an error, for the form.
func (s *Server) newDocuments(c *fiber.Ctx, a crm.Actor) (made []crm.Document, fields map[string]string, err error) {
	client := c.Params("id")
	if _, err := s.Service.Client(c.UserContext(), a, client); err != nil { // before a byte is kept
		return nil, nil, err
	}
	if c.Request().Header.ContentLength() > documentsAtOnce*crm.MaxDocument {
		return nil, nil, crm.Errf(crm.CodeTooLarge, "error.too-large")
	}
	var files []crm.DocumentFile
	fields, err = s.parts(c, func(p *multipart.Part, fields map[string]string) error {
		if !isAPI(c) && !s.csrfFits(c, fields["csrf"]) {
			return crm.Errf(crm.CodeForbidden, "error.csrf")
		}
		if len(files) == documentsAtOnce {
			return crm.Errf(crm.CodeTooLarge, "document.many", "count", "20")
		}
		f, err := s.keepDocument(p)
		files = append(files, f)
		return err
	})
	if err == nil && !isAPI(c) && !s.csrfFits(c, fields["csrf"]) {
		err = crm.Errf(crm.CodeForbidden, "error.csrf")
	}
	if err != nil {
		return nil, fields, err
	}
	ctx, cancel := s.afterUpload(c)
	defer cancel()
	made, err = s.Service.AddDocuments(ctx, a, client, files, crm.DocumentInput{Kind: fields["kind"], Notes: fields["notes"]},
		crm.DocumentFor{Contract: fields["contract"], Amendment: fields["amendment"]})
	return made, fields, err
}

// afterUpload is a context with time of its own: a large file over a slow line
// may have taken all of the request's.
func (s *Server) afterUpload(c *fiber.Ctx) (context.Context, context.CancelFunc) {
	ctx := s.until
	if isAPI(c) {
		ctx = keyed(ctx, c)
	}
	return context.WithTimeout(ctx, requestTime)
}

// keepDocument stores one file, by way of the disk: its digest is its name.
func (s *Server) keepDocument(p *multipart.Part) (crm.DocumentFile, error) {
	file := crm.DocumentFile{Name: p.FileName()}
	at, n, err := s.toDisk(p, crm.MaxDocument)
	if at != "" {
		defer os.Remove(at)
	}
	if err != nil {
		return file, err
	}
	if n > crm.MaxDocument {
		return file, crm.DocumentTooLarge(file.Name)
	}
	ctx, cancel := context.WithTimeout(s.until, requestTime)
	defer cancel()
	file.Size = n
	file.Blob, err = s.keepFile(ctx, at)
	return file, err
}

// documentFile hands a document out, always as a file to keep: nothing that
// somebody sent is ever shown as a page of this house.
func (s *Server) documentFile(c *fiber.Ctx) error {
	d, err := s.Service.Document(c.UserContext(), actor(c), c.Params("id"))
	if err == nil && d.GoneAt != nil {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	if err != nil {
		return s.fail(c, err)
	}
	c.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return s.sendBlob(c, d.Blob, d.Name, documentType(d.Name))
}

// documentTypes are what a browser may be told of a file; it saves all others
// as bytes.
var documentTypes = map[string]string{".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".zip": "application/zip",
	".xlsx": xlsxType, ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".csv": "text/csv"}

func documentType(name string) string {
	if t := documentTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return fiber.MIMEOctetStream
}
