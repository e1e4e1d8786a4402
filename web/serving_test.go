package web_test

import (
	"strings"
	"testing"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

func TestServingTableInThePage(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("admin")
	b.Get("/users").Status(200).Has("a[href='/serving']", "Quem atende quem")
	b.Get("/serving").Status(200).Has("[name='kind.mv'] option[selected]", "comercialização").Has("[name='channel.free'] option[selected]", "Visitas")
	form := []string{"version", "0", "channel.mv", "visits", "kind.mv", "relationship", "channel.free", "visits", "kind.free", "relationship", "channel.public", "visits", "kind.public", "relationship"}
	b.Follow(b.Post("/serving", form...)).Has("[data-toast]", "Salvo").Has("[name='kind.mv'] option[selected]", "relacionamento")
	form[3] = "phone"
	b.Post("/serving", form...).Status(412).Has(".notice", "Alguém alterou").Has("[name='channel.mv'] option[selected]", "Telefone")
	form[3] = "fax"
	b.Post("/serving", form...).Status(422).Has(".invalid", "")
	k.Browser("north").Get("/serving").Status(200).Lacks("[data-serving]").Has("[data-rules] dl", "agente de relacionamento")
}

func TestUserServes(t *testing.T) {
	k := webtest.New(t)
	b := k.Browser("admin")
	form := []string{"name", "Ana Agente", "email", "ana@cemig.example", "role", "agent", "team", "norte", "kind", "commercial", "segments", "mv", "segments", "free", "sectors", "mining"}
	b.Follow(b.Post("/users/ana", form...)).Has("[name=kind] option[selected]", "comercialização")
	if on := b.Get("/users/ana").Find("[name=segments][checked]").Length(); on != 2 {
		t.Errorf("%d segments", on)
	}
	b.Post("/users/ana", append(form, "segments", "moon")...).Status(422).Has(".wrong", "")
	u := k.Browser("admin").Get("/users/ana").Find("[name=edits]").AttrOr("value", "")
	b.Post("/users/ana", "name", "Ana", "email", "ana@cemig.example", "role", "agent", "edits", u).Status(303)
	b.Post("/users/ana", append(form, "edits", u)...).Status(412).Has("fieldset .wrong", "")
}

// The manager sees who does not fit, who would, and hands the client over.
func TestMisfitsInThePage(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	in := crm.UserInput{Email: "ana@cemig.example", Name: "Ana", Role: crm.RoleAgent, Team: e.Team, Sectors: []string{"mining"}}
	_, err := k.Service.EditUser(t.Context(), crm.SystemActor(), "ana", 0, in)
	k.Must(err)
	in = crm.UserInput{Email: "bia@cemig.example", Name: "Bia", Role: crm.RoleAgent, Team: e.Team, Sectors: []string{"food"}, Kind: crm.AgentCommercial}
	_, err = k.Service.EditUser(t.Context(), crm.SystemActor(), "bia", 0, in)
	k.Must(err)
	b := k.Browser("north")
	b.Get("/serving").Status(200).Has("[data-misfits] a[href='/clients/"+e.Client+"']", e.ClientName).Has("[data-misfits]", "Mineração").Has("[data-misfits]", "Bia (agente de comercialização")
	if at := b.Post("/clients/bulk", "id", e.Client).Status(303).Header.Get("Location"); !strings.HasPrefix(at, "/bulk/") {
		t.Error(at)
	}
}

// A new client is served by whoever is proposed, unless another is chosen.
func TestNewClientProposesAnAgent(t *testing.T) {
	k := webtest.New(t)
	in := crm.UserInput{Email: "bia@cemig.example", Name: "Bia Prado", Role: crm.RoleAgent, Team: k.Users["bia"].Team, Sectors: []string{"food"}, Kind: crm.AgentCommercial, Segments: []string{"mv"}}
	_, err := k.Service.EditUser(t.Context(), crm.SystemActor(), "bia", 0, in)
	k.Must(err)
	b := k.Browser("north")
	b.Get("/clients/new").Status(200).Has("[name=agent] option[selected]", "o sugerido").Has("#agent-hint", "Sugestão")
	b.Get("/serving/agents?segment=mv&cnae=1052000").Status(200).Has("body", "Sugestão: Bia Prado (agente de comercialização, Média tensão, ")
	b.Get("/serving/agents?segment=x").Status(422)
	for _, c := range []struct{ agent, want string }{{"proposed", "bia"}, {"ana", "ana"}, {"", ""}} {
		at := b.Post("/clients", "name", "Queijaria "+c.agent, "agent", c.agent, "segment", "mv", "cnae", "1052000", "status", "active", "anyway", "on").Status(303).Header.Get("Location")
		got, err := k.Service.Client(t.Context(), crm.SystemActor(), strings.TrimPrefix(at, "/clients/"))
		if err != nil || got.Agent != c.want {
			t.Errorf("%q: %s, %v", c.agent, got.Agent, err)
		}
	}
	b.Post("/clients", "name", "", "agent", "proposed", "segment", "mv").Status(422).Has("[name=agent] option[selected]", "o sugerido")
	k.Browser("ana").Get("/clients/new").Status(200).Lacks("#agent-hint")
}
