package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// TestDay plays an agent's day on the demonstration.
func TestDay(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	_, address := h.Played().Upcoming("")
	agent := h.named(t, address)
	p := sit(t, h.URL())

	if !p.does(t, "a wrong password, then the right one", func(p *person) {
		p.do("sign in wrongly", chromedp.Navigate(p.url+"/signin"), fill(`input[name=email]`, agent.Email), fill(`input[name=password]`, "errada"),
			click(css(`.signin .btn.primary`)), chromedp.WaitVisible(css(`.notice.bad`)))
		p.signIn(agent)
		p.sees("h1", "22 de novembro")
		p.sees(".demobar", "Receber um e-mail")
		p.sees(".panel h2", "Visitas")
	}) {
		return
	}
	p.does(t, "log a call by the key L, edit, delete, undo", logCall)
	p.does(t, "go on from record to record by J and K", onward)
	p.does(t, "plan a visit and report it", visit)
	p.does(t, "a mail comes while one watches", func(p *person) { receive(h, p, agent.Email) })
	p.does(t, "triage", func(p *person) { triage(h, p) })
	p.stranger(t).does(t, "on a phone", func(p *person) { phone(p, agent.Email, agent.Password) })
	p.does(t, "three languages", languages)
	p.does(t, "signed out, nothing comes back", signOut)
}

// firstClient opens the first client of the list and answers name and address.
func firstClient(p *person) (name, path string) {
	p.t.Helper()
	p.open("/clients")
	name, path = p.text("#list-rows tr:first-child a"), p.attribute("#list-rows tr:first-child a", "href")
	path, _, _ = strings.Cut(path, "?") // without its place in the list
	p.open(path)
	p.do("see the timeline", chromedp.WaitVisible(css("#timeline")))
	return name, path
}

// onward goes through a list by keys: to a row, into its record, to the next one
// and back.
func onward(p *person) {
	p.open("/clients?sort=contracted")
	rows := p.links("#list-rows td.c-name a")
	if len(rows) < 3 {
		p.t.Fatalf("%d clients are too few", len(rows))
	}
	at := func(n int) string {
		return `location.pathname === ` + quote(strings.Split(rows[n], "?")[0]) + ` && document.readyState === "complete" && !!document.querySelector(".topbar a[rel=next]")`
	}
	p.do("J, J, Enter", chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), chromedp.KeyEvent(kb.Enter))
	p.untilTrue("the second record is open", at(1))
	p.do("J", chromedp.KeyEvent("j"))
	p.untilTrue("the third record is open", at(2))
	p.do("K", chromedp.KeyEvent("k"))
	p.untilTrue("the second record again", at(1))
	p.do("back to the list", click(css(".crumbs a")), chromedp.WaitVisible(css("#list-rows")))
	if at := p.where(); at != "/clients?sort=contracted" {
		p.t.Errorf("the way back leads to %s", at)
	}
}

// pick chooses a client by typing and Enter, and sees that it is the right one.
func pick(p *person, name, path string) {
	p.t.Helper()
	p.do("type the client", fill("#quick-client", name), chromedp.WaitVisible(css("#quick-picks .hit")), chromedp.KeyEvent(kb.Enter))
	id := path[strings.LastIndexByte(path, '/')+1:]
	p.untilTrue("choose "+name, `document.querySelector("#quick [data-pick-id]").value === `+quote(id))
}

func logCall(p *person) {
	name, path := firstClient(p)
	said, better := "Combinado o reenvio da memória de massa", "Combinado o reenvio até sexta-feira"
	p.open("/")
	p.do("press L", chromedp.KeyEvent("l"), chromedp.WaitVisible(css("#quick[open] #quick-client")))
	pick(p, name, path)
	p.do("write and save", click(css("#quick label:has([value=call])")), chromedp.SendKeys(css("#quick-text"), said),
		click(css("#quick .dialog-foot .primary")), chromedp.WaitNotVisible(css("#quick")))
	p.do("go to the client by the toast", chromedp.WaitVisible(css("#toasts a")), click(css("#toasts a")), chromedp.WaitVisible(css("#timeline")))
	p.sees("#timeline .entry", said)
	if at := p.where(); at != path {
		p.t.Errorf("the toast leads to %s, want %s", at, path)
	}

	p.do("edit", tool(said, "a[href$='/edit']"), chromedp.WaitVisible(css("textarea[name=text]")))
	p.do("say it better", fill("textarea[name=text]", better), click(css("#content form .primary")), chromedp.WaitVisible(css("#timeline")))
	p.sees("#timeline .entry", better)
	p.misses("#timeline .entry", said)
	p.do("edit again", tool(better, "a[href$='/edit']"), chromedp.WaitVisible(css("textarea[name=text]")))
	p.sees(".pre", said) // what was said before
	p.open(path)

	p.do("delete", tool(better, "form[action$='/delete'] button"), chromedp.WaitVisible(css("[data-undo]")))
	p.misses("#timeline .entry", better)
	p.do("undo", click(css("[data-undo]")))
	p.sees("#timeline .entry", better)
}

// tool opens the menu of the entry that says something and presses an item.
func tool(said, item string) step {
	return chromedp.Steps(click(within("#timeline .entry", said, "summary")), click(within("#timeline .entry", said, item)))
}

func visit(p *person) {
	_, path := firstClient(p)
	purpose, findings := "Revisar a demanda contratada da planta", "A nova linha entra em março com 300 kW"
	p.do("plan a visit", click(css(`.title.record a[href^="/visits/new"]`)), chromedp.WaitVisible(css("[name=purpose]")),
		chromedp.SetValue(css("[name=day]"), string(today)), chromedp.SetValue(css("[name=time]"), "09:00"),
		fill("[name=purpose]", purpose), click(css("#content form .primary")), chromedp.WaitReady(css(".app #toasts .toast, body:has(.toast)")))
	p.open("/")
	p.sees("li.visit", purpose)
	p.open(path)
	p.sees("#timeline .pinned", purpose)
	p.do("report it", click(within("#timeline .pinned .entry", purpose, "a.do")), chromedp.WaitVisible(css("[name=findings]")),
		fill("[name=who]", "Marta Nunes"), fill("[name=findings]", findings), click(css("button[value=done]")), chromedp.WaitVisible(css("#timeline")))
	p.sees("#timeline .entry", findings)
	p.misses("#timeline .pinned", purpose)
}

// receive watches the client's page in a second tab while the button is pressed
// in the first: the mail comes without a reload.
func receive(h *house, p *person, email string) {
	// The mail comes to whoever presses the button.
	client, address := h.Played().Upcoming(h.actor(p.t, email).UserID)
	h.synced(p.t, address)
	c := h.client(p.t, client)
	second := p.tab(p.t)
	second.does(p.t, "the client's page", func(w *person) {
		w.open("/clients/" + c.ID)
		w.do("see the timeline", chromedp.WaitVisible(css("#timeline")))
		first := w.text("#timeline .entry.email, #timeline .entry:not(.planned)")
		w.untilTrue("mark the page", `(window.unloaded = "never") === "never"`)

		p.open("/")
		p.do("receive a mail", click(css(".demobar button")))

		w.untilTrue("see the mail come", `window.unloaded === "never" && document.querySelector("#timeline .entry:not(.planned)").textContent.replace(/\s+/g, " ").trim() !== `+quote(first))
		link := newest(h, w, c.ID)
		w.sees("#timeline .entry", link.Subject)
		w.untilTrue("still the same page", `window.unloaded === "never"`)
		w.do("open the conversation", click(css(`#timeline a[href="/threads/`+link.Thread+`"]`)), chromedp.WaitReady(css("#content h1")))
		w.sees("#content", link.From)
	})
	p.sees("#today-mail", client)
	receiveHere(h, p, email)
}

// receiveHere presses the button on the page of a client who is not next: it is
// this one that writes, and its timeline moves.
func receiveHere(h *house, p *person, email string) {
	next, _ := h.Played().Upcoming(h.actor(p.t, email).UserID)
	var c crm.Client
	for l, err := range crm.MailLinks.All(p.t.Context(), h.Service.Store(), store.Query{
		Where: []store.Cond{store.Is("agent", h.actor(p.t, email).UserID), store.Is("inbound", true)}, Sort: []string{"-at"}}) {
		if err != nil {
			p.t.Fatal(err)
		}
		if c, err = h.Service.Client(p.t.Context(), crm.SystemActor(), l.Client); err == nil && c.Name != next {
			break
		}
	}
	p.open("/clients/" + c.ID)
	p.do("see the timeline", chromedp.WaitVisible(css("#timeline")))
	first := p.text("#timeline .entry:not(.planned)")
	p.untilTrue("mark the page", `(window.unloaded = "never") === "never"`)
	p.do("receive a mail", click(css(".demobar button")))
	p.sees("#toasts .toast", c.Name)
	p.untilTrue("see it come", `window.unloaded === "never" && document.querySelector("#timeline .entry:not(.planned)").textContent.replace(/\s+/g, " ").trim() !== `+quote(first))
}

// newest is the mail that came last from a client.
func newest(h *house, p *person, client string) crm.MailLink {
	p.t.Helper()
	var last crm.MailLink
	for l, err := range crm.MailLinks.All(p.t.Context(), h.Service.Store(), store.Query{Where: []store.Cond{store.Is("client", client)}, Sort: []string{"-contact", "-at"}}) {
		if err != nil {
			p.t.Fatal(err)
		}
		if l.At.After(last.At) {
			last = l
		}
	}
	if last.At.Before(noon) {
		p.t.Fatalf("no mail of %s came since noon: %+v", client, last)
	}
	return last
}

func triage(h *house, p *person) {
	name, path := firstClient(p)
	p.open("/triage")
	row := `li.held:has([name=client_name])`
	id, subject, sender, from := p.attribute(row, "id"), p.text(row+" .main p:nth-child(2)"), p.text(row+" .main .line b"), p.text(row+" .main .line .dim")
	box := "#" + id
	// With the mouse: this browser driver sends a key's press and its character
	// apart, so that Enter would choose the client and press the next button too.
	p.do("choose the client", chromedp.SendKeys(css(box+" [name=client_name]"), name), click(css(box+" .picks .hit")))
	p.untilTrue("chosen", `document.getElementById(`+quote(id)+`).querySelector("form[data-pick] [data-pick-id]").value !== ""`)
	p.untilTrue("the button is next", `document.activeElement.matches("form[data-pick] .btn.push")`)
	p.do("assign", click(css(box+" form[data-pick] .btn.push")))
	p.untilTrue("the row goes", `document.querySelector("#toasts .toast") !== null && !document.getElementById(`+quote(id)+`)`)
	p.open(path)
	p.sees("#timeline .entry", subject)
	p.sees(".facts-col .person", sender)
	people, err := h.Service.ClientPeople(p.t.Context(), crm.SystemActor(), path[strings.LastIndexByte(path, '/')+1:])
	if err != nil || !slices.ContainsFunc(people, func(x crm.Person) bool { return slices.Contains(x.Emails, from) }) {
		p.t.Errorf("nobody of the client has %s: %v %v", from, people, err)
	}
}

func phone(p *person, email, password string) {
	p.do("hold a phone", chromedp.EmulateViewport(390, 844, chromedp.EmulateTouch))
	p.do("sign in", chromedp.Navigate(p.url+"/signin"), fill(`input[name=email]`, email), fill(`input[name=password]`, password),
		chromedp.Tap(css(`.signin .btn.primary`)), chromedp.WaitVisible(css("nav.tabbar .add")))
	p.untilTrue("nothing stands out of the screen", `document.documentElement.scrollWidth <= 390`)
	name, path := firstClient(p)
	p.open("/")
	said := "Liga de volta na segunda-feira"
	p.do("open the quick log", chromedp.Tap(css("nav.tabbar .add")), chromedp.WaitVisible(css("#quick[open] #quick-client")))
	pick(p, name, path)
	p.do("write and save", chromedp.SendKeys(css("#quick-text"), said), chromedp.Tap(css("#quick .dialog-foot .primary")), chromedp.WaitNotVisible(css("#quick")))
	p.open(path)
	p.sees("#timeline .entry", said)
	p.untilTrue("nothing stands out of the screen", `document.documentElement.scrollWidth <= 390`)
}

func languages(p *person) {
	for _, l := range []struct{ lang, clients string }{{"es", "Clientes"}, {"en", "Clients"}, {"pt-BR", "Clientes"}} {
		p.open("/settings")
		p.do("choose "+l.lang, chromedp.SetValue(css("select[name=lang]"), l.lang), click(css(`form[action="/settings"] .primary`)),
			chromedp.WaitReady(css(`html[lang="`+l.lang+`"]`)))
		p.open("/clients")
		p.sees("nav a[aria-current=page]", l.clients)
		p.open("/")
		p.do("speak "+l.lang, chromedp.WaitReady(css(`html[lang="`+l.lang+`"] #today-mail`)))
	}
}

func signOut(p *person) {
	_, path := firstClient(p)
	p.open("/settings")
	p.do("sign out", click(css(`form[action="/signout"] button`)), chromedp.WaitVisible(css(".signin")))
	p.do("press back", chromedp.NavigateBack())
	p.do("be asked to sign in", chromedp.WaitVisible(css(".signin")), chromedp.WaitNotPresent(css(".app")))
	p.do("press back again", chromedp.NavigateBack())
	p.do("be asked to sign in", chromedp.WaitVisible(css(".signin")), chromedp.WaitNotPresent(css("#timeline")))
	p.do("by its address", chromedp.Navigate(p.url+path), chromedp.WaitVisible(css(".signin")))
}
