package mongodb

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, in *store.Collection, id string) (store.Doc, error) {
	done, err := s.begin(in)
	if err != nil {
		return store.Doc{}, err
	}
	defer done()
	raw, err := s.coll(in).FindOne(ctx, byID(id)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return store.Doc{}, failure(store.CodeNotFound, in, id, "")
	}
	if err != nil {
		return store.Doc{}, wrap(in, id, err)
	}
	return decodeDoc(in, raw, true)
}

// Peek implements store.Store.
func (s *Store) Peek(ctx context.Context, in *store.Collection, id string, fields ...string) (int64, []any, error) {
	done, err := s.begin(in)
	if err != nil {
		return 0, nil, err
	}
	defer done()
	peeked, err := plan.Peek(in, fields)
	if err != nil {
		return 0, nil, err
	}
	only := bson.D{{Key: fieldVersion, Value: int32(1)}}
	for _, f := range peeked {
		only = append(only, bson.E{Key: f.Name, Value: int32(1)})
	}
	raw, err := s.coll(in).FindOne(ctx, byID(id), options.FindOne().SetProjection(only)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil, failure(store.CodeNotFound, in, id, "")
	}
	if err != nil {
		return 0, nil, wrap(in, id, err)
	}
	values := make([]any, len(peeked))
	for i, f := range peeked {
		values[i] = decodeKey(f.Kind, raw.Lookup(f.Name))
	}
	version, ok := raw.Lookup(fieldVersion).AsInt64OK()
	if !ok {
		return 0, nil, failure(store.CodeInvalid, in, id, errShape.Error())
	}
	return version, values, nil
}

func byID(id string) bson.D { return bson.D{{Key: fieldID, Value: id}} }

// byIDs compares a single id plainly, which servers answer by their shortest
// way.
func byIDs(ids []string) bson.D {
	if len(ids) == 1 {
		return byID(ids[0])
	}
	return bson.D{{Key: fieldID, Value: bson.D{{Key: "$in", Value: ids}}}}
}

// GetMany implements store.Store.
func (s *Store) GetMany(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	return s.getMany(ctx, in, ids, true)
}

// Bodies implements store.Store.
func (s *Store) Bodies(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	return s.getMany(ctx, in, ids, false)
}

func (s *Store) getMany(ctx context.Context, in *store.Collection, ids []string, withKeys bool) ([]store.Doc, error) {
	done, err := s.begin(in)
	if err != nil {
		return nil, err
	}
	defer done()
	if len(ids) == 0 {
		return nil, nil
	}
	found := make(map[string]store.Doc, len(ids))
	opts := options.Find()
	if in.Search && !withKeys {
		opts.SetProjection(bson.D{{Key: fieldWords, Value: int32(0)}})
	}
	err = s.each(ctx, in, byIDs(ids), opts, func(raw bson.Raw) error {
		d, err := decodeDoc(in, raw, withKeys)
		found[d.ID] = d
		return err
	})
	if err != nil {
		return nil, wrap(in, "", err)
	}
	docs := make([]store.Doc, 0, len(found))
	for _, id := range ids {
		if d, ok := found[id]; ok {
			docs = append(docs, d)
		}
	}
	return docs, nil
}

// Find implements store.Store.
func (s *Store) Find(ctx context.Context, query store.Query) (store.Page, error) {
	if plan.Forked(query.Where) {
		return plan.FindEither(ctx, query, s.Find)
	}
	done, err := s.begin(query.In)
	if err != nil {
		return store.Page{}, err
	}
	defer done()
	q, err := plan.Find(query)
	if err != nil || q.Never {
		return store.Page{}, err
	}
	page, err := s.page(ctx, q)
	return page, wrap(q.In, "", err)
}

// page reads one page. With conditions that no index serves, the row that ends
// the stretch of MaxExamined rows is looked up first, in the index alone: the
// server then tests rows up to it and no further.
func (s *Store) page(ctx context.Context, q *plan.Query) (page store.Page, err error) {
	walk := slices.Concat(where(q.In, q.Equal), where(q.In, q.Range), after(q.Order, q.After))
	rest := where(q.In, q.Rest)
	r := &pageReader{q: q}
	var end *plan.Place
	if len(rest) > 0 && q.Index != plan.ByWords {
		if end, err = s.stretch(ctx, q, all(walk)); err != nil {
			return page, err
		}
	}
	switch {
	case end != nil:
		err = s.testStretch(ctx, q, walk, append(rest, upTo(q.Order, end)), r.take)
	default:
		opts := s.walkOptions(q).SetLimit(int64(q.Limit) + 1).SetBatchSize(int32(q.Limit) + 2)
		if p := projection(q); p != nil {
			opts.SetProjection(p)
		}
		err = s.each(ctx, q.In, all(walk, words(q.Words), rest), opts, r.take)
	}
	if err != nil {
		return store.Page{}, err
	}
	page.Docs, page.Rows = r.docs, r.rows
	switch {
	case r.more:
		page.Next = q.Cursor(r.last)
	case end != nil:
		page.Next = q.Cursor(*end)
	}
	return page, nil
}

// pageReader takes rows until the page is full; one more says that it goes on.
type pageReader struct {
	q    *plan.Query
	docs []store.Doc
	rows store.Rows // instead of docs, of a bare query
	n    int
	last plan.Place
	more bool
}

func (r *pageReader) take(raw bson.Raw) error {
	if r.n == r.q.Limit {
		r.more = true
		return nil
	}
	d, err := decodeDoc(r.q.In, raw, r.q.WithKeys)
	if err != nil {
		return err
	}
	if r.q.SortKeys {
		d.Keys = store.Keys{}
		for i, v := range placeOf(r.q, raw).Values {
			if v != nil {
				d.Keys[r.q.Order[i].Field] = v
			}
		}
	}
	if r.n++; r.q.Bare {
		r.rows.Add(d.Body)
	} else {
		r.docs = append(r.docs, d)
	}
	if r.n == r.q.Limit {
		r.last = placeOf(r.q, raw)
	}
	return nil
}

// projection leaves the words out, which are much text, unless asked for.
func projection(q *plan.Query) bson.D {
	if q.In.Search && !q.WithKeys {
		return bson.D{{Key: fieldWords, Value: int32(0)}}
	}
	return nil
}

// insertedMeanwhile is how many rows may come into a stretch in the moment
// between the look for its end and the test of its rows without pushing others
// out of the test.
const insertedMeanwhile = 1000

// testStretch tests the rows of a stretch: a limit before the test bounds what
// the server looks at, whatever the index cannot say of the stretch's end.
func (s *Store) testStretch(ctx context.Context, q *plan.Query, walk, rest bson.A, take func(bson.Raw) error) error {
	pipeline := bson.A{
		bson.D{{Key: "$match", Value: all(walk)}},
		bson.D{{Key: "$sort", Value: sortSpec(q)}},
		bson.D{{Key: "$limit", Value: int64(store.MaxExamined + insertedMeanwhile)}},
		bson.D{{Key: "$match", Value: all(rest)}},
		bson.D{{Key: "$limit", Value: int64(q.Limit) + 1}},
	}
	if p := projection(q); p != nil {
		pipeline = append(pipeline, bson.D{{Key: "$project", Value: p}})
	}
	return s.aggregate(ctx, q.In, pipeline, hint(q), take)
}

// stretch finds the row that is MaxExamined rows from the start of the walk;
// nil when the walk ends before it.
func (s *Store) stretch(ctx context.Context, q *plan.Query, filter bson.D) (*plan.Place, error) {
	fields := bson.D{{Key: fieldID, Value: int32(1)}}
	for _, k := range q.Order {
		fields = append(fields, bson.E{Key: k.Field, Value: int32(1)})
	}
	var end *plan.Place
	opts := s.walkOptions(q).SetSkip(store.MaxExamined - 1).SetLimit(1).SetProjection(fields)
	err := s.each(ctx, q.In, filter, opts, func(raw bson.Raw) error {
		place := placeOf(q, raw)
		end = &place
		return nil
	})
	return end, err
}

func (s *Store) walkOptions(q *plan.Query) *options.FindOptionsBuilder {
	opts := options.Find().SetSort(sortSpec(q))
	if name := hint(q); name != "" {
		opts.SetHint(name)
	}
	return opts
}

func placeOf(q *plan.Query, raw bson.Raw) plan.Place {
	at := plan.Place{ID: idOf(raw)}
	for _, k := range q.Order {
		at.Values = append(at.Values, decodeKey(k.Kind, raw.Lookup(k.Field)))
	}
	return at
}

// Count implements store.Store.
func (s *Store) Count(ctx context.Context, query store.Query, limit int) (int, error) {
	if plan.Forked(query.Where) {
		return plan.CountEither(ctx, query, limit, s.Count)
	}
	done, err := s.begin(query.In)
	if err != nil {
		return 0, err
	}
	defer done()
	if limit <= 0 {
		return 0, failure(store.CodeInvalid, query.In, "", "a count needs a limit")
	}
	q, err := plan.Count(query)
	if err != nil || q.Never {
		return 0, err
	}
	filter := all(where(q.In, q.Equal), where(q.In, q.Range), words(q.Words), where(q.In, q.Rest))
	opts := options.Count().SetLimit(int64(limit))
	if name := hint(q); name != "" {
		opts.SetHint(name)
	}
	n, err := s.coll(q.In).CountDocuments(ctx, filter, opts)
	return int(n), wrap(q.In, "", err)
}
