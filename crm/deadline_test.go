package crm

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// newContract is an installation of ana's with a contract of 500 kW since
// 2025-06-12.
func (h *upsertHouse) newContract() (Client, Installation, Contract) {
	h.t.Helper()
	ctx := h.t.Context()
	c := Client{ID: "c1", Name: "Moinho", Agent: "ana", Team: "west", Status: "active", CNAE: "1061901"}
	tariff := Tariff{ID: TariffID("CEMIG-D", "A4", "verde", "single", "2025-05-28"), Distributor: "CEMIG-D", Subgroup: "A4", Modality: "verde", Posto: "single",
		From: "2025-05-28", MicrosPerKW: 22_810_000}
	h.must(h.Apply(ctx, Clients.Put(&c), Tariffs.Put(&tariff)))
	sub, uc, dist, volts := "A4", "3004298116", "CEMIG-D", int64(13_800)
	i, err := h.AddInstallation(ctx, h.ana, c.ID, InstallationPatch{FormerUC: &uc, Subgroup: &sub, VoltageV: &volts, Distributor: &dist})
	h.must(err)
	k, err := h.AddContract(ctx, h.ana, i.ID, ContractInput{Kind: "cusd", Modality: "verde", Start: "2025-06-12", TermMonths: 12, Renews: true,
		Schedule: []DemandStep{{From: "2025-06", SingleW: w(500_000)}}})
	h.must(err)
	return c, i, k
}

func w(n int64) *int64 { return &n }

// dates are what the calendar shows an actor, in a line.
func (h *upsertHouse) dates(a Actor, q DeadlineQuery) string {
	h.t.Helper()
	list, _, err := h.ListDeadlines(h.t.Context(), a, q)
	h.must(err)
	var out []string
	for _, d := range list {
		s := d.Kind + " " + d.On
		if d.Detail != "" {
			s = d.Kind + "/" + d.Detail + " " + d.On
		}
		if d.Missed {
			s += " missed"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// A term from 2025-06-12 ends on 2027-06-11 in November 2026, and its renewal
// is refused until 180 days before: 2026-12-13.
func TestNoticeStandsInTheCalendar(t *testing.T) {
	h := newUpsertHouse(t)
	_, i, k := h.newContract()
	if got := h.dates(h.ana, DeadlineQuery{}); got != "notice 2026-12-13" {
		t.Fatalf("dates: %s", got)
	}
	if got := h.dates(h.other, DeadlineQuery{}); got != "" {
		t.Errorf("another's: %s", got)
	}
	in := ContractInput{Kind: "cusd", Modality: "verde", Start: "2025-04-10", TermMonths: 12, Renews: true, Schedule: k.Schedule}
	k2, err := h.EditContract(t.Context(), h.ana, k.ID, k.Version, in)
	h.must(err)
	// The running term ends 2027-04-09; 180 days before is 2026-10-11: missed.
	if got := h.dates(h.manager, DeadlineQuery{Kind: DeadlineNotice}); got != "notice 2026-10-11 missed, notice 2027-10-12" {
		t.Errorf("after the edit: %s", got)
	}
	if _, err := h.EditContract(t.Context(), h.ana, k.ID, k.Version, in); CodeOf(err) != CodeConflict {
		t.Errorf("an edit of an old version: %v", err)
	}
	in.Denounced = "2026-11-20"
	_, err = h.EditContract(t.Context(), h.ana, k.ID, k2.Version, in)
	h.must(err)
	if got := h.dates(h.ana, DeadlineQuery{}); got != "end 2028-04-09" { // too late for 2027
		t.Errorf("denounced: %s", got)
	}
	off := "off"
	_, err = h.EditInstallation(t.Context(), h.ana, i.ID, 0, InstallationPatch{Status: &off})
	h.must(err)
	if got := h.dates(h.ana, DeadlineQuery{}); got != "" {
		t.Errorf("switched off: %s", got)
	}
}

func TestDeadlinesOf(t *testing.T) {
	place := Installation{ID: "i", Name: "Moinho", Subgroup: "A4", VoltageV: 13_800}
	base := Contract{ID: "k", Kind: ContractCUSD, Modality: "verde", Start: "2025-06-12", TermMonths: 12, Renews: true,
		Schedule: []DemandStep{{From: "2025-06", SingleW: w(800_000)}}}
	for name, tc := range map[string]struct {
		change func(*Contract)
		want   string
	}{
		"past":        {func(c *Contract) { c.Former = true }, ""},
		"written end": {func(c *Contract) { c.End = "2026-12-31" }, "end 2026-12-31"},
		"just over":   {func(c *Contract) { c.End = "2026-10-31" }, "end 2026-10-31 missed"},
		"30 days":     {func(c *Contract) { c.End = "2026-10-23" }, "end 2026-10-23 missed"},
		"31 days":     {func(c *Contract) { c.End = "2026-10-22" }, ""},
		"ran out":     {func(c *Contract) { c.Renews = false; c.Start = "2025-11-10" }, "end 2026-11-09 missed"},
		"as wanted":   {func(c *Contract) { c.End, c.Denounced = "2026-10-31", "2026-04-01" }, ""},
		"left to be":  {func(c *Contract) { c.End, c.Former = "2026-10-31", true }, ""},
		"test over":   {func(c *Contract) { c.Test = &TestPeriod{From: "2026-08", Cycles: 3} }, "test 2026-10-31 missed, notice 2026-12-13"},
		"gave back": {func(c *Contract) {
			c.Test = &TestPeriod{From: "2026-08", Cycles: 3}
			c.Amendments = []Amendment{{Kind: AmendReduction, Asked: "2026-10-31", State: AmendSigned}}
		}, "notice 2026-12-13"},
		"asked too late": {func(c *Contract) {
			c.Test = &TestPeriod{From: "2026-08", Cycles: 3}
			c.Amendments = []Amendment{{Kind: AmendReduction, Asked: "2026-11-01", State: AmendSigned}}
		}, "test 2026-10-31 missed, notice 2026-12-13"},
		"not renewed": {func(c *Contract) { c.Renews = false; c.Start = "2026-02-01" }, "end 2027-01-31"},
		"test period": {func(c *Contract) { c.Test = &TestPeriod{From: "2026-10", Cycles: 3} }, "notice 2026-12-13, test 2026-12-31"},
		"open ccer":   {func(c *Contract) { c.Kind = ContractCCER }, ""},
		"agreed ccer": {func(c *Contract) { c.Kind, c.Agreed = ContractCCER, true }, "ccer 2026-12-13"},
		"reduction": {func(c *Contract) {
			c.Amendments = []Amendment{{Kind: AmendReduction, Asked: "2026-11-20", State: AmendOpen}}
		}, "notice 2026-12-13, reduction 2027-02-18"},
		"signed": {func(c *Contract) {
			c.Amendments = []Amendment{{Kind: AmendReduction, Asked: "2026-11-20", State: AmendSigned}}
		}, "notice 2026-12-13"},
		"never reduced": {func(c *Contract) {
			c.Amendments = []Amendment{{Kind: AmendModality, Asked: "2026-11-20", State: AmendOpen}}
		}, "notice 2026-12-13"},
		"nothing to say": {func(c *Contract) { c.Start = "" }, ""},
	} {
		c := base
		tc.change(&c)
		var got []string
		for _, d := range DeadlinesOf(&Client{ID: "c"}, &place, []Contract{c}, "2026-11-22", testDays) {
			s := d.Kind + " " + d.On
			if d.Missed {
				s += " missed"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%s: %q, want %q", name, s, tc.want)
		}
	}
}

// A migration begins with the documents in 10 working days (art. 166 §3 I).
func TestMigrationSteps(t *testing.T) {
	c := Contract{ID: "k", Kind: ContractCCER, Modality: "verde", Start: "2024-05-01", Renews: true, Migration: &Migration{Requested: "2026-11-03"}}
	list := DeadlinesOf(&Client{ID: "c"}, &Installation{ID: "i", VoltageV: 13_800}, []Contract{c}, "2026-11-03", testDays)
	if len(list) != 8 || list[0].Detail != "migration-documents" || list[0].On != "2026-11-17" || list[0].Article != "166 §3 I" {
		t.Errorf("steps: %+v", list)
	}
	if last := list[len(list)-1]; last.Detail != "free" || last.On != "2027-05-02" { // 180 days after 2026-11-03
		t.Errorf("free on %+v", last)
	}
}

// A step that went by stands as missed for 30 days, and so does an end that
// nothing follows.
func TestMissedStepsStay(t *testing.T) {
	of := func(day string, contracts ...Contract) (out []string) {
		for _, d := range DeadlinesOf(&Client{ID: "c"}, &Installation{ID: "i", VoltageV: 13_800}, contracts, day, testDays) {
			if d.Missed {
				out = append(out, d.Detail+d.On)
			}
		}
		return out
	}
	c := Contract{ID: "k", Kind: ContractCCER, Modality: "verde", Start: "2024-05-01", Renews: true, Migration: &Migration{Requested: "2026-11-03"}}
	if got := of("2026-11-17", c); len(got) != 0 {
		t.Errorf("on its day: %v", got)
	}
	if got := of("2026-11-18", c); !slices.Contains(got, "migration-documents2026-11-17") {
		t.Errorf("the day after: %v", got)
	}
	if got := of("2026-12-18", c); slices.Contains(got, "migration-documents2026-11-17") {
		t.Errorf("31 days after: %v", got)
	}
	old := Contract{ID: "old", Kind: ContractCUSD, Start: "2024-05-01", End: "2026-10-31"}
	next := Contract{ID: "next", Kind: ContractCUSD, Start: "2026-11-01"}
	if got := of("2026-11-22", old, next); len(got) != 0 {
		t.Errorf("another contract follows: %v", got)
	}
	next.Kind = ContractCCER
	if got := of("2026-11-22", old, next); !slices.Equal(got, []string{"2026-10-31"}) {
		t.Errorf("energy alone follows: %v", got)
	}
}

func TestCalendarPages(t *testing.T) {
	h := newUpsertHouse(t)
	c, i, k := h.newContract()
	for n := range 7 {
		d := Deadline{ID: fmt.Sprintf("x%d", n), Client: "else", Agent: "ana", Team: "west", Sector: "food", Kind: DeadlineEnd, On: fmt.Sprintf("2027-01-%02d", n+1), Contract: k.ID, Installation: i.ID}
		h.must(h.Apply(t.Context(), Deadlines.InsertIfAbsent(&d)))
	}
	var seen []string
	q := DeadlineQuery{Limit: 3, From: "2026-12-01", Until: "2027-01-06"}
	for {
		list, next, err := h.ListDeadlines(t.Context(), h.manager, q)
		h.must(err)
		for _, d := range list {
			seen = append(seen, d.On)
		}
		if q.After = next; next == "" {
			break
		}
	}
	want := []string{"2026-12-13", "2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05", "2027-01-06"}
	if !slices.Equal(seen, want) {
		t.Errorf("pages: %v", seen)
	}
	n, err := h.CountDeadlines(t.Context(), h.ana, DeadlineQuery{Sector: "food", Kind: DeadlineEnd, Agent: "bia"}, 100)
	if h.must(err); n != 7 { // an agent's filter by agent says nothing
		t.Errorf("counted %d", n)
	}
	for _, bad := range []DeadlineQuery{{Kind: "x"}, {Sector: "x"}, {From: "x"}, {Until: "2026-13-01"}} {
		if _, _, err := h.ListDeadlines(t.Context(), h.ana, bad); CodeOf(err) != CodeInvalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	_ = c
}

// What somebody said of a date stays when figures are computed anew.
func TestSettledStays(t *testing.T) {
	h := newUpsertHouse(t)
	c, _, _ := h.newContract()
	list, _, err := h.ListDeadlines(t.Context(), h.ana, DeadlineQuery{})
	h.must(err)
	id := list[0].ID
	if _, err := h.SettleDeadline(t.Context(), h.ana, id, "dismissed", " "); CodeOf(err) != CodeInvalid {
		t.Errorf("dismissed without a reason: %v", err)
	}
	_, err = h.SettleDeadline(t.Context(), h.ana, id, "dismissed", "fica")
	h.must(err)
	h.must(h.Recompute(t.Context(), c.ID))
	d, err := h.Deadline(t.Context(), h.ana, id)
	if h.must(err); d.Settled == nil || d.Settled.Reason != "fica" || d.Settled.By != "ana" {
		t.Errorf("settled: %+v", d.Settled)
	}
	if got := h.dates(h.ana, DeadlineQuery{Open: true}); got != "" {
		t.Errorf("open: %s", got)
	}
	_, err = h.OpenDeadline(t.Context(), h.ana, id)
	if h.must(err); h.dates(h.ana, DeadlineQuery{Open: true}) == "" {
		t.Error("not open again")
	}
	if _, err := h.SettleDeadline(t.Context(), h.other, id, "done", ""); CodeOf(err) != CodeNotFound {
		t.Errorf("another's: %v", err)
	}
}

// waiting are the dates that stand on Today of an actor.
func (h *upsertHouse) waiting(a Actor) string {
	h.t.Helper()
	list, err := h.Waiting(h.t.Context(), a)
	h.must(err)
	var out []string
	for _, d := range list {
		out = append(out, d.Kind+" "+d.On)
	}
	return strings.Join(out, ", ")
}

// A date is a task while it is near, is put off to a day and comes back on it,
// and stays away once it is settled; another date of the contract is another
// task.
func TestDatesAreTasks(t *testing.T) {
	h := newUpsertHouse(t)
	c, _, k := h.newContract()
	ctx, id := t.Context(), k.ID+":notice::2026-12-13"
	day := func(s string) {
		at, err := time.ParseInLocation("2006-01-02 15", s+" 12", Zone)
		h.must(err)
		h.Service.now = func() time.Time { return at }
	}
	step := func(when, want string) {
		t.Helper()
		h.must(h.Recompute(ctx, c.ID))
		for name, a := range map[string]Actor{"agent": h.ana, "manager": h.manager} {
			if got := h.waiting(a); got != want {
				t.Errorf("%s, %s: %q, want %q", when, name, got, want)
			}
		}
		if got := h.waiting(h.other); got != "" {
			t.Errorf("%s: another sees %s", when, got)
		}
	}
	day("2026-10-13")
	step("61 days before", "")
	day("2026-10-14")
	step("60 days before", "notice 2026-12-13")
	for _, bad := range []string{"", "soon", "2026-10-14", "2027-10-16", "2026-02-30"} {
		if _, err := h.PutOffDeadline(ctx, h.ana, id, bad); CodeOf(err) != CodeInvalid {
			t.Errorf("put off to %q: %v", bad, err)
		}
	}
	d, err := h.PutOffDeadline(ctx, h.ana, id, "2026-12-01")
	h.must(err)
	if d.PutOff == nil || d.PutOff.By != "ana" || d.Due() != "2026-12-01" {
		t.Errorf("put off: %+v", d.PutOff)
	}
	step("put off", "")
	day("2026-11-30")
	step("the day before", "")
	day("2026-12-01")
	step("on its day", "notice 2026-12-13")
	_, err = h.SettleDeadline(ctx, h.manager, id, "done", "")
	h.must(err)
	step("settled by the manager", "")
	if _, err := h.PutOffDeadline(ctx, h.ana, id, "2026-12-05"); CodeOf(err) != CodeInvalid {
		t.Errorf("put off what is settled: %v", err)
	}
	d, err = h.OpenDeadline(ctx, h.ana, id)
	if h.must(err); d.Settled != nil || d.PutOff == nil {
		t.Errorf("open: %+v", d)
	}
	step("open again", "notice 2026-12-13")
	_, err = h.SettleDeadline(ctx, h.ana, id, "done", "")
	h.must(err)
	day("2026-12-20")
	step("settled, and past", "")
	in := ContractInput{Kind: "cusd", Modality: "verde", Start: "2025-07-01", TermMonths: 12, Renews: true, Schedule: k.Schedule}
	_, err = h.EditContract(ctx, h.ana, k.ID, 0, in)
	h.must(err)
	step("another start", "notice 2027-01-01")
	day("2027-01-03")
	step("missed", "notice 2027-01-01")
	day("2027-02-01")
	step("a month later", "")
}

func TestFeed(t *testing.T) {
	h := newUpsertHouse(t)
	first, err := h.MakeFeed(t.Context(), h.ana)
	h.must(err)
	second, err := h.MakeFeed(t.Context(), h.ana)
	h.must(err)
	if _, err := h.FeedUser(t.Context(), first); CodeOf(err) != CodeNotFound {
		t.Errorf("the former address: %v", err)
	}
	u, err := h.FeedUser(t.Context(), second)
	if h.must(err); u.ID != "ana" || u.Feed != "" {
		t.Errorf("user %+v", u)
	}
	stored, err := Users.Get(t.Context(), h.Store(), "ana")
	if h.must(err); stored.Feed == second || stored.Feed == "" {
		t.Error("the secret itself is stored")
	}
	h.must(h.EndFeed(t.Context(), h.ana))
	if _, err := h.FeedUser(t.Context(), second); CodeOf(err) != CodeNotFound {
		t.Errorf("an ended address: %v", err)
	}
	if _, err := h.FeedUser(t.Context(), ""); CodeOf(err) != CodeNotFound {
		t.Errorf("no secret: %v", err)
	}
}
