package crm

import (
	"reflect"
	"testing"
)

// below is a row of a client that stands below another.
func below(code, above string) Row {
	r := Row{Client: &ClientRow{ClientRef: ClientRef{Code: code}, Name: SetTo("Empresa " + code)}}
	if above != "" {
		r.Client.ParentCode = SetTo(above)
	}
	return r
}

func (h *upsertHouse) parents() map[string]string {
	h.t.Helper()
	names, out := map[string]string{}, map[string]string{}
	list, _, err := h.ClientList(h.t.Context(), h.admin, ClientQuery{Limit: MaxListLimit})
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range list {
		names[c.ID] = c.Code
	}
	for _, c := range list {
		out[c.Code] = names[c.Parent]
	}
	return out
}

// TestUpsertGroup: a file makes a group whatever the order of its rows, dry and
// in earnest alike, the second time nothing, and its undo leaves what was.
func TestUpsertGroup(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, below("was", ""))
	h.settle()
	before := h.bodies()
	file := []Row{below("3", "2"), below("2", "1"), below("was", "1"), below("1", ""), below("4", "3")}
	want := []string{RowCreated, RowCreated, RowUpdated, RowCreated, RowCreated}
	results := func(out []Outcome, err error) (all []string) {
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			all = append(all, o.Result)
		}
		return all
	}
	for range 2 {
		if got := results(h.NewUpserter(h.admin, true).Batch(t.Context(), file)); !reflect.DeepEqual(got, want) {
			t.Errorf("dry: %v", got)
		}
	}
	if got := results(h.batch(h.admin, "b1", file...), nil); !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if got := h.parents(); !reflect.DeepEqual(got, map[string]string{"1": "", "2": "1", "3": "2", "4": "3", "was": "1"}) {
		t.Errorf("%v", got)
	}
	h.want(h.admin, RowUnchanged, file...)
	h.undo(h.admin, "b1")
	if after := h.bodies(); !reflect.DeepEqual(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
}

// TestUpsertGroupRefuses what the page of a group refuses, also of rows that a
// dry run wrote nothing of.
func TestUpsertGroupRefuses(t *testing.T) {
	h := newUpsertHouse(t)
	h.want(h.admin, RowCreated, below("1", ""), below("2", "1"), below("3", "2"), below("4", "3"), below("x", ""), below("y", "x"))
	h.want(h.ana, RowCreated, below("mine", ""))
	h.rejects(h.admin, "parentCode", "import.parent.unknown", below("5", "nowhere"))
	h.rejects(h.admin, "parentCode", "error.client.deep", below("5", "4"))
	h.rejects(h.admin, "parentCode", "error.client.cycle", below("1", "4"))
	h.rejects(h.admin, "parentCode", "error.client.cycle", below("1", "1"))
	h.rejects(h.admin, "parentCode", "error.client.deep", below("x", "3"))
	h.rejects(h.ana, "parentCode", "import.parent.unknown", below("mine", "1")) // another's, without a word about it
	wrong := below("5", "")
	wrong.Client.Parent = SetTo("11.111.111/1111-11")
	h.rejects(h.admin, "parent", "ident.cnpj.equal", wrong)

	for _, dry := range []bool{true, false} {
		u := h.NewUpserter(h.admin, dry)
		last := func(want string, rows ...Row) {
			t.Helper()
			out, err := u.Batch(t.Context(), rows)
			if err != nil {
				t.Fatal(err)
			}
			if o := out[len(out)-1]; o.Result != RowRejected || o.Errors[0].Reason.Key != want {
				t.Errorf("dry %v: %+v, want %s", dry, o, want)
			}
		}
		last("import.parent.unknown", below("a", ""), below("b", "a"), below("c", "c"))
		last("error.client.deep", below("d", "b"), below("e", "d"), below("f", "e"))
		last("error.client.deep", below("g", "f"), below("y", "d"), below("1", "y"))
	}
	free := below("y", "")
	free.Client.ParentCode = Cleared[string]()
	h.want(h.admin, RowUpdated, free)
	if got := h.parents(); got["y"] != "" || got["4"] != "3" {
		t.Errorf("%v", got)
	}
}
