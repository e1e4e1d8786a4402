package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cemigmas/crm/store"
)

// checkVersion refuses a database that a newer program has upgraded, before its
// indexes are touched.
func (s *Store) checkVersion(ctx context.Context, newest int) error {
	raw, err := s.coll(store.State).FindOne(ctx, byID(store.StateVersion)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil
	}
	if err != nil {
		return wrap(store.State, store.StateVersion, err)
	}
	d, err := decodeDoc(store.State, raw, false)
	if err != nil {
		return err
	}
	return store.CheckVersion(d.Body, newest)
}

// behind finds the documents whose ids come after one.
func behind(after string) bson.D {
	return bson.D{{Key: fieldID, Value: bson.D{{Key: "$gt", Value: after}}}}
}
