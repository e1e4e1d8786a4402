package crm

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"cemigmas/crm/store"
)

// Node is a process that serves a store which others serve too.
type Node struct {
	ID     string    `json:"id"`
	Roles  []string  `json:"roles"`
	Beat   int64     `json:"beat"` // changes while the process lives
	SeenAt time.Time `json:"seenAt"`
}

// Nodes is the table of processes.
var Nodes = Table[Node]{
	In: &store.Collection{Name: "nodes"},
	ID: func(n *Node) string { return n.ID },
}

// nodeForgotten is after how long without a beat a node's row is deleted.
const nodeForgotten = time.Hour

// Presence tells other processes that this one lives, and counts them. It is
// for sharing work fairly and never for deciding who may: leases do that. A
// process lives while its beat changes, by the clock of who looks, so that
// clocks need not agree.
type Presence struct {
	svc  *Service
	self Node
	last time.Duration // a process that is silent so long is counted no more
	log  *slog.Logger

	mu    sync.Mutex
	other map[string]sight
}

type sight struct {
	roles   []string
	beat    int64
	changed time.Time // when the beat was seen to change, by this clock
}

// NewPresence makes the presence of a process. It beats three times within last.
func NewPresence(s *Service, node string, roles []string, last time.Duration, log *slog.Logger) *Presence {
	return &Presence{svc: s, self: Node{ID: node, Roles: roles}, last: last, log: log, other: map[string]sight{}}
}

// Count is how many processes with a role live, this one included if it has it.
func (p *Presence) Count(role string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	if slices.Contains(p.self.Roles, role) {
		n++
	}
	for _, o := range p.other {
		if slices.Contains(o.roles, role) && time.Since(o.changed) < p.last {
			n++
		}
	}
	return n
}

// Run beats until ctx ends, then takes this process from the list.
func (p *Presence) Run(ctx context.Context) {
	tick := time.NewTicker(p.last / 3)
	defer tick.Stop()
	for {
		if err := p.beat(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("nodes: cannot tell that this one lives", "err", err)
		}
		select {
		case <-ctx.Done():
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), newsWrite)
			defer cancel()
			_ = p.svc.Apply(ctx, store.Delete{In: Nodes.In, ID: p.self.ID, Version: -1}) // else it falls silent
			return
		case <-tick.C:
		}
	}
}

// beat writes this process's row and reads the others'.
func (p *Presence) beat(ctx context.Context) error {
	p.self.Beat++
	p.self.SeenAt = p.svc.Now()
	gone := store.Delete{In: Nodes.In, ID: p.self.ID, Version: -1}
	if err := p.svc.Apply(ctx, gone, Nodes.Put(&p.self)); err != nil {
		return err
	}
	return p.see(ctx)
}

func (p *Presence) see(ctx context.Context) error {
	now, there := time.Now(), map[string]bool{}
	var dead []store.Change
	for n, err := range Nodes.All(ctx, p.svc.store, store.Query{}) {
		if err != nil {
			return err
		}
		if n.ID == p.self.ID {
			continue
		}
		there[n.ID] = true
		if silent := p.sighted(n, now); silent > nodeForgotten {
			dead = append(dead, store.Delete{In: Nodes.In, ID: n.ID, Version: -1})
		}
	}
	p.mu.Lock()
	for id := range p.other {
		if !there[id] {
			delete(p.other, id)
		}
	}
	p.mu.Unlock()
	return p.svc.Apply(ctx, dead...)
}

// sighted notes a row and answers for how long its beat has not changed.
func (p *Presence) sighted(n Node, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	o, known := p.other[n.ID]
	if !known || o.beat != n.Beat {
		p.other[n.ID] = sight{n.Roles, n.Beat, now}
		return 0
	}
	return now.Sub(o.changed)
}
