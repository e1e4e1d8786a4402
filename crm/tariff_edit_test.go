package crm

import (
	"testing"

	"cemigmas/crm/demand"
)

func admin() Actor { return Actor{UserID: "root", Role: RoleAdmin} }

func TestTariffsAreForAdmins(t *testing.T) {
	h := newUpsertHouse(t)
	in := TariffInput{Distributor: "cemig-d", Subgroup: "a4", Modality: "verde", Posto: "single", From: "2026-05-28", MicrosPerKW: 24_000_000}
	set := func(a Actor) error { _, err := h.SetTariff(t.Context(), a, in, 0); return err }
	for name, err := range map[string]error{"set": set(h.ana), "remove": h.RemoveTariff(t.Context(), h.ana, "x"),
		"start": h.TakeStartTariffs(t.Context(), h.ana), "undo": h.DropStartTariffs(t.Context(), h.ana)} {
		if CodeOf(err) != CodeForbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A start is offered once, only of the one distributor, and can be taken back;
// the worked example of domain.md comes out of it to the cent.
func TestStartTariffs(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	h.must(h.TakeStartTariffs(ctx, admin()))
	list, err := h.ListTariffs(ctx)
	h.must(err)
	if len(list) != 5 || MayStartTariffs(list) {
		t.Fatalf("%d tariffs: %+v", len(list), list)
	}
	if err := h.TakeStartTariffs(ctx, admin()); CodeOf(err) != CodeInvalid {
		t.Errorf("twice: %v", err)
	}
	b, err := h.TariffBook(ctx)
	h.must(err)
	bill := demand.RulesAt("2026-06").Bill(560_000, 500_000, b.Lookup("CEMIG-D", "A4", demand.Verde, demand.Single, "2026-06"))
	if bill.Total() != (demand.Amount{Centavos: 1_551_080, Known: true}) {
		t.Errorf("560 of 500 kW: %+v", bill)
	}
	p := b.prices(&Installation{Distributor: "CEMIG-D", Subgroup: "A4", Market: MarketCaptive}, "2026-06")
	if p.VerdePeak != 2_284_960 || p.AzulPeak != 629_140 || p.Peak != 68_210_000 {
		t.Errorf("prices: %+v", p)
	}
	if r := b.Lookup("OTHER", "A4", demand.Verde, demand.Single, "2026-06"); r != demand.NoRate {
		t.Errorf("another distributor's: %v", r)
	}
	kept := StartTariffs()[0]
	kept.MicrosPerKW = 23_000_000
	_, err = h.SetTariff(ctx, admin(), kept, 0)
	h.must(err)
	h.must(h.DropStartTariffs(ctx, admin()))
	if list, err = h.ListTariffs(ctx); err != nil || len(list) != 1 || list[0].MicrosPerKW != 23_000_000 {
		t.Errorf("after it was taken back: %+v, %v", list, err)
	}
	h.must(h.RemoveTariff(ctx, admin(), list[0].ID))
	if list, err = h.ListTariffs(ctx); err != nil || len(list) != 0 {
		t.Errorf("after the last was removed: %+v, %v", list, err)
	}
}

func TestWhatIsNoTariff(t *testing.T) {
	h := newUpsertHouse(t)
	good := TariffInput{Distributor: "X", Subgroup: "A4", Modality: "verde", Posto: "peak", From: "2026-01-01", TUSDMicrosPerKWh: 1}
	_, err := h.SetTariff(t.Context(), admin(), good, 0) // energy only
	h.must(err)
	for name, tc := range map[string]struct {
		change     func(*TariffInput)
		field, key string
	}{
		"no distributor":       {func(in *TariffInput) { in.Distributor = " " }, "distributor", "error.field.required"},
		"no subgroup":          {func(in *TariffInput) { in.Subgroup = "A9" }, "subgroup", "error.field.choice"},
		"no day":               {func(in *TariffInput) { in.From = "2026-02-30" }, "from", "date.invalid"},
		"demand of verde peak": {func(in *TariffInput) { in.MicrosPerKW = 1 }, "posto", "import.tariff.posto"},
		"single of azul":       {func(in *TariffInput) { in.Modality, in.Posto = "azul", "single" }, "posto", "import.tariff.posto"},
		"costs nothing":        {func(in *TariffInput) { in.TUSDMicrosPerKWh = 0 }, "microsPerKW", "import.tariff.value"},
		"below zero":           {func(in *TariffInput) { in.TUSDMicrosPerKWh = -1 }, "microsPerKW", "import.tariff.value"},
	} {
		in := good
		tc.change(&in)
		if _, err := h.SetTariff(t.Context(), admin(), in, 0); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of two admins with the same version, the second is told what it is now; so is
// one whose tariff was deleted meanwhile.
func TestTariffsKeepTheirVersion(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	in := TariffInput{Distributor: "x", Subgroup: "a4", Modality: "verde", Posto: "single", From: "2026-01-01", MicrosPerKW: 20_000_000}
	first, err := h.SetTariff(ctx, admin(), in, 0)
	if h.must(err); first.ID != "X|A4|verde|single|2026-01-01" || first.Version == 0 {
		t.Fatalf("made: %+v", first)
	}
	in.MicrosPerKW = 21_000_000
	second, err := h.SetTariff(ctx, admin(), in, first.Version)
	if h.must(err); second.Version == first.Version || second.MicrosPerKW != 21_000_000 {
		t.Errorf("changed: %+v", second)
	}
	in.MicrosPerKW = 22_000_000
	if now, err := h.SetTariff(ctx, admin(), in, first.Version); CodeOf(err) != CodeConflict || now.MicrosPerKW != 21_000_000 {
		t.Errorf("of an old version: %+v %v", now, err)
	}
	in.MicrosPerKW = -1
	if _, err := h.SetTariff(ctx, admin(), in, second.Version); !wrong(err, "microsPerKW", "import.tariff.value") {
		t.Errorf("below zero: %v", err)
	}
	h.must(h.RemoveTariff(ctx, admin(), second.ID))
	in.MicrosPerKW = 22_000_000
	if _, err := h.SetTariff(ctx, admin(), in, second.Version); CodeOf(err) != CodeConflict {
		t.Errorf("of one that is gone: %v", err)
	}
}

// A page computes with the tariffs as they were edited last, here or by another
// process on the store.
func TestTariffsAreHeardOf(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	other := New(Deps{Store: h.Store()})
	h.bus.forward = other.bus.heard
	rates := func() (list [2]demand.Rate) {
		t.Helper()
		for n, s := range []*Service{h.Service, other} {
			b, err := s.tariffsHeard(ctx)
			h.must(err)
			list[n] = b.Lookup("X", "A4", demand.Verde, demand.Single, "2026-06")
		}
		return list
	}
	if got := rates(); got != [2]demand.Rate{demand.NoRate, demand.NoRate} {
		t.Fatalf("of nothing: %v", got)
	}
	in := TariffInput{Distributor: "X", Subgroup: "A4", Modality: "verde", Posto: "single", From: "2026-01-01", MicrosPerKW: 20_000_000}
	set, err := h.SetTariff(ctx, admin(), in, 0)
	h.must(err)
	if got := rates(); got != [2]demand.Rate{20_000_000, 20_000_000} {
		t.Errorf("made: %v", got)
	}
	in.MicrosPerKW = 21_000_000
	_, err = h.SetTariff(ctx, admin(), in, set.Version)
	h.must(err)
	if got := rates(); got != [2]demand.Rate{21_000_000, 21_000_000} {
		t.Errorf("edited: %v", got)
	}
	h.must(h.RemoveTariff(ctx, admin(), set.ID))
	if got := rates(); got != [2]demand.Rate{demand.NoRate, demand.NoRate} {
		t.Errorf("removed: %v", got)
	}
}
