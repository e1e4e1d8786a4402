package web

import "cemigmas/crm"

type documentAnswer struct{ crm.Document }

func (a documentAnswer) version() int64 { return a.Version }

// documentsAnswer are the documents that one form made.
type documentsAnswer struct {
	Items []crm.Document `json:"items"`
}

type documentPatchIn struct {
	ID string `path:"id" json:"-"`
	crm.DocumentInput
}

func apiDocuments(s *Server, c call, in pageQuery) (crm.RawPage, error) {
	return s.Service.ClientDocumentRows(c, c.Actor, in.ID, in.Limit, in.After)
}

func apiAddDocuments(s *Server, c call, _ idPath) (documentsAnswer, error) {
	list, _, err := s.newDocuments(c.ctx, c.Actor)
	return documentsAnswer{list}, err
}

func apiDocument(s *Server, c call, in idPath) (documentAnswer, error) {
	d, err := s.Service.Document(c, c.Actor, in.ID)
	if err == nil && d.GoneAt != nil {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return documentAnswer{d}, err
}

func apiEditDocument(s *Server, c call, in documentPatchIn) (documentAnswer, error) {
	v, err := c.ifMatch()
	if err != nil {
		return documentAnswer{}, err
	}
	d, err := s.Service.EditDocument(c, c.Actor, in.ID, v, in.DocumentInput)
	return documentAnswer{d}, err
}

func apiDeleteDocument(s *Server, c call, in idPath) (none, error) {
	_, err := s.Service.DeleteDocument(c, c.Actor, in.ID)
	return none{}, err
}
