package faults

import (
	"testing"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
)

// TestHealthyDemonstration: the doctor finds nothing in a demonstration with its
// mail, so that what it finds elsewhere means something.
func TestHealthyDemonstration(t *testing.T) {
	if testing.Short() {
		t.Skip("left out: it fetches a demonstration's mail")
	}
	ctx := t.Context()
	a, err := app.Open(ctx, app.Config{Data: t.TempDir(), Addr: "127.0.0.1:0", Demo: true, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	boxes, err := a.MailboxesNamed(ctx, "")
	if err != nil || len(boxes) == 0 {
		t.Fatal(len(boxes), err)
	}
	for _, b := range boxes {
		if _, err := a.Mail.Once(ctx, b.ID); err != nil {
			t.Fatal(err)
		}
	}
	sound(t, a.Service)
}

// sound ends the test unless the doctor finds nothing.
func sound(t testing.TB, s *crm.Service) {
	t.Helper()
	sum, err := s.Check(t.Context(), false, func(f crm.Finding) { t.Errorf("%s %s: %s", f.Collection, f.ID, f.What) })
	if err != nil || sum.Open > 0 {
		t.Fatalf("%d findings, %v", sum.Open, err)
	}
}
