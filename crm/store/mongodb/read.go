package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
)

// Queries go out as commands of our own making: the library's Find and
// Aggregate leave the bound in time (maxTimeMS) out of whatever opens a cursor,
// so that a server would go on with a query that nobody waits for any more. What
// they do besides, reading what the majority has and trying once more after a
// lost connection or primary, is done here.

// AtOnce implements store.Distant: with servers some milliseconds away, eight
// questions at once take an eighth of the time, and little of the pool. The
// protocol double only gets slower: it scans for each.
func (s *Store) AtOnce() int {
	if s.double {
		return 2
	}
	return 8
}

// each runs a find and hands over its rows; the row is valid during the call.
func (s *Store) each(ctx context.Context, in *store.Collection, filter bson.D, opts *options.FindOptionsBuilder, f func(bson.Raw) error) error {
	command, err := findCommand(in, filter, opts)
	if err != nil {
		return err
	}
	return s.query(ctx, in, command, f)
}

func findCommand(in *store.Collection, filter bson.D, opts *options.FindOptionsBuilder) (bson.D, error) {
	var o options.FindOptions
	for _, set := range opts.List() {
		if err := set(&o); err != nil {
			return nil, err
		}
	}
	command := bson.D{{Key: "find", Value: in.Name}, {Key: "filter", Value: filter}}
	add := func(key string, there bool, v any) {
		if there {
			command = append(command, bson.E{Key: key, Value: v})
		}
	}
	add("sort", o.Sort != nil, o.Sort)
	add("projection", o.Projection != nil, o.Projection)
	add("hint", o.Hint != nil, o.Hint)
	add("skip", o.Skip != nil, o.Skip)
	add("limit", o.Limit != nil, o.Limit)
	add("batchSize", o.BatchSize != nil, o.BatchSize)
	return command, nil
}

// aggregate runs a pipeline over the index of that name ("": the server's
// choice) and hands over its rows.
func (s *Store) aggregate(ctx context.Context, in *store.Collection, pipeline bson.A, index string, f func(bson.Raw) error) error {
	command := bson.D{{Key: "aggregate", Value: in.Name}, {Key: "pipeline", Value: pipeline}, {Key: "cursor", Value: bson.D{}}}
	if index != "" {
		command = append(command, bson.E{Key: "hint", Value: index})
	}
	return s.query(ctx, in, command, f)
}

func (s *Store) query(ctx context.Context, in *store.Collection, command bson.D, f func(bson.Raw) error) error {
	// One bound for both tries and all batches.
	if _, bound := ctx.Deadline(); !bound {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.timeout)
		defer cancel()
	}
	alone := mongo.SessionFromContext(ctx) == nil
	if alone { // a session has its own concern, and a transaction is made again as a whole
		command = append(command, bson.E{Key: "readConcern", Value: bson.D{{Key: "level", Value: "majority"}}})
	}
	db := s.coll(in).Database()
	cursor, err := db.RunCommandCursor(ctx, command)
	if err != nil && alone && mayRead(err) {
		cursor, err = db.RunCommandCursor(ctx, command)
	}
	if err != nil {
		return err
	}
	return drain(ctx, cursor, f)
}

func drain(ctx context.Context, cursor *mongo.Cursor, f func(bson.Raw) error) (err error) {
	defer func() {
		if e := cursor.Close(context.WithoutCancel(ctx)); err == nil {
			err = e
		}
	}()
	for cursor.Next(ctx) {
		if err := f(cursor.Current); err != nil {
			return err
		}
	}
	return cursor.Err()
}
