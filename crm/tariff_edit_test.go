package crm

import (
	"testing"

	"cemigmas/crm/demand"
)

func admin() Actor { return Actor{UserID: "root", Role: RoleAdmin} }

func TestTariffsAreForAdmins(t *testing.T) {
	h := newUpsertHouse(t)
	in := TariffInput{Distributor: "cemig-d", Subgroup: "a4", Modality: "verde", Posto: "single", From: "2026-05-28", MicrosPerKW: 24_000_000}
	for name, err := range map[string]error{"set": h.SetTariff(t.Context(), h.ana, in), "remove": h.RemoveTariff(t.Context(), h.ana, "x"),
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
	h.must(h.SetTariff(ctx, admin(), kept))
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
	h.must(h.SetTariff(t.Context(), admin(), good)) // energy only
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
		if err := h.SetTariff(t.Context(), admin(), in); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
