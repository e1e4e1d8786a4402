package demand

import (
	"slices"
	"testing"

	"cemigmas/crm/calendar"
)

func measuredFrom(first calendar.Month, ws ...int64) []MonthW {
	var out []MonthW
	for i, w := range ws {
		if w >= 0 { // a gap
			out = append(out, MonthW{first.Add(i), w})
		}
	}
	return out
}

// Two years to October 2026; the second is 10 % above the first but for one
// month of 30 % and one of 5 % less. The median is 1.1, so December and January
// are 1.1 times those of the year before.
func TestForecastSeason(t *testing.T) {
	year := []int64{100, 200, 300, 100, 100, 100, 100, 100, 100, 100, 100, 100} // from November 2024
	second := []int64{110, 220, 330, 110, 110, 130, 110, 95, 110, 110, 110, 110}
	h := measuredFrom("2024-11", slices.Concat(year, second)...)
	got := DefaultForecasting.ForecastMonths(h, "2026-10", 3)
	// The month of the year before is that of 2025-26: 110, 220, 330. Of twelve
	// ratios the 2nd and the 11th are the ends of the band: 1.1 and 1.1.
	want := []Forecast{
		{"2026-11", MethodSeason, 121, 121, 121, 12},
		{"2026-12", MethodSeason, 242, 242, 242, 12},
		{"2027-01", MethodSeason, 363, 363, 363, 12},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	// A gap takes a pair away, and the ends of eleven ratios are the 2nd and 10th.
	h = slices.DeleteFunc(h, func(m MonthW) bool { return m.Month == "2025-03" })
	if got := DefaultForecasting.ForecastMonths(h, "2026-10", 1); got[0].From != 11 || got[0].Likely != 121 {
		t.Errorf("with a gap: %+v", got)
	}
	slices.Reverse(h)
	if again := DefaultForecasting.ForecastMonths(h, "2026-10", 1); again[0].Likely != 121 {
		t.Errorf("order matters: %+v", again)
	}
}

func TestForecastSeasonBand(t *testing.T) {
	year := slices.Repeat([]int64{1000}, 12)
	second := []int64{900, 950, 1000, 1050, 1100, 1150, 1200, 1250, 1300, 1350, 1400, 1450}
	got := DefaultForecasting.ForecastMonths(measuredFrom("2024-11", slices.Concat(year, second)...), "2026-10", 1)
	// Nearest rank of 12: 10 % is the 2nd, 50 % the 6th, 90 % the 11th; times 900.
	if got[0] != (Forecast{"2026-11", MethodSeason, 855, 1035, 1260, 12}) {
		t.Errorf("%+v", got)
	}
}

func TestForecastTrend(t *testing.T) {
	// 100 W more each month, one month that was far off: it moves nothing.
	got := DefaultForecasting.ForecastMonths(measuredFrom("2026-05", 1000, 1100, 9000, 1300, 1400, 1500), "2026-10", 2)
	if got[0].Method != MethodTrend || got[0].Likely != 1600 || got[1].Likely != 1700 || got[0].From != 6 {
		t.Errorf("%+v", got)
	}
	if got[0].Low > got[0].Likely || got[0].High < got[0].Likely {
		t.Errorf("the band does not hold what is likely: %+v", got[0])
	}
	// The same month a year ago is known, but there are too few pairs.
	got = DefaultForecasting.ForecastMonths(measuredFrom("2025-10", 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500), "2026-10", 1)
	if got[0] != (Forecast{"2026-11", MethodTrend, 500, 500, 500, 12}) {
		t.Errorf("thirteen months: %+v", got)
	}
	// Falling: never below nothing.
	got = DefaultForecasting.ForecastMonths(measuredFrom("2026-05", 600, 500, 400, 300, 200, 100), "2026-10", 3)
	if got[2].Likely != 0 || got[2].Low != 0 {
		t.Errorf("%+v", got[2])
	}
}

func TestForecastNeedsData(t *testing.T) {
	for name, h := range map[string][]MonthW{
		"nothing":                    nil,
		"five months":                measuredFrom("2026-06", 1, 2, 3, 4, 5),
		"six, but long ago":          measuredFrom("2024-01", 1, 2, 3, 4, 5, 6),
		"months after the last":      measuredFrom("2026-11", 1, 2, 3, 4, 5, 6, 7),
		"negative ones do not count": {{"2026-10", -1}, {"2026-09", -1}, {"2026-08", 1}, {"2026-07", 1}, {"2026-06", 1}, {"2026-05", 1}},
	} {
		got := DefaultForecasting.ForecastMonths(h, "2026-10", 1)
		if len(got) != 1 || got[0].Method != MethodNone || got[0].Likely != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if risk := Current().RiskOf(got[0], 500, cemigA4); risk.State != RiskUnknown {
			t.Errorf("%s: %+v", name, risk)
		}
	}
}

func TestRiskOf(t *testing.T) {
	r := Current()
	f := Forecast{"2026-11", MethodSeason, 480 * kW, 520 * kW, 560 * kW, 12}
	tests := []struct {
		contracted int64
		want       RiskState
		high       Amount
	}{
		{500 * kW, RiskPossible, known(2_737_20)}, // 560 of 500: 60 × 2 × 22.81
		{534 * kW, RiskNone, known(0)},            // 560.7 is the trigger
		{495 * kW, RiskLikely, known(2_965_30)},   // 519.75 is the trigger: 65 × 2 × 22.81
		{0, RiskUnknown, Amount{}},
	}
	for _, tt := range tests {
		x := r.RiskOf(f, tt.contracted, cemigA4)
		if x.State != tt.want || x.High.Amount != tt.high || x.Month != "2026-11" {
			t.Errorf("%d W: %+v", tt.contracted, x)
		}
	}
}
