package app

import (
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

// TestServerHearsVerbsBesideIt: pages of the server on a SQLite file hear of
// what an import or a sync beside it did; what the server itself does costs no
// row, since no other process listens.
func TestServerHearsVerbsBesideIt(t *testing.T) {
	opentest.NeedsSQLite(t, "other stores always write news")
	a := node(t, Config{Roles: []string{RoleWeb}})
	rows := func() int {
		list, _, err := crm.NewsRows.Find(t.Context(), a.store, store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	events, stop := a.Service.Bus().Subscribe("client")
	defer stop()
	own := crm.Event{Kind: "client", ID: "own", Agent: "u"}
	a.Service.Bus().Publish(own)
	if e := <-events; e != own {
		t.Errorf("heard %+v", e)
	}
	verb, err := Open(t.Context(), Config{Data: a.Data})
	if err != nil {
		t.Fatal(err)
	}
	told := crm.Event{Kind: "client", ID: "imported", Agent: "u"}
	verb.Service.Bus().Publish(told)
	if err := verb.Close(); err != nil { // it ends like any verb, at once
		t.Fatal(err)
	}
	select {
	case e := <-events:
		if e != told {
			t.Errorf("heard %+v", e)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server never heard of it")
	}
	if n := rows(); n != 1 {
		t.Errorf("%d rows of news, not the verb's alone", n)
	}
}
