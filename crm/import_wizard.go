package crm

import (
	"context"
	"encoding/json"
	"time"

	"cemigmas/crm/store"
)

// ImportDiff is one row of a dry run that would change a record, field by
// field. Diffs go when the import is done for real, or after DiffDays.
type ImportDiff struct {
	ID     string         `json:"id"` // job:number, in file order
	Job    string         `json:"job"`
	Sheet  string         `json:"sheet,omitempty"`
	Row    int64          `json:"row"` // as the file shows it, from 1
	Kind   string         `json:"kind"`
	Of     string         `json:"of"`             // id of the record
	Name   string         `json:"name,omitempty"` // of the record, or the cell that names it
	Fields []RevisedField `json:"fields"`
	At     time.Time      `json:"at"`
}

// DiffDays is how long the differences of a dry run are kept, in days.
const DiffDays = 30

// ImportDiffs is the table of the differences that dry runs found.
var ImportDiffs = Table[ImportDiff]{
	In: &store.Collection{
		Name:    "import_diffs",
		Fields:  []store.Field{{Name: "job", Kind: store.String}, {Name: "at", Kind: store.Time}},
		Indexes: []store.Index{{Fields: []string{"job"}}, {Fields: []string{"at"}}},
	},
	ID:   func(d *ImportDiff) string { return d.ID },
	Keys: func(d *ImportDiff) store.Keys { return store.Keys{"job": d.Job, "at": d.At} },
}

// JobDiffs lists what a dry run would change, in file order.
func (s *Service) JobDiffs(ctx context.Context, a Actor, id string, limit int, after string) ([]ImportDiff, string, error) {
	if _, err := s.Job(ctx, a, id); err != nil {
		return nil, "", err
	}
	return ImportDiffs.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("job", id)}, Limit: limitOf(limit, 50), After: after})
}

// DropOldDiffs deletes the differences of dry runs that nobody applied.
func (s *Service) DropOldDiffs(ctx context.Context) error {
	old := s.Now().AddDate(0, 0, -DiffDays)
	return dropAll(ctx, s, ImportDiffs, store.Query{Where: []store.Cond{store.Below("at", old)}, Sort: []string{"at"}})
}

// DropJobRows deletes what a job told of its rows, before it tells it anew.
func (s *Service) DropJobRows(ctx context.Context, job string) error {
	q := store.Query{Where: []store.Cond{store.Is("job", job)}}
	if err := dropAll(ctx, s, ImportErrors, q); err != nil {
		return err
	}
	return dropAll(ctx, s, ImportDiffs, q)
}

func dropAll[T any](ctx context.Context, s *Service, t Table[T], q store.Query) error {
	var batch []store.Change
	for v, err := range t.All(ctx, s.store, q) {
		if err != nil {
			return err
		}
		if batch = append(batch, store.Delete{In: t.In, ID: t.ID(&v), Version: -1}); len(batch) == chunk {
			if err := s.Apply(ctx, batch...); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return s.Apply(ctx, batch...)
}

// ImportMapping is how somebody mapped a sheet with certain headers the last
// time: the same headers are mapped the same way.
type ImportMapping struct {
	ID   string          `json:"id"` // user:headers
	Ver  int64           `json:"-"`
	User string          `json:"user"`
	Body json.RawMessage `json:"body"` // a mapping of intake
	At   time.Time       `json:"at"`
}

// ImportMappings is the table of remembered mappings.
var ImportMappings = Table[ImportMapping]{
	In:   &store.Collection{Name: "import_mappings"},
	ID:   func(m *ImportMapping) string { return m.ID },
	Ver:  func(m *ImportMapping) *int64 { return &m.Ver },
	Keys: func(*ImportMapping) store.Keys { return nil },
}

// RecallMapping reads how the actor mapped these headers last; nil when never.
func (s *Service) RecallMapping(ctx context.Context, a Actor, headers string) (json.RawMessage, error) {
	m, err := ImportMappings.Get(ctx, s.store, a.UserID+":"+headers)
	if CodeOf(err) == CodeNotFound {
		return nil, nil
	}
	return m.Body, err
}

// RememberMapping keeps how the actor mapped these headers.
func (s *Service) RememberMapping(ctx context.Context, a Actor, headers string, body json.RawMessage) error {
	m, err := ImportMappings.Get(ctx, s.store, a.UserID+":"+headers)
	if err != nil && CodeOf(err) != CodeNotFound {
		return err
	}
	m.ID, m.User, m.Body, m.At = a.UserID+":"+headers, a.UserID, body, s.Now()
	if err := s.Apply(ctx, ImportMappings.Put(&m)); CodeOf(err) != CodeConflict {
		return err
	}
	return nil // another page of the same user was quicker
}
