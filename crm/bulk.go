package crm

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// BulkArgs are the arguments of a JobBulk: which clients, and what is done to
// each of them.
type BulkArgs struct {
	IDs []string `json:"ids,omitempty"`
	// Query is the list that all are taken from when no ids are named. It is
	// asked when the job begins, within the rights of who wants it.
	Query *ClientQuery `json:"query,omitempty"`
	Edit  BulkEdit     `json:"edit"`
}

// BulkEdit is what is done to many clients alike; nil leaves. "" clears what may
// be without a value.
type BulkEdit struct {
	Agent   *string `json:"agent,omitempty"` // user id; managers and admins
	Sector  *string `json:"sector,omitempty"`
	Segment *string `json:"segment,omitempty"`
	Tier    *string `json:"tier,omitempty"`
	Status  *string `json:"status,omitempty"`
	// StandIn comes with both of its dates, or as "" without them; managers and
	// admins.
	StandIn      *string  `json:"standIn,omitempty"` // user id
	StandInFrom  *string  `json:"standInFrom,omitempty"`
	StandInUntil *string  `json:"standInUntil,omitempty"`
	AddTags      []string `json:"addTags,omitempty"`
	DropTags     []string `json:"dropTags,omitempty"`
}

// MaxBulkIDs is how many clients can be named one by one; more are asked for by
// their list.
const MaxBulkIDs = 1000

// BulkResult says what became of the clients of a bulk edit.
type BulkResult struct {
	Changed int       `json:"changed"`
	Same    int       `json:"same"`              // had it already
	Refused []Refusal `json:"refused,omitempty"` // at most maxRefusals are named
	Kept    int       `json:"kept"`              // how many were refused
}

// patch is the edit as it is made to one client.
func (e BulkEdit) patch(c *Client) ClientPatch {
	p := ClientPatch{Agent: e.Agent, Sector: e.Sector, Segment: e.Segment, Tier: e.Tier, Status: e.Status,
		StandIn: e.StandIn, StandInFrom: e.StandInFrom, StandInUntil: e.StandInUntil}
	if len(e.AddTags) > 0 || len(e.DropTags) > 0 {
		tags := slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return hasTag(e.DropTags, t) })
		for _, t := range e.AddTags {
			if !hasTag(tags, t) {
				tags = append(tags, t)
			}
		}
		p.Tags = &tags
	}
	return p
}

// hasTag compares as people do: a tag is the same in capitals.
func hasTag(tags []string, t string) bool {
	return slices.ContainsFunc(tags, func(has string) bool { return strings.EqualFold(firstLine(has), firstLine(t)) })
}

func (e BulkEdit) empty() bool {
	for _, p := range []*string{e.Agent, e.Sector, e.Segment, e.Tier, e.Status, e.StandIn, e.StandInFrom, e.StandInUntil} {
		if p != nil {
			return false
		}
	}
	return len(e.AddTags) == 0 && len(e.DropTags) == 0
}

// CheckBulkEdit refuses an edit that no client could take, and one that the
// actor may not make, before any client is touched: CodeInvalid by field,
// CodeForbidden for an agent who reassigns.
func (s *Service) CheckBulkEdit(ctx context.Context, a Actor, in BulkArgs) error {
	if in.Edit.empty() {
		return Errf(CodeInvalid, "error.bulk.nothing")
	}
	if len(in.IDs) == 0 && in.Query == nil {
		return Errf(CodeInvalid, "error.bulk.nobody")
	}
	if len(in.IDs) > MaxBulkIDs {
		return Errf(CodeInvalid, "error.bulk.many")
	}
	if in.Edit.Agent != nil {
		if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
			return err
		}
	}
	any := Client{Name: "any"}
	if err := s.applyClientPatch(ctx, a, &any, in.Edit.patch(&any)); err != nil {
		return err
	}
	if in.Query != nil {
		_, err := in.Query.query(ctx, s, a)
		return err
	}
	return nil
}

// BulkClients edits many clients alike, each through EditClient, under a batch
// that UndoBatch takes back. What cannot be edited is refused, one by one. It
// may be repeated after a crash: what has the values already counts as before.
func (s *Service) BulkClients(ctx context.Context, a Actor, batch string, in BulkArgs, progress func(done, total int)) (BulkResult, error) {
	var sum BulkResult
	if err := s.CheckBulkEdit(ctx, a, in); err != nil {
		return sum, err
	}
	ids, err := s.bulkIDs(ctx, a, in)
	if err != nil {
		return sum, err
	}
	b := bulk{s: s, a: a, batch: batch, edit: in.Edit}
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

// bulkIDs names the clients before the first one changes: an edit may take a
// client out of the list that it was found in.
func (s *Service) bulkIDs(ctx context.Context, a Actor, in BulkArgs) ([]string, error) {
	if len(in.IDs) > 0 {
		ids := slices.Sorted(slices.Values(in.IDs))
		return slices.Compact(ids), nil
	}
	q, err := in.Query.query(ctx, s, a)
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
	edit  BulkEdit
	sum   BulkResult
}

// one edits one client. Another writer in between makes it look again.
func (b *bulk) one(ctx context.Context, id string) error {
	for tries := 1; ; tries++ {
		c, err := b.s.client(ctx, b.a, id)
		if CodeOf(err) == CodeNotFound {
			b.refuse(Client{ID: id}, Text{Key: "bulk.gone"})
			return nil
		}
		if err != nil {
			return err
		}
		is, err := b.s.EditClient(ctx, b.a, c.ID, c.Version, b.edit.patch(&c))
		switch {
		case CodeOf(err) == CodeConflict && tries < maxTries:
			continue
		case err == nil && is.Version != c.Version:
			b.sum.Changed++
			return nil
		case err == nil:
			return b.same(ctx, &c)
		}
		why, ok := refusedFor(err)
		if !ok {
			return err
		}
		b.refuse(c, why)
		return nil
	}
}

// same counts a client that had the values: by this edit, in a run that was
// broken off, or before.
func (b *bulk) same(ctx context.Context, c *Client) error {
	last := Revision{Of: Clients.In.Name, Doc: c.ID, Version: c.Version}
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

func (b *bulk) refuse(c Client, why Text) {
	b.sum.Kept++
	if len(b.sum.Refused) < maxRefusals {
		r := Refusal{Of: Clients.In.Name, Doc: c.ID, Name: c.Name, Reason: why}
		if c.Name != "" {
			r.Client = c.ID
		}
		b.sum.Refused = append(b.sum.Refused, r)
	}
}

// refusedFor is why a client did not take an edit; false for what is no fault of
// the client or the edit.
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
