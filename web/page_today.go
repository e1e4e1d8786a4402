package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

func (s *Server) todayPage(c *fiber.Ctx) error {
	v := s.view(c)
	p := page.Today{Base: s.base(c, page.PlaceToday, v.T("page.nav.today")), Date: v.longDay(), PlanURL: "/visits/new",
		QuietAll: page.More{Label: v.T("web.all"), URL: "/clients?sort=lastContact"}}
	d, err := s.Service.Day(c.UserContext(), actor(c), string(v.today))
	if err != nil {
		return s.fail(c, err)
	}
	if p.Handed, err = s.handedNotices(c, v, d.Handed); err != nil {
		return s.fail(c, err)
	}
	for _, a := range d.Visits {
		p.Visits = append(p.Visits, v.todayVisit(a, d.Names[a.Client]))
	}
	for _, cl := range d.Neglected {
		if q := v.quiet(cl); q.State != "" { // who was spoken with lately is not neglected
			p.Quiet = append(p.Quiet, q)
		}
	}
	for _, m := range d.Mail {
		p.Mail = append(p.Mail, v.mailRow(m, d.Names[m.Client]))
	}
	for _, i := range d.Overruns {
		p.Overs = append(p.Overs, v.overrun(i, d.Names[i.Client]))
	}
	p.DatesAll = page.Link{Label: v.T("page.nav.calendar"), URL: "/calendar"}
	for _, x := range d.Dates {
		row := v.deadlineDate(x, join(", ", x.ClientName, x.Place))
		row.Task = v.dateTask(x, p.Base)
		p.Dates = append(p.Dates, row)
	}
	if d.Closing > 0 {
		p.Closing = page.Link{Label: v.n("web.today.closing", int64(d.Closing)), URL: calendarAsk{when: whenMonth, kind: crm.DeadlineNotice}.url("", "")}
	}
	p.Month = slashMonth(d.Month)
	if d.Triage > 0 {
		p.Triage = page.Link{Label: v.n("web.today.triage", int64(d.Triage)), URL: "/triage"}
	}
	return s.render(c, fiber.StatusOK, "today", p)
}

// longDay is "Segunda-feira, 23 de novembro".
func (v view) longDay() string {
	return upper(v.T("web.today.date", "weekday", locale.Weekday(v.Lang, v.now.Weekday()),
		"day", v.int(int64(v.now.Day())), "month", locale.MonthName(v.Lang, int(v.now.Month()))))
}

func clientLink(id, name string) page.Link { return page.Link{Label: name, URL: "/clients/" + id} }

func (v view) todayVisit(a crm.Activity, client string) page.TodayVisit {
	t := page.TodayVisit{Time: v.clock(a.At), Client: clientLink(a.Client, client), State: v.visitBadge(a),
		Open: page.Link{Label: v.T("page.open"), URL: "/visits/" + a.ID}}
	if a.Visit == nil {
		return t
	}
	t.Purpose, t.Place = a.Visit.Purpose, a.Visit.Place
	switch {
	case a.Visit.State == crm.VisitDone:
		t.Open.Label = v.T("web.visit.report")
	case a.Visit.State == crm.VisitPlanned && v.now.After(a.At.Add(-30*time.Minute)):
		t.Open.Label = v.T("web.visit.tell")
	}
	return t
}

// visitBadge says where a visit stands; a planned one that is past waits for
// its report.
func (v view) visitBadge(a crm.Activity) page.Badge {
	if a.Visit == nil {
		return page.Badge{}
	}
	switch a.Visit.State {
	case crm.VisitDone:
		return page.Badge{Label: v.T("web.visit.done"), State: page.OK}
	case crm.VisitMissed:
		return page.Badge{Label: v.T("web.visit.missed"), State: page.Warn}
	}
	switch d := a.At.Sub(v.now); {
	case d < 0:
		return page.Badge{Label: v.T("web.visit.late"), State: page.Bad}
	case d < time.Hour:
		return page.Badge{Label: v.n("web.minutes.ahead", int64(d/time.Minute)+1), State: page.Warn}
	}
	return page.Badge{Label: v.T("web.visit.planned"), State: page.Idle}
}

// quietDays is from when on a client without contact is late, and from when on
// it stands out.
const (
	quietWarn = 30
	quietBad  = 45
)

func (v view) quiet(c crm.Client) page.QuietClient {
	q := page.QuietClient{Client: clientLink(c.ID, c.Name), Sector: v.sector(c.Sector), Why: v.T("web.quiet.never"), Late: nothing, State: page.Warn,
		LogURL: "/activities/new?client=" + c.ID, VisitURL: "/visits/new?client=" + c.ID,
		Phone: tel(c.Phone), MailURL: mailURL(first(c.Emails))}
	if c.LastContactAt == nil {
		return q
	}
	days := v.daysSince(*c.LastContactAt)
	q.Late, q.State = v.ago(*c.LastContactAt), quietState(days)
	q.Why = v.T("page.quiet.last", "kind", v.T(page.Kind(c.LastContact).Key()), "day", v.dayIn(crm.DayOf(*c.LastContactAt)))
	return q
}

func quietState(days int) page.State {
	switch {
	case days >= quietBad:
		return page.Bad
	case days >= quietWarn:
		return page.Warn
	}
	return ""
}

func (v view) mailRow(m crm.MailLink, client string) page.MailRow {
	words := m.Preview
	if words == "" {
		words = m.Subject
	}
	return page.MailRow{Client: clientLink(m.Client, client), Line: join(": ", m.From, words), When: v.when(m.At), URL: "/threads/" + m.Thread}
}

func (v view) overrun(i crm.Installation, client string) page.Overrun {
	o := page.Overrun{Client: clientLink(i.Client, client), Where: page.Link{Label: i.Name, URL: "/installations/" + i.ID},
		KW: "+" + v.kw(i.OverW), Money: v.overMoney(i.OverCents)}
	if u := v.util(i.WorstTenths, i.WorstState); u != nil {
		o.Util = *u
	}
	return o
}

// overMoney is the charge for an overrun; without a tariff it says so, never 0.
func (v view) overMoney(cents *int64) string {
	if cents == nil {
		return v.T("web.notariff")
	}
	return v.money(*cents)
}

// dueState colours a date that comes.
func dueState(days int) page.State {
	switch {
	case days < 0:
		return page.Bad
	case days <= 30:
		return page.Warn
	}
	return ""
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// join puts a sign between the words that are there.
func join(sign string, words ...string) string {
	var have []string
	for _, w := range words {
		if w != "" {
			have = append(have, w)
		}
	}
	return strings.Join(have, sign)
}
