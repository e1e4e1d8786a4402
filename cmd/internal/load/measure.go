package load

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

// Target is a server that is asked for pages.
type Target struct {
	Addr  string // host:port
	Token string // bearer token; "": none
	// Cookie is the header of a browser that is signed in; "": none.
	Cookie string
	Paths  []string // asked for in turn, each connection from a place of its own
	// Pause is how long a connection waits on average before it asks again, for
	// people read: between half and one and a half times of it, or all
	// connections would soon ask at the same moment.
	Pause time.Duration
}

// Result is how a target answered.
type Result struct {
	Requests int
	Bytes    int64 // of all bodies
	PerSec   float64
	P50, P99 time.Duration
	// CPU is processor time a request, of asking and of answering when both run
	// in this process. Unlike PerSec it means something beside other work.
	CPU time.Duration
}

// Measure asks a target over kept-alive connections, each of which asks again
// as soon as it has its answer, for a time. An answer other than 200 ends it
// with an error.
func Measure(ctx context.Context, t Target, connections int, d time.Duration) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	client := &fasthttp.HostClient{Addr: t.Addr, MaxConns: connections, ReadTimeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	workers := make([]worker, connections)
	began, used := time.Now(), CPUTime()
	var wait sync.WaitGroup
	for i := range workers {
		workers[i].next = i * 7919
		wait.Go(func() { workers[i].run(ctx, client, t) })
	}
	wait.Wait()
	r, err := sum(workers, time.Since(began))
	if r.Requests > 0 {
		r.CPU = (CPUTime() - used) / time.Duration(r.Requests)
	}
	return r, err
}

// worker is one connection.
type worker struct {
	next  int
	took  []time.Duration
	bytes int64
	err   error
}

func (w *worker) run(ctx context.Context, client *fasthttp.HostClient, t Target) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	if t.Token != "" {
		req.Header.Set("Authorization", "Bearer "+t.Token)
	}
	if t.Cookie != "" {
		req.Header.Set("Cookie", t.Cookie)
	}
	w.took = make([]time.Duration, 0, 1<<14)
	for ctx.Err() == nil {
		req.SetRequestURI("http://" + t.Addr + t.Paths[w.next%len(t.Paths)])
		w.next++
		began := time.Now()
		if w.err = client.Do(req, res); w.err != nil {
			return
		}
		w.took = append(w.took, time.Since(began))
		if res.StatusCode() != fasthttp.StatusOK {
			w.err = fmt.Errorf("%s answers %d: %.200s", req.URI(), res.StatusCode(), res.Body())
			return
		}
		w.bytes += int64(len(res.Body()))
		if t.Pause > 0 {
			select {
			case <-ctx.Done():
			case <-time.After(t.Pause/2 + rand.N(t.Pause)):
			}
		}
	}
}

func sum(workers []worker, took time.Duration) (r Result, err error) {
	var all []time.Duration
	for _, w := range workers {
		if w.err != nil {
			return r, w.err
		}
		all, r.Bytes = append(all, w.took...), r.Bytes+w.bytes
	}
	slices.Sort(all)
	r.Requests, r.PerSec = len(all), float64(len(all))/took.Seconds()
	r.P50, r.P99 = percentile(all, 50), percentile(all, 99)
	return r, nil
}

// percentile is the nearest rank of sorted values; 0 of none.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(0, (len(sorted)*p+99)/100-1)]
}

// Case is one kind of page, asked of the product and of the floor.
type Case struct {
	Name         string
	Product, Bar Target
}

// Row is what was measured of a case: the better of several rounds of each.
type Row struct {
	Name         string
	Product, Bar Result
}

// Ratio is the product's requests a second over the floor's.
func (r Row) Ratio() float64 {
	if r.Bar.PerSec == 0 {
		return 0
	}
	return r.Product.PerSec / r.Bar.PerSec
}

// CPURatio is the floor's processor time a request over the product's.
func (r Row) CPURatio() float64 {
	if r.Product.CPU == 0 {
		return 0
	}
	return float64(r.Bar.CPU) / float64(r.Product.CPU)
}

// Like tells whether both measured pages of about the same length, so that their
// times may be compared: a small set does not fill each page.
func (r Row) Like(other Row) bool {
	a, b := r.Product.mean(), other.Product.mean()
	return a > 0 && b > 0 && max(a, b) <= min(a, b)*5/4
}

// mean is the length of a body in bytes.
func (r Result) mean() int64 { return r.Bytes / int64(max(1, r.Requests)) }

// Compare measures product and floor in turn, so that a machine that becomes
// slower does so for both.
func Compare(ctx context.Context, c Case, connections, rounds int, d time.Duration) (Row, error) {
	row := Row{Name: c.Name}
	for range rounds {
		for _, side := range []struct {
			t    Target
			best *Result
		}{{c.Bar, &row.Bar}, {c.Product, &row.Product}} {
			r, err := Measure(ctx, side.t, connections, d)
			if err != nil {
				return row, fmt.Errorf("%s: %w", c.Name, err)
			}
			if r.PerSec > side.best.PerSec {
				*side.best = r
			}
		}
	}
	return row, nil
}

// Table prints rows as people read them: requests a second, milliseconds, and
// microseconds of processor time a request.
func Table(rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-44s %6s %8s %8s %8s %7s   %8s %8s %8s %7s   %5s %9s\n", "page", "bytes", "req/s", "p50 ms", "p99 ms", "cpu µs",
		"floor", "p50 ms", "p99 ms", "cpu µs", "ratio", "cpu ratio")
	for _, r := range rows {
		fmt.Fprintf(&b, "%-44s %6d %s   %s   %5.2f %9.2f\n", r.Name, r.Product.mean(), r.Product.cells(), r.Bar.cells(), r.Ratio(), r.CPURatio())
	}
	return b.String()
}

func (r Result) cells() string {
	return fmt.Sprintf("%8.0f %8.2f %8.2f %7d", r.PerSec, ms(r.P50), ms(r.P99), r.CPU.Microseconds())
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
