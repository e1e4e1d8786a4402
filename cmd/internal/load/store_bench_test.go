package load

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

const (
	asked     = 2000    // questions of a kind
	inserted  = 100_000 // entries
	perClient = 100     // of them
)

// BenchmarkStore asks the driver itself, as the program does: median and 99th
// percentile of each kind of question on the file of CEMIGMAS_BENCH_FILE (which
// is only read; without it a set of 300 clients is made), and batches of
// timeline entries into a new file. -benchtime 1x.
func BenchmarkStore(b *testing.B) {
	b.Run("ask", func(b *testing.B) {
		st := filled(b)
		clients := clientIDs(b, st)
		for _, k := range kinds(st, clients) {
			first := measureKind(b, k)
			times := measureKind(b, k)
			fmt.Printf("%-44s p50 %8.3f ms  p99 %8.3f ms   the first time p50 %8.3f ms  p99 %8.3f ms\n", k.name,
				ms(percentile(times, 50)), ms(percentile(times, 99)), ms(percentile(first, 50)), ms(percentile(first, 99)))
			if k.name == "timeline page" {
				b.ReportMetric(ms(percentile(times, 50)), "page-p50-ms")
				b.ReportMetric(ms(percentile(times, 99)), "page-p99-ms")
			}
		}
	})
	insert(b, "insert sorted by client", func(n int) (client, at int) { return n / perClient, n % perClient })
	insert(b, "insert in time order", func(n int) (client, at int) { return n * 7919 % (inserted / perClient), n })
}

// measureKind returns how long the questions of a kind took, sorted. They are the same
// ones each time: the first round also pays for what the disk has to bring.
func measureKind(b *testing.B, k kind) []time.Duration {
	times := make([]time.Duration, 0, asked)
	for n := 0; n < asked && (n < 20 || k.often); n++ {
		began := time.Now()
		if err := k.ask(b.Context(), n); err != nil {
			b.Fatal(k.name, err)
		}
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	return times
}

func filled(b *testing.B) store.Store {
	if path := os.Getenv("CEMIGMAS_BENCH_FILE"); path != "" {
		return openSQLite(b, path).Store()
	}
	svc := openSQLite(b, filepath.Join(b.TempDir(), "bench.db"))
	if _, err := Reference(b.Context(), svc, Options{Seed: 1, Clients: 300, Today: "2026-11-22"}); err != nil {
		b.Fatal(err)
	}
	return svc.Store()
}

// clientIDs are some ids from all over the collection.
func clientIDs(b *testing.B, st store.Store) (ids []string) {
	every := 0
	for c, err := range crm.Clients.All(b.Context(), st, store.Query{}) {
		if err != nil {
			b.Fatal(err)
		}
		if every++; every%7 == 0 {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

type kind struct {
	name  string
	often bool
	ask   func(ctx context.Context, n int) error
}

func kinds(st store.Store, clients []string) []kind {
	id := func(n int) string { return clients[n*7919%len(clients)] }
	find := func(q store.Query) error { _, err := st.Find(context.Background(), q); return err }
	agentOf := func(ctx context.Context, n int) (string, error) {
		c, err := crm.Clients.Get(ctx, st, id(n%20))
		return c.Agent, err
	}
	return []kind{
		{"get of a client", true, func(ctx context.Context, n int) error {
			_, err := st.Get(ctx, crm.Clients.In, id(n))
			return err
		}},
		{"timeline page", true, func(_ context.Context, n int) error {
			return find(store.Query{In: crm.Timeline.In, Where: []store.Cond{store.Is("client", id(n))}, Sort: []string{"-planned", "-at"}, Limit: 50, Bare: true})
		}},
		{"clients of an agent by name", true, func(ctx context.Context, n int) error {
			agent, err := agentOf(ctx, n)
			if err != nil {
				return err
			}
			return find(store.Query{In: crm.Clients.In, Where: []store.Cond{store.Is("agent", agent)}, Sort: []string{"name"}, Bare: true})
		}},
		{"the same, of two sectors", true, func(ctx context.Context, n int) error {
			agent, err := agentOf(ctx, n)
			if err != nil {
				return err
			}
			return find(store.Query{In: crm.Clients.In, Where: []store.Cond{store.Is("agent", agent), store.Any("sector", "metallurgy", "agri")}, Sort: []string{"name"}, Bare: true})
		}},
		{"search", true, func(_ context.Context, n int) error {
			return find(store.Query{In: crm.Clients.In, Words: []string{strings.ToLower(string(rune('a' + n%26)))}, Sort: []string{"name"}})
		}},
		{"tally of all clients by sector and agent", false, func(ctx context.Context, _ int) error {
			_, err := st.Tally(ctx, store.Tally{In: crm.Clients.In, By: []string{"sector", "agent"}})
			return err
		}},
	}
}

// insert stores entries of the size of the reference set's, in Applies of the
// size that fills it. The figure by the processor's time is that of an idle
// machine.
func insert(b *testing.B, name string, place func(n int) (client, at int)) {
	b.Run(name, func(b *testing.B) {
		st := openSQLite(b, filepath.Join(b.TempDir(), "insert.db")).Store()
		base := time.Date(2026, 1, 2, 8, 0, 0, 0, time.UTC)
		changes := make([]store.Change, 0, inserted)
		for n := range inserted {
			client, at := place(n)
			e := crm.Entry{ID: fmt.Sprintf("e%09d", n), Client: fmt.Sprintf("c%07d", client), Kind: crm.KindCall,
				At: base.Add(time.Duration(at) * time.Minute), Text: strings.Repeat("Ligação sobre a fatura. ", 8)}
			changes = append(changes, crm.Timeline.Put(&e))
		}
		began, used := time.Now(), CPUTime()
		for part := range slices.Chunk(changes, batch) {
			if err := st.Apply(b.Context(), part...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(inserted/time.Since(began).Seconds(), "rows/s")
		b.ReportMetric(inserted/(CPUTime()-used).Seconds(), "rows/cpu-s")
	})
}
