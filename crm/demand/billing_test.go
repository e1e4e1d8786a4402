package demand

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

const (
	kW       = int64(1000)
	cemigA4  = Rate(22_810_000) // R$ 22.81 per kW: A4 verde, and azul off-peak
	cemigPk  = Rate(68_210_000) // R$ 68.21 per kW: A4 azul peak
	oddRate  = Rate(22_813_337)
	tinyRate = Rate(1)
)

func known(centavos int64) Amount { return Amount{centavos, true} }

// The worked example of REN 1.000 arts. 294 and 301: verde A4, R$ 22.81.
func TestWorkedBills(t *testing.T) {
	tests := []struct {
		name                 string
		measured, contracted int64
		rate                 Rate
		billed               int64
		regular, over, total Amount
		trigger              bool
	}{
		{"560 of 500: overrun costs three times", 560 * kW, 500 * kW, cemigA4, 560 * kW, known(12_773_60), known(2_737_20), known(15_510_80), true},
		{"525 of 500: the trigger itself is free", 525 * kW, 500 * kW, cemigA4, 525 * kW, known(11_975_25), known(0), known(11_975_25), false},
		{"one W above the trigger", 525*kW + 1, 500 * kW, cemigA4, 525*kW + 1, known(11_975_27), known(1_140_55), known(13_115_82), true},
		{"below the contract the contract is billed", 310 * kW, 500 * kW, cemigA4, 500 * kW, known(11_405_00), known(0), known(11_405_00), false},
		{"exactly the contract", 500 * kW, 500 * kW, cemigA4, 500 * kW, known(11_405_00), known(0), known(11_405_00), false},
		{"azul peak", 211_200, 200 * kW, cemigPk, 211_200, known(14_405_95), known(1_527_90), known(15_933_85), true},
		{"nothing measured", 0, 30 * kW, cemigA4, 30 * kW, known(684_30), known(0), known(684_30), false},
		{"no tariff, overrun", 560 * kW, 500 * kW, NoRate, 560 * kW, Amount{}, Amount{}, Amount{}, true},
		{"no tariff, no overrun", 400 * kW, 500 * kW, NoRate, 500 * kW, Amount{}, known(0), Amount{}, false},
		{"no contract", 560 * kW, 0, cemigA4, 560 * kW, known(12_773_60), known(0), known(12_773_60), false},
	}
	for _, tt := range tests {
		b := Current().Bill(tt.measured, tt.contracted, tt.rate)
		if b.BilledW != tt.billed || b.Regular != tt.regular || b.Overrun.Amount != tt.over || b.Total() != tt.total || b.Overrun.Trigger != tt.trigger {
			t.Errorf("%s: %+v, total %+v", tt.name, b, b.Total())
		}
		if b.Overrun.NoTariff != (tt.rate == NoRate) {
			t.Errorf("%s: NoTariff = %v", tt.name, b.Overrun.NoTariff)
		}
	}
}

func TestOverrunSaysHowMuchEvenBelowTheTrigger(t *testing.T) {
	o := OverrunOf(515*kW, 500*kW, cemigA4)
	if o.OverW != 15*kW || o.Trigger || o.Amount != known(0) {
		t.Errorf("%+v", o)
	}
	if o := OverrunOf(10*kW, 0, cemigA4); o.OverW != 0 || o.Trigger {
		t.Errorf("an overrun of no contract: %+v", o)
	}
}

// The trigger is compared in integers: 105 % of an odd number of W is a
// fraction, which must not be rounded before the comparison.
func TestTriggerIsExact(t *testing.T) {
	tests := []struct {
		measured, contracted int64
		want                 bool
	}{
		{105, 100, false}, {106, 100, true},
		{31, 30, false}, {32, 30, true}, // 31.5
		{1_050_000_000_000, 1_000_000_000_000, false}, {1_050_000_000_001, 1_000_000_000_000, true},
		{73_500, 70_000, false}, {73_501, 70_000, true},
	}
	for _, tt := range tests {
		if got := OverrunOf(tt.measured, tt.contracted, cemigA4).Trigger; got != tt.want {
			t.Errorf("%d of %d: %v", tt.measured, tt.contracted, got)
		}
	}
}

// exact is the slow way: a rational, rounded once, a half to the even neighbour.
func exact(w int64, rate Rate, divisor int64) int64 {
	r := new(big.Rat).SetFrac(
		new(big.Int).Mul(big.NewInt(w), big.NewInt(int64(rate))),
		new(big.Int).Mul(big.NewInt(wattRatePerCentavo), big.NewInt(divisor)))
	floor := new(big.Int).Div(r.Num(), r.Denom()).Int64()
	rest := r.Sub(r, new(big.Rat).SetInt64(floor))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && floor%2 == 1 {
		floor++
	}
	return floor
}

func TestChargeEqualsTheRational(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		w, rate := rng.Int64N(5_000_000_000), Rate(1+rng.Int64N(500_000_000))
		if got := Charge(w, rate); !got.Known || got.Centavos != exact(w, rate, 1) {
			t.Fatalf("%d W × %d = %+v, want %d", w, rate, got, exact(w, rate, 1))
		}
	}
}

// ABNT NBR 5891: a half goes to the even neighbour.
func TestChargeRoundsOnce(t *testing.T) {
	tests := []struct {
		w    int64
		rate Rate
		want Amount
	}{
		{1, 5_000_000, known(0)},             // 0.5 centavo
		{1, 5_000_001, known(1)},             // just above
		{1, 4_999_999, known(0)},             // just below
		{3, 5_000_000, known(2)},             // 1.5
		{5, 5_000_000, known(2)},             // 2.5
		{500_500, cemigA4, known(11_416_40)}, // 11,416.405
		{333_333, oddRate, known(760_444)},
		{9_999_999, tinyRate, known(1)},
		{0, cemigA4, known(0)},
		{-1, cemigA4, Amount{}},
		{kW, -5, Amount{}},
		{math.MaxInt64, math.MaxInt64, Amount{}},
	}
	for _, tt := range tests {
		if got := Charge(tt.w, tt.rate); got != tt.want {
			t.Errorf("%d W × %d = %+v, want %+v", tt.w, tt.rate, got, tt.want)
		}
	}
}

func TestAmountPlus(t *testing.T) {
	if known(1).Plus(known(2)) != known(3) || known(1).Plus(Amount{}).Known || (Amount{}).Plus(known(1)).Known {
		t.Error("a sum is known without its parts")
	}
}

func TestUtilisation(t *testing.T) {
	tests := []struct {
		measured, contracted, want int64
		ok                         bool
	}{
		{560 * kW, 500 * kW, 1120, true}, {500 * kW, 500 * kW, 1000, true}, {0, 500, 0, true},
		{1, 3, 333, true}, {2, 3, 667, true}, {1119_500, 1_000_000, 1120, true}, {1119_499, 1_000_000, 1119, true},
		{5, 0, 0, false}, {-1, 5, 0, false}, {5, -5, 0, false},
	}
	for _, tt := range tests {
		if got, ok := Utilisation(tt.measured, tt.contracted); got != tt.want || ok != tt.ok {
			t.Errorf("%d of %d = %d, %v", tt.measured, tt.contracted, got, ok)
		}
	}
}

func TestState(t *testing.T) {
	idle := DefaultIdle.TenthsPercent
	tests := []struct {
		measured, contracted int64
		want                 State
	}{
		{100, 0, StateNone}, {0, 100, StateIdle}, {79, 100, StateIdle}, {80, 100, StateOK}, {100, 100, StateOK},
		{101, 100, StateWarn}, {105, 100, StateWarn}, {106, 100, StateBad}, {799_999, 1_000_000, StateIdle},
	}
	for _, tt := range tests {
		if got := StateOf(tt.measured, tt.contracted, idle); got != tt.want {
			t.Errorf("%d of %d is %s, want %s", tt.measured, tt.contracted, got, tt.want)
		}
	}
	if got := StateOf(60, 100, 500); got != StateOK {
		t.Errorf("a house that calls 50 %% idle: %s", got)
	}
	if Worst(StateOK, StateBad, StateIdle) != StateBad || Worst(StateIdle, StateWarn) != StateWarn || Worst() != StateNone || Worst(StateNone, StateOK) != StateOK {
		t.Error("Worst")
	}
}

func TestQuantities(t *testing.T) {
	if IdleW(310, 500) != 190 || IdleW(560, 500) != 0 {
		t.Error("IdleW")
	}
	if Billed(310, 500) != 500 || Billed(560, 500) != 560 {
		t.Error("Billed")
	}
	if got := IdleCharge(310*kW, 500*kW, cemigA4); got != known(4_333_90) { // 190 × 22.81
		t.Errorf("190 kW unused cost %+v", got)
	}
	if IdleCharge(560*kW, 500*kW, cemigA4) != known(0) || IdleCharge(310*kW, 500*kW, NoRate).Known {
		t.Error("IdleCharge")
	}
}

func TestAtConnection(t *testing.T) { // art. 305
	tests := []struct{ measured, volts, want int64 }{
		{500 * kW, 13_800, 512_500}, {500 * kW, 0, 512_500}, {500 * kW, 69_000, 505_000},
		{333, 13_800, 341}, {0, 13_800, 0}, {-5, 13_800, -5}, // 341.325
	}
	for _, tt := range tests {
		if got := Current().AtConnection(tt.measured, tt.volts); got != tt.want {
			t.Errorf("%d W at %d V: %d, want %d", tt.measured, tt.volts, got, tt.want)
		}
	}
}

func TestPostos(t *testing.T) {
	if got := Azul.Postos(); len(got) != 2 || got[0] != Peak || got[1] != OffPeak {
		t.Errorf("azul: %v", got)
	}
	for _, m := range []Modality{Verde, Unknown} {
		if got := m.Postos(); len(got) != 1 || got[0] != Single {
			t.Errorf("%s: %v", m, got)
		}
	}
	if !Verde.Valid() || Modality("blue").Valid() {
		t.Error("Valid")
	}
}

func TestSeasonalCharge(t *testing.T) {
	r := Current()
	if got := r.SeasonalCharge(20*kW, 500*kW, cemigA4); got != known(1_140_50) { // a tenth of 500 kW
		t.Errorf("%+v", got)
	}
	if got := r.SeasonalCharge(80*kW, 500*kW, cemigA4); got != known(1_824_80) {
		t.Errorf("%+v", got)
	}
	if got, want := r.SeasonalCharge(0, 333_335, oddRate), exact(333_335, oddRate, 10); got != known(want) {
		t.Errorf("33,333.5 W: %+v, want %d", got, want)
	}
	if r.SeasonalCharge(1, 1, NoRate).Known {
		t.Error("an amount without a tariff")
	}
}

func TestComplementary(t *testing.T) {
	r := Current()
	year := func(billed ...int64) []Cycle {
		c := make([]Cycle, 12)
		for i := range c {
			c[i] = Cycle{ContractedW: 100}
			if i < len(billed) {
				c[i].BilledW = billed[i]
			}
		}
		return c
	}
	tests := []struct {
		name   string
		cycles []Cycle
		want   []int64
	}{
		{"three reached", year(100, 120, 100), nil},
		{"two reached: the largest gap", year(100, 120, 90, 80, 70, 60, 50, 40, 30, 20, 10, 5), []int64{95}},
		{"none reached", year(99, 99, 99, 99, 99, 99, 99, 99, 99, 40, 99, 70), []int64{60, 30, 1}},
		{"no cycle", nil, nil},
	}
	for _, tt := range tests {
		got := r.Complementary(tt.cycles)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			continue
		}
		for i := range got {
			if got[i] != tt.want[i] {
				t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
			}
		}
	}
}
