package web_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// factForm opens the form of a fact and answers what it would send unedited.
func factForm(b *webtest.Browser, path, name string) (values []string) {
	a := b.Part(path+"?fact="+name, "").Status(200)
	a.Find("dd.editing form").Find("input:not([type=checkbox]), textarea, select").Each(func(_ int, field *goquery.Selection) {
		name, value := field.AttrOr("name", ""), field.AttrOr("value", "")
		switch {
		case field.Is("textarea"):
			value = field.Text()
		case field.Is("select"):
			value = field.Find("option[selected]").AttrOr("value", "")
		}
		if name != "csrf" {
			values = append(values, name, value)
		}
	})
	return values
}

// with changes one of the values.
func with(values []string, name, value string) []string {
	out := append([]string{}, values...)
	for n := 0; n+1 < len(out); n += 2 {
		if out[n] == name {
			out[n+1] = value
		}
	}
	return out
}

func TestFactsAreEditedWhereTheyStand(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b, boss := k.Browser("ana"), k.Browser("north")
	record, path := "/clients/"+e.Client, "/clients/"+e.Client+"/edit"
	b.Get(record).Status(200).Has("#fact-cnae .in-place", "").Has(".blanks #fact-notes .in-place", "–").Lacks("#fact-agent")

	phone := factForm(b, path, "phone")
	b.PostPart(path, with(phone, "phone", "12")...).Status(422).Has("#fact-phone .wrong", "DDD").Value("phone", "12")
	saved := b.PostPart(path, with(phone, "phone", "(31) 3333-4444")...).Status(200).Has("#fact-phone .in-place", "3333-4444").Has("#record-title h1", e.ClientName)
	undo := saved.Find("[data-toast] form").AttrOr("action", "")
	b.PostPart(path, factForm(b, path, "phone")...).Status(200).Lacks("[data-toast]") // nothing was changed

	// Others edited something else meanwhile: nothing to choose between.
	city := factForm(b, path, "address")
	b.PostPart(path, with(factForm(b, path, "notes"), "notes", "Portaria norte")...).Status(200)
	b.PostPart(path, with(city, "city", "Araxá")...).Status(200).Has("#fact-address", "Araxá")

	// Two edit the same fact: the second is told, and may insist.
	mine, theirs := factForm(b, path, "notes"), factForm(boss, path, "notes")
	boss.PostPart(path, with(theirs, "notes", "Portaria sul")...).Status(200)
	told := b.PostPart(path, with(mine, "notes", "Portaria leste")...).Status(422).Has(".wrong", "Portaria sul").Value("notes", "Portaria leste")
	again := with(with(mine, "version", told.Find("[name=version]").AttrOr("value", "")), "notes", "Portaria leste")
	b.PostPart(path, again...).Status(200).Has("#fact-notes", "Portaria leste")

	// What others see is not undone with it, and what was edited since stays.
	k.Browser("cleo").Post(undo).Status(404)
	b.Post(undo, "back", record).Status(303)
	b.Get(record).Status(200).Has("#fact-phone", "3333-4444")
	last := b.PostPart(path, with(factForm(b, path, "tags"), "tags", "safra")...).Status(200)
	b.Follow(b.Post(last.Find("[data-toast] form").AttrOr("action", ""), "back", record)).Has("[data-toast]", "desfeita").Has(".blanks #fact-tags", "–")

	// Who may not see a fact cannot ask for its form.
	b.Part(path+"?fact=agent", "").Status(404)
	b.Part(path+"?fact=", "").Status(200)
	boss.Part(path+"?fact=agent", "").Status(200).Has("option", "Bia Bastos")
	k.Browser("cleo").Part(path+"?fact=phone", "").Status(404)

	// Without a script the whole form opens at the field; a form with one field
	// changes that alone.
	b.Get(path+"?fact=phone").Status(200).Has("[name=phone][autofocus]", "")
	name := b.Get(path).Find("[name=name]").AttrOr("value", "")
	b.Follow(b.Post(path, "version", b.Get(path).Find("[name=version]").AttrOr("value", ""), "phone", "(31) 3333-5555")).Has("#fact-phone", "3333-5555").Has("h1", name)
	b.Post(path, "version", "1", "phone", "99").Status(412).Value("name", name)
}

func TestFactsOfAnInstallation(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	b := k.Browser("ana")
	record, path := "/installations/"+e.Installation, "/installations/"+e.Installation+"/edit"
	b.Get(record).Status(200).Has("#fact-uc .in-place", "")
	load := factForm(b, path, "load")
	b.PostPart(path, with(load, "load", "muito")...).Status(422).Has("#fact-load .wrong", "").Value("load", "muito")
	b.PostPart(path, with(load, "load", "1.250,5")...).Status(200).Has("#fact-load", "1.250,5")
	b.PostPart(path, append(factForm(b, path, "conditions"), "conditions", "irrigation")...).Status(200).Has("#fact-conditions", "Irriga")
	if i, err := crm.Installations.Get(t.Context(), k.Service.Store(), e.Installation); err != nil || i.LoadW != 1_250_500 || strings.Join(i.Conditions, "") != "irrigation" {
		t.Fatalf("%+v, %v", i, err)
	}
	b.Part(path+"?shown=load", "").Status(200).Has("#fact-load .in-place[autofocus]", "1.250,5")
	k.Browser("cleo").Part(path+"?fact=load", "").Status(404)
}
