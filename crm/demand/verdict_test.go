package demand

import (
	"slices"
	"testing"

	"cemigmas/crm/calendar"
)

// judged makes months of 500 kW from November 2025 on; a measured demand below
// 0 is a gap.
func judged(contracted int64, kws ...int64) []JudgedMonth {
	r := Current()
	var out []JudgedMonth
	for i, m := range kws {
		j := JudgedMonth{Month: calendar.Month("2025-11").Add(i), ContractedW: contracted * kW, Rate: cemigA4, State: StateNone}
		if m >= 0 {
			j.MeasuredW = ptr(m * kW)
			j.State = r.State(m*kW, j.ContractedW, DefaultIdle.TenthsPercent)
			j.Overrun = r.Overrun(m*kW, j.ContractedW, cemigA4).Amount
		}
		out = append(out, j)
	}
	return out
}

// "Idle 38 % in 9 of 12 months": 310 of 500 kW, 190 × 9 × 22.81.
func TestVerdictIdle(t *testing.T) {
	months := judged(500, 310, 310, 310, 310, 310, 310, 310, 310, 310, 450, 450, 500)
	got := DefaultIdle.Verdicts(Single, months)
	want := []Verdict{{Code: VerdictIdle, Tenths: 380, Months: 9, Of: 12, Month: "2026-07", W: 1710 * kW, Amount: known(39_005_10), Posto: Single}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestVerdicts(t *testing.T) {
	codes := func(vs []Verdict) []VerdictCode {
		var out []VerdictCode
		for _, v := range vs {
			out = append(out, v.Code)
		}
		return out
	}
	tests := []struct {
		name   string
		months []JudgedMonth
		want   []VerdictCode
	}{
		{"fits", judged(500, 450, 460, 500), []VerdictCode{VerdictFits}},
		{"one idle month of twelve is no verdict", judged(500, 100, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450, 450), []VerdictCode{VerdictFits}},
		{"a quarter is", judged(500, 100, 450, 450, 450), []VerdictCode{VerdictIdle}},
		{"an overrun comes first", judged(500, 100, 100, 510, 560), []VerdictCode{VerdictOverrun, VerdictIdle, VerdictOver}},
		{"gaps come last", judged(500, 450, -1, 450), []VerdictCode{VerdictFits, VerdictGaps}},
		{"no reading", judged(500, -1, -1), []VerdictCode{VerdictReadings}},
		{"no contract", judged(0, 450, 450), []VerdictCode{VerdictContract}},
		{"nothing", nil, []VerdictCode{VerdictContract}},
	}
	for _, tt := range tests {
		if got := codes(DefaultIdle.Verdicts(Single, tt.months)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestVerdictFigures(t *testing.T) {
	got := DefaultIdle.Verdicts(Peak, judged(500, 560, -1, 600, 510, 450))
	want := []Verdict{
		// 60 and 100 kW, × 2 × 22.81.
		{Code: VerdictOverrun, Tenths: 1200, Months: 2, Of: 4, Month: "2026-01", W: 160 * kW, Amount: known(7_299_20), Posto: Peak},
		{Code: VerdictOver, Months: 1, Of: 4, Month: "2026-02", W: 10 * kW, Posto: Peak},
		{Code: VerdictGaps, Months: 1, Of: 5, Posto: Peak},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	fits := DefaultIdle.Verdicts(Single, judged(500, 450, 500))
	if fits[0].Tenths != 950 || fits[0].Of != 2 {
		t.Errorf("%+v", fits)
	}
	unpriced := judged(500, 560, 310)
	for i := range unpriced {
		unpriced[i].Overrun, unpriced[i].Rate = Amount{}, NoRate
	}
	for _, v := range DefaultIdle.Verdicts(Single, unpriced) {
		if v.Amount.Known {
			t.Errorf("a sum without a tariff: %+v", v)
		}
	}
}
