package crm

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// DocumentFile is a file whose bytes are in the blob store already.
type DocumentFile struct {
	Name, Blob string
	Size       int64
}

// DocumentInput is what is said of documents.
type DocumentInput struct {
	Name  string `json:"name,omitempty"` // of a stored one
	Kind  string `json:"kind,omitempty"`
	Notes string `json:"notes,omitempty"`
}

// DocumentFor says what new documents belong to beside their client.
type DocumentFor struct{ Contract, Amendment string }

// maxDocumentNotes bounds a note, in bytes.
const maxDocumentNotes = 2000

func (d *Document) take(in DocumentInput, bad problems) {
	d.Kind, d.Notes = strings.TrimSpace(in.Kind), strings.TrimSpace(in.Notes)
	oneOf("kind", &d.Kind, DocumentKinds, true, bad)
	if d.Kind == "" {
		d.Kind = DocumentOther
	}
	if len(d.Notes) > maxDocumentNotes {
		bad.add("notes", "error.field.long")
	}
}

// AddDocuments keeps files with a client, all of them or none. CodeInvalid when
// there is none, or one is empty or has no name; CodeTooLarge over MaxDocument.
func (s *Service) AddDocuments(ctx context.Context, a Actor, client string, files []DocumentFile, in DocumentInput, to DocumentFor) ([]Document, error) {
	c, err := s.client(ctx, a, client)
	if err != nil {
		return nil, err
	}
	bad := problems{}
	if len(files) == 0 {
		bad.add("file", "error.field.required")
	}
	if err := s.amended(ctx, a, c, to); err != nil {
		return nil, err
	}
	first, keyed := s.idFor(ctx, a, "document")
	by := s.editor(ctx, a)
	var out []Document
	var changes []store.Change
	for n, f := range files {
		d := Document{ID: first, Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting, Name: fileName(f.Name), Blob: f.Blob, Size: f.Size,
			Contract: to.Contract, Amendment: to.Amendment, By: a.UserID, CreatedAt: by.at, UpdatedAt: by.at}
		if n > 0 {
			d.ID = first + "-" + strconv.Itoa(n)
		}
		d.take(in, bad)
		switch {
		case f.Size > MaxDocument:
			return nil, DocumentTooLarge(f.Name)
		case f.Size <= 0:
			bad["file"] = Text{Key: "document.empty", Args: []string{"name", f.Name}}
		case d.Name == "":
			bad.add("file", "document.unnamed")
		}
		changes = append(changes, saved(by, Documents, c.ID, nil, &d)...)
		d.Version = 1
		out = append(out, d)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	err = s.Apply(ctx, changes...)
	if keyed && (CodeOf(err) == CodeConflict || CodeOf(err) == CodeDuplicate) { // the same request, sent again
		return s.sameDocuments(ctx, c.ID, out)
	}
	if err == nil {
		s.bus.Publish(Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
	}
	return out, err
}

// sameDocuments are the ones that an earlier sending of the same request made.
func (s *Service) sameDocuments(ctx context.Context, client string, made []Document) ([]Document, error) {
	for n := range made {
		d, err := Documents.Get(ctx, s.store, made[n].ID)
		if err != nil {
			return nil, err
		}
		if d.Client != client {
			return nil, notFound()
		}
		made[n] = d
	}
	return made, nil
}

// amended checks that an amendment is one of a contract of the client.
func (s *Service) amended(ctx context.Context, a Actor, c Client, to DocumentFor) error {
	if to == (DocumentFor{}) {
		return nil
	}
	k, err := s.Contract(ctx, a, to.Contract)
	if err != nil {
		return err
	}
	if k.Client != c.ID || !slices.ContainsFunc(k.Amendments, func(m Amendment) bool { return m.ID == to.Amendment }) {
		return notFound()
	}
	return nil
}

// DocumentTooLarge is the error of a file over MaxDocument.
func DocumentTooLarge(name string) *Error {
	return Errf(CodeTooLarge, "document.large", "name", text.Clip(fileName(name), 80), "limit", strconv.Itoa(MaxDocument>>20))
}

// Document reads a document, also a deleted one.
func (s *Service) Document(ctx context.Context, a Actor, id string) (Document, error) {
	d, err := Documents.Get(ctx, s.store, id)
	if err != nil {
		return Document{}, err
	}
	// The client decides: the document's copies of its scope may be on their way.
	if err := s.mayClient(ctx, a, d.Client); err != nil {
		return Document{}, err
	}
	return d, nil
}

// ClientDocuments lists the documents of a client, the newest first, or those
// that were deleted and can be brought back.
func (s *Service) ClientDocuments(ctx context.Context, a Actor, client string, gone bool, limit int, after string) ([]Document, string, error) {
	if err := s.mayClient(ctx, a, client); err != nil {
		return nil, "", err
	}
	return Documents.Find(ctx, s.store, documentsOf("client", client, gone, limit, after))
}

// ClientDocumentRows lists them as they are stored, without the deleted ones.
func (s *Service) ClientDocumentRows(ctx context.Context, a Actor, client string, limit int, after string) (RawPage, error) {
	if err := s.mayClient(ctx, a, client); err != nil {
		return RawPage{}, err
	}
	q := documentsOf("client", client, false, limit, after)
	q.In = Documents.In
	return s.rawRows(ctx, q)
}

// ContractDocuments lists the documents of a contract's amendments, the newest
// first.
func (s *Service) ContractDocuments(ctx context.Context, a Actor, contract string) ([]Document, error) {
	k, err := s.Contract(ctx, a, contract)
	if err != nil {
		return nil, err
	}
	list, _, err := Documents.Find(ctx, s.store, documentsOf("contract", k.ID, false, MaxListLimit, ""))
	// An installation that went to another client leaves its documents behind.
	return slices.DeleteFunc(list, func(d Document) bool { return d.Client != k.Client }), err
}

func documentsOf(field, id string, gone bool, limit int, after string) store.Query {
	return store.Query{Where: []store.Cond{store.Is(field, id), store.Is("gone", gone)}, Sort: []string{"-at"}, Limit: limitOf(limit, 50), After: after}
}

// EditDocument says something else of a document that was read with this version
// (0: whatever it is now); its bytes never change. CodeConflict when somebody
// changed it since, with the document as it is now.
func (s *Service) EditDocument(ctx context.Context, a Actor, id string, version int64, in DocumentInput) (Document, error) {
	was, err := s.Document(ctx, a, id)
	if err != nil {
		return Document{}, err
	}
	if version != 0 && version != was.Version {
		return was, Errf(CodeConflict, "error.conflict")
	}
	d, bad := was, problems{}
	d.take(in, bad)
	d.Name = fileName(in.Name)
	bad.need("name", d.Name)
	if err := bad.err(); err != nil {
		return was, err
	}
	return s.saveDocument(ctx, a, was, d)
}

// DeleteDocument hides a document; RestoreDocument brings it back.
func (s *Service) DeleteDocument(ctx context.Context, a Actor, id string) (Document, error) {
	was, err := s.Document(ctx, a, id)
	if err != nil || was.GoneAt != nil { // done already: a second click, or two tabs
		return was, err
	}
	d, now := was, s.Now()
	d.GoneAt = &now
	return s.saveDocument(ctx, a, was, d)
}

// RestoreDocument undoes DeleteDocument.
func (s *Service) RestoreDocument(ctx context.Context, a Actor, id string) (Document, error) {
	was, err := s.Document(ctx, a, id)
	if err != nil || was.GoneAt == nil {
		return was, err
	}
	d := was
	d.GoneAt = nil
	return s.saveDocument(ctx, a, was, d)
}

func (s *Service) saveDocument(ctx context.Context, a Actor, was, d Document) (Document, error) {
	d.UpdatedAt = s.Now()
	if err := s.Apply(ctx, saved(s.editor(ctx, a), Documents, d.Client, &was, &d)...); err != nil {
		return was, err
	}
	d.Version++
	s.bus.Publish(Event{Kind: "client", ID: d.Client, Agent: d.Agent, Team: d.Team, Acting: d.Acting})
	return d, nil
}

// DropGoneDocuments deletes for good what was deleted more than GoneDays ago;
// its bytes are garbage then, unless another document has the same.
func (s *Service) DropGoneDocuments(ctx context.Context) error {
	old := s.Now().AddDate(0, 0, -GoneDays)
	return dropAll(ctx, s, Documents, store.Query{Where: []store.Cond{store.Below("goneAt", old)}, Sort: []string{"goneAt"}})
}
