package crm_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"cemigmas/crm"
)

type lister func(context.Context, crm.Actor, crm.RecordQuery) (crm.RawPage, error)

// names are the names of all pages of a list, read page by page.
func names(t *testing.T, list lister, a crm.Actor, q crm.RecordQuery) []string {
	t.Helper()
	var out []string
	for {
		page, err := list(context.Background(), a, q)
		if err != nil {
			t.Fatal(err)
		}
		var rows []struct{ Name string }
		if err := json.Unmarshal(page.Items, &rows); err != nil {
			t.Fatal(err)
		}
		if len(rows) > q.Limit {
			t.Fatalf("%d rows on a page of %d", len(rows), q.Limit)
		}
		for _, r := range rows {
			out = append(out, r.Name)
		}
		if q.After = page.Next; q.After == "" {
			return out
		}
	}
}

// places stores installations and people of both agents' clients.
func (h *house) places(t *testing.T) {
	t.Helper()
	add := func(c crm.Client, n int, name string, worst int64, notice string) {
		uc := fmt.Sprintf("%015d", n)
		i := crm.Installation{ID: h.NewID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Name: name, UC: uc, WorstTenths: worst, NoticeOn: notice}
		p := crm.Person{ID: h.NewID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Name: "Sr. " + name, Emails: []string{fmt.Sprintf("p%d@x.example", n)}}
		h.put(t, crm.Installations.Put(&i), crm.People.Put(&p))
	}
	add(h.anasClient, 13479258028, "Câmara fria", 900, "2026-12-01")
	add(h.anasClient, 13479258029, "Abate", 1200, "2026-11-01")
	add(h.anasClient, 13479258030, "Escritório", 300, "2027-01-01")
	add(h.ruisClient, 13479258031, "Câmara hiperbárica", 1100, "2026-10-20")
}

func TestInstallationList(t *testing.T) {
	h := newHouse(t)
	h.places(t)
	for _, c := range []struct {
		what string
		who  crm.Actor
		q    crm.RecordQuery
		want []string
	}{
		{"own, by name", h.ana, crm.RecordQuery{}, []string{"Abate", "Câmara fria", "Escritório"}},
		{"a team's", h.manager, crm.RecordQuery{}, []string{"Abate", "Câmara fria", "Escritório"}},
		{"all", h.admin, crm.RecordQuery{}, []string{"Abate", "Câmara fria", "Câmara hiperbárica", "Escritório"}},
		{"worst first", h.admin, crm.RecordQuery{Sort: "worst"}, []string{"Abate", "Câmara hiperbárica", "Câmara fria", "Escritório"}},
		{"next notice first", h.admin, crm.RecordQuery{Sort: "notice"}, []string{"Câmara hiperbárica", "Abate", "Câmara fria", "Escritório"}},
		{"three letters without accents", h.ana, crm.RecordQuery{Q: "CAM"}, []string{"Câmara fria"}},
		{"of all, worst first", h.admin, crm.RecordQuery{Q: "cam", Sort: "worst"}, []string{"Câmara hiperbárica", "Câmara fria"}},
		{"number with punctuation", h.ana, crm.RecordQuery{Q: "0000.134.792.580-29"}, []string{"Abate"}},
		{"another's by number", h.ana, crm.RecordQuery{Q: "000013479258031"}, nil},
		{"of an agent", h.admin, crm.RecordQuery{Agent: h.rui.UserID}, []string{"Câmara hiperbárica"}},
		{"another's by agent", h.ana, crm.RecordQuery{Agent: h.rui.UserID}, nil},
		{"another team's by agent", h.manager, crm.RecordQuery{Agent: h.rui.UserID}, nil},
	} {
		c.q.Limit = 2
		if got := names(t, h.InstallationRows, c.who, c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func TestPersonList(t *testing.T) {
	h := newHouse(t)
	h.places(t)
	for _, c := range []struct {
		what string
		who  crm.Actor
		q    crm.RecordQuery
		want []string
	}{
		{"own", h.ana, crm.RecordQuery{}, []string{"Sr. Abate", "Sr. Câmara fria", "Sr. Escritório"}},
		{"of an agent", h.admin, crm.RecordQuery{Agent: h.rui.UserID}, []string{"Sr. Câmara hiperbárica"}},
		{"by words", h.admin, crm.RecordQuery{Q: "camara"}, []string{"Sr. Câmara fria", "Sr. Câmara hiperbárica"}},
		{"another's", h.rui, crm.RecordQuery{Q: "abate"}, nil},
	} {
		c.q.Limit = 2
		if got := names(t, h.PersonRows, c.who, c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// Contracts are listed by their start; one whose start is not known is the
// oldest, and no filter of another list is taken.
func TestContractList(t *testing.T) {
	h := newHouse(t)
	add := func(c crm.Client, number, start, modality string) {
		k := crm.Contract{ID: h.NewID(), Client: c.ID, Installation: "i" + number, Agent: c.Agent, Team: c.Team, Kind: crm.ContractCUSD, Number: number, Start: start, Modality: modality, Market: crm.MarketCaptive}
		h.put(t, crm.Contracts.Put(&k))
	}
	add(h.anasClient, "1", "2025-03-01", "verde")
	add(h.anasClient, "2", "", "azul")
	add(h.anasClient, "3", "2026-01-01", "azul")
	add(h.ruisClient, "4", "2025-07-01", "verde")
	for _, c := range []struct {
		what string
		who  crm.Actor
		q    crm.RecordQuery
		want string
	}{
		{"own", h.ana, crm.RecordQuery{}, "312"},
		{"a team's", h.manager, crm.RecordQuery{Sort: "newest"}, "312"},
		{"all", h.admin, crm.RecordQuery{}, "3412"},
		{"of a modality", h.admin, crm.RecordQuery{Modality: "azul"}, "32"},
		{"of an agent", h.admin, crm.RecordQuery{Agent: h.rui.UserID}, "4"},
		{"of a market", h.ana, crm.RecordQuery{Market: crm.MarketFree}, ""},
	} {
		c.q.Limit = 2
		got := ""
		for {
			list, next, err := h.ContractList(context.Background(), c.who, c.q)
			if err != nil {
				t.Fatal(c.what, err)
			}
			for _, k := range list {
				got += k.Number
			}
			if c.q.After = next; next == "" {
				break
			}
		}
		if n, err := h.CountContracts(context.Background(), c.who, c.q, 3); got != c.want || err != nil || n != min(3, len(c.want)) {
			t.Errorf("%s: %q, want %q; counted %d, %v", c.what, got, c.want, n, err)
		}
	}
	for _, q := range []crm.RecordQuery{{Role: "legal"}, {Market: "black"}, {Sort: "name"}, {Kind: "lease"}, {City: "Betim"}, {Status: "active"}} {
		if _, err := h.ContractRows(context.Background(), h.ana, q); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// A sort of one list is none of another.
func TestUnknownSortIsRefused(t *testing.T) {
	h := newHouse(t)
	for what, list := range map[string]lister{"newest": h.InstallationRows, "worst": h.PersonRows} {
		if _, err := list(context.Background(), h.ana, crm.RecordQuery{Sort: what}); crm.CodeOf(err) != crm.CodeInvalid {
			t.Errorf("sort %s: %v", what, err)
		}
	}
}

// Each filter alone and with others, with words, in every order, counted alike;
// a name is found whatever its accents and case, and no more than the name.
func TestNarrowedLists(t *testing.T) {
	h := newHouse(t)
	place := func(of crm.Client, name, subgroup, modality, status, city string, watts int64) {
		i := crm.Installation{ID: h.NewID(), Client: of.ID, Agent: of.Agent, Team: of.Team, Name: name, Subgroup: subgroup, Modality: modality, Status: status,
			City: city, ContractedW: watts, Market: crm.MarketCaptive}
		h.put(t, crm.Installations.Put(&i))
	}
	place(h.anasClient, "P", "A4", "verde", "active", "São João del-Rei", 300_000)
	place(h.anasClient, "Q", "A4", "", "off", "São João", 200_000)
	place(h.anasClient, "R", "A2", "azul", "active", "São João del-Rei", 900_000)
	place(h.ruisClient, "S", "A4", "verde", "active", "São João del-Rei", 100_000)
	for _, c := range []struct {
		what string
		who  crm.Actor
		q    crm.RecordQuery
		want []string
	}{
		{"subgroup", h.ana, crm.RecordQuery{Subgroup: "A4"}, []string{"P", "Q"}},
		{"subgroup, most demand first", h.admin, crm.RecordQuery{Subgroup: "A4", Sort: "contracted"}, []string{"P", "Q", "S"}},
		{"no modality known", h.manager, crm.RecordQuery{Modality: "unknown"}, []string{"Q"}},
		{"switched off", h.admin, crm.RecordQuery{Status: "off"}, []string{"Q"}},
		{"city", h.admin, crm.RecordQuery{City: "SAO JOAO DEL-REI"}, []string{"P", "R", "S"}},
		{"city of the same beginning", h.ana, crm.RecordQuery{City: "são joão"}, []string{"Q"}},
		{"city, most demand first, on", h.ana, crm.RecordQuery{City: "São João del-Rei", Sort: "contracted", Status: "active"}, []string{"R", "P"}},
		{"city and words", h.admin, crm.RecordQuery{City: "São João del-Rei", Q: "s"}, []string{"P", "R", "S"}},
		{"city and a name", h.admin, crm.RecordQuery{City: "São João del-Rei", Q: "p"}, []string{"P"}},
		{"no city", h.admin, crm.RecordQuery{City: "—"}, nil},
	} {
		c.q.Limit = 2
		if got := names(t, h.InstallationRows, c.who, c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
		if n, err := h.CountInstallations(t.Context(), c.who, c.q, 10); n != len(c.want) || err != nil {
			t.Errorf("%s: counted %d of %d, %v", c.what, n, len(c.want), err)
		}
	}
}
