package crm

import (
	"encoding/json"

	"cemigmas/crm/store"
)

// NamesBlobs lists the collections whose documents name blobs. Who adds a field
// that holds a reference adds it to BlobsOf, or its blobs are taken for garbage.
func NamesBlobs() []*store.Collection {
	return []*store.Collection{Messages.In, Jobs.In, Documents.In}
}

// BlobsOf are the references that a document of NamesBlobs holds: a message's
// raw mail (its attachments are cut from it when they are asked for), a job's
// upload and the file that it made, a document's file.
func BlobsOf(in *store.Collection, body []byte) ([]string, error) {
	var refs []string
	switch in {
	case Messages.In:
		var m struct{ Raw string }
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, err
		}
		refs = []string{m.Raw}
	case Jobs.In:
		var j struct {
			File string
			Args struct{ Blob string }
		}
		if err := json.Unmarshal(body, &j); err != nil {
			return nil, err
		}
		refs = []string{j.File, j.Args.Blob}
	case Documents.In:
		var d struct{ Blob string }
		if err := json.Unmarshal(body, &d); err != nil {
			return nil, err
		}
		refs = []string{d.Blob}
	}
	named := refs[:0]
	for _, ref := range refs {
		if ref != "" {
			named = append(named, ref)
		}
	}
	return named, nil
}
