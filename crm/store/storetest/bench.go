package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"cemigmas/crm/store"
)

// The shapes of the program's busiest collections.
var (
	benchClient = &store.Collection{
		Name: "bclient",
		Fields: []store.Field{
			{Name: "agent", Kind: store.String}, {Name: "acting", Kind: store.String}, {Name: "sector", Kind: store.String}, {Name: "name", Kind: store.String},
			{Name: "kw", Kind: store.Int}, {Name: "last", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"name"}}, {Fields: []string{"agent", "name"}}, {Fields: []string{"agent", "-last"}}, {Fields: []string{"acting", "name"}, Sparse: true},
			{Fields: []string{"sector", "agent", "kw"}},
		},
		Search: true,
	}
	benchEntry = &store.Collection{
		Name: "bentry",
		Fields: []store.Field{
			{Name: "client", Kind: store.String}, {Name: "at", Kind: store.Time}, {Name: "kind", Kind: store.String}, {Name: "agent", Kind: store.String},
		},
		Indexes: []store.Index{{Fields: []string{"client", "-at"}}, {Fields: []string{"agent", "-at"}}},
		Cluster: 1,
	}
	benchSchema = []*store.Collection{benchClient, benchEntry}
)

// Size of the benchmark's data.
type Size struct{ Clients, Entries int }

// Bench measures a driver on data of the given size, which it stores first.
func Bench(b *testing.B, open func(b *testing.B, schema []*store.Collection) store.Store, size Size) {
	s := open(b, benchSchema)
	defer s.Close()
	ctx := context.Background()
	load(b, s, size)
	clientID := func(n int) string { return fmt.Sprintf("c%07d", n*7919%size.Clients) }
	agent := func(n int) store.Cond { return store.Is("agent", fmt.Sprintf("a%02d", n%50)) }
	find := func(q func(n int) store.Query, want int) func(b *testing.B) {
		return func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				page, err := s.Find(ctx, q(n))
				if err != nil || len(page.Docs) < want {
					b.Fatalf("%d documents, %v", len(page.Docs), err)
				}
			}
		}
	}
	b.Run("get", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, err := s.Get(ctx, benchClient, clientID(n)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("timeline page", find(func(n int) store.Query {
		return store.Query{In: benchEntry, Where: []store.Cond{store.Is("client", clientID(n))}, Sort: []string{"-at"}}
	}, min(50, size.Entries/size.Clients)))
	b.Run("timeline page parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for n := 0; pb.Next(); n++ {
				if _, err := s.Find(ctx, store.Query{In: benchEntry, Where: []store.Cond{store.Is("client", clientID(n))}, Sort: []string{"-at"}}); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("list of an agent", find(func(n int) store.Query {
		return store.Query{In: benchClient, Where: []store.Cond{agent(n)}, Sort: []string{"name"}}
	}, min(50, size.Clients/50)))
	b.Run("list of a stand-in", find(func(n int) store.Query {
		return store.Query{In: benchClient, Where: []store.Cond{store.Either("agent", "acting", "a49")}, Sort: []string{"name"}}
	}, min(50, size.Clients/50)))
	b.Run("filtered list", find(func(n int) store.Query {
		return store.Query{In: benchClient, Where: []store.Cond{agent(n), store.Any("sector", "s03", "s04", "s05")}, Sort: []string{"name"}}
	}, 1))
	b.Run("search", find(func(n int) store.Query {
		return store.Query{In: benchClient, Words: []string{"textil", fmt.Sprintf("n%d", n%size.Clients)}, Where: nil}
	}, 1))
	b.Run("search one letter", find(func(n int) store.Query {
		return store.Query{In: benchClient, Words: []string{"t"}, Sort: []string{"name"}}
	}, 1))
	b.Run("count", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, err := s.Count(ctx, store.Query{In: benchClient, Where: []store.Cond{agent(n)}}, 1000); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("tally", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Tally(ctx, store.Tally{In: benchClient, By: []string{"sector", "agent"}, Sum: []string{"kw"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("insert single", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			apply(b, s, benchRow(size.Entries+n, "single", n))
		}
	})
	b.Run("insert batch by client", inserting(s, 2, func(n int) (string, int) { return fmt.Sprintf("z%07d", n/100), n % 100 }))
	b.Run("insert batch by time", inserting(s, 3, func(n int) (string, int) { return clientID(n), 1000 + n }))
}

// inserting stores batches of a thousand entries.
func inserting(s store.Store, run int, place func(n int) (client string, at int)) func(*testing.B) {
	const batch = 1000
	total := 0
	return func(b *testing.B) {
		for b.Loop() {
			changes := make([]store.Change, batch)
			for i := range changes {
				client, at := place(total)
				changes[i] = benchRow(run*100_000_000+total, client, at)
				total++
			}
			apply(b, s, changes...)
		}
		b.ReportMetric(float64(batch*b.N)/b.Elapsed().Seconds(), "rows/s")
	}
}

func benchRow(n int, client string, at int) store.Change {
	body := fmt.Appendf(nil, `{"id":"e%09d","kind":"call","at":"2026-03-01T12:30:15Z","who":"Ana Lima","text":"%s"}`, n, strings.Repeat("Ligação sobre a fatura. ", 12))
	return store.Put{In: benchEntry, Doc: store.Doc{ID: fmt.Sprintf("e%09d", n), Body: body,
		Keys: store.Keys{"client": client, "at": day(0).Add(time.Duration(at) * time.Minute), "kind": "call", "agent": fmt.Sprintf("a%02d", n%50)}}}
}

func load(b *testing.B, s store.Store, size Size) {
	var changes []store.Change
	flush := func(at int) {
		if len(changes) >= at {
			apply(b, s, changes...)
			changes = changes[:0]
		}
	}
	for n := range size.Clients {
		name := fmt.Sprintf("Tecelagem %d", n*7919%size.Clients)
		body := fmt.Appendf(nil, `{"id":"c%07d","name":%q,"about":"%s"}`, n, name, strings.Repeat("indústria têxtil ", 20))
		keys := store.Keys{"agent": fmt.Sprintf("a%02d", n%50), "sector": fmt.Sprintf("s%02d", n%13), "name": name,
			"kw": int64(n), "last": day(n % 400)}
		if n%50 == 0 {
			keys["acting"] = "a49" // stands in for the first agent
		}
		changes = append(changes, store.Put{In: benchClient, Doc: store.Doc{ID: fmt.Sprintf("c%07d", n), Body: body, Keys: keys,
			Words: []string{"tecelagem", "textil", fmt.Sprintf("n%d", n), fmt.Sprintf("uc%09d", n*31), "minas"}}})
		flush(2000)
	}
	per := size.Entries / size.Clients
	for n := range size.Entries {
		changes = append(changes, benchRow(n, fmt.Sprintf("c%07d", n/per), n%per))
		flush(2000)
	}
	flush(1)
}
