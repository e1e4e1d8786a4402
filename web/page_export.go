package web

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// newExport queues the file of a long list; the same that waits or is written
// already is that one.
func (s *Server) newExport(ctx context.Context, a crm.Actor, args ListFileArgs) (crm.Job, error) {
	asked, err := json.Marshal(args)
	if err != nil {
		return crm.Job{}, err
	}
	list, _, err := s.ownExports(ctx, a, "")
	if err != nil {
		return crm.Job{}, err
	}
	for _, j := range list {
		if !j.Ended() && !j.Cancel && j.Lang == a.Lang && bytes.Equal(j.Args, asked) {
			return j, nil
		}
	}
	return s.Jobs.Enqueue(ctx, a, crm.JobList, args)
}

// ownExports are the reader's own, the newest first. An admin, who sees
// everybody's jobs elsewhere, sees no file of somebody else's list.
func (s *Server) ownExports(ctx context.Context, a crm.Actor, after string) ([]crm.Job, string, error) {
	a.Role = crm.RoleAgent
	return s.Service.ListJobs(ctx, a, crm.JobList, 0, after)
}

func (s *Server) exportOf(c *fiber.Ctx) (crm.Job, error) {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobList)
	if err == nil && j.By != user(c).ID {
		return crm.Job{}, crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return j, err
}

func listFileArgs(j crm.Job) (args ListFileArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	return args
}

// mayHave tells that what was written may still be read: whose rights have
// changed asks for the file anew.
func mayHave(a crm.Actor, j crm.Job) bool {
	var was ListFile
	return json.Unmarshal(j.Result, &was) == nil && rightsOf(a).cover(was.Rights)
}

func (v view) listFileName(args ListFileArgs) string {
	if args.List == "" {
		return nothing
	}
	return v.T("list."+args.List) + " (" + v.T("list.file."+args.kind()) + ")"
}

func (s *Server) exportsPage(c *fiber.Ctx) error {
	v, a := s.view(c), actor(c)
	list, next, err := s.ownExports(c.UserContext(), a, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Exports{Base: s.base(c, page.PlaceClients, v.T("web.exports"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"})}
	for _, j := range list {
		row := page.ReportRow{Name: v.listFileName(listFileArgs(j)), URL: "/exports/" + j.ID, When: v.stamp(j.CreatedAt), State: v.jobBadge(j)}
		if j.File != "" && mayHave(a, j) {
			row.FileURL, row.Size = "/exports/"+j.ID+"/file", v.T("web.exports.file")
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/exports", "after", next)}
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "exports", p)
}

func (s *Server) exportFrame(c *fiber.Ctx, v view, args ListFileArgs) page.Export {
	name := v.listFileName(args)
	p := page.Export{Base: s.base(c, page.PlaceClients, name), Name: name, GoURL: args.againURL(), GoLabel: v.T("web.exports.go")}
	if args.List != "" {
		p.Back = page.Link{Label: v.T("web.exports.back"), URL: args.ask().url("", "")}
		p.Crumbs = []page.Link{{Label: v.T("list." + args.List), URL: p.Back.URL}}
	}
	p.Shape = page.ShapeForm
	return p
}

// offerExport is what the address of a long list's file shows.
func (s *Server) offerExport(c *fiber.Ctx, args ListFileArgs) error {
	v := s.view(c)
	p := s.exportFrame(c, v, args)
	p.Lead = v.T("web.exports.long", "rows", v.int(rowsAtOnce))
	return s.render(c, fiber.StatusOK, "export", p)
}

func (s *Server) exportPage(c *fiber.Ctx) error {
	v := s.view(c)
	j, err := s.exportOf(c)
	if err != nil {
		return s.fail(c, err)
	}
	p, job := s.exportFrame(c, v, listFileArgs(j)), s.job(c, v, j)
	p.Job = &job
	if job.Notice != nil {
		job.Notice.Action = page.Link{} // the button says how it is asked for again
	}
	p.Lead = v.T("web.exports.stay")
	switch {
	case !j.Ended():
		p.GoURL = ""
		return s.render(c, fiber.StatusOK, "export", p)
	case j.File == "":
		p.Lead = ""
	case mayHave(actor(c), j):
		p.FileURL, p.Lead = "/exports/"+j.ID+"/file", ""
	default:
		p.Lead = v.T("error.list.rights")
	}
	p.Facts, p.GoLabel = v.jobFacts(j), v.T("web.exports.again")
	return s.render(c, fiber.StatusOK, "export", p)
}

func (s *Server) exportFile(c *fiber.Ctx) error {
	j, err := s.exportOf(c)
	switch {
	case err != nil:
		return s.fail(c, err)
	case j.State == crm.JobFailed && j.Error != nil:
		return s.fail(c, &crm.Error{Code: crm.CodeUnavailable, Text: *j.Error})
	case j.File == "":
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.report.unfinished"))
	case !mayHave(actor(c), j):
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.list.rights"))
	}
	return s.sendBlob(c, j.File, j.FileName, listFileArgs(j).contentType())
}
