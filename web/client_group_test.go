package web_test

import (
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// A client's page names its group to who sees it, and sums what its contracts
// could save.
func TestClientNamesItsGroupAndSaving(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	e, other := estates["ana"], estates["bia"]
	b := k.Browser("north")

	if _, err := k.Service.EditClient(t.Context(), k.Actor("north"), e.Client, 0, crm.ClientPatch{Parent: &other.Client}); err != nil {
		t.Fatal(err)
	}
	b.Get("/clients/"+e.Client).Status(200).Has(".facts dd", other.ClientName)
	k.Browser("ana").Get("/clients/" + e.Client).Status(200).Lacks(".facts a[href='/clients/" + e.Client + "/group']")

	i, err := crm.Installations.Get(t.Context(), k.Service.Store(), e.Installation)
	if err != nil {
		t.Fatal(err)
	}
	i.Saving = &crm.Saving{Cents: 1_234_567, Months: 12, Reason: crm.SavingIdle}
	k.Apply(crm.Installations.Put(&i))
	b.Get("/clients/"+e.Client).Status(200).Has(".stat", "12.345,67")
}
