package mongodb

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
)

// wordsIndex is the text index's name.
const wordsIndex = "words"

// indexName is derived from what an index is, so that a changed declaration
// makes another index and doctor shows the old one as surplus.
func indexName(ix store.Index) string {
	name := strings.Join(ix.Fields, ",")
	switch {
	case ix.Unique:
		return "unique:" + name
	case ix.Sparse:
		return "sparse:" + name
	}
	return name
}

// indexModels are the indexes that a collection declares. Those that sort end
// with the id; a unique one must not, and is partial: documents that lack one
// of its fields are not in it. A sparse one is partial by its first field.
func indexModels(c *store.Collection, partial bool) []mongo.IndexModel {
	var models []mongo.IndexModel
	for _, ix := range c.Indexes {
		opts := options.Index().SetName(indexName(ix))
		keys := bson.D{}
		for _, f := range ix.Fields {
			keys = append(keys, direction(f))
		}
		if ix.Unique {
			opts.SetUnique(true)
			if partial {
				opts.SetPartialFilterExpression(allThere(ix.Fields))
			}
		} else {
			if ix.Sparse && partial {
				opts.SetPartialFilterExpression(allThere(ix.Fields[:1]))
			}
			keys = append(keys, bson.E{Key: fieldID, Value: int32(1)})
		}
		models = append(models, mongo.IndexModel{Keys: keys, Options: opts})
	}
	if c.Search {
		models = append(models, mongo.IndexModel{
			Keys:    bson.D{{Key: fieldWords, Value: int32(1)}},
			Options: options.Index().SetName(wordsIndex),
		})
	}
	return models
}

func direction(field string) bson.E {
	name, desc := strings.CutPrefix(field, "-")
	if desc {
		return bson.E{Key: name, Value: int32(-1)}
	}
	return bson.E{Key: name, Value: int32(1)}
}

func allThere(fields []string) bson.D {
	there := bson.D{}
	for _, f := range fields {
		there = append(there, bson.E{Key: strings.TrimPrefix(f, "-"), Value: bson.D{{Key: "$exists", Value: true}}})
	}
	return there
}

// present is the filter for a field that is there. A comparison that every
// value of the kind passes has exact bounds in an index, and shows the server
// that a partial index serves; $exists must look at the documents.
func present(kind store.Kind) bson.D {
	switch kind {
	case store.String, store.Strings:
		return bson.D{{Key: "$gte", Value: ""}}
	case store.Int:
		return bson.D{{Key: "$gte", Value: int64(math.MinInt64)}}
	case store.Time:
		return bson.D{{Key: "$gte", Value: bson.DateTime(math.MinInt64)}}
	}
	return bson.D{{Key: "$in", Value: bson.A{false, true}}}
}

// createIndexes makes what is missing. MongoDB builds them without blocking
// writers, save at the begin and the end.
func (s *Store) createIndexes(ctx context.Context) error {
	for _, c := range s.schema {
		have, err := s.indexes(ctx, c)
		if err != nil {
			return wrap(c, "", err)
		}
		var missing []mongo.IndexModel
		for i, name := range declared(c) {
			if !slices.Contains(have, name) {
				missing = append(missing, indexModels(c, !s.double)[i])
			}
		}
		if len(missing) == 0 {
			continue
		}
		if _, err := s.coll(c).Indexes().CreateMany(ctx, missing); err != nil {
			if mongo.IsDuplicateKeyError(err) {
				e := failure(store.CodeDuplicate, c, "", "stored documents violate a unique index that is new")
				e.Err = err
				return e
			}
			return wrap(c, "", err)
		}
	}
	_, err := s.leases().Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys:    bson.D{{Key: "name", Value: int32(1)}, {Key: "term", Value: int32(-1)}},
		Options: options.Index().SetName("name,-term"),
	})
	return wrap(nil, "", err)
}

// declared are the names of a collection's indexes, in the order of
// indexModels.
func declared(c *store.Collection) []string {
	var names []string
	for _, ix := range c.Indexes {
		names = append(names, indexName(ix))
	}
	if c.Search {
		names = append(names, wordsIndex)
	}
	return names
}

// namespaceNotFound is MongoDB's code for a collection that is not there yet.
const namespaceNotFound = 26

func (s *Store) indexes(ctx context.Context, c *store.Collection) ([]string, error) {
	specs, err := s.coll(c).Indexes().ListSpecifications(ctx)
	if err != nil {
		var server mongo.ServerError
		if errors.As(err, &server) && server.HasErrorCode(namespaceNotFound) {
			return nil, nil
		}
		return nil, err
	}
	var names []string
	for _, spec := range specs {
		if spec.Name != "_id_" {
			names = append(names, spec.Name)
		}
	}
	return names, nil
}

// startTimeout bounds the work at start; an index over millions of documents
// takes minutes.
const startTimeout = 30 * time.Minute
