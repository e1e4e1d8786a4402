package demand

import (
	"testing"

	"cemigmas/crm/calendar"
)

func TestEarliestReduction(t *testing.T) {
	r := Current()
	tests := []struct {
		name   string
		q      ReductionRequest
		on     calendar.Date
		month  calendar.Month
		reason Reason
		refund bool
	}{
		// 8 days of November, 31, 31, and the 20th of February is the 90th.
		{"A4: 90 days", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4"}, "2027-02-20", "2027-03", ReasonNotice, false},
		{"AS: 90 days", ReductionRequest{Requested: "2026-11-22", Subgroup: "as"}, "2027-02-20", "2027-03", ReasonNotice, false},
		{"A3a: 180 days", ReductionRequest{Requested: "2026-11-22", Subgroup: "A3a"}, "2027-05-21", "2027-06", ReasonNotice, false},
		{"it ends on the first of a month", ReductionRequest{Requested: "2026-12-01", Subgroup: "A4"}, "2027-03-01", "2027-03", ReasonNotice, false},
		{"one a year", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", Last: "2026-06-01"}, "2027-06-01", "2027-06", ReasonYear, false},
		{"a year is over by then", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", Last: "2026-02-20"}, "2027-02-20", "2027-03", ReasonNotice, false},
		{"own generation", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", Last: "2026-10-01", Efficiency: true}, "2026-12-22", "2027-01", ReasonEfficiency, false},
		{"at the end of a test", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", TestEnd: "2026-12-31"}, "2027-01-01", "2027-01", ReasonTest, false},
		{"built for it four years ago", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", Invested: "2022-03-01"}, "2027-02-20", "2027-03", ReasonNotice, true},
		{"built for it five years ago", ReductionRequest{Requested: "2026-11-22", Subgroup: "A4", Invested: "2022-02-20"}, "2027-02-20", "2027-03", ReasonNotice, false},
		{"no day", ReductionRequest{Subgroup: "A4"}, "", "", "", false},
	}
	for _, tt := range tests {
		if got := r.EarliestReduction(tt.q); got != (Effect{tt.on, tt.month, tt.reason, tt.refund}) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if got := r.LastReductionRequest("2027-02-20", "A4"); got != "2026-11-22" {
		t.Errorf("asked for by %s", got)
	}
	if got := r.LastReductionRequest("2027-05-21", "A3a"); got != "2026-11-22" {
		t.Errorf("asked for by %s", got)
	}
}

func TestLatestIncrease(t *testing.T) {
	r := Current()
	var w calendar.WorkDays
	tests := []struct {
		name string
		q    IncreaseRequest
		want []calendar.Date // budget, contracts, works, metering
		on   calendar.Date
	}{
		// From Monday the 9th: 15 days end on the 24th, 5 working days on 1 December.
		{"13.8 kV, nothing to build", IncreaseRequest{"2026-11-09", 13_800, WorksNone, false}, []calendar.Date{"2026-11-24", "2026-12-01"}, "2026-12-01"},
		{"its meter changes", IncreaseRequest{"2026-11-09", 13_800, WorksNone, true}, []calendar.Date{"2026-11-24", "2026-12-01", "2026-12-15"}, "2026-12-15"},
		// 30 days: 9 December; 5 working: the 16th; 120 days: 15 April 2027, a Thursday; 10 working: the 30th (the 21st is a holiday).
		{"works within a kilometre", IncreaseRequest{"2026-11-09", 13_800, WorksNear, false}, []calendar.Date{"2026-12-09", "2026-12-16", "2027-04-15", "2027-04-30"}, "2027-04-30"},
		// 45 days: 24 December; 5 working from there: 4 January (25th, 1st; 28, 29, 30, 31).
		{"69 kV", IncreaseRequest{"2026-11-09", 69_000, WorksNone, false}, []calendar.Date{"2026-12-24", "2027-01-04"}, "2027-01-04"},
		{"the distributor's schedule", IncreaseRequest{"2026-11-09", 138_000, WorksPlan, false}, []calendar.Date{"2026-12-24", "2027-01-04", ""}, ""},
		{"no day", IncreaseRequest{Volts: 13_800}, nil, ""},
	}
	for _, tt := range tests {
		got := r.LatestIncrease(tt.q, w)
		if got.On != tt.on || len(got.Stages) != len(tt.want) {
			t.Errorf("%s: %+v", tt.name, got)
			continue
		}
		for i, s := range got.Stages {
			if s.By != tt.want[i] || s.Article == "" {
				t.Errorf("%s: %+v, want %s", tt.name, s, tt.want[i])
			}
		}
	}
	for works, want := range map[Works]int{WorksLow: 60, WorksNear: 120, WorksRest: 365} {
		if got := r.LatestIncrease(IncreaseRequest{"2026-11-09", 13_800, works, false}, w).Stages[2].Period; got.N != want {
			t.Errorf("%s: %+v", works, got)
		}
	}
	if got := r.LatestIncrease(IncreaseRequest{"2026-11-09", 220, WorksNone, true}, w).Stages[2].Period; got != working(5) {
		t.Errorf("metering below 2.3 kV: %+v", got)
	}
}

func TestEarliestModalityChange(t *testing.T) {
	r := Current()
	revisions := []calendar.Date{"2023-05-28", "2028-05-28"}
	tests := []struct {
		name   string
		q      ModalityRequest
		want   calendar.Date
		reason Reason
	}{
		{"never changed", ModalityRequest{Requested: "2026-11-22"}, "2026-11-22", ReasonFree},
		{"12 cycles over", ModalityRequest{Requested: "2026-11-22", Since: "2025-11"}, "2026-11-22", ReasonFree},
		{"the 12th runs", ModalityRequest{Requested: "2026-11-22", Since: "2025-12"}, "2026-12-01", ReasonCycles},
		{"changed this month", ModalityRequest{Requested: "2026-11-22", Since: "2026-11", Revisions: revisions}, "2027-11-01", ReasonCycles},
		{"a revision comes before", ModalityRequest{Requested: "2028-02-10", Since: "2027-10", Revisions: revisions}, "2028-05-28", ReasonRevision},
		{"within three complete cycles", ModalityRequest{Requested: "2028-08-31", Since: "2028-01", Revisions: revisions}, "2028-08-31", ReasonRevision},
		{"a day too late", ModalityRequest{Requested: "2028-09-01", Since: "2028-01", Revisions: revisions}, "2029-01-01", ReasonCycles},
		{"a revision on the first counts its month", ModalityRequest{Requested: "2028-06-30", Since: "2028-01", Revisions: []calendar.Date{"2028-04-01"}}, "2028-06-30", ReasonRevision},
		{"and ends a month earlier", ModalityRequest{Requested: "2028-07-01", Since: "2028-01", Revisions: []calendar.Date{"2028-04-01"}}, "2029-01-01", ReasonCycles},
		{"azul is compulsory", ModalityRequest{Requested: "2026-11-22", Volts: 138_000}, "", ""},
		{"no day", ModalityRequest{}, "", ""},
	}
	for _, tt := range tests {
		got := r.EarliestModalityChange(tt.q, calendar.WorkDays{})
		if got.Request != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	if got := r.EarliestModalityChange(ModalityRequest{Requested: "2026-11-23"}, calendar.WorkDays{}); got.AnswerBy != "2026-12-23" {
		t.Errorf("answered by %s", got.AnswerBy)
	}
}
