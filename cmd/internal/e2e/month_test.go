package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/store"
)

func jsonNumber(s string, v *float64) error { return json.Unmarshal([]byte(s), v) }

const month = "2026-10"

// TestMonth plays a manager's end of month: import what is new, then the
// workbook, which must say what the store and the pages say.
func TestMonth(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	manager, agent := h.first(t, crm.RoleManager), h.first(t, crm.RoleAgent)
	p := sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(manager) })
	if !p.does(t, "import a portfolio", func(p *person) { importPortfolio(p, agent.Email) }) {
		return
	}
	p.does(t, "the new client is found", findClient)
	var report string
	if !p.does(t, "download October and compare", func(p *person) { report = october(h, p, manager.Email) }) {
		return
	}
	p.stranger(t).does(t, "another team sees nothing of it", func(p *person) { otherTeam(h, p, report) })
}

// ended waits until the job of the page has come to its end and the page shows
// what came of it.
func ended(p *person) {
	p.t.Helper()
	p.untilTrue("the job ends", `document.querySelector("#job[data-job=done]") !== null && document.readyState === "complete" && document.querySelector(".facts") !== null`)
}

func importPortfolio(p *person, agent string) {
	p.open("/imports")
	template := p.download("download the template", click(css(`a[href="/imports/template.xlsx"]`)))
	book := fillTemplate(p.t, template, portfolio(p.t, agent))

	p.do("choose the file, look first", chromedp.SetUploadFiles(css("input[type=file]"), []string{book}),
		click(css("form[data-upload] .primary")))
	ended(p)
	refused(p)
	p.untilTrue("nothing is there yet", `document.querySelector("form[action$='/run'] button") !== null`)
	p.do("import it", click(css("form[action$='/run'] button")))
	p.untilTrue("it is no dry run any more", `document.querySelector("form[action$='/run']") === null`)
	ended(p)
	refused(p)
	p.sees(".stat", "Novas16") // a tariff, and three each of five kinds
}

// refused sees the faulty row with sheet, row, column, value and reason.
func refused(p *person) {
	p.t.Helper()
	want := "Medições " + faultyRow + " Mês " + faultyMonth + " Isto não é um mês (mm/aaaa)."
	cells := `[...document.querySelectorAll("table.errors tbody tr")].map(r => [...r.cells].map(c => c.textContent.trim()).join(" ")).join("|")`
	if said := ask(p, "read the refused rows", chromedp.Evaluate[string](cells)); said != want {
		p.t.Errorf("refused %q, want %q", said, want)
	}
}

func findClient(p *person) {
	name := newClients[0]
	p.open("/")
	p.do("search", chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.WaitVisible(css("#palette-q")),
		chromedp.SendKeys(css("#palette-q"), "vale aberto"), chromedp.WaitVisible(css(`#palette-list .hit[aria-selected="true"]`)), chromedp.KeyEvent(kb.Enter),
		chromedp.WaitVisible(css("#timeline")))
	p.sees("h1", name)
	p.sees(".facts-col .person", "Responsável "+name)
	p.sees(".stats", "120,0 %")
	p.sees(".stats", "4.000,00")
}

// october asks for the workbook, downloads it and compares its totals with what
// the store holds, added up here.
func october(h *house, p *person, email string) (path string) {
	p.open("/reports")
	p.do("ask for October", chromedp.SetValue(css("select[name=month]"), month), click(css("#content form .primary")))
	ended(p)
	path = p.where()
	file := p.download("download the workbook", click(css("a[download].primary")))
	if !strings.HasSuffix(file, "2026-10.xlsx") {
		p.t.Errorf("the workbook is called %s", file)
	}
	got, want := summary(p.t, file), counted(h, p, email)
	for name, n := range want {
		if got[name] != n {
			p.t.Errorf("%s: the workbook says %d, the store %d (thousandths)", name, got[name], n)
		}
	}
	if want["kW"] < 100_000 || want["Visitas"] == 0 || want["Ligações"] == 0 {
		p.t.Errorf("there is nothing to compare: %v", want)
	}
	return path
}

// counted adds up October over a manager's clients, in thousandths, from what
// the pages of clients and installations show.
func counted(h *house, p *person, email string) totals {
	p.t.Helper()
	ctx, a, out := p.t.Context(), h.actor(p.t, email), totals{}
	fine := func(err error) {
		p.t.Helper()
		if err != nil {
			p.t.Fatal(err)
		}
	}
	for after := ""; ; {
		list, next, err := h.Service.ClientList(ctx, a, crm.ClientQuery{Limit: crm.MaxListLimit, After: after})
		fine(err)
		for _, c := range list {
			out["Clientes"] += 1000
			units, _, err := h.Service.ClientInstallations(ctx, a, c.ID, crm.MaxListLimit, "")
			fine(err)
			for _, u := range units {
				out["Instalações"] += 1000
				months, err := h.Service.Months(ctx, a, u.ID, 2)
				fine(err)
				for _, m := range months {
					if m.Month == month && m.OverW > 0 {
						out["kW"] += m.OverW
						if m.OverCents != nil {
							out["R$"] += *m.OverCents * 10
						}
					}
				}
			}
			for act, err := range crm.Activities.All(ctx, h.Service.Store(), store.Query{Where: []store.Cond{store.Is("month", month), store.Is("client", c.ID)}, Sort: []string{"kind"}}) {
				fine(err)
				switch {
				case act.Kind == crm.KindCall:
					out["Ligações"] += 1000
				case act.Visit != nil && act.Visit.State == crm.VisitDone:
					out["Visitas"] += 1000
				}
			}
		}
		if after = next; after == "" {
			return out
		}
	}
}

func otherTeam(h *house, p *person, report string) {
	const password = "uma senha bem comprida 7"
	u, _, err := h.Service.AddUser(p.t.Context(), crm.SystemActor(), crm.UserInput{Email: "norte@cemigmas.example", Name: "Nara Norte", Role: crm.RoleAgent, Team: "Norte", Lang: "pt-BR", Password: password})
	if err != nil {
		p.t.Fatal(err)
	}
	p.signIn(app.Login{Role: u.Role, Email: u.Email, Password: password})
	c := h.client(p.t, newClients[0])
	for _, path := range []string{report, report + "/file", "/clients/" + c.ID, "/clients/" + c.ID + "/edit"} {
		answer, err := chromedp.RunResponse(p.ctx, chromedp.Navigate(p.url+path))
		if err != nil || answer.Status != 404 {
			p.t.Errorf("%s answers %v: %v", path, answer, err)
		}
		p.sees("#content", "404")
		p.misses("body", newClients[0])
	}
	p.open("/reports")
	p.misses("#content .listrow", "Outubro")
}
