package app

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/calendar"
	"cemigmas/crm/intake"
	"cemigmas/crm/jobs"
	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/xlsx"
	"cemigmas/web"
)

// ActorFor is the user with that address, or the program itself.
func (a *App) ActorFor(ctx context.Context, email string) (crm.Actor, error) {
	if email == "" {
		return crm.SystemActor(), nil
	}
	u, err := a.Service.UserByEmail(ctx, crm.SystemActor(), email)
	return a.Service.ActorOf(&u), err
}

// Monthly writes the workbook of a month.
func (a *App) Monthly(ctx context.Context, actor crm.Actor, month, lang string, w io.Writer) error {
	wb, err := reports.Monthly(ctx, a.Service, actor, calendar.Month(month), reports.Options{Lang: locale.Lang(lang)})
	if err != nil {
		return err
	}
	return xlsx.Write(ctx, w, wb)
}

// reportJob makes a workbook and keeps it.
func (a *App) reportJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args web.ReportArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	t.Progress(ctx, 0, 0, "job.report.collect")
	var buf bytes.Buffer
	if err := a.Monthly(ctx, actor, args.Month, args.Lang, &buf); err != nil {
		return nil, nil, err
	}
	refs, err := a.Blobs.Put(ctx, buf.Bytes())
	if err != nil {
		return nil, nil, err
	}
	return args, &jobs.File{Blob: string(refs[0]), Name: reports.FileName(calendar.Month(args.Month), locale.Lang(args.Lang))}, nil
}

// jobActor is who asked for a job, with the rights of now, not of then.
func (a *App) jobActor(ctx context.Context, j crm.Job) (crm.Actor, error) {
	u, err := crm.Users.Get(ctx, a.store, j.By)
	if err != nil {
		return crm.Actor{}, err
	}
	if u.Disabled {
		return crm.Actor{}, crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	actor := a.Service.ActorOf(&u)
	if j.Lang != "" {
		actor.Lang = j.Lang
	}
	return actor, nil
}

// ImportFile asks for an import from the command line.
type ImportFile struct {
	Path, Name, Kind string
	Year             int
	DryRun           bool
	Batch            string // under which it can be undone
	Lang, As         string
	OnError          func(crm.ImportError)
}

// Import imports a file at once.
func (a *App) Import(ctx context.Context, o ImportFile) (intake.Result, error) {
	actor, err := a.ActorFor(ctx, o.As)
	if err != nil {
		return intake.Result{}, err
	}
	return intake.Run(crm.WithBatch(ctx, o.Batch), a.Service, actor, intake.Options{Path: o.Path, Name: o.Name, Kind: intake.Kind(o.Kind), Year: o.Year,
		DryRun: o.DryRun, Lang: o.Lang, OnError: o.OnError})
}

// Undo takes back what an import did, for the command line: one of the program's
// own, named by its batch, or one of the pages, named by its id.
func (a *App) Undo(ctx context.Context, batch, as string) (crm.Undone, error) {
	actor, err := a.ActorFor(ctx, as)
	if err != nil {
		return crm.Undone{}, err
	}
	sum, err := a.Service.UndoBatch(ctx, actor, batch, nil)
	if err != nil {
		return sum, err
	}
	return sum, a.noteUndo(ctx, batch, sum)
}

// noteUndo lets the page of an import know that it was undone elsewhere.
func (a *App) noteUndo(ctx context.Context, batch string, sum crm.Undone) error {
	of, err := crm.Jobs.Get(ctx, a.store, batch)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil // of the command line
	}
	if err != nil {
		return err
	}
	now := a.Service.Now()
	args, _ := json.Marshal(crm.UndoArgs{Batch: batch}) // a string in a struct
	result, err := json.Marshal(sum)
	if err != nil {
		return err
	}
	j := crm.Job{ID: crm.UndoID(batch), Kind: crm.JobUndo, By: of.By, State: crm.JobDone, Args: args, Result: result,
		CreatedAt: now, StartedAt: &now, EndedAt: &now}
	if was, err := crm.Jobs.Get(ctx, a.store, j.ID); err == nil {
		j.Version = was.Version
	}
	return a.Service.Apply(ctx, crm.Jobs.Put(&j))
}

// undoJob takes back what another job, or any other batch, did.
func (a *App) undoJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args crm.UndoArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	sum, err := t.Service().UndoBatch(ctx, actor, args.Batch, func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.undo.rows") })
	return sum, nil, err
}

// bulkJob edits many records alike.
func (a *App) bulkJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args crm.BulkArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	sum, err := t.Service().BulkRecords(ctx, actor, t.Job.ID, args, func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.bulk.rows") })
	return sum, nil, err
}

// listJob writes a long list to a file and keeps it.
func (a *App) listJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args web.ListFileArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	t.Progress(ctx, 0, 0, "job.list.rows")
	f, err := os.CreateTemp("", "cemigmas-list-*")
	if err != nil {
		return nil, nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	sum, err := web.WriteListFile(ctx, t.Service(), actor, args, f, func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.list.rows") })
	if err != nil {
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	ref, err := a.Blobs.PutReader(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	return sum, &jobs.File{Blob: string(ref), Name: args.FileName()}, nil
}

// figuresJob brings all derived figures up to date, after tariffs changed.
func (a *App) figuresJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	err := t.Service().RecomputeEach(ctx, func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.figures.clients") })
	return nil, nil, err
}

// resectorJob brings clients into their sectors, after CNAE divisions moved.
func (a *App) resectorJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args crm.ResectorArgs
	if err := json.Unmarshal(t.Job.Args, &args); err != nil {
		return nil, nil, err
	}
	err := t.Service().Resector(ctx, args.Sectors, func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.figures.clients") })
	return nil, nil, err
}

// tierJob tries a rule of tiers, or has all clients follow the one that is set.
func (a *App) tierJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args crm.TierArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	told := func(done, total int) { t.Progress(ctx, int64(done), int64(total), "job.figures.clients") }
	if args.Apply {
		sum, err := t.Service().GradeClients(ctx, actor, told)
		return sum, nil, err
	}
	sum, err := t.Service().PreviewTiers(ctx, actor, args.Rule, told)
	return sum, nil, err
}

// fetch lays a blob into a file, since a workbook is read from a file.
func (a *App) fetch(ctx context.Context, ref string) (path string, err error) {
	r, err := a.Blobs.Open(ctx, blob.Ref(ref))
	if err != nil {
		return "", err
	}
	defer r.Close()
	f, err := os.CreateTemp(a.Data+"/uploads", "import-*")
	if err != nil {
		return "", err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), f.Close()
}
