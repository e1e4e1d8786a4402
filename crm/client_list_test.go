package crm_test

import (
	"context"
	"encoding/json"
	"slices"
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

// Clients are narrowed by what they are, where, and by their tags, alone and
// together.
func TestNarrowedClients(t *testing.T) {
	h := newHouse(t)
	for _, c := range []crm.Client{
		{Name: "Alfa", Tier: "A", Segment: "mv", Market: crm.MarketMixed, City: "Ipatinga", Tags: []string{"Forno a arco", "ESG"}},
		{Name: "Beta", Tier: "A", Segment: "public", Market: crm.MarketCaptive, City: "Ipatinga", Tags: []string{"forno"}},
		{Name: "Gama", Tier: "C", Segment: "mv", Market: crm.MarketCaptive, City: "Coronel Fabriciano", Tags: []string{"FORNO A ARCO"}},
	} {
		c.ID, c.Agent, c.Team, c.Status = h.NewID(), h.ana.UserID, h.ana.Team, "active"
		h.put(t, crm.Clients.Put(&c))
	}
	for _, c := range []struct {
		q    crm.ClientQuery
		want string
	}{
		{crm.ClientQuery{Tier: "A"}, "Alfa Beta"},
		{crm.ClientQuery{Segment: "mv"}, "Alfa Gama"},
		{crm.ClientQuery{Market: crm.MarketMixed}, "Alfa"},
		{crm.ClientQuery{City: "ipatinga", Sort: "contracted"}, "Alfa Beta"},
		{crm.ClientQuery{Tag: "forno a ARCO"}, "Alfa Gama"},
		{crm.ClientQuery{Tag: "forno"}, "Beta"},
		{crm.ClientQuery{Tag: "esg", Tier: "A", Q: "alf"}, "Alfa"},
		{crm.ClientQuery{Tag: "esg", Tier: "C"}, ""},
	} {
		for _, who := range []crm.Actor{h.ana, h.manager, h.admin} {
			list, _, err := h.ClientList(t.Context(), who, c.q)
			var got []string
			for _, c := range list {
				got = append(got, c.Name)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != c.want || err != nil {
				t.Errorf("%+v of %s: %v, %v; want %s", c.q, who.UserID, got, err, c.want)
			}
			if n, err := h.CountClients(t.Context(), who, c.q, 10); n != len(list) || err != nil {
				t.Errorf("%+v of %s: counted %d, %v", c.q, who.UserID, n, err)
			}
		}
	}
	if list, _, err := h.ClientList(t.Context(), h.rui, crm.ClientQuery{Tag: "esg"}); len(list) != 0 || err != nil {
		t.Errorf("another's: %v, %v", list, err)
	}
	for _, q := range []crm.ClientQuery{{Tier: "D"}, {Segment: "lv"}, {Market: "black"}} {
		if _, err := h.ClientRows(t.Context(), h.ana, q); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}
