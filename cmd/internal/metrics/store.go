package metrics

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"cemigmas/crm/store"
	"cemigmas/crm/store/plan"
)

// Calls counts calls of the store.
type Calls struct {
	work   *Work
	took   *prometheus.HistogramVec
	failed *prometheus.CounterVec
	short  *prometheus.CounterVec
	mu     sync.RWMutex
	series map[called]prometheus.Observer
}

type called struct{ operation, collection string }

func newCalls(r prometheus.Registerer, w *Work) *Calls {
	c := &Calls{work: w, series: map[called]prometheus.Observer{},
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: space, Name: "store_seconds", Buckets: append([]float64{.00001, .00003}, buckets...),
			Help: "Time of store calls by operation and collection."}, []string{"operation", "collection"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: space, Name: "store_errors_total",
			Help: "Store calls that failed, by code: conflict is a lost race and is tried again, unavailable is trouble, invalid of a find or count is a query that no index serves."}, []string{"operation", "collection", "code"}),
		short: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: space, Name: "store_short_pages_total",
			Help: "Pages that ended before they were full because as many rows were tested as one page may: a condition that few rows meet and no index serves."}, []string{"collection"})}
	r.MustRegister(c.took, c.failed, c.short)
	return c
}

// Store wraps a store so that its calls are counted. What a driver can do
// beyond the port is found behind Unwrap.
func (c *Calls) Store(st store.Store) store.Store { return &counted{st, c} }

type counted struct {
	store.Store
	calls *Calls
}

// Unwrap is the store that answers.
func (s *counted) Unwrap() store.Store { return s.Store }

func (c *Calls) note(operation, collection string, began time.Time, err error) {
	k := called{operation, collection}
	c.mu.RLock()
	o := c.series[k]
	c.mu.RUnlock()
	if o == nil {
		c.mu.Lock()
		o = c.took.WithLabelValues(operation, collection)
		c.series[k] = o
		c.mu.Unlock()
	}
	o.Observe(time.Since(began).Seconds())
	// What is not there is an answer, not a failure.
	if err != nil && !store.IsNotFound(err) {
		code := string(store.CodeOf(err))
		if code == "" {
			code = "unknown"
		}
		c.failed.WithLabelValues(operation, collection, code).Inc()
	}
}

func (s *counted) Get(ctx context.Context, in *store.Collection, id string) (store.Doc, error) {
	began := time.Now()
	d, err := s.Store.Get(ctx, in, id)
	s.calls.note("get", in.Name, began, err)
	return d, err
}

func (s *counted) Peek(ctx context.Context, in *store.Collection, id string, fields ...string) (int64, []any, error) {
	began := time.Now()
	version, values, err := s.Store.Peek(ctx, in, id, fields...)
	s.calls.note("peek", in.Name, began, err)
	return version, values, err
}

func (s *counted) GetMany(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	began := time.Now()
	d, err := s.Store.GetMany(ctx, in, ids)
	s.calls.note("get-many", in.Name, began, err)
	return d, err
}

func (s *counted) Bodies(ctx context.Context, in *store.Collection, ids []string) ([]store.Doc, error) {
	began := time.Now()
	d, err := s.Store.Bodies(ctx, in, ids)
	s.calls.note("bodies", in.Name, began, err)
	return d, err
}

func (s *counted) Find(ctx context.Context, q store.Query) (store.Page, error) {
	began := time.Now()
	p, err := s.Store.Find(ctx, q)
	operation := "find"
	if len(q.Words) > 0 {
		operation = "search"
	}
	s.calls.note(operation, name(q.In), began, err)
	if p.Next != "" && len(p.Docs)+len(p.Rows.Ends) < pageOf(q) {
		s.calls.short.WithLabelValues(name(q.In)).Inc()
	}
	return p, err
}

func (s *counted) Count(ctx context.Context, q store.Query, limit int) (int, error) {
	began := time.Now()
	n, err := s.Store.Count(ctx, q, limit)
	s.calls.note("count", name(q.In), began, err)
	return n, err
}

func (s *counted) Tally(ctx context.Context, t store.Tally) ([]store.TallyRow, error) {
	began := time.Now()
	rows, err := s.Store.Tally(ctx, t)
	s.calls.note("tally", name(t.In), began, err)
	return rows, err
}

// Apply counts under the collection of its first document: the one that the
// change is about, since projections follow their source.
func (s *counted) Apply(ctx context.Context, changes ...store.Change) error {
	began := time.Now()
	err := s.Store.Apply(ctx, changes...)
	s.calls.note("apply", subject(changes), began, err)
	if err == nil {
		s.calls.work.written(changes)
	}
	return err
}

func (s *counted) Lease(ctx context.Context, lease, owner string, ttl time.Duration) (store.Lease, error) {
	began := time.Now()
	l, err := s.Store.Lease(ctx, lease, owner, ttl)
	s.calls.note("lease", "", began, err)
	return l, err
}

func (s *counted) Release(ctx context.Context, l store.Lease) error {
	began := time.Now()
	err := s.Store.Release(ctx, l)
	s.calls.note("release", "", began, err)
	return err
}

func (s *counted) Ping(ctx context.Context) error {
	began := time.Now()
	err := s.Store.Ping(ctx)
	s.calls.note("ping", "", began, err)
	return err
}

// pageOf is how long a full page of a query is.
func pageOf(q store.Query) int { return cmp.Or(q.Limit, plan.DefaultLimit) }

func name(c *store.Collection) string {
	if c == nil {
		return ""
	}
	return c.Name
}

func subject(changes []store.Change) string {
	for _, ch := range changes {
		switch ch := ch.(type) {
		case store.Put:
			return name(ch.In)
		case store.InsertIfAbsent:
			return name(ch.In)
		case store.Patch:
			return name(ch.In)
		case store.Delete:
			return name(ch.In)
		}
	}
	return ""
}
