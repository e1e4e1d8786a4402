package load_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"cemigmas/cmd/internal/app"
	"cemigmas/cmd/internal/demo"
	"cemigmas/cmd/internal/load"
	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/crm/store"
)

const (
	connections = 64
	rounds      = 3
	lasting     = 2 * time.Second
)

// BenchmarkSpeed measures the API against its floor on reference sets of the
// sizes in CEMIGMAS_BENCH_CLIENTS ("2000,20000"; 2000 when not set). The sets
// are kept in CEMIGMAS_BENCH_DIR, if set, and filled only once. It runs once
// whatever the benchmark's count is: -benchtime 1x.
func BenchmarkSpeed(b *testing.B) {
	sizes := os.Getenv("CEMIGMAS_BENCH_CLIENTS")
	if sizes == "" {
		sizes = "2000"
	}
	dir := os.Getenv("CEMIGMAS_BENCH_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	var before []load.Row
	for _, size := range strings.Split(sizes, ",") {
		clients, err := strconv.Atoi(size)
		if err != nil || clients <= 1000 {
			b.Fatalf("CEMIGMAS_BENCH_CLIENTS=%s: a reference set has more than 1000 clients", sizes)
		}
		rows := measure(b, filepath.Join(dir, size), clients)
		fmt.Printf("\n%d clients, %d connections, best of %d rounds of %s\n%s", clients, connections, rounds, lasting, load.Table(rows))
		report(b, rows, before)
		before = rows
	}
}

func report(b *testing.B, rows, before []load.Row) {
	worst := rows[0]
	for i, r := range rows {
		if r.Ratio() < worst.Ratio() {
			worst = r
		}
		if before != nil && r.Like(before[i]) {
			fmt.Printf("%-44s p99 %.2f times that of the smaller set\n", r.Name, float64(r.Product.P99)/float64(before[i].Product.P99))
		}
	}
	b.ReportMetric(worst.Ratio(), "lowest-ratio")
	b.ReportMetric(rows[0].Product.PerSec, "timeline/s")
}

// measure opens an App on a reference set and compares page by page.
func measure(b *testing.B, dir string, clients int) []load.Row {
	b.Helper()
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{Data: dir, Addr: "127.0.0.1:0", Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	began := time.Now()
	switch _, err := a.FillDemo(ctx, clients); {
	case err == nil:
		fmt.Printf("\n%d clients filled in %s\n", clients, time.Since(began).Round(time.Millisecond))
	case !errors.Is(err, demo.ErrFilled):
		b.Fatal(err)
	}
	if err := a.Start(ctx); err != nil {
		b.Fatal(err)
	}
	settle(b, a)
	floor, err := load.OpenFloor(filepath.Join(dir, "cemigmas.db"), load.Queries)
	if err != nil {
		b.Fatal(err)
	}
	defer floor.Close()
	var rows []load.Row
	for _, c := range cases(b, a, floor) {
		if !strings.Contains(c.Name, os.Getenv("CEMIGMAS_BENCH_ONLY")) {
			continue
		}
		row, err := load.Compare(ctx, c, connections, rounds, lasting)
		if err != nil {
			b.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// settle waits until the program has brought its figures up to date, as it does
// once a day: a page would be measured beside that, and its floor too.
func settle(b *testing.B, a *app.App) {
	b.Helper()
	began := time.Now()
	for {
		done, err := settled(a)
		if err != nil {
			b.Fatal(err)
		}
		if done {
			break
		}
		if time.Since(began) > 20*time.Minute {
			b.Fatal("the figures of the day are not done after 20 minutes")
		}
		time.Sleep(200 * time.Millisecond)
	}
	if took := time.Since(began).Round(time.Second); took > 0 {
		fmt.Printf("\nfigures of the day after %s\n", took)
	}
}

// settled tells whether the figures of the day and the benchmarks that are drawn
// from them are there.
func settled(a *app.App) (bool, error) {
	ctx := context.Background()
	mark, err := crm.Marks.Get(ctx, a.Service.Store(), crm.MarkDay)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return false, nil
	}
	if err != nil || mark.Value != a.Service.Today() {
		return false, err
	}
	due, err := a.Service.BenchmarksDue(ctx)
	return !due, err
}

// cases are the pages that are measured, each as somebody who may see it.
func cases(b *testing.B, a *app.App, floor *load.Floor) []load.Case {
	agent, rural := user(b, a, crm.RoleAgent, "metallurgy"), user(b, a, crm.RoleAgent, "agri")
	admin, manager := user(b, a, crm.RoleAdmin, ""), user(b, a, crm.RoleManager, "")
	own := clientsOf(b, a, store.Query{Where: []store.Cond{store.Is("agent", agent.ID)}, Sort: []string{"name"}})
	all := clientsOf(b, a, store.Query{})
	addr := strings.TrimPrefix(a.URL(), "http://")
	one := func(u crm.User, name string, product, bar []string) load.Case {
		return load.Case{Name: name, Product: load.Target{Addr: addr, Token: token(b, a, u), Paths: product},
			Bar: load.Target{Addr: floor.Addr(), Paths: bar}}
	}
	timeline := func(ids []string, kind string) (product, bar []string) {
		for _, id := range ids {
			p, q := "/api/v1/clients/"+id+"/timeline?limit=50", load.TimelineQuery.Path(id)
			if kind != "" {
				p, q = p+"&kind="+kind, load.KindQuery.Path(id, kind)
			}
			product, bar = append(product, p), append(bar, q)
		}
		return product, bar
	}
	list := func(sector, sort string, bar load.Query, of string) ([]string, []string) {
		return []string{"/api/v1/clients?limit=50&sector=" + sector + "&sort=" + sort}, []string{bar.Path(slices.DeleteFunc([]string{of, sector}, func(s string) bool { return s == "" })...)}
	}
	p1, f1 := timeline(own, "")
	p2, f2 := timeline(own, crm.KindCall)
	p3, f3 := timeline(all, "")
	p4, f4 := list("metallurgy", "lastContact", load.AgentQuery, agent.ID)
	p5, f5 := list("metallurgy", "contracted", load.TeamQuery, manager.Team)
	p6, f6 := list("agri", "lastContact", load.AgentQuery, rural.ID)
	p7, f7 := list("metallurgy", "contracted", load.SectorQuery, "")
	p8, f8 := []string{"/api/v1/clients?limit=10&sector=metallurgy&sort=lastContact"}, []string{load.TenQuery.Path(agent.ID, "metallurgy")}
	return []load.Case{
		one(agent, "timeline of 50, agent's clients", p1, f1),
		one(agent, "timeline of 50, calls only", p2, f2),
		one(admin, "timeline of 50, any client, admin", p3, f3),
		one(agent, "clients of a sector by last contact, agent", p4, f4),
		one(manager, "clients of a sector by demand, manager", p5, f5),
		one(rural, "the same of rural holders, CPFs masked", p6, f6),
		one(admin, "clients of a sector by demand, admin", p7, f7),
		one(agent, "ten of a sector by last contact, agent", p8, f8),
	}
}

// token signs a user in to the API.
func token(b *testing.B, a *app.App, u crm.User) string {
	b.Helper()
	tokens, err := a.Auth.Issue(context.Background(), u, auth.Device{})
	if err != nil {
		b.Fatal(err)
	}
	return tokens.Token
}

// user is the first by name who has the role and, if one is named, the sector.
func user(b *testing.B, a *app.App, role crm.Role, sector string) crm.User {
	b.Helper()
	for u, err := range crm.Users.All(context.Background(), a.Service.Store(), store.Query{Where: []store.Cond{store.Is("role", string(role))}, Sort: []string{"name"}}) {
		if err != nil {
			b.Fatal(err)
		}
		if sector == "" || slices.Contains(u.Sectors, sector) {
			return u
		}
	}
	b.Fatalf("the set has no %s of %q", role, sector)
	return crm.User{}
}

// clientsOf are ids in an order that has nothing to do with that on disk.
func clientsOf(b *testing.B, a *app.App, q store.Query) (ids []string) {
	b.Helper()
	for c, err := range crm.Clients.All(context.Background(), a.Service.Store(), q) {
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, c.ID)
	}
	out := make([]string, len(ids))
	for i := range ids {
		out[i] = ids[i*7919%len(ids)]
	}
	return out
}
