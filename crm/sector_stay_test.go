package crm_test

import (
	"reflect"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

func TestSectorInMonth(t *testing.T) {
	c := crm.Client{Sector: "health", Sectors: []crm.SectorStay{{Sector: "food"}, {"water", "2026-03-31"}, {"health", "2026-09-01"}}}
	for month, want := range map[calendar.Month]string{
		"2020-01": "food", "2026-02": "food", "2026-03": "water", "2026-08": "water", "2026-09": "health", "2030-01": "health",
	} {
		if got := c.SectorIn(month); got != want {
			t.Errorf("in %s it was in %s, want %s", month, got, want)
		}
	}
	if got := (&crm.Client{Sector: "food"}).SectorIn("2020-01"); got != "food" {
		t.Errorf("without dates it was in %q", got)
	}
}

// Each change of sector is dated, by whatever way it comes; what was not known,
// or was put right on the same day, is no change.
func TestSectorChangesAreDated(t *testing.T) {
	h := newHouse(t)
	id := h.anasClient.ID
	set := func(p crm.ClientPatch) crm.Code {
		t.Helper()
		_, err := h.EditClient(t.Context(), h.ana, id, 0, p)
		return crm.CodeOf(err)
	}
	ptr := func(s string) *string { return &s }
	stays := func(want ...crm.SectorStay) {
		t.Helper()
		c, err := h.Client(t.Context(), h.ana, id)
		if err != nil || !reflect.DeepEqual(c.Sectors, want) {
			t.Errorf("sectors are %+v, want %+v, %v", c.Sectors, want, err)
		}
	}
	if err := h.Recompute(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	stays() // nothing is known of it
	h.now = h.now.AddDate(0, 0, 20)
	set(crm.ClientPatch{CNAE: ptr("1061901")})
	stays(crm.SectorStay{Sector: "food"}) // it was food before anybody knew
	h.now = h.now.AddDate(0, 2, 0)
	day := crm.DayOf(h.now)
	set(crm.ClientPatch{Sector: ptr("water")})
	stays(crm.SectorStay{Sector: "food"}, crm.SectorStay{Sector: "water", From: day})
	set(crm.ClientPatch{Sector: ptr("health")})
	stays(crm.SectorStay{Sector: "food"}, crm.SectorStay{Sector: "health", From: day})
	set(crm.ClientPatch{Sector: ptr("")})
	stays(crm.SectorStay{Sector: "food"})

	set(crm.ClientPatch{Sector: ptr("health"), SectorSince: ptr("2026-05-01")})
	stays(crm.SectorStay{Sector: "food"}, crm.SectorStay{Sector: "health", From: "2026-05-01"})
	set(crm.ClientPatch{SectorSince: ptr("2026-07-01")})
	stays(crm.SectorStay{Sector: "food"}, crm.SectorStay{Sector: "health", From: "2026-07-01"})
	if err := h.Recompute(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	stays(crm.SectorStay{Sector: "food"}, crm.SectorStay{Sector: "health", From: "2026-07-01"})
	for _, wrong := range []crm.ClientPatch{{SectorSince: ptr("soon")}, {SectorSince: ptr("2099-01-01")}, {Sector: ptr(""), SectorSince: ptr("2026-05-01")}} {
		if code := set(wrong); code != crm.CodeInvalid {
			t.Errorf("%s is taken: %s", *wrong.SectorSince, code)
		}
	}
}

// An undone edit takes its date along.
func TestSectorDateIsUndone(t *testing.T) {
	h := newHouse(t)
	id := h.anasClient.ID
	cnae, water := "1061901", "water"
	h.now = h.now.AddDate(0, 0, 1)
	if _, err := h.EditClient(t.Context(), h.ana, id, 0, crm.ClientPatch{CNAE: &cnae}); err != nil {
		t.Fatal(err)
	}
	h.now = h.now.AddDate(0, 1, 0)
	if _, err := h.EditClient(crm.WithBatch(t.Context(), "b1"), h.ana, id, 0, crm.ClientPatch{Sector: &water}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.UndoBatch(t.Context(), h.ana, "b1", nil); err != nil {
		t.Fatal(err)
	}
	c, err := h.Client(t.Context(), h.ana, id)
	if err != nil || c.Sector != "food" || !reflect.DeepEqual(c.Sectors, []crm.SectorStay{{Sector: "food"}}) {
		t.Errorf("after the undo: %s, %+v, %v", c.Sector, c.Sectors, err)
	}
}
