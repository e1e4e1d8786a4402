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
	p.does(t, "go back to a long list", func(p *person) {
		p.open("/installations?market=captive")
		if n, err := h.Service.CountInstallations(t.Context(), crm.SystemActor(), crm.RecordQuery{Market: crm.MarketCaptive}, 60); err != nil || n < 60 {
			t.Skipf("%d installations, %v: the list is not long", n, err) // on the protocol double
		}
		p.do("show more", click(css("#list-foot a.btn")))
		p.untilTrue("more rows", `document.querySelectorAll("#list-rows tr").length > 50`)
		p.untilTrue("the address says so", `new URLSearchParams(location.search).get("rows") === String(document.querySelectorAll("#list-rows tr").length)`)
		p.do("go far down", run(`document.querySelectorAll("#list-rows tr")[54].scrollIntoView({block: "center"})`))
		p.untilTrue("it is down there", `scrollY > 1000`)
		p.do("open a record", click(js(`document.querySelectorAll("#list-rows tr")[54].querySelector("a")`)), chromedp.WaitVisible(css(".crumbs")))
		p.untilTrue("it is a record", `location.pathname.startsWith("/installations/")`)
		p.do("back", run(`history.back()`))
		p.untilTrue("the rows and the place are as they were", `document.querySelectorAll("#list-rows tr").length > 50 && scrollY > 1000`)
		p.do("reload", chromedp.Reload())
		p.untilTrue("so they are after a reload", `document.querySelectorAll("#list-rows tr").length > 50 && scrollY > 1000`)
		p.open("/installations")
		p.do("filter", run(`window.steps = history.length; document.querySelector("#list-tools details summary").click()`),
			chromedp.WaitVisible(css("#filter-market")), chromedp.SetValue(css("#filter-market"), crm.MarketFree),
			run(`document.querySelector("#filter-market").dispatchEvent(new Event("change", {bubbles: true}))`))
		p.untilTrue("it is filtered", `location.search.includes("market=free")`)
		p.do("apply", click(css("#list-tools .menu .btn")))
		p.untilTrue("that was one step", `!document.querySelector(".htmx-request") && history.length === window.steps + 1`)
		p.do("back again", run(`history.back()`))
		p.untilTrue("the filter is off", `location.search === ""`)
	})
	p.does(t, "see them at the other agent", func(p *person) {
		p.open(at)
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
