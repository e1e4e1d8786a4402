package e2e

import (
	"testing"

	"github.com/chromedp/chromedp"

	"cemigmas/crm"
)

// TestBulkReassignment chooses two clients of an agent in the list, hands them
// to another, finds them there, and takes it back.
func TestBulkReassignment(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	p := sit(t, h.URL())
	team, err := h.Service.Team(t.Context(), h.actor(t, h.first(t, crm.RoleManager).Email))
	if err != nil || len(team) < 2 {
		t.Fatalf("a team of %d: %v", len(team), err)
	}
	from, to := team[0], team[1]
	list, _, err := h.Service.ClientList(t.Context(), crm.SystemActor(), crm.ClientQuery{Agent: from.ID, Limit: 2})
	if err != nil || len(list) != 2 {
		t.Fatalf("%d clients: %v", len(list), err)
	}
	p.does(t, "sign in", func(p *person) { p.signIn(h.first(t, crm.RoleManager)) })
	p.does(t, "choose and hand over", func(p *person) {
		p.open("/clients?agent=" + from.ID)
		for _, c := range list {
			p.do("choose "+c.Name, click(css(`[name=id][value="`+c.ID+`"]`)))
		}
		p.do("say what to do with them", click(css("#bulk .primary")), chromedp.WaitVisible(css("form[data-bulk]")))
		p.sees("form[data-bulk]", list[0].Name)
		p.do("hand them over", chromedp.SetValue(css("select[name=agent]"), to.ID), click(css("form[data-bulk] .primary")))
		p.untilTrue("it is done", `document.querySelector("#job[data-job=done]") !== null && document.querySelector("form[action$='/undo']") !== null`)
		p.sees(".stat", "Alterados2")
	})
	at := p.where()
	p.does(t, "see them at the other agent", func(p *person) {
		p.do("open what is handed over", click(js(`document.querySelector("a[href^='/handover']")`)), chromedp.WaitVisible(css("[data-print]")))
		p.sees("h1", to.Name)
		p.open("/clients?agent=" + to.ID + "&q=" + list[0].TaxID)
		p.sees("#list-rows", list[0].Name)
		other := p.stranger(t)
		other.signIn(h.named(t, to.Email))
		other.sees(".notice", from.Name)
		other.open("/clients/" + list[1].ID)
		other.sees("h1", list[1].Name)
	})
	p.does(t, "undo", func(p *person) {
		p.open(at)
		p.do("undo it", click(css("form[action$='/undo'] button")))
		p.untilTrue("it is undone", `document.body.textContent.includes("Esta edição foi desfeita")`)
		for _, c := range list {
			if now := h.client(t, c.Name); now.Agent != from.ID {
				t.Errorf("%s stays with %s", c.Name, now.Agent)
			}
		}
	})
}
