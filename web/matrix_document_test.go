package web_test

import (
	"context"
	"maps"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

func document(e webtest.Estate) string { return e.Document }

// The matrices' lines of documents.
func init() {
	maps.Copy(matrix, map[string]cell{
		"GET /clients/:id/documents api":   {reach: scoped, path: of("/clients/%s/documents", client)},
		"GET /clients/:id/documents page":  {reach: scoped, path: of("/clients/%s/documents", client)},
		"POST /clients/:id/documents api":  {reach: scoped, path: of("/clients/%s/documents", client), body: map[string]string{}, ok: 422}, // not a multipart form
		"POST /clients/:id/documents page": {reach: scoped, path: of("/clients/%s/documents", client), ok: 422},
		"GET /documents/:id api":           {reach: scoped, path: of("/documents/%s", document)},
		"GET /documents/:id page":          {reach: scoped, path: of("/documents/%s", document)},
		"PATCH /documents/:id api":         {reach: scoped, path: of("/documents/%s", document), body: map[string]string{"name": "x.pdf"}},
		"DELETE /documents/:id api":        {reach: scoped, path: of("/documents/%s", document), ok: 204},
		"GET /documents/:id/file api":      {reach: scoped, path: of("/documents/%s/file", document)},
		"GET /documents/:id/file page":     {reach: scoped, path: of("/documents/%s/file", document)},
		"POST /documents/:id page":         {reach: scoped, path: of("/documents/%s", document), form: []string{"name", "y.pdf"}, ok: 303},
		"POST /documents/:id/delete page":  {reach: scoped, path: of("/documents/%s/delete", document), ok: 303},
		"POST /documents/:id/restore page": {reach: scoped, path: of("/documents/%s/restore", document), ok: 303},
	})
	maps.Copy(matrix, map[string]cell{
		"GET /tiers api":     {reach: admins, path: at("/tiers"), deny: 403},
		"GET /tiers page":    {reach: admins, path: at("/tiers"), deny: 403},
		"GET /tiers/:id api": {path: at("/tiers/none"), ok: 404},
		"POST /tiers api":    {reach: admins, path: at("/tiers"), body: map[string]any{"dryRun": true, "on": true, "aKw": 1000}, deny: 403, ok: 202},
		"POST /tiers page":   {reach: admins, path: at("/tiers"), form: []string{"on", "on", "a_kw", "500", "action", "preview"}, deny: 403, ok: 303},
	})
	house["TierRule"] = "the rule is no secret, and read with every client's figures"
	house["DropGoneDocuments"] = "for the nightly round"
	guard := func(name string, call call) {
		g := guarded[name]
		g.reach, g.call = scoped, call
		guarded[name] = g
	}
	guard("AddDocuments", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.AddDocuments(ctx, a, e.Client, []crm.DocumentFile{{Name: "x.pdf", Blob: "00", Size: 1}}, crm.DocumentInput{}, crm.DocumentFor{}))
	})
	guard("Document", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Document(ctx, a, e.Document))
	})
	guard("ClientDocuments", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.ClientDocuments(ctx, a, e.Client, false, 0, ""))
	})
	guard("ClientDocumentRows", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ClientDocumentRows(ctx, a, e.Client, 0, ""))
	})
	guard("ContractDocuments", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ContractDocuments(ctx, a, e.Contract))
	})
	guard("EditDocument", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditDocument(ctx, a, e.Document, 0, crm.DocumentInput{Name: "x.pdf"}))
	})
	guard("DeleteDocument", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.DeleteDocument(ctx, a, e.Document))
	})
	guard("RestoreDocument", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RestoreDocument(ctx, a, e.Document))
	})
	guarded["PreviewTiers"] = struct {
		reach reach
		call  call
	}{admins, func(ctx context.Context, s *crm.Service, a crm.Actor, _ webtest.Estate) error {
		return drop(s.PreviewTiers(ctx, a, crm.TierRule{}, nil))
	}}
	guarded["GradeClients"] = struct {
		reach reach
		call  call
	}{admins, func(ctx context.Context, s *crm.Service, a crm.Actor, _ webtest.Estate) error {
		return drop(s.GradeClients(ctx, a, nil))
	}}
	guarded["SetTierRule"] = struct {
		reach reach
		call  call
	}{admins, func(ctx context.Context, s *crm.Service, a crm.Actor, _ webtest.Estate) error {
		_, version, err := s.TierRule(ctx)
		if err != nil {
			return err
		}
		return s.SetTierRule(ctx, a, crm.TierRule{}, version)
	}}
}
