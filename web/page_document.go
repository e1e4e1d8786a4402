package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// documentsShown is how many documents stand on a client's page.
const documentsShown = 5

func (s *Server) documentsPage(c *fiber.Ctx) error {
	return s.showDocuments(c, fiber.StatusOK, page.DocumentUpload{Contract: c.Query("contract"), Amendment: c.Query("amendment")}, nil)
}

// showDocuments renders the list; form is what was typed beside the files.
func (s *Server) showDocuments(c *fiber.Ctx, status int, form page.DocumentUpload, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	cl, err := s.Service.Client(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	list, next, err := s.Service.ClientDocuments(ctx, a, cl.ID, false, 0, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	gone, _, err := s.Service.ClientDocuments(ctx, a, cl.ID, true, 0, "")
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Documents{Base: s.base(c, page.PlaceClients, v.T("document.title"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name)),
		Heading: v.T("document.title"), Rows: v.documentRows(list, users), Gone: v.documentRows(gone, users), GoneFor: v.T("document.gone", "days", strconv.Itoa(crm.GoneDays))}
	p.Upload = s.documentUpload(c, v, cl.ID, form)
	if err := s.documentOf(ctx, a, v, &p.Upload); err != nil {
		return s.fail(c, err)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/clients/"+cl.ID+"/documents", "after", next)}
	}
	if len(p.Rows) == 0 {
		p.Empty = &page.Empty{Label: v.T("document.none")}
	}
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "documents", p)
}

// clientDocuments puts the newest documents on a client's page.
func (s *Server) clientDocuments(c *fiber.Ctx, v view, cl crm.Client, users map[string]string, p *page.Client) error {
	list, next, err := s.Service.ClientDocuments(c.UserContext(), actor(c), cl.ID, false, documentsShown, "")
	if err != nil {
		return err
	}
	p.Documents, p.FilesURL, p.Upload = v.documentRows(list, users), "/clients/"+cl.ID+"/documents", s.documentUpload(c, v, cl.ID, page.DocumentUpload{Brief: true})
	if next != "" {
		p.FilesMore = &page.More{Label: v.T("document.all"), URL: p.FilesURL}
	}
	return nil
}

// documentUpload completes the form that brings files to a client.
func (s *Server) documentUpload(c *fiber.Ctx, v view, client string, form page.DocumentUpload) page.DocumentUpload {
	form.Text, form.CSRF, form.URL = v.Text, s.Auth.CSRF(session(c).ID), "/clients/"+client+"/documents"
	form.Kinds = v.options("document.kind.", crm.DocumentKinds...)
	if form.Kind.Value == "" {
		form.Kind.Value = crm.DocumentOther
		if form.Amendment != "" {
			form.Kind.Value = "amendment"
		}
	}
	form.Max, form.Limit = crm.MaxDocument, v.T("document.limit", "limit", strconv.Itoa(crm.MaxDocument>>20))
	form.Large = v.text(crm.DocumentTooLarge("{name}").Text)
	return form
}

// documentOf says in words which amendment the files are for.
func (s *Server) documentOf(ctx context.Context, a crm.Actor, v view, form *page.DocumentUpload) error {
	if form.Contract == "" {
		return nil
	}
	k, err := s.Service.Contract(ctx, a, form.Contract)
	if err != nil {
		return err
	}
	n := slices.IndexFunc(k.Amendments, func(m crm.Amendment) bool { return m.ID == form.Amendment })
	if n < 0 {
		return crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	form.For = v.T("document.for", "contract", v.contractName(&k), "amendment", v.T("contract.amend."+k.Amendments[n].Kind), "date", v.date(k.Amendments[n].Asked))
	return nil
}

func (v view) documentRows(list []crm.Document, users map[string]string) (out []page.DocumentRow) {
	for _, d := range list {
		row := page.DocumentRow{Name: d.Name, Notes: d.Notes, Edit: v.T("page.edit"), EditURL: "/documents/" + d.ID, FileURL: "/documents/" + d.ID + "/file",
			Sub: join(", ", v.T("document.kind."+d.Kind), locale.Bytes(v.Lang, d.Size), orNothing(users[d.By]), v.stamp(d.CreatedAt))}
		if d.GoneAt != nil {
			row.RestoreURL, row.FileURL = row.EditURL+"/restore", ""
		}
		out = append(out, row)
	}
	return out
}

func (s *Server) documentsAdd(c *fiber.Ctx) error {
	v, client := s.view(c), c.Params("id")
	made, fields, err := s.newDocuments(c, actor(c))
	if err == nil {
		to, n := "/clients/"+client+"/documents", note{Label: v.n("document.saved", int64(len(made)))}
		if fields["contract"] != "" {
			to = "/contracts/" + fields["contract"] + "#amendments"
		}
		if len(made) == 1 {
			n = note{Label: v.T("document.saved.one", "name", made[0].Name), Undo: "/documents/" + made[0].ID + "/delete"}
		}
		return s.goTo(c, to, n)
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	if above != "" && wrong["file"] == "" {
		wrong = map[string]string{"file": above}
	}
	f := func(name string) page.Field { return page.Field{Value: fields[name], Error: wrong[name]} }
	return s.showDocuments(c, again(err), page.DocumentUpload{File: page.Field{Error: wrong["file"]}, Kind: f("kind"), Notes: f("notes"),
		Contract: fields["contract"], Amendment: fields["amendment"]}, nil)
}

func (s *Server) documentPage(c *fiber.Ctx) error {
	d, err := s.Service.Document(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.showDocument(c, fiber.StatusOK, d, storedDocument(d), nil)
}

func storedDocument(d crm.Document) page.Document {
	f := func(s string) page.Field { return page.Field{Value: s} }
	return page.Document{Name: f(d.Name), Kind: f(d.Kind), Notes: f(d.Notes), Version: strconv.FormatInt(d.Version, 10)}
}

// showDocument renders the record; p holds the form as it was typed.
func (s *Server) showDocument(c *fiber.Ctx, status int, d crm.Document, p page.Document, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	cl, err := s.Service.Client(ctx, a, d.Client)
	if err != nil {
		return s.fail(c, err)
	}
	edits, _, err := s.Service.DocumentRevisions(ctx, a, d.Client, d.ID, historySize, "")
	if err != nil {
		return s.fail(c, err)
	}
	told, err := s.telling(ctx, a, v, edits)
	if err != nil {
		return s.fail(c, err)
	}
	for _, e := range edits {
		p.History = append(p.History, told.row(e))
	}
	own, all := "/documents/"+d.ID, "/clients/"+cl.ID+"/documents"
	p.Base = s.base(c, page.PlaceClients, d.Name, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name), page.Link{Label: v.T("document.title"), URL: all})
	p.Heading, p.URL, p.BackURL, p.Kinds = d.Name, own, all, v.options("document.kind.", crm.DocumentKinds...)
	p.Facts = []page.Fact{{Label: v.T("document.size"), Value: locale.Bytes(v.Lang, d.Size)}, {Label: v.T("document.by"), Value: orNothing(told.users[d.By])},
		{Label: v.T("document.when"), Value: v.stamp(d.CreatedAt)}}
	if d.Contract != "" {
		p.Facts = append(p.Facts, page.Fact{Label: v.T("document.kind.amendment"), Value: v.T("document.contract"), URL: "/contracts/" + d.Contract + "#amendments"})
	}
	if d.GoneAt == nil {
		p.FileURL, p.DeleteURL = own+"/file", own+"/delete"
	} else {
		p.RestoreURL = own + "/restore"
	}
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "document", p)
}

// documentSays answers what a field of the form would say unedited.
func documentSays(d crm.Document) func(name string) string {
	is := map[string]string{"name": d.Name, "kind": d.Kind, "notes": d.Notes}
	return func(name string) string { return is[name] }
}

func (s *Server) documentEdit(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	now, err := s.Service.Document(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	by, err := rebase(c, s, crm.Documents, &now, oneByOne("name", "kind", "notes"), documentSays)
	if err != nil {
		return s.fail(c, err)
	}
	in := crm.DocumentInput{Name: f.get("name"), Kind: f.get("kind"), Notes: f.get("notes")}
	d, err := s.Service.EditDocument(c.UserContext(), actor(c), c.Params("id"), f.version(), in)
	if err == nil {
		return s.goTo(c, "/clients/"+d.Client+"/documents", note{Label: v.T("web.saved")})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	p := page.Document{Name: f.field("name", wrong), Kind: f.field("kind", wrong), Notes: f.field("notes", wrong), Version: strconv.FormatInt(f.version(), 10)}
	if crm.CodeOf(err) != crm.CodeConflict {
		return s.showDocument(c, again(err), d, p, bad(above))
	}
	v.differs(&p.Name, d.Name)
	v.differs(&p.Notes, d.Notes)
	v.differs(&p.Kind, d.Kind)
	p.Version = strconv.FormatInt(d.Version, 10)
	return s.showDocument(c, again(err), d, p, s.savedFirst(c, by, d.UpdatedAt, "/documents/"+d.ID))
}

func (s *Server) documentDelete(c *fiber.Ctx) error {
	v := s.view(c)
	d, err := s.Service.DeleteDocument(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/clients/"+d.Client+"/documents", note{Label: v.T("document.deleted", "name", d.Name), Undo: "/documents/" + d.ID + "/restore"})
}

func (s *Server) documentRestore(c *fiber.Ctx) error {
	v := s.view(c)
	d, err := s.Service.RestoreDocument(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/clients/"+d.Client+"/documents", note{Label: v.T("document.restored", "name", d.Name), Undo: "/documents/" + d.ID + "/delete"})
}

// amendmentDocuments are the files of each amendment of a contract.
func (s *Server) amendmentDocuments(ctx context.Context, a crm.Actor, k crm.Contract, rows []page.AmendmentRow) error {
	list, err := s.Service.ContractDocuments(ctx, a, k.ID)
	if err != nil {
		return err
	}
	for n := range rows {
		id := rows[n].SetURL[strings.LastIndexByte(rows[n].SetURL, '/')+1:]
		rows[n].AttachURL = at("/clients/"+k.Client+"/documents", "contract", k.ID, "amendment", id)
		for _, d := range list {
			if d.Amendment == id {
				rows[n].Files = append(rows[n].Files, page.Link{Label: d.Name, URL: "/documents/" + d.ID + "/file"})
			}
		}
	}
	return nil
}
