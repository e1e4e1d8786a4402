package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// write is one command on one document, and how to take it back.
type write struct {
	in       *store.Collection
	id       string
	keys     store.Keys // of an inserted or replaced document
	model    mongo.WriteModel
	inserts  bool
	ifAbsent bool
	lenient  bool // may touch nothing
	undo     mongo.WriteModel
}

// writes are the commands that bring the database to the staged state, in the
// order in which the steps first named the documents. lock also writes those
// that were only checked.
func (b *batch) writes(lock bool) ([]*write, error) {
	var list []*write
	for _, name := range b.order {
		d := b.docs[name]
		w, err := d.writes(lock)
		if err != nil {
			return nil, err
		}
		list = append(list, w...)
	}
	return list, nil
}

func (d *staged) writes(lock bool) ([]*write, error) {
	switch {
	case d.there && d.whole:
		w, err := putWrite(d.in, d.now, d.filter(d.stored), d.stored == 0)
		if err != nil {
			return nil, err
		}
		w.ifAbsent, w.undo = d.ifAbsent, d.undo()
		return []*write{w}, nil
	case d.there && len(d.patches) > 0:
		var list []*write
		for _, p := range d.patches {
			list = append(list, &write{in: d.in, id: p.ID, keys: d.now.Keys, lenient: true,
				model: patchModel(p, d.raw.Lookup(fieldExact).Type != 0), undo: d.undo()})
		}
		return list, nil
	case !d.there && d.raw != nil:
		filter := d.filter(d.stored)
		if d.removed {
			filter = byID(d.now.ID)
		}
		return []*write{{in: d.in, id: d.now.ID, lenient: d.removed, undo: d.undo(),
			model: mongo.NewDeleteOneModel().SetFilter(filter)}}, nil
	case lock && d.checked && d.raw != nil:
		// In a transaction a document that was only read may change before the
		// commit; written, it may not.
		touch := bson.D{{Key: "$set", Value: bson.D{{Key: fieldLock, Value: bson.NewObjectID()}}}}
		return []*write{{in: d.in, id: d.now.ID,
			model: mongo.NewUpdateOneModel().SetFilter(d.filter(d.stored)).SetUpdate(touch)}}, nil
	}
	return nil, nil
}

// undo brings the stored state back, in deployments without transactions.
func (d *staged) undo() mongo.WriteModel {
	if !d.there {
		return mongo.NewInsertOneModel().SetDocument(d.raw)
	}
	if d.raw == nil {
		return mongo.NewDeleteOneModel().SetFilter(atVersion(d.now.ID, d.now.Version))
	}
	return mongo.NewReplaceOneModel().SetFilter(atVersion(d.now.ID, d.now.Version)).SetReplacement(d.raw)
}

// filter finds the document at a version, on its shard: MongoDB moves a document
// whose shard key changes only when it is told the key that it has.
func (d *staged) filter(version int64) bson.D {
	filter := atVersion(d.now.ID, version)
	if d.in.Shard != "" && d.raw != nil {
		var is any // missing is null to a shard key
		if v := decodeKey(store.String, d.raw.Lookup(d.in.Shard)); v != nil {
			is = v
		}
		filter = append(filter, bson.E{Key: d.in.Shard, Value: is})
	}
	return filter
}

// parted reports whether a collection may lie on several shards, which do not
// know each other's ids.
func (s *Store) parted(c *store.Collection) bool { return s.router && c.Shard != "" }

// putWrite inserts a document or replaces the one that the filter finds.
func putWrite(c *store.Collection, d store.Doc, filter bson.D, inserts bool) (*write, error) {
	doc, err := encodeDoc(c, d)
	if err != nil {
		return nil, err
	}
	w := &write{in: c, id: d.ID, keys: d.Keys}
	if inserts {
		w.inserts = true
		w.model = mongo.NewInsertOneModel().SetDocument(doc)
		return w, nil
	}
	w.model = mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(doc)
	return w, nil
}

// patchModel sets and removes fields and members in place. hasExact says that
// the document may hold members as JSON text that the patch must keep right.
func patchModel(p *plan.Change, hasExact bool) mongo.WriteModel {
	set, unset := bson.D{}, bson.D{}
	for _, f := range p.In.Fields {
		if v, ok := p.Set[f.Name]; ok {
			set = append(set, bson.E{Key: f.Name, Value: encodeKey(v)})
		}
	}
	for _, name := range p.Unset {
		unset = append(unset, bson.E{Key: name, Value: ""})
	}
	for _, m := range p.Body {
		key, text := escapeKey(m.Name), ""
		if m.JSON == nil {
			unset = append(unset, bson.E{Key: fieldBody + "." + key, Value: ""})
		} else if v, inexact, err := encodeValue(m.JSON); err == nil {
			set = append(set, bson.E{Key: fieldBody + "." + key, Value: v})
			if inexact {
				text = string(m.JSON)
			}
		}
		switch {
		case text != "":
			set = append(set, bson.E{Key: fieldExact + "." + key, Value: text})
		case hasExact:
			unset = append(unset, bson.E{Key: fieldExact + "." + key, Value: ""})
		}
	}
	if len(p.Words) > 0 {
		set = append(set, bson.E{Key: fieldWords, Value: p.Words})
	} else if p.Words != nil {
		unset = append(unset, bson.E{Key: fieldWords, Value: ""})
	}
	update := bson.D{}
	if len(set) > 0 {
		update = append(update, bson.E{Key: "$set", Value: set})
	}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	return mongo.NewUpdateOneModel().SetFilter(patchFilter(p)).SetUpdate(update)
}

func patchFilter(p *plan.Change) bson.D {
	filter := byID(p.ID)
	if p.OnlyAbove == "" {
		return filter
	}
	return append(filter, bson.E{Key: p.OnlyAbove, Value: bson.D{
		{Key: "$not", Value: bson.D{{Key: "$gte", Value: encodeKey(p.Set[p.OnlyAbove])}}}}})
}

// bulk sends writes to one collection, in order, and counts the documents that
// they touched.
func (s *Store) bulk(ctx context.Context, list []*write) (int, error) {
	models := make([]mongo.WriteModel, len(list))
	for i, w := range list {
		models[i] = w.model
	}
	res, err := s.coll(list[0].in).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(true))
	if res == nil {
		return 0, err
	}
	return int(res.InsertedCount + res.MatchedCount + res.DeletedCount), err
}

// inOrder makes the steps without a transaction: checks first, then the writes,
// each guarded by the version that was read. When one fails, those before it
// are taken back as far as nobody changed the documents since.
func (s *Store) inOrder(ctx context.Context, steps []any) error {
	b, err := s.stage(ctx, steps)
	if err != nil {
		return err
	}
	list, err := b.writes(false)
	if err != nil {
		return err
	}
	// From here on a caller that went away must not leave half an Apply. Each
	// command has the client's bound in time; all together have none, for a
	// thousand documents are a thousand commands.
	ctx = context.WithoutCancel(ctx)
	for done := 0; done < len(list); {
		n := run(list[done:])
		touched, err := s.bulk(ctx, list[done:done+n])
		if err == nil && touched < n && !list[done].lenient {
			err = s.versionError(ctx, list[done].in, list[done].id)
		} else if err != nil {
			err = s.explain(ctx, placed{err, list[done : done+n]}, list)
		}
		if err != nil {
			return errors.Join(err, s.takeBack(ctx, list[:done+min(touched, n)]))
		}
		done += n
	}
	return nil
}

// run is how many writes go out as one command: inserts into one collection
// together, everything else alone, so that a count tells which one failed.
func run(list []*write) int {
	n := 1
	for list[0].inserts && n < len(list) && list[n].inserts && list[n].in == list[0].in {
		n++
	}
	return n
}

// takeBack undoes writes, for as long as one command may take.
func (s *Store) takeBack(ctx context.Context, list []*write) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	var failed error
	for i := len(list) - 1; i >= 0; i-- {
		w := list[i]
		if w.undo == nil {
			continue
		}
		_, err := s.coll(w.in).BulkWrite(ctx, []mongo.WriteModel{w.undo})
		failed = errors.Join(failed, err)
	}
	return failed
}
