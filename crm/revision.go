package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"cemigmas/crm/store"
)

// Revision is one edit of a document that people keep: who made it, when, and
// what stood there before. It is written in the Apply of the change itself.
// Derived figures are no edits.
type Revision struct {
	ID      string         `json:"id"` // collection/document#version: one for each version
	Of      string         `json:"of"` // collection
	Doc     string         `json:"doc"`
	Version int64          `json:"version"` // that the change made
	Client  string         `json:"client,omitempty"`
	By      string         `json:"by"` // user id
	At      time.Time      `json:"at"`
	Batch   string         `json:"batch,omitempty"` // of an import, a bulk edit, a merge: undone together
	Made    bool           `json:"made,omitempty"`  // the document was new
	Gone    bool           `json:"gone,omitempty"`  // an undo unmade it
	Fields  []RevisedField `json:"fields,omitempty"`
}

// RevisedField is one member of a document before and after, as JSON; nil is
// "not there".
type RevisedField struct {
	Name string          `json:"name"`
	From json.RawMessage `json:"from,omitempty"`
	To   json.RawMessage `json:"to,omitempty"`
}

func (e *Revision) id() string { return fmt.Sprintf("%s/%s#%d", e.Of, e.Doc, e.Version) }

// Revisions is the table of revisions.
var Revisions = Table[Revision]{
	In: &store.Collection{
		Name: "revisions",
		Fields: []store.Field{
			{Name: "doc", Kind: store.String},
			{Name: "client", Kind: store.String},
			{Name: "batch", Kind: store.String},
			{Name: "of", Kind: store.String},
			{Name: "number", Kind: store.Int},
			{Name: "at", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"doc", "-at"}},
			{Fields: []string{"client", "-at"}},
			{Fields: []string{"batch", "of", "-number"}},
		},
	},
	ID: func(e *Revision) string { return e.ID },
	Keys: func(e *Revision) store.Keys {
		return store.Keys{"doc": e.Doc, "client": e.Client, "batch": e.Batch, "of": e.Of, "number": e.Version, "at": e.At}
	},
}

type batchKey struct{}

// WithBatch marks all edits made under ctx as one batch, which can be undone as
// a whole.
func WithBatch(ctx context.Context, batch string) context.Context {
	return context.WithValue(ctx, batchKey{}, batch)
}

func batchOf(ctx context.Context) string {
	b, _ := ctx.Value(batchKey{}).(string)
	return b
}

// editor notes the edits of one actor in one batch.
type editor struct {
	by, batch string
	at        time.Time
}

func (s *Service) editor(ctx context.Context, a Actor) editor {
	return editor{by: a.UserID, batch: batchOf(ctx), at: s.Now()}
}

// saved makes the changes that store a value and note what was altered; was is
// nil when the document is new. The value carries the version it was read with.
func saved[T any](e editor, t Table[T], client string, was, is *T) []store.Change {
	put := t.Put(is)
	edit := Revision{Of: t.In.Name, Doc: put.Doc.ID, Version: put.Doc.Version + 1, Client: client, By: e.by, At: e.at, Batch: e.batch, Made: was == nil}
	edit.ID = edit.id()
	if was != nil {
		edit.Fields = differences(t.Doc(was).Body, put.Doc.Body, t.Derived)
		if len(edit.Fields) == 0 {
			return []store.Change{put}
		}
	}
	return []store.Change{put, Revisions.InsertIfAbsent(&edit)}
}

// AsOf answers a document that was just read as it stood at an earlier version, by
// its history, with the edits since, the newest first. Derived members are those
// of now.
func AsOf[T any](ctx context.Context, s *Service, t Table[T], is *T, version int64) (was T, edits []Revision, err error) {
	doc := t.Doc(is)
	body := members(doc.Body)
	for n := doc.Version; n > version; n-- {
		at := Revision{Of: t.In.Name, Doc: doc.ID, Version: n}
		e, err := Revisions.Get(ctx, s.store, at.id())
		if CodeOf(err) == CodeNotFound {
			continue // a save that altered nothing
		}
		if err != nil {
			return was, nil, err
		}
		for _, f := range e.Fields {
			if f.From == nil {
				delete(body, f.Name)
			} else {
				body[f.Name] = f.From
			}
		}
		edits = append(edits, e)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return was, nil, err
	}
	was, err = t.Decode(store.Doc{ID: doc.ID, Version: version, Body: raw})
	return was, edits, err
}

// copied are the members that repeat a client's scope.
var copied = []string{"agent", "team", "acting"}

// untold members change with every edit and tell nothing.
var untold = []string{"createdAt", "updatedAt"}

// differences compares the members of two bodies, in the order of their names.
func differences(was, is []byte, derived []string) (out []RevisedField) {
	from, to := members(was), members(is)
	for name := range to {
		if _, ok := from[name]; !ok {
			from[name] = nil
		}
	}
	for name, v := range from {
		if !bytes.Equal(v, to[name]) && !slices.Contains(derived, name) && !slices.Contains(untold, name) {
			out = append(out, RevisedField{name, v, to[name]})
		}
	}
	slices.SortFunc(out, func(a, b RevisedField) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return out
}

// ClientRevisions lists what was edited at a client and all that belongs to it,
// newest first.
func (s *Service) ClientRevisions(ctx context.Context, a Actor, client string, limit int, after string) ([]Revision, string, error) {
	if err := s.mayClient(ctx, a, client); err != nil {
		return nil, "", err
	}
	return Revisions.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("client", client)}, Sort: []string{"-at"},
		Limit: limitOf(limit, 50), After: after})
}

// DocumentRevisions lists the edits of one document of a client, newest first.
func (s *Service) DocumentRevisions(ctx context.Context, a Actor, client, doc string, limit int, after string) ([]Revision, string, error) {
	if err := s.mayClient(ctx, a, client); err != nil {
		return nil, "", err
	}
	return Revisions.Find(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("doc", doc), store.Is("client", client)}, Sort: []string{"-at"},
		Limit: limitOf(limit, 50), After: after})
}
