package demand

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"cemigmas/crm/calendar"
)

func ptr(v int64) *int64 { return &v }

// cemigPrices are those of Cemig-D A4 from 2026-01-01, TUSD and TE added.
var cemigPrices = Prices{
	Single: cemigA4, Peak: cemigPk, OffPeak: cemigA4,
	VerdePeak: 2_284_960, VerdeOffPeak: 450_000, AzulPeak: 629_140, AzulOffPeak: 450_000,
}

// verdeMonths is a year of a verde contract with these measured demands in kW.
func verdeMonths(contracted int64, measured ...int64) []Usage {
	var out []Usage
	for i, m := range measured {
		out = append(out, Usage{
			Month: calendar.Month("2025-11").Add(i), Modality: Verde, Contract: &Step{SingleW: contracted * kW},
			SingleW: ptr(m * kW), Prices: cemigPrices,
		})
	}
	return out
}

// 500 kW contracted, eleven months of 300 kW and one of 330. By hand, in kW that
// are paid: 300 contracted is 11 × 300 + 330 + 2 × 30 = 3,690; 330 ÷ 1.05 =
// 314.286 without an overrun is 11 × 314.286 + 330 = 3,787; 330 is 3,960.
func TestSimulateVerdeByHand(t *testing.T) {
	res := Simulate(SizeRequest{Months: verdeMonths(500, 300, 300, 300, 330, 300, 300, 300, 300, 300, 300, 300, 300)})
	if res.Compared != 12 || res.Left != 0 || res.Modality != Verde || res.First != "2025-11" || res.Last != "2026-10" {
		t.Errorf("%+v", res)
	}
	if len(res.Options) != 1 || !slices.Contains(res.Gaps, GapPostos) || !slices.Contains(res.Gaps, GapEnergy) {
		t.Fatalf("azul cannot be computed from one demand: %v", res.Gaps)
	}
	s := res.Options[0].Sizes[0]
	// 3,690 × 22.81.
	if s.W != 300*kW || s.Cost != known(84_168_90) || s.ExactW != 300*kW || s.Exact != s.Cost {
		t.Errorf("%+v", s)
	}
	if res.Present.Demand != known(136_860_00) || res.Present.Total.Known { // 500 × 12 × 22.81
		t.Errorf("present: %+v", res.Present)
	}
	if res.Best == nil || res.Best.Modality != Verde || res.SavingYear != known(52_691_10) {
		t.Errorf("saves %+v", res.SavingYear)
	}
}

// A larger peak month: 300 kW would cost 11 × 300 + 450 + 2 × 150 = 4,050, while
// 450 ÷ 1.05 = 428.572 kW costs 11 × 428.572 + 450 = 5,164; two such months
// change it: 10 × 300 + 2 × (450 + 300) = 4,500 against 10 × 428.572 + 900 =
// 5,186; six: 6 × 300 + 6 × 750 = 6,300 against 6 × 428.572 + 2,700 = 5,271.
func TestSimulateWeighsOverrunAgainstIdle(t *testing.T) {
	tests := []struct {
		high          int
		exact, whole  int64
		exactW        Amount
		wholeW, saves Amount
	}{
		{1, 300 * kW, 300 * kW, known(92_380_50), known(92_380_50), known(44_479_50)},
		{2, 300 * kW, 300 * kW, known(102_645_00), known(102_645_00), known(34_215_00)},
		// (6 × 428.572 + 2,700) × 22.81 = 120,241.36; whole: 429 × 6 + 2,700 = 5,274.
		{6, 428_572, 429 * kW, known(120_241_36), known(120_299_94), known(16_560_06)},
	}
	for _, tt := range tests {
		measured := slices.Repeat([]int64{300}, 12)
		for i := range tt.high {
			measured[i*2] = 450
		}
		res := Simulate(SizeRequest{Months: verdeMonths(500, measured...)})
		s := res.Best.Sizes[0]
		if s.ExactW != tt.exact || s.W != tt.whole || s.Exact != tt.exactW || s.Cost != tt.wholeW || res.SavingYear != tt.saves {
			t.Errorf("%d months of 450: %+v, saves %+v", tt.high, s, res.SavingYear)
		}
	}
}

func azulMonths(n int, peak, offPeak, peakMWh, offPeakMWh int64) []Usage {
	var out []Usage
	for i := range n {
		out = append(out, Usage{
			Month: calendar.Month("2025-11").Add(i), Modality: Verde, Contract: &Step{SingleW: 500 * kW},
			PeakW: ptr(peak * kW), OffPeakW: ptr(offPeak * kW),
			PeakWh: ptr(peakMWh * 1_000_000), OffPeakWh: ptr(offPeakMWh * 1_000_000), Prices: cemigPrices,
		})
	}
	return out
}

// 500 kW at all hours: azul pays 500 × 68.21 = 34,105 more for demand a month,
// and saves 1.65582 R$ on each kWh at the peak: from 20,598 kWh on it wins.
func TestSimulateComparesModalities(t *testing.T) {
	for _, tt := range []struct {
		peakMWh int64
		want    Modality
		saves   Amount
	}{
		{20, Verde, known(0)},
		// 12 × (21,000 × 1.65582 − 34,105) = 8,006.64.
		{21, Azul, known(8_006_64)},
	} {
		res := Simulate(SizeRequest{Months: azulMonths(12, 500, 500, tt.peakMWh, 200)})
		if len(res.Gaps) != 0 || len(res.Options) != 2 {
			t.Fatalf("%v, %d options", res.Gaps, len(res.Options))
		}
		if res.Best.Modality != tt.want || res.SavingYear != tt.saves {
			t.Errorf("%d MWh at the peak: %s, saves %+v", tt.peakMWh, res.Best.Modality, res.SavingYear)
		}
	}
	// 24 months: the saving of one year is the same.
	if res := Simulate(SizeRequest{Months: azulMonths(24, 500, 500, 21, 200)}); res.SavingYear != known(8_006_64) {
		t.Errorf("two years save %+v a year", res.SavingYear)
	}
}

func TestSimulateMinimum(t *testing.T) {
	res := Simulate(SizeRequest{Months: azulMonths(12, 5, 10, 1, 1)})
	verde, azul := res.Options[0].Step(), res.Options[1].Step()
	if verde.SingleW != 30*kW {
		t.Errorf("verde: %+v", verde)
	}
	// 30 kW off-peak are cheaper than 30 at the peak.
	if azul.PeakW != 5*kW || azul.OffPeakW != 30*kW {
		t.Errorf("azul: %+v", azul)
	}
	res = Simulate(SizeRequest{Months: azulMonths(12, 0, 40, 0, 1)})
	if azul := res.Options[1].Step(); azul.PeakW != 0 || azul.OffPeakW != 40*kW {
		t.Errorf("nothing at the peak: %+v", azul)
	}
	if res := Simulate(SizeRequest{Months: verdeMonths(500, 300), MinimumW: 500 * kW}); res.Best.Step().SingleW != 500*kW {
		t.Errorf("a special consumer: %+v", res.Best.Step())
	}
}

func TestSimulateSaysWhatLacks(t *testing.T) {
	year := azulMonths(12, 500, 500, 21, 200)
	with := func(do func(i int, u *Usage)) []Usage {
		out := slices.Clone(year)
		for i := range out {
			do(i, &out[i])
		}
		return out
	}
	tests := []struct {
		name     string
		q        SizeRequest
		compared int
		options  int
		best     Modality
		gaps     []Gap
		saves    bool
	}{
		{"nothing", SizeRequest{}, 0, 0, "", []Gap{GapMonths}, false},
		{"no energy of one month", SizeRequest{Months: with(func(i int, u *Usage) {
			if i == 3 {
				u.PeakWh = nil
			}
		})}, 12, 2, Verde, []Gap{GapEnergy}, true},
		{"no energy tariff", SizeRequest{Months: with(func(_ int, u *Usage) { u.Prices.AzulPeak = 0 })}, 12, 2, Verde, []Gap{GapEnergy}, true},
		{"no azul tariff", SizeRequest{Months: with(func(_ int, u *Usage) { u.Prices.Peak = NoRate })}, 12, 1, Verde, []Gap{GapTariff}, true},
		{"months without readings count nowhere", SizeRequest{Months: with(func(i int, u *Usage) {
			if i%2 == 0 {
				u.PeakW, u.OffPeakW = nil, nil
			}
		})}, 6, 2, Azul, nil, true},
		{"no contract", SizeRequest{Months: with(func(_ int, u *Usage) { u.Contract = nil })}, 12, 2, Azul, []Gap{GapContract}, false},
		{"no contract, no energy", SizeRequest{Months: with(func(_ int, u *Usage) { u.Contract, u.PeakWh = nil, nil })}, 12, 2, "", []Gap{GapEnergy, GapContract}, false},
		{"unknown modality", SizeRequest{Months: with(func(_ int, u *Usage) { u.Modality = Unknown })}, 12, 2, Azul, []Gap{GapContract}, false},
		{"a contract of no demand", SizeRequest{Months: with(func(_ int, u *Usage) { u.Contract = &Step{PeakW: 500 * kW} })}, 12, 2, Azul, []Gap{GapContract}, false},
		{"138 kV: azul is compulsory", SizeRequest{Volts: 138_000, Months: with(func(_ int, u *Usage) {
			u.Modality, u.Contract, u.PeakWh = Azul, &Step{PeakW: 600 * kW, OffPeakW: 600 * kW}, nil
		})}, 12, 1, Azul, nil, true},
	}
	for _, tt := range tests {
		res := Simulate(tt.q)
		var best Modality
		if res.Best != nil {
			best = res.Best.Modality
		}
		if res.Compared != tt.compared || res.Left != len(tt.q.Months)-tt.compared || len(res.Options) != tt.options || best != tt.best || !slices.Equal(res.Gaps, tt.gaps) || res.SavingYear.Known != tt.saves {
			t.Errorf("%s: %d compared, %d options, best %q, gaps %v, saves %+v", tt.name, res.Compared, len(res.Options), best, res.Gaps, res.SavingYear)
		}
	}
}

// The bill of each month is that of Rules.Bill: the present cost is their sum.
func TestPresentCostIsTheSumOfTheBills(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for range 200 {
		months := verdeMonths(500, 100)
		*months[0].SingleW = rng.Int64N(900_000)
		bill := Current().Bill(*months[0].SingleW, 500*kW, cemigA4)
		exact := exact(bill.BilledW, cemigA4, 1) + exact(bill.Overrun.OverW*2, cemigA4, 1)
		if got := Simulate(SizeRequest{Months: months}).Present.Demand; bill.Overrun.Trigger && (got.Centavos < exact-1 || got.Centavos > exact+1) {
			t.Fatalf("%+v against %+v", got, bill)
		} else if !bill.Overrun.Trigger && got != bill.Regular {
			t.Fatalf("%+v against %+v", got, bill)
		}
	}
}

// randomYear is an installation as the reference data have them.
func randomYear(rng *rand.Rand, n int) []Usage {
	base := 50_000 + rng.Int64N(2_000_000)
	out := make([]Usage, n)
	for i := range out {
		off := base*7/10 + rng.Int64N(base/2)
		out[i] = Usage{
			Month: calendar.Month("2024-11").Add(i), Modality: Verde, Contract: &Step{SingleW: base},
			PeakW: ptr(off / 2), OffPeakW: ptr(off), PeakWh: ptr(off * 30), OffPeakWh: ptr(off * 400), Prices: cemigPrices,
		}
	}
	return out
}

func BenchmarkSimulate(b *testing.B) {
	for _, n := range []int{12, 24} {
		b.Run(fmt.Sprintf("%d-months", n), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(3, 3))
			q := make([]SizeRequest, 64)
			for i := range q {
				q[i].Months = randomYear(rng, n)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if res := Simulate(q[i%len(q)]); len(res.Options) != 2 {
					b.Fatal(res.Gaps)
				}
			}
		})
	}
}

// A portfolio: 100,000 installations take 100,000 times this.
func BenchmarkSimulatePortfolio(b *testing.B) {
	rng := rand.New(rand.NewPCG(5, 5))
	q := make([]SizeRequest, 512)
	for i := range q {
		q[i].Months = randomYear(rng, 24)
	}
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if res := Simulate(q[i%len(q)]); res.Best == nil {
				b.Error(res.Gaps)
			}
		}
	})
}

// What a contract of one's own costs is rounded as the best one is: once, over
// all postos. 1 W for R$ 5.001 per kW is half a centavo and a little, twice that
// one centavo and no second.
func TestCostsAtRoundOnce(t *testing.T) {
	curve, ok := NewCurve([]CurveMonth{{"2026-10", 1, 5_001_000}})
	if !ok {
		t.Fatal("no curve")
	}
	o := Option{Modality: Azul, Sizes: []Size{{Posto: Peak, Curve: curve}, {Posto: OffPeak, Curve: curve}}, energy: nanos{v: 4_000_000}}
	got := o.CostsAt(Step{PeakW: 1, OffPeakW: 1})
	if got != (Costs{Demand: known(1), Energy: known(0), Total: known(1)}) {
		t.Errorf("%+v", got)
	}
	if got := o.CostsAt(Step{PeakW: -1, OffPeakW: 1}); got.Demand.Known || got.Total.Known {
		t.Errorf("a negative demand costs %+v", got)
	}
}

func TestSavingYearRoundsBothWays(t *testing.T) {
	for _, c := range []struct {
		was, is int64
		months  int
		want    Amount
	}{{100, 90, 12, known(10)}, {100, 99, 8, known(2)}, {99, 100, 8, known(-2)}, {100, 107, 11, known(-8)}, {1, 1, 0, Amount{}}} {
		if got := SavingYear(known(c.was), known(c.is), c.months); got != c.want {
			t.Errorf("%d less %d of %d months: %+v, want %+v", c.was, c.is, c.months, got, c.want)
		}
	}
	if SavingYear(Amount{}, known(1), 12).Known {
		t.Error("nothing known saves something")
	}
}
