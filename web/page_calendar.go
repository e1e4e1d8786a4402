package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// calendarAsk is what the calendar is asked for.
type calendarAsk struct{ when, kind, sector, agent, client, after string }

// Spans of the calendar.
const (
	whenNext  = ""
	whenMonth = "month"
	whenPast  = "past"
)

func readCalendarAsk(c *fiber.Ctx) calendarAsk {
	return calendarAsk{c.Query("when"), c.Query("kind"), c.Query("sector"), c.Query("agent"), c.Query("client"), c.Query("after")}
}

// url is the calendar with one thing said otherwise, from its beginning.
func (a calendarAsk) url(name, value string) string {
	v := map[string]string{"when": a.when, "kind": a.kind, "sector": a.sector, "agent": a.agent, "client": a.client}
	if name != "" {
		v[name] = value
	}
	return at("/calendar", "when", v["when"], "kind", v["kind"], "sector", v["sector"], "agent", v["agent"], "client", v["client"], "after", v["after"])
}

// query narrows the dates. What was settled stays in the list of its month.
func (a calendarAsk) query(today calendar.Date) crm.DeadlineQuery {
	q := crm.DeadlineQuery{Kind: a.kind, Sector: a.sector, Agent: a.agent, Client: a.client, Limit: listSize, After: a.after}
	switch a.when {
	case whenMonth:
		q.From, q.Until = string(today.Month().First()), string(today.Month().Last())
	case whenPast:
		q.Until, q.Open = string(today.AddDays(-1)), true
	default:
		q.From = string(today)
	}
	return q
}

func (s *Server) calendarPage(c *fiber.Ctx) error { return s.showCalendar(c, "") }

// showCalendar renders the dates; fresh is an address for calendar programs that
// was just made.
func (s *Server) showCalendar(c *fiber.Ctx, fresh string) error {
	ctx, a, v, ask := c.UserContext(), actor(c), s.view(c), readCalendarAsk(c)
	p := page.Calendar{Base: s.base(c, page.PlaceCalendar, v.T("page.nav.calendar")), When: ask.when, Kind: ask.kind, Sector: ask.sector, Agent: ask.agent,
		Sectors: v.allSectors(), Empty: page.Empty{Label: v.T("calendar.none")}}
	p.Shape = page.ShapeList
	if err := s.calendarFilters(c, v, ask, &p); err != nil {
		return s.fail(c, err)
	}
	q := ask.query(v.today)
	list, next, err := s.Service.ListDeadlines(ctx, a, q)
	for err == nil && len(list) == 0 && next != "" { // a page that a filter emptied
		q.After = next
		list, next, err = s.Service.ListDeadlines(ctx, a, q)
	}
	if err != nil {
		return s.fail(c, err)
	}
	names, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	for _, d := range list {
		month := v.month(d.On[:7])
		if n := len(p.Months); n == 0 || p.Months[n-1].Heading != upper(month) {
			p.Months = append(p.Months, page.CalendarMonth{Heading: upper(month)})
		}
		last := &p.Months[len(p.Months)-1]
		last.Rows = append(last.Rows, v.calendarRow(d, names, p.Base))
	}
	if next != "" {
		p.More = &page.More{Label: v.T("calendar.more"), URL: ask.url("after", next)}
	}
	n, err := s.Service.CountDeadlines(ctx, a, q, totalCap)
	if err != nil {
		return s.fail(c, err)
	}
	p.Total = v.n("calendar.total", int64(n))
	if n >= totalCap {
		p.Total = v.n("calendar.total.more", totalCap)
	}
	on, err := s.Service.HasFeed(ctx, a)
	if err != nil {
		return s.fail(c, err)
	}
	p.Feed = page.Feed{MakeURL: "/calendar/feed", EndURL: "/calendar/feed/end", On: on, Fresh: fresh}
	return s.render(c, fiber.StatusOK, "calendar", p)
}

func (s *Server) calendarFilters(c *fiber.Ctx, v view, ask calendarAsk, p *page.Calendar) error {
	for _, t := range []struct{ when, key string }{{whenNext, "calendar.next"}, {whenMonth, "calendar.month"}, {whenPast, "calendar.past"}} {
		p.Tabs = append(p.Tabs, page.Tab{Label: v.T(t.key), URL: ask.url("when", t.when), Current: ask.when == t.when})
	}
	for _, k := range crm.DeadlineKinds {
		to := k
		if ask.kind == k {
			to = "" // a second click takes it away
		}
		p.Kinds = append(p.Kinds, page.Chip{Label: v.T("calendar.kind." + k), URL: ask.url("kind", to), Pressed: ask.kind == k})
	}
	if ask.sector != "" {
		p.Chips = append(p.Chips, page.Chip{Key: v.T("page.sector"), Label: text.Clip(v.sector(ask.sector), 60), X: ask.url("sector", "")})
	}
	if ask.client != "" {
		cl, err := s.Service.Client(c.UserContext(), actor(c), ask.client)
		if err != nil {
			return err
		}
		p.Chips = append(p.Chips, page.Chip{Key: v.T("page.client"), Label: cl.Name, X: ask.url("client", "")})
	}
	if actor(c).Role == crm.RoleAgent {
		return nil
	}
	agents, err := s.agentOptions(c)
	if err != nil {
		return err
	}
	p.Agents = agents
	if ask.agent != "" {
		names, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return err
		}
		p.Chips = append(p.Chips, page.Chip{Key: v.T("page.agent"), Label: orNothing(names[ask.agent]), X: ask.url("agent", "")})
	}
	return nil
}

// deadlineWords say what a date is the deadline of.
func (v view) deadlineWords(d crm.Deadline) string {
	what := v.T("calendar.what." + d.Kind)
	if d.Detail != "" {
		what += ": " + v.T("calendar.step."+d.Detail)
	}
	return what
}

// deadlineSub is what stands below: what it is for, and the rule.
func (v view) deadlineSub(d crm.Deadline) string {
	end := ""
	if d.For != "" {
		end = v.T("calendar.for", "date", v.date(d.For))
	}
	article := ""
	if d.Article != "" {
		article = v.T("contract.article", "article", d.Article)
	}
	return join(", ", d.Number, end, article)
}

// closingDays is from when on a date is near.
const closingDays = 30

func (v view) deadlineBadge(d crm.Deadline) page.Badge {
	left := calendar.DaysBetween(v.today, calendar.Date(d.On))
	switch {
	case d.Settled != nil:
		return page.Badge{Label: v.T("calendar.settled." + d.Settled.How), State: page.Plain}
	case d.PutOff != nil && calendar.Date(d.PutOff.On) > v.today:
		return page.Badge{Label: v.T("calendar.putoff.badge", "date", v.dayIn(d.PutOff.On)), State: page.Idle}
	case d.Missed:
		return page.Badge{Label: v.T("calendar.missed"), State: page.Bad}
	case left < 0:
		return page.Badge{Label: v.T("calendar.late"), State: page.Bad}
	case left == 0:
		return page.Badge{Label: v.T("day.today"), State: page.Warn}
	case left <= closingDays:
		return page.Badge{Label: v.n("calendar.left", int64(left)), State: page.Warn}
	}
	return page.Badge{Label: v.n("calendar.left", int64(left)), State: page.Plain}
}

func (v view) calendarRow(d crm.Deadline, names map[string]string, base page.Base) page.CalendarRow {
	row := page.CalendarRow{Day: v.dayIn(d.On), What: page.Link{Label: v.deadlineWords(d), URL: "/contracts/" + d.Contract}, Sub: v.deadlineSub(d),
		Client: clientLink(d.Client, d.ClientName), Place: page.Link{Label: d.Place, URL: "/installations/" + d.Installation}, Badge: v.deadlineBadge(d),
		Task: v.dateTask(d, base)}
	if d.Settled != nil {
		row.Task.Settled = join(": ", orNothing(names[d.Settled.By]), d.Settled.Reason)
	}
	return row
}

// deadlineDate is a date in a short list; sub says whose where that is not said.
func (v view) deadlineDate(d crm.Deadline, sub string) page.DateRow {
	b := v.deadlineBadge(d)
	row := page.DateRow{Day: v.dayIn(d.On), What: page.Link{Label: v.deadlineWords(d), URL: "/contracts/" + d.Contract}, Sub: sub, Left: b.Label}
	if row.Sub == "" {
		row.Sub = v.deadlineSub(d)
	}
	if b.State != page.Plain {
		row.State = b.State
	}
	return row
}

type installationPatchIn struct {
	ID string `path:"id" json:"-"`
	crm.InstallationPatch
}

// placeAnswer is an installation with its version, which stands in the ETag.
type placeAnswer struct{ crm.Installation }

func (a placeAnswer) version() int64 { return a.Version }

func apiPatchInstallation(s *Server, c call, in installationPatchIn) (placeAnswer, error) {
	v, err := c.ifMatch()
	if err != nil {
		return placeAnswer{}, err
	}
	i, err := s.Service.EditInstallation(c, c.Actor, in.ID, v, in.InstallationPatch)
	return placeAnswer{i}, err
}
