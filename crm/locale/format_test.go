package locale

import (
	"errors"
	"math"
	"testing"
	"time"
)

type date string // stands for calendar.Date, which this leaf does not import

func TestFormats(t *testing.T) {
	at := time.Date(2026, 10, 31, 14, 5, 9, 0, time.UTC)
	for _, tt := range []struct{ got, want string }{
		{Int(PtBR, 1234567), "1.234.567"}, {Int(ES, 1234), "1.234"}, {Int(EN, 1234567), "1,234,567"}, {Int(PtBR, 0), "0"},
		{Int(PtBR, 999), "999"}, {Int(PtBR, -1000), "-1.000"}, {Int(EN, math.MinInt64), "-9,223,372,036,854,775,808"},
		{Decimal(PtBR, 512500, 3, 0), "512,5"}, {Decimal(PtBR, 5, 3, 0), "0,005"}, {Decimal(PtBR, -5, 3, 0), "-0,005"}, {Decimal(EN, 1500, 3, 2), "1.50"},
		{Money(PtBR, 866780), "R$\u00a08.667,80"}, {Money(EN, 866780), "R$\u00a08,667.80"}, {Money(ES, -5), "-R$\u00a00,05"}, {Money(PtBR, 0), "R$\u00a00,00"},
		{Amount(PtBR, 866780), "8.667,80"},
		{Rate(PtBR, 22_810_000), "22,81"}, {Rate(PtBR, 22_813_337), "22,813337"}, {Rate(EN, 22_000_000), "22.00"},
		{KW(PtBR, 512_500), "512,5\u00a0kW"}, {KW(PtBR, 1_500_000), "1.500\u00a0kW"}, {KW(EN, 1), "0.001\u00a0kW"}, {Kilo(PtBR, 30_000), "30"}, {KWh(EN, 1_234_500), "1,234.5\u00a0kWh"},
		{Percent(PtBR, 1119), "111,9\u00a0%"}, {Percent(EN, 1000), "100.0%"}, {Percent(ES, -5), "-0,5\u00a0%"},
		{Bytes(PtBR, 0), "0\u00a0B"}, {Bytes(PtBR, 999), "999\u00a0B"}, {Bytes(PtBR, 1500), "1,5\u00a0kB"}, {Bytes(EN, 1_540_000), "1.5\u00a0MB"},
		{Bytes(PtBR, 999_960), "1\u00a0MB"}, {Bytes(PtBR, 2_000_000_000), "2\u00a0GB"}, {Bytes(EN, math.MaxInt64), "9.2\u00a0EB"},
		{Date(PtBR, date("2026-10-31")), "31/10/2026"}, {Date(EN, ""), ""}, {Date(ES, "x"), "x"}, {ShortDate(PtBR, date("2026-10-31")), "31/10"}, {ShortDate(EN, "x"), "x"},
		{DateTime(PtBR, at), "31/10/2026 14:05"}, {Clock(EN, at), "14:05"},
		{Month(PtBR, date("2026-10")), "outubro de 2026"}, {Month(EN, "2026-10"), "October 2026"}, {Month(ES, "2026-13"), "2026-13"},
		{ShortMonth(PtBR, "2026-10"), "out/2026"}, {ShortMonth(ES, "2026-01"), "ene/2026"}, {ShortMonth(ES, ""), ""},
		{MonthName(PtBR, 3), "março"}, {MonthShort(EN, 12), "Dec"}, {MonthName(PtBR, 13), "month.13"},
		{Weekday(PtBR, time.Sunday), "domingo"}, {Weekday(ES, time.Wednesday), "miércoles"}, {WeekdayShort(PtBR, time.Saturday), "sáb"}, {WeekdayShort(EN, time.Monday), "Mon"},
		{Days(PtBR, 0), "hoje"}, {Days(PtBR, -1), "ontem"}, {Days(PtBR, -3), "há 3 d"}, {Days(PtBR, 1), "amanhã"}, {Days(EN, 5), "in 5 d"}, {Days(ES, -1200), "hace 1.200 d"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestParseNumber(t *testing.T) {
	tests := []struct {
		in    string
		style Style
		scale int
		want  int64
		key   string
	}{
		{"1.234,5", Comma, 3, 1_234_500, ""}, {"1,234.5", Point, 3, 1_234_500, ""},
		{"1.234", Comma, 3, 1_234_000, ""}, {"1.234", Point, 3, 1_234, ""},
		{"500", Comma, 3, 500_000, ""}, {" 500 ", Point, 0, 500, ""}, {"1234567,8", Comma, 1, 12345678, ""},
		{"-1,5", Comma, 1, -15, ""}, {"−1,5", Comma, 1, -15, ""}, {"+2", Comma, 0, 2, ""},
		{"R$ 22,81", Comma, 6, 22_810_000, ""}, {"R$\u00a0-22,81", Comma, 2, -2281, ""}, {"-R$ 22,81", Comma, 2, -2281, ""}, {"85 %", Comma, 1, 850, ""},
		{"0,0005", Comma, 3, 1, ""}, {"0,00049", Comma, 3, 0, ""}, {"-0,0005", Comma, 3, -1, ""}, {"0.30000000000000004", Point, 3, 300, ""},
		{",5", Comma, 1, 5, ""}, {"5,", Comma, 1, 50, ""}, {"1E3", Point, 0, 1000, ""}, {"1.5e-3", Point, 3, 2, ""}, {"2.5E+02", Point, 0, 250, ""},
		{"9223372036854775807", Comma, 0, math.MaxInt64, ""}, {"0,0000000000000000000000001", Comma, 3, 0, ""},
		{"1 234,5", Comma, 1, 12345, ""},
		{"1.5", Comma, 3, 0, "number.groups"}, {"1234.567", Comma, 3, 0, "number.groups"}, {"1,2,3", Comma, 3, 0, "number.groups"},
		{"1.23.456", Comma, 0, 0, "number.groups"}, {".123", Comma, 0, 0, "number.groups"}, {"0.123", Comma, 3, 0, "number.groups"}, {"1,234.5", Comma, 0, 0, "number.groups"},
		{"", Comma, 0, 0, "number.invalid"}, {"-", Comma, 0, 0, "number.invalid"}, {",", Comma, 0, 0, "number.invalid"}, {"abc", Comma, 0, 0, "number.invalid"},
		{"12a", Comma, 0, 0, "number.invalid"}, {"1e3", Comma, 0, 0, "number.invalid"}, {"1e999", Point, 0, 0, "number.invalid"}, {"1e", Point, 0, 0, "number.invalid"},
		{"--1", Comma, 0, 0, "number.invalid"}, {"=1+1", Comma, 0, 0, "number.invalid"}, {"NaN", Point, 0, 0, "number.invalid"},
		{"9223372036854775808", Comma, 0, 0, "number.range"}, {"1e300", Point, 0, 0, "number.range"}, {"9300000000000000000", Comma, 3, 0, "number.range"},
	}
	for _, tt := range tests {
		got, err := ParseNumber(tt.in, tt.style, tt.scale)
		key := ""
		if e := (*ParseError)(nil); errors.As(err, &e) {
			key = e.Key
		}
		if got != tt.want || key != tt.key {
			t.Errorf("ParseNumber(%q, %s, %d) = %d, %q; want %d, %q", tt.in, tt.style, tt.scale, got, key, tt.want, tt.key)
		}
		if key != "" && !Has(PtBR, key) {
			t.Errorf("%s has no text", key)
		}
	}
	if StyleOf(ES) != Comma || StyleOf(EN) != Point {
		t.Error("StyleOf")
	}
}

func FuzzNumbersSurviveWriting(f *testing.F) {
	f.Add(int64(1234500), uint8(3))
	f.Add(int64(math.MinInt64+1), uint8(6))
	f.Fuzz(func(t *testing.T, n int64, scale uint8) {
		s := int(scale % 7)
		for _, lang := range Langs {
			if n == math.MinInt64 {
				return
			}
			text := Decimal(lang, n, s, 0)
			if got, err := ParseNumber(text, StyleOf(lang), s); err != nil || got != n {
				t.Errorf("%s: %d becomes %q, then %d, %v", lang, n, text, got, err)
			}
		}
	})
}

func TestDecideColumn(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   Column
	}{
		{"nothing", nil, Column{Evidence: EvidencePlain, Style: Point}},
		{"whole numbers and words", []string{"500", "", "-", "n/d", "1200"}, Column{Evidence: EvidencePlain, Style: Point}},
		{"only 1.234", []string{"500", "1.234", "2.500"}, Column{Evidence: EvidenceAmbiguous, Example: "1.234", Doubtful: 2}},
		{"only 1,234", []string{"1,234"}, Column{Evidence: EvidenceAmbiguous, Example: "1,234", Doubtful: 1}},
		{"a decimal comma decides", []string{"1.234", "512,5"}, Column{Evidence: EvidenceDecided, Style: Comma, Example: "512,5", Doubtful: 1}},
		{"two points are groups", []string{"1.234", "1.234.567"}, Column{Evidence: EvidenceDecided, Style: Comma, Example: "1.234.567", Doubtful: 1}},
		{"both signs", []string{"1.234,5"}, Column{Evidence: EvidenceDecided, Style: Comma, Example: "1.234,5"}},
		{"a decimal point decides", []string{"1.234", "512.5"}, Column{Evidence: EvidenceDecided, Style: Point, Example: "512.5", Doubtful: 1}},
		{"too many digits before the point", []string{"1.234", "1234.567"}, Column{Evidence: EvidenceDecided, Style: Point, Example: "1234.567", Doubtful: 1}},
		{"a leading zero", []string{"0.123"}, Column{Evidence: EvidenceDecided, Style: Point, Example: "0.123"}},
		{"a leading zero, comma", []string{"0,123"}, Column{Evidence: EvidenceDecided, Style: Comma, Example: "0,123"}},
		{"English groups", []string{"1,234,567.8"}, Column{Evidence: EvidenceDecided, Style: Point, Example: "1,234,567.8"}},
		{"both styles", []string{"512,5", "512.5"}, Column{Evidence: EvidenceMixed, Example: "512.5"}},
		{"money", []string{"R$ 22,81"}, Column{Evidence: EvidenceDecided, Style: Comma, Example: "R$ 22,81"}},
		{"no number at all", []string{"1.2.3", "27.418.305/0001-74", "1.234.56"}, Column{Evidence: EvidencePlain, Style: Point}},
	}
	for _, tt := range tests {
		if got := DecideColumn(tt.values); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		"31/10/2026": "2026-10-31", " 1/2/2026 ": "2026-02-01", "01-02-2026": "2026-02-01", "31.10.2026": "2026-10-31", "31/10/26": "2026-10-31",
		"2026-10-31": "2026-10-31", "2026-10-31 00:00:00": "2026-10-31", "2026-10-31T12:00:00": "2026-10-31", "31/10/2026 14:05": "2026-10-31",
		"10/31/2026": "", "29/02/2026": "", "": "", "31/10": "", "amanhã": "", "45000": "",
	} {
		got, err := ParseDate(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseDate(%q) = %q, %v", in, got, err)
		}
	}
}
