// Package upgrade brings a store up to the program that opens it.
//
// A store says its version and its declared fields in store.State. Migrations
// bring it from one version to the next, one by one, under a lease, so that of
// several nodes that start at once one works and the others wait. A migration
// makes its changes batch by batch; each batch and the mark that says how far it
// is are one Apply, so that a crash is continued, not repeated.
//
// Two changes need no migration. A new index is built by the driver when it
// opens the store. A new declared field of an old collection is derived from the
// documents that are there (Plan.Derive); until then no query would find them by
// it. A field whose kind changes gets a new name; words and a clustering that are
// new need a migration.
package upgrade

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"cemigmas/crm/store"
)

// Plan is what the program wants of a store.
type Plan struct {
	Schema []*store.Collection // with store.State
	// Derive computes a document's declared fields from its body.
	Derive func(in *store.Collection, d store.Doc) (store.Keys, error)
	// Migrations: the first brings version 1 to 2, and so on. None is ever
	// taken out or changed once released.
	Migrations []Migration
	Log        *slog.Logger // nil: silent
}

// Migration brings a store from one version to the next.
type Migration struct {
	Name string // for the log
	// Run makes its changes by Step.Each or Step.Apply. What it does outside of
	// Each must do no harm when it is done again.
	Run func(ctx context.Context, s *Step) error
}

// Newest is the version that the program knows.
func (p Plan) Newest() int { return 1 + len(p.Migrations) }

const (
	leaseName = "upgrade"
	leaseTime = time.Minute
	// pollTime is how often a node looks whether another one's upgrade ended.
	pollTime = 250 * time.Millisecond
	// progress is the document of store.State that says how far a step is.
	progress = "upgrade"
)

// Run upgrades a store, or waits until another node has. owner names this
// process among those that share the store. Errors: a *store.NewerError, those of
// a migration, those of the store.
func Run(ctx context.Context, s store.Store, owner string, p Plan) error {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	told := false
	for {
		d, v, err := p.read(ctx, s)
		if err != nil {
			return err
		}
		if d.Version > 0 && p.current(v) {
			return nil
		}
		lease, err := s.Lease(ctx, leaseName, owner, leaseTime)
		if err == nil {
			step := &Step{Store: s, lease: lease}
			err = p.upgrade(ctx, step)
			_ = s.Release(context.WithoutCancel(ctx), lease)
			return err
		}
		if store.CodeOf(err) != store.CodeConflict {
			return err
		}
		if !told {
			told = true
			p.Log.Info("another node upgrades the store, or broke off less than a minute ago: waiting for it")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollTime):
		}
	}
}

// read returns what the store says of itself; a version 0 document when it says
// nothing.
func (p Plan) read(ctx context.Context, s store.Store) (d store.Doc, v store.Version, err error) {
	d, err = s.Get(ctx, store.State, store.StateVersion)
	if store.IsNotFound(err) {
		return store.Doc{ID: store.StateVersion}, v, nil
	}
	if err != nil {
		return d, v, err
	}
	if err := store.CheckVersion(d.Body, p.Newest()); err != nil {
		return d, v, err
	}
	return d, v, json.Unmarshal(d.Body, &v)
}

func (p Plan) current(v store.Version) bool {
	return v.Version == p.Newest() && maps.EqualFunc(v.Fields, p.fields(), slices.Equal)
}

// fields are the declared fields of each collection with their kinds.
func (p Plan) fields() map[string][]string {
	out := map[string][]string{}
	for _, c := range p.Schema {
		names := []string{}
		for _, f := range c.Fields {
			names = append(names, fieldName(f))
		}
		slices.Sort(names)
		out[c.Name] = names
	}
	return out
}

var kinds = map[store.Kind]string{store.String: "string", store.Int: "int", store.Time: "time", store.Bool: "bool", store.Strings: "strings"}

func fieldName(f store.Field) string { return f.Name + " " + kinds[f.Kind] }

// upgrade works under the lease; another node may have finished meanwhile.
func (p Plan) upgrade(ctx context.Context, step *Step) error {
	d, v, err := p.read(ctx, step.Store)
	if err != nil {
		return err
	}
	if d.Version == 0 {
		empty, err := p.empty(ctx, step.Store)
		if err != nil {
			return err
		}
		if v.Version = 1; empty {
			v = store.Version{Version: p.Newest(), Fields: p.fields()}
		}
		if d, err = step.mark(ctx, d, v); err != nil {
			return err
		}
	}
	for v.Version < p.Newest() {
		m := p.Migrations[v.Version-1]
		p.Log.Info("upgrading the store", "from", v.Version, "to", v.Version+1, "migration", m.Name)
		step.name = fmt.Sprintf("version %d", v.Version+1)
		if err := m.Run(ctx, step); err != nil {
			return fmt.Errorf("upgrading the store to version %d (%s): %w; what was done is kept, the next start goes on", v.Version+1, m.Name, err)
		}
		v.Version++
		if d, err = step.mark(ctx, d, v); err != nil {
			return err
		}
	}
	if p.current(v) {
		return nil
	}
	if err := p.derive(ctx, step, v); err != nil {
		return fmt.Errorf("deriving new fields of the store: %w; what was done is kept, the next start goes on", err)
	}
	v.Fields = p.fields()
	_, err = step.mark(ctx, d, v)
	return err
}

// empty reports whether the store holds nothing yet.
func (p Plan) empty(ctx context.Context, s store.Store) (bool, error) {
	for _, c := range p.Schema {
		page, err := s.Find(ctx, store.Query{In: c, Limit: 1})
		if err != nil || len(page.Docs) > 0 {
			return false, err
		}
	}
	return true, nil
}

// derive sets the fields that collections gained. A store that never said its
// fields is looked through whole.
func (p Plan) derive(ctx context.Context, step *Step, v store.Version) error {
	for _, c := range p.Schema {
		var gained []string
		for _, f := range c.Fields {
			if !slices.Contains(v.Fields[c.Name], fieldName(f)) {
				gained = append(gained, f.Name)
			}
		}
		if len(gained) == 0 {
			continue
		}
		if v.Fields != nil {
			p.Log.Info("deriving new fields", "collection", c.Name, "fields", strings.Join(gained, ", "))
		}
		step.name = "fields of " + c.Name
		err := step.Each(ctx, c, func(d store.Doc) ([]store.Change, error) { return p.missing(c, d, gained) })
		if err != nil {
			return err
		}
	}
	return nil
}

// missing patches those of the fields that a document should have and has not.
func (p Plan) missing(c *store.Collection, d store.Doc, fields []string) ([]store.Change, error) {
	keys, err := p.Derive(c, d)
	if err != nil {
		return nil, err
	}
	set := store.Keys{}
	for _, name := range fields {
		if v, ok := keys[name]; ok && d.Keys[name] == nil {
			set[name] = v
		}
	}
	if len(set) == 0 {
		return nil, nil
	}
	return []store.Change{store.Check{In: c, ID: d.ID, Version: d.Version}, store.Patch{In: c, ID: d.ID, Keys: set}}, nil
}
