package sqlite

import (
	"context"
	"path/filepath"
	"testing"

	"cemigmas/crm/store"
	"cemigmas/crm/store/storetest"
)

func open(t testing.TB, schema []*store.Collection, set ...func(*Options)) *Store {
	t.Helper()
	o := Options{Path: filepath.Join(t.TempDir(), "store.db"), Schema: schema}
	for _, f := range set {
		f(&o)
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, schema []*store.Collection) store.Store { return open(t, schema) })
}
