package crm_test

import (
	"slices"
	"testing"

	"cemigmas/crm"
)

func TestChooseColumns(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	many := make([]string, 41)
	for i := range many {
		many[i] = "kw"
	}
	for _, c := range []struct {
		list    string
		columns []string
		code    crm.Code
	}{
		{"clients", []string{"name", "kw"}, ""},
		{"people", []string{"name"}, ""},
		{"clients", many, crm.CodeInvalid},
		{"clients", []string{""}, crm.CodeInvalid},
		{"users", []string{"name"}, crm.CodeInvalid},
	} {
		if err := h.ChooseColumns(ctx, h.ana, c.list, c.columns); crm.CodeOf(err) != c.code {
			t.Errorf("%s %v: %v, want %q", c.list, c.columns, err, c.code)
		}
	}
	u, err := crm.Users.Get(ctx, h.Store(), h.ana.UserID)
	if err != nil || !slices.Equal(u.Lists["clients"].Columns, []string{"name", "kw"}) || !slices.Equal(u.Lists["people"].Columns, []string{"name"}) {
		t.Fatalf("remembered %v, %v", u.Lists, err)
	}
	if err := h.ChooseColumns(ctx, h.ana, "clients", nil); err != nil {
		t.Fatal(err)
	}
	if u, err = crm.Users.Get(ctx, h.Store(), h.ana.UserID); err != nil || u.Lists["clients"].Columns != nil || u.Edits != 0 {
		t.Errorf("forgot %v, %d edits, %v", u.Lists, u.Edits, err)
	}
}
