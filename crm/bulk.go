package crm

import (
	"context"
	"errors"
	"slices"

	"cemigmas/crm/store"
)

// BulkArgs are the arguments of a JobBulk: which records of a list, and what is
// done to each of them. Only the edit of the records' own kind is looked at.
type BulkArgs struct {
	Of  string   `json:"of,omitempty"` // one of ListNames; "" are clients
	IDs []string `json:"ids,omitempty"`
	// Query is the list that all are taken from when no ids are named, Records that
	// of others than clients. It is asked when the job begins, within the rights of
	// who wants it.
	Query        *ClientQuery      `json:"query,omitempty"`
	Records      *RecordQuery      `json:"records,omitempty"`
	Edit         BulkEdit          `json:"edit,omitzero"`
	Installation *BulkInstallation `json:"installation,omitempty"`
	Contract     *BulkContract     `json:"contract,omitempty"`
	Person       *BulkPerson       `json:"person,omitempty"`
}

// All reports whether the edit is of a whole list.
func (in BulkArgs) All() bool { return in.Query != nil || in.Records != nil }

// bulkKind is what is done to each record of one kind.
type bulkKind interface {
	// empty: nothing is said.
	empty() bool
	// check refuses what no record could take, and what the actor may not do.
	check(ctx context.Context, s *Service, a Actor) error
	// edit edits one record that the actor sees, and says what it was before and is
	// now, also of one that refuses; nothing of one that is not seen.
	edit(ctx context.Context, s *Service, a Actor, id string) (bulkEdited, error)
}

// bulkEdited is a record that an edit came to. One that had the values already
// keeps its version.
type bulkEdited struct {
	client, name string
	was, is      int64 // versions
}

// bulkList is a list whose records are edited alike.
type bulkList struct {
	in   *store.Collection
	kind bulkKind
	// all asks for the whole list; nil when single records were named.
	all func(context.Context, *Service, Actor) (store.Query, error)
}

// list answers CodeInvalid for a list that is none.
func (in BulkArgs) list() (bulkList, error) {
	records := func(l recordList) func(context.Context, *Service, Actor) (store.Query, error) {
		if in.Records == nil {
			return nil
		}
		return func(_ context.Context, _ *Service, a Actor) (store.Query, error) { return l.query(a, *in.Records) }
	}
	switch in.Of {
	case "", Clients.In.Name:
		l := bulkList{in: Clients.In, kind: in.Edit}
		if in.Query != nil {
			l.all = func(ctx context.Context, s *Service, a Actor) (store.Query, error) { return in.Query.query(ctx, s, a) }
		}
		return l, nil
	case Installations.In.Name:
		return bulkList{Installations.In, orZero(in.Installation), records(installationList)}, nil
	case Contracts.In.Name:
		return bulkList{Contracts.In, orZero(in.Contract), records(contractList)}, nil
	case People.In.Name:
		return bulkList{People.In, orZero(in.Person), records(personList)}, nil
	}
	return bulkList{}, Errf(CodeInvalid, "error.field.choice")
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// MaxBulkIDs is how many records can be named one by one; more are asked for by
// their list.
const MaxBulkIDs = 1000

// BulkResult says what became of the records of a bulk edit.
type BulkResult struct {
	Changed int       `json:"changed"`
	Same    int       `json:"same"`              // had it already
	Refused []Refusal `json:"refused,omitempty"` // at most maxRefusals are named
	Kept    int       `json:"kept"`              // how many were refused
}

// CheckBulkEdit refuses an edit that no record could take, and one that the
// actor may not make, before any record is touched: CodeInvalid by field,
// CodeForbidden for an agent who reassigns.
func (s *Service) CheckBulkEdit(ctx context.Context, a Actor, in BulkArgs) error {
	l, err := in.list()
	switch {
	case err != nil:
		return err
	case l.kind.empty():
		return Errf(CodeInvalid, "error.bulk.nothing")
	case len(in.IDs) == 0 && l.all == nil:
		return Errf(CodeInvalid, "error.bulk.nobody")
	case len(in.IDs) > MaxBulkIDs:
		return Errf(CodeInvalid, "error.bulk.many")
	}
	if err := l.kind.check(ctx, s, a); err != nil || l.all == nil {
		return err
	}
	_, err = l.all(ctx, s, a)
	return err
}

// BulkRecords edits many records of a list alike, each as by hand, under a batch
// that UndoBatch takes back. What cannot be edited is refused, one by one. It
// may be repeated after a crash: what has the values already counts as before.
func (s *Service) BulkRecords(ctx context.Context, a Actor, batch string, in BulkArgs, progress func(done, total int)) (BulkResult, error) {
	if err := s.CheckBulkEdit(ctx, a, in); err != nil {
		return BulkResult{}, err
	}
	l, err := in.list()
	if err != nil {
		return BulkResult{}, err
	}
	ids, err := l.ids(ctx, s, a, in.IDs)
	if err != nil {
		return BulkResult{}, err
	}
	b := bulk{s: s, a: a, batch: batch, list: l}
	under := WithBatch(ctx, batch)
	for n, id := range ids {
		if err = errors.Join(ctx.Err(), b.one(under, id)); err != nil {
			break
		}
		if progress != nil {
			progress(n+1, len(ids))
		}
	}
	// What was reassigned until somebody stopped it stays, and its agents are told.
	return b.sum, errors.Join(err, s.noteHandovers(context.WithoutCancel(ctx), a, batch, in.Edit))
}

// ids names the records before the first one changes: an edit may take a record
// out of the list that it was found in.
func (l bulkList) ids(ctx context.Context, s *Service, a Actor, named []string) ([]string, error) {
	if len(named) > 0 {
		ids := slices.Sorted(slices.Values(named))
		return slices.Compact(ids), nil
	}
	q, err := l.all(ctx, s, a)
	if err != nil {
		return nil, err
	}
	q.After, q.Limit = "", 0
	var ids []string
	for d, err := range store.All(ctx, s.store, q) {
		if err != nil {
			return nil, wrapStore(err)
		}
		ids = append(ids, d.ID)
	}
	return ids, nil
}

// bulk is one bulk edit on its way.
type bulk struct {
	s     *Service
	a     Actor
	batch string
	list  bulkList
	sum   BulkResult
}

// one edits one record. Another writer in between makes it look again.
func (b *bulk) one(ctx context.Context, id string) error {
	for tries := 1; ; tries++ {
		r, err := b.list.kind.edit(ctx, b.s, b.a, id)
		switch {
		case err == nil && r.is != r.was:
			b.sum.Changed++
			return nil
		case err == nil:
			return b.same(ctx, id, r.is)
		case CodeOf(err) == CodeNotFound:
			b.refuse(Refusal{Doc: id, Reason: Text{Key: "bulk.gone"}})
			return nil
		case CodeOf(err) == CodeConflict && tries < maxTries:
			continue
		}
		why, ok := refusedFor(err)
		if !ok {
			return err
		}
		b.refuse(Refusal{Doc: id, Client: r.client, Name: r.name, Reason: why})
		return nil
	}
}

// same counts a record that had the values: by this edit, in a run that was
// broken off, or before.
func (b *bulk) same(ctx context.Context, id string, version int64) error {
	last := Revision{Of: b.list.in.Name, Doc: id, Version: version}
	was, err := Revisions.Get(ctx, b.s.store, last.id())
	switch {
	case err != nil && CodeOf(err) != CodeNotFound:
		return err
	case err == nil && was.Batch == b.batch:
		b.sum.Changed++
	default:
		b.sum.Same++
	}
	return nil
}

func (b *bulk) refuse(r Refusal) {
	b.sum.Kept++
	if r.Of = b.list.in.Name; len(b.sum.Refused) < maxRefusals {
		b.sum.Refused = append(b.sum.Refused, r)
	}
}

// refusedFor is why a record did not take an edit; false for what is no fault of
// the record or the edit.
func refusedFor(err error) (Text, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return Text{}, false
	}
	switch e.Code {
	case CodeInvalid, CodeConflict, CodeDuplicate, CodeForbidden:
	default:
		return Text{}, false
	}
	var fields []string
	for f := range e.Fields {
		fields = append(fields, f)
	}
	if slices.Sort(fields); len(fields) > 0 {
		return e.Fields[fields[0]], true
	}
	return e.Text, true
}
