package crm_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
)

func TestLoggedCallStandsInTheTimeline(t *testing.T) {
	h := newHouse(t)
	act := h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "Demanda na ponta", Minutes: 12})
	list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{})
	if len(list) != 1 || list[0].Ref != act.ID || list[0].Text != "Demanda na ponta" || list[0].Minutes != 12 {
		t.Fatalf("timeline is %+v", list)
	}
	c, err := h.Client(context.Background(), h.ana, h.anasClient.ID)
	if err != nil {
		t.Fatal(err)
	}
	if c.LastContactAt == nil || !c.LastContactAt.Equal(h.now) || c.LastContact != crm.KindCall {
		t.Errorf("last contact is %v %q", c.LastContactAt, c.LastContact)
	}
	if c.Version != h.anasClient.Version {
		t.Errorf("version is %d: a logged call spoiled an open form", c.Version)
	}
}

func TestNoteIsNoContact(t *testing.T) {
	h := newHouse(t)
	h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindNote, Text: "Nova linha em março"})
	c, err := h.Client(context.Background(), h.ana, h.anasClient.ID)
	if err != nil || c.LastContactAt != nil {
		t.Errorf("last contact is %v, %v", c.LastContactAt, err)
	}
}

func TestBackdatedCallLeavesTheLastContact(t *testing.T) {
	h := newHouse(t)
	h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "hoje"})
	before := h.now.Add(-72 * time.Hour)
	h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindMeeting, Text: "sexta", At: &before})
	c, err := h.Client(context.Background(), h.ana, h.anasClient.ID)
	if err != nil || !c.LastContactAt.Equal(h.now) {
		t.Errorf("last contact is %v, %v", c.LastContactAt, err)
	}
	list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{})
	if len(list) != 2 || list[0].Text != "hoje" || list[1].Text != "sexta" {
		t.Errorf("order is %+v", list)
	}
}

func TestDeleteOffersUndo(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	before := h.now.Add(-48 * time.Hour)
	h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "primeira", At: &before})
	act := h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "segunda"})
	for range 2 { // a second click does nothing more
		if _, err := h.DeleteActivity(ctx, h.ana, act.ID); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := h.Client(ctx, h.ana, h.anasClient.ID)
	if list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{}); len(list) != 1 || !c.LastContactAt.Equal(before) {
		t.Fatalf("after delete: %d entries, last contact %v", len(list), c.LastContactAt)
	}
	if _, err := h.RestoreActivity(ctx, h.ana, act.ID); err != nil {
		t.Fatal(err)
	}
	c, _ = h.Client(ctx, h.ana, h.anasClient.ID)
	if list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{}); len(list) != 2 || !c.LastContactAt.Equal(h.now) {
		t.Errorf("after undo: %d entries, last contact %v", len(list), c.LastContactAt)
	}
}

func TestEditKeepsWhatWasSaid(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	act := h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "antes"})
	got, err := h.EditActivity(ctx, h.ana, act.ID, act.Version, crm.ActivityInput{Kind: crm.KindMeeting, Text: "depois"})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Edits) != 1 || got.Edits[0].Text != "antes" || got.Edits[0].Kind != crm.KindCall || got.Edits[0].By != h.ana.UserID {
		t.Errorf("history is %+v", got.Edits)
	}
	if list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{}); list[0].Text != "depois" || !list[0].Edited {
		t.Errorf("timeline is %+v", list)
	}
	_, err = h.EditActivity(ctx, h.ana, act.ID, act.Version, crm.ActivityInput{Kind: crm.KindCall, Text: "zu spät"})
	code(t, err, crm.CodeConflict)
}

func TestVisitIsPlannedThenReported(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "hoje"})
	at := h.now.Add(72 * time.Hour)
	v := h.log(t, h.ana, h.anasClient.ID, crm.ActivityInput{Kind: crm.KindVisit, At: &at, Visit: &crm.Visit{State: crm.VisitPlanned, Purpose: "Renovação do CUSD"}})
	list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{})
	if list[0].Ref != v.ID || !list[0].Planned || list[0].Title != "Renovação do CUSD" {
		t.Fatalf("planned is not on top: %+v", list)
	}
	c, _ := h.Client(ctx, h.ana, h.anasClient.ID)
	if c.NextAt == nil || !c.NextAt.Equal(at) {
		t.Fatalf("next is %v", c.NextAt)
	}
	h.now = at.Add(2 * time.Hour)
	_, err := h.EditActivity(ctx, h.ana, v.ID, v.Version, crm.ActivityInput{Kind: crm.KindVisit, At: &at,
		Visit: &crm.Visit{State: crm.VisitDone, Purpose: "Renovação do CUSD", Findings: "Banco de capacitores desligado", Promises: "Simulação até dia 30"}})
	if err != nil {
		t.Fatal(err)
	}
	c, _ = h.Client(ctx, h.ana, h.anasClient.ID)
	if c.NextAt != nil || !c.LastContactAt.Equal(at) || c.LastContact != crm.KindVisit {
		t.Errorf("after the report: next %v, last %v %s", c.NextAt, c.LastContactAt, c.LastContact)
	}
}

func TestActivityInputIsChecked(t *testing.T) {
	h := newHouse(t)
	future := h.now.Add(time.Hour)
	for name, c := range map[string]struct {
		in    crm.ActivityInput
		field string
	}{
		"no text":         {crm.ActivityInput{Kind: crm.KindCall}, "text"},
		"unknown kind":    {crm.ActivityInput{Kind: "fax", Text: "x"}, "kind"},
		"in the future":   {crm.ActivityInput{Kind: crm.KindCall, Text: "x", At: &future}, "at"},
		"endless":         {crm.ActivityInput{Kind: crm.KindCall, Text: strings.Repeat("x", 30_000)}, "text"},
		"foreign person":  {crm.ActivityInput{Kind: crm.KindCall, Text: "x", People: []string{"nobody"}}, "people"},
		"visit of no aim": {crm.ActivityInput{Kind: crm.KindVisit, Visit: &crm.Visit{State: crm.VisitPlanned}}, "purpose"},
		"missed, no why":  {crm.ActivityInput{Kind: crm.KindVisit, Visit: &crm.Visit{State: crm.VisitMissed, Purpose: "x"}}, "why"},
	} {
		_, err := h.LogActivity(context.Background(), h.ana, h.anasClient.ID, c.in)
		var e *crm.Error
		if ok := asError(err, &e); !ok || e.Fields[c.field].Key == "" {
			t.Errorf("%s: %v names no field %q", name, err, c.field)
		}
	}
	if list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{}); len(list) != 0 {
		t.Errorf("refused input left %d entries", len(list))
	}
}

func TestSameIdempotencyKeyMakesOneActivity(t *testing.T) {
	h := newHouse(t)
	ctx := crm.WithIdempotencyKey(context.Background(), "k-1")
	in := crm.ActivityInput{Kind: crm.KindCall, Text: "uma vez"}
	a, err := h.LogActivity(ctx, h.ana, h.anasClient.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := h.LogActivity(ctx, h.ana, h.anasClient.ID, in)
	if err != nil || a.ID != b.ID {
		t.Errorf("second answer is %s, %v; want %s", b.ID, err, a.ID)
	}
	if list := h.timeline(t, h.ana, h.anasClient.ID, crm.TimelineQuery{}); len(list) != 1 {
		t.Errorf("%d entries", len(list))
	}
}

func TestForeignClientsAreNotThere(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	for name, who := range map[string]crm.Actor{"agent": h.ana, "manager of another team": h.manager} {
		_, err := h.Client(ctx, who, h.ruisClient.ID)
		code(t, err, crm.CodeNotFound)
		_, err = h.LogActivity(ctx, who, h.ruisClient.ID, crm.ActivityInput{Kind: crm.KindCall, Text: "x"})
		code(t, err, crm.CodeNotFound)
		_, _, err = h.TimelineList(ctx, who, h.ruisClient.ID, crm.TimelineQuery{})
		code(t, err, crm.CodeNotFound)
		list, _, err := h.ClientList(ctx, who, crm.ClientQuery{})
		if err != nil || len(list) != 1 || list[0].ID != h.anasClient.ID {
			t.Errorf("%s lists %+v, %v", name, list, err)
		}
		hits, err := h.Search(ctx, who, "inventado", 10)
		if err != nil || len(hits) != 0 {
			t.Errorf("%s finds %+v, %v", name, hits, err)
		}
	}
}
