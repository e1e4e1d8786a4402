package crm_test

import (
	"context"
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// A contract is found by its client and its installation, and put in order by
// them, and follows when they change.
func TestContractsAreFoundByWhatTheyBelongTo(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	add := func(c crm.Client, number, place, city, uc, start string, w int64) string {
		i := crm.Installation{ID: h.NewID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Name: place, UC: uc, City: city}
		k := crm.Contract{ID: h.NewID(), Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Kind: crm.ContractCUSD, Number: number, Modality: "verde",
			Start: start, TermMonths: 12, Renews: true, Schedule: []crm.DemandStep{{From: start[:7], SingleW: &w}}}
		h.put(t, crm.Installations.Put(&i), crm.Contracts.Put(&k))
		return i.ID
	}
	add(h.anasClient, "CUSD-1/2025", "Câmara fria", "Araguari", "000013479258028", "2025-06-12", 90_000)
	place := add(h.anasClient, "CUSD-2/2025", "Abate", "Uberlândia", "000013479258029", "2025-02-01", 1_200_000)
	add(h.ruisClient, "CUSD-3/2024", "Câmara hiperbárica", "Betim", "000013479258030", "2024-09-01", 300_000)
	if err := h.Recompute(ctx, h.anasClient.ID, h.ruisClient.ID); err != nil {
		t.Fatal(err)
	}
	find := func(a crm.Actor, q crm.RecordQuery) (out []string) {
		t.Helper()
		for q.Limit = 1; ; {
			list, next, err := h.ContractList(ctx, a, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, k := range list {
				out = append(out, k.Number)
			}
			if q.After = next; next == "" {
				return out
			}
		}
	}
	const one, two, three = "CUSD-1/2025", "CUSD-2/2025", "CUSD-3/2024"
	for _, c := range []struct {
		what string
		who  crm.Actor
		q    crm.RecordQuery
		want []string
	}{
		{"newest first", h.admin, crm.RecordQuery{}, []string{one, two, three}},
		{"most demand first", h.admin, crm.RecordQuery{Sort: "contracted"}, []string{two, three, one}},
		{"next notice first", h.admin, crm.RecordQuery{Sort: "notice"}, []string{one, two, three}},
		{"by the place, without accents", h.admin, crm.RecordQuery{Q: "CAM", Sort: "contracted"}, []string{three, one}},
		{"the own only", h.ana, crm.RecordQuery{Q: "cam"}, []string{one}},
		{"by a number with punctuation", h.ana, crm.RecordQuery{Q: "0000.134.792.580-29"}, []string{two}},
		{"another's by number", h.ana, crm.RecordQuery{Q: "000013479258030"}, nil},
		{"by the town", h.admin, crm.RecordQuery{Q: "uberlandia"}, []string{two}},
		{"by its own number", h.admin, crm.RecordQuery{Q: "cusd 3 2024"}, []string{three}},
	} {
		got := find(c.who, c.q)
		if c.q.Sort == "notice" { // the days are computed: only their order counts
			notice := []string{}
			for _, number := range got {
				k, err := crm.Contracts.First(ctx, h.Store(), store.Query{Where: []store.Cond{store.Is("installation", h.placeOf(t, number))}, Sort: []string{"kind", "start"}})
				if err != nil || k.NoticeOn == "" {
					t.Fatalf("%s: %+v, %v", number, k, err)
				}
				notice = append(notice, k.NoticeOn)
			}
			if len(got) != 3 || !slices.IsSorted(notice) {
				t.Errorf("%s: %q, %q", c.what, got, notice)
			}
			continue
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
	if n, err := h.CountContracts(ctx, h.admin, crm.RecordQuery{Q: "cam"}, 100); n != 2 || err != nil {
		t.Errorf("counted %d, %v", n, err)
	}

	before, err := h.Client(ctx, h.ana, h.anasClient.ID)
	if err != nil {
		t.Fatal(err)
	}
	newName, newPlace := "Zebu Alimentos", "Desossa"
	if _, err := h.EditClient(ctx, h.ana, before.ID, before.Version, crm.ClientPatch{Name: &newName}); err != nil {
		t.Fatal(err)
	}
	i, err := h.Installation(ctx, h.ana, place)
	if err != nil {
		t.Fatal(err)
	}
	k := h.contractsOf(t, place)[0]
	if _, err := h.EditInstallation(ctx, h.ana, place, i.Version, crm.InstallationPatch{Name: &newPlace}); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string][]string{"zebu": {one, two}, "desossa": {two}, "abate": nil} {
		if got := find(h.admin, crm.RecordQuery{Q: q}); !slices.Equal(got, want) {
			t.Errorf("%s finds %q, want %q", q, got, want)
		}
	}
	if now := h.contractsOf(t, place)[0]; now.Version != k.Version || now.ClientName != newName {
		t.Errorf("an open form of the contract is spoiled, or it does not know its client's name: %+v", now)
	}
}

func (h *house) contractsOf(t *testing.T, place string) []crm.Contract {
	t.Helper()
	list, err := h.InstallationContracts(context.Background(), h.admin, place)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d contracts, %v", len(list), err)
	}
	return list
}

// placeOf is the installation of a contract by its number.
func (h *house) placeOf(t *testing.T, number string) string {
	t.Helper()
	list, _, err := h.ContractList(context.Background(), h.admin, crm.RecordQuery{Q: number})
	if err != nil || len(list) != 1 {
		t.Fatalf("%s: %d contracts, %v", number, len(list), err)
	}
	return list[0].Installation
}
