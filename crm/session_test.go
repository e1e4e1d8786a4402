package crm_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"cemigmas/crm"
)

// More sign-ins than the list in the user's document holds: everything ends
// rather than something being forgotten.
func TestEndingVeryManySessionsEndsAll(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	u := crm.User{ID: "many", Email: "many@cemig.example", Name: "Many", Role: crm.RoleAgent, Epoch: 1}
	h.put(t, crm.Users.Put(&u))
	for i := range 120 {
		x := crm.Session{ID: fmt.Sprint("s", i), User: u.ID, Kind: crm.SessionAPI, Epoch: 1, SeenAt: h.Now(), Expires: h.Now().AddDate(0, 0, 1), CreatedAt: h.Now()}
		h.put(t, crm.Sessions.Put(&x))
	}
	own := u.Actor()
	few := func() crm.User {
		now, err := crm.Users.Get(ctx, h.Store(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	if err := h.EndSession(ctx, own, u.ID, "s7"); err != nil {
		t.Fatal(err)
	}
	if now := few(); !now.HasEnded("s7") || now.HasEnded("s8") || now.Epoch != 1 {
		t.Errorf("after one: %+v", now)
	}
	n, err := h.EndSessions(ctx, own, u.ID, "s0")
	if err != nil || n != 118 {
		t.Fatalf("ended %d, %v", n, err)
	}
	if now := few(); now.Epoch != 2 || len(now.Ended) != 0 {
		t.Errorf("after all: epoch %d, %d named", now.Epoch, len(now.Ended))
	}
}

func TestUnknownFilterIsRefused(t *testing.T) {
	h := newHouse(t)
	for field, q := range map[string]crm.ClientQuery{"sector": {Sector: "alchemy"}, "status": {Status: "asleep"}, "sort": {Sort: "colour"}} {
		_, err := h.ClientRows(context.Background(), h.admin, q)
		var e *crm.Error
		if crm.CodeOf(err) != crm.CodeInvalid || !errors.As(err, &e) || e.Fields[field].Key != "error.field.choice" {
			t.Errorf("%s: %v", field, err)
		}
	}
}
