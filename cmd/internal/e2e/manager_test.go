package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cemigmas/crm"
)

// TestManagerFindsMoneyAndNotices: from Today, in three clicks, a manager has
// seen the ten contracts with the most money on the table and the notices that
// close this month.
func TestManagerFindsMoneyAndNotices(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	manager := h.first(t, crm.RoleManager)
	api, p := h.script(t, manager), sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(manager) })
	clicks := 0
	press := func(p *person, selector, until string) {
		p.t.Helper()
		p.do("click "+selector, click(css(selector)), chromedp.WaitVisible(css(until)))
		clicks++
	}
	p.does(t, "the ten contracts", func(p *person) {
		press(p, `.sidebar a[href="/money"]`, "li.money")
		var said struct{ Items []struct{ ID string } }
		api.get(p.t, "/money?limit=10", &said)
		var want []string
		for _, i := range said.Items {
			want = append(want, "/installations/"+i.ID)
		}
		if got := p.links("li.money > :first-child > a"); len(want) != 10 || !slices.Equal(got[:min(10, len(got))], want) {
			p.t.Errorf("the page lists %v, the API %v", got, want)
		}
	})
	p.does(t, "the notices of the month", func(p *person) {
		press(p, `.sidebar a[href="/"]`, ".dates")
		press(p, `a.more[href*="kind=notice"]`, "li.deadline")
		var said struct {
			Items []struct{ Contract, On string }
		}
		api.get(p.t, "/deadlines?kind=notice&from=2026-11-01&until=2026-11-30&limit=200", &said)
		var want []string
		for _, d := range said.Items {
			want = append(want, "/contracts/"+d.Contract)
		}
		if got := p.links("li.deadline > :nth-child(2) > a"); len(want) == 0 || !slices.Equal(got, want) {
			p.t.Errorf("the page lists %v, the API %v", got, want)
		}
	})
	if clicks != 3 {
		t.Errorf("it took %d clicks", clicks)
	}
	p.does(t, "settle a date by keys, and take it back", tasksByKeys)
}

// links are the addresses that a list leads to, in order.
func (p *person) links(selector string) []string {
	p.t.Helper()
	return ask(p, "read "+selector, chromedp.Evaluate[[]string](fmt.Sprintf(`[...document.querySelectorAll(%s)].map((a) => a.getAttribute("href"))`, quote(selector))))
}

// tasksByKeys goes to the first date of Today with J, settles it with E, takes it
// back with Z, and puts it off with P and Enter.
func tasksByKeys(p *person) {
	p.open("/")
	first := p.text(".dates.doing .main")
	mine := fmt.Sprintf(`[...document.querySelectorAll(".dates.doing .main")].some((e) => e.textContent.replace(/\s+/g, " ").trim() === %s)`, quote(first))
	walk := func() {
		p.t.Helper()
		for range 60 {
			p.do("next row", chromedp.KeyEvent("j"))
			if at := ask(p, "see where it is", chromedp.Evaluate[string](`document.activeElement.closest(".dates.doing")?.querySelector(".main").textContent ?? ""`)); strings.Join(strings.Fields(at), " ") == first {
				return
			}
		}
		p.t.Fatalf("J does not lead to %s", first)
	}
	walk()
	p.do("it is done", chromedp.KeyEvent("e"), chromedp.WaitVisible(css("[data-undo]")))
	p.untilTrue("it is gone", "!"+mine)
	p.do("no, it is not", chromedp.KeyEvent("z"))
	p.untilTrue("it is back", mine)
	walk()
	p.do("put it off", chromedp.KeyEvent("p"))
	p.untilTrue("the menu is open", `document.activeElement.matches("[data-later] .menu button")`)
	p.do("to tomorrow", chromedp.KeyEvent("\r"))
	p.sees(".toast", "adiada para 23/11")
	p.untilTrue("it is gone", "!"+mine)
}
