package web_test

import (
	"slices"
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/web/webtest"
)

func TestPersonIsAdded(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	var told []string
	k.Service.OnAddresses(func(a ...string) { told = append(told, a...) })
	b, at := k.Browser("ana"), "/clients/"+e.Client+"/people"
	b.Get("/clients/"+e.Client).Has("a[href='"+at+"/new']", "")
	b.Get(at+"/new").Status(200).Value("name", "").Lacks("[name=version]")
	b.Post(at, "name", "", "emails", "ivo@", "phones", "x", "role", "technical").Status(422).Has(".wrong", "Preencha").
		Value("emails", "ivo@").Value("phones", "x").Value("role", "technical")
	b.Follow(b.Post(at, "name", "Ivo Prado", "role", "legal", "emails", "ivo@moinho.example\r\nIVO@prado.example", "phones", "34 99999-1234")).
		Status(200).Has(".person", "Ivo Prado").Has(".person", "Representante legal").Has("[data-toast]", "procurados")
	if !slices.Equal(told, []string{"ivo@moinho.example", "ivo@prado.example"}) {
		t.Errorf("told the mail engine of %v", told)
	}
}

func TestPersonIsEdited(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, at := k.Browser("ana"), "/people/"+e.Person
	b.Get("/clients/"+e.Client).Has(".person a[href='"+at+"']", "")
	b.Get(at).Status(200).Value("name", "Helena "+e.Mark).Value("role", "technical").Value("version", "1").Value("phones", "(34) 99999-0000")
	b.Follow(b.Post(at, "version", "1", "name", "Helena Nova", "role", "decision", "title", "Diretora", "phones", "34 3221-0000")).
		Status(200).Has(".person", "Helena Nova").Has(".person", "Diretora").Has("[data-toast]", "salvo")
	// A form of before says what is stored now, field by field, and then wins.
	old := b.Post(at, "version", "1", "name", "Helena Velha", "role", "decision", "phones", "(34) 3221-0000").Status(412).Value("name", "Helena Velha").
		Has(".wrong", "Helena Nova").Has(".notice", "").Value("version", "2")
	if n := old.Find(".wrong").Length(); n != 2 { // name and title
		t.Errorf("%d fields differ", n)
	}
	b.Post(at, "version", "2", "name", "Helena Velha").Status(303)
	if p, err := crm.People.Get(t.Context(), k.Service.Store(), e.Person); err != nil || p.Name != "Helena Velha" || len(p.Phones) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPersonIsFormerAndBack(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	b.Get("/people/"+e.Person).Has("button", "Não trabalha mais aqui")
	gone := b.Follow(b.Post("/people/"+e.Person+"/former")).Has("[data-toast]", "não trabalha mais").Has(".person", "não trabalha mais aqui").Lacks(".person a[href^=mailto]").Lacks("[name=people]")
	undo := gone.Find("[data-toast] form").AttrOr("action", "")
	// Meanwhile another has the address.
	mate := crm.Person{ID: "mate", Client: e.Client, Agent: "ana", Team: "norte", Name: "Sucessora", Emails: []string{strings.ToLower("helena@" + e.Mark + ".example")}, CreatedAt: webtest.Now, UpdatedAt: webtest.Now}
	k.Apply(crm.People.Put(&mate))
	b.Post(undo).Status(422).Has(".wrong", "Sucessora").Has("button", "Voltou")
	k.Apply(store.Delete{In: crm.People.In, ID: "mate", Version: -1})
	b.Follow(b.Post(undo)).Has("[data-toast]", "trabalha aqui de novo").Has(".person a[href^=mailto]", "")
}
