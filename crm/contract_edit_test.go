package crm

import (
	"errors"
	"testing"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

var testDays calendar.WorkDays

// The example of REN 1.000 art. 142: A4 verde 500 kW, 8 months left, R$
// 22,81: 3 × 500 × 22,81 + 5 × 30 × 22,81 = 37.636,50.
func TestContractExit(t *testing.T) {
	h := newUpsertHouse(t)
	_, _, k := h.newContract()
	x, err := h.ContractExit(t.Context(), h.ana, k.ID, "2026-10-11") // the term ends 2027-06-11
	h.must(err)
	if x.End != "2027-06-11" || x.MonthsLeft != 8 || x.Single != 22_810_000 || x.Cost.Total != (demand.Amount{Centavos: 3_763_650, Known: true}) {
		t.Errorf("exit: %+v", x)
	}
	for _, day := range []string{"", "never", "2024-01-01"} {
		if _, err := h.ContractExit(t.Context(), h.ana, k.ID, day); CodeOf(err) != CodeInvalid {
			t.Errorf("on %q: %v", day, err)
		}
	}
	if _, err := h.ContractExit(t.Context(), h.other, k.ID, "2026-10-11"); CodeOf(err) != CodeNotFound {
		t.Errorf("another's: %v", err)
	}
}

func wrong(err error, field, key string) bool {
	var e *Error
	return errors.As(err, &e) && e.Fields[field].Key == key
}

func TestContractInput(t *testing.T) {
	azul := []DemandStep{{From: "2026-01", PeakW: w(1), OffPeakW: w(2)}}
	verde := []DemandStep{{From: "2026-01", SingleW: w(1)}}
	for name, tc := range map[string]struct {
		in         ContractInput
		field, key string
	}{
		"no kind":            {ContractInput{Start: "2026-01-01"}, "kind", "error.field.required"},
		"no start":           {ContractInput{Kind: "cusd"}, "start", "error.field.required"},
		"bad start":          {ContractInput{Kind: "cusd", Start: "2026-02-30"}, "start", "date.invalid"},
		"ends before":        {ContractInput{Kind: "cusd", Start: "2026-01-01", End: "2025-01-01"}, "end", "import.contract.end"},
		"refused before":     {ContractInput{Kind: "cusd", Start: "2026-01-01", Denounced: "2025-01-01"}, "denounced", "contract.denounced.early"},
		"term":               {ContractInput{Kind: "cusd", Start: "2026-01-01", TermMonths: 6000}, "termMonths", "contract.term.range"},
		"azul as verde":      {ContractInput{Kind: "cusd", Start: "2026-01-01", Modality: "verde", Schedule: azul}, "schedule", "contract.step.verde"},
		"verde as azul":      {ContractInput{Kind: "cusd", Start: "2026-01-01", Modality: "azul", Schedule: verde}, "schedule", "contract.step.azul"},
		"month twice":        {ContractInput{Kind: "cusd", Start: "2026-01-01", Modality: "verde", Schedule: append(verde, verde...)}, "schedule", "contract.step.twice"},
		"no month":           {ContractInput{Kind: "cusd", Start: "2026-01-01", Schedule: []DemandStep{{From: "x"}}}, "schedule", "import.month"},
		"less than nothing":  {ContractInput{Kind: "cusd", Start: "2026-01-01", Schedule: []DemandStep{{From: "2026-01", SingleW: w(-1)}}}, "schedule", "import.negative"},
		"test without month": {ContractInput{Kind: "cusd", Start: "2026-01-01", Test: &TestPeriod{}}, "test", "import.month"},
		"migration":          {ContractInput{Kind: "ccer", Start: "2026-01-01", Migration: &Migration{}}, "migration", "date.invalid"},
	} {
		var c Contract
		if err := c.take(tc.in); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := Contract{}
	steps := []DemandStep{{From: "2026-05", SingleW: w(2)}, {From: "2026-01", SingleW: w(1)}}
	if err := c.take(ContractInput{Kind: "cusd", Start: "2026-01-01", Modality: "verde", Schedule: steps, Test: &TestPeriod{From: "2026-01"}}); err != nil {
		t.Fatal(err)
	}
	if c.Schedule[0].From != "2026-01" || steps[0].From != "2026-05" || c.Test.Cycles != 3 {
		t.Errorf("schedule %v, given %v, test %+v", c.Schedule, steps, c.Test)
	}
}

// 500 to 800 kW: the limit is 915 kW, and at least 650 kW stay (arts. 313, 314).
func TestTestLimits(t *testing.T) {
	c := Contract{Kind: ContractCUSD, Modality: "verde", Schedule: []DemandStep{{From: "2025-01", SingleW: w(500_000)}, {From: "2026-10", SingleW: w(800_000)}},
		Test: &TestPeriod{From: "2026-10", Cycles: 3, Former: DemandStep{SingleW: w(500_000)}}}
	end, list := c.TestLimits()
	if end != "2026-12-31" || len(list) != 1 || list[0] != (GiveBack{"single", 915_000, 650_000, false}) {
		t.Errorf("%s %+v", end, list)
	}
	if end, list := (&Contract{}).TestLimits(); end != "" || list != nil {
		t.Errorf("without a test: %s %v", end, list)
	}
}

// Arts. 154, 155: 90 days for A4 and 180 for the others; a year after the last
// reduction; at the end of a test at once; 15 days for an increase without works.
func TestLawfulOf(t *testing.T) {
	a4, a3a := Installation{Subgroup: "A4", VoltageV: 13_800}, Installation{Subgroup: "A3a", VoltageV: 34_500}
	plain := Contract{Kind: ContractCUSD, Modality: "verde", Start: "2020-01-01", Schedule: []DemandStep{{From: "2020-01", SingleW: w(500_000)}}}
	reduced := plain
	reduced.Schedule = []DemandStep{{From: "2020-01", SingleW: w(800_000)}, {From: "2026-08", SingleW: w(500_000)}}
	testing := plain
	testing.Test = &TestPeriod{From: "2026-10", Cycles: 3, Former: DemandStep{SingleW: w(400_000)}}
	irrigating := a4
	irrigating.Conditions = []string{CondIrrigation}
	for name, tc := range map[string]struct {
		i               *Installation
		c               *Contract
		m               Amendment
		on, article, by string
	}{
		"A4":            {&a4, &plain, Amendment{Kind: AmendReduction}, "2027-02-20", "155", "notice"},
		"A3a":           {&a3a, &plain, Amendment{Kind: AmendReduction}, "2027-05-21", "155", "notice"},
		"a year":        {&a4, &reduced, Amendment{Kind: AmendReduction}, "2027-08-01", "155 §1", "year"},
		"monthly":       {&irrigating, &reduced, Amendment{Kind: AmendReduction}, "2027-02-20", "155", "notice"},
		"efficiency":    {&a4, &reduced, Amendment{Kind: AmendReduction, Efficiency: true}, "2026-12-22", "136", "efficiency"},
		"test":          {&a4, &testing, Amendment{Kind: AmendReduction}, "2027-01-01", "314 II", "test"},
		"modality":      {&a4, &plain, Amendment{Kind: AmendModality}, "2026-11-22", "221 I", "free"},
		"nothing asked": {&a4, &plain, Amendment{Kind: AmendOther}, "", "", ""},
	} {
		tc.m.Asked = "2026-11-22"
		got := LawfulOf(tc.i, tc.c, &tc.m, testDays)
		if got.On != tc.on || got.Article != tc.article || tc.by != "" && got.Reason != "contract.reason."+tc.by {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// Monday 23.11 is the first day that counts: 15 days are over on 8.12; then 5
	// working days for the contracts (art. 84).
	up := LawfulOf(&a4, &plain, &Amendment{Kind: AmendIncrease, Asked: "2026-11-20", Works: "none"}, testDays)
	if up.On != "2026-12-14" {
		t.Errorf("increase: %+v", up)
	}
}

func TestAmendments(t *testing.T) {
	h := newUpsertHouse(t)
	_, _, k := h.newContract()
	if _, _, err := h.AddAmendment(t.Context(), h.ana, k.ID, AmendmentInput{}); !wrong(err, "kind", "error.field.required") || !wrong(err, "asked", "error.field.required") {
		t.Errorf("nothing said: %v", err)
	}
	k, _, err := h.AddAmendment(t.Context(), h.ana, k.ID, AmendmentInput{Kind: AmendReduction, Asked: "2026-11-20", AskedBy: "Helena", Protocol: "123"})
	h.must(err)
	if got := h.dates(h.ana, DeadlineQuery{}); got != "notice 2026-12-13, reduction 2027-02-18" {
		t.Errorf("dates: %s", got)
	}
	m := k.Amendments[0]
	if _, err := h.SetAmendment(t.Context(), h.ana, k.ID, 0, m.ID, "x"); CodeOf(err) != CodeInvalid {
		t.Errorf("no state: %v", err)
	}
	if _, err := h.SetAmendment(t.Context(), h.ana, k.ID, 0, "x", AmendSigned); CodeOf(err) != CodeNotFound {
		t.Errorf("no amendment: %v", err)
	}
	_, err = h.SetAmendment(t.Context(), h.ana, k.ID, 0, m.ID, AmendSigned)
	h.must(err)
	if got := h.dates(h.ana, DeadlineQuery{}); got != "notice 2026-12-13" {
		t.Errorf("dates after signing: %s", got)
	}
	list, _, err := h.DocumentRevisions(t.Context(), h.ana, k.Client, k.ID, 0, "")
	if h.must(err); len(list) != 3 {
		t.Errorf("history: %+v", list)
	}
}

func TestInstallationPatch(t *testing.T) {
	h := newUpsertHouse(t)
	_, i, _ := h.newContract()
	str := func(s string) *string { return &s }
	for name, tc := range map[string]struct {
		p          InstallationPatch
		field, key string
	}{
		"subgroup of another voltage": {InstallationPatch{Subgroup: str("A3a")}, "subgroup", "inst.voltage.contradict"},
		"no subgroup's voltage":       {InstallationPatch{VoltageV: w(27_000)}, "voltage", "inst.voltage.nowhere"},
		"municipality":                {InstallationPatch{Municipality: str("31062")}, "municipality", "inst.municipality.digits"},
		"coordinates":                 {InstallationPatch{Coordinates: str("-91,10")}, "coordinates", "inst.coordinates.bad"},
		"negative":                    {InstallationPatch{LoadW: w(-1)}, "loadW", "import.negative"},
		"condition":                   {InstallationPatch{Conditions: &[]string{"x"}}, "conditions", "error.field.choice"},
		"no name":                     {InstallationPatch{Name: str(""), FormerUC: str("")}, "name", "error.field.required"},
		"day":                         {InstallationPatch{ConnectedOn: str("2026")}, "connectedOn", "date.invalid"},
	} {
		if _, err := h.EditInstallation(t.Context(), h.ana, i.ID, 0, tc.p); !wrong(err, tc.field, tc.key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	uc := "0.021.734.905.118-42"
	got, err := h.EditInstallation(t.Context(), h.ana, i.ID, i.Version, InstallationPatch{UC: &uc, Coordinates: str("-19,92; -43,94"), Municipality: str("3106200"),
		Conditions: &[]string{CondEssential, CondIrrigation}})
	h.must(err)
	if got.UC != "002173490511842" || got.Coordinates != "-19.920000,-43.940000" || len(got.Conditions) != 2 || got.Conditions[0] != CondIrrigation {
		t.Errorf("edited: %+v", got)
	}
	if _, err := h.EditInstallation(t.Context(), h.ana, i.ID, i.Version, InstallationPatch{}); CodeOf(err) != CodeConflict {
		t.Errorf("an old version: %v", err)
	}
	if _, err := h.AddInstallation(t.Context(), h.ana, i.Client, InstallationPatch{UC: &uc}); CodeOf(err) != CodeDuplicate || !wrong(err, "uc", "inst.duplicate") {
		t.Errorf("the same number: %v", err)
	}
	if _, err := h.AddInstallation(t.Context(), h.other, i.Client, InstallationPatch{Name: str("x")}); CodeOf(err) != CodeNotFound {
		t.Errorf("another's client: %v", err)
	}
}
