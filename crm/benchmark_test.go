package crm_test

import (
	"fmt"
	"reflect"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

// shop makes a client of the retail sector that contracts 400 kW at each of its
// installations and used so many percent of it in each month of the year before.
func (h *house) shop(t *testing.T, agent crm.Actor, name string, percents ...int64) crm.Client {
	t.Helper()
	c := h.client(t, name, agent)
	c.CNAE = "4711302"
	h.put(t, crm.Clients.Put(&c))
	for n, percent := range percents {
		i := crm.Installation{ID: h.NewID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Name: fmt.Sprint(name, n), CreatedAt: h.now, UpdatedAt: h.now}
		contracted, w := int64(400_000), percent*4_000
		k := crm.Contract{ID: h.NewID(), Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Kind: crm.ContractCUSD, Modality: "verde", Start: "2024-01-01", Renews: true,
			Schedule: []crm.DemandStep{{From: "2024-01", SingleW: &contracted}}, CreatedAt: h.now, UpdatedAt: h.now}
		h.put(t, crm.Installations.Put(&i), crm.Contracts.Put(&k))
		for _, m := range calendar.Months("2025-10", "2026-09") {
			wh := w * int64(m.Days()) * 24 / 2 // a load factor of one half
			r := crm.Reading{ID: crm.ReadingID(i.ID, string(m)), Client: c.ID, Installation: i.ID, Agent: c.Agent, Team: c.Team, Month: string(m), SingleW: &w, EnergyWh: &wh, UpdatedAt: h.now}
			h.put(t, crm.Readings.Put(&r))
		}
	}
	if err := h.Recompute(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	return c
}

func (h *house) benchmarks(t *testing.T, a crm.Actor) []crm.BenchmarkView {
	t.Helper()
	if err := h.ComputeBenchmarks(t.Context()); err != nil {
		t.Fatal(err)
	}
	list, err := h.Benchmarks(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestBenchmarks(t *testing.T) {
	h := newHouse(t)
	for n, percent := range []int64{60, 70, 80, 90} {
		h.shop(t, h.ana, fmt.Sprint("Loja", n), percent)
	}
	if list := h.benchmarks(t, h.admin); len(list) != 0 {
		t.Errorf("four clients are shown: %+v", list)
	}
	// The fifth is a chain: its installations share one weight. 112 % is an overrun.
	h.shop(t, h.rui, "Rede", 112, 112, 112)
	list := h.benchmarks(t, h.admin)
	if len(list) != 1 {
		t.Fatalf("%d groups", len(list))
	}
	b := list[0]
	if b.Sector != "retail" || b.FromW != 100_000 || b.BelowW != 500_000 || b.Use.AtLeast != 5 {
		t.Errorf("%+v", b)
	}
	if u := b.Use.Percentiles; u.P25 != 70 || u.P50 != 80 || u.P75 != 90 || u.P90 != nil {
		t.Errorf("utilisation: %+v", u)
	}
	if o := b.Over.Percentiles; o.P25 != 0 || o.P50 != 0 || o.P75 != 0 { // four of five never
		t.Errorf("overruns: %+v", o)
	}
	if l := b.Load.Percentiles; l.P25 != 50 || l.P75 != 50 {
		t.Errorf("load factor: %+v", l)
	}
}

// Who serves four of five would know the fifth; who serves two of five sees
// figures of three others, and so may look.
func TestBenchmarksHideStrangers(t *testing.T) {
	h := newHouse(t)
	for n, a := range []crm.Actor{h.ana, h.ana, h.ana, h.ana, h.rui} {
		h.shop(t, a, fmt.Sprint("Loja", n), 60+10*int64(n))
	}
	type sees struct{ ana, rui, mara, admin int }
	look := func() sees {
		return sees{len(h.benchmarks(t, h.ana)), len(h.benchmarks(t, h.rui)), len(h.benchmarks(t, h.manager)), len(h.benchmarks(t, h.admin))}
	}
	if got := look(); got != (sees{0, 1, 0, 1}) {
		t.Errorf("with one stranger to ana: %+v", got)
	}
	view, err := h.BenchmarkFor(t.Context(), h.ana, "retail", 400_000)
	if view != nil || err != nil {
		t.Errorf("beside her own: %+v, %v", view, err)
	}
	h.shop(t, h.rui, "Loja6", 95)
	if got := look(); got != (sees{0, 1, 0, 1}) {
		t.Errorf("with two strangers to ana: %+v", got)
	}
	h.shop(t, h.rui, "Loja7", 96)
	if got := look(); got != (sees{1, 1, 1, 1}) {
		t.Errorf("with three strangers: %+v", got)
	}
	if view, err = h.BenchmarkFor(t.Context(), h.ana, "retail", 400_000); view == nil || err != nil || view.Use.P50 != 90 {
		t.Errorf("beside her own: %+v, %v", view, err)
	}
	if view, err = h.BenchmarkFor(t.Context(), h.ana, "retail", 600_000); view != nil || err != nil {
		t.Errorf("another band: %+v, %v", view, err)
	}
}

func TestYearUseOfClients(t *testing.T) {
	h := newHouse(t)
	c, err := h.Client(t.Context(), h.admin, h.shop(t, h.ana, "Rede", 60, 112).ID)
	if err != nil {
		t.Fatal(err)
	}
	half := int64(500)
	if want := (&crm.BandUse{W: 400_000, YearUse: crm.YearUse{Months: 12, Tenths: 860, OverTenths: 500, LoadTenths: &half}}); !reflect.DeepEqual(c.Year, want) {
		t.Errorf("%+v, want %+v", c.Year, want)
	}
	h.now = h.now.AddDate(3, 0, 0) // nobody measured since
	if err := h.RecomputeAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c, err = h.Client(t.Context(), h.admin, c.ID); err != nil || c.Year != nil {
		t.Errorf("after three years: %+v, %v", c.Year, err)
	}
}

func TestBenchmarksAreDue(t *testing.T) {
	h := newHouse(t)
	due := func() bool {
		t.Helper()
		due, err := h.BenchmarksDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return due
	}
	for _, step := range []struct {
		name string
		do   func() error
		due  bool
	}{
		{"at first", func() error { return h.BenchmarksStale(t.Context()) }, true},
		{"computed", func() error { return h.ComputeBenchmarks(t.Context()) }, false},
		{"after an import", func() error { return h.BenchmarksStale(t.Context()) }, true},
		{"computed again", func() error { return h.ComputeBenchmarks(t.Context()) }, false},
		{"the next day", func() error { h.now = h.now.AddDate(0, 0, 1); return nil }, true},
	} {
		if err := step.do(); err != nil || due() != step.due {
			t.Errorf("%s: %v, due %v", step.name, err, due())
		}
	}
}
