package crm

import (
	"fmt"
	"testing"
)

func reactiveBook() TariffBook {
	row := func(subgroup, modality, posto, from string, kw, te int64) Tariff {
		return Tariff{Distributor: "TEST", Subgroup: subgroup, Modality: modality, Posto: posto, From: from, MicrosPerKW: kw, TEMicrosPerKWh: te}
	}
	return NewTariffBook([]Tariff{
		row("A4", "azul", "offpeak", "2026-01-01", 22_810_000, 296_770),
		row("B1", "convencional", "single", "2026-02-01", 0, 300_000),
		row("B1", "convencional", "single", "2026-05-28", 0, 312_340),
	})
}

func TestReactiveExcessIsPriced(t *testing.T) {
	cents := func(v *int64) string {
		if v == nil {
			return "-"
		}
		return fmt.Sprint(*v)
	}
	for _, c := range []struct {
		name, month, connected string
		wh, w                  *int64
		of                     string // distributor
		want                   string // energy, demand, both, in centavos
	}{
		// 1,250 kWh of 0.30 R$; 12 kW of 22.81 R$.
		{"both", "2026-03", "", ptr(1_250_000), ptr(12_000), "test", "37500 27372 64872"},
		// A month has one tariff, that of its first day.
		{"the month of the change", "2026-05", "", ptr(1_250_000), nil, "test", "37500 - 37500"},
		// 245.2 kWh of 0.31234 R$ are 76.585768 R$.
		{"the later tariff, to the centavo", "2026-06", "", ptr(245_200), nil, "test", "7659 - 7659"},
		{"demand alone needs no TE", "2026-01", "", nil, ptr(1_500), "test", "- 3422 3422"}, // 34.215 R$, to the even centavo
		{"no TE yet", "2026-01", "", ptr(1), ptr(1_000), "test", "- 2281 -"},
		{"another distributor", "2026-03", "", ptr(1_000), ptr(1_000), "other", "- - -"},
		{"none needs no tariff", "2026-03", "", ptr(0), ptr(0), "other", "0 0 0"},
		{"a wrong figure", "2026-03", "", ptr(-1), nil, "test", "- - -"},
		// Connected on the 10th: April, May and June are the three complete cycles.
		{"the third complete cycle", "2026-06", "2026-03-10", ptr(1_000_000), ptr(1_000), "other", "0 0 0"},
		{"after them", "2026-07", "2026-03-10", ptr(1_000_000), nil, "test", "31234 - 31234"},
		{"on the first, the month counts", "2026-06", "2026-03-01", ptr(1_000_000), nil, "test", "31234 - 31234"},
		{"a month before supply began", "2026-02", "2026-03-10", ptr(1_000_000), nil, "test", "30000 - 30000"},
	} {
		i := Installation{Distributor: c.of, Subgroup: "A4", ConnectedOn: c.connected}
		h := ReactiveOf(&i, &Reading{Month: c.month, ReactiveWh: c.wh, ReactiveW: c.w}, reactiveBook())
		if got := cents(h.EnergyCents) + " " + cents(h.DemandCents) + " " + cents(h.Cents); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	if ReactiveOf(&Installation{}, &Reading{Month: "2026-03", SingleW: ptr(1)}, reactiveBook()) != nil {
		t.Error("a reading without reactive figures")
	}
}

// The excess is what was billed: losses of a metering on the secondary side are
// not added to it, and months without a figure say nothing.
func TestReactiveExcessInTheHealth(t *testing.T) {
	i := Installation{Distributor: "test", Subgroup: "A4", SecondaryMeter: true}
	h := Health{Months: []MonthHealth{{Month: "2026-02"}, {Month: "2026-03"}}}
	h.priceReactive(&i, []Reading{{Month: "2026-03", ReactiveWh: ptr(1_250_000)}}, reactiveBook())
	if h.Months[0].Reactive != nil || h.Months[0].Reactive.Excess() {
		t.Error("a month without a figure has an excess")
	}
	if r := h.Months[1].Reactive; !r.Excess() || r.Cents == nil || *r.Cents != 37_500 || *r.EnergyWh != 1_250_000 {
		t.Errorf("%+v", r)
	}
}

func TestTariffOfB1(t *testing.T) {
	h := newUpsertHouse(t)
	good := TariffInput{Distributor: "x", Subgroup: "b1", Modality: "convencional", From: "2026-01-01", TEMicrosPerKWh: 300_000}
	made, err := h.SetTariff(t.Context(), admin(), good, 0)
	if h.must(err); made.ID != "X|B1|convencional|single|2026-01-01" {
		t.Errorf("made %+v", made)
	}
	for name, tc := range map[string]struct {
		change     func(*TariffInput)
		field, key string
	}{
		"of another subgroup": {func(in *TariffInput) { in.Subgroup = "A4" }, "modality", "import.tariff.b1"},
		"verde of B1":         {func(in *TariffInput) { in.Modality = "verde" }, "modality", "import.tariff.b1"},
		"with a demand":       {func(in *TariffInput) { in.MicrosPerKW = 1 }, "modality", "import.tariff.b1"},
		"with a TUSD":         {func(in *TariffInput) { in.TUSDMicrosPerKWh = 1 }, "modality", "import.tariff.b1"},
		"of the peak":         {func(in *TariffInput) { in.Posto = "peak" }, "posto", "import.tariff.posto"},
		"without a TE":        {func(in *TariffInput) { in.TEMicrosPerKWh, in.From = 0, "2027-01-01" }, "microsPerKW", "import.tariff.value"},
	} {
		in := good
		tc.change(&in)
		if _, err := h.SetTariff(t.Context(), admin(), in, 0); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
