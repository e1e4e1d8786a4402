package page

import (
	"slices"
	"testing"

	"cemigmas/crm/locale"
)

func TestTelHref(t *testing.T) {
	for in, want := range map[Tel]string{
		"(31) 3506-1234":      "tel:3135061234",
		"+55 31 99999-0000":   "tel:+5531999990000",
		"0800 721 0116":       "tel:08007210116",
		"31+32":               "tel:3132",
		"javascript:alert(1)": "tel:1",
		"":                    "tel:",
	} {
		if got := string(in.Href()); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestUtilFill(t *testing.T) {
	for in, want := range map[int]int{-5: 0, 0: 0, 67: 67, 120: 120, 300: 120} {
		if got := (Util{Percent: in}).Fill(); got != want {
			t.Errorf("%d %%: %d, want %d", in, got, want)
		}
	}
}

// Bars stand on the ground, side by side, within the drawing.
func TestStripGeometry(t *testing.T) {
	var s Strip
	if s.Width() != 1 {
		t.Errorf("an empty strip is %d wide", s.Width())
	}
	for _, p := range []int{0, 40, 100, 125, 400, -3} {
		s.Bars = append(s.Bars, StripBar{Percent: p})
	}
	for i, b := range s.Bars {
		if b.Y()+b.Height() != 125 || b.Y() < 0 || b.Height() < 0 {
			t.Errorf("%d %%: y %d, height %d", b.Percent, b.Y(), b.Height())
		}
		if i > 0 && s.X(i)-s.X(i-1) < 11 {
			t.Errorf("bar %d touches the one before", i)
		}
	}
	if last := s.X(len(s.Bars)-1) + 10; last != s.Width() {
		t.Errorf("the last bar ends at %d of %d", last, s.Width())
	}
	if y := s.Bars[2].Y(); y != 25 {
		t.Errorf("100 %% is at %d, its line at 25", y)
	}
}

func TestMainNav(t *testing.T) {
	text := Text{Lang: locale.PtBR}
	for _, c := range []struct {
		name  string
		facts NavFacts
		want  []string
	}{
		{"least", NavFacts{}, []string{"/", "/clients", "/calendar", "/triage", "/money", "/reports"}},
		{"agent", NavFacts{Imports: true, Mailbox: true}, []string{"/", "/clients", "/calendar", "/triage", "/money", "/reports", "/imports", "/mailboxes"}},
		{"admin", NavFacts{Imports: true, Mailbox: true, Accounts: true}, []string{"/", "/clients", "/calendar", "/triage", "/money", "/reports", "/imports", "/mailboxes", "/users"}},
	} {
		var got []string
		for _, n := range MainNav(text, c.facts) {
			got = append(got, n.URL)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	nav := MainNav(text, NavFacts{Current: PlaceTriage, Triage: "5"})
	phone, current := 0, ""
	for _, n := range nav {
		if n.Phone {
			phone++
		}
		if n.Current {
			current += n.Label + n.Count
		}
		if n.URL != "/triage" && n.Count != "" {
			t.Errorf("%s counts %s", n.URL, n.Count)
		}
	}
	if current != "Triagem5" {
		t.Errorf("current is %q", current)
	}
	if phone != 3 {
		t.Errorf("%d places stand at a phone's foot, want 3 beside + and more", phone)
	}
}

func TestJobStates(t *testing.T) {
	for state, want := range map[JobState]struct {
		going bool
		tone  State
	}{JobQueued: {true, ""}, JobRunning: {true, ""}, JobDone: {false, OK}, JobFailed: {false, Bad}, JobCancelled: {false, Warn}} {
		if j := (Job{State: state}); j.Going() != want.going || j.Tone() != want.tone {
			t.Errorf("%s: going %v, tone %q", state, j.Going(), j.Tone())
		}
	}
}

func TestKindIcons(t *testing.T) {
	for _, k := range []Kind{KindCall, KindMeeting, KindMessage, KindNote, KindVisit, KindMail, KindRequest, KindContract, KindOverrun} {
		if k.Icon() == "" || !locale.Has(locale.PtBR, k.Key()) {
			t.Errorf("%s: icon %q, key %q", k, k.Icon(), k.Key())
		}
	}
	if Kind("unknown").Icon() != "note" {
		t.Error("an unknown kind has no icon")
	}
}

func TestImportSheets(t *testing.T) {
	if (Import{Errors: []RowError{{Row: "2"}}}).Sheets() {
		t.Error("a CSV has no sheets")
	}
	if !(Import{Errors: []RowError{{Row: "2"}, {Sheet: "Clients", Row: "3"}}}).Sheets() {
		t.Error("a workbook has sheets")
	}
}
