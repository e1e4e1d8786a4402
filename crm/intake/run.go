package intake

import (
	"cmp"
	"context"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
)

// Options say what to import and whom to tell.
type Options struct {
	Path string // of the file
	Name string // under which its sender knows it; a UCMT file's year may stand there
	Kind Kind
	Year int // of a UCMT file; 0: from its name
	// Mapping is what the sender decided about encoding, separator and columns.
	Mapping Mapping
	// DryRun does everything but write.
	DryRun bool
	Lang   string // of the sender: decides 1.234 where the file does not
	// Progress is told the rows done and their total, after each batch.
	Progress func(done, total int64)
	// OnError is told of each faulty row, and of doubts (Warning), in file order
	// of each sheet. ID and Job are left to the caller.
	OnError func(crm.ImportError)
	// OnDiff is told, in a dry run, of each row that would change a record.
	OnDiff func(crm.ImportDiff)
}

// batchRows is how many rows are compared and written together.
const batchRows = 400

// Run imports a file: good rows are taken, faulty ones told. A CodeInvalid
// error means that the file as a whole cannot be taken, with words for its
// sender; then nothing was written. When ctx ends between two batches, what was
// taken stays, and running again completes it without doubling anything.
func Run(ctx context.Context, svc *crm.Service, actor crm.Actor, o Options) (Result, error) {
	src, err := open(o.Path, &o.Mapping)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = src.close() }()
	r := &runner{svc: svc, o: &o, src: src, lang: locale.Lang(o.Lang), up: svc.NewUpserter(actor, o.DryRun)}
	if !r.lang.Valid() {
		r.lang = locale.PtBR
	}
	r.res.DryRun = o.DryRun
	p := &plan{src: src, o: &o, told: r.tell}
	if err := p.scan(ctx); err != nil {
		return r.res, err
	}
	offered, err := svc.SectorTable(ctx)
	if err != nil {
		return r.res, err
	}
	r.res.Kind = p.kind()
	if r.res.Kind == KindUCMT {
		if r.res.Year, r.res.YearFrom, err = yearOf(o.Year, o.Name, svc.Today()); err != nil {
			return r.res, err
		}
	}
	for _, t := range p.tables {
		offer(t.cols, offered)
		r.total += t.rows
		r.res.layout = append(r.res.layout, sheetLayout{t.index, t.name, t.header, t.width})
		r.res.Decisions = append(r.res.Decisions, t.decide(r.lang)...)
	}
	for _, t := range p.ordered() {
		if err := r.table(ctx, t); err != nil {
			return r.res, err
		}
	}
	return r.res, r.finish(ctx)
}

// runner is one import.
type runner struct {
	svc         *crm.Service
	o           *Options
	src         source
	lang        locale.Lang
	up          *crm.Upserter
	res         Result
	done, total int64
	pending     []item
	size        int // rows in pending
}

// item is a row of the file on its way: what it says, and what is wrong with
// its cells. texts are the cells, to show beside what the store's rules find.
type item struct {
	t      *table
	line   int64
	rows   []crm.Row
	lines  []int64 // of rows, when they come from several lines of the file
	issues []crm.ImportError
	texts  []string
	bad    bool
}

func (r *runner) table(ctx context.Context, t *table) error {
	r.res.of(t.kind(), t.name)
	if e := t.missingColumns(r.lang); e != nil {
		if t.rows > 0 {
			r.res.of(t.kind(), t.name).Counts.Rejected += t.rows
			r.res.Rows += t.rows
			r.tell(*e)
		}
		return nil
	}
	err := r.src.rows(ctx, t.index, func(line int64, cells []cell) error {
		if line <= t.header {
			return nil
		}
		r.res.Rows++
		if t.ucmt != nil {
			return r.ucmtRow(ctx, t, line, cells)
		}
		if t.aneel != nil {
			return r.aneelRow(ctx, t, line, cells)
		}
		return r.add(ctx, r.row(t, line, cells))
	})
	if err == nil && t.aneel != nil {
		err = r.aneelEnd(ctx, t)
	}
	if err != nil {
		return err
	}
	return r.flush(ctx)
}

// row reads the cells of a row of the portfolio.
func (r *runner) row(t *table, line int64, cells []cell) item {
	row := t.def.begin(line)
	it := item{t: t, line: line, texts: textsOf(cells)}
	for n, c := range cells {
		if n >= len(t.cols) || t.cols[n] == nil {
			continue
		}
		b := t.cols[n]
		v, bad := b.read(c, r.src.date1904(), r.lang)
		if bad != nil {
			it.bad = true
			it.issues = append(it.issues, crm.ImportError{Sheet: t.name, Row: line, Column: b.header, At: n + 1, Value: c.text, Reason: *bad})
			continue
		}
		if c.formula {
			it.issues = append(it.issues, crm.ImportError{Sheet: t.name, Row: line, Column: b.header, At: n + 1, Value: c.text,
				Reason: crm.Text{Key: "import.cell.formula"}, Warning: true})
		}
		b.set(&row, v)
	}
	row.Faulty = it.bad
	it.rows = []crm.Row{row}
	return it
}

func textsOf(cells []cell) []string {
	out := make([]string, len(cells))
	for n, c := range cells {
		out[n] = c.text
	}
	return out
}

func (r *runner) add(ctx context.Context, it item) error {
	r.pending = append(r.pending, it)
	r.size += max(1, len(it.rows))
	if r.size < batchRows {
		return nil
	}
	return r.flush(ctx)
}

// flush takes what is pending, in one batch, and tells what became of it.
func (r *runner) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	rows := make([]crm.Row, 0, r.size)
	for _, it := range r.pending {
		rows = append(rows, it.rows...)
	}
	out, err := r.up.Batch(ctx, rows)
	if err != nil {
		return err
	}
	for n := range r.pending {
		it := &r.pending[n]
		r.settle(it, out[:len(it.rows)])
		out = out[len(it.rows):]
		r.done += max(1, int64(len(it.lines)))
	}
	clear(r.pending)
	r.pending, r.size = r.pending[:0], 0
	if r.o.Progress != nil {
		r.o.Progress(min(r.done, r.total), r.total)
	}
	return nil
}

// settle counts the outcomes of an item and tells what is wrong.
func (r *runner) settle(it *item, out []crm.Outcome) {
	for _, e := range it.issues {
		r.tell(e)
		if e.Warning {
			r.res.of(it.t.kind(), it.t.name).Warnings++
		}
	}
	if it.bad && len(out) == 0 {
		r.res.of(it.t.kind(), it.t.name).Counts.Rejected++
	}
	for n := range out {
		o := &out[n]
		s := r.res.of(o.Kind, it.t.name)
		switch o.Result {
		case crm.RowCreated:
			s.Created++
		case crm.RowUpdated:
			s.Updated++
		case crm.RowUnchanged:
			s.Unchanged++
		default:
			s.Counts.Rejected++
		}
		if o.Placeholder {
			r.res.of(crm.RowClient, it.t.name).Created++
		}
		if len(o.Fields) > 0 && o.Result == crm.RowUpdated && r.o.OnDiff != nil {
			r.o.OnDiff(crm.ImportDiff{Sheet: it.t.name, Row: it.line, Kind: o.Kind, Of: o.ID, Name: it.nameOf(r.lang, n, o), Fields: o.Fields})
		}
		for _, i := range o.Errors {
			if !it.told(i.Field) {
				r.tell(it.fault(o.Kind, i, false))
			}
		}
		for _, i := range o.Warnings {
			s.Warnings++
			r.tell(it.fault(o.Kind, i, true))
		}
	}
}

// told reports whether the cell of a field cannot be read, which its sender is
// told of: that the field lacks then is no second fault.
func (it *item) told(field string) bool {
	if !it.bad {
		return false
	}
	for _, e := range it.issues {
		if !e.Warning && e.At > 0 {
			id := it.t.cols[e.At-1].id
			if id == field || otherKey[id] == field {
				return true
			}
		}
	}
	return false
}

// otherKey are the columns that name a record beside the one that rules ask for.
var otherKey = map[string]string{"code": "taxId", "clientCode": "client", "formerUc": "uc"}

// nameOf names the record of row n: a reading and a contract by their
// installation, which tells them apart, others by their own name.
func (it *item) nameOf(lang locale.Lang, n int, o *crm.Outcome) string {
	unit := func(ref crm.InstallationRef) string {
		if i := it.rows[0].Installation; i != nil {
			s, _ := i.Name.Value()
			return s
		}
		if uc, err := ident.ParseUC(ref.UC); err == nil {
			return "UC " + uc.Format()
		}
		return "UC " + cmp.Or(ref.UC, ref.FormerUC)
	}
	switch row := it.rows[n]; {
	case row.Reading != nil:
		return unit(row.Reading.Installation) + " · " + locale.Month(lang, row.Reading.Month)
	case row.Contract != nil && row.Contract.Start != "":
		return unit(row.Contract.Installation) + " · " + locale.Date(lang, row.Contract.Start)
	case row.Contract != nil:
		return unit(row.Contract.Installation)
	}
	return cmp.Or(o.Name, it.label())
}

// label names a record without a name of its own by the first cell that was
// read of its row.
func (it *item) label() string {
	for n, b := range it.t.cols {
		if b != nil && n < len(it.texts) && it.texts[n] != "" {
			return it.texts[n]
		}
	}
	return ""
}

// fault shows what the store's rules say of a field beside the cell it was
// read from.
func (it *item) fault(kind string, i crm.RowIssue, warning bool) crm.ImportError {
	e := crm.ImportError{Sheet: it.t.name, Row: it.line, Reason: i.Reason, Warning: warning}
	id := i.Field
	if it.t.ucmt != nil {
		id = ucmtColumn(kind, i.Field)
	}
	if it.t.aneel != nil && i.Field == "microsPerKW" {
		id = "tusd"
	}
	for n, b := range it.t.cols {
		if b != nil && b.id == id {
			e.Column, e.At = b.header, n+1
			if n < len(it.texts) {
				e.Value = it.texts[n]
			}
			return e
		}
	}
	return e
}

func (r *runner) tell(e crm.ImportError) {
	if r.o.OnError != nil {
		r.o.OnError(e)
	}
}

// finish brings the figures of the clients up to date that the file is about.
func (r *runner) finish(ctx context.Context) error {
	clients, all := r.up.Touched()
	r.res.Clients = int64(len(clients))
	if r.o.DryRun {
		return nil
	}
	if all {
		return r.svc.RecomputeAll(ctx)
	}
	return r.svc.Recompute(ctx, clients...)
}
