package mongotest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
)

// TraceVariable, set, makes every test tell at its end what it asked of the
// server: how often each command was sent to each collection, and the time that
// the answers took.
const TraceVariable = "CEMIGMAS_TEST_TRACE"

// Trace counts commands; it is a driver's monitor.
type Trace struct {
	mu    sync.Mutex
	open  map[int64]string // request to kind
	kinds map[string]*Cost
}

// Cost is what the commands of one kind took.
type Cost struct {
	Kind     string // "find ledger"
	Commands int
	Time     time.Duration // of all answers
	Longest  time.Duration
}

// NewTrace returns a Trace that tells t's log at its end where TraceVariable
// asks for it, else nil.
func NewTrace(t testing.TB) *event.CommandMonitor {
	if os.Getenv(TraceVariable) == "" {
		return nil
	}
	trace := &Trace{}
	t.Cleanup(func() { t.Log("asked of the server:\n" + trace.String()) })
	return trace.Monitor()
}

// Monitor is what a client's options take.
func (tr *Trace) Monitor() *event.CommandMonitor {
	return &event.CommandMonitor{
		Started: func(_ context.Context, e *event.CommandStartedEvent) {
			tr.started(e.RequestID, e.CommandName, e.Command)
		},
		Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) {
			tr.ended(e.RequestID, e.Duration)
		},
		Failed: func(_ context.Context, e *event.CommandFailedEvent) { tr.ended(e.RequestID, e.Duration) },
	}
}

func (tr *Trace) started(id int64, name string, command bson.Raw) {
	kind := name
	if collection, ok := command.Lookup(name).StringValueOK(); ok {
		kind += " " + collection
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.open == nil {
		tr.open, tr.kinds = map[int64]string{}, map[string]*Cost{}
	}
	tr.open[id] = kind
}

func (tr *Trace) ended(id int64, took time.Duration) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	kind := tr.open[id]
	delete(tr.open, id)
	c := tr.kinds[kind]
	if c == nil {
		c = &Cost{Kind: kind}
		tr.kinds[kind] = c
	}
	c.Commands++
	c.Time += took
	c.Longest = max(c.Longest, took)
}

// Costs are what was asked so far, the dearest kind first.
func (tr *Trace) Costs() []Cost {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	var list []Cost
	for _, c := range tr.kinds {
		list = append(list, *c)
	}
	slices.SortFunc(list, func(a, b Cost) int {
		if d := int(b.Time - a.Time); d != 0 {
			return d
		}
		return strings.Compare(a.Kind, b.Kind)
	})
	return list
}

// String is a line for each kind, and one for all.
func (tr *Trace) String() string {
	var lines strings.Builder
	all := Cost{Kind: "all"}
	line := func(c Cost) {
		fmt.Fprintf(&lines, "%-28s %6d  %9.1f ms  %7.2f each  %8.1f longest\n", c.Kind, c.Commands, ms(c.Time), ms(c.Time)/float64(max(c.Commands, 1)), ms(c.Longest))
	}
	for _, c := range tr.Costs() {
		line(c)
		all.Commands, all.Time, all.Longest = all.Commands+c.Commands, all.Time+c.Time, max(all.Longest, c.Longest)
	}
	line(all)
	return lines.String()
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
