package mongodb_test

import (
	"context"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/mongodb"
	"cemigmas/crm/store/mongodb/mongotest"
	"cemigmas/crm/store/storetest"
)

func open(t *testing.T, schema []*store.Collection) store.Store {
	t.Helper()
	s, err := mongodb.Open(context.Background(), mongodb.Options{
		URI: mongotest.URI(t), Schema: schema, AllowNoTransactions: !mongotest.Real(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestContract holds the driver to the port's contract: on a real deployment in
// full; on the protocol double without what needs updates that are atomic
// between connections. "All or none" holds there too: checks come before the
// first write, and what was written before a failed insert is taken back.
func TestContract(t *testing.T) {
	var o storetest.Options
	if !mongotest.Real() {
		o = storetest.Options{NoConcurrency: true, SumsWrap: true, Slow: testing.Short()}
	}
	storetest.Run(t, open, o)
}
