package crm

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"cemigmas/crm/store"
)

// A merge makes one client, or one person, of two. The record of the merge is
// written in the Apply that joins the two; what belongs to the one that goes is
// carried over after it, in chunks, each with notes of what was moved. Whoever
// is killed in between leaves a merge that is not done, and ResumeMerges carries
// on. An undo walks the notes back.

// States of a Merge.
const (
	MergeMoving  = "moving"
	MergeDone    = "done"
	MergeUndoing = "undoing"
	MergeUndone  = "undone"
	MergeFinal   = "final" // it was done too long ago to be undone, and its notes are dropped
)

// MergeUndoDays is how long a merge can be undone.
const MergeUndoDays = 30

// Merge is one merge of two records of a kind.
type Merge struct {
	ID       string `json:"id"`
	Version  int64  `json:"-"`
	Kind     string `json:"kind"` // RowClient or RowPerson
	From     string `json:"from"` // goes
	Into     string `json:"into"` // stays
	FromName string `json:"fromName"`
	IntoName string `json:"intoName"`
	// Client is whom the survivor belongs to: itself, or, since that was merged
	// too, whoever has what it had.
	Client string    `json:"client,omitempty"`
	Agent  string    `json:"agent,omitempty"` // the client's, for scope
	Team   string    `json:"team,omitempty"`
	Acting string    `json:"acting,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	State  string    `json:"state"`
	// Fields are the members of the survivor that were changed, as in a Revision.
	Fields []RevisedField `json:"fields,omitempty"`
}

// Merges is the table of merges.
var Merges = Table[Merge]{
	In: &store.Collection{
		Name: "merges",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "state", Kind: store.String},
			{Name: "at", Kind: store.Time},
		},
		Indexes: append([]store.Index{{Fields: []string{"state", "at"}}, {Fields: []string{"client", "-at"}}}, scoped([][]string{{"-at"}})...),
	},
	ID:  func(m *Merge) string { return m.ID },
	Ver: func(m *Merge) *int64 { return &m.Version },
	Keys: func(m *Merge) store.Keys {
		return store.Keys{"client": m.client(), "agent": m.Agent, "team": m.Team, "acting": m.Acting, "state": m.State, "at": m.At}
	},
}

// client is Client, also of merges of clients that were stored without it.
func (m *Merge) client() string {
	if m.Client == "" && m.Kind == RowClient {
		return m.Into
	}
	return m.Client
}

// Move is the note of one document that a merge carried over.
type Move struct {
	ID    string `json:"id"` // merge/collection/document
	Merge string `json:"merge"`
	Of    string `json:"of"`
	Doc   string `json:"doc"`
	// Was is the document before, of what got another id; Made says that the
	// survivor had none of its kind.
	Was  json.RawMessage `json:"was,omitempty"`
	Made bool            `json:"made,omitempty"`
}

// Moves is the table of notes of merges.
var Moves = Table[Move]{
	In: &store.Collection{
		Name:    "moves",
		Fields:  []store.Field{{Name: "merge", Kind: store.String}, {Name: "of", Kind: store.String}},
		Indexes: []store.Index{{Fields: []string{"merge", "of"}}},
	},
	ID:   func(m *Move) string { return m.ID },
	Keys: func(m *Move) store.Keys { return store.Keys{"merge": m.Merge, "of": m.Of} },
}

// MergeChoice says which two become one, and which members the survivor takes
// from the one that goes.
type MergeChoice struct {
	From string   `json:"from"`
	Into string   `json:"into"`
	Take []string `json:"take"` // names in MergeFields
}

// MergeFields are the members of a client, by their JSON name, that a merge asks
// for; addresses, domains and tags of both are kept.
var MergeFields = []string{"name", "legalName", "taxId", "code", "cnae", "sector", "segment", "tier", "status", "agent", "city", "address", "phone", "parent", "notes"}

// MergeClients makes one client of two that the actor sees. It answers when all
// is carried over, or with the merge in state MergeMoving when ctx ended or the
// store stopped answering before: ResumeMerges does the rest.
func (s *Service) MergeClients(ctx context.Context, a Actor, in MergeChoice) (Merge, error) {
	from, into, err := s.twoClients(ctx, a, in)
	if err != nil {
		return Merge{}, err
	}
	was, gone := into, from
	if err := s.joinClients(ctx, a, &into, &from, in.Take); err != nil {
		return Merge{}, err
	}
	now := s.Now()
	gone.MergedInto, gone.UpdatedAt, into.UpdatedAt = into.ID, now, now
	m := Merge{ID: s.newID(), Kind: RowClient, From: from.ID, Into: into.ID, FromName: from.Name, IntoName: into.Name, Client: into.ID,
		Agent: into.Agent, Team: into.Team, Acting: into.Acting, By: a.UserID, At: now, State: MergeMoving, Fields: differences(Clients.Doc(&was).Body, Clients.Doc(&into).Body, Clients.Derived)}
	by := s.editor(WithBatch(ctx, m.ID), a)
	// The one that goes is first: what is unique in it is free for the other.
	changes := append(saved(by, Clients, from.ID, &from, &gone), saved(by, Clients, into.ID, &was, &into)...)
	if err := s.Apply(ctx, append(changes, Merges.Put(&m))...); err != nil {
		return Merge{}, duplicateClient(err)
	}
	m.Version++
	err = s.finishSoon(ctx, &m)
	return m, err
}

// finishSoon is finishMerge for who waits: the merge or its undo is written
// already, so what time did not suffice for is no failure of it.
func (s *Service) finishSoon(ctx context.Context, m *Merge) error {
	err := s.finishMerge(ctx, m)
	// A driver gives up a little before ctx ends, when its answer would come late.
	if ctx.Err() != nil || CodeOf(err) == CodeUnavailable {
		return nil
	}
	return err
}

// twoClients reads the two of a choice.
func (s *Service) twoClients(ctx context.Context, a Actor, in MergeChoice) (from, into Client, err error) {
	if into, err = s.client(ctx, a, in.Into); err != nil {
		return from, into, err
	}
	if from, err = s.client(ctx, a, orNone(in.From)); CodeOf(err) == CodeNotFound {
		return from, into, &Error{Code: CodeInvalid, Text: Text{Key: "error.client.choose"}, Fields: map[string]Text{"from": {Key: "error.client.choose"}}}
	}
	if err == nil && from.ID == into.ID {
		return from, into, &Error{Code: CodeInvalid, Text: Text{Key: "error.merge.same"}, Fields: map[string]Text{"from": {Key: "error.merge.same"}}}
	}
	if err == nil {
		err = s.mayJoin(ctx, into.ID, from.ID)
	}
	return from, into, err
}

// mayJoin refuses while another merge of one of the two is on its way.
func (s *Service) mayJoin(ctx context.Context, ids ...string) error {
	for _, state := range []string{MergeMoving, MergeUndoing} {
		for m, err := range Merges.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("state", state)}, Sort: []string{"at"}}) {
			if err != nil {
				return err
			}
			if slices.Contains(ids, m.From) || slices.Contains(ids, m.Into) {
				return Errf(CodeUnavailable, "error.merge.busy")
			}
		}
	}
	return nil
}

// joinClients gives the survivor the members that were chosen, and what of both
// is kept.
func (s *Service) joinClients(ctx context.Context, a Actor, into, from *Client, take []string) error {
	bad := problems{}
	for _, name := range take {
		switch name {
		case "name":
			into.Name, into.Placeholder = from.Name, from.Placeholder
		case "taxId":
			into.TaxKind, into.TaxID, into.CNPJ = from.TaxKind, from.TaxID, from.CNPJ
		case "sector":
			into.Sector, into.SectorBy = from.Sector, from.SectorBy
		case "city":
			into.City, into.MunIBGE = from.City, from.MunIBGE
		case "agent":
			if from.Agent != into.Agent && a.Role == RoleAgent {
				return Errf(CodeForbidden, "error.forbidden")
			}
			into.Agent, into.Team = from.Agent, from.Team
			into.Acting = into.actingOn(s.Today())
		case "parent":
			if err := s.setParent(ctx, a, into, from.Parent, bad); err != nil {
				return err
			}
		default:
			to, of := plainMember(into, name), plainMember(from, name)
			if to == nil {
				bad.add("take", "error.field.choice")
				continue
			}
			*to = *of
			if name == "tier" {
				into.TierBy = from.TierBy
			}
		}
	}
	if into.Parent == from.ID {
		into.Parent = from.Parent // what was below the other moves up
	}
	if into.Source == "" {
		into.Source = from.Source
	}
	if into.Name != "" && from.Name != "" && !from.Placeholder && !slices.Contains(take, "name") {
		into.Placeholder = false
	}
	into.Emails, into.Domains, into.Tags = union(into.Emails, from.Emails), union(into.Domains, from.Domains), union(into.Tags, from.Tags)
	return bad.err()
}

func plainMember(c *Client, name string) *string {
	return map[string]*string{"legalName": &c.LegalName, "code": &c.Code, "cnae": &c.CNAE, "segment": &c.Segment, "tier": &c.Tier, "status": &c.Status,
		"address": &c.Address, "phone": &c.Phone, "notes": &c.Notes}[name]
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, v := range b {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// ListMerges lists the merges in the actor's scope that can still be undone,
// newest first.
func (s *Service) ListMerges(ctx context.Context, a Actor) ([]Merge, error) {
	list, _, err := Merges.Find(ctx, s.store, store.Query{Where: append(a.scope(), store.Above("at", s.Now().AddDate(0, 0, -MergeUndoDays))),
		Sort: []string{"-at"}, Limit: 50})
	return slices.DeleteFunc(list, func(m Merge) bool { return m.State == MergeUndone }), err
}

// UndoMerge makes two of one again. What was carried over goes back, also what
// was edited since; members of the survivor that were changed since, and what
// came to it since, stay. CodeInvalid after MergeUndoDays, CodeDuplicate when
// the CNPJ or CPF of the one that comes back is another's by now.
func (s *Service) UndoMerge(ctx context.Context, a Actor, id string) (Merge, error) {
	m, err := Merges.Get(ctx, s.store, id)
	if err != nil {
		return Merge{}, err
	}
	if err := s.mayClient(ctx, a, orNone(m.client())); err != nil {
		return Merge{}, err
	}
	switch {
	case m.State == MergeUndone:
		return m, nil
	case m.State == MergeMoving || m.State == MergeUndoing:
		return m, Errf(CodeUnavailable, "error.merge.busy")
	case m.State == MergeFinal || m.At.AddDate(0, 0, MergeUndoDays).Before(s.Now()):
		return m, Errf(CodeInvalid, "error.merge.late")
	}
	if m.Kind == RowPerson {
		return m, s.partPeople(ctx, a, &m)
	}
	if err := s.partClients(ctx, a, &m); err != nil {
		return m, err
	}
	err = s.finishSoon(ctx, &m)
	return m, err
}

// partClients is the first step of an undo: both records as they were.
func (s *Service) partClients(ctx context.Context, a Actor, m *Merge) error {
	from, err := Clients.Get(ctx, s.store, m.From)
	if err != nil {
		return err
	}
	into, err := Clients.Get(ctx, s.store, m.Into)
	if err != nil {
		return err
	}
	if from.MergedInto != m.Into || into.MergedInto != "" {
		return Errf(CodeUnavailable, "error.merge.again") // the survivor was merged itself: that one first
	}
	back, err := unchanged(Clients, &into, m.Fields)
	if err != nil {
		return err
	}
	was := from
	from.MergedInto, from.UpdatedAt, back.UpdatedAt = "", s.Now(), s.Now()
	from.Acting, back.Acting = from.actingOn(s.Today()), back.actingOn(s.Today())
	m.State = MergeUndoing
	by := s.editor(WithBatch(ctx, undoOf(m.ID)), a)
	changes := append(saved(by, Clients, into.ID, &into, &back), saved(by, Clients, from.ID, &was, &from)...)
	if err := s.Apply(ctx, append(changes, Merges.Put(m))...); err != nil {
		return duplicateClient(err)
	}
	m.Version++
	return nil
}

// unchanged gives the members of an edit their former values where they still
// have those that the edit gave them.
func unchanged[T any](t Table[T], is *T, fields []RevisedField) (T, error) {
	d := t.Doc(is)
	body := members(d.Body)
	for _, f := range fields {
		if string(body[f.Name]) != string(f.To) {
			continue
		}
		if body[f.Name] = f.From; f.From == nil {
			delete(body, f.Name)
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return *is, err
	}
	return t.Decode(store.Doc{ID: d.ID, Version: d.Version, Body: raw})
}

// mergeLease is how long one process may be silent over a merge.
const mergeLease = time.Minute

// finishMerge carries over what is left of a merge or of its undo, unless
// another process does: then it is done there.
func (s *Service) finishMerge(ctx context.Context, m *Merge) (err error) {
	lease, err := s.store.Lease(ctx, "merge:"+m.ID, s.newID(), mergeLease)
	if store.CodeOf(err) == store.CodeConflict {
		return nil
	}
	if err != nil {
		return wrapStore(err)
	}
	defer func() { _ = s.store.Release(context.WithoutCancel(ctx), lease) }()
	c := &carrying{s: s, m: m, fence: store.CheckLease{Name: lease.Name, Fence: lease.Fence}, lease: lease}
	next := MergeDone
	if m.State == MergeUndoing {
		next, err = MergeUndone, c.back(ctx)
	} else {
		err = c.over(ctx)
	}
	if m.State == MergeDone && !c.moved {
		return err // it was looked at once more, and nothing had come since
	}
	if err == nil {
		err = s.settled(ctx, m)
	}
	if err != nil {
		return err
	}
	now, err := Merges.Get(ctx, s.store, m.ID)
	if err != nil {
		return err
	}
	// A hand-over beside it gave the stored one other keepers.
	done := *m
	done.Client, done.Agent, done.Team, done.Acting, done.State = now.Client, now.Agent, now.Team, now.Acting, next
	if err := s.Apply(ctx, Merges.Put(&done), c.fence); err != nil {
		return err
	}
	done.Version++
	*m = done
	s.bus.Publish(Event{Kind: "client", ID: m.Into, Agent: m.Agent, Team: m.Team, Acting: m.Acting})
	return nil
}

// settled brings up to date what is derived of the two.
func (s *Service) settled(ctx context.Context, m *Merge) error {
	for _, id := range []string{m.From, m.Into} {
		if err := s.settleClient(ctx, id); err != nil {
			return err
		}
		if err := s.pairUp(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// ResumeMerges finishes merges and undos that were broken off, and carries over
// what was filed under a merged client in the very moment of its merge.
func (s *Service) ResumeMerges(ctx context.Context) error {
	for _, state := range []string{MergeMoving, MergeUndoing, MergeDone} {
		q := store.Query{Where: []store.Cond{store.Is("state", state)}, Sort: []string{"at"}}
		if state == MergeDone {
			q.Where = append(q.Where, store.Above("at", s.Now().Add(-time.Hour)))
		}
		var list []Merge
		for m, err := range Merges.All(ctx, s.store, q) {
			if err != nil {
				return err
			}
			if m.Kind == RowClient {
				list = append(list, m)
			}
		}
		for i := range list {
			if err := s.finishMerge(ctx, &list[i]); err != nil {
				return err
			}
		}
	}
	return nil
}
