package crm_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"cemigmas/crm"
)

func TestCPFIsMaskedInLists(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	c := crm.Client{ID: h.NewID(), Name: `Fazenda "taxId":"falsa"`, TaxKind: crm.TaxCPF, TaxID: "52998224725", Agent: h.ana.UserID, Team: h.ana.Team, CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Clients.Put(&c))
	rows, err := h.ClientRows(ctx, h.ana, crm.ClientQuery{})
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, r := range rows.Items {
		all += string(r)
	}
	if strings.Contains(all, c.TaxID) || !strings.Contains(all, `"taxId":"***.982.247-**"`) {
		t.Errorf("rows are %s", all)
	}
	list, _, err := h.ClientList(ctx, h.ana, crm.ClientQuery{Q: "fazenda"})
	if err != nil || len(list) != 1 || list[0].TaxID != "***.982.247-**" {
		t.Errorf("list is %+v, %v", list, err)
	}
	if one, err := h.Client(ctx, h.ana, c.ID); err != nil || one.TaxID != c.TaxID {
		t.Errorf("the record itself shows %q, %v", one.TaxID, err)
	}
	if list, _, _ := h.ClientList(ctx, h.ana, crm.ClientQuery{Q: c.TaxID}); len(list) != 0 {
		t.Error("a CPF is found by its number")
	}
}

// A driver makes room for a page from the page before; a list without rows
// after one with rows is still an array.
func TestEmptyListAfterAFullOneIsAnArray(t *testing.T) {
	h := newHouse(t)
	c := crm.Client{ID: h.NewID(), Name: "Laminados", Agent: h.ana.UserID, Team: h.ana.Team, CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Clients.Put(&c))
	for _, q := range []string{"laminados", "nobody", "laminados", "nobody"} {
		rows, err := h.ClientRows(context.Background(), h.ana, crm.ClientQuery{Q: q})
		if err != nil {
			t.Fatal(err)
		}
		var items []crm.Client
		if err := json.Unmarshal(rows.Items, &items); err != nil {
			t.Errorf("%q answers %q: %v", q, rows.Items, err)
		}
		if found := q == "laminados"; (len(items) == 1) != found {
			t.Errorf("%q finds %d clients", q, len(items))
		}
	}
}

// A filter that is passed over looks like an answer: an agent who asks for
// another's clients finds none, a manager and the agent itself find them.
func TestClientsOfAnAgent(t *testing.T) {
	h := newHouse(t)
	c := crm.Client{ID: h.NewID(), Name: "Laminados", Agent: h.ana.UserID, Team: h.ana.Team, CreatedAt: h.now, UpdatedAt: h.now}
	h.put(t, crm.Clients.Put(&c))
	for _, q := range []struct {
		who   crm.Actor
		agent string
		want  int
	}{{h.ana, "", 1}, {h.ana, h.ana.UserID, 1}, {h.ana, "u-else", 0}, {h.ana, "nobody", 0}, {h.manager, h.ana.UserID, 1}, {h.manager, "u-else", 0}} {
		for _, words := range []string{"laminados", "lam"} {
			ask := crm.ClientQuery{Agent: q.agent, Q: words}
			list, _, err := h.ClientList(context.Background(), q.who, ask)
			if err != nil || len(list) != q.want {
				t.Errorf("%s asks for %q of %q: %d clients, %v", q.who.UserID, words, q.agent, len(list), err)
			}
			if n, err := h.CountClients(context.Background(), q.who, ask, 10); err != nil || n != q.want {
				t.Errorf("%s counts %q of %q: %d, %v", q.who.UserID, words, q.agent, n, err)
			}
		}
	}
}
