package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
)

var (
	_ store.Watcher = (*Store)(nil)
	_ store.Distant = (*Store)(nil)
)

// awaitInserts is how long the server holds a question for changes open. It
// must stay below the timeout of an operation.
const awaitInserts = 5 * time.Second

// Watch implements store.Watcher by a change stream, which replica sets and
// sharded clusters have.
func (s *Store) Watch(ctx context.Context, in *store.Collection, ready, changed func()) error {
	done, err := s.begin(in)
	if err != nil {
		return err
	}
	done() // it may last as long as the process: Close does not wait for it
	if !s.transactions {
		return failure(store.CodeInvalid, in, "", "this server has no change streams")
	}
	inserts := mongo.Pipeline{bson.D{{Key: "$match", Value: bson.D{{Key: "operationType", Value: "insert"}}}}}
	stream, err := s.coll(in).Watch(ctx, inserts, options.ChangeStream().SetMaxAwaitTime(awaitInserts))
	if err != nil {
		return wrap(in, "", err)
	}
	defer func() { _ = stream.Close(context.WithoutCancel(ctx)) }()
	ready()
	// Not Next: the client's timeout would end it in a quiet hour.
	for {
		if stream.TryNext(ctx) {
			changed()
			continue
		}
		if err := stream.Err(); err != nil {
			return wrap(in, "", err)
		}
		if stream.ID() == 0 || ctx.Err() != nil {
			return failure(store.CodeUnavailable, in, "", "the server ended the change stream")
		}
	}
}
