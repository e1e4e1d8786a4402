package web

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// monthsOffered is how far back a workbook is offered.
const monthsOffered = 24

func (s *Server) reportsPage(c *fiber.Ctx) error {
	v := s.view(c)
	return s.showReports(c, fiber.StatusOK, page.ReportForm{Month: page.Field{Value: string(v.today.Month().Add(-1))}, Lang: page.Field{Value: string(v.Lang)}}, nil)
}

func (s *Server) showReports(c *fiber.Ctx, status int, form page.ReportForm, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.ListJobs(ctx, a, crm.JobReport, 0, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Reports{Base: s.base(c, page.PlaceReports, v.T("page.nav.reports")), Form: form, Langs: langNames()}
	for n := range monthsOffered {
		m := v.today.Month().Add(-n)
		p.Months = append(p.Months, page.Option{Value: string(m), Label: upper(v.month(string(m)))})
	}
	for _, j := range list {
		row := page.ReportRow{Name: upper(v.month(reportArgs(j).Month)), URL: "/reports/" + j.ID, When: v.stamp(j.CreatedAt), Who: users[j.By], State: v.jobBadge(j)}
		if j.File != "" {
			row.FileURL, row.Size = "/reports/"+j.ID+"/file", v.T("web.reports.file")
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/reports", "after", next)}
	}
	p.Shape, p.Notice = page.ShapeList, notice
	return s.render(c, status, "reports", p)
}

func reportArgs(j crm.Job) (args ReportArgs) {
	// A job of an older version of the program may have other arguments.
	_ = json.Unmarshal(j.Args, &args)
	return args
}

func (s *Server) startReport(c *fiber.Ctx) error {
	v, f := s.view(c), typed{c}
	j, err := s.newReport(c.UserContext(), actor(c), f.get("month"), f.get("lang"))
	if err == nil {
		return s.goTo(c, "/reports/"+j.ID, note{})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	var notice *page.Notice
	if above != "" {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showReports(c, again(err), page.ReportForm{Month: f.field("month", wrong), Lang: f.field("lang", wrong)}, notice)
}

func (s *Server) reportPage(c *fiber.Ctx) error {
	v := s.view(c)
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobReport)
	if err != nil {
		return s.fail(c, err)
	}
	args := reportArgs(j)
	p := page.Report{Base: s.base(c, page.PlaceReports, upper(v.month(args.Month)), page.Link{Label: v.T("page.nav.reports"), URL: "/reports"}),
		Name: v.reportName(args), Job: s.job(c, v, j), Form: page.ReportForm{Month: page.Field{Value: args.Month}, Lang: page.Field{Value: args.Lang}}}
	if j.File != "" {
		p.FileURL = "/reports/" + j.ID + "/file"
	}
	if j.Ended() {
		p.Again = "/reports"
		p.Facts = v.jobFacts(j)
	}
	p.Shape = page.ShapeForm
	return s.render(c, fiber.StatusOK, "report", p)
}

func (v view) reportName(args ReportArgs) string {
	return v.T("page.reports.monthly") + ", " + v.month(args.Month)
}

// jobFacts say when a job was asked for and how long it took.
func (v view) jobFacts(j crm.Job) []page.Fact {
	facts := []page.Fact{{Label: v.T("web.job.asked"), Value: v.stamp(j.CreatedAt)}}
	if j.StartedAt != nil && j.EndedAt != nil {
		facts = append(facts, page.Fact{Label: v.T("web.job.took"), Value: v.took(j.EndedAt.Sub(*j.StartedAt))})
	}
	return facts
}

func (v view) took(d time.Duration) string {
	if d < time.Minute {
		return v.n("web.seconds", int64((d+time.Second-1)/time.Second))
	}
	return v.duration(int64(d / time.Minute))
}

func (v view) jobBadge(j crm.Job) page.Badge {
	states := map[string]page.State{crm.JobQueued: page.Idle, crm.JobRunning: page.Idle, crm.JobDone: page.OK, crm.JobFailed: page.Bad, crm.JobCancelled: page.Warn}
	return page.Badge{Label: v.T("web.job." + j.State), State: states[j.State]}
}

// job binds the progress of work in the background.
func (s *Server) job(c *fiber.Ctx, v view, j crm.Job) page.Job {
	out := page.Job{Text: v.Text, ID: j.ID, CSRF: s.Auth.CSRF(session(c).ID), State: page.JobState(j.State), Label: v.jobLabel(j), Percent: jobPercent(j),
		URL: "/jobs/" + j.ID, PageURL: jobPage(j)}
	if j.Kind == crm.JobResector && !out.Going() {
		out.PageURL = "" // the table is as it was: loaded anew it would lose the toast with its undo
	}
	if j.Total > 0 {
		out.Counts = v.T("web.job.counts", "done", v.int(j.Done), "total", v.int(j.Total))
	}
	if out.Going() {
		if !j.Cancel {
			out.CancelURL = "/jobs/" + j.ID + "/cancel"
		}
		out.Left = v.timeLeft(j)
		if j.Total == 0 && locale.Has(v.Lang, j.Step) {
			out.Counts = v.T(j.Step)
		}
		return out
	}
	switch {
	case j.Error != nil:
		out.Notice = &page.Notice{State: page.Bad, Label: v.text(*j.Error)}
		if !lacksYear(j) { // its page asks for the year
			out.Notice.Action = page.Link{Label: v.T("web.again"), URL: jobHome(j)}
		}
	case j.State == crm.JobCancelled:
		out.Notice = &page.Notice{State: page.Warn, Label: v.T("web.job.stopped")}
	}
	return out
}

func (v view) jobLabel(j crm.Job) string {
	switch j.Kind {
	case crm.JobReport:
		return v.reportName(reportArgs(j))
	case crm.JobUndo:
		if undoArgs(j).Of == crm.JobBulk {
			return v.T("web.bulk.undo.title")
		}
		return v.T("web.import.undo.title")
	case crm.JobBulk:
		return v.T("web.bulk.title")
	case crm.JobFigure:
		return v.T("tariff.figures")
	case crm.JobResector:
		return v.T("sectors.working")
	case crm.JobList:
		return v.listFileName(listFileArgs(j))
	case crm.JobTier:
		if tierArgs(j).Apply {
			return v.T("tier.applying")
		}
		return v.T("tier.counting")
	}
	return importArgs(j).Name
}

func jobHome(j crm.Job) string {
	switch j.Kind {
	case crm.JobReport:
		return "/reports"
	case crm.JobBulk:
		return "/bulk"
	case crm.JobList:
		return "/exports"
	case crm.JobTier:
		return "/tiers"
	}
	return "/imports"
}

func jobPage(j crm.Job) string {
	if j.Kind == crm.JobFigure {
		return "/tariffs"
	}
	if j.Kind == crm.JobResector {
		return "/sectors"
	}
	if j.Kind == crm.JobTier {
		if tierArgs(j).Apply {
			return "/tiers"
		}
		return at("/tiers", "preview", j.ID)
	}
	if j.Kind != crm.JobUndo {
		return jobHome(j) + "/" + j.ID
	}
	if args := undoArgs(j); args.Of != crm.JobBulk {
		return "/imports/" + args.Batch + "/undo"
	}
	return "/bulk/" + undoArgs(j).Batch
}

func undoArgs(j crm.Job) (args crm.UndoArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	return args
}

func jobPercent(j crm.Job) int {
	switch {
	case j.State == crm.JobDone:
		return 100
	case j.Total <= 0:
		return 0
	}
	return int(min(j.Done*100/j.Total, 100))
}

// timeLeft guesses from the time that the work took so far.
func (v view) timeLeft(j crm.Job) string {
	if j.StartedAt == nil || j.Done <= 0 || j.Total <= j.Done {
		return ""
	}
	past := v.now.Sub(*j.StartedAt)
	left := time.Duration(float64(past) * float64(j.Total-j.Done) / float64(j.Done))
	if past < 2*time.Second || left < time.Second {
		return ""
	}
	return v.T("web.job.left", "time", v.took(left))
}

// jobPart answers the progress, for a page that asks again and again.
func (s *Server) jobPart(c *fiber.Ctx) error {
	j, err := s.Service.Job(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if !isPart(c) {
		return c.Redirect(jobPage(j), fiber.StatusSeeOther)
	}
	return s.render(c, fiber.StatusOK, "job", s.job(c, s.view(c), j))
}

func (s *Server) jobCancel(c *fiber.Ctx) error {
	j, err := s.Service.CancelJob(c.UserContext(), actor(c), c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if !isPart(c) {
		f := typed{c}
		return s.goTo(c, f.back(jobPage(j)), note{})
	}
	return s.render(c, fiber.StatusOK, "job", s.job(c, s.view(c), j))
}
