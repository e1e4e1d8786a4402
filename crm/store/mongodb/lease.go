package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cemigmas/crm/store"
)

// A lease is taken by inserting a document whose id is its name and its term:
//
//	{ _id: "sync/7f3#12", name: "sync/7f3", term: 12, owner: "node-2/841",
//	  expires: <date> }
//
// The term is the fencing number. An insert of an id is atomic on every server,
// so of two nodes that saw term 11 run out, one takes term 12 and the other
// gets a duplicate key. Then the taker marks the older terms as ended. A
// transaction with a CheckLease writes the document of its term: the mark waits
// for a transaction that came first, and one that comes later finds it. So when
// Lease returns, nothing of an older term can be written any more.
//
// Renewing moves expires while the term is the owner's and runs. Releasing sets
// expires to the epoch. Expiry goes by the server's clock (Store.now). The last
// termsKept documents of a name stay: they carry the number on.

const (
	leaseCollection = "_leases" // no declared name begins so
	termsKept       = 8
	// leaseTries bounds how often a taking starts anew because the newest
	// term changed under it.
	leaseTries = 4
)

type leaseDoc struct {
	ID      string    `bson:"_id"`
	Name    string    `bson:"name"`
	Term    int64     `bson:"term"`
	Owner   string    `bson:"owner"`
	Expires time.Time `bson:"expires"`
	Ended   bool      `bson:"ended,omitempty"`
}

func (s *Store) leases() *mongo.Collection { return s.db.Collection(leaseCollection) }

func leaseID(name string, term int64) string { return fmt.Sprintf("%s#%d", name, term) }

// Lease implements store.Store.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (store.Lease, error) {
	if name == "" || owner == "" || ttl <= 0 {
		return store.Lease{}, failure(store.CodeInvalid, nil, name, "a lease needs a name, an owner and a time to live")
	}
	done, err := s.begin()
	if err != nil {
		return store.Lease{}, err
	}
	defer done()
	if _, err := s.hello(ctx); err != nil { // sets the clock
		return store.Lease{}, err
	}
	for range leaseTries {
		l, again, err := s.tryLease(ctx, name, owner, ttl)
		if err != nil || !again {
			return l, wrap(nil, name, err)
		}
	}
	return store.Lease{}, failure(store.CodeConflict, nil, name, "the lease is being taken by others")
}

// tryLease renews or takes a lease once; again says that what it read is old.
func (s *Store) tryLease(ctx context.Context, name, owner string, ttl time.Duration) (l store.Lease, again bool, err error) {
	newest, err := s.newestTerm(ctx, name)
	if err != nil {
		return l, false, err
	}
	now := s.now()
	l = store.Lease{Name: name, Owner: owner, Fence: newest.Term, Expires: time.UnixMilli(now.Add(ttl).UnixMilli()).UTC()}
	if newest.Expires.After(now) && !newest.Ended {
		if newest.Owner != owner {
			return store.Lease{}, false, failure(store.CodeConflict, nil, name, "the lease is held by "+newest.Owner)
		}
		res, err := s.leases().UpdateOne(ctx, held(l, now), set("expires", l.Expires))
		return l, err == nil && res.MatchedCount == 0, err
	}
	l.Fence++
	// An insert whose caller goes away may still be on its way to the server and
	// arrive after it was given back, so its answer is waited for.
	answered, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeTime)
	defer cancel()
	_, err = s.leases().InsertOne(answered, leaseDoc{ID: leaseID(name, l.Fence), Name: name, Term: l.Fence, Owner: owner, Expires: l.Expires})
	if mongo.IsDuplicateKeyError(err) {
		return store.Lease{}, true, nil
	}
	if err == nil {
		err = s.endOlder(ctx, l)
	}
	if err != nil {
		// The term may be there all the same, held by one who does not know.
		return store.Lease{}, false, errors.Join(err, s.giveBack(ctx, l))
	}
	return l, false, nil
}

// takeTime bounds the wait for the answer to a taking.
const takeTime = 5 * time.Second

// giveBackTime is what a taking that failed spends on undoing what it may have
// done; beyond it the lease runs out by itself.
const giveBackTime = 2 * time.Second

// giveBack ends a term whose taking failed half-way, as Release does.
func (s *Store) giveBack(ctx context.Context, l store.Lease) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveBackTime)
	defer cancel()
	return s.expire(ctx, l)
}

// newestTerm is the zero document for a name that was never leased.
func (s *Store) newestTerm(ctx context.Context, name string) (d leaseDoc, err error) {
	opts := options.FindOne().SetSort(bson.D{{Key: "term", Value: int32(-1)}})
	err = s.leases().FindOne(ctx, bson.D{{Key: "name", Value: name}}, opts).Decode(&d)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = nil
	}
	return d, err
}

// endOlder marks older terms and drops the oldest. A taker that slept between
// its read and its insert, so long that later terms came and the one it
// inserted had been dropped, finds those and steps back.
func (s *Store) endOlder(ctx context.Context, l store.Lease) error {
	newest, err := s.newestTerm(ctx, l.Name)
	if err != nil {
		return err
	}
	if newest.Term != l.Fence {
		_, err := s.leases().DeleteOne(ctx, byID(leaseID(l.Name, l.Fence)))
		return errors.Join(failure(store.CodeConflict, nil, l.Name, "the lease was taken meanwhile"), err)
	}
	older := func(than int64) bson.D {
		return bson.D{{Key: "name", Value: l.Name}, {Key: "term", Value: bson.D{{Key: "$lt", Value: than}}}}
	}
	if _, err := s.leases().UpdateMany(ctx, older(l.Fence), set("ended", true)); err != nil {
		return err
	}
	_, err = s.leases().DeleteMany(ctx, older(l.Fence-termsKept))
	return err
}

// held finds a lease that its owner still holds.
func held(l store.Lease, now time.Time) bson.D {
	filter := running(l.Name, l.Fence, now)
	return append(filter, bson.E{Key: "owner", Value: l.Owner})
}

func running(name string, fence int64, now time.Time) bson.D {
	return bson.D{
		{Key: fieldID, Value: leaseID(name, fence)},
		{Key: "ended", Value: bson.D{{Key: "$exists", Value: false}}},
		{Key: "expires", Value: bson.D{{Key: "$gt", Value: now}}},
	}
}

func set(field string, v any) bson.D {
	return bson.D{{Key: "$set", Value: bson.D{{Key: field, Value: v}}}}
}

// Release implements store.Store.
func (s *Store) Release(ctx context.Context, l store.Lease) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	return wrap(nil, l.Name, s.expire(ctx, l))
}

func (s *Store) expire(ctx context.Context, l store.Lease) error {
	filter := bson.D{{Key: fieldID, Value: leaseID(l.Name, l.Fence)}, {Key: "owner", Value: l.Owner}}
	_, err := s.leases().UpdateOne(ctx, filter, set("expires", time.UnixMilli(0).UTC()))
	return err
}

// holdLease makes a CheckLease. Inside a transaction it writes the document, so
// that a taking cannot come between the check and the commit.
func (s *Store) holdLease(ctx context.Context, c store.CheckLease) error {
	filter := running(c.Name, c.Fence, s.now())
	var n int64
	if s.transactions {
		res, err := s.leases().UpdateOne(ctx, filter, set(fieldLock, bson.NewObjectID()))
		if err != nil {
			return err
		}
		n = res.MatchedCount
	} else {
		var err error
		if n, err = s.leases().CountDocuments(ctx, filter); err != nil {
			return err
		}
	}
	if n == 0 {
		return failure(store.CodeConflict, nil, c.Name, "the lease is lost")
	}
	return nil
}
