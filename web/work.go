package web

import (
	"context"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/intake"
)

// ReportArgs is what a report job is asked for.
type ReportArgs struct {
	Month string `json:"month"`
	Lang  string `json:"lang"`
}

// ImportArgs is what an import job is asked for. Path is the upload, which the
// job deletes when it has ended.
type ImportArgs struct {
	Blob   string `json:"blob"`
	Name   string `json:"name"`
	Kind   string `json:"kind,omitempty"`  // "": found by itself
	Found  string `json:"found,omitempty"` // kind that a look found, to show while nothing tells it better
	Year   int    `json:"year,omitempty"`
	DryRun bool   `json:"dryRun,omitempty"`
	// Mapping is what its sender decided about the columns.
	Mapping intake.Mapping `json:"mapping,omitzero"`
}

// newReport queues a monthly workbook.
func (s *Server) newReport(ctx context.Context, a crm.Actor, month, language string) (crm.Job, error) {
	m := calendar.Month(month)
	if !m.Valid() {
		return crm.Job{}, wrongField("month", "error.field.month")
	}
	if language == "" {
		language = a.Lang
	}
	if !slices.Contains(crm.Langs, language) {
		return crm.Job{}, wrongField("lang", "error.field.choice")
	}
	return s.Jobs.Enqueue(ctx, a, crm.JobReport, ReportArgs{Month: month, Lang: language})
}

// monthlyWait is how long a request for a workbook waits for it.
const monthlyWait = 20 * time.Second

// monthly answers the workbook itself when it is done in time, else 202 with
// the job's address.
func (s *Server) monthly(c *fiber.Ctx) error {
	a := actor(c)
	j, err := s.newReport(c.UserContext(), a, c.Query("month"), c.Query("lang"))
	if err != nil {
		return s.fail(c, err)
	}
	events, stop := s.Service.Bus().Subscribe()
	defer stop()
	timeout := time.After(monthlyWait)
	poll := time.NewTicker(500 * time.Millisecond)
	defer poll.Stop()
	for !j.Ended() {
		select {
		case <-c.UserContext().Done():
			return s.fail(c, c.UserContext().Err())
		case <-timeout:
			return s.answer(c, 0, started{"/api/v1/reports/" + j.ID, jobOut(lang(c), j)})
		case e := <-events:
			if e.ID != j.ID {
				continue
			}
		case <-poll.C:
		}
		if j, err = s.Service.Job(c.UserContext(), a, j.ID); err != nil {
			return s.fail(c, err)
		}
	}
	return s.sendReport(c, j)
}

// reportFile answers a finished workbook.
func (s *Server) reportFile(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobReport)
	if err != nil {
		return s.fail(c, err)
	}
	return s.sendReport(c, j)
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (s *Server) sendReport(c *fiber.Ctx, j crm.Job) error {
	if j.State == crm.JobFailed && j.Error != nil {
		return s.fail(c, &crm.Error{Code: crm.CodeUnavailable, Text: *j.Error})
	}
	if j.File == "" {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.report.unfinished"))
	}
	return s.sendBlob(c, j.File, j.FileName, xlsxType)
}

// newImport takes an upload to a file as it arrives, never into memory, and
// queues its import. The fields come back beside an error, for the form.
func (s *Server) newImport(c *fiber.Ctx, a crm.Actor) (crm.Job, map[string]string, error) {
	up, err := s.receive(c)
	if up.path != "" {
		defer os.Remove(up.path)
	}
	if err != nil {
		return crm.Job{}, up.fields, err
	}
	if !isAPI(c) && !s.csrfFits(c, up.fields["csrf"]) {
		return crm.Job{}, up.fields, crm.Errf(crm.CodeForbidden, "error.csrf")
	}
	args, err := importAsk(up)
	if err != nil {
		return crm.Job{}, up.fields, err
	}
	// A large file over a slow line may have taken all of the request's time.
	ctx, cancel := context.WithTimeout(s.until, requestTime)
	defer cancel()
	if args.Blob, err = s.keepFile(ctx, up.path); err != nil {
		return crm.Job{}, up.fields, err
	}
	if isAPI(c) {
		j, err := s.Jobs.Enqueue(ctx, a, crm.JobImport, args)
		return j, up.fields, err
	}
	j, err := s.begin(ctx, a, up.path, args)
	return j, up.fields, err
}

// begin looks at a file that came through the page: one that is the program's
// own is looked through at once, of another its sender is asked first.
func (s *Server) begin(ctx context.Context, a crm.Actor, path string, args ImportArgs) (crm.Job, error) {
	args.DryRun = true
	sight, err := intake.Look(ctx, path, intake.Kind(args.Kind), intake.Mapping{})
	if err != nil {
		return crm.Job{}, err
	}
	args.Found = string(sight.Kind)
	if sight.Known {
		return s.Jobs.Enqueue(ctx, a, crm.JobImport, args)
	}
	return s.Jobs.Draft(ctx, a, crm.JobImport, args)
}

// importAsk reads the fields beside an upload.
func importAsk(up upload) (ImportArgs, error) {
	args := ImportArgs{Name: up.name, Kind: up.fields["kind"]}
	args.DryRun = up.fields["dryRun"] == "true"
	if !slices.Contains([]intake.Kind{intake.KindAuto, intake.KindPortfolio, intake.KindReadings, intake.KindUCMT, intake.KindTariffs}, intake.Kind(args.Kind)) {
		return args, wrongField("kind", "error.field.choice")
	}
	if y := up.fields["year"]; y != "" {
		var err error
		if args.Year, err = yearIn(y); err != nil {
			return args, err
		}
	}
	if up.path == "" {
		return args, wrongField("file", "error.field.required")
	}
	return args, nil
}

// yearIn reads the year of a file.
func yearIn(typed string) (int, error) {
	if typed == "" {
		return 0, wrongField("year", "error.field.required")
	}
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < 2000 || n > 2100 {
		return 0, wrongField("year", "error.field.range")
	}
	return n, nil
}
