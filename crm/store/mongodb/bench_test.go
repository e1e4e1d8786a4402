package mongodb_test

import (
	"context"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/storetest"
)

// BenchmarkStore has 20,000 documents: the protocol double scans without
// indexes, so that its figures tell the driver's share only.
func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B, schema []*store.Collection) store.Store {
		s, err := mongodb.Open(context.Background(), mongodb.Options{
			URI: mongotest.URI(b), Schema: schema, AllowNoTransactions: !mongotest.Real(),
		})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}, storetest.Size{Clients: 1000, Entries: 19_000})
}
