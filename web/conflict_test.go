package web_test

import (
	"encoding/json"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/auth"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// TestTwoNodesOneClient: of two web nodes over one store, the second to save a
// client is told both versions field by field, in the page and in the API, and
// nothing of the first is lost.
func TestTwoNodesOneClient(t *testing.T) {
	var conf web.Config
	one := webtest.New(t, func(c *web.Config) { conf = *c })
	e := one.Fill()["ana"]
	conf.Service = crm.New(crm.Deps{Store: one.Service.Store()})
	conf.Auth = auth.New(conf.Service, one.Ring)
	two := &webtest.Kit{TB: t, Server: web.New(conf), Service: conf.Service, Auth: conf.Auth, Ring: one.Ring, Mail: one.Mail, Users: one.Users}

	form, path := "/clients/"+e.Client+"/edit", "/clients/"+e.Client
	first, second := one.Browser("ana"), two.Browser("ana")
	version := second.Get(form).Status(200).Find("[name=version]").AttrOr("value", "")
	tag := two.API("ana", "GET", path, nil).Status(200).Header.Get("ETag")
	first.Follow(first.Post(form, "version", version, "name", "Moinho Novo", "city", "Betim")).Has("h1", "Moinho Novo")

	second.Post(form, "version", version, "name", "Moinho Outro", "city", "Betim").Status(412).
		Value("name", "Moinho Outro").Has(".wrong", "Moinho Novo").Has(".notice", "salvou antes")
	answer := two.API("ana", "PATCH", path, map[string]any{"name": "Moinho Outro", "city": "Betim", "emails": []string{"a@b.example"}}, "If-Match", tag).Status(412)
	var got struct {
		Code    crm.Code
		Current struct{ Name, City string }
		Differs map[string]struct{ Sent, Now json.RawMessage }
	}
	answer.JSON(&got)
	if got.Code != crm.CodeConflict || got.Current.Name != "Moinho Novo" || got.Current.City != "Betim" {
		t.Errorf("the record as it is now: %+v", got)
	}
	name, emails := got.Differs["name"], got.Differs["emails"]
	if len(got.Differs) != 2 || string(name.Sent) != `"Moinho Outro"` || string(name.Now) != `"Moinho Novo"` || string(emails.Sent) != `["a@b.example"]` {
		t.Errorf("what differs: %s", answer.Body)
	}
	one.API("ana", "GET", path, nil).Status(200).JSON(&got.Current)
	if got.Current.Name != "Moinho Novo" {
		t.Errorf("the first node's name is lost: %s", got.Current.Name)
	}
}
