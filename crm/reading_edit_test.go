package crm

import (
	"slices"
	"testing"

	"cemigmas/crm/demand"
)

// read enters a month and fails the test on any error.
func (h *upsertHouse) read(i, month string, in ReadingInput) MonthReading {
	h.t.Helper()
	r, err := h.PutReading(h.t.Context(), h.ana, i, month, 0, in)
	h.must(err)
	return r
}

func codes(list []ReadingDoubt) (out []demand.DoubtCode) {
	for _, d := range list {
		out = append(out, d.Code)
	}
	return out
}

// The worked example of domain.md 1.3, entered by hand: 560 of 500 kW at R$ 22,81
// cost R$ 2.737,20 on top, and the page of the client knows at once.
func TestAReadingIsEnteredAndCorrected(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	c, i, _ := h.newContract()
	r := h.read(i.ID, "2026-06", ReadingInput{SingleW: w(560_000), EnergyWh: w(90_000_000), ReactiveWh: w(1_200_000)})
	if r.Origin != "hand" || r.Version != 1 || len(r.Former) != 0 {
		t.Fatalf("entered: %+v", r)
	}
	i, err := h.Installation(ctx, h.ana, i.ID)
	h.must(err)
	if i.OverCents == nil || *i.OverCents != 273_720 || i.WorstTenths != 1120 {
		t.Errorf("the installation: %+v", i)
	}
	if c, err = h.Client(ctx, h.ana, c.ID); err != nil || c.WorstTenths != 1120 {
		t.Errorf("the client: %d, %v", c.WorstTenths, err)
	}
	r, err = h.PatchReading(ctx, h.ana, i.ID, "2026-06", r.Version, ReadingInput{SingleW: w(525_000), Origin: "bill"})
	h.must(err)
	if *r.SingleW != 525_000 || *r.EnergyWh != 90_000_000 || r.Origin != "bill" {
		t.Errorf("corrected: %+v", r.Reading)
	}
	if f := r.Former["singleW"]; f.W == nil || *f.W != 560_000 || f.By != "ana" || len(r.Former) != 1 {
		t.Errorf("former figures: %+v", r.Former)
	}
	if i, err = h.Installation(ctx, h.ana, i.ID); err != nil || i.OverCents != nil || i.WorstTenths != 1050 {
		t.Errorf("after the correction: %+v, %v", i, err)
	}
	if now, err := h.PutReading(ctx, h.ana, i.ID, "2026-06", 1, ReadingInput{SingleW: w(1)}); CodeOf(err) != CodeConflict || *now.SingleW != 525_000 {
		t.Errorf("a correction of what was read before another: %v, %+v", err, now.Reading)
	}
	if _, err := h.PutReading(ctx, h.ana, i.ID, "2026-06", NewReading, ReadingInput{SingleW: w(1)}); !wrong(err, "month", "reading.exists") {
		t.Errorf("entered twice: %v", err)
	}
	if _, err := h.PutReading(ctx, h.other, i.ID, "2026-06", 0, ReadingInput{SingleW: w(1)}); CodeOf(err) != CodeNotFound {
		t.Errorf("another's: %v", err)
	}
}

// A correction of an imported figure comes from a hand; one of nothing keeps its origin.
func TestACorrectionHasItsOrigin(t *testing.T) {
	for name, tc := range map[string]struct {
		w    int64
		said string
		want string
	}{"same figure": {480_000, "import", "import"}, "another figure": {470_000, "import", "hand"}, "said": {470_000, "bill", "bill"}} {
		r := Reading{SingleW: w(480_000), Origin: "import"}
		if err := r.take(ReadingInput{SingleW: w(tc.w), Origin: tc.said}, true); err != nil || r.Origin != tc.want {
			t.Errorf("%s: %s, %v", name, r.Origin, err)
		}
	}
}

func TestWhatIsNoReading(t *testing.T) {
	h := newUpsertHouse(t)
	_, i, _ := h.newContract()
	for name, tc := range map[string]struct {
		month, field, key string
		in                ReadingInput
	}{
		"no month":      {"", "month", "error.field.required", ReadingInput{SingleW: w(1)}},
		"no such month": {"2026-13", "month", "import.month", ReadingInput{SingleW: w(1)}},
		"to come":       {"2099-01", "month", "import.reading.future", ReadingInput{SingleW: w(1)}},
		"nothing":       {"2026-06", "singleW", "import.reading.empty", ReadingInput{}},
		"too large":     {"2026-06", "peakW", "number.range", ReadingInput{PeakW: w(mostReading + 1)}},
		"origin":        {"2026-06", "origin", "error.field.choice", ReadingInput{SingleW: w(1), Origin: "rumour"}},
	} {
		if _, err := h.PutReading(t.Context(), h.ana, i.ID, tc.month, 0, tc.in); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Doubts are accepted for a reason, and come back with another figure.
func TestDoubtsAreAccepted(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	_, i, _ := h.newContract()
	kva := int64(750_000)
	_, err := h.EditInstallation(ctx, h.ana, i.ID, 0, InstallationPatch{TransformerVA: &kva})
	h.must(err)
	h.read(i.ID, "2026-01", ReadingInput{SingleW: w(480_000)})
	if r := h.read(i.ID, "2026-04", ReadingInput{SingleW: w(470_000_000)}); !slices.Equal(codes(r.Doubts), []demand.DoubtCode{demand.DoubtLarge}) || r.Doubts[0].Instead != 470_000 {
		t.Fatalf("a thousand times the contract: %+v", r.Doubts)
	}
	book, err := h.ReadingBook(ctx, h.ana, i.ID, 13)
	h.must(err)
	if !slices.Equal(codes(book.Doubts["2026-02"]), []demand.DoubtCode{demand.DoubtGap}) || len(book.Doubts) != 3 {
		t.Fatalf("gaps: %+v", book.Doubts)
	}
	if _, err := h.AcceptReading(ctx, h.ana, i.ID, "2026-04", 0, " "); !wrong(err, "reason", "error.field.required") {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := h.AcceptReading(ctx, h.ana, i.ID, "2026-01", 0, "x"); !wrong(err, "reason", "reading.accept.none") {
		t.Errorf("where nothing is doubted: %v", err)
	}
	for _, m := range []string{"2026-02", "2026-04"} {
		r, err := h.AcceptReading(ctx, h.ana, i.ID, m, 0, "medidor trocado")
		h.must(err)
		if len(openDoubts(r.Doubts)) != 0 || r.Doubts[0].Accepted.By != "ana" || r.Doubts[0].Accepted.Reason != "medidor trocado" {
			t.Errorf("%s accepted: %+v", m, r.Doubts)
		}
	}
	health, err := h.Months(ctx, h.ana, i.ID, 4)
	h.must(err)
	if health[1].Month != "2026-02" || health[1].Measured {
		t.Errorf("an accepted gap is no reading: %+v", health[1])
	}
	r, err := h.PatchReading(ctx, h.ana, i.ID, "2026-04", 0, ReadingInput{EnergyWh: w(1_000)})
	h.must(err)
	if len(openDoubts(r.Doubts)) != 0 {
		t.Errorf("another member changed: %+v", r.Doubts)
	}
	r, err = h.PatchReading(ctx, h.ana, i.ID, "2026-04", 0, ReadingInput{SingleW: w(800_000)})
	h.must(err)
	if len(r.Accepted) != 0 || !slices.Equal(codes(openDoubts(r.Doubts)), []demand.DoubtCode{demand.DoubtTransformer}) {
		t.Errorf("the figure changed: %+v", r)
	}
	if r = h.read(i.ID, "2026-02", ReadingInput{SingleW: w(-5_000)}); !slices.Equal(codes(openDoubts(r.Doubts)), []demand.DoubtCode{demand.DoubtNegative}) {
		t.Errorf("below 0: %+v", r.Doubts)
	}
}

// REN 1.000 art. 305: 546,4 kW behind the transformer are 560,06 kW at the
// connection; the reading keeps what the meter showed.
func TestLossesOfASecondaryMeter(t *testing.T) {
	h := newUpsertHouse(t)
	ctx := t.Context()
	_, i, _ := h.newContract()
	h.read(i.ID, "2026-06", ReadingInput{SingleW: w(546_400), EnergyWh: w(100_000_000)})
	on := true
	_, err := h.EditInstallation(ctx, h.ana, i.ID, 0, InstallationPatch{SecondaryMeter: &on})
	h.must(err)
	months, err := h.Months(ctx, h.ana, i.ID, 1)
	h.must(err)
	m := months[0]
	// 60.06 kW × 2 × 22.81 = 2,739.9372
	if *m.Postos[0].MeasuredW != 560_060 || *m.EnergyWh != 102_500_000 || m.LossTenths != 25 || *m.OverCents != 273_994 {
		t.Errorf("billed: %+v, over %d", m, *m.OverCents)
	}
	i, err = h.Installation(ctx, h.ana, i.ID)
	h.must(err)
	r, err := h.MonthReading(ctx, h.ana, i.ID, "2026-06")
	h.must(err)
	if *i.OverCents != 273_994 || *r.SingleW != 546_400 {
		t.Errorf("derived %d, stored %d", *i.OverCents, *r.SingleW)
	}
}
