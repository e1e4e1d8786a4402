package web_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

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

// sends is what a browser would send of the first form of a page with a version,
// with some fields filled in otherwise: "name=value", "name=" to untick or empty.
func sends(a *webtest.Answer, change ...string) (pairs []string) {
	a.Helper()
	other := map[string]string{}
	for _, c := range change {
		name, value, _ := strings.Cut(c, "=")
		other[name] = value
	}
	form := a.Find("form:has([name=version]), form:has([name=edits])").First()
	form.Find("input, textarea, select").Each(func(_ int, f *goquery.Selection) {
		name, value := f.AttrOr("name", ""), f.AttrOr("value", "")
		if _, ok := other[name]; ok || name == "csrf" || name == "" {
			return
		}
		switch _, on := f.Attr("checked"); {
		case f.Is("[type=checkbox], [type=radio]") && !on:
			return
		case f.Is("textarea"):
			value = f.Text()
		case f.Is("select"):
			value = f.Find("option[selected]").AttrOr("value", f.Find("option").First().AttrOr("value", ""))
		}
		pairs = append(pairs, name, value)
	})
	for _, name := range slices.Sorted(maps.Keys(other)) {
		if value := other[name]; value != "" || form.Find("[name="+name+"]:not([type=checkbox])").Length() > 0 {
			pairs = append(pairs, name, value)
		}
	}
	return pairs
}

// Of two who edit the same record the second reads what the first one stored as
// people write it, and a tick under a field stores just that again.
func TestConflictInWords(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	type both struct{ label, raw string }
	for _, c := range []struct {
		who, form     string
		first, second []string
		told          map[string]both
	}{
		{"north", "/clients/" + e.Client + "/edit", []string{"agent=bia", "tier=B", "status=prospect", "segment=public", "sector=mining", "stand_in=ana", "stand_in_from=2026-12-01", "stand_in_until=2026-12-20", "tags=safra", "emails=a@moinho.example\nb@moinho.example"},
			[]string{"agent=", "tier=C", "status=former", "segment=free", "sector=water", "stand_in=bia", "stand_in_from=2026-12-02", "stand_in_until=2026-12-21", "tags=entressafra", "emails=c@moinho.example"}, map[string]both{"agent": {"Bia Bastos", "bia"}, "tier": {"B", "B"}, "status": {"Em prospecção", "prospect"}, "segment": {"Poder público", "public"},
				"sector": {"Mineração", "mining"}, "stand_in": {"Ana Agente", "ana"}, "stand_in_from": {"01/12/2026", "2026-12-01"}, "stand_in_until": {"20/12/2026", "2026-12-20"},
				"tags": {"safra", "safra"}, "emails": {"a@moinho.example b@moinho.example", "a@moinho.example\nb@moinho.example"}}},
		{"north", "/installations/" + e.Installation + "/edit", []string{"load=1.250,5", "market=free", "secondary=yes", "connected_on=2019-03-04", "conditions=irrigation", "status=off"},
			[]string{"load=900", "market=", "connected_on=2020-01-01", "conditions=essential"}, map[string]both{"load": {"1.250,5", "1.250,5"}, "market": {"Livre", "free"},
				"connected_on": {"04/03/2019", "2019-03-04"}, "conditions": {"Irrigação ou aquicultura", "irrigation"}}},
		{"north", "/contracts/" + e.Contract + "/edit", []string{"renews=no", "agreed=yes", "denounced=2026-11-20", "peak_0=950,5", "from_1=2027-01", "offpeak_1=1.700", "peak_1=950,5"},
			[]string{"renews=yes", "agreed=no", "denounced=2026-11-21", "peak_0=800"}, map[string]both{"denounced": {"20/11/2026", "2026-11-20"},
				"peak_0": {"950,5", "950,5"}, "from_1": {"janeiro de 2027", "2027-01"}}},
		{"north", "/people/" + e.Person, []string{"role=legal", "channel=phone", "lang=es", "consent_on=2026-11-03"},
			[]string{"role=decision", "channel=email", "lang=en", "consent_on=2026-11-04"}, map[string]both{"role": {"Representante legal ou procurador", "legal"}, "channel": {"Telefone", "phone"}, "lang": {"Español", "es"}, "consent_on": {"03/11/2026", "2026-11-03"}}},
		{"north", "/activities/" + e.Activity + "/edit", []string{"kind=note", "people=", "inbound=", "day=2026-11-02", "minutes=25"},
			[]string{"text=Outra conversa"}, map[string]both{"kind": {"Nota", "note"}, "people": {"–", ""}, "inbound": {"Não", ""}, "day": {"02/11/2026", "2026-11-02"}, "minutes": {"25", "25"}}},
		{"north", "/visits/" + e.Visit, []string{"day=2026-12-02", "time=15:30"}, []string{"place=Betim"},
			map[string]both{"day": {"02/12/2026", "2026-12-02"}, "time": {"15:30", "15:30"}, "place": {"Araguari", "Araguari"}}},
		{"north", "/documents/" + e.Document, []string{"kind=bill"}, []string{"kind=contract"}, map[string]both{"kind": {"Fatura", "bill"}}},
		{"ana", "/mailboxes/" + e.Mailbox + "/edit", []string{"horizon=2025-01-02", "folders=Arquivo"}, []string{"folders=Contas"},
			map[string]both{"horizon": {"02/01/2025", "2025-01-02"}, "folders": {"Arquivo", "Arquivo"}}},
		{"admin", "/users/bia", []string{"role=manager", "lang=es", "sectors=mining"}, []string{"name=Bia Outra", "sectors=food"},
			map[string]both{"role": {"Gerente", "manager"}, "lang": {"Español", "es"}, "sectors": {"Mineração", "mining"}, "name": {"Bia Bastos", "Bia Bastos"}}},
		{"admin", "/sectors/food", []string{"name=Comida", "nameEs=Comidas", "divisions=10 a 12; 56"}, []string{"name=Alimentos", "nameEs=Alimentación", "divisions=10-12, 55"},
			map[string]both{"name": {"Comida", "Comida"}, "nameEs": {"Comidas", "Comidas"},
				"divisions": {"10-12, 56", "10-12, 56"}}},
		{"admin", "/sectors/mining", []string{"divisions=", "offered=no"}, []string{"divisions=05-08"}, map[string]both{"divisions": {"–", ""}}},
		{"admin", "/tiers", []string{"on=on", "a_kw=3000", "b_kw=1000"}, []string{"a_kw=2000"}, map[string]both{"on": {"Sim", "on"}, "a_kw": {"3000", "3000"}}},
	} {
		t.Run(strings.Split(c.form, "/")[1], func(t *testing.T) {
			k.TB = t
			b := k.Browser(c.who)
			at := b.Get(c.form).Status(200)
			url := at.Find("form:has([name=version]), form:has([name=edits])").First().AttrOr("action", "")
			save := func(status int, pairs []string) *webtest.Answer {
				if url == "/tiers" || strings.HasPrefix(url, "/visits/") {
					pairs = append(pairs, "action", "save")
				}
				return b.Post(url, pairs...).Status(status)
			}
			save(303, sends(at, c.first...))
			stored := b.Get(c.form).Status(200)
			told := save(412, sends(at, c.second...)).Has(".notice", "salvou antes")
			for name, want := range c.told {
				box := told.Find(`[name="theirs.` + name + `"]`)
				words := strings.Join(strings.Fields(box.Closest(".theirs").Find(".wrong").Text()), " ")
				if words != "Agora está: "+want.label || box.AttrOr("value", "none") != want.raw {
					t.Errorf("%s: %q, sends %q; want %q, %q", name, words, box.AttrOr("value", "none"), want.label, want.raw)
				}
			}
			keep := sends(told)
			told.Find(".theirs [type=checkbox]").Each(func(_ int, box *goquery.Selection) {
				keep = append(keep, box.AttrOr("name", ""), box.AttrOr("value", ""))
			})
			save(303, keep)
			if is, was := sends(b.Get(c.form).Status(200), "version=", "edits="), sends(stored, "version=", "edits="); !slices.Equal(is, was) {
				t.Errorf("kept as it is now\n%q\nstored\n%q", is, was)
			}
		})
	}
	k.TB = t

	// One of the two is kept, the other is insisted on.
	b, path := k.Browser("north"), "/clients/"+e.Client+"/edit"
	at := b.Get(path)
	b.Post(path, sends(at, "agent=ana", "stand_in=", "stand_in_from=", "stand_in_until=", "tier=A")...).Status(303)
	told := b.Post(path, sends(at, "tier=C", "stand_in=bia", "city=Betim")...).Status(412).Has(`[name="theirs.tier"]`, "").
		Lacks(`[name="theirs.agent"]`).Lacks(`[name="theirs.city"]`).Value("agent", "ana").Value("city", "Betim")
	b.Post(path, append(sends(told), "theirs.stand_in", "")...).Status(303)
	b.Get(path).Value("agent", "ana").Value("city", "Betim").Value("tier", "C").Value("stand_in", "")

	// An agent who has left since cannot be chosen: what is stored now is.
	at = b.Get(path)
	b.Post(path, sends(at, "agent=bia")...).Status(303)
	k.Change("ana", func(u *crm.User) { u.Disabled = true })
	b.Post(path, sends(at, "city=Uberaba")...).Status(303)
	b.Get(path).Value("agent", "bia").Value("city", "Uberaba")
}

// Of two who change different fields of one record both are saved: a form takes
// nothing back that its sender did not touch.
func TestWhatNobodyTouchedIsMerged(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, other := k.Browser("north"), k.Browser("ana")
	for _, c := range []struct {
		form          string
		first, second []string
		want          map[string]string
	}{
		{"/clients/" + e.Client + "/edit", []string{"notes=nota da aba 1", "tags=safra", "emails=a@moinho.example", "tier=B"}, []string{"phone=(31) 3333-4444", "address=Rua Um"},
			map[string]string{"notes": "nota da aba 1", "tags": "safra", "emails": "a@moinho.example", "tier": "B", "phone": "(31) 3333-4444", "address": "Rua Um"}},
		{"/installations/" + e.Installation + "/edit", []string{"feeder=UDI-07", "conditions=irrigation", "load=900"}, []string{"name=Planta 2"},
			map[string]string{"feeder": "UDI-07", "name": "Planta 2", "load": "900"}},
		{"/contracts/" + e.Contract + "/edit", []string{"from_1=2027-01", "offpeak_1=1.700", "peak_1=950,5", "renews=no"}, []string{"number=500.1"},
			map[string]string{"from_1": "2027-01", "offpeak_1": "1.700", "renews": "no", "number": "500.1"}},
		{"/people/" + e.Person, []string{"phones=(31) 98888-7777", "lang=es"}, []string{"hours=manhãs"},
			map[string]string{"phones": "(31) 98888-7777", "lang": "es", "hours": "manhãs"}},
		{"/documents/" + e.Document, []string{"kind=bill"}, []string{"notes=minha"}, map[string]string{"kind": "bill", "notes": "minha"}},
		{"/installations/" + e.Installation + "/readings/2026-10", []string{"peak=600,5"}, []string{"offpeak=1.700"}, map[string]string{"peak": "600,5", "offpeak": "1.700"}},
	} {
		at := b.Get(c.form).Status(200)
		url := at.Find("form:has([name=version])").First().AttrOr("action", "")
		mine := sends(at, c.second...)
		other.Post(url, sends(other.Get(c.form).Status(200), c.first...)...).Status(303)
		b.Post(url, mine...).Status(303)
		now := b.Get(c.form).Status(200)
		for name, want := range c.want {
			now.Value(name, want)
		}
	}
	i, err := crm.Installations.Get(t.Context(), k.Service.Store(), e.Installation)
	if err != nil || !slices.Equal(i.Conditions, []string{"irrigation"}) {
		t.Errorf("conditions %v, %v", i.Conditions, err)
	}

	admin := k.Browser("admin")
	for n, c := range []struct{ first, second, kept string }{{"nameEs=Comidas", "nameEn=Meals", "Comidas"}, {"divisions=10-12, 56", "name=Comida", "10-12, 56"}} {
		at := admin.Get("/sectors/food").Value("version", strconv.Itoa(2*n))
		admin.Post("/sectors/food", sends(at, c.first)...).Status(303)
		admin.Post("/sectors/food", sends(at, c.second)...).Status(303)
		name, value, _ := strings.Cut(c.second, "=")
		first, _, _ := strings.Cut(c.first, "=")
		admin.Get("/sectors/food").Value(first, c.kept).Value(name, value)
	}

	// What both changed is asked about, by name; what one changed is not.
	path := "/clients/" + e.Client + "/edit"
	mine := sends(b.Get(path), "city=Betim", "notes=minha")
	other.Post(path, sends(other.Get(path), "city=Contagem", "tier=A")...).Status(303)
	told := b.Post(path, mine...).Status(412).Has(".notice", "Ana Agente salvou antes").Has(`[name="theirs.city"]`, "").Lacks(`[name="theirs.notes"]`).Lacks(`[name="theirs.tier"]`).Value("tier", "A").Value("notes", "minha")
	b.Post(path, sends(told)...).Status(303)
	b.Get(path).Value("city", "Betim").Value("tier", "A").Value("notes", "minha")
}

// The form of one fact tells a conflict as the whole one does.
func TestConflictOfAFact(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("north")
	clash := func(path, name, first, second, label, raw string) {
		t.Helper()
		mine, theirs := factForm(b, path, name), factForm(b, path, name)
		b.PostPart(path, with(theirs, name, first)...).Status(200)
		told := b.PostPart(path, with(mine, name, second)...).Status(422).Has("#fact-"+name+" .theirs .wrong", "Agora está: "+label)
		if got := told.Find(`[name="theirs.`+name+`"]`).AttrOr("value", ""); got != raw {
			t.Errorf("%s: %q, want %q", name, got, raw)
		}
		again := with(with(mine, "version", told.Find("[name=version]").AttrOr("value", "")), name, second)
		b.PostPart(path, append(again, "theirs."+name, raw)...).Status(200).Has("#fact-"+name, label)
	}
	client, place := "/clients/"+e.Client+"/edit", "/installations/"+e.Installation+"/edit"
	clash(client, "agent", "bia", "", "Bia Bastos", "bia")
	clash(client, "segment", "free", "public", "Mercado livre", "free")
	clash(place, "load", "1.250,5", "900", "1.250,5", "1.250,5")
	clash(place, "connected_on", "2019-03-04", "2020-01-02", "04/03/2019", "2019-03-04")

	mine := append(factForm(b, place, "conditions"), "conditions", "irrigation")
	b.PostPart(place, append(factForm(b, place, "conditions"), "conditions", "essential", "conditions", "seasonal")...).Status(200)
	told := b.PostPart(place, mine...).Status(422).Has(".theirs .wrong", "Agora está: ")
	raw := told.Find(`[name="theirs.conditions"]`).AttrOr("value", "")
	b.PostPart(place, append(with(mine, "version", told.Find("[name=version]").AttrOr("value", "")), "theirs.conditions", raw)...).Status(200)
	if i, err := crm.Installations.Get(t.Context(), k.Service.Store(), e.Installation); err != nil || strings.Join(i.Conditions, ",") != "essential,seasonal" && strings.Join(i.Conditions, ",") != "seasonal,essential" {
		t.Errorf("%v, %v", i.Conditions, err)
	}
}
