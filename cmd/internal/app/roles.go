package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// What a node does. A node without RoleWeb still answers /healthz and /readyz,
// for whoever watches it.
const (
	RoleWeb  = "web"  // pages and API
	RoleSync = "sync" // follows mailboxes, files mail again
	RoleJobs = "jobs" // imports, reports, the daily pass, sweeping
)

// AllRoles are the roles of a node that is the only one.
var AllRoles = []string{RoleWeb, RoleSync, RoleJobs}

// ParseRoles reads a list such as web,jobs; an empty one is all roles.
func ParseRoles(list string) ([]string, error) {
	var out []string
	for _, r := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if !slices.Contains(AllRoles, r) {
			return nil, fmt.Errorf("a node's roles are %s, not %q", strings.Join(AllRoles, ", "), r)
		}
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return AllRoles, nil
	}
	return out, nil
}

func (a *App) has(role string) bool { return slices.Contains(a.Roles, role) }

// shared reports whether other nodes may serve the same store: a SQLite file
// has one.
func (a *App) shared() bool { return isMongo(a.Store) }

// defaultLease is for how long work stays with a node that does not answer.
const defaultLease = 30 * time.Second

// openNews connects this process with the others on the store. A SQLite file
// has one server, whose pages hear of its work in the process; other verbs
// beside it write what they did, for it to read.
func (a *App) openNews(ctx context.Context) {
	a.news = crm.NewFeed(a.Service, a.owner, a.Log)
	a.news.Waker, _ = a.store.(store.Watcher)
	if a.Exclusive && !a.shared() {
		return
	}
	a.news.Collect()
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	written := make(chan struct{})
	go func() { defer close(written); a.news.Write(ctx) }()
	a.endNews = func() { stop(); <-written }
}

// openPresence lets nodes count each other, to share mailboxes.
func (a *App) openPresence() {
	if !a.shared() || !a.Exclusive {
		return
	}
	a.presence = crm.NewPresence(a.Service, a.owner, a.Roles, a.Lease, a.Log)
	a.Mail.Engines = func() int { return a.presence.Count(RoleSync) }
}

// work begins what this node's roles are.
func (a *App) work(ctx context.Context) {
	a.background(ctx, a.news.Read)
	if a.presence != nil {
		a.background(ctx, a.presence.Run)
	}
	if a.has(RoleSync) {
		a.background(ctx, a.Mail.Run)
	}
	if a.has(RoleJobs) {
		a.background(ctx, a.Jobs.Run)
		a.background(ctx, a.sweep)
		a.background(ctx, a.newDay)
		a.background(ctx, a.chores)
		a.background(ctx, a.cleanBlobs)
	}
	if !a.shared() && len(a.Roles) < len(AllRoles) {
		a.Log.Warn("app: a SQLite file is served by one process, and this one does not do everything: "+
			"mail needs the role sync, imports and reports need jobs, pages need web", "roles", a.Roles)
	}
}

// under does something on one node at a time. It does nothing while another
// node does it; when that one is killed, its lease runs out and this one may.
func (a *App) under(ctx context.Context, name string, do func(context.Context, *crm.Service) error) error {
	lease, err := a.store.Lease(ctx, name, a.owner, a.Lease)
	if store.CodeOf(err) == store.CodeConflict {
		return nil
	}
	if err != nil {
		return err
	}
	held, done := store.Keep(ctx, a.store, lease, a.Lease)
	defer done()
	return do(held, a.Service.Under(lease))
}
