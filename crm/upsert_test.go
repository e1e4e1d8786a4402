package crm

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/store/opentest"
)

// upsertHouse is a store with an admin, a manager and two agents of team west,
// and an agent of team east.
type upsertHouse struct {
	*Service
	t                               *testing.T
	admin, manager, ana, bia, other Actor
}

func newUpsertHouse(t *testing.T) *upsertHouse {
	t.Helper()
	db := opentest.Store(t, Schema())
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	h := &upsertHouse{t: t, Service: New(Deps{Store: db, Now: func() time.Time { return now }})}
	for _, u := range []struct {
		id, team string
		role     Role
		to       *Actor
	}{
		{"admin", "", RoleAdmin, &h.admin}, {"manager", "west", RoleManager, &h.manager},
		{"ana", "west", RoleAgent, &h.ana}, {"bia", "west", RoleAgent, &h.bia}, {"other", "east", RoleAgent, &h.other},
	} {
		user := User{ID: u.id, Name: u.id, Email: u.id + "@house.example", Role: u.role, Team: u.team}
		if err := h.Apply(t.Context(), Users.Put(&user)); err != nil {
			t.Fatal(err)
		}
		*u.to = user.Actor()
	}
	return h
}

// take upserts rows and returns the results in a line.
func (h *upsertHouse) take(a Actor, rows ...Row) []Outcome {
	h.t.Helper()
	out, err := h.Upsert(context.Background(), a, rows)
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *upsertHouse) want(a Actor, want string, rows ...Row) []Outcome {
	h.t.Helper()
	out := h.take(a, rows...)
	for n, o := range out {
		if o.Result != want {
			h.t.Errorf("row %d (%s): %s %v, want %s", n, o.Kind, o.Result, o.Errors, want)
		}
	}
	return out
}

func (h *upsertHouse) rejects(a Actor, field, key string, r Row) {
	h.t.Helper()
	o := h.take(a, r)[0]
	if o.Result != RowRejected || o.Errors[0].Field != field || o.Errors[0].Reason.Key != key {
		h.t.Errorf("%s: %s %v, want %s %s", o.Kind, o.Result, o.Errors, field, key)
	}
}

const (
	cnpjA = "06.981.180/0001-16"
	cnpjB = "12.ABC.345/01DE-35"
	ucA   = "001347925802810"
	ucB   = "001347925802811"
)

func clientRow(tax, name string) Row {
	return Row{Client: &ClientRow{ClientRef: ClientRef{TaxID: tax}, Name: SetTo(name)}}
}

func unitRow(uc, tax string) Row {
	return Row{Installation: &InstallationRow{InstallationRef: InstallationRef{UC: uc}, Client: ClientRef{TaxID: tax},
		Distributor: SetTo("TEST"), Subgroup: SetTo("a4"), CNAE: SetTo("4711-3/02")}}
}

func verdeRow(uc, start string, w int64) Row {
	return Row{Contract: &ContractRow{Installation: InstallationRef{UC: uc}, Start: start, Modality: SetTo("verde"), SingleW: SetTo(w)}}
}

func readRow(uc, month string, w int64) Row {
	return Row{Reading: &ReadingRow{Installation: InstallationRef{UC: uc}, Month: month, SingleW: SetTo(w), Origin: "import"}}
}

func tariffRow(micros int64) Row {
	return Row{Tariff: &TariffRow{Distributor: "test", Subgroup: "A4", Modality: "verde", From: "2026-01-01", MicrosPerKW: SetTo(micros)}}
}

func portfolio() []Row {
	return []Row{
		clientRow(cnpjA, "Fábrica Um"),
		{Person: &PersonRow{Client: ClientRef{TaxID: cnpjA}, Name: SetTo("Rui"), Emails: SetTo([]string{"RUI@um.example"})}},
		unitRow(ucA, cnpjA), verdeRow(ucA, "2025-03-01", 500_000),
		readRow(ucA, "2026-09", 525_000), readRow(ucA, "2026-10", 560_000), tariffRow(22_810_000),
	}
}

func TestUpsertTwiceChangesNothing(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, portfolio()...)
	before := h.dump()
	h.want(h.admin, RowUnchanged, portfolio()...)
	if after := h.dump(); !reflect.DeepEqual(before, after) {
		t.Errorf("the second import wrote: %v, before %v", after, before)
	}
}

// dump lists ids and versions of everything that an import writes.
func (h *upsertHouse) dump() map[string]int64 {
	out := map[string]int64{}
	for _, in := range []*store.Collection{Clients.In, People.In, Installations.In, Contracts.In, Readings.In, Tariffs.In} {
		for d, err := range store.All(context.Background(), h.Store(), store.Query{In: in}) {
			if err != nil {
				h.t.Fatal(err)
			}
			out[in.Name+"/"+d.ID+" "+string(d.Body)] = d.Version
		}
	}
	return out
}

func TestUpsertDryRunWritesNothing(t *testing.T) {
	h := newUpsertHouse(t)
	u := h.NewUpserter(h.admin, true)
	var results []string
	for _, r := range portfolio() { // a batch each: later rows rest on earlier ones
		out, err := u.Batch(t.Context(), []Row{r})
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, out[0].Result)
	}
	if slices.ContainsFunc(results, func(s string) bool { return s != RowCreated }) {
		t.Errorf("a dry run says %v", results)
	}
	if d := h.dump(); len(d) != 0 {
		t.Errorf("a dry run wrote %v", d)
	}
}

func TestUpsertThreeStates(t *testing.T) {
	h := newUpsertHouse(t)
	row := clientRow(cnpjA, "Um")
	row.Client.City, row.Client.Notes = SetTo("Betim"), SetTo("old")
	id := h.want(h.admin, RowCreated, row)[0].ID
	row = Row{Client: &ClientRow{ClientRef: ClientRef{TaxID: cnpjA}, Notes: Cleared[string]()}}
	h.want(h.admin, RowUpdated, row)
	c, err := h.Client(t.Context(), h.admin, id)
	if err != nil || c.City != "Betim" || c.Notes != "" || c.Name != "Um" {
		t.Errorf("left %q, cleared %q, name %q: %v", c.City, c.Notes, c.Name, err)
	}
}

func TestUpsertFindsByEitherKey(t *testing.T) {
	h := newUpsertHouse(t)
	row := clientRow("06981180", "Um") // the root alone
	row.Client.Code = "K1"
	h.want(h.admin, RowCreated, row)
	h.want(h.admin, RowUnchanged, Row{Client: &ClientRow{ClientRef: ClientRef{Code: "K1"}}})
	h.want(h.admin, RowCreated, clientRow(cnpjB, "Dois"))
	h.rejects(h.admin, "taxId", "import.client.two", Row{Client: &ClientRow{ClientRef: ClientRef{TaxID: cnpjB, Code: "K1"}}})
	h.rejects(h.admin, "taxId", "import.client.key", Row{Client: &ClientRow{Name: SetTo("Nobody")}})
	unit := unitRow(ucA, cnpjA)
	unit.Installation.FormerUC = "3004298116"
	h.want(h.admin, RowCreated, unit)
	h.want(h.admin, RowCreated, readRow("3004298116", "2026-01", 5))
	h.want(h.admin, RowUnchanged, readRow(ucA, "2026-01", 5))
}

func TestUpsertSecondRowNamesTheFirst(t *testing.T) {
	h := newUpsertHouse(t)
	rows := []Row{clientRow(cnpjA, "Um"), clientRow(cnpjA, "Um again")}
	rows[0].Line, rows[1].Line = 7, 9
	out := h.take(h.admin, rows...)
	if out[0].Result != RowCreated || out[1].Result != RowRejected {
		t.Fatalf("%+v", out)
	}
	if got := out[1].Errors[0].Reason; got.Key != "import.row.twice" || !slices.Equal(got.Args, []string{"row", "7"}) {
		t.Errorf("the second row says %+v", got)
	}
}

func TestUpsertRejects(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, portfolio()...)
	azul := Row{Contract: &ContractRow{Installation: InstallationRef{UC: ucA}, Start: "2026-05-01", Modality: SetTo("azul"), OffPeakW: SetTo(int64(9))}}
	h.rejects(h.admin, "peakW", "import.azul.peak", azul)
	h.rejects(h.admin, "uc", "import.installation.unknown", verdeRow(ucB, "2026-01-01", 1))
	h.rejects(h.admin, "month", "import.reading.future", readRow(ucA, "2026-12", 1))
	h.rejects(h.admin, "month", "import.month", readRow(ucA, "2026-13", 1))
	h.rejects(h.admin, "singleW", "import.negative", readRow(ucA, "2026-03", -1))
	h.rejects(h.admin, "taxId", "ident.cnpj.digits", clientRow("06.981.180/0001-17", "X"))
	h.rejects(h.admin, "name", "error.field.required", clientRow(cnpjB, " "))
	h.rejects(h.admin, "client", "import.client.unknown", unitRow(ucB, cnpjB))
	h.rejects(h.admin, "uc", "ident.uc.length", unitRow("123", cnpjA))
	bad := clientRow(cnpjA, "Um")
	bad.Client.Agent = SetTo("nobody@house.example")
	h.rejects(h.admin, "agent", "error.client.agent", bad)
	h.rejects(h.ana, "distributor", "error.forbidden", tariffRow(1))
	h.rejects(h.admin, "microsPerKW", "import.tariff.value", tariffRow(0))
}

func TestUpsertScope(t *testing.T) {
	h := newUpsertHouse(t)
	mine := h.want(h.ana, RowCreated, clientRow(cnpjA, "Um"), unitRow(ucA, cnpjA))
	c, err := h.Client(t.Context(), h.ana, mine[0].ID)
	if err != nil || c.Agent != "ana" || c.Team != "west" {
		t.Fatalf("an agent's new client is %q of %q: %v", c.Agent, c.Team, err)
	}
	for _, a := range []Actor{h.bia, h.other} {
		h.rejects(a, "taxId", "error.client.duplicate", clientRow(cnpjA, "Taken"))
		h.rejects(a, "uc", "inst.duplicate", readRow(ucA, "2026-01", 1))
		h.rejects(a, "client", "error.client.duplicate", unitRow(ucB, cnpjA))
	}
	h.want(h.manager, RowUpdated, clientRow(cnpjA, "Um S.A."))
	give := clientRow(cnpjA, "Um S.A.")
	give.Client.Agent = SetTo("other@house.example")
	h.rejects(h.manager, "agent", "error.client.agent", give)
	h.want(h.admin, RowUpdated, give)
	h.rejects(h.manager, "taxId", "error.client.duplicate", clientRow(cnpjA, "x"))
}

func TestUpsertNewAgentTakesEverything(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, portfolio()...)
	give := clientRow(cnpjA, "Fábrica Um")
	give.Client.Agent = SetTo("Ana@House.example")
	id := h.want(h.admin, RowUpdated, give)[0].ID
	for _, in := range []*store.Collection{People.In, Installations.In, Contracts.In, Readings.In} {
		n := 0
		for d, err := range store.All(t.Context(), h.Store(), store.Query{In: in, WithKeys: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Keys["agent"] != "ana" || d.Keys["team"] != "west" || d.Keys["client"] != id {
				t.Errorf("%s/%s stays with %v", in.Name, d.ID, d.Keys)
			}
			n++
		}
		if n == 0 {
			t.Errorf("no %s", in.Name)
		}
	}
	rows := portfolio()
	h.want(h.admin, RowUnchanged, rows...)
}

func TestUpsertMovesInstallation(t *testing.T) {
	h := newUpsertHouse(t)
	out := h.want(h.admin, RowCreated, append(portfolio(), clientRow(cnpjB, "Dois"))...)
	to := out[len(out)-1].ID
	h.want(h.admin, RowUpdated, unitRow(ucA, cnpjB))
	page, err := h.InstallationReadings(t.Context(), h.admin, out[2].ID, 10, "")
	var rows []Reading
	if err != nil || json.Unmarshal(page.Items, &rows) != nil || len(rows) != 2 {
		t.Fatalf("%s, %v", page.Items, err)
	}
	r, err := Readings.Get(t.Context(), h.Store(), ReadingID(out[2].ID, "2026-10"))
	if err != nil || r.Client != to {
		t.Errorf("the reading stays with %s: %v", r.Client, err)
	}
	h.want(h.admin, RowUnchanged, readRow(ucA, "2026-10", 560_000))
}

func TestUpsertContractSteps(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, clientRow(cnpjA, "Um"), unitRow(ucA, cnpjA))
	second := verdeRow(ucA, "2025-03-01", 700_000)
	second.Contract.From = "2026-06"
	first := verdeRow(ucA, "2025-03-01", 500_000)
	out := h.take(h.admin, first, second)
	if out[0].Result != RowCreated || out[1].Result != RowUpdated || out[0].ID != out[1].ID {
		t.Fatalf("%+v", out)
	}
	h.want(h.admin, RowUnchanged, first, second)
	c, err := Contracts.Get(t.Context(), h.Store(), out[0].ID)
	if err != nil || len(c.Schedule) != 2 || c.Schedule[0].From != "2025-03" || *c.Schedule[1].SingleW != 700_000 {
		t.Errorf("schedule %+v: %v", c.Schedule, err)
	}
	second.Contract.Number = SetTo("other")
	if o := h.take(h.admin, first, second)[1]; o.Result != RowRejected || o.Errors[0].Reason.Key != "import.contract.differs" {
		t.Errorf("two rows that disagree on the contract: %+v", o)
	}
}

func TestUpsertPlaceholder(t *testing.T) {
	h := newUpsertHouse(t)
	row := Row{Installation: &InstallationRow{InstallationRef: InstallationRef{Source: "401:x"}, Placeholder: "UC 401"}}
	o := h.want(h.ana, RowCreated, row)[0]
	c, err := h.Client(t.Context(), h.ana, o.Client)
	if err != nil || !c.Placeholder || c.Name != "UC 401" || c.Source != "401:x" || !o.Placeholder {
		t.Fatalf("%+v %v", c, err)
	}
	h.want(h.ana, RowUnchanged, row)
	name := "Padaria"
	if _, err := h.EditClient(t.Context(), h.ana, c.ID, 0, ClientPatch{Name: &name}); err != nil {
		t.Fatal(err)
	}
	h.want(h.ana, RowUnchanged, row)
	if c, _ = h.Client(t.Context(), h.ana, c.ID); c.Name != "Padaria" || c.Placeholder {
		t.Errorf("the name that somebody gave is lost: %+v", c)
	}
}

func TestUpsertPeople(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, clientRow(cnpjA, "Um"))
	at := func(name string, mails ...string) Row {
		r := Row{Person: &PersonRow{Client: ClientRef{TaxID: cnpjA}, Name: SetTo(name)}}
		if len(mails) > 0 {
			r.Person.Emails = SetTo(mails)
		}
		return r
	}
	rui := h.want(h.admin, RowCreated, at("Rui Sá"))[0].ID
	if o := h.want(h.admin, RowUpdated, at("RUI SA", "rui@um.example"))[0]; o.ID != rui {
		t.Error("a person without an address is not found by name")
	}
	if o := h.want(h.admin, RowUpdated, at("Rui Sá Neto", "rui@um.example", "neto@um.example"))[0]; o.ID != rui {
		t.Error("a person is not found by one of the addresses")
	}
	if o := h.want(h.admin, RowCreated, at("Rui Sá Neto", "rui@dois.example"))[0]; o.ID == rui {
		t.Error("two people with one name and different addresses became one")
	}
	h.rejects(h.admin, "emails", "ident.email.invalid", at("X", "not an address"))
	h.rejects(h.admin, "client", "error.field.required", Row{Person: &PersonRow{Name: SetTo("X")}})
}
