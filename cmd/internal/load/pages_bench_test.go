package load_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
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

// atOnce is how many browsers ask at once, each again as soon as it is answered.
const atOnce = 16

// BenchmarkPages asks for the pages of a portfolio as browsers do, signed in as an
// agent, a manager and an admin, on the last reference set of
// CEMIGMAS_BENCH_CLIENTS (see BenchmarkSpeed). The worst figures are reported.
func BenchmarkPages(b *testing.B) {
	a, clients := lastSet(b)
	ctx := b.Context()
	if err := a.Start(ctx); err != nil {
		b.Fatal(err)
	}
	settle(b, a)
	var worst load.Result
	fmt.Printf("\n%d clients, %d browsers\n%-36s %-8s %8s %8s %8s %8s\n", clients, atOnce, "page", "as", "p50 ms", "p99 ms", "cpu ms", "bytes")
	for _, u := range []crm.User{user(b, a, crm.RoleAgent, "metallurgy"), user(b, a, crm.RoleManager, ""), user(b, a, crm.RoleAdmin, "")} {
		for _, page := range portfolioPages(b, a, u) {
			if !strings.Contains(page.name, os.Getenv("CEMIGMAS_BENCH_ONLY")) {
				continue
			}
			t := load.Target{Addr: strings.TrimPrefix(a.URL(), "http://"), Cookie: browser(b, a, u), Paths: page.paths}
			r, err := load.Measure(ctx, t, atOnce, time.Second)
			if err != nil {
				b.Fatal(page.name, err)
			}
			fmt.Printf("%-36s %-8s %8.2f %8.2f %8.2f %8d\n", page.name, u.Role, ms(r.P50), ms(r.P99), ms(r.CPU), r.Bytes/int64(r.Requests))
			worst.P50, worst.P99 = max(worst.P50, r.P50), max(worst.P99, r.P99)
		}
	}
	b.ReportMetric(ms(worst.P50), "worst-p50-ms")
	b.ReportMetric(ms(worst.P99), "worst-p99-ms")
}

// lastSet opens the last reference set of CEMIGMAS_BENCH_CLIENTS, of 2,000
// clients unless told, and fills it when it is empty.
func lastSet(b *testing.B) (a *app.App, clients int) {
	b.Helper()
	size, dir := "2000", os.Getenv("CEMIGMAS_BENCH_DIR")
	if list := os.Getenv("CEMIGMAS_BENCH_CLIENTS"); list != "" {
		size = list[strings.LastIndex(list, ",")+1:]
	}
	if dir == "" {
		dir = b.TempDir()
	}
	if _, err := fmt.Sscan(size, &clients); err != nil {
		b.Fatal(err)
	}
	a, err := app.Open(b.Context(), app.Config{Data: filepath.Join(dir, size), Addr: "127.0.0.1:0", Seed: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { a.Close() })
	if _, err := a.FillDemo(b.Context(), clients); err != nil && !errors.Is(err, demo.ErrFilled) {
		b.Fatal(err)
	}
	return a, clients
}

type portfolioPage struct {
	name  string
	paths []string
}

// portfolioPages are the lists, searches and records of a portfolio.
func portfolioPages(b *testing.B, a *app.App, u crm.User) []portfolioPage {
	ids := clientsOf(b, a, store.Query{Where: ownOf(u), Sort: []string{"name"}})
	if len(ids) > 400 {
		ids = ids[:400]
	}
	var records, places []string
	for _, id := range ids {
		records = append(records, "/clients/"+id)
	}
	for _, id := range ids[:min(len(ids), 40)] {
		q := store.Query{Where: []store.Cond{store.Is("client", id)}, Sort: []string{"name"}}
		for i, err := range crm.Installations.All(context.Background(), a.Service.Store(), q) {
			if err != nil {
				b.Fatal(err)
			}
			places = append(places, "/installations/"+i.ID)
		}
	}
	list := func(path string, values ...string) string {
		v := url.Values{}
		for pair := range slices.Chunk(values, 2) {
			v.Set(pair[0], pair[1])
		}
		return path + "?" + v.Encode()
	}
	return []portfolioPage{
		{"today", []string{"/"}},
		{"clients", []string{"/clients"}},
		{"clients of a sector by demand", []string{list("/clients", "sector", "metallurgy", "sort", "contracted")}},
		{"clients by three letters", []string{list("/clients", "q", "min"), list("/clients", "q", "san"), list("/clients", "q", "ind")}},
		{"search", []string{list("/search", "q", "min"), list("/search", "q", "hospital"), list("/search", "q", "são")}},
		{"a client", records},
		{"an installation", places},
		{"calendar", []string{"/calendar"}},
		{"money on the table", []string{"/money"}},
	}
}

// ownOf is what a user's own clients are found by.
func ownOf(u crm.User) []store.Cond {
	switch u.Role {
	case crm.RoleAgent:
		return []store.Cond{store.Is("agent", u.ID)}
	case crm.RoleManager:
		return []store.Cond{store.Is("team", u.Team)}
	}
	return nil
}

// browser signs a user in to the pages.
func browser(b *testing.B, a *app.App, u crm.User) string {
	b.Helper()
	token, err := a.Auth.OpenSession(context.Background(), u, auth.Device{})
	if err != nil {
		b.Fatal(err)
	}
	return "cemigmas=" + token
}
