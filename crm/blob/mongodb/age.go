package mongodb

import (
	"context"
	"fmt"
	"iter"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/blob"
)

// uploading names a GridFS file whose reference is not known yet.
const uploading = "uploading"

// askAtOnce bounds how many references one find names.
const askAtOnce = 1000

// kept says where a kind of blob has its reference and the time of its last Put.
type kept struct {
	in      *mongo.Collection
	ref, at string
}

func (s *Store) kinds() []kept {
	return []kept{{s.short, "_id", "at"}, {s.long.GetFilesCollection(), "filename", "uploadDate"}}
}

// ages says when those of the references that exist were last put. A blob from
// before ages has the zero time.
func (s *Store) ages(ctx context.Context, refs []blob.Ref) (map[blob.Ref]time.Time, error) {
	have := make(map[blob.Ref]time.Time, len(refs))
	for from := 0; from < len(refs); from += askAtOnce {
		part := refs[from:min(from+askAtOnce, len(refs))]
		for _, k := range s.kinds() {
			if err := k.collect(ctx, part, have); err != nil {
				return nil, fmt.Errorf("blob: %w", err)
			}
		}
	}
	return have, nil
}

// collect notes which references a collection has. Those that were found before
// are not asked for again.
func (k kept) collect(ctx context.Context, refs []blob.Ref, have map[blob.Ref]time.Time) error {
	ask := bson.A{}
	for _, ref := range refs {
		if _, found := have[ref]; !found {
			ask = append(ask, string(ref))
		}
	}
	if len(ask) == 0 {
		return nil
	}
	return k.each(ctx, bson.D{{Key: k.ref, Value: bson.D{{Key: "$in", Value: ask}}}},
		options.Find().SetProjection(bson.D{{Key: k.ref, Value: int32(1)}, {Key: k.at, Value: int32(1)}}),
		func(raw bson.Raw) { b := k.info(raw); have[b.Ref] = b.PutAt })
}

func (k kept) each(ctx context.Context, filter bson.D, opts *options.FindOptionsBuilder, f func(bson.Raw)) (err error) {
	cursor, err := k.in.Find(ctx, filter, opts)
	if err != nil {
		return err
	}
	defer func() {
		if e := cursor.Close(context.WithoutCancel(ctx)); err == nil {
			err = e
		}
	}()
	for cursor.Next(ctx) {
		f(cursor.Current)
	}
	return cursor.Err()
}

func (k kept) info(raw bson.Raw) blob.Info {
	ref, _ := raw.Lookup(k.ref).StringValueOK()
	b := blob.Info{Ref: blob.Ref(ref)}
	if ms, ok := raw.Lookup(k.at).DateTimeOK(); ok {
		b.PutAt = time.UnixMilli(ms)
	}
	return b
}

// renew makes blobs young again that are put again. Those that were removed
// since ages was read leave it, so that they are stored anew.
func (s *Store) renew(ctx context.Context, ages map[blob.Ref]time.Time) error {
	for ref, at := range ages {
		if time.Since(at) < blob.Fresh {
			continue
		}
		matched := int64(0)
		for _, k := range s.kinds() {
			res, err := k.in.UpdateMany(ctx, bson.D{{Key: k.ref, Value: string(ref)}}, bson.D{{Key: "$set", Value: bson.D{{Key: k.at, Value: time.Now()}}}})
			if err != nil {
				return fmt.Errorf("blob: %w", err)
			}
			matched += res.MatchedCount
		}
		if matched == 0 {
			delete(ages, ref)
		}
	}
	return nil
}

// All implements blob.Store. Listings go page by page in the order of
// references.
func (s *Store) All(ctx context.Context) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		for _, k := range s.kinds() {
			for after := blob.Ref(""); ; {
				page, err := s.list(ctx, k, after)
				if err != nil {
					yield(blob.Info{}, err)
					return
				}
				for _, b := range page {
					// Two nodes may have uploaded the same at once.
					if b.Ref != after && b.Ref.Check() == nil && !yield(b, nil) {
						return
					}
					after = b.Ref
				}
				if len(page) < askAtOnce {
					break
				}
			}
		}
	}
}

func (s *Store) list(ctx context.Context, k kept, after blob.Ref) (page []blob.Info, err error) {
	done, err := s.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	opts := options.Find().SetSort(bson.D{{Key: k.ref, Value: int32(1)}}).SetLimit(askAtOnce).
		SetProjection(bson.D{{Key: k.ref, Value: int32(1)}, {Key: k.at, Value: int32(1)}})
	err = k.each(ctx, bson.D{{Key: k.ref, Value: bson.D{{Key: "$gt", Value: string(after)}}}}, opts,
		func(raw bson.Raw) { page = append(page, k.info(raw)) })
	if err != nil {
		return nil, fmt.Errorf("blob: %w", err)
	}
	return page, nil
}

// Remove implements blob.Store.
func (s *Store) Remove(ctx context.Context, before time.Time, refs ...blob.Ref) (n int, err error) {
	if time.Since(before) < blob.Grace {
		return 0, blob.ErrTooYoung
	}
	names := bson.A{}
	for _, ref := range refs {
		if err := ref.Check(); err != nil {
			return 0, err
		}
		names = append(names, string(ref))
	}
	done, err := s.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	if n, err = s.removeShort(ctx, before, names); err != nil {
		return n, fmt.Errorf("blob: %w", err)
	}
	long, err := s.removeLong(ctx, before, names)
	if err == nil {
		_, err = s.removeLong(ctx, before, bson.A{uploading})
	}
	if err == nil {
		err = s.removeChunks(ctx, before)
	}
	if err != nil {
		return n + long, fmt.Errorf("blob: %w", err)
	}
	return n + long, nil
}

// removeShort counts the age of a blob from before ages from now.
func (s *Store) removeShort(ctx context.Context, before time.Time, names bson.A) (int, error) {
	among := bson.E{Key: "_id", Value: bson.D{{Key: "$in", Value: names}}}
	_, err := s.short.UpdateMany(ctx, bson.D{among, {Key: "at", Value: bson.D{{Key: "$exists", Value: false}}}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "at", Value: time.Now()}}}})
	if err != nil {
		return 0, err
	}
	res, err := s.short.DeleteMany(ctx, bson.D{among, {Key: "at", Value: bson.D{{Key: "$lt", Value: before}}}})
	if err != nil {
		return 0, err
	}
	return int(res.DeletedCount), nil
}

// removeLong removes a file's entry, by which it is there, before its chunks.
func (s *Store) removeLong(ctx context.Context, before time.Time, names bson.A) (n int, err error) {
	files := s.kinds()[1]
	old := bson.E{Key: "uploadDate", Value: bson.D{{Key: "$lt", Value: before}}}
	var ids []bson.RawValue
	err = files.each(ctx, bson.D{{Key: "filename", Value: bson.D{{Key: "$in", Value: names}}}, old},
		options.Find().SetProjection(bson.D{{Key: "_id", Value: int32(1)}}), func(raw bson.Raw) {
			ids = append(ids, append(bson.Raw(nil), raw...).Lookup("_id"))
		})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		res, err := files.in.DeleteOne(ctx, bson.D{{Key: "_id", Value: id}, old})
		if err != nil {
			return n, err
		}
		if res.DeletedCount == 0 {
			continue // put again meanwhile
		}
		n++
		if _, err := s.long.GetChunksCollection().DeleteMany(ctx, bson.D{{Key: "files_id", Value: id}}); err != nil {
			return n, err
		}
	}
	return n, nil
}

// removeChunks removes those of uploads that broke off. An upload's id tells when
// it began.
func (s *Store) removeChunks(ctx context.Context, before time.Time) error {
	chunks := kept{in: s.long.GetChunksCollection()}
	var ids []bson.ObjectID
	err := chunks.each(ctx, bson.D{{Key: "n", Value: int32(0)}}, options.Find().SetProjection(bson.D{{Key: "files_id", Value: int32(1)}}), func(raw bson.Raw) {
		if id, ok := raw.Lookup("files_id").ObjectIDOK(); ok && id.Timestamp().Before(before) {
			ids = append(ids, id)
		}
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		n, err := s.long.GetFilesCollection().CountDocuments(ctx, bson.D{{Key: "_id", Value: id}})
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if _, err := chunks.in.DeleteMany(ctx, bson.D{{Key: "files_id", Value: id}}); err != nil {
			return err
		}
	}
	return nil
}
