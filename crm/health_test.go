package crm

import (
	"fmt"
	"reflect"
	"testing"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/store"
)

func ptr(n int64) *int64 { return &n }

// testTariffs are a fictitious distributor's A4 tariffs from 2026 on.
func testTariffs() demand.Table {
	row := func(m demand.Modality, p demand.Posto, rate demand.Rate) demand.Tariff {
		return demand.Tariff{Distributor: "TEST", Subgroup: "A4", Modality: m, Posto: p, ValidFrom: "2026-01-01", Rate: rate}
	}
	return demand.NewTable([]demand.Tariff{
		row(demand.Verde, demand.Single, 22_810_000), row(demand.Azul, demand.Peak, 68_210_000), row(demand.Azul, demand.OffPeak, 22_810_000)})
}

func verde(start string, w int64) Contract {
	return Contract{ID: "v" + start, Kind: ContractCUSD, Modality: "verde", Start: start, Renews: true,
		Schedule: []DemandStep{{From: start[:7], SingleW: ptr(w)}}}
}

func healthIn(t *testing.T, month string, contracts []Contract, r *Reading) MonthHealth {
	t.Helper()
	i := Installation{Distributor: "test", Subgroup: "A4"}
	var readings []Reading
	if r != nil {
		r.Month = month
		readings = []Reading{*r}
	}
	return HealthOf(&i, contracts, readings, testTariffs(), []calendar.Month{calendar.Month(month)})[0]
}

func TestHealthOfVerde(t *testing.T) {
	for _, c := range []struct {
		name     string
		month    string
		r        *Reading
		state    string
		tenths   int64
		overW    int64
		over     int64 // centavos, -1 for none
		noTariff bool
	}{
		{"above 105 %", "2026-10", &Reading{SingleW: ptr(560_000)}, "bad", 1120, 60_000, 273_720, false},
		{"at 105 % exactly", "2026-10", &Reading{SingleW: ptr(525_000)}, "warn", 1050, 0, -1, false},
		{"in range", "2026-10", &Reading{SingleW: ptr(480_000)}, "ok", 960, 0, -1, false},
		{"idle", "2026-10", &Reading{SingleW: ptr(100_000)}, "idle", 200, 0, -1, false},
		{"the larger of the postos", "2026-10", &Reading{PeakW: ptr(560_000), OffPeakW: ptr(400_000)}, "bad", 1120, 60_000, 273_720, false},
		{"without a tariff", "2025-10", &Reading{SingleW: ptr(560_000)}, "bad", 1120, 60_000, -1, true},
		{"a gap", "2026-10", nil, "none", 0, 0, -1, false},
		{"energy only", "2026-10", &Reading{EnergyWh: ptr(5)}, "none", 0, 0, -1, false},
	} {
		h := healthIn(t, c.month, []Contract{verde("2025-03-01", 500_000)}, c.r)
		over := int64(-1)
		if h.OverCents != nil {
			over = *h.OverCents
		}
		if h.State != c.state || h.Tenths != c.tenths || h.OverW != c.overW || over != c.over || h.NoTariff != c.noTariff || h.Measured != (c.r != nil) {
			t.Errorf("%s: %+v (over %d)", c.name, h, over)
		}
	}
}

func TestHealthOfAzulAddsThePostos(t *testing.T) {
	azul := Contract{Kind: ContractCUSD, Modality: "azul", Start: "2025-03-01",
		Schedule: []DemandStep{{From: "2025-03", PeakW: ptr(100_000), OffPeakW: ptr(300_000)}}}
	h := healthIn(t, "2026-10", []Contract{azul}, &Reading{PeakW: ptr(110_000), OffPeakW: ptr(330_000)})
	// 10 kW × 2 × 68.21 + 30 kW × 2 × 22.81
	if h.State != "bad" || h.OverW != 40_000 || h.OverCents == nil || *h.OverCents != 136_420+136_860 || len(h.Postos) != 2 {
		t.Errorf("%+v", h)
	}
	if h = healthIn(t, "2026-10", []Contract{azul}, &Reading{OffPeakW: ptr(290_000)}); h.State != "ok" || h.Postos[0].MeasuredW != nil {
		t.Errorf("an unmeasured peak counts as something: %+v", h)
	}
}

func TestHealthOfUnknownModality(t *testing.T) {
	c := verde("2025-03-01", 500_000)
	c.Modality = "unknown"
	h := healthIn(t, "2026-10", []Contract{c}, &Reading{SingleW: ptr(560_000)})
	if h.Modality != "unknown" || h.State != "bad" || h.OverW != 60_000 || h.OverCents != nil || h.NoTariff {
		t.Errorf("compared, without R$, and not for want of a tariff: %+v", h)
	}
}

func TestHealthInATestPeriod(t *testing.T) {
	c := verde("2026-09-01", 800_000)
	c.Test = &TestPeriod{From: "2026-09", Cycles: 3, Former: DemandStep{SingleW: ptr(500_000)}}
	for w, want := range map[int64]string{900_000: "warn", 915_000: "warn", 915_001: "bad"} {
		// REN 1.000 art. 313: 800 + 5 % of 500 + 30 % of 300 = 915 kW.
		h := healthIn(t, "2026-10", []Contract{c}, &Reading{SingleW: ptr(w)})
		if h.State != want || !h.Test || h.Postos[0].LimitW != 915_000 {
			t.Errorf("%d W: %+v", w, h)
		}
	}
	if h := healthIn(t, "2026-10", []Contract{c}, &Reading{SingleW: ptr(400_000)}); *h.Postos[0].BilledW != 500_000 {
		t.Errorf("not less than the former demand is billed: %+v", h.Postos[0])
	}
	if h := healthIn(t, "2026-12", []Contract{c}, &Reading{SingleW: ptr(900_000)}); h.State != "bad" || h.Test {
		t.Errorf("after the test: %+v", h)
	}
	c.Test = &TestPeriod{From: "2026-09", Cycles: 3}
	if h := healthIn(t, "2026-10", []Contract{c}, &Reading{SingleW: ptr(1_080_000)}); h.State != "warn" || h.OverCents != nil {
		t.Errorf("135 %% at the start of supply: %+v", h)
	}
}

func TestContractInForce(t *testing.T) {
	old, now := verde("2024-01-01", 100), verde("2026-03-15", 200)
	old.End = "2026-03-14"
	former := Contract{ID: "former", Kind: ContractCUSD, Former: true, End: "2026-05-31", Schedule: []DemandStep{{From: "2023-01", SingleW: ptr(50)}}}
	endless := former
	endless.ID, endless.End = "endless", ""
	energy := Contract{ID: "ccer", Kind: ContractCCER, Start: "2026-06-01"}
	rising := verde("2026-03-15", 200)
	rising.Schedule = append(rising.Schedule, DemandStep{From: "2026-06", SingleW: ptr(300)})
	unknown := Contract{ID: "unknown", Kind: ContractCUSD}
	for _, c := range []struct {
		name, month string
		in          []Contract
		id          string
		w           int64
	}{
		{"before all", "2023-12", []Contract{old, now}, "", 0}, {"the earlier", "2026-02", []Contract{now, old}, old.ID, 100},
		{"the later in its first month", "2026-03", []Contract{old, now}, now.ID, 200},
		{"a step not yet", "2026-05", []Contract{rising}, rising.ID, 200}, {"a step from its month", "2026-06", []Contract{rising}, rising.ID, 300},
		{"a past one before the present", "2026-02", []Contract{former, now}, "former", 50},
		{"the present before a past one", "2026-04", []Contract{former, now}, now.ID, 200},
		{"a past one without an end", "2026-02", []Contract{endless}, "", 0}, {"energy is no demand", "2026-06", []Contract{energy}, "", 0},
		{"a demand that nobody knows", "2026-06", []Contract{unknown}, "unknown", 0},
	} {
		got, step := contractAt(c.in, calendar.Month(c.month))
		id := ""
		if got != nil {
			id = got.ID
		}
		if id != c.id || stepW(step, demand.Single) != c.w {
			t.Errorf("%s: %q with %d W, want %q with %d", c.name, id, stepW(step, demand.Single), c.id, c.w)
		}
	}
}

func TestNoticeOf(t *testing.T) {
	c := verde("2025-06-01", 100)
	if got := NoticeOf(&c, "2026-11-22"); got != "2026-12-02" { // 180 days before 2027-05-31
		t.Errorf("notice on %s", got)
	}
	denounced, ended, fixed, undated, energy := c, c, c, c, c
	denounced.Denounced, ended.End, fixed.Renews, undated.Start, energy.Kind = "2026-10-01", "2027-05-31", false, "", ContractCCER
	for name, x := range map[string]Contract{"denounced": denounced, "ended": ended, "without renewal": fixed, "undated": undated, "energy": energy} {
		if got := NoticeOf(&x, "2026-11-22"); got != "" {
			t.Errorf("%s: notice on %s", name, got)
		}
	}
}

func TestRecompute(t *testing.T) {
	h := newUpsertHouse(t)
	rows := append(portfolio(), unitRow(ucB, cnpjA), verdeRow(ucB, "2025-06-01", 300_000), readRow(ucB, "2026-10", 100_000))
	rows[7].Installation.CNAE = SetTo("2422-9/01")
	rows[7].Installation.Market, rows[2].Installation.Market = SetTo("free"), SetTo("captive")
	id := h.want(h.admin, RowCreated, rows...)[0].ID
	version := func() int64 {
		c, err := h.Client(t.Context(), h.admin, id)
		if err != nil {
			t.Fatal(err)
		}
		return c.Version
	}
	before := version()
	if err := h.Recompute(t.Context(), id, "gone"); err != nil {
		t.Fatal(err)
	}
	c, err := h.Client(t.Context(), h.admin, id)
	if err != nil || c.Version != before {
		t.Errorf("a projection raised the version from %d to %d: %v", before, c.Version, err)
	}
	if c.Installations != 2 || c.ContractedW != 800_000 || c.WorstTenths != 1120 || c.WorstState != "bad" || c.WorstMonth != "2026-10" ||
		c.Market != "mixed" || c.NoticeOn != "2026-12-02" || c.Sector != "retail" || c.SectorBy != "load" {
		t.Errorf("%+v", c)
	}
	list, _, err := h.ClientList(t.Context(), h.admin, ClientQuery{Sort: "worst", Sector: "retail"})
	if err != nil || len(list) != 1 {
		t.Errorf("declared fields do not follow: %v %v", list, err)
	}
	i, err := Installations.First(t.Context(), h.Store(), store.Query{Where: []store.Cond{store.Is("uc", ucA)}})
	if err != nil || i.Modality != "verde" || i.ContractedW != 500_000 || len(i.Strip) != 13 || i.OverW != 60_000 || *i.OverCents != 273_720 {
		t.Fatalf("%+v %v", i, err)
	}
	if i.Strip[0].Month != "2025-10" || i.Strip[0].State != "none" || i.Strip[11].State != "warn" || i.Strip[12].Tenths != 1120 {
		t.Errorf("%+v", i.Strip)
	}
	dump := h.dump()
	if err := h.RecomputeAll(t.Context()); err != nil || !reflect.DeepEqual(dump, h.dump()) {
		t.Errorf("a second time writes: %v", err)
	}
	// The overrun goes away, and with it what was derived.
	h.want(h.admin, RowUpdated, readRow(ucA, "2026-10", 400_000))
	if err := h.Recompute(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if i, err = Installations.First(t.Context(), h.Store(), store.Query{Where: []store.Cond{store.Is("uc", ucA)}}); err != nil || i.OverW != 0 || i.OverCents != nil {
		t.Errorf("%+v %v", i, err)
	}
	over, err := h.Store().Count(t.Context(), store.Query{In: Installations.In, Where: []store.Cond{store.Is("worstMonth", "2026-10"), store.Has("overW")}}, 9)
	if err != nil || over != 0 {
		t.Errorf("%d installations are still listed with an overrun: %v", over, err)
	}
}

func TestSectorOfAClient(t *testing.T) {
	unit := func(cnae string, w int64) func(*clientSums) {
		return func(s *clientSums) { s.add(&Installation{CNAE: cnae}, w, nil) }
	}
	for name, c := range map[string]struct {
		client   Client
		units    []func(*clientSums)
		want, by string
	}{
		"its own CNAE":    {Client{CNAE: "0111301"}, []func(*clientSums){unit("4711302", 9)}, "agri", "cnae"},
		"the most W":      {Client{}, []func(*clientSums){unit("4711302", 9), unit("2422901", 5), unit("2422902", 5)}, "metallurgy", "load"},
		"the most units":  {Client{}, []func(*clientSums){unit("4711302", 0), unit("2422901", 0), unit("2422902", 0)}, "metallurgy", "load"},
		"by hand":         {Client{CNAE: "0111301", Sector: "food", SectorBy: "hand"}, nil, "food", "hand"},
		"nothing known":   {Client{}, nil, "other", ""},
		"CNAE of nowhere": {Client{CNAE: "9430800"}, nil, "other", "cnae"},
	} {
		var s clientSums
		for _, add := range c.units {
			add(&s)
		}
		c.client.project(&s, BuiltInSectors())
		if c.client.Sector != c.want || c.client.SectorBy != c.by {
			t.Errorf("%s: %s by %s", name, c.client.Sector, c.client.SectorBy)
		}
	}
}

func TestMonths(t *testing.T) {
	h := newUpsertHouse(t)
	out := h.want(h.ana, RowCreated, portfolio()[:6]...)
	for _, n := range []int{0, 1, 2, 13} {
		m, err := h.Months(t.Context(), h.ana, out[2].ID, n)
		want := n
		if n == 0 {
			want = 2
		}
		if err != nil || len(m) != want || m[len(m)-1].Month != "2026-10" {
			t.Errorf("%d months: %v %v", n, m, err)
		}
	}
	if _, err := h.Months(t.Context(), h.other, out[2].ID, 13); CodeOf(err) != CodeNotFound {
		t.Errorf("another's installation: %v", err)
	}
	if m, err := h.Months(t.Context(), h.ana, fmt.Sprint(out[2].ID), 1); err != nil || !m[0].NoTariff || m[0].OverCents != nil {
		t.Errorf("a month without a tariff says so: %+v %v", m, err)
	}
}
