// Package metrics counts what the program does and serves the figures in
// Prometheus' format: requests, store calls, mailboxes, jobs, the runtime. No
// label holds an address, a name or a path with ids; mailboxes and jobs are
// named by id and kind.
package metrics

import (
	"context"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const space = "cemigmas"

// Set is all figures of one process.
type Set struct {
	registry *prometheus.Registry
	server   *http.Server
	Requests *Requests
	Calls    *Calls
}

// New makes a Set that counts from zero.
func New(version string) *Set {
	s := &Set{registry: prometheus.NewRegistry()}
	s.Requests, s.Calls = newRequests(s.registry), newCalls(s.registry, newWork(s.registry))
	build := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: space, Name: "build_info", Help: "The program that runs; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()}})
	build.Set(1)
	s.registry.MustRegister(build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

// scrapeTime bounds one reading of the figures, store queries included.
const scrapeTime = 10 * time.Second

// Handler answers GET /metrics.
func (s *Set) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{
		// A store that is down must not hide the figures that say so.
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 2, Timeout: scrapeTime,
	}))
	return mux
}

// Serve answers on a listener until Close.
func (s *Set) Serve(ln net.Listener) {
	s.server = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 5 * time.Second, ErrorLog: silent()}
	go func() { _ = s.server.Serve(ln) }()
}

// Close ends Serve.
func (s *Set) Close() error {
	if s.server == nil {
		return nil
	}
	return s.server.Close()
}

func scrapeContext() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), scrapeTime-time.Second)
}
