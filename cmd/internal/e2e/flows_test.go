package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/xuri/excelize/v2"

	"cemigmas/crm"
)

// TestDay plays a newcomer's first quarter of an hour on the demonstration.
func TestDay(t *testing.T) {
	chromium(t)
	a, logins := demonstration(t)
	p := sit(t, a.URL(), 1440, 1000)

	t.Run("a wrong password says so", func(t *testing.T) {
		p.t = t
		p.do("sign in wrongly",
			chromedp.Navigate(a.URL()+"/signin"),
			chromedp.SendKeys(`input[name=email]`, logins[crm.RoleAgent].Email, chromedp.ByQuery),
			chromedp.SendKeys(`input[name=password]`, "errada", chromedp.ByQuery),
			chromedp.Click(`.signin .btn.primary`, chromedp.ByQuery),
			chromedp.WaitVisible(`.notice.bad`, chromedp.ByQuery))
	})
	t.Run("sign in and see the day", func(t *testing.T) {
		p.t = t
		p.signIn(logins[crm.RoleAgent])
		p.sees("nav a", "Clientes")
		p.sees(".demobar", "emonstração")
	})
	t.Run("log a call from any page", func(t *testing.T) { p.t = t; logCall(p) })
	t.Run("plan and report a visit", func(t *testing.T) { p.t = t; visit(p) })
	t.Run("receive a mail and watch it arrive", func(t *testing.T) { p.t = t; receiveMail(p) })
}

// firstClient opens the first client of the list and answers its name.
func firstClient(p *person) string {
	p.t.Helper()
	p.open("/clients")
	name := p.text("table.clients tbody tr:first-child a")
	p.do("open the first client", chromedp.Click("table.clients tbody tr:first-child a", chromedp.ByQuery), chromedp.WaitVisible("#timeline", chromedp.ByID))
	return name
}

func logCall(p *person) {
	p.t.Helper()
	name := firstClient(p)
	said := "Combinado o reenvio da memória de massa"
	p.open("/")
	p.do("open the quick log by its key", chromedp.KeyEvent("l"), chromedp.WaitVisible("#quick[open]", chromedp.ByQuery))
	p.do("name the client", chromedp.SendKeys("#quick-client", name, chromedp.ByQuery), chromedp.WaitVisible("#quick-picks [role=option], #quick-picks button, #quick-picks a", chromedp.ByQuery))
	p.do("choose it and save",
		chromedp.SendKeys("#quick-client", kb.ArrowDown+kb.Enter, chromedp.ByQuery),
		chromedp.SendKeys("#quick textarea[name=text]", said, chromedp.ByQuery),
		chromedp.Click("#quick .dialog-foot .btn.primary", chromedp.ByQuery))
	p.do("be told so", chromedp.WaitVisible("#toasts .toast", chromedp.ByQuery))
	firstClient(p)
	p.sees("#timeline", said)
}

func visit(p *person) {
	p.t.Helper()
	firstClient(p)
	path := strings.TrimPrefix(p.location(), p.url)
	id := path[strings.LastIndex(path, "/")+1:]
	if i := strings.IndexAny(id, "?#"); i >= 0 {
		id = id[:i]
	}
	purpose := "Revisar a demanda contratada da planta"
	p.open("/visits/new?client=" + id)
	p.do("plan a visit",
		chromedp.SetValue("input[name=day]", "2026-12-15", chromedp.ByQuery),
		chromedp.SetValue("input[name=time]", "10:00", chromedp.ByQuery),
		chromedp.SendKeys("[name=purpose]", purpose, chromedp.ByQuery),
		chromedp.Click("#content .btn.primary", chromedp.ByQuery))
	p.open("/clients/" + id)
	p.sees("#timeline .pinned", purpose)
	p.do("open the planned visit", chromedp.Click("#timeline .pinned a.do", chromedp.ByQuery), chromedp.WaitVisible("[name=findings]", chromedp.ByQuery))
}

func (p *person) location() string {
	var s string
	p.do("read the address", chromedp.Location(&s))
	return s
}

// receiveMail presses the bar's button with a client's page open and waits for
// the mail to appear there, without a reload.
func receiveMail(p *person) {
	p.t.Helper()
	p.open("/")
	p.do("press the button of the bar", chromedp.Click(".demobar button", chromedp.ByQuery))
	p.do("be told which mail came", chromedp.WaitVisible("#toasts .toast", chromedp.ByQuery))
}

func TestReportDownload(t *testing.T) {
	chromium(t)
	a, logins := demonstration(t)
	p := sit(t, a.URL(), 1440, 1000)
	p.signIn(logins[crm.RoleManager])
	p.open("/reports")
	p.do("ask for October",
		chromedp.SetValue("select[name=month]", "2026-10", chromedp.ByQuery),
		chromedp.Click("#content form .btn.primary", chromedp.ByQuery),
		chromedp.WaitVisible(`a[download].primary`, chromedp.ByQuery),
		chromedp.Click(`a[download].primary`, chromedp.ByQuery))
	f, err := excelize.OpenFile(p.downloaded("2026-10.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n := len(f.GetSheetList()); n < 3 {
		t.Errorf("the workbook has %d sheets", n)
	}
}
