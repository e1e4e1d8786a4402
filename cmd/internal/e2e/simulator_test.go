package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cemigmas/crm"
	"cemigmas/crm/locale"
)

// simulated is what the API says of a contract that was asked for.
type simulated struct {
	Asked struct {
		Modality string `json:"modality"`
		SingleW  int64  `json:"singleW"`
		PeakW    int64  `json:"peakW"`
		OffPeakW int64  `json:"offPeakW"`
		Demand   *int64 `json:"demandCents"`
		Total    *int64 `json:"totalCents"`
	} `json:"asked"`
	Saving  *int64 `json:"askedSavingCentsYear"`
	Changes []struct {
		Kind string `json:"kind"`
		On   string `json:"on"`
	} `json:"changes"`
}

// TestSimulator opens the installation of an agent that has the most money on
// the table, moves a demand by mouse and by keys, and compares what stands there
// with what the API says.
func TestSimulator(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	agent := h.first(t, crm.RoleAgent)
	list, _, err := h.Service.Money(t.Context(), h.actor(t, agent.Email), 1, "")
	if err != nil || len(list) != 1 {
		t.Fatalf("%d installations with money on the table: %v", len(list), err)
	}
	place, api := list[0], h.script(t, agent)
	p := sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(agent) })
	p.does(t, "find the installation", func(p *person) {
		p.open("/money")
		p.do("open the first", click(css("li.money a")), chromedp.WaitVisible(css("[data-simulator] [data-range]")))
		p.sees("h1", place.Name)
	})
	p.does(t, "by mouse", func(p *person) {
		was := p.simulator()
		p.drag()
		p.agrees(api, place.ID, was)
	})
	p.does(t, "by keys", func(p *person) {
		was := p.simulator()
		p.do("take the slider", chromedp.Focus(css("[data-range]")))
		for range 5 {
			p.do("one down", chromedp.KeyEvent(kb.ArrowLeft))
		}
		p.untilTrue("five less", fmt.Sprintf(`+document.querySelector("[data-kw]").value === %d`, was.kw-5))
		p.agrees(api, place.ID, was)
	})
	p.does(t, "by a number", func(p *person) {
		was := p.simulator()
		p.do("write a demand", fill("[data-kw]", strconv.FormatInt(was.kw+20, 10)), chromedp.KeyEvent(kb.Enter))
		p.agrees(api, place.ID, was)
	})
	p.does(t, "back to the best", func(p *person) {
		p.do("go back", click(css(`#simulator a[href$="#simulator"].quiet`)))
		p.untilTrue("it is the best again", `document.querySelector("#simulator a.quiet") === null && document.querySelector("[data-saving]") !== null`)
		if at := p.simulator(); at.saving != money(place.Saving.Cents) {
			p.t.Errorf("the best saves %s, the list says %s", at.saving, money(place.Saving.Cents))
		}
	})
	p.does(t, "a fact where it stands", func(p *person) {
		const fact, form = "#fact-former_uc", "#fact-former_uc form"
		was := p.text(fact)
		p.do("click it", click(css(fact+" .in-place")), chromedp.WaitVisible(css(form)))
		p.untilTrue("what it says is chosen", `document.activeElement.name === "former_uc" && document.activeElement.selectionEnd > 0`)
		p.do("leave it", chromedp.KeyEvent(kb.Escape), chromedp.WaitNotPresent(css(form)))
		p.untilTrue("it can be opened again by Enter", `document.activeElement.matches("#fact-former_uc .in-place")`)
		p.do("open it", chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(css(form)))
		p.untilTrue("what it says is chosen", `document.activeElement.name === "former_uc" && document.activeElement.selectionEnd > 0`)
		p.do("write over it", chromedp.KeyEvent("3004817265"+kb.Enter), chromedp.WaitNotPresent(css(form)))
		p.sees(fact, "3004817265")
		p.do("undo", click(css("[data-undo]")))
		p.untilTrue("it says again what it said", fmt.Sprintf(`document.querySelector(%q).innerText.trim() === %q`, fact, strings.TrimSpace(was)))
	})
}

// panel is what the simulator shows of its first posto.
type panel struct {
	kw            int64
	dot, line     string // of the cost curve, and in the chart of the months
	cost, saving  string
	present, laws string
}

func (p *person) simulator() panel {
	p.t.Helper()
	said := ask(p, "read the simulator", chromedp.Evaluate[[]string](`(() => {
		const one = (s) => document.querySelector(s), text = (e) => e.textContent.replace(/\s+/g, " ").trim();
		return [one("[data-kw]").value, one("[data-dot]").getAttribute("cx"), one("[data-sim]")?.getAttribute("y1") ?? "", text(one("[data-simulated]")), text(one("[data-saving]")),
			text(one("#simulator dd")), [...document.querySelectorAll("#simulator .law li")].map((e) => text(e.querySelector(".num"))).join(" ")];
	})()`))
	kw, err := strconv.ParseInt(said[0], 10, 64)
	if err != nil {
		p.t.Fatalf("the demand is %q", said[0])
	}
	return panel{kw, said[1], said[2], said[3], said[4], said[5], said[6]}
}

// drag takes the knob with the mouse and lets it go at a quarter of its way. The
// figures move along before it is let go.
func (p *person) drag() {
	p.t.Helper()
	p.do("see the slider", chromedp.ScrollIntoView(css("[data-range]")))
	at := ask(p, "find the knob", chromedp.Evaluate[[]float64](`(() => {
		const e = document.querySelector("[data-range]"), r = e.getBoundingClientRect();
		const part = (e.value - e.min) / (e.max - e.min);
		return [r.x + 8 + part * (r.width - 16), r.y + r.height / 2, r.x + 8 + (part > .5 ? .25 : .75) * (r.width - 16)];
	})()`))
	was := p.simulator()
	p.do("press", chromedp.MouseEvent(chromedp.MousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	p.do("move", chromedp.MouseEvent(chromedp.MouseMoved, (at[0]+at[2])/2, at[1], chromedp.ButtonLeft), chromedp.MouseEvent(chromedp.MouseMoved, at[2], at[1], chromedp.ButtonLeft))
	p.untilTrue("the demand follows", fmt.Sprintf(`document.querySelector("[data-kw]").value !== "%d"`, was.kw))
	if is := p.simulator(); is.dot == was.dot || is.line == was.line || is.cost == was.cost || is.saving == was.saving {
		p.t.Errorf("it does not move along: %+v was %+v", is, was)
	}
	p.do("let go", chromedp.MouseEvent(chromedp.MouseReleased, at[2], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// agrees waits for the server's panel and compares it with the API's answer.
func (p *person) agrees(api *script, id string, was panel) {
	p.t.Helper()
	moved := p.simulator()
	p.untilTrue("the server answers", `(() => { const e = document.querySelector("[data-kw]"); return e.value === e.getAttribute("value") && document.querySelector("#simulator a.quiet") !== null && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling"); })()`)
	is := p.simulator()
	if is.kw == was.kw || is.dot == was.dot || is.line == was.line {
		p.t.Errorf("the chart stays: %+v was %+v", is, was)
	}
	if is.kw == moved.kw && (is.cost != moved.cost || is.saving != moved.saving) {
		p.t.Errorf("while it moved: %+v, then %+v", moved, is)
	}
	modality := p.attribute("#simulator [name=modality]", "value")
	peak := "0"
	if modality == "azul" {
		peak = p.attribute("#simulator [name=peak]", "value")
	}
	var said simulated
	api.get(p.t, fmt.Sprintf("/installations/%s/simulation?months=12&modality=%s&kw=%d&peakKw=%s", id, modality, is.kw, peak), &said)
	cents := said.Asked.Total
	if cents == nil {
		cents = said.Asked.Demand
	}
	if cents == nil || said.Saving == nil {
		p.t.Fatalf("the API cannot say: %+v", said)
	}
	var days []string
	for _, c := range said.Changes {
		days = append(days, locale.Date(locale.PtBR, c.On))
	}
	if is.cost != money(*cents) || is.saving != money(*said.Saving) || is.laws != strings.Join(days, " ") || len(days) == 0 {
		p.t.Errorf("the page says %+v, the API %s %s %v", is, money(*cents), money(*said.Saving), days)
	}
}

// money writes centavos as the pages do, with plain spaces.
func money(cents int64) string {
	return strings.ReplaceAll(locale.Money(locale.PtBR, cents), "\u00a0", " ")
}
