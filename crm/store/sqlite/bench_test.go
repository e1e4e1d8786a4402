package sqlite

import (
	"os"
	"strconv"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/storetest"
)

// BenchmarkStore takes the number of timeline entries from BENCH_ENTRIES.
func BenchmarkStore(b *testing.B) {
	entries, _ := strconv.Atoi(os.Getenv("BENCH_ENTRIES"))
	if entries == 0 {
		entries = 100_000
	}
	storetest.Bench(b, func(b *testing.B, schema []*store.Collection) store.Store { return open(b, schema) },
		storetest.Size{Clients: max(entries/100, 200), Entries: entries})
}
