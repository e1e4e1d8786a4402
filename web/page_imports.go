package web

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/intake"
	"cemigmas/web/page"
)

func (s *Server) importsPage(c *fiber.Ctx) error {
	return s.showImports(c, fiber.StatusOK, page.ImportForm{}, nil)
}

func (s *Server) showImports(c *fiber.Ctx, status int, form page.ImportForm, notice *page.Notice) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	list, next, err := s.Service.ListJobs(ctx, a, crm.JobImport, 0, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Imports{Base: s.base(c, page.PlaceImports, v.T("page.nav.imports")), Form: form, TemplateURL: "/imports/template.xlsx",
		Limit: v.T("web.imports.limit", "size", fmt.Sprintf("%d\u00a0MB", s.MaxUpload>>20)),
		Kinds: append([]page.Option{{Label: v.T("web.import.auto")}}, v.options("web.import.", string(intake.KindPortfolio), string(intake.KindUCMT), string(intake.KindReadings), string(intake.KindTariffs))...)}
	for _, j := range list {
		row := v.importRow(j, users)
		if s.undone(c, j) {
			row.State = page.Badge{Label: v.T("web.import.undone"), State: page.Idle}
		}
		p.Rows = append(p.Rows, row)
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/imports", "after", next)}
	}
	p.Shape, p.Notice = page.ShapeList, notice
	return s.render(c, status, "imports", p)
}

func (v view) importRow(j crm.Job, users map[string]string) page.ImportRow {
	row := page.ImportRow{Name: importArgs(j).Name, URL: "/imports/" + j.ID, Kind: v.importKind(j), When: v.stamp(j.CreatedAt), Who: users[j.By], State: v.jobBadge(j), Rows: nothing}
	if r := importResult(j); r != nil {
		row.Rows = v.int(r.Rows)
		if bad := r.Rejected(); bad > 0 {
			row.Bad = v.n("web.import.bad", bad)
			if j.State == crm.JobDone && !importArgs(j).DryRun {
				row.State = page.Badge{Label: v.T("web.import.partly"), State: page.Warn}
			}
		}
	}
	if importArgs(j).DryRun && j.State == crm.JobDone {
		row.State = page.Badge{Label: v.T("page.imports.dry.badge"), State: page.Idle}
	}
	return row
}

func importArgs(j crm.Job) (args ImportArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	return args
}

// importResult is what an import did; nil before it ended.
func importResult(j crm.Job) *intake.Result {
	var r intake.Result
	if len(j.Result) == 0 || json.Unmarshal(j.Result, &r) != nil {
		return nil
	}
	return &r
}

// importKind is what was found out, else what was asked for.
func (v view) importKind(j crm.Job) string {
	kind := cmp.Or(importArgs(j).Kind, importArgs(j).Found)
	if r := importResult(j); r != nil && r.Kind != "" {
		kind = string(r.Kind)
	}
	if kind == "" {
		return v.T("web.import.auto")
	}
	return v.T("web.import." + kind)
}

func (s *Server) startImport(c *fiber.Ctx) error {
	v := s.view(c)
	j, fields, err := s.newImport(c, actor(c))
	if err == nil {
		return s.goTo(c, "/imports/"+j.ID, note{})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := page.ImportForm{File: page.Field{Error: wrong["file"]}, Kind: page.Field{Value: fields["kind"], Error: wrong["kind"]},
		Year: page.Field{Value: fields["year"], Error: wrong["year"]}}
	if above != "" {
		form.File.Error = above
	}
	return s.showImports(c, again(err), form, nil)
}

// errorRows is a page of refused rows.
const errorRows = 50

func (s *Server) importPage(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	if j.State == crm.JobDraft {
		return c.Redirect("/imports/"+j.ID+"/mapping", fiber.StatusSeeOther)
	}
	return s.showImport(c, fiber.StatusOK, j, page.Field{})
}

// showImport renders an import; year is what was typed where its file does not
// tell it.
func (s *Server) showImport(c *fiber.Ctx, status int, j crm.Job, year page.Field) (err error) {
	v := s.view(c)
	args := importArgs(j)
	p := page.Import{Base: s.base(c, page.PlaceImports, args.Name, page.Link{Label: v.T("page.nav.imports"), URL: "/imports"}), Name: args.Name,
		Kind: v.importKind(j), DryRun: args.DryRun, Job: s.job(c, v, j)}
	if j.Ended() {
		p.Facts = v.jobFacts(j)
		if err := s.importOutcome(c, v, j, &p); err != nil {
			return s.fail(c, err)
		}
		if p.Undo, err = s.undoOffer(c, v, j); err != nil {
			return s.fail(c, err)
		}
	}
	if lacksYear(j) {
		p.Year, p.RunURL = &year, "/imports/"+j.ID+"/run"
	}
	p.Shape = page.ShapeForm
	return s.render(c, status, "import", p)
}

// importOutcome says what an ended import did.
func (s *Server) importOutcome(c *fiber.Ctx, v view, j crm.Job, p *page.Import) error {
	rows, next, err := s.Service.JobErrors(c.UserContext(), actor(c), j.ID, errorRows, c.Query("after"))
	if err != nil {
		return err
	}
	for _, r := range rows {
		p.Errors = append(p.Errors, v.rowError(r))
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/imports/"+j.ID, "after", next)}
	}
	if err := s.importDiffs(c, v, j, p); err != nil {
		return err
	}
	r := importResult(j)
	if j.File != "" {
		p.FileURL = "/imports/" + j.ID + "/file"
	}
	nextStep(j, p)
	if len(p.Errors) > 0 {
		p.ErrorsURL, p.Refused = "/imports/"+j.ID+"/errors.xlsx", v.T("web.import.notes")
	}
	if r == nil {
		p.Stats = v.brokenStats(j)
		return nil
	}
	if bad := r.Rejected(); bad > 0 {
		p.Refused = v.n("web.import.refused", bad)
	}
	if err := s.wholeResult(c, j, r); err != nil {
		return err
	}
	p.Clean = v.T("page.imports.clean")
	if r.Rows == 0 {
		p.Clean = v.T("web.import.rowless")
	}
	p.Stats, p.Columns = v.importStats(r), v.columns(r)
	for _, sh := range r.Sheets {
		p.Facts = append(p.Facts, page.Fact{Label: v.T("import.sheet." + sh.Kind), Value: v.rowCounts(sh.Counts)})
	}
	return nil
}

// rowCounts is "12 novas, 1 alterada, 1 recusada".
func (v view) rowCounts(n intake.Counts) string {
	var words []string
	for _, x := range []struct {
		key   string
		count int64
	}{{"created", n.Created}, {"updated", n.Updated}, {"unchanged", n.Unchanged}, {"rejected", n.Rejected}} {
		if x.count > 0 {
			words = append(words, v.n("web.import.n."+x.key, x.count))
		}
	}
	return orNothing(strings.Join(words, ", "))
}

// wholeResult makes the result of the last try tell what the tries before it
// wrote too: what these created, the last one found unchanged.
func (s *Server) wholeResult(c *fiber.Ctx, j crm.Job, r *intake.Result) error {
	if !mayHaveWritten(j) {
		return nil
	}
	wrote, err := s.Service.BatchCounts(c.UserContext(), j.ID)
	if err != nil {
		return err
	}
	for n := range r.Sheets {
		sh := &r.Sheets[n]
		made := max(0, int64(wrote[sh.Kind].Made)-sh.Created)
		sh.Created, sh.Unchanged = sh.Created+made, max(0, sh.Unchanged-made)
		if made == 0 {
			continue
		}
		changed := max(0, int64(wrote[sh.Kind].Changed)-sh.Updated)
		sh.Updated, sh.Unchanged = sh.Updated+changed, max(0, sh.Unchanged-changed)
	}
	return nil
}

func (v view) rowError(r crm.ImportError) page.RowError {
	reason := v.text(r.Reason)
	if r.Warning {
		reason = v.T("web.import.warning", "reason", reason)
	}
	return page.RowError{Sheet: r.Sheet, Row: v.int(r.Row), Column: r.Column, Value: r.Value, Reason: reason}
}

// brokenStats is what is known of an import that ended before its result: how
// far it was.
func (v view) brokenStats(j crm.Job) []page.Stat {
	read := page.Stat{Label: v.T("web.import.read"), Value: v.int(j.Done)}
	if j.Total > j.Done {
		read.Unit = v.T("web.import.of", "total", v.int(j.Total))
	}
	return []page.Stat{read}
}

func (v view) importStats(r *intake.Result) []page.Stat {
	var sum intake.Counts
	for _, sh := range r.Sheets {
		sum.Created += sh.Created
		sum.Updated += sh.Updated
		sum.Unchanged += sh.Unchanged
	}
	stats := []page.Stat{{Label: v.T("web.import.read"), Value: v.int(r.Rows)}, {Label: v.T("web.import.new"), Value: v.int(sum.Created)},
		{Label: v.T("web.import.changed"), Value: v.int(sum.Updated)}, {Label: v.T("web.import.same"), Value: v.int(sum.Unchanged)}}
	if bad := r.Rejected(); bad > 0 {
		stats = append(stats, page.Stat{Label: v.T("web.import.rejected"), Value: v.int(bad), State: page.Bad})
	}
	return stats
}

// columns are the columns that could be read otherwise.
func (v view) columns(r *intake.Result) []page.ColumnNote {
	var out []page.ColumnNote
	for _, d := range r.Decisions {
		out = append(out, page.ColumnNote{Sheet: d.Sheet, Column: d.Column, Label: v.text(d.Text)})
	}
	return out
}

// lacksYear tells of an import that only wants the year of its file: the upload
// is kept, and goes on when somebody gives it.
func lacksYear(j crm.Job) bool {
	return j.State == crm.JobFailed && j.Error != nil && intake.AsksYear(*j.Error)
}

// nextStep offers what may be done with an import that has ended: change how it
// is read, do it for real, go on where it was stopped.
func nextStep(j crm.Job, p *page.Import) {
	at, r := "/imports/"+j.ID, importResult(j)
	if mappable(j) && !lacksYear(j) && (r == nil || r.Kind != intake.KindUCMT && r.Kind != intake.KindTariffs) {
		p.MapURL = at + "/mapping"
	}
	switch {
	case j.State == crm.JobDone && p.DryRun && r != nil && r.Changed() > 0:
		p.RunURL = at + "/run"
	case j.State == crm.JobCancelled || j.State == crm.JobFailed:
		p.RunURL, p.Resume = at+"/run", true
	}
}

// importRun does for real what a dry run looked at, or goes on with what was
// stopped: what was written already is found unchanged.
func (s *Server) importRun(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	args := importArgs(j)
	switch {
	case lacksYear(j):
		if args.Year, err = yearIn(c.FormValue("year")); err != nil {
			wrong, _, _ := s.view(c).formError(err)
			return s.showImport(c, again(err), j, page.Field{Value: c.FormValue("year"), Error: wrong["year"]})
		}
	case j.State == crm.JobDone && !args.DryRun || s.undone(c, j):
		return s.goTo(c, "/imports/"+j.ID, note{}) // clicked twice, or on an old page
	case j.State == crm.JobDone:
		args.DryRun = false
	}
	if r := importResult(j); r != nil {
		args.Found = string(r.Kind)
	}
	if _, err := s.Jobs.Again(c.UserContext(), actor(c), j.ID, args); err != nil && crm.CodeOf(err) != crm.CodeConflict {
		return s.fail(c, err)
	}
	return s.goTo(c, "/imports/"+j.ID, note{})
}

// importTemplate hands out the workbook to fill in, in the viewer's language.
func (s *Server) importTemplate(c *fiber.Ctx) error {
	var buf bytes.Buffer
	if err := intake.WriteTemplate(&buf, lang(c), s.view(c).ramos); err != nil {
		return s.fail(c, err)
	}
	return sendWorkbook(c, &buf, s.view(c).T("web.import.template")+".xlsx")
}

// maxErrorRows bounds the workbook of refused rows; who has more looks at the
// first and sends the file again.
const maxErrorRows = 100_000

func (s *Server) importErrors(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	j, err := s.jobOf(ctx, a, c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	var all []crm.ImportError
	for after := ""; len(all) < maxErrorRows; {
		rows, next, err := s.Service.JobErrors(ctx, a, j.ID, crm.MaxListLimit, after)
		if err != nil {
			return s.fail(c, err)
		}
		all = append(all, rows...)
		if after = next; after == "" {
			break
		}
	}
	var buf bytes.Buffer
	if err := intake.WriteErrors(&buf, lang(c), all); err != nil {
		return s.fail(c, err)
	}
	name := strings.TrimSuffix(importArgs(j).Name, filepath.Ext(importArgs(j).Name))
	return sendWorkbook(c, &buf, s.view(c).T("web.import.errorfile", "name", name)+".xlsx")
}

// importFile sends the sender's own file back, with the reasons.
func (s *Server) importFile(c *fiber.Ctx) error {
	j, err := s.jobOf(c.UserContext(), actor(c), c.Params("id"), crm.JobImport)
	if err != nil {
		return s.fail(c, err)
	}
	if j.File == "" {
		return s.fail(c, crm.Errf(crm.CodeNotFound, "error.not-found"))
	}
	kind := "text/csv"
	if filepath.Ext(j.FileName) == ".xlsx" {
		kind = xlsxType
	}
	return s.sendBlob(c, j.File, j.FileName, kind)
}

func sendWorkbook(c *fiber.Ctx, content *bytes.Buffer, name string) error {
	c.Set(fiber.HeaderContentType, xlsxType)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", name))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(content.Bytes())
}
