package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/storetest"
)

func open(t testing.TB, schema []*store.Collection) *Store {
	t.Helper()
	s, err := Open(context.Background(), Options{Path: filepath.Join(t.TempDir(), "store.db"), Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema []*store.Collection) store.Store { return open(t, schema) })
}
