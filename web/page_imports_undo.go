package web

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// undoOf is the undo of an import; nil when nobody asked for one.
func (s *Server) undoOf(c *fiber.Ctx, j crm.Job) (*crm.Job, error) {
	return s.Service.UndoOf(c.UserContext(), actor(c), j.ID)
}

// undone reports whether an import was taken back.
func (s *Server) undone(c *fiber.Ctx, j crm.Job) bool {
	if !mayHaveWritten(j) {
		return false
	}
	u, err := s.undoOf(c, j)
	return err == nil && u != nil && u.State == crm.JobDone
}

// mayHaveWritten reports whether an import came so far that it can have written
// something.
func mayHaveWritten(j crm.Job) bool {
	if !j.Ended() || importArgs(j).DryRun || j.StartedAt == nil {
		return false
	}
	r := importResult(j)
	return r == nil || r.Changed() > 0 || j.State != crm.JobDone
}

// wrote reports whether an import wrote something. One that failed or was
// cancelled has no result to tell it.
func (s *Server) wrote(ctx context.Context, j crm.Job) (bool, error) {
	if !mayHaveWritten(j) {
		return false, nil
	}
	if j.State == crm.JobDone && importResult(j) != nil {
		return true, nil
	}
	return s.Service.BatchWrote(ctx, j.ID)
}

// undoOffer says what an undo would do, or leads to it.
func (s *Server) undoOffer(c *fiber.Ctx, v view, j crm.Job) (*page.ImportUndo, error) {
	if any, err := s.wrote(c.UserContext(), j); err != nil || !any {
		return nil, err
	}
	u, err := s.undoOf(c, j)
	if err != nil {
		return nil, err
	}
	to := "/imports/" + j.ID + "/undo"
	switch {
	case u == nil:
		lead, err := s.undoLead(c, v, j)
		return &page.ImportUndo{Lead: lead, URL: to}, err
	case u.State == crm.JobDone:
		return &page.ImportUndo{Lead: v.T("web.import.undone.at", "when", v.stamp(u.CreatedAt)), Page: to, Next: v.T("web.import.undo.result")}, nil
	case u.Ended():
		return &page.ImportUndo{Lead: v.T("web.import.undo.broken"), URL: to, Page: to, Next: v.T("web.import.undo.result")}, nil
	}
	return &page.ImportUndo{Lead: v.T("web.import.undo.going"), Page: to, Next: v.T("web.import.undo.progress")}, nil
}

// undoLead says what will happen, with figures.
func (s *Server) undoLead(c *fiber.Ctx, v view, j crm.Job) (string, error) {
	wrote, err := s.Service.BatchCounts(c.UserContext(), j.ID)
	if err != nil {
		return "", err
	}
	var made, changed int64
	for _, n := range wrote {
		made, changed = made+int64(n.Made), changed+int64(n.Changed)
	}
	return v.T("web.import.undo.lead", "created", v.int(made), "updated", v.int(changed)), nil
}

// undoPage shows how far the undo of an import is, and what it kept.
func (s *Server) undoPage(c *fiber.Ctx) error {
	v := s.view(c)
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	offer, err := s.undoOffer(c, v, j)
	if err != nil {
		return s.fail(c, err)
	}
	u, err := s.undoOf(c, j)
	if err != nil {
		return s.fail(c, err)
	}
	if offer == nil && u == nil {
		return c.Redirect("/imports/"+j.ID, fiber.StatusSeeOther) // there is nothing to take back
	}
	name := importArgs(j).Name
	p := page.Undo{Name: name, Import: "/imports/" + j.ID, Base: s.base(c, page.PlaceImports, v.T("web.import.undo.title"),
		page.Link{Label: v.T("page.nav.imports"), URL: "/imports"}, page.Link{Label: name, URL: "/imports/" + j.ID})}
	if offer != nil {
		p.Lead, p.URL = offer.Lead, offer.URL
	}
	if u != nil {
		job := s.job(c, v, *u)
		p.Job = &job
		v.undoOutcome(*u, &p)
	}
	p.Shape = page.ShapeForm
	return s.render(c, fiber.StatusOK, "undo", p)
}

// undoOutcome tells what was taken back and what was kept, and why.
func (v view) undoOutcome(u crm.Job, p *page.Undo) {
	var sum crm.Undone
	if len(u.Result) == 0 || json.Unmarshal(u.Result, &sum) != nil {
		return
	}
	p.Done = u.State == crm.JobDone
	p.Stats = []page.Stat{{Label: v.T("web.import.undo.done"), Value: v.int(int64(sum.Undone))}}
	if sum.Kept > 0 {
		p.Stats = append(p.Stats, page.Stat{Label: v.T("web.import.undo.kept"), Value: v.int(int64(sum.Kept)), State: page.Warn})
	}
	for _, r := range sum.Refused {
		p.Refused = append(p.Refused, v.kept(r))
	}
	if rest := sum.Kept - len(sum.Refused); rest > 0 {
		p.More = v.n("web.import.undo.more", int64(rest))
	}
}

func (v view) kept(r crm.Refusal) page.Kept {
	k := page.Kept{Kind: v.T("import.sheet." + r.Of), Name: r.Name, Reason: v.text(r.Reason)}
	if k.Name == "" {
		k.Name = nothing
	}
	switch {
	case r.Client == "":
	case slices.Contains([]string{crm.Installations.In.Name, crm.Contracts.In.Name, crm.People.In.Name}, r.Of):
		k.URL = "/" + r.Of + "/" + r.Doc
	default:
		k.URL = "/clients/" + r.Client
	}
	return k
}

// importUndo begins to take an import back, or goes on with an undo that was
// stopped.
func (s *Server) importUndo(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	j, err := s.jobOf(ctx, a, c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	any, err := s.wrote(ctx, j)
	if err != nil {
		return s.fail(c, err)
	}
	if !any {
		return s.fail(c, crm.Errf(crm.CodeConflict, "error.import.unwritten"))
	}
	if _, err := s.enqueueUndo(ctx, a, j); err != nil {
		return s.fail(c, err)
	}
	return s.goTo(c, "/imports/"+j.ID+"/undo", note{})
}

// enqueueUndo begins to take back what a job did, or goes on with an undo that
// was stopped.
func (s *Server) enqueueUndo(ctx context.Context, a crm.Actor, j crm.Job) (crm.Job, error) {
	u, err := s.Jobs.Enqueue(ctx, a, crm.JobUndo, crm.UndoArgs{Batch: j.ID, Of: j.Kind})
	if err != nil || !resumable(u) {
		return u, err
	}
	if u, err = s.Jobs.Again(ctx, a, u.ID, nil); crm.CodeOf(err) == crm.CodeConflict {
		err = nil // clicked twice
	}
	return u, err
}
