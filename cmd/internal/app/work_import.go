package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cemigmas/crm"
	"cemigmas/crm/intake"
	"cemigmas/crm/jobs"
	"cemigmas/crm/locale"
	"cemigmas/crm/store"
	"cemigmas/web"
)

// importJob imports an upload, or looks through it. What it tells of rows
// becomes documents; a job that is taken up again first clears those of the
// former try, and an import those of its dry run.
func (a *App) importJob(ctx context.Context, t *jobs.Task) (any, *jobs.File, error) {
	var args web.ImportArgs
	if err := t.Args(&args); err != nil {
		return nil, nil, err
	}
	actor, err := a.jobActor(ctx, t.Job)
	if err != nil {
		return nil, nil, err
	}
	path, err := a.fetch(ctx, args.Blob)
	if err != nil {
		return nil, nil, err
	}
	defer os.Remove(path)
	svc := t.Service() // another worker may have taken over
	if err := svc.DropJobRows(ctx, t.Job.ID); err != nil {
		return nil, nil, err
	}
	rows := &importRows{svc: svc, job: t.Job.ID, faults: intake.NewFaults(t.Job.Lang)}
	res, err := intake.Run(crm.WithBatch(ctx, t.Job.ID), svc, actor, intake.Options{
		Path: path, Name: args.Name, Kind: intake.Kind(args.Kind), Year: args.Year, Mapping: args.Mapping, DryRun: args.DryRun, Lang: t.Job.Lang,
		Progress: func(done, total int64) { t.Progress(ctx, done, total, "job.import.rows") },
		OnError:  func(e crm.ImportError) { rows.fault(ctx, e) },
		OnDiff:   func(d crm.ImportDiff) { rows.diff(ctx, d) },
	})
	if ferr := rows.flush(ctx); err == nil {
		err = ferr
	}
	var back *jobs.File
	if err == nil && rows.faults.Len() > 0 {
		back, err = a.sendBack(ctx, path, &args, &res, rows.faults, t.Job.Lang)
	}
	if err == nil && !args.DryRun {
		err = a.Mail.Refile(ctx, svc) // people and numbers that are new may name waiting mail
	}
	if err == nil && !args.DryRun {
		err = a.Service.FindPairs(ctx)
	}
	if err == nil && !args.DryRun {
		err = a.Service.BenchmarksStale(ctx)
	}
	return res, back, err
}

// sendBack keeps the sender's own file with the reasons in it.
func (a *App) sendBack(ctx context.Context, path string, args *web.ImportArgs, res *intake.Result, faults *intake.Faults, lang string) (*jobs.File, error) {
	f, err := os.CreateTemp(a.Data+"/uploads", "back-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if err := intake.WriteBack(ctx, f, path, args.Mapping, res, faults); err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	ref, err := a.Blobs.PutReader(ctx, f)
	if err != nil {
		return nil, err
	}
	l := locale.Lang(lang)
	if !l.Valid() {
		l = locale.PtBR
	}
	ext := filepath.Ext(args.Name)
	name := locale.T(l, "import.back.name", "name", strings.TrimSuffix(args.Name, ext))
	return &jobs.File{Blob: string(ref), Name: name + strings.ToLower(ext)}, nil
}

// importRows stores what an import tells of its rows in batches, numbered in
// the order in which it is told.
type importRows struct {
	svc    *crm.Service
	job    string
	n      int
	faults *intake.Faults
	batch  []store.Change
	err    error
}

const rowBatch = 500

func (r *importRows) fault(ctx context.Context, e crm.ImportError) {
	r.faults.Add(e)
	e.Job, e.ID = r.job, r.next()
	r.add(ctx, crm.ImportErrors.InsertIfAbsent(&e))
}

func (r *importRows) diff(ctx context.Context, d crm.ImportDiff) {
	d.Job, d.ID, d.At = r.job, r.next(), r.svc.Now()
	r.add(ctx, crm.ImportDiffs.InsertIfAbsent(&d))
}

func (r *importRows) next() string {
	r.n++
	return fmt.Sprintf("%s:%08d", r.job, r.n)
}

func (r *importRows) add(ctx context.Context, c store.Change) {
	if r.batch = append(r.batch, c); len(r.batch) >= rowBatch {
		r.err = r.flush(ctx)
	}
}

func (r *importRows) flush(ctx context.Context) error {
	if r.err != nil {
		return r.err
	}
	err := r.svc.Apply(ctx, r.batch...)
	r.batch = nil
	return err
}
