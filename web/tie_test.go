package web_test

import (
	"net/http"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// TestTiePages: whoever enters somebody with an address that a person at another
// client has is asked whether they are one; a colleague's is not spoken of.
func TestTiePages(t *testing.T) {
	k := webtest.New(t)
	estates := k.Fill()
	c := crm.Client{ID: "zweit", Name: "Moinho Segundo", Agent: "ana", Team: "norte", Status: "active", CreatedAt: webtest.Now, UpdatedAt: webtest.Now}
	k.Apply(crm.Clients.Put(&c))
	b := k.Browser("ana")
	add := func(email string) string {
		a := b.Post("/clients/zweit/people", "name", "Helena", "role", "legal", "emails", email)
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("adding: %d", a.StatusCode)
		}
		return a.Header.Get("Location")
	}
	bias, err := crm.People.Get(t.Context(), k.Service.Store(), estates["bia"].Person)
	k.Must(err)
	if at := add(bias.Emails[0]); at != "/clients/zweit" {
		t.Errorf("an address of a colleague's person leads to %s", at)
	}
	mine, err := crm.People.Get(t.Context(), k.Service.Store(), estates["ana"].Person)
	k.Must(err)
	at := add(mine.Emails[0])
	id, ok := strings.CutPrefix(at, "/people/")
	if id, _, _ = strings.Cut(id, "#"); !ok {
		t.Fatalf("an address of one's own person leads to %s", at)
	}
	offer := b.Get("/people/" + id).Find("#alike form")
	if action, _ := offer.Attr("action"); offer.Length() != 1 || action != "/people/"+id+"/tie/"+mine.ID {
		t.Fatalf("%d offers, to %q", offer.Length(), action)
	}
	if a := b.Post("/people/" + id + "/tie/" + mine.ID); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("tying: %d", a.StatusCode)
	}
	a := b.Get("/people/" + mine.ID)
	if got, _ := a.Find("#tied a").First().Attr("href"); got != "/clients/zweit" || a.Find("#alike").Length() != 0 {
		t.Errorf("the other record leads to %q", got)
	}
	if a := k.Browser("bia").Post("/people/" + bias.ID + "/tie/" + mine.ID); a.StatusCode != http.StatusNotFound {
		t.Errorf("bia ties to ana's person: %d", a.StatusCode)
	}
	if a := b.Post("/people/" + mine.ID + "/untie/" + id); a.StatusCode != http.StatusSeeOther {
		t.Errorf("untying: %d", a.StatusCode)
	}
	if n := b.Get("/people/" + mine.ID).Find("#tied").Length(); n != 0 {
		t.Error("it is still tied")
	}
	rosa := crm.Person{ID: "rosa", Client: estates["ana"].Client, Agent: "ana", Team: "norte", Name: "Rosa", Emails: []string{"rosa@contas.example"}, CreatedAt: webtest.Now, UpdatedAt: webtest.Now}
	other := crm.Person{ID: "rosa2", Client: "zweit", Agent: "ana", Team: "norte", Name: "Rosa", Emails: []string{"rosa@contas.example"}, CreatedAt: webtest.Now, UpdatedAt: webtest.Now}
	k.Apply(crm.People.Put(&rosa), crm.People.Put(&other))
	if a := b.Post("/people/rosa2/tie/" + mine.ID); a.StatusCode != http.StatusUnprocessableEntity || a.Find(".field.bad, .field [aria-invalid=true], .err").Length() == 0 {
		t.Errorf("an address that is Rosa's at the other client: %d", a.StatusCode)
	}
}
