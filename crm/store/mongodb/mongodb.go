// Package mongodb keeps the store in a MongoDB deployment: a replica set or a
// sharded cluster that many web nodes and sync workers share.
//
// # What is in the database
//
// A collection a declared collection. A document is
//
//	{ _id, v, <declared fields>, words: [...], body: {...}, exact: {...} }
//
// where v is the version (int64), declared fields have real types (string,
// int64, date, bool, array of strings) and body is the JSON body as an embedded
// document with its members in their order; exact exists only beside numbers
// that a BSON type would write otherwise, and lock is written by checks inside
// transactions. The collection _leases holds one document a taken lease
// (lease.go).
//
// # Concurrency
//
// Writes are acknowledged by the majority and reads see what the majority has.
// An Apply of several changes is one transaction under the driver's retry
// rules. A deployment that has no transactions (a single server) is refused
// unless AllowNoTransactions says otherwise; then the checks are made first, the
// writes follow in order, each guarded by the version that was read (an insert
// by its id), and what was written is taken back when a later write fails. A crash between two
// writes leaves the first ones.
//
// # Shard keys
//
// Collections are not sharded by the driver; docs/mongodb.md says how an
// administrator does. A collection that declares Shard is parted by that field:
// behind a router its writes name the field's stored value, and an insert looks
// first whether another shard has the id.
package mongodb

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Options say what to open.
type Options struct {
	// URI is the standard connection string; pool sizes, TLS, credentials,
	// compression and timeouts (timeoutMS) are its options.
	URI string
	// Database; empty: the path of URI, else "cemigmas".
	Database string
	// Schema are the collections. Their indexes are made at start.
	Schema []*store.Collection
	// Newest is the highest version of a store (store.State) that is taken; a
	// database above it is refused with a *store.NewerError. 0 takes all.
	Newest int
	// AllowNoTransactions takes a deployment that has none.
	AllowNoTransactions bool
	// Monitor is told of every command; nil: nobody is.
	Monitor *event.CommandMonitor
}

// DefaultDatabase is used when neither Options nor the URI name one.
const DefaultDatabase = "cemigmas"

// defaultTimeout bounds each operation, on the server too, when neither the
// URI nor the context does.
const defaultTimeout = 20 * time.Second

// Store is an opened deployment.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
	schema []*store.Collection
	// timeout bounds each call whose context does not.
	timeout time.Duration
	known   map[*store.Collection]bool

	transactions bool
	// router: a sharded cluster's mongos, where documents are found by their
	// shard key.
	router bool
	// double: a server that speaks the protocol without partial indexes and
	// with one accumulator a $group (see Tally).
	double bool
	// clock is the server's time less this machine's, nanoseconds.
	clock atomic.Int64

	mu      sync.RWMutex // held for reading by each call, for writing by Close
	closed  bool
	running sync.WaitGroup
}

var _ store.Store = (*Store)(nil)

// Open connects, looks what the deployment can do and makes missing indexes.
// Errors: CodeInvalid for a wrong URI or declaration and for a deployment
// without transactions, CodeUnavailable when it cannot be reached.
func Open(ctx context.Context, o Options) (*Store, error) {
	client, timeout, err := connect(o.URI, o.Monitor)
	if err != nil {
		return nil, err
	}
	return open(ctx, client, timeout, o)
}

// OpenClient opens a store on connections of the caller's making, which Close
// ends. They must read from the primary, and read and write with the majority.
func OpenClient(ctx context.Context, client *mongo.Client, o Options) (*Store, error) {
	return open(ctx, client, defaultTimeout, o)
}

func open(ctx context.Context, client *mongo.Client, timeout time.Duration, o Options) (*Store, error) {
	s := &Store{client: client, timeout: timeout, db: client.Database(databaseName(o)), schema: o.Schema, known: map[*store.Collection]bool{}}
	for _, c := range o.Schema {
		s.known[c] = true
	}
	err := plan.CheckSchema(o.Schema)
	if err == nil {
		err = s.start(ctx, o)
	}
	if err != nil {
		_ = client.Disconnect(context.WithoutCancel(ctx))
		return nil, err
	}
	return s, nil
}

// connect makes a client of what the connection string says; ours are only
// what right answers hang on, and a bound in time where it has none.
func connect(uri string, monitor *event.CommandMonitor) (*mongo.Client, time.Duration, error) {
	opts := clientOptions(uri)
	opts.SetMonitor(monitor)
	if err := opts.Validate(); err != nil {
		return nil, 0, &store.Error{Code: store.CodeInvalid, Msg: "the MongoDB connection string", Err: err}
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, 0, &store.Error{Code: store.CodeInvalid, Msg: "the MongoDB connection string", Err: err}
	}
	return client, *opts.Timeout, nil
}

func clientOptions(uri string) *options.ClientOptions {
	opts := options.Client().ApplyURI(uri)
	// A page from a secondary could lack what its reader has just saved.
	opts.SetReadPreference(readpref.Primary())
	opts.SetReadConcern(readconcern.Majority())
	opts.SetWriteConcern(writeconcern.Majority())
	if opts.AppName == nil {
		opts.SetAppName("cemigmas")
	}
	if opts.Timeout == nil || *opts.Timeout <= 0 {
		opts.SetTimeout(defaultTimeout)
	}
	return opts
}

// databaseName is cut out by hand: net/url refuses a string that names several
// hosts with their ports.
func databaseName(o Options) string {
	if o.Database != "" {
		return o.Database
	}
	uri, _, _ := strings.Cut(o.URI, "?")
	_, rest, _ := strings.Cut(uri, "://")
	_, path, _ := strings.Cut(rest, "/")
	if name, err := url.PathUnescape(path); err == nil && name != "" {
		return name
	}
	return DefaultDatabase
}

func (s *Store) start(ctx context.Context, o Options) error {
	hello, err := s.hello(ctx)
	if err != nil {
		return err
	}
	set, _ := hello.Lookup("setName").StringValueOK()
	msg, _ := hello.Lookup("msg").StringValueOK()
	s.router = msg == "isdbgrid"
	s.transactions = set != "" || s.router
	if !s.transactions && !o.AllowNoTransactions {
		return failure(store.CodeInvalid, nil, "", "this MongoDB server is not part of a replica set, so it has no "+
			"transactions and a crash could leave half a change; start it with `mongod --replSet rs0`, run "+
			"`mongosh --eval 'rs.initiate()'` once and add ?replicaSet=rs0 to the connection string "+
			"(or accept the risk with --allow-no-transactions)")
	}
	info, err := s.db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Raw()
	if err != nil {
		return wrap(nil, "", err)
	}
	_, s.double = info.Lookup("ferretdbVersion").StringValueOK()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.checkVersion(ctx, o.Newest); err != nil {
		return err
	}
	return s.createIndexes(ctx)
}

// hello asks the deployment what it is, and what time it has.
func (s *Store) hello(ctx context.Context) (bson.Raw, error) {
	before := time.Now()
	hello, err := s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Raw()
	if err != nil {
		return nil, wrap(nil, "", err)
	}
	if ms, ok := hello.Lookup("localTime").DateTimeOK(); ok {
		middle := before.Add(time.Since(before) / 2)
		s.clock.Store(int64(time.UnixMilli(ms).Sub(middle)))
	}
	return hello, nil
}

// now is the server's time, as far as the last hello told it: nodes compare
// leases by one clock, whatever their own show.
func (s *Store) now() time.Time { return time.Now().Add(time.Duration(s.clock.Load())).UTC() }

// begin admits a call and checks its collection; done ends it.
func (s *Store) begin(cs ...*store.Collection) (done func(), err error) {
	for _, c := range cs {
		if c == nil || !s.known[c] {
			return nil, failure(store.CodeInvalid, c, "", "a collection that is not in the schema")
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, failure(store.CodeUnavailable, nil, "", "the store is closed")
	}
	s.running.Add(1)
	return s.running.Done, nil
}

func (s *Store) coll(c *store.Collection) *mongo.Collection { return s.db.Collection(c.Name) }

// Ping writes nothing, but asks the primary, without which nothing can be
// written.
func (s *Store) Ping(ctx context.Context) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	return wrap(nil, "", s.client.Ping(ctx, readpref.Primary()))
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.mu.Unlock()
	if was {
		return nil
	}
	s.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), defaultTimeout)
	defer cancel()
	if err := s.client.Disconnect(ctx); err != nil {
		return fmt.Errorf("store: closing MongoDB: %w", err)
	}
	return nil
}

// Client gives the blob driver and backups the same connections.
func (s *Store) Client() *mongo.Client { return s.client }

// Database is the opened database.
func (s *Store) Database() *mongo.Database { return s.db }
