package mongodb

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// The steps of an Apply, checked without the database.
type (
	putStep struct {
		in       *store.Collection
		doc      store.Doc // clean
		ifAbsent bool
	}
	deleteStep struct {
		in      *store.Collection
		id      string
		version int64
	}
	patchStep struct{ *plan.Change }
	checkStep struct {
		in      *store.Collection
		id      string
		version int64
	}
	leaseStep struct{ store.CheckLease }
)

func (p patchStep) empty() bool { return len(p.Set)+len(p.Unset)+len(p.Body) == 0 && p.Words == nil }

// Apply implements store.Store.
func (s *Store) Apply(ctx context.Context, changes ...store.Change) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	steps := make([]any, 0, len(changes))
	for _, c := range changes {
		step, err := s.prepare(c)
		if err != nil {
			return err
		}
		if p, ok := step.(patchStep); !ok || !p.empty() {
			steps = append(steps, step)
		}
	}
	if len(steps) == 0 {
		return nil
	}
	if handled, err := s.direct(ctx, steps); handled {
		return wrap(nil, "", err)
	}
	// An InsertIfAbsent that meets an insert of the same moment finds the
	// document on the next try.
	for try := 0; ; try++ {
		if s.transactions {
			err = s.inTransaction(ctx, steps)
		} else {
			err = s.inOrder(ctx, steps)
		}
		if !errors.Is(err, errAppeared) {
			return wrap(nil, "", err)
		}
		if try == 3 {
			return &store.Error{Code: store.CodeUnavailable, Err: err}
		}
	}
}

func (s *Store) knows(c *store.Collection) error {
	done, err := s.begin(c)
	if err == nil {
		done()
	}
	return err
}

func (s *Store) prepare(c store.Change) (any, error) {
	switch c := c.(type) {
	case store.Put:
		return s.preparePut(c.In, c.Doc, false)
	case store.InsertIfAbsent:
		return s.preparePut(c.In, c.Doc, true)
	case store.Delete:
		if err := s.knows(c.In); err != nil {
			return nil, err
		}
		if c.Version < -1 || c.Version == 0 {
			return nil, failure(store.CodeInvalid, c.In, c.ID, "a Delete needs a version from 1 or -1")
		}
		return deleteStep{c.In, c.ID, c.Version}, nil
	case store.Check:
		return checkStep{c.In, c.ID, c.Version}, s.knows(c.In)
	case store.CheckLease:
		return leaseStep{c}, nil
	case store.Patch:
		if err := s.knows(c.In); err != nil {
			return nil, err
		}
		p, err := plan.Patch(c)
		return patchStep{p}, err
	}
	return nil, failure(store.CodeInvalid, nil, "", fmt.Sprintf("a change of type %T is not known", c))
}

func (s *Store) preparePut(in *store.Collection, d store.Doc, ifAbsent bool) (any, error) {
	if err := s.knows(in); err != nil {
		return nil, err
	}
	if ifAbsent {
		d.Version = 0
	}
	d, err := plan.Doc(in, d)
	return putStep{in, d, ifAbsent}, err
}

// direct makes a single change by a single command, which is atomic without a
// transaction. It leaves alone what needs more than the command's own filter.
func (s *Store) direct(ctx context.Context, steps []any) (handled bool, err error) {
	if len(steps) != 1 {
		return false, nil
	}
	switch step := steps[0].(type) {
	case putStep:
		if !s.enforces(step.in) || s.parted(step.in) {
			return false, nil
		}
		return true, s.putOne(ctx, step)
	case deleteStep:
		return true, s.deleteOne(ctx, step)
	case patchStep:
		if len(step.Body) > 0 || !s.enforces(step.In) {
			return false, nil
		}
		w := &write{in: step.In, id: step.ID, model: patchModel(step.Change, false)}
		_, err := s.bulk(ctx, []*write{w})
		return true, s.explain(ctx, err, []*write{w})
	}
	return false, nil
}

// enforces reports whether the server itself holds the collection's unique
// indexes. The protocol double does not, for fields with several values.
func (s *Store) enforces(c *store.Collection) bool {
	if !s.double {
		return true
	}
	for _, ix := range c.Indexes {
		if ix.Unique {
			return false
		}
	}
	return true
}

func (s *Store) putOne(ctx context.Context, p putStep) error {
	stored := p.doc.Version
	p.doc.Version++
	w, err := putWrite(p.in, p.doc, atVersion(p.doc.ID, stored), stored == 0)
	if err != nil {
		return err
	}
	w.ifAbsent = p.ifAbsent
	n, err := s.bulk(ctx, []*write{w})
	if err != nil {
		err = s.explain(ctx, err, []*write{w})
		if errors.Is(err, errAppeared) {
			return nil
		}
		return err
	}
	if n < 1 {
		return s.versionError(ctx, p.in, p.doc.ID)
	}
	return nil
}

func (s *Store) deleteOne(ctx context.Context, d deleteStep) error {
	filter := byID(d.id)
	if d.version != -1 {
		filter = atVersion(d.id, d.version)
	}
	res, err := s.coll(d.in).DeleteOne(ctx, filter)
	if err != nil {
		return wrap(d.in, d.id, err)
	}
	if res.DeletedCount == 0 && d.version != -1 {
		return s.versionError(ctx, d.in, d.id)
	}
	return nil
}

func atVersion(id string, version int64) bson.D {
	return bson.D{{Key: fieldID, Value: id}, {Key: fieldVersion, Value: version}}
}

// versionError says why no document had the version that was asked for.
func (s *Store) versionError(ctx context.Context, c *store.Collection, id string) error {
	n, err := s.coll(c).CountDocuments(ctx, byID(id))
	if err != nil {
		return wrap(c, id, err)
	}
	if n == 0 {
		return failure(store.CodeNotFound, c, id, "")
	}
	return failure(store.CodeConflict, c, id, "")
}

// inTransaction makes the steps under the driver's retry rules: a transaction
// that meets another's writes is made again from its reads on.
func (s *Store) inTransaction(ctx context.Context, steps []any) error {
	session, err := s.client.StartSession()
	if err != nil {
		return err
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	var made []*write
	opts := options.Transaction().SetReadConcern(readconcern.Snapshot()).SetWriteConcern(writeconcern.Majority())
	// Errors leave the callback as they came: their labels decide.
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		b, err := s.stage(ctx, steps)
		if err != nil {
			return nil, err
		}
		if made, err = b.writes(true); err != nil {
			return nil, err
		}
		return nil, s.writeAll(ctx, made)
	}, opts)
	return s.explain(ctx, err, made)
}

// writeAll sends consecutive writes to one collection as one command. A count
// that is short means that the snapshot did not hold.
func (s *Store) writeAll(ctx context.Context, list []*write) error {
	for len(list) > 0 {
		n := 1
		for n < len(list) && list[n].in == list[0].in {
			n++
		}
		got, err := s.bulk(ctx, list[:n])
		if err != nil {
			return placed{err, list[:n]}
		}
		want := 0
		for _, w := range list[:n] {
			if !w.lenient {
				want++
			}
		}
		if got < want {
			return failure(store.CodeConflict, list[0].in, list[0].id, "changed meanwhile")
		}
		list = list[n:]
	}
	return nil
}

// placed is a failed command with the writes that its error's places count.
type placed struct {
	error
	list []*write
}

func (p placed) Unwrap() error { return p.error }

var errAppeared = errors.New("the document appeared meanwhile")

// explain turns duplicate key errors into conflicts (the id) and duplicates (a
// unique index).
func (s *Store) explain(ctx context.Context, err error, list []*write) error {
	if !mongo.IsDuplicateKeyError(err) {
		return err
	}
	var p placed
	if errors.As(err, &p) {
		list = p.list
	}
	told := keyErrors(err)
	if len(told) == 0 || told[0].place >= len(list) {
		return err
	}
	w := list[told[0].place]
	ix, ok := told[0].index(w.in)
	if !ok {
		if ix, err = s.findDuplicate(ctx, w); err != nil {
			return err
		}
	}
	switch {
	case ix != nil:
		return duplicateError(w.in, w.id, ix)
	case w.ifAbsent:
		return errAppeared
	}
	return failure(store.CodeConflict, w.in, w.id, "the id exists")
}

// findDuplicate asks which unique index an insert met, where the server's error
// does not tell; nil for the id's.
func (s *Store) findDuplicate(ctx context.Context, w *write) (*store.Index, error) {
	if w.inserts {
		n, err := s.coll(w.in).CountDocuments(ctx, byID(w.id))
		if err != nil || n > 0 {
			return nil, err
		}
	}
	for i, ix := range w.in.Indexes {
		for _, key := range uniqueKeys(ix, w.keys) {
			filter := append(key.filter(), bson.E{Key: fieldID, Value: bson.D{{Key: "$ne", Value: w.id}}})
			n, err := s.coll(w.in).CountDocuments(ctx, filter)
			if err != nil || n > 0 {
				return &w.in.Indexes[i], err
			}
		}
	}
	return nil, failure(store.CodeDuplicate, w.in, w.id, "a unique index that the server did not name")
}
