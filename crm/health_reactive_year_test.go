package crm

import "testing"

// TestReactiveYear sums by hand what four installations had: the client's year
// ends with its newest reading, an installation's with its own.
func TestReactiveYear(t *testing.T) {
	verde := []Contract{{Kind: ContractCUSD, Modality: "verde", Start: "2024-01-01", Renews: true, Schedule: []DemandStep{{From: "2024-01", SingleW: ptr(100_000)}}}}
	at := func(month string, wh, w int64) Reading {
		r := Reading{Month: month, SingleW: ptr(90_000)}
		if wh > 0 {
			r.ReactiveWh = &wh
		}
		if w > 0 {
			r.ReactiveW = &w
		}
		return r
	}
	unit := func(distributor, status string, readings ...Reading) Unit {
		return Unit{Installation: Installation{ID: status + distributor, Distributor: distributor, Subgroup: "A4", Status: status}, Contracts: verde, Readings: readings}
	}
	units := []Unit{
		// 1,250 kWh of 0.31234 R$ are 390.425, to the even centavo 390.42; 12 kW of
		// 22.81 are 273.72. 2026-03 has the TE of 0.30: 375.00. 2025-10 is the
		// thirteenth month.
		unit("TEST", "active", at("2026-10", 1_250_000, 12_000), at("2026-09", 0, 0), at("2026-03", 1_250_000, 0), at("2025-10", 9_000_000, 0)),
		// Its own year ends in 2026-04 and has 2025-11 without a tariff; 2025-06
		// is before the client's.
		unit("TEST", "active", at("2026-04", 1_000_000, 0), at("2025-11", 1_000_000, 0), at("2025-06", 500_000, 0)),
		unit("OTHER", "active", at("2026-10", 1_000, 0)),
		unit("TEST", "off", at("2026-10", 1_000_000, 0)),
	}
	var c Client
	Derive(&c, units, reactiveBook(), "2026-11-23")
	for n, want := range []*ReactiveYear{
		{Until: "2026-10", Months: 2, Cents: 39_042 + 27_372 + 37_500},
		{Until: "2026-04", Months: 3, Unpriced: 2, Cents: 30_000},
		{Until: "2026-10", Months: 1, Unpriced: 1},
		{Until: "2026-10", Months: 1, Cents: 31_234},
	} {
		if got := units[n].Installation.Reactive; got == nil || *got != *want {
			t.Errorf("installation %d: %+v, want %+v", n, got, want)
		}
	}
	if want := (ReactiveYear{Until: "2026-10", Months: 5, Unpriced: 2, Cents: 103_914 + 30_000, Installations: 3}); c.Reactive == nil || *c.Reactive != want {
		t.Errorf("the client: %+v, want %+v", c.Reactive, want)
	}
	none := []Unit{unit("TEST", "active", at("2026-10", 0, 0), at("2025-10", 1_000, 0))}
	Derive(&c, none, reactiveBook(), "2026-11-23")
	if c.Reactive != nil || none[0].Installation.Reactive != nil {
		t.Errorf("an excess of a year ago: %+v", c.Reactive)
	}
}

// TestReactiveYearFollowsReadings: a figure that comes and the tariff that
// prices it change the sum.
func TestReactiveYearFollowsReadings(t *testing.T) {
	h := newUpsertHouse(t)
	c := h.want(h.ana, RowCreated, portfolio()[:6]...)[0].ID
	places, _, err := h.ClientInstallations(t.Context(), h.ana, c, 1, "")
	h.must(err)
	i := places[0]
	sum := func(when string, want ...ReactiveYear) {
		t.Helper()
		got, err := h.Client(t.Context(), h.ana, c)
		h.must(err)
		if len(want) == 0 && got.Reactive != nil || len(want) == 1 && (got.Reactive == nil || *got.Reactive != want[0]) {
			t.Errorf("%s: %+v, want %+v", when, got.Reactive, want)
		}
	}
	sum("at first")
	r, err := Readings.Get(t.Context(), h.Store(), ReadingID(i.ID, "2026-10"))
	h.must(err)
	r.ReactiveWh = ptr(245_200)
	h.must(h.Apply(t.Context(), Readings.Put(&r)))
	h.must(h.Recompute(t.Context(), c))
	sum("without a tariff", ReactiveYear{Until: "2026-10", Months: 1, Unpriced: 1, Installations: 1})
	_, err = h.SetTariff(t.Context(), admin(), TariffInput{Distributor: i.Distributor, Subgroup: "B1", Modality: "convencional", From: "2026-05-28", TEMicrosPerKWh: 312_340}, 0)
	h.must(err)
	h.must(h.Recompute(t.Context(), c))
	sum("with one", ReactiveYear{Until: "2026-10", Months: 1, Cents: 7_659, Installations: 1})
	_, lines := h.check(false)
	for _, l := range lines {
		t.Errorf("the doctor: %s", l)
	}
}
