package crm

import (
	"slices"
	"testing"
)

// TestImportCarriesToTied: a row about a person changes the tied records too,
// and a row of such a record that says what stood there before changes nothing
// back; who is out of the importing user's sight is left alone.
func TestImportCarriesToTied(t *testing.T) {
	const mail, phone, newPhone = "helena@contas.example", "+553432210001", "+553432210002"
	row := func(tax string, phones ...string) Row {
		return Row{Person: &PersonRow{Client: ClientRef{TaxID: tax}, Name: SetTo("Helena"), Emails: SetTo([]string{mail}), Phones: SetTo(phones)}}
	}
	for name, c := range map[string]struct {
		rows        []Row
		here, there string
		later       bool // the last row comes in a batch of its own
	}{
		"one row":                                {[]Row{row(cnpjA, newPhone)}, newPhone, newPhone, false},
		"the other's old row behind it":          {[]Row{row(cnpjA, newPhone), row(cnpjB, phone)}, newPhone, newPhone, false},
		"the other's old row in a later batch":   {[]Row{row(cnpjA, newPhone), row(cnpjB, phone)}, newPhone, newPhone, true},
		"the other's old row before it":          {[]Row{row(cnpjB, phone), row(cnpjA, newPhone)}, newPhone, newPhone, false},
		"two rows that differ: the last one has": {[]Row{row(cnpjA, newPhone), row(cnpjB, "+553432210003")}, "+553432210003", "+553432210003", false},
		"nothing new":                            {[]Row{row(cnpjA, phone), row(cnpjB, phone)}, phone, phone, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newUpsertHouse(t)
			client := func(tax, code string) Row {
				return Row{Client: &ClientRow{ClientRef: ClientRef{TaxID: tax, Code: code}, Name: SetTo("Cliente " + code)}}
			}
			made := h.want(h.ana, RowCreated, client(cnpjA, "1"), client(cnpjB, "2"), row(cnpjA, phone), row(cnpjB, phone))
			here, there := made[2].ID, made[3].ID
			far := Person{ID: "far", Client: h.want(h.other, RowCreated, Row{Client: &ClientRow{ClientRef: ClientRef{Code: "3"}, Name: SetTo("Cliente 3")}})[0].ID, Agent: "other", Team: "east", Name: "Helena", Emails: []string{mail}, Phones: []string{phone}}
			if err := h.Apply(t.Context(), People.Put(&far)); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{there, far.ID} {
				if _, err := h.TiePeople(t.Context(), h.admin, here, id); err != nil {
					t.Fatal(err)
				}
			}
			u, batches := h.NewUpserter(h.ana, false), [][]Row{c.rows}
			if c.later {
				batches = [][]Row{c.rows[:1], c.rows[1:]}
			}
			for _, rows := range batches {
				out, err := u.Batch(WithBatch(t.Context(), "imp"), rows)
				if err != nil || slices.ContainsFunc(out, func(o Outcome) bool { return o.bad() }) {
					t.Fatal(out, err)
				}
			}
			for id, want := range map[string]string{here: c.here, there: c.there, far.ID: phone} {
				p, err := People.Get(t.Context(), h.Store(), id)
				if err != nil || !slices.Equal(p.Phones, []string{want}) {
					t.Errorf("%s has %v (%v), want %s", map[string]string{here: "here", there: "there", far.ID: "far"}[id], p.Phones, err, want)
				}
			}
			if c.here == phone {
				return
			}
			if _, err := h.UndoBatch(t.Context(), h.ana, "imp", nil); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{here, there} {
				if p, err := People.Get(t.Context(), h.Store(), id); err != nil || p.Phones[0] != phone {
					t.Errorf("undone: %v %v", p.Phones, err)
				}
			}
		})
	}
}
