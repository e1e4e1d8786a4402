package mongodb

import (
	"context"
	"errors"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

var _ store.Movable = (*Store)(nil)

// snapshot reads with one cluster time where the deployment keeps a history
// (replica sets and sharded clusters: minSnapshotHistoryWindowInSeconds, five
// minutes unless set), else as the collections stand when they are read.
type snapshot struct {
	s       *Store
	session *mongo.Session // nil: no history
}

// Snapshot implements store.Movable.
func (s *Store) Snapshot(ctx context.Context) (store.Snapshot, error) {
	done, err := s.begin()
	if err != nil {
		return nil, err
	}
	defer done()
	if !s.transactions {
		return &snapshot{s: s}, nil
	}
	session, err := s.client.StartSession(options.Session().SetSnapshot(true))
	if err != nil {
		return nil, wrap(nil, "", err)
	}
	return &snapshot{s, session}, nil
}

func (n *snapshot) Consistent() bool { return n.session != nil }

func (n *snapshot) Close() error {
	if n.session != nil {
		n.session.EndSession(context.Background())
	}
	return nil
}

// snapshotPage is how many documents one find brings: a walk of hours must not
// depend on one cursor.
const snapshotPage = 1000

// All implements store.Snapshot. The order of ids needs no cursor that lives for
// hours, and is no slower.
func (n *snapshot) All(ctx context.Context, in *store.Collection) iter.Seq2[store.Doc, error] {
	return n.Docs(ctx, in, "")
}

// Docs implements store.Snapshot.
func (n *snapshot) Docs(ctx context.Context, in *store.Collection, after string) iter.Seq2[store.Doc, error] {
	return func(yield func(store.Doc, error) bool) {
		for {
			page, err := n.page(ctx, in, after)
			if err != nil {
				yield(store.Doc{}, err)
				return
			}
			for _, d := range page {
				if !yield(d, nil) {
					return
				}
			}
			if len(page) < snapshotPage {
				return
			}
			after = page[len(page)-1].ID
		}
	}
}

func (n *snapshot) page(ctx context.Context, in *store.Collection, after string) (docs []store.Doc, err error) {
	done, err := n.s.begin(in)
	if err != nil {
		return nil, err
	}
	defer done()
	if n.session != nil {
		ctx = mongo.NewSessionContext(ctx, n.session)
	}
	opts := options.Find().SetSort(bson.D{{Key: fieldID, Value: int32(1)}}).SetLimit(snapshotPage)
	err = n.s.each(ctx, in, behind(after), opts, func(raw bson.Raw) error {
		d, err := decodeDoc(in, raw, true)
		docs = append(docs, d)
		return err
	})
	return docs, n.tooOld(wrap(in, "", err))
}

// snapshotTooOld is the server's code for a view that left its history.
const snapshotTooOld = 239

func (n *snapshot) tooOld(err error) error {
	var server mongo.ServerError
	if errors.As(err, &server) && server.HasErrorCode(snapshotTooOld) {
		e := failure(store.CodeUnavailable, nil, "", "the server no longer keeps the moment that is being read; raise its "+
			"minSnapshotHistoryWindowInSeconds (300 unless set) above the time that this takes")
		e.Err = err
		return e
	}
	return err
}

// Load implements store.Movable.
func (s *Store) Load(ctx context.Context, in *store.Collection, docs ...store.Doc) error {
	done, err := s.begin(in)
	if err != nil {
		return err
	}
	defer done()
	models := make([]mongo.WriteModel, 0, len(docs))
	for _, d := range docs {
		d, err := plan.Doc(in, d)
		if err != nil {
			return err
		}
		if d.Version == 0 {
			return failure(store.CodeInvalid, in, d.ID, "a document is loaded with the version it has, from 1")
		}
		doc, err := encodeDoc(in, d)
		if err != nil {
			return err
		}
		models = append(models, mongo.NewReplaceOneModel().SetFilter(byID(d.ID)).SetReplacement(doc).SetUpsert(true))
	}
	if len(models) == 0 {
		return nil
	}
	_, err = s.coll(in).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return wrap(in, "", err)
}
