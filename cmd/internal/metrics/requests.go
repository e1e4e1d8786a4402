package metrics

import (
	"io"
	"log"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// buckets go from a tenth of a millisecond, which is a page from the cache of
// the store, to the ten seconds after which nobody waits any more.
var buckets = []float64{.0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10}

// Requests counts requests by route; it is a web.Meter.
type Requests struct {
	flying prometheus.Gauge
	took   *prometheus.HistogramVec
	mu     sync.RWMutex
	series map[series]prometheus.Observer // looking it up in took hashes and compares all labels
}

type series struct {
	method, route string
	class         int
}

func newRequests(r prometheus.Registerer) *Requests {
	q := &Requests{series: map[series]prometheus.Observer{},
		flying: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: space, Name: "http_requests_in_flight", Help: "Requests that are being answered."}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: space, Name: "http_request_seconds", Buckets: buckets,
			Help: "Time to answer, by route pattern, method and class of the status; its count is the number of requests."}, []string{"method", "route", "status"})}
	r.MustRegister(q.flying, q.took)
	return q
}

// Began counts a request in.
func (q *Requests) Began() { q.flying.Inc() }

// Ended counts it out.
func (q *Requests) Ended(method, route string, status int, took time.Duration) {
	q.flying.Dec()
	if route == "" {
		route, method = "none", "any" // whatever a stranger tries makes one series
	}
	q.of(series{method, route, status / 100}).Observe(took.Seconds())
}

func (q *Requests) of(k series) prometheus.Observer {
	q.mu.RLock()
	o := q.series[k]
	q.mu.RUnlock()
	if o != nil {
		return o
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	o = q.took.WithLabelValues(k.method, k.route, strconv.Itoa(k.class)+"xx")
	q.series[k] = o
	return o
}

// silent takes what net/http says of broken connections: it names addresses.
func silent() *log.Logger { return log.New(io.Discard, "", 0) }
